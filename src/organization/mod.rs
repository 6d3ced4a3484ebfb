//! The organisation: devices, MDM servers, orders, profiles, people, terms. It knows no HTTP, no JSON and no status codes; it says no with
//! [`Refusal`]s.
//!
//! [`Books`] are its whole state; each file with a verb in its name (`placement`, `intake`, `departure`, `profile_assignment`, `activation`,
//! `listing`, `sign_in`, `passing`, `playing`, `forking`) adds the verbs of one subject to them. [`Organization`] puts a lock and a clock around the
//! books.

mod activation;
mod actors;
mod addition;
mod announcement;
mod beta_programmes;
mod books;
mod change_log;
mod choice;
pub mod content;
mod cursor;
mod departure;
mod desk;
mod device;
mod devices;
mod explanation;
mod family;
mod flaws;
mod forking;
mod happening;
mod history;
mod intake;
mod kind;
mod listing;
mod nonces;
mod order;
mod order_draft;
#[expect(clippy::module_inception, reason = "the noun of this room is its name")]
mod organization;
mod passing;
mod person;
mod placement;
mod playing;
mod post;
mod profile;
mod profile_assignment;
pub mod quirks;
mod refusal;
mod rights;
mod roster;
mod schedule;
mod serial;
mod serials;
mod server;
mod server_change;
mod service_discovery;
mod sign_in;
mod snapshots;
mod terms;
mod throttle;
mod timeline;
mod written;

pub use activation::LockOutcome;
pub use actors::Actors;
pub use addition::Addition;
pub use beta_programmes::beta_programmes;
pub use books::{Books, Identity, OrganizationType};
pub use change_log::{Change, ChangeLog, Op};
pub use choice::{Choice, UnknownOrder};
pub use cursor::{Cursor, NotACursor, Place};
pub use departure::CannotLeave;
pub use device::{
    ActivationLock, Device, DeviceId, DeviceStatus, Extra, Migration, ProfileStatus, Replacement, ServerId, Standing,
};
pub use devices::Devices;
pub use family::Family;
pub use flaws::Flaw;
pub use forking::Streams;
pub use happening::Happening;
pub use history::{Deed, History};
pub use intake::{NotAdded, PROVISIONAL};
pub use kind::{Kind, KindFacts, Kinds, RowText};
pub use listing::{DEFAULT_LIMIT, MAXIMUM_LIMIT, Page};
pub use nonces::Nonces;
pub use order::{Destination, Goods, Order, OrderLine, Source, Suppliers};
pub use order_draft::{CannotOrder, LineDraft, OrderDraft, ServerWish};
pub use organization::{Answers, Organization};
pub use passing::Turn;
pub use person::{AccountStatus, Person, PersonChange, PersonRefusal};
pub use placement::{Move, Placed};
pub use post::{Bell, Outlook, Post};
pub use profile::{EnrollmentProfile, Profiles};
pub use profile_assignment::Assignment;
pub use quirks::{QuirkMistake, Quirks};
pub use refusal::{Outcome, ProfileRule, Refusal};
pub use rights::{NotPermitted, ROLES, Right};
pub use roster::Roster;
pub use schedule::{Event, Ran, Schedule};
pub use serial::{ParseSerialError, Serial};
pub use serials::Excerpt;
pub use server::{MdmServer, TokenFate};
pub use server_change::{CannotName, ServerChange, TOKEN_LIFE};
pub use sign_in::{Claim, Refused};
pub use snapshots::{Remembered, Snapshots};
pub use terms::Terms;
pub use throttle::Throttled;
pub use timeline::{CalendarLine, Progress, Timeline, TimelineEntry};
