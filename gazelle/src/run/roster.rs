//! Which languages take part, and what have they taken so far?

use super::{CallTotals, LanguageStats, flags, visit::READER};
use crate::{
    RunError, check, config,
    error::Cause,
    input::{Inputs, Reader, Room, Wish},
    language::{Language, Measured},
    memo::{self, Key, Memo, Share},
    merge,
    repo::Repository,
    walk::Directory,
    work::Work,
};
use dorcas_abi::{
    Method,
    message::{File, FlagValue, Kind},
    method::{Configure, Find, Fix, GenerateRules, Imports, NAMES, Resolve},
};
use std::{
    collections::{HashMap, HashSet},
    error::Error,
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
    pub(super) imports_inputs: Inputs,
    pub(super) flags: Vec<FlagValue>,
    pub(super) has: Has,
    /// What is known of its answers.
    share: Option<Share<'a>>,
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
    known: AtomicU64,
    fuel: AtomicU64,
    nanos: AtomicU64,
    request_bytes: AtomicU64,
    reply_bytes: AtomicU64,
}

impl<'a> Roster<'a> {
    pub(super) fn new(
        languages: &[&'a dyn Language],
        given: &[(String, String)],
        memo: Option<&'a Memo>,
    ) -> Result<Self, RunError> {
        let mut names = HashSet::new();
        for language in languages {
            if !names.insert(language.name()) {
                return Err(RunError::SameName { name: language.name().into() });
            }
        }
        flags::check(languages, given)?;
        let mut room = Room::default();
        let members: Result<_, _> =
            languages.iter().map(|language| Member::new(*language, given, memo, &mut room)).collect();
        let native = merge::native().into_iter().map(|kind| (kind.name.clone(), kind));
        let mut roster =
            Self { members: members?, kinds: native.collect(), owners: HashMap::new(), directives: HashSet::new() };
        roster.directives.extend(config::pipeline_directives().iter().map(|directive| directive.name));
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

    /// Most work for what all of them have asked for together, with a file of so many bytes.
    pub(super) fn work_for(&self, bytes: usize) -> u64 {
        let most = self.members.iter().map(|member| {
            let mut work = member.work("this");
            work.handle(bytes);
            work.left()
        });
        most.max().unwrap_or(u64::MAX)
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

    /// The most that any language wants of a file.
    pub(super) fn wish(&self, name: &str) -> Wish {
        let of = |member: &Member<'_>| {
            let inputs = [&member.inputs, &member.configure_inputs, &member.imports_inputs];
            inputs.map(|inputs| inputs.wish(name)).into_iter().max().unwrap_or(Wish::Nothing)
        };
        self.members.iter().map(of).max().unwrap_or(Wish::Nothing)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.language.name() == name)
    }

    pub(super) fn stats(&self) -> Vec<LanguageStats> {
        let stats = |member: &Member<'_>| {
            let methods = NAMES.iter().copied().zip(member.counters.iter().map(Counters::totals));
            LanguageStats {
                name: member.language.name().into(),
                methods: methods.filter(|(_, totals)| totals.calls + totals.known > 0).collect(),
            }
        };
        self.members.iter().map(stats).collect()
    }
}

impl<'a> Member<'a> {
    fn new(
        language: &'a dyn Language,
        given: &[(String, String)],
        memo: Option<&'a Memo>,
        room: &mut Room,
    ) -> Result<Self, RunError> {
        let manifest = language.manifest();
        let broken = |cause| RunError::Manifest { language: language.name().into(), cause };
        check::manifest(manifest).map_err(|check::Breach { clause, what }| RunError::Breach {
            language: language.name().into(),
            clause,
            what,
        })?;
        Ok(Self {
            language,
            inputs: Inputs::new(&manifest.inputs, room).map_err(broken)?,
            configure_inputs: Inputs::new(&manifest.configure_inputs, room).map_err(broken)?,
            imports_inputs: Inputs::new(&manifest.imports_inputs, room).map_err(broken)?,
            flags: flags::values(&manifest.flags, given),
            has: Has {
                configure: language.has(Configure::EXPORT),
                fix: language.has(Fix::EXPORT),
                imports: language.has(Imports::EXPORT),
                resolve: language.has(Resolve::EXPORT),
                find: language.has(Find::EXPORT),
            },
            // A stateful language has to see each call.
            share: memo
                .zip(language.identity().filter(|_| !manifest.stateful))
                .map(|(memo, identity)| Share { memo, identity }),
            counters: Default::default(),
        })
    }

    /// What may be done for one call of it, and what that is in an error.
    pub(super) fn work(&self, what: &'static str) -> Work {
        Work::growing(what, self.language.work_per_call(), self.language.work_bytes())
    }

    /// Counts what was done for a call.
    pub(super) fn pay(&self, method: &'static str, work: &Work) -> Result<(), Cause> {
        self.language.charge(method, work.spent()).map_err(Cause::Call)
    }

    /// Reads files for a call, within the work that may be done for it.
    fn reading<T>(&self, method: &'static str, read: impl FnOnce(&mut Reader) -> Result<T, Cause>) -> Result<T, Cause> {
        READER.with_borrow_mut(|reader| {
            reader.work = self.work("looking for the regular expressions of its manifest");
            let read = read(reader)?;
            self.pay(method, &reader.work)?;
            Ok(read)
        })
    }

    /// Makes a call, unless the answer is known.
    pub(super) fn call<M: Method>(&self, request: &M::Request, call: Call<M>) -> Result<M::Response, Failed> {
        let key = self.share.as_ref().and_then(|share| share.key::<M>(request, None));
        self.known::<M>(key.as_ref(), request).map_or_else(|| self.make::<M>(key, request, call).result, Ok)
    }

    /// Makes a call with the files of a directory. These are read where the answer isn't known without.
    pub(super) fn call_with_files<M: Method>(
        &self,
        (repo, dir, inputs): (&Repository, &Directory, &Inputs),
        request: &mut M::Request,
        files: fn(&mut M::Request) -> &mut Vec<File>,
        call: Call<M>,
    ) -> Result<M::Response, Cause> {
        let limit = self.language.request_bytes();
        let Some(share) = &self.share else {
            *files(request) = self.reading(M::EXPORT, |reader| inputs.gather(repo, dir, limit, reader))?;
            return self.make::<M>(None, request, call).result.map_err(Cause::Call);
        };
        let unread = inputs.stamps(repo, dir, &mut self.work("this")).and_then(|seen| share.memo.files(&seen));
        let key = unread.and_then(|files| share.key::<M>(request, Some(files)));
        if let Some(response) = self.known::<M>(key.as_ref(), request) {
            return Ok(response);
        }
        // From here on counts what is read, not what was there a moment ago.
        let (gathered, seen) = self.reading(M::EXPORT, |reader| inputs.gather_stamped(repo, dir, limit, reader))?;
        let (read, gathered) = memo::of_files(gathered);
        if let Some((seen, read)) = seen.zip(read) {
            share.memo.put_files(seen, read);
        }
        let key = read.and_then(|files| share.key::<M>(request, Some(files)));
        if read != unread
            && let Some(response) = self.known::<M>(key.as_ref(), request)
        {
            return Ok(response);
        }
        *files(request) = gathered;
        self.make::<M>(key, request, call).result.map_err(Cause::Call)
    }

    fn known<M: Method>(&self, key: Option<&Key>, request: &M::Request) -> Option<M::Response> {
        let response = self.share.as_ref()?.get::<M>(key?, request)?;
        if let Some(counters) = self.counters(M::EXPORT) {
            counters.known.fetch_add(1, Relaxed);
        }
        Some(response)
    }

    /// Makes a call, counts it, and keeps the answer.
    pub(super) fn make<M: Method>(
        &self,
        key: Option<Key>,
        request: &M::Request,
        call: Call<M>,
    ) -> Measured<M::Response> {
        let started = Instant::now();
        let measured = call(self.language, request);
        let stats = measured.stats;
        let nanos = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if let Some(counters) = self.counters(M::EXPORT) {
            counters.calls.fetch_add(1, Relaxed);
            counters.fuel.fetch_add(stats.fuel, Relaxed);
            counters.nanos.fetch_add(nanos, Relaxed);
            counters.request_bytes.fetch_add(stats.request_bytes, Relaxed);
            counters.reply_bytes.fetch_add(stats.reply_bytes, Relaxed);
        }
        if let (Some(share), Some(key), Ok(response)) = (&self.share, key, &measured.result) {
            share.put::<M>(key, response);
        }
        measured
    }

    fn counters(&self, method: &str) -> Option<&Counters> {
        NAMES.iter().position(|name| *name == method).map(|index| &self.counters[index])
    }
}

/// A method of [`Language`].
pub(super) type Call<M> = fn(&dyn Language, &<M as Method>::Request) -> Measured<<M as Method>::Response>;

/// Why a call has failed.
pub(super) type Failed = Box<dyn Error + Send + Sync>;

impl Counters {
    fn totals(&self) -> CallTotals {
        CallTotals {
            calls: self.calls.load(Relaxed),
            known: self.known.load(Relaxed),
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
