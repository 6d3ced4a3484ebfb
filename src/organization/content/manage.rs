//! Associations and disassociations of one asset in one call, as version 1 of the API has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AssetKey, AssetVerb, ContentRefusal, ContentRefused, Held, Location, LocationId, Target, UserId};
use crate::clock::{Span, Timestamp};
use crate::organization::Books;
use crate::organization::quirks::RepeatedCalls;
use crate::random;

use ContentRefusal as No;

/// Who is to get or to lose a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Licensee {
    /// A user, by `clientUserIdStr`.
    User(String),
    /// A device, by serial number.
    Serial(String),
    /// Whoever holds the licence with this `licenseIdStr`.
    License(String),
}

impl Licensee {
    /// Whether the name is empty.
    fn is_nobody(&self) -> bool {
        let (Self::User(name) | Self::Serial(name) | Self::License(name)) = self;
        name.is_empty()
    }
}

/// What is to be done with the licences of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManageLicenses {
    /// Which asset.
    pub asset: AssetKey,
    /// Who is to get one.
    pub associate: Vec<Licensee>,
    /// Who is to lose theirs, before that.
    pub disassociate: Vec<Licensee>,
}

/// What has become of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Who was named.
    pub licensee: Licensee,
    /// The licence that was given or taken back, or why none was.
    pub outcome: Result<u64, ContentRefused>,
    /// The licence that a user or device who was to get one holds already.
    pub held_already: Option<u64>,
    /// Other users with the Apple Account of a user who was to get one, who hold it already.
    pub held_by_others: Vec<UserId>,
}

/// What has become of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The associations, as they were named.
    pub associations: Vec<Granted>,
    /// The disassociations, as they were named.
    pub disassociations: Vec<Granted>,
}

impl Outcome {
    /// What has gone wrong, if nothing went well.
    fn mistakes(&self) -> Option<Vec<ContentRefusal>> {
        let all = self.disassociations.iter().chain(&self.associations);
        all.map(|granted| granted.outcome.as_ref().err().map(|refused| refused.refusal)).collect()
    }
}

impl Books {
    /// Takes licences of an asset back and assigns some, in this order, so that what is freed can be given away. Each entry goes well or ill by
    /// itself.
    pub fn manage_licenses(
        &mut self,
        location: LocationId,
        request: &ManageLicenses,
        now: Timestamp,
    ) -> Result<Outcome, ContentRefused> {
        let limits = &self.quirks.limits;
        for (what, list, most) in [
            ("associations", &request.associate, limits.max_batch_associate_license_count),
            ("disassociations", &request.disassociate, limits.max_batch_disassociate_license_count),
        ] {
            if list.len() > most as usize {
                let why = format!("{} {what} in one call, and {most} are allowed", list.len());
                return Err(ContentRefused::new(No::InvalidArgument, why));
            }
            if list.iter().any(Licensee::is_nobody) {
                let why = format!("one of the {what} names nobody: a serial number or an id is empty");
                return Err(ContentRefused::new(No::InvalidArgument, why));
            }
        }
        let ledger = self.content.location(location);
        if ledger.asset(request.asset).is_none() {
            let why = format!("the location {} has no asset {}", ledger.name, request.asset);
            return Err(ContentRefused::new(No::AssetUnknown, why));
        }
        let call = random::hash(format!("{request:?}").as_bytes());
        if self.quirks.repeated_calls == RepeatedCalls::Refused {
            self.content.location(location).repeats.check(call, now)?;
        }
        let outcome = Outcome {
            disassociations: request
                .disassociate
                .iter()
                .map(|licensee| self.granted(location, AssetVerb::Disassociate, request.asset, licensee, now))
                .collect(),
            associations: request
                .associate
                .iter()
                .map(|licensee| self.granted(location, AssetVerb::Associate, request.asset, licensee, now))
                .collect(),
        };
        if self.quirks.repeated_calls == RepeatedCalls::Refused {
            self.content.location_mut(location).repeats.note(call, outcome.mistakes(), now);
        }
        Ok(outcome)
    }

    fn granted(
        &mut self,
        location: LocationId,
        verb: AssetVerb,
        key: AssetKey,
        licensee: &Licensee,
        now: Timestamp,
    ) -> Granted {
        let target = match licensee {
            Licensee::User(id) => Ok(Target::User(id.clone())),
            Licensee::Serial(serial) => Ok(Target::Serial(serial.clone())),
            Licensee::License(id) => self.content.location(location).holder_of(key, id),
        };
        let mut granted =
            Granted { licensee: licensee.clone(), outcome: Ok(0), held_already: None, held_by_others: Vec::new() };
        granted.outcome = target.and_then(|target| {
            let outcome = self.grant(location, verb, key, &target, now);
            let refusal = outcome.as_ref().err().map(|refused| refused.refusal);
            if let Some(No::AlreadyAssigned | No::AssignedToSameAccount) = refusal {
                granted.held_already = self.license_id(location, key, &target);
                granted.held_by_others = self.content.location(location).sharing_users(key, &target);
            }
            outcome
        });
        granted
    }
}

impl Location {
    /// Who holds the licence of an asset with this id, which can be taken back.
    fn holder_of(&self, key: AssetKey, id: &str) -> Result<Target, ContentRefused> {
        let refused = |refusal, why: &str| ContentRefused::new(refusal, format!("the licence {id} of {key} {why}"));
        let license = id.parse().ok().and_then(|id| self.license_called(id));
        let license = license.filter(|license| license.asset.key == key);
        let license = license.ok_or_else(|| refused(No::LicenseUnknown, "does not exist"))?;
        if license.is_gone {
            return Err(refused(No::LicenseRefunded, "was refunded or moved away"));
        }
        match license.held {
            _ if !license.asset.revocable => Err(refused(No::NotRevocable, "can never be taken back: it is a book's")),
            Some(Held::User(_, user)) => Ok(Target::User(user.client_user_id.to_string())),
            Some(Held::Serial(serial)) => Ok(Target::Serial(serial.to_owned())),
            None => Err(refused(No::NotAssigned, "is held by nobody")),
        }
    }
}

/// How long a call that failed is remembered. Apple says several minutes.
const MEMORY: Span = Span::from_seconds(300);

/// How often it may fail in that time. Apple's number is unknown.
const MOST: u32 = 3;

/// Calls that failed as a whole, so that the same ones again can be refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Repeats(BTreeMap<u64, Repeat>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    #[serde(with = "crate::clock::millis")]
    last: Timestamp,
    count: u32,
    refusal: ContentRefusal,
}

impl Repeats {
    fn check(&self, call: u64, now: Timestamp) -> Result<(), ContentRefused> {
        match self.0.get(&call).filter(|repeat| repeat.count >= MOST && now - repeat.last < MEMORY) {
            Some(repeat) => {
                let why = format!(
                    "the same call has failed {} times, the last time at {}: wait five minutes",
                    repeat.count, repeat.last
                );
                Err(ContentRefused::new(repeat.refusal, why))
            }
            None => Ok(()),
        }
    }

    fn note(&mut self, call: u64, mistakes: Option<Vec<ContentRefusal>>, now: Timestamp) {
        self.0.retain(|_, repeat| now - repeat.last < MEMORY);
        let Some(mistakes) = mistakes else {
            self.0.remove(&call);
            return;
        };
        let are_all = |which: &[ContentRefusal]| mistakes.iter().all(|mistake| which.contains(mistake));
        let refusal = if are_all(&[No::AlreadyAssigned, No::AssignedToSameAccount]) {
            No::RepeatedAssigned
        } else if are_all(&[No::NotEnoughLicenses]) {
            No::RepeatedWithoutLicense
        } else {
            No::Repeated
        };
        let count = self.0.get(&call).map_or(0, |repeat| repeat.count);
        self.0.insert(call, Repeat { last: now, count: count + 1, refusal });
    }
}
