//! Which rules should a directory have?

use crate::{
    PY_BINARY, PY_LIBRARY, PY_PROTO_LIBRARY, PY_TEST,
    config::{CONFTEST, Config, Mode, stop, warning},
    facts::Import,
    path,
    sources::{INIT, MAIN, Sources, TEST, TEST_RULE},
    stale::{self, empty, strings},
    target::{Module, Said, Target},
};
use dorcas_guest::{
    Result,
    message::{Diagnostic, EmptyRule, GenerateRequest, GenerateResponse, GeneratedRule, Rule},
};
use std::collections::{BTreeMap, BTreeSet};

const PROTO_LIBRARY: &str = "proto_library";

/// `generate_rules`.
pub(crate) fn generate(request: &GenerateRequest) -> Result<GenerateResponse> {
    let config = Config::from_state(&request.state)?;
    if !config.enabled {
        return Ok(GenerateResponse::default());
    }
    let mut sources = Sources::read(request, &config)?;
    if config.in_project && config.mode == Mode::Project && request.build_file.is_none() {
        let diagnostics = core::mem::take(&mut sources.diagnostics);
        return Ok(GenerateResponse { summary: sources.summary()?, diagnostics, ..GenerateResponse::default() });
    }
    let diagnostics = core::mem::take(&mut sources.diagnostics);
    let mut generator = Generator {
        request,
        config: &config,
        sources: &sources,
        rules: Vec::new(),
        empty: Vec::new(),
        programs: BTreeSet::new(),
        collisions: Vec::new(),
        diagnostics,
    };
    generator.all()?;
    if !generator.collisions.is_empty() {
        return Err(stop(generator.collisions.join("; ")));
    }
    let Generator { rules, empty, diagnostics, .. } = generator;
    Ok(GenerateResponse { rules, empty, diagnostics, ..GenerateResponse::default() })
}

struct Generator<'a> {
    request: &'a GenerateRequest,
    config: &'a Config,
    sources: &'a Sources,
    rules: Vec<GeneratedRule>,
    empty: Vec<EmptyRule>,
    /// The files that are programs.
    programs: BTreeSet<String>,
    /// Rules that can't be, since another has their name.
    collisions: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

/// A file's name without its ending.
fn stem(file: &str) -> &str {
    let base = path::base(file);
    base.strip_suffix(".py").unwrap_or(base)
}

impl<'a> Generator<'a> {
    fn all(&mut self) -> Result<()> {
        let config = self.config;
        let name = |convention: &str| convention.replace("$package_name$", config.package_name(&self.request.rel));
        if config.proto {
            self.protos()?;
        }
        if config.mode == Mode::File {
            self.libraries_by_file()?;
        } else {
            self.library(self.sources.libraries.clone(), name(&config.library_name), false)?;
        }
        if self.sources.has_main {
            self.main(name(&config.binary_name))?;
        }
        if self.sources.has_conftest {
            self.conftest()?;
        }
        self.tests(name(&config.test_name))?;
        let stale = stale::stale(self.request, self.sources, &self.programs);
        self.empty.extend(stale);
        Ok(())
    }

    fn existing(&self) -> impl Iterator<Item = &'a Rule> {
        self.request.build_file.iter().flat_map(|file| &file.rules)
    }

    fn target(&self, kind: &'static str, name: impl Into<String>) -> Target<'a> {
        Target::new(self.config, &self.request.rel, kind, name)
    }

    fn said<'s>(&self, files: impl IntoIterator<Item = &'s String>) -> Result<Said> {
        Said::of(files, &self.request.rel, self.sources, self.config)
    }

    /// Adds a rule. Two of one name can't be: `test_x/test_x.py` and the library of its directory, for one.
    fn push(&mut self, target: Target<'_>) -> Result<()> {
        let other = self.rules.iter().find(|generated| generated.rule.name == target.name);
        let Some(GeneratedRule { rule: other, .. }) = other else {
            self.rules.push(target.build()?);
            return Ok(());
        };
        let (label, kind) = (self.label(&target.name), self.config.shown_kind(target.kind));
        let other = self.config.shown_kind(&other.kind);
        let message = format!(
            "failed to generate target {label:?} of kind {kind:?}: a target of kind {other:?} is called so, too; choose another \
             name for one of them by a python_..._naming_convention directive, or rename the file"
        );
        self.diagnostics.push(warning(message, None));
        Ok(())
    }

    /// The label of a rule here, for messages.
    fn label(&self, name: &str) -> String {
        let rel = &self.request.rel;
        if path::base(rel) == name { format!("//{rel}") } else { format!("//{rel}:{name}") }
    }

    fn stubs(&self, files: &BTreeSet<String>) -> Vec<String> {
        if self.config.pyi_srcs { self.sources.stubs_of(files) } else { Vec::new() }
    }

    /// Why a rule can't have a name: another kind of rule has it.
    fn collision(&self, kind: &str, name: &str) -> Option<String> {
        let other = self.existing().find(|rule| rule.name == name && rule.kind != kind)?;
        let label = self.label(name);
        let (kind, other) = (self.config.shown_kind(kind), other.written.as_ref().unwrap_or(&other.kind));
        Some(format!(
            "failed to generate target {label:?} of kind {kind:?}: a target of kind {other:?} with the same name already exists"
        ))
    }

    fn collide(&mut self, kind: &str, name: &str, directive: &str) {
        if let Some(mut message) = self.collision(kind, name) {
            if !directive.is_empty() {
                message += ". Use the '# gazelle:";
                message += directive;
                message += "' directive to change the naming convention";
            }
            self.collisions.push(message);
        }
    }

    fn libraries_by_file(&mut self) -> Result<()> {
        let include_init = self.config.include_init && self.sources.has_init;
        for file in &self.sources.libraries {
            if file == INIT && !self.sources.has_init {
                continue;
            }
            let mut srcs = BTreeSet::from([file.clone()]);
            if include_init {
                srcs.insert(INIT.into());
            }
            self.library(srcs, stem(file).to_owned(), include_init)?;
        }
        Ok(())
    }

    /// A library, and a binary for each program in it.
    fn library(&mut self, mut srcs: BTreeSet<String>, name: String, include_init: bool) -> Result<()> {
        let mut said = self.said(&srcs)?;
        self.programs.extend(said.programs.keys().cloned());
        if !self.sources.has_main {
            self.binaries(&said, include_init)?;
            if self.config.mode == Mode::File && !said.programs.is_empty() {
                let goes = |file: &String| said.programs.contains_key(file) || include_init && file == INIT;
                srcs.retain(|file| !goes(file));
                said = self.said(&srcs)?;
            }
        }
        if srcs.is_empty() {
            // A library that is there has lost its last file.
            if self.existing().any(|rule| rule.kind == PY_LIBRARY && rule.name == name) {
                self.empty.push(empty(PY_LIBRARY, &name));
            }
            return Ok(());
        }
        self.collide(PY_LIBRARY, &name, "python_library_naming_convention");
        let mut library = self.target(PY_LIBRARY, name);
        library.stubs = self.stubs(&srcs);
        library.srcs = srcs;
        library.visible = true;
        library.say(&said, &said.modules, self.sources);
        self.push(library)
    }

    /// A binary for each program, where there is no `__main__.py`.
    fn binaries(&mut self, said: &Said, include_init: bool) -> Result<()> {
        for (file, modules) in &said.programs {
            let name = stem(file);
            if let Some(message) = self.collision(PY_BINARY, name) {
                self.diagnostics.push(warning(message, Some(file.clone())));
                continue;
            }
            let mut binary = self.target(PY_BINARY, name);
            binary.srcs = BTreeSet::from([file.clone()]);
            binary.stubs = self.stubs(&binary.srcs);
            if include_init {
                binary.srcs.insert(INIT.into());
            }
            binary.visible = true;
            binary.say(said, modules, self.sources);
            self.push(binary)?;
        }
        Ok(())
    }

    /// The binary of `__main__.py`.
    fn main(&mut self, name: String) -> Result<()> {
        self.programs.insert(MAIN.into());
        self.collide(PY_BINARY, &name, "python_binary_naming_convention");
        let mut binary = self.target(PY_BINARY, name);
        binary.srcs = BTreeSet::from([MAIN.into()]);
        binary.stubs = self.stubs(&binary.srcs);
        binary.main = Some(MAIN.into());
        binary.visible = true;
        let said = self.said(&binary.srcs)?;
        binary.say(&said, &said.modules, self.sources);
        self.push(binary)
    }

    fn conftest(&mut self) -> Result<()> {
        let name = stem(CONFTEST);
        self.collide(PY_LIBRARY, name, "");
        let mut library = self.target(PY_LIBRARY, name);
        library.srcs = BTreeSet::from([CONFTEST.into()]);
        library.stubs = self.stubs(&library.srcs);
        library.visible = true;
        library.testonly = true;
        let said = self.said(&library.srcs)?;
        library.say(&said, &said.modules, self.sources);
        self.push(library)
    }

    fn tests(&mut self, package_test: String) -> Result<()> {
        let (config, sources) = (self.config, self.sources);
        let has_rule = !sources.has_test && self.existing().any(|rule| rule.name == TEST_RULE);
        let has_entry_point = sources.has_test || has_rule;
        let one_for_all = match config.mode {
            Mode::File => false,
            Mode::Project => true,
            Mode::Package => !config.require_test_entry_point || has_entry_point,
        };
        if !one_for_all {
            for file in &sources.tests {
                let mut test = self.test(BTreeSet::from([file.clone()]), stem(file).to_owned())?;
                if sources.has_test {
                    test.srcs.insert(TEST.into());
                }
                self.entry_point(test, has_rule)?;
            }
            return Ok(());
        }
        let mut srcs = sources.tests.clone();
        if sources.has_test {
            srcs.insert(TEST.into());
        }
        if has_rule || !srcs.is_empty() {
            let test = self.test(srcs, package_test)?;
            self.entry_point(test, has_rule)?;
        }
        Ok(())
    }

    fn test(&mut self, srcs: BTreeSet<String>, name: String) -> Result<Target<'a>> {
        let said = self.said(&srcs)?;
        self.collide(PY_TEST, &name, "python_test_naming_convention");
        let mut test = self.target(PY_TEST, name);
        test.stubs = self.stubs(&srcs);
        test.srcs = srcs;
        test.say(&said, &said.modules, self.sources);
        Ok(test)
    }

    /// Gives a test what runs it, and the fixtures of pytest.
    fn entry_point(&mut self, mut test: Target<'a>, has_rule: bool) -> Result<()> {
        if has_rule {
            test.srcs.insert(format!(":{TEST_RULE}"));
            test.labels.insert(format!(":{TEST_RULE}"));
            test.main = Some(format!(":{TEST}"));
        } else if self.sources.has_test {
            test.main = Some(TEST.into());
        }
        if test.include_conftest.unwrap_or(true) {
            let config = self.config;
            let rel = &*self.request.rel;
            let counts = |dir: &&String| *dir == rel || config.ancestor_conftest;
            for dir in config.conftests.iter().filter(counts) {
                let file = path::join(dir, CONFTEST);
                // Above the root of imports it can't be imported.
                if let Some(name) = config.module(&file) {
                    let import = Import { name, ..Import::default() };
                    test.import(Module { import, file }, self.sources);
                }
            }
        }
        self.push(test)
    }

    /// A `py_proto_library` for each `proto_library` that has been generated.
    fn protos(&mut self) -> Result<()> {
        let others = self.request.other_rules.iter().map(|generated| &generated.rule);
        let protos: BTreeSet<&str> = others.filter(|rule| rule.kind == PROTO_LIBRARY).map(|rule| &*rule.name).collect();
        let existing: Vec<&Rule> = self.existing().filter(|rule| rule.kind == PY_PROTO_LIBRARY).collect();
        // What is there keeps its name.
        let mut names = BTreeMap::new();
        for rule in &existing {
            for dep in strings(rule, "deps") {
                names.insert(dep.strip_prefix(':').unwrap_or(dep), &*rule.name);
            }
        }
        let mut made = BTreeSet::new();
        for proto in protos {
            let name = match names.get(proto) {
                Some(&name) => name.to_owned(),
                None => self.config.proto_name.replace("$proto_name$", proto.strip_suffix("_proto").unwrap_or(proto)),
            };
            // One rule that has several of them would be generated several times.
            if !made.insert(name.clone()) {
                continue;
            }
            let mut library = self.target(PY_PROTO_LIBRARY, name);
            library.visible = true;
            library.labels.insert(format!(":{proto}"));
            self.push(library)?;
        }
        let gone = existing.iter().filter(|rule| !made.contains(&rule.name));
        self.empty.extend(gone.map(|rule| empty(PY_PROTO_LIBRARY, &rule.name)));
        Ok(())
    }
}
