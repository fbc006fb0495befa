//! Which input of a manifest decides about a file, and where do its expressions match?

macro_rules! of_gazelle {
    ($($name:ident = $path:literal;)*) => {
        $(
            #[path = $path]
            #[allow(dead_code, unused_imports, unused_qualifications, unreachable_pub, clippy::pedantic)]
            mod $name;
        )*
    };
}

of_gazelle! {
    automaton = "../../../gazelle/src/input/automaton.rs";
    pattern = "../../../gazelle/src/input/pattern.rs";
    places = "../../../gazelle/src/input/places.rs";
    search = "../../../gazelle/src/input/search.rs";
}

pub(crate) use pattern::Room;

use crate::{
    error::{InputError, shortened},
    glob::Globs,
    work::Work,
};
use automaton::Halt;
use dorcas_abi::message::{Input, Match, Want};
use dorcas_host::Limits;
use pattern::Matcher;
use search::{Pace, filling};

/// The inputs of a manifest, ready to be used.
pub(crate) struct Inputs {
    globs: Globs,
    wants: Vec<Wanted>,
}

enum Wanted {
    Name,
    Content,
    Matches(Box<Matcher>),
}

impl Inputs {
    pub(crate) fn new(inputs: &[Input], room: &mut Room) -> Result<Self, InputError> {
        at_most("globs", inputs.len() as u64, MAX_INPUTS)?;
        at_most("bytes of globs", inputs.iter().map(|input| input.glob.len() as u64).sum(), MAX_GLOB_BYTES)?;
        let mut globs = Globs::default();
        for Input { glob, .. } in inputs {
            globs
                .add(glob)
                .map_err(|fault| InputError::Glob { glob: shortened(glob).into_owned(), fault: fault.to_string() })?;
        }
        globs.arrange();
        at_most("wildcards of globs, and texts between them,", globs.parts(), MAX_GLOB_PARTS)?;
        let mut positions = 0;
        let mut wants = Vec::with_capacity(inputs.len());
        for Input { glob, want, .. } in inputs {
            wants.push(match want {
                Want::Name => Wanted::Name,
                Want::Content => Wanted::Content,
                Want::Scan => unreachable!("such a manifest is refused before"),
                Want::Matches(patterns) => {
                    let matcher = Matcher::new(glob, patterns, room)?;
                    positions += matcher.positions;
                    at_most("positions of regular expressions", positions, MAX_POSITIONS)?;
                    Wanted::Matches(Box::new(matcher))
                }
            });
        }
        let matchers = wants.iter_mut().filter_map(|wanted| match wanted {
            Wanted::Matches(matcher) => Some(&mut **matcher),
            _ => None,
        });
        Matcher::finish(&mut matchers.collect::<Vec<_>>()).map_err(|fault| InputError::Pattern {
            glob: "all".into(),
            pattern: "all".into(),
            fault,
        })?;
        Ok(Self { globs, wants })
    }

    /// The number of the first input that matches a path, and what it wants: 0 the name, 1 the content, 2 matches.
    pub(crate) fn first(&self, name: &str) -> Option<(u32, u32)> {
        let number = self.globs.first(name)?;
        let want = match self.wants[number] {
            Wanted::Name => 0,
            Wanted::Content => 1,
            Wanted::Matches(_) => 2,
        };
        Some((number as u32, want))
    }

    /// The matches of an input's expressions in a text, and where each begins.
    pub(crate) fn search(&self, number: u32, text: &[u8]) -> Result<(Vec<Match>, Vec<usize>), String> {
        let Some(Wanted::Matches(matcher)) = self.wants.get(number as usize) else {
            return Err(format!("input {number} has no expressions"));
        };
        let limits = Limits::default();
        let what = "looking for the regular expressions of its manifest";
        let mut budget = Work::growing(what, limits.work_per_call, limits.work_bytes);
        budget.handle(text.len());
        let search = |pace| {
            let (mut told, mut work) = ((Vec::new(), Vec::new()), budget.clone());
            if pace == Pace::Slow {
                work.spend(filling(matcher, text.len()))?;
            }
            matcher.each(text, pace, &mut work, |found, place| {
                told.0.push(found);
                told.1.push(place);
                Ok(())
            })?;
            Ok(told)
        };
        let found = match search(Pace::Warm) {
            Err(Halt::Full) => match search(Pace::Cold) {
                Err(Halt::Full) => search(Pace::Slow),
                other => other,
            },
            other => other,
        };
        found.map_err(|halt: Halt| halt.into_cause().to_string())
    }
}

/// Bounds of a list of inputs, as in `dorcas`.
const MAX_INPUTS: u64 = 1_000;
const MAX_GLOB_BYTES: u64 = 64 << 10;
const MAX_GLOB_PARTS: u64 = 8 << 10;
const MAX_POSITIONS: u64 = 64 << 10;

fn at_most(what: &'static str, got: u64, limit: u64) -> Result<(), InputError> {
    if got <= limit { Ok(()) } else { Err(InputError::TooMany { what, got, limit }) }
}
