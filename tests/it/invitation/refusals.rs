//! Links that lead to no invitation.

use serde_json::json;

use super::invited;
use crate::actors::Invitee;

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let (_world, invitee) = invited().await;
    invitee.accept("one@icloud.example").await.expect_page(200, "You have accepted");
    invitee.accept("two@icloud.example").await.expect_page(410, "This invitation was accepted already");
    invitee.open().await.expect_page(410, "This invitation was accepted already");
}

#[tokio::test]
async fn the_invitation_of_a_retired_user_is_void() {
    let (world, invitee) = invited().await;
    world.vpp_client("HQ").ask("retireVPPUserSrv", json!({"clientUserIdStr": "u-2"})).await;
    invitee.open().await.expect_page(410, "This invitation is no longer valid");
    invitee.accept("one@icloud.example").await.expect_page(410, "This invitation is no longer valid");
}

#[tokio::test]
async fn a_code_that_invites_nobody_is_not_found() {
    let (_world, invitee) = invited().await;
    let (page, code) = invitee.link.split_once("inviteCode=").unwrap();
    let upper = code.to_uppercase();
    for wrong in ["0".repeat(32), "nonsense".to_owned(), code[1..].to_owned(), upper] {
        let lost = Invitee { link: format!("{page}inviteCode={wrong}"), ..invitee.clone() };
        lost.open().await.expect_page(404, "There is no such invitation");
        lost.accept("one@icloud.example").await.expect_page(404, "There is no such invitation");
    }
}

#[tokio::test]
async fn a_link_without_its_code_says_so() {
    let (world, invitee) = invited().await;
    let page = invitee.link.split_once('?').unwrap().0.to_owned();
    for query in ["", "?mt=8", "?inviteCode=&mt=8"] {
        let cut = Invitee { link: format!("{page}{query}"), ..invitee.clone() };
        cut.open().await.expect_page(400, "This link is not complete");
    }
    let config = world.content_manager("HQ").get("/service/config").await.expect_ok();
    let template = config["urls"]["invitationEmail"].as_str().unwrap();
    Invitee::new(template).open().await.expect_page(400, "This link was not filled in");
}

#[tokio::test]
async fn what_is_not_the_form_accepts_nothing() {
    let (_world, invitee) = invited().await;
    for body in [r#"{"appleId": "one@icloud.example"}"#, "apple_id=one%40icloud.example"] {
        invitee.send(reqwest::Method::POST, body).await.expect_page(400, "That was not the form");
    }
    invitee.open().await.expect_page(200, "Acme Corporation invites you");
}

#[tokio::test]
async fn another_method_is_told_which_are_right() {
    let (_world, invitee) = invited().await;
    let answer = invitee.send(reqwest::Method::PUT, "appleId=one%40icloud.example").await;
    answer.expect_page(405, "Method Not Allowed");
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
}
