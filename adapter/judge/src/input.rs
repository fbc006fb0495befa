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
use dorcas_abi::message::{Input, Match, Methods, Reach, Want};
use dorcas_host::Limits;
use pattern::Matcher;
use search::{Pace, filling};

/// The inputs of a manifest, ready to be used.
pub(crate) struct Inputs {
    /// Four for each of [`METHODS`], by where a file is: in the directory of the call, in one below it, in one that it is in or
    /// itself, and the same where that is the root.
    lists: Vec<List>,
    wants: Vec<Wanted>,
}

/// Some of the inputs, in their order.
pub(crate) struct List {
    globs: Globs,
    numbers: Vec<usize>,
}

enum Wanted {
    Name,
    Content,
    Matches(Box<Matcher>),
    Scan,
}

/// Which inputs count for a method, and for what concerns a directory at all (`host.quiet`).
const METHODS: [fn(&Methods) -> bool; 6] =
    [|of| of.setup, |of| of.configure, |of| of.fix, |of| of.generate_rules, |of| of.imports, |_| true];
const SETUP: usize = 0;
const CONCERN: usize = 5;

/// The reaches that count for a method, by where a file is.
fn reaches(method: usize) -> [&'static [Reach]; 4] {
    const ALL: &[Reach] = &[Reach::Here, Reach::Below, Reach::Above, Reach::Root];
    const BELOW: &[Reach] = &[Reach::Below];
    match method {
        // It is told of files of the root directory, whatever the reach.
        SETUP => [ALL, BELOW, &[], &[]],
        CONCERN => [&[Reach::Here, Reach::Below, Reach::Above], BELOW, &[], ALL],
        _ => [&[Reach::Here, Reach::Below], BELOW, &[Reach::Above], &[Reach::Above, Reach::Root]],
    }
}

impl List {
    fn new<'i>(inputs: impl Iterator<Item = (usize, &'i Input)>) -> Result<Self, InputError> {
        let (mut globs, mut numbers) = (Globs::default(), Vec::new());
        for (number, Input { glob, .. }) in inputs {
            globs
                .add(glob)
                .map_err(|fault| InputError::Glob { glob: shortened(glob).into_owned(), fault: fault.to_string() })?;
            numbers.push(number);
        }
        globs.arrange();
        Ok(Self { globs, numbers })
    }
}

impl Inputs {
    pub(crate) fn new(inputs: &[Input], room: &mut Room) -> Result<Self, InputError> {
        at_most("globs", inputs.len() as u64, MAX_INPUTS)?;
        at_most("bytes of globs", inputs.iter().map(|input| input.glob.len() as u64).sum(), MAX_GLOB_BYTES)?;
        let all = List::new(inputs.iter().enumerate())?;
        at_most("wildcards of globs, and texts between them,", all.globs.parts(), MAX_GLOB_PARTS)?;
        let mut lists = Vec::new();
        for (method, is_told) in METHODS.iter().enumerate() {
            for reaches in reaches(method) {
                let counts = |(_, input): &(usize, &Input)| is_told(&input.methods) && reaches.contains(&input.reach);
                lists.push(List::new(inputs.iter().enumerate().filter(counts))?);
            }
        }
        let mut positions = 0;
        let mut wants = Vec::with_capacity(inputs.len());
        for Input { glob, want, .. } in inputs {
            wants.push(match want {
                Want::Name => Wanted::Name,
                Want::Content => Wanted::Content,
                Want::Scan => Wanted::Scan,
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
        Ok(Self { lists, wants })
    }

    pub(crate) fn list(&self, number: u32) -> Option<&List> {
        self.lists.get(number as usize)
    }

    /// The number of the first input of a list that matches a path, and what it wants: 0 the name, 1 the content, 2 matches, 3 what
    /// `scan` makes of it.
    pub(crate) fn first(&self, list: &List, name: &str) -> Option<(u32, u32)> {
        let number = list.numbers[list.globs.first(name)?];
        let want = match self.wants[number] {
            Wanted::Name => 0,
            Wanted::Content => 1,
            Wanted::Matches(_) => 2,
            Wanted::Scan => 3,
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
