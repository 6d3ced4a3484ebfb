//! What notifications say.

use abmsim::organization::content::{Target, UserFields, UserVerb};
use serde_json::json;

use super::{HQ, Notified, TOKEN};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_is_told_at_once_with_the_clients_own_token() {
    let mut acme = Notified::open().await;
    acme.buy(5);
    let posted = acme.webhook.next().await;
    assert_eq!(posted.line, "POST /hook HTTP/1.1");
    assert_eq!(posted.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(posted.header("content-type"), Some("application/json"));
    assert_eq!(posted.header("host"), Some(acme.webhook.address.to_string().as_str()));
    let uid = acme.act(|books, _| books.content.location(HQ).uid.clone());
    assert_eq!(
        posted.body,
        json!({
            "notification": {"adamId": "1", "countDelta": 5, "pricingParam": "STDQ"},
            "notificationId": posted.id(),
            "notificationType": "ASSET_COUNT",
            "uId": uid,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assignments_are_told_in_parts_of_a_hundred_and_one_mistake_each() {
    let mut acme = Notified::open().await;
    acme.create_many_users(150).await;
    let parts: Vec<usize> =
        acme.webhook.rest().iter().map(|part| part.body["notification"]["users"].as_array().unwrap().len()).collect();
    assert_eq!(parts, [100, 50]);
    acme.portal().quirks(json!({"unknown_user": "async"})).await;
    let users = (0..148).map(|number| format!("w-{number}")).chain(["nobody".to_owned()]);
    let event = acme.associate(users, &["C02AAAAAAAA1"]);
    acme.portal().advance("10s").await;
    let told: Vec<_> = acme.webhook.rest().into_iter().map(|posted| posted.body["notification"].clone()).collect();
    let shape: Vec<(&str, usize)> = told
        .iter()
        .map(|told| (told["result"].as_str().unwrap(), told["assignments"].as_array().unwrap().len()))
        .collect();
    assert_eq!(shape, [("SUCCESS", 100), ("SUCCESS", 49), ("FAILURE", 1)]);
    assert!(told.iter().all(|told| told["eventId"] == event.as_str() && told["type"] == "ASSOCIATE"));
    assert_eq!(told[0]["assignments"][0], json!({"adamId": "1", "clientUserId": "w-0", "pricingParam": "STDQ"}));
    assert_eq!(
        told[1]["assignments"][48],
        json!({"adamId": "1", "pricingParam": "STDQ", "serialNumber": "C02AAAAAAAA1"})
    );
    assert_eq!(told[0].get("error"), None);
    assert_eq!(
        told[2],
        json!({
            "assignments": [{"adamId": "1", "clientUserId": "nobody", "pricingParam": "STDQ"}],
            "error": {"errorMessage": "Unable to find the registered user.", "errorNumber": 9609},
            "eventId": event, "result": "FAILURE", "type": "ASSOCIATE",
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn licences_that_there_are_not_are_told_in_apples_words() {
    let mut acme = Notified::open().await;
    acme.create_many_users(250).await;
    acme.webhook.rest();
    acme.associate((0..250).map(|number| format!("w-{number}")), &[]);
    acme.portal().advance("10s").await;
    let told: Vec<_> = acme.webhook.rest().into_iter().map(|posted| posted.body["notification"].clone()).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(
        told[2]["error"],
        json!({"errorMessage": "There aren't enough assets available to complete this association.", "errorNumber": 9709})
    );
    assert_eq!(told[2]["assignments"].as_array().unwrap().len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_are_told_with_code_until_they_have_an_account_and_in_between_with_both() {
    let mut acme = Notified::open().await;
    let code = acme.act(|books, _| {
        let location = books.content.location(HQ);
        location.invite_code(location.active_user("u-1").unwrap())
    });
    acme.act(|books, now| books.accept_invitation(&code, Some("private@icloud.example"), now).unwrap());
    let posted = acme.webhook.next().await;
    assert_eq!(posted.kind(), "USER_ASSOCIATED");
    let told = &posted.body["notification"]["associatedUsers"][0];
    assert_eq!((&told["clientUserId"], &told["email"]), (&json!("u-1"), &json!("one@acme.example")));
    assert_eq!((&told["inviteCode"], &told["status"]), (&json!(code), &json!("Associated")));
    assert!(told["idHash"].is_string(), "{told}");
    assert_eq!(posted.body["notification"].get("eventId"), None);

    let retire = |id: &str| vec![UserFields { client_user_id: id.to_owned(), ..UserFields::default() }];
    let event = acme.act(|books, now| books.manage_users(HQ, UserVerb::Retire, retire("u-2"), now).unwrap());
    acme.portal().advance("10s").await;
    let posted = acme.webhook.next().await;
    let told = &posted.body["notification"];
    assert_eq!((posted.kind(), &told["type"], &told["eventId"]), ("USER_MANAGEMENT", &json!("RETIRE"), &json!(event)));
    assert_eq!(told["users"][0]["status"], "Retired");
    assert!(told["users"][0]["inviteCode"].is_string(), "never associated, so the code is there: {told}");
    let shown = acme.act(|books, _| books.content.location(HQ).is_assigned(super::PAGES, &Target::User("u-2".into())));
    assert!(!shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_subscribed_to_is_not_sent() {
    let mut acme = Notified::open().await;
    acme.act(|books, _| {
        books.content.location_mut(HQ).configuration.notification_types =
            vec![abmsim::organization::content::Notification::UserManagement];
    });
    acme.buy(1);
    acme.create_users(["w-1".to_owned()]);
    acme.portal().advance("1h").await;
    let kinds: Vec<String> = acme.webhook.rest().iter().map(|posted| posted.kind().to_owned()).collect();
    assert_eq!(kinds, ["USER_MANAGEMENT"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut acme = Notified::open().await;
        acme.buy(1);
        acme.buy(2);
        ids.push([acme.webhook.next().await.id().to_owned(), acme.webhook.next().await.id().to_owned()]);
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0][0], ids[0][1]);
}
