//! What the careful client does with one of its connections.

use std::collections::{BTreeMap, HashMap};

use abmsim::clock::{Span, Timestamp};
use serde_json::{Value, json};

use super::line::{Line, Trouble, accepted, profile, text};

/// Devices in one assignment: what Apple asks for.
const BATCH: usize = 1_000;

/// One server token with what is kept for its server.
pub struct Connection {
    pub line: Line,
    /// The server's id.
    pub identity: Option<String>,
    /// The page that the account offers.
    page: u64,
    cursor: Option<String>,
    /// When everything was last fetched.
    fetched: Option<Timestamp>,
    pub devices: BTreeMap<String, Device>,
    pub profile: Option<String>,
    defined: usize,
    pub not_before: Option<Timestamp>,
    pub failures: u32,
    pub dead: bool,
    /// What people should know.
    pub notes: Vec<String>,
    method: &'static str,
}

/// What is known of a device.
#[derive(Clone, Default)]
pub struct Device {
    pub profile: String,
    pub status: String,
    /// The profile that it really has, by the last time it was turned on.
    pub enrolled_with: Option<String>,
    pushed: String,
    /// The date of the row that this was learnt from.
    at: String,
    /// When the profile was last assigned.
    assigned: String,
    /// When the profile may be assigned again, and how often that failed.
    rests: Option<Timestamp>,
    failures: u32,
}

impl Connection {
    pub fn new(line: Line) -> Self {
        Self {
            line,
            identity: None,
            page: 0,
            cursor: None,
            fetched: None,
            devices: BTreeMap::new(),
            profile: None,
            defined: 0,
            not_before: None,
            failures: 0,
            dead: false,
            notes: Vec::new(),
            method: "POST",
        }
    }

    /// Lists first, profiles then.
    pub async fn visit(&mut self, now: Timestamp) -> Result<(), Trouble> {
        if self.identity.is_none() {
            self.identify().await?;
        }
        self.list(now).await?;
        self.provide(now).await
    }

    /// Whose token this is.
    pub async fn identify(&mut self) -> Result<(), Trouble> {
        let account = self.call("GET", "/account", None).await?;
        self.identity = Some(text(&account, "server_uuid").to_owned());
        let urls = account["urls"].as_array().into_iter().flatten();
        let offered = urls.filter(|url| url["uri"] == "/server/devices");
        self.page = offered.filter_map(|url| url["limit"]["maximum"].as_u64()).next().unwrap_or(100);
        Ok(())
    }

    /// Everything once a day and where the cursor is no good; else what changed.
    async fn list(&mut self, now: Timestamp) -> Result<(), Trouble> {
        let lately = self.fetched.is_some_and(|at| now < at + Span::from_days(1));
        match self.cursor.clone().filter(|_| lately) {
            None => self.fetch(now).await,
            Some(cursor) => match self.sync(cursor).await {
                Err(trouble) if trouble.status() == 400 && trouble.body().contains("_CURSOR") => self.fetch(now).await,
                done => done,
            },
        }
    }

    async fn fetch(&mut self, now: Timestamp) -> Result<(), Trouble> {
        let mut seen: Vec<String> = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let page =
                self.call("POST", "/server/devices", Some(json!({"cursor": cursor, "limit": self.page}))).await?;
            for row in page["devices"].as_array().into_iter().flatten() {
                seen.push(text(row, "serial_number").to_owned());
                self.learn(row);
            }
            let repeated = page["cursor"] == cursor;
            cursor = page["cursor"].clone();
            if page["more_to_follow"] == false || repeated {
                break;
            }
        }
        seen.sort_unstable();
        self.devices.retain(|serial, _| seen.binary_search(serial).is_ok());
        self.cursor = cursor.as_str().map(str::to_owned);
        self.fetched = Some(now);
        Ok(())
    }

    /// Rows in their order; the cursor is kept when its page is.
    async fn sync(&mut self, mut cursor: String) -> Result<(), Trouble> {
        loop {
            let body = json!({"cursor": cursor, "limit": self.page});
            let page = self.call("POST", "/devices/sync", Some(body)).await?;
            for row in page["devices"].as_array().into_iter().flatten() {
                let known = self.devices.get(text(row, "serial_number"));
                // Dates in this form sort as texts.
                if known.is_some_and(|known| known.at.as_str() > text(row, "op_date")) {
                    continue;
                }
                match text(row, "op_type") {
                    "deleted" => _ = self.devices.remove(text(row, "serial_number")),
                    _ => self.learn(row),
                }
            }
            let next = text(&page, "cursor").to_owned();
            let repeated = next == cursor;
            self.cursor = Some(next.clone());
            cursor = next;
            if page["more_to_follow"] == false || repeated {
                return Ok(());
            }
        }
    }

    /// What a row, or the details, say of a device. A date of nothing is older than all others.
    fn learn(&mut self, row: &Value) {
        let device = self.devices.entry(text(row, "serial_number").to_owned()).or_default();
        text(row, "op_date").clone_into(&mut device.at);
        let (pushed, assigned) = (text(row, "profile_push_time"), text(row, "profile_assign_time"));
        if assigned < device.assigned.as_str() {
            return; // A row from before our last assignment, which comes late.
        }
        text(row, "profile_uuid").clone_into(&mut device.profile);
        text(row, "profile_status").clone_into(&mut device.status);
        // Pushed before it was assigned: the device has what it was given then.
        if !pushed.is_empty() && pushed != device.pushed && pushed >= assigned {
            pushed.clone_into(&mut device.pushed);
            device.enrolled_with = Some(device.profile.clone());
        }
    }

    /// Every device that lacks the profile gets it, unless it has to rest.
    async fn provide(&mut self, now: Timestamp) -> Result<(), Trouble> {
        let ours = match &self.profile {
            Some(ours) => ours.clone(),
            None => {
                self.defined += 1;
                let defined = self.call("POST", "/profile", Some(profile(self.defined, json!({})))).await?;
                self.profile.insert(text(&defined, "profile_uuid").to_owned()).clone()
            }
        };
        let lacks =
            |device: &Device| device.profile != ours || !matches!(device.status.as_str(), "assigned" | "pushed");
        let waits = |device: &Device| device.rests.is_some_and(|until| now < until);
        let devices = self.devices.iter().filter(|(_, device)| lacks(device) && !waits(device));
        let serials: Vec<String> = devices.map(|(serial, _)| serial.clone()).collect();
        for batch in serials.chunks(BATCH) {
            self.assign(&ours, batch, now).await?;
        }
        Ok(())
    }

    async fn assign(&mut self, ours: &str, batch: &[String], now: Timestamp) -> Result<(), Trouble> {
        let body = json!({"profile_uuid": ours, "devices": batch});
        let answer = match self.call(self.method, "/profile/devices", Some(body.clone())).await {
            Err(trouble) if trouble.status() == 405 => {
                self.method = if self.method == "POST" { "PUT" } else { "POST" };
                self.call(self.method, "/profile/devices", Some(body)).await?
            }
            answer => answer?,
        };
        let told = answer["retry_after_seconds"].as_i64();
        let mut doubtful = Vec::new();
        let results: HashMap<&String, &str> =
            batch.iter().map(|serial| (serial, text(&answer["devices"], serial))).collect();
        for (serial, result) in results {
            let Some(device) = self.devices.get_mut(serial) else { continue };
            match result {
                "SUCCESS" => {
                    ours.clone_into(&mut device.profile);
                    device.assigned = now.to_string();
                    let status = if device.enrolled_with.is_some() { "pushed" } else { "assigned" };
                    status.clone_into(&mut device.status);
                    (device.rests, device.failures) = (None, 0);
                }
                "THROTTLED" => device.rests = Some(now + told.map_or(Span::from_days(1), Span::from_seconds)),
                "FAILED" => {
                    device.failures += 1;
                    let days = if device.failures > 3 { 1 } else { 0 };
                    device.rests =
                        Some(now + Span::from_days(days) + Span::from_seconds(600 << device.failures.min(3)));
                }
                _ => {
                    device.rests = Some(now + Span::from_seconds(3_600));
                    doubtful.push(serial.clone());
                }
            }
        }
        self.look_up(&doubtful).await
    }

    /// What details say of devices of which an answer said nothing, or that they are not ours.
    async fn look_up(&mut self, serials: &[String]) -> Result<(), Trouble> {
        if serials.is_empty() {
            return Ok(());
        }
        let details = self.call("POST", "/devices", Some(json!({ "devices": serials }))).await?;
        for serial in serials {
            let mut device = details["devices"][serial].clone();
            match text(&device, "response_status") {
                "NOT_ACCESSIBLE" | "NOT_FOUND" => _ = self.devices.remove(serial),
                "SUCCESS" => {
                    device["serial_number"] = json!(serial);
                    self.learn(&device);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A call; where the session is gone, once more with another.
    async fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> Result<Value, Trouble> {
        let mut is_second = false;
        loop {
            if self.line.mdm.session.is_none() {
                self.sign_in().await?;
            }
            let answer = self.line.ask(method, path, body.as_ref()).await?;
            if let Some(named) = answer.header("x-adm-auth-session") {
                self.line.mdm.session = Some(named.to_owned());
            }
            let is_gone = answer.status == 401 || (answer.status == 403 && answer.text.contains("FORBIDDEN"));
            if !is_gone || is_second {
                return accepted(&answer);
            }
            self.line.mdm.session = None;
            is_second = true;
        }
    }

    /// Opens a session. Where the clocks are apart, the right time is in the refusal.
    async fn sign_in(&mut self) -> Result<(), Trouble> {
        let mut answer = self.line.ask_for_session().await?;
        let apart = answer.header("date").and_then(apart).unwrap_or_default();
        if answer.status == 401 && (apart - self.line.skew).abs() > 60 {
            let before = std::mem::replace(&mut self.line.skew, apart);
            answer = self.line.ask_for_session().await?;
            if answer.status == 401 {
                self.line.skew = before; // That was not it.
            } else {
                self.notes.push(format!("this machine's clock is {apart} seconds off Apple's"));
            }
        }
        match accepted(&answer) {
            Ok(session) => {
                self.line.mdm.session = Some(text(&session, "auth_session_token").to_owned());
                Ok(())
            }
            Err(Trouble::Refused { status, body, retry_after: None }) => Err(Trouble::NoSession { status, body }),
            Err(trouble) => Err(trouble),
        }
    }
}

/// How many seconds the time in a `Date` header is ahead of this machine's clock.
fn apart(date: &str) -> Option<i64> {
    let at = httpdate::parse_http_date(date).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(i64::try_from(at.as_secs()).ok()? - i64::from(abmsim::clock::wall().seconds()))
}
