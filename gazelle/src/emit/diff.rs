//! Mode `diff`: what would change, as a patch.

use super::{compare::compare, path::quoted};
use crate::run::Outcome;
use similar::{DiffOp, DiffTag, group_diff_ops};
use std::{
    io::{self, Write},
    ops::Range,
};

/// The time that Gazelle gives every file: the epoch itself would mean to some tools that the file doesn't exist.
const DATE: &str = "1970-01-01 00:00:00.000000001 +0000";
const CONTEXT: usize = 3;

/// Prints what would change, as a unified diff, and says whether anything would. The lines are those of the files, byte for
/// byte, so that the patch can be applied.
pub fn diff(outcome: &Outcome, out: &mut dyn Write) -> io::Result<bool> {
    let mut changed = false;
    for file in outcome.files.iter().filter(|file| file.changed()) {
        changed = true;
        let name = quoted(&file.rel);
        let old_name = if file.old.is_some() { name.as_ref() } else { "/dev/null" };
        writeln!(out, "--- {old_name}\t{DATE}\n+++ {name}\t{DATE}")?;
        let old = split(file.old.as_deref().unwrap_or_default());
        let new = split(&file.new);
        for hunk in group_diff_ops(compare(&old, &new), CONTEXT) {
            print_hunk(&old, &new, &hunk, out)?;
        }
    }
    Ok(changed)
}

fn split(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn print_hunk(old: &[&[u8]], new: &[&[u8]], hunk: &[DiffOp], out: &mut dyn Write) -> io::Result<()> {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return Ok(()) };
    let old_lines = lines(first.old_range().start..last.old_range().end);
    writeln!(out, "@@ -{old_lines} +{} @@", lines(first.new_range().start..last.new_range().end))?;
    for change in hunk {
        let (equal, old_range, new_range) = (change.tag() == DiffTag::Equal, change.old_range(), change.new_range());
        print_lines(if equal { b" " } else { b"-" }, &old[old_range], out)?;
        if !equal {
            print_lines(b"+", &new[new_range], out)?;
        }
    }
    Ok(())
}

/// Lines as the head of a hunk names them: the first from 1, and how many; before which line where there are none.
fn lines(range: Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    }
}

fn print_lines(sign: &[u8], lines: &[&[u8]], out: &mut dyn Write) -> io::Result<()> {
    for line in lines {
        out.write_all(sign)?;
        out.write_all(line)?;
        if !line.ends_with(b"\n") {
            // Without it a tool looks for a line with a line feed, and refuses the patch.
            out.write_all(b"\n\\ No newline at end of file\n")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::OutputFile;

    #[test]
    fn a_new_file_and_a_changed_one() {
        let file = |rel: &str, old: Option<&str>, new: &str| OutputFile {
            rel: rel.into(),
            old: old.map(Into::into),
            new: new.into(),
        };
        let outcome = Outcome {
            files: vec![
                file("a/BUILD.bazel", None, "x()\n\ny()\n"),
                file("b/BUILD", Some("1\n2\n3\n4\n5\nz"), "1\n2\n3\n4\n5\ny\n"),
                file("c/BUILD", Some("s\n"), "s\n"),
            ],
            ..Outcome::default()
        };
        let mut out = Vec::new();
        assert!(diff(&outcome, &mut out).unwrap());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "--- /dev/null\t1970-01-01 00:00:00.000000001 +0000\n\
             +++ a/BUILD.bazel\t1970-01-01 00:00:00.000000001 +0000\n\
             @@ -0,0 +1,3 @@\n+x()\n+\n+y()\n\
             --- b/BUILD\t1970-01-01 00:00:00.000000001 +0000\n\
             +++ b/BUILD\t1970-01-01 00:00:00.000000001 +0000\n\
             @@ -3,4 +3,4 @@\n 3\n 4\n 5\n-z\n\\ No newline at end of file\n+y\n"
        );
    }

    #[test]
    fn the_name_of_a_directory_is_one_name() {
        let rel = "a\n--- b\n+++ b\n@@ -0,0 +1 @@\n+evil()\n/BUILD".to_owned();
        let file = OutputFile { rel, old: None, new: "x()\n".into() };
        let mut out = Vec::new();
        diff(&Outcome { files: vec![file], ..Outcome::default() }, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let head = r#"+++ "a\n--- b\n+++ b\n@@ -0,0 +1 @@\n+evil()\n/BUILD""#;
        assert_eq!(out.lines().nth(1).unwrap().split('\t').next().unwrap(), head);
        assert_eq!(out.lines().skip(2).collect::<Vec<_>>(), ["@@ -0,0 +1 @@", "+x()"]);
    }

    #[test]
    fn nothing_changed() {
        let mut out = Vec::new();
        assert!(!diff(&Outcome::default(), &mut out).unwrap());
        assert_eq!(out, b"");
    }

    #[test]
    fn files_that_have_next_to_nothing_in_common() {
        let lines = |from: usize, to: usize| {
            let body: Vec<_> = (from..to).map(|n| n.to_string()).collect();
            format!("head\n{}\ntail\n", body.join("\n"))
        };
        let file = OutputFile {
            rel: "BUILD".into(),
            old: Some(lines(0, 300_000).into()),
            new: lines(500_000, 800_000).into(),
        };
        let mut out = Vec::new();
        assert!(diff(&Outcome { files: vec![file], ..Outcome::default() }, &mut out).unwrap());
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("@@ -1,300002 +1,300002 @@\n head\n-0\n-1\n"), "{}", &out[..200]);
        assert!(out.ends_with("+799999\n tail\n"));
    }
}
