//! Notifications, as an MDM server gets them.

mod clock;
mod documents;
mod faults;
mod log;
mod receivers;

use std::sync::Arc;

use abmsim::clock::Timestamp;
use abmsim::organization::content::{
    AssetKey, AssetVerb, ConfigurationChange, LocationId, ManageAssets, Notification, Payment, Pricing, Purchase,
    Title, TitleKind, UserFields, UserVerb,
};
use abmsim::organization::{Books, Organization};
use abmsim::simulator::Settings;
use serde_json::json;

use crate::actors::{Portal, Webhook, World};

const HQ: LocationId = 0;
const PAGES: AssetKey = AssetKey::standard(1);
const TOKEN: &str = "a-token-that-proves-it";

const SCENARIO: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme
    people:
      - {name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}
    servers: [{name: MDM}]
    locations:
      - name: HQ
        assets:
          - {adam_id: 1, name: Pages, licenses: 200}
        users:
          - {client_user_id: u-1, email: one@acme.example}
          - {client_user_id: u-2}
";

/// An organisation whose client is notified of everything.
struct Notified {
    world: World,
    webhook: Webhook,
}

impl Notified {
    async fn with(webhook: Webhook) -> Self {
        let settings = Settings { webhook_ca: Some(webhook.certificate.clone()), ..Settings::default() };
        let world = World::with(settings, SCENARIO).await;
        let notified = Self { world, webhook };
        notified.subscribe(&notified.webhook.url());
        notified
    }

    async fn open() -> Self {
        Self::with(Webhook::open().await).await
    }

    fn acme(&self) -> Arc<Organization> {
        self.world.simulator().directory().organization("acme").unwrap()
    }

    fn portal(&self) -> Portal {
        self.world.portal()
    }

    /// A client says where it wants to be notified, and of everything.
    fn subscribe(&self, url: &str) {
        let change = ConfigurationChange {
            notification_url: Some(url.to_owned()),
            notification_token: Some(TOKEN.to_owned()),
            notification_types: Some(Notification::ALL.to_vec()),
            ..ConfigurationChange::default()
        };
        self.acme().write(|books, _| {
            let changed = books.content.location(HQ).changed_configuration(&change, &books.quirks.limits).unwrap();
            books.content.location_mut(HQ).configuration = changed;
        });
    }

    fn act<T>(&self, what: impl FnOnce(&mut Books, Timestamp) -> T) -> T {
        self.acme().write(what)
    }

    /// Somebody buys licences in the portal: a notification of its own, at once.
    fn buy(&self, quantity: u32) {
        self.act(|books, now| buy(books, quantity, now));
    }

    /// Somebody buys a licence so many times at one stroke.
    fn buy_often(&self, times: usize) {
        self.act(|books, now| (0..times).for_each(|_| buy(books, 1, now)));
    }

    fn create_users(&self, ids: impl IntoIterator<Item = String>) -> String {
        let users = ids.into_iter().map(|client_user_id| UserFields { client_user_id, ..UserFields::default() });
        self.act(|books, now| books.manage_users(HQ, UserVerb::Create, users.collect(), now).unwrap())
    }

    /// Users `w-0` and so on, and what it takes until they are there.
    async fn create_many_users(&self, count: usize) {
        let ids: Vec<String> = (0..count).map(|number| format!("w-{number}")).collect();
        for ids in ids.chunks(100) {
            self.create_users(ids.iter().cloned());
            self.portal().advance("10s").await;
        }
    }

    fn associate(&self, users: impl IntoIterator<Item = String>, serials: &[&str]) -> String {
        let request = ManageAssets {
            assets: vec![PAGES],
            client_user_ids: users.into_iter().collect(),
            serial_numbers: serials.iter().map(|serial| (*serial).to_owned()).collect(),
        };
        self.act(|books, now| books.manage_assets(HQ, AssetVerb::Associate, request, now).unwrap())
    }

    async fn fault(&self, effect: serde_json::Value, times: u32) {
        self.portal().post("/faults", json!({"on": "apps.notification", "times": times, "do": effect})).await;
    }
}

fn buy(books: &mut Books, quantity: u32, now: Timestamp) {
    let title = Title::unknown(1, TitleKind::App);
    let account = "robin@acme.example".to_owned();
    let (location, pricing, payment) = (HQ, Pricing::Standard, Payment::Card);
    books.purchase(Purchase { location, title, pricing, quantity, payment, account }, now).unwrap();
}
