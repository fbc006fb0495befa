//! Any text as a BUILD file.

use arbitrary::{Arbitrary, Unstructured};
use dorcas_gazelle::inside::{Generated, Refused, fixed, merged, statements, unedited};
use dorcas_host::abi::message::{Attr, Edit, Kind, LoadInfo, Rule, Value};

/// The last bytes say what is generated, up to a NUL from the end; those before are the file.
///
/// To do nothing changes nothing. What is merged in can be read again, and merging it once more changes nothing. All
/// statements but the rules that were generated, and load statements, are there as they were, in their order. Edits keep
/// what they don't name, or are refused.
pub fn build_file(data: &[u8]) {
    let end = data.iter().rposition(|byte| *byte == 0).unwrap_or(data.len());
    let (text, rest) = data.split_at(end);
    let Ok(text) = str::from_utf8(text) else { return };
    match unedited(text) {
        Ok(same) => assert_eq!(same, text, "nothing was done"),
        Err(Refused::File(_)) => return,
        Err(refused) => panic!("{refused:?}"),
    }
    let mut wish = Unstructured::new(rest.get(1..).unwrap_or_default());
    let generated = generated(&mut wish);

    let once = merged(text, &generated).expect("what was generated can be written");
    let changed = |name: &str| generated.rules.iter().chain(&generated.empty).any(|rule| rule.name == name);
    assert_kept(text, &once, changed);
    assert_eq!(merged(&once, &generated).as_ref(), Ok(&once), "the second time, from {text:?}");

    let edits = edits(&mut wish);
    let rules: Vec<_> = statements(text).expect("it was read").into_iter().filter_map(|known| known.rule).collect();
    let named: Vec<_> = edits.iter().filter_map(|edit| rules.get(named(edit)? as usize)).collect();
    match fixed(text, edits.clone()) {
        Ok(edited) => assert_kept(text, &edited, |name| named.iter().any(|named| *named == name)),
        Err(Refused::Change(_)) => {}
        Err(refused) => panic!("{refused:?}"),
    }
}

/// All statements but load statements and the rules that were changed stand in the new text, in their order.
fn assert_kept(old: &str, new: &str, changed: impl Fn(&str) -> bool) {
    let mut rest = new;
    let kept = statements(old).expect("it was read").into_iter();
    for statement in kept.filter(|statement| !statement.is_load && !statement.rule.as_deref().is_some_and(&changed)) {
        let Some((_, behind)) = rest.split_once(&statement.text) else {
            panic!("{:?} is gone from {old:?}, which became {new:?}", statement.text);
        };
        rest = behind;
    }
}

/// Rules of one kind, which are found by their names alone and have something in each list: so no rule of a file is meant
/// by two, and no attribute comes and goes.
fn generated(wish: &mut Unstructured<'_>) -> Generated {
    let mut wanted: [Wanted; 3] = wish.arbitrary().unwrap_or_default();
    let strings = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let kind = Kind {
        name: "lib".into(),
        non_empty_attrs: strings(&["srcs"]),
        mergeable_attrs: strings(&["env", "srcs"]),
        resolve_attrs: strings(&["deps"]),
        ..Kind::default()
    };
    let load = LoadInfo { file: "//:lib.bzl".into(), symbols: strings(&["lib"]), ..LoadInfo::default() };
    let mut all = Generated { kinds: vec![kind], loads: vec![load], ..Generated::default() };
    for (wanted, name) in wanted.iter_mut().zip(["a", "b", "c"]) {
        let rule = Rule { kind: "lib".into(), name: name.into(), ..Rule::default() };
        match wanted {
            Wanted::Nothing => {}
            Wanted::Empty => all.empty.push(rule),
            Wanted::Rule { srcs, deps, sorted } => {
                let srcs = items(*srcs, "x/");
                let srcs = if *sorted { Value::SortedStrings(srcs) } else { Value::Strings(srcs) };
                let attr = |name: &str, value| Attr { name: name.into(), value, ..Attr::default() };
                let attrs = vec![attr("deps", Value::Labels(items(*deps, "//q:"))), attr("srcs", srcs)];
                all.rules.push(Rule { attrs, ..rule });
            }
        }
    }
    all
}

#[derive(Arbitrary, Default)]
enum Wanted {
    #[default]
    Nothing,
    Empty,
    Rule {
        srcs: u8,
        deps: u8,
        sorted: bool,
    },
}

/// An item for each bit that is set; at least one.
fn items(bits: u8, prefix: &str) -> Vec<String> {
    let set = (0..8).filter(|bit| bits >> bit & 1 == 1 || bits == 0 && *bit == 0);
    set.map(|bit| format!("{prefix}{}", char::from(b'a' + bit))).collect()
}

fn edits(wish: &mut Unstructured<'_>) -> Vec<Edit> {
    let chosen: Vec<(u8, u8)> = wish.arbitrary().unwrap_or_default();
    let edit = |(what, place): (u8, u8)| {
        let (rule, text) = (u32::from(place >> 4), char::from(b'a' + (place & 15)).to_string());
        match what % 6 {
            0 => Edit::SetKind { rule, kind: text },
            1 => Edit::SetName { rule, name: text },
            2 => Edit::SetAttr { rule, attr: Attr { name: text, value: Value::Bool(true), ..Attr::default() } },
            3 => Edit::DeleteAttr { rule, name: text },
            4 => Edit::DeleteRule { rule },
            _ => Edit::AppendRule { rule: Rule { kind: "new".into(), name: text, ..Rule::default() } },
        }
    };
    chosen.into_iter().take(8).map(edit).collect()
}

/// The rule that an edit is of.
fn named(edit: &Edit) -> Option<u32> {
    match edit {
        Edit::SetKind { rule, .. }
        | Edit::SetName { rule, .. }
        | Edit::SetAttr { rule, .. }
        | Edit::DeleteAttr { rule, .. }
        | Edit::DeleteRule { rule } => Some(*rule),
        _ => None,
    }
}
