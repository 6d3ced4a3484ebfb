//! An MDM as it is first written: it works where nothing goes wrong. Every mistake in it was made by somebody in earnest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::line::{Line, Trouble, accepted, profile, text};

/// How often it signs in, or asks again, before it gives up for this time.
const TRIES: usize = 20;

/// How many devices it looks at in one call.
const GLANCE: usize = 20;

/// The MDM: its connections and what it keeps of them.
#[derive(Default)]
pub struct Naive {
    connections: Vec<Connection>,
    /// Cursors by organisation, since an organisation surely has one server.
    cursors: HashMap<String, String>,
    /// The loop ended and nobody noticed.
    stopped: bool,
}

/// One server token with its devices.
struct Connection {
    line: Line,
    /// What the web interface has stored; `line` read it when the program started.
    uploaded: Value,
    org: Option<String>,
    profile: Option<String>,
    defined: usize,
    devices: BTreeMap<String, Device>,
    /// Devices that still need the profile: in memory.
    pending: BTreeSet<String>,
}

/// What it shows of a device.
#[derive(Clone, Default)]
struct Device {
    profile: String,
    status: String,
}

impl Naive {
    pub fn connect(&mut self, url: String, token: Value) {
        // The name that the library sends by itself.
        let line = Line::new(url, token.clone(), "Go-http-client/2.0");
        self.connections.push(Connection {
            line,
            uploaded: token,
            org: None,
            profile: None,
            defined: 0,
            devices: BTreeMap::new(),
            pending: BTreeSet::new(),
        });
    }

    /// The scheduler strikes: every connection in turn. What goes wrong with one ends the round for all, and a server that is not there ends
    /// the loop.
    pub async fn round(&mut self) {
        for connection in &mut self.connections {
            if self.stopped {
                return;
            }
            if let Err(trouble) = connection.visit(&mut self.cursors).await {
                self.stopped = matches!(trouble.status(), 0 | 500..);
                return;
            }
        }
    }

    /// The program starts anew.
    pub fn restart(&mut self) {
        self.stopped = false;
        for connection in &mut self.connections {
            connection.line.mdm.session = None;
            connection.line.mdm.token = connection.uploaded.clone();
            connection.pending.clear();
        }
    }

    /// An administrator uploads a token. The page first shows the account as it is.
    pub async fn upload(&mut self, place: usize, token: Value) {
        let connection = &mut self.connections[place];
        if connection.call("GET", "/account", None).await.is_ok() {
            connection.uploaded = token;
        }
    }

    /// The file that it hands out for the portal.
    pub const CERTIFICATE_FILE: &str = "mdm.crt";

    /// An administrator changes the profile for all devices.
    pub fn change_profile(&mut self, place: usize) {
        let connection = &mut self.connections[place];
        connection.profile = None;
        connection.pending.extend(connection.devices.keys().cloned());
    }

    pub fn lines(&mut self) -> impl Iterator<Item = &mut Line> {
        self.connections.iter_mut().map(|connection| &mut connection.line)
    }

    pub fn serials(&self, place: usize) -> BTreeSet<String> {
        self.connections[place].devices.keys().cloned().collect()
    }

    pub fn profile(&self, place: usize) -> String {
        self.connections[place].profile.clone().unwrap_or_default()
    }

    pub fn status(&self, place: usize, serial: &str) -> String {
        self.connections[place].devices.get(serial).cloned().unwrap_or_default().status
    }

    /// The profile with which it believes a device to be enrolled.
    pub fn enrolled_with(&self, place: usize, serial: &str) -> Option<String> {
        let device = self.connections[place].devices.get(serial)?;
        (device.status == "pushed").then(|| device.profile.clone())
    }
}

impl Connection {
    async fn visit(&mut self, cursors: &mut HashMap<String, String>) -> Result<(), Trouble> {
        let org = match &self.org {
            Some(org) => org.clone(),
            None => {
                let account = self.call("GET", "/account", None).await?;
                self.org.insert(text(&account, "org_id").to_owned()).clone()
            }
        };
        if self.profile.is_none() {
            self.defined += 1;
            let body = profile(self.defined, json!({"org_magic": "", "department": ""}));
            let defined = self.call("POST", "/profile", Some(body)).await?;
            self.profile = Some(text(&defined, "profile_uuid").to_owned());
        }
        match cursors.get(&org).cloned() {
            None => self.fetch(&org, cursors).await?,
            Some(cursor) => self.sync(&org, cursor, cursors).await?,
        }
        self.assign().await
    }

    /// Everything; the last page is the one that is not full.
    async fn fetch(&mut self, org: &str, cursors: &mut HashMap<String, String>) -> Result<(), Trouble> {
        let mut cursor = Value::Null;
        loop {
            let page = self.call("POST", "/server/devices", Some(json!({"cursor": cursor, "limit": 200}))).await?;
            let rows = parse(&page)?;
            cursors.insert(org.to_owned(), text(&page, "cursor").to_owned());
            self.take(&rows).await?;
            if rows.len() < 200 {
                return Ok(());
            }
            cursor = page["cursor"].clone();
        }
    }

    /// What changed, by kind: those that came, those that changed, those that left.
    async fn sync(
        &mut self,
        org: &str,
        mut cursor: String,
        cursors: &mut HashMap<String, String>,
    ) -> Result<(), Trouble> {
        loop {
            let page = match self.call("POST", "/devices/sync", Some(json!({ "cursor": cursor }))).await {
                Err(trouble) if matches!(trouble.body(), "EXPIRED_CURSOR" | "INVALID_CURSOR") => {
                    return self.fetch(org, cursors).await;
                }
                page => page?,
            };
            text(&page, "cursor").clone_into(&mut cursor);
            cursors.insert(org.to_owned(), cursor.clone());
            let rows = parse(&page)?;
            let of = |op: &str| rows.iter().filter(|row| text(row, "op_type") == op).cloned().collect::<Vec<_>>();
            self.take(&of("added")).await?;
            let known = of("modified").into_iter().filter(|row| self.devices.contains_key(text(row, "serial_number")));
            let known: Vec<Value> = known.collect();
            self.take(&known).await?;
            for row in of("deleted") {
                self.devices.remove(text(&row, "serial_number"));
                self.pending.remove(text(&row, "serial_number"));
            }
            if page["more_to_follow"] == false {
                return Ok(());
            }
        }
    }

    /// Devices in a page: those that have another profile get ours, and all are stored.
    async fn take(&mut self, rows: &[Value]) -> Result<(), Trouble> {
        let ours = self.profile.clone().unwrap_or_default();
        let new = rows.iter().filter(|row| text(row, "profile_uuid") != ours);
        let new: Vec<String> = new.map(|row| text(row, "serial_number").to_owned()).collect();
        if !new.is_empty() {
            self.pending.extend(new);
            self.assign().await?;
        }
        for row in rows {
            self.devices
                .entry(text(row, "serial_number").to_owned())
                .or_insert_with(|| Device { profile: ours.clone(), status: text(row, "profile_status").to_owned() });
        }
        Ok(())
    }

    /// Assigns the profile to all that need it, in one call, and has a look at them. Unless all worked, all are tried again next time.
    async fn assign(&mut self) -> Result<(), Trouble> {
        let ours = self.profile.clone().unwrap_or_default();
        for _ in 0..5 {
            if self.pending.is_empty() {
                return Ok(());
            }
            let body = json!({"profile_uuid": ours, "devices": self.pending});
            let answer = self.call("PUT", "/profile/devices", Some(body)).await?;
            let results = answer["devices"].as_object().cloned().unwrap_or_default();
            if results.len() < self.pending.len() || results.values().any(|result| result != "SUCCESS") {
                return Ok(());
            }
            let asked: Vec<String> = self.pending.iter().cloned().collect();
            for serials in asked.chunks(GLANCE) {
                let details = self.call("POST", "/devices", Some(json!({ "devices": serials }))).await?;
                for serial in serials {
                    let device = &details["devices"][serial];
                    if text(device, "profile_uuid") == ours {
                        let status = text(device, "profile_status").to_owned();
                        self.pending.remove(serial);
                        self.devices.insert(serial.clone(), Device { profile: ours.clone(), status });
                    }
                }
            }
        }
        Ok(())
    }

    /// A call; on 401 with a new session, at once, until it works.
    async fn call(&mut self, method: &str, path: &str, body: Option<Value>) -> Result<Value, Trouble> {
        for _ in 0..TRIES {
            if self.line.mdm.session.is_none() {
                self.sign_in().await?;
            }
            let answer = self.line.ask(method, path, body.as_ref()).await?;
            if answer.status != 401 {
                return accepted(&answer);
            }
            self.line.mdm.session = None;
        }
        Err(Trouble::Broken("no session holds".to_owned()))
    }

    async fn sign_in(&mut self) -> Result<(), Trouble> {
        let mut refused = Trouble::Broken(String::new());
        for _ in 0..TRIES {
            let answer = self.line.ask_for_session().await?;
            match accepted(&answer) {
                Ok(session) => {
                    self.line.mdm.session = Some(text(&session, "auth_session_token").to_owned());
                    return Ok(());
                }
                Err(trouble) => refused = trouble,
            }
        }
        Err(Trouble::NoSession { status: refused.status(), body: refused.body().to_owned() })
    }
}

/// The rows of a page, each of a family that the schema of the database knows.
fn parse(page: &Value) -> Result<Vec<Value>, Trouble> {
    let rows = page["devices"].as_array().cloned().unwrap_or_default();
    let known = ["", "iPhone", "iPad", "iPod", "Mac", "AppleTV"];
    match rows.iter().find(|row| !known.contains(&text(row, "device_family"))) {
        Some(row) => Err(Trouble::Refused {
            status: 422,
            body: format!("no such family: {}", row["device_family"]),
            retry_after: None,
        }),
        None => Ok(rows),
    }
}
