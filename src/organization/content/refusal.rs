//! How Apps and Books say no.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AssetKey, Target};

/// What is wrong with a call, with one task of an event, or with what somebody wants in the portal. What numbers and texts that has is
/// the business of the room in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentRefusal {
    // --- The token ----------------------------------------------------------------------------------------------------------------------
    /// No token at all.
    TokenMissing,
    /// An `Authorization` that is not `Bearer` and a token.
    HeaderMalformed,
    /// A text that is no content token, or one that was never issued.
    TokenUnknown,
    /// The `token` inside of the file instead of the whole file.
    TokenInner,
    /// A token past its year.
    TokenExpired,
    /// A token that was revoked: the password of whoever downloaded it has changed.
    TokenRevoked,
    /// A token of the old programme, made before there were locations.
    TokenLegacy,
    /// A token whose account may only read.
    TokenReadOnly,
    // --- The service --------------------------------------------------------------------------------------------------------------------
    /// More requests in a second than the location may send.
    TooManyRequests,
    /// The service is being maintained.
    Maintenance,
    /// The service failed.
    Internal,
    // --- Any request ----------------------------------------------------------------------------------------------------------------------
    /// A value that is none of those that it can be.
    InvalidArgument,
    /// A page that there is not.
    PageIndexInvalid,
    /// A version that this list never had.
    VersionInvalid,
    /// An event that there is not, or is no longer kept.
    EventUnknown,
    /// A token of a batch that is none of this list's (version 1).
    BatchTokenInvalid,
    /// A token of a batch at another location (version 1).
    BatchTokenElsewhere,
    // --- Assets -------------------------------------------------------------------------------------------------------------------------
    /// No asset named.
    NoAssets,
    /// Neither users nor serial numbers named.
    NoTargets,
    /// More assets than the limit.
    TooManyAssets,
    /// More users than the limit.
    TooManyClientUserIds,
    /// More serial numbers than the limit.
    TooManySerialNumbers,
    /// An asset named twice.
    DuplicateAssets,
    /// A user named twice.
    DuplicateClientUserIds,
    /// A serial number named twice.
    DuplicateSerialNumbers,
    /// An asset that cannot be taken back: a book.
    NotRevocable,
    /// An asset that cannot be assigned to devices.
    NotDeviceAssignable,
    /// No user with this id who is not retired.
    UserNotFound,
    /// A serial number of no device of the organisation, where the switch makes that matter.
    SerialUnknown,
    /// No licence is left.
    NotEnoughLicenses,
    /// Already assigned (version 1; version 2 does not mind).
    AlreadyAssigned,
    /// Assigned to another user with the same Apple Account (version 1).
    AssignedToSameAccount,
    /// Not assigned (version 1; version 2 does not mind).
    NotAssigned,
    /// A licence that there is not (version 1).
    LicenseUnknown,
    /// A licence that was refunded (version 1).
    LicenseRefunded,
    /// The same call failed too often because the licence was assigned already (version 1).
    RepeatedAssigned,
    /// The same call failed too often because there was no licence (version 1).
    RepeatedWithoutLicense,
    /// The same call failed too often (version 1).
    Repeated,
    // --- Users --------------------------------------------------------------------------------------------------------------------------
    /// No user named.
    NoUsers,
    /// More users than the limit.
    TooManyUsers,
    /// A user named twice.
    DuplicateUsers,
    /// An e-mail address that is none.
    EmailInvalid,
    /// There is an active user with this id.
    AlreadyRegistered,
    /// The user is retired already (version 1).
    AlreadyRetired,
    /// A Managed Apple Account that there is not, or of another organisation.
    AccountUnusable,
    /// A Managed Apple Account that another user has.
    AccountTaken,
    /// An invitation that there is not, or whose user is no longer waiting for it.
    InvitationInvalid,
    // --- The configuration of the client --------------------------------------------------------------------------------------------------
    /// A notification URL without a token, or a token without a URL.
    NotificationIncomplete,
    /// A notification URL or token that is too long.
    NotificationTooLong,
    /// A notification URL that is not https, has a query, or leads where nobody should be led.
    NotificationUrlInvalid,
    /// A notification URL where the test was not answered.
    NotificationUnreachable,
    /// An `apnToken` that is none (version 1).
    ApnTokenInvalid,
    /// `mdmInfo` without id, name or metadata.
    MdmInfoIncomplete,
    /// Its metadata is too long.
    MdmMetadataTooLong,
    /// Its id is too long.
    MdmIdTooLong,
    /// Its name is too long.
    MdmNameTooLong,
    // --- Subscriptions --------------------------------------------------------------------------------------------------------------------
    /// A request that names no subscription or no user.
    SubscriptionRequestInvalid,
    /// A cursor that is none of this list's.
    CursorInvalid,
    /// A subscription that the location does not have.
    SubscriptionUnknown,
    /// No user with an account has this id.
    SubscriptionUserNotFound,
    /// The user does not have the subscription.
    SubscriptionNotAssigned,
    /// More subscriptions or users than the limit.
    TooManySubscriptions,
    /// There are subscriptions: their management cannot be turned off.
    SubscriptionsExist,
    /// Subscriptions are not managed here yet: they cannot be bought.
    SubscriptionsOff,
    // --- The portal ---------------------------------------------------------------------------------------------------------------------
    /// The location does not have this asset.
    AssetUnknown,
    /// The credit does not suffice.
    BeyondCredit,
    /// The store of the location's country does not have the title.
    NotInStorefront,
    /// A custom app of another organisation.
    NotForThisOrganization,
    /// A custom app of which no version was approved.
    NotReviewed,
    /// A title that is no custom app.
    NotCustom,
    /// The licences are in use: only those that nobody holds can be refunded or moved.
    LicensesInUse,
    /// More licences than an asset can have.
    TooManyLicenses,
    /// An asset without end is neither bought nor refunded nor moved.
    WithoutEnd,
}

/// What a refusal is about. Only what is at fault is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Affected {
    /// The assets.
    pub assets: BTreeSet<AssetKey>,
    /// The users.
    pub client_user_ids: BTreeSet<String>,
    /// The serial numbers.
    pub serial_numbers: BTreeSet<String>,
}

impl Affected {
    /// True where nothing is named.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty() && self.client_user_ids.is_empty() && self.serial_numbers.is_empty()
    }

    /// Names a user or a serial number.
    pub fn add_target(&mut self, target: &Target) {
        match target {
            Target::User(id) => self.client_user_ids.insert(id.clone()),
            Target::Serial(serial) => self.serial_numbers.insert(serial.clone()),
        };
    }

    /// These assets.
    pub fn assets(assets: impl IntoIterator<Item = AssetKey>) -> Self {
        Self { assets: assets.into_iter().collect(), ..Self::default() }
    }

    /// These users.
    pub fn users<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        Self { client_user_ids: ids.into_iter().map(str::to_owned).collect(), ..Self::default() }
    }

    /// These serial numbers.
    pub fn serials<'a>(serials: impl IntoIterator<Item = &'a str>) -> Self {
        Self { serial_numbers: serials.into_iter().map(str::to_owned).collect(), ..Self::default() }
    }
}

/// A refusal with what it is about, and why in words for whoever looks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ContentRefused {
    /// What is wrong.
    pub refusal: ContentRefusal,
    /// What is at fault.
    pub affected: Box<Affected>,
    /// Why, with what would be right.
    pub why: String,
}

impl ContentRefused {
    /// A refusal that is about the request as a whole.
    pub fn new(refusal: ContentRefusal, why: impl Into<String>) -> Self {
        Self::about(refusal, Affected::default(), why)
    }

    /// A refusal that is about some of what the request names.
    pub fn about(refusal: ContentRefusal, affected: Affected, why: impl Into<String>) -> Self {
        Self { refusal, affected: Box::new(affected), why: why.into() }
    }
}
