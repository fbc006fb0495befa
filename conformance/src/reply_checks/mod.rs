//! What does a reply show by itself?

mod manifest;
mod rule;
mod text;

use crate::{
    findings::{Broken, Findings},
    report::Finding,
};
use dorcas_abi::{
    Method, export,
    message::{self, Diagnostic, Edit, GeneratedRule, Position, Reply, ResolveResponse, error_code},
    method,
    wire::{self, FaultKind, Message},
};
use std::{collections::BTreeSet, fmt};

/// What is known of a guest while it is being looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The methods that it exports, in the order of a run.
    pub(crate) methods: Vec<&'static str>,
    /// The name of its language.
    pub(crate) name: Option<String>,
    /// Its manifest, or what it means to have none.
    pub(crate) manifest: message::Manifest,
    /// Whether requests are at present such as no host would make: what a guest copies from them says nothing about it.
    pub(crate) far_fetched: bool,
    /// Whether `configure` has answered every request with an error.
    pub(crate) configure_fails: bool,
    /// The request that asks for the manifest.
    pub(crate) hello: Vec<u8>,
    /// The reply to it.
    pub(crate) manifest_reply: Vec<u8>,
}

impl Facts {
    pub(crate) fn new(methods: Vec<&'static str>) -> Self {
        Self { methods, ..Self::default() }
    }

    /// Whether the guest exports a method.
    pub(crate) fn has(&self, method: &str) -> bool {
        self.methods.contains(&method)
    }

    /// Whether the guest says that its calls depend on earlier ones.
    pub(crate) fn is_stateful(&self) -> bool {
        self.manifest.stateful
    }
}

/// How a method has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// With a response.
    Ok,
    /// With an error of this code.
    Err(u32),
}

/// Whether the bytes are a reply of a method, or a name.
pub(crate) fn is_reply(method: &str, bytes: &[u8]) -> bool {
    struct Is<'a>(&'a [u8]);
    impl method::Visitor for Is<'_> {
        type Output = bool;
        fn visit<M: Method>(self) -> bool {
            wire::check::<Reply<M::Response>>(self.0).is_ok()
        }
    }
    if method == export::LANG_NAME {
        return str::from_utf8(bytes).is_ok_and(export::is_lang_name);
    }
    method::visit(method, Is(bytes)).unwrap_or(false)
}

/// The name of the type of a method's requests.
pub(crate) fn request_type(method: &str) -> &'static str {
    struct Name;
    impl method::Visitor for Name {
        type Output = &'static str;
        fn visit<M: Method>(self) -> &'static str {
            <M::Request as Message>::DEFINITION.name
        }
    }
    method::visit(method, Name).unwrap_or_default()
}

/// How a reply that is known to be well-formed answers.
pub(crate) fn verdict(bytes: &[u8]) -> Verdict {
    match bytes.split_first() {
        Some((1, rest)) => match decode_error(rest) {
            Some(error) => Verdict::Err(error.code),
            None => Verdict::Ok,
        },
        _ => Verdict::Ok,
    }
}

/// Looks at all that a reply shows, given its request. Fails if it isn't even well-formed.
pub(crate) fn reply(
    findings: &mut Findings,
    facts: &Facts,
    method: &'static str,
    request: &[u8],
    bytes: &[u8],
    did: &dyn fmt::Display,
) -> Result<(), Broken> {
    if method == export::LANG_NAME {
        let is_name = is_reply(method, bytes);
        let holds = findings.verify("lang_name.form", is_name, || {
            let saw = format!("the name \"{}\"", bytes[..bytes.len().min(80)].escape_ascii());
            Finding::new(did, saw).bytes("the name", bytes)
        });
        return if holds { Ok(()) } else { Err(Broken) };
    }
    let judge = Judge { findings, facts, method, request, bytes, did };
    method::visit(method, judge).unwrap_or(Err(Broken))
}

struct Judge<'a> {
    findings: &'a mut Findings,
    facts: &'a Facts,
    method: &'static str,
    request: &'a [u8],
    bytes: &'a [u8],
    did: &'a dyn fmt::Display,
}

impl method::Visitor for Judge<'_> {
    type Output = Result<(), Broken>;

    fn visit<M: Method>(mut self) -> Result<(), Broken> {
        self.well_formed::<M>()?;
        if let Some((1, error)) = self.bytes.split_first() {
            self.error(error);
            return Ok(());
        }
        // What an answer to a malformed request says is of no interest: it should not be there.
        if wire::check::<M::Request>(self.request).is_ok() {
            self.answers::<M>()?;
            if !self.facts.far_fetched {
                self.response();
            }
        }
        Ok(())
    }
}

/// The clauses that a decoder sees.
const WIRE: &[&str] = &[
    "wire.size",
    "wire.exact",
    "wire.canonical",
    "wire.bool",
    "wire.utf8",
    "wire.closed",
    "wire.length",
    "wire.sorted",
    "wire.non-empty",
];

impl Judge<'_> {
    fn verify(&mut self, check: &'static str, holds: bool, saw: impl FnOnce() -> String) -> bool {
        let (did, bytes, request) = (self.did, self.bytes, self.request);
        self.findings
            .verify(check, holds, || Finding::new(did, saw()).bytes("the argument", request).bytes("the reply", bytes))
    }

    fn well_formed<M: Method>(&mut self) -> Result<(), Broken> {
        let Err(fault) = wire::check::<Reply<M::Response>>(self.bytes) else {
            self.findings.holds("result.reply");
            for check in WIRE {
                self.findings.holds(check);
            }
            return Ok(());
        };
        let name = <M::Response as Message>::DEFINITION.name;
        let saw = format!("a result that is no reply with a {name}: {fault}");
        let mut finding = Finding::new(self.did, saw).bytes("the argument", self.request);
        finding = finding.bytes_at("the result", self.bytes, fault.offset());
        let has_no_envelope = wire::check::<M::Response>(self.bytes).is_ok();
        let other = method::NAMES.iter().find(|other| **other != self.method && is_reply(other, self.bytes));
        let in_envelope = fault.offset() == 0 && matches!(fault.kind(), FaultKind::UnknownVariant { .. });
        let check = if has_no_envelope {
            let hint = format!("it is a {name} without the byte 00 in front, which says that the call worked out");
            finding = finding.hint(hint);
            "result.reply"
        } else if let Some(other) = other {
            finding = finding.hint(format!("it would be a reply of `{other}`"));
            "result.reply"
        } else if in_envelope {
            "result.reply"
        } else {
            WIRE.iter().copied().find(|check| *check == fault.clause().name).unwrap_or("result.reply")
        };
        self.findings.fails(check, finding);
        Err(Broken)
    }

    fn error(&mut self, bytes: &[u8]) {
        let Some(error) = decode_error(bytes) else { return };
        let known = matches!(
            error.code,
            error_code::UNDECODABLE..=error_code::STOP | error_code::FIRST_OWN..
        );
        self.verify("error.code", known, || format!("an error of code {}", error.code));
        let len = error.message.len();
        self.verify("error.size", len <= message::MAX_ERROR_BYTES as usize, || {
            format!("an error with a message of {len} bytes, {} are to be expected", message::MAX_ERROR_BYTES)
        });
    }

    /// What the ABI's own library says about a response that doesn't answer its request.
    fn answers<M: Method>(&mut self) -> Result<(), Broken> {
        let (Ok(request), Ok(Ok(response))) =
            (wire::decode::<M::Request>(self.request), wire::decode::<Reply<M::Response>>(self.bytes))
        else {
            return Err(Broken);
        };
        let mismatch = M::check_answer(&request, &response).err();
        let check = match self.method {
            "imports" => "imports.per-rule",
            "resolve" => "resolve.per-rule",
            "find" => "find.per-query",
            _ => return Ok(()),
        };
        self.verify(check, mismatch.is_none(), || mismatch.map(|mismatch| mismatch.to_string()).unwrap_or_default());
        Ok(())
    }

    fn response(&mut self) {
        match self.method {
            "manifest" => self.with::<method::Manifest>(|judge, _, manifest| manifest::look(judge, manifest)),
            "setup" => self.with::<method::Setup>(|judge, _, catalogue| manifest::catalogue(judge, catalogue)),
            "scan" => self.with::<method::Scan>(|judge, request, response| {
                judge.diagnostics(&response.diagnostics);
                for file in response.diagnostics.iter().filter_map(|diagnostic| diagnostic.file.as_ref()) {
                    let holds = *file == request.name;
                    judge.verify("scan.file", holds, || {
                        format!("a diagnostic about {file:?}, asked for {:?}", request.name)
                    });
                }
            }),
            "finish" => self.with::<method::Finish>(|judge, _, response| judge.diagnostics(&response.diagnostics)),
            "configure" => {
                self.with::<method::Configure>(|judge, _, response| judge.diagnostics(&response.diagnostics));
            }
            "fix" => self.with::<method::Fix>(Self::fix),
            "generate_rules" => self.with::<method::GenerateRules>(Self::generate_rules),
            "imports" => self.with::<method::Imports>(Self::imports),
            "resolve" => self.with::<method::Resolve>(Self::resolve),
            "find" => self.with::<method::Find>(Self::find),
            _ => {}
        }
    }

    fn with<M: Method>(&mut self, look: impl FnOnce(&mut Self, &M::Request, &M::Response)) {
        if let (Ok(request), Ok(Ok(response))) =
            (wire::decode::<M::Request>(self.request), wire::decode::<Reply<M::Response>>(self.bytes))
        {
            look(self, &request, &response);
        }
    }

    fn fix(&mut self, request: &message::FixRequest, response: &message::FixResponse) {
        let (rules, loads) = (request.build_file.rules.len(), request.build_file.loads.len());
        let mut deleted = BTreeSet::new();
        for (position, edit) in response.edits.iter().enumerate() {
            let (rule, load) = match edit {
                Edit::SetKind { rule, .. }
                | Edit::SetName { rule, .. }
                | Edit::SetAttr { rule, .. }
                | Edit::DeleteAttr { rule, .. }
                | Edit::DeleteRule { rule } => (Some(*rule as usize), None),
                Edit::SetLoad { load, .. } => (None, Some((*load as usize, loads))),
                Edit::InsertLoad { load, .. } => (None, Some((*load as usize, loads + 1))),
                Edit::AppendRule { .. } => (None, None),
            };
            let within = rule.is_none_or(|rule| rule < rules) && load.is_none_or(|(load, end)| load < end);
            self.verify("fix.indices", within, || {
                format!("edit {position} is {edit:?}; the request has {rules} rules and {loads} load statements")
            });
            if let Some(rule) = rule {
                self.verify("fix.deleted", !deleted.contains(&rule), || {
                    format!("edit {position} is {edit:?}, which an earlier one has deleted")
                });
            }
            if !request.should_fix {
                let may_break = matches!(edit, Edit::SetKind { .. } | Edit::SetName { .. } | Edit::DeleteRule { .. });
                self.verify("fix.should-fix", !may_break, || {
                    format!("edit {position} is {edit:?}, `should_fix` is false")
                });
            }
            match edit {
                Edit::DeleteRule { rule } => {
                    deleted.insert(*rule as usize);
                }
                Edit::SetKind { kind, .. } => self.kind(kind),
                Edit::SetAttr { attr, .. } => self.attr(attr),
                Edit::DeleteAttr { name, .. } => self.attr_name(name),
                Edit::AppendRule { rule } => self.rule(rule),
                Edit::SetLoad { name, .. } | Edit::InsertLoad { name, .. } => self.label(name),
                Edit::SetName { name, .. } => self.rule_name(name),
            }
        }
        self.diagnostics(&response.diagnostics);
    }

    fn generate_rules(&mut self, _: &message::GenerateRequest, response: &message::GenerateResponse) {
        // The two that Bazel has itself need not be named.
        let own = self.facts.manifest.kinds.iter().map(|kind| kind.name.as_str());
        let kinds: BTreeSet<&str> = own.chain(["alias", "filegroup"]).collect();
        let generated = response.rules.iter().map(|GeneratedRule { rule, .. }| rule.kind.as_str());
        for kind in generated.chain(response.empty.iter().map(|rule| rule.kind.as_str())) {
            self.verify("generate_rules.kinds", kinds.contains(kind), || {
                format!("a rule of the kind {kind:?}; the manifest has {kinds:?}")
            });
            self.kind(kind);
        }
        let mut names = BTreeSet::new();
        for rule in &response.rules {
            let name = &rule.rule.name;
            self.verify("generate_rules.unique", name.is_empty() || names.insert(name.clone()), || {
                format!("two rules with the name {name:?}")
            });
            self.rule(&rule.rule);
            for attr in &rule.private {
                self.attr(attr);
            }
        }
        for rule in &response.empty {
            self.rule_name(&rule.name);
        }
        for attr in response.empty.iter().flat_map(|rule| &rule.attrs) {
            self.attr(attr);
        }
        self.provided(&response.provided);
        for rel in &response.rels_to_index {
            self.verify("generate_rules.rels", text::is_rel(rel), || format!("the directory {rel:?}"));
        }
        self.diagnostics(&response.diagnostics);
    }

    fn resolve(&mut self, request: &message::ResolveRequest, response: &ResolveResponse) {
        let last = request.round == method::MAX_RESOLVE_ROUNDS;
        match response {
            ResolveResponse::Resolved { rules, diagnostics } => {
                if last {
                    self.findings.holds("resolve.rounds");
                }
                for rule in rules {
                    for attr in &rule.set {
                        self.verify("resolve.set-or-delete", !rule.delete.contains(&attr.name), || {
                            format!("the attribute {:?} is to be set and to be deleted", attr.name)
                        });
                        self.attr(attr);
                    }
                    for name in &rule.delete {
                        self.attr_name(name);
                    }
                }
                self.diagnostics(diagnostics);
            }
            ResolveResponse::Need(queries) => {
                self.verify("resolve.rounds", !last, || format!("`Need` in answer to round {}", request.round));
                self.verify("resolve.new-queries", !queries.is_empty(), || "`Need` without a query".into());
                for query in queries {
                    let known = request.found.iter().any(|found| found.query == *query);
                    self.verify("resolve.new-queries", !known, || {
                        format!("`Need` of {query:?}, which `found` in the request has")
                    });
                }
            }
        }
    }

    fn provided(&mut self, all: &[message::Provided]) {
        for message::Provided { label, .. } in all {
            let absolute = label.starts_with("//") || label.starts_with('@');
            self.verify("provided.absolute", absolute, || format!("the label {label:?}"));
            self.label(label);
        }
    }

    fn imports(&mut self, _: &message::ImportsRequest, response: &message::ImportsResponse) {
        response.rules.iter().flat_map(|rule| &rule.embeds).for_each(|embed| self.label(embed));
    }

    fn find(&mut self, _: &message::FindRequest, response: &message::FindResponse) {
        for result in response.found.iter().flat_map(|find| &find.matches) {
            let label = &result.label;
            let absolute = label.starts_with("//") || label.starts_with('@');
            self.verify("find.absolute", absolute, || format!("the label {label:?}"));
            self.label(label);
            result.embeds.iter().for_each(|embed| self.label(embed));
        }
    }

    fn diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let Diagnostic { message, file, position, .. } = diagnostic;
            let placed = match position {
                Position::Unknown => true,
                Position::Line(line) => *line > 0 && file.is_some(),
                Position::Offset(_) | Position::MatchIndex(_) => file.is_some(),
                Position::DirectiveIndex(_) | Position::RuleIndex(_) => file.is_none(),
            };
            self.verify("diagnostic.position", placed, || format!("the position {position:?}, the file {file:?}"));
            let below = file.as_ref().is_none_or(|file| !file.is_empty() && text::is_rel(file));
            self.verify("diagnostic.file", below, || format!("the file {file:?}"));
            let one_line = !message.contains(['\n', '\r']);
            self.verify("diagnostic.one-line", one_line, || format!("the message {message:?}"));
        }
    }
}

fn decode_error(bytes: &[u8]) -> Option<message::GuestError> {
    wire::decode(bytes).ok()
}
