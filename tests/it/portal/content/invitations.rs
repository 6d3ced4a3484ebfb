//! Invitations.

use serde_json::{Value, json};

use super::{misfit, scene, unknown};
use crate::actors::Portal;

async fn user(portal: &Portal, id: &str) -> Value {
    portal.get(&format!("/locations/HQ/users?client_user_id={id}")).await["items"][0].clone()
}

#[tokio::test]
async fn a_user_accepts_with_an_apple_account_that_stays_private() {
    let (_world, portal) = scene().await;
    let invited = user(&portal, "u-1").await;
    assert_eq!((&invited["status"], &invited["id_hash"]), (&json!("registered"), &Value::Null));
    let path = format!("/invitations/{}/accept", invited["invite_code"].as_str().unwrap());
    let accepted = portal.post(&path, json!({"apple_account": "one@icloud.example"})).await;
    let facts = ["client_user_id", "status", "location"].map(|key| accepted[key].as_str().unwrap());
    assert_eq!(facts, ["u-1", "associated", "HQ"]);
    assert_eq!((accepted["id_hash"].as_str().unwrap().len(), &accepted["invite_code"]), (28, &Value::Null));
    assert!(!portal.get("/locations/HQ").await.to_string().contains("icloud"), "only a hash is known");
    let problem = portal.refused("POST", &path, json!({}), 409, "INVITATION_INVALID").await;
    assert!(problem["detail"].as_str().unwrap().contains("associated already"), "{problem}");
}

#[tokio::test]
async fn an_apple_account_is_made_up_where_none_is_named() {
    let (_world, portal) = scene().await;
    let code = user(&portal, "u-1").await["invite_code"].as_str().unwrap().to_owned();
    let path = format!("/invitations/{code}/accept");
    assert_eq!(misfit(&portal, "POST", &path, json!({"apple_account": " "})).await, "/apple_account");
    assert_eq!(misfit(&portal, "POST", &path, json!({"account": "x"})).await, "/account");
    assert_eq!(portal.call("POST", &path, Value::Null).await["id_hash"].as_str().unwrap().len(), 28);
    let other = "0".repeat(32);
    unknown(
        &portal,
        &[
            ("POST", "/invitations/nonsense/accept", json!({})),
            ("POST", &format!("/invitations/{other}/accept"), json!({})),
        ],
    )
    .await;
}
