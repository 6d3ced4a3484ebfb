//! Session tokens.

use std::collections::{HashMap, HashSet};

use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, SESSION, Turn};

const fn rule(
    id: &'static str,
    severity: Severity,
    title: &'static str,
    advice: &'static str,
    refs: &'static [&'static str],
    find: fn(&Chapter) -> Vec<u64>,
) -> Rule {
    Rule { id, subject: Subject::Sessions, severity, title, advice, refs, find }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "no-session-header",
        Severity::Error,
        "Calls without X-ADM-Auth-Session",
        "Open a session with GET /session first, and send its token with every call.",
        &["enrollment.session-required"],
        |chapter| chapter.ids(|turn| turn.is_call() && turn.session.is_none()),
    ),
    rule(
        "no-sign-in-after-401",
        Severity::Error,
        "Does not sign in again after 401",
        "A session may end at any time: at 401 open a new one, then send the call once more.",
        &["enrollment.session-required", "enrollment.session-lifetime"],
        |chapter| keeps_dead_sessions(chapter, false),
    ),
    rule(
        "old-session-after-sign-in",
        Severity::Error,
        "Signs in again, and goes on with the session that had ended",
        "The token of the new session replaces the old one in every part of the client.",
        &["enrollment.session-required"],
        |chapter| keeps_dead_sessions(chapter, true),
    ),
    rule(
        "ignores-rotated-session",
        Severity::Warning,
        "Ignores the new session token in an answer's header",
        "Where X-ADM-Auth-Session in an answer differs from what was sent, it is the token from now on; the old one works for a short while.",
        &["enrollment.session-rotation", "enrollment.session-rotation-grace"],
        ignored_rotations,
    ),
];

/// Sessions that were refused, and were used again twice or more by somebody who could know; before or after another was opened.
fn keeps_dead_sessions(chapter: &Chapter, after_sign_in: bool) -> Vec<u64> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (place, first) in chapter.turns.iter().enumerate() {
        let Some(session) = first.session.as_deref().filter(|_| first.refuses_session()) else { continue };
        if !seen.insert(session) {
            continue;
        }
        let later = chapter.after(place);
        let signed_in = later.iter().find(|turn| turn.operation == SESSION && turn.knew_of(first));
        if signed_in.is_some() != after_sign_in {
            continue;
        }
        let knew = signed_in.filter(|turn| turn.ok() || !after_sign_in).unwrap_or(first);
        if after_sign_in && std::ptr::eq(knew, first) {
            continue;
        }
        let again = later.iter().filter(|turn| turn.session.as_deref() == Some(session) && turn.refuses_session());
        let again: Vec<u64> = again.filter(|turn| turn.knew_of(knew)).map(|turn| turn.id).collect();
        if again.len() >= 2 {
            found.push(first.id);
            found.extend(again);
        }
    }
    found
}

/// Sessions that were replaced, and were used twice or more while their successor never was.
fn ignored_rotations(chapter: &Chapter) -> Vec<u64> {
    let used: HashSet<&str> = chapter.turns.iter().filter_map(|turn| turn.session.as_deref()).collect();
    let mut replaced: HashMap<&str, &Turn> = HashMap::new();
    let mut ignored: HashMap<&str, Vec<u64>> = HashMap::new();
    for turn in chapter.turns.iter().filter(|turn| turn.is_call()) {
        let Some(sent) = turn.session.as_deref() else { continue };
        if let Some(told) = replaced.get(sent).filter(|told| turn.knew_of(told)) {
            ignored.entry(sent).or_insert_with(|| vec![told.id]).push(turn.id);
        }
        let successor = turn.named_session.as_deref().filter(|named| *named != sent && !named.is_empty());
        if successor.is_some_and(|successor| !used.contains(successor)) {
            replaced.entry(sent).or_insert(turn);
        }
    }
    ignored.into_values().filter(|turns| turns.len() > 2).flatten().collect()
}
