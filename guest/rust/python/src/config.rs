//! How are rules to be generated in a directory?

use crate::{LANG, PY_BINARY, PY_LIBRARY, PY_PROTO_LIBRARY, PY_TEST, facts::parse_bool, path, pip};
use dorcas_guest::{
    Bytes, Result, error,
    message::{
        ConfigureRequest, ConfigureResponse, Diagnostic, Directive, FileData, GuestError, ImportSpec, Position,
        Provided, Severity,
    },
};
use serde::{Deserialize, Serialize};

/// A state that no `configure` of this language has returned.
const STRANGE_STATE: u32 = 1000;
/// What ends the run: rules_python's extension exits at such a place, too, before it has written anything.
const STOP: u32 = 4;

/// The file with the modules of other repositories, where no directive names another.
const MANIFEST: &str = "gazelle_python.yaml";
/// The file whose fixtures pytest gives to the tests in its directory and below.
pub(crate) const CONFTEST: &str = "conftest.py";

/// In the index the modules of other repositories stand apart from those of this one: they go before these.
pub(crate) const PIP: &str = "pip:";

/// The state of a directory: what holds there and in the directories below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a directive of its own")]
pub(crate) struct Config {
    pub(crate) enabled: bool,
    /// Base name of the repository's root.
    pub(crate) root_name: String,
    /// The directory in which imports begin.
    pub(crate) python_root: String,
    pub(crate) ignore_files: Vec<String>,
    pub(crate) ignore_dependencies: Vec<String>,
    pub(crate) validate: bool,
    pub(crate) mode: Mode,
    /// Whether the directory above is part of a project.
    pub(crate) in_project: bool,
    pub(crate) include_init: bool,
    pub(crate) require_test_entry_point: bool,
    pub(crate) library_name: String,
    pub(crate) binary_name: String,
    pub(crate) test_name: String,
    pub(crate) proto_name: String,
    pub(crate) default_visibility: Vec<String>,
    pub(crate) more_visibility: Vec<String>,
    pub(crate) test_patterns: Vec<String>,
    pub(crate) label_convention: String,
    pub(crate) label_normalization: Normalization,
    pub(crate) relative_imports: bool,
    pub(crate) pyi_deps: bool,
    pub(crate) pyi_srcs: bool,
    pub(crate) proto: bool,
    pub(crate) sibling_imports: bool,
    pub(crate) ancestor_conftest: bool,
    /// The directories with a `conftest.py`, from the root to this one.
    pub(crate) conftests: Vec<String>,
    /// Whether a manifest here or above has a module that looks like one with types alone.
    pub(crate) has_stubs: bool,
    /// The names that `map_kind` gives to kinds of this language, for messages.
    pub(crate) mapped_kinds: Vec<(String, String)>,
}

/// How many rules there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// A library for each directory.
    Package,
    /// A library for each file.
    File,
    /// A library for a directory and all below it that have no BUILD file.
    Project,
}

/// How the name of a distribution becomes part of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Normalization {
    None,
    Pep503,
    SnakeCase,
}

impl Default for Config {
    /// What holds where no directive says anything.
    fn default() -> Self {
        Self {
            enabled: true,
            root_name: String::new(),
            python_root: String::new(),
            ignore_files: Vec::new(),
            ignore_dependencies: Vec::new(),
            validate: true,
            mode: Mode::Package,
            in_project: false,
            include_init: false,
            require_test_entry_point: true,
            library_name: "$package_name$".into(),
            binary_name: "$package_name$_bin".into(),
            test_name: "$package_name$_test".into(),
            proto_name: "$proto_name$_py_pb2".into(),
            default_visibility: vec!["//:__subpackages__".into()],
            more_visibility: Vec::new(),
            test_patterns: vec!["*_test.py".into(), "test_*.py".into()],
            label_convention: "$distribution_name$".into(),
            label_normalization: Normalization::SnakeCase,
            relative_imports: false,
            pyi_deps: true,
            pyi_srcs: true,
            proto: false,
            sibling_imports: false,
            ancestor_conftest: true,
            conftests: Vec::new(),
            has_stubs: false,
            mapped_kinds: Vec::new(),
        }
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
                Err(error(STRANGE_STATE, format!("a state of {} bytes is not one of the Python language", state.len())))
            }
        }
    }

    fn to_state(&self) -> Result<Bytes> {
        match postcard::to_allocvec(self) {
            Ok(bytes) => Ok(bytes.into()),
            Err(fault) => Err(error(STRANGE_STATE, format!("the configuration can't be kept: {fault}"))),
        }
    }

    /// What the directory is called, for the names of its rules.
    pub(crate) fn package_name<'a>(&'a self, rel: &'a str) -> &'a str {
        if rel.is_empty() { &self.root_name } else { path::base(rel) }
    }

    pub(crate) fn visibility(&self) -> Vec<String> {
        [&self.default_visibility[..], &self.more_visibility].concat()
    }

    pub(crate) fn ignores_file(&self, name: &str) -> bool {
        self.ignore_files.iter().any(|ignored| ignored == path::base(name))
    }

    pub(crate) fn is_test(&self, name: &str) -> bool {
        self.test_patterns.iter().any(|pattern| fast_glob::glob_match(pattern, name))
    }

    /// The name that the user sees for a kind.
    pub(crate) fn shown_kind<'a>(&'a self, kind: &'a str) -> &'a str {
        self.mapped_kinds.iter().rev().find(|(from, _)| from == kind).map_or(kind, |(_, to)| to)
    }

    /// The module by which a file is imported (rules_python: `importSpecFromSrc`); `None` if it isn't below the Python root.
    pub(crate) fn module(&self, file: &str) -> Option<String> {
        let file = path::below(file, &self.python_root)?;
        let (dir, name) = (path::dir(file), path::base(file));
        let name = name.strip_suffix(".py").unwrap_or(name);
        let package = dir.replace('/', ".");
        Some(match (&*package, name) {
            ("", name) => name.to_owned(),
            (package, "__init__") => package.to_owned(),
            (package, name) => format!("{package}.{name}"),
        })
    }

    /// The label of a distribution, absolute.
    fn label(&self, repository: &str, distribution: &str) -> String {
        let name = self.label_convention.replace("$distribution_name$", distribution);
        let joined = |by: char| {
            let mut joined = String::new();
            for part in name.to_lowercase().split(['-', '_', '.']).filter(|part| !part.is_empty()) {
                if !joined.is_empty() {
                    joined.push(by);
                }
                joined.push_str(part);
            }
            joined
        };
        let name = match self.label_normalization {
            Normalization::None => name,
            Normalization::Pep503 => joined('-'),
            Normalization::SnakeCase => joined('_'),
        };
        let repository = if repository.is_empty() { String::new() } else { format!("@{repository}") };
        format!("{repository}//{name}:{}", path::base(&name))
    }

    fn directive(&mut self, rel: &str, directive: &Directive, messages: &mut Vec<String>) -> Result<()> {
        let value = directive.value.trim();
        let list = || value.split(',').map(|item| item.trim().to_owned());
        let truth = || parse_bool(value).ok_or_else(|| bad_value(rel, directive, "true or false"));
        let root_replaced = |config: &Self| value.replace("$python_root$", &config.python_root);
        match &*directive.key {
            "python_extension" => match value {
                "enabled" => self.enabled = true,
                "disabled" => self.enabled = false,
                _ => return Err(bad_value(rel, directive, "enabled or disabled")),
            },
            "python_root" => {
                rel.clone_into(&mut self.python_root);
                self.default_visibility = vec![format!("//{rel}:__subpackages__")];
            }
            "python_ignore_files" => self.ignore_files.extend(list()),
            "python_ignore_dependencies" => self.ignore_dependencies.extend(list()),
            "python_validate_import_statements" => self.validate = truth()?,
            "python_generation_mode" => {
                self.mode = match value {
                    "package" => Mode::Package,
                    "file" => Mode::File,
                    "project" => Mode::Project,
                    _ => return Err(bad_value(rel, directive, "package, file or project")),
                }
            }
            "python_generation_mode_per_file_include_init" => self.include_init = truth()?,
            "python_generation_mode_per_package_require_test_entry_point" => match truth() {
                Ok(value) => self.require_test_entry_point = value,
                Err(error) => messages.push(error.message),
            },
            "python_library_naming_convention" => value.clone_into(&mut self.library_name),
            "python_binary_naming_convention" => value.clone_into(&mut self.binary_name),
            "python_test_naming_convention" => value.clone_into(&mut self.test_name),
            "python_proto_naming_convention" => value.clone_into(&mut self.proto_name),
            "python_default_visibility" => {
                self.default_visibility = match value {
                    "NONE" => Vec::new(),
                    "DEFAULT" => vec![format!("//{}:__subpackages__", self.python_root)],
                    _ => root_replaced(self).split(',').map(Into::into).collect(),
                }
            }
            "python_visibility" => self.more_visibility.push(root_replaced(self)),
            "python_test_file_pattern" => {
                if value.is_empty() {
                    return Err(no_value(directive));
                }
                self.test_patterns = value.split(',').map(Into::into).collect();
                if let Some(bad) = self.test_patterns.iter().find(|pattern| fast_glob::validate(pattern).is_err()) {
                    return Err(stop(format!("invalid glob pattern '{bad}' of the directive '{}'", directive.key)));
                }
            }
            "python_label_convention" => {
                if value.is_empty() {
                    return Err(no_value(directive));
                }
                value.clone_into(&mut self.label_convention);
            }
            "python_label_normalization" => {
                self.label_normalization = match &*value.to_lowercase() {
                    "pep503" => Normalization::Pep503,
                    "none" => Normalization::None,
                    _ => Normalization::SnakeCase,
                }
            }
            "python_experimental_allow_relative_imports" => match truth() {
                Ok(value) => self.relative_imports = value,
                Err(error) => messages.push(error.message),
            },
            "python_generate_pyi_deps" => self.pyi_deps = truth()?,
            "python_generate_pyi_srcs" => self.pyi_srcs = truth()?,
            "python_generate_proto" => self.proto = truth()?,
            "python_resolve_sibling_imports" => self.sibling_imports = truth()?,
            "python_include_ancestor_conftest" => self.ancestor_conftest = truth()?,
            _ => {}
        }
        Ok(())
    }

    /// `map_kind`, which the host obeys, as far as messages need it.
    fn map_kind(&mut self, directive: &Directive) {
        let mut words = directive.value.split_whitespace();
        if let (Some(from), Some(to)) = (words.next(), words.next())
            && [PY_BINARY, PY_LIBRARY, PY_PROTO_LIBRARY, PY_TEST].contains(&from)
        {
            self.mapped_kinds.retain(|(kind, _)| kind != from);
            self.mapped_kinds.push((from.into(), to.into()));
        }
    }
}

/// Whether a module is one of those that the extension looks for beside a distribution.
fn is_stub(module: &str) -> bool {
    module.ends_with("_stubs")
        || module.ends_with("_types")
        || module.starts_with("types_")
        || module.starts_with("stubs_")
}

/// `configure`: the parent's state, changed by the directives; the modules of a manifest are provided.
pub(crate) fn configure(request: &ConfigureRequest) -> Result<ConfigureResponse> {
    let rel = &*request.rel;
    let mut config = match &request.run {
        Some(run) => Config { root_name: run.root_name.clone(), ..Config::default() },
        None => Config::from_state(&request.parent)?,
    };
    config.in_project = config.mode == Mode::Project;
    let mut messages = Vec::new();
    let mut manifest = MANIFEST;
    for directive in &request.directives {
        if directive.key == "python_manifest_file_name" {
            manifest = directive.value.trim();
        }
        config.directive(rel, directive, &mut messages)?;
    }
    let all = request.build_file.iter().flat_map(|file| &file.directives);
    all.filter(|directive| directive.key == "map_kind").for_each(|directive| config.map_kind(directive));
    if request.files.iter().any(|file| file.name == CONFTEST) && !config.ignores_file(CONFTEST) {
        config.conftests.push(rel.into());
    }

    let file = request.files.iter().find(|file| file.name == manifest);
    if file.is_none() && manifest != MANIFEST && !is_read(manifest) {
        messages.push(format!(
            "python_manifest_file_name: {manifest:?} isn't read; let its name end in .yaml or .yml and have \"gazelle\", \
             \"manifest\" or \"modules\" in it"
        ));
    }
    let provided = match file.map(|file| &file.data) {
        Some(FileData::Content(content)) => {
            let modules = pip::modules(content).map_err(|fault| {
                stop(format!("failed to load the manifest {:?}: {fault}", path::join(rel, manifest)))
            })?;
            config.has_stubs |= modules.distributions.keys().any(|module| is_stub(module));
            provided(&config, &modules, manifest, &mut messages)
        }
        _ => Vec::new(),
    };
    let file = request.build_file.as_ref().map(|file| file.name.clone());
    let diagnostic = |message| warning(message, file.clone());
    Ok(ConfigureResponse {
        state: config.to_state()?,
        provided,
        diagnostics: messages.into_iter().map(diagnostic).collect(),
    })
}

/// Whether a file of that name is among the inputs of `configure`.
fn is_read(name: &str) -> bool {
    fast_glob::glob_match(crate::manifest::MANIFESTS, name)
}

fn provided(config: &Config, modules: &pip::Modules, manifest: &str, messages: &mut Vec<String>) -> Vec<Provided> {
    let repository = &*modules.repository;
    if !repository.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.~+-".contains(&byte)) {
        messages.push(format!("{manifest}: {repository:?} is no name of a repository"));
        return Vec::new();
    }
    let mut provided = Vec::with_capacity(modules.distributions.len());
    for (module, distribution) in &modules.distributions {
        let label = config.label(repository, distribution);
        let name = label.rsplit_once(':').map_or("", |(_, name)| name);
        if name.is_empty()
            || label.contains(['\\', '\n'])
            || label.matches(':').count() > 1
            || label.contains(char::is_control)
        {
            messages
                .push(format!("{manifest}: no label can be made of the distribution {distribution:?} of {module:?}"));
            continue;
        }
        let import = ImportSpec { lang: LANG.into(), imp: format!("{PIP}{module}") };
        // The host leaves out the own repository's name, and rules_python doesn't: a repository of packages may have it, too.
        let payload = format!("{label}\n{distribution}").into_bytes().into();
        provided.push(Provided { import, label, payload });
    }
    provided
}

/// Something that rules_python's extension would log: the run goes on, and succeeds.
pub(crate) fn warning(message: String, file: Option<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, message, file, position: Position::Unknown }
}

/// Something at which the extension would exit.
pub(crate) fn stop(message: String) -> GuestError {
    // `error.size`
    let end = message.char_indices().map(|(at, char)| at + char.len_utf8()).take_while(|end| *end <= 4000).last();
    let message = match end {
        Some(end) if end < message.len() => format!("{} (more of it is left out)", &message[..end]),
        _ => message,
    };
    error(STOP, message)
}

fn no_value(directive: &Directive) -> GuestError {
    stop(format!("directive '{}' requires a value", directive.key))
}

fn bad_value(rel: &str, directive: &Directive, values: &str) -> GuestError {
    let Directive { key, value } = directive;
    stop(format!("invalid value for directive {key:?} in //{rel}: {value:?}; it takes {values}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_guest::message::{BuildFile, File, RunInfo};

    fn configured(parent: &Config, rel: &str, directives: &[(&str, &str)]) -> Result<(Config, Vec<String>)> {
        let directive = |&(key, value): &(&str, &str)| Directive { key: key.into(), value: value.into() };
        let directives: Vec<_> = directives.iter().map(directive).collect();
        let response = configure(&ConfigureRequest {
            rel: rel.into(),
            parent: parent.to_state().unwrap(),
            build_file: Some(BuildFile { directives: directives.clone(), ..BuildFile::default() }),
            directives,
            ..ConfigureRequest::default()
        })?;
        let messages = response.diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect();
        Ok((Config::from_state(&response.state)?, messages))
    }

    #[test]
    fn nothing_changes_without_directives() {
        let (config, messages) = configured(&Config::default(), "a", &[]).unwrap();
        assert_eq!((config, messages), (Config::default(), vec![]));
        let root = ConfigureRequest {
            run: Some(RunInfo { root_name: "repo".into(), ..RunInfo::default() }),
            ..ConfigureRequest::default()
        };
        let config = Config::from_state(&configure(&root).unwrap().state).unwrap();
        assert_eq!((config.package_name(""), config.package_name("a/b")), ("repo", "b"));
    }

    #[test]
    fn visibility() {
        let directives =
            [("python_root", ""), ("python_visibility", "//$python_root$/x:y"), ("python_visibility", "//z")];
        let (above, _) = configured(&Config::default(), "py/src", &directives).unwrap();
        assert_eq!(above.visibility(), ["//py/src:__subpackages__", "//py/src/x:y", "//z"]);
        let below =
            |value| configured(&above, "py/src/a", &[("python_default_visibility", value)]).unwrap().0.visibility();
        assert_eq!(below("NONE"), ["//py/src/x:y", "//z"]);
        assert_eq!(below("//$python_root$:__pkg__,//b"), ["//py/src:__pkg__", "//b", "//py/src/x:y", "//z"]);
        assert_eq!(below("DEFAULT"), above.visibility());
    }

    #[test]
    fn values_that_end_the_run_and_values_that_do_not() {
        let message = |key, value| match configured(&Config::default(), "a", &[(key, value)]) {
            Ok((_, messages)) => messages.join("\n"),
            Err(GuestError { code, message }) => format!("{code}: {message}"),
        };
        assert_eq!(message("python_test_file_pattern", ""), "4: directive 'python_test_file_pattern' requires a value");
        assert_eq!(
            message("python_test_file_pattern", "a*,[b"),
            "4: invalid glob pattern '[b' of the directive 'python_test_file_pattern'"
        );
        assert_eq!(message("python_label_convention", ""), "4: directive 'python_label_convention' requires a value");
        assert_eq!(
            message("python_extension", "on"),
            "4: invalid value for directive \"python_extension\" in //a: \"on\"; it takes enabled or disabled"
        );
        for key in ["python_generation_mode", "python_generate_proto", "python_validate_import_statements"] {
            assert!(message(key, "perhaps").starts_with("4: "), "{key}");
        }
        let key = "python_generation_mode_per_package_require_test_entry_point";
        assert!(message(key, "perhaps").starts_with("invalid value"));
        assert_eq!(message("python_manifest_file_name", "gazelle_python_types.yaml"), "");
        assert!(message("python_manifest_file_name", "x.yaml").contains("isn't read"));
    }

    #[test]
    fn labels_of_distributions() {
        let mut config = Config::default();
        let label = |config: &Config| config.label("pip", "Ruamel.Yaml--x_");
        assert_eq!(label(&config), "@pip//ruamel_yaml_x:ruamel_yaml_x");
        config.label_normalization = Normalization::Pep503;
        assert_eq!(label(&config), "@pip//ruamel-yaml-x:ruamel-yaml-x");
        config.label_normalization = Normalization::None;
        config.label_convention = ":$distribution_name$".into();
        assert_eq!(config.label("pip", "A"), "@pip//:A::A");
        let mut messages = Vec::new();
        let modules =
            pip::modules(b"manifest:\n  modules_mapping:\n    a: A\n  pip_deps_repository_name: pip").unwrap();
        assert_eq!(provided(&config, &modules, MANIFEST, &mut messages), []);
        assert_eq!(messages, ["gazelle_python.yaml: no label can be made of the distribution \"A\" of \"a\""]);
    }

    #[test]
    fn what_a_manifest_provides() {
        let content = "manifest:\n  modules_mapping:\n    boto3: boto3\n    boto3_stubs: Boto3-Stubs\n  pip_repository:\n    name: pip\n";
        let file = |name: &str, data| File { name: name.into(), data };
        let request = ConfigureRequest {
            files: vec![file(CONFTEST, FileData::Name), file(MANIFEST, FileData::Content(content.as_bytes().into()))],
            ..ConfigureRequest::default()
        };
        let response = configure(&request).unwrap();
        let provided = response.provided.iter().map(|provided| (&*provided.import.imp, &*provided.label));
        assert_eq!(
            provided.collect::<Vec<_>>(),
            [("pip:boto3", "@pip//boto3:boto3"), ("pip:boto3_stubs", "@pip//boto3_stubs:boto3_stubs")]
        );
        let config = Config::from_state(&response.state).unwrap();
        assert_eq!((config.has_stubs, &config.conftests[..]), (true, &[String::new()][..]));
    }

    #[test]
    fn modules_of_files() {
        let config = Config { python_root: "src".into(), ..Config::default() };
        let module = |file| config.module(file);
        assert_eq!(module("src/a/b.py").as_deref(), Some("a.b"));
        assert_eq!(module("src/a/__init__.py").as_deref(), Some("a"));
        assert_eq!(module("src/__init__.py").as_deref(), Some("__init__"));
        assert_eq!(module("tests/a.py"), None);
    }
}
