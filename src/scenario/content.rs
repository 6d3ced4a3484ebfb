//! API accounts: checked here, kept as JSON for the service that is made from them.

use super::shape::{Field, Kind, Shape};

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
