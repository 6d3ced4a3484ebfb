//! People in a scenario.

use hashbrown::HashMap;

use super::plan::PersonPlan;
use super::reader::{Part, Reader, entries};
use super::shape::{Field, Kind, Shape};
use super::tree::Node;
use crate::organization::ROLES;

pub(super) static PERSON: Shape = Shape {
    name: "person",
    one: "a person",
    about: "Somebody with a Managed Apple Account, or several alike.",
    base: None,
    fields: &[
        Field::new("name", Kind::Text, "Full name; absent: made up."),
        Field::new("managed_account", Kind::Text, "Managed Apple Account; absent: made from the name."),
        Field::new("roles", Kind::List(&Kind::Choice(&ROLES)), "Roles in the portal; absent: none."),
        Field::new("count", Kind::Integer(1, 1_000_000), "How many such people, with made-up names; default 1."),
    ],
};

/// The people of an organisation.
pub(super) fn read(reader: &mut Reader, parts: &[Part]) -> Vec<PersonPlan> {
    let mut people = Vec::new();
    let mut accounts = HashMap::new();
    entries(parts, "people", |node, path| {
        let count = node.get("count").and_then(Node::integer).unwrap_or(1);
        for key in ["name", "managed_account"] {
            if let Some(value) = node.get(key).filter(|_| count > 1) {
                let hint = format!("leave out `{key}` or `count`");
                reader.complain(value, &path.key(key), format!("{count} people cannot share one `{key}`"), Some(hint));
            }
        }
        let account = node.get("managed_account");
        if let Some((account, text)) = account.and_then(|account| Some((account, account.text()?)))
            && let Some(first) = accounts.insert(text, account.place())
        {
            let message = format!("two people have the account `{text}`");
            reader.complain_second(account, &path.key("managed_account"), message, first);
        }
        let roles = node.get("roles").into_iter().flat_map(Node::items);
        people.push(PersonPlan {
            name: node.get("name").and_then(Node::owned),
            managed_account: account.and_then(Node::owned),
            roles: roles.filter_map(Node::owned).collect(),
            count: count as u32,
        });
    });
    people
}
