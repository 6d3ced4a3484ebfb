//! The room with organisations that have apps and books, whose ledger is played by a few lines here.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Catalog, Holder, Holdings, ROUTES, Unwelcome};
use crate::apple::{Reply, Room, Said};
use crate::catalog::store::{Kind, Supplement, Title};
use crate::clock::wall;
use crate::directory::{Directory, Origin as Made};
use crate::http::{Lookup, Request, Router, Scheme, Via};
use crate::organization::Organization;
use crate::scenario::plan::{ClockPlan, OrganizationPlan};

/// An organisation in Germany with a custom app, a book that it added, and a version of Pages of its own. It notes what it is asked for.
#[derive(Debug)]
struct Fake {
    organization: Arc<Organization>,
    asked: Mutex<Vec<Asked>>,
}

/// What a ledger is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    One(u64),
    Search,
}

const TOKEN: &str = "eyJleHBEYXRlIjoiIn0=";
const CUSTOM: u64 = 1_600_000_001;
const BOOK: u64 = 1_441_329_034;
const PAGES: u64 = 361_309_726;

impl Fake {
    fn titles() -> Vec<Title> {
        let custom = Supplement {
            adam_id: CUSTOM,
            name: Some("Shop Floor".into()),
            storefronts: vec!["DE".into()],
            custom_for: Some("acme".into()),
            ..Supplement::default()
        };
        let book = Supplement { adam_id: BOOK, kind: Some(Kind::Book), ..Supplement::default() };
        let pages = Supplement { adam_id: PAGES, version: Some(" 353.0".into()), ..Supplement::default() };
        [custom, book, pages].map(Supplement::title).into()
    }
}

impl Holdings for Fake {
    fn holder(&self, content_token: &str) -> Result<Holder, Unwelcome> {
        match content_token == TOKEN {
            true => Ok(Holder { organization: self.organization.clone(), location: 0, country: "DE".into() }),
            false => Err(Unwelcome { owner: None, why: "it was revoked yesterday".into() }),
        }
    }

    fn title(&self, _: &Organization, adam_id: u64) -> Option<Title> {
        self.asked.lock().unwrap().push(Asked::One(adam_id));
        Self::titles().into_iter().find(|title| title.adam_id == adam_id)
    }

    fn search(&self, _: &Organization, wanted: &mut dyn FnMut(&Title) -> bool) -> Vec<Title> {
        self.asked.lock().unwrap().push(Asked::Search);
        Self::titles().into_iter().filter(|title| wanted(title)).collect()
    }
}

fn developer_token() -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let now = wall().millis() / 1_000;
    let header = part(json!({"alg": "ES256", "kid": "KEY1234567"}));
    let claims = part(json!({"iss": "TEAM123456", "iat": now, "exp": now + 60}));
    format!("Bearer {header}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 64]))
}

/// What the room says to a request with these headers, beside a good developer token.
fn ask(target: &str, headers: &[(&str, &str)]) -> (Said, Value) {
    let (said, body, _) = ask_and_watch(target, headers);
    (said, body)
}

/// The same, and what was asked of the ledger for it.
fn ask_and_watch(target: &str, headers: &[(&str, &str)]) -> (Said, Value, Vec<Asked>) {
    let mut builder =
        http::Request::builder().uri(target).header("host", "sim.test").header("authorization", developer_token());
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let local = "127.0.0.1:8443".parse().unwrap();
    let via = Via { scheme: Scheme::Https, peer: local, local, listener: 0, stands_in: false };
    let request = Request { via, head: builder.body(()).unwrap().into_parts().0, body: Bytes::new() };
    let directory = Directory::new(7);
    let plan = Arc::new(OrganizationPlan::default());
    let made = Made { plan, content: "acme".to_owned(), clock: ClockPlan::default(), began: wall() };
    let organization = directory.found("acme", made).unwrap();
    let fake = Arc::new(Fake { organization, asked: Mutex::default() });
    let catalog = Catalog::new(Arc::new(directory), None, fake.clone(), Arc::default());
    let router = Router::new([ROUTES]).unwrap();
    let Lookup::Found { route, params } = router.lookup(&request.head.method, request.path()) else {
        panic!("no route for {target}")
    };
    let visitor = catalog.visitor(Some(route.handler), &request);
    let Reply::Now(said) = catalog.answer(route.handler, &params, &visitor, &request, &[]) else {
        panic!("the stores answer at once")
    };
    let body = serde_json::from_slice(said.response.body().bytes().unwrap()).unwrap_or_default();
    let asked = fake.asked.lock().unwrap().clone();
    (said, body, asked)
}

fn ids(body: &Value) -> Vec<&str> {
    body["data"].as_array().unwrap().iter().map(|resource| resource["id"].as_str().unwrap()).collect()
}

const COOKIE: (&str, &str) = ("cookie", "a=b; itvt=eyJleHBEYXRlIjoiIn0=; c=d");

#[test]
fn a_content_token_opens_the_custom_apps_of_its_owner_in_their_storefront() {
    let path = |storefront: &str| {
        format!("/v1/catalog/{storefront}/stoken-authenticated-apps?ids={CUSTOM},{PAGES},1&platform=iphone")
    };
    let (_, here) = ask(&path("de"), &[COOKIE]);
    assert_eq!(ids(&here), ["1600000001", "361309726"]);
    assert_eq!(here["data"][0]["attributes"]["isB2BCustomApp"], true);
    assert_eq!(here["data"][1]["attributes"]["isB2BCustomApp"], false);
    let (_, elsewhere) = ask(&path("us"), &[COOKIE]);
    assert_eq!(ids(&elsewhere), ["361309726"]);
    let (_, as_header) = ask(&path("de"), &[("vpp-token", TOKEN)]);
    assert_eq!(ids(&as_header).len(), 2);
}

#[test]
fn a_call_for_some_titles_looks_at_no_others() {
    const UNKNOWN: u64 = 5;
    let asked = |target: &str, headers: &[(&str, &str)]| ask_and_watch(target, headers).2;
    let ids = format!("{CUSTOM},{PAGES},{UNKNOWN}");
    // What the owner has not, and the stores neither, another organisation may have added.
    let of_owner = [CUSTOM, PAGES, UNKNOWN, UNKNOWN].map(Asked::One);
    for path in
        ["v1/catalog/de/stoken-authenticated-apps?platform=iphone&ids=", "WebObjects/MZStorePlatform.woa/wa/lookup?id="]
    {
        assert_eq!(asked(&format!("/{path}{ids}"), &[COOKIE]), of_owner, "{path}");
    }
    let of_anybody = [CUSTOM, UNKNOWN].map(Asked::One);
    for path in ["v1/catalog/de/apps?platform=iphone&ids=", "lookup?country=de&id="] {
        assert_eq!(asked(&format!("/{path}{ids}"), &[COOKIE]), of_anybody, "{path}");
    }
    assert_eq!(asked("/lookup?country=de&bundleId=com.example.none", &[]), [Asked::Search]);
}

#[test]
fn what_an_organisation_added_is_found_by_everybody_and_custom_apps_are_not() {
    let names = |target: &str| {
        let (_, found) = ask(target, &[]);
        let results = found["results"].as_array().unwrap().iter();
        results.map(|title| title["trackId"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(&format!("/lookup?country=de&id={BOOK},{CUSTOM}")), [BOOK]);
    let (_, found) = ask(&format!("/v1/catalog/de/search?term={BOOK}&types=books&platform=iphone"), &[]);
    let books = &found["results"]["books"]["data"];
    assert_eq!((books.as_array().map(Vec::len), &books[0]["id"]), (Some(1), &json!(BOOK.to_string())), "{found}");
}

#[test]
fn without_a_good_content_token_or_without_ids_it_is_40300() {
    let asked = "/v1/catalog/de/stoken-authenticated-apps?platform=iphone";
    for (target, headers) in [
        (format!("{asked}&ids={PAGES}"), &[][..]),
        (format!("{asked}&ids={PAGES}"), &[("cookie", "itvt=unknown")][..]),
        (asked.to_owned(), &[COOKIE][..]),
        (format!("{asked}&ids="), &[COOKIE][..]),
    ] {
        let (said, body) = ask(&target, headers);
        assert_eq!(said.response.status(), StatusCode::FORBIDDEN, "{target}");
        let error = &body["errors"][0];
        assert_eq!(
            (&error["status"], &error["code"], &error["title"]),
            (&json!("403"), &json!("40300"), &json!("Forbidden"))
        );
        assert_eq!(error["detail"], "Invalid Stoken or Empty/Null ids Request Parameter");
        assert_eq!(error["id"].as_str().unwrap().len(), 26);
        assert_eq!(said.refusal, Some("content_token"));
    }
    let (said, _) = ask(&format!("{asked}&ids={PAGES}"), &[("cookie", "itvt=unknown")]);
    assert_eq!(said.why, ["it was revoked yesterday"]);
}

#[test]
fn books_and_purchases_are_told_apart() {
    let (_, books) = ask(&format!("/v1/catalog/de/stoken-authenticated-books?ids={BOOK},{PAGES}"), &[COOKIE]);
    assert_eq!(ids(&books), ["1441329034"]);
    assert_eq!(books["data"][0]["type"], "books");
    let asked = format!("ids[apps]={CUSTOM}&ids%5Bbooks%5D={BOOK}&ids[in-apps]=5&platform=iphone");
    let (_, both) = ask(&format!("/v1/catalog/de/stoken-authenticated-purchases?{asked}"), &[COOKIE]);
    assert_eq!(ids(&both), ["1600000001", "1441329034"]);
}

#[test]
fn calls_without_a_content_token_know_no_custom_app() {
    let (_, apps) = ask(&format!("/v1/catalog/de/apps?ids={CUSTOM},{PAGES}&platform=iphone"), &[COOKIE]);
    assert_eq!(ids(&apps), ["361309726"]);
    let (one, _) = ask(&format!("/v1/catalog/de/apps/{CUSTOM}?platform=iphone"), &[COOKIE]);
    assert_eq!(one.response.status(), StatusCode::NOT_FOUND);
    let (_, public) = ask(&format!("/lookup?id={CUSTOM},{PAGES}&country=de"), &[COOKIE]);
    assert_eq!((&public["resultCount"], &public["results"][0]["trackId"]), (&json!(1), &json!(PAGES)));
}

#[test]
fn the_lookup_of_before_shows_custom_apps_to_their_owner_but_says_that_nobody_is_authenticated() {
    let path =
        format!("/WebObjects/MZStorePlatform.woa/wa/lookup?version=2&p=mdm-lockup&caller=MDM&id={CUSTOM},{PAGES}");
    let (_, owner) = ask(&path, &[COOKIE]);
    assert_eq!((&owner["isAuthenticated"], &owner["version"]), (&json!(false), &json!(2)));
    assert_eq!(owner["meta"]["storefront"], json!({"cc": "DE", "id": "143443"}));
    assert_eq!(owner["results"]["1600000001"]["name"], "Shop Floor");
    assert_eq!(owner["results"]["361309726"]["offers"][0]["version"]["display"], " 353.0");
    let (_, anybody) = ask(&format!("{path}&cc=de"), &[]);
    assert_eq!(anybody["results"].as_object().unwrap().keys().collect::<Vec<_>>(), ["361309726"]);
    let (_, nowhere) = ask(&format!("{path}&cc=xx"), &[COOKIE]);
    assert_eq!(nowhere["results"], json!({}));
}

#[test]
fn an_odd_version_is_shown_as_it_is() {
    let path =
        format!("/v1/catalog/de/stoken-authenticated-apps?ids={PAGES}&platform=iphone&extend[apps]=latestVersionInfo");
    let (_, body) = ask(&path, &[COOKIE]);
    let ios = &body["data"][0]["attributes"]["platformAttributes"]["ios"];
    assert_eq!(ios["latestVersionInfo"]["versionDisplay"], " 353.0");
    assert!(ios["externalVersionId"].is_u64());
}
