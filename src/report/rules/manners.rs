//! Headers, paths and bodies.

use http::header::CONTENT_TYPE;

use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Turn, UNKNOWN};

const ABOUT: Subject = Subject::Manners;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "no-user-agent",
        Severity::Error,
        "Sends no User-Agent",
        "Name your product and its version: most calls are refused without.",
        &["enrollment.user-agent-missing"],
        |chapter| chapter.ids(|turn| turn.is_call() && turn.user_agent().trim().is_empty()),
    ),
    ABOUT.rule(
        "blocked-user-agent",
        Severity::Error,
        "Sends a User-Agent that Apple blocks",
        "Name your own product, not the library's default.",
        &["enrollment.user-agent-blocked", "enrollment.user-agent-list"],
        |chapter| chapter.ids(|turn| turn.earned("USER_AGENT_INVALID")),
    ),
    ABOUT.rule(
        "no-protocol-version",
        Severity::Note,
        "Sends no X-Server-Protocol-Version, and is answered by version 1",
        "Send the newest version that you understand: without, devices have neither family nor operating system, and the account no organisation id.",
        &["enrollment.protocol-version-missing", "enrollment.row-by-version", "enrollment.account-version-3"],
        |chapter| chapter.ids(|turn| turn.is_call() && turn.version.is_none()),
    ),
    ABOUT.rule(
        "unreadable-protocol-version",
        Severity::Warning,
        "Sends an X-Server-Protocol-Version that is no number, and is answered by version 1",
        "It is a whole number without anything around it, such as 10.",
        &["enrollment.protocol-version", "enrollment.protocol-version-missing"],
        |chapter| chapter.ids(|turn| turn.is_call() && turn.version.as_deref().is_some_and(is_no_version)),
    ),
    ABOUT.rule(
        "old-protocol-version",
        Severity::Note,
        "Speaks protocol version 1 or 2",
        "Version 3 tells the organisation's id, type and URLs, 8 migration deadlines, 9 and 10 what is throttled and for how long.",
        &["enrollment.account-version-3", "enrollment.row-by-version"],
        |chapter| {
            let is_old = |version: &str| !is_no_version(version) && matches!(version.trim().parse(), Ok(0..=2_u32));
            chapter.ids(|turn| turn.is_call() && turn.version.as_deref().is_some_and(is_old))
        },
    ),
    ABOUT.rule(
        "content-type",
        Severity::Note,
        "Sends JSON without saying so",
        "Content-Type: application/json;charset=UTF8 with every body. Apple does not mind by what is known; depsim did.",
        &["enrollment.content-type"],
        |chapter| chapter.ids(|turn| turn.is_call() && !says_json(turn)),
    ),
    ABOUT.rule(
        "unknown-path",
        Severity::Warning,
        "Calls paths that the service does not have",
        "GET /account lists the calls that there are; all of them are at the root of the host.",
        &["enrollment.unknown-path"],
        |chapter| {
            chapter
                .ids(|turn| turn.operation == UNKNOWN && turn.status == 404 && turn.is_judged() && !is_elsewhere(turn))
        },
    ),
    ABOUT.rule(
        "wrong-method",
        Severity::Warning,
        "Calls with a method that the path does not take",
        "The answer's Allow header names those that it takes.",
        &["enrollment.wrong-method", "enrollment.assign-methods"],
        |chapter| chapter.ids(|turn| turn.status == 405 && turn.is_judged() && !is_elsewhere(turn)),
    ),
    ABOUT.rule(
        "malformed-body",
        Severity::Error,
        "Sends bodies that are not the JSON that the call wants",
        "A JSON object with values of the documented types; the journal says where it is wrong.",
        &["enrollment.body-malformed", "enrollment.list-body-malformed"],
        |chapter| chapter.ids(|turn| turn.earned("MALFORMED_REQUEST_BODY")),
    ),
    ABOUT.rule(
        "body-not-taken",
        Severity::Error,
        "Sends bodies that are too large, or never end",
        "Lists of devices are split into requests of 1,000; a body is sent whole within seconds.",
        &["enrollment.body-too-large"],
        |chapter| chapter.ids(|turn| turn.is_judged() && matches!(turn.status, 408 | 413)),
    ),
];

fn is_no_version(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit())
}

fn says_json(turn: &Turn) -> bool {
    let request = &turn.entry.exchange.request;
    let kind = request.header(CONTENT_TYPE).unwrap_or_default();
    let is_json = kind.get(..16).is_some_and(|start| start.eq_ignore_ascii_case("application/json"));
    request.body.is_empty() || is_json
}

/// What browsers and health checks ask of every server, and paths of Apple's other services.
fn is_elsewhere(turn: &Turn) -> bool {
    const OTHERS: [&str; 7] =
        ["/mdm/", "/VPPServiceWS", "/v1/", "/auth/", "/roster/", "/profile/tvprovider", "/.well-known/"];
    let path = turn.entry.exchange.request.path();
    matches!(path, "/" | "/favicon.ico" | "/robots.txt") || OTHERS.iter().any(|prefix| path.starts_with(prefix))
}
