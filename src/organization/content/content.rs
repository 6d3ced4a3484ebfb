//! Everything that an organisation has of apps and books.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ContentDue, ContentToken, Deliveries, Installations, Location, Money, Notice, Title, Titles, Trade};
use crate::clock::Timestamp;
use crate::organization::Books;
use crate::random::Random;

/// A location's place among those of its organisation.
pub type LocationId = u16;

/// Apps and books of an organisation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Its locations; a [`LocationId`] is a place in here.
    pub locations: Vec<Location>,
    /// Titles that the organisation knows beside those of the catalogue: what its scenario describes, and what it bought.
    pub titles: Titles,
    /// Store credit, by the account that it was added to.
    pub credit: BTreeMap<String, Money>,
    /// What was bought, refunded and moved, the earliest first.
    pub trades: Vec<Trade>,
    /// Notifications that wait to be sent, the earliest first.
    pub outbox: Vec<Notice>,
    /// Notifications on their way, and those that were.
    #[serde(default)]
    pub deliveries: Deliveries,
    /// Where accounts use their licences.
    #[serde(default)]
    pub installations: Installations,
    /// Managed Apple Accounts of the organisation beside those of its people, in lower case.
    pub accounts: BTreeSet<String>,
}

impl Content {
    /// A location. One that there is not panics, as for any list: ids come from here.
    pub fn location(&self, location: LocationId) -> &Location {
        &self.locations[usize::from(location)]
    }

    /// A location, to be changed.
    pub fn location_mut(&mut self, location: LocationId) -> &mut Location {
        &mut self.locations[usize::from(location)]
    }

    /// The location with this id, `uId` or name; of several with one name the first.
    pub fn find_location(&self, name_or_id: &str) -> Option<LocationId> {
        let by = |is_it: &dyn Fn(&Location) -> bool| self.locations.iter().position(is_it);
        let place = by(&|location| location.id == name_or_id || location.uid == name_or_id)
            .or_else(|| by(&|location| location.name == name_or_id))?;
        LocationId::try_from(place).ok()
    }

    /// The title with this number, if the organisation knows it.
    pub fn title(&self, adam_id: u64) -> Option<&Title> {
        self.titles.find(adam_id)
    }

    /// Makes a title known, in the place of what was known of it.
    pub fn know(&mut self, title: Title) {
        self.titles.know(title);
    }

    /// Every token by its inner text, with its location and its place there: what the directory's index is made of.
    pub fn tokens(&self) -> impl Iterator<Item = (&ContentToken, LocationId, usize)> {
        (0..)
            .zip(&self.locations)
            .flat_map(|(id, location)| location.tokens.iter().enumerate().map(move |(place, token)| (token, id, place)))
    }

    /// Gives every location an id, a `uId` and tokens of its own: for an organisation that goes on from the state of another. Tokens that
    /// are dead are left behind.
    pub fn with_own_credentials(&mut self, random: &mut Random, organization: &str) {
        use super::TokenState::Live;
        for location in &mut self.locations {
            let own = Location::new(location.name.clone(), location.country.clone(), random);
            (location.id, location.uid) = (own.id, own.uid);
            location.tokens.retain(|token| token.state == Live);
            for token in &mut location.tokens {
                *token = ContentToken::generate(
                    random,
                    organization,
                    token.account.clone(),
                    token.kind,
                    token.issued,
                    token.expires_at,
                );
            }
        }
        self.outbox.clear();
        self.deliveries = Deliveries::default();
    }

    /// Whether every ledger adds up ([`Location::check`]).
    pub fn check(&self) -> Result<(), String> {
        self.locations.iter().try_for_each(Location::check)
    }

    /// What is due, for people.
    pub(in crate::organization) fn announce(&self, due: &ContentDue) -> String {
        let name = |location: LocationId| &self.location(location).name;
        match due {
            ContentDue::Slice { location, .. } => format!("a part of an event is done at {}", name(*location)),
            ContentDue::AssignmentsShow { location, .. } => {
                format!("assignments become visible at {}", name(*location))
            }
            ContentDue::StoreHears { location } => format!("the store hears of licences of {}", name(*location)),
            ContentDue::CountsShow { location, asset, .. } => {
                let ledger = self.location(*location);
                format!("the counts of {} become visible at {}", ledger.assets[*asset as usize].key, ledger.name)
            }
            ContentDue::PeriodEnds { location, adam_id, .. } => {
                format!("a period of the subscription {adam_id} ends at {}", name(*location))
            }
            ContentDue::NotificationDue { delivery } => match self.deliveries.get(*delivery) {
                Some(delivery) => format!("{} is sent to {} again", delivery.kind().name(), delivery.url),
                None => "a notification is sent again".to_owned(),
            },
        }
    }

    /// Whether what is due concerns something that there is: for snapshots that come from outside.
    pub(in crate::organization) fn check_due(&self, due: &ContentDue) -> Result<(), String> {
        let location = match due {
            ContentDue::Slice { location, .. }
            | ContentDue::AssignmentsShow { location, .. }
            | ContentDue::StoreHears { location }
            | ContentDue::CountsShow { location, .. }
            | ContentDue::PeriodEnds { location, .. } => location,
            // One that is forgotten by then is not sent.
            ContentDue::NotificationDue { .. } => return Ok(()),
        };
        let locations = self.locations.len();
        let ledger = self.locations.get(usize::from(*location));
        let ledger = ledger.ok_or_else(|| format!("there is no such location: there are {locations}"))?;
        match due {
            ContentDue::CountsShow { asset, .. } if *asset as usize >= ledger.assets.len() => {
                Err(format!("there is no such asset: there are {}", ledger.assets.len()))
            }
            _ => Ok(()),
        }
    }
}

impl Books {
    /// Opens a location: without licences, users or a token. The country is that of its store, two letters.
    pub fn add_location(&mut self, name: &str, country: &str) -> Option<LocationId> {
        let place = LocationId::try_from(self.content.locations.len()).ok()?;
        let location = Location::new(name.to_owned(), country.to_owned(), &mut self.random);
        self.content.locations.push(location);
        Some(place)
    }

    /// The first content manager, or failing that the first administrator: who downloads tokens where nobody is named.
    pub fn content_manager(&self) -> String {
        let manager = self.people.iter().find(|person| person.roles.iter().any(|role| role == "content_manager"));
        manager.map_or_else(|| self.first_administrator(), |person| person.managed_account.clone())
    }

    /// Another MDM server takes a location over: it writes its name there, with or without version 2 of the API.
    pub fn claim_location(&mut self, location: LocationId, mdm_info: super::MdmInfo, _now: Timestamp) {
        let configuration = &mut self.content.location_mut(location).configuration;
        configuration.mdm_info = Some(mdm_info);
        configuration.used_by_v2 = true;
    }
}
