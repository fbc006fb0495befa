//! How is it shown?

mod alternatives;
mod html;
mod markdown;
mod summary;
mod table;

pub use html::html;
pub use markdown::markdown;
pub use table::table;

use crate::{
    goal::{self, Goal},
    measurement::{Measurement, Needs},
    record::{Record, Row, Samples, Spread, StageRow},
};

/// What the proposal says of its own measurement of this kind, as far as it is known here: for wazero's compiler, on another
/// machine, of another guest.
fn of_the_proposal(measure: Measurement) -> Option<&'static str> {
    let loading = matches!(measure, Measurement::ModuleLoadingCold | Measurement::ModuleLoadingWarm);
    loading.then_some("81 ms, the average of a cold load and many warm ones")
}

/// The heading above that.
const OF_THE_PROPOSAL: &str = "the proposal says, of another machine";

/// What the stages are.
const STAGES: &str = "Dorcas alone: each step of loading and calling, and each choice of an embedder. The rows of a table are \
                      compared with its first.";

/// The first lines: which goals were missed.
fn verdict(goals: &[Goal]) -> String {
    let met = goals.iter().filter(|goal| goal.outcome.is_some_and(|outcome| outcome.met)).count();
    let missed = goals.iter().filter(|goal| goal.is_missed()).count();
    let unknown = goals.len() - met - missed;
    let unmeasured = if unknown == 0 { String::new() } else { format!(" Of {unknown} a subject is missing.") };
    format!("{} goals: {met} met, {missed} missed.{unmeasured}", goals.len())
}

/// Goals with the missed ones first, otherwise in their order.
fn by_urgency(record: &Record) -> Vec<Goal> {
    let mut goals = goal::goals(record);
    goals.sort_by_key(|goal| match goal.outcome {
        Some(outcome) if !outcome.met => 0,
        None => 1,
        Some(_) => 2,
    });
    goals
}

/// A ratio for people: how many times as fast where it is below 1.
pub(crate) fn times(ratio: f64) -> String {
    if ratio >= 0.995 {
        format!("{ratio:.2}")
    } else {
        let faster = 1.0 / ratio;
        let digits = if faster < 10.0 { 2 } else { usize::from(faster < 100.0) };
        format!("1/{faster:.digits$}")
    }
}

/// A ratio with its quarters.
fn ratio_with_spread(ratio: Spread) -> String {
    format!("{} ({} to {})", times(ratio.median), times(ratio.low), times(ratio.high))
}

/// A time in a unit that suits it, with three digits.
pub(crate) fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let digits = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

/// With whom the subjects of a row are compared: a heading, and who it is, if they are there.
fn bases(row: &Row) -> Vec<(String, Option<&str>)> {
    let fixed = |heading: &str, subject| (heading.to_owned(), Some(subject));
    match row.measure.needs() {
        Needs::Message => vec![fixed("over our call", "dorcas"), fixed("over a native function", "native")],
        Needs::Value => vec![fixed("over Dorcas", "dorcas")],
        _ => {
            let best = best_peer(row);
            let heading = best.map_or("over the best peer".into(), |best| format!("over the best peer, {best}"));
            vec![
                fixed("over wazero compiler", "wazero compiler"),
                fixed("over wasmi", "wasmi"),
                (heading, best),
                fixed("over native", "native"),
            ]
        }
    }
}

/// The subject with the shortest median beside Dorcas and native code.
fn best_peer(row: &Row) -> Option<&str> {
    row.cells
        .iter()
        .filter(|cell| cell.subject != "dorcas" && cell.subject != "native")
        .filter_map(|cell| match &cell.samples {
            Samples::Measured(samples) => Some((&*cell.subject, Spread::of(samples)?.median)),
            _ => None,
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(subject, _)| subject)
}

/// The stages of each group.
fn stage_groups(record: &Record) -> impl Iterator<Item = &[StageRow]> {
    record.stages.chunk_by(|a, b| a.group == b.group)
}

/// How noisy the machine was: the widest and the usual distance between the quarters of a cell, as parts of its median.
fn noise(record: &Record) -> Option<(f64, f64)> {
    let widths: Vec<f64> = record
        .rows
        .iter()
        .flat_map(|row| &row.cells)
        .filter_map(|cell| match &cell.samples {
            Samples::Measured(samples) => Spread::of(samples).map(|spread| (spread.high - spread.low) / spread.median),
            _ => None,
        })
        .collect();
    let usual = Spread::of(&widths)?.median;
    Some((usual, widths.iter().copied().fold(0.0, f64::max)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        job::{JobRow, Run, Scenario},
        machine::Machine,
        protocol::Greeting,
        record::{Cell, MissingSubject, WorkloadNote},
    };

    /// A record that is made up: what counts is how it is shown.
    fn record() -> Record {
        let other = |subject: &str, samples| Cell { subject: subject.into(), samples, bytes: None };
        let cell = |subject: &str, samples: &[f64]| other(subject, Samples::Measured(samples.to_vec()));
        let sized = |subject: &str, samples: &[f64], bytes| Cell { bytes: Some(bytes), ..cell(subject, samples) };
        let service = |measure, workload: &str, ours: f64| Row {
            measure,
            workload: workload.into(),
            cells: vec![
                cell("dorcas", &[ours; 3]),
                cell("native", &[10.0, 10.0, 10.0]),
                cell("process over pipes", &[9_000.0, 9_000.0, 12_000.0]),
                other("wasmi", Samples::Missing("nothing like it".into())),
            ],
        };
        let stage = |group: &str, name: &str, samples: [f64; 3]| StageRow {
            group: group.into(),
            name: name.into(),
            samples: samples.to_vec(),
        };
        let greeting = |subject: &str, version: &str| Greeting { subject: subject.into(), version: version.into() };
        Record {
            date: "2026-11-21".into(),
            machine: Machine {
                processor: "A Processor <fast> & new".into(),
                threads: 2,
                memory_mib: 24_000,
                system: "linux x86_64".into(),
                compiler: "rustc 1.95.0".into(),
                load_before: "0.10".into(),
                load_after: "1.02".into(),
            },
            rounds: 3,
            subjects: vec![greeting("dorcas", "0.1.0"), greeting("wasmi", "2.0.0"), greeting("wazero compiler", "1")],
            missing: vec![MissingSubject { subject: "extism".into(), why: "not built".into() }],
            rows: vec![
                Row {
                    measure: Measurement::ModuleLoadingCold,
                    workload: "text".into(),
                    cells: vec![cell("dorcas", &[3e4; 3]), cell("wazero compiler", &[9e5; 3])],
                },
                Row {
                    measure: Measurement::RuntimeCreation,
                    workload: String::new(),
                    cells: vec![
                        cell("dorcas", &[40.0, 41.0, 42.0]),
                        cell("wasmi", &[1_000.0, 1_100.0, 1_050.0]),
                        cell("wazero compiler", &[900_000.0, 950_000.0, 910_000.0]),
                    ],
                },
                Row {
                    measure: Measurement::SimpleCallWasm,
                    workload: "text".into(),
                    cells: vec![
                        cell("dorcas", &[400.0, 410.0, 390.0]),
                        cell("wasmi", &[300.0, 310.0, 305.0]),
                        other("wazero compiler", Samples::Failed("it <ended>".into())),
                        other("native", Samples::Missing("nothing like it".into())),
                    ],
                },
                service(Measurement::ServiceEcho, "16 B", 300.0),
                service(Measurement::ServiceEcho, "64 KiB", 6_000.0),
                service(Measurement::ServiceWork, "16 B", 450.0),
                Row {
                    measure: Measurement::EncodeRequest,
                    workload: "1 file".into(),
                    cells: vec![
                        sized("dorcas", &[200.0, 210.0, 190.0], 477),
                        sized("Cap'n Proto", &[400.0, 420.0, 380.0], 1_136),
                    ],
                },
            ],
            stages: vec![stage("a & b", "one", [10.0, 11.0, 12.0]), stage("a & b", "two", [20.0, 21.0, 30.0])],
            workloads: vec![WorkloadNote { id: "text".into(), title: "by hand".into() }],
            jobs: vec![JobRow {
                scenario: Scenario::Cold,
                one_of: 8,
                files: 900,
                gazelle: [4.0, 4.2, 4.4].map(|wall| Run { wall, cpu: wall, peak: 60.0 }).to_vec(),
                dorcas: [0.4, 0.4, 0.4].map(|wall| Run { wall, cpu: 2.0 * wall, peak: 30.0 }).to_vec(),
            }],
        }
    }

    #[test]
    fn a_report_in_markdown() {
        insta::assert_snapshot!(markdown(&record()));
    }

    #[test]
    fn a_report_as_a_page() {
        insta::assert_snapshot!(html(&record()));
    }

    #[test]
    fn a_report_as_a_table() {
        let table = table(&record());
        let lines: Vec<_> = table.lines().collect();
        assert!(lines.len() > 5, "{table}");
        assert!(lines.contains(&"job cold,900 files,gazelle,s,4.1,4.2,4.3,"), "{table}");
        let fields = lines[0].split(',').count();
        assert!(lines.iter().all(|line| line.contains('"') || line.split(',').count() == fields), "{table}");
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let json = serde_json::to_string(&record()).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record());
    }

    #[test]
    fn ratios_are_said_as_people_say_them() {
        assert_eq!(times(1.0), "1.00");
        assert_eq!(times(0.5), "1/2.00");
        assert_eq!(times(0.01), "1/100");
        assert_eq!(times(12.345), "12.35");
    }

    #[test]
    fn durations_have_three_digits() {
        assert_eq!(duration(1.234), "1.23 ns");
        assert_eq!(duration(12_345.0), "12.3 µs");
        assert_eq!(duration(123_456_789.0), "123 ms");
        assert_eq!(duration(2e9), "2.00 s");
    }
}
