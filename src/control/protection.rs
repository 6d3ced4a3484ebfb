//! What browsers are told about our answers.

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::http::Response;

/// What a page of ours may do: show itself, with styles of its own. It runs no scripts, loads nothing and is in nobody's frame.
const PAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Puts on an answer what keeps other sites' pages from reading, embedding or misreading it. Nothing permits them to (there is no CORS).
pub fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // Credentials are in most of them, and what is true now is not true in a second.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_page {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGE));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Body;

    #[test]
    fn a_page_runs_no_scripts_and_is_in_no_frame() {
        let of = |kind: &'static str| {
            let mut response = Response::new(Body::from("x"));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            protect(response)
        };
        let page = of("text/html; charset=utf-8");
        let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
        let data = of("application/json");
        assert_eq!(data.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!data.headers().contains_key(CONTENT_SECURITY_POLICY));
    }
}
