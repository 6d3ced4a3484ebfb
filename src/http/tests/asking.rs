//! Our own client.

use http::HeaderMap;

use super::*;

async fn get(url: &str, ca: Option<&str>, limit: Duration) -> Result<http::Response<Bytes>, String> {
    let asked = fetch(url, Method::POST, HeaderMap::new(), Bytes::from_static(b"body"), ca, limit);
    within(asked).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn an_answer_is_fetched_by_both_schemes() {
    let server = Running::start(Limits::default());
    let port = server.address.port();
    let plain = get(&format!("http://localhost:{port}/x"), None, PATIENCE).await.unwrap();
    assert_eq!(plain.body(), &format!("POST http://localhost:{port} HTTP/1.1 4 0\n"));
    let secure = get(&format!("https://localhost:{port}/x"), Some(&server.ca), PATIENCE).await.unwrap();
    assert_eq!(secure.body(), &format!("POST https://localhost:{port} HTTP/1.1 4 0\n"));
}

#[tokio::test]
async fn what_goes_wrong_is_said_in_words() {
    let server = Running::start(Limits::default());
    let port = server.address.port();
    let closed = bind("127.0.0.1:0".parse().unwrap()).unwrap().local_addr().unwrap();
    let (other, _) = certificate();
    let here = format!("https://localhost:{port}");
    let ca = Some(server.ca.as_str());
    let cases = [
        (format!("http://{closed}/"), None, format!("nothing listens on http://{closed}; is the simulator running?")),
        (here.clone(), None, format!("{here} speaks HTTPS, and no CA certificate was given to check it with")),
        (
            here.clone(),
            Some("nonsense"),
            "the CA certificate cannot be read: there is no BEGIN CERTIFICATE in it".into(),
        ),
        (
            here.clone(),
            Some(other.as_str()),
            format!("the certificate of {here} is not signed by the CA that was given"),
        ),
        (
            format!("https://127.0.0.1:{port}"),
            ca,
            format!("the certificate of https://127.0.0.1:{port} is for other names"),
        ),
        ("localhost:1".into(), ca, "\"localhost:1\" is no http:// or https:// URL".into()),
        (
            format!("http://127.0.0.1:{port}/hang-up"),
            None,
            format!("http://127.0.0.1:{port} did not give a whole answer"),
        ),
    ];
    for (url, ca, expected) in cases {
        let error = get(&url, ca, PATIENCE).await.unwrap_err();
        assert!(error.starts_with(&expected), "{url}: {error}");
    }
    let error = get(&format!("http://127.0.0.1:{port}/wait"), None, SHORT).await.unwrap_err();
    assert!(error.ends_with("gave no answer within 0.1 s"), "{error}");
}
