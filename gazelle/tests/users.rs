//! What users of Gazelle have reported, kind by kind: `users/README.md`.

mod support;

use dorcas_gazelle::{GuestLanguage, Language, Options, Outcome, write};
use dorcas_host::Engine;
use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};
use support::outcome;

const GUESTS: [&[u8]; 2] =
    [include_bytes!("../../guest/prebuilt/visibility.wasm"), include_bytes!("../../guest/prebuilt/proto.wasm")];

/// A case: what it is about, a repository, and what is different in it after a run.
struct Case {
    claim: String,
    repo: BTreeMap<String, String>,
    after: BTreeMap<String, String>,
    says: String,
}

impl Case {
    fn parse(text: &str) -> Self {
        let (claim, rest) = text.split_at(text.find("-- ").unwrap());
        let (repo, rest) = rest.split_once("== after\n").unwrap_or((rest, ""));
        let (after, says) = rest.split_once("== says\n").unwrap_or((rest, ""));
        Self { claim: claim.into(), repo: files(repo), after: files(after), says: says.into() }
    }

    fn text(&self) -> String {
        let mut text = self.claim.clone();
        list(&mut text, &self.repo);
        text.push_str("== after\n");
        list(&mut text, &self.after);
        write!(text, "== says\n{}", self.says).unwrap();
        text
    }
}

fn files(text: &str) -> BTreeMap<String, String> {
    let parts = text.split("-- ").filter_map(|part| part.split_once(" --\n"));
    parts.map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

fn list(text: &mut String, files: &BTreeMap<String, String>) {
    for (path, content) in files {
        write!(text, "-- {path} --\n{content}").unwrap();
    }
}

/// What a run has to say. Nobody fails in these cases.
fn says(outcome: &Outcome) -> String {
    assert!(!outcome.failed(), "{:?} {:?}", outcome.failures, outcome.diagnostics);
    outcome.diagnostics.iter().fold(String::new(), |text, diagnostic| text + &format!("{diagnostic}\n"))
}

#[test]
fn each_kind_is_right_and_stays_so() {
    let engine = Engine::default();
    let guests = GUESTS.map(|guest| GuestLanguage::new(engine.load(guest).unwrap()).unwrap());
    let languages: Vec<&dyn Language> = guests.iter().map(|guest| guest as &dyn Language).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/users");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    cases.sort();
    assert!(cases.len() > 10, "there are cases");
    for path in cases {
        let text = fs::read_to_string(&path).unwrap();
        let case = Case::parse(&text);
        let dir = support::repo(&case.repo.iter().collect::<Vec<_>>());
        if !dir.path().join("MODULE.bazel").exists() {
            fs::write(dir.path().join("MODULE.bazel"), "").unwrap();
        }
        let options = Options::new(dir.path());
        let first = outcome(&options, &languages);
        let written = write(&first);
        assert!(written.is_empty(), "{}: {written:?}", path.display());
        let mut after: BTreeMap<String, String> = support::contents(dir.path()).into_iter().collect();
        after.retain(|path, text| path != "MODULE.bazel" && case.repo.get(path) != Some(text));
        let found = Case { after, says: says(&first), claim: case.claim, repo: case.repo };
        if env::var_os("DORCAS_UPDATE").is_some() {
            fs::write(&path, found.text()).unwrap();
        } else {
            assert_eq!(found.text(), text, "{}", path.display());
        }
        // A second run changes nothing, and has the same to say.
        let second = outcome(&options, &languages);
        let changed: Vec<_> = second.files.iter().filter(|file| file.changed()).map(|file| &file.rel).collect();
        assert_eq!(changed, [""; 0], "{}", path.display());
        assert_eq!(says(&second), found.says, "{}", path.display());
    }
}
