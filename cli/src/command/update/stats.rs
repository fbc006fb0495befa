//! What a run has taken: `--stats`, for people.

use crate::messages::grouped;
use comfy_table::{CellAlignment, Row, Table, presets};
use dorcas_gazelle::{CallTotals, LanguageStats, Timings};
use std::time::Duration;

/// A table: for each guest a line a method, and one for all of them where there are several. Fuel, time and bytes are
/// those of this run: what was cached has taken none.
pub(super) fn table(languages: &[LanguageStats]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["guest", "method", "calls", "cached", "fuel", "time", "bytes in", "bytes out"]);
    for language in languages {
        for (method, totals) in &language.methods {
            table.add_row(row(&language.name, method, totals));
        }
        if language.methods.len() != 1 {
            table.add_row(row(&language.name, "all", &language.total()));
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        if column.index >= 2 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

fn row(guest: &str, method: &str, totals: &CallTotals) -> Row {
    Row::from([
        guest.to_owned(),
        method.to_owned(),
        grouped(totals.calls),
        grouped(totals.known),
        grouped(totals.fuel),
        milliseconds(totals.time),
        grouped(totals.request_bytes),
        grouped(totals.reply_bytes),
    ])
}

/// Where the time went, in one line. A guest's times in the table are those of all threads together, these are not.
pub(super) fn timings(timings: &Timings, write: Duration) -> String {
    let Timings { load, walk, generate, index, resolve, .. } = *timings;
    let stages = [("load", load), ("walk", walk), ("generate", generate), ("index", index), ("resolve", resolve)];
    let stages = stages.into_iter().chain([("write", write)]);
    let stages: Vec<_> = stages.map(|(name, time)| format!("{name} {}", milliseconds(time))).collect();
    format!("time passed: {}", stages.join(", "))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_two_guests() {
        let totals = |calls| {
            let mut totals = CallTotals::default();
            (totals.calls, totals.known) = (calls, calls / 3);
            (totals.fuel, totals.time) = (calls * 1_000_000, Duration::from_micros(calls * 1500));
            (totals.request_bytes, totals.reply_bytes) = (calls * 100, calls * 10);
            totals
        };
        let guest = |name: &str, methods| {
            let mut stats = LanguageStats::default();
            (stats.name, stats.methods) = (name.into(), methods);
            stats
        };
        let guests = [
            guest("proto", vec![("generate_rules", totals(12)), ("resolve", totals(3))]),
            guest("one", vec![("generate_rules", totals(1))]),
            guest("idle", vec![]),
        ];
        assert_eq!(
            table(&guests),
            "guest  method          calls  cached        fuel     time  bytes in  bytes out\n\
             proto  generate_rules     12       4  12,000,000  18.0 ms     1,200        120\n\
             proto  resolve             3       1   3,000,000   4.5 ms       300         30\n\
             proto  all                15       5  15,000,000  22.5 ms     1,500        150\n\
             one    generate_rules      1       0   1,000,000   1.5 ms       100         10\n\
             idle   all                 0       0           0   0.0 ms         0          0"
        );
    }
}
