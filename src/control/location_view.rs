//! Locations and what is in them, as the control API shows them.

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::organization::content::{
    Asset, AssignmentRow, Content, ContentToken, Held, Location, Subscription, TokenState, User, UserId,
};

/// A location in a list.
pub fn line(location: &Location) -> Value {
    json!({
        "id": location.id,
        "name": location.name,
        "country": location.country,
        "uid": location.uid,
        "assets": location.assets().len(),
        "users": location.users_len(),
        "assignments": location.assignments_len(),
        "mdm": location.configuration.mdm_info.as_ref().map(|mdm| &mdm.name),
    })
}

/// A location by itself, without what it has many of.
pub fn frame(location: &Location, now: Timestamp) -> Value {
    let configuration = &location.configuration;
    json!({
        "id": location.id,
        "name": location.name,
        "country": location.country,
        "uid": location.uid,
        "configuration": {
            "mdm_info": configuration.mdm_info,
            "notification_url": configuration.notification_url,
            "notification_token": configuration.notification_token,
            "notification_types": configuration.notification_types,
            "client_context": configuration.shown_context(),
            "used_by_v2": configuration.used_by_v2,
        },
        "tokens": location.tokens.iter().map(|known| token(known, now)).collect::<Vec<_>>(),
        "manages_subscriptions": location.subscriptions.enabled,
        "subscriptions": subscriptions(location).iter().map(subscription).collect::<Vec<_>>(),
    })
}

/// A content token, whole.
fn token(token: &ContentToken, now: Timestamp) -> Value {
    let (state, why) = match &token.state {
        TokenState::Revoked(why) => ("revoked", Some(why)),
        TokenState::Live if now >= token.expires_at => ("expired", None),
        TokenState::Live => ("live", None),
    };
    json!({
        "account": token.account,
        "kind": token.kind,
        "state": state,
        "why": why,
        "issued": token.issued,
        "expires_at": token.expires_at,
        "content_token": token.text.expose(),
    })
}

/// An asset with its counts as they are: no lag hides anything here.
pub fn asset(content: &Content, asset: &Asset) -> Value {
    let counts = asset.counts();
    json!({
        "adam_id": asset.key.adam_id.to_string(),
        "pricing_param": asset.key.pricing,
        "name": content.title(asset.key.adam_id).map(|title| &title.name),
        "kind": asset.kind,
        "total": counts.total,
        "assigned": counts.assigned,
        "available": counts.available,
        "retired": counts.retired,
        "unlimited": asset.unlimited,
        "device_assignable": asset.device_assignable,
        "revocable": asset.revocable,
        "platforms": asset.platforms,
    })
}

/// A user, with the code of the invitation while that is open.
pub fn user(location: &Location, id: UserId, user: &User) -> Value {
    let is_invited = user.status == crate::organization::content::UserStatus::Registered;
    json!({
        "client_user_id": user.client_user_id,
        "user_id": location.user_number(id),
        "email": user.email,
        "managed_account": user.managed_account,
        "status": user.status,
        "id_hash": user.id_hash,
        "invite_code": is_invited.then(|| location.invite_code(id)),
    })
}

/// An assignment.
pub fn assignment(row: &AssignmentRow<'_>) -> Value {
    let (client_user_id, serial_number) = match row.held {
        Held::User(_, user) => (Some(&*user.client_user_id), None),
        Held::Serial(serial) => (None, Some(serial)),
    };
    json!({
        "adam_id": row.asset.key.adam_id.to_string(),
        "pricing_param": row.asset.key.pricing,
        "client_user_id": client_user_id,
        "serial_number": serial_number,
        "license_id": row.license_id,
    })
}

fn subscriptions(location: &Location) -> Vec<Subscription> {
    // Without a cursor there is none that could be wrong.
    location.subscriptions_part(&[], &[], None, u32::MAX - 1).map_or_else(|_| Vec::new(), |(part, _)| part)
}

/// A subscription.
pub fn subscription(subscription: &Subscription) -> Value {
    json!({
        "adam_id": subscription.adam_id.to_string(),
        "parent_adam_id": subscription.parent_adam_id.to_string(),
        "status": subscription.state,
        "period": subscription.period,
        "period_end": subscription.period_end,
        "total": subscription.total,
        "assigned": subscription.assigned,
        "available": subscription.available(),
    })
}
