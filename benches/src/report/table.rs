//! The numbers as a small table for programs: comma-separated values.

use crate::{
    job::Run,
    record::{Record, Samples, Spread},
};
use std::fmt::Write as _;

/// A line for each subject of each measurement, each stage and each whole job: what, on which workload, by whom, in which unit,
/// the median and its quarters, and the bytes of what was made where that is a part of the question.
///
/// A subject that has nothing like it, or that failed, has no numbers: the report says why.
pub fn table(record: &Record) -> String {
    let mut table = String::from("measurement,workload,subject,unit,low,median,high,bytes\n");
    for row in &record.rows {
        for cell in &row.cells {
            let Samples::Measured(samples) = &cell.samples else { continue };
            let bytes = cell.bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
            line(&mut table, [row.measure.name(), &row.workload, &cell.subject, "ns"], samples, &bytes);
        }
    }
    for stage in &record.stages {
        line(&mut table, [&stage.group, "", &stage.name, "ns"], &stage.samples, "");
    }
    for job in &record.jobs {
        let (what, files) = (format!("job {:?}", job.scenario).to_lowercase(), format!("{} files", job.files));
        for (subject, runs) in [("gazelle", &job.gazelle), ("dorcas", &job.dorcas)] {
            let column = |of: fn(&Run) -> f64| runs.iter().map(of).collect::<Vec<_>>();
            line(&mut table, [&what, &files, subject, "s"], &column(|run| run.wall), "");
            line(&mut table, [&what, &files, subject, "s of all processors"], &column(|run| run.cpu), "");
            line(&mut table, [&what, &files, subject, "MiB at most"], &column(|run| run.peak), "");
        }
    }
    table
}

fn line(table: &mut String, names: [&str; 4], samples: &[f64], bytes: &str) {
    let Some(Spread { low, median, high }) = Spread::of(samples) else { return };
    let names = names.map(quoted).join(",");
    let numbers = [low, median, high].map(short).join(",");
    writeln!(table, "{names},{numbers},{bytes}").expect("a text takes any text");
}

/// A field, in quotes where a comma or a quote is in it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.into() }
}

/// Four digits that count are more than any of these numbers is good for.
fn short(number: f64) -> String {
    let text = format!("{number:.3e}").parse::<f64>().unwrap_or(number);
    text.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_numbers() {
        assert_eq!(["a", "a, b", "\"a\""].map(quoted), ["a", "\"a, b\"", "\"\"\"a\"\"\""]);
        assert_eq!([123_456.7, 0.012_345_6, 81.0].map(short), ["123500", "0.01235", "81"]);
    }
}
