//! Which goals were met, on what, and what is behind those that were not? A line a goal.

use super::times;
use crate::goal::Goal;

/// A goal on all workloads, or parts of the corpus.
#[derive(Debug, PartialEq)]
pub(super) struct Line<'a> {
    /// What was measured.
    pub(super) what: &'a str,
    /// What was aimed at.
    pub(super) aim: &'a str,
    /// Where it was met, with ratios; that it was not measured, where it was not.
    pub(super) met: String,
    /// Where it was missed, the farthest first.
    pub(super) missed: String,
    /// What is behind the farthest miss.
    pub(super) reason: String,
}

/// A line for each goal, those that were missed somewhere first, otherwise in their order.
pub(super) fn lines(goals: &[Goal]) -> Vec<Line<'_>> {
    let mut named: Vec<(&str, &str)> = Vec::new();
    for goal in goals {
        if !named.contains(&(goal.what, &goal.aim)) {
            named.push((goal.what, &goal.aim));
        }
    }
    let mut lines: Vec<_> = named.into_iter().map(|(what, aim)| line(goals, what, aim)).collect();
    lines.sort_by_key(|line| line.missed.is_empty());
    lines
}

fn line<'a>(goals: &[Goal], what: &'a str, aim: &'a str) -> Line<'a> {
    let mut found: Vec<_> = goals
        .iter()
        .filter(|goal| goal.what == what && goal.aim == aim)
        .filter_map(|goal| Some((goal, goal.outcome?)))
        .collect();
    found.sort_by(|(_, one), (_, other)| other.ratio.median.total_cmp(&one.ratio.median));
    let list = |met: bool| {
        let cells: Vec<_> = found
            .iter()
            .filter(|(_, outcome)| outcome.met == met)
            .map(|(goal, outcome)| format!("{} {}", goal.on, times(outcome.ratio.median)).trim().to_owned())
            .collect();
        cells.join(", ")
    };
    let farthest = found.iter().find(|(goal, _)| goal.is_missed());
    let reason = farthest.map_or_else(String::new, |(goal, _)| match goal.on.as_str() {
        "" => goal.reason.clone(),
        on => format!("{on}: {}", goal.reason),
    });
    let met = if found.is_empty() { "not measured".into() } else { list(true) };
    Line { what, aim, met, missed: list(false), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{goal::Outcome, record::Spread};

    fn goal(aim: &str, on: &str, outcome: Option<(f64, bool)>) -> Goal {
        let spread = |median| Spread { low: median, median, high: median };
        Goal {
            what: "w",
            on: on.into(),
            aim: aim.into(),
            outcome: outcome.map(|(median, met)| Outcome { ratio: spread(median), met }),
            reason: if outcome.is_some_and(|(_, met)| !met) { format!("of {on}") } else { String::new() },
        }
    }

    #[test]
    fn a_goal_is_a_line_and_the_farthest_miss_gives_the_reason() {
        let goals = [
            goal("b", "", Some((0.5, true))),
            goal("a", "x", Some((1.5, false))),
            goal("a", "y", Some((3.0, false))),
            goal("a", "z", Some((1.0, true))),
            goal("a", "unmeasured", None),
            goal("c", "", None),
        ];
        let missed = Line {
            what: "w",
            aim: "a",
            met: "z 1.00".into(),
            missed: "y 3.00, x 1.50".into(),
            reason: "y: of y".into(),
        };
        let met = Line { what: "w", aim: "b", met: "1/2.00".into(), missed: String::new(), reason: String::new() };
        let unknown =
            Line { what: "w", aim: "c", met: "not measured".into(), missed: String::new(), reason: String::new() };
        assert_eq!(lines(&goals), [missed, met, unknown]);
    }
}
