//! Licences and who holds them.

use super::story;

const PAGES: &str = "361309726";
const PHONE: &str = "C02FIELD0001";
const OTHER: &str = "C02FIELD0002";

#[tokio::test]
async fn errors_with_status_200() {
    story("errors-with-status-200", "does not hold", async |stage| {
        stage.want("HQ", PAGES, PHONE);
        stage.round().await;
        stage.pass(3, "1h").await;
        stage.holds("HQ", PAGES, PHONE).await
    })
    .await;
}

#[tokio::test]
async fn associate_says_complete() {
    story("associate-says-complete", "seats astray", async |stage| {
        stage.want("HQ", PAGES, "C02FIELD00O1");
        stage.round().await;
        stage.pass(2, "10m").await;
        stage.has_no_seat_astray("HQ").await?;
        stage.was_told("C02FIELD00O1")?;
        stage.want("HQ", PAGES, PHONE);
        stage.pass(2, "10m").await;
        stage.has_installed(PHONE).await
    })
    .await;
}

#[tokio::test]
async fn licence_lags_at_store() {
    story("licence-lags-at-store", "has not installed", async |stage| {
        stage.want("HQ", PAGES, PHONE);
        stage.round().await;
        stage.pass(6, "5m").await;
        stage.holds("HQ", PAGES, PHONE).await.expect("both have the licence");
        stage.has_installed(PHONE).await
    })
    .await;
}

#[tokio::test]
async fn last_licence_sold() {
    story("last-licence-sold", "nobody was told of `9709`", async |stage| {
        stage.sleep("1h").await;
        stage.want("HQ", PAGES, PHONE);
        stage.pass(4, "10m").await;
        stage.was_told("9709")?;
        stage.pass(10, "1h").await;
        stage.holds("HQ", PAGES, PHONE).await
    })
    .await;
}

#[tokio::test]
async fn seats_leak() {
    story("seats-leak", "seats astray", async |stage| {
        stage.want("HQ", PAGES, PHONE);
        stage.round().await;
        stage.pass(3, "1h").await;
        stage.leave(PHONE);
        stage.want("HQ", PAGES, OTHER);
        stage.pass(4, "10m").await;
        stage.has_no_seat_astray("HQ").await?;
        stage.holds("HQ", PAGES, OTHER).await
    })
    .await;
}

#[tokio::test]
async fn version_changes_while_paging() {
    story("version-changes-while-paging", "knows 4 seats of 5", async |stage| {
        stage.round().await;
        stage.knows_seats("HQ").await
    })
    .await;
}

#[tokio::test]
async fn empty_page() {
    story("empty-page", "knows 0 seats of 1", async |stage| {
        // Those who hold the books leave the organisation.
        let users = serde_json::json!({"users": [{"clientUserId": "u-1"}, {"clientUserId": "u-2"}]});
        stage.colleague("HQ").event("/users/retire", users).await;
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.knows_seats("HQ").await
    })
    .await;
}

#[tokio::test]
async fn user_licence_only() {
    story("user-licence-only", "does not hold", async |stage| {
        stage.want_with("HQ", "100200300", PHONE, Some(("u-1", "kim@acme.example")));
        stage.round().await;
        stage.pass(3, "10m").await;
        stage.holds("HQ", "100200300", "u-1").await?;
        stage.has_installed(PHONE).await
    })
    .await;
}

#[tokio::test]
async fn books_stay() {
    story("books-stay", "still holds", async |stage| {
        stage.round().await;
        stage.leave("u-1");
        stage.pass(3, "10m").await;
        if stage.holds("HQ", PAGES, "u-1").await.is_ok() {
            return Err("still holds Pages for somebody who is gone".to_owned());
        }
        stage.holds("HQ", "1441329034", "u-1").await?;
        stage.was_told("1441329034 stays")
    })
    .await;
}
