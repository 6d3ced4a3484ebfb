//! What a scenario asks for, once it has been read and found right: plain values, every reference resolvable, every default applied.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use crate::clock::Moment;
use crate::clock::{Mode, Span, Timestamp};
use crate::faults::Rule;
use crate::organization::content::{AssetKey, Money, Review, SystemVersion, Target, TitleKind, UserStatus};
use crate::organization::{Family, Happening, Serial};

/// A whole scenario: one file, or several merged.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// The seed of everything random; absent: 0.
    pub seed: Option<u64>,
    /// The clock of every organisation that has none of its own.
    pub clock: ClockPlan,
    /// The organisations, in file order.
    pub organizations: Vec<OrganizationPlan>,
}

/// How a clock starts. What is absent is inherited: from the scenario, then from the wall clock, running, at rate 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClockPlan {
    /// The moment it shows at first.
    pub start: Option<Timestamp>,
    /// Whether time passes by itself.
    pub mode: Option<Mode>,
    /// Simulated seconds per wall second.
    pub rate: Option<f64>,
}

/// One organisation.
#[derive(Clone, Debug, Default)]
pub struct OrganizationPlan {
    /// Its id in the control API: lower-case letters, digits and dashes; absent: generated.
    pub id: Option<String>,
    /// Its legal name; absent: generated.
    pub name: Option<String>,
    /// Business or school.
    pub kind: OrganizationKind,
    /// False while new terms wait for an administrator's consent.
    pub terms_signed: bool,
    /// `org_email`; absent: generated, like the next two.
    pub email: Option<String>,
    /// `org_phone`.
    pub phone: Option<String>,
    /// `org_address`, one line.
    pub address: Option<String>,
    /// MDM servers.
    pub servers: Vec<ServerPlan>,
    /// Suppliers whose orders appear; absent: every supplier is known.
    pub suppliers: Option<Suppliers>,
    /// Orders, in file order.
    pub orders: Vec<OrderPlan>,
    /// People with Managed Apple Accounts.
    pub people: Vec<PersonPlan>,
    /// Locations with apps and books.
    pub locations: Vec<LocationPlan>,
    /// API accounts, kept as written.
    pub api_accounts: Vec<Value>,
    /// Lists for the services that are to come, kept as written under their keys: `user_groups`, `packages`, `configurations`, `blueprints`.
    pub more: Map<String, Value>,
    /// Named switches that differ from their defaults, already known to be valid: the body of a `PATCH …/quirks`.
    pub quirks: Map<String, Value>,
    /// Rules that make its calls fail; those of the scenario's `faults` that are for it are here too.
    pub faults: Vec<Rule>,
    /// A clock of its own.
    pub clock: ClockPlan,
    /// What happens to it, and when; those of the scenario's `timeline` that name it are here too.
    pub timeline: Vec<EventPlan>,
}

/// What kind of organisation it is: `org_type` on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrganizationKind {
    /// Apple Business Manager: `org`.
    #[default]
    Business,
    /// Apple School Manager: `edu`.
    School,
}

/// An MDM server (the portal's "device management service").
#[derive(Clone, Debug, PartialEq)]
pub struct ServerPlan {
    /// Its name, unique within the organisation.
    pub name: String,
    /// Families whose new devices come here by themselves.
    pub default_for: Vec<Family>,
    /// How long its first token lives; default 365 days. Negative: already expired.
    pub token_expires_in: Span,
    /// A PEM certificate to encrypt its token to.
    pub certificate: Option<String>,
    /// Whether the server may release devices (`/devices/disown`).
    pub allow_release: bool,
    /// The Apple Account that generates its token; absent: the first administrator.
    pub admin: Option<String>,
    /// Whether its token has the fixed credentials of Apple's old depsim, which MicroMDM's `-depsim` sends.
    pub depsim_credentials: bool,
}

impl ServerPlan {
    /// A server with nothing special about it.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            default_for: Vec::new(),
            token_expires_in: Span::from_days(365),
            certificate: None,
            allow_release: true,
            admin: None,
            depsim_credentials: false,
        }
    }
}

/// Suppliers that the organisation knows; orders from others stay pending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppliers {
    /// Apple Customer Numbers, for orders placed with Apple.
    pub customer_numbers: Vec<String>,
    /// DEP Reseller IDs.
    pub reseller_ids: Vec<String>,
}

/// One order, or `count` orders alike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderPlan {
    /// Its number; absent: generated.
    pub number: Option<String>,
    /// How many such orders; with more than one the number must be absent.
    pub count: u32,
    /// Who sold it.
    pub source: OrderSource,
    /// When it was placed.
    pub placed: Moment,
    /// When its devices appear; absent: at once when the scenario is loaded.
    pub arrives: Option<Moment>,
    /// What was ordered.
    pub devices: Vec<DevicePlan>,
}

/// Who sold an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OrderSource {
    /// Apple, under one of the organisation's customer numbers (`apple` or `apple:<customer number>`).
    #[default]
    Apple,
    /// Apple, under this customer number.
    AppleCustomer(String),
    /// A reseller with this DEP Reseller ID (`reseller:<id>`).
    Reseller(String),
}

/// One line of an order: a device by its serial number, or `count` devices alike.
#[derive(Clone, Debug, PartialEq)]
pub struct DevicePlan {
    /// What it is.
    pub model: ModelPlan,
    /// A serial number given by hand; then `count` is 1.
    pub serial: Option<Serial>,
    /// How many, default 1.
    pub count: u32,
    /// Colour; absent: one of the model's, drawn at random.
    pub color: Option<String>,
    /// Capacity (`128GB`); absent: one of the model's, drawn at random.
    pub capacity: Option<String>,
    /// The MDM server that it is assigned to; absent: the family's default server, if any.
    pub server: ServerChoice,
    /// The asset tag from the supplier.
    pub asset_tag: Option<String>,
    /// The version of their operating system.
    pub os_version: Option<SystemVersion>,
    /// Anything else the file says of these devices for the services that are to come (`applecare`, `enrolled`), as written.
    pub more: Map<String, Value>,
}

/// What an order line names as its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelPlan {
    /// A model of the catalogue, by its exact name.
    Catalog(String),
    /// Any text with the family beside it.
    Custom {
        /// `model` on the wire.
        name: String,
        /// Its family.
        family: Family,
    },
    /// Any models of one family, drawn at random.
    AnyOf(Family),
    /// Any models at all, drawn at random.
    Any,
}

/// Where a new device goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ServerChoice {
    /// To its family's default server, if there is one.
    #[default]
    Default,
    /// To the server of this name.
    Named(String),
    /// To none (`server: null`).
    Unassigned,
}

/// One person, or `count` people alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonPlan {
    /// Full name; absent: generated.
    pub name: Option<String>,
    /// Managed Apple Account; absent: made from the name.
    pub managed_account: Option<String>,
    /// Roles, in the portal's words (`administrator`, `people_manager`, `device_manager`, `content_manager`, `staff`).
    pub roles: Vec<String>,
    /// How many, default 1; with more than one, name and account must be absent.
    pub count: u32,
}

/// One entry of a timeline: something that happens on Apple's side, once or several times.
#[derive(Clone, Debug, PartialEq)]
pub struct EventPlan {
    /// When it happens at first; distances count from the start of the organisation's clock.
    pub at: Moment,
    /// How much later than that; zero where nothing is said.
    pub delay: Span,
    /// The most that chance adds, anew each time.
    pub jitter: Span,
    /// How long after each other, where it happens several times.
    pub every: Span,
    /// How often, at least 1.
    pub times: u32,
    /// A word on it, for people.
    pub note: Option<String>,
    /// What happens.
    pub does: DeedPlan,
}

/// What an event does: what it buys or adds is in the catalogue's words still.
#[derive(Clone, Debug, PartialEq)]
pub enum DeedPlan {
    /// Devices are ordered; distances count from the event.
    Order(OrderPlan),
    /// Devices are added with Apple Configurator.
    Add(AddPlan),
    /// Anything else.
    Other(Happening),
}

/// Devices that are added with Apple Configurator.
#[derive(Clone, Debug, PartialEq)]
pub struct AddPlan {
    /// What they are; absent: iPhones, and a device that comes back is what it was.
    pub model: Option<ModelPlan>,
    /// Colour.
    pub color: Option<String>,
    /// Capacity.
    pub capacity: Option<String>,
    /// How many.
    pub count: u32,
    /// One, by its serial number.
    pub serial: Option<Serial>,
    /// The server that they go to.
    pub server: Option<String>,
    /// Who adds them; absent: nobody in particular.
    pub by: Option<String>,
}

/// A location with apps and books.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationPlan {
    /// Its name.
    pub name: String,
    /// The country of its store, two capital letters.
    pub country: String,
    /// How long its first content token lives; default 365 days. Negative: already expired.
    pub token_expires_in: Span,
    /// Its licences.
    pub assets: Vec<AssetPlan>,
    /// Its users, retired ones first.
    pub users: Vec<UserPlan>,
    /// Who holds what already.
    pub assignments: Vec<AssignmentPlan>,
    /// Store credit, by account.
    pub credit: Vec<(String, Money)>,
}

impl LocationPlan {
    /// A location with nothing in it.
    pub fn named(name: &str) -> Self {
        let (name, country) = (name.to_owned(), "US".to_owned());
        Self { name, country, token_expires_in: Span::from_days(365), ..Self::default() }
    }
}

/// Licences of an app or a book. What is absent comes from the catalogue, or is made up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetPlan {
    /// Its number, and the quality.
    pub key: AssetKey,
    /// Its name.
    pub name: Option<String>,
    /// App or book.
    pub kind: Option<TitleKind>,
    /// How many licences; `None`: without end.
    pub licenses: Option<u32>,
    /// Platforms that it runs on.
    pub platforms: Option<Vec<String>>,
    /// Its bundle identifier.
    pub bundle_id: Option<String>,
    /// Its current version.
    pub version: Option<String>,
    /// Countries in whose stores it is.
    pub storefronts: Option<Vec<String>>,
    /// The organisation that a custom app was made for.
    pub custom_for: Option<String>,
    /// How the review of its version stands.
    #[serde(default)]
    pub review: Option<Review>,
    /// Whether it can be assigned to devices.
    pub device_assignable: Option<bool>,
    /// What one licence costs.
    pub price: Option<Money>,
}

/// Somebody whom licences can be assigned to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserPlan {
    /// `clientUserId`; absent: made up.
    pub client_user_id: Option<String>,
    /// Where the invitation goes.
    pub email: Option<String>,
    /// The Managed Apple Account.
    pub managed_account: Option<String>,
    /// How far the invitation has come.
    pub status: UserStatus,
}

/// A licence that somebody holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentPlan {
    /// Of what.
    pub asset: AssetKey,
    /// Who.
    pub target: Target,
}
