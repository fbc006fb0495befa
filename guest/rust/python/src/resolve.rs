//! How can rules be imported, and what do they depend on?

use crate::{
    LANG, PY_BINARY,
    config::{Config, Mode, PIP, stop, warning},
    path,
    sources::INIT,
    stale::{is_python, strings},
    stdlib::is_std,
    target::{Module, Note, absolute, candidates},
};
use dorcas_guest::{
    Result,
    message::{
        Attr, ImportSpec, ImportsRequest, ImportsResponse, Lookup, Provider, Query, ResolveRequest, ResolveResponse,
        ResolveRule, ResolvedRule, Rule, RuleImports, Value,
    },
};
use std::collections::BTreeSet;

/// `imports`: each source of a rule by the module that it is.
pub(crate) fn imports(request: &ImportsRequest) -> Result<ImportsResponse> {
    let config = Config::from_state(&request.state)?;
    let of_rule = |rule: &Rule| {
        let srcs = strings(rule, "srcs");
        let is_module = |src: &&String| {
            // What goes with each file is no module of its own there.
            let goes_along = config.mode == Mode::File && srcs.len() > 1 && *src == INIT;
            is_python(src) && !goes_along
        };
        let modules = srcs.iter().filter(is_module).filter_map(|src| config.module(&path::join(&request.rel, src)));
        let imports: BTreeSet<ImportSpec> = modules.map(|imp| ImportSpec { lang: LANG.into(), imp }).collect();
        // But for file mode, the sources of a binary are in a library too.
        let importable = !imports.is_empty() && (rule.kind != PY_BINARY || config.mode == Mode::File);
        let imports = if importable { imports.into_iter().collect() } else { Vec::new() };
        RuleImports { importable, imports, ..RuleImports::default() }
    };
    Ok(ImportsResponse { rules: request.rules.iter().map(|told| of_rule(&told.rule)).collect() })
}

/// `resolve`.
pub(crate) fn resolve(request: &ResolveRequest) -> Result<ResolveResponse> {
    let config = Config::from_state(&request.state)?;
    let mut resolver = Resolver {
        config: &config,
        rel: &request.rel,
        found: &request.found,
        need: BTreeSet::new(),
        messages: Vec::new(),
        errors: Vec::new(),
    };
    let mut rules = Vec::with_capacity(request.rules.len());
    for rule in &request.rules {
        rules.push(resolver.rule(rule)?);
    }
    // In the first round a distribution is found, in the second the one with its types.
    if !resolver.need.is_empty() && request.round == 0 {
        return Ok(ResolveResponse::Need(resolver.need.into_iter().collect()));
    }
    if !resolver.errors.is_empty() {
        return Err(stop(resolver.errors.join(" ")));
    }
    let diagnostics = resolver.messages.into_iter().map(|message| warning(message, None)).collect();
    Ok(ResolveResponse::Resolved { rules, diagnostics })
}

struct Resolver<'a> {
    config: &'a Config,
    rel: &'a str,
    found: &'a [Lookup],
    need: BTreeSet<Query>,
    messages: Vec<String>,
    errors: Vec<String>,
}

/// The labels that a rule depends on.
#[derive(Default)]
struct Deps {
    deps: BTreeSet<String>,
    /// Those for types alone.
    pyi: BTreeSet<String>,
}

impl Deps {
    fn add(&mut self, label: String, for_types: bool) {
        if !for_types {
            self.pyi.remove(&label);
            self.deps.insert(label);
        } else if !self.deps.contains(&label) {
            self.pyi.insert(label);
        }
    }
}

impl<'a> Resolver<'a> {
    fn rule(&mut self, rule: &ResolveRule) -> Result<ResolvedRule> {
        let note = Note::from_bytes(&rule.note)?;
        let mut deps = Deps::default();
        let mut faults = Vec::new();
        for module in &note.modules {
            self.module(module, &rule.rule.name, &mut deps, &mut faults);
        }
        if !faults.is_empty() {
            let label = short(&format!("//{}:{}", self.rel, rule.rule.name), NOWHERE);
            self.errors.push(format!("failed to validate dependencies for target {label:?}: {}", faults.join(" ")));
        }
        deps.deps.extend(note.labels);
        if !self.config.pyi_deps {
            deps.deps.append(&mut deps.pyi);
        }
        let (mut set, mut delete) = (Vec::new(), Vec::new());
        for (name, labels) in [("deps", deps.deps), ("pyi_deps", deps.pyi)] {
            if labels.is_empty() {
                delete.push(name.into());
            } else {
                let value = Value::SortedStrings(labels.into_iter().collect());
                set.push(Attr { name: name.into(), value, ..Attr::default() });
            }
        }
        Ok(ResolvedRule { set, delete })
    }

    /// What a module means, of several places the first that has it: a directive, a package of another repository, a rule of
    /// this one, Python itself. Of `a.b.c`, `a.b` and `a` the first that is found.
    fn module(&mut self, module: &Module, name: &str, deps: &mut Deps, faults: &mut Vec<String>) {
        let Module { import, file } = module;
        let full = match absolute(import, file, self.config) {
            Ok(Some(full)) => full,
            Ok(None) => return,
            Err(()) => {
                self.messages.push(format!(
                    "invalid relative import {:?} in {file:?}, line {}: it leads out of the root of imports",
                    import.name, import.line
                ));
                return;
            }
        };
        let mut tried = Vec::new();
        for candidate in candidates(&full) {
            let found = self.found(candidate);
            if let Some(label) = found.and_then(|found| found.override_label.as_ref()) {
                if !self.is_own(label, name) {
                    deps.add(short(label, self.rel), import.for_types);
                    return;
                }
                continue;
            }
            if let Some(distribution) = self.found(&format!("{PIP}{candidate}")).and_then(|found| found.matches.first())
            {
                deps.add(short(written(distribution).0, self.rel), import.for_types);
                self.stubs(distribution, deps);
                return;
            }
            let matches = found.map_or(&[][..], |found| &found.matches);
            if matches.is_empty() {
                if is_std(candidate) {
                    return;
                }
                if self.config.validate {
                    tried.push(format!(
                        "{file:?}, line {}: {candidate:?} is an invalid dependency: possible solutions: \
                         1. Add it as a dependency in the requirements.txt file. \
                         2. Use the '# gazelle:resolve py {candidate} TARGET_LABEL' BUILD file directive to resolve to a known dependency. \
                         3. Ignore it with a comment '# gazelle:ignore {candidate}' in the Python file.",
                        import.line
                    ));
                }
                continue;
            }
            if matches.iter().any(|found| {
                self.is_own(&found.label, name) || found.embeds.iter().any(|label| self.is_own(label, name))
            }) {
                return;
            }
            if let Some(found) = self.only(matches) {
                deps.add(short(&found.label, self.rel), import.for_types);
                return;
            }
            let labels: Vec<String> = matches.iter().map(|found| short(&found.label, NOWHERE)).collect();
            tried.push(format!(
                "{file:?}, line {}: multiple targets ({}) may be imported with {candidate:?}: possible solutions: \
                 1. Disambiguate the above multiple targets by removing duplicate srcs entries. \
                 2. Use the '# gazelle:resolve py {candidate} TARGET_LABEL' BUILD file directive to resolve to one of the above targets.",
                import.line,
                labels.join(", ")
            ));
        }
        faults.append(&mut tried);
    }

    /// The packages with the types of a distribution.
    fn stubs(&mut self, distribution: &Provider, deps: &mut Deps) {
        if !self.config.has_stubs {
            return;
        }
        let name = written(distribution).1.to_lowercase();
        for module in
            [format!("{name}_stubs"), format!("{name}_types"), format!("types_{name}"), format!("stubs_{name}")]
        {
            let imp = format!("{PIP}{module}");
            let Some(found) = self.found(&imp) else {
                let import = ImportSpec { lang: LANG.into(), imp };
                self.need.insert(Query { import, lang: LANG.into() });
                continue;
            };
            if let Some(found) = found.matches.first() {
                deps.add(short(written(found).0, self.rel), true);
            }
        }
    }

    /// The only one of several, or the only one below the same root of imports.
    fn only<'m>(&self, matches: &'m [Provider]) -> Option<&'m Provider> {
        if let [one] = matches {
            return Some(one);
        }
        let root = &*self.config.python_root;
        let is_near = |found: &&Provider| {
            let package = found.label.strip_prefix("//").and_then(|label| label.split(':').next());
            package.is_some_and(|package| path::below(package, root).is_some())
        };
        let mut near = matches.iter().filter(is_near);
        near.next().filter(|_| near.next().is_none())
    }

    fn found(&self, imp: &str) -> Option<&'a Lookup> {
        let key = |Lookup { query, .. }: &Lookup| {
            (&*query.import.lang, &*query.import.imp, &*query.lang).cmp(&(LANG, imp, LANG))
        };
        self.found.binary_search_by(key).ok().map(|index| &self.found[index])
    }

    fn is_own(&self, label: &str, name: &str) -> bool {
        // `host.labels` says how the host spells it.
        let rest = label.strip_prefix("//").and_then(|label| label.strip_prefix(self.rel));
        rest.and_then(|rest| rest.strip_prefix(':')) == Some(name)
    }
}

/// A directory that there isn't: a label for a message has its package in it.
const NOWHERE: &str = "//";

/// Label and name of a distribution, as `configure` has provided them.
fn written(distribution: &Provider) -> (&str, &str) {
    let payload = core::str::from_utf8(&distribution.payload).unwrap_or_default();
    payload.split_once('\n').unwrap_or((&distribution.label, ""))
}

/// A label in its shortest form, as it stands in a package.
fn short(label: &str, rel: &str) -> String {
    let Some((package, name)) = label.rsplit_once(':') else { return label.to_owned() };
    let path = match package.split_once("//") {
        Some(("", path)) if path == rel => return format!(":{name}"),
        Some((repository, "")) if repository.trim_start_matches('@') == name => return repository.to_owned(),
        Some((_, path)) => path,
        None => return label.to_owned(),
    };
    if path::base(path) == name { package.to_owned() } else { label.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (label, rel, expected) in [
            ("//a/b:b", "c", "//a/b"),
            ("//a/b:b", "a/b", ":b"),
            ("//a/b:c", "", "//a/b:c"),
            ("//:c", "", ":c"),
            ("//:c", "a", "//:c"),
            ("@pip//boto3:boto3", "", "@pip//boto3"),
            ("@pip//boto3:pkg", "", "@pip//boto3:pkg"),
            ("@pip//:pip", "", "@pip"),
            ("@pip//:numpy", "", "@pip//:numpy"),
        ] {
            assert_eq!(short(label, rel), expected);
        }
    }
}
