//! What all calls have in common: User-Agent, protocol version, bodies, headers of answers, refusals of every kind.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::json;

use crate::actors::socket::{request, say};
use crate::actors::{Answer, MdmServer, Portal, World};

/// Calls that mind the User-Agent, as documented.
const MINDING: [(&str, &str); 10] = [
    ("POST", "/server/devices"),
    ("POST", "/devices/sync"),
    ("POST", "/devices"),
    ("POST", "/devices/disown"),
    ("POST", "/device/activationlock"),
    ("GET", "/device/replacementDetails"),
    ("POST", "/profile"),
    ("GET", "/profile"),
    ("PUT", "/profile/devices"),
    ("DELETE", "/profile/devices"),
];

/// Calls that do not.
const TOLERANT: [(&str, &str); 5] = [
    ("GET", "/account"),
    ("GET", "/os-beta-enrollment/tokens"),
    ("POST", "/account-driven-enrollment/profile"),
    ("GET", "/account-driven-enrollment/profile"),
    ("DELETE", "/account-driven-enrollment/profile"),
];

async fn signed_in() -> (World, Portal, MdmServer) {
    let world = World::small().await;
    let (portal, mdm) = (world.portal(), world.mdm("Primary MDM").await);
    (world, portal, mdm)
}

async fn asks(mdm: &MdmServer, (method, path): (&str, &str)) -> Answer {
    mdm.send(method, path, Some("{}")).await
}

#[tokio::test]
async fn a_client_without_a_user_agent_is_refused_where_that_is_documented() {
    let (_world, portal, mdm) = signed_in().await;
    for user_agent in [None, Some(String::new()), Some(" ".to_owned())] {
        let nameless = MdmServer { user_agent, version: None, ..mdm.clone() };
        for call in MINDING {
            asks(&nameless, call).await.expect_refusal(400, "USER_AGENT_MISSING");
        }
        for call in TOLERANT {
            assert!(!asks(&nameless, call).await.text.starts_with("USER_AGENT"), "{call:?}");
        }
    }
    portal.quirks(json!({"user_agent_required": false})).await;
    let nameless = MdmServer { user_agent: None, ..mdm };
    nameless.send("POST", "/server/devices", Some("{}")).await.expect_ok();
}

#[tokio::test]
async fn a_blocked_user_agent_is_refused_from_version_3() {
    let (_world, _, mdm) = signed_in().await;
    let blocked = MdmServer { user_agent: Some("nanodep-godep/0".to_owned()), ..mdm };
    for version in [3, 7, 10] {
        for call in MINDING {
            asks(&blocked.at_version(version), call).await.expect_refusal(400, "USER_AGENT_INVALID");
        }
        for call in TOLERANT {
            assert!(!asks(&blocked.at_version(version), call).await.text.starts_with("USER_AGENT"), "{call:?}");
        }
    }
    for version in [1, 2] {
        asks(&blocked.at_version(version), ("POST", "/server/devices")).await.expect_ok();
    }
}

#[tokio::test]
async fn known_clients_pass_and_the_deny_list_is_a_switch() {
    let (_world, portal, mdm) = signed_in().await;
    let agents = ["nanodep-g-o-dep/0", "nanodep-tools/0", "micromdm/v1.12", "python-requests/2.31", "fleetdm/nanodep"];
    for agent in agents.into_iter().chain(["caf\u{e9}/1"]) {
        let known = MdmServer { user_agent: Some(agent.to_owned()), ..mdm.clone() };
        asks(&known, ("POST", "/server/devices")).await.expect_ok();
    }
    portal.quirks(json!({"refused_user_agents": ["micromdm", "fleet"]})).await;
    for (agent, status) in [("micromdm/v1.12", 400), ("fleetdm/nanodep", 400), ("nanodep-godep/0", 200)] {
        let known = MdmServer { user_agent: Some(agent.to_owned()), ..mdm.clone() };
        assert_eq!(asks(&known, ("POST", "/server/devices")).await.status, status, "{agent}");
    }
}

#[tokio::test]
async fn the_protocol_version_is_1_where_none_is_readable_and_10_beyond() {
    let (_world, _, mdm) = signed_in().await;
    let silent = MdmServer { version: None, ..mdm };
    let keys = async |version: Option<&str>| {
        let mut request = silent.client.request(Method::GET, format!("{}/account", silent.url));
        request = request.header("X-ADM-Auth-Session", silent.session.as_deref().unwrap());
        if let Some(version) = version {
            request = request.header("X-Server-Protocol-Version", version);
        }
        MdmServer::receive(request).await.expect_ok().as_object().unwrap().len()
    };
    for version in [None, Some(""), Some("abc"), Some("0"), Some("-3"), Some("1"), Some("2"), Some("7.5")] {
        assert_eq!(keys(version).await, 8, "{version:?}");
    }
    for version in [Some("3"), Some("10"), Some("11"), Some("99"), Some("99999999999999999999"), Some(" 10 ")] {
        assert_eq!(keys(version).await, 13, "{version:?}");
    }
}

#[tokio::test]
async fn error_bodies_are_written_as_the_switch_says() {
    let (_world, portal, mdm) = signed_in().await;
    let plain = "text/plain;charset=UTF-8";
    let json = "application/json;charset=UTF8";
    for (form, body, kind) in [
        ("bare", "CURSOR_REQUIRED", plain),
        ("newline", "CURSOR_REQUIRED\n", plain),
        ("quoted", "\"CURSOR_REQUIRED\"", json),
        ("json", "{\"code\":\"CURSOR_REQUIRED\"}", json),
    ] {
        portal.quirks(json!({ "error_body": form })).await;
        let refused = asks(&mdm, ("POST", "/devices/sync")).await;
        refused.expect_refusal(400, body);
        assert_eq!(refused.header("content-type"), Some(kind), "{form}");
    }
}

#[tokio::test]
async fn an_outage_answers_every_call() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.quirks(json!({"outage": {"status": 503, "retry_after": 30}})).await;
    let stranger = MdmServer { session: Some("garbage".to_owned()), ..mdm.clone() };
    let unsigned = mdm.sign_in_with("OAuth nonsense").await;
    for down in [mdm.get("/account").await, mdm.sign_in().await, stranger.clone().get("/account").await, unsigned] {
        down.expect_refusal(503, "Service Unavailable");
        assert_eq!(down.header("retry-after"), Some("30"));
    }
    portal.quirks(json!({"outage": {"status": 502, "body": "html", "retry_after": null}})).await;
    let down = mdm.post("/server/devices", json!({})).await;
    assert_eq!((down.status, down.header("content-type"), down.header("retry-after")), (502, Some("text/html"), None));
    assert!(down.text.contains("<h1>502 Bad Gateway</h1>"), "{}", down.text);
    portal.quirks(json!({"outage": "off"})).await;
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn terms_are_refused_where_the_switch_says() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    for (place, session, call) in [("everywhere", 403, 403), ("session", 403, 200), ("calls", 200, 403)] {
        portal.quirks(json!({ "terms_refused_at": place })).await;
        let (sign_in, account) = (mdm.clone().sign_in().await, mdm.get("/account").await);
        assert_eq!((sign_in.status, account.status), (session, call), "{place}");
        for refused in [sign_in, account] {
            assert!(refused.status == 200 || refused.text == "T_C_NOT_SIGNED", "{}", refused.text);
        }
    }
}

#[tokio::test]
async fn a_denied_server_is_refused_where_the_switch_says() {
    let (world, portal, mut mdm) = signed_in().await;
    let mut second = world.mdm("Second MDM").await;
    portal.call("PATCH", "/servers/Primary%20MDM", json!({"access": false})).await;
    for (place, session, call) in [("everywhere", 403, 403), ("session", 403, 200), ("calls", 200, 403)] {
        portal.quirks(json!({ "access_denied_at": place })).await;
        let (sign_in, account) = (mdm.clone().sign_in().await, mdm.get("/account").await);
        assert_eq!((sign_in.status, account.status), (session, call), "{place}");
        assert!([sign_in, account].iter().all(|answer| answer.status == 200 || answer.text == "ACCESS_DENIED"));
        second.get("/account").await.expect_ok();
    }
}

#[tokio::test]
async fn the_content_type_does_not_matter_unless_the_switch_is_strict() {
    let (_world, portal, mdm) = signed_in().await;
    let ask = async |kind: Option<&str>| {
        let mut request = mdm.client.post(format!("{}/server/devices", mdm.url)).body("{}");
        request = request.header("X-ADM-Auth-Session", mdm.session.as_deref().unwrap()).header("User-Agent", "t/1");
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        MdmServer::receive(request).await
    };
    let foreign = [None, Some("text/plain"), Some("application/json"), Some("application/json;charset=UTF-8")];
    for kind in foreign {
        ask(kind).await.expect_ok();
    }
    portal.quirks(json!({"strict_content_type": true})).await;
    for kind in foreign {
        ask(kind).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
    }
    ask(Some("application/json;charset=UTF8")).await.expect_ok();
    mdm.clone().get("/account").await.expect_ok();
    mdm.sign_in_with(&mdm.authorization()).await.expect_refusal(400, "oauth_problem_adviceBad Request");
}

#[tokio::test]
async fn a_body_is_a_json_object_and_a_line_feed_may_follow() {
    let (_world, _, mdm) = signed_in().await;
    for body in ["{}\n", " {}", "{\"cursor\":null}", "{\"unknown\":[1]}", "{\"limit\":null}\r\n"] {
        mdm.send("POST", "/server/devices", Some(body)).await.expect_ok();
    }
    for body in ["", "[]", "null", "{", "{}{}", "cursor=", "\"{}\"", "{\"cursor\":1}", "{\"limit\":\"x\"}"] {
        mdm.send("POST", "/server/devices", Some(body)).await.expect_refusal(400, "MALFORMED_REQUEST_BODY");
    }
}

#[tokio::test]
async fn every_answer_has_a_request_uuid_of_its_own() {
    let (_world, _, mdm) = signed_in().await;
    let stranger = MdmServer { session: Some("garbage".to_owned()), ..mdm.clone() };
    let nobody = MdmServer { session: None, ..mdm.clone() };
    let answers = [
        mdm.clone().sign_in().await,
        mdm.sign_in_with("OAuth nonsense").await,
        asks(&mdm, ("GET", "/account")).await,
        asks(&mdm, ("POST", "/devices/sync")).await,
        asks(&stranger, ("GET", "/account")).await,
        asks(&nobody, ("GET", "/account")).await,
        asks(&mdm, ("GET", "/nowhere")).await,
        asks(&mdm, ("POST", "/account")).await,
    ];
    let mut seen = HashSet::new();
    for answer in &answers {
        let uuid = answer.header("x-apple-request-uuid").unwrap_or_else(|| panic!("{answer:?}"));
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{uuid}");
        assert!(uuid.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)));
        assert!(seen.insert(uuid.to_owned()), "{uuid} twice");
        assert!(answer.header("x-apple-edge-response-time").unwrap().parse::<u32>().is_ok());
        assert_eq!(answer.header("date"), Some("Tue, 01 Sep 2026 08:00:00 GMT"), "the simulated time");
    }
}

#[tokio::test]
async fn strangers_get_a_request_uuid_where_there_are_several_organisations() {
    let world = World::of("{version: 1, organizations: [{id: acme}, {id: other}]}").await;
    let answer = say(world.simulator().address(), &request("GET", "/account", "localhost", "", "")).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("\r\nx-apple-request-uuid: "), "{answer}");
}

#[tokio::test]
async fn the_date_follows_the_simulated_clock() {
    let (_world, portal, mut mdm) = signed_in().await;
    portal.advance("30m").await;
    assert_eq!(mdm.get("/account").await.header("date"), Some("Tue, 01 Sep 2026 08:30:00 GMT"));
    portal.advance("1h").await;
    let over = mdm.get("/account").await;
    over.expect_refusal(401, "UNAUTHORIZED");
    assert_eq!(over.header("date"), Some("Tue, 01 Sep 2026 09:30:00 GMT"));
}

#[tokio::test]
async fn answers_are_not_compressed_whatever_the_client_takes() {
    let (_world, _, mdm) = signed_in().await;
    for accepted in ["gzip", "gzip, deflate", "deflate", "br, *"] {
        let request = mdm.client.get(format!("{}/account", mdm.url)).header("Accept-Encoding", accepted);
        let request = request.header("X-ADM-Auth-Session", mdm.session.as_deref().unwrap());
        let answer = MdmServer::receive(request).await;
        assert_eq!(answer.header("content-encoding"), None, "{accepted}");
        answer.expect_ok();
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let (_world, _, mdm) = signed_in().await;
    let get = mdm.send("GET", "/account", None).await;
    let head = mdm.send("HEAD", "/account", None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some(get.text.len().to_string().as_str()));
}

#[tokio::test]
async fn an_unknown_path_is_not_found_and_a_wrong_method_not_allowed() {
    let (_world, _, mdm) = signed_in().await;
    for path in ["/", "/Account", "/account/", "/server", "/sessions", "/_sims", "/token"] {
        mdm.send("GET", path, None).await.expect_refusal(404, "");
    }
    for (method, path, allow) in [
        ("POST", "/account", "GET, HEAD"),
        ("GET", "/server/devices", "POST"),
        ("GET", "/profile/devices", "POST, PUT, DELETE"),
        ("PUT", "/profile", "POST, GET, HEAD"),
    ] {
        let refused = mdm.send(method, path, Some("{}")).await;
        refused.expect_refusal(405, "");
        assert_eq!(refused.header("allow"), Some(allow));
    }
}

#[tokio::test]
async fn a_body_beyond_all_measure_is_too_large() {
    let (_world, _, mdm) = signed_in().await;
    let body = format!("{{\"x\":\"{}\"}}", "x".repeat(8 * 1024 * 1024));
    assert_eq!(mdm.send("POST", "/server/devices", Some(&body)).await.status, 413);
}

#[tokio::test]
async fn a_client_that_waits_for_the_go_ahead_gets_it() {
    let (world, _, mdm) = signed_in().await;
    let session = mdm.session.as_deref().unwrap();
    let headers = format!("Expect: 100-continue\r\nUser-Agent: t/1\r\nX-ADM-Auth-Session: {session}\r\n");
    let request = request("POST", "/server/devices", "localhost", &headers, "{}");
    let answer = say(world.simulator().address(), &request).await;
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"more_to_follow\":false"), "{answer}");
}
