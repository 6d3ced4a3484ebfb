//! The service's calls.

use http::Method;

use super::errors::Refused;
use super::{Call, Handler, assets, assignments, handlers, subscriptions, users};
use crate::http::Route;

type Answer = fn(&Call<'_>) -> Result<Vec<u8>, Refused>;

/// A call that looks.
const fn look(path: &'static str, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    let handler = Handler::Call { answer, writes: false, has_body: false };
    Route { method: Method::GET, path, operation, summary, handler }
}

/// A call that changes something.
const fn change(path: &'static str, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    let handler = Handler::Call { answer, writes: true, has_body: true };
    Route { method: Method::POST, path, operation, summary, handler }
}

/// A call that changes something and has no body.
const fn turn(path: &'static str, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    let handler = Handler::Call { answer, writes: true, has_body: false };
    Route { method: Method::POST, path, operation, summary, handler }
}

/// Every call of the service.
pub const ROUTES: &[Route<Handler>] = &[
    Route {
        method: Method::GET,
        path: "/mdm/v2/service/config",
        operation: "apps.service_config",
        summary: "Limits, error texts and URLs of the service",
        handler: Handler::ServiceConfig,
    },
    look(
        "/mdm/v2/client/config",
        "apps.client_config",
        "The location, and what its client has set",
        handlers::client_config,
    ),
    Route {
        method: Method::POST,
        path: "/mdm/v2/client/config",
        operation: "apps.set_client_config",
        summary: "Set who manages the location, and where notifications go",
        handler: Handler::SetClientConfig,
    },
    look("/mdm/v2/assets", "apps.assets", "Apps and books with their counts, page by page", assets::list),
    change("/mdm/v2/assets/associate", "apps.associate", "Assign licences to users and devices", assets::associate),
    change(
        "/mdm/v2/assets/disassociate",
        "apps.disassociate",
        "Take licences back from users and devices",
        assets::disassociate,
    ),
    change("/mdm/v2/assets/revoke", "apps.revoke", "Take all licences back from users and devices", assets::revoke),
    look("/mdm/v2/assignments", "apps.assignments", "Who holds a licence, page by page", assignments::list),
    look("/mdm/v2/users", "apps.users", "Users, page by page", users::list),
    change("/mdm/v2/users/create", "apps.create_users", "Register users", users::create),
    change("/mdm/v2/users/update", "apps.update_users", "Change users", users::update),
    change("/mdm/v2/users/retire", "apps.retire_users", "Retire users", users::retire),
    look("/mdm/v2/status", "apps.status", "How far an event has come", handlers::status),
    look("/mdm/v2/subscriptions", "apps.subscriptions", "Subscriptions with their counts", subscriptions::list),
    turn(
        "/mdm/v2/subscriptions/enable",
        "apps.enable_subscriptions",
        "Manage subscriptions at the location",
        subscriptions::enable,
    ),
    turn(
        "/mdm/v2/subscriptions/disable",
        "apps.disable_subscriptions",
        "Manage subscriptions no longer",
        subscriptions::disable,
    ),
    look(
        "/mdm/v2/subscriptions/assignments",
        "apps.subscription_assignments",
        "Who has a subscription",
        subscriptions::assignments,
    ),
    change(
        "/mdm/v2/subscriptions/associate",
        "apps.associate_subscriptions",
        "Give users a subscription",
        subscriptions::associate,
    ),
    change(
        "/mdm/v2/subscriptions/disassociate",
        "apps.disassociate_subscriptions",
        "Take a subscription from users",
        subscriptions::disassociate,
    ),
    look(
        "/mdm/v2/subscriptions/admins",
        "apps.subscription_admins",
        "Who manages a subscription",
        subscriptions::admins,
    ),
    change(
        "/mdm/v2/subscriptions/admins/add",
        "apps.add_subscription_admins",
        "Let users manage a subscription",
        subscriptions::add_admins,
    ),
    change(
        "/mdm/v2/subscriptions/admins/remove",
        "apps.remove_subscription_admins",
        "Let users manage a subscription no longer",
        subscriptions::remove_admins,
    ),
];
