//! How often things are asked.

use crate::clock::Span;
use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, DETAILS, SYNC, Turn, long, runs};

const ABOUT: Subject = Subject::Pace;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "polls-in-a-loop",
        Severity::Warning,
        "Syncs in a tight loop though nothing changes",
        "Once a minute is often; clients in use sync every one to thirty minutes.",
        &["enrollment.sync-empty", "enrollment.row-portal-lag"],
        |chapter| long(polls(chapter).into_iter().filter(|run| pace(run) < 1_000).collect(), 10),
    ),
    ABOUT.rule(
        "polls-often",
        Severity::Note,
        "Syncs every few seconds though nothing changes",
        "Once a minute is often: a change at the portal takes seconds to minutes to be seen anyway.",
        &["enrollment.sync-empty", "enrollment.row-portal-lag"],
        |chapter| long(polls(chapter).into_iter().filter(|run| pace(run) >= 1_000).collect(), 10),
    ),
    ABOUT.rule(
        "details-one-by-one",
        Severity::Note,
        "Asks for the details of many devices one by one",
        "One request takes many serial numbers; 5,000 were answered in full.",
        &["enrollment.details-many"],
        |chapter| {
            let single = chapter.of(DETAILS).filter(|turn| turn.ok() && turn.wish.serials.len() == 1);
            long(runs(single, Span::from_seconds(1)), 20)
        },
    ),
];

/// Syncs, one after the other, of which none brought anything, with less than 15 seconds between any two.
fn polls(chapter: &Chapter) -> Vec<Vec<&Turn>> {
    let is_empty = |turn: &Turn| turn.page.as_ref().is_some_and(|page| page.rows.is_empty() && !page.more);
    let syncs: Vec<&Turn> = chapter.of(SYNC).collect();
    let fruitless = syncs.split(|turn| !is_empty(turn));
    fruitless.flat_map(|turns| runs(turns.iter().copied(), Span::from_seconds(15))).collect()
}

/// The mean pause, in milliseconds.
fn pace(run: &[&Turn]) -> i64 {
    let pauses = run.windows(2).map(|pair| pair[1].pause_after(pair[0]).millis().max(0));
    pauses.sum::<i64>() / (run.len().max(2) as i64 - 1)
}
