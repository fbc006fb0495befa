//! Runs the binary as a person would, on repositories and guests in temporary directories.
#![allow(dead_code, reason = "each test file uses a part")]

use dorcas_abi::{
    message::{GenerateResponse, GeneratedRule, GuestError, Input, Kind, Manifest, Methods, Reply, Rule, Want},
    wire,
};
use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a run of the binary has come to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The binary, as it behaves where no terminal and no setting has a say.
pub(crate) fn binary() -> Command {
    // `.ci/run` names the one that is shipped.
    let path = env::var_os("DORCAS_TESTED").unwrap_or_else(|| env!("CARGO_BIN_EXE_dorcas").into());
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    // What a test finds, and what it leaves behind, must be its own.
    command.env("DORCAS_CACHE_DIR", "");
    for variable in [
        "COLUMNS",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "TERM",
        "BUILD_WORKSPACE_DIRECTORY",
        "BUILD_WORKING_DIRECTORY",
        "XML_OUTPUT_FILE",
        "XML_OUTPUT_FILE",
    ] {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn dorcas<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    ran(binary().args(args))
}

/// The same in a directory.
pub(crate) fn dorcas_in<S: AsRef<OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> Ran {
    ran(binary().current_dir(dir).args(args))
}

/// The same with the words of a line.
pub(crate) fn line_in(dir: &Path, line: &str) -> Ran {
    dorcas_in(dir, line.split_whitespace())
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().expect("it was not killed"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory with these files.
pub(crate) fn repo<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_ref()).unwrap();
    }
    dir
}

/// The files below a directory and what is in them.
pub(crate) fn contents(dir: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(path).unwrap_or_default()));
            }
        }
    }
    found.sort();
    found
}

/// A file of the project, by its path from the root.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Assembles WebAssembly text into `dir/NAME.wasm`.
pub(crate) fn assemble(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(format!("{name}.wasm"));
    fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path
}

/// One of the host's faulty guests.
pub(crate) fn faulty(dir: &Path, name: &str) -> PathBuf {
    let text = fs::read_to_string(project(&format!("host/tests/guests/{name}.wat"))).unwrap();
    assemble(dir, name, &text)
}

/// A manifest that asks for these inputs.
pub(crate) fn wants(glob: &str, want: Want) -> Manifest {
    Manifest {
        inputs: vec![Input { glob: glob.into(), want, methods: Methods::GENERATE_RULES, ..Input::default() }],
        ..Manifest::default()
    }
}

/// A guest called `wat`, in text. It generates `thing(name = "made")` in each directory, but in one whose name begins
/// with `b` it does what `fault` says: `$refuse` answers with an error of its own.
pub(crate) fn guest(manifest: &Manifest, fault: &str) -> String {
    let thing = Kind { name: "thing".into(), ..Kind::default() };
    let kinds = if manifest.kinds.is_empty() { vec![thing] } else { manifest.kinds.clone() };
    let manifest: Reply<Manifest> = Ok(Manifest { kinds, ..manifest.clone() });
    let manifest = wire::encode(&manifest).unwrap();
    let rule = Rule { kind: "thing".into(), name: "made".into(), ..Rule::default() };
    let rules = vec![GeneratedRule { rule, ..GeneratedRule::default() }];
    let reply: Reply<GenerateResponse> = Ok(GenerateResponse { rules, ..GenerateResponse::default() });
    let reply = wire::encode(&reply).unwrap();
    let refusal: Reply<GenerateResponse> = Err(GuestError { code: 1234, message: "no, thanks".into() });
    let refusal = wire::encode(&refusal).unwrap();
    let data = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\{byte:02x}")).collect::<Vec<_>>().concat();
    format!(
        r#"(module
          (memory (export "memory") 4)
          (data (i32.const 16) "wat")
          (data (i32.const 1000) "{reply_data}")
          (data (i32.const 2000) "{refusal_data}")
          (data (i32.const 3000) "{manifest_data}")
          (global $top (mut i32) (i32.const 131072))
          (func (export "dorcas_abi_v1"))
          (func $alloc (export "alloc") (param $len i32) (result i32)
            (local $ptr i32)
            (local.set $ptr (global.get $top))
            (global.set $top (i32.add (local.get $ptr) (local.get $len)))
            (local.get $ptr))
          (func (export "free") (param i32 i32))
          (func $answer (param $from i32) (param $len i32) (result i64)
            (local $ptr i32)
            (local.set $ptr (call $alloc (local.get $len)))
            (memory.copy (local.get $ptr) (local.get $from) (local.get $len))
            (i64.or (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
              (i64.extend_i32_u (local.get $len))))
          (func $refuse (result i64) (call $answer (i32.const 2000) (i32.const {refusal_len})))
          (func $fault (result i64) {fault})
          (func (export "lang_name") (result i64) (call $answer (i32.const 16) (i32.const 3)))
          (func (export "manifest") (param i32 i32) (result i64)
            (call $answer (i32.const 3000) (i32.const {manifest_len})))
          (func (export "generate_rules") (param $ptr i32) (param $len i32) (result i64)
            ;; The request begins with the directory: its length, then its letters.
            (if (i32.eq (i32.load8_u offset=1 (local.get $ptr)) (i32.const 98))
              (then (return (call $fault))))
            (call $answer (i32.const 1000) (i32.const {reply_len}))))"#,
        manifest_data = data(&manifest),
        reply_data = data(&reply),
        refusal_data = data(&refusal),
        manifest_len = manifest.len(),
        reply_len = reply.len(),
        refusal_len = refusal.len(),
    )
}

/// What that guest generates.
pub(crate) const MADE: &str = "thing(name = \"made\")\n";
