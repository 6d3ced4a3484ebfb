//! Pages of devices.

use std::collections::HashSet;

use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, FETCH, SYNC, Turn};

const ABOUT: Subject = Subject::Pages;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "stops-at-page-border",
        Severity::Error,
        "Goes from a fetch to sync while more is to follow, and loses the devices on the pages that it never saw",
        "Fetch with each page's cursor until more_to_follow is false; sync begins with the cursor of that last page.",
        &["enrollment.fetch-last-page", "enrollment.cursor-unfinished-sync"],
        |chapter| syncs_from_the_midst(chapter, false),
    ),
    ABOUT.rule(
        "not-the-last-cursor",
        Severity::Warning,
        "Syncs with the cursor of a page in the midst of a fetch, not with that of the last",
        "Sync begins with the cursor of the page that says more_to_follow: false.",
        &["enrollment.fetch-last-page", "enrollment.cursor-unfinished-sync"],
        |chapter| syncs_from_the_midst(chapter, true),
    ),
    ABOUT.rule(
        "reads-first-page-only",
        Severity::Error,
        "Reads the first page of its devices and no other",
        "Where more_to_follow is true, fetch again with the page's cursor, until it is false.",
        &["enrollment.fetch-limit", "enrollment.fetch-keys"],
        first_pages,
    ),
    ABOUT.rule(
        "cut-answer-not-asked-again",
        Severity::Error,
        "Goes on after a page that did not arrive whole",
        "Keep the cursor until its page is read and stored; where the answer is cut off or is no JSON, ask again with the same cursor.",
        &["enrollment.sync-replay", "enrollment.sync-complete"],
        lost_answers,
    ),
    ABOUT.rule(
        "limit-out-of-range",
        Severity::Note,
        "Asks for pages of less than 1 or more than 1,000 devices",
        "A limit is from 1 to 1,000; GET /account tells what is allowed.",
        &["enrollment.limit-clamped", "enrollment.fetch-limit", "enrollment.account-limits"],
        |chapter| {
            chapter.ids(|turn| turn.is_list() && turn.wish.limit.is_some_and(|limit| !(1..=1_000).contains(&limit)))
        },
    ),
    ABOUT.rule(
        "tiny-pages",
        Severity::Note,
        "Reads long lists in pages of ten devices or less",
        "A page costs about the same whatever its size: ask for what GET /account allows, 1,000 at most.",
        &["enrollment.fetch-limit", "enrollment.account-limits"],
        |chapter| {
            let is_tiny =
                |turn: &Turn| turn.has_more() && turn.wish.limit.is_some_and(|limit| (1..=10).contains(&limit));
            Some(chapter.ids(is_tiny)).filter(|ids| ids.len() >= 10).unwrap_or_default()
        },
    ),
];

/// Syncs with the cursor of a page of a fetch that had more to follow, by whether what followed was fetched first.
fn syncs_from_the_midst(chapter: &Chapter, was_finished: bool) -> Vec<u64> {
    let mut found = Vec::new();
    for (place, turn) in chapter.turns.iter().enumerate().filter(|(_, turn)| turn.operation == FETCH) {
        let Some(page) = turn.page.as_ref().filter(|page| page.more) else { continue };
        // A cursor that comes back unchanged is a trap of another kind.
        if turn.wish.cursor.as_deref() == Some(page.cursor.as_str()) {
            continue;
        }
        let sends = |later: &&Turn| later.wish.cursor.as_deref() == Some(page.cursor.as_str()) && later.ok();
        let mut later = chapter.after(place).iter().filter(sends);
        let Some(next) = later.next() else { continue };
        let synced = if next.operation == SYNC { Some(next) } else { later.find(|later| later.operation == SYNC) };
        if let Some(synced) = synced.filter(|_| (next.operation == FETCH) == was_finished) {
            found.extend([turn.id, synced.id]);
        }
    }
    found
}

fn first_pages(chapter: &Chapter) -> Vec<u64> {
    let sent: HashSet<&str> = chapter.turns.iter().filter_map(|turn| turn.wish.cursor.as_deref()).collect();
    let mut abandoned = Vec::new();
    for turn in chapter.turns.iter().filter(|turn| turn.is_fresh_fetch() && turn.has_more()) {
        let is_probe = turn.wish.limit.is_some_and(|limit| limit < 10);
        let goes_on = turn.page.as_ref().is_some_and(|page| sent.contains(page.cursor.as_str()));
        match (is_probe, goes_on) {
            (true, _) => {}
            (false, true) => return Vec::new(),
            (false, false) => abandoned.push(turn.id),
        }
    }
    // The last one may be going on.
    let is_last = |id: &u64| chapter.turns.iter().rfind(|turn| turn.is_list()).is_some_and(|last| last.id == *id);
    let under_way = usize::from(abandoned.last().is_some_and(is_last));
    if abandoned.len() - under_way >= 2 { abandoned } else { Vec::new() }
}

fn lost_answers(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for (place, cut) in chapter.turns.iter().enumerate().filter(|(_, turn)| turn.cut) {
        let mut later = chapter.after(place).iter().filter(|turn| turn.is_list() && turn.knew_of(cut)).peekable();
        let Some(next) = later.peek().map(|next| next.id) else { continue };
        let is_asked_again = |turn: &Turn| {
            turn.is_fresh_fetch() || turn.operation == cut.operation && turn.wish.cursor == cut.wish.cursor
        };
        if !later.any(is_asked_again) {
            found.extend([cut.id, next]);
        }
    }
    found
}
