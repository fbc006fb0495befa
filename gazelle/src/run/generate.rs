//! Which rules should a directory have, and how can they be imported?

use super::{
    Context,
    blame::Part,
    fail, fix, kept,
    left::Unknown,
    roster::{FIX, GENERATE, IMPORTS},
    visit::{About, Below, Described, Generated, Visited},
};
use crate::{
    build,
    build_file::BuildFile,
    check,
    config::Circle,
    diagnostic::Diagnostic,
    error::{Cause, Failure},
    index::Record,
    label::Label,
    merge::{Incoming, Kinds, Merge, Unmerged, Why},
    options::Indexing,
    path::{display, join},
    repo::RepoPath,
    starlark::{Expr, Kind},
    trace::{By, Phase, Provided},
    walk::{Directory, Site},
};
use dorcas_abi::{
    message::{
        Attr, Command, FixRequest, GenerateRequest, GeneratedRule, ImportsRequest, ImportsRule, Rule, RuleImports,
        Severity, Value,
    },
    method::{Fix, GenerateRules, Imports},
};
use std::collections::{BTreeSet, HashMap};

/// Work for a directory of `rels_to_index`, looked for and listed.
const LOOK: u64 = 1_000;

impl Context<'_> {
    /// Generates a directory's rules, if it is to be updated, merges them into its BUILD file, and notes for the index
    /// how its rules are imported.
    pub(super) fn generate(&self, site: Site<'_>, visited: &mut Visited, below: &Below) {
        if visited.failure.is_none()
            && let Err(failure) = self.try_generate(site, visited, below)
        {
            // Half of a directory's rules would be worse than none.
            visited.rules.clear();
            visited.records.clear();
            visited.provided.clear();
            visited.summaries.clear();
            visited.file = None;
            visited.unknown = self.index_as_it_stands(site, visited);
            fail(visited, *failure);
        }
        self.progress.step();
    }

    /// Notes for the index how the rules of a BUILD file are imported that stays as it is.
    fn index_as_it_stands(&self, site: Site<'_>, visited: &mut Visited) -> Unknown {
        let dir = site.dir();
        if let Some(mut told) = self.told(dir) {
            told.provided.clear();
        }
        match self.ask_imports(site, visited, &self.kinds(dir), dir.build.file()) {
            Ok(()) => Unknown::NewRules,
            Err(_) => Unknown::Rules,
        }
    }

    fn try_generate(&self, site: Site<'_>, visited: &mut Visited, below: &Below) -> Result<(), Box<Failure>> {
        let dir = site.dir();
        if visited.states.is_none() {
            return Ok(());
        }
        for name in &dir.unnameable {
            visited.diagnostics.push(Diagnostic {
                severity: Severity::Warning,
                path: join(&dir.rel, name),
                message: "the name is not UTF-8, so no language is told of it".into(),
                ..Diagnostic::default()
            });
        }
        for (name, why) in dir.not_files.iter().filter(|_| dir.update) {
            visited.diagnostics.push(Diagnostic {
                severity: Severity::Warning,
                path: join(&dir.rel, name),
                message: format!("it is left out: {why}"),
                ..Diagnostic::default()
            });
        }
        let of_pipeline = |cause| Box::new(Failure::of_pipeline(&dir.rel, cause));
        let kinds = self.kinds(dir);
        if !dir.update {
            return self.ask_imports(site, visited, &kinds, dir.build.file());
        }
        let mut file = dir.build.file().cloned();
        if let Some(file) = &mut file {
            self.fix(site, visited, file)?;
        }
        if let Some(mut told) = self.told(dir) {
            told.fixed.clone_from(&file);
        }
        let mut described = Described::default();
        for language in self.taking_part(dir) {
            self.generate_for(site, visited, language, below, (file.as_ref(), &mut described))?;
        }
        if file.is_some() || !visited.rules.is_empty() {
            self.map_kinds(dir, visited, file.as_mut()).map_err(of_pipeline)?;
        }
        if let Some(file) = &mut file {
            let kinds = self.kinds(dir);
            self.merge_into(dir, visited, &kinds, file, Phase::Generated)
                .map_err(|cause| self.blame_merge(dir, visited, cause))?;
        }
        self.ask_imports(site, visited, &kinds, file.as_ref())?;
        visited.file = file;
        Ok(())
    }

    /// The languages that take part in a directory.
    pub(super) fn taking_part(&self, dir: &Directory) -> Vec<usize> {
        let all = self.roster.members.iter().enumerate();
        all.filter(|(_, member)| dir.config.has_language(member.language.name())).map(|(index, _)| index).collect()
    }

    fn fix(&self, site: Site<'_>, visited: &mut Visited, file: &mut BuildFile) -> Result<(), Box<Failure>> {
        let dir = site.dir();
        let mut described = Described::default();
        for language in self.taking_part(dir) {
            let member = &self.roster.members[language];
            if self.leaves_alone(site, language, Some(file)) {
                continue;
            }
            let Some(build_file) = member.has.fix.then(|| described.file(self, dir, Some(file))).flatten() else {
                continue;
            };
            let should_fix = self.options.command == Command::Fix;
            let mut request = FixRequest {
                rel: dir.rel.clone(),
                state: state(visited, language),
                build_file,
                should_fix,
                ..FixRequest::default()
            };
            let response = self
                .call_with_files::<Fix>(site, language, &mut request, |language, request| language.fix(request))
                .and_then(|response| Ok(check::fix(&response).map(|()| response)?))
                .map_err(|cause| self.blame::<Fix>(dir, language, cause, &request, || visited.edited.clone()))?;
            self.note(dir, visited, language, About { method: FIX, file: Some(file) }, response.diagnostics.clone())
                .map_err(|cause| self.failure(dir, language, FIX, cause))?;
            if !response.edits.is_empty() {
                visited.edited.push(Part::new(language, FIX, &response));
                if let Some(mut told) = self.told(dir) {
                    told.edits.extend(fix::in_words(&response.edits, file).into_iter().map(|words| (language, words)));
                }
                let mut work = member.work("making its edits");
                work.handle(file.original().len());
                fix::apply(file, response.edits, should_fix, self.package(&dir.rel), &mut work)
                    .and_then(|()| member.pay(FIX, &work))
                    .map_err(|cause| self.failure(dir, language, FIX, cause))?;
                described = Described::default();
            }
        }
        Ok(())
    }

    fn generate_for(
        &self,
        site: Site<'_>,
        visited: &mut Visited,
        language: usize,
        below: &Below,
        (file, described): (Option<&BuildFile>, &mut Described),
    ) -> Result<(), Box<Failure>> {
        let dir = site.dir();
        let children = below.children(language);
        let is_bare = children.is_empty() && visited.rules.is_empty() && visited.empty.is_empty();
        if is_bare && self.leaves_alone(site, language, file) {
            return Ok(());
        }
        let mut request = GenerateRequest {
            rel: dir.rel.clone(),
            state: state(visited, language),
            build_file: described.file(self, dir, file),
            subdirs: dir.subdirs.clone(),
            generated_files: generated_files(dir, &visited.rules),
            other_rules: visited.rules.iter().map(|generated| generated.rule.clone()).collect(),
            other_empty: visited.empty.clone(),
            children,
            ..GenerateRequest::default()
        };
        let response = self
            .call_with_files::<GenerateRules>(site, language, &mut request, |language, request| {
                language.generate(request)
            })
            .map_err(|cause| self.blame::<GenerateRules>(dir, language, cause, &request, || parts(visited)))?;
        self.keep(visited, language, kept::of_rules(&response))
            .map_err(|cause| self.failure(dir, language, GENERATE, cause))?;
        let texts = response.rules.iter().map(|rule| build::reading(&rule.rule));
        let empty = response.empty.iter().flat_map(|rule| &rule.attrs).map(build::reading_attr);
        let member = &self.roster.members[language];
        let mut work = member.work("reading the expressions of its rules");
        work.spend(texts.chain(empty).fold(0, u64::saturating_add))
            .and_then(|()| member.pay(GENERATE, &work))
            .and_then(|()| Ok(check::generate(&member.manifest, &response)?))
            .map_err(|cause| self.failure(dir, language, GENERATE, cause))?;
        if let Some(mut told) = self.told(dir) {
            told.rules.extend(response.rules.iter().map(|rule| (language, rule.clone())));
            told.empty.extend(response.empty.iter().map(|empty| (language, empty.clone())));
        }
        self.take_rules(dir, visited, language, response.rules);
        visited.emptied.push((language, response.empty.len()));
        visited.empty.extend(response.empty);
        let rels = self.rels_to_index(language, &response.rels_to_index);
        visited.rels_to_index.extend(rels.map_err(|cause| self.failure(dir, language, GENERATE, cause))?);
        visited.provided.extend(response.provided.into_iter().map(|one| (language, one)));
        if !response.summary.is_empty() {
            visited.summaries.push((language, response.summary));
        }
        self.note(dir, visited, language, About { method: GENERATE, file }, response.diagnostics)
            .map_err(|cause| self.failure(dir, language, GENERATE, cause))?;
        Ok(())
    }

    /// Takes the rules that a language has generated, but for those whose name a language before it has given to one.
    fn take_rules(&self, dir: &Directory, visited: &mut Visited, language: usize, rules: Vec<GeneratedRule>) {
        let mut taken: HashMap<String, (usize, String)> = HashMap::new();
        for Generated { language, rule, .. } in &visited.rules {
            taken.insert(rule.rule.name.clone(), (*language, rule.rule.kind.clone()));
        }
        taken.remove("");
        for rule in rules {
            if let Some((other, kind)) = taken.get(&rule.rule.name) {
                let [own, other] = [language, *other].map(|index| self.roster.members[index].language.name());
                let message = format!(
                    "{} {} is not written: the language {other} generates a {kind} of this name; give that rule another \
                     name, or exclude the sources",
                    rule.rule.kind, rule.rule.name
                );
                let (language, path) = (Some(own.to_owned()), display(&dir.rel));
                visited.diagnostics.push(Diagnostic {
                    language,
                    severity: Severity::Warning,
                    path,
                    line: None,
                    message,
                });
                continue;
            }
            let incoming = Incoming::new(rule.rule.clone());
            visited.rules.push(Generated { language, rule, incoming });
        }
    }

    /// The directories that a language wants in the index. That they are inside the repository is a clause of the ABI, and
    /// one of these paths is the only thing by which a guest can have the host look anywhere.
    fn rels_to_index(&self, language: usize, rels: &[String]) -> Result<Vec<RepoPath>, Cause> {
        let mut inside = Vec::with_capacity(rels.len());
        for rel in rels {
            match RepoPath::parse(rel) {
                Ok(path) => inside.push(path),
                // There is no such directory, which is no fault.
                Err(error) if error.is_of_no_file() => {}
                Err(error) => return Err(Cause::RelsToIndex { fault: error.to_string() }),
            }
        }
        if self.options.indexing != Indexing::Lazy {
            return Ok(Vec::new());
        }
        let member = &self.roster.members[language];
        let mut work = member.work("looking at the directories of `rels_to_index`");
        let bytes: u64 = rels.iter().map(|rel| rel.len() as u64).sum();
        work.spend((rels.len() as u64).saturating_mul(LOOK).saturating_add(bytes))?;
        member.pay(GENERATE, &work)?;
        Ok(inside)
    }

    /// Gives kinds the names that `map_kind` wants, those in the file too.
    fn map_kinds(&self, dir: &Directory, visited: &mut Visited, file: Option<&mut BuildFile>) -> Result<(), Cause> {
        let mappings = &dir.config.mappings;
        let mut faults = BTreeSet::new();
        let mut mapped = std::mem::take(&mut visited.mapped);
        let mut map = |kind: &str| match mappings.of(kind) {
            Ok(None) => None,
            Ok(Some(mapping)) => {
                mapped.push((mapping.kind.clone(), mapping.file.clone()));
                Some(mapping.kind.clone())
            }
            Err(Circle) => {
                faults.insert(kind.to_owned());
                None
            }
        };
        for generated in &mut visited.rules {
            let rule = &mut generated.incoming.rule;
            rule.kind = map(&rule.kind).unwrap_or_else(|| std::mem::take(&mut rule.kind));
            if let Some(arg) = rule.args.first_mut().filter(|arg| self.roster.kinds.contains_key(arg.as_str())) {
                *arg = map(arg).unwrap_or_else(|| std::mem::take(arg));
            }
        }
        if let Some(file) = file {
            let rules: Vec<_> = file.rules().map(|(index, _)| index).collect();
            for index in rules {
                let Some(rule) = file.rule_mut(index) else { continue };
                if let Some(kind) = map(rule.kind()) {
                    rule.map_kind(&kind);
                }
                let first = rule.args().next().and_then(|arg| match &arg.kind {
                    Kind::Ident(name) if self.roster.kinds.contains_key(name) => Some(name.clone()),
                    _ => None,
                });
                if let Some(kind) = first.and_then(|name| map(&name)) {
                    rule.set_first_arg(&kind);
                }
                rule.arrange();
            }
        }
        for empty in &mut visited.empty {
            if let Some(mapping) = mappings.direct(&empty.kind) {
                mapped.push((mapping.kind.clone(), mapping.file.clone()));
                empty.kind.clone_from(&mapping.kind);
            }
        }
        visited.mapped = mapped;
        match faults.pop_first() {
            None => Ok(()),
            Some(kind) => Err(Cause::Directive { path: display(&dir.rel), fault: mappings.circle(&kind) }),
        }
    }

    /// Merges what was generated into the directory's BUILD file.
    pub(super) fn merge_into(
        &self,
        dir: &Directory,
        visited: &mut Visited,
        kinds: &Kinds<'_>,
        file: &mut BuildFile,
        phase: Phase,
    ) -> Result<(), Cause> {
        let drop_keep = self.options.remove_noop_keep_comments || self.options.command == Command::Fix;
        let (package, work) = (self.package(&dir.rel), self.roster.work_for(file.original().len()));
        let merge = Merge { kinds, package, drop_keep, trace: self.listener(dir), work };
        let empty = visited.empty.iter().map(|empty| Rule {
            kind: empty.kind.clone(),
            name: empty.name.clone(),
            attrs: empty.attrs.clone(),
            ..Rule::default()
        });
        let empty: Vec<_> = empty.collect();
        let mut incoming: Vec<_> = visited.rules.iter_mut().map(|generated| generated.incoming.clone()).collect();
        let unmerged = merge.merge(file, &empty, &mut incoming, phase)?;
        for (generated, incoming) in visited.rules.iter_mut().zip(incoming) {
            generated.incoming = incoming;
        }
        for Unmerged { line, rule, why } in unmerged {
            visited.diagnostics.push(Diagnostic {
                severity: Severity::Warning,
                path: join(&dir.rel, &file.name),
                line: (line > 0).then_some(line),
                message: format!("{rule}: {}", left_alone(&why)),
                ..Diagnostic::default()
            });
        }
        Ok(())
    }

    /// Asks each language how the directory's rules of its kinds are imported.
    fn ask_imports(
        &self,
        site: Site<'_>,
        visited: &mut Visited,
        kinds: &Kinds<'_>,
        file: Option<&BuildFile>,
    ) -> Result<(), Box<Failure>> {
        let dir = site.dir();
        if self.options.indexing == Indexing::None {
            return Ok(());
        }
        // All rules in the order of the file, with the language that says how they are imported.
        let wanted = |kind: &str| {
            let language = self.roster.owner(kind)?;
            let member = &self.roster.members[language];
            (member.has.imports && dir.config.has_language(member.language.name())).then_some(language)
        };
        let rules: Vec<(Option<usize>, Rule)> = if let Some(file) = file {
            let original = |kind: &str| kinds.original(kind).into_owned();
            file.rules()
                .map(|(_, rule)| (wanted(&original(rule.kind())), rule))
                .map(|(owner, rule)| (owner, rule.describe(file, &original)))
                .collect()
        } else {
            let rules = visited.rules.iter().map(|generated| &generated.rule.rule);
            rules.map(|rule| (wanted(&rule.kind), rule.clone())).collect()
        };
        let mut records = Vec::new();
        for language in 0..self.roster.members.len() {
            if rules.iter().any(|(owner, _)| *owner == Some(language)) {
                self.ask_imports_of(site, visited, language, &rules, &mut records)?;
            }
        }
        // Those of all languages in the order of the file.
        records.sort_by_key(|(position, _)| *position);
        visited.records.extend(records.into_iter().map(|(_, record)| record));
        Ok(())
    }

    fn ask_imports_of(
        &self,
        site: Site<'_>,
        visited: &mut Visited,
        language: usize,
        rules: &[(Option<usize>, Rule)],
        records: &mut Vec<(usize, Record)>,
    ) -> Result<(), Box<Failure>> {
        let dir = site.dir();
        let mut known: HashMap<(&str, &str), &GeneratedRule> = HashMap::new();
        for Generated { rule, incoming, .. } in visited.rules.iter().filter(|generated| generated.language == language)
        {
            let name = incoming.name.as_deref().unwrap_or(&rule.rule.name);
            known.entry((rule.rule.kind.as_str(), name)).or_insert(rule);
        }
        let (mut positions, mut own, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (position, (owner, rule)) in rules.iter().enumerate() {
            if *owner != Some(language) {
                others.push(rule.clone());
                continue;
            }
            positions.push(position);
            let told = known.get(&(rule.kind.as_str(), rule.name.as_str()));
            own.push(ImportsRule {
                rule: rule.clone(),
                private: told.map(|told| told.private.clone()).unwrap_or_default(),
                note: told.map(|told| told.note.clone()).unwrap_or_default(),
            });
        }
        let mut request = ImportsRequest {
            rel: dir.rel.clone(),
            state: state(visited, language),
            rules: own,
            other_rules: others,
            ..ImportsRequest::default()
        };
        let response = self
            .call_with_files::<Imports>(site, language, &mut request, |language, request| language.imports(request))
            .and_then(|response| Ok(check::imports(&request, &response).map(|()| response)?))
            .map_err(|cause| self.blame::<Imports>(dir, language, cause, &request, || visited.edited.clone()))?;
        self.keep(visited, language, kept::of_imports(&response.rules))
            .map_err(|cause| self.failure(dir, language, IMPORTS, cause))?;
        let answers = request.rules.iter().map(|told| &told.rule).zip(response.rules);
        for (position, (rule, RuleImports { importable, imports, embeds, payload })) in
            positions.into_iter().zip(answers)
        {
            if !importable {
                continue;
            }
            let repo = &self.facts.name;
            if let Some(mut told) = self.told(dir) {
                let (name, imports, embeds) = (rule.name.clone(), imports.clone(), embeds.clone());
                told.provided.push(Provided { name, imports, embeds });
            }
            let embeds: Result<_, _> =
                embeds.iter().map(|embed| Label::parse(embed).map(|label| label.abs(repo, &dir.rel))).collect();
            let embeds = embeds.map_err(|error| {
                let rule = format!("{} {:?}", rule.kind, rule.name);
                self.failure(dir, language, IMPORTS, Cause::Rule { rule, fault: format!("embeds: {error}") })
            })?;
            // What no label can name can't be depended on, and a language that gets such a label would be blamed for it.
            if !check::is_target_name(&rule.name) || !(dir.rel.is_empty() || check::is_target_name(&dir.rel)) {
                continue;
            }
            let label = Label::new(repo, &dir.rel, &rule.name);
            records.push((position, Record { label, language, imports, embeds, payload }));
        }
        Ok(())
    }
}

/// What was left as it is, and what to do.
fn left_alone(why: &Why) -> String {
    match why {
        Why::Form { attr } => format!(
            "attribute {attr} is left as it is: its value has a form that cannot be merged; write a list, or put \
             `# keep` above it"
        ),
        Why::NameTaken { kind } => format!(
            "it is not written: a rule of the kind {kind} has its name; give that one another name, or exclude the sources"
        ),
        Why::Ambiguous { by } => {
            let common = match by {
                By::Name => "the same name".into(),
                By::Attr(attr) => format!("the same {attr}"),
                By::Kind => "its kind".into(),
            };
            format!("it is not written: several rules have {common}; give one of them this name, or delete all but one")
        }
        Why::OwnKind => {
            "it stays, though none of its sources is left: its kind is a macro by `alias_kind`; delete it if it is \
                         of no use"
                .into()
        }
    }
}

/// What each language has put into the request of the next one to generate.
pub(super) fn parts(visited: &Visited) -> Vec<Part> {
    let mut parts = visited.edited.clone();
    parts.extend(visited.rules.iter().map(|generated| Part::new(generated.language, GENERATE, &generated.rule)));
    let mut empty = visited.empty.iter();
    for &(language, count) in &visited.emptied {
        parts.extend(empty.by_ref().take(count).map(|rule| Part::new(language, GENERATE, rule)));
    }
    parts
}

/// What a language keeps for the directory.
pub(super) fn state(visited: &Visited, language: usize) -> dorcas_abi::wire::Bytes {
    visited
        .states
        .as_ref()
        .and_then(|states| states.get(language))
        .map(|held| (*held.state).clone())
        .unwrap_or_default()
}

/// The files that rules make, by their attributes `out` and `outs`: those in the BUILD file as it was found, and those
/// that were generated before.
fn generated_files(dir: &Directory, rules: &[Generated]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for rule in dir.build.file().into_iter().flat_map(BuildFile::rules).map(|(_, rule)| rule) {
        for attr in ["out", "outs"] {
            let one = rule.attr(attr).and_then(Expr::as_str).into_iter();
            let all = one.chain(rule.strings(attr).unwrap_or_default());
            names.extend(all.filter(|name| !dir.config.excludes(&join(&dir.rel, name))).map(String::from));
        }
    }
    let attrs = rules.iter().flat_map(|generated| &generated.rule.rule.attrs);
    let outs = attrs.filter(|attr| matches!(attr.name.as_str(), "out" | "outs"));
    let made = outs.flat_map(|Attr { value, .. }| match value {
        Value::String(name) | Value::Label(name) => std::slice::from_ref(name),
        Value::Strings(names) | Value::SortedStrings(names) | Value::Labels(names) => names,
        _ => &[],
    });
    names.extend(made.cloned());
    names.into_iter().collect()
}
