//! Which ratios were aimed at?

use crate::{
    job::{JobRow, Run, Scenario},
    measurement::Measurement,
    record::{Record, Row, Spread, ratio},
    report::{duration, times},
    stage::{DIGEST, ENGINE_ALONE, LOAD, OUTLINE},
};

/// A ratio that was aimed at, for a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// What was measured.
    pub what: &'static str,
    /// The workload, or the part of the corpus; empty where there is none.
    pub on: String,
    /// In words.
    pub aim: String,
    /// How it went; none where one of the two was not measured.
    pub outcome: Option<Outcome>,
    /// Where it was missed, what was measured that says why.
    pub reason: String,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// What was measured.
    pub ratio: Spread,
    /// Whether the median is where it should be.
    pub met: bool,
}

impl Goal {
    /// Whether it was measured, and missed.
    pub fn is_missed(&self) -> bool {
        self.outcome.is_some_and(|outcome| !outcome.met)
    }
}

/// A subject's time over another's.
struct Aim {
    measure: Measurement,
    subject: &'static str,
    base: &'static str,
    at_most: f64,
    words: &'static str,
    /// A workload for which it wasn't.
    but: Option<&'static str>,
    why: fn(&Record, &Row) -> Option<String>,
}

/// What was aimed at, for every workload that was measured.
const AIMS: [Aim; 13] = {
    use Measurement as M;
    let dorcas = "dorcas";
    let wasmi = "wasmi";
    let unmetered = "wasmi unmetered";
    let compiler = "wazero compiler";
    let interpreter = "wazero interpreter";
    [
        Aim {
            measure: M::RuntimeCreation,
            subject: dorcas,
            base: compiler,
            at_most: 0.01,
            words: "at least 100 times as fast as wazero's compiler",
            but: None,
            why: engine,
        },
        Aim {
            measure: M::RuntimeCreation,
            subject: dorcas,
            base: wasmi,
            at_most: 1.05,
            words: "as fast as wasmi alone, within 5%",
            but: None,
            why: ours,
        },
        Aim {
            measure: M::ModuleLoadingCold,
            subject: dorcas,
            base: compiler,
            at_most: 0.05,
            words: "at least 20 times as fast as wazero's compiler",
            but: None,
            why: engine,
        },
        Aim {
            measure: M::ModuleLoadingCold,
            subject: dorcas,
            base: wasmi,
            at_most: 1.05,
            words: "as fast as wasmi alone, within 5%",
            but: None,
            why: loading,
        },
        Aim {
            measure: M::SimpleCallWasm,
            subject: dorcas,
            base: wasmi,
            at_most: 1.05,
            words: "less than 5% over wasmi alone",
            but: None,
            why: ours,
        },
        Aim {
            measure: M::SimpleCallWasm,
            subject: dorcas,
            base: compiler,
            at_most: 1.0,
            words: "not slower than wazero's compiler",
            but: None,
            why: engine,
        },
        Aim {
            measure: M::LangName,
            subject: dorcas,
            base: wasmi,
            at_most: 1.05,
            words: "less than 5% over wasmi alone",
            but: None,
            why: ours,
        },
        Aim {
            measure: M::LangName,
            subject: dorcas,
            base: compiler,
            at_most: 1.0,
            words: "not slower than wazero's compiler",
            but: None,
            why: engine,
        },
        Aim {
            measure: M::LangNameCall,
            subject: dorcas,
            base: wasmi,
            at_most: 1.05,
            words: "less than 5% over wasmi alone",
            but: None,
            why: ours,
        },
        Aim {
            measure: M::LangNameCall,
            subject: dorcas,
            base: compiler,
            at_most: 1.0,
            words: "not slower than wazero's compiler",
            but: None,
            why: engine,
        },
        Aim {
            measure: M::ExpensiveCallWasm,
            subject: dorcas,
            base: compiler,
            at_most: 2.0,
            words: "within 2 times wazero's compiler",
            but: Some("go"),
            why: engine,
        },
        Aim {
            measure: M::ExpensiveCallWasm,
            subject: dorcas,
            base: interpreter,
            at_most: 0.1,
            words: "at least 10 times as fast as wazero's interpreter",
            but: None,
            why: engine,
        },
        Aim {
            measure: M::ExpensiveCallWasm,
            subject: wasmi,
            base: unmetered,
            at_most: 1.15,
            words: "fuel costs less than 15%",
            but: None,
            why: ours,
        },
    ]
};

/// The distance to what it is compared with, in time.
fn ours(_: &Record, row: &Row) -> Option<String> {
    let [dorcas, wasmi, unmetered] = ["dorcas", "wasmi", "wasmi unmetered"].map(|subject| median(row, subject));
    let between = |a: Option<f64>, b: Option<f64>| Some(duration((a? - b?).max(0.0)));
    Some(match row.measure {
        Measurement::ExpensiveCallWasm => format!("{} for counting", between(wasmi, unmetered)?),
        _ => format!("{} for limits, fuel and checks", between(dorcas, wasmi)?),
    })
}

/// How far the engine itself is from what Dorcas is compared with.
fn engine(_: &Record, row: &Row) -> Option<String> {
    let [compiler, interpreter] = ["wazero compiler", "wazero interpreter"].map(|base| row.ratio("wasmi", base));
    let compiler = format!("wasmi alone takes {} of the time of wazero's compiler", times(compiler?.median));
    let interpreter = interpreter.map(|ratio| format!(", {} of its interpreter's", times(ratio.median)));
    Some(compiler + &interpreter.unwrap_or_default())
}

/// What loading consists of.
fn loading(record: &Record, row: &Row) -> Option<String> {
    let group = format!("load, {}", row.workload);
    let of = |name| record.stage(&group, name);
    let (all, engine) = (of(LOAD)?, of(ENGINE_ALONE)?);
    let (digest, outline) = (of(DIGEST)?, of(OUTLINE)?);
    let rest = (all - engine - digest - outline).max(0.0);
    Some(format!(
        "of {}: {} wasmi's part, {} the static pass, {} SHA-256, {} an instance, its name and manifest, and all else",
        duration(all),
        duration(engine),
        duration(outline),
        duration(digest),
        duration(rest),
    ))
}

fn median(row: &Row, subject: &str) -> Option<f64> {
    Spread::of(row.of(subject)?).map(|spread| spread.median)
}

/// An aim for the whole job.
struct JobAim {
    what: &'static str,
    scenario: Scenario,
    of: fn(&Run) -> f64,
    at_most: f64,
    words: &'static str,
}

/// Aimed at for all of the corpus.
const JOB_AIMS: [JobAim; 3] = [
    JobAim {
        what: "the whole job, cold",
        scenario: Scenario::Cold,
        of: |run| run.wall,
        at_most: 0.1,
        words: "at least 10 times as fast as native Gazelle",
    },
    JobAim {
        what: "the whole job, warm",
        scenario: Scenario::Warm,
        of: |run| run.wall,
        at_most: 0.02,
        words: "at least 50 times as fast as native Gazelle",
    },
    JobAim {
        what: "the whole job, cold",
        scenario: Scenario::Cold,
        of: |run| run.peak,
        at_most: 1.0,
        words: "peak of memory not above native Gazelle's",
    },
];

/// All goals, as the record has it.
pub fn goals(record: &Record) -> Vec<Goal> {
    let mut goals = Vec::new();
    for aim in &AIMS {
        for row in record.rows.iter().filter(|row| row.measure == aim.measure && Some(&*row.workload) != aim.but) {
            let outcome = row.ratio(aim.subject, aim.base).map(|ratio| Outcome::of(ratio, aim.at_most));
            let reason = (aim.why)(record, row).unwrap_or_default();
            goals.push(Goal {
                what: aim.measure.name(),
                on: row.workload.clone(),
                aim: aim.words.into(),
                outcome,
                reason,
            });
        }
    }
    for aim in &JOB_AIMS {
        let row = record.jobs.iter().find(|row| row.scenario == aim.scenario && row.one_of == 1);
        let outcome = row.and_then(|row| job_ratio(row, aim.of)).map(|ratio| Outcome::of(ratio, aim.at_most));
        let on = row.map(|row| format!("{} files", row.files)).unwrap_or_default();
        let reason = row.and_then(job_reason).unwrap_or_default();
        goals.push(Goal { what: aim.what, on, aim: aim.words.into(), outcome, reason });
    }
    for goal in &mut goals {
        if !goal.is_missed() {
            goal.reason.clear();
        }
    }
    goals
}

/// Where the time of Dorcas goes, as far as whole processes show it.
fn job_reason(row: &JobRow) -> Option<String> {
    let median =
        |of: fn(&Run) -> f64| Spread::of(&row.dorcas.iter().map(of).collect::<Vec<_>>()).map(|spread| spread.median);
    let (wall, cpu, peak) = (median(|run| run.wall)?, median(|run| run.cpu)?, median(|run| run.peak)?);
    Some(format!("Dorcas takes {}, {} of processors, {peak:.0} MiB", duration(1e9 * wall), duration(1e9 * cpu)))
}

/// How many times as much Dorcas takes as native Gazelle, round by round.
pub fn job_ratio(row: &JobRow, of: fn(&Run) -> f64) -> Option<Spread> {
    let numbers = |runs: &[Run]| runs.iter().map(of).collect::<Vec<f64>>();
    ratio(&numbers(&row.dorcas), &numbers(&row.gazelle))
}

impl Outcome {
    fn of(ratio: Spread, at_most: f64) -> Self {
        Self { ratio, met: ratio.median <= at_most }
    }
}
