//! The maker of an MDM product, who calls Apple's catalogue with a developer token.

use abmsim::clock::wall;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Client;
use serde_json::{Value, json};

use super::{Answer, MdmServer, World};

/// A developer with a key.
pub struct Developer {
    client: Client,
    url: String,
    key: EcdsaKeyPair,
    /// The header of the tokens that it makes.
    pub header: Value,
    /// Their claims; `exp` is so many seconds from now.
    pub claims: Value,
}

impl Developer {
    /// A developer who makes tokens as Apple documents them, good for a minute.
    pub fn of(world: &World) -> Self {
        Self {
            client: super::client(),
            url: world.url(),
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            header: json!({"alg": "ES256", "kid": "ABC123DEFG"}),
            claims: json!({"iss": "DEF123GHIJ", "iat": 0, "exp": 60}),
        }
    }

    /// The public key, PEM.
    pub fn public_key(&self) -> String {
        let der: PublicKeyX509Der<'_> = self.key.public_key().as_der().unwrap();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der.as_ref()))
    }

    /// A token of its own.
    pub fn token(&self) -> String {
        let now = wall().millis() / 1_000;
        let mut claims = self.claims.clone();
        for name in ["iat", "exp"] {
            if let Some(seconds) = claims[name].as_i64() {
                claims[name] = json!(now + seconds);
            }
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A call with a token of its own.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// The same with more headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(self.token());
        MdmServer::receive(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// A call without any token.
    pub async fn get_openly(&self, path: &str) -> Answer {
        MdmServer::receive(self.client.get(format!("{}{path}", self.url))).await
    }

    /// The bytes at a URL.
    pub async fn download(&self, url: &str) -> (u16, String, Vec<u8>) {
        let response = self.client.get(url).send().await.unwrap();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        (response.status().as_u16(), kind.unwrap_or_default(), response.bytes().await.unwrap().to_vec())
    }
}
