//! What does a repository cost that is four times as large?
//!
//! Each shape is a repository of which one thing grows. It is made at two sizes, each in a process of its own, and what
//! the larger one takes of the processors and of memory is compared with what the smaller one takes. A cost that grows with
//! the square would come to sixteen times as much. `cargo test --test growth -- --nocapture` prints a table.
#![cfg(target_os = "linux")]

mod support;

use dorcas_gazelle::{
    Language, Options, diff,
    explain::{Target, explain},
};
use std::{env, fmt::Write as _, fs, path::Path, process::Command};
use support::{Toy, outcome, shown};

/// How often the larger size is the smaller one.
const TIMES: usize = 4;
/// How many times as much it may take. What grows with the size takes four times as much, with the square sixteen times.
const FACTOR: u64 = 8;
/// Milliseconds and mebibytes that are no sign of anything: a busy machine, a table that has doubled.
const SLACK_MS: u64 = 400;
const SLACK_MIB: u64 = 24;

/// Tells the process which size it is to run.
const SIZE: &str = "DORCAS_GROWTH";

/// Makes a repository of a size, and runs over it; both sizes come to an end that is told.
fn grows(name: &str, size: usize, run: fn(&Path, usize) -> String) {
    if let Ok(size) = env::var(SIZE) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("MODULE.bazel"), "").unwrap();
        let said = run(dir.path(), size.parse().unwrap());
        println!("cost: {} {} {said}", milliseconds(), mebibytes());
        return;
    }
    let cost = |size: usize| {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(SIZE, size.to_string())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
        let line = told.lines().find_map(|line| line.split_once("cost: ")).unwrap().1.to_owned();
        let mut words = line.splitn(3, ' ');
        let mut number = || words.next().unwrap().parse::<u64>().unwrap();
        (number(), number(), words.next().unwrap_or_default().to_owned())
    };
    let (small, large) = (cost(size), cost(TIMES * size));
    println!("| {name} | {size} | {} ms, {} MiB | {} ms, {} MiB | {}", small.0, small.1, large.0, large.1, large.2);
    assert!(large.0 <= FACTOR * small.0 + SLACK_MS, "{} ms, of a quarter of the size {} ms", large.0, small.0);
    assert!(large.1 <= FACTOR * small.1 + SLACK_MIB, "{} MiB, of a quarter of the size {} MiB", large.1, small.1);
}

/// The time that all threads have had a processor, in user mode.
fn milliseconds() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may have blanks: the times are in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() * 10
}

fn mebibytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

macro_rules! shapes {
    ($($(#[$attribute:meta])* fn $name:ident($size:literal, $root:ident, $n:ident) $body:block)*) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                grows(stringify!($name), $size, |$root, $n| $body);
            }
        )*
    };
}

fn write(root: &Path, path: &str, text: impl AsRef<str>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text.as_ref()).unwrap();
}

/// Lines of a number each.
fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, number| {
        writeln!(text, "{}", line(number)).unwrap();
        text
    })
}

/// A run of update, its diff, and how it ended.
fn updated(root: &Path) -> String {
    let toy = Toy::new();
    let outcome = outcome(&Options::new(root), &[&toy as &dyn Language]);
    let mut out = Vec::new();
    diff(&outcome, &mut out).unwrap();
    let failure = outcome.failures.first().map(ToString::to_string).unwrap_or_default();
    format!("{} files, {} diagnostics, {failure}", outcome.files.len(), outcome.diagnostics.len())
}

shapes! {
    fn excludes(4_000, root, n) {
        let glob = |number: usize| match number % 6 {
            0 => format!("d{number}/**/*.x"),
            1 => format!("**/n{number}/**"),
            2 => format!("*_{number}.go"),
            3 => format!("f{number}*"),
            4 => format!("whole{number}"),
            _ => format!("?/{{a,b}}{number}/[a-z]").replace("{a,b}", "a"),
        };
        write(root, "BUILD.bazel", lines(n, |number| format!("# gazelle:exclude {}", glob(number))));
        for number in 0..n / 4 {
            write(root, &format!("sub/file{number}.toy"), "");
        }
        updated(root)
    }

    fn excludes_below(500, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| format!("# gazelle:exclude x{number}*")));
        for number in 0..n {
            write(root, &format!("d{number}/BUILD.bazel"), "# gazelle:exclude y\n");
        }
        updated(root)
    }

    fn a_chain_of_map_kind(1_000, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| format!("# gazelle:map_kind k{number} k{} //:k.bzl", number + 1)));
        for number in 0..n / 10 {
            write(root, &format!("d{number}/BUILD.bazel"), "k1(name = \"a\")\n");
            write(root, &format!("d{number}/a.toy"), "");
        }
        updated(root)
    }

    fn map_kind_below(500, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| format!("# gazelle:map_kind k{number} l{number} //:k.bzl")));
        for number in 0..n {
            let text = "# gazelle:map_kind toy_library my //:k.bzl\n# gazelle:alias_kind a my\n\nl1(name = \"a\")\n";
            write(root, &format!("d{number}/BUILD.bazel"), text);
            write(root, &format!("d{number}/a.toy"), "");
        }
        updated(root)
    }

    fn alias_kind(2_000, root, n) {
        let rules = lines(n, |number| format!("a{number}(name = \"r{number}\")\n"));
        let aliases = lines(n, |number| format!("# gazelle:alias_kind a{number} toy_library"));
        write(root, "BUILD.bazel", format!("{aliases}\n{rules}"));
        updated(root)
    }

    fn resolve(500, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| format!("# gazelle:resolve toy i{number} //:l{number}")));
        for number in 0..n {
            write(root, &format!("d{number}/BUILD.bazel"), "# gazelle:resolve toy x //:y\n");
            write(root, &format!("d{number}/a.toy"), format!("import \"i{number}\"\n"));
        }
        updated(root)
    }

    fn build_file_names_and_languages(500, root, n) {
        let names: Vec<String> = (0..n).map(|number| format!("B{number}")).collect();
        let text = format!("# gazelle:build_file_name BUILD.bazel,{0}\n# gazelle:lang toy,{0}\n", names.join(","));
        write(root, "BUILD.bazel", text);
        for number in 0..n {
            write(root, &format!("d{number}/a.toy"), "");
        }
        updated(root)
    }

    fn rules(2_000, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| {
            format!("toy_library(\n    name = \"r{number}\",\n    deps = glob([\"a\"]) + f(x),\n)\n")
        }));
        write(root, "a.toy", "");
        updated(root)
    }

    fn attributes(2_000, root, n) {
        let attributes = lines(n, |number| format!("    a{number} = {number},  # keep"));
        write(root, "BUILD.bazel", format!("toy_library(\n    name = \"x\",\n{attributes})\n"));
        updated(root)
    }

    fn load_statements(1_000, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| {
            format!("load(\"@rules_toy//:defs.bzl\", \"toy_library\")\nload(\"//f:{number}.bzl\", \"s{number}\")")
        }));
        write(root, "a.toy", "");
        updated(root)
    }

    fn sources_of_a_rule(2_000, root, n) {
        for number in 0..n {
            write(root, &format!("{number}.toy"), format!("import \"d{}\"\n", number % 7));
        }
        updated(root)
    }

    fn unknown_directives(5_000, root, n) {
        write(root, "BUILD.bazel", lines(n, |number| format!("# gazelle:no_such{number} x")));
        updated(root)
    }

    fn directories(500, root, n) {
        for number in 0..n {
            write(root, &format!("d{number}/a.toy"), format!("import \"d{}\"\n", (number + 1) % n));
        }
        updated(root)
    }

    fn directories_without_a_package(1_000, root, n) {
        write(root, "BUILD.bazel", "# gazelle:generation_mode update_only\n");
        for number in 0..n {
            write(root, &format!("d{number}/a.toy"), "");
        }
        updated(root)
    }

    fn directories_within_each_other(100, root, n) {
        let path = "d/".repeat(n);
        write(root, &format!("{path}a.toy"), "");
        write(root, "BUILD.bazel", "# gazelle:exclude x*\n");
        updated(root)
    }

    fn comments_behind_one_expression(10_000, root, n) {
        let lines = lines(n, |number| format!("    {number} +  # {number}"));
        write(root, "BUILD.bazel", format!("x(a = -(\n{lines}    1))\n"));
        updated(root)
    }

    fn rules_of_one_import(100, root, n) {
        for number in 0..n {
            write(root, &format!("d{number}/BUILD.bazel"), "toy_library(name = \"a\")\n");
        }
        write(root, "x/a.toy", "import \"d1\"\n");
        updated(root)
    }

    fn a_long_value(200_000, root, n) {
        let text = format!("# gazelle:exclude {}\n# gazelle:lang {}\n", "a".repeat(n / 10), "b,".repeat(n));
        write(root, "BUILD.bazel", text);
        updated(root)
    }

    fn imports_explained(500, root, n) {
        write(root, "a/BUILD.bazel", lines(n, |number| format!("# gazelle:resolve toy i{number} //:l{number}")));
        write(root, "a/a.toy", lines(n, |number| format!("import \"i{number}\"")));
        let toy = Toy::new();
        let target = Target::parse("//a:a", root, None).unwrap();
        let told = explain(&Options::new(root), &[&toy as &dyn Language], &target, &()).unwrap();
        let rule = told.rule.unwrap();
        assert_eq!((rule.imports.len(), told.directives.len()), (n, n));
        let calls: usize = told.languages.iter().map(|part| part.calls.len()).sum();
        format!("{calls} calls of the run, {} asked about", rule.imports.len())
    }

    fn rules_explained(1_000, root, n) {
        write(root, "a/BUILD.bazel", lines(n, |number| format!("toy_library(name = \"r{number}\")\n")));
        write(root, "a/a.toy", "");
        let toy = Toy::new();
        let target = Target::parse("//a:r1", root, None).unwrap();
        let told = explain(&Options::new(root), &[&toy as &dyn Language], &target, &()).unwrap();
        format!("{} rules", told.rules.len())
    }
}

#[test]
fn a_rule_is_not_sent_as_a_whole_for_each_of_its_imports() {
    let files: Vec<_> = (0..300).map(|number| (format!("a/{number}.toy"), format!("import \"i{number}\"\n"))).collect();
    let dir = support::repo(&files);
    fs::write(dir.path().join("MODULE.bazel"), "").unwrap();
    let toy = Toy::new();
    let target = Target::parse("//a:a", dir.path(), None).unwrap();
    let told = explain(&Options::new(dir.path()), &[&toy as &dyn Language], &target, &()).unwrap();
    assert_eq!(told.rule.unwrap().imports.len(), 300);
    // Once as it is, and with no import and each of them in short.
    assert_eq!(toy.sources_seen.into_inner(), 300 + 301 * 32);
}

#[test]
fn directives_that_nobody_knows_are_named_up_to_a_number() {
    let text = lines(250, |number| format!("# gazelle:no_such{number} x"))
        + &lines(130, |number| format!("# gazelle:resolve_regexp ( {number}"));
    let said = stopped(&[("MODULE.bazel", String::new()), ("BUILD.bazel", text)]);
    assert_eq!(said.matches("no language of this run knows the directive").count(), 100, "{said}");
    assert!(said.contains("BUILD.bazel: no language of this run knows 150 more of the directives\n"), "{said}");
    assert!(said.contains("BUILD.bazel: 30 more directives are not as they should be\n"), "{said}");
}

/// What stops a directory, and whether anything else was done.
fn stopped(files: &[(&str, String)]) -> String {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let dir = support::repo(&files);
    let toy = Toy::new();
    shown(&outcome(&Options::new(dir.path()), &[&toy as &dyn Language]))
}

#[test]
fn a_glob_that_is_too_much_stops_its_directory() {
    let glob = "{".repeat(13_100) + "a" + &"}".repeat(13_100);
    let said = stopped(&[
        ("MODULE.bazel", String::new()),
        ("a/BUILD.bazel", format!("# One.\n\n# gazelle:exclude {glob}\n")),
        ("a/b/x.toy", String::new()),
        ("c/x.toy", String::new()),
    ]);
    let start = "failure: //a: a/BUILD.bazel:3: directive `exclude {{{{";
    assert!(said.contains(start), "{said}");
    let end = "it has braces within braces more than 8 deep (1 directories in it were not looked at)\n";
    assert!(said.contains(end), "{said}");
    assert!(said.contains(">>> ROOT/c/BUILD.bazel\n"), "{said}");
    assert!(said.len() < 2_000, "{said}");
}

#[test]
fn globs_of_repo_bazel_are_bounded_too() {
    let glob = "{".repeat(13_100) + "a" + &"}".repeat(13_100);
    let dir = support::repo(&[("REPO.bazel", format!("ignore_directories([\"{glob}\"])\n"))]);
    let toy = Toy::new();
    let error = dorcas_gazelle::run(&Options::new(dir.path()), &[&toy as &dyn Language], &()).unwrap_err().to_string();
    assert!(error.contains("REPO.bazel: ignore_directories(): error parsing glob '{{{"), "{error}");
    assert!(error.ends_with("': it has braces within braces more than 8 deep"), "{error}");
}

#[test]
fn regular_expressions_are_bounded_in_a_file_and_in_all() {
    let large = |count: usize| "# gazelle:resolve_regexp toy [a-z]{1000} //x\n".repeat(count);
    let said = stopped(&[("MODULE.bazel", String::new()), ("BUILD.bazel", large(65))]);
    let start = "failure: //: BUILD.bazel:65: directive `resolve_regexp toy [a-z]{1000} //x`: with those before it in its \
                 BUILD file it has 66040 positions, the limit is 65536; split it, or use `resolve`";
    assert!(said.contains(start), "{said}");

    let files: Vec<_> = (0..6).map(|number| (format!("d{number}/BUILD.bazel"), large(60))).collect();
    let dir = support::repo(&files);
    let toy = Toy::new();
    let error = dorcas_gazelle::run(&Options::new(dir.path()), &[&toy as &dyn Language], &()).unwrap_err().to_string();
    let end = "d4/BUILD.bazel: the regular expressions of `resolve_regexp` up to here have 304800 positions in the whole \
               repository, the limit is 262144; use fewer, or `resolve`";
    assert!(error.ends_with(end), "{error}");
}

#[test]
fn what_go_takes_for_no_expression_is_passed_over() {
    let text = "# gazelle:resolve_regexp toy x(?:[a-z]{1000}){90} //x\n";
    let said = stopped(&[("MODULE.bazel", String::new()), ("BUILD.bazel", text.into()), ("a.toy", String::new())]);
    let warning = "diagnostic: BUILD.bazel: directive `resolve_regexp toy x(?:[a-z]{1000}){90} //x`: \
                   \"x(?:[a-z]{1000}){90}\" is not a regular expression: it repeats something more than 1000 times";
    assert!(said.contains(warning), "{said}");
    assert!(said.contains(">>> ROOT/BUILD.bazel"), "{said}");
}
