//! Notifications as JSON.

use serde::Serialize;

use crate::apple::apps::told_later;
use crate::organization::content::{
    AssetKey, ContentRefusal, Notice, NoticeBody, Seats, SubscriptionAssignment, Target, UserShown, UserStatus,
};
use crate::organization::quirks::ErrorWording;

/// A notification as it is sent.
pub fn document(notice: &Notice, uid: &str) -> String {
    let envelope = Envelope {
        notification: content(&notice.body),
        notification_id: &notice.id,
        notification_type: notice.body.kind().name(),
        uid,
    };
    // Texts and numbers alone: nothing in it can fail.
    serde_json::to_string(&envelope).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    notification: Content<'a>,
    notification_id: &'a str,
    notification_type: &'static str,
    #[serde(rename = "uId")]
    uid: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Empty {},
    #[serde(rename_all = "camelCase")]
    Assets {
        assignments: Vec<Assignment<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Mistake>,
        event_id: &'a str,
        result: &'static str,
        r#type: &'static str,
    },
    #[serde(rename_all = "camelCase")]
    Users {
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Mistake>,
        event_id: &'a str,
        result: &'static str,
        r#type: &'static str,
        users: Vec<User<'a>>,
    },
    #[serde(rename_all = "camelCase")]
    Associated {
        associated_users: Vec<User<'a>>,
    },
    #[serde(rename_all = "camelCase")]
    Count {
        adam_id: String,
        count_delta: i64,
        pricing_param: &'static str,
    },
    #[serde(rename_all = "camelCase")]
    Seats {
        assignments: Vec<Seat<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Mistake>,
        event_id: &'a str,
        result: &'static str,
        r#type: &'static str,
    },
    #[serde(rename_all = "camelCase")]
    SeatCount {
        parent_adam_id: u64,
        adam_id: u64,
        counts: Counts,
    },
    #[serde(rename_all = "camelCase")]
    Unlimited {
        adam_id: String,
        pricing_param: &'static str,
        unlimited: bool,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mistake {
    error_message: &'static str,
    error_number: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assignment<'a> {
    adam_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_user_id: Option<&'a str>,
    pricing_param: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    client_user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_code: Option<&'a str>,
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Seat<'a> {
    adam_id: u64,
    client_user_id: &'a str,
    renewing: bool,
}

#[derive(Serialize)]
struct Counts {
    available: Seats,
    total: Seats,
}

fn content(body: &NoticeBody) -> Content<'_> {
    match body {
        NoticeBody::Test => Content::Empty {},
        NoticeBody::AssetManagement { event, kind, assignments, failure } => Content::Assets {
            assignments: assignments.iter().map(assignment).collect(),
            error: failure.map(mistake),
            event_id: event,
            result: result(*failure),
            r#type: kind.name(),
        },
        NoticeBody::UserManagement { event, verb, users, failure } => Content::Users {
            error: failure.map(mistake),
            event_id: event,
            result: result(*failure),
            r#type: crate::organization::content::EventKind::from(*verb).name(),
            users: users.iter().map(user).collect(),
        },
        NoticeBody::UserAssociated { users } => {
            Content::Associated { associated_users: users.iter().map(user).collect() }
        }
        NoticeBody::AssetCount { asset: AssetKey { adam_id, pricing }, delta } => {
            Content::Count { adam_id: adam_id.to_string(), count_delta: *delta, pricing_param: pricing.name() }
        }
        NoticeBody::SubscriptionManagement { event, verb, assignments, failure } => Content::Seats {
            assignments: assignments.iter().map(seat).collect(),
            error: failure.map(mistake),
            event_id: event,
            result: result(*failure),
            r#type: crate::organization::content::EventKind::from(*verb).name(),
        },
        NoticeBody::SubscriptionCount { parent_adam_id, adam_id, available, total } => Content::SeatCount {
            parent_adam_id: *parent_adam_id,
            adam_id: *adam_id,
            counts: Counts { available: *available, total: *total },
        },
        NoticeBody::UnlimitedAsset { asset: AssetKey { adam_id, pricing }, unlimited } => {
            Content::Unlimited { adam_id: adam_id.to_string(), pricing_param: pricing.name(), unlimited: *unlimited }
        }
    }
}

fn result(failure: Option<ContentRefusal>) -> &'static str {
    if failure.is_none() { "SUCCESS" } else { "FAILURE" }
}

fn assignment((AssetKey { adam_id, pricing }, target): &(AssetKey, Target)) -> Assignment<'_> {
    let (client_user_id, serial_number) = match target {
        Target::User(id) => (Some(id.as_str()), None),
        Target::Serial(serial) => (None, Some(serial.as_str())),
    };
    Assignment { adam_id: adam_id.to_string(), client_user_id, pricing_param: pricing.name(), serial_number }
}

fn seat(SubscriptionAssignment { adam_id, client_user_id, renewing }: &SubscriptionAssignment) -> Seat<'_> {
    Seat { adam_id: *adam_id, client_user_id, renewing: *renewing }
}

fn user(shown: &UserShown) -> User<'_> {
    User {
        client_user_id: &shown.client_user_id,
        email: shown.email.as_deref(),
        id_hash: shown.id_hash.map(|hash| hash.to_string()),
        invite_code: shown.invite_code.as_deref(),
        status: match shown.status {
            UserStatus::Registered => "Registered",
            UserStatus::Associated => "Associated",
            UserStatus::Retired => "Retired",
        },
    }
}

/// Number and text of what one task of an event fails with, in the words that were seen in notifications. What no task fails with is an internal
/// error.
fn mistake(refusal: ContentRefusal) -> Mistake {
    // Notifications have had one wording only, whatever the service configuration says.
    let (error_number, error_message) = told_later(refusal, ErrorWording::default());
    Mistake { error_message, error_number }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::Timestamp;
    use crate::organization::content::{AssetVerb, EventKind, UserVerb};

    fn told(body: NoticeBody) -> (String, Value) {
        let notice = Notice { id: "id-1".to_owned(), location: 0, at: Timestamp::default(), body };
        let mut sent: Value = serde_json::from_str(&document(&notice, "2049")).unwrap();
        assert_eq!((&sent["notificationId"], &sent["uId"]), (&json!("id-1"), &json!("2049")));
        assert_eq!(sent.as_object().unwrap().len(), 4);
        (sent["notificationType"].as_str().unwrap().to_owned(), sent["notification"].take())
    }

    #[test]
    fn a_test_says_nothing() {
        assert_eq!(told(NoticeBody::Test), ("TEST_NOTIFICATION".to_owned(), json!({})));
    }

    #[test]
    fn a_revocation_lists_what_was_taken_from_whom() {
        let body = NoticeBody::AssetManagement {
            event: "e".to_owned(),
            kind: EventKind::Revoke,
            assignments: vec![
                (AssetKey::standard(1), Target::User("u-1".to_owned())),
                (AssetKey::standard(2), Target::User("u-1".to_owned())),
            ],
            failure: None,
        };
        let assignments = json!([
            {"adamId": "1", "clientUserId": "u-1", "pricingParam": "STDQ"},
            {"adamId": "2", "clientUserId": "u-1", "pricingParam": "STDQ"},
        ]);
        let wanted = json!({"assignments": assignments, "eventId": "e", "result": "SUCCESS", "type": "REVOKE"});
        assert_eq!(told(body), ("ASSET_MANAGEMENT".to_owned(), wanted));
    }

    #[test]
    fn a_user_that_is_there_already_is_told_with_the_reason() {
        let user = UserShown {
            client_user_id: "u-1".to_owned(),
            email: None,
            status: UserStatus::Registered,
            invite_code: None,
            id_hash: None,
        };
        let failure = Some(ContentRefusal::AlreadyRegistered);
        let body =
            NoticeBody::UserManagement { event: "e".to_owned(), verb: UserVerb::Create, users: vec![user], failure };
        let wanted = json!({
            "error": {
                "errorMessage": "A registered user already exists with the specified clientUserId.", "errorNumber": 9716
            },
            "eventId": "e", "result": "FAILURE", "type": "CREATE",
            "users": [{"clientUserId": "u-1", "status": "Registered"}],
        });
        assert_eq!(told(body), ("USER_MANAGEMENT".to_owned(), wanted));
    }

    #[test]
    fn subscriptions_have_numbers_where_assets_have_texts() {
        let seat = SubscriptionAssignment { adam_id: 12, client_user_id: "u-1".to_owned(), renewing: true };
        let (event, verb) = ("e".to_owned(), AssetVerb::Disassociate);
        let body = NoticeBody::SubscriptionManagement { event, verb, assignments: vec![seat], failure: None };
        let wanted = json!({
            "assignments": [{"adamId": 12, "clientUserId": "u-1", "renewing": true}],
            "eventId": "e", "result": "SUCCESS", "type": "DISASSOCIATE",
        });
        assert_eq!(told(body), ("SUBSCRIPTION_MANAGEMENT".to_owned(), wanted));
        let (available, total) = (Seats { renewing: 1, expiring: 0 }, Seats { renewing: 3, expiring: 2 });
        let body = NoticeBody::SubscriptionCount { parent_adam_id: 1, adam_id: 12, available, total };
        let wanted = json!({
            "adamId": 12, "parentAdamId": 1,
            "counts": {"available": {"expiring": 0, "renewing": 1}, "total": {"expiring": 2, "renewing": 3}},
        });
        assert_eq!(told(body.clone()), ("SUBSCRIPTION_COUNT".to_owned(), wanted));
        let notice = Notice { id: "id-1".to_owned(), location: 0, at: Timestamp::default(), body };
        let members = concat!(
            r#"{"notification":{"parentAdamId":1,"adamId":12,"counts":{"available":{"renewing":1,"expiring":0},"#,
            r#""total":{"renewing":3,"expiring":2}}},"notificationId":"id-1","#
        );
        assert!(document(&notice, "2049").starts_with(members), "in the order of the list of subscriptions");
    }

    #[test]
    fn an_asset_without_end_is_told() {
        let body = NoticeBody::UnlimitedAsset { asset: AssetKey::standard(1), unlimited: true };
        let wanted = json!({"adamId": "1", "pricingParam": "STDQ", "unlimited": true});
        assert_eq!(told(body), ("UNLIMITED_ASSET".to_owned(), wanted));
    }
}
