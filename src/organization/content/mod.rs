//! Apps and books: locations with their licences, the users and devices that hold them, content tokens, purchases.
//!
//! [`Content`] is all of it in one organisation. A [`Location`] is one ledger: whatever happens, of each asset there are as many licences as are
//! assigned and available together, and as many are assigned as there are assignments ([`Location::check`]). Both versions of Apple's API and
//! the portal write in it through the same verbs, which are methods of [`Books`](super::Books) where time or other parts of the organisation
//! matter. They say no with a [`ContentRefused`].

mod arrivals;
mod assembly;
mod asset;
mod assignments;
mod audit;
mod client_configuration;
#[expect(clippy::module_inception, reason = "the noun of this room is its name")]
mod content;
mod cursor;
mod delivery;
mod due;
mod event;
mod forced_failure;
mod grant;
mod happening;
mod id_hash;
mod installation;
mod invitation;
mod license;
mod license_walk;
mod limits;
mod listing;
mod location;
mod manage;
mod money;
mod notice;
mod occupancy;
mod places;
mod pricing;
mod purchase;
mod rate;
mod recency;
mod refusal;
mod registration;
mod request;
mod review;
mod seal;
mod sending;
mod serial_text;
mod slice;
mod store;
mod subscribing;
mod subscription;
mod system;
mod target;
#[cfg(test)]
mod tests;
mod title;
mod titles;
mod token;
mod transfer;
mod user;
mod users;
mod version;
mod walk;
mod webhook_address;

pub use assembly::NewAsset;
pub use asset::{Asset, AssetId, Counts, UNLIMITED};
pub use client_configuration::{
    ClientConfiguration, ConfigurationChange, LegacyClient, LegacyClientChange, MdmInfo, Notification,
};
pub use content::{Content, LocationId};
pub use delivery::{Answered, Attempt, Deliveries, Delivery, DeliveryState, RETRIES};
pub use due::ContentDue;
pub use event::{ContentEvent, EventKind, EventState};
pub use forced_failure::ForcedFailure;
pub use happening::ContentHappening;
pub use id_hash::IdHash;
pub use installation::{Installations, Installed, NotInstalled, StoreRefusal};
pub use license_walk::{Holders, LicenseFilter, LicenseRow};
pub use limits::{Limits, LocationLimits};
pub use listing::{AssetFilter, AssignmentFilter, AssignmentRow, Held, PageOf, UserFilter};
pub use location::Location;
pub use manage::{Granted, Licensee, ManageLicenses, Outcome};
pub use money::Money;
pub use notice::{AssignmentName, Notice, NoticeBody, UserShown};
pub use occupancy::{Astray, Gone, Occupancy, Taking};
pub use pricing::{AssetKey, Pricing};
pub use purchase::{Payment, Purchase, Trade, TradeKind};
pub use rate::ComeAgain;
pub use refusal::{Affected, ContentRefusal, ContentRefused};
pub use registration::UserFields;
pub use request::{AssetVerb, ManageAssets, RevokeAssets, UserVerb, is_email};
pub use review::{Review, TitleVersion};
pub use sending::{NextSending, Sending};
pub use subscription::{
    ManageSubscriptions, Seats, Subscription, SubscriptionAdmin, SubscriptionAssignment, SubscriptionState,
    Subscriptions,
};
pub use system::SystemVersion;
pub use target::Target;
pub use title::{Title, TitleKind};
pub use titles::Titles;
pub use token::{ContentToken, TokenKind, TokenState, inner_token};
pub use transfer::Transfer;
pub use user::{User, UserId, UserStatus};
pub use version::DataSet;
pub use walk::{Batch, Onward, Step, WhichUsers};
pub use webhook_address::refused_address;
