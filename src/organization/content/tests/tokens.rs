//! Content tokens.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;

use super::*;
use crate::directory::{Directory, Origin};
use crate::scenario::plan::ClockPlan;

fn issue(acme: &Organization, account: &str, kind: TokenKind) -> ContentToken {
    acme.write(|books, now| books.issue_content_token(HQ, account, kind, None, now))
}

fn state(acme: &Organization, place: usize) -> TokenState {
    acme.read(|books, _| books.content.location(HQ).tokens[place].state.clone())
}

#[test]
fn the_file_has_its_members_in_the_order_that_was_seen() {
    let acme = acme();
    let token = acme.read(|books, _| books.content.location(HQ).tokens[0].clone());
    let json = String::from_utf8(BASE64_STANDARD.decode(token.text.expose()).unwrap()).unwrap();
    let inner = token.inner.expose();
    assert_eq!(json, format!(r#"{{"expDate":"2027-09-01T08:00:00+0000","token":"{inner}","orgName":"Acme"}}"#));
    assert_eq!((inner.len(), BASE64_STANDARD.decode(inner).unwrap().len()), (192, 144));
    assert_eq!(token.account, "noor@acme.example", "a content manager has downloaded it");
    assert_eq!(inner_token(&format!(" {}\n", token.text.expose())).as_deref(), Some(inner));
    for other in [inner, "", "e30=", "bm90IGpzb24="] {
        assert_eq!(inner_token(other), None);
    }
}

#[test]
fn a_token_lives_for_a_year() {
    let acme = acme();
    let token = issue(&acme, "noor@acme.example", TokenKind::Full);
    let admit = |at: Timestamp| token.admit(true, true, at).map_err(|refused| refused.refusal);
    assert_eq!(admit(start() + Span::from_days(365) - Span::from_millis(1)), Ok(()));
    assert_eq!(admit(start() + Span::from_days(365)), Err(ContentRefusal::TokenExpired));
}

#[test]
fn kinds_of_tokens_may_do_different_things() {
    let acme = acme();
    let may = |kind, writes, v2| issue(&acme, "x", kind).admit(writes, v2, start()).map_err(|refused| refused.refusal);
    assert_eq!(may(TokenKind::ReadOnly, false, true), Ok(()));
    assert_eq!(may(TokenKind::ReadOnly, true, true), Err(ContentRefusal::TokenReadOnly));
    assert_eq!(may(TokenKind::Legacy, false, true), Err(ContentRefusal::TokenLegacy));
    assert_eq!(may(TokenKind::Legacy, true, false), Ok(()));
}

#[test]
fn a_new_password_revokes_what_the_account_downloaded() {
    let acme = acme();
    issue(&acme, "robin@acme.example", TokenKind::Full);
    let revoked = acme.write(|books, now| books.change_password("Noor@acme.example", now));
    assert_eq!(revoked, 2, "at HQ and at the branch");
    assert_eq!(
        (state(&acme, 1), acme.write(|books, now| books.change_password("noor@acme.example", now))),
        (TokenState::Live, 0)
    );
    let token = acme.read(|books, _| books.content.location(HQ).tokens[0].clone());
    assert_eq!(token.admit(false, true, start()).unwrap_err().refusal, ContentRefusal::TokenRevoked);
}

#[test]
fn downloading_another_revokes_those_before_only_if_the_switch_says_so() {
    let acme = acme();
    issue(&acme, "noor@acme.example", TokenKind::Full);
    assert_eq!((state(&acme, 0), state(&acme, 1)), (TokenState::Live, TokenState::Live));
    set_quirks(&acme, json!({"redownload_revokes": true}));
    issue(&acme, "robin@acme.example", TokenKind::Full);
    assert_eq!(state(&acme, 1), TokenState::Live, "another account's tokens stay");
    issue(&acme, "noor@acme.example", TokenKind::Full);
    assert!(matches!((state(&acme, 0), state(&acme, 1)), (TokenState::Revoked(_), TokenState::Revoked(_))));
    assert_eq!((state(&acme, 2), state(&acme, 3)), (TokenState::Live, TokenState::Live));
}

#[test]
fn requests_are_limited_where_the_switch_says_so() {
    let acme = acme();
    let ask = || acme.write(|books, now| books.admit_to_content(HQ, now)).map_err(|refused| refused.refusal);
    assert!((0..100).all(|_| ask().is_ok()));
    set_quirks(&acme, json!({"rate_limit": "documented"}));
    assert!((0..15).all(|_| ask().is_ok()));
    assert_eq!(ask(), Err(ContentRefusal::TooManyRequests));
    assert_eq!(acme.write(|books, now| books.admit_to_content(BRANCH, now)), Ok(()));
    acme.advance(Span::from_seconds(1));
    assert_eq!(ask(), Ok(()));
}

fn directory() -> Directory {
    let scenario = read(&[SourceFile::new("test.yaml", SCENARIO)], &Surroundings::house()).unwrap();
    let plan = Arc::new(scenario.organizations[0].clone());
    let directory = Directory::new(7);
    let origin = Origin { plan, content: "acme".to_owned(), clock: ClockPlan::default(), began: start() };
    directory.found("acme", origin.clone()).unwrap();
    directory.found("like", origin).unwrap();
    directory
}

#[test]
fn a_token_leads_to_its_location_as_long_as_the_organisation_is_there() {
    let directory = directory();
    let (acme, like) = (directory.organization("acme").unwrap(), directory.organization("like").unwrap());
    let first =
        |organization: &Organization| organization.read(|books, _| books.content.location(BRANCH).tokens[0].clone());
    let (token, other) = (first(&acme), first(&like));
    assert_ne!(token.text, other.text);
    let place = directory.present_content_token(&format!("{}\n", token.text.expose())).unwrap();
    assert_eq!((place.organization.id.as_str(), place.location, place.token), ("acme", BRANCH, 0));
    let refusal = |text: &str| directory.present_content_token(text).map(|_| ()).map_err(|refused| refused.refusal);
    assert_eq!(refusal(token.inner.expose()), Err(ContentRefusal::TokenInner));
    assert_eq!(refusal("e30="), Err(ContentRefusal::TokenUnknown));
    let later = issue(&acme, "noor@acme.example", TokenKind::Full);
    assert_eq!(refusal(later.text.expose()), Err(ContentRefusal::TokenUnknown), "nobody was told of it");
    directory.index(&acme);
    assert_eq!(refusal(later.text.expose()), Ok(()));
    directory.remove("acme");
    directory.index(&acme);
    assert_eq!(refusal(token.text.expose()), Err(ContentRefusal::TokenUnknown));
    assert_eq!(refusal(other.text.expose()), Ok(()));
}

#[test]
fn one_like_another_has_the_same_content_and_its_own_credentials() {
    let directory = directory();
    let of = |id: &str| {
        directory.organization(id).unwrap().read(|books, _| {
            let location = books.content.location(HQ);
            let assets: Vec<_> = location.assets().iter().map(|asset| (asset.key, asset.total())).collect();
            let users: Vec<_> = location.users().map(|(_, user)| user.clone()).collect();
            ((assets, users, books.content.titles.clone()), (location.uid.clone(), location.id.clone()))
        })
    };
    let ((content, own), (same, other)) = (of("acme"), of("like"));
    assert_eq!(content, same);
    assert!(own.0 != other.0 && own.1 != other.1);
}

#[test]
fn one_that_goes_on_from_another_gets_credentials_of_its_own() {
    let acme = acme();
    let mut fork = acme.read(|books, _| books.clone());
    fork.content.with_own_credentials(&mut crate::random::Random::new(9, "fork"), "Acme");
    acme.read(|books, _| {
        let (before, after) = (books.content.location(HQ), fork.content.location(HQ));
        assert!(before.uid != after.uid && before.tokens[0].text != after.tokens[0].text);
        assert_eq!((before.assets(), before.version(DataSet::Users)), (after.assets(), after.version(DataSet::Users)));
    });
    assert_eq!(fork.content.check(), Ok(()));
}

#[test]
fn what_is_written_down_is_read_again() {
    let acme = acme();
    subscribe(&acme);
    set_quirks(&acme, json!({"license_lag": "5m"}));
    associate(&acme, &[PAGES, GUIDE], &["u-1", "u-3"]);
    manage(&acme, AssetVerb::Associate, &[FREE], &["u-1", "C02DEVICE001", "no serial"]).unwrap();
    acme.read(|books, _| {
        let written = serde_json::to_string(&books.content).unwrap();
        let read: Content = serde_json::from_str(&written).unwrap();
        assert_eq!(read.check(), Ok(()));
        assert_eq!(serde_json::to_string(&read).unwrap(), written);
        let (before, after) = (books.content.location(HQ), read.location(HQ));
        assert_eq!((before.is_assigned(GUIDE, &user("u-1")), after.is_assigned(GUIDE, &user("u-1"))), (true, true));
        assert_eq!(after.active_user("u-3"), before.active_user("u-3"));
    });
}
