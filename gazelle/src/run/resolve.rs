//! What do a directory's rules depend on, and what does its BUILD file look like then?

use super::{
    Context, OutputFile,
    blame::Part,
    fail,
    generate::state,
    kept,
    left::Gaps,
    roster::{FIND, RESOLVE},
    visit::{About, Generated, Visited},
};
use crate::{
    build::{self, compose},
    check,
    error::{Cause, Failure},
    index::{Index, explicit, spelled},
    path::join,
    repo::RepoPath,
    stop,
    trace::{LookedUp, Phase},
    walk::Directory,
    work::Work,
};
use dorcas_abi::{
    message::{
        self, Attr, FindRequest, ImportSpec, Lookup, Origin, Provider, Query, ResolveRequest, ResolveResponse,
        ResolveRule, ResolvedRule, Rule, Value,
    },
    method::{Find, MAX_RESOLVE_ROUNDS, Resolve},
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A call that says what holds for all rules of its BUILD file.
const PACKAGE: &str = "package";

/// A query in the order of the wire: language and text of the import, language of the rules.
pub(super) type Key = (String, String, String);

impl Context<'_> {
    /// Resolves the rules of a directory and lays out its BUILD file.
    pub(super) fn finish(&self, dir: &Directory, visited: &mut Visited, index: &Index, gaps: &Gaps) {
        if visited.failure.is_none() && dir.update && !stop::is_set() {
            match self.try_finish(dir, visited, index, gaps.label().is_some()) {
                Ok((output, open)) => {
                    visited.output = output;
                    visited.asks_gaps = visited.is_changed()
                        && gaps.label().is_some_and(|label| open.into_iter().any(|open| self.would_use(open, label)));
                }
                Err(failure) => fail(visited, *failure),
            }
        }
        self.progress.step();
    }

    fn try_finish(
        &self,
        dir: &Directory,
        visited: &mut Visited,
        index: &Index,
        has_gaps: bool,
    ) -> Result<(Option<OutputFile>, Vec<Open>), Box<Failure>> {
        let mut open = Vec::new();
        for language in 0..self.roster.members.len() {
            open.extend(self.resolve(dir, visited, language, index, has_gaps)?);
        }
        Ok((self.lay_out(dir, visited)?, open))
    }

    /// The BUILD file of a directory whose rules are resolved.
    fn lay_out(&self, dir: &Directory, visited: &mut Visited) -> Result<Option<OutputFile>, Box<Failure>> {
        let of_pipeline = |cause| Box::new(Failure::of_pipeline(&dir.rel, cause));
        let loads = self.loads.with_kinds(visited.mapped.iter().map(|(kind, file)| (kind.as_str(), file.as_str())));
        let Some(mut file) = visited.file.take() else {
            // What holds for all rules of a package needs others to hold for.
            if visited.rules.iter().all(|generated| generated.rule.rule.kind == PACKAGE) {
                return Ok(None);
            }
            let rules: Vec<&Rule> = visited.rules.iter().map(|generated| &generated.incoming.rule).collect();
            let name = dir.config.build_file_names.first().unwrap_or("BUILD.bazel");
            // What other directories then depend on must not fail at the very end.
            if self.is_there(dir, name) {
                return Err(of_pipeline(Cause::NameTaken { path: join(&dir.rel, name) }));
            }
            let file = compose(name, &rules, &loads, self.package(&dir.rel))
                .map_err(|cause| self.blame_merge(dir, visited, cause))?;
            if let Some(mut told) = self.told(dir) {
                told.merged_file = Some(file.clone());
            }
            return Ok(Some(OutputFile { rel: join(&dir.rel, name), old: None, new: file.bytes() }));
        };
        let kinds = self.kinds(dir);
        self.merge_into(dir, visited, &kinds, &mut file, Phase::Resolved)
            .map_err(|cause| self.blame_merge(dir, visited, cause))?;
        if let Some(mut told) = self.told(dir) {
            told.merged_file = Some(file.clone());
        }
        loads.fix(&mut file);
        let old = Some(file.original());
        Ok(Some(OutputFile { rel: join(&dir.rel, &file.name), old, new: file.bytes() }))
    }

    /// Whether a language would answer otherwise if rules with this label provided what nothing provides.
    fn would_use(&self, open: Open, label: &str) -> bool {
        let Open { language, mut request, rules } = open;
        let member = &self.roster.members[language];
        if member.manifest.stateful {
            return true;
        }
        for found in request.found.iter_mut().filter(|found| is_open(found)) {
            found.matches.push(Provider { label: label.into(), ..Provider::default() });
            found.origin = Origin::Index;
        }
        // It is no part of the run, so that nobody is told, and nothing is kept.
        match member.make::<Resolve>(None, &request, |language, request| language.resolve(request)).result {
            Ok(ResolveResponse::Resolved { rules: other, .. }) => other != rules,
            Ok(ResolveResponse::Need(_)) | Err(_) => true,
        }
    }

    /// Whether a directory has something of this name, whatever it is.
    fn is_there(&self, dir: &Directory, name: &str) -> bool {
        let about = RepoPath::parse(name).ok().map(|name| self.repo.folder(&dir.real)?.metadata(&name));
        about.is_some_and(|about| about.is_ok())
    }

    /// Resolves the rules that a language has generated. Where the index has gaps, and some import was not found, the last
    /// call is returned.
    fn resolve(
        &self,
        dir: &Directory,
        visited: &mut Visited,
        language: usize,
        index: &Index,
        has_gaps: bool,
    ) -> Result<Option<Open>, Box<Failure>> {
        let member = &self.roster.members[language];
        let own = |generated: &&Generated| generated.language == language;
        if !member.has.resolve || !visited.rules.iter().any(|generated| own(&generated)) {
            return Ok(None);
        }
        let rules: Vec<ResolveRule> = visited
            .rules
            .iter()
            .filter(own)
            .map(|Generated { rule, incoming, .. }| {
                let name = incoming.name.clone().unwrap_or_else(|| rule.rule.name.clone());
                let renamed = Rule { kind: rule.rule.kind.clone(), name, ..incoming.rule.clone() };
                ResolveRule { rule: renamed, imports: rule.imports.clone(), note: rule.note.clone() }
            })
            .collect();
        let name = member.language.name();
        let imports = rules.iter().flat_map(|rule| &rule.imports);
        let queries: BTreeSet<Key> =
            imports.map(|import| (import.lang.clone(), import.imp.clone(), name.to_owned())).collect();
        let mut request =
            ResolveRequest { rel: dir.rel.clone(), state: state(visited, language), rules, ..Default::default() };
        let mut found: BTreeMap<Key, Lookup> = BTreeMap::new();
        let (resolved, diagnostics) = self.ask(dir, visited, language, index, &mut request, queries, &mut found)?;
        if self.listener(dir).is_some() {
            self.ask_one_by_one(dir, visited, language, index, &request, &found);
        }
        // A directive's label stays as a person wrote it.
        let told = request.found.iter().filter(|found| found.override_label.is_none());
        let told: HashSet<String> = told.flat_map(|found| &found.matches).map(|found| found.label.clone()).collect();
        let is_open = has_gaps && request.found.iter().any(is_open);
        let open = is_open.then(|| Open { language, request, rules: resolved.clone() });
        let size = resolved.iter().map(|rule| kept::of_attrs(&rule.set)).fold(0, u64::saturating_add);
        self.keep(visited, language, size).map_err(|cause| self.failure(dir, language, RESOLVE, cause))?;
        let own_rules = visited.rules.iter_mut().filter(|generated| generated.language == language);
        for (generated, mut resolved) in own_rules.zip(resolved) {
            let name = generated.incoming.name.as_ref().unwrap_or(&generated.rule.rule.name);
            self.name_repository(&mut resolved, &told, &format!("//{}:{name}", dir.rel));
            apply(&mut generated.incoming.rule, resolved);
        }
        self.note(dir, visited, language, About { method: RESOLVE, file: None }, diagnostics)
            .map_err(|cause| self.failure(dir, language, RESOLVE, cause))?;
        Ok(open)
    }

    /// Gives the labels that a language has been told the name of the repository, which it wasn't told. As in Gazelle, a label
    /// with it is written in its shortest form, and one that a language has made up without it is not. What is told of the
    /// rule itself, `own`, is no dependency of it: a language that names it has made it up.
    fn name_repository(&self, resolved: &mut ResolvedRule, told: &HashSet<String>, own: &str) {
        let repo = &self.facts.name;
        let name = |label: &mut String| {
            if !repo.is_empty() && label.starts_with("//") && label != own && told.contains(label) {
                label.insert_str(0, &format!("@{repo}"));
            }
        };
        for attr in &mut resolved.set {
            match &mut attr.value {
                Value::Label(label) => name(label),
                Value::Labels(labels) => labels.iter_mut().for_each(name),
                _ => {}
            }
        }
    }

    /// Calls `resolve` until it needs nothing more.
    #[allow(clippy::too_many_arguments, reason = "what a call needs, and what it leaves")]
    pub(super) fn ask(
        &self,
        dir: &Directory,
        visited: &Visited,
        language: usize,
        index: &Index,
        request: &mut ResolveRequest,
        mut queries: BTreeSet<Key>,
        found: &mut BTreeMap<Key, Lookup>,
    ) -> Result<(Vec<ResolvedRule>, Vec<message::Diagnostic>), Box<Failure>> {
        let member = &self.roster.members[language];
        let mut work = member.work("looking up what its rules import");
        let mut parts = Vec::new();
        loop {
            let missing = self
                .look_up((dir, visited), queries, index, found, &mut work)
                .map_err(|cause| self.failure(dir, language, RESOLVE, cause))?;
            self.find_missing(dir, visited, language, &missing, (&mut *found, &mut parts), &mut work)?;
            request.found = found.values().cloned().collect();
            let response = self
                .call::<Resolve>(dir, language, request, |language, request| language.resolve(request))
                .map_err(Cause::Call)
                .and_then(|response| {
                    if let ResolveResponse::Resolved { rules, .. } = &response {
                        let texts = rules.iter().flat_map(|rule| &rule.set).map(build::reading_attr);
                        work.spend(texts.fold(0, u64::saturating_add))?;
                    }
                    Ok(check::resolve(request, &response).map(|()| response)?)
                })
                .map_err(|cause| self.blame::<Resolve>(dir, language, cause, request, || parts.clone()))?;
            let need = match response {
                ResolveResponse::Resolved { rules, diagnostics } => {
                    member.pay(RESOLVE, &work).map_err(|cause| self.failure(dir, language, RESOLVE, cause))?;
                    return Ok((rules, diagnostics));
                }
                ResolveResponse::Need(need) => need,
            };
            queries = need.into_iter().map(|query| (query.import.lang, query.import.imp, query.lang)).collect();
            let fail = |cause| self.failure(dir, language, RESOLVE, cause);
            if let Some((_, import, _)) = queries.iter().find(|key| found.contains_key(key)) {
                return Err(fail(Cause::AskedAgain { import: import.clone() }));
            }
            request.round += 1;
            if request.round > MAX_RESOLVE_ROUNDS {
                return Err(fail(Cause::Rounds { rounds: MAX_RESOLVE_ROUNDS }));
            }
        }
    }

    /// Answers queries from the index, and from what `configure` has provided, and returns those without an answer.
    fn look_up(
        &self,
        (dir, visited): (&Directory, &Visited),
        queries: BTreeSet<Key>,
        index: &Index,
        found: &mut BTreeMap<Key, Lookup>,
        work: &mut Work,
    ) -> Result<Vec<Key>, Cause> {
        let mut missing = Vec::new();
        for key in queries {
            work.handle(key.0.len() + key.1.len());
            let import = ImportSpec { lang: key.0.clone(), imp: key.1.clone() };
            let of = self.roster.position(&key.2);
            let mut matches = of.map_or(Ok(Vec::new()), |language| index.find(&import, language, work))?;
            let mut origin = Origin::Index;
            if matches.is_empty() {
                origin = Origin::Configure;
                let held = of.and_then(|language| visited.states.as_ref()?.get(language));
                if let Some(scope) = held.and_then(|held| held.scope.as_ref()) {
                    matches = scope.find(&import, work)?;
                }
            }
            if matches.is_empty() {
                origin = Origin::Nowhere;
                missing.push(key.clone());
            }
            let override_label =
                dir.config.overrides.find(&import, &key.2, work)?.map(|label| explicit(&self.facts.name, &label));
            if let Some(mut told) = self.told(dir) {
                let looked_up = LookedUp {
                    override_label: override_label.clone(),
                    known: matches.clone(),
                    is_configured: origin == Origin::Configure,
                    others: Vec::new(),
                };
                told.looked_up.insert(key.clone(), looked_up);
            }
            let query = Query { import, lang: key.2.clone() };
            found.insert(key, Lookup { query, override_label, origin, matches });
        }
        Ok(missing)
    }

    /// Asks the languages that find what the index doesn't have.
    fn find_missing(
        &self,
        dir: &Directory,
        visited: &Visited,
        asker: usize,
        missing: &[Key],
        (found, parts): (&mut BTreeMap<Key, Lookup>, &mut Vec<Part>),
        work: &mut Work,
    ) -> Result<(), Box<Failure>> {
        if missing.is_empty() {
            return Ok(());
        }
        let finders = self.roster.members.iter().enumerate().filter(|(_, member)| member.has.find);
        let calls = finders.flat_map(|(language, _)| in_requests(missing).map(move |missing| (language, missing)));
        for (language, missing) in calls {
            work.spend(missing.len() as u64 * UNITS_PER_QUERY)
                .map_err(|cause| self.failure(dir, asker, RESOLVE, cause))?;
            let queries = missing.iter().filter_map(|key| found.get(key)).map(|found| found.query.clone());
            let request =
                FindRequest { rel: dir.rel.clone(), state: state(visited, language), queries: queries.collect() };
            let questions = || request.queries.iter().map(|query| Part::new(asker, RESOLVE, query)).collect();
            let response = self
                .call::<Find>(dir, language, &request, |language, request| language.find(request))
                .map_err(Cause::Call)
                .and_then(|response| Ok(check::find(&response).map(|()| response)?))
                .map_err(|cause| self.blame::<Find>(dir, language, cause, &request, questions))?;
            parts.push(Part::new(language, FIND, &response));
            for (key, result) in missing.iter().zip(response.found) {
                if let Some(mut told) = self.told(dir)
                    && let Some(looked_up) = told.looked_up.get_mut(key)
                {
                    looked_up.others.extend(result.matches.iter().map(|found| (language, found.clone())));
                }
                if let Some(found) = found.get_mut(key) {
                    let own = &self.facts.name;
                    found.matches.extend(result.matches.into_iter().map(|one| Provider {
                        label: spelled(own, &one.label),
                        embeds: one.embeds.iter().map(|embed| spelled(own, embed)).collect(),
                        ..one
                    }));
                    if !found.matches.is_empty() {
                        found.origin = Origin::Find;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A call of `resolve` with imports that nothing provides.
struct Open {
    language: usize,
    request: ResolveRequest,
    rules: Vec<ResolvedRule>,
}

fn is_open(found: &Lookup) -> bool {
    found.matches.is_empty() && found.override_label.is_none()
}

/// Work of asking a language for what the index doesn't have.
const UNITS_PER_QUERY: u64 = 200;

/// Most queries of one request, and most bytes of them: however much one language asks for, another answers it in calls of
/// ordinary size.
const MOST_QUERIES: usize = 10_000;
const MOST_QUERY_BYTES: usize = 1 << 20;

/// Queries in their order, as many together as one request takes; a single one may be larger.
fn in_requests(mut queries: &[Key]) -> impl Iterator<Item = &[Key]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |(lang, imp, of): &&Key| {
            bytes += lang.len() + imp.len() + of.len();
            bytes <= MOST_QUERY_BYTES
        };
        let count = queries.iter().take(MOST_QUERIES).take_while(fits).count().max(1);
        let (request, rest) = queries.split_at_checked(count)?;
        queries = rest;
        Some(request)
    })
}

fn apply(rule: &mut Rule, resolved: ResolvedRule) {
    // All three lists are sorted by name.
    rule.attrs.retain(|attr| resolved.delete.binary_search(&attr.name).is_err());
    let set = |attr: &Attr| resolved.set.binary_search_by(|known| known.name.cmp(&attr.name)).is_ok();
    rule.attrs.retain(|attr| !set(attr));
    rule.attrs.extend(resolved.set);
    rule.attrs.sort_by(|a, b| a.name.cmp(&b.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_go_out_in_requests_of_ordinary_size() {
        let sizes = |keys: &[Key]| in_requests(keys).map(<[Key]>::len).collect::<Vec<_>>();
        let key = |imp: String| ("l".to_owned(), imp, "m".to_owned());
        let short: Vec<Key> = (0..25_000).map(|n| key(format!("{n:05}"))).collect();
        assert_eq!(sizes(&short), [10_000, 10_000, 5_000]);
        assert_eq!(sizes(&short[..10_000]), [10_000]);
        assert_eq!(sizes(&[]), [0_usize; 0]);
        let long = |bytes: usize| key("x".repeat(bytes));
        assert_eq!(sizes(&[long(600_000), long(600_000), long(2 << 20), long(1)]), [1, 1, 1, 1]);
        assert_eq!(in_requests(&short).flatten().cloned().collect::<Vec<_>>(), short);
    }
}
