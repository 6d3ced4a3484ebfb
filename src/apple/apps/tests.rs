//! Notification addresses that are tried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;

use super::*;
use crate::clock::wall;
use crate::directory::Origin as Made;
use crate::http::{Scheme, Via};
use crate::scenario::{self, SourceFile, Surroundings};

const SCENARIO: &str = "
version: 1
organizations:
  - id: acme
    locations: [{name: HQ}]
";

fn directory() -> (Arc<Directory>, String) {
    let file = SourceFile::new("test.yaml", SCENARIO);
    let scenario = scenario::read(&[file], &Surroundings::house()).unwrap();
    let directory = Directory::new(7);
    let plan = Arc::new(scenario.organizations.into_iter().next().unwrap());
    let made = Made { plan, content: "acme".to_owned(), clock: scenario.clock, began: wall() };
    let acme = directory.found("acme", made).unwrap();
    let token = acme.read(|books, _| books.content.location(0).tokens[0].text.expose().to_owned());
    (Arc::new(directory), token)
}

fn set_client_config(token: &str, body: &'static str) -> Request {
    let head = http::Request::post("/mdm/v2/client/config").header("Authorization", format!("Bearer {token}"));
    let local = "127.0.0.1:8443".parse().unwrap();
    let via = Via { scheme: Scheme::Https, peer: local, local, listener: 0, stands_in: false };
    Request { via, head: head.body(()).unwrap().into_parts().0, body: Bytes::from_static(body.as_bytes()) }
}

/// Status and body of the answer, and how often an address was tried.
async fn answer(outcome: Result<(), String>, body: &'static str) -> (u16, String, u32, Option<String>) {
    let (directory, token) = directory();
    let tries = Arc::new(AtomicU32::new(0));
    let counted = tries.clone();
    let trier: Trier = Arc::new(move |trial: Trial| {
        assert_eq!((trial.url.as_str(), trial.token.expose()), ("https://mdm.example.test/hook", "s3cret"));
        counted.fetch_add(1, Ordering::Relaxed);
        let outcome = outcome.clone();
        Box::pin(async move { outcome })
    });
    let apps = Apps::new(directory.clone(), None, Some(trier));
    let request = set_client_config(&token, body);
    let visitor = apps.visitor(Some(Handler::SetClientConfig), &request);
    let said = match apps.answer(Handler::SetClientConfig, &Params::default(), &visitor, &request, &[]) {
        Reply::Now(said) => said,
        Reply::Later(later) => later.await,
    };
    let text = String::from_utf8(said.response.body().bytes().unwrap().to_vec()).unwrap();
    let acme = directory.organization("acme").unwrap();
    let url = acme.read(|books, _| books.content.location(0).configuration.notification_url.clone());
    (said.response.status().as_u16(), text, tries.load(Ordering::Relaxed), url)
}

const ADDRESS: &str = r#"{"notificationUrl":"https://mdm.example.test/hook","notificationAuthToken":"s3cret"}"#;

#[tokio::test]
async fn an_address_that_takes_the_test_is_accepted() {
    let (status, text, tries, url) = answer(Ok(()), ADDRESS).await;
    assert_eq!((status, tries, url.as_deref()), (200, 1, Some("https://mdm.example.test/hook")));
    assert!(text.contains(r#""notificationAuthToken":"s3cret""#), "{text}");
}

#[tokio::test]
async fn an_address_that_does_not_is_refused_and_nothing_changes() {
    let (status, text, tries, url) = answer(Err("it answered 403".to_owned()), ADDRESS).await;
    assert_eq!((status, tries, url), (400, 1, None));
    assert_eq!(text, r#"{"errorMessage":"The provided notification URL is unreachable.","errorNumber":9728}"#);
}

#[tokio::test]
async fn without_an_address_nothing_is_tried() {
    let body = r#"{"mdmInfo":{"id":"i","name":"n","metadata":"m"},"notificationTypes":["ASSET_COUNT"]}"#;
    let (status, _, tries, _) = answer(Err("nobody is asked".to_owned()), body).await;
    assert_eq!((status, tries), (200, 0));
}
