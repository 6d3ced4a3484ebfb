//! Locations with apps and books, and API accounts: checked here, kept as JSON for the services that are made from them.

use super::server::TOKEN;
use super::shape::{Field, Kind, Shape};

static ASSET: Shape = Shape {
    name: "asset",
    one: "an asset",
    about: "An app or a book that the location owns licences of. What is absent is made up.",
    base: None,
    fields: &[
        Field::required("adam_id", Kind::Digits, "Its number in the App Store or the book store."),
        Field::new("name", Kind::Text, "Its name."),
        Field::new("kind", Kind::Choice(&["app", "book"]), "App (the default) or book."),
        Field::new("licenses", Kind::Licenses, "How many licences, or `unlimited`."),
        Field::new("pricing", Kind::Choice(&["STDQ", "PLUS"]), "Pricing parameter: standard quality or plus."),
        Field::new("platforms", Kind::List(&Kind::Text), "Platforms that it runs on."),
        Field::new("bundle_id", Kind::Text, "Its bundle identifier."),
        Field::new("version", Kind::Text, "Its current version."),
        Field::new("storefronts", Kind::List(&Kind::Text), "Countries in whose stores it is."),
        Field::new("custom_for", Kind::Text, "The organisation that a custom app was made for."),
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

pub(super) static LOCATION: Shape = Shape {
    name: "location",
    one: "a location",
    about: "A location with content: apps and books.",
    base: None,
    fields: &[
        Field::required("name", Kind::Text, "Its name."),
        Field::new("country", Kind::Text, "Two-letter code of its country."),
        Field::new("token", Kind::Object(&TOKEN), "Its first content token."),
        Field::new("assets", Kind::List(&Kind::Object(&ASSET)), "Apps and books."),
        Field::new("users", Kind::List(&Kind::Object(&USER)), "Users."),
    ],
};

pub(super) static API_ACCOUNT: Shape = Shape {
    name: "api_account",
    one: "an API account",
    about: "An account for the Business API.",
    base: None,
    fields: &[
        Field::required("name", Kind::Text, "Its name."),
        Field::new("key", Kind::Flag, "Whether it has a private key; default true."),
        Field::new(
            "permissions",
            Kind::List(&Kind::Text),
            "What it may do, such as orgDevices.read; absent: everything.",
        ),
    ],
};
