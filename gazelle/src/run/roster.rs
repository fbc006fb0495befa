//! Which languages take part, and what have they taken so far?

use super::{CallTotals, LanguageStats, flags};
use crate::{
    RunError, config,
    input::Inputs,
    language::{Language, Measured},
    merge,
};
use dorcas_abi::{
    Method,
    message::{FlagValue, Kind},
    method::{Configure, Find, Fix, GenerateRules, Imports, NAMES, Resolve},
};
use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// The languages of a run in their order.
pub(super) struct Roster<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// The kinds of all languages. Where two have one, the later is meant.
    pub(super) kinds: HashMap<String, Kind>,
    /// The language of each kind.
    owners: HashMap<String, usize>,
    directives: HashSet<&'a str>,
}

/// A language and what was prepared for it.
pub(super) struct Member<'a> {
    pub(super) language: &'a dyn Language,
    pub(super) inputs: Inputs,
    pub(super) configure_inputs: Inputs,
    pub(super) flags: Vec<FlagValue>,
    pub(super) has: Has,
    counters: [Counters; NAMES.len()],
}

/// Which optional methods there are.
#[allow(clippy::struct_excessive_bools, reason = "one a method")]
pub(super) struct Has {
    pub(super) configure: bool,
    pub(super) fix: bool,
    pub(super) imports: bool,
    pub(super) resolve: bool,
    pub(super) find: bool,
}

#[derive(Default)]
struct Counters {
    calls: AtomicU64,
    fuel: AtomicU64,
    nanos: AtomicU64,
    request_bytes: AtomicU64,
    reply_bytes: AtomicU64,
}

impl<'a> Roster<'a> {
    pub(super) fn new(languages: &[&'a dyn Language], given: &[(String, String)]) -> Result<Self, RunError> {
        let mut names = HashSet::new();
        for language in languages {
            if !names.insert(language.name()) {
                return Err(RunError::SameName { name: language.name().into() });
            }
        }
        flags::check(languages, given)?;
        let members: Result<_, _> = languages.iter().map(|language| Member::new(*language, given)).collect();
        let native = merge::native().into_iter().map(|kind| (kind.name.clone(), kind));
        let mut roster =
            Self { members: members?, kinds: native.collect(), owners: HashMap::new(), directives: HashSet::new() };
        roster.directives.extend(config::DIRECTIVES);
        for (index, language) in languages.iter().enumerate() {
            let manifest = language.manifest();
            for kind in &manifest.kinds {
                roster.kinds.insert(kind.name.clone(), kind.clone());
                roster.owners.insert(kind.name.clone(), index);
            }
            roster.directives.extend(manifest.directives.iter().map(|directive| directive.name.as_str()));
        }
        Ok(roster)
    }

    /// The language that has a kind.
    pub(super) fn owner(&self, kind: &str) -> Option<usize> {
        self.owners.get(kind).copied()
    }

    /// Whether anyone understands a directive.
    pub(super) fn knows_directive(&self, key: &str) -> bool {
        self.directives.contains(key)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.members.iter().map(|member| member.language.name().into()).collect()
    }

    /// Whether calls have to be made one after the other.
    pub(super) fn stateful(&self) -> bool {
        self.members.iter().any(|member| member.language.manifest().stateful)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.language.name() == name)
    }

    pub(super) fn stats(&self) -> Vec<LanguageStats> {
        let stats = |member: &Member<'_>| {
            let methods = NAMES.iter().copied().zip(member.counters.iter().map(Counters::totals));
            LanguageStats {
                name: member.language.name().into(),
                methods: methods.filter(|(_, totals)| totals.calls > 0).collect(),
            }
        };
        self.members.iter().map(stats).collect()
    }
}

impl<'a> Member<'a> {
    fn new(language: &'a dyn Language, given: &[(String, String)]) -> Result<Self, RunError> {
        let manifest = language.manifest();
        let broken = |cause| RunError::Manifest { language: language.name().into(), cause };
        Ok(Self {
            language,
            inputs: Inputs::new(&manifest.inputs).map_err(broken)?,
            configure_inputs: Inputs::new(&manifest.configure_inputs).map_err(broken)?,
            flags: flags::values(&manifest.flags, given),
            has: Has {
                configure: language.has(Configure::EXPORT),
                fix: language.has(Fix::EXPORT),
                imports: language.has(Imports::EXPORT),
                resolve: language.has(Resolve::EXPORT),
                find: language.has(Find::EXPORT),
            },
            counters: Default::default(),
        })
    }

    /// Makes a call and counts it.
    pub(super) fn call<T>(&self, method: &'static str, call: impl FnOnce(&dyn Language) -> Measured<T>) -> Measured<T> {
        let started = Instant::now();
        let measured = call(self.language);
        let stats = measured.stats;
        let nanos = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if let Some(index) = NAMES.iter().position(|name| *name == method) {
            let counters = &self.counters[index];
            counters.calls.fetch_add(1, Relaxed);
            counters.fuel.fetch_add(stats.fuel, Relaxed);
            counters.nanos.fetch_add(nanos, Relaxed);
            counters.request_bytes.fetch_add(stats.request_bytes, Relaxed);
            counters.reply_bytes.fetch_add(stats.reply_bytes, Relaxed);
        }
        measured
    }
}

impl Counters {
    fn totals(&self) -> CallTotals {
        CallTotals {
            calls: self.calls.load(Relaxed),
            fuel: self.fuel.load(Relaxed),
            time: Duration::from_nanos(self.nanos.load(Relaxed)),
            request_bytes: self.request_bytes.load(Relaxed),
            reply_bytes: self.reply_bytes.load(Relaxed),
        }
    }
}

// The name of each method that the pipeline calls, for messages.
pub(super) const CONFIGURE: &str = Configure::EXPORT;
pub(super) const FIX: &str = Fix::EXPORT;
pub(super) const GENERATE: &str = GenerateRules::EXPORT;
pub(super) const IMPORTS: &str = Imports::EXPORT;
pub(super) const RESOLVE: &str = Resolve::EXPORT;
pub(super) const FIND: &str = Find::EXPORT;
