//! Apps and Books.

use std::collections::{HashMap, HashSet};

use crate::clock::Span;
use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{Chapter, SERVICE_CONFIG, Turn, long, runs};

const ABOUT: Subject = Subject::Licenses;

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "reads-error-as-success",
        Severity::Error,
        "Takes a refusal that comes with status 200 for success",
        "Read errorNumber first: some refusals come with 200, and a request that began something answers an eventId.",
        &["apps.token-invalid-status"],
        errors_as_success,
    ),
    ABOUT.rule(
        "keeps-dead-content-token",
        Severity::Error,
        "Goes on with a content token that is revoked, expired or none",
        "At 9621, 9622 and 9625 stop, and tell a person that the location needs a new token: this one never lives again.",
        &["apps.token-errors", "apps.token-password", "apps.token-year"],
        dead_tokens,
    ),
    ABOUT.rule(
        "never-asks-for-events",
        Severity::Warning,
        "Begins events and never learns how they ended",
        "An eventId says that something has begun: ask /status for its end, or subscribe to ASSET_MANAGEMENT and USER_MANAGEMENT.",
        &["apps.status", "apps.event-failed", "apps.event-latency"],
        events_unasked,
    ),
    ABOUT.rule(
        "hammers-at-9646",
        Severity::Error,
        "Asks again without a pause where there are too many requests",
        "At 9646 wait: as long as Retry-After says, or twice as long each time.",
        &["apps.rate-limit", "apps.rate-limit-wait"],
        too_many_requests,
    ),
    ABOUT.rule(
        "pages-across-versions",
        Severity::Error,
        "Goes on with a list whose versionId changed between two pages",
        "Compare versionId page by page; where it changes, throw away what was read and begin at page 0.",
        &["apps.versions", "apps.version-between-pages"],
        across_versions,
    ),
    ABOUT.rule(
        "first-page-of-list-only",
        Severity::Error,
        "Leaves a list that names a next page, and never reads that",
        "Go on as long as there is a nextPageIndex, also after a page with nothing on it.",
        &["apps.pages", "apps.version-between-pages"],
        first_pages,
    ),
    ABOUT.rule(
        "exceeds-limits",
        Severity::Error,
        "Asks for more in one request than the service configuration allows, and does not read it again",
        "Read /service/config every five minutes, and after 9700 to 9702 and 9714; cut requests by its limits.",
        &["apps.limits", "apps.service-config"],
        beyond_limits,
    ),
    ABOUT.rule(
        "ignores-other-mdm",
        Severity::Error,
        "Goes on changing a location that another MDM has taken over",
        "Compare mdmInfo.id in every answer with what was set; where it is another, stop, and ask a person.",
        &["apps.mdm-info"],
        other_mdms,
    ),
    ABOUT.rule(
        "leaves-seats-behind",
        Severity::Warning,
        "Leaves licences with devices that have left the MDM server",
        "When a device is deleted from the list or disowned, disassociate or revoke what it holds: Apple takes nothing back by itself.",
        &["apps.seats"],
        seats_behind,
    ),
];

const ASSOCIATE: &str = "apps.associate";
const TAKE_BACK: [&str; 2] = ["apps.disassociate", "apps.revoke"];
/// Requests that begin an event.
const BEGIN: [&str; 6] =
    [ASSOCIATE, "apps.disassociate", "apps.revoke", "apps.create_users", "apps.update_users", "apps.retire_users"];

fn begins(turn: &Turn) -> bool {
    BEGIN.contains(&turn.operation)
}

/// Those that were sent by somebody who had the answer to the one before.
fn one_by_one<'t>(turns: impl Iterator<Item = &'t Turn>) -> Vec<&'t Turn> {
    let mut known: Vec<&Turn> = Vec::new();
    for turn in turns {
        if known.last().is_none_or(|last| turn.knew_of(last)) {
            known.push(turn);
        }
    }
    known
}

fn errors_as_success(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for (place, refused) in chapter.turns.iter().enumerate() {
        if !refused.ok() || refused.content.number == 0 {
            continue;
        }
        let is_later = |turn: &&Turn| turn.knew_of(refused) && turn.content.token == refused.content.token;
        let later: Vec<&Turn> = chapter.after(place).iter().filter(is_later).collect();
        let Some(next) = later.first() else { continue };
        // The next thing at once, or the same never again.
        let goes_on = next.operation != SERVICE_CONFIG
            && next.question() != refused.question()
            && next.pause_after(refused) < Span::from_seconds(60);
        let is_over = later.iter().any(|turn| turn.pause_after(refused) >= Span::from_seconds(600));
        let is_lost = begins(refused) && is_over && later.iter().all(|turn| turn.operation != refused.operation);
        if goes_on || is_lost {
            found.extend([refused.id, next.id]);
        }
    }
    found
}

fn dead_tokens(chapter: &Chapter) -> Vec<u64> {
    let mut dead: HashMap<u64, Vec<&Turn>> = HashMap::new();
    for turn in &chapter.turns {
        if matches!(turn.content.number, 9621 | 9622 | 9625) && turn.is_judged() {
            dead.entry(turn.content.token).or_default().push(turn);
        }
    }
    let again = dead.into_values().map(|turns| one_by_one(turns.into_iter()));
    again.filter(|turns| turns.len() > 3).flatten().map(|turn| turn.id).collect()
}

fn events_unasked(chapter: &Chapter) -> Vec<u64> {
    if chapter.turns.iter().any(|turn| turn.content.is_notified) {
        return Vec::new();
    }
    let asked = chapter.of("apps.status").filter_map(|turn| turn.content.event.as_deref());
    let asked: HashSet<&str> = asked.collect();
    let is_late = |begun: &Turn| chapter.turns.iter().any(|turn| turn.pause_after(begun) >= Span::from_seconds(600));
    let unasked = chapter.turns.iter().filter(|turn| {
        let event = turn.content.event.as_deref();
        begins(turn) && event.is_some_and(|event| !asked.contains(event)) && is_late(turn)
    });
    unasked.map(|turn| turn.id).collect()
}

fn too_many_requests(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for refused in chapter.turns.split(|turn| turn.content.number != 9646) {
        found.append(&mut long(runs(one_by_one(refused.iter()), Span::from_seconds(1)), 3));
    }
    found
}

/// The pages of each list, by token.
fn lists(chapter: &Chapter) -> HashMap<(u64, &str), Vec<&Turn>> {
    let mut lists: HashMap<(u64, &str), Vec<&Turn>> = HashMap::new();
    for turn in &chapter.turns {
        if let Some(page) = &turn.content.page {
            lists.entry((turn.content.token, page.list.as_str())).or_default().push(turn);
        }
    }
    lists
}

fn index(turn: &Turn) -> u64 {
    turn.content.page.as_ref().map_or(0, |page| page.index)
}

/// Whether somebody who had this answer asked for something else since.
fn is_left(chapter: &Chapter, turn: &Turn) -> bool {
    chapter.turns.iter().any(|later| later.id > turn.id && later.knew_of(turn))
}

fn across_versions(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for pages in lists(chapter).into_values() {
        for (place, pair) in pages.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            let version = |turn: &Turn| turn.content.page.as_ref().map(|page| page.version.clone());
            let goes_on = index(after) == index(before) + 1 && after.knew_of(before);
            if !goes_on || version(before) == version(after) {
                continue;
            }
            let begins_anew = pages.get(place + 2).map(|next| index(next) == 0);
            // Without another page of the list it may yet begin anew, unless it went on to something else.
            let goes_on = begins_anew.map_or_else(|| is_left(chapter, after), |anew| !anew);
            if goes_on {
                found.extend([before.id, after.id]);
            }
        }
    }
    found
}

fn first_pages(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for pages in lists(chapter).into_values() {
        let has_more = |turn: &Turn| turn.content.page.as_ref().is_some_and(|page| page.has_more);
        let goes_on = pages.iter().any(|turn| index(turn) > 0);
        let left: Vec<u64> =
            pages.iter().filter(|turn| has_more(turn) && is_left(chapter, turn)).map(|turn| turn.id).collect();
        // One may be a probe.
        if !goes_on && left.len() > 1 {
            found.extend(left);
        }
    }
    found
}

fn beyond_limits(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    let mut refused: Vec<u64> = Vec::new();
    for turn in &chapter.turns {
        if matches!(turn.content.number, 9700..=9702 | 9714 | 9816) && turn.is_judged() {
            refused.push(turn.id);
        } else if turn.operation == SERVICE_CONFIG {
            refused.clear();
        }
        if refused.len() > 1 {
            found.append(&mut refused.clone());
        }
    }
    found
}

fn other_mdms(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    // What the location's name was before, and the answer that told of another.
    let mut known: Option<Option<&str>> = None;
    let mut taken: Option<&Turn> = None;
    for turn in &chapter.turns {
        if let Some(taken) = taken
            && begins(turn)
            && turn.knew_of(taken)
        {
            found.extend([taken.id, turn.id]);
        }
        if !turn.ok() || turn.content.number != 0 || turn.operation == SERVICE_CONFIG {
            continue;
        }
        let told = turn.content.mdm.as_deref();
        if turn.content.claims.is_some() {
            (known, taken) = (Some(told), None);
        } else if known.is_some_and(|known| known != told) && told.is_some() && taken.is_none() {
            taken = Some(turn);
        }
        known = known.or(Some(told));
    }
    found
}

fn seats_behind(chapter: &Chapter) -> Vec<u64> {
    let mut found = Vec::new();
    for (serial, gone) in &chapter.gone {
        let names = |turn: &&Turn| turn.content.serials.contains(serial);
        let given = chapter.of(ASSOCIATE).filter(names).filter(|turn| turn.content.event.is_some());
        let Some(given) = given.filter(|turn| turn.id < *gone).last() else { continue };
        let is_back = |turn: &Turn| turn.id > given.id && TAKE_BACK.contains(&turn.operation) && names(&turn);
        let is_late = |turn: &Turn| turn.id > *gone && turn.pause_after(given) >= Span::from_seconds(3_600);
        if !chapter.turns.iter().any(is_back) && chapter.turns.iter().any(is_late) {
            found.extend([given.id, *gone]);
        }
    }
    found
}
