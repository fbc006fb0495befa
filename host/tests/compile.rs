//! Modules that don't compile, and what the compiler says about them.
//!
//! A case is a file in `compile`. Its head has what the message contains, on every compiler; the whole message is kept
//! beside it, as [`KEPT_FROM`] words it. `DORCAS_KEEP=1` writes it again.
//!
//! The cases are compiled against the library that was built for this very test: to build it and all that it needs once
//! more, in a project apart, would take longer than all other tests.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The compiler that the kept messages are from. What another one says is worded and laid out in its own way.
const KEPT_FROM: &str = "rustc 1.95.";

#[test]
fn what_does_not_compile_says_why() {
    let rustc = Rustc::find();
    let mut files: Vec<_> = cases().read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "rs") && !file.ends_with(COMPILES));
    files.sort();
    assert_eq!(files.len(), 10);
    let wrong: Vec<_> = files.iter().filter_map(|file| rustc.check(file).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The case that compiles.
const COMPILES: &str = "it_compiles.rs";

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile")
}

struct Rustc {
    version: String,
    /// Where the libraries are.
    libraries: PathBuf,
    /// The one that is tested.
    library: PathBuf,
}

impl Rustc {
    fn find() -> Self {
        let version = command().arg("--version").output().expect("there is a compiler");
        let version = String::from_utf8(version.stdout).unwrap();
        let libraries = env::current_exe().unwrap().parent().unwrap().to_owned();
        let is_it = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libdorcas_host-") && path.extension().is_some_and(|ending| ending == "rlib")
        };
        let mut found: Vec<_> =
            libraries.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(is_it).collect();
        // The newest, with other features or from another compiler there may be more.
        found.sort_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok());
        for library in found.into_iter().rev() {
            let rustc = Self { version: version.clone(), libraries: libraries.clone(), library };
            if rustc.compile(&cases().join(COMPILES)).is_ok() {
                return rustc;
            }
        }
        panic!("no library in {} with which {COMPILES} compiles", libraries.display());
    }

    /// Fails with the compiler's messages.
    fn compile(&self, file: &Path) -> Result<(), String> {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
        fs::create_dir_all(&out).unwrap();
        let output = command()
            .args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "--color=never"])
            .arg("--extern")
            .arg(format!("dorcas_host={}", self.library.display()))
            .arg("-L")
            .arg(format!("dependency={}", self.libraries.display()))
            .arg("--out-dir")
            .arg(out)
            .arg(file.file_name().unwrap())
            .current_dir(cases())
            .output()
            .unwrap();
        if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
    }

    fn check(&self, file: &Path) -> Result<(), String> {
        let Err(message) = self.compile(file) else { return Err(format!("{} compiles", file.display())) };
        let message = portable(&message);
        let text = fs::read_to_string(file).unwrap();
        let expected: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("//~ ")).collect();
        assert!(!expected.is_empty(), "{} says nothing about its message", file.display());
        if let Some(missing) = expected.iter().find(|expected| !message.contains(**expected)) {
            return Err(format!("{}: `{missing}` is not in\n{message}", file.display()));
        }
        if !self.version.starts_with(KEPT_FROM) {
            return Ok(());
        }
        let kept = file.with_extension("stderr");
        if env::var_os("DORCAS_KEEP").is_some() {
            fs::write(&kept, &message).unwrap();
        }
        match fs::read_to_string(&kept) {
            Ok(kept) if kept == message => Ok(()),
            _ => Err(format!("{}: the message is another, DORCAS_KEEP=1 keeps this one:\n{message}", kept.display())),
        }
    }
}

fn command() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// The message without what differs from machine to machine, or with every change of the library: where in its sources
/// something is, and where the compiler has put the full names of types.
fn portable(message: &str) -> String {
    let is_kept =
        |line: &&str| !line.contains("the full name for the type") && !line.contains("consider using `--verbose`");
    let mut text = String::new();
    for line in message.lines().filter(is_kept) {
        let line = match line.split_once(".rs:") {
            Some((file, _)) if line.contains("host/src/") => format!("{file}.rs").replace('\\', "/"),
            _ => line.to_owned(),
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
