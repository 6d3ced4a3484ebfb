//! Walks through lists that change meanwhile: version 1 of the API reads users and licences batch by batch.
//!
//! Whoever walks through everything goes by numbers that never change, those of records and of licences, as far as there were any when the walk
//! began; each batch tells how things are now. At its end the walk is given a mark of when it began, and with it what has changed since then.
//! So nothing is missed, whatever happens meanwhile and in whatever order the batches are asked for. What has changed is told from the latest
//! change back. All of it is in the tokens; nothing is kept, and a batch costs what it looks at.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::seal::{Seal, open_text, text};
use super::{Content, ContentRefusal, ContentRefused, DataSet, Location, LocationId, User, UserId};

/// A batch of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<T> {
    /// What is in it; there may be nothing.
    pub items: Vec<T>,
    /// `totalBatchCount`, where the walk goes through everything.
    pub batches: Option<u32>,
    /// `totalCount`, in a first batch: about how many there are.
    pub total: Option<usize>,
    /// `ifModifiedSinceMillisOrig` of licences: what the first call of the walk asked for.
    pub modified_since: Option<i64>,
    /// How the walk goes on.
    pub onward: Onward,
}

/// How a walk goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onward {
    /// There is more: `batchToken`.
    More(String),
    /// That was the last batch. What changes from the walk's beginning on is told to whoever comes with this: `sinceModifiedToken`.
    Done(String),
}

/// Where in a walk a request is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step<'a> {
    /// `batchToken`: it goes on from there, and nothing else that is asked for counts.
    pub batch_token: Option<&'a str>,
    /// `sinceModifiedToken`: a walk begins through what has changed.
    pub since: Option<&'a str>,
    /// `overrideIndex`: another batch of the same walk, counted from 1.
    pub index: Option<u32>,
    /// How many to look at, where a walk begins.
    pub size: u32,
}

/// Which users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichUsers {
    /// Those that are not retired.
    Active,
    /// Those that are.
    Retired,
    /// All.
    All,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct UserWalk {
    which: WhichUsers,
    /// The version of the users when it began, and how many there were.
    began: (u64, u32),
    size: u32,
    at: UserPlace,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum UserPlace {
    /// Before a batch of everything.
    Batch(u32),
    /// Behind a change, after a version.
    Back { since: u64, after: Option<(u32, u64)> },
}

impl Location {
    pub(super) fn sealed(&self, kind: Seal, what: &impl Serialize) -> String {
        // Only maps with keys that are no texts cannot be written, and there are none.
        text(self.key, kind, &serde_json::to_vec(what).unwrap_or_default())
    }

    pub(super) fn opened<T: DeserializeOwned>(&self, kind: Seal, sealed: &str) -> Result<T, ContentRefused> {
        let opened = open_text(self.key, kind, sealed.trim_ascii());
        opened.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
            // Some are as long as a body may be.
            let shown: String = sealed.chars().take(40).collect();
            let dots = if shown.len() < sealed.len() { "…" } else { "" };
            let why = format!("`{shown}{dots}` is no token of this list at the location {}", self.name);
            ContentRefused::new(ContentRefusal::BatchTokenInvalid, why)
        })
    }

    fn users_batch(&self, which: WhichUsers, step: &Step<'_>) -> Result<Batch<(UserId, &User)>, ContentRefused> {
        let mut walk = match step.batch_token {
            Some(token) => self.opened(Seal::UserWalk, token)?,
            None => {
                let since = step.since.map(|since| self.opened(Seal::UserMark, since)).transpose()?;
                let at = since.map_or(UserPlace::Batch(0), |since| UserPlace::Back { since, after: None });
                let began = (self.versions.get(DataSet::Users), self.users.len() as u32);
                UserWalk { which, began, size: step.size.max(1), at }
            }
        };
        let (rows, batches) = match &mut walk.at {
            UserPlace::Batch(next) => {
                let (range, batches, last) = part(u64::from(walk.began.1), walk.size, *next, step.index)?;
                *next = if last { batches } else { (range.start / u64::from(walk.size)) as u32 + 1 };
                let end = (self.users.len() as u64).min(range.end);
                let rows: Vec<UserId> = (range.start..end).map(|user| user as UserId).collect();
                (rows, Some((batches, last)))
            }
            UserPlace::Back { since, after } => {
                not_parallel(step.index)?;
                let rows: Vec<(u32, u64)> = self.users.back(*since, *after).take(walk.size as usize).collect();
                *after = rows.last().copied().or(*after);
                (rows.into_iter().map(|(user, _)| user).collect(), None)
            }
        };
        let is_last = match (&walk.at, batches) {
            (_, Some((_, last))) => last,
            (UserPlace::Back { since, after }, None) => self.users.back(*since, *after).next().is_none(),
            (UserPlace::Batch(_), None) => true,
        };
        let fits = |user: &UserId| match walk.which {
            WhichUsers::Active => self.users[*user].is_active(),
            WhichUsers::Retired => !self.users[*user].is_active(),
            WhichUsers::All => true,
        };
        let total = match walk.which {
            WhichUsers::Active => self.users.active().len(),
            WhichUsers::Retired => self.users.retired().len(),
            WhichUsers::All => self.users.len(),
        };
        Ok(Batch {
            items: rows.into_iter().filter(fits).map(|user| (user, &self.users[user])).collect(),
            batches: batches.map(|(batches, _)| batches),
            total: (step.batch_token.is_none() && step.since.is_none()).then_some(total),
            modified_since: None,
            onward: match is_last {
                true => Onward::Done(self.sealed(Seal::UserMark, &walk.began.0)),
                false => Onward::More(self.sealed(Seal::UserWalk, &walk)),
            },
        })
    }
}

/// The numbers in one batch of `count`, how many batches there are, and whether it is the last.
pub(super) fn part(
    count: u64,
    size: u32,
    next: u32,
    wanted: Option<u32>,
) -> Result<(Range<u64>, u32, bool), ContentRefused> {
    let batches = u32::try_from(count.div_ceil(u64::from(size))).unwrap_or(u32::MAX).max(1);
    let index = match wanted {
        Some(wanted) => wanted.checked_sub(1),
        None => Some(next),
    };
    let Some(index) = index.filter(|index| *index < batches) else {
        let asked = wanted.unwrap_or(next.saturating_add(1));
        let why = format!("the batch {asked} was asked for, and there are {batches}, from 1");
        return Err(ContentRefused::new(ContentRefusal::InvalidArgument, why));
    };
    let start = u64::from(index) * u64::from(size);
    Ok((start..(start + u64::from(size)).min(count), batches, index + 1 == batches))
}

/// What has changed is told in one order alone.
pub(super) fn not_parallel(index: Option<u32>) -> Result<(), ContentRefused> {
    match index {
        Some(index) => {
            let why = format!(
                "overrideIndex is {index}, and what has changed since a token is told one batch after the other"
            );
            Err(ContentRefused::new(ContentRefusal::InvalidArgument, why))
        }
        None => Ok(()),
    }
}

impl Content {
    /// A batch of the users of a location.
    pub fn users_batch(
        &self,
        location: LocationId,
        which: WhichUsers,
        step: &Step<'_>,
    ) -> Result<Batch<(UserId, &User)>, ContentRefused> {
        self.location(location).users_batch(which, step).map_err(|refused| self.of_another(location, step, refused))
    }

    /// Where a token is none of this location's, it may be one of another.
    pub(super) fn of_another(&self, location: LocationId, step: &Step<'_>, refused: ContentRefused) -> ContentRefused {
        if refused.refusal != ContentRefusal::BatchTokenInvalid {
            return refused;
        }
        let kinds = [Seal::UserWalk, Seal::UserMark, Seal::LicenseWalk, Seal::LicenseMark];
        let opens = |other: &&Location| {
            let tokens = step.batch_token.into_iter().chain(step.since);
            tokens.into_iter().any(|token| kinds.iter().any(|kind| open_text(other.key, *kind, token).is_some()))
        };
        let here = self.location(location);
        match self.locations.iter().filter(|other| other.id != here.id).find(opens) {
            Some(other) => {
                let why = format!("the token is one of the location {}, and not of {}", other.name, here.name);
                ContentRefused::new(ContentRefusal::BatchTokenElsewhere, why)
            }
            None => refused,
        }
    }
}
