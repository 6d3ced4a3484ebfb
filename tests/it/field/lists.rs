//! Lists of devices and their cursors.

use super::story;

#[tokio::test]
async fn cursor_expires() {
    story("cursor-expires", "still has 1 ({\"C02FIELD0008\"})", async |stage| {
        stage.round().await;
        stage.sleep("8d").await;
        stage.round().await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn cursor_repeats() {
    story("cursor-repeats", "called enrollment.sync_devices", async |stage| {
        stage.round().await;
        stage.count_anew().await;
        stage.pass(1, "1h").await;
        stage.is_well().await?;
        stage.asked_at_most(2, "enrollment.sync_devices").await
    })
    .await;
}

#[tokio::test]
async fn device_never_shown() {
    story("device-never-shown", "does not know 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.pass(25, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn throttled_vanish() {
    story("throttled-vanish", "still has 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.change_profile().await;
        stage.round().await;
        stage.pass(26, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn reassign_modified() {
    story("reassign-modified", "does not know 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn added_and_deleted() {
    story("added-and-deleted", "does not know 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn reassign_same_server() {
    story("reassign-same-server", "C02FIELD0009\" does not have the profile: removed", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn release_silent() {
    story("release-silent", "still has 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.pass(25, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn portal_lag() {
    story("portal-lag", "called enrollment.assign_profile", async |stage| {
        stage.round().await;
        stage.pass(24, "5m").await;
        stage.is_well().await?;
        stage.asked_at_most(2, "enrollment.assign_profile").await
    })
    .await;
}

#[tokio::test]
async fn removed_and_back() {
    story("removed-and-back", "C02FIELD0009\" does not have the profile: removed", async |stage| {
        stage.round().await;
        stage.pass(4, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn crash_mid_page() {
    story("crash-mid-page", "does not know 5", async |stage| {
        stage.round().await;
        stage.restart();
        stage.pass(2, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn outage_night() {
    story("outage-night", "does not know 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.pass(9, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn small_pages() {
    story("small-pages", "does not know 7", async |stage| {
        stage.round().await;
        stage.pass(1, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn huge_organisation() {
    story("huge-organisation", "does not know", async |stage| {
        stage.lines()[0].patience = 20;
        stage.round().await;
        stage.agrees().await
    })
    .await;
}

#[tokio::test]
async fn two_servers() {
    story("two-servers", "still has 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.pass(3, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn unknown_family() {
    story("unknown-family", "does not know 5", async |stage| {
        stage.round().await;
        stage.is_well().await
    })
    .await;
}
