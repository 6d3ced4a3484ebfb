//! The page behind the link of an invitation, as invited people see it.

mod accepting;
mod links;
mod refusals;
mod rooms;

use serde_json::{Value, json};

use crate::actors::{Invitee, World};
use crate::apps::library;

/// The library with `u-2`, who is invited and has the link that version 1 hands out.
async fn invited() -> (World, Invitee) {
    let world = library().await;
    let invitee = invitee(&world).await;
    (world, invitee)
}

async fn invitee(world: &World) -> Invitee {
    Invitee::new(user(world, "u-2").await["inviteUrl"].as_str().unwrap())
}

/// A user of HQ, as version 1 shows it.
async fn user(world: &World, id: &str) -> Value {
    world.vpp_client("HQ").ask("getVPPUserSrv", json!({"clientUserIdStr": id})).await["user"].clone()
}
