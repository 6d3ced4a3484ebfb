//! Acting as one of the organisation's people: `?as=ACCOUNT` on a call that somebody makes in the portal. Without it nobody's rights are asked for.

use http::Method;
use serde_json::Value;

use super::{Call, Handler, Problem};
use crate::http::{Query, Route};
use crate::organization::{NotPermitted, Right};

/// The parameter.
pub const AS: &str = "as";

/// What a call of the portal wants of whoever makes it. `None` for calls that look, and for what nobody does in the portal.
fn wanted(operation: &str) -> Option<Right> {
    Some(match operation {
        "control.set_terms" | "control.set_suppliers" | "control.add_location" => Right::Administration,
        "control.add_person" | "control.change_person" | "control.delete_person" | "control.change_password" => {
            Right::People
        }
        "control.add_server"
        | "control.change_server"
        | "control.renew_token"
        | "control.revoke_token"
        | "control.add_devices"
        | "control.cancel_migration"
        | "control.assign"
        | "control.release" => Right::Devices,
        "control.issue_content_token"
        | "control.revoke_content_tokens"
        | "control.change_asset"
        | "control.purchase"
        | "control.refund"
        | "control.transfer"
        | "control.add_credit"
        | "control.buy_subscription" => Right::Content,
        _ => return None,
    })
}

impl Call<'_> {
    /// The account of whoever makes the call, where it is made as somebody.
    pub fn actor(&self) -> Option<String> {
        Query::parse(self.request.head.uri.query()).get(AS).map(str::to_owned)
    }

    /// Lets the call be made, if whoever makes it may.
    pub(super) fn permit(&self, route: &Route<Handler>) -> Result<(), Problem> {
        let Some(actor) = self.actor() else { return Ok(()) };
        let nobody = |detail: &str| Err(Problem::bad_query(AS, detail));
        if self.params.get("org").is_empty() {
            return nobody("people are an organisation's, and this call is about none");
        }
        let right = wanted(route.operation);
        if right.is_none() && route.method != Method::GET {
            return nobody("nobody does this in the portal: leave it out");
        }
        self.organization()?.read(|books, _| {
            let named = self.locations_named();
            let locations: Vec<_> = named.iter().filter_map(|name| books.content.find_location(name)).collect();
            match books.permit(&actor, right, &locations) {
                Ok(_) => Ok(()),
                Err(NotPermitted::Unknown) => {
                    let accounts = books.people.iter().map(|person| person.managed_account.as_str());
                    Err(Problem::unknown_among("person with the account", &actor, accounts))
                }
                Err(NotPermitted::Forbidden(why)) => Err(Problem::forbidden("NOT_PERMITTED", &why)),
            }
        })
    }

    /// The locations that the path and the body name.
    fn locations_named(&self) -> Vec<String> {
        let body: Value = serde_json::from_slice(&self.request.body).unwrap_or_default();
        let in_body = ["location", "from", "to"].into_iter().filter_map(|key| body[key].as_str().map(str::to_owned));
        let in_path = Some(self.params.get("location").to_owned()).filter(|name| !name.is_empty());
        in_body.chain(in_path).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ROUTES;
    use super::*;

    #[test]
    fn every_right_is_wanted_by_calls_that_there_are() {
        let wanting: Vec<Right> = ROUTES.iter().filter_map(|route| wanted(route.operation)).collect();
        assert_eq!(wanting.len(), 23);
        for right in [Right::Administration, Right::People, Right::Devices, Right::Content] {
            assert!(wanting.contains(&right));
        }
        for route in ROUTES.iter().filter(|route| wanted(route.operation).is_some()) {
            assert!(route.method != Method::GET && route.path.contains("{org}"), "{}", route.operation);
        }
    }
}
