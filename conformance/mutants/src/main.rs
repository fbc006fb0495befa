//! How many small faults does the suite notice?
//!
//! ```sh
//! cargo run --release -p dorcas-mutants                        # 1,000 mutants of the good guest
//! cargo run --release -p dorcas-mutants -- guest/prebuilt/proto.wasm --known conformance/mutants/proto.txt
//! ```
//!
//! Each mutant is run through the suite as `dorcas conform` runs it. A mutant without a finding survives. Not every survivor is
//! a gap: a change may have no effect, or may make another guest that keeps every clause, with another name for instance. A file
//! of known survivors says so for each, with the reason; the rate that is printed leaves those out.

mod known;
mod mutate;

use clap::{Command, arg, value_parser};
use dorcas_conformance::{Suite, bad};
use known::Known;
use mutate::{Kind, Mutant};
use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode};
use thiserror::Error;

struct Args {
    guest: Option<PathBuf>,
    mutants: usize,
    seed: u64,
    known: Option<PathBuf>,
    caught: bool,
    at_least: Option<u32>,
    rounds: Option<u32>,
}

impl Args {
    fn parse() -> Self {
        let path = value_parser!(PathBuf);
        let matches = Command::new("dorcas-mutants")
            .about(
                "Changes a good guest in many small ways, and says which of them the conformance suite doesn't notice",
            )
            .arg(
                arg!([guest] "The guest, which has to pass; the suite's own good guest if none is given")
                    .value_parser(path.clone()),
            )
            .arg(
                arg!(--mutants <N> "Number of mutants, chosen by the seed")
                    .value_parser(value_parser!(usize))
                    .default_value("1000"),
            )
            .arg(arg!(--seed <N> "Decides which mutants are made").value_parser(value_parser!(u64)).default_value("1"))
            .arg(
                arg!(--known <FILE> "Survivors that break no clause, each below a line with the reason")
                    .value_parser(path),
            )
            .arg(arg!(--caught "Print each mutant that was noticed, with the checks that noticed it"))
            .arg(
                arg!(--"at-least" <PERCENT> "Fail if fewer are noticed, of those that break a clause")
                    .value_parser(value_parser!(u32)),
            )
            .arg(
                arg!(--rounds <N> "Rounds of the experiments on memory, as in `dorcas conform`")
                    .value_parser(value_parser!(u32)),
            )
            .get_matches();
        Self {
            guest: matches.get_one("guest").cloned(),
            mutants: matches.get_one("mutants").copied().unwrap_or_default(),
            seed: matches.get_one("seed").copied().unwrap_or_default(),
            known: matches.get_one("known").cloned(),
            caught: matches.get_flag("caught"),
            at_least: matches.get_one("at-least").copied(),
            rounds: matches.get_one("rounds").copied(),
        }
    }
}

#[derive(Debug, Error)]
enum Failure {
    #[error("{file}: {cause}")]
    File { file: String, cause: std::io::Error },
    #[error("{file}:{line}: {fault}")]
    Known { file: String, line: usize, fault: String },
    #[error("the good guest can't be assembled: {0}")]
    Good(#[from] bad::BadGuestError),
    #[error("{0} is not a WebAssembly module: {1}")]
    Module(String, wasmparser::BinaryReaderError),
    #[error("{0} does not pass the suite itself: {1:?}")]
    Unsound(String, Vec<&'static str>),
    #[error("{caught} of {counted} mutants that break a clause were noticed, less than {at_least} of 100")]
    Rate { caught: usize, counted: usize, at_least: u32 },
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A mutant, and the checks that noticed it.
struct Tried {
    mutant: Mutant,
    checks: Vec<&'static str>,
}

fn run(args: &Args) -> Result<(), Failure> {
    let (name, wasm) = match &args.guest {
        Some(path) => {
            let file = path.display().to_string();
            let wasm = fs::read(path).map_err(|cause| Failure::File { file: file.clone(), cause })?;
            (file, wasm)
        }
        None => ("good.wat".to_owned(), bad::good()?),
    };
    let known = match &args.known {
        Some(path) => {
            let file = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|cause| Failure::File { file: file.clone(), cause })?;
            Known::parse(&text).map_err(|(line, fault)| Failure::Known { file, line, fault })?
        }
        None => Known::default(),
    };
    let mut suite = Suite::default();
    if let Some(rounds) = args.rounds {
        suite.rounds = rounds;
    }
    let failed = suite.run(&name, &wasm).failed_checks();
    if !failed.is_empty() {
        return Err(Failure::Unsound(name, failed));
    }
    let chosen = choose(&wasm, args).map_err(|error| Failure::Module(name.clone(), error))?;
    let tried = bad::each(&chosen, |(mutant, wasm)| {
        let checks = suite.run("mutant", wasm).failed_checks();
        Tried { mutant: mutant.clone(), checks }
    });
    report(&name, &tried, &known, args)
}

/// Mutants with their bytes, in an order that the seed decides.
fn choose(wasm: &[u8], args: &Args) -> Result<Vec<(Mutant, Vec<u8>)>, wasmparser::BinaryReaderError> {
    let mut all = mutate::mutants(wasm)?;
    shuffle(&mut all, args.seed);
    let with_bytes = all.into_iter().filter_map(|mutant| {
        let bytes = mutant.wasm(wasm)?;
        Some((mutant, bytes))
    });
    Ok(with_bytes.take(args.mutants).collect())
}

/// Fisher and Yates' shuffle, by the generator of `java.util.SplittableRandom`.
fn shuffle<T>(items: &mut [T], mut state: u64) {
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    for end in (1..items.len()).rev() {
        let other = next() % (end as u64 + 1);
        items.swap(end, usize::try_from(other).unwrap_or(0));
    }
}

#[derive(Default)]
struct Line {
    made: usize,
    caught: usize,
    known: usize,
}

fn report(name: &str, tried: &[Tried], known: &Known, args: &Args) -> Result<(), Failure> {
    let mut lines: BTreeMap<Kind, Line> = BTreeMap::new();
    let mut survivors = Vec::new();
    for Tried { mutant, checks } in tried {
        let line = lines.entry(mutant.kind).or_default();
        line.made += 1;
        if !checks.is_empty() {
            line.caught += 1;
            if args.caught {
                println!("caught   {} | {}", mutant.name(), checks.join(" "));
            }
        } else if let Some(reason) = known.reason(mutant) {
            line.known += 1;
            if args.caught {
                println!("harmless {} | {reason}", mutant.name());
            }
        } else {
            survivors.push(mutant);
        }
    }
    survivors.sort_by(|a, b| (&a.function, a.at).cmp(&(&b.function, b.at)));
    for mutant in &survivors {
        println!("survives {}", mutant.name());
    }
    println!("\n{name}: {} mutants, seed {}\n", tried.len(), args.seed);
    println!("| change | mutants | noticed | break no clause | survive |");
    println!("|---|--:|--:|--:|--:|");
    let mut all = Line::default();
    for kind in Kind::ALL {
        let Some(line) = lines.get(&kind) else { continue };
        println!(
            "| {kind} | {} | {} | {} | {} |",
            line.made,
            line.caught,
            line.known,
            line.made - line.caught - line.known
        );
        all.made += line.made;
        all.caught += line.caught;
        all.known += line.known;
    }
    let counted = all.made - all.known;
    println!("| all | {} | {} | {} | {} |", all.made, all.caught, all.known, counted - all.caught);
    println!("\nnoticed: {} of {counted} that break a clause, {:.1}%", all.caught, percent(all.caught, counted));
    match args.at_least {
        Some(at_least) if all.caught * 100 < counted * at_least as usize => {
            Err(Failure::Rate { caught: all.caught, counted, at_least })
        }
        _ => Ok(()),
    }
}

#[allow(clippy::cast_precision_loss)]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}
