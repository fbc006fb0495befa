//! In which order are directories looked at, and how often by links?
//!
//! First the directories themselves, in parallel. Then each link that a directive wants to be followed, in the order in
//! which it was found, with what is below it; links found there come last. In one such step every directory comes once,
//! so that the outcome is the same on any number of threads.

use super::{
    Directory, Reach,
    list::{Listing, Place},
};
use crate::{
    config::{Config, Remark},
    repo::RepoPath,
    stop,
    trace::Entry,
};
use dorcas_abi::message::Severity;
use rayon::Scope;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Most paths by which one directory is looked at. With two links a directory, their number would double with each level.
pub(super) const MOST_PATHS: usize = 16;

/// Most links on one path, as with the system itself.
pub(super) const MOST_LINKS: usize = 40;

/// By how many paths each directory was looked at that can be reached by a link.
pub(super) type Looks = HashMap<RepoPath, usize>;

/// A directory that a link leads to.
struct Linked {
    place: Place,
    parent_updated: bool,
    config: Arc<Config>,
}

/// What all threads know on their way through the directories.
#[derive(Clone, Copy)]
struct Visit<'a> {
    listing: Listing<'a>,
    reach: &'a Reach,
    looks: &'a Looks,
    met: &'a Mutex<Met>,
}

/// What was met on the way.
#[derive(Default)]
struct Met {
    dirs: Vec<Directory>,
    links: Vec<Linked>,
    /// Directories that had been looked at by as many paths as may be.
    refused: Vec<String>,
}

/// All directories that are to be looked at, in the order of their paths.
pub(super) fn directories(listing: Listing<'_>, reach: &Reach, config: &Arc<Config>) -> (Vec<Directory>, Looks) {
    let mut looks = Looks::new();
    let root = Linked { place: Place::root(), parent_updated: false, config: Arc::clone(config) };
    let mut waiting = VecDeque::from([root]);
    let mut dirs: Vec<Directory> = Vec::new();
    let mut refused = Vec::new();
    while let Some(next) = waiting.pop_front() {
        let mut met = visit(listing, reach, &looks, next);
        if dirs.is_empty() && met.links.is_empty() {
            // Nobody follows links: every directory has one path.
            dirs = met.dirs;
            break;
        }
        for dir in &met.dirs {
            *looks.entry(dir.real.clone()).or_default() += 1;
        }
        met.links.sort_unstable_by(|a, b| in_order(&a.place.rel, &b.place.rel));
        waiting.extend(met.links);
        dirs.append(&mut met.dirs);
        refused.append(&mut met.refused);
    }
    dirs.sort_unstable_by(|a, b| in_order(&a.rel, &b.rel));
    refuse(&mut dirs, &refused);
    (dirs, looks)
}

/// Whether a directory may be looked at by one more path.
pub(super) fn may_look(looks: &Looks, place: &Place) -> bool {
    place.trail.len() <= MOST_LINKS && looks.get(&place.real).is_none_or(|looks| *looks < MOST_PATHS)
}

fn in_order(a: &str, b: &str) -> std::cmp::Ordering {
    a.split('/').cmp(b.split('/'))
}

fn visit(listing: Listing<'_>, reach: &Reach, looks: &Looks, from: Linked) -> Met {
    let met = Mutex::default();
    let visit = Visit { listing, reach, looks, met: &met };
    rayon::scope(|threads| visit.directory(threads, from.place, from.parent_updated, &from.config));
    met.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Visit<'a> {
    /// Looks at a directory, and at those in it, each as a task of its own.
    fn directory(self, threads: &Scope<'a>, place: Place, parent_updated: bool, parent: &Arc<Config>) {
        if !may_look(self.looks, &place) {
            self.met().refused.push(place.rel);
            return;
        }
        if stop::is_set() {
            return;
        }
        let update = self.reach.updates(&place.rel, parent_updated);
        let Some(mut dir) = self.listing.list(place, update, parent) else { return };
        for name in &dir.subdirs {
            let Some(place) = Place::below(&dir, name).filter(|place| self.reach.visits(&place.rel, update)) else {
                continue;
            };
            let config = Arc::clone(&dir.config);
            if dir.links.contains_key(name) {
                self.met().links.push(Linked { place, parent_updated: update, config });
            } else {
                threads.spawn(move |threads| self.directory(threads, place, update, &config));
            }
        }
        // What is ignored may be looked at all the same, for the index.
        dir.update &= !dir.config.ignore;
        self.met().dirs.push(dir);
    }

    fn met(&self) -> MutexGuard<'a, Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes directories that weren't looked at no directories of those that they are in, and says so there.
fn refuse(dirs: &mut [Directory], refused: &[String]) {
    let mut by_dir: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for rel in refused {
        let (above, name) = rel.rsplit_once('/').unwrap_or(("", rel));
        by_dir.entry(above).or_default().insert(name);
    }
    for dir in dirs {
        let Some(names) = by_dir.get(dir.rel.as_str()) else { continue };
        dir.subdirs.retain(|known| !names.contains(known.as_str()));
        let links = names.iter().filter(|name| dir.links.remove(**name).is_some());
        dir.files.extend(links.map(|name| Entry { name: (*name).into(), regular: false }));
        dir.files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let (name, more) = (names.first().unwrap_or(&""), names.len() - 1);
        let more = if more > 0 { format!(", nor are {more} more") } else { String::new() };
        let message = format!(
            "{name} is not looked at{more}: by links, a directory is looked at by at most {MOST_PATHS} paths, each with \
             at most {MOST_LINKS} links; narrow `# gazelle:follow`"
        );
        dir.remarks.push(Remark {
            severity: Severity::Warning,
            directive: None,
            fatal: false,
            is_limit: false,
            message,
        });
    }
}
