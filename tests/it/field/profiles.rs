//! Profiles and their assignment.

use super::story;

#[tokio::test]
async fn throttle_cooldown() {
    story("throttle-cooldown", "does not have the profile", async |stage| {
        stage.round().await;
        stage.change_profile().await;
        stage.round().await;
        stage.pass(30, "1h").await;
        stage.is_well().await?;
        stage.asked_at_most(3, "enrollment.assign_profile").await
    })
    .await;
}

#[tokio::test]
async fn too_many_serials() {
    story("too-many-serials", "does not have the profile", async |stage| {
        stage.round().await;
        stage.change_profile().await;
        stage.pass(2, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn results_missing() {
    story("results-missing", "called enrollment.assign_profile", async |stage| {
        stage.round().await;
        stage.pass(6, "1h").await;
        stage.is_well().await?;
        stage.asked_at_most(1, "enrollment.assign_profile").await
    })
    .await;
}

#[tokio::test]
async fn not_accessible() {
    story("not-accessible", "still has 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.sleep("1h").await;
        stage.change_profile().await;
        stage.round().await;
        stage.pass(5, "1h").await;
        stage.is_well().await?;
        stage.asked_at_most(2, "enrollment.assign_profile").await
    })
    .await;
}

#[tokio::test]
async fn put_refused() {
    story("put-refused", "does not have the profile", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.provides().await
    })
    .await;
}

#[tokio::test]
async fn profile_refused() {
    story("profile-refused", "does not have the profile", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.provides().await
    })
    .await;
}

#[tokio::test]
async fn profile_pushed() {
    story("profile-pushed", "shows C02FIELD0009 as assigned", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.is_well().await?;
        match stage.status("C02FIELD0009") {
            pushed if pushed == "pushed" => Ok(()),
            other => Err(format!("shows C02FIELD0009 as {other}")),
        }
    })
    .await;
}

#[tokio::test]
async fn error_bodies() {
    story("error-bodies", "does not know 1 ({\"C02FIELD0009\"})", async |stage| {
        stage.round().await;
        stage.sleep("8d").await;
        stage.round().await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn profile_race() {
    story("profile-race", "believes", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.change_profile().await;
        stage.pass(2, "1h").await;
        stage.is_well().await?;
        let (believed, real) = (stage.enrolled_with("C02FIELD0009"), stage.really_enrolled_with("C02FIELD0009").await);
        if believed == real { Ok(()) } else { Err(format!("believes in {believed:?}, and it is {real:?}")) }
    })
    .await;
}
