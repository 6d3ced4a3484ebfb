//! Apps and Books.

use serde_json::{Value, json};

use super::{breathe, broken, shown};
use crate::actors::{Answer, ContentManager, Portal, World};

const SCENARIO: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: MDM}]
    orders: [{devices: [{serial: C02PHONE0001, model: iPhone 16, server: MDM}]}]
    people: [{name: Noor Haddad, managed_account: noor@acme.example, roles: [administrator, content_manager]}]
    locations:
      - name: HQ
        assets:
          - {adam_id: 1, name: Pages, licenses: 9}
          - {adam_id: 2, name: Keynote, licenses: 9}
          - {adam_id: 3, name: Numbers, licenses: 9}
    quirks: {event_latency: 0s, page_size: 1, lag: {portal: 0s, profile: 0s}}
";

struct Scene {
    world: World,
    portal: Portal,
    hq: ContentManager,
}

impl Scene {
    async fn set() -> Self {
        let world = World::of(SCENARIO).await;
        let (portal, hq) = (world.portal(), world.content_manager("HQ"));
        Self { world, portal, hq }
    }

    /// A call by somebody who had the answer to the one before.
    async fn get(&self, path: &str) -> Answer {
        breathe().await;
        self.hq.get(path).await
    }

    async fn associate(&self, serials: &[&str]) -> Answer {
        breathe().await;
        self.hq.post("/assets/associate", json!({"assets": [{"adamId": "1"}], "serialNumbers": serials})).await
    }

    async fn ask_for(&self, begun: &Answer) {
        let id = begun.expect_ok()["eventId"].as_str().unwrap().to_owned();
        self.get(&format!("/status?eventId={id}")).await.expect_ok();
    }

    async fn fault(&self, rule: Value) {
        self.portal.post("/faults", rule).await;
    }

    async fn broken(&self) -> Vec<String> {
        broken(&self.portal).await
    }
}

#[tokio::test]
async fn a_refusal_with_status_200_is_none_the_less_one() {
    let scene = Scene::set().await;
    scene.fault(json!({"on": "apps.associate", "times": 1, "do": {"error": "9602", "status": 200}})).await;
    scene.associate(&["A"]).await;
    assert!(scene.broken().await.is_empty(), "it may yet do right");
    scene.ask_for(&scene.associate(&["A"]).await).await;
    assert!(scene.broken().await.is_empty(), "it asked once more");

    let scene = Scene::set().await;
    scene.fault(json!({"on": "apps.associate", "times": 1, "do": {"error": "9602", "status": 200}})).await;
    scene.associate(&["A"]).await;
    scene.get("/assignments").await.expect_ok();
    assert_eq!(
        shown(&scene.world, "reads-error-as-success").await,
        ["/mdm/v2/assets/associate", "/mdm/v2/assignments"]
    );

    let scene = Scene::set().await;
    scene.fault(json!({"on": "apps.associate", "times": 1, "do": {"error": "9602", "status": 200}})).await;
    scene.associate(&["A"]).await;
    scene.portal.advance("1h").await;
    scene.get("/assignments").await.expect_ok();
    assert_eq!(scene.broken().await, ["reads-error-as-success"], "what was to be done never was");
}

#[tokio::test]
async fn a_content_token_that_is_dead_is_used_no_more() {
    let scene = Scene::set().await;
    scene.portal.post("/people/noor@acme.example/password", json!({})).await;
    for _ in 0..3 {
        scene.get("/assets").await.expect_number(401, 9625);
    }
    scene.hq.get("/service/config").await.expect_ok();
    assert!(scene.broken().await.is_empty());
    scene.get("/client/config").await.expect_number(401, 9625);
    assert_eq!(shown(&scene.world, "keeps-dead-content-token").await.len(), 4);
}

#[tokio::test]
async fn events_are_asked_for_or_told_of() {
    let scene = Scene::set().await;
    let begun = scene.associate(&["A"]).await;
    scene.get("/client/config").await.expect_ok();
    assert!(scene.broken().await.is_empty(), "there is time yet");
    scene.portal.advance("11m").await;
    scene.get("/client/config").await.expect_ok();
    assert_eq!(shown(&scene.world, "never-asks-for-events").await, ["/mdm/v2/assets/associate"]);
    scene.ask_for(&begun).await;
    assert!(scene.broken().await.is_empty());
}

#[tokio::test]
async fn too_many_requests_are_an_invitation_to_wait() {
    let scene = Scene::set().await;
    scene.portal.quirks(json!({"rate_limit": {"requests": 1, "window": "1m"}})).await;
    scene.get("/client/config").await.expect_ok();
    scene.get("/client/config").await.expect_number(429, 9646);
    scene.portal.advance("30s").await;
    scene.get("/client/config").await.expect_number(429, 9646);
    scene.portal.advance("30s").await;
    scene.get("/client/config").await.expect_ok();
    assert!(scene.broken().await.is_empty(), "it waited");

    scene.portal.quirks(json!({"rate_limit": {"retry_after": "seconds"}})).await;
    for _ in 0..3 {
        scene.get("/client/config").await.expect_number(429, 9646);
    }
    assert_eq!(scene.broken().await, ["ignores-retry-after", "hammers-at-9646"]);
}

#[tokio::test]
async fn a_list_that_changes_is_read_anew() {
    let scene = Scene::set().await;
    scene.fault(json!({"on": "apps.assets", "times": 1, "do": {"quirk": "new_version"}})).await;
    for index in [0, 1] {
        scene.get(&format!("/assets?pageIndex={index}")).await.expect_ok();
    }
    assert!(scene.broken().await.is_empty(), "it may yet begin anew");
    for index in [0, 1, 2] {
        scene.get(&format!("/assets?pageIndex={index}")).await.expect_ok();
    }
    assert!(scene.broken().await.is_empty(), "it began anew");

    let scene = Scene::set().await;
    scene.fault(json!({"on": "apps.assets", "times": 1, "do": {"quirk": "new_version"}})).await;
    for index in [0, 1, 2] {
        scene.get(&format!("/assets?pageIndex={index}")).await.expect_ok();
    }
    let pages = ["/mdm/v2/assets"; 2];
    assert_eq!(shown(&scene.world, "pages-across-versions").await, pages);
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page() {
    let scene = Scene::set().await;
    scene.get("/assets").await.expect_ok();
    scene.get("/client/config").await.expect_ok();
    assert!(scene.broken().await.is_empty(), "once is a probe");
    scene.get("/assets").await.expect_ok();
    scene.get("/client/config").await.expect_ok();
    assert_eq!(shown(&scene.world, "first-page-of-list-only").await, ["/mdm/v2/assets"; 2]);
    scene.get("/assets?pageIndex=1").await.expect_ok();
    assert!(scene.broken().await.is_empty());
}

#[tokio::test]
async fn limits_are_read_and_kept() {
    let scene = Scene::set().await;
    scene.portal.quirks(json!({"limits": {"maxSerialNumbers": 1}})).await;
    scene.associate(&["A", "B"]).await.expect_number(400, 9702);
    scene.get("/service/config").await.expect_ok();
    scene.portal.quirks(json!({"limits": {"maxSerialNumbers": 0}})).await;
    scene.associate(&["A"]).await.expect_number(400, 9702);
    assert!(scene.broken().await.is_empty(), "limits change under everybody");
    scene.associate(&["A"]).await.expect_number(400, 9702);
    assert_eq!(shown(&scene.world, "exceeds-limits").await.len(), 2);
}

#[tokio::test]
async fn a_location_that_another_has_taken_is_left_alone() {
    let scene = Scene::set().await;
    let mdm = |id: &str| json!({"mdmInfo": {"id": id, "name": "MDM", "metadata": "m"}});
    scene.hq.post("/client/config", mdm("ours")).await.expect_ok();
    scene.ask_for(&scene.associate(&["A"]).await).await;
    scene
        .portal
        .post("/locations/HQ/claim", mdm("theirs").as_object().map(|map| json!({"mdm_info": map["mdmInfo"]})).unwrap())
        .await;
    scene.get("/assignments?serialNumber=A").await.expect_ok();
    breathe().await;
    scene.hq.post("/client/config", mdm("ours")).await.expect_ok();
    scene.ask_for(&scene.associate(&["B"]).await).await;
    assert!(scene.broken().await.is_empty(), "it took the location back first");

    scene.portal.post("/locations/HQ/claim", json!({"mdm_info": {"id": "theirs", "name": "T", "metadata": "t"}})).await;
    scene.get("/assignments?serialNumber=A").await.expect_ok();
    scene.ask_for(&scene.associate(&["C"]).await).await;
    let paths = ["/mdm/v2/assignments", "/mdm/v2/assets/associate"];
    assert_eq!(shown(&scene.world, "ignores-other-mdm").await, paths);
}

#[tokio::test]
async fn what_a_device_holds_is_taken_back_when_it_leaves() {
    let scene = Scene::set().await;
    let mut mdm = scene.world.mdm("MDM").await;
    let fetched = mdm.post("/server/devices", json!({"limit": 100})).await.expect_ok();
    scene.ask_for(&scene.associate(&["C02PHONE0001"]).await).await;
    scene.portal.assign(&["C02PHONE0001"], None).await;
    scene.portal.advance("5m").await;
    breathe().await;
    let gone = mdm.post("/devices/sync", json!({"cursor": fetched["cursor"]})).await.expect_ok();
    assert_eq!(gone["devices"][0]["op_type"], "deleted");
    scene.portal.advance("1h").await;
    scene.get("/client/config").await.expect_ok();
    assert_eq!(shown(&scene.world, "leaves-seats-behind").await, ["/mdm/v2/assets/associate", "/devices/sync"]);
    breathe().await;
    let back = scene.hq.post("/assets/revoke", json!({"serialNumbers": ["C02PHONE0001"]})).await;
    scene.ask_for(&back).await;
    assert!(scene.broken().await.is_empty(), "late, and yet");
}
