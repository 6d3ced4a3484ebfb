//! Profiles and who gets them.

use std::collections::{HashMap, HashSet};

use crate::clock::Span;
use crate::report::rule::{Rule, Severity, Subject};
use crate::report::story::{ASSIGN, Chapter, DEFINE, DISOWN, GET_PROFILE, REMOVE, Row, Turn, long, runs};

const ABOUT: Subject = Subject::Profiles;

/// The most devices that Apple advises to name in one request.
const MOST_SERIALS: usize = 1_000;

/// Flags that petarov's client once sent without their `is_`.
const WITHOUT_IS: [&str; 5] = ["supervised", "mandatory", "mdm_removable", "multi_user", "return_to_service"];

pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "too-many-serials",
        Severity::Warning,
        "Sends more than 1,000 serial numbers in one request",
        "Apple asks for 1,000 devices at most in one request: split longer lists.",
        &["enrollment.assign-many"],
        |chapter| {
            let names_many = |turn: &Turn| turn.wish.serials.len() > MOST_SERIALS;
            chapter.ids(|turn| [ASSIGN, DEFINE, REMOVE, DISOWN].contains(&turn.operation) && names_many(turn))
        },
    ),
    ABOUT.rule(
        "no-serials",
        Severity::Error,
        "Calls for devices and names none",
        "Where there is nothing to do, do not call.",
        &["enrollment.details-none", "enrollment.assign-keys", "enrollment.lock-names-device"],
        |chapter| chapter.ids(|turn| turn.earned("DEVICE_ID_REQUIRED")),
    ),
    ABOUT.rule(
        "profile-refused",
        Severity::Error,
        "Defines a profile that breaks a rule",
        "The code names the first key that is wrong; check lengths and URLs before sending.",
        &["enrollment.profile-rules", "enrollment.profile-lengths"],
        |chapter| chapter.ids(|turn| turn.operation == DEFINE && turn.is_judged() && breaks_a_rule(&turn.code)),
    ),
    ABOUT.rule(
        "flags-without-is",
        Severity::Warning,
        "Defines profiles with flags that have no effect",
        "They are is_supervised, is_mandatory, is_mdm_removable, is_multi_user and is_return_to_service: without is_ they are unknown, and ignored.",
        &["enrollment.profile-key-names"],
        |chapter| {
            let has = |turn: &Turn| turn.wish.content.iter().any(|(key, _)| WITHOUT_IS.contains(&key.as_str()));
            chapter.ids(|turn| turn.operation == DEFINE && has(turn))
        },
    ),
    ABOUT.rule(
        "same-profile-again",
        Severity::Warning,
        "Defines the same profile again and again",
        "A profile stays, and none can be deleted: keep its id, and define another only where something changed.",
        &["enrollment.profile-id"],
        same_profiles,
    ),
    ABOUT.rule(
        "profile-never-assigned",
        Severity::Note,
        "Defines profiles and assigns them to no device",
        "A profile reaches no device before it is assigned, by `devices` as it is defined or later.",
        &["enrollment.profile-devices"],
        never_assigned,
    ),
    ABOUT.rule(
        "unknown-profile",
        Severity::Warning,
        "Goes on asking for a profile that is not there",
        "A profile belongs to the MDM server that defined it: at NOT_FOUND define it anew and forget the old id.",
        &["enrollment.assign-unknown-profile", "enrollment.profile-unknown"],
        unknown_profiles,
    ),
    ABOUT.rule(
        "assigns-foreign-devices",
        Severity::Warning,
        "Goes on assigning profiles to devices that are not its own",
        "NOT_ACCESSIBLE means that the device has left: forget it until a list has it again. Nothing else tells that it was released.",
        &["enrollment.row-released", "enrollment.details-not-accessible"],
        foreign_devices,
    ),
    ABOUT.rule(
        "assigns-again",
        Severity::Warning,
        "Assigns a profile again and again to devices that have it",
        "SUCCESS is enough. Apple throttles devices whose profile is assigned too often, for a day.",
        &["enrollment.throttle-words", "enrollment.throttle-ends"],
        needless_assignments,
    ),
    ABOUT.rule(
        "assigns-one-by-one",
        Severity::Note,
        "Assigns one profile to many devices one by one",
        "One request takes up to 1,000 devices.",
        &["enrollment.assign-many"],
        |chapter| {
            let single = chapter.of(ASSIGN).filter(|turn| turn.ok() && turn.wish.serials.len() == 1);
            let quick = runs(single, Span::from_seconds(1));
            let same = |run: &Vec<&Turn>| run.iter().all(|turn| turn.wish.profile == run[0].wish.profile);
            long(quick.into_iter().filter(same).collect(), 20)
        },
    ),
    ABOUT.rule(
        "failed-may-be-throttled",
        Severity::Note,
        "Speaks a protocol version that calls throttled devices FAILED",
        "From protocol version 9 on they are THROTTLED, and from 10 on retry_after_seconds says for how long.",
        &["enrollment.throttle-words"],
        |chapter| {
            let failed = |turn: &Turn| turn.results.iter().any(|(_, result)| result == "FAILED");
            chapter.ids(|turn| turn.operation == ASSIGN && turn.protocol() < 9 && failed(turn))
        },
    ),
];

fn breaks_a_rule(code: &str) -> bool {
    const INVALID: [&str; 6] = [
        "DEPARTMENT_INVALID",
        "MAGIC_INVALID",
        "SUPPORT_PHONE_INVALID",
        "SUPPORT_EMAIL_INVALID",
        "FLAGS_INVALID",
        "LOCALE_INVALID",
    ];
    code.starts_with("CONFIG_") || INVALID.contains(&code)
}

fn same_profiles(chapter: &Chapter) -> Vec<u64> {
    let mut defined: HashMap<String, Vec<u64>> = HashMap::new();
    for turn in chapter.of(DEFINE).filter(|turn| turn.ok()) {
        let content = serde_json::to_string(&turn.wish.content).unwrap_or_default();
        defined.entry(content).or_default().push(turn.id);
    }
    defined.into_values().filter(|turns| turns.len() >= 3).flatten().collect()
}

fn never_assigned(chapter: &Chapter) -> Vec<u64> {
    let assigned: HashSet<&str> = chapter.of(ASSIGN).filter_map(|turn| turn.wish.profile.as_deref()).collect();
    let defined: Vec<&Turn> = chapter.of(DEFINE).filter(|turn| turn.defined.is_some()).collect();
    let is_idle = |turn: &&&Turn| {
        let has_devices = turn.results.iter().any(|(_, result)| result == "SUCCESS");
        !has_devices && turn.defined.as_deref().is_some_and(|id| !assigned.contains(id))
    };
    // The last one may yet be assigned.
    let earlier = defined.split_last().map_or(&[][..], |(_, earlier)| earlier);
    earlier.iter().filter(is_idle).map(|turn| turn.id).collect()
}

fn unknown_profiles(chapter: &Chapter) -> Vec<u64> {
    let mut asked: HashMap<&str, Vec<&Turn>> = HashMap::new();
    for turn in chapter.turns.iter().filter(|turn| [ASSIGN, GET_PROFILE].contains(&turn.operation)) {
        let Some(profile) = turn.wish.profile.as_deref() else { continue };
        let is_unknown = turn.code == "NOT_FOUND" || turn.code == "PROFILE_NOT_FOUND";
        let turns = asked.entry(profile).or_default();
        if is_unknown && turns.last().is_none_or(|last| turn.knew_of(last)) {
            turns.push(turn);
        }
    }
    asked.into_values().filter(|turns| turns.len() >= 3).flatten().map(|turn| turn.id).collect()
}

fn foreign_devices(chapter: &Chapter) -> Vec<u64> {
    let mut refused: HashMap<&str, Vec<&Turn>> = HashMap::new();
    let mut found = Vec::new();
    for turn in &chapter.turns {
        for row in rows(turn) {
            refused.remove(row.serial_number.as_str());
        }
        if turn.operation != ASSIGN {
            continue;
        }
        for (serial, result) in &turn.results {
            if result != "NOT_ACCESSIBLE" {
                refused.remove(serial.as_str());
                continue;
            }
            let turns = refused.entry(serial).or_default();
            if turns.last().is_none_or(|last| turn.knew_of(last)) {
                turns.push(turn);
            }
            if turns.len() == 3 {
                found.extend(turns.iter().map(|turn| turn.id));
            } else if turns.len() > 3 {
                found.push(turn.id);
            }
        }
    }
    found
}

/// Devices with the profile that they were given, and the requests that gave it, since anything was heard of them that made another necessary.
fn needless_assignments(chapter: &Chapter) -> Vec<u64> {
    let mut given: HashMap<&str, (&str, Vec<u64>)> = HashMap::new();
    let mut found = Vec::new();
    for turn in &chapter.turns {
        for row in rows(turn) {
            if given.get(row.serial_number.as_str()).is_some_and(|(profile, _)| !still_has(row, profile)) {
                given.remove(row.serial_number.as_str());
            }
        }
        let profile = match turn.operation {
            ASSIGN => turn.wish.profile.as_deref(),
            DEFINE => turn.defined.as_deref(),
            REMOVE | DISOWN => None,
            _ => continue,
        };
        for (serial, _) in turn.results.iter().filter(|(_, result)| result == "SUCCESS") {
            let Some(profile) = profile else {
                given.remove(serial.as_str());
                continue;
            };
            let (known, turns) = given.entry(serial).or_insert((profile, Vec::new()));
            if *known != profile {
                *known = profile;
                turns.clear();
            }
            turns.push(turn.id);
            if turns.len() == 3 {
                found.extend_from_slice(turns);
            } else if turns.len() > 3 {
                found.push(turn.id);
            }
        }
    }
    found
}

/// What a turn says of devices.
fn rows(turn: &Turn) -> impl Iterator<Item = &Row> {
    turn.page.iter().flat_map(|page| &page.rows).chain(&turn.details)
}

/// Whether a row leaves it at that: the device has the profile.
fn still_has(row: &Row, profile: &str) -> bool {
    let named = row.profile_uuid.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(profile));
    let has = matches!(row.profile_status.as_deref(), Some("assigned" | "pushed"));
    named && has && !matches!(row.op_type.as_deref(), Some("added" | "deleted"))
}
