//! Which of the alternatives that the proposal weighs takes how long, at a glance?

use super::ratio_with_spread;
use crate::{
    measurement::Needs,
    record::{Record, Row},
};

pub(super) const TITLE: &str = "The alternatives";

pub(super) const MEANING: &str = "The same message and the same work by what the proposal weighs: how many times as long each \
     takes as our call of a resident instance, with quarters; 1/10 is ten times as fast. A process that waits for a \
     message costs two wake-ups, which a machine that does other things too makes longer. The times are below, under \
     service_echo and service_work.";

/// Ratios over our call.
pub(super) struct Table {
    /// What was measured on which message.
    pub(super) headings: Vec<String>,
    /// A subject, and its ratios; empty where it has none.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// None where nothing of the kind was measured.
pub(super) fn table(record: &Record) -> Option<Table> {
    let rows: Vec<&Row> = record.rows.iter().filter(|row| row.measure.needs() == Needs::Message).collect();
    let name = |row: &Row| row.measure.name().trim_start_matches("service_").to_owned();
    let headings = rows.iter().map(|row| format!("{} {}", name(row), row.workload)).collect();
    let subjects = rows.first()?.cells.iter().map(|cell| &cell.subject);
    let rows = subjects
        .filter(|subject| rows.iter().any(|row| row.of(subject).is_some()))
        .map(|subject| {
            let ratios = rows.iter().map(|row| row.ratio(subject, "dorcas").map(ratio_with_spread).unwrap_or_default());
            (subject.clone(), ratios.collect())
        })
        .collect();
    Some(Table { headings, rows })
}
