//! App and Book Management, version 2, as an MDM server sees it.

mod assets;
mod assignments;
mod clients;
mod configuration;
mod errors;
mod events;
mod faults;
mod journal;
mod subscriptions;
pub mod tokens;
mod users;

use abmsim::simulator::Settings;

use crate::actors::{Webhook, World};

/// A frozen clock, events that take no time, and a location with an app, a scarce one, a book, one without end, and one for users alone.
const LIBRARY: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme Corporation
    servers:
      - name: Primary MDM
    people:
      - {name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}
      - {name: Kim Ade, managed_account: kim@acme.example, roles: [content_manager]}
      - {name: Lou Beck, managed_account: lou@acme.example, roles: [staff]}
    locations:
      - name: HQ
        country: us
        assets:
          - {adam_id: 361309726, name: Pages, licenses: 10, platforms: [iOS]}
          - {adam_id: 409183694, name: Keynote, licenses: 2, platforms: [iOS, macOS]}
          - {adam_id: 1462947752, name: Handbook, kind: book, licenses: 5}
          - {adam_id: 497799835, name: Xcode, licenses: unlimited, platforms: [macOS]}
          - {adam_id: 100200300, name: Personal, licenses: 4, device_assignable: false}
        users:
          - {client_user_id: u-1, email: u1@acme.example, managed_account: kim@acme.example, status: associated}
          - {client_user_id: u-2, email: u2@acme.example}
          - {client_user_id: u-3, status: retired}
        assignments:
          - {adam_id: 361309726, client_user_id: u-1}
          - {adam_id: 361309726, serial_number: C02EXAMPLE01}
          - {adam_id: 409183694, client_user_id: u-2}
      - name: Branch
        country: de
        assets:
          - {adam_id: 361309726, licenses: 1}
    quirks: {event_latency: 0s}
";

/// The library.
pub async fn library() -> World {
    World::of(LIBRARY).await
}

/// The library, which may notify somebody.
pub async fn library_notifying(webhook: &Webhook) -> World {
    let settings = Settings { webhook_ca: Some(webhook.certificate.clone()), ..Settings::default() };
    World::with(settings, LIBRARY).await
}
