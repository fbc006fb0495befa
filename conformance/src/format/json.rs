use crate::{Counts, Report};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    passes: bool,
    counts: Counts,
    badge: String,
    #[serde(flatten)]
    report: &'a Report,
}

pub(super) fn show(report: &Report) -> String {
    let document = Document { passes: report.passes(), counts: report.counts(), badge: report.badge(), report };
    let mut text = serde_json::to_string_pretty(&document).expect("a report has no keys that JSON can't have");
    text.push('\n');
    text
}
