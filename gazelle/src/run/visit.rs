//! What happens in a directory before anything is resolved?

use super::{
    Context, Diagnostic, OutputFile, Stage, fail,
    roster::{CONFIGURE, GENERATE, IMPORTS},
};
use crate::{
    build::{Existing, FILE_NAMES},
    error::{Cause, Failure},
    index::Record,
    input::Reader,
    label::Label,
    walk::{Directory, join},
};
use dorcas_abi::{
    message::{
        Attr, ConfigureRequest, Diagnostic as GuestDiagnostic, EmptyRule, File, GenerateRequest, GeneratedRule,
        ImportsRequest, Position, Rule, RuleImports, Severity, Value,
    },
    wire::Bytes,
};
use rayon::Scope;
use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    sync::{Arc, Mutex, PoisonError},
};

/// A directory on its way through the run.
#[derive(Debug, Default)]
pub(super) struct Visited {
    /// What each language keeps for the directory.
    pub(super) states: Arc<Vec<Bytes>>,
    pub(super) rules: Vec<Generated>,
    /// Rules that can be imported.
    pub(super) records: Vec<Record>,
    pub(super) existing: Option<Existing>,
    pub(super) output: Option<OutputFile>,
    pub(super) failure: Option<Failure>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A rule and the language that generated it.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) language: usize,
    pub(super) rule: GeneratedRule,
}

thread_local! {
    static READER: RefCell<Reader> = RefCell::default();
}

impl Context<'_> {
    /// Configures each directory after the one it is in, and generates its rules.
    pub(super) fn visit(&self, tree: &[Directory]) -> Vec<Visited> {
        self.progress.begin(Stage::Generate, tree.len());
        let slots: Vec<Mutex<Visited>> = tree.iter().map(|_| Mutex::default()).collect();
        let set = |dir: usize, visited| *slots[dir].lock().unwrap_or_else(PoisonError::into_inner) = visited;
        let no_states = Arc::new(vec![Bytes::default(); self.roster.members.len()]);
        if self.roster.stateful() {
            self.visit_in_order(tree, &no_states, &set);
        } else {
            rayon::scope(|threads| self.visit_subtree(threads, Subtree { tree, set: &set }, 0, &no_states));
        }
        slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
    }

    /// A directory, and those in it each as a task of its own.
    fn visit_subtree<'s>(&'s self, threads: &Scope<'s>, subtree: Subtree<'s>, dir: usize, parent: &Arc<Vec<Bytes>>) {
        let Subtree { tree, set } = subtree;
        let mut visited = self.configure(tree, dir, parent);
        if visited.failure.is_none() {
            for &child in &tree[dir].children {
                let states = Arc::clone(&visited.states);
                threads.spawn(move |threads| self.visit_subtree(threads, subtree, child, &states));
            }
        }
        self.generate(&tree[dir], &mut visited);
        set(dir, visited);
    }

    /// The same one directory after the other, those in a directory before its rules are generated.
    fn visit_in_order(&self, tree: &[Directory], no_states: &Arc<Vec<Bytes>>, set: &dyn Fn(usize, Visited)) {
        let mut open = vec![(0, 0, self.configure(tree, 0, no_states))];
        while let Some((dir, next, mut visited)) = open.pop() {
            if let Some(&child) = tree[dir].children.get(next).filter(|_| visited.failure.is_none()) {
                let below = self.configure(tree, child, &visited.states);
                open.push((dir, next + 1, visited));
                open.push((child, 0, below));
            } else {
                self.generate(&tree[dir], &mut visited);
                set(dir, visited);
            }
        }
    }

    fn configure(&self, tree: &[Directory], index: usize, parent: &[Bytes]) -> Visited {
        let dir = &tree[index];
        let mut visited = Visited::default();
        let mut states = Vec::with_capacity(parent.len());
        for (language, member) in self.roster.members.iter().enumerate() {
            if !member.has.configure {
                states.push(Bytes::default());
                continue;
            }
            let inputs = READER
                .with_borrow_mut(|reader| member.configure_inputs.gather(dir, member.language.request_bytes(), reader));
            let response = inputs.and_then(|files| {
                let request = ConfigureRequest {
                    rel: dir.rel.clone(),
                    parent: parent[language].clone(),
                    root: dir.parent.is_none().then(|| self.root(language)),
                    directives: Vec::new(),
                    build_file: None,
                    files,
                };
                member.call(CONFIGURE, |language| language.configure(&request)).map_err(Cause::Call)
            });
            match response {
                Ok(response) => {
                    states.push(response.state);
                    self.note(dir, &mut visited, language, response.diagnostics);
                }
                Err(cause) => {
                    let below = tree[index + 1..].iter().take_while(|other| is_below(&other.rel, &dir.rel)).count();
                    fail(&mut visited, Failure { below, ..*self.failure(dir, language, CONFIGURE, cause) });
                    return visited;
                }
            }
        }
        visited.states = Arc::new(states);
        visited
    }

    fn generate(&self, dir: &Directory, visited: &mut Visited) {
        if visited.failure.is_none()
            && let Err(failure) = self.try_generate(dir, visited)
        {
            // Half of a directory's rules would be worse than none.
            visited.rules.clear();
            visited.records.clear();
            fail(visited, *failure);
        }
        self.progress.step();
    }

    fn try_generate(&self, dir: &Directory, visited: &mut Visited) -> Result<(), Box<Failure>> {
        for name in &dir.unnameable {
            visited.diagnostics.push(Diagnostic {
                severity: Severity::Warning,
                path: join(&dir.rel, name),
                message: "the name is not UTF-8, so no language is told of it".into(),
                ..Diagnostic::default()
            });
        }
        let of_pipeline = |cause| Box::new(Failure::of_pipeline(&dir.rel, cause));
        if let Some(error) = &dir.unreadable {
            // An error of the system has no second copy.
            let cause = std::io::Error::new(error.kind(), error.to_string());
            return Err(of_pipeline(Cause::Read { path: display(&dir.rel), cause }));
        }
        let existing = FILE_NAMES.iter().find(|name| dir.files.iter().any(|file| file.name == **name));
        if !dir.update {
            if let Some(name) = existing {
                visited.diagnostics.push(Diagnostic {
                    severity: Severity::Warning,
                    path: join(&dir.rel, name),
                    message: "its rules are not known to this run: reading BUILD files is not supported yet".into(),
                    ..Diagnostic::default()
                });
            }
            return Ok(());
        }
        if let Some(name) = existing {
            let content = fs::read(dir.path.join(name))
                .map_err(|cause| of_pipeline(Cause::Read { path: join(&dir.rel, name), cause }))?;
            visited.existing = Some(Existing { name: (*name).into(), content });
        }
        let mut empty: Vec<EmptyRule> = Vec::new();
        for language in 0..self.roster.members.len() {
            self.generate_for(dir, visited, language, &mut empty)?;
        }
        for language in 0..self.roster.members.len() {
            self.ask_imports(dir, visited, language)?;
        }
        Ok(())
    }

    fn generate_for(
        &self,
        dir: &Directory,
        visited: &mut Visited,
        language: usize,
        empty: &mut Vec<EmptyRule>,
    ) -> Result<(), Box<Failure>> {
        let member = &self.roster.members[language];
        let fail = |cause| self.failure(dir, language, GENERATE, cause);
        let files: Vec<File> = READER
            .with_borrow_mut(|reader| member.inputs.gather(dir, member.language.request_bytes(), reader))
            .map_err(fail)?;
        let request = GenerateRequest {
            rel: dir.rel.clone(),
            state: visited.states[language].clone(),
            build_file: None,
            files,
            subdirs: dir.subdirs.clone(),
            generated_files: generated_files(&visited.rules),
            other_rules: visited.rules.iter().map(|generated| generated.rule.clone()).collect(),
            other_empty: empty.clone(),
        };
        let response =
            member.call(GENERATE, |language| language.generate(&request)).map_err(|cause| fail(Cause::Call(cause)))?;
        visited.rules.extend(response.rules.into_iter().map(|rule| Generated { language, rule }));
        empty.extend(response.empty);
        self.note(dir, visited, language, response.diagnostics);
        Ok(())
    }

    /// Asks a language how the directory's rules of its kinds are imported.
    fn ask_imports(&self, dir: &Directory, visited: &mut Visited, language: usize) -> Result<(), Box<Failure>> {
        let member = &self.roster.members[language];
        if !member.has.imports {
            return Ok(());
        }
        let all = visited.rules.iter().map(|generated| &generated.rule.rule);
        let rules: Vec<Rule> = all.filter(|rule| member.kinds.contains(rule.kind.as_str())).cloned().collect();
        if rules.is_empty() {
            return Ok(());
        }
        let request = ImportsRequest { rel: dir.rel.clone(), state: visited.states[language].clone(), rules };
        let response = member
            .call(IMPORTS, |language| language.imports(&request))
            .map_err(|cause| self.failure(dir, language, IMPORTS, Cause::Call(cause)))?;
        for (rule, RuleImports { importable, imports, embeds }) in request.rules.iter().zip(response.rules) {
            if !importable {
                continue;
            }
            let repo = &self.facts.name;
            let embeds: Result<_, _> =
                embeds.iter().map(|embed| Label::parse(embed).map(|label| label.abs(repo, &dir.rel))).collect();
            let embeds = embeds.map_err(|error| {
                let rule = format!("{} {:?}", rule.kind, rule.name);
                self.failure(dir, language, IMPORTS, Cause::Rule { rule, fault: format!("embeds: {error}") })
            })?;
            let label = Label::new(repo, &dir.rel, &rule.name);
            visited.records.push(Record { label, language, imports, embeds });
        }
        Ok(())
    }

    #[allow(clippy::unnecessary_box_returns, reason = "results are small where the error is in a box")]
    pub(super) fn failure(&self, dir: &Directory, language: usize, method: &'static str, cause: Cause) -> Box<Failure> {
        let language = Some(self.roster.members[language].language.name().to_owned());
        Box::new(Failure { dir: dir.rel.clone(), language, method: Some(method), cause, below: 0 })
    }

    /// Keeps what a language has to say.
    pub(super) fn note(
        &self,
        dir: &Directory,
        visited: &mut Visited,
        language: usize,
        diagnostics: Vec<GuestDiagnostic>,
    ) {
        let language = self.roster.members[language].language.name();
        visited.diagnostics.extend(diagnostics.into_iter().map(|diagnostic| {
            let line = diagnostic.file.as_ref().and_then(|file| line(dir, file, &diagnostic.position));
            Diagnostic {
                language: Some(language.into()),
                severity: diagnostic.severity,
                path: diagnostic.file.map_or_else(|| display(&dir.rel), |file| join(&dir.rel, &file)),
                line,
                message: diagnostic.message,
            }
        }));
    }
}

#[derive(Clone, Copy)]
struct Subtree<'s> {
    tree: &'s [Directory],
    set: &'s (dyn Fn(usize, Visited) + Sync),
}

fn is_below(rel: &str, dir: &str) -> bool {
    dir.is_empty() || rel.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

/// A directory as people write it.
fn display(rel: &str) -> String {
    if rel.is_empty() { ".".into() } else { rel.into() }
}

/// The line that a diagnostic is about.
fn line(dir: &Directory, file: &str, position: &Position) -> Option<usize> {
    match position {
        Position::Unknown => None,
        Position::Line(line) => Some(*line as usize),
        Position::Offset(offset) => {
            // Only a file of the directory: a guest that names another is not a way to look at it.
            dir.files.iter().find(|entry| entry.name == file && entry.regular)?;
            let content = fs::read(dir.path.join(file)).ok()?;
            Some(content.get(..*offset as usize)?.split(|byte| *byte == b'\n').count())
        }
    }
}

/// The files that rules make, by their attributes `out` and `outs`.
fn generated_files(rules: &[Generated]) -> Vec<String> {
    let attrs = rules.iter().flat_map(|generated| &generated.rule.rule.attrs);
    let outs = attrs.filter(|attr| matches!(attr.name.as_str(), "out" | "outs"));
    let names = outs.flat_map(|Attr { value, .. }| match value {
        Value::String(name) | Value::Label(name) => std::slice::from_ref(name),
        Value::Strings(names) | Value::SortedStrings(names) | Value::Labels(names) => names,
        _ => &[],
    });
    names.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}
