//! What came of it, and how sure is it?

use crate::{job::JobRow, machine::Machine, measurement::Measurement, protocol::Greeting};
use serde::{Deserialize, Serialize};

/// A session's samples. The report is made of this alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The day, as `2026-11-21`.
    pub date: String,
    /// Where.
    pub machine: Machine,
    /// How many times each subject was asked for each measurement, in turns.
    pub rounds: usize,
    /// Who was measured.
    pub subjects: Vec<Greeting>,
    /// Who should have been, and why not.
    pub missing: Vec<MissingSubject>,
    /// On what.
    #[serde(default)]
    pub workloads: Vec<WorkloadNote>,
    /// What was measured.
    pub rows: Vec<Row>,
    /// The steps of a call, and the choices of an embedder.
    #[serde(default)]
    pub stages: Vec<StageRow>,
    /// Native Gazelle and Dorcas, as whole processes.
    #[serde(default)]
    pub jobs: Vec<JobRow>,
}

/// A subject that could not take part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingSubject {
    /// Its name.
    pub subject: String,
    /// Why, and what to do.
    pub why: String,
}

/// What the id of a workload stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadNote {
    /// Its name in the rows.
    pub id: String,
    /// What it is.
    pub title: String,
}

/// A measurement of a workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What.
    pub measure: Measurement,
    /// On which workload; empty where the measurement needs none.
    pub workload: String,
    /// By whom, in the order of the subjects.
    pub cells: Vec<Cell>,
}

/// A measurement of a workload by a subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The subject.
    pub subject: String,
    /// What came of it.
    pub samples: Samples,
    /// Length of what was made, where that is a part of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Samples {
    /// Nanoseconds for doing it once, a number for each round.
    Measured(Vec<f64>),
    /// The subject has nothing like it.
    Missing(String),
    /// It went wrong, or came to something else than what Dorcas says.
    Failed(String),
}

/// A step, or a choice; see [`stage`](crate::stage).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageRow {
    /// Those of a group are compared with its first.
    pub group: String,
    /// What.
    pub name: String,
    /// Nanoseconds for doing it once, a number for each round.
    pub samples: Vec<f64>,
}

/// The middle of some numbers, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the numbers are below.
    pub median: f64,
    /// A quarter is below.
    pub low: f64,
    /// A quarter is above.
    pub high: f64,
}

impl Spread {
    /// Of at least one number.
    pub fn of(numbers: &[f64]) -> Option<Self> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self { low: quantile(&sorted, 1)?, median: quantile(&sorted, 2)?, high: quantile(&sorted, 3)? })
    }
}

/// Quarters of numbers in order; between two of them in a straight line.
fn quantile(sorted: &[f64], quarters: usize) -> Option<f64> {
    let steps = (sorted.len().checked_sub(1)?) * quarters;
    let (below, rest) = (steps / 4, steps % 4);
    let low = sorted[below];
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    #[allow(clippy::cast_precision_loss, reason = "0 to 3")]
    Some(low + (high - low) * (rest as f64) / 4.0)
}

impl Record {
    /// A row, by its measurement and workload.
    pub fn row(&self, measure: Measurement, workload: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.measure == measure && row.workload == workload)
    }

    /// The median of a stage, by its group and name.
    pub fn stage(&self, group: &str, name: &str) -> Option<f64> {
        let row = self.stages.iter().find(|row| row.group == group && row.name == name)?;
        Spread::of(&row.samples).map(|spread| spread.median)
    }

    /// The workloads, in the order of the record.
    pub fn workloads(&self) -> Vec<&str> {
        let mut workloads: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !row.workload.is_empty() && !workloads.contains(&&*row.workload) {
                workloads.push(&row.workload);
            }
        }
        workloads
    }
}

impl Row {
    /// The samples of a subject, if it has any.
    pub fn of(&self, subject: &str) -> Option<&[f64]> {
        self.cells.iter().find(|cell| cell.subject == subject).and_then(|cell| match &cell.samples {
            Samples::Measured(samples) => Some(&samples[..]),
            _ => None,
        })
    }

    /// How many times as long as `base` a subject takes: round by round, since what disturbs one disturbs the other.
    pub fn ratio(&self, subject: &str, base: &str) -> Option<Spread> {
        ratio(self.of(subject)?, self.of(base)?)
    }
}

/// How many times as long, round by round.
pub fn ratio(samples: &[f64], base: &[f64]) -> Option<Spread> {
    let ratios: Vec<f64> = samples.iter().zip(base).map(|(sample, base)| sample / base).collect();
    Spread::of(&ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters() {
        let spread = Spread::of(&[4.0, 1.0, 3.0, 2.0, 5.0]).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (2.0, 3.0, 4.0));
        let spread = Spread::of(&[1.0, 2.0]).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (1.25, 1.5, 1.75));
        assert_eq!(Spread::of(&[7.0]), Some(Spread { low: 7.0, median: 7.0, high: 7.0 }));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn a_disturbance_of_both_is_none_of_the_ratio() {
        assert_eq!(ratio(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]), Spread::of(&[2.0]));
    }
}
