use super::{alternatives, bases, by_urgency, duration, noise, ratio_with_spread, verdict};
use crate::{
    goal::job_ratio,
    job::{JobRow, Run, Scenario},
    measurement::Measurement,
    record::{Record, Row, Samples, Spread},
};
use maud::{DOCTYPE, Markup, PreEscaped, html as page};

/// The report as a page of its own, with a picture for each row.
pub fn html(record: &Record) -> String {
    let goals = by_urgency(record);
    let title = format!("Dorcas beside its peers, {}", record.date);
    let machine = &record.machine;
    let markup = page! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p { (verdict(&goals)) }
                table {
                    tr { th {} th { "goal" } th { "on" } th { "ratio of times (quarters)" } }
                    @for goal in &goals {
                        @match goal.outcome {
                            Some(outcome) => tr class=(if outcome.met { "met" } else { "missed" }) {
                                td { (if outcome.met { "met" } else { "missed" }) }
                                td { code { (goal.what) } " " (goal.aim) }
                                td { (goal.on) }
                                td { (ratio_with_spread(outcome.ratio)) }
                            }
                            None => tr {
                                td { "not measured" }
                                td { code { (goal.what) } " " (goal.aim) }
                                td { (goal.on) }
                                td {}
                            }
                        }
                    }
                }
                p {
                    (machine.processor) ", " (machine.threads) " threads, " (machine.memory_mib) " MiB, " (machine.system)
                    "; " (machine.compiler) ". Runnable processes before: " (machine.load_before) ", after: "
                    (machine.load_after) ". " (record.rounds) " rounds in turns."
                    @if let Some((usual, widest)) = noise(record) {
                        (format!(" Half of the samples of a cell lie within {:.1}% of its median usually, within {:.0}% at worst.",
                            usual * 100.0, widest * 100.0))
                    }
                }
                ul {
                    @for missing in &record.missing { li { (missing.subject) " is missing: " (missing.why) } }
                }
                @if let Some(table) = alternatives::table(record) {
                    h2 { (alternatives::TITLE) }
                    p { (alternatives::MEANING) }
                    table {
                        tr { th {} @for heading in &table.headings { th { (heading) } } }
                        @for (subject, ratios) in &table.rows {
                            tr { td { (subject) } @for ratio in ratios { td { (ratio) } } }
                        }
                    }
                }
                @for measure in Measurement::ALL {
                    @let rows: Vec<&Row> = record.rows.iter().filter(|row| row.measure == measure).collect();
                    @if !rows.is_empty() {
                        h2 { code { (measure.name()) } }
                        p { (measure.meaning()) }
                        @for row in rows { (picture(row)) }
                    }
                }
                @if !record.jobs.is_empty() { (jobs(record)) }
            }
        }
    };
    markup.into_string()
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse}td,th{padding:.1rem .6rem;text-align:left;border-bottom:1px solid #ddd}\
    .missed td:first-child{color:#b00020;font-weight:bold}.met td:first-child{color:#1b6e2c}\
    svg{width:100%;height:auto}text{font:13px sans-serif}";

const WIDTH: f64 = 900.0;
const NAMES: f64 = 170.0;
const TIMES: f64 = 250.0;
const BAR: f64 = 22.0;

/// Bars on a logarithmic scale: a bar to the median, a line from quarter to quarter.
fn picture(row: &Row) -> Markup {
    let measured: Vec<(&str, Spread)> = row
        .cells
        .iter()
        .filter_map(|cell| match &cell.samples {
            Samples::Measured(samples) => Some((&*cell.subject, Spread::of(samples)?)),
            _ => None,
        })
        .collect();
    // In a picture there is room for one: the one that the report is about.
    let bases = bases(row);
    let base = bases.iter().find(|(heading, _)| heading.starts_with("over the best peer")).or(bases.first());
    let least = measured.iter().map(|(_, spread)| spread.low).fold(f64::INFINITY, f64::min).max(0.01);
    let most = measured.iter().map(|(_, spread)| spread.high).fold(least, f64::max);
    // A little below the shortest, so that this has a bar too.
    let (from, to) = ((least / 2.0).ln(), most.ln());
    let x =
        |value: f64| NAMES + (WIDTH - NAMES - TIMES) * ((value.max(least).ln() - from) / (to - from)).clamp(0.0, 1.0);
    page! {
        @if !row.workload.is_empty() { h3 { (row.workload) } }
        @let height = BAR * count(&measured) + 8.0;
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(format!("{} {}", row.measure.name(), row.workload)) {
            @for (index, (subject, spread)) in measured.iter().enumerate() {
                @let top = 4.0 + BAR * count(&measured[..index]);
                @let middle = top + BAR / 2.0;
                @let ratio = base.and_then(|(heading, base)| Some((heading, row.ratio(subject, (*base)?)?)));
                text x=(at(NAMES - 8.0)) y=(at(middle + 4.0)) text-anchor="end" { (subject) }
                rect x=(at(NAMES)) y=(at(top + 3.0)) width=(at(x(spread.median) - NAMES)) height=(at(BAR - 6.0))
                    fill=(if *subject == "dorcas" { "#1f5fbf" } else { "#9db4cf" }) {}
                line x1=(at(x(spread.low))) x2=(at(x(spread.high))) y1=(at(middle)) y2=(at(middle)) stroke="#222" {}
                text x=(at(x(spread.high) + 6.0)) y=(at(middle + 4.0)) {
                    (duration(spread.median))
                    @if let Some((heading, ratio)) = ratio { ", " (super::times(ratio.median)) " " (heading) }
                    @if let Some(bytes) = row.cells.iter().find(|cell| cell.subject == *subject).and_then(|cell| cell.bytes) {
                        ", " (bytes) " bytes"
                    }
                }
            }
        }
        @for cell in &row.cells {
            @if let Samples::Failed(why) = &cell.samples { p class="missed" { (cell.subject) " failed: " (why) } }
        }
    }
}

/// Curves of growth, cold and warm, and a table of all scenarios on the whole corpus.
fn jobs(record: &Record) -> Markup {
    let curves = [
        ("Gazelle, cold", "#9db4cf", curve(record, Scenario::Cold, |row| &row.gazelle)),
        ("Dorcas, cold", "#1f5fbf", curve(record, Scenario::Cold, |row| &row.dorcas)),
        ("Dorcas, warm", "#1b6e2c", curve(record, Scenario::Warm, |row| &row.dorcas)),
    ];
    let most = |of: fn(&(f64, f64)) -> f64| curves.iter().flat_map(|(_, _, points)| points).map(of).fold(0.0, f64::max);
    let (files, seconds) = (most(|point| point.0), most(|point| point.1));
    let place = |(x, y): (f64, f64)| (NAMES + (WIDTH - NAMES - TIMES) * x / files, 310.0 - 290.0 * y / seconds);
    page! {
        h2 { "The whole job" }
        p {
            "Native Gazelle and " code { "dorcas" } " print the BUILD files of the corpus, and of parts of it; whole \
             processes from start to exit. What they print is the same."
        }
        svg viewBox=(format!("0 0 {WIDTH} 340")) role="img" aria-label="seconds by number of files" {
            line x1=(at(NAMES)) x2=(at(WIDTH - TIMES)) y1="310" y2="310" stroke="#222" {}
            text x=(at(WIDTH - TIMES)) y="330" text-anchor="end" { (format!("{files} files")) }
            text x=(at(NAMES - 8.0)) y="24" text-anchor="end" { (duration(1e9 * seconds)) }
            @for (name, colour, points) in &curves {
                @let line: Vec<String> = points.iter().map(|point| place(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
                polyline points=(line.join(" ")) fill="none" stroke=(colour) stroke-width="2" {}
                @for point in points {
                    @let (x, y) = place(*point);
                    circle cx=(at(x)) cy=(at(y)) r="3" fill=(colour) {}
                }
                @if let Some(last) = points.last() {
                    @let (x, y) = place(*last);
                    text x=(at(x + 8.0)) y=(at(y + 4.0)) { (name) ", " (duration(1e9 * last.1)) }
                }
            }
        }
        table {
            tr { th {} th { "files" } th { "ratio of times (quarters)" } th { "of processor time" } th { "of peak memory" } }
            @for row in record.jobs.iter() {
                tr {
                    td { (row.scenario.title()) }
                    td { (row.files) }
                    @for of in [|run: &Run| run.wall, |run: &Run| run.cpu, |run: &Run| run.peak] {
                        td { (job_ratio(row, of).map(ratio_with_spread).unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

/// Files and seconds of a scenario, in order.
fn curve(record: &Record, scenario: Scenario, runs: fn(&JobRow) -> &Vec<Run>) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = record
        .jobs
        .iter()
        .filter(|row| row.scenario == scenario)
        .filter_map(|row| {
            let walls: Vec<f64> = runs(row).iter().map(|run| run.wall).collect();
            #[allow(clippy::cast_precision_loss, reason = "some thousand")]
            Some((row.files as f64, Spread::of(&walls)?.median))
        })
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

#[allow(clippy::cast_precision_loss, reason = "a handful")]
fn count<T>(things: &[T]) -> f64 {
    things.len() as f64
}

fn at(place: f64) -> String {
    format!("{place:.1}")
}
