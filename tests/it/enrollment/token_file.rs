//! The certificate that goes up and the file that comes down.

use serde_json::{Value, json};

use crate::actors::{Answer, MdmKey, Portal, World};

const TOKEN: &str = "/servers/Primary%20MDM/token";
const SERVER: &str = "/servers/Primary%20MDM";
const P7M: (&str, &str) = ("Accept", "application/pkcs7-mime");

/// The subject's certificate as the server keeps it: bits of its key.
async fn kept(portal: &Portal) -> Value {
    portal.get(SERVER).await["certificate"]["key_bits"].clone()
}

/// A file for this upload.
async fn download(portal: &Portal, kind: &str, upload: &[u8]) -> Answer {
    let answer = portal.send("POST", TOKEN, &[P7M, ("Content-Type", kind)], upload).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

/// The credentials inside an opened file.
fn credentials(opened: &str) -> Value {
    let text = opened.replace("\r\n", "\n");
    let (_, json) = text.split_once("-----BEGIN MESSAGE-----\n").unwrap();
    let (json, rest) = json.split_once("\n-----END MESSAGE-----\n").unwrap();
    assert_eq!(rest, "");
    assert!(!json.contains('\n'), "one line");
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn a_certificate_goes_up_in_every_form() {
    let world = World::small().await;
    let portal = world.portal();
    let key = MdmKey::rsa_2048();
    let windows = key.pem.replace('\n', "\r\n");
    let base64 = key.base64();
    let forms: [(&str, &[u8]); 6] = [
        ("application/x-pem-file", key.pem.as_bytes()),
        ("application/x-pem-file", windows.as_bytes()),
        ("application/pkix-cert", &key.der),
        ("application/pkix-cert", base64.as_bytes()),
        ("application/x-www-form-urlencoded", key.pem.as_bytes()),
        ("application/x-www-form-urlencoded", &key.der),
    ];
    for (kind, upload) in forms {
        let file = download(&portal, kind, upload).await;
        let current = portal.get(SERVER).await["token"].clone();
        assert_eq!(credentials(&key.open(&file.text)), current, "{kind}");
    }
    for text in [&key.pem, &base64] {
        let renewed = portal.post(TOKEN, json!({ "certificate": text })).await;
        assert_eq!(portal.get(SERVER).await["token"], renewed);
        assert_eq!(kept(&portal).await, 2048);
    }
}

#[tokio::test]
async fn a_longer_key_will_do_and_the_last_upload_counts() {
    let world = World::small().await;
    let portal = world.portal();
    download(&portal, "application/x-pem-file", MdmKey::rsa_2048().pem.as_bytes()).await;
    download(&portal, "application/x-pem-file", MdmKey::rsa_3072().pem.as_bytes()).await;
    assert_eq!(kept(&portal).await, 3072);
    let again = portal.send("POST", TOKEN, &[P7M], b"").await;
    assert_eq!(credentials(&MdmKey::rsa_3072().open(&again.text)), portal.get(SERVER).await["token"]);
}

#[tokio::test]
async fn an_upload_that_is_no_rsa_certificate_is_refused_and_the_token_stays() {
    let world = World::small().await;
    let portal = world.portal();
    let before = portal.get(SERVER).await;
    let elliptic = MdmKey::elliptic();
    let broken = MdmKey::rsa_2048().pem.replace("MII", "xII");
    let refused = [
        (elliptic.pem.as_str(), "CERTIFICATE_KEY_NOT_RSA"),
        ("", "CERTIFICATE_MISSING"),
        ("not a certificate", "CERTIFICATE_MALFORMED"),
        (&broken, "CERTIFICATE_MALFORMED"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "CERTIFICATE_WRONG_KIND"),
    ];
    for (upload, code) in refused {
        let raw = portal.send("POST", TOKEN, &[P7M, ("Content-Type", "application/x-pem-file")], upload.as_bytes());
        let raw = raw.await;
        assert_eq!((raw.status, raw.json()["code"].as_str()), (422, Some(code)), "{upload}");
        assert_eq!(raw.header("content-type"), Some("application/problem+json"));
        let problem = portal.refused("POST", TOKEN, json!({ "certificate": upload }), 422, code).await;
        assert_eq!(problem["errors"][0]["pointer"], "/certificate");
    }
    assert_eq!(portal.get(SERVER).await, before);
}

#[tokio::test]
async fn without_a_certificate_there_is_no_file_but_the_clear_token() {
    let world = World::small().await;
    let portal = world.portal();
    let refused = portal.send("POST", TOKEN, &[P7M], b"").await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("CERTIFICATE_REQUIRED")));
    let clear = portal.send("POST", TOKEN, &[("Accept", "application/json")], b"").await;
    assert_eq!(clear.header("content-type"), Some("application/json"));
    let keys: Vec<String> = clear.expect_ok().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["consumer_key", "consumer_secret", "access_token", "access_secret", "access_token_expiry"]);
}

#[tokio::test]
async fn the_file_is_named_for_server_and_moment() {
    let world = World::small().await;
    let file = download(&world.portal(), "application/x-pem-file", MdmKey::rsa_2048().pem.as_bytes()).await;
    assert_eq!(file.header("content-type"), Some("application/pkcs7-mime"));
    assert_eq!(
        file.header("content-disposition"),
        Some("attachment; filename=\"Primary MDM_Token_2026-09-01T08-00-00Z_smime.p7m\"")
    );
}

#[tokio::test]
async fn the_file_is_what_apples_is() {
    let world = World::small().await;
    let key = MdmKey::rsa_2048();
    let file = download(&world.portal(), "application/x-pem-file", key.pem.as_bytes()).await;
    let (head, base64) = file.text.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        head.split("\r\n").collect::<Vec<_>>(),
        [
            "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data",
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=\"smime.p7m\"",
            "Content-Description: S/MIME Encrypted Message",
        ]
    );
    assert!(base64.starts_with("MIAGCSqGSIb3DQEHA6CAMIACAQAx"), "{base64}");
    assert!(base64.ends_with("\r\n"));
    let inside = key.open(&file.text);
    let head =
        "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n-----BEGIN MESSAGE-----\n{";
    assert!(inside.starts_with(head), "{inside}");
    assert!(inside.ends_with("}\n-----END MESSAGE-----\n"), "{inside}");
}

#[tokio::test]
async fn openssl_opens_the_file() {
    let world = World::small().await;
    for key in [MdmKey::rsa_2048(), MdmKey::rsa_3072()] {
        let file = download(&world.portal(), "application/x-pem-file", key.pem.as_bytes()).await;
        match key.open_with_openssl(&file.text) {
            Some(opened) => assert_eq!(opened, key.open(&file.text)),
            None => eprintln!("SKIPPED: there is no openssl on the PATH"),
        }
    }
}
