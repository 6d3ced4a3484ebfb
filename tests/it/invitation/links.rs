//! The links that are handed out.

use abmsim::simulator::Settings;
use serde_json::{Value, json};

use super::invited;
use crate::actors::{Invitee, World};
use crate::apps::library;

/// A link as an MDM server makes it of a template, of which version 1 and version 2 have one each.
fn fill_in(template: &Value, code: &Value) -> String {
    let template = template.as_str().unwrap();
    assert!(template.contains("%25inviteCode%25"), "{template}");
    template.replace("%25inviteCode%25", code.as_str().unwrap())
}

#[tokio::test]
async fn every_link_that_is_handed_out_leads_to_the_page() {
    let (world, invitee) = invited().await;
    let manager = world.content_manager("HQ");
    let users = manager.all("/users", "users").await;
    let code = &users.iter().find(|user| user["clientUserId"] == "u-2").unwrap()["inviteCode"];
    let of_two = &manager.get("/service/config").await.expect_ok()["urls"]["invitationEmail"];
    let of_one = &world.vpp_client("HQ").ask("VPPServiceConfigSrv", json!({})).await["invitationEmailUrl"];
    for link in [fill_in(of_two, code), fill_in(of_one, code), invitee.link] {
        assert!(link.starts_with(&world.url()), "{link}");
        Invitee::new(&link).open().await.expect_page(200, "Acme Corporation invites you");
    }
}

#[tokio::test]
async fn who_came_for_apples_names_finds_it_at_apples() {
    let world = library().await;
    let ca = reqwest::Certificate::from_pem(world.simulator().ca_pem().as_bytes()).unwrap();
    let proxy = reqwest::Proxy::all(world.url()).unwrap();
    let client = crate::actors::client_builder().tls_certs_only([ca]).proxy(proxy).build().unwrap();
    let mut vpp = world.vpp_client("HQ");
    vpp.client = client.clone();
    vpp.url = "https://vpp.itunes.apple.com/mdm".to_owned();
    let user = vpp.ask("getVPPUserSrv", json!({"clientUserIdStr": "u-2"})).await["user"].clone();
    let link = user["inviteUrl"].as_str().unwrap();
    assert!(link.starts_with("https://buy.itunes.apple.com/WebObjects/MZFinance.woa/wa/"), "{link}");
    let invitee = Invitee { client, link: link.to_owned() };
    invitee.open().await.expect_page(200, "Acme Corporation invites you");
    invitee.accept("robin@icloud.example").await.expect_page(200, "You have accepted");
}

#[tokio::test]
async fn links_carry_the_public_url_and_lead_here_over_tls() {
    // The name leads to whichever port it is that the simulator has: a proxy's, for whoever looks from outside.
    let public_url = Some("https://store.example:9443".parse().unwrap());
    let scenario = "{version: 1, organizations: [{id: acme, name: Acme, locations: [{name: HQ, users: [{client_user_id: u-1}]}]}]}";
    let settings = Settings { public_url, names: vec!["store.example".to_owned()], ..Settings::default() };
    let world = World::with(settings, scenario).await;
    let user = world.vpp_client("HQ").ask("getVPPUserSrv", json!({"clientUserIdStr": "u-1"})).await;
    let link = user["user"]["inviteUrl"].as_str().unwrap();
    assert!(link.starts_with("https://store.example:9443/WebObjects/"), "{link}");
    let here = world.simulator().address();
    let ca = reqwest::Certificate::from_pem(world.simulator().ca_pem().as_bytes()).unwrap();
    let client = crate::actors::client_builder().tls_certs_only([ca]).resolve("store.example", here).build().unwrap();
    let link = link.replace(":9443", &format!(":{}", here.port()));
    Invitee { client, link }.accept("robin@icloud.example").await.expect_page(200, "You have accepted");
}
