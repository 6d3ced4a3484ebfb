//! What can happen on Apple's side at a time set beforehand: the deeds of an administrator, a supplier or a user.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::content::ContentHappening;
use super::{Addition, Choice, OrderDraft, Serial, ServerChange, Suppliers, TokenFate};
use crate::clock::{Moment, Span};

/// One deed, in names: whom and what they stand for is looked up when its time has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// Devices are moved in the portal.
    Assign {
        /// Which.
        devices: Choice,
        /// Where to; `None` takes them from their server.
        server: Option<String>,
        /// By when devices that are set up must have moved; distances count from the event.
        deadline: Option<Moment>,
        /// Who moves them; `None`: the first administrator.
        by: Option<String>,
    },
    /// Devices are released in the portal.
    Release {
        /// Which.
        devices: Choice,
        /// Who releases them; `None`: the first administrator.
        by: Option<String>,
    },
    /// Devices are ordered.
    Order(OrderDraft),
    /// Devices are added with Apple Configurator.
    Add(Addition),
    /// Devices boot and get their profiles.
    Activate(Choice),
    /// Devices are wiped.
    Erase(Choice),
    /// Users take their devices out of the organisation.
    Leave(Choice),
    /// The moves of devices to other servers are called off.
    CancelMigration(Choice),
    /// A repair replaces a device.
    Replace {
        /// The one that is gone.
        serial: String,
        /// The one that came for it; `None`: made up.
        with: Option<Serial>,
    },
    /// Apple publishes new terms, or an administrator agrees to them.
    Terms {
        /// Whether they are agreed to.
        signed: bool,
        /// How long it takes until the services know.
        lag: Span,
    },
    /// A server token is downloaded: the one before dies.
    RenewToken {
        /// The server.
        server: String,
        /// Who downloads it; `None`: whoever did last.
        admin: Option<String>,
        /// How long it lives.
        lifetime: Span,
    },
    /// A server token dies and none follows.
    RevokeToken {
        /// The server.
        server: String,
        /// How.
        fate: TokenFate,
    },
    /// A person leaves the organisation, and the tokens that they made die.
    RemovePerson {
        /// Their account.
        account: String,
    },
    /// A server is changed in the portal.
    ChangeServer {
        /// The server.
        server: String,
        /// What changes.
        change: ServerChange,
    },
    /// All sessions of MDM servers end.
    EndSessions,
    /// Switches are turned: a JSON merge patch.
    Quirks(Map<String, Value>),
    /// Suppliers are entered; `None`: everybody is known.
    Suppliers(Option<Suppliers>),
    /// Something happens to apps and books.
    Content(ContentHappening),
}

impl fmt::Display for Happening {
    /// What is going to happen, as a calendar says it: `assign order W100000001 to Primary MDM`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign { devices, server: Some(server), deadline, .. } => {
                write!(f, "assign {devices} to {server}")?;
                match deadline {
                    Some(Moment::At(deadline)) => write!(f, ", to have moved by {deadline}"),
                    Some(Moment::In(span)) => write!(f, ", to have moved within {span}"),
                    None => Ok(()),
                }
            }
            Self::Assign { devices, server: None, .. } => write!(f, "take {devices} from their server"),
            Self::Release { devices, .. } => write!(f, "release {devices}"),
            Self::Order(draft) => write!(f, "{draft}"),
            Self::Add(addition) => write!(f, "{addition}"),
            Self::Activate(devices) => write!(f, "activate {devices}"),
            Self::Erase(devices) => write!(f, "erase {devices}"),
            Self::Leave(devices) => write!(f, "the users of {devices} leave"),
            Self::CancelMigration(devices) => write!(f, "call off the migration of {devices}"),
            Self::Replace { serial, with: None } => write!(f, "replace {serial}"),
            Self::Replace { serial, with: Some(new) } => write!(f, "replace {serial} by {new}"),
            Self::Terms { signed: false, .. } => f.write_str("new terms wait for consent"),
            Self::Terms { signed: true, lag } if lag.is_zero() => f.write_str("sign the terms"),
            Self::Terms { signed: true, lag } => write!(f, "sign the terms, which is known after {lag}"),
            Self::RenewToken { server, admin: None, .. } => write!(f, "renew the token of {server}"),
            Self::RenewToken { server, admin: Some(admin), .. } => write!(f, "{admin} renews the token of {server}"),
            Self::RevokeToken { server, .. } => write!(f, "revoke the token of {server}"),
            Self::RemovePerson { account } => write!(f, "{account} leaves the organisation"),
            Self::ChangeServer { server, change } => write!(f, "change {server}: {change}"),
            Self::EndSessions => f.write_str("end all sessions"),
            Self::Quirks(patch) => write!(f, "turn switches: {}", switches(patch)),
            Self::Suppliers(None) => f.write_str("know every supplier"),
            Self::Suppliers(Some(known)) => write!(f, "know {known}"),
            Self::Content(happening) => write!(f, "{happening}"),
        }
    }
}

/// Switches and their values, `outage={"status":503}, move_op=both`.
pub(super) fn switches(patch: &Map<String, Value>) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    patch.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_happening_is_said_in_words_and_can_be_put_away() {
        let patch = json!({"outage": {"status": 503}, "move_op": "both"});
        let serials = Choice::Serials(vec!["C02XK1ABCDEF".to_owned()]);
        let happenings = [
            (
                Happening::Assign {
                    devices: Choice::Order("W1".to_owned()),
                    server: Some("MDM".to_owned()),
                    deadline: Some(Moment::In(Span::from_days(14))),
                    by: None,
                },
                "assign order W1 to MDM, to have moved within 14d",
            ),
            (Happening::Release { devices: serials, by: None }, "release C02XK1ABCDEF"),
            (Happening::EndSessions, "end all sessions"),
            (
                Happening::Quirks(patch.as_object().unwrap().clone()),
                "turn switches: outage={\"status\":503}, move_op=both",
            ),
            (
                Happening::ChangeServer {
                    server: "MDM".to_owned(),
                    change: ServerChange { access: Some(false), ..ServerChange::default() },
                },
                "change MDM: no access",
            ),
        ];
        for (happening, words) in happenings {
            assert_eq!(happening.to_string(), words);
            let away = serde_json::to_string(&happening).unwrap();
            assert_eq!(serde_json::from_str::<Happening>(&away).unwrap(), happening, "{away}");
        }
    }
}
