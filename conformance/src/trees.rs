//! In which repositories does a host meet a guest?
//!
//! A tree is made from the guest's own manifest: files that its globs match, with text that its expressions match, BUILD
//! files with rules of its kinds and with its directives. There is a plain one, one in which every name and value is as odd
//! as a repository can have them, and one in which everything is large.

use crate::{
    dialect::{self, Examples},
    numbers::Numbers,
    vocabulary::Vocabulary,
};
use dorcas_abi::message::{FlagType, Input, Kind, Manifest, Want};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs, io,
    path::{Component, Path},
    sync::{Arc, Mutex, PoisonError},
};
use tempfile::TempDir;

/// A repository, and how the host is started on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Repository {
    /// Files by their paths from the root, with slashes. One of them marks the root: `MODULE.bazel`, for instance.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether the command is `fix`, and not `update`.
    pub fix: bool,
    /// Values of the guest's flags, in the order of the command line. What the guest doesn't have is left out.
    pub flags: Vec<(String, String)>,
}

/// Repositories that are laid out on the disk, so that several runs can share them.
///
/// Guests that differ little lead to the same repositories, and to lay one out takes longer than to run over it.
#[derive(Debug)]
pub struct Trees {
    laid_out: Mutex<HashMap<Repository, Arc<TempDir>>>,
    /// Most of them that are kept.
    most: usize,
}

impl Trees {
    /// Keeps a few hundred repositories until it is dropped.
    pub fn new() -> Self {
        const MOST: usize = 300;
        Self { laid_out: Mutex::default(), most: MOST }
    }

    /// Keeps nothing.
    pub(crate) fn none() -> Self {
        Self { laid_out: Mutex::default(), most: 0 }
    }

    /// The root of a repository. Nobody writes below it.
    pub(crate) fn lay_out(&self, repository: &Repository) -> io::Result<Arc<TempDir>> {
        let mut laid_out = self.laid_out.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dir) = laid_out.get(repository) {
            return Ok(dir.clone());
        }
        let dir = Arc::new(tempfile::tempdir()?);
        repository.write(dir.path())?;
        if laid_out.len() < self.most {
            laid_out.insert(repository.clone(), dir.clone());
        }
        Ok(dir)
    }
}

impl Default for Trees {
    fn default() -> Self {
        Self::new()
    }
}

/// What trees are made from.
pub(crate) struct Forester<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) numbers: &'a mut Numbers,
    /// The expressions of the manifest, as far as they were needed; `None` for one that is none.
    pub(crate) patterns: HashMap<String, Option<Examples>>,
    /// Contents that files have, by the index of their input and how many matches they have of each expression.
    pub(crate) contents: HashMap<(usize, usize), Vec<Vec<u8>>>,
}

/// Contents of files of one input. The next file has one of these again: to search a text that leads to states of its own
/// takes far longer than to search one that was there before.
const CONTENTS: usize = 6;
/// For which alternatives of a glob is there a file?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    One,
    All,
}

/// Most of the manifest's kinds, directives and inputs that are looked at in a tree.
const MOST: usize = 12;
/// Examples of an expression in a file.
const EXAMPLES: usize = 4;
/// Most bytes of a file times bytes of the expressions that it is searched for.
const SEARCHED: usize = 20_000_000;
/// Directories of the odd tree.
const ODD_DIRECTORIES: usize = 24;

/// Names that a file or directory can have, and that few have. Those that no label can have, with
/// control characters, colons and backslashes, are not among them yet: guests name rules after files and directories, and ours
/// in C, `AssemblyScript` and Zig do so with these too.
const ODD_NAMES: &[&str] = &[
    "a b",
    "é",
    "日本語",
    "e\u{301}",
    "..a",
    "a..",
    "-a",
    "_",
    "A",
    "a,b",
    "a'b",
    "a\"b",
    "\u{202e}ab",
    "a\u{200b}",
    "😀",
    "a@b",
    "a#b",
    "a%b",
    "a+b=c",
    "~",
    "$x",
    "a*b",
    "[a]",
    "{a}",
    "0",
    "1.5",
    "true",
    "None",
    "load",
    "BUILD",
    "x.x",
    "x.tar.gz",
    "a__b",
    "a-b",
    "a.b",
    ".hidden",
    "con",
    "z",
];

impl Repository {
    pub(crate) fn add(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(path.to_owned(), content.into());
    }

    /// Writes the files below a directory. What the file system can't have is left out.
    pub(crate) fn write(&self, root: &Path) -> io::Result<()> {
        for (path, content) in &self.files {
            let rel = Path::new(path);
            if path.contains('\0') || !rel.components().all(|part| matches!(part, Component::Normal(_))) {
                continue;
            }
            let path = root.join(rel);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, content));
            // The root has to be there; a name that this system doesn't have is left out.
            if made.is_err() && rel.components().count() == 1 && path.extension().is_some_and(|end| end == "bazel") {
                return made;
            }
        }
        Ok(())
    }
}

impl Forester<'_> {
    /// A small repository as there are many.
    pub(crate) fn plain(&mut self) -> Repository {
        let mut tree = self.root();
        for dir in ["api/v1", "lib", "lib/internal", "cmd/tool"] {
            self.files(&mut tree, dir, &["a", "b"], 2, Names::One);
            let directives: Vec<_> = self.directives().map(|name| (name, String::new())).take(2).collect();
            let build = self.build_file(&directives, 2);
            tree.add(&format!("{dir}/BUILD.bazel"), build);
        }
        // Two of one stem for each alternative of a glob, and no BUILD file.
        self.files(&mut tree, "fresh", &["same", "same_test", "test_same", "index", "main", "lib"], 1, Names::All);
        tree.add("empty/README", "");
        tree.add("only_build/BUILD.bazel", self.build_file(&[], 1));
        tree
    }

    /// A repository with odd names, values and texts. Flags have odd values too.
    pub(crate) fn odd(&mut self) -> Repository {
        let mut tree = self.root();
        tree.fix = true;
        for flag in self.manifest.flags.iter().take(MOST) {
            let value = match flag.ty {
                FlagType::Bool => ["true", "false"][self.numbers.below(2)].to_owned(),
                FlagType::Int => {
                    ["0", "-1", "9223372036854775807", "-9223372036854775808"][self.numbers.below(4)].to_owned()
                }
                FlagType::String | FlagType::Strings => self.vocabulary.word(self.numbers),
            };
            tree.flags.push((flag.name.clone(), value));
        }
        let directives: Vec<String> = self.directives().collect();
        for index in 0..ODD_DIRECTORIES {
            let name = ODD_NAMES[self.numbers.below(ODD_NAMES.len())];
            let dir = if index % 3 == 0 { format!("d{index}/{name}") } else { format!("{name}{index}") };
            let stems: Vec<&str> = (0..3).map(|_| ODD_NAMES[self.numbers.below(ODD_NAMES.len())]).collect();
            self.files(&mut tree, &dir, &stems, 3, Names::One);
            let said: Vec<_> = directives
                .iter()
                .filter(|_| directives.len() == 1 || self.numbers.below(2) == 0)
                .cloned()
                .collect::<Vec<_>>()
                .into_iter()
                .map(|name| (name, self.vocabulary.word(self.numbers)))
                .collect();
            let build = self.build_file(&said, 2);
            tree.add(&format!("{dir}/BUILD.bazel"), build);
        }
        tree
    }

    /// A repository in which there is much of something: counts and lengths of two bytes and more.
    pub(crate) fn large(&mut self) -> Repository {
        let mut tree = self.root();
        let stems: Vec<String> = (0..130).map(|index| format!("file_{index:03}")).collect();
        let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
        self.files(&mut tree, "many", &stems, 1, Names::One);
        let directives: Vec<_> =
            self.directives().map(|name| (name, "long ".repeat(40).trim_end().to_owned())).collect();
        tree.add("many/BUILD.bazel", self.build_file(&directives, 130));
        // One of them: to search it takes as long as to search all others.
        let mut long = Repository::default();
        self.files(&mut long, "long", &["big"], 1, Names::One);
        if let (Some(path), Some(input)) = (long.files.keys().next(), self.manifest.inputs.first()) {
            let content = self.content(input, 20_000);
            tree.add(path, content);
        }
        let deep = ["directory_with_a_name_of_many_letters"; 8].join("/");
        self.files(&mut tree, &deep, &["a", &"n".repeat(200)], 1, Names::One);
        tree.add(&format!("{deep}/BUILD.bazel"), self.build_file(&directives, 300));
        tree
    }

    fn directives(&self) -> impl Iterator<Item = String> + use<> {
        let names: Vec<_> =
            self.manifest.directives.iter().take(MOST).map(|directive| directive.name.clone()).collect();
        names.into_iter()
    }

    fn root(&mut self) -> Repository {
        let mut tree = Repository::default();
        let mut module = String::from("module(name = \"examples\")\n");
        let mut modules: Vec<&str> = self.manifest.loads.iter().map(|load| load.module.as_str()).collect();
        modules.sort_unstable();
        modules.dedup();
        for name in modules.into_iter().filter(|name| !name.is_empty()).take(MOST) {
            let alias = if self.numbers.below(2) == 0 { String::new() } else { format!(", repo_name = \"my_{name}\"") };
            writeln!(module, "bazel_dep(name = \"{name}\", version = \"1.0\"{alias})").expect("writing to a string");
        }
        tree.add("MODULE.bazel", module);
        let directives: Vec<_> = self
            .directives()
            .collect::<Vec<_>>()
            .into_iter()
            .filter(|_| self.numbers.below(3) == 0)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|name| (name, self.vocabulary.word(self.numbers)))
            .collect();
        tree.add("BUILD.bazel", self.build_file(&directives, 1));
        self.files(&mut tree, "", &["root"], 1, Names::One);
        tree
    }

    /// For each input and stem a file in a directory, or one for each alternative of the glob, with so many matches.
    fn files(&mut self, tree: &mut Repository, dir: &str, stems: &[&str], matches: usize, names_of: Names) {
        let inputs = self.manifest.inputs.iter().take(MOST);
        for (index, input) in inputs.enumerate() {
            for stem in stems {
                let mut names = dialect::names(&input.glob, stem);
                if names_of == Names::One && names.len() > 1 {
                    let chosen = self.numbers.below(names.len());
                    names.swap(0, chosen);
                    names.truncate(1);
                }
                for name in names {
                    let content = self.content_again(index, input, matches);
                    let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
                    tree.add(&path, content);
                }
            }
        }
    }

    /// A content that is new, or one that another file of the input has.
    fn content_again(&mut self, index: usize, input: &Input, matches: usize) -> Vec<u8> {
        let there = self.contents.get(&(index, matches)).map_or(0, Vec::len);
        if there < CONTENTS {
            let content = self.content(input, matches);
            self.contents.entry((index, matches)).or_default().push(content.clone());
            return content;
        }
        let chosen = self.numbers.below(there);
        self.contents[&(index, matches)][chosen].clone()
    }

    fn content(&mut self, input: &Input, matches: usize) -> Vec<u8> {
        let mut content = Vec::new();
        match &input.want {
            Want::Name => {}
            Want::Content | Want::Scan => {
                for _ in 0..matches {
                    content.extend(self.vocabulary.word(self.numbers).bytes());
                    content.extend(b" \xff\n");
                }
            }
            Want::Matches(patterns) => {
                // A search takes as long as the text and the expressions are. A text of many matches is to be long.
                let expressions: usize = patterns.iter().map(String::len).sum();
                let ordinary = (SEARCHED / (expressions + 1)).clamp(300, 3_000);
                let longest = if matches > EXAMPLES { 110_000 } else { ordinary };
                let mut examples = Vec::new();
                for pattern in patterns.iter().take(MOST) {
                    let known = self.patterns.entry(pattern.clone()).or_insert_with(|| Examples::of(pattern));
                    let Some(of_pattern) = known else { continue };
                    let several = (0..EXAMPLES.min(matches)).map(|_| of_pattern.next(Some(self.numbers)).text);
                    examples.extend(several);
                }
                for _ in 0..matches.saturating_mul(patterns.len().min(MOST)) {
                    let Some(text) = examples.get(self.numbers.below(examples.len())) else { break };
                    if !content.is_empty() && content.len() + text.len() > longest {
                        continue;
                    }
                    content.extend(text);
                    content.push(b"\n ;"[self.numbers.below(3)]);
                }
            }
        }
        content
    }

    /// A BUILD file with rules of the guest's kinds, which have lists of so many items.
    fn build_file(&mut self, directives: &[(String, String)], items: usize) -> String {
        let mut out = String::new();
        for (name, value) in directives {
            writeln!(out, "# gazelle:{name} {}", value.replace(['\n', '\r'], " ")).expect("writing to a string");
        }
        out.push_str("# gazelle:exclude third_party\n\n");
        for load in self.manifest.loads.iter().take(MOST) {
            let symbols: Vec<_> = load.symbols.iter().take(MOST).map(|symbol| quoted(symbol)).collect();
            if !symbols.is_empty() {
                let repo = if load.module.is_empty() { String::new() } else { format!("@{}", load.module) };
                let file = quoted(&format!("{repo}{}", load.file));
                writeln!(out, "load({file}, {})", symbols.join(", ")).expect("writing to a string");
            }
        }
        out.push_str("\npackage(default_visibility = [\"//visibility:public\"])\n\nmy_macro([1, \"a\"])\n");
        for (index, kind) in self.manifest.kinds.iter().take(MOST).enumerate() {
            self.rule(&mut out, kind, index, items);
        }
        out.push_str("\ncc_library(\n    name = \"other\",\n    srcs = [\"a.cc\"],\n)\n");
        out
    }

    fn rule(&mut self, out: &mut String, kind: &Kind, index: usize, items: usize) {
        let names = kind.mergeable_attrs.iter().chain(&kind.non_empty_attrs).chain(&kind.resolve_attrs);
        let mut names: Vec<&str> = names.chain(&kind.match_attrs).map(String::as_str).collect();
        names.extend(["visibility", "tags"]);
        names.sort_unstable();
        names.dedup();
        let keep = if self.numbers.below(4) == 0 { "# keep\n" } else { "# A comment.\n" };
        write!(out, "\n{keep}{}(\n    name = {},\n", kind.name, quoted(&format!("old_{index}")))
            .expect("writing to a string");
        for name in names.into_iter().filter(|name| !matches!(*name, "name" | "")).take(MOST) {
            let value = self.value(items);
            writeln!(out, "    {name} = {value},").expect("writing to a string");
        }
        out.push_str(")\n");
    }

    fn value(&mut self, items: usize) -> String {
        let vocabulary = self.vocabulary;
        let list = |numbers: &mut Numbers| {
            let items: Vec<_> = (0..items).map(|_| quoted(&vocabulary.word(numbers))).collect();
            format!("[{}]", items.join(", "))
        };
        match self.numbers.below(12) {
            0 => "True".into(),
            1 => ["-1", "0", "9223372036854775807", "-9223372036854775808", "123456789012345678901234567890"]
                [self.numbers.below(5)]
            .into(),
            2 => quoted(&vocabulary.word(self.numbers)),
            3 => "glob([\"*.txt\", \"**/*.x\"], exclude = [\"b.txt\"])".into(),
            4 => format!("select({{\"//a:b\": {}, \"//conditions:default\": []}})", list(self.numbers)),
            5 => format!("{} + select({{\"//conditions:default\": [\"x\"]}}) + glob([\"*\"])", list(self.numbers)),
            6 => format!("{{\"k\": {}}}", quoted(&vocabulary.word(self.numbers))),
            7 => format!("{{\"k\": {}}}", list(self.numbers)),
            8 => "[x + \"a\" for x in [\"b\"]]".into(),
            9 => "None".into(),
            _ => list(self.numbers),
        }
    }
}

/// A string of Starlark.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\000"),
            char => out.push(char),
        }
    }
    out.push('"');
    out
}
