//! What an event can do: a table of verbs, and a table of keys for each.
//!
//! One more verb is one more field of [`DEED`], one more arm of [`verb::read`](super::verb::read), and one more `Happening` that is played.

use super::content_deed::{ASSOCIATE, BUY, CHANGE_PASSWORD, CLAIM_LOCATION, REFUND, TRANSFER};
use super::order::ORDER;
use super::organization::SUPPLIERS;
use super::shape::{Field, Kind, Shape};

/// What `as` means.
const WHO: &str = "Who does it; absent: the first administrator.";

static DEVICES: Shape = Shape {
    name: "devices",
    one: "a choice of devices",
    about: "Which devices: one of `serial`, `serials` and `order`.",
    base: None,
    fields: &[
        Field::new("serial", Kind::Serial, "One, by its serial number."),
        Field::new("serials", Kind::List(&Kind::Serial), "Several, by their serial numbers."),
        Field::new("order", Kind::Text, "Those of the order with this number."),
    ],
};

static ASSIGN: Shape = Shape {
    name: "assign",
    one: "`assign`",
    about: "Devices are assigned to an MDM server, or to none: `serial`, `serials`, `order` or `all_available` says which.",
    base: Some(&DEVICES),
    fields: &[
        Field::new("all_available", Kind::Flag, "True: all that are at no server."),
        Field::required("server", Kind::Server, "Where to; null takes them from their server."),
        Field::new(
            "deadline",
            Kind::Moment,
            "By when devices that are set up must have moved: a date, or a duration from the event.",
        ),
        Field::new("as", Kind::Text, WHO),
    ],
};

static RELEASE: Shape = Shape {
    name: "release",
    one: "`release`",
    about: "Devices are released in the portal.",
    base: Some(&DEVICES),
    fields: &[Field::new("as", Kind::Text, WHO)],
};

static ADD: Shape = Shape {
    name: "add",
    one: "`add`",
    about: "Devices are added with Apple Configurator.",
    base: None,
    fields: &[
        Field::new("via", Kind::Choice(&["configurator"]), "How: there is only this way."),
        Field::new("model", Kind::Model, "A model of the catalogue, or any text with `family`; absent: iPhones."),
        Field::new("family", Kind::Family, "The family, where the model does not say."),
        Field::new("color", Kind::Text, "Colour; absent: one of the model's."),
        Field::new("capacity", Kind::Text, "Capacity; absent: one of the model's."),
        Field::new("count", Kind::Integer(1, 100_000), "How many; default 1."),
        Field::new("serial", Kind::Serial, "One, by its serial number."),
        Field::new("server", Kind::Server, "The server that they go to; absent: none yet."),
        Field::new("as", Kind::Text, "Who adds them; absent: nobody in particular."),
    ],
};

static REPLACE: Shape = Shape {
    name: "replace",
    one: "`replace`",
    about: "A repair replaces a device.",
    base: None,
    fields: &[
        Field::required("serial", Kind::Serial, "The device that is gone."),
        Field::new("with", Kind::Serial, "The one that came for it; absent: made up."),
    ],
};

static TERMS: Shape = Shape {
    name: "terms",
    one: "`terms`",
    about: "Apple publishes new terms (`unsigned`), or an administrator agrees to them (`signed`).",
    base: None,
    fields: &[
        Field::required("state", Kind::Choice(&["signed", "unsigned"]), "Whether they are agreed to."),
        Field::new("lag", Kind::Length, "How long it takes until the services know; default 0s."),
    ],
};

static RENEW_TOKEN: Shape = Shape {
    name: "renew_token",
    one: "`renew_token`",
    about: "A server token is downloaded; the one before dies.",
    base: None,
    fields: &[
        Field::required("server", Kind::Text, "The server."),
        Field::new("admin", Kind::Text, "Who downloads it; absent: whoever did last."),
        Field::new("expires_in", Kind::Span, "How long it lives; default 365d."),
    ],
};

static REVOKE_TOKEN: Shape = Shape {
    name: "revoke_token",
    one: "`revoke_token`",
    about: "A server token dies and none follows.",
    base: None,
    fields: &[
        Field::required("server", Kind::Text, "The server."),
        Field::new("fate", Kind::Choice(&["revoked", "admin_removed"]), "How it dies; default revoked."),
    ],
};

static REMOVE_PERSON: Shape = Shape {
    name: "remove_person",
    one: "`remove_person`",
    about: "A person leaves the organisation: the server tokens that they made die.",
    base: None,
    fields: &[Field::required("account", Kind::Text, "Their Managed Apple Account.")],
};

static ACCESS: Shape = Shape {
    name: "access",
    one: "`access`",
    about: "Apple gives a server access, or takes it (ACCESS_DENIED).",
    base: None,
    fields: &[
        Field::required("server", Kind::Text, "The server."),
        Field::required("granted", Kind::Flag, "Whether it has access."),
    ],
};

static CHANGE_SERVER: Shape = Shape {
    name: "change_server",
    one: "`change_server`",
    about: "A server is changed in the portal.",
    base: None,
    fields: &[
        Field::required("server", Kind::Text, "The server, by the name that it has by then."),
        Field::new("name", Kind::Text, "Its new name."),
        Field::new("default_for", Kind::List(&Kind::Family), "Families whose new devices come to it from then on."),
        Field::new("allow_release", Kind::Flag, "Whether it may release devices."),
        Field::new("admin", Kind::Text, "The Apple Account that it acts for."),
    ],
};

static NOTHING: Shape = Shape {
    name: "nothing",
    one: "`end_sessions`",
    about: "There is nothing more to say: {}.",
    base: None,
    fields: &[],
};

/// What an event does: one of these. A rule that makes calls fail (`fault`) has its place here once there are such rules.
pub(super) static DEED: Shape = Shape {
    name: "deed",
    one: "`do`",
    about: "What happens: exactly one of these.",
    base: None,
    fields: &[
        Field::new("assign", Kind::Object(&ASSIGN), "Devices are assigned to an MDM server, or to none."),
        Field::new("release", Kind::Object(&RELEASE), "Devices are released in the portal."),
        Field::new("order", Kind::Object(&ORDER), "Devices are ordered; durations in it count from the event."),
        Field::new("add", Kind::Object(&ADD), "Devices are added with Apple Configurator."),
        Field::new("activate", Kind::Object(&DEVICES), "Devices boot and get their profiles."),
        Field::new("erase", Kind::Object(&DEVICES), "Devices are wiped."),
        Field::new("leave", Kind::Object(&DEVICES), "Users leave remote management, in their 30 provisional days."),
        Field::new("cancel_migration", Kind::Object(&DEVICES), "Moves to another server are called off."),
        Field::new("replace", Kind::Object(&REPLACE), "A repair replaces a device."),
        Field::new("terms", Kind::Object(&TERMS), "New terms wait, or are signed."),
        Field::new("renew_token", Kind::Object(&RENEW_TOKEN), "A new server token; the old one dies."),
        Field::new("revoke_token", Kind::Object(&REVOKE_TOKEN), "A server token dies and none follows."),
        Field::new("remove_person", Kind::Object(&REMOVE_PERSON), "A person leaves; the tokens that they made die."),
        Field::new("access", Kind::Object(&ACCESS), "Apple gives a server access, or takes it."),
        Field::new("change_server", Kind::Object(&CHANGE_SERVER), "A server gets another name or other settings."),
        Field::new("end_sessions", Kind::Object(&NOTHING), "All sessions end: their next call gets 401."),
        Field::new("quirks", Kind::Mapping, "Switches are turned: what PATCH …/quirks takes."),
        Field::new("suppliers", Kind::Object(&SUPPLIERS), "Suppliers are entered; null: every one is known."),
        Field::new("buy", Kind::Object(&BUY), "Licences of an app or a book are bought."),
        Field::new("refund", Kind::Object(&REFUND), "Licences are given back."),
        Field::new("transfer", Kind::Object(&TRANSFER), "Licences move to another location."),
        Field::new("associate", Kind::Object(&ASSOCIATE), "Another client of a location takes licences."),
        Field::new("disassociate", Kind::Object(&ASSOCIATE), "Another client of a location gives licences back."),
        Field::new("change_password", Kind::Object(&CHANGE_PASSWORD), "Content tokens of an account die."),
        Field::new("claim_location", Kind::Object(&CLAIM_LOCATION), "Another MDM server takes a location over."),
    ],
};
