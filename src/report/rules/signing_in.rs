//! Opening sessions with a server token.

use std::collections::{HashMap, HashSet};

use crate::clock::Span;
use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, SESSION, Turn, long, runs};

const ABOUT: Subject = Subject::SigningIn;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "oauth-malformed",
        Severity::Error,
        "Signs in with an OAuth header that cannot be read",
        "GET /session takes OAuth 1.0a: oauth_consumer_key, oauth_token, oauth_signature_method=HMAC-SHA1, oauth_signature, oauth_timestamp and \
         oauth_nonce, each once.",
        &["enrollment.oauth-malformed", "enrollment.oauth-parameters", "enrollment.oauth-method"],
        |chapter| chapter.ids(|turn| turn.operation == SESSION && turn.status == 400 && turn.oauth.is_none()),
    ),
    ABOUT.rule(
        "oauth-nonce-reused",
        Severity::Error,
        "Uses an OAuth nonce a second time with the same timestamp",
        "A nonce is random and new for every request, also when a request is tried again.",
        &["enrollment.oauth-nonce"],
        reused_nonces,
    ),
    ABOUT.rule(
        "oauth-timestamp-off",
        Severity::Error,
        "Signs in with a timestamp that is minutes off",
        "oauth_timestamp is the current time in seconds since 1970, UTC. The machine's clock is kept by NTP.",
        &["enrollment.oauth-window", "enrollment.oauth-clock"],
        |chapter| chapter.ids(|turn| turn.status == 401 && is_stale(turn)),
    ),
    ABOUT.rule(
        "oauth-signature-wrong",
        Severity::Error,
        "Signs in with a signature that is wrong",
        "HMAC-SHA1 over method, URL and sorted parameters without realm, all percent-encoded by RFC 5849; the key is both secrets with & between. \
         The journal has the base strings that were expected.",
        &["enrollment.oauth-signature", "enrollment.oauth-url"],
        |chapter| chapter.ids(|turn| turn.code.contains("signature_invalid") && turn.is_judged() && !is_dead(turn)),
    ),
    ABOUT.rule(
        "unknown-token",
        Severity::Error,
        "Signs in with a consumer key or token that was never issued",
        "All four values come from one server token file, whole; after a new one was downloaded, all four are replaced.",
        &["enrollment.oauth-unknown", "enrollment.token-renewal-other-person"],
        unknown_tokens,
    ),
    ABOUT.rule(
        "keeps-rejected-token",
        Severity::Warning,
        "Tries a token that was rejected again and again",
        "A token that is expired, revoked or replaced stays so until an administrator brings a new one: tell them, and try again in minutes, not at once.",
        &[
            "enrollment.token-replaced",
            "enrollment.token-expired",
            "portal.token-revoked",
            "enrollment.token-admin-removed",
        ],
        rejected_tokens,
    ),
    ABOUT.rule(
        "signs-in-for-every-call",
        Severity::Warning,
        "Opens a session for every call",
        "A session serves many calls: keep its token until it is answered with 401.",
        &["enrollment.session-lifetime"],
        sessions_of_one_call,
    ),
];

fn reused_nonces(chapter: &Chapter) -> Vec<u64> {
    let mut used = HashSet::new();
    chapter.ids_in_order(SESSION, |turn| {
        let Some(oauth) = &turn.oauth else { return false };
        let is_new = used.insert((oauth.consumer_key().to_owned(), oauth.timestamp(), oauth.nonce().to_owned()));
        !is_new && turn.status == 401
    })
}

/// Five minutes are twice what the sloppiest clock is off, and half of what is refused.
fn is_stale(turn: &Turn) -> bool {
    let Some(oauth) = turn.oauth.as_ref().filter(|_| turn.operation == SESSION) else { return false };
    // With `auth_clock: simulated` a timestamp that the wall clock finds right is wrong all the same.
    if turn.entry.exchange.why.iter().any(|why| why.starts_with("oauth_timestamp")) {
        return true;
    }
    let millis = i64::try_from(oauth.timestamp()).unwrap_or(i64::MAX).saturating_mul(1_000);
    let is_off = |clock: i64| (clock.saturating_sub(millis)).saturating_abs() > 300_000;
    is_off(turn.entry.exchange.began.millis()) && is_off(turn.entry.at.millis())
}

/// The token was good once: the reason says what happened to it.
fn is_dead(turn: &Turn) -> bool {
    turn.entry.exchange.why.iter().any(|why| why.contains("replaced"))
}

fn unknown_tokens(chapter: &Chapter) -> Vec<u64> {
    let reused: HashSet<u64> = reused_nonces(chapter).into_iter().collect();
    let refused =
        |turn: &Turn| turn.operation == SESSION && turn.status == 401 && turn.code.starts_with("oauth_problem");
    chapter.ids(|turn| {
        refused(turn) && turn.oauth.is_some() && turn.is_judged() && !is_stale(turn) && !reused.contains(&turn.id)
    })
}

fn rejected_tokens(chapter: &Chapter) -> Vec<u64> {
    let mut attempts: HashMap<&str, Vec<&Turn>> = HashMap::new();
    let mut found = Vec::new();
    for turn in chapter.of(SESSION) {
        let Some(oauth) = &turn.oauth else { continue };
        let of_token = attempts.entry(oauth.token()).or_default();
        let is_rejected = matches!(turn.status, 401 | 403) && !is_stale(turn);
        if is_rejected && !turn.code.contains("T_C_NOT_SIGNED") && !turn.code.contains("ACCESS_DENIED") {
            of_token.push(turn);
        } else {
            found.append(&mut long(runs(std::mem::take(of_token), Span::from_seconds(10)), 4));
        }
    }
    found.extend(attempts.into_values().flat_map(|turns| long(runs(turns, Span::from_seconds(10)), 4)));
    found
}

fn sessions_of_one_call(chapter: &Chapter) -> Vec<u64> {
    let mut calls: HashMap<&str, usize> = HashMap::new();
    for session in chapter.turns.iter().filter(|turn| turn.is_call()).filter_map(|turn| turn.session.as_deref()) {
        *calls.entry(session).or_default() += 1;
    }
    // `abmsim curl` is a person at a shell.
    let opened = chapter.of(SESSION).filter(|turn| turn.ok() && !turn.user_agent().starts_with("abmsim-curl/"));
    let mut found = Vec::new();
    for run in runs(opened, Span::from_seconds(60)) {
        let idle = |turn: &&Turn| {
            let token = turn.named_session.as_deref().unwrap_or_default();
            calls.get(token).copied().unwrap_or_default() == 1
        };
        for wasted in run.split(|turn| !idle(turn)).filter(|wasted| wasted.len() >= 5) {
            found.extend(wasted.iter().map(|turn| turn.id));
        }
    }
    found
}
