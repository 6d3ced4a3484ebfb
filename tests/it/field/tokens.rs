//! Terms, tokens and sessions.

use serde_json::json;

use super::story;
use crate::actors::MdmKey;

#[tokio::test]
async fn terms_wave() {
    story("terms-wave", "initech", async |stage| {
        stage.round().await;
        stage.pass(4, "1h").await;
        // Initech was never refused: its new device is there while the others wait.
        stage.agrees_at(2).await?;
        assert!(stage.agrees_at(0).await.is_err() && stage.agrees_at(1).await.is_err(), "the terms are refused");
        stage.was_told("terms")?;
        stage.pass(21, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn token_expiring() {
    story("token-expiring", "nobody was told", async |stage| {
        stage.round().await;
        stage.pass(15, "1d").await;
        stage.was_told("expires at 2026-10-11")?;
        stage.pass(27, "1d").await;
        stage.count_anew().await;
        stage.pass(24, "1h").await;
        stage.asked_at_most(2, "enrollment.session").await?;
        stage.upload(0, stage.renew(0).await).await;
        stage.pass(1, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn token_replaced() {
    story("token-replaced", "called enrollment.session", async |stage| {
        stage.round().await;
        stage.sleep("2h").await;
        stage.count_anew().await;
        stage.pass(24, "1h").await;
        stage.asked_at_most(2, "enrollment.session").await?;
        stage.was_told("signature_invalid")?;
        stage.upload(0, stage.live_token(0).await).await;
        stage.pass(1, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn admin_removed() {
    story("admin-removed", "C02FIELD0009", async |stage| {
        stage.round().await;
        stage.pass(4, "1h").await;
        stage.upload(0, stage.renew(0).await).await;
        stage.restart();
        stage.pass(1, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn token_mixed_up() {
    story("token-mixed-up", "globex", async |stage| {
        stage.round().await;
        let token = stage.renew(1).await;
        stage.upload(0, token.clone()).await;
        stage.upload(1, token).await;
        stage.restart();
        stage.pass(3, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn certificate_file() {
    story("certificate-file", "CERTIFICATE_FILE_NAME", async |stage| {
        let named = format!("attachment; filename=\"{}\"", stage.certificate_file());
        let key = MdmKey::rsa_2048();
        let headers = [("Content-Disposition", named.as_str()), ("Accept", "application/pkcs7-mime")];
        let answer = stage.portal("acme").send("POST", "/servers/MDM/token", &headers, key.pem.as_bytes()).await;
        if answer.status != 200 {
            return Err(answer.text);
        }
        let opened = key.open(&answer.text);
        let json = opened.lines().find(|line| line.starts_with('{')).unwrap_or_default();
        stage.upload(0, serde_json::from_str(json).unwrap()).await;
        stage.restart();
        stage.pass(1, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn user_agent_refused() {
    story("user-agent-refused", "does not know 3", async |stage| {
        stage.round().await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn session_rotates() {
    story("session-rotates", "does not know", async |stage| {
        stage.round().await;
        stage.pass(3, "1h").await;
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn clock_drift() {
    story("clock-drift", "does not know 3", async |stage| {
        stage.round().await;
        stage.pass(2, "1h").await;
        stage.is_well().await?;
        stage.was_told("clock")
    })
    .await;
}

#[tokio::test]
async fn session_bad_request() {
    story("session-bad-request", "C02FIELD0009", async |stage| {
        stage.round().await;
        let damaged = json!({"consumer_key": "", "consumer_secret": "", "access_token": "", "access_secret": ""});
        stage.upload(0, damaged).await;
        stage.restart();
        stage.pass(3, "1h").await;
        if !stage.is_careful() {
            let why = stage.reasons("enrollment.session").await;
            assert!(why.contains("oauth_"), "the journal says what the wire does not: {why}");
        }
        stage.is_well().await
    })
    .await;
}

#[tokio::test]
async fn token_while_syncing() {
    story("token-while-syncing", "C02FIELD0009", async |stage| {
        stage.round().await;
        stage.upload(0, stage.renew(0).await).await;
        stage.pass(3, "1h").await;
        let verdict = stage.is_well().await;
        if verdict.is_err() {
            stage.restart();
            stage.pass(2, "1h").await;
            stage.is_well().await.expect("a restart helps");
        }
        verdict
    })
    .await;
}
