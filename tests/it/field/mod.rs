//! The scenario library of the field: each trouble is played with an MDM that was written without knowing of it, which must fail, and with
//! one that knows, which must not.

mod careful;
mod library;
mod licenses;
mod line;
mod lists;
mod naive;
mod profiles;
mod stage;
mod tokens;
mod visit;

use careful::Careful;
use naive::Naive;
use stage::{Client, Stage, Verdict};

/// What the report says of the naive MDM after a story, where a rule sees it from Apple's side.
const CAUGHT: [(&str, &str); 17] = [
    ("terms-wave", "hammers-while-terms-wait"),
    ("token-replaced", "keeps-rejected-token"),
    ("admin-removed", "keeps-rejected-token"),
    ("user-agent-refused", "blocked-user-agent"),
    ("session-rotates", "ignores-rotated-session"),
    ("session-bad-request", "oauth-malformed"),
    ("token-while-syncing", "keeps-rejected-token"),
    ("cursor-repeats", "cursor-loop"),
    ("throttled-vanish", "retries-throttled-early"),
    ("portal-lag", "assigns-again"),
    ("small-pages", "stops-at-page-border"),
    ("two-servers", "cursor-of-another-server"),
    ("throttle-cooldown", "retries-throttled-early"),
    ("too-many-serials", "too-many-serials"),
    ("results-missing", "assigns-again"),
    ("put-refused", "wrong-method"),
    ("profile-refused", "profile-refused"),
];

/// What even the careful MDM cannot help: it learns of a clock that is off by being refused.
const PARDONED: [(&str, &str); 1] = [("clock-drift", "oauth-timestamp-off")];

/// Plays the scenario `field/{name}` twice. `play` acts and judges; the naive MDM must fail for the reason that the story is about. The
/// report has nothing against the careful one.
async fn story(name: &str, reason: &str, play: impl AsyncFn(&mut Stage) -> Verdict) {
    let file = format!("field/{name}");
    let mut stage = Stage::set(&file, Client::Careful(Careful::default())).await;
    if let Err(why) = play(&mut stage).await {
        panic!("{name}: the careful MDM {why}");
    }
    let found = stage.findings().await;
    let is_fine = |rule: &str, severity: &str| severity == "note" || PARDONED.contains(&(name, rule));
    assert!(found.iter().all(|(rule, severity, _)| is_fine(rule, severity)), "{name}: the careful MDM: {found:#?}");
    let mut stage = Stage::set(&file, Client::Naive(Naive::default())).await;
    match play(&mut stage).await {
        Ok(()) => panic!("{name}: the naive MDM came through, so there was no trouble"),
        Err(why) => assert!(why.contains(reason), "{name}: the naive MDM failed for another reason: {why}"),
    }
    let found = stage.findings().await;
    for (_, rule) in CAUGHT.iter().filter(|(story, _)| *story == name) {
        assert!(found.iter().any(|(known, ..)| known == rule), "{name}: the report does not say {rule}: {found:#?}");
    }
}

/// Where nothing is wrong, both do well: it is the trouble that makes the difference.
#[tokio::test]
async fn without_trouble_both_mdms_come_through() {
    for client in [Client::Careful(Careful::default()), Client::Naive(Naive::default())] {
        let mut stage = Stage::set("small", client).await;
        stage.round().await;
        stage.portal("acme").assign(&["C02SMALL0003"], Some("MDM")).await;
        stage.pass(3, "1h").await;
        stage.portal("acme").assign(&["C02SMALL0001"], None).await;
        stage.pass(30, "1h").await;
        stage.agrees().await.unwrap();
        stage.provides().await.unwrap();
    }
}
