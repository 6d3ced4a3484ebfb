//! The stories of Apps and Books.

mod careful;
mod desk;
mod naive;
mod places;
mod seats;
mod stage;
mod visit;

use stage::Stage;

use super::stage::Verdict;

/// What the report says of the naive client after a story, where a rule sees it from Apple's side.
const CAUGHT: [(&str, &str); 10] = [
    ("errors-with-status-200", "reads-error-as-success"),
    ("token-revoked-by-password", "keeps-dead-content-token"),
    ("associate-says-complete", "never-asks-for-events"),
    ("last-licence-sold", "never-asks-for-events"),
    ("two-locations-one-user", "never-asks-for-events"),
    ("version-changes-while-paging", "pages-across-versions"),
    ("empty-page", "first-page-of-list-only"),
    ("another-mdm-takes-location", "ignores-other-mdm"),
    ("limits-change", "exceeds-limits"),
    ("apps-throttled", "hammers-at-9646"),
];

/// Plays the scenario `field/{name}` twice. `play` acts and judges; the naive client must fail for the reason that the story is about. The
/// report has nothing against the careful one.
async fn story(name: &str, reason: &str, play: impl AsyncFn(&mut Stage) -> Verdict) {
    let file = format!("field/{name}");
    let mut stage = Stage::set(&file, true).await;
    if let Err(why) = play(&mut stage).await {
        panic!("{name}: the careful client {why}");
    }
    let found = stage.findings().await;
    assert!(found.iter().all(|(_, severity, _)| severity == "note"), "{name}: the careful client: {found:#?}");
    let mut stage = Stage::set(&file, false).await;
    match play(&mut stage).await {
        Ok(()) => panic!("{name}: the naive client came through, so there was no trouble"),
        Err(why) => assert!(why.contains(reason), "{name}: the naive client failed for another reason: {why}"),
    }
    let found = stage.findings().await;
    for (_, rule) in CAUGHT.iter().filter(|(story, _)| *story == name) {
        assert!(found.iter().any(|(known, ..)| known == rule), "{name}: the report does not say {rule}: {found:#?}");
    }
}

/// Where nothing is wrong, both do well: it is the trouble that makes the difference.
#[tokio::test]
async fn without_trouble_both_clients_come_through() {
    for is_careful in [true, false] {
        let mut stage = Stage::set("field/limits-change", is_careful).await;
        let devices = stage.portal.get("/devices").await;
        let serial = devices["items"][0]["serial_number"].as_str().unwrap().to_owned();
        stage.round().await;
        stage.want("HQ", "361309726", &serial);
        stage.pass(3, "5m").await;
        stage.holds("HQ", "361309726", &serial).await.unwrap();
        stage.knows_seats("HQ").await.unwrap();
        stage.knows_count("HQ", "361309726").await.unwrap();
        stage.calls("361309726", "Pages").unwrap();
    }
}
