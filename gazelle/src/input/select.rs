//! Which files reach a call, and which input is each of them for?

use super::InputError;
use crate::{
    error::{Cause, shortened},
    glob::Globs,
    path::join,
    trace::Entry,
    walk::{Directory, Site},
    work::Work,
};
use dorcas_abi::message::{Input, Methods, Reach};
use std::borrow::Cow;

/// A method that is told of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    Setup,
    Configure,
    Fix,
    Generate,
    Imports,
}

impl For {
    pub(super) const ALL: [Self; 5] = [Self::Setup, Self::Configure, Self::Fix, Self::Generate, Self::Imports];

    fn wants(self, methods: &Methods) -> bool {
        match self {
            Self::Setup => methods.setup,
            Self::Configure => methods.configure,
            Self::Fix => methods.fix,
            Self::Generate => methods.generate_rules,
            Self::Imports => methods.imports,
        }
    }
}

/// A file that an input is for.
#[derive(Debug)]
pub(super) struct Hit<'d> {
    /// The directory that it is in.
    pub(super) dir: &'d Directory,
    pub(super) entry: &'d Entry,
    /// Its name in the request.
    pub(super) name: Cow<'d, str>,
    /// The number of the input.
    pub(super) input: usize,
    /// Whether it is for the list of files from above.
    pub(super) above: bool,
}

/// Some of a manifest's inputs, in its order.
#[derive(Debug, Default)]
struct Chosen {
    globs: Globs,
    numbers: Vec<usize>,
}

impl Chosen {
    fn of<'i>(inputs: impl IntoIterator<Item = (usize, &'i Input)>) -> Result<Self, InputError> {
        let mut chosen = Self::default();
        for (number, Input { glob, .. }) in inputs {
            chosen
                .globs
                .add(glob)
                .map_err(|fault| InputError::Glob { glob: shortened(glob).into_owned(), fault: fault.to_string() })?;
            chosen.numbers.push(number);
        }
        chosen.globs.arrange();
        Ok(chosen)
    }

    fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    fn first(&self, path: &str) -> Option<usize> {
        self.globs.first(path).map(|found| self.numbers[found])
    }

    fn look_up(&self, path: &str, work: &mut Work) -> Result<Option<usize>, Cause> {
        let (found, steps) = self.globs.look_up(path);
        work.spend(steps.saturating_sub(FREE_STEPS))?;
        Ok(found.map(|found| self.numbers[found]))
    }
}

/// Steps of looking for a file's glob that nobody pays for: a few globs take no more.
const FREE_STEPS: u64 = 64;

/// The inputs for a method, by where a file is.
#[derive(Debug)]
pub(super) struct Selection {
    /// For files of the directory.
    own: Chosen,
    /// For those of the directories below.
    below: Chosen,
    /// For those of a directory that the directory is in, and of itself.
    above: Chosen,
    /// The same for the root directory.
    root: Chosen,
}

impl Selection {
    pub(super) fn new(inputs: &[Input], of: For) -> Result<Self, InputError> {
        let chosen = |reaches: &[Reach]| {
            let all = inputs.iter().enumerate();
            Chosen::of(all.filter(|(_, input)| of.wants(&input.methods) && reaches.contains(&input.reach)))
        };
        let everywhere = [Reach::Here, Reach::Below, Reach::Above, Reach::Root];
        if of == For::Setup {
            let [above, root] = Default::default();
            return Ok(Self { own: chosen(&everywhere)?, below: chosen(&[Reach::Below])?, above, root });
        }
        Ok(Self {
            own: chosen(&everywhere[..2])?,
            below: chosen(&[Reach::Below])?,
            above: chosen(&[Reach::Above])?,
            root: chosen(&everywhere[2..])?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        [&self.own, &self.below, &self.above, &self.root].into_iter().all(Chosen::is_empty)
    }

    /// All files that inputs are for, directory by directory.
    pub(super) fn hits<'d>(&self, site: Site<'d>, work: &mut Work) -> Result<Vec<Hit<'d>>, Cause> {
        let mut hits = Vec::new();
        let mut look = |dir: &'d Directory, chosen: &Chosen, prefix: &str, above: bool| {
            for entry in dir.files.iter().filter(|_| !chosen.is_empty()) {
                let path = if prefix.is_empty() || above {
                    Cow::Borrowed(entry.name.as_str())
                } else {
                    Cow::Owned(join(prefix, &entry.name))
                };
                let Some(input) = chosen.look_up(&path, work)? else { continue };
                let name = if above && !prefix.is_empty() { Cow::Owned(join(prefix, &entry.name)) } else { path };
                hits.push(Hit { dir, entry, name, input, above });
            }
            Ok::<_, Cause>(())
        };
        let dir = site.dir();
        look(dir, &self.own, "", false)?;
        if !self.below.is_empty() {
            site.below(&mut |other: &'d Directory| {
                look(other, &self.below, other.rel[dir.rel.len()..].trim_start_matches('/'), false)
            })?;
        }
        if !self.above.is_empty() || !self.root.is_empty() {
            for other in site.and_above() {
                let chosen = if other.rel.is_empty() { &self.root } else { &self.above };
                look(other, chosen, &other.rel, true)?;
            }
        }
        Ok(hits)
    }

    /// The input that a file of the directory itself is for, in the list that it is told in.
    pub(super) fn own(&self, name: &str) -> Option<usize> {
        self.own.first(name)
    }

    /// The inputs that a file may be for, in a call for its own directory, `rel`, or for any other.
    pub(super) fn all_of(&self, rel: &str, name: &str) -> impl Iterator<Item = usize> {
        let root = if rel.is_empty() { self.root.first(name) } else { self.above.first(name) };
        let path = join(rel, name);
        let starts = path.match_indices('/').map(|(at, _)| at + 1).take_while(|start| *start <= rel.len());
        let starts = std::iter::once(0).chain(starts).filter(|_| !self.below.is_empty() && !rel.is_empty());
        let below: Vec<usize> = starts.filter_map(|start| self.below.first(&path[start..])).collect();
        self.own.first(name).into_iter().chain(root).chain(below)
    }
}

/// What concerns a language, whichever method is told.
#[derive(Debug)]
pub(super) struct Concern {
    /// Of a directory's own files, in any but the root.
    own: Chosen,
    /// The same in the root.
    root: Chosen,
    below: Chosen,
}

impl Concern {
    pub(super) fn new(inputs: &[Input]) -> Result<Self, InputError> {
        let chosen = |reaches: &[Reach]| {
            Chosen::of(inputs.iter().enumerate().filter(|(_, input)| reaches.contains(&input.reach)))
        };
        Ok(Self {
            own: chosen(&[Reach::Here, Reach::Below, Reach::Above])?,
            root: chosen(&[Reach::Here, Reach::Below, Reach::Above, Reach::Root])?,
            below: chosen(&[Reach::Below])?,
        })
    }

    pub(super) fn parts(&self) -> u64 {
        self.root.globs.parts()
    }

    /// Whether any input reaches below.
    pub(super) fn reaches_below(&self) -> bool {
        !self.below.is_empty()
    }

    /// Whether a file of the directory, or one below that an input reaches from there, is of interest.
    pub(super) fn is_in(&self, site: Site<'_>) -> bool {
        let dir = site.dir();
        let own = if dir.rel.is_empty() { &self.root } else { &self.own };
        if dir.files.iter().any(|entry| own.first(&entry.name).is_some()) {
            return true;
        }
        let mut found = false;
        if self.reaches_below() {
            let _: Result<(), ()> = site.below(&mut |other| {
                let prefix = other.rel[dir.rel.len()..].trim_start_matches('/');
                found = other.files.iter().any(|entry| self.below.first(&join(prefix, &entry.name)).is_some());
                if found { Err(()) } else { Ok(()) }
            });
        }
        found
    }
}
