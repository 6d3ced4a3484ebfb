//! Defining enrolment profiles and getting them back.

use serde_json::{Value, json};

use crate::actors::World;

const PHONE: &str = "C02PHONE0001";

fn profile(more: Value) -> Value {
    let mut body = json!({"profile_name": "Everybody", "url": "https://mdm.example/enroll"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_profile_gets_an_id_and_a_map_of_devices() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let answer = mdm.post("/profile", profile(json!({}))).await.expect_ok();
    let id = answer["profile_uuid"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)), "{id}");
    assert_eq!(answer["devices"], json!({}));
    let second = mdm.post("/profile", profile(json!({}))).await.expect_ok();
    assert_ne!(second["profile_uuid"], answer["profile_uuid"], "each define makes a new one");
}

#[tokio::test]
async fn a_profile_can_be_defined_for_devices() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let body = profile(json!({"devices": [PHONE, "NOSUCHDEVICE"]}));
    let answer = mdm.post("/profile", body.clone()).await.expect_ok();
    assert_eq!(answer["devices"], json!({(PHONE): "SUCCESS", "NOSUCHDEVICE": "NOT_ACCESSIBLE"}));
    let device = mdm.details(PHONE).await;
    assert_eq!((&device["profile_status"], &device["profile_uuid"]), (&json!("assigned"), &answer["profile_uuid"]));
    portal.quirks(json!({"define_unknown_serials": "not_found"})).await;
    mdm.post("/profile", body).await.expect_refusal(400, "NOT_FOUND");
    let unchanged = mdm.details(PHONE).await;
    assert_eq!(unchanged["profile_uuid"], answer["profile_uuid"], "nothing of it happened");
}

#[tokio::test]
async fn the_first_rule_that_a_profile_breaks_is_named() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let long = |length: usize| "x".repeat(length);
    for (body, code) in [
        (json!({}), "CONFIG_URL_REQUIRED"),
        (json!({"profile_name": "p"}), "CONFIG_URL_REQUIRED"),
        (json!({"url": null, "profile_name": "p"}), "CONFIG_URL_REQUIRED"),
        (profile(json!({"url": ""})), "CONFIG_URL_INVALID"),
        (profile(json!({"url": "no url"})), "CONFIG_URL_INVALID"),
        (profile(json!({"url": format!("https://m.example/{}", long(2_000))})), "CONFIG_URL_INVALID"),
        (json!({"url": "https://m.example"}), "CONFIG_NAME_REQUIRED"),
        (profile(json!({"profile_name": ""})), "CONFIG_NAME_INVALID"),
        (profile(json!({"profile_name": long(126)})), "CONFIG_NAME_INVALID"),
        (profile(json!({"department": long(126)})), "DEPARTMENT_INVALID"),
        (profile(json!({"org_magic": long(257)})), "MAGIC_INVALID"),
        (profile(json!({"support_phone_number": long(51)})), "SUPPORT_PHONE_INVALID"),
        (profile(json!({"support_email_address": long(251)})), "SUPPORT_EMAIL_INVALID"),
        (profile(json!({"is_mdm_removable": false})), "FLAGS_INVALID"),
        (profile(json!({"language": "english"})), "LOCALE_INVALID"),
        (profile(json!({"region": "us"})), "LOCALE_INVALID"),
        (profile(json!({"is_supervised": "yes"})), "MALFORMED_REQUEST_BODY"),
        (profile(json!({"skip_setup_items": "Siri"})), "MALFORMED_REQUEST_BODY"),
    ] {
        let answer = mdm.post("/profile", body.clone()).await;
        assert_eq!((answer.status, answer.text.as_str()), (400, code), "{body}");
    }
}

#[tokio::test]
async fn lengths_are_counted_in_characters() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    mdm.post("/profile", profile(json!({"profile_name": "ü".repeat(125)}))).await.expect_ok();
    mdm.post("/profile", profile(json!({"url": format!("https://m.example/{}", "ü".repeat(400))})))
        .await
        .expect_refusal(400, "CONFIG_URL_INVALID");
}

#[tokio::test]
async fn empty_texts_count_as_absent_unless_profiles_are_strict() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let texts = [
        ("org_magic", "MAGIC_INVALID"),
        ("department", "DEPARTMENT_INVALID"),
        ("support_phone_number", "SUPPORT_PHONE_INVALID"),
        ("support_email_address", "SUPPORT_EMAIL_INVALID"),
    ];
    for (key, _) in texts {
        mdm.post("/profile", profile(json!({ (key): "" }))).await.expect_ok();
    }
    portal.quirks(json!({"strict_profile": true})).await;
    for (key, code) in texts {
        mdm.post("/profile", profile(json!({ (key): "" }))).await.expect_refusal(400, code);
    }
}

#[tokio::test]
async fn unknown_setup_items_and_keys_are_fine() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let body = profile(json!({"skip_setup_items": ["Siri", "NoSuchPane"], "no_such_key": {"a": 1}}));
    let id = mdm.post("/profile", body).await.expect_ok()["profile_uuid"].as_str().unwrap().to_owned();
    let kept = mdm.get(&format!("/profile?profile_uuid={id}")).await.expect_ok();
    assert_eq!(kept["skip_setup_items"], json!(["Siri", "NoSuchPane"]));
    assert_eq!(kept.get("no_such_key"), None);
}

#[tokio::test]
async fn flags_under_names_that_apple_does_not_know_have_no_effect() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let body = json!({"supervised": true, "mandatory": true, "mdm_removable": false, "multi_user": true});
    let id = mdm.post("/profile", profile(body)).await.expect_ok()["profile_uuid"].as_str().unwrap().to_owned();
    let kept = mdm.get(&format!("/profile?profile_uuid={id}")).await.expect_ok();
    for (key, value) in
        [("is_supervised", false), ("is_mandatory", false), ("is_mdm_removable", true), ("is_multi_user", false)]
    {
        assert_eq!(kept[key], value, "{key}");
    }
}

#[tokio::test]
async fn a_profile_comes_back_in_the_order_and_with_the_defaults_of_apple() {
    let world = World::small().await;
    let mut mdm = world.mdm("Primary MDM").await;
    let body = profile(json!({
        "support_phone_number": "1", "support_email_address": "a@b.example", "department": "IT", "org_magic": "m",
        "skip_setup_items": ["Siri"], "devices": [PHONE],
    }));
    let id = mdm.post("/profile", body).await.expect_ok()["profile_uuid"].as_str().unwrap().to_owned();
    let kept = mdm.get(&format!("/profile?profile_uuid={id}")).await.expect_ok();
    let captured = [
        "support_phone_number",
        "support_email_address",
        "department",
        "org_magic",
        "url",
        "is_supervised",
        "allow_pairing",
        "is_mandatory",
        "is_mdm_removable",
        "await_device_configured",
        "is_multi_user",
        "auto_advance_setup",
        "skip_setup_items",
        "profile_uuid",
        "profile_name",
    ];
    let keys = kept.as_object().unwrap().keys().filter(|key| captured.contains(&key.as_str()));
    assert_eq!(keys.collect::<Vec<_>>(), captured);
    assert_eq!((&kept["allow_pairing"], &kept["is_mdm_removable"]), (&json!(true), &json!(true)));
    assert_eq!((kept.get("devices"), kept.get("anchor_certs"), kept.get("language")), (None, None, None));
    let first = mdm.at_version(1).get(&format!("/profile?profile_uuid={id}")).await.expect_ok();
    for key in ["support_email_address", "await_device_configured", "is_multi_user", "auto_advance_setup"] {
        assert_eq!(first.get(key), None, "{key} came with version 2");
    }
}

#[tokio::test]
async fn what_came_with_version_two_is_ignored_below_it() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    let body = profile(json!({"support_email_address": "x".repeat(300), "is_multi_user": true}));
    let defined = mdm.at_version(1).post("/profile", body.clone()).await.expect_ok();
    let id = defined["profile_uuid"].as_str().unwrap();
    let kept = mdm.at_version(2).get(&format!("/profile?profile_uuid={id}")).await.expect_ok();
    assert_eq!((kept.get("support_email_address"), &kept["is_multi_user"]), (None, &json!(false)));
    mdm.at_version(2).post("/profile", body).await.expect_refusal(400, "SUPPORT_EMAIL_INVALID");
}

#[tokio::test]
async fn an_id_may_be_written_in_any_way_and_belongs_to_its_server() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let id = mdm.define("Everybody").await;
    let dashed = format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
    for form in [id.clone(), id.to_lowercase(), dashed] {
        let kept = mdm.get(&format!("/profile?profile_uuid={form}")).await.expect_ok();
        assert_eq!(kept["profile_uuid"], id.as_str());
        assert_eq!(mdm.assign(&form, &[PHONE]).await.expect_ok()["profile_uuid"], id.as_str());
    }
    for path in ["/profile", "/profile?profile_uuid="] {
        mdm.get(path).await.expect_refusal(400, "PROFILE_UUID_REQUIRED");
    }
    let mut other = world.mdm("Second MDM").await;
    let path = format!("/profile?profile_uuid={id}");
    other.get(&path).await.expect_refusal(400, "NOT_FOUND");
    portal.quirks(json!({"unknown_profile_status": 404, "unknown_profile_code": "PROFILE_NOT_FOUND"})).await;
    other.get(&path).await.expect_refusal(404, "PROFILE_NOT_FOUND");
}

#[tokio::test]
async fn contradictory_flags_can_be_too_much_for_the_service() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    let body = profile(json!({"is_multi_user": true, "is_supervised": false}));
    mdm.post("/profile", body.clone()).await.expect_ok();
    portal.quirks(json!({"odd_profiles": "server_error"})).await;
    mdm.post("/profile", body).await.expect_refusal(500, "Internal Server Error");
    mdm.post("/profile", profile(json!({}))).await.expect_ok();
}
