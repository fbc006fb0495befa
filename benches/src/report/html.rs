use super::{
    OF_THE_PROPOSAL, STAGES, alternatives, bases, by_urgency, duration, noise, of_the_proposal, ratio_with_spread,
    stage_groups, summary::lines, verdict,
};
use crate::{
    goal::{Goal, job_ratio},
    job::{JobRow, Run, Scenario},
    measurement::Measurement,
    record::{Cell, Record, Row, Samples, Spread, StageRow, ratio},
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
                p { "A time over another's; 1/10 is ten times as fast. Each with its spread is under “Goal by goal”." }
                table {
                    tr { th { "goal" } th { "met" } th { "missed" } th { "behind the farthest miss" } }
                    @for line in lines(&goals) {
                        tr class=(if line.missed.is_empty() { "met" } else { "missed" }) {
                            td { code { (line.what) } " " (line.aim) }
                            td { (line.met) }
                            td { (line.missed) }
                            td { (line.reason) }
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
                dl {
                    @for workload in &record.workloads { dt { (workload.id) } dd { (workload.title) } }
                }
                h2 { "Goal by goal" }
                (goal_by_goal(&goals))
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
                @if !record.stages.is_empty() {
                    h2 { "By stage" }
                    p { (STAGES) }
                    @for group in stage_groups(record) { (stages(group)) }
                }
                @if !record.jobs.is_empty() { (jobs(record)) }
            }
        }
    };
    markup.into_string()
}

/// Each goal on each workload.
fn goal_by_goal(goals: &[Goal]) -> Markup {
    page! {
        table {
            tr { th {} th { "goal" } th { "on" } th { "ratio of times (quarters)" } th { "why" } }
            @for goal in goals {
                @let (mark, class) = match goal.outcome {
                    Some(outcome) if outcome.met => ("met", "met"),
                    Some(_) => ("missed", "missed"),
                    None => ("not measured", ""),
                };
                tr class=(class) {
                    td { (mark) }
                    td { code { (goal.what) } " " (goal.aim) }
                    td { (goal.on) }
                    td { @if let Some(outcome) = goal.outcome { (ratio_with_spread(outcome.ratio)) } }
                    td { (goal.reason) }
                }
            }
        }
    }
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse}td,th{padding:.1rem .6rem;text-align:left;border-bottom:1px solid #ddd}\
    .missed td:first-child{color:#b00020;font-weight:bold}.met td:first-child{color:#1b6e2c}\
    svg{width:100%;height:auto}text{font:13px sans-serif}";

const WIDTH: f64 = 1000.0;
const NAMES: f64 = 280.0;
const TIMES: f64 = 250.0;
const BAR: f64 = 22.0;

/// A row: who takes how long.
fn picture(row: &Row) -> Markup {
    // In a picture there is room for one: the one that the report is about.
    let bases = bases(row);
    let base = bases.iter().find(|(heading, _)| heading.starts_with("over the best peer")).or(bases.first());
    let note = |cell: &Cell| {
        let ratio = base.and_then(|(heading, base)| Some((heading, row.ratio(&cell.subject, (*base)?)?)));
        let ratio = ratio.map(|(heading, ratio)| format!("{} {heading}", super::times(ratio.median)));
        let bytes = cell.bytes.map(|bytes| format!("{bytes} bytes"));
        let notes: Vec<String> = ratio.into_iter().chain(bytes).collect();
        Some(notes.join(", ")).filter(|note| !note.is_empty())
    };
    let measured: Vec<Bar<'_>> = row
        .cells
        .iter()
        .filter_map(|cell| match &cell.samples {
            Samples::Measured(samples) => Some(Bar {
                name: &cell.subject,
                spread: Spread::of(samples)?,
                note: note(cell),
                is_ours: cell.subject == "dorcas",
            }),
            _ => None,
        })
        .collect();
    page! {
        @if !row.workload.is_empty() { h3 { (row.workload) } }
        (bars(&measured, &format!("{} {}", row.measure.name(), row.workload)))
        @if let Some(said) = of_the_proposal(row.measure) { p { "wazero compiler, " (OF_THE_PROPOSAL) ": " (said) "." } }
        @for cell in &row.cells {
            @if let Samples::Failed(why) = &cell.samples { p class="missed" { (cell.subject) " failed: " (why) } }
        }
    }
}

/// A group of stages.
fn stages(group: &[StageRow]) -> Markup {
    let measured: Vec<Bar<'_>> = group
        .iter()
        .enumerate()
        .filter_map(|(index, row)| {
            let ratio = ratio(&row.samples, &group[0].samples).filter(|_| index > 0);
            Some(Bar {
                name: &row.name,
                spread: Spread::of(&row.samples)?,
                note: ratio.map(|ratio| format!("{} of the first", super::times(ratio.median))),
                is_ours: true,
            })
        })
        .collect();
    page! {
        h3 { (group[0].group) }
        (bars(&measured, &group[0].group))
    }
}

/// A bar of a picture.
struct Bar<'a> {
    name: &'a str,
    spread: Spread,
    /// Behind the time.
    note: Option<String>,
    is_ours: bool,
}

/// Bars on a logarithmic scale: a bar to the median, a line from quarter to quarter.
fn bars(measured: &[Bar<'_>], title: &str) -> Markup {
    let least = measured.iter().map(|bar| bar.spread.low).fold(f64::INFINITY, f64::min).max(0.01);
    let most = measured.iter().map(|bar| bar.spread.high).fold(least, f64::max);
    // A little below the shortest, so that this has a bar too.
    let (from, to) = ((least / 2.0).ln(), most.ln());
    let x =
        |value: f64| NAMES + (WIDTH - NAMES - TIMES) * ((value.max(least).ln() - from) / (to - from)).clamp(0.0, 1.0);
    let height = BAR * count(measured) + 8.0;
    page! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(title) {
            @for (index, bar) in measured.iter().enumerate() {
                @let top = 4.0 + BAR * count(&measured[..index]);
                @let middle = top + BAR / 2.0;
                @let Spread { low, median, high } = bar.spread;
                text x=(at(NAMES - 8.0)) y=(at(middle + 4.0)) text-anchor="end" { (bar.name) }
                rect x=(at(NAMES)) y=(at(top + 3.0)) width=(at(x(median) - NAMES)) height=(at(BAR - 6.0))
                    fill=(if bar.is_ours { "#1f5fbf" } else { "#9db4cf" }) {}
                line x1=(at(x(low))) x2=(at(x(high))) y1=(at(middle)) y2=(at(middle)) stroke="#222" {}
                text x=(at(x(high) + 6.0)) y=(at(middle + 4.0)) {
                    (duration(median))
                    @if let Some(note) = &bar.note { ", " (note) }
                }
            }
        }
    }
}

/// What of a run grows, and how it is said.
type Quantity = (&'static str, fn(&Run) -> f64, fn(f64) -> String);

const GROWTH: [Quantity; 3] = [
    ("Time from start to exit", |run| run.wall, |seconds| duration(1e9 * seconds)),
    ("Time of all processors", |run| run.cpu, |seconds| duration(1e9 * seconds)),
    ("Most memory", |run| run.peak, |mib| format!("{mib:.0} MiB")),
];

/// Curves of growth, and a table of all scenarios on the whole corpus and on parts of it.
fn jobs(record: &Record) -> Markup {
    page! {
        h2 { "The whole job" }
        p {
            "Native Gazelle and " code { "dorcas" } " print the BUILD files of the corpus, and of an eighth, a quarter and half \
             of it; whole processes from start to exit. What they print is the same. Gazelle has no cache: warm is as \
             cold for it, and it is shown once."
        }
        @for (title, of, say) in GROWTH {
            h3 { (title) }
            (growth(record, title, of, say))
        }
        table {
            tr { th {} th { "files" } th { "ratio of times (quarters)" } th { "of processor time" } th { "of peak memory" } }
            @for row in record.jobs.iter() {
                tr {
                    td { (row.scenario.title()) }
                    td { (row.files) }
                    @for (_, of, _) in GROWTH {
                        td { (job_ratio(row, of).map(ratio_with_spread).unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

/// A curve for each scenario, over the number of files.
fn growth(record: &Record, title: &str, of: fn(&Run) -> f64, say: fn(f64) -> String) -> Markup {
    let ours = |scenario| curve(record, scenario, |row| &row.dorcas, of);
    let curves = [
        ("Gazelle, cold", "#7a8ca3", curve(record, Scenario::Cold, |row| &row.gazelle, of)),
        ("Gazelle, one directory", "#b9c4d2", curve(record, Scenario::OneDirectory, |row| &row.gazelle, of)),
        ("Dorcas, cold", "#1f5fbf", ours(Scenario::Cold)),
        ("Dorcas, one file changed", "#8a4fbf", ours(Scenario::OneFileChanged)),
        ("Dorcas, one directory", "#c07a1c", ours(Scenario::OneDirectory)),
        ("Dorcas, warm", "#1b6e2c", ours(Scenario::Warm)),
    ];
    let most = |of: fn(&(f64, f64)) -> f64| curves.iter().flat_map(|(_, _, points)| points).map(of).fold(0.0, f64::max);
    let (files, top) = (most(|point| point.0), most(|point| point.1));
    let place = |(x, y): (f64, f64)| (NAMES + (WIDTH - NAMES - TIMES) * x / files, 310.0 - 290.0 * y / top);
    page! {
        svg viewBox=(format!("0 0 {WIDTH} 340")) role="img" aria-label=(format!("{title} by number of files")) {
            line x1=(at(NAMES)) x2=(at(WIDTH - TIMES)) y1="310" y2="310" stroke="#222" {}
            text x=(at(WIDTH - TIMES)) y="330" text-anchor="end" { (format!("{files} files")) }
            text x=(at(NAMES - 8.0)) y="24" text-anchor="end" { (say(top)) }
            @for (index, (name, colour, points)) in curves.iter().enumerate() {
                @let line: Vec<String> = points.iter().map(|point| place(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
                polyline points=(line.join(" ")) fill="none" stroke=(colour) stroke-width="2" {}
                @for point in points {
                    @let (x, y) = place(*point);
                    circle cx=(at(x)) cy=(at(y)) r="3" fill=(colour) {}
                }
                // One below the other at the left, since curves end on top of each other.
                @if let Some(last) = points.last() {
                    text x=(at(NAMES - 8.0)) y=(at(60.0 + BAR * count(&curves[..index]))) text-anchor="end" fill=(colour) {
                        (name) ", " (say(last.1))
                    }
                }
            }
        }
    }
}

/// Files and what they take in a scenario, in order.
fn curve(record: &Record, scenario: Scenario, runs: fn(&JobRow) -> &Vec<Run>, of: fn(&Run) -> f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = record
        .jobs
        .iter()
        .filter(|row| row.scenario == scenario)
        .filter_map(|row| {
            let numbers: Vec<f64> = runs(row).iter().map(of).collect();
            #[allow(clippy::cast_precision_loss, reason = "some thousand")]
            Some((row.files as f64, Spread::of(&numbers)?.median))
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
