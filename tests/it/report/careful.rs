//! A careful client, through fair and foul weather.

use serde_json::json;

use super::{breathe, broken};
use crate::actors::World;

const PHONE: &str = "C02PHONE0001";
const MAC: &str = "C02MAC000003";
const SPARE: &str = "C02SPARE0004";

#[tokio::test]
async fn a_careful_client_hears_nothing() {
    let world = World::small().await;
    let (portal, mut mdm) = (world.portal(), world.mdm("Primary MDM").await);
    mdm.get("/account").await.expect_ok();
    let (serials, mut cursor) = mdm.fetch_all(2).await;
    assert_eq!(serials.len(), 3);
    let profile = mdm.define("Everyone").await;
    let batch: Vec<&str> = serials.iter().map(String::as_str).collect();
    mdm.assign(&profile, &batch).await.expect_ok();

    // A device comes, another is taken away, the session ends.
    portal.assign(&[SPARE], Some("Primary MDM")).await;
    portal.release(&[MAC]).await;
    portal.advance("1h").await;
    portal.call("DELETE", "/sessions", json!(null)).await;
    mdm.sync(&cursor).await.expect_refusal(401, "UNAUTHORIZED");
    breathe().await;
    mdm.sign_in().await.expect_ok();
    let page = mdm.sync(&cursor).await;
    assert!(page.serials().contains(&SPARE.to_owned()));
    cursor = page.cursor();
    let answer = mdm.assign(&profile, &[SPARE, MAC]).await.expect_ok();
    assert_eq!((&answer["devices"][SPARE], &answer["devices"][MAC]), (&json!("SUCCESS"), &json!("NOT_ACCESSIBLE")));

    // The terms wait, the service is down, the cursor and the token expire: each is taken as it comes.
    portal.call("PUT", "/terms", json!({"state": "unsigned"})).await;
    mdm.sign_in().await.expect_refusal(403, "T_C_NOT_SIGNED");
    portal.advance("30m").await;
    portal.call("PUT", "/terms", json!({"state": "signed"})).await;
    mdm.sign_in().await.expect_ok();
    portal.quirks(json!({"outage": {"status": 503, "retry_after": 60}})).await;
    assert_eq!(mdm.sync(&cursor).await.status, 503);
    portal.advance("61s").await;
    portal.quirks(json!({"outage": null})).await;
    mdm.sync(&cursor).await.expect_ok();
    portal.advance("8d").await;
    mdm.sync(&cursor).await.expect_refusal(401, "UNAUTHORIZED");
    breathe().await;
    mdm.sign_in().await.expect_ok();
    mdm.sync(&cursor).await.expect_refusal(400, "EXPIRED_CURSOR");
    breathe().await;
    let (_, cursor) = mdm.fetch_all(1_000).await;
    mdm.sync(&cursor).await.expect_ok();
    mdm.post("/devices", json!({"devices": [PHONE, SPARE]})).await.expect_ok();
    portal.renew("Primary MDM").await;
    mdm.get("/account").await.expect_refusal(401, "UNAUTHORIZED");
    breathe().await;
    mdm.sign_in().await.expect_refusal(403, "signature_invalidForbidden");
    let mut renewed = world.mdm("Primary MDM").await;
    renewed.sync(&cursor).await.expect_ok();
    assert!(broken(&portal).await.is_empty(), "{:#}", portal.get("/report").await);
}
