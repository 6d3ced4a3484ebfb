//! `…/locations`.

use serde_json::{Value, json};

use super::{counts, misfit, scene, unknown};

#[tokio::test]
async fn locations_are_listed_and_the_bundle_has_their_tokens() {
    let (world, portal) = scene().await;
    let list = portal.get("/locations").await;
    let hq = &list["items"][0];
    let facts = ["name", "country", "assets", "users", "assignments", "mdm"].map(|key| hq[key].clone());
    assert_eq!(facts, [json!("HQ"), json!("US"), json!(5), json!(3), json!(3), Value::Null]);
    let bundle = portal.get("").await;
    assert_eq!(bundle["urls"]["apps"], format!("{}/mdm/v2", world.url()));
    let names: Vec<&Value> = bundle["locations"].as_array().unwrap().iter().map(|location| &location["name"]).collect();
    assert_eq!(names, ["HQ", "Store", "Recife"]);
    let (shown, first) = (portal.get("/locations/HQ").await, &bundle["locations"][0]);
    assert_eq!((&first["id"], &first["content_token"]), (&shown["id"], &shown["tokens"][0]["content_token"]));
    let by_id = portal.get(&format!("/locations/{}", shown["id"].as_str().unwrap())).await;
    assert_eq!(by_id, shown, "a name and an id will both do");
    let line = world.portal().client.get(format!("{}/_sim/orgs", world.url())).send().await.unwrap();
    assert_eq!(line.json::<Value>().await.unwrap()["items"][0]["locations"], 3);
}

#[tokio::test]
async fn a_location_shows_assets_users_configuration_and_tokens() {
    let (_world, portal) = scene().await;
    let shown = portal.get("/locations/HQ").await;
    let pages = json!({
        "adam_id": "361309726", "pricing_param": "STDQ", "name": "Pages", "kind": "app", "total": 10, "assigned": 2,
        "available": 8, "retired": 0, "unlimited": false, "device_assignable": true, "revocable": true, "platforms": ["iOS"],
    });
    assert_eq!(shown["assets"][0], pages);
    assert_eq!(shown["assets"][1]["unlimited"], true);
    let book = ["kind", "device_assignable", "revocable"].map(|key| shown["assets"][2][key].clone());
    assert_eq!(book, [json!("book"), json!(false), json!(false)]);
    let token = &shown["tokens"][0];
    let facts = ["account", "kind", "state", "expires_at"].map(|key| token[key].as_str().unwrap());
    assert_eq!(facts, ["noor@acme.example", "full", "live", "2027-09-01T08:00:00Z"], "a content manager downloaded it");
    assert_eq!(shown["uid"].as_str().unwrap().len(), 16);
    assert_eq!((&shown["users_count"], &shown["assignments_count"]), (&json!(3), &json!(3)));
    let configuration = &shown["configuration"];
    assert_eq!((&configuration["mdm_info"], &configuration["notification_url"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn users_and_assignments_are_listed_in_parts() {
    let (_world, portal) = scene().await;
    let mut ids = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let from = cursor.as_str().map_or(String::new(), |cursor| format!("&cursor={cursor}"));
        let page = portal.get(&format!("/locations/HQ/users?limit=2{from}")).await;
        ids.extend(page["items"].as_array().unwrap().iter().map(|user| user["client_user_id"].clone()));
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(ids, ["u-3", "u-1", "u-2"], "those who are retired were there before");
    let retired = portal.get("/locations/HQ/users?status=retired").await;
    assert_eq!(
        (&retired["items"][0]["client_user_id"], retired["items"].as_array().unwrap().len()),
        (&json!("u-3"), 1)
    );
    let all = portal.get("/locations/HQ/assignments").await;
    // A cursor is a place: the size of the parts may change on the way.
    let first = portal.get("/locations/HQ/assignments?limit=1").await;
    let rest = portal.get("/locations/HQ/assignments?limit=2&cursor=1").await;
    let together: Vec<&Value> =
        [&first, &rest].into_iter().flat_map(|part| part["items"].as_array().unwrap()).collect();
    assert_eq!((together, rest.get("next")), (all["items"].as_array().unwrap().iter().collect(), None));
    let device = portal.get("/locations/HQ/assignments?serial_number=C02PHONE0001").await;
    assert_eq!(
        (&device["items"][0]["adam_id"], &device["items"][0]["client_user_id"]),
        (&json!("361309726"), &Value::Null)
    );
    assert_eq!(portal.get("/locations/HQ/assignments?adam_id=1441329034&client_user_id=u-1").await["items"], json!([]));
    assert_eq!(portal.get("/locations/HQ/users?cursor=99").await["items"], json!([]));
    for query in ["users?status=gone", "users?limt=1", "assignments?adam_id=Pages", "assignments?limit=few"] {
        portal.refused("GET", &format!("/locations/HQ/{query}"), Value::Null, 400, "BAD_QUERY").await;
    }
}

#[tokio::test]
async fn a_location_is_added_as_in_a_scenario() {
    let (_world, portal) = scene().await;
    let yaml = b"name: Lab\ncountry: de\ntoken: {expires_in: 30d}\nassets: [{adam_id: '361309726', licenses: 3}]\n\
        users: [{client_user_id: x}]\nassignments: [{adam_id: '361309726', client_user_id: x}]\n";
    let added = portal.send("POST", "/locations", &[("Content-Type", "application/yaml")], yaml).await;
    let shown = added.json();
    assert_eq!((added.status, &shown["name"], &shown["country"]), (201, &json!("Lab"), &json!("DE")), "{}", added.text);
    assert_eq!(shown["tokens"][0]["expires_at"], "2026-10-01T08:00:00Z");
    assert_eq!(shown["assets"][0]["name"], "Pages", "the organisation knows the title");
    assert_eq!(counts(&portal, "Lab", "361309726").await, [3, 1, 2, 0]);
    assert_eq!(portal.get("").await["locations"][3]["content_token"], shown["tokens"][0]["content_token"]);
}

#[tokio::test]
async fn a_wrong_location_is_told_where_it_is_wrong_and_leaves_nothing() {
    let (_world, portal) = scene().await;
    for (body, pointer) in [
        (json!({"country": "DE"}), ""),
        (json!({"name": "Lab", "country": "Germany"}), "/country"),
        (json!({"name": "Lab", "asset": []}), "/asset"),
        (json!({"name": "Lab", "assets": [{"adam_id": "x"}]}), "/assets/0/adam_id"),
        (json!({"name": "Lab", "assets": [{"adam_id": "1", "licenses": 0}]}), "/assets/0/licenses"),
        (json!({"name": "Lab", "assignments": [{"adam_id": "1", "client_user_id": "u"}]}), "/assignments/0/adam_id"),
    ] {
        let problem = portal.refused("POST", "/locations", body, 422, "BODY_DOES_NOT_FIT").await;
        let pointers: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert!(pointers.contains(&pointer), "{problem}");
    }
    assert_eq!(portal.get("/locations").await["items"].as_array().unwrap().len(), 3);
    assert_eq!(portal.get("/purchases?adam_id=1").await["items"], json!([]));
}

#[tokio::test]
async fn another_mdm_takes_a_location_over() {
    let (_world, portal) = scene().await;
    let mdm_info = json!({"id": "42", "name": "Other MDM", "metadata": "mine"});
    let claimed = portal.post("/locations/HQ/claim", json!({ "mdm_info": mdm_info })).await;
    assert_eq!(claimed["configuration"]["mdm_info"], mdm_info);
    assert_eq!(portal.get("/locations").await["items"][0]["mdm"], "Other MDM");
    assert_eq!(misfit(&portal, "POST", "/locations/HQ/claim", json!({"mdm_info": {"id": "1"}})).await, "/mdm_info");
    assert_eq!(misfit(&portal, "POST", "/locations/HQ/claim", json!({"mdm": {}})).await, "/mdm");
}

#[tokio::test]
async fn a_title_is_made_unlimited_and_limited_again() {
    let (_world, portal) = scene().await;
    let path = "/locations/HQ/assets/361309726";
    let changed = portal.call("PATCH", path, json!({"unlimited": true})).await;
    assert_eq!(
        (&changed["unlimited"], &changed["total"], &changed["assigned"]),
        (&json!(true), &json!(i32::MAX), &json!(2))
    );
    portal.refused("POST", "/purchases", super::pages(1), 409, "WITHOUT_END").await;
    portal.call("PATCH", path, json!({"unlimited": false})).await;
    assert_eq!(counts(&portal, "HQ", "361309726").await, [10, 2, 8, 0]);
    // A free app comes to a location that does not have it yet.
    portal.call("PATCH", "/locations/Store/assets/640199958", json!({"unlimited": true})).await;
    assert_eq!(portal.get("/locations/Store").await["assets"][1]["unlimited"], true);
    portal
        .refused("PATCH", "/locations/Recife/assets/900000001", json!({"unlimited": true}), 409, "NOT_IN_STOREFRONT")
        .await;
    assert_eq!(misfit(&portal, "PATCH", path, json!({"unlimited": "yes"})).await, "/unlimited");
    unknown(
        &portal,
        &[
            ("PATCH", "/locations/Store/assets/5", json!({"unlimited": false})),
            ("PATCH", "/locations/Store/assets/Pages", json!({"unlimited": true})),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_location_that_there_is_not_is_guessed() {
    let (_world, portal) = scene().await;
    unknown(
        &portal,
        &[
            ("GET", "/locations/Nowhere", Value::Null),
            ("GET", "/locations/Nowhere/users", Value::Null),
            ("GET", "/locations/Nowhere/assignments", Value::Null),
            ("POST", "/locations/Nowhere/token", json!({})),
            ("DELETE", "/locations/Nowhere/token", Value::Null),
            ("POST", "/locations/Nowhere/claim", json!({"mdm_info": {"id": "1", "name": "x"}})),
            ("PATCH", "/locations/Nowhere/assets/1", json!({"unlimited": true})),
            ("GET", "/purchases?location=Nowhere", Value::Null),
        ],
    )
    .await;
    let problem = portal.refused("GET", "/locations/Stroe", Value::Null, 404, "NOT_FOUND").await;
    assert_eq!(problem["detail"], "there is no location `Stroe`; did you mean `Store`?");
}
