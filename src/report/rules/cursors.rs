//! Cursors of fetch and sync.

use std::collections::HashMap;

use crate::clock::Span;
use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, FETCH, SYNC, Turn, long, runs};

const ABOUT: Subject = Subject::Cursors;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "cursor-loop",
        Severity::Error,
        "Loops on a cursor that comes back unchanged",
        "Where an answer says more_to_follow and names the cursor that was sent, nothing is gained by asking again at once: stop, and begin at the next turn.",
        &["enrollment.cursor-repeats"],
        loops,
    ),
    ABOUT.rule(
        "cursor-not-adopted",
        Severity::Warning,
        "Sends the same cursor again and again, though each answer names a new one",
        "Every answer's cursor replaces the one before, also where the page is empty: it starts the seven days anew.",
        &["enrollment.cursor-renewed", "enrollment.sync-replay"],
        not_adopted,
    ),
    ABOUT.rule(
        "keeps-refused-cursor",
        Severity::Error,
        "Keeps a cursor that expired or is invalid",
        "At EXPIRED_CURSOR or INVALID_CURSOR forget the cursor, and fetch everything anew, without one.",
        &["enrollment.cursor-expires", "enrollment.cursor-invalid"],
        keeps_refused,
    ),
    ABOUT.rule(
        "cursor-of-another-server",
        Severity::Error,
        "Sends a cursor that another MDM server was given",
        "Each server token has its own list of devices and its own cursor: store the cursor with the token.",
        &["enrollment.cursor-invalid"],
        |chapter| chapter.ids(|turn| turn.has_foreign_cursor && turn.earned("INVALID_CURSOR")),
    ),
    ABOUT.rule(
        "sync-without-cursor",
        Severity::Error,
        "Syncs without a cursor",
        "The cursor for the first sync is that of the last page of a fetch.",
        &["enrollment.cursor-required"],
        |chapter| chapter.ids(|turn| turn.earned("CURSOR_REQUIRED")),
    ),
    ABOUT.rule(
        "fetches-with-sync-cursor",
        Severity::Note,
        "Fetches with cursors that have nothing left to fetch",
        "Several clients do, and it works: EXHAUSTED_CURSOR tells them to sync. One request is saved by remembering which of both comes next.",
        &["enrollment.cursor-exhausted"],
        |chapter| {
            Some(chapter.ids(|turn| turn.earned("EXHAUSTED_CURSOR"))).filter(|ids| ids.len() >= 3).unwrap_or_default()
        },
    ),
    ABOUT.rule(
        "fetches-anew-when-exhausted",
        Severity::Warning,
        "Fetches everything anew at EXHAUSTED_CURSOR",
        "Go on with a sync and this cursor: it tells what changed since, the devices that left among it.",
        &["enrollment.cursor-exhausted"],
        anew_when_exhausted,
    ),
    ABOUT.rule(
        "fetches-where-it-should-sync",
        Severity::Warning,
        "Fetches everything again and again",
        "Fetch once, then sync with the cursor of the last page; a full fetch now and then does no harm, but says nothing of devices that left.",
        &["enrollment.fetch-last-page", "enrollment.sync-complete"],
        needless_fetches,
    ),
];

fn loops(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for operation in [FETCH, SYNC] {
        let mut stuck: HashMap<&str, Vec<&Turn>> = HashMap::new();
        for turn in chapter.of(operation) {
            let (Some(sent), Some(page)) = (&turn.wish.cursor, &turn.page) else { continue };
            if page.more && page.cursor == *sent {
                stuck.entry(sent).or_default().push(turn);
            }
        }
        found.extend(stuck.into_values().flat_map(|turns| long(runs(turns, Span::from_seconds(10)), 3)));
    }
    found
}

fn not_adopted(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for operation in [FETCH, SYNC] {
        let mut sent: HashMap<&str, Vec<&Turn>> = HashMap::new();
        for turn in chapter.of(operation) {
            let (Some(cursor), Some(page)) = (&turn.wish.cursor, &turn.page) else { continue };
            let turns = sent.entry(cursor).or_default();
            if page.cursor != *cursor && turns.last().is_none_or(|last| turn.knew_of(last)) {
                turns.push(turn);
            }
        }
        found.extend(sent.into_values().filter(|turns| turns.len() >= 4).flatten().map(|turn| turn.id));
    }
    found
}

fn keeps_refused(chapter: &Chapter) -> Vec<u64> {
    let mut refused: HashMap<&str, Vec<&Turn>> = HashMap::new();
    for turn in chapter.turns.iter().filter(|turn| turn.refuses_cursor()) {
        let Some(cursor) = &turn.wish.cursor else { continue };
        let turns = refused.entry(cursor).or_default();
        if turns.last().is_none_or(|last| turn.knew_of(last)) {
            turns.push(turn);
        }
    }
    // A client may try both, fetch and sync, before it believes it.
    refused.into_values().filter(|turns| turns.len() >= 3).flatten().map(|turn| turn.id).collect()
}

fn anew_when_exhausted(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for (place, exhausted) in chapter.turns.iter().enumerate().filter(|(_, turn)| turn.code == "EXHAUSTED_CURSOR") {
        let next = chapter.after(place).iter().find(|turn| turn.is_list() && turn.knew_of(exhausted));
        found.extend(next.filter(|next| next.is_fresh_fetch() && next.ok()).map(|next| next.id));
    }
    found
}

fn needless_fetches(chapter: &Chapter) -> Vec<u64> {
    let (mut found, mut needless) = (Vec::new(), Vec::new());
    let mut finished: Option<&Turn> = None;
    for turn in chapter.turns.iter().filter(|turn| turn.is_list()) {
        if turn.is_fresh_fetch() && turn.ok() {
            match finished {
                Some(last) if turn.knew_of(last) && turn.pause_after(last) < Span::from_days(1) => {
                    needless.push(turn.id)
                }
                Some(last) if !turn.knew_of(last) => {}
                _ => found.append(&mut several(&mut needless)),
            }
        } else if turn.operation == SYNC || !turn.ok() {
            // It syncs, or has a reason to begin anew.
            found.append(&mut several(&mut needless));
            finished = None;
        }
        if turn.operation == FETCH && turn.page.as_ref().is_some_and(|page| !page.more) {
            finished = Some(turn);
        }
    }
    found.append(&mut several(&mut needless));
    found
}

/// Two fetches that were not needed are a habit; one is not.
fn several(needless: &mut Vec<u64>) -> Vec<u64> {
    Some(std::mem::take(needless)).filter(|turns| turns.len() >= 2).unwrap_or_default()
}
