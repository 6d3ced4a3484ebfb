//! Base strings as clients make them, with one mistake each.

use http::Uri;

use super::Authorization;
use super::signature::{encoded, query_pairs};

/// A text that a client may have signed.
#[derive(Clone, Debug)]
pub(super) struct Specimen {
    /// What is wrong with it; nothing where it is what the server signs.
    pub(super) mistake: Option<String>,
    pub(super) text: String,
}

/// The parts of a base string, not yet put together.
#[derive(Clone)]
struct Parts {
    method: String,
    /// Scheme, host, port and path.
    url: String,
    /// Names and values, encoded once, in their order.
    pairs: Vec<(String, String)>,
}

impl Parts {
    fn list(&self) -> String {
        self.pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// The base string, as it should be put together.
    fn text(&self) -> String {
        [&self.method, &self.url, &self.list()].map(|part| encoded(part.as_bytes())).join("&")
    }

    fn sorted(mut self) -> Self {
        self.pairs.sort();
        self
    }
}

/// A URL taken apart.
struct Target<'u> {
    scheme: String,
    host: &'u str,
    port: Option<u16>,
    path: &'u str,
    query: Option<&'u str>,
}

impl<'u> Target<'u> {
    fn of(uri: &'u Uri) -> Option<Self> {
        let authority = uri.authority()?;
        Some(Self {
            scheme: uri.scheme_str()?.to_ascii_lowercase(),
            host: authority.host(),
            port: authority.port_u16(),
            path: uri.path(),
            query: uri.query(),
        })
    }

    /// The port that the scheme stands for.
    fn default_port(&self) -> u16 {
        if self.scheme == "http" { 80 } else { 443 }
    }

    fn shown_port(&self) -> Option<u16> {
        self.port.filter(|port| *port != self.default_port())
    }

    fn url(&self, scheme: &str, host: &str, port: Option<u16>, path: &str) -> String {
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        format!("{scheme}://{host}{port}{path}")
    }
}

/// What the server signs for `url`, and what clients sign who make a mistake.
pub(super) fn specimens(claimed: &Authorization, method: &str, url: &str) -> Vec<Specimen> {
    let Ok(uri) = url.parse::<Uri>() else { return Vec::new() };
    let Some(target) = Target::of(&uri) else { return Vec::new() };
    let host = target.host.to_ascii_lowercase();
    let good_url = target.url(&target.scheme, &host, target.shown_port(), target.path);
    let given = claimed.parameters().iter().filter(|(name, _)| name != "oauth_signature");
    let given: Vec<(String, String)> =
        given.map(|(name, value)| (encoded(name.as_bytes()), encoded(value.as_bytes()))).collect();
    let queried: Vec<(String, String)> = target.query.into_iter().flat_map(query_pairs).collect();
    let pairs = [given.as_slice(), &queried].concat();
    let unsorted = Parts { method: method.to_ascii_uppercase(), url: good_url, pairs };
    let good = unsorted.clone().sorted();
    let mut made = vec![Specimen { mistake: None, text: good.text() }];
    let mut add = |mistake: String, text: String| {
        if made.iter().all(|known| known.text != text) {
            made.push(Specimen { mistake: Some(mistake), text });
        }
    };
    for (url, what) in urls(&target, &host) {
        let parts = Parts { url: url.clone(), ..good.clone() };
        add(format!("the client signed the URL {url}, {what}"), parts.text());
    }
    for wrong in ["POST", "HEAD", "PUT", "get", ""] {
        let parts = Parts { method: wrong.to_owned(), ..good.clone() };
        add(format!("the client signed the method `{wrong}` in place of `{}`", good.method), parts.text());
    }
    for (pairs, what) in parameters(claimed, &given, &queried) {
        let parts = Parts { pairs, ..good.clone() }.sorted();
        add(format!("the client signed {what}"), parts.text());
    }
    add("the client did not sort the parameters by name".to_owned(), unsorted.text());
    let Parts { method, url, .. } = &good;
    let list = good.list();
    add(
        "the client put the base string together without percent-encoding its parts".to_owned(),
        format!("{method}&{url}&{list}"),
    );
    add(
        "the client did not percent-encode the URL in the base string".to_owned(),
        format!("{method}&{url}&{}", encoded(list.as_bytes())),
    );
    add(
        "the client did not percent-encode the list of parameters in the base string".to_owned(),
        format!("{method}&{}&{list}", encoded(url.as_bytes())),
    );
    let spread: Vec<String> = good.pairs.iter().map(|(name, value)| format!("{name}%3D{value}")).collect();
    add(
        "the client percent-encoded the values in the list of parameters once, and not twice".to_owned(),
        format!("{method}&{}&{}", encoded(url.as_bytes()), spread.join("%26")),
    );
    let text = good.text();
    add("the client wrote percent escapes in small letters".to_owned(), in_small_letters(&text));
    add("the client percent-encoded the whole base string once more".to_owned(), encoded(text.as_bytes()));
    add(
        "the client percent-encoded the base string and its & signs".to_owned(),
        encoded(format!("{method}&{url}&{list}").as_bytes()),
    );
    made
}

/// URLs that clients take for the right one.
fn urls(target: &Target<'_>, host: &str) -> Vec<(String, &'static str)> {
    let Target { scheme, path, .. } = target;
    let (scheme, path) = (scheme.as_str(), *path);
    let port = target.shown_port();
    let other = if scheme == "https" { "http" } else { "https" };
    let (slash, bare) = (format!("{}/", path.trim_end_matches('/')), path.trim_end_matches('/'));
    let mut urls = vec![
        (target.url(scheme, host, Some(target.default_port()), path), "with the default port, which is left out"),
        (target.url(scheme, host, port, &slash), "with a slash at its end"),
        (target.url(scheme, host, port, bare), "without the slash at its end"),
        (target.url(scheme, host, port, ""), "without its path"),
        (target.url(scheme, host, port, "/"), "without its path"),
        (target.url(scheme, host, port, &format!("/{path}")), "with two slashes before its path"),
        (target.url(scheme, host, port, bare.trim_start_matches('/')), "without the slash before its path"),
        (target.url(other, host, port, path), "with the other scheme"),
        (target.url(scheme, target.host, port, path), "with capital letters in the host"),
        (target.url(scheme, &host.to_ascii_uppercase(), port, path), "with capital letters in the host"),
        (path.to_owned(), "without scheme and host"),
    ];
    if port.is_some() {
        urls.push((target.url(scheme, host, None, path), "without the port"));
        urls.push((target.url(other, host, None, path), "with the other scheme and without the port"));
    }
    if let Some(query) = target.query {
        let url = target.url(scheme, host, port, path);
        urls.push((format!("{url}?{query}"), "with its query, whose parameters belong to the others"));
    }
    urls
}

/// Lists of parameters that clients take for the right one.
fn parameters(
    claimed: &Authorization,
    given: &[(String, String)],
    queried: &[(String, String)],
) -> Vec<(Vec<(String, String)>, String)> {
    let all = [given, queried].concat();
    let with = |name: &str, value: &str| [all.as_slice(), &[(name.to_owned(), encoded(value.as_bytes()))]].concat();
    let without = |name: &str| all.iter().filter(|(known, _)| known != name).cloned().collect::<Vec<_>>();
    let mut lists = vec![
        (with("realm", claimed.realm().unwrap_or("ADM")), "the realm, which is no part of the base string".to_owned()),
        (with("realm", ""), "an empty realm, which is no part of the base string".to_owned()),
        (with("oauth_signature", ""), "an empty oauth_signature, which is no part of the base string".to_owned()),
        (with("oauth_version", "1.0"), "oauth_version=1.0, and did not send it".to_owned()),
        (given.to_vec(), "the header's parameters without those of the query".to_owned()),
        (queried.to_vec(), "no parameters of the header".to_owned()),
    ];
    for (name, _) in given {
        lists.push((without(name), format!("the parameters without {name}, and sent it")));
    }
    let bare = |(name, value): &(String, String)| {
        let decoded = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
        (name.clone(), decoded)
    };
    lists.push((all.iter().map(bare).collect(), "values that it did not percent-encode".to_owned()));
    let twice = |(name, value): &(String, String)| (name.clone(), encoded(value.as_bytes()));
    lists.push((all.iter().map(twice).collect(), "values that it percent-encoded twice".to_owned()));
    lists
}

fn in_small_letters(text: &str) -> String {
    let mut small = String::with_capacity(text.len());
    let mut left = 0;
    for character in text.chars() {
        small.push(if left > 0 { character.to_ascii_lowercase() } else { character });
        left = if character == '%' { 2 } else { i32::max(left - 1, 0) };
    }
    small
}
