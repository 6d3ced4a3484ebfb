//! Looking at an invitation, and accepting it.

use serde_json::json;

use super::{invited, invitee, user};
use crate::actors::Webhook;
use crate::apps::library_notifying;

#[tokio::test]
async fn the_page_says_who_invites_and_asks_for_an_apple_id() {
    let (_world, invitee) = invited().await;
    let page = invitee.open().await;
    page.expect_page(200, "Acme Corporation invites you");
    for part in [
        "<html lang=\"en\">",
        "<dd>HQ</dd>",
        "<dd>u2@acme.example</dd>",
        "<form method=\"post\">",
        "<label for=\"apple-id\">Your Apple ID</label>",
        "<input id=\"apple-id\" name=\"appleId\" type=\"text\"",
        "<button type=\"submit\">Accept</button>",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("<script") && !page.text.contains("src=") && !page.text.contains("<link"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), (Some("no-store"), Some("no-referrer")));
    assert!(page.header("x-apple-request-uuid").is_some());
}

#[tokio::test]
async fn looking_accepts_nothing() {
    let (world, invitee) = invited().await;
    let before = user(&world, "u-2").await;
    invitee.open().await;
    let head = invitee.send(reqwest::Method::HEAD, "").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(user(&world, "u-2").await, before);
}

#[tokio::test]
async fn who_accepts_is_associated_in_both_versions_and_the_apple_id_stays_private() {
    let (world, invitee) = invited().await;
    let private = "somebody.private@icloud.example";
    let page = invitee.accept(private).await;
    page.expect_page(200, "You have accepted");
    assert!(!page.text.contains("private@"), "{}", page.text);
    let shown = user(&world, "u-2").await;
    assert_eq!((shown["status"].as_str(), shown.get("inviteUrl")), (Some("Associated"), None));
    let hash = shown["itsIdHash"].as_str().unwrap().to_owned();
    assert_eq!(hash.len(), 28);
    let listed = world.content_manager("HQ").all("/users", "users").await;
    let listed = listed.iter().find(|user| user["clientUserId"] == "u-2").unwrap();
    let facts = ["status", "idHash"].map(|key| listed[key].as_str().unwrap());
    assert_eq!((facts, listed.get("inviteCode")), (["Associated", hash.as_str()], None));
    let journal = json!(world.portal().journal("").await).to_string();
    let har = world.portal().send("GET", "/journal", &[("Accept", "application/har+json")], b"").await.text;
    for text in [journal, har, shown.to_string(), world.portal().get("/locations/HQ/users").await.to_string()] {
        assert!(!text.contains("private@") && !text.contains("private%40"), "{text}");
    }
}

#[tokio::test]
async fn the_same_apple_id_has_the_same_hash_on_the_page_and_at_the_portal() {
    let (world, invitee) = invited().await;
    invitee.accept(" robin@icloud.example ").await.expect_page(200, "You have accepted");
    let other = world.vpp_client("Branch").ask("registerVPPUserSrv", json!({"clientUserIdStr": "b-1"})).await;
    let path = format!("/invitations/{}/accept", other["user"]["inviteCode"].as_str().unwrap());
    let accepted = world.portal().post(&path, json!({"apple_account": "robin@icloud.example"})).await;
    assert_eq!(user(&world, "u-2").await["itsIdHash"], accepted["id_hash"]);
}

#[tokio::test]
async fn an_apple_id_is_made_up_where_none_is_filled_in() {
    for body in ["", "appleId=", "appleId=+"] {
        let (world, invitee) = invited().await;
        invitee.send(reqwest::Method::POST, body).await.expect_page(200, "You have accepted");
        assert_eq!(user(&world, "u-2").await["itsIdHash"].as_str().unwrap().len(), 28, "{body}");
    }
}

#[tokio::test]
async fn the_mdm_is_told_that_the_user_has_accepted() {
    let mut webhook = Webhook::open().await;
    let world = library_notifying(&webhook).await;
    let invitee = invitee(&world).await;
    let set = json!({"notificationUrl": webhook.url(), "notificationAuthToken": "s3cret", "notificationTypes": ["USER_ASSOCIATED", "TEST_NOTIFICATION"]});
    world.content_manager("HQ").post("/client/config", set).await.expect_ok();
    assert_eq!(webhook.next().await.kind(), "TEST_NOTIFICATION");
    invitee.accept("robin@icloud.example").await.expect_page(200, "You have accepted");
    let told = webhook.next().await;
    assert_eq!(told.kind(), "USER_ASSOCIATED");
    let user = &told.body["notification"]["associatedUsers"][0];
    assert_eq!((&user["clientUserId"], &user["status"]), (&json!("u-2"), &json!("Associated")), "{}", told.body);
    assert!(!told.body.to_string().contains("icloud"), "{}", told.body);
}
