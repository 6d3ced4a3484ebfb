//! What the careful client does with one of its locations.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use abmsim::clock::{Span, Timestamp};
use serde_json::{Value, json};

use super::desk::{Desk, Want, body, seat};
use crate::actors::Developer;

/// How often it begins a list anew that changes while it is read.
const BEGINNINGS: usize = 5;

/// Why a client did not get what it asked for.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// No patience, or no JSON.
    Broken,
    /// A refusal, whatever the status.
    Refused { number: u64, retry_after: Option<String> },
    /// A list that does not hold still.
    Restless,
    /// Somebody else's name is on the location.
    Foreign,
}

impl Trouble {
    /// How long to leave the location alone: as long as it says, an hour where a person may have to act, and else less and less often.
    pub fn wait(&self, failures: u32, now: Timestamp) -> Span {
        let Self::Refused { number, retry_after } = self else { return Span::from_seconds(60 << failures.min(5)) };
        let seconds = retry_after.as_deref().and_then(|text| text.parse().ok()).map(Span::from_seconds);
        let date = || Some(Timestamp::from_http_date(retry_after.as_deref()?)? - now);
        let else_wait = if *number == 9622 { 3_600 } else { 60 << failures.min(5) };
        seconds.or_else(date).unwrap_or(Span::from_seconds(else_wait))
    }
}

pub struct Asset {
    pub available: i64,
    revocable: bool,
    device_assignable: bool,
    pub name: Option<String>,
}

/// A location with what is kept for it.
pub struct Place {
    pub desk: Desk,
    pub wants: Vec<Want>,
    pub leavers: Vec<String>,
    /// Wants that were met since anybody looked.
    pub done: Vec<Want>,
    pub notes: Vec<String>,
    pub assets: BTreeMap<String, Asset>,
    pub seats: BTreeSet<(String, String)>,
    pub is_claimed: bool,
    pub is_foreign: bool,
    pub is_dead: bool,
    pub not_before: Option<Timestamp>,
    pub failures: u32,
    pub bearer: Option<String>,
    pub seen: HashSet<String>,
    country: String,
    most: usize,
    events: Vec<(String, Vec<Want>)>,
}

impl Place {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            wants: Vec::new(),
            leavers: Vec::new(),
            done: Vec::new(),
            notes: Vec::new(),
            assets: BTreeMap::new(),
            seats: BTreeSet::new(),
            is_claimed: false,
            is_foreign: false,
            is_dead: false,
            not_before: None,
            failures: 0,
            bearer: None,
            seen: HashSet::new(),
            country: String::new(),
            most: 0,
            events: Vec::new(),
        }
    }

    /// Who we are.
    pub fn mdm_info(&self) -> Value {
        json!({"id": "3f0e4b7e-9d8a-4c2f-8c1d-9e104f3c8f6a", "name": "Careful MDM", "metadata": self.desk.location})
    }

    /// Lists first, then what is wanted.
    pub async fn visit(&mut self, _: Timestamp, developer: &Developer) -> Result<(), Trouble> {
        let service = self.call("GET", "/service/config", None).await?;
        self.most = service["limits"]["maxSerialNumbers"].as_u64().unwrap_or(100) as usize;
        if !self.is_claimed {
            let claim = json!({"mdmInfo": self.mdm_info()});
            self.call("POST", "/client/config", Some(claim)).await?;
            self.is_claimed = true;
        }
        if self.country.is_empty() {
            let config = self.call("GET", "/client/config", None).await?;
            self.country = config["countryISO2ACode"].as_str().unwrap_or_default().to_ascii_lowercase();
        }
        for asset in self.list("/assets", "assets").await? {
            let name = self.assets.get(asset["adamId"].as_str().unwrap_or_default()).and_then(|old| old.name.clone());
            let known = Asset {
                available: asset["availableCount"].as_i64().unwrap_or_default(),
                revocable: asset["revocable"] == true,
                device_assignable: asset["deviceAssignable"] == true,
                name,
            };
            self.assets.insert(asset["adamId"].as_str().unwrap_or_default().to_owned(), known);
        }
        let rows = self.list("/assignments?excludeInactiveUsers=true", "assignments").await?;
        self.seats = rows.iter().map(seat).collect();
        self.name(developer).await;
        self.settle().await?;
        if self.is_foreign {
            return Err(Trouble::Foreign);
        }
        self.take_back().await?;
        self.associate().await
    }

    /// A list, from the first page to the one that names no other; from the beginning where it changes on the way.
    async fn list(&mut self, path: &str, list: &str) -> Result<Vec<Value>, Trouble> {
        let mark = if path.contains('?') { '&' } else { '?' };
        'beginnings: for _ in 0..BEGINNINGS {
            let (mut rows, mut index, mut version) = (Vec::new(), 0, Value::Null);
            loop {
                let page = self.call("GET", &format!("{path}{mark}pageIndex={index}"), None).await?;
                if index > 0 && page["versionId"] != version {
                    continue 'beginnings;
                }
                version = page["versionId"].clone();
                rows.extend(page[list].as_array().into_iter().flatten().cloned());
                match page["nextPageIndex"].as_u64() {
                    Some(next) => index = next,
                    None => return Ok(rows),
                }
            }
        }
        Err(Trouble::Restless)
    }

    /// Names of titles that have none yet, from the store of the location's country.
    async fn name(&mut self, developer: &Developer) {
        let nameless = self.assets.iter().filter(|(_, asset)| asset.name.is_none());
        let ids = nameless.map(|(title, _)| title.as_str()).collect::<Vec<_>>().join(",");
        if ids.is_empty() {
            return;
        }
        let path = format!("/v1/catalog/{}/stoken-authenticated-apps?ids={ids}&platform=iphone", self.country);
        let cookie = format!("itvt={}", self.desk.manager.token());
        let answer = developer.get_with(&path, &[("Cookie", &cookie)]).await;
        let known: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        for app in known["data"].as_array().into_iter().flatten() {
            if let Some(asset) = self.assets.get_mut(app["id"].as_str().unwrap_or_default()) {
                asset.name = app["attributes"]["name"].as_str().map(str::to_owned);
            }
        }
    }

    /// What became of what was begun. What failed is wanted still.
    async fn settle(&mut self) -> Result<(), Trouble> {
        for (event, wants) in std::mem::take(&mut self.events) {
            let status = match self.call("GET", &format!("/status?eventId={event}"), None).await {
                Ok(status) => status,
                Err(trouble) => {
                    self.events.push((event, wants));
                    return Err(trouble);
                }
            };
            if status["eventStatus"] == "PENDING" {
                self.events.push((event, wants));
                continue;
            }
            if status["eventStatus"] == "FAILED" {
                self.notes.push(format!("{}: {}", self.desk.location, status["failures"]));
            }
            // Who is named by a failure has nothing; a failure that names nobody is everybody's.
            let failed = status["failures"].to_string();
            let met = wants.into_iter().partition::<Vec<_>, _>(|want| !failed.contains(&self.holder(want)));
            self.done.extend(met.0);
            self.wants.extend(met.1);
        }
        Ok(())
    }

    /// What those hold who leave, as far as it can be taken back.
    async fn take_back(&mut self) -> Result<(), Trouble> {
        for holder in self.leavers.clone() {
            let held = self.seats.iter().filter(|(_, who)| *who == holder).map(|(title, _)| title.as_str());
            let is_revocable = |title: &&str| self.assets.get(*title).is_some_and(|asset| asset.revocable);
            let (back, stays): (Vec<&str>, Vec<&str>) = held.partition(is_revocable);
            self.notes.extend(stays.iter().map(|title| format!("{title} stays with {holder}")));
            if !back.is_empty() {
                let body = body(&back, [holder.as_str()].into_iter());
                let begun = self.call("POST", "/assets/disassociate", Some(body)).await?;
                self.events.extend(begun["eventId"].as_str().map(|event| (event.to_owned(), Vec::new())));
            }
            self.leavers.retain(|leaver| *leaver != holder);
        }
        Ok(())
    }

    /// Who holds the licence of a want: the device, or where it cannot, its user.
    fn holder(&self, want: &Want) -> String {
        let is_assignable = self.assets.get(&want.title).is_none_or(|asset| asset.device_assignable);
        match &want.user {
            Some((user, _)) if !is_assignable => user.clone(),
            _ => want.holder.clone(),
        }
    }

    /// What is wanted and not there, title by title, no more at once than the service takes.
    async fn associate(&mut self) -> Result<(), Trouble> {
        let wants: Vec<Want> = std::mem::take(&mut self.wants);
        let (met, open): (Vec<Want>, Vec<Want>) =
            wants.into_iter().partition(|want| self.seats.contains(&(want.title.clone(), self.holder(want))));
        self.done.extend(met);
        self.wants = open;
        let titles: BTreeSet<String> = self.wants.iter().map(|want| want.title.clone()).collect();
        for title in titles {
            if self.assets.get(&title).is_none_or(|asset| asset.available == 0) {
                continue;
            }
            let of_title: Vec<Want> = self.wants.iter().filter(|want| want.title == title).cloned().collect();
            for some in of_title.chunks(self.most.max(1)) {
                let holders: BTreeSet<String> = some.iter().map(|want| self.holder(want)).collect();
                let body = body(&[&title], holders.iter().map(String::as_str));
                let begun = self.call("POST", "/assets/associate", Some(body)).await?;
                if let Some(event) = begun["eventId"].as_str() {
                    self.wants.retain(|want| !some.contains(want));
                    self.events.push((event.to_owned(), some.to_vec()));
                }
            }
        }
        Ok(())
    }

    /// The body of a good answer, which tells whose the location is, too.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> Result<Value, Trouble> {
        let answer = self.desk.ask(method, path, body).await.ok_or(Trouble::Broken)?;
        let told: Value = serde_json::from_str(&answer.text).map_err(|_| Trouble::Broken)?;
        let number = told["errorNumber"].as_u64().unwrap_or_default();
        if number != 0 || answer.status != 200 {
            let retry_after = answer.header("retry-after").map(str::to_owned);
            return Err(Trouble::Refused { number, retry_after });
        }
        let ours = self.mdm_info();
        if self.is_claimed && told["mdmInfo"].is_object() && told["mdmInfo"]["id"] != ours["id"] && !self.is_foreign {
            self.is_foreign = true;
            self.notes.push(format!("{} was taken by {}", self.desk.location, told["mdmInfo"]["name"]));
        }
        Ok(told)
    }
}
