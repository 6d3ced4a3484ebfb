//! What an event can do to apps and books.

use super::acquaintance::Acquaintance;
use super::location::key_of;
use super::path::Path;
use super::reader::Reader;
use super::shape::{Field, Kind, Shape};
use super::tree::{Node, Value};
use crate::organization::content::{AssetVerb, ContentHappening, MdmInfo, Payment, UNLIMITED};

const QUANTITY: Field = Field::new("quantity", Kind::Integer(1, UNLIMITED as u64 - 1), "How many licences; default 1.");
const ADAM_ID: Field = Field::required("adam_id", Kind::Digits, "The title's number.");
const PRICING: Field = Field::new("pricing", Kind::Choice(&["STDQ", "PLUS"]), "Its pricing parameter; default STDQ.");
const ACCOUNT: Field = Field::new("account", Kind::Text, "Whose deed it is; absent: the first content manager's.");
const LOCATION: Field = Field::required("location", Kind::Text, "The location.");

pub(super) static BUY: Shape = Shape {
    name: "buy",
    one: "`buy`",
    about: "Licences are bought.",
    base: Some(&REFUND),
    fields: &[Field::new(
        "payment",
        Kind::Choice(&["card", "purchase_order", "credit"]),
        "How they are paid; default card.",
    )],
};

pub(super) static REFUND: Shape = Shape {
    name: "refund",
    one: "`refund`",
    about: "Licences that nobody holds are given back.",
    base: None,
    fields: &[LOCATION, ADAM_ID, PRICING, QUANTITY, ACCOUNT],
};

pub(super) static TRANSFER: Shape = Shape {
    name: "transfer",
    one: "`transfer`",
    about: "Licences that nobody holds move to another location.",
    base: None,
    fields: &[
        Field::required("from", Kind::Text, "The location that they leave."),
        Field::required("to", Kind::Text, "The location that they come to."),
        ADAM_ID,
        PRICING,
        QUANTITY,
        ACCOUNT,
    ],
};

pub(super) static ASSOCIATE: Shape = Shape {
    name: "associate",
    one: "`associate`",
    about: "Another client of the location associates an asset with users and devices, or disassociates it.",
    base: None,
    fields: &[
        LOCATION,
        ADAM_ID,
        PRICING,
        Field::new("client_user_ids", Kind::List(&Kind::Text), "Users, by the ids that they have there."),
        Field::new("serial_numbers", Kind::List(&Kind::Text), "Devices; Apple takes any text."),
    ],
};

pub(super) static CHANGE_PASSWORD: Shape = Shape {
    name: "change_password",
    one: "`change_password`",
    about: "A password is changed, and the content tokens that its account downloaded die.",
    base: None,
    fields: &[Field::required("account", Kind::Text, "Whose.")],
};

pub(super) static CLAIM_LOCATION: Shape = Shape {
    name: "claim_location",
    one: "`claim_location`",
    about: "Another MDM server takes a location over.",
    base: None,
    fields: &[
        LOCATION,
        Field::required("id", Kind::Text, "The MDM server's id."),
        Field::required("name", Kind::Text, "Its name."),
        Field::new("metadata", Kind::Text, "Whatever else it keeps there."),
    ],
};

/// What one of these verbs says. Nothing where there was something to complain about.
pub(super) fn read(
    reader: &mut Reader,
    verb: &str,
    node: Node,
    path: &Path,
    known: &Acquaintance,
) -> Option<ContentHappening> {
    let text = |key: &str| node.get(key).and_then(Node::owned);
    for key in ["location", "from", "to"] {
        if let Some(name) = node.get(key) {
            known.check_location(reader, name, &path.key(key));
        }
    }
    let account = text("account");
    let quantity = node.get("quantity").map_or(Some(1), |count| u32::try_from(count.integer()?).ok());
    let licenses = || Some((key_of(node)?, quantity?));
    match verb {
        "buy" => {
            let (asset, quantity) = licenses()?;
            let payment = match text("payment").as_deref() {
                Some("purchase_order") => Payment::PurchaseOrder,
                Some("credit") => Payment::Credit,
                _ => Payment::Card,
            };
            Some(ContentHappening::Buy { location: text("location")?, asset, quantity, payment, account })
        }
        "refund" => {
            let (asset, quantity) = licenses()?;
            Some(ContentHappening::Refund { location: text("location")?, asset, quantity, account })
        }
        "transfer" => {
            let (asset, quantity) = licenses()?;
            Some(ContentHappening::Transfer { from: text("from")?, to: text("to")?, asset, quantity, account })
        }
        "associate" | "disassociate" => {
            let list = |key: &str| node.get(key).into_iter().flat_map(Node::items).filter_map(Node::owned).collect();
            let (client_user_ids, serial_numbers): (Vec<String>, Vec<String>) =
                (list("client_user_ids"), list("serial_numbers"));
            if node.value() == Value::Mapping && client_user_ids.is_empty() && serial_numbers.is_empty() {
                let hint = "write `serial_numbers` or `client_user_ids`".to_owned();
                reader.complain(node, path, "nobody is named", Some(hint));
            }
            let verb = if verb == "associate" { AssetVerb::Associate } else { AssetVerb::Disassociate };
            let (location, asset) = (text("location")?, key_of(node)?);
            Some(ContentHappening::Manage { location, verb, asset, client_user_ids, serial_numbers })
        }
        "change_password" => Some(ContentHappening::ChangePassword { account: account? }),
        "claim_location" => {
            let metadata = text("metadata").unwrap_or_default();
            let mdm_info = MdmInfo { id: text("id")?, name: text("name")?, metadata };
            Some(ContentHappening::Claim { location: text("location")?, mdm_info })
        }
        _ => None,
    }
}
