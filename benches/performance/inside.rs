//! What the work itself costs, by calling the enrolment room as the HTTP layer does.

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::sync::Arc;

use abmsim::apple::apps::Apps;
use abmsim::apple::catalog::{Catalog, Holdings, NoHoldings};
use abmsim::apple::enrollment::{Enrollment, Handler, ROUTES};
use abmsim::apple::invitation::Invitation;
use abmsim::apple::vpp::Vpp;
use abmsim::apple::{Reply, Room as _};
use abmsim::clock::{Stopwatch, wall};
use abmsim::control::{Control, Gate};
use abmsim::directory::{Directory, Origin};
use abmsim::http::{Answer, App as _, Params, Request, Response, Scheme, Via};
use abmsim::journal;
use abmsim::organization::{Cursor, Place};
use abmsim::pki::oauth1::authorize;
use abmsim::pki::{DeveloperKeys, ServerToken};
use abmsim::scenario::plan::{ClockPlan, DevicePlan, ModelPlan, OrderPlan, OrganizationPlan, ServerChoice, ServerPlan};
use abmsim::simulator::{App, metrics};
use abmsim::telemetry::Telemetry;
use http::StatusCode;
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::report::{Goal, Report, quantity};
use crate::sample::Sample;
use crate::scenario::{ORGANIZATION, SERVER};
use crate::{Effort, Failure};

const DEVICES: u32 = 2_000;
const ROWS: f64 = 1_000.0;
const SIGN_INS: usize = 2_000;
const LARGE: u32 = 10_000;
const SMALL: u32 = 10;

pub fn measure(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let room = Room::furnish()?;
    let nonces: Vec<Request> = (0..SIGN_INS).map(|number| room.sign_in(number)).collect::<Result<_, _>>()?;
    let clock = Stopwatch::start();
    for request in &nonces {
        room.answer("enrollment.session", request)?;
    }
    let each = clock.elapsed().as_secs_f64() / SIGN_INS as f64;
    report.note("signing in (OAuth 1.0a)", each * 1e6, "µs", None, &quantity(1.0 / each, "/s"));

    let answer = room.answer("enrollment.session", &room.sign_in(SIGN_INS)?)?;
    let session: Value = serde_json::from_slice(answer.body().bytes().unwrap_or_default())?;
    let session = session["auth_session_token"].as_str().unwrap_or_default();
    let account = request("GET", "/account", session, "3", "")?;
    let time = microseconds(effort, || room.answer("enrollment.account", &account))?;
    report.note("GET /account", time, "µs", None, "");
    for version in ["3", "10"] {
        let page = request("POST", "/server/devices", session, version, r#"{"limit":1000}"#)?;
        let time = microseconds(effort, || room.answer("enrollment.fetch_devices", &page))?;
        let name = format!("a row of a page, protocol version {version}");
        let detail = format!("{} for 1,000 rows", quantity(time, "µs"));
        report.note(&name, time / ROWS * 1e3, "ns", None, &detail);
    }

    isolation(effort, report)?;
    journal_beside_a_page(effort, report)?;

    let place = Place::Fetching { after: 500_000, until: 1_000_000, since: 0 };
    let cursor = Cursor { place, issued: wall() }.encode(42);
    let decoded = || Cursor::decode(&cursor, 42).map_err(|_| "a cursor does not read as it was written".into());
    report.note("reading a cursor", microseconds(effort, decoded)? * 1e3, "ns", None, "");
    Ok(())
}

/// What an organisation of its own costs a test.
fn isolation(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let directory = Directory::new(42);
    let origin = |plan: OrganizationPlan, content: &str| Origin {
        plan: Arc::new(plan),
        content: content.to_owned(),
        clock: ClockPlan::default(),
        began: wall(),
    };
    directory.found("large", origin(plan(LARGE), "large"))?;
    let large = directory.entry("large").ok_or("the organisation is gone")?;
    let mut forks = Vec::new();
    let mut creations = Vec::new();
    for _ in 0..effort.rounds * 20 {
        let clock = Stopwatch::start();
        black_box(directory.fork(&large, "fork", |_| ()).map_err(|taken| format!("{taken:?}"))?);
        forks.push(clock.elapsed().as_secs_f64() * 1e3);
        directory.remove("fork");
        let clock = Stopwatch::start();
        black_box(directory.found("small", origin(plan(SMALL), "small"))?);
        creations.push(clock.elapsed().as_secs_f64() * 1e3);
        directory.remove("small");
    }
    let fork = Sample::new(forks).median();
    report.note("forking an organisation of 10,000 devices", fork, "ms", Some(Goal::AtMost(5.0)), "");
    let creation = Sample::new(creations).median();
    report.note("creating an organisation of 10 devices", creation, "ms", Some(Goal::AtMost(1.0)), "");
    let clock = Stopwatch::start();
    let document = directory.snapshot(&large.organization)?;
    let detail = quantity(document.len() as f64 / 1e6, "MB");
    report.note("a snapshot of 10,000 devices", clock.elapsed().as_secs_f64() * 1e3, "ms", None, &detail);
    Ok(())
}

/// How much longer a page takes when it is entered in the journal: the whole way from a request to its answer, with and without.
fn journal_beside_a_page(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    /// The most that the journal may add to a page of a thousand rows.
    const GOAL: f64 = 1.05;
    let (with, without) = (House::furnish(journal::MEMORY)?, House::furnish(0)?);
    let mut times = [Vec::new(), Vec::new()];
    // In turns, so that what disturbs one disturbs the other.
    for _ in 0..effort.rounds {
        for (house, times) in [&with, &without].into_iter().zip(&mut times) {
            times.push(microseconds(effort, || house.page())?);
        }
    }
    let [with, without] = times.map(|times| Sample::new(times).median());
    let detail = format!("{} to {}", quantity(with, "µs"), quantity(without, "µs"));
    report.note(
        "a page of 1,000 rows with the journal, to without",
        with / without,
        "×",
        Some(Goal::AtMost(GOAL)),
        &detail,
    );
    Ok(())
}

/// The whole simulator without a network, and a client in a session.
struct House {
    app: App,
    page: Request,
}

impl House {
    fn furnish(journal: usize) -> Result<Self, Failure> {
        let room = Room::with_journals(journal)?;
        let (_, stopping) = watch::channel(false);
        let holdings: Arc<dyn Holdings> = Arc::new(NoHoldings);
        let developer_keys = Arc::new(DeveloperKeys::default());
        let catalog =
            Catalog::new(Arc::clone(&room.directory), None, Arc::clone(&holdings), Arc::clone(&developer_keys));
        let control = Control {
            directory: Arc::clone(&room.directory),
            holdings,
            developer_keys,
            loaded: Vec::new(),
            ca_pem: String::new(),
            public: None,
            gate: Gate { token: None, listener: None, loopback: true, names: Vec::new() },
            stopping,
            notifier: Default::default(),
            telemetry: Arc::new(Telemetry { metrics: metrics(), log: None, traces: None }),
        };
        let answer = room.answer("enrollment.session", &room.sign_in(0)?)?;
        let session: Value = serde_json::from_slice(answer.body().bytes().unwrap_or_default())?;
        let session = session["auth_session_token"].as_str().unwrap_or_default();
        let page = request("POST", "/server/devices", session, "10", r#"{"limit":1000}"#)?;
        let vpp = Vpp::new(Arc::clone(&room.directory), None);
        let invitation = Invitation::new(Arc::clone(&room.directory));
        let apps = Apps::new(room.directory, None, None);
        Ok(Self { app: App::new(room.enrollment, apps, vpp, invitation, catalog, control, None)?, page })
    }

    fn page(&self) -> Result<Response, Failure> {
        let Request { via, head, body } = &self.page;
        match self.app.answer(Request { via: *via, head: head.clone(), body: body.clone() }) {
            Answer::Now(answer) if answer.status() == StatusCode::OK => Ok(answer),
            _ => Err("a page is refused".into()),
        }
    }
}

/// The median time of many calls.
fn microseconds<T>(effort: &Effort, mut call: impl FnMut() -> Result<T, Failure>) -> Result<f64, Failure> {
    const CALLS: u32 = 200;
    let mut times = Vec::new();
    for _ in 0..effort.rounds * 5 {
        let clock = Stopwatch::start();
        for _ in 0..CALLS {
            black_box(call()?);
        }
        times.push(clock.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
    }
    Ok(Sample::new(times).median())
}

/// The enrolment room with one organisation.
struct Room {
    directory: Arc<Directory>,
    enrollment: Enrollment,
    token: ServerToken,
}

impl Room {
    fn furnish() -> Result<Self, Failure> {
        Self::with_journals(journal::MEMORY)
    }

    fn with_journals(bytes: usize) -> Result<Self, Failure> {
        let directory = Arc::new(Directory::new(42).with_journals(bytes));
        let plan = Arc::new(plan(DEVICES));
        let origin = Origin { plan, content: ORGANIZATION.to_owned(), clock: ClockPlan::default(), began: wall() };
        let organization = directory.found(ORGANIZATION, origin)?;
        let token = organization.read(|books, _| books.servers[0].token.clone()).ok_or("the server has no token")?;
        let enrollment = Enrollment::new(Arc::clone(&directory), None);
        Ok(Self { directory, enrollment, token })
    }

    fn sign_in(&self, number: usize) -> Result<Request, Failure> {
        let url = "https://mdmenrollment.apple.com/session";
        let signature = authorize("GET", url, &self.token, wall(), &number.to_string())?;
        let head = http::Request::get("/session").header("Authorization", signature);
        Ok(arrived(head, "")?)
    }

    /// The answer to `request`, which must be 200.
    fn answer(&self, operation: &str, request: &Request) -> Result<Response, Failure> {
        let handler = handler(operation)?;
        let visitor = self.enrollment.visitor(Some(handler), request);
        let Reply::Now(said) = self.enrollment.answer(handler, &Params::default(), &visitor, request, &[]) else {
            return Err(format!("{operation} does not answer at once").into());
        };
        let answer = said.response;
        match answer.status() {
            StatusCode::OK => Ok(answer),
            status => Err(format!("{operation} answers {status}").into()),
        }
    }
}

fn plan(count: u32) -> OrganizationPlan {
    let devices = DevicePlan {
        model: ModelPlan::Catalog("iPhone 16".to_owned()),
        serial: None,
        count,
        color: None,
        capacity: None,
        server: ServerChoice::Named(SERVER.to_owned()),
        asset_tag: None,
        os_version: None,
        more: Map::new(),
    };
    let order = OrderPlan { count: 1, devices: vec![devices], ..OrderPlan::default() };
    OrganizationPlan {
        terms_signed: true,
        servers: vec![ServerPlan::named(SERVER)],
        orders: vec![order],
        ..OrganizationPlan::default()
    }
}

fn handler(operation: &str) -> Result<Handler, Failure> {
    let route = ROUTES.iter().find(|route| route.operation == operation);
    Ok(route.ok_or_else(|| format!("there is no operation {operation}"))?.handler)
}

fn request(method: &str, path: &str, session: &str, version: &str, body: &str) -> Result<Request, http::Error> {
    let head = http::Request::builder()
        .method(method)
        .uri(path)
        .header("User-Agent", "bench/1")
        .header("Content-Type", "application/json;charset=UTF8")
        .header("X-ADM-Auth-Session", session)
        .header("X-Server-Protocol-Version", version);
    arrived(head, body)
}

/// A request as the HTTP layer hands it on.
fn arrived(head: http::request::Builder, body: &str) -> Result<Request, http::Error> {
    let (head, ()) = head.header("Host", "localhost").body(())?.into_parts();
    let here = (Ipv4Addr::LOCALHOST, 8443).into();
    let via = Via { scheme: Scheme::Https, peer: here, local: here, listener: 0, stands_in: false };
    Ok(Request { via, head, body: body.to_owned().into() })
}
