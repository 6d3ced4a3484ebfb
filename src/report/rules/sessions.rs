//! Session tokens.

use std::collections::{HashMap, HashSet};

use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, SESSION, Turn};

const ABOUT: Subject = Subject::Sessions;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "no-session-header",
        Severity::Error,
        "Calls without X-ADM-Auth-Session",
        "Open a session with GET /session first, and send its token with every call.",
        &["enrollment.session-required"],
        |chapter| chapter.ids(|turn| turn.is_call() && turn.session.is_none()),
    ),
    ABOUT.rule(
        "no-sign-in-after-401",
        Severity::Error,
        "Does not sign in again after 401",
        "A session may end at any time: at 401 open a new one, then send the call once more.",
        &["enrollment.session-required", "enrollment.session-lifetime"],
        no_sign_in,
    ),
    ABOUT.rule(
        "old-session-after-sign-in",
        Severity::Error,
        "Signs in again, and goes on with the session that had ended",
        "The token of the new session replaces the old one in every part of the client.",
        &["enrollment.session-required"],
        old_sessions,
    ),
    ABOUT.rule(
        "ignores-rotated-session",
        Severity::Warning,
        "Ignores the new session token in an answer's header",
        "Where X-ADM-Auth-Session in an answer differs from what was sent, it is the token from now on; the old one works for a short while.",
        &["enrollment.session-rotation", "enrollment.session-rotation-grace"],
        ignored_rotations,
    ),
];

/// The first refusal of each session that was refused, and what came after it.
fn ended(chapter: &Chapter) -> impl Iterator<Item = (&Turn, &str, &[Turn])> {
    let mut seen = HashSet::new();
    chapter.turns.iter().enumerate().filter(|(_, turn)| turn.refuses_session()).filter_map(move |(place, first)| {
        let session = first.session.as_deref()?;
        seen.insert(session).then(|| (first, session, chapter.after(place)))
    })
}

/// Uses of a session that is over, one after the other, by somebody who knew.
fn used_again<'t>(knew: &'t Turn, session: &str, later: &'t [Turn]) -> Vec<u64> {
    let mut last = knew;
    let mut again = Vec::new();
    for turn in later.iter().filter(|turn| turn.session.as_deref() == Some(session) && turn.refuses_session()) {
        if turn.knew_of(last) {
            again.push(turn.id);
            last = turn;
        }
    }
    again
}

/// Sessions that were refused and used on; while a new one is being opened, some calls may still be on their way with the old.
fn no_sign_in(chapter: &Chapter) -> Vec<u64> {
    const ON_THEIR_WAY: usize = 4;
    let mut found = Vec::new();
    for (first, session, later) in ended(chapter) {
        let opened = later.iter().position(|turn| turn.operation == SESSION && turn.knew_of(first));
        let before = opened.map_or(later, |opened| &later[..opened]);
        let again = used_again(first, session, before);
        // Whoever comes with a session of another life signs in as somebody: that stands in another chapter.
        let may_have_opened = opened.is_some() || chapter.server.is_none();
        if again.len() >= if may_have_opened { ON_THEIR_WAY } else { 2 } {
            found.push(first.id);
            found.extend(again);
        }
    }
    found
}

/// Sessions that were refused and used on after another was opened.
fn old_sessions(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for (first, session, later) in ended(chapter) {
        let is_opened = |turn: &&Turn| turn.operation == SESSION && turn.ok() && turn.knew_of(first);
        let Some(opened) = later.iter().find(is_opened) else { continue };
        let again = used_again(opened, session, later);
        if again.len() >= 2 {
            found.extend([first.id, opened.id]);
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
