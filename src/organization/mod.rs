//! The organisation: devices, MDM servers, orders, profiles, people, terms. It knows no HTTP, no JSON and no status codes; it says no with
//! [`Refusal`]s.
//!
//! [`Books`] are its whole state; each file with a verb in its name (`placement`, `intake`, `departure`, `profile_assignment`, `activation`,
//! `listing`, `sign_in`, `passing`) adds the verbs of one subject to them. [`Organization`] puts a lock and a clock around the books.

mod activation;
mod actors;
mod announcement;
mod beta_programmes;
mod books;
mod change_log;
pub mod content;
mod cursor;
mod departure;
mod device;
mod devices;
mod family;
mod history;
mod intake;
mod kind;
mod listing;
mod nonces;
mod order;
#[expect(clippy::module_inception, reason = "the noun of this room is its name")]
mod organization;
mod passing;
mod person;
mod placement;
mod profile;
mod profile_assignment;
pub mod quirks;
mod refusal;
mod roster;
mod schedule;
mod serial;
mod server;
mod service_discovery;
mod sign_in;
mod terms;
mod throttle;

pub use activation::LockOutcome;
pub use actors::Actors;
pub use beta_programmes::beta_programmes;
pub use books::{Books, Identity};
pub use change_log::{Change, ChangeLog, Op};
pub use cursor::{Cursor, NotACursor, Place};
pub use departure::CannotLeave;
pub use device::{
    ActivationLock, Device, DeviceId, DeviceStatus, Extra, Migration, ProfileStatus, Replacement, ServerId, Standing,
};
pub use devices::Devices;
pub use family::Family;
pub use history::{Deed, History};
pub use intake::{NotAdded, PROVISIONAL};
pub use kind::{Kind, KindFacts, Kinds, RowText};
pub use listing::{DEFAULT_LIMIT, MAXIMUM_LIMIT, Page};
pub use nonces::Nonces;
pub use order::{Destination, Goods, Order, OrderLine, Source, Suppliers};
pub use organization::Organization;
pub use person::Person;
pub use placement::{Move, Placed};
pub use profile::{EnrollmentProfile, Profiles};
pub use profile_assignment::Assignment;
pub use quirks::{QuirkMistake, Quirks};
pub use refusal::{Outcome, ProfileRule, Refusal};
pub use roster::Roster;
pub use schedule::{Event, Ran, Schedule};
pub use serial::{ParseSerialError, Serial};
pub use server::{MdmServer, TokenFate};
pub use sign_in::{Claim, Refused};
pub use terms::Terms;
pub use throttle::Throttled;
