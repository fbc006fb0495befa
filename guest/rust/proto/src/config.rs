//! How are rules to be generated in a directory?

use crate::{
    PROTO,
    known::{PROTOBUF, RULES_GO, RULES_PROTO, Repository},
    path,
};
use dorcas_guest::{
    Bytes, Result, error,
    message::{
        BazelModule, BuildFile, Command, ConfigureRequest, ConfigureResponse, Diagnostic, Position, RunInfo, Severity,
    },
};
use serde::{Deserialize, Serialize};

/// An unknown mode on the command line.
const UNKNOWN_MODE: u32 = 1000;
/// A state that no `configure` of this language has returned.
const STRANGE_STATE: u32 = 1001;

/// The state of a directory: what holds there and in the directories below (Gazelle: `ProtoConfig`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) mode: Mode,
    /// Whether a directive has set the mode. A flag doesn't count, as in Gazelle.
    pub(crate) mode_is_explicit: bool,
    pub(crate) group_option: String,
    pub(crate) strip_import_prefix: String,
    pub(crate) import_prefix: String,
    pub(crate) search: Vec<Search>,
    /// Name of the repository at hand; may be empty.
    pub(crate) repo_name: String,
    /// The names by which MODULE.bazel knows some modules.
    pub(crate) apparent: Vec<(String, String)>,
    pub(crate) should_fix: bool,
}

/// How rules are generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mode {
    #[default]
    Default,
    Disable,
    DisableGlobal,
    Legacy,
    Package,
    File,
}

/// Where a file may be that is imported by a text with a prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Search {
    pub(crate) strip_prefix: String,
    pub(crate) add_prefix: String,
}

impl Mode {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "default" => Self::Default,
            "disable" => Self::Disable,
            "disable_global" => Self::DisableGlobal,
            "legacy" => Self::Legacy,
            "package" => Self::Package,
            "file" => Self::File,
            _ => return None,
        })
    }

    /// Whether there are rules at all.
    pub(crate) fn generates(self) -> bool {
        matches!(self, Self::Default | Self::Package | Self::File)
    }

    /// Whether protobuf's own files are taken from protobuf.
    pub(crate) fn uses_known_imports(self) -> bool {
        self != Self::DisableGlobal
    }
}

impl Config {
    /// Reads a state. An empty one is that of a run without configuration.
    pub(crate) fn from_state(state: &[u8]) -> Result<Self> {
        if state.is_empty() {
            return Ok(Self::default());
        }
        match postcard::take_from_bytes(state) {
            Ok((config, [])) => Ok(config),
            _ => {
                Err(error(STRANGE_STATE, format!("a state of {} bytes is not one of the proto language", state.len())))
            }
        }
    }

    fn to_state(&self) -> Result<Bytes> {
        match postcard::to_allocvec(self) {
            Ok(bytes) => Ok(bytes.into()),
            Err(fault) => Err(error(STRANGE_STATE, format!("the configuration can't be kept: {fault}"))),
        }
    }

    /// The name by which a repository is known here: that in MODULE.bazel, or the one it has by custom.
    pub(crate) fn repository<'a>(&'a self, repository: &'a Repository) -> &'a str {
        self.apparent(repository).unwrap_or(repository.repo)
    }

    /// The name in MODULE.bazel, if the module is there.
    pub(crate) fn apparent(&self, repository: &Repository) -> Option<&str> {
        self.apparent.iter().find(|(module, _)| module == repository.module).map(|(_, apparent)| &**apparent)
    }

    /// What the whole run starts with.
    fn from_root(root: &RunInfo) -> Result<Self> {
        let flag = |name: &str| root.flags.iter().find(|flag| flag.name == name).map(|flag| flag.value.clone());
        let mode = flag("proto").unwrap_or_default();
        let mode = match Mode::parse(&mode) {
            Some(mode) => mode,
            None if mode.is_empty() => Mode::Default,
            None => return Err(error(UNKNOWN_MODE, format!("-proto: {}", unknown_mode(&mode)))),
        };
        let asked_for = |module: &BazelModule| {
            [PROTOBUF, RULES_GO, RULES_PROTO].iter().any(|repository| repository.module == module.name)
                && !module.apparent.is_empty()
        };
        Ok(Self {
            mode,
            group_option: flag("proto_group").unwrap_or_default(),
            import_prefix: flag("proto_import_prefix").unwrap_or_default(),
            repo_name: root.repo_name.clone(),
            apparent: root
                .modules
                .iter()
                .filter(|module| asked_for(module))
                .map(|module| (module.name.clone(), module.apparent.clone()))
                .collect(),
            should_fix: root.command == Command::Fix,
            ..Self::default()
        })
    }

    /// Directories whose name or BUILD file says that rules are generated by something else.
    fn infer_mode(&mut self, rel: &str, build_file: Option<&BuildFile>) {
        if self.mode != Mode::Default || self.mode_is_explicit {
            return;
        }
        if path::base(rel) == "vendor" {
            self.mode = Mode::Disable;
            return;
        }
        let rules_go = self.repository(&RULES_GO);
        let own = format!("@{rules_go}//proto:def.bzl");
        let old = format!("@{rules_go}//proto:go_proto_library.bzl");
        for load in build_file.iter().flat_map(|file| &file.loads) {
            if load.name == own {
                return;
            }
            if load.name == old {
                if !self.should_fix {
                    self.mode = Mode::Legacy;
                }
                return;
            }
            if load.symbols.iter().any(|symbol| symbol.to == "go_proto_library") {
                self.mode = Mode::Disable;
                return;
            }
        }
    }
}

/// `configure`: the parent's state, changed by the directives.
pub(crate) fn configure(request: &ConfigureRequest) -> Result<ConfigureResponse> {
    let mut config = match &request.run {
        Some(root) => Config::from_root(root)?,
        None => Config::from_state(&request.parent)?,
    };
    let mut messages = Vec::new();
    for directive in &request.directives {
        let value = &*directive.value;
        match &*directive.key {
            PROTO => match Mode::parse(value) {
                Some(mode) => (config.mode, config.mode_is_explicit) = (mode, true),
                None => messages.push(unknown_mode(value)),
            },
            "proto_group" => config.group_option = value.into(),
            "proto_import_prefix" => config.import_prefix = value.into(),
            "proto_strip_import_prefix" => {
                config.strip_import_prefix = value.into();
                messages.extend(odd_strip_import_prefix(value, &request.rel));
            }
            "proto_search" => match value.split_whitespace().collect::<Vec<_>>()[..] {
                [] => config.search.clear(),
                [strip, add] => config.search.push(Search { strip_prefix: strip.into(), add_prefix: add.into() }),
                ref others => messages.push(format!(
                    "# gazelle:proto_search: got {} arguments, expected 2, a prefix to strip and a prefix to add",
                    others.len()
                )),
            },
            _ => {}
        }
    }
    config.infer_mode(&request.rel, request.build_file.as_ref());

    let file = request.build_file.as_ref().map(|file| file.name.clone());
    let diagnostic = |message| warning(message, file.clone());
    Ok(ConfigureResponse {
        state: config.to_state()?,
        diagnostics: messages.into_iter().map(diagnostic).collect(),
        ..ConfigureResponse::default()
    })
}

/// Something that Gazelle would log: the run goes on, and succeeds.
pub(crate) fn warning(message: String, file: Option<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, message, file, position: Position::Unknown }
}

fn unknown_mode(name: &str) -> String {
    format!("unrecognized proto mode: {name:?}; there are default, file, package, legacy, disable and disable_global")
}

fn odd_strip_import_prefix(prefix: &str, rel: &str) -> Option<String> {
    if prefix.is_empty() {
        return None;
    }
    let Some(from_root) = prefix.strip_prefix('/') else {
        return Some(format!(
            "proto_strip_import_prefix {prefix:?} should start with '/', as a prefix relative to the repository root"
        ));
    };
    // Below the directory it is meant for directories below.
    let outside = !rel.is_empty() && !path::has_prefix(rel, from_root) && !path::has_prefix(from_root, rel);
    outside.then(|| format!("proto_strip_import_prefix {prefix:?} not in directory {rel}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_guest::message::{Directive, FlagValue, GuestError, Load, Symbol};

    fn root(flags: &[(&str, &str)]) -> RunInfo {
        let flag = |&(name, value): &(&str, &str)| FlagValue { name: name.into(), value: value.into() };
        RunInfo { flags: flags.iter().map(flag).collect(), ..RunInfo::default() }
    }

    /// The configuration of a directory, and what the user is told.
    fn configured(
        parent: &Config,
        rel: &str,
        directives: &[(&str, &str)],
        loads: &[(&str, &str)],
    ) -> (Config, Vec<String>) {
        let directive = |&(key, value): &(&str, &str)| Directive { key: key.into(), value: value.into() };
        let load = |&(name, symbol): &(&str, &str)| Load {
            name: name.into(),
            symbols: vec![Symbol { from: symbol.into(), to: symbol.into() }],
        };
        let loads = loads.iter().map(load).collect();
        let response = configure(&ConfigureRequest {
            rel: rel.into(),
            parent: parent.to_state().unwrap(),
            directives: directives.iter().map(directive).collect(),
            build_file: Some(BuildFile { name: "BUILD.bazel".into(), loads, ..BuildFile::default() }),
            ..ConfigureRequest::default()
        })
        .unwrap();
        let messages = response.diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect();
        (Config::from_state(&response.state).unwrap(), messages)
    }

    #[test]
    fn flags_hold_for_the_whole_run() {
        let config = Config::from_root(&root(&[("proto", "package"), ("proto_group", "go_package")])).unwrap();
        let (below, _) = configured(&config, "a", &[], &[]);
        assert_eq!((below.mode, &*below.group_option), (Mode::Package, "go_package"));
    }

    #[test]
    fn a_mode_that_there_is_not_on_the_command_line() {
        let error: GuestError = Config::from_root(&root(&[("proto", "all")])).unwrap_err();
        assert_eq!(
            error.message,
            "-proto: unrecognized proto mode: \"all\"; there are default, file, package, legacy, disable and disable_global"
        );
    }

    #[test]
    fn a_mode_that_there_is_not_in_a_directive() {
        let (config, messages) = configured(&Config::default(), "", &[("proto", "none")], &[]);
        assert_eq!(config.mode, Mode::Default);
        assert!(messages[0].starts_with("unrecognized proto mode: \"none\""), "{messages:?}");
    }

    #[test]
    fn search_rules_add_up_until_an_empty_one() {
        let (config, messages) =
            configured(&Config::default(), "", &[("proto_search", "a b"), ("proto_search", "c")], &[]);
        assert_eq!(config.search, [Search { strip_prefix: "a".into(), add_prefix: "b".into() }]);
        assert!(messages[0].contains("got 1 arguments"), "{messages:?}");
        assert!(configured(&config, "a", &[("proto_search", "")], &[]).0.search.is_empty());
    }

    #[test]
    fn vendor_is_left_alone_unless_a_directive_says_so() {
        assert_eq!(configured(&Config::default(), "a/vendor", &[], &[]).0.mode, Mode::Disable);
        let (explicit, _) = configured(&Config::default(), "", &[("proto", "default")], &[]);
        assert_eq!(configured(&explicit, "a/vendor", &[], &[]).0.mode, Mode::Default);
    }

    #[test]
    fn loads_that_say_who_generates() {
        let mode = |loads: &[(&str, &str)]| configured(&Config::default(), "a", &[], loads).0.mode;
        let (go, old) = ("@io_bazel_rules_go//proto:def.bzl", "@io_bazel_rules_go//proto:go_proto_library.bzl");
        assert_eq!(mode(&[(go, "go_proto_library")]), Mode::Default);
        assert_eq!(mode(&[(old, "go_proto_library")]), Mode::Legacy);
        assert_eq!(mode(&[("//:my.bzl", "go_proto_library")]), Mode::Disable);
        assert_eq!(mode(&[(go, "x"), ("//:my.bzl", "go_proto_library")]), Mode::Default);
    }

    #[test]
    fn prefixes_to_strip_that_do_nothing() {
        let told = |prefix| configured(&Config::default(), "a/b", &[("proto_strip_import_prefix", prefix)], &[]).1;
        for near in ["/a", "/a/b", "/a/b/c", "/a/b/c/d/", "/"] {
            assert!(told(near).is_empty(), "{near}");
        }
        assert_eq!(told("/a/bc"), ["proto_strip_import_prefix \"/a/bc\" not in directory a/b"]);
        assert_eq!(told("/c"), ["proto_strip_import_prefix \"/c\" not in directory a/b"]);
        assert!(told("c")[0].contains("should start with '/'"));
    }

    #[test]
    fn a_state_of_someone_else() {
        let error = Config::from_state(&[0xff, 0xff]).unwrap_err();
        assert_eq!((error.code, &*error.message), (1001, "a state of 2 bytes is not one of the proto language"));
    }
}
