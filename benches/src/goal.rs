//! Which ratios were aimed at?

use crate::{
    job::{JobRow, Run, Scenario},
    measurement::Measurement,
    record::{Record, Spread, ratio},
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
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// What was measured.
    pub ratio: Spread,
    /// Whether the median is where it should be.
    pub met: bool,
}

/// A subject's time over another's.
struct Aim {
    measure: Measurement,
    subject: &'static str,
    base: &'static str,
    at_most: f64,
    words: &'static str,
}

/// What was aimed at, for every workload that was measured.
const AIMS: [Aim; 12] = {
    use Measurement as M;
    let dorcas = "dorcas";
    let compiler = "wazero compiler";
    [
        Aim {
            measure: M::RuntimeCreation,
            subject: dorcas,
            base: compiler,
            at_most: 0.01,
            words: "at least 100 times as fast as wazero's compiler",
        },
        Aim {
            measure: M::RuntimeCreation,
            subject: dorcas,
            base: "wasmi",
            at_most: 1.05,
            words: "as fast as wasmi alone, within 5%",
        },
        Aim {
            measure: M::ModuleLoadingCold,
            subject: dorcas,
            base: compiler,
            at_most: 0.05,
            words: "at least 20 times as fast as wazero's compiler",
        },
        Aim {
            measure: M::ModuleLoadingCold,
            subject: dorcas,
            base: "wasmi",
            at_most: 1.05,
            words: "as fast as wasmi alone, within 5%",
        },
        Aim {
            measure: M::SimpleCallWasm,
            subject: dorcas,
            base: "wasmi",
            at_most: 1.05,
            words: "less than 5% over wasmi alone",
        },
        Aim {
            measure: M::SimpleCallWasm,
            subject: dorcas,
            base: compiler,
            at_most: 1.0,
            words: "not slower than wazero's compiler",
        },
        Aim {
            measure: M::LangName,
            subject: dorcas,
            base: "wasmi",
            at_most: 1.05,
            words: "less than 5% over wasmi alone",
        },
        Aim {
            measure: M::LangName,
            subject: dorcas,
            base: compiler,
            at_most: 1.0,
            words: "not slower than wazero's compiler",
        },
        Aim {
            measure: M::LangNameCall,
            subject: dorcas,
            base: compiler,
            at_most: 1.0,
            words: "not slower than wazero's compiler",
        },
        Aim {
            measure: M::ExpensiveCallWasm,
            subject: dorcas,
            base: compiler,
            at_most: 2.0,
            words: "within 2 times wazero's compiler",
        },
        Aim {
            measure: M::ExpensiveCallWasm,
            subject: dorcas,
            base: "wazero interpreter",
            at_most: 0.1,
            words: "at least 10 times as fast as wazero's interpreter",
        },
        Aim {
            measure: M::ExpensiveCallWasm,
            subject: "wasmi",
            base: "wasmi unmetered",
            at_most: 1.15,
            words: "fuel costs less than 15%",
        },
    ]
};

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
        for row in record.rows.iter().filter(|row| row.measure == aim.measure) {
            let outcome = row.ratio(aim.subject, aim.base).map(|ratio| Outcome::of(ratio, aim.at_most));
            goals.push(Goal { what: aim.measure.name(), on: row.workload.clone(), aim: aim.words.into(), outcome });
        }
    }
    for aim in &JOB_AIMS {
        let row = record.jobs.iter().find(|row| row.scenario == aim.scenario && row.one_of == 1);
        let outcome = row.and_then(|row| job_ratio(row, aim.of)).map(|ratio| Outcome::of(ratio, aim.at_most));
        let on = row.map(|row| format!("{} files", row.files)).unwrap_or_default();
        goals.push(Goal { what: aim.what, on, aim: aim.words.into(), outcome });
    }
    goals
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
