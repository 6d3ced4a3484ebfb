//! The ways by which a client reaches `/session`: TLS, a proxy, another name, HTTP/2.

use abmsim::simulator::Settings;
use reqwest::{Certificate, Client, Proxy, Version};

use crate::actors::{MdmServer, Signature, World};

const APPLES: &str = "https://mdmenrollment.apple.com";

/// A client that trusts the simulator's CA.
fn trusting(world: &World) -> reqwest::ClientBuilder {
    let ca = Certificate::from_pem(world.simulator().ca_pem().as_bytes()).unwrap();
    crate::actors::client_builder().tls_certs_only([ca])
}

/// The first server's MDM, which asks `url` with `client`.
async fn asking(world: &World, url: &str, client: Client) -> MdmServer {
    MdmServer { client, url: url.to_owned(), ..world.portal().mdm("Primary MDM").await }
}

#[tokio::test]
async fn a_session_is_opened_over_tls() {
    let world = World::small().await;
    let mut mdm = asking(&world, &world.simulator().url(), trusting(&world).build().unwrap()).await;
    mdm.sign_in().await.expect_ok();
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_session_is_opened_over_http_2() {
    let world = World::small().await;
    let mut secure = asking(&world, &world.simulator().url(), trusting(&world).build().unwrap()).await;
    secure.sign_in().await.expect_ok();
    let probe = secure.client.get(format!("{}/account", secure.url)).send().await.unwrap();
    assert_eq!(probe.version(), Version::HTTP_2);
    let plain = crate::actors::client_builder().http2_prior_knowledge().build().unwrap();
    let mut plain = asking(&world, &world.url(), plain).await;
    plain.sign_in().await.expect_ok();
    plain.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_client_that_takes_us_for_its_proxy_talks_to_apple() {
    let world = World::small().await;
    let client = trusting(&world).proxy(Proxy::all(world.url()).unwrap()).build().unwrap();
    let mut mdm = asking(&world, APPLES, client).await;
    mdm.sign_in().await.expect_ok();
    assert_eq!(mdm.get("/account").await.expect_ok()["server_name"], "Primary MDM");
}

#[tokio::test]
async fn a_client_with_an_alias_for_apples_name_talks_to_us() {
    let world = World::small().await;
    let address = world.simulator().address();
    let client = trusting(&world).resolve("mdmenrollment.apple.com", address).build().unwrap();
    let mut mdm = asking(&world, &format!("{APPLES}:{}", address.port()), client).await;
    mdm.sign_in().await.expect_ok();
    mdm.get("/account").await.expect_ok();
}

#[tokio::test]
async fn a_signature_for_apples_url_is_good_wherever_it_is_sent() {
    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    mdm.sign_in_with(&Signature::of(&mdm, "n").url(&format!("{APPLES}/session")).header()).await.expect_ok();
}

#[tokio::test]
async fn a_signature_for_either_scheme_is_good() {
    let world = World::small().await;
    let mdm = world.portal().mdm("Primary MDM").await;
    let url = format!("https://{}/session", world.simulator().address());
    mdm.sign_in_with(&Signature::of(&mdm, "n").url(&url).header()).await.expect_ok();
    let secure = asking(&world, &world.simulator().url(), trusting(&world).build().unwrap()).await;
    let url = format!("http://{}/session", world.simulator().address());
    secure.sign_in_with(&Signature::of(&mdm, "m").url(&url).header()).await.expect_ok();
}

#[tokio::test]
async fn a_signature_for_the_public_url_is_good_and_links_carry_it() {
    let settings = Settings { public_url: Some("https://dep.example:9443".parse().unwrap()), ..Settings::default() };
    let world =
        World::with(settings, "{version: 1, organizations: [{id: acme, servers: [{name: Primary MDM}]}]}").await;
    let mdm = world.portal().mdm("Primary MDM").await;
    let url = "https://dep.example:9443/session";
    mdm.sign_in_with(&Signature::of(&mdm, "a").url(url).header()).await.expect_ok();
    mdm.sign_in_with(&Signature::of(&mdm, "b").header()).await.expect_ok();
    assert_eq!(world.portal().get("").await["urls"]["enrollment"], "https://dep.example:9443");
}
