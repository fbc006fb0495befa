//! Which languages take part, and what have they taken so far?

use super::{CallTotals, LanguageStats, flags, scan::Scanned, visit::READER};
use crate::{
    RunError, check, config,
    error::Cause,
    input::{For, Gathered, Inputs, Reader, Room, Scan, Wish},
    language::{Language, Measured},
    memo::{self, Key, Memo, Share},
    merge,
    repo::Repository,
    walk::Site,
    work::Work,
};
use dorcas_abi::{
    Method, clause,
    message::{Catalogue, ConfigureRequest, FixRequest, FlagValue, GenerateRequest, ImportsRequest, Kind, Manifest},
    method::{Configure, Find, Finish, Fix, GenerateRules, Imports, NAMES, Resolve, Scan as ScanMethod, Setup},
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
    directives: HashSet<String>,
}

/// A language and what was prepared for it.
pub(super) struct Member<'a> {
    pub(super) language: &'a dyn Language,
    /// What it is, with what `setup` has said.
    pub(super) manifest: Manifest,
    pub(super) inputs: Inputs,
    pub(super) scanned: Scanned,
    pub(super) flags: Vec<FlagValue>,
    pub(super) has: Has,
    /// What is known of its answers.
    pub(super) share: Option<Share<'a>>,
    counters: [Counters; NAMES.len()],
}

/// Which optional methods there are.
#[allow(clippy::struct_excessive_bools, reason = "one a method")]
pub(super) struct Has {
    pub(super) setup: bool,
    pub(super) configure: bool,
    pub(super) fix: bool,
    pub(super) imports: bool,
    pub(super) resolve: bool,
    pub(super) find: bool,
    pub(super) finish: bool,
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
        let (kinds, owners, directives) = Default::default();
        let mut roster = Self { members: members?, kinds, owners, directives };
        roster.arrange();
        Ok(roster)
    }

    /// Puts together what the languages have, each for itself.
    fn arrange(&mut self) {
        self.kinds = merge::native().into_iter().map(|kind| (kind.name.clone(), kind)).collect();
        self.owners.clear();
        self.directives = config::pipeline_directives().iter().map(|directive| directive.name.to_owned()).collect();
        for (index, Member { manifest, .. }) in self.members.iter().enumerate() {
            for kind in &manifest.kinds {
                self.kinds.insert(kind.name.clone(), kind.clone());
                self.owners.insert(kind.name.clone(), index);
            }
            self.directives.extend(manifest.directives.iter().map(|directive| directive.name.clone()));
        }
    }

    /// Has what a language says of this run in the place of its manifest.
    pub(super) fn set_up(&mut self, catalogues: Vec<(usize, Catalogue)>) -> Result<(), RunError> {
        for (index, Catalogue { kinds, loads, directives, inputs, .. }) in catalogues {
            let member = &mut self.members[index];
            member.manifest = Manifest { kinds, loads, directives, inputs, ..member.manifest.clone() };
        }
        // The automata of all languages share one room.
        let mut room = Room::default();
        for member in &mut self.members {
            member.inputs = inputs_of(member.language, &member.manifest, &mut room)?;
        }
        self.arrange();
        Ok(())
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
        self.members.iter().any(|member| member.manifest.stateful)
    }

    /// The most that any language wants of a file.
    pub(super) fn wish(&self, rel: &str, name: &str) -> Wish {
        self.members.iter().map(|member| member.inputs.wish(rel, name)).max().unwrap_or(Wish::Nothing)
    }

    /// Whether any language is told of files below a directory.
    pub(super) fn reaches_below(&self) -> bool {
        self.members.iter().any(|member| member.inputs.reach_below())
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
        Ok(Self {
            language,
            inputs: inputs_of(language, manifest, room)?,
            manifest: manifest.clone(),
            scanned: Scanned::default(),
            flags: flags::values(&manifest.flags, given),
            has: Has {
                setup: language.has(Setup::EXPORT),
                configure: language.has(Configure::EXPORT),
                fix: language.has(Fix::EXPORT),
                imports: language.has(Imports::EXPORT),
                resolve: language.has(Resolve::EXPORT),
                find: language.has(Find::EXPORT),
                finish: language.has(Finish::EXPORT),
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

    /// Reads files for a call, within the work that may be done for it. The language may be asked about them meanwhile, and the
    /// thread may do something else then, so that the reader isn't where others look for it.
    fn reading<T>(&self, method: &'static str, read: impl FnOnce(&mut Reader) -> Result<T, Cause>) -> Result<T, Cause> {
        let mut reader = READER.take();
        reader.work = self.work("looking for the regular expressions of its manifest");
        let read = read(&mut reader);
        let paid = read.and_then(|read| self.pay(method, &reader.work).map(|()| read));
        READER.set(reader);
        paid
    }

    /// The files of a call.
    pub(super) fn gather(
        &self,
        (repo, site, of): (&Repository, Site<'_>, For),
        method: &'static str,
        scan: Scan<'_>,
    ) -> Result<Gathered, Cause> {
        let limit = self.language.request_bytes();
        self.reading(method, |reader| self.inputs.gather((repo, site, of), limit, reader, scan))
    }

    /// Makes a call, unless the answer is known.
    pub(super) fn call<M: Method>(&self, request: &M::Request, call: Call<M>) -> Result<M::Response, Failed> {
        let key = self.share.as_ref().and_then(|share| share.key::<M>(request, None));
        self.known::<M>(key.as_ref(), request).map_or_else(|| self.make::<M>(key, request, call).result, Ok)
    }

    /// Makes a call with the files of a directory. These are read where the answer isn't known without.
    pub(super) fn call_with_files<M: Method<Request: ToldOfFiles>>(
        &self,
        about: (&Repository, Site<'_>),
        request: &mut M::Request,
        scan: Scan<'_>,
        call: Call<M>,
    ) -> Result<M::Response, Cause> {
        let limit = self.language.request_bytes();
        let about = (about.0, about.1, M::Request::FOR);
        let Some(share) = &self.share else {
            request.tell(self.gather(about, M::EXPORT, scan)?);
            return self.make::<M>(None, request, call).result.map_err(Cause::Call);
        };
        let unread = self.inputs.stamps(about, &mut self.work("this")).and_then(|seen| share.memo.files(&seen));
        let key = unread.and_then(|files| share.key::<M>(request, Some(files)));
        if let Some(response) = self.known::<M>(key.as_ref(), request) {
            return Ok(response);
        }
        // From here on counts what is read, not what was there a moment ago.
        let (mut gathered, seen) =
            self.reading(M::EXPORT, |reader| self.inputs.gather_stamped(about, limit, reader, scan))?;
        let read = memo::of_files(&mut gathered.files, &mut gathered.above);
        if let Some((seen, read)) = seen.zip(read) {
            share.memo.put_files(seen, read);
        }
        let key = read.and_then(|files| share.key::<M>(request, Some(files)));
        if read != unread
            && let Some(response) = self.known::<M>(key.as_ref(), request)
        {
            return Ok(response);
        }
        request.tell(gathered);
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

/// The inputs of a manifest that keeps its clauses.
fn inputs_of(language: &dyn Language, manifest: &Manifest, room: &mut Room) -> Result<Inputs, RunError> {
    let breach = |clause, what| RunError::Breach { language: language.name().into(), clause, what };
    check::manifest(manifest).map_err(|check::Breach { clause, what }| breach(clause, what))?;
    let inputs = Inputs::new(&manifest.inputs, room)
        .map_err(|cause| RunError::Manifest { language: language.name().into(), cause })?;
    if inputs.want_scan() && !language.has(ScanMethod::EXPORT) {
        return Err(breach(clause::MANIFEST_SCAN, "an input wants `Scan`, and there is no export `scan`".into()));
    }
    Ok(inputs)
}

/// A request that has files.
pub(super) trait ToldOfFiles {
    /// Which of the inputs are for it.
    const FOR: For;
    /// Puts them in.
    fn tell(&mut self, files: Gathered);
}

macro_rules! told_of_files {
    ($($request:ident $of:ident,)*) => {
        $(impl ToldOfFiles for $request {
            const FOR: For = For::$of;
            fn tell(&mut self, files: Gathered) {
                (self.files, self.above) = (files.files, files.above);
            }
        })*
    };
}

told_of_files! {
    ConfigureRequest Configure,
    FixRequest Fix,
    GenerateRequest Generate,
    ImportsRequest Imports,
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
pub(super) const SETUP: &str = Setup::EXPORT;
pub(super) const SCAN: &str = ScanMethod::EXPORT;
pub(super) const CONFIGURE: &str = Configure::EXPORT;
pub(super) const FIX: &str = Fix::EXPORT;
pub(super) const GENERATE: &str = GenerateRules::EXPORT;
pub(super) const IMPORTS: &str = Imports::EXPORT;
pub(super) const RESOLVE: &str = Resolve::EXPORT;
pub(super) const FIND: &str = Find::EXPORT;
pub(super) const FINISH: &str = Finish::EXPORT;
