//! What does the run tell of a directory to whoever listens?

use super::{
    Context, kept,
    resolve::Key,
    roster::{Call, Failed, ToldOfFiles},
    visit::Visited,
};
use crate::{
    build_file::{BuildFile, directive},
    config::Remark,
    error::Cause,
    index::Index,
    input::Source,
    language::Measured,
    path::join,
    trace::{Asked, Called, Gathered, Level, Placed, Size, Told, Trace},
    walk::{Directory, Site},
};
use dorcas_abi::{
    Method,
    message::{self, Attr, Directive, FileData, Lookup, ResolveRequest, ResolveRule, Rule, Value},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::MutexGuard,
};

impl Context<'_> {
    /// The listener, if it listens to this directory.
    pub(super) fn listener(&self, dir: &Directory) -> Option<&Trace> {
        self.trace.filter(|trace| trace.rel == dir.rel)
    }

    /// What the listener of this directory was told so far.
    pub(super) fn told(&self, dir: &Directory) -> Option<MutexGuard<'_, Told>> {
        self.listener(dir).map(Trace::told)
    }

    /// Makes a call for a directory, unless the answer is known. A listener hears of it, so for one it is always made.
    pub(super) fn call<M: Method>(
        &self,
        dir: &Directory,
        language: usize,
        request: &M::Request,
        call: Call<M>,
    ) -> Result<M::Response, Failed> {
        let member = &self.roster.members[language];
        let Some(trace) = self.listener(dir) else { return member.call::<M>(request, call) };
        let Measured { result, stats } = member.make::<M>(None, request, call);
        trace.told().calls.push(Called { language, method: M::EXPORT, stats });
        result
    }

    /// The same with files.
    pub(super) fn call_with_files<M: Method<Request: ToldOfFiles>>(
        &self,
        site: Site<'_>,
        language: usize,
        request: &mut M::Request,
        call: Call<M>,
    ) -> Result<M::Response, Cause> {
        let member = &self.roster.members[language];
        let scan = |files: Vec<Source>| self.scan(language, files);
        let Some(trace) = self.listener(&site) else {
            return member.call_with_files::<M>((&self.repo, site), request, &scan, call);
        };
        let gathered = member.gather((&self.repo, site, M::Request::FOR), M::EXPORT, &scan)?;
        trace.told().files.extend(gathered.files.iter().chain(&gathered.above).map(|file| {
            let told = match &file.data {
                FileData::Name => Size::Name,
                FileData::Content(content) => Size::Bytes(content.len()),
                FileData::Matches(matches) => Size::Matches(matches.len()),
                FileData::Facts(facts) => Size::Facts(facts.len()),
                FileData::Failed => Size::Failed,
            };
            Gathered { language, method: M::EXPORT, name: file.name.clone(), size: told }
        }));
        request.tell(gathered);
        self.call::<M>(&site, language, request, call).map_err(Cause::Call)
    }

    /// Tells what holds in the directory, and where that stands.
    pub(super) fn tell_directory(&self, dirs: &[Directory]) {
        let Some(trace) = self.trace else { return };
        let mut told = trace.told();
        for dir in dirs {
            let is_above =
                dir.rel.is_empty() || trace.rel.strip_prefix(&dir.rel).is_some_and(|rest| rest.starts_with('/'));
            if dir.rel == trace.rel {
                told.update = Some(dir.update);
                told.taking_part = self.taking_part(dir);
                told.found = dir.build.file().cloned();
            } else if !is_above {
                continue;
            }
            told.levels.push(Level { rel: dir.rel.clone(), directives: self.placed(dir) });
        }
    }

    fn placed(&self, dir: &Directory) -> Vec<Placed> {
        let mut faults: HashMap<usize, &Remark> = HashMap::new();
        for remark in &dir.remarks {
            if let Some(number) = remark.directive {
                faults.entry(number).or_insert(remark);
            }
        }
        let mut known: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, member) in self.roster.members.iter().enumerate() {
            for directive in &member.manifest.directives {
                let languages = known.entry(&directive.name).or_default();
                if languages.last() != Some(&index) {
                    languages.push(index);
                }
            }
        }
        let all = dir.directives.iter().zip(places(dir)).enumerate();
        let placed = all.map(|(number, (directive, (file, line)))| {
            let fault = faults.get(&number).map(|remark| (remark.severity.clone(), remark.message.clone()));
            let known_to = known.get(directive.key.as_str()).cloned().unwrap_or_default();
            Placed { directive: directive.clone(), file, line, fault, known_to }
        });
        placed.collect()
    }

    /// Asks what the language makes of each import of a rule alone, which says which import a dependency is for. Calls
    /// are pure, so nothing but the answer comes of it; a language with a memory is not asked.
    ///
    /// A language is told what was found for that import alone, and asks for more where it needs more, as it did before.
    pub(super) fn ask_one_by_one(
        &self,
        dir: &Directory,
        visited: &Visited,
        language: usize,
        index: &Index,
        request: &ResolveRequest,
        found: &BTreeMap<Key, Lookup>,
    ) {
        let member = &self.roster.members[language];
        let (Some(trace), false) = (self.listener(dir), member.manifest.stateful) else { return };
        let own = visited.rules.iter().filter(|generated| generated.language == language);
        let is_wanted = |name: &str, rule: &ResolveRule| trace.rule == name || trace.rule == rule.rule.name;
        let chosen = own.zip(&request.rules).find(|(generated, rule)| is_wanted(&generated.rule.rule.name, rule));
        let Some((_, rule)) = chosen else { return };
        let calls = trace.told().calls.len();
        // One request for all calls; of the rule, nothing changes but the import. What is long in it is sent in part, so
        // that all questions together grow with the imports alone.
        let short = Rule {
            attrs: rule.rule.attrs.iter().filter_map(in_short).collect(),
            args: rule
                .rule
                .args
                .iter()
                .filter(|text| text.len() <= MOST_ASKED_BYTES)
                .take(MOST_ASKED_ITEMS)
                .cloned()
                .collect(),
            ..rule.rule.clone()
        };
        let rule = ResolveRule { imports: Vec::new(), rule: short, note: rule.note.clone() };
        let imports = chosen.map(|(_, rule)| rule.imports.as_slice()).unwrap_or_default();
        let (rel, state) = (request.rel.clone(), request.state.clone());
        let mut alone = ResolveRequest { rel, state, rules: vec![rule], ..ResolveRequest::default() };
        let (mut seen, mut spent) = (HashSet::new(), 0_u64);
        for import in [None].into_iter().chain(imports.iter().map(Some)) {
            if import.is_some_and(|import| !seen.insert((&import.lang, &import.imp))) {
                continue;
            }
            if spent > MOST_FOR_ASKING {
                trace.told().not_asked += 1;
                continue;
            }
            (alone.round, alone.rules[0].imports) = (0, import.cloned().into_iter().collect());
            let key = import.map(|import| (import.lang.clone(), import.imp.clone(), member.language.name().to_owned()));
            let mut known: BTreeMap<_, _> =
                key.and_then(|key| found.get_key_value(&key)).into_iter().map(cloned).collect();
            let before = trace.told().calls.len();
            let answer = self.ask(dir, visited, language, index, &mut alone, BTreeSet::new(), &mut known);
            let cost = |call: &Called| call.stats.fuel.saturating_add(call.stats.request_bytes);
            spent = trace.told().calls[before..].iter().map(cost).fold(spent, u64::saturating_add);
            let Ok((rules, diagnostics)) = answer else { continue };
            let set = rules.into_iter().flat_map(|rule| rule.set).collect();
            let messages = diagnostics.into_iter().map(|message::Diagnostic { message, .. }| message).collect();
            trace.told().asked.push(Asked { import: import.cloned(), set, messages });
        }
        // What was asked for the explanation is no part of the run.
        trace.told().calls.truncate(calls);
    }
}

/// Most fuel and bytes of requests for asking about imports one by one.
pub(crate) const MOST_FOR_ASKING: u64 = 2_000_000_000;

/// Most items of a list, and most bytes of a text, of a rule that a language is asked about one import after the other.
const MOST_ASKED_ITEMS: usize = 32;
const MOST_ASKED_BYTES: usize = 1_024;

/// An attribute without what is long in it; `None` if nothing of it is short.
fn in_short(attr: &Attr) -> Option<Attr> {
    let list = |list: &Vec<String>| -> Vec<String> {
        list.iter().filter(|text| text.len() <= MOST_ASKED_BYTES).take(MOST_ASKED_ITEMS).cloned().collect()
    };
    let value = match &attr.value {
        Value::Strings(texts) => Value::Strings(list(texts)),
        Value::SortedStrings(texts) => Value::SortedStrings(list(texts)),
        Value::Labels(texts) => Value::Labels(list(texts)),
        other if kept::of_attrs(std::slice::from_ref(attr)) <= 4 * MOST_ASKED_BYTES as u64 => other.clone(),
        _ => return None,
    };
    Some(Attr { name: attr.name.clone(), value, comments: Vec::new() })
}

fn cloned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

/// Where each of a directory's directives stands: the path of the file from the root, and the line.
pub(super) fn places(dir: &Directory) -> Vec<(String, usize)> {
    let Some(file) = dir.build.file() else { return Vec::new() };
    let mut lines = lines(file).into_iter();
    // These are in the order of the directives.
    let mut in_files = dir.in_files.iter().peekable();
    let place = |number| match in_files.next_if(|known| known.directive == number) {
        Some(known) => (join(&dir.rel, &known.file), known.line),
        None => (join(&dir.rel, &file.name), lines.next().unwrap_or_default()),
    };
    (0..dir.directives.len()).map(place).collect()
}

/// The lines of a file's own directives, those that name directive files left aside.
fn lines(file: &BuildFile) -> Vec<usize> {
    let text = file.as_text();
    let mut lines = text.lines().zip(1..);
    let mut found = Vec::new();
    for known in file.directives() {
        let is_it = |line: &str| directive(line.trim()).is_some_and(|directive: Directive| directive == known);
        let line = lines.find(|(line, _)| is_it(line)).map_or(0, |(_, number)| number);
        if known.key != "directive_file" {
            found.push(line);
        }
    }
    found
}
