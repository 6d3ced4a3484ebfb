//! Journal, metrics and faults, with many organisations in one process.

use serde_json::{Value, json};

use super::invited;
use crate::actors::{Invitee, World};

/// Two organisations that look alike, but for their names.
const TWO: &str = "
version: 1
seed: 7
organizations:
  - {id: acme, name: Acme Corporation, locations: [{name: HQ, users: [{client_user_id: u-1, email: one@acme.example}]}]}
  - {id: other, name: Globex, locations: [{name: HQ, users: [{client_user_id: u-1, email: one@globex.example}]}]}
";

async fn link(world: &World, organization: &str) -> Invitee {
    let users = world.content_manager_of(organization, "HQ").all("/users", "users").await;
    let path = "/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount";
    Invitee::new(&format!("{}{path}?inviteCode={}", world.url(), users[0]["inviteCode"].as_str().unwrap()))
}

async fn status(world: &World, organization: &str) -> Value {
    world.portal_of(organization).get("/locations/HQ/users").await["items"][0]["status"].clone()
}

#[tokio::test]
async fn the_code_picks_the_organisation_and_no_other_hears_of_it() {
    let world = World::of(TWO).await;
    let invitee = link(&world, "other").await;
    let page = invitee.open().await;
    page.expect_page(200, "Globex invites you");
    assert!(page.text.contains("one@globex.example") && !page.text.contains("cme"), "{}", page.text);
    invitee.accept("robin@icloud.example").await.expect_page(200, "You have accepted");
    assert_eq!(
        (status(&world, "acme").await, status(&world, "other").await),
        (json!("registered"), json!("associated"))
    );
    let calls = async |organization: &str| {
        let entries = world.portal_of(organization).journal("?operation=invitation.*").await;
        entries.iter().map(|entry| [&entry["operation"], &entry["server"]].map(Value::clone)).collect::<Vec<_>>()
    };
    assert_eq!(calls("other").await, [["invitation.show", "HQ"], ["invitation.accept", "HQ"]]);
    assert!(calls("acme").await.is_empty());
}

#[tokio::test]
async fn a_code_that_is_none_belongs_to_nobody_where_there_are_several() {
    let world = World::of(TWO).await;
    let mut lost = link(&world, "other").await;
    lost.link.pop();
    let page = lost.open().await;
    page.expect_page(404, "There is no such invitation");
    assert!(!page.text.contains("Globex") && !page.text.contains("Acme"), "{}", page.text);
    for organization in ["acme", "other"] {
        assert!(world.portal_of(organization).journal("?operation=invitation.show").await.is_empty());
    }
}

#[tokio::test]
async fn a_fork_has_links_of_its_own() {
    let world = World::of(TWO).await;
    let invitee = link(&world, "acme").await;
    world.portal().post("/fork", json!({"id": "copy"})).await;
    let other = link(&world, "copy").await;
    assert_ne!(invitee.link, other.link);
    other.accept("robin@icloud.example").await.expect_page(200, "You have accepted");
    assert_eq!(
        (status(&world, "acme").await, status(&world, "copy").await),
        (json!("registered"), json!("associated"))
    );
}

#[tokio::test]
async fn the_journal_has_the_reason_and_the_metrics_the_calls() {
    let (world, invitee) = invited().await;
    invitee.accept("robin@icloud.example").await;
    invitee.accept("robin@icloud.example").await;
    let entries = world.portal().journal("?operation=invitation.accept&status=410").await;
    assert_eq!((entries.len(), &entries[0]["server"]), (1, &json!("HQ")));
    assert!(entries[0]["why"].to_string().contains("`u-2` is associated already"), "{}", entries[0]);
    assert_eq!(entries[0]["refs"], json!(["apps.invitation-void"]));
    let page = invitee.client.get(format!("{}/_sim/metrics", world.url())).send().await.unwrap().text().await.unwrap();
    for series in [
        "abmsim_requests_total{operation=\"invitation.accept\",status=\"200\"} 1",
        "abmsim_refusals_total{operation=\"invitation.accept\",reason=\"invitation_accepted\"} 1",
    ] {
        assert!(page.contains(series), "{series}");
    }
}

#[tokio::test]
async fn faults_strike_the_page_as_they_strike_calls() {
    let (world, invitee) = invited().await;
    let portal = world.portal();
    let once = async |on: &str, effect: Value| {
        portal.post("/faults", json!({"on": on, "times": 1, "when": {"server": "HQ"}, "do": effect})).await;
    };
    once("invitation.show", json!({"error": "GONE"})).await;
    invitee.open().await.expect_page(410, "This invitation was accepted already");
    once("invitation.*", json!({"status": 503, "retry_after": 30})).await;
    let busy = invitee.accept("robin@icloud.example").await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("30")));
    invitee.open().await.expect_page(200, "Acme Corporation invites you");
    once("invitation.accept", json!({"error": "SERVICE_UNAVAILABLE", "takes_effect": true})).await;
    assert_eq!(invitee.accept("robin@icloud.example").await.status, 503);
    invitee.open().await.expect_page(410, "This invitation was accepted already");
    assert_eq!(
        portal.journal("?operation=invitation.*").await.iter().filter(|entry| entry["fault"].is_string()).count(),
        3
    );
}
