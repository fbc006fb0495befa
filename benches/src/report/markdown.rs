use super::{
    OF_THE_PROPOSAL, STAGES, alternatives, bases, by_urgency, duration, noise, of_the_proposal, ratio_with_spread,
    stage_groups,
    summary::{Line, lines},
    verdict,
};
use crate::{
    goal::{Goal, job_ratio},
    job::Run,
    measurement::Measurement,
    record::{Record, Row, Samples, Spread, ratio},
};
use std::fmt::Write as _;

/// The report as Markdown.
pub fn markdown(record: &Record) -> String {
    let mut out = String::new();
    // A `String` takes everything.
    let _ = write(record, &mut out);
    out
}

fn write(record: &Record, out: &mut String) -> std::fmt::Result {
    let goals = by_urgency(record);
    writeln!(out, "# Dorcas beside its peers, {}\n\n{}\n", record.date, verdict(&goals))?;
    writeln!(
        out,
        "A time over another's; 1/10 is ten times as fast. Each with its spread is under \"Goal by goal\".\n"
    )?;
    writeln!(out, "| goal | met | missed | behind the farthest miss |\n|---|---|---|---|")?;
    for Line { what, aim, met, missed, reason } in lines(&goals) {
        writeln!(out, "| `{what}`: {aim} | {met} | {} | {} |", bold(&missed), cell(&reason))?;
    }
    writeln!(out, "\n## How it was measured\n")?;
    let machine = &record.machine;
    writeln!(
        out,
        "{}, {} threads, {} MiB, {}; {}. Runnable processes before: {}, after: {}.\n",
        machine.processor,
        machine.threads,
        machine.memory_mib,
        machine.system,
        machine.compiler,
        machine.load_before,
        machine.load_after,
    )?;
    writeln!(
        out,
        "Each subject is a process of its own. For each row all of them were asked in turns, {} times, fewer where \
         that took more than 12 seconds. A time is the median; beside it the quarters. A ratio is the median of the ratios round by round. Every reply was compared with \
         that of Dorcas.",
        record.rounds
    )?;
    if let Some((usual, widest)) = noise(record) {
        writeln!(
            out,
            "Half of the samples of a cell lie within {:.1}% of its median usually, within {:.0}% at worst.",
            usual * 100.0,
            widest * 100.0
        )?;
    }
    writeln!(out, "\n| subject | version |\n|---|---|")?;
    for subject in &record.subjects {
        writeln!(out, "| {} | {} |", subject.subject, subject.version)?;
    }
    for missing in &record.missing {
        writeln!(out, "| {} | missing: {} |", missing.subject, cell(&missing.why))?;
    }
    writeln!(out, "\n| workload | |\n|---|---|")?;
    for workload in &record.workloads {
        writeln!(out, "| `{}` | {} |", workload.id, cell(&workload.title))?;
    }

    goal_by_goal(&goals, out)?;
    alternatives(record, out)?;
    for measure in Measurement::ALL {
        let rows: Vec<&Row> = record.rows.iter().filter(|row| row.measure == measure).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "\n## `{}`\n\n{}", measure.name(), measure.meaning())?;
        for row in rows {
            table(row, out)?;
        }
    }
    stages(record, out)?;
    jobs(record, out)
}

/// Each goal on each workload.
fn goal_by_goal(goals: &[Goal], out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n## Goal by goal\n")?;
    writeln!(out, "| | goal | on | ratio of times (quarters) | why |\n|---|---|---|---|---|")?;
    for goal in goals {
        let (mark, ratio) = match goal.outcome {
            Some(outcome) => (if outcome.met { "met" } else { "**missed**" }, ratio_with_spread(outcome.ratio)),
            None => ("not measured", String::new()),
        };
        writeln!(out, "| {mark} | `{}`: {} | {} | {ratio} | {} |", goal.what, goal.aim, goal.on, cell(&goal.reason))?;
    }
    Ok(())
}

fn bold(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("**{text}**") }
}

/// All that carries messages, at a glance.
fn alternatives(record: &Record, out: &mut String) -> std::fmt::Result {
    let Some(table) = alternatives::table(record) else { return Ok(()) };
    writeln!(out, "\n## {}\n\n{}\n", alternatives::TITLE, alternatives::MEANING)?;
    writeln!(out, "| | {} |", table.headings.join(" | "))?;
    writeln!(out, "|---|{}", "--:|".repeat(table.headings.len()))?;
    for (subject, ratios) in &table.rows {
        writeln!(out, "| {subject} | {} |", ratios.join(" | "))?;
    }
    Ok(())
}

/// Dorcas alone.
fn stages(record: &Record, out: &mut String) -> std::fmt::Result {
    if record.stages.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## By stage\n\n{STAGES}")?;
    for group in stage_groups(record) {
        writeln!(out, "\n| {} | time | quarters | over the first |\n|---|--:|--:|--:|", group[0].group)?;
        for row in group {
            let Some(spread) = Spread::of(&row.samples) else { continue };
            writeln!(
                out,
                "| {} | {} | {} to {} | {} |",
                row.name,
                duration(spread.median),
                duration(spread.low),
                duration(spread.high),
                ratio(&row.samples, &group[0].samples).map(ratio_with_spread).unwrap_or_default(),
            )?;
        }
    }
    Ok(())
}

/// Whole processes.
fn jobs(record: &Record, out: &mut String) -> std::fmt::Result {
    if record.jobs.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## The whole job\n\nNative Gazelle with its proto language, and `dorcas` with its own, print the BUILD files of \
         the corpus, whole processes from start to exit. What they print is the same, byte for byte. A ratio is Dorcas's \
         over Gazelle's. Gazelle has no cache: warm is as cold for it.\n\n\
         | | files | Gazelle | Dorcas | ratio of times (quarters) | of processor time | peak, MiB: Gazelle, Dorcas |\n\
         |---|--:|--:|--:|--:|--:|--:|"
    )?;
    for row in &record.jobs {
        let median = |runs: &[Run], of: fn(&Run) -> f64| {
            Spread::of(&runs.iter().map(of).collect::<Vec<f64>>()).map_or(f64::NAN, |spread| spread.median)
        };
        let ratio = |of: fn(&Run) -> f64| job_ratio(row, of).map(ratio_with_spread).unwrap_or_default();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {:.0}, {:.0} |",
            row.scenario.title(),
            row.files,
            duration(1e9 * median(&row.gazelle, |run| run.wall)),
            duration(1e9 * median(&row.dorcas, |run| run.wall)),
            ratio(|run| run.wall),
            ratio(|run| run.cpu),
            median(&row.gazelle, |run| run.peak),
            median(&row.dorcas, |run| run.peak),
        )?;
    }
    Ok(())
}

fn table(row: &Row, out: &mut String) -> std::fmt::Result {
    let bases = bases(row);
    let has_sizes = row.cells.iter().any(|cell| cell.bytes.is_some());
    let title = if row.workload.is_empty() { String::new() } else { format!("`{}`", row.workload) };
    let mut headings: Vec<&str> = bases.iter().map(|(heading, _)| &**heading).collect();
    headings.extend(has_sizes.then_some("bytes"));
    let said = of_the_proposal(row.measure);
    headings.extend(said.map(|_| OF_THE_PROPOSAL));
    writeln!(out, "\n| {title} | time | quarters | {} |", headings.join(" | "))?;
    writeln!(out, "|---|--:|--:|{}", "--:|".repeat(headings.len()))?;
    for each in &row.cells {
        let ratio = |base: Option<&str>| {
            base.and_then(|base| row.ratio(&each.subject, base)).map(ratio_with_spread).unwrap_or_default()
        };
        match &each.samples {
            Samples::Measured(samples) => {
                let Some(spread) = Spread::of(samples) else { continue };
                let mut columns: Vec<String> = bases.iter().map(|(_, base)| ratio(*base)).collect();
                columns.extend(has_sizes.then(|| each.bytes.map(|bytes| bytes.to_string()).unwrap_or_default()));
                columns.extend(
                    said.map(|said| if each.subject == "wazero compiler" { said.into() } else { String::new() }),
                );
                writeln!(
                    out,
                    "| {} | {} | {} to {} | {} |",
                    each.subject,
                    duration(spread.median),
                    duration(spread.low),
                    duration(spread.high),
                    columns.join(" | "),
                )?;
            }
            Samples::Missing(_) => {}
            Samples::Failed(why) => {
                writeln!(out, "| {} | failed: {} | |{}", each.subject, cell(why), " |".repeat(headings.len()))?;
            }
        }
    }
    Ok(())
}

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}
