//! `dorcas cache`, and what `update` does with it.

mod support;

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use support::{Ran, assemble, binary, contents, guest, project, ran, repo};

const WARM: &str = "update --mode print --stats";

/// A repository with two directories, and a place for a cache.
struct Place {
    repo: tempfile::TempDir,
    cache: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let files = [("WORKSPACE", ""), ("a/a.proto", "import \"b/b.proto\";\n"), ("b/b.proto", "")];
        Self { repo: repo(&files), cache: tempfile::tempdir().unwrap() }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = binary();
        command.env("DORCAS_CACHE_DIR", self.cache.path());
        command.current_dir(self.repo.path()).args(line.split_whitespace());
        command
    }

    fn run(&self, line: &str) -> Ran {
        ran(&mut self.command(line))
    }

    /// Calls made and calls known in a run.
    fn calls(&self, line: &str) -> (u64, u64) {
        self.calls_of("proto", line)
    }

    fn calls_of(&self, language: &str, line: &str) -> (u64, u64) {
        let ran = self.run(&format!("{line} --format json"));
        let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
        let mut languages = document["languages"].as_array().unwrap().iter();
        let methods = languages.find(|found| found["name"] == language).unwrap()["methods"].as_array().unwrap();
        let sum = |field: &str| methods.iter().map(|method| method[field].as_u64().unwrap()).sum();
        (sum("calls"), sum("cached"))
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.cache.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "memo")).collect()
    }
}

#[test]
fn a_second_run_makes_no_calls() {
    let place = Place::new();
    let (cold, _) = place.calls(WARM);
    assert_eq!(place.calls(WARM), (0, cold));
    let table = place.run(WARM).err;
    let all = table.lines().find(|line| line.starts_with("proto") && line.contains(" all ")).unwrap();
    let cells: Vec<_> = all.split_whitespace().collect();
    assert_eq!(cells[2..5], ["0", &cold.to_string(), "0"], "calls, cached, fuel: {table}");
}

#[test]
fn sample_trees_come_out_the_same() {
    let place = Place::new();
    let trees = fs::read_dir(project("gazelle/tests/trees")).unwrap().map(|entry| entry.unwrap().path().join("repo"));
    let trees: Vec<_> = trees.filter(|root| root.is_dir()).collect();
    assert!(trees.len() >= 10, "there are trees");
    for root in trees {
        for rest in ["--mode print", "--mode diff", "--mode print --format json", "--mode print -index=lazy -strict"] {
            let [without, cold, warm] = ["--no-cache", "", "--threads 8"]
                .map(|how| ran(place.command(&format!("update {rest} {how}")).current_dir(&root)));
            assert_eq!((&cold, &warm), (&without, &without), "{} {rest}", root.display());
        }
    }
}

#[test]
fn what_was_written_is_the_same_and_known_next_time() {
    let [with, without] = [Place::new(), Place::new()];
    assert_eq!(with.run("update"), without.run("update --no-cache"));
    assert_eq!(contents(with.repo.path()), contents(without.repo.path()));
    assert!(with.calls("update --stats").0 > 0, "there are BUILD files now");
    assert_eq!(with.calls("update --stats").0, 0);
}

#[test]
fn without_a_cache_nothing_is_read_or_written() {
    let place = Place::new();
    let (cold, _) = place.calls(&format!("{WARM} --no-cache"));
    assert_eq!(place.files(), [""; 0].map(PathBuf::from));
    place.run(WARM);
    let before = contents(place.cache.path());
    assert_eq!(place.calls(&format!("{WARM} --no-cache")), (cold, 0));
    assert_eq!(contents(place.cache.path()), before);
}

#[test]
fn a_recording_has_every_call() {
    let place = Place::new();
    place.run(WARM);
    let record = tempfile::tempdir().unwrap();
    let path = record.path().join("run.txt");
    let (made, known) = place.calls(&format!("{WARM} --record {}", path.display()));
    assert!(made > 0 && known == 0);
    let replayed = place.run(&format!("replay {}", path.display()));
    assert_eq!((replayed.code, replayed.err.as_str()), (0, ""));
}

#[test]
fn a_guest_in_a_file_is_known_by_its_bytes() {
    let place = Place::new();
    let modules = tempfile::tempdir().unwrap();
    let text = guest(&support::wants("*.txt", dorcas_abi::message::Want::Name), "unreachable");
    let path = assemble(modules.path(), "wat", &text);
    let line = format!("{WARM} --guest {}", path.display());
    let run = || {
        let (made, known) = place.calls_of("wat", &line);
        (made > 0, known > 0)
    };
    fs::write(place.repo.path().join("a/x.txt"), "").unwrap();
    fs::remove_dir_all(place.repo.path().join("b")).unwrap();
    assert_eq!((run(), run()), ((true, false), (false, true)));
    let other = modules.path().join("other.wasm");
    fs::rename(&path, &other).unwrap();
    let (made, known) = place.calls_of("wat", &line.replace("/wat.wasm", "/other.wasm"));
    assert!(made == 0 && known > 0, "the name doesn't matter");
    assemble(modules.path(), "wat", &text.replace("(module", "(module (func unreachable)"));
    assert_eq!(run(), (true, false));
}

#[test]
fn runs_at_the_same_time() {
    let place = Place::new();
    let expected = place.run("update --mode print --no-cache");
    let children: Vec<_> = (0..8)
        .map(|_| {
            let mut command = place.command("update --mode print");
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected.err);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.out);
    }
    assert_eq!(place.calls(WARM).0, 0);
    assert_eq!(contents(place.cache.path()).len(), 1, "nothing unfinished is left");
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let place = Place::new();
    let clean = place.run("update --mode print");
    let file = &place.files()[0];
    fs::write(file, "rubbish").unwrap();
    let ran = place.run("update --mode print");
    let note = format!("note: the cache {} was damaged; it is made anew\n", file.display());
    assert_eq!(ran, Ran { err: note, ..clean });
    assert_eq!(place.calls(WARM).0, 0);
}

#[test]
fn a_cache_that_cannot_be_written_is_no_failure() {
    let place = Place::new();
    let clean = place.run("update --mode print --no-cache");
    let file = place.repo.path().join("a/a.proto");
    let ran = ran(place.command("update --mode print --cache-dir").arg(&file));
    assert_eq!((ran.code, ran.out), (0, clean.out));
    let start = format!("note: can't write the cache {}/", file.display());
    assert!(ran.err.starts_with(&start) && ran.err.ends_with("; --no-cache does without\n"), "{}", ran.err);
}

#[test]
fn without_a_home_there_is_no_cache() {
    let place = Place::new();
    let homeless = |line: &str| {
        let mut command = place.command(line);
        for variable in ["DORCAS_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"] {
            command.env_remove(variable);
        }
        ran(&mut command)
    };
    assert_eq!(homeless("update --mode print"), place.run("update --mode print --no-cache"));
    let err = "error: there is no place for a cache: neither $DORCAS_CACHE_DIR nor $XDG_CACHE_HOME nor $HOME says one; \
               say --cache-dir\n";
    assert_eq!(homeless("cache dir"), Ran { code: 4, out: String::new(), err: err.into() });
}

#[test]
fn the_cache_is_in_the_home_directory() {
    let place = Place::new();
    let home = tempfile::tempdir().unwrap();
    let at_home = |line: &str| {
        let mut command = place.command(line);
        command.env_remove("DORCAS_CACHE_DIR").env_remove("XDG_CACHE_HOME").env("HOME", home.path());
        ran(&mut command)
    };
    let dir = home.path().join(".cache/dorcas");
    assert_eq!(at_home("cache dir").out, format!("{}\n", dir.display()));
    at_home("update --mode print");
    let names: Vec<_> = contents(&dir).into_iter().map(|(name, _)| name).collect();
    assert!(names.len() == 2 && names.contains(&"CACHEDIR.TAG".into()), "{names:?}");
    at_home("cache clear");
    assert!(!dir.exists());
}

#[test]
fn the_cache_is_shown_and_cleared() {
    let place = Place::new();
    let dir = place.cache.path().display().to_string();
    let limit = "268,435,456";
    let empty = format!("{dir}\n           0 bytes in 0 files, of at most {limit}\n");
    assert_eq!(place.run("cache show").out, empty);
    place.run(WARM);
    let root = place.repo.path().canonicalize().unwrap();
    let bytes = fs::metadata(&place.files()[0]).unwrap().len();

    let document: Value = serde_json::from_str(&place.run("cache show --format json").out).unwrap();
    let file = &document["files"][0];
    assert_eq!((document["dir"].as_str(), document["limit_bytes"].as_u64()), (Some(&*dir), Some(256 << 20)));
    assert_eq!((file["repository"].as_str(), file["bytes"].as_u64()), (root.to_str(), Some(bytes)));
    assert_eq!(file["path"].as_str(), place.files()[0].to_str());
    let entries = file["entries"].as_u64().unwrap();

    let bytes = grouped(bytes);
    let shown = format!(
        "{dir}\n{bytes:>12} bytes, {entries} entries: {}\n{bytes:>12} bytes in 1 file, of at most {limit}\n",
        root.display()
    );
    assert_eq!(place.run("cache show").out, shown);
    assert_eq!(place.run("cache clear").out, format!("1 file of {bytes} bytes removed from {dir}\n"));
    assert_eq!(place.run("cache show").out, empty);
    let elsewhere = place.run("cache dir --cache-dir /elsewhere");
    assert_eq!((elsewhere.code, elsewhere.out.as_str()), (0, "/elsewhere\n"));
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let groups = digits.as_bytes()[first..].chunks(3).map(|group| std::str::from_utf8(group).unwrap());
    [&digits[..first]].into_iter().filter(|group| !group.is_empty()).chain(groups).collect::<Vec<_>>().join(",")
}

#[test]
fn a_damaged_file_is_shown() {
    let place = Place::new();
    place.run(WARM);
    fs::write(&place.files()[0], "rubbish").unwrap();
    let shown = place.run("cache show").out;
    let line =
        format!("           7 bytes, 0 entries: {}, which is damaged and will be replaced", place.files()[0].display());
    assert_eq!(shown.lines().nth(1), Some(&*line));
}

#[test]
fn a_cache_that_cannot_be_read() {
    let place = Place::new();
    let file = place.repo.path().join("a/a.proto");
    for name in ["show", "clear"] {
        let ran = ran(place.command(&format!("cache {name} --cache-dir")).arg(&file));
        let start = format!("error: can't read or clear the cache {}: ", file.display());
        assert!(ran.code == 4 && ran.err.starts_with(&start), "{ran:?}");
    }
}

#[test]
fn golden_leaves_nothing_behind() {
    let place = Place::new();
    let cases = project("guest/rust/visibility/testdata");
    let case = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    let guest = project("guest/prebuilt/visibility.wasm");
    let ran = ran(place.command("golden").arg(&case).arg("--guest").arg(guest).current_dir(Path::new("/")));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(contents(place.cache.path()), []);
}
