//! Which ratios were aimed at?

use crate::{
    measurement::Measurement,
    record::{Record, Spread},
};

/// A ratio that was aimed at, for a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The measurement.
    pub measure: Measurement,
    /// The workload; empty where there is none.
    pub workload: String,
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

/// All goals, as the record has it.
pub fn goals(record: &Record) -> Vec<Goal> {
    let mut goals = Vec::new();
    for aim in &AIMS {
        for row in record.rows.iter().filter(|row| row.measure == aim.measure) {
            let outcome =
                row.ratio(aim.subject, aim.base).map(|ratio| Outcome { ratio, met: ratio.median <= aim.at_most });
            let workload = row.workload.clone();
            goals.push(Goal { measure: aim.measure, workload, aim: aim.words.into(), outcome });
        }
    }
    goals
}
