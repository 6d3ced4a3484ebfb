//! Waiting when told to.

use std::collections::HashMap;

use crate::clock::Span;
use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{ASSIGN, Chapter, DEFINE, Turn, long, runs};

const ABOUT: Subject = Subject::Patience;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "ignores-retry-after",
        Severity::Error,
        "Tries again before Retry-After is over",
        "Retry-After is a number of seconds or a date: wait that long before the same request is sent again.",
        &["enrollment.outage", "apps.retry-after"],
        impatient,
    )
    .everywhere(),
    ABOUT.rule(
        "retries-throttled-early",
        Severity::Error,
        "Assigns profiles to throttled devices before retry_after_seconds are over",
        "Leave these devices alone until the time is over; each try may make it longer.",
        &["enrollment.throttle-words", "enrollment.throttle-ends", "enrollment.throttle-extends"],
        throttled,
    ),
    ABOUT.rule(
        "retries-failed-at-once",
        Severity::Warning,
        "Tries devices again and again at once that FAILED or were THROTTLED",
        "One more try may help; then wait: an hour after FAILED, a day where the device is throttled.",
        &["enrollment.throttle-words", "enrollment.throttle-ends"],
        failed,
    ),
    ABOUT.rule(
        "hammers-when-down",
        Severity::Warning,
        "Repeats a request without a pause while the service fails",
        "After 5xx, 429 or a lost connection wait, and twice as long each time.",
        &["enrollment.outage", "apps.retry-after"],
        hammering,
    )
    .everywhere(),
    ABOUT.rule(
        "hammers-while-terms-wait",
        Severity::Warning,
        "Goes on calling in a tight loop at T_C_NOT_SIGNED",
        "Only a person can sign Apple's terms, and it may take hours to be known: tell the administrator, and look again in minutes.",
        &["enrollment.terms", "portal.terms-lag"],
        waiting_for_terms,
    ),
];

/// What a client's timer and ours may differ by.
const SLACK: Span = Span::from_millis(100);

fn is_early(turn: &Turn, after: &Turn, wait: Span) -> bool {
    turn.knew_of(after) && turn.pause_after(after).millis() + SLACK.millis() < wait.millis()
}

fn impatient(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for (place, told) in chapter.turns.iter().enumerate() {
        let Some(wait) = told.retry_after else { continue };
        let again = chapter.after(place).iter().find(|turn| turn.question() == told.question());
        if let Some(again) = again.filter(|again| is_early(again, told, wait)) {
            found.extend([told.id, again.id]);
        }
    }
    found
}

/// The devices that an answer gives one of `results`.
fn with_result<'t>(turn: &'t Turn, results: &'t [&str]) -> impl Iterator<Item = &'t str> {
    let fits = turn.results.iter().filter(|(_, result)| results.contains(&result.as_str()));
    fits.map(|(serial, _)| serial.as_str())
}

fn throttled(chapter: &Chapter) -> Vec<u64> {
    let mut resting: HashMap<&str, (&Turn, Span)> = HashMap::new();
    let mut found = Vec::new();
    for turn in chapter.turns.iter().filter(|turn| turn.operation == ASSIGN || turn.operation == DEFINE) {
        let told = turn.wish.serials.iter().filter_map(|serial| resting.get(serial.as_str()));
        let early: Vec<u64> =
            told.filter(|(told, rest)| is_early(turn, told, *rest)).map(|(told, _)| told.id).collect();
        if !early.is_empty() {
            found.extend(early);
            found.push(turn.id);
        }
        for (serial, _) in &turn.results {
            resting.remove(serial.as_str());
        }
        if let Some(rest) = turn.rest {
            resting.extend(with_result(turn, &["THROTTLED"]).map(|serial| (serial, (turn, rest))));
        }
    }
    found
}

fn failed(chapter: &Chapter) -> Vec<u64> {
    let mut tries: HashMap<&str, Vec<&Turn>> = HashMap::new();
    for turn in chapter.of(ASSIGN).filter(|turn| turn.rest.is_none()) {
        for serial in with_result(turn, &["FAILED", "THROTTLED"]) {
            let turns = tries.entry(serial).or_default();
            if turns.last().is_none_or(|last| turn.knew_of(last)) {
                turns.push(turn);
            }
        }
    }
    tries.into_values().flat_map(|turns| long(runs(turns, Span::from_seconds(60)), 3)).collect()
}

fn hammering(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    // Questions that fail, since they were last answered.
    let mut failing: HashMap<_, Vec<&Turn>> = HashMap::new();
    for turn in &chapter.turns {
        if turn.status >= 500 || turn.status == 429 || turn.status == 0 {
            failing.entry(turn.question()).or_default().push(turn);
        } else if let Some(turns) = failing.remove(&turn.question()) {
            found.append(&mut without_pause(turns));
        }
    }
    found.extend(failing.into_values().flat_map(without_pause));
    found
}

fn without_pause(turns: Vec<&Turn>) -> Vec<u64> {
    let runs = runs(turns, Span::from_seconds(1)).into_iter();
    long(runs.filter(|run| !backs_off(run)).collect(), 5)
}

/// Whether each pause is longer than the one before.
fn backs_off(run: &[&Turn]) -> bool {
    let pauses: Vec<i64> = run.windows(2).map(|pair| pair[1].pause_after(pair[0]).millis()).collect();
    pauses.windows(2).all(|pair| pair[1] > pair[0] + pair[0] / 4) && pauses.last().is_some_and(|last| *last >= 50)
}

fn waiting_for_terms(chapter: &Chapter) -> Vec<u64> {
    let is_refused = |turn: &Turn| turn.code.contains("T_C_NOT_SIGNED");
    let mut found = Vec::new();
    for refused in chapter.turns.split(|turn| !is_refused(turn)) {
        let mut known: Vec<&Turn> = Vec::new();
        for turn in refused {
            if known.last().is_none_or(|last| turn.knew_of(last)) {
                known.push(turn);
            }
        }
        found.append(&mut long(runs(known, Span::from_seconds(2)), 6));
    }
    found
}
