use super::*;
use crate::starlark::{Expr, decode};
use proptest::prelude::*;

fn parse(text: &str) -> BuildFile {
    BuildFile::parse("BUILD", text.into()).unwrap()
}

fn find(file: &BuildFile, name: &str) -> usize {
    file.rules().find(|(_, rule)| rule.name() == name).unwrap().0
}

/// The file after a change of the rule `a`.
fn changed(text: &str, change: impl FnOnce(&mut Rule)) -> String {
    let mut file = parse(text);
    let index = find(&file, "a");
    let rule = file.rule_mut(index).unwrap();
    change(rule);
    rule.arrange();
    file.text()
}

const FILE: &str = r#"
# The licence.

load("@r//:a.bzl", "a")
load("@r//:b.bzl", "b", c = "d")

# About a.
a(
    name = "a",
    srcs = [ "x", "y"],  # odd
    copts = ["-" + x
      for x in Y],
)  # behind
# below

if   X: pass
a(name = "b", deps = [
    "c",
])
"#;

#[test]
fn a_change_stays_where_it_is() {
    let new = changed(FILE, |rule| rule.set("srcs", Expr::strings(["z".into()])));
    assert_eq!(new, FILE.replace("[ \"x\", \"y\"]", "[\"z\"]"));
    let new = changed(FILE, |rule| rule.delete("srcs"));
    assert_eq!(new, FILE.replace("    srcs = [ \"x\", \"y\"],  # odd\n", ""));
    let new = changed(FILE, |rule| rule.set_kind("n.b"));
    assert_eq!(new, FILE.replace("a(\n", "n.b(\n"));
}

#[test]
fn the_same_value_is_no_change() {
    let srcs = || Expr::strings(["x".into(), "y".into()]);
    assert_eq!(changed(FILE, |rule| rule.set("srcs", srcs())), FILE);
}

#[test]
fn a_rule_on_one_line_gets_lines() {
    assert_eq!(
        changed("a(name = \"a\", x = f([\n    1,\n]))\n", |rule| rule.set("deps", Expr::strings(["d".into()]))),
        "a(\n    name = \"a\",\n    x = f([\n        1,\n    ]),\n    deps = [\"d\"],\n)\n"
    );
}

#[test]
fn what_is_deleted_takes_its_comments_along() {
    let mut file = parse(FILE);
    let index = find(&file, "a");
    file.delete(index);
    let start = FILE.find("# About").unwrap();
    let end = FILE.find("if ").unwrap();
    assert_eq!(file.text(), [&FILE[..start], &FILE[end..]].concat());
    let index = find(&file, "b");
    file.delete(index);
    assert_eq!(file.text(), [&FILE[..start], "if   X: pass\n"].concat());
}

#[test]
fn a_new_package_goes_in_front_of_the_first_rule() {
    for (old, new) in [
        (
            "load(\"//:a.bzl\", \"a\")\n\n# About a.\na()\n\nb()\n",
            "load(\"//:a.bzl\", \"a\")\n\npackage()\n\n# About a.\na()\n\nb()\n",
        ),
        ("x = 1\n\na()\n", "x = 1\n\npackage()\n\na()\n"),
        ("x = 1\n", "x = 1\n\npackage()\n"),
    ] {
        let mut file = parse(old);
        file.push(Rule::new("package", vec![], vec![]));
        assert_eq!(file.text(), new);
    }
}

#[test]
fn a_new_package_goes_where_the_first_rule_was_before_it_was_deleted() {
    let mut file = parse("load(\"//:a.bzl\", \"a\")\n\na(name = \"a\")\n\nx = 1\n");
    let index = find(&file, "a");
    file.delete(index);
    file.push(Rule::new("package", vec![], vec![]));
    file.push(Rule::new("b", vec![], vec![]));
    assert_eq!(file.text(), "load(\"//:a.bzl\", \"a\")\n\npackage()\n\nx = 1\n\nb()\n");
}

#[test]
fn a_new_rule_goes_to_the_end() {
    let rule = || {
        let mut rule = Rule::new("x", vec![Expr::named("name", Expr::string("n"))], vec!["# new".into()]);
        rule.arrange();
        rule
    };
    for (old, new) in [
        ("a()", "a()\n\n# new\nx(name = \"n\")\n"),
        ("a()\n# c\n", "a()\n# c\n\n# new\nx(name = \"n\")\n"),
        ("# c\n", "# c\n\n# new\nx(name = \"n\")\n"),
        ("\n", "# new\nx(name = \"n\")\n"),
    ] {
        let mut file = parse(old);
        file.push(rule());
        assert_eq!(file.text(), new);
    }
}

#[test]
fn loads_are_put_in_their_place() {
    let load = |file: &str, symbol: &str| {
        let mut load = Load::new(file);
        load.add([symbol]);
        load
    };
    let text = "# c\n\nload(\"//b:b.bzl\", \"b\")\n\nx()\n\n# late\nload(\"//a:a.bzl\", \"a\")\ny()\n";
    let mut file = parse(text);
    file.arrange_loads();
    assert_eq!(file.text(), text, "nothing changes where nothing has to");
    file.insert_loads(vec![(0, load("@r//:r.bzl", "r")), (0, load("//b:b.bzl", "a"))]);
    file.arrange_loads();
    assert_eq!(
        file.text(),
        "load(\"@r//:r.bzl\", \"r\")\nload(\"//b:b.bzl\", \"a\", \"b\")\n\n# c\n\n# late\nload(\"//a:a.bzl\", \"a\")\n\n\
         x()\n\ny()\n"
    );
}

#[test]
fn a_rule_on_one_line_of_a_megabyte_is_laid_out_in_no_time() {
    // Looking back to the beginning of the line from each argument, it took minutes.
    let count = 400_000;
    let text = format!("x({}name = \"a\")\n", "1, ".repeat(count));
    let mut file = parse(&text);
    let index = find(&file, "a");
    file.rule_mut(index).unwrap().set("b", Expr::ident("Y"));
    file.rule_mut(index).unwrap().arrange();
    assert_eq!(file.text().matches("\n    1,").count(), count);
}

#[test]
fn what_is_deleted_stays_deleted_when_loads_change() {
    let mut file = parse("load(\":a.bzl\", \"a\")\n\na(name = \"a\")\n");
    file.delete(find(&file, "a"));
    file.load_mut(0).unwrap().add(["b"]);
    file.arrange_loads();
    assert_eq!(file.text(), "load(\":a.bzl\", \"a\", \"b\")\n");
}

#[test]
fn of_two_arguments_with_one_name_the_last_is_meant() {
    let text = "a(\n    name = \"a\",\n    x = 1,\n    x = 2,\n)\n";
    assert_eq!(changed(text, |rule| rule.delete("y")), text);
    let new = changed(text, |rule| rule.set("x", Expr::ident("X")));
    assert_eq!(new, "a(\n    name = \"a\",\n    x = X,\n)\n");
}

#[test]
fn two_rules_of_one_name_are_a_fault() {
    let fault = BuildFile::parse("BUILD", "a(name = \"x\")\n\n  \nb(name = \"x\")\n".into()).unwrap_err();
    assert_eq!((fault.line, fault.column, fault.what.as_str()), (4, 1, "a second rule has the name \"x\""));
}

#[test]
fn directives_are_comments_at_the_top() {
    let text = "# gazelle:a 1\n\n# x\n# gazelle:b\nx(\n    # gazelle:c\n)  # gazelle:d\n# gazelle:e  2 \n\n#gazelle:f\n[x]\n# gazelle:g\n";
    let shown: Vec<_> = parse(text).directives().into_iter().map(|found| found.key + "=" + &found.value).collect();
    assert_eq!(shown, ["a=1", "b=", "e=2", "f=", "g="]);
}

#[test]
fn rules_are_told_to_languages() {
    use dorcas_abi::message::{Term, Value};
    let text = "x(1, name = \"n\", a = [\"s\"], b = {\"k\": [\"v\"]}, c = glob([\"*\"], exclude = [\"e\"]), d = [\"s\"] + \
                select({\"c\": []}), e = [\"s\", T], f = 7, g = False, h = {}, # keep\n)  # keep\n";
    let file = parse(text);
    let told = file.describe(&[], &str::to_uppercase).rules.remove(0);
    assert_eq!(
        (told.kind.as_str(), told.name.as_str(), &told.args[..], told.keep),
        ("X", "n", &["1".into()][..], true)
    );
    let value = |name: &str| told.attrs.iter().find(|attr| attr.name == name).unwrap().value.clone();
    assert_eq!(value("a"), Value::Strings(vec!["s".into()]));
    assert!(matches!(value("b"), Value::ListDict(entries) if entries[0].values == ["v"]));
    assert_eq!(value("c"), Value::Glob { include: vec!["*".into()], exclude: vec!["e".into()] });
    assert!(matches!(value("d"), Value::Concat(terms) if matches!(&terms[..], [Term::Strings(_), Term::Select(_)])));
    assert_eq!(value("e"), Value::Raw("[\"s\", T]".into()));
    assert_eq!((value("f"), value("g"), value("h")), (Value::Int(7), Value::Bool(false), Value::StringDict(vec![])));
}

/// Files that are odd, but files.
fn files() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("x(name = \"a\")".to_owned()),
        Just("load(\":a.bzl\", \"a\", b = \"c\")".to_owned()),
        Just("y(\n  srcs = [ 'a', # keep\n \"b\" ] + select({'c':[]}), **z)".to_owned()),
        Just("def f(a):\n  # in\n  b()\n".to_owned()),
        Just("\"\"\"doc\n  string\"\"\"".to_owned()),
        Just("[t(name = n) for n in N]".to_owned()),
        Just("# c".to_owned()),
        Just(" # c".to_owned()),
        Just(";".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

#[test]
fn the_ends_of_lines_are_those_of_the_file() {
    let with_returns = |text: &str| text.replace('\n', "\r\n");
    for text in [
        "# a\nx(name = \"a\")\n",
        "\"\"\"Doc\nof two lines.\"\"\"\n\nx(\n    # why\n    name = \"a\",\n)\n# end",
        "x(name = \"a\")  # tail\n\n\ny(a = [\n    1,\n    # b\n])\n",
    ] {
        let mut plain = parse(text);
        let mut file = parse(&with_returns(text));
        assert_eq!(file.original(), with_returns(text).into_bytes());
        assert_eq!(file.text(), with_returns(text));
        for file in [&mut plain, &mut file] {
            let (index, _) = file.rules().next().unwrap();
            file.rule_mut(index).unwrap().set("srcs", Expr::strings(["b".into(), "c".into()]));
        }
        assert!(plain.text().contains("srcs = [\n"));
        assert_eq!(file.text(), with_returns(&plain.text()));
    }
    // A file that has both keeps both.
    let mixed = "x(\r\n    name = \"a\",\n)\r\n";
    assert_eq!(parse(mixed).text(), mixed);
    assert_eq!(parse("x()\r\r\n").text(), "x()\r\r\n");
}

proptest! {
    #[test]
    fn what_is_not_edited_comes_out_byte_for_byte(text in files()) {
        if let Ok(mut file) = BuildFile::parse("BUILD", text.clone()) {
            file.arrange_loads();
            prop_assert_eq!(file.text(), text);
        }
    }

    #[test]
    fn what_is_edited_can_be_read_again(text in files()) {
        if let Ok(mut file) = BuildFile::parse("BUILD", text) {
            let rules: Vec<_> = file.rules().map(|(index, _)| index).collect();
            for index in &rules {
                let rule = file.rule_mut(*index).unwrap();
                rule.set("deps", Expr::strings(["d".into()]));
                rule.arrange();
            }
            file.push(Rule::new("new", Vec::new(), Vec::new()));
            let text = file.text();
            let again = BuildFile::parse("BUILD", text.clone());
            prop_assert!(again.is_ok_and(|again| again.rules().count() == rules.len() + 1), "{text}");
        }
    }
}

/// The file without some of its statements.
fn without(text: &str, gone: &[usize]) -> String {
    let mut file = BuildFile::parse("BUILD", text.into()).unwrap();
    for index in gone {
        file.delete(*index);
    }
    let left = file.text();
    let again = BuildFile::parse("BUILD", left.clone()).unwrap();
    assert_eq!(again.text(), left);
    left
}

#[test]
fn directives_of_what_goes_stay() {
    for (text, left) in [
        // What holds for the file.
        ("x()\n\n# gazelle:a\ny()\n", "x()\n\n# gazelle:a\n"),
        ("x()\n\n# About y.\n# gazelle:a\n# gazelle:b c\ny()\n\nz()\n", "x()\n\n# gazelle:a\n# gazelle:b c\n\nz()\n"),
        ("x()\n\n# gazelle:a\ny()\n# gazelle:b\n\nz()\n", "x()\n\n# gazelle:a\n# gazelle:b\n\nz()\n"),
        ("x()\n\ny()\n# gazelle:b\n", "x()\n\n# gazelle:b\n"),
        ("x()\n\n# Copyright Me.\n# All rights reserved.\ny()\n", "x()\n\n# Copyright Me.\n# All rights reserved.\n"),
        ("x()\n\n# SPDX-License-Identifier: MIT\ny()\n", "x()\n\n# SPDX-License-Identifier: MIT\n"),
        ("x()\nload(\"a\", \"b\")\n# gazelle:a\nz()\n", "x()\n\n# gazelle:a\nz()\n"),
        // What is about the statement.
        ("x()\n\n# About y.\ny()\n", "x()\n"),
        ("x()\n\ny()  # gazelle:a\n# About y.\n", "x()\n"),
        ("x()\n\n# About the load.\nload(\"a\", \"b\")\n", "x()\n"),
    ] {
        assert_eq!(without(text, &[1]), left, "{text}");
    }
}

#[test]
fn what_stands_on_top_is_about_the_file() {
    let head = "# What is here.\n# gazelle:a\n";
    assert_eq!(without(&format!("{head}load(\"a\", \"b\")\n\nx()\n"), &[0]), format!("{head}\nx()\n"));
    assert_eq!(
        without(&format!("{head}load(\"a\", \"b\")\nload(\"c\", \"d\")\n"), &[0]),
        format!("{head}\nload(\"c\", \"d\")\n")
    );
    assert_eq!(without(&format!("{head}load(\"a\", \"b\")\n"), &[0]), head);
    assert_eq!(without(&format!("{head}x()\n\ny()\n"), &[0]), "# gazelle:a\n\ny()\n");
    assert_eq!(without("x()\n", &[0]), "");
}

#[test]
fn bytes_that_are_no_utf8_stay() {
    let bytes = b"# Gr\xfc\xdfe\nx(\n    name = \"x\",\n    a = [\"\xe9\"],\n)\n".to_vec();
    let (text, first) = decode(bytes.clone());
    assert_eq!(first, Some(4));
    let mut file = BuildFile::parse("BUILD", text).unwrap();
    assert_eq!((file.original(), file.bytes()), (bytes.clone(), bytes));
    let index = file.rules().next().unwrap().0;
    let rule = file.rule_mut(index).unwrap();
    rule.set("b", Expr::string(rule.strings("a").unwrap()[0].to_owned()));
    rule.arrange();
    assert_eq!(file.bytes(), b"# Gr\xfc\xdfe\nx(\n    name = \"x\",\n    a = [\"\xe9\"],\n    b = \"\\351\",\n)\n");
}
