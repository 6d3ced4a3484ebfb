//! What the ledger does.

mod events;
mod installing;
mod lists;
mod model;
mod portal;
mod scale;
mod shop;
mod stories;
mod subscriptions;
mod tokens;
mod users;
mod walks;

use std::cell::Cell;
use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::clock::{Span, Timestamp};
use crate::organization::{Books, Organization};
use crate::scenario::{Founding, SourceFile, Surroundings, found, read};

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// Counts a look at one row.
pub(super) fn count_step() {
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// How many rows were looked at.
fn steps_of<T>(what: impl FnOnce() -> T) -> (T, usize) {
    STEPS.with(|steps| steps.set(0));
    let answer = what();
    (answer, STEPS.with(Cell::get))
}

const SCENARIO: &str = "
version: 1
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme
    people:
      - {name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}
      - {name: Noor Haddad, managed_account: noor@acme.example, roles: [content_manager]}
    servers: [{name: MDM}]
    orders: [{placed: -1d, devices: [{serial: C02DEVICE001, model: iPhone 16}]}]
    locations:
      - name: HQ
        assets:
          - {adam_id: 1, name: Pages, licenses: 3}
          - {adam_id: 2, name: Field Guide, kind: book, licenses: 3}
          - {adam_id: 3, name: Users Only, licenses: 3, device_assignable: false}
          - {adam_id: 4, name: Free, licenses: unlimited}
        users:
          - {client_user_id: u-1, email: one@acme.example, status: associated}
          - {client_user_id: u-2}
          - {client_user_id: u-3, managed_account: kim@acme.example}
          - {client_user_id: u-0, status: retired}
      - {name: Branch, country: DE}
";

const PAGES: AssetKey = AssetKey::standard(1);
const GUIDE: AssetKey = AssetKey::standard(2);
const USERS_ONLY: AssetKey = AssetKey::standard(3);
const FREE: AssetKey = AssetKey::standard(4);
const HQ: LocationId = 0;
const BRANCH: LocationId = 1;

fn start() -> Timestamp {
    "2026-09-01T08:00:00Z".parse().unwrap()
}

fn books_of(scenario: &str) -> Books {
    let scenario = read(&[SourceFile::new("test.yaml", scenario)], &Surroundings::house()).unwrap();
    let founding = Founding { id: "acme", content: "acme", seed: 7, clock: scenario.clock, began: start() };
    found(&scenario.organizations[0], founding).unwrap()
}

fn acme() -> Organization {
    Organization::new("acme".to_owned(), books_of(SCENARIO))
}

fn set_quirks(acme: &Organization, quirks: Value) {
    acme.write(|books, now| {
        let quirks = books.quirks.patched(quirks.as_object().unwrap()).unwrap();
        books.turn_switches(Arc::new(quirks), now);
    });
}

/// Lets a client subscribe to everything at HQ.
fn subscribe(acme: &Organization) {
    let change = ConfigurationChange {
        notification_url: Some("https://mdm.example.test/hook".to_owned()),
        notification_token: Some("proof".to_owned()),
        notification_types: Some(Notification::ALL.to_vec()),
        ..ConfigurationChange::default()
    };
    acme.write(|books, _| {
        let changed = books.content.location(HQ).changed_configuration(&change, &books.quirks.limits).unwrap();
        books.content.location_mut(HQ).configuration = changed;
    });
}

fn notices(acme: &Organization) -> Vec<NoticeBody> {
    acme.write(|books, _| books.take_notices().into_iter().map(|notice| notice.body).collect())
}

fn user(id: &str) -> Target {
    Target::User(id.to_owned())
}

fn serial(text: &str) -> Target {
    Target::Serial(text.to_owned())
}

/// Every one of these assets for every one of these targets.
fn request(assets: &[AssetKey], targets: &[&str]) -> ManageAssets {
    let (users, serials): (Vec<&str>, Vec<&str>) = targets.iter().partition(|target| target.starts_with("u-"));
    ManageAssets {
        assets: assets.to_vec(),
        client_user_ids: users.into_iter().map(str::to_owned).collect(),
        serial_numbers: serials.into_iter().map(str::to_owned).collect(),
    }
}

fn manage(
    acme: &Organization,
    verb: AssetVerb,
    assets: &[AssetKey],
    targets: &[&str],
) -> Result<String, ContentRefused> {
    acme.write(|books, now| books.manage_assets(HQ, verb, request(assets, targets), now))
}

/// Begins an association and waits for it.
fn associate(acme: &Organization, assets: &[AssetKey], targets: &[&str]) -> ContentEvent {
    let id = manage(acme, AssetVerb::Associate, assets, targets).unwrap();
    finished(acme, &id)
}

fn disassociate(acme: &Organization, assets: &[AssetKey], targets: &[&str]) -> ContentEvent {
    let id = manage(acme, AssetVerb::Disassociate, assets, targets).unwrap();
    finished(acme, &id)
}

fn finished(acme: &Organization, event: &str) -> ContentEvent {
    acme.advance(Span::from_seconds(60));
    acme.read(|books, now| {
        books.content.check().unwrap();
        books.content.location(HQ).event(event, now).unwrap().clone()
    })
}

fn counts(acme: &Organization, asset: AssetKey) -> (u32, u32, u32) {
    acme.read(|books, _| {
        let Counts { total, assigned, available, .. } = books.content.location(HQ).asset(asset).unwrap().counts();
        (total, assigned, available)
    })
}

fn fields(id: &str) -> UserFields {
    UserFields { client_user_id: id.to_owned(), ..UserFields::default() }
}

fn holds(acme: &Organization, asset: AssetKey, target: &Target) -> bool {
    acme.read(|books, _| books.content.location(HQ).is_assigned(asset, target))
}
