//! Reading along.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::PHONE;
use crate::actors::{MdmServer, World};

/// Somebody who reads a stream of events.
struct Reader {
    response: reqwest::Response,
    text: String,
}

impl Reader {
    async fn begin(world: &World, query: &str, last_event: Option<&str>) -> Self {
        let client = world.portal().client;
        let mut request = client.get(format!("{}/_sim/orgs/acme/journal/stream{query}", world.url()));
        if let Some(id) = last_event {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event: its name, its id and its data; `None` at the end.
    async fn next(&mut self) -> Option<(String, Option<u64>, Value)> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                if let (Some(name), Some(data)) = (field("event"), field("data")) {
                    let id = field("id").map(|id| id.parse().unwrap());
                    return Some((name.to_owned(), id, serde_json::from_str(data).unwrap()));
                }
                assert!(event.starts_with(':'), "{event}");
            }
            let chunk =
                timeout(Duration::from_secs(20), self.response.chunk()).await.expect("something comes").ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn id(&mut self) -> Option<u64> {
        self.next().await?.1
    }
}

#[tokio::test]
async fn exchanges_are_told_as_they_come() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let mut reader = Reader::begin(&world, "", None).await;
    mdm.get("/account").await.expect_ok();
    mdm.send("POST", "/devices", Some("{\n \"devices\":\n [\"C02PHONE0001\"]}")).await.expect_ok();
    let (name, id, entry) = reader.next().await.unwrap();
    assert_eq!((name.as_str(), id), ("exchange", Some(2)), "those before are not told");
    assert_eq!(entry, world.portal().get("/journal/2").await);
    let (_, id, entry) = reader.next().await.unwrap();
    assert_eq!((id, &entry["request"]["body"]), (Some(3), &json!({"devices": [PHONE]})));
}

#[tokio::test]
async fn a_reader_takes_the_filters_of_the_list() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let mut reader = Reader::begin(&world, "?status=4xx&operation=enrollment.*", None).await;
    let mut from_start = Reader::begin(&world, "?since=0", None).await;
    mdm.get("/account").await.expect_ok();
    mdm.get("/nothing").await.expect_refusal(404, "");
    mdm.post("/devices/sync", json!({})).await.expect_refusal(400, "CURSOR_REQUIRED");
    assert_eq!(reader.id().await, Some(4));
    assert_eq!(from_start.id().await, Some(1));
}

#[tokio::test]
async fn who_comes_back_misses_nothing() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    for _ in 0..4 {
        mdm.get("/account").await.expect_ok();
    }
    let mut reader = Reader::begin(&world, "", Some("3")).await;
    assert_eq!([reader.id().await, reader.id().await], [Some(4), Some(5)]);
    let mut of_another_run = Reader::begin(&world, "", Some("99")).await;
    assert_eq!(of_another_run.id().await, Some(1));
}

#[tokio::test]
async fn who_reads_too_slowly_is_told_what_was_lost() {
    let settings = abmsim::simulator::Settings { journal: 100_000, ..Default::default() };
    let world = World::with(settings, "{version: 1, organizations: [{id: acme, servers: [{name: A}]}]}").await;
    let mdm = world.mdm("A").await;
    let body = json!({"devices": ["x".repeat(50_000)]}).to_string();
    for _ in 0..10 {
        mdm.send("POST", "/devices", Some(&body)).await.expect_ok();
    }
    let mut reader = Reader::begin(&world, "", Some("1")).await;
    let (name, _, data) = reader.next().await.unwrap();
    assert_eq!(name, "lost");
    let first = data["count"].as_u64().unwrap() + 2;
    assert!(first > 5, "{data}");
    assert_eq!(reader.id().await, Some(first), "the rest is told");
}

#[tokio::test]
async fn a_stream_survives_that_the_journal_is_emptied() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let mut reader = Reader::begin(&world, "", None).await;
    mdm.get("/account").await.expect_ok();
    assert_eq!(reader.id().await, Some(2));
    world.portal().clear_journal().await;
    mdm.get("/account").await.expect_ok();
    assert_eq!(reader.id().await, Some(3));
}

#[tokio::test]
async fn a_stream_ends_with_the_organisation_or_the_simulator() {
    let world = World::small().await;
    let mut reader = Reader::begin(&world, "", None).await;
    world.portal().call("DELETE", "", json!(null)).await;
    assert_eq!(reader.next().await, None);
    let world = World::small().await;
    let mut reader = Reader::begin(&world, "", None).await;
    let stopped = tokio::spawn(world.stop());
    assert_eq!(reader.next().await, None);
    timeout(Duration::from_secs(4), stopped).await.expect("nobody is cut off").unwrap();
}

#[tokio::test]
async fn strays_can_be_read_along_too() {
    let world = World::of("{version: 1, organizations: [{id: acme}, {id: other}]}").await;
    let client = world.portal().client;
    let response = client.get(format!("{}/_sim/journal/stream", world.url())).send().await.unwrap();
    let mut reader = Reader { response, text: String::new() };
    let stranger = MdmServer::new(world.url(), json!({}));
    sleep(Duration::from_millis(50)).await;
    stranger.send("GET", "/account", None).await.expect_refusal(401, "UNAUTHORIZED");
    assert_eq!(reader.next().await.unwrap().2["operation"], "enrollment.account");
}
