//! Same seed, same scenario, same requests: same answers, to the byte.

use abmsim::clock::wall;
use abmsim::simulator::Settings;
use serde_json::Value;

use crate::actors::socket::{request, say};
use crate::actors::{MdmServer, Signature, World};

const SCENARIO: &str = "
version: 1
seed: 99
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    servers: [{name: MDM}]
    people: [{count: 3, roles: [administrator]}]
    orders: [{placed: -30d, devices: [{model: iPhone 16, count: 3, server: MDM}, {model: MacBook Pro, count: 2}]}]
  - servers: [{name: Other}]
";

/// The requests of a busy day: method, path, body. `{x}` in a body is what the answer before had under `x`.
const DAY: [(&str, &str, &str); 24] = [
    ("GET", "/_sim/orgs", ""),
    ("GET", "/_sim/orgs/acme", ""),
    ("GET", "/_sim/orgs/acme/devices", ""),
    ("GET", "/account", ""),
    ("POST", "/server/devices", "{\"limit\":2}"),
    ("POST", "/server/devices", "{\"cursor\":\"{cursor}\"}"),
    ("POST", "/_sim/orgs/acme/orders", "{\"devices\":[{\"model\":\"iPad Air\",\"count\":2,\"server\":\"MDM\"}]}"),
    (
        "POST",
        "/_sim/orgs/acme/devices",
        "{\"via\":\"configurator\",\"model\":\"iPhone 16\",\"count\":2,\"server\":\"MDM\"}",
    ),
    ("POST", "/server/devices", "{}"),
    ("POST", "/profile", "{\"url\":\"https://m.example\",\"profile_name\":\"P\"}"),
    ("POST", "/profile/devices", "{\"profile_uuid\":\"{profile_uuid}\",\"devices\":[\"C02NOBODY001\"]}"),
    ("POST", "/devices", "{}"),
    ("GET", "/profile?profile_uuid=unknown", ""),
    ("GET", "/os-beta-enrollment/tokens", ""),
    ("GET", "/nowhere", ""),
    (
        "PATCH",
        "/_sim/orgs/acme/quirks",
        "{\"invalid_cursor_rate\":0.5,\"session_rotate_every\":2,\"session_rotate_grace\":\"9d\"}",
    ),
    ("POST", "/devices/sync", "{\"cursor\":\"x\"}"),
    ("POST", "/devices/sync", "{\"cursor\":\"x\"}"),
    ("POST", "/_sim/orgs/acme/clock", "{\"advance\":\"1h\"}"),
    ("POST", "/_sim/orgs/acme/servers", "{\"name\":\"Third\"}"),
    ("POST", "/_sim/orgs/acme/servers/Third/token", "{\"admin\":\"kim@acme.example\"}"),
    ("POST", "/_sim/orgs", "{\"like\":\"acme\"}"),
    (
        "POST",
        "/_sim/orgs",
        "{\"servers\":[{\"name\":\"MDM\"}],\"clock\":{\"start\":\"2026-01-01\",\"mode\":\"frozen\"}}",
    ),
    ("GET", "/_sim/orgs", ""),
];

/// Everything that was answered on a day, without the wall clock's Date.
async fn day(world: &World, timestamp: u64) -> Vec<String> {
    let address = world.simulator().address();
    let mdm: MdmServer = world.portal().mdm("MDM").await;
    let signed = Signature::of(&mdm, "nonce").url("http://dep.test/session").at(timestamp).header();
    let signed = format!("Authorization: {signed}\r\n");
    let mut answers = vec![say(address, &request("GET", "/session", "dep.test", &signed, "")).await];
    let field = |answer: &str, key: &str| {
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        json[key].as_str().unwrap_or_default().to_owned()
    };
    let session = field(&answers[0], "auth_session_token");
    for (method, path, body) in DAY {
        let last = answers.last().unwrap();
        let body = body.replace("{cursor}", &field(last, "cursor"));
        let body = body.replace("{profile_uuid}", &field(last, "profile_uuid"));
        let agent = "X-Server-Protocol-Version: 10\r\nUser-Agent: t/1\r\n";
        let headers = format!("{agent}X-ADM-Auth-Session: {session}\r\n");
        answers.push(say(address, &request(method, path, "dep.test", &headers, &body)).await);
    }
    let undated =
        |answer: String| answer.lines().filter(|line| !line.starts_with("date: ")).collect::<Vec<_>>().join("\n");
    answers.into_iter().map(undated).collect()
}

#[tokio::test]
async fn two_simulators_with_the_same_seed_answer_alike() {
    let timestamp = wall().seconds().into();
    let (first, second) = (World::of(SCENARIO).await, World::of(SCENARIO).await);
    let (mut first, second) = (day(&first, timestamp).await, day(&second, timestamp).await);
    assert_eq!(first, second);
    first.dedup();
    assert_eq!(first.len(), DAY.len() + 1, "no two answers are the same");
}

#[tokio::test]
async fn a_reset_simulator_answers_as_it_did_at_first() {
    let timestamp = wall().seconds().into();
    let world = World::of(SCENARIO).await;
    let before = day(&world, timestamp).await;
    say(world.simulator().address(), &request("POST", "/_sim/reset", "localhost", "", "")).await;
    assert_eq!(day(&world, timestamp).await, before);
}

#[tokio::test]
async fn another_seed_gives_another_world() {
    let timestamp = wall().seconds().into();
    let other = World::with(Settings { seed: Some(100), ..Settings::default() }, SCENARIO).await;
    let (one, other) = (day(&World::of(SCENARIO).await, timestamp).await, day(&other, timestamp).await);
    for place in [0, 2, 3, 4, 5] {
        assert_ne!(one[place], other[place]);
    }
}
