//! Tokens, locations, limits, and who else is there.

use super::story;

const PAGES: &str = "361309726";
const PHONE: &str = "C02FIELD0001";
const OTHER: &str = "C02FIELD0002";

#[tokio::test]
async fn token_revoked_by_password() {
    story("token-revoked-by-password", "called apps.* ", async |stage| {
        stage.round().await;
        stage.sleep("3h").await;
        stage.count_anew().await;
        stage.pass(24, "1h").await;
        stage.asked_at_most(3, "apps.*").await?;
        stage.was_told("9625")?;
        stage.renew("HQ").await;
        stage.want("HQ", PAGES, PHONE);
        stage.pass(2, "1h").await;
        stage.holds("HQ", PAGES, PHONE).await
    })
    .await;
}

#[tokio::test]
async fn another_mdm_takes_location() {
    story("another-mdm-takes-location", "called apps.associate 1 times", async |stage| {
        stage.round().await;
        stage.sleep("3h").await;
        stage.want("HQ", PAGES, PHONE);
        stage.count_anew().await;
        stage.pass(3, "10m").await;
        stage.asked_at_most(0, "apps.associate").await?;
        stage.was_told("Other MDM")?;
        stage.reclaim();
        stage.pass(12, "10m").await;
        stage.holds("HQ", PAGES, PHONE).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notifications_twice() {
    story("notifications-twice", "counts Some(22) of Some(20)", async |stage| {
        stage.subscribe().await;
        stage.round().await;
        for _ in 0..4 {
            stage.sleep("1h").await;
        }
        stage.round().await;
        stage.knows_count("HQ", PAGES).await
    })
    .await;
}

#[tokio::test]
async fn limits_change() {
    story("limits-change", "does not hold", async |stage| {
        stage.round().await;
        stage.sleep("2h").await;
        let devices = stage.portal.get("/devices").await;
        let serials: Vec<String> =
            devices["items"].as_array().unwrap().iter().map(|device| device["serial_number"].to_string()).collect();
        let serials: Vec<&str> = serials.iter().map(|serial| serial.trim_matches('"')).collect();
        serials.iter().for_each(|serial| stage.want("HQ", PAGES, serial));
        stage.pass(3, "10m").await;
        for serial in serials {
            stage.holds("HQ", PAGES, serial).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn apps_throttled() {
    story("apps-throttled", "called apps.* ", async |stage| {
        stage.want("HQ", PAGES, PHONE);
        stage.round().await;
        stage.pass(20, "30s").await;
        stage.holds("HQ", PAGES, PHONE).await?;
        stage.sleep("1h").await;
        stage.want("HQ", PAGES, OTHER);
        stage.count_anew().await;
        stage.pass(20, "30s").await;
        stage.holds("HQ", PAGES, OTHER).await?;
        stage.asked_at_most(130, "apps.*").await
    })
    .await;
}

#[tokio::test]
async fn storefront_only_de() {
    story("storefront-only-de", "calls 900000001 None", async |stage| {
        stage.round().await;
        stage.calls("900000001", "Bahnhofsuhr")
    })
    .await;
}

#[tokio::test]
async fn two_locations_one_user() {
    story("two-locations-one-user", "does not hold", async |stage| {
        stage.round().await;
        stage.want("Store", "409183694", "u-1");
        stage.pass(3, "10m").await;
        stage.holds("Store", "409183694", "u-1").await
    })
    .await;
}
