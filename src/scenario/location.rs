//! Locations with apps and books in a scenario.

use hashbrown::HashMap;

use super::complaints::Place;
use super::path::Path;
use super::plan::{AssetPlan, AssignmentPlan, LocationPlan, UserPlan};
use super::reader::{Part, Reader, entries};
use super::scalar::price;
use super::server::{TOKEN, TOKEN_LIFE};
use super::shape::{Field, Kind, Shape};
use super::tree::{Node, Value};
use crate::organization::content::{AssetKey, Money, Pricing, Review, Target, TitleKind, UNLIMITED, UserStatus};

/// How many licences of an asset a location has where nothing is said.
const LICENSES: u32 = 100;

/// More locations than this an organisation cannot have.
const MOST: usize = 10_000;

static ASSET: Shape = Shape {
    name: "asset",
    one: "an asset",
    about: "An app or a book that the location owns licences of. What is absent is made up.",
    base: None,
    fields: &[
        Field::required("adam_id", Kind::Digits, "Its number in the App Store or the book store."),
        Field::new("name", Kind::Text, "Its name."),
        Field::new("kind", Kind::Choice(&["app", "book"]), "App (the default) or book."),
        Field::new("licenses", Kind::Licenses, "How many licences, or `unlimited`; absent: 100."),
        Field::new("pricing", Kind::Choice(&["STDQ", "PLUS"]), "Pricing parameter: standard quality or plus."),
        Field::new("platforms", Kind::List(&Kind::Text), "Platforms that it runs on."),
        Field::new("bundle_id", Kind::Text, "Its bundle identifier."),
        Field::new("version", Kind::Text, "Its current version."),
        Field::new("storefronts", Kind::List(&Kind::Text), "Countries in whose stores it is."),
        Field::new("custom_for", Kind::Text, "The organisation that a custom app was made for."),
        Field::new(
            "review",
            Kind::Choice(&Review::NAMES),
            "How Apple's review of this version of a custom app stands; absent: approved.",
        ),
        Field::new("device_assignable", Kind::Flag, "Whether it can be assigned to devices, not only to users."),
        Field::new("price", Kind::Price, "What one licence costs."),
    ],
};

static USER: Shape = Shape {
    name: "user",
    one: "a user",
    about: "Somebody whom licences can be assigned to.",
    base: None,
    fields: &[
        Field::new("client_user_id", Kind::Text, "The id that the MDM server gave."),
        Field::new("email", Kind::Text, "Where the invitation goes."),
        Field::new("managed_account", Kind::Text, "Managed Apple Account."),
        Field::new(
            "status",
            Kind::Choice(&["registered", "associated", "retired"]),
            "How far the invitation has come.",
        ),
    ],
};

static ASSIGNMENT: Shape = Shape {
    name: "assignment",
    one: "an assignment",
    about: "A licence of one of the location's assets that a user or a device holds.",
    base: None,
    fields: &[
        Field::required("adam_id", Kind::Digits, "The asset's number."),
        Field::new("pricing", Kind::Choice(&["STDQ", "PLUS"]), "Its pricing parameter; absent: STDQ."),
        Field::new("client_user_id", Kind::Text, "The user who holds it."),
        Field::new("serial_number", Kind::Text, "Or the device, by serial number."),
    ],
};

static CREDIT: Shape = Shape {
    name: "credit",
    one: "store credit",
    about: "Store credit that an account can buy with.",
    base: None,
    fields: &[
        Field::required("account", Kind::Text, "The account that it was added to."),
        Field::required("amount", Kind::Price, "How much."),
    ],
};

pub(super) static LOCATION: Shape = Shape {
    name: "location",
    one: "a location",
    about: "A location with content: apps and books.",
    base: None,
    fields: &[
        Field::required("name", Kind::Text, "Its name."),
        Field::new("country", Kind::Text, "Two-letter code of the country whose store it buys in; absent: US."),
        Field::new("token", Kind::Object(&TOKEN), "Its first content token."),
        Field::new("assets", Kind::List(&Kind::Object(&ASSET)), "Apps and books."),
        Field::new("users", Kind::List(&Kind::Object(&USER)), "Users."),
        Field::new("assignments", Kind::List(&Kind::Object(&ASSIGNMENT)), "Licences that are assigned already."),
        Field::new("credit", Kind::List(&Kind::Object(&CREDIT)), "Store credit of the accounts that buy here."),
    ],
};

/// The locations of an organisation.
pub(super) fn read(reader: &mut Reader, parts: &[Part]) -> Vec<LocationPlan> {
    let mut locations = Vec::new();
    entries(parts, "locations", |node, path| {
        if locations.len() == MOST {
            reader.complain(node, path, format!("an organisation has at most {MOST} locations"), None);
        }
        locations.push(read_location(reader, node, path));
    });
    locations
}

/// One location.
pub(super) fn read_location(reader: &mut Reader, node: Node, path: &Path) -> LocationPlan {
    let country = node.get("country").and_then(Node::owned).unwrap_or_else(|| "US".to_owned());
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let hint = "write two letters, such as US or DE".to_owned();
        let country = node.get("country").unwrap_or(node);
        reader.complain(country, &path.key("country"), "`country` is no code of a country", Some(hint));
    }
    let assets = read_assets(reader, node, path);
    let users = read_users(reader, node, path);
    let assignments = read_assignments(reader, node, path, &assets, &users);
    let credit = node.get("credit").into_iter().flat_map(Node::items);
    LocationPlan {
        name: node.get("name").and_then(Node::owned).unwrap_or_default(),
        country: country.to_ascii_uppercase(),
        token_expires_in: node.get("token").and_then(|token| token.get("expires_in")?.span()).unwrap_or(TOKEN_LIFE),
        credit: credit
            .filter_map(|credit| Some((credit.get("account")?.owned()?, amount(credit.get("amount")?)?)))
            .collect(),
        assets,
        users,
        assignments,
    }
}

fn amount(node: Node) -> Option<Money> {
    price(node.text()?)
}

pub(super) fn key_of(node: Node) -> Option<AssetKey> {
    let pricing = node.get("pricing").and_then(Node::text).and_then(Pricing::from_name).unwrap_or_default();
    Some(AssetKey { adam_id: node.get("adam_id")?.text()?.parse().ok()?, pricing })
}

fn read_assets(reader: &mut Reader, location: Node, path: &Path) -> Vec<AssetPlan> {
    let (mut assets, path) = (Vec::new(), path.key("assets"));
    let mut known: HashMap<AssetKey, Place> = HashMap::new();
    for (index, node) in location.get("assets").into_iter().flat_map(Node::items).enumerate() {
        let path = path.index(index);
        let Some(key) = key_of(node) else {
            if let Some(id) = node.get("adam_id").filter(|id| id.text().is_some_and(is_long_number)) {
                reader.complain(id, &path.key("adam_id"), "`adam_id` is too long", None);
            }
            continue;
        };
        if let Some(first) = known.insert(key, node.place()) {
            let message = format!("the location has {} in {} already", key.adam_id, key.pricing.name());
            reader.complain_second(node, &path, message, first);
        }
        let licenses = node.get("licenses");
        let count = licenses.and_then(Node::integer);
        if let Some(licenses) = licenses.filter(|_| count.is_some_and(|count| count >= u64::from(UNLIMITED))) {
            let hint = format!("at most {}, or `unlimited`", UNLIMITED - 1);
            reader.complain(licenses, &path.key("licenses"), "there are not so many licences", Some(hint));
        }
        let list = |name: &str| {
            let list = node.get(name)?;
            Some(list.items().filter_map(Node::owned).collect::<Vec<_>>())
        };
        let text = |name: &str| node.get(name).and_then(Node::owned);
        if let Some(review) = node.get("review").filter(|_| node.get("custom_for").is_none()) {
            let hint = "say `custom_for` which organisation it was made".to_owned();
            reader.complain(review, &path.key("review"), "custom apps alone have a review here", Some(hint));
        }
        assets.push(AssetPlan {
            key,
            name: text("name"),
            kind: match text("kind").as_deref() {
                Some("book") => Some(TitleKind::Book),
                Some(_) => Some(TitleKind::App),
                None => None,
            },
            licenses: match licenses.map(Node::value) {
                Some(Value::Text(_)) => None,
                _ => Some(count.and_then(|count| u32::try_from(count).ok()).unwrap_or(LICENSES)),
            },
            platforms: list("platforms"),
            bundle_id: text("bundle_id"),
            version: text("version"),
            storefronts: list("storefronts"),
            custom_for: text("custom_for"),
            review: text("review").as_deref().and_then(Review::from_name),
            device_assignable: node.get("device_assignable").and_then(Node::flag),
            price: node.get("price").and_then(amount),
        });
    }
    assets
}

fn is_long_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_users(reader: &mut Reader, location: Node, path: &Path) -> Vec<UserPlan> {
    let (mut users, path) = (Vec::new(), path.key("users"));
    let mut known: HashMap<(&str, String), Place> = HashMap::new();
    for (index, node) in location.get("users").into_iter().flat_map(Node::items).enumerate() {
        let path = path.index(index);
        let text = |name: &str| node.get(name).and_then(Node::owned);
        let (client_user_id, managed_account) = (text("client_user_id"), text("managed_account"));
        let status = match text("status").as_deref() {
            Some("retired") => UserStatus::Retired,
            Some("registered") => UserStatus::Registered,
            Some(_) => UserStatus::Associated,
            None if managed_account.is_some() => UserStatus::Associated,
            None => UserStatus::Registered,
        };
        // Retired users may be called like others; those who are not are there once.
        let unique = [("client_user_id", &client_user_id), ("managed_account", &managed_account)];
        for (key, value) in unique.into_iter().filter(|_| status != UserStatus::Retired) {
            let Some((at, value)) = node.get(key).zip(value.as_ref()) else { continue };
            let folded = if key == "managed_account" { value.to_lowercase() } else { value.clone() };
            if let Some(first) = known.insert((key, folded), at.place()) {
                let message = format!("two users of the location have the {key} `{value}`");
                reader.complain_second(at, &path.key(key), message, first);
            }
        }
        users.push(UserPlan { client_user_id, email: text("email"), managed_account, status });
    }
    // Those who are retired come first, as they did: an active one of the same name is a new record.
    users.sort_by_key(|user: &UserPlan| user.status != UserStatus::Retired);
    users
}

fn read_assignments(
    reader: &mut Reader,
    location: Node,
    path: &Path,
    assets: &[AssetPlan],
    users: &[UserPlan],
) -> Vec<AssignmentPlan> {
    let (mut assignments, path) = (Vec::new(), path.key("assignments"));
    let assets: HashMap<AssetKey, &AssetPlan> = assets.iter().map(|asset| (asset.key, asset)).collect();
    let active = users.iter().filter(|user| user.status != UserStatus::Retired);
    let active: HashMap<&str, ()> = active.filter_map(|user| Some((user.client_user_id.as_deref()?, ()))).collect();
    let mut held: HashMap<(AssetKey, Target), Place> = HashMap::new();
    let mut taken: HashMap<AssetKey, u32> = HashMap::new();
    for (index, node) in location.get("assignments").into_iter().flat_map(Node::items).enumerate() {
        let path = path.index(index);
        let Some(key) = key_of(node) else { continue };
        let Some(asset) = assets.get(&key) else {
            let message = format!("the location has no asset {} in {}", key.adam_id, key.pricing.name());
            let hint = "write it under `assets`".to_owned();
            reader.complain(node, &path.key("adam_id"), message, Some(hint));
            continue;
        };
        let text = |name: &str| node.get(name).and_then(Node::owned);
        let target = match (text("client_user_id"), text("serial_number")) {
            (Some(user), None) => Target::User(user),
            (None, Some(serial)) => Target::Serial(serial),
            _ => {
                let hint = "write `client_user_id` or `serial_number`".to_owned();
                reader.complain(node, &path, "an assignment needs a user or a device, and not both", Some(hint));
                continue;
            }
        };
        let is_for_users = asset.kind == Some(TitleKind::Book) || asset.device_assignable == Some(false);
        let message = match &target {
            Target::User(id) if !active.contains_key(id.as_str()) => {
                Some(format!("no user of the location who is not retired has the id `{id}`"))
            }
            Target::Serial(_) if is_for_users => Some(format!("{} cannot be assigned to devices", key.adam_id)),
            _ => None,
        };
        if let Some(message) = message {
            reader.complain(node, &path, message, None);
        }
        let count = taken.entry(key).or_default();
        *count += 1;
        if let Some(licenses) = asset.licenses.filter(|licenses| *count == licenses.saturating_add(1)) {
            reader.complain(node, &path, format!("there are {licenses} licences of {}", key.adam_id), None);
        }
        if let Some(first) = held.insert((key, target.clone()), node.place()) {
            reader.complain_second(node, &path, "this is assigned twice".to_owned(), first);
        }
        assignments.push(AssignmentPlan { asset: key, target });
    }
    assignments
}
