//! All that carries a message, and all that encodes one, comes to the same.

use dorcas_benches::{
    measurement::{Measurement, Needs},
    record::{Record, Samples},
    session::{self, Candidate, Effort},
    subject, workload,
};
use std::time::Duration;

fn hold(needs: Needs) -> Record {
    let candidates = subject::NAMES.map(|name| Candidate {
        subject: name.into(),
        program: env!("CARGO_BIN_EXE_dorcas-benches").into(),
        arguments: vec!["subject".into(), name.into()],
        remedy: String::new(),
    });
    let measurements: Vec<Measurement> =
        Measurement::ALL.into_iter().filter(|measure| measure.needs() == needs).collect();
    let effort = Effort { rounds: 2, batch: Duration::ZERO };
    session::hold(&candidates, &measurements, &workload::all(), effort, &mut |_, _, _| ()).unwrap()
}

/// The subjects that have done what each row is about, the same in all rows.
fn done(record: &Record) -> Vec<String> {
    let done_in = |row: &dorcas_benches::record::Row| -> Vec<String> {
        let named = row.cells.iter().filter_map(|cell| match &cell.samples {
            Samples::Measured(_) => Some(cell.subject.clone()),
            Samples::Missing(_) => None,
            Samples::Failed(why) => panic!("{} {} of {}: {why}", row.measure.name(), row.workload, cell.subject),
        });
        named.collect()
    };
    let first = done_in(&record.rows[0]);
    assert!(record.rows.iter().all(|row| done_in(row) == first));
    first
}

#[test]
fn every_transport_answers_every_message() {
    let record = hold(Needs::Message);
    assert_eq!(record.rows.len(), 6);
    assert_eq!(
        done(&record),
        [
            "dorcas",
            "wasmi",
            "wasmi unmetered",
            "native",
            "dorcas, fresh instance",
            "process over pipes",
            "process over a Unix socket",
            "process for each call"
        ]
    );
}

#[test]
fn every_encoding_says_the_same_and_how_long_it_is() {
    let record = hold(Needs::Value);
    assert_eq!(record.rows.len(), 6);
    assert_eq!(done(&record), ["dorcas", "postcard alone", "Cap'n Proto", "Cap'n Proto, packed", "JSON"]);
    let measured = record.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.bytes.is_some());
    assert_eq!(measured.count(), 30);
}
