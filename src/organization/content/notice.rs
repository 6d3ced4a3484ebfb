//! What MDM servers are to be told.

use serde::{Deserialize, Serialize};

use super::{
    AssetKey, AssetVerb, ContentRefusal, EventKind, IdHash, Location, LocationId, Notification, Seats,
    SubscriptionAssignment, Target, UserId, UserStatus, UserVerb,
};
use crate::clock::Timestamp;
use crate::organization::Books;

/// One assignment by name.
pub type AssignmentName = (AssetKey, Target);

/// A user as notifications and lists show them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserShown {
    /// `clientUserId`.
    pub client_user_id: String,
    /// `email`.
    pub email: Option<String>,
    /// `status`.
    pub status: UserStatus,
    /// `inviteCode`.
    pub invite_code: Option<String>,
    /// `idHash`.
    pub id_hash: Option<IdHash>,
}

/// What a notification says. At most 100 elements, and at most one kind of mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NoticeBody {
    /// Nothing: it is a test of the address.
    Test,
    /// Part of an event for assets is done.
    AssetManagement {
        /// The event.
        event: String,
        /// What it does: associate, disassociate or revoke.
        kind: EventKind,
        /// The assignments concerned.
        assignments: Vec<AssignmentName>,
        /// Why they could not be made; `None`: they could.
        failure: Option<ContentRefusal>,
    },
    /// Part of an event for users is done.
    UserManagement {
        /// The event.
        event: String,
        /// What it does.
        verb: UserVerb,
        /// The users concerned; one that there is not has no more than the id that was sent.
        users: Vec<UserShown>,
        /// Why it could not be done; `None`: it could.
        failure: Option<ContentRefusal>,
    },
    /// Users accepted their invitations.
    UserAssociated {
        /// They, with both invitation code and account.
        users: Vec<UserShown>,
    },
    /// Licences were bought, refunded or moved.
    AssetCount {
        /// Of what.
        asset: AssetKey,
        /// How many more, or fewer.
        delta: i64,
    },
    /// Part of an event for subscriptions is done.
    SubscriptionManagement {
        /// The event.
        event: String,
        /// Whether it associates.
        verb: AssetVerb,
        /// The assignments concerned.
        assignments: Vec<SubscriptionAssignment>,
        /// Why they could not be made; `None`: they could.
        failure: Option<ContentRefusal>,
    },
    /// Subscriptions were bought, or renewed, or ended.
    SubscriptionCount {
        /// The app.
        parent_adam_id: u64,
        /// The subscription.
        adam_id: u64,
        /// What is available.
        available: Seats,
        /// What there is.
        total: Seats,
    },
    /// An asset has no end any more, or has one again.
    UnlimitedAsset {
        /// Which.
        asset: AssetKey,
        /// Whether it has no end now.
        unlimited: bool,
    },
}

impl NoticeBody {
    /// Its type, which clients subscribe to.
    pub fn kind(&self) -> Notification {
        match self {
            Self::Test => Notification::TestNotification,
            Self::AssetManagement { .. } => Notification::AssetManagement,
            Self::UserManagement { .. } => Notification::UserManagement,
            Self::UserAssociated { .. } => Notification::UserAssociated,
            Self::AssetCount { .. } => Notification::AssetCount,
            Self::SubscriptionManagement { .. } => Notification::SubscriptionManagement,
            Self::SubscriptionCount { .. } => Notification::SubscriptionCount,
            Self::UnlimitedAsset { .. } => Notification::UnlimitedAsset,
        }
    }

    /// How many assignments or users it lists; one where it lists none.
    pub fn elements(&self) -> usize {
        match self {
            Self::AssetManagement { assignments, .. } => assignments.len().max(1),
            Self::UserManagement { users, .. } | Self::UserAssociated { users } => users.len().max(1),
            Self::SubscriptionManagement { assignments, .. } => assignments.len().max(1),
            _ => 1,
        }
    }
}

/// A notification that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// `notificationId`, which stays when it is sent again.
    pub id: String,
    /// The location that it is about; its configuration says where it goes.
    pub location: LocationId,
    /// When it came about.
    #[serde(with = "crate::clock::millis")]
    pub at: Timestamp,
    /// What it says.
    pub body: NoticeBody,
}

impl Books {
    /// Puts a notification into the outbox, if the location's client has subscribed to its kind.
    pub(super) fn notify(
        &mut self,
        location: LocationId,
        now: Timestamp,
        body: impl FnOnce(&Location) -> NoticeBody,
        kind: Notification,
    ) {
        if !self.content.location(location).configuration.wants(kind) {
            return;
        }
        let body = body(self.content.location(location));
        let id = random_uuid(&mut self.random);
        self.content.outbox.push(Notice { id, location, at: now, body });
    }

    /// Takes what waits to be sent, the first first.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.content.outbox)
    }
}

impl Location {
    /// A user as lists show them: the code while registered, the account once there is or was one.
    pub fn shown(&self, user: UserId) -> UserShown {
        let record = &self.users[user];
        let registered = record.status == UserStatus::Registered;
        UserShown {
            client_user_id: record.client_user_id.to_string(),
            email: record.email.as_deref().map(str::to_owned),
            status: record.status,
            invite_code: registered.then(|| self.invite_code(user)),
            id_hash: record.id_hash.filter(|_| !registered),
        }
    }

    /// A user as notifications show them that one was retired, or accepted: then the code is there too, for one that was never associated,
    /// or just was.
    pub(super) fn shown_with_code(&self, user: UserId) -> UserShown {
        UserShown { invite_code: Some(self.invite_code(user)), ..self.shown(user) }
    }
}

/// A random UUID.
pub(super) fn random_uuid(random: &mut crate::random::Random) -> String {
    let digits = random.hex(30);
    let variant = char::from(b"89ab"[random.below(4) as usize]);
    format!("{}-{}-4{}-{variant}{}-{}", &digits[..8], &digits[8..12], &digits[12..15], &digits[15..18], &digits[18..30])
}
