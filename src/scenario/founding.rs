//! From a plan to an organisation, through the same verbs as everybody else.

use std::collections::HashMap;
use std::sync::Arc;

use super::goods::goods;
use super::happenings::plan_event;
use super::plan::{
    ClockPlan, DevicePlan, OrderPlan, OrderSource, OrganizationKind, OrganizationPlan, PersonPlan, ServerChoice,
    ServerPlan,
};
use super::stocking::add_location;
use crate::catalog::{SerialSequence, names};
use crate::clock::{Clock, Mode, Span, Timestamp};
use crate::faults::Faults;
use crate::organization::{
    Books, Identity, LineDraft, MdmServer, Nonces, OrderDraft, Person, Quirks, ServerWish, Source, Suppliers, Terms,
};
use crate::pki::{CertificateRefusal, MdmCertificate, ServerToken};
use crate::random::{self, Random};
use crate::secret::Secret;

/// What an organisation is founded with, besides its plan.
#[derive(Clone, Copy, Debug)]
pub struct Founding<'a> {
    /// Its id: credentials, ids and cursors are drawn for it.
    pub id: &'a str,
    /// What its contents (serial numbers, names) are drawn for: its own id, or that of the organisation that it is like.
    pub content: &'a str,
    /// The seed.
    pub seed: u64,
    /// The scenario's clock, behind the plan's own.
    pub clock: ClockPlan,
    /// The moment to which relative times refer where no clock names a start.
    pub began: Timestamp,
}

/// Why a plan cannot become an organisation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoundingMistake {
    /// The id is taken.
    #[error("there is an organisation `{0}` already")]
    IdTaken(String),
    /// A server's certificate is refused.
    #[error("the certificate of the server `{server}` is refused: {refusal}")]
    Certificate {
        /// The server's name.
        server: String,
        /// Why.
        refusal: CertificateRefusal,
    },
    /// A location cannot be as its plan says.
    #[error("the location `{location}` cannot be as planned: {why}")]
    Location {
        /// Its name.
        location: String,
        /// Why.
        why: String,
    },
}

/// Makes the books of an organisation.
pub fn found(plan: &OrganizationPlan, founding: Founding<'_>) -> Result<Books, FoundingMistake> {
    let mut content = Random::new(founding.seed, &format!("content of {}", founding.content));
    let mut random = Random::new(founding.seed, &format!("credentials of {}", founding.id));
    let start = plan.clock.start.or(founding.clock.start);
    let now = start.unwrap_or(founding.began);
    let identity = identity(plan, &mut content);
    let domain = names::domain_for(&identity.name);
    let people = people(&plan.people, &domain, &mut content);
    let terms = if plan.terms_signed { Terms::Signed { effective: Timestamp::default() } } else { Terms::Unsigned };
    let suppliers = plan.suppliers.as_ref().map(|known| Suppliers {
        customer_numbers: known.customer_numbers.clone(),
        reseller_ids: known.reseller_ids.clone(),
    });
    let serials = SerialSequence::new(content.number());
    let quirks = Quirks::default().patched(&plan.quirks).unwrap_or_default();
    let cursor_key = random.number();
    let mut books = Books::new(identity, Clock::new(now, Mode::Frozen, 1.0), random, content, serials);
    books.people = people;
    books.terms = terms;
    books.suppliers = suppliers;
    books.quirks = Arc::new(quirks);
    // By its content's name, so that organisations made alike have the same luck.
    books.faults = Faults::new(Random::new(founding.seed, &format!("faults of {}", founding.content)).number());
    for rule in &plan.faults {
        books.faults.add(rule.clone(), now);
    }
    for server in &plan.servers {
        add_server(&mut books, server, now, cursor_key)?;
    }
    let mut orders = Vec::new();
    for order in &plan.orders {
        orders.extend(books.draw_up(&draft(order), now));
    }
    // In the order of arrival, whatever the file's order: lists show devices in the order in which they came.
    orders.sort_by_key(|order| order.arrives);
    books.devices.reserve(orders.iter().map(|order| order.devices as usize).sum());
    for order in orders {
        let moment = order.arrives.min(now);
        if order.arrives <= now {
            books.enter_order(order, moment)
        } else {
            books.enter_order(order, now)
        };
    }
    for location in &plan.locations {
        add_location(&mut books, location, now)?;
    }
    books.clock = clock(plan.clock, founding.clock, start);
    // A timeline counts from what this very clock shows first: after a reset, and for one made like another, it plays anew.
    let begins = start.unwrap_or_else(|| books.clock.now());
    books.timeline.seed = Random::new(founding.seed, &format!("timeline of {}", founding.content)).number();
    for event in &plan.timeline {
        plan_event(&mut books, event, begins);
    }
    Ok(books)
}

/// The clock that plan and scenario ask for; from now and running, where they ask for nothing.
fn clock(own: ClockPlan, shared: ClockPlan, start: Option<Timestamp>) -> Clock {
    let mode = own.mode.or(shared.mode).unwrap_or_default();
    let rate = own.rate.or(shared.rate).unwrap_or(1.0);
    match start {
        None if mode == Mode::Running && rate == 1.0 => Clock::default(),
        start => Clock::new(start.unwrap_or_else(crate::clock::wall), mode, rate),
    }
}

fn identity(plan: &OrganizationPlan, random: &mut Random) -> Identity {
    let name = plan.name.clone().unwrap_or_else(|| names::company(random));
    let domain = names::domain_for(&name);
    let or = |given: &Option<String>, made: String| given.clone().unwrap_or(made);
    let phone = names::phone(random);
    let address = names::address(random);
    Identity {
        kind: match plan.kind {
            OrganizationKind::Business => "org",
            OrganizationKind::School => "edu",
        },
        org_id: (100_000 + random.below(900_000)).to_string(),
        org_id_hash: random.hex(64),
        email: or(&plan.email, format!("it@{domain}")),
        phone: or(&plan.phone, phone),
        address: or(&plan.address, address),
        name,
    }
}

fn people(plans: &[PersonPlan], domain: &str, random: &mut Random) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut taken: HashMap<String, u32> = HashMap::new();
    for plan in plans {
        for _ in 0..plan.count.max(1) {
            let made = names::person(random);
            let account = plan.managed_account.clone().unwrap_or_else(|| match &plan.name {
                Some(name) => format!("{}@{domain}", name.to_lowercase().replace(' ', ".")),
                None => names::email_for(&made, domain),
            });
            let uses = taken.entry(account.clone()).or_default();
            *uses += 1;
            let managed_account = match *uses {
                1 => account,
                nth => account.replacen('@', &format!("{nth}@"), 1),
            };
            let name = plan.name.clone().unwrap_or_else(|| made.to_string());
            people.push(Person::new(name, managed_account, plan.roles.clone()));
        }
    }
    people
}

/// Adds an MDM server with its first token.
pub fn add_server(
    books: &mut Books,
    plan: &ServerPlan,
    now: Timestamp,
    cursor_key: u64,
) -> Result<String, FoundingMistake> {
    let certificate = plan.certificate.as_ref().map(|pem| MdmCertificate::parse(pem.as_bytes())).transpose();
    let certificate =
        certificate.map_err(|refusal| FoundingMistake::Certificate { server: plan.name.clone(), refusal })?;
    let admin = plan.admin.clone().unwrap_or_else(|| books.first_administrator());
    let id = books.random.hex_upper(32);
    // A token is made a year before it ends, so that the moment in its access token fits its expiry.
    let expires = now + plan.token_expires_in;
    let made = now.min(expires - Span::from_days(365));
    let mut token = ServerToken::generate(&mut books.random, made, expires - made, None);
    if plan.depsim_credentials {
        token = ServerToken { expires_at: token.expires_at, ..depsim_token() };
    }
    books.servers.push(MdmServer {
        cursor_key: random::mix(cursor_key ^ random::hash(id.as_bytes())),
        id: id.clone(),
        name: plan.name.clone(),
        default_for: plan.default_for.clone(),
        allow_release: plan.allow_release,
        access_denied: false,
        certificate,
        token: Some(token),
        admin,
        token_generation: 1,
        last_consumer_key: None,
        last_token: None,
        dead_tokens: HashMap::new(),
        nonces: Nonces::default(),
        roster: Default::default(),
        log: Default::default(),
        service_discovery: None,
    });
    Ok(id)
}

/// The credentials that are built into MicroMDM for Apple's old depsim.
fn depsim_token() -> ServerToken {
    let consumer_key = "CK_48dd68d198350f51258e885ce9a5c37ab7f98543c4a697323d75682a6c10a32501cb247e3db08105db868f73f2c972bdb6ae77112aea803b9219eb52689d42e6";
    let consumer_secret = "CS_34c7b2b531a600d99a0e4edcf4a78ded79b86ef318118c2f5bcfee1b011108c32d5302df801adbe29d446eb78f02b13144e323eb9aad51c79f01e50cb45c3a68";
    let access_token = "AT_927696831c59ba510cfe4ec1a69e5267c19881257d4bca2906a99d0785b785a6f6fdeb09774954fdd5e2d0ad952e3af52c6d8d2f21c924ba0caf4a031c158b89";
    let access_secret = "AS_c31afd7a09691d83548489336e8ff1cb11b82b6bca13f793344496a556b1f4972eaff4dde6deb5ac9cf076fdfa97ec97699c34d515947b9cf9ed31c99dded6ba";
    ServerToken {
        consumer_key: consumer_key.to_owned(),
        consumer_secret: Secret::new(consumer_secret),
        access_token: Secret::new(access_token),
        access_secret: Secret::new(access_secret),
        expires_at: Timestamp::LAST,
    }
}

/// The draft of the orders that one plan asks for.
pub fn draft(plan: &OrderPlan) -> OrderDraft {
    OrderDraft {
        number: plan.number.clone(),
        count: plan.count.max(1),
        source: match &plan.source {
            OrderSource::Apple => Source::Apple,
            OrderSource::AppleCustomer(number) => Source::AppleCustomer(number.clone()),
            OrderSource::Reseller(id) => Source::Reseller(id.clone()),
        },
        placed: plan.placed,
        arrives: plan.arrives,
        lines: plan.devices.iter().map(line).collect(),
    }
}

fn line(plan: &DevicePlan) -> LineDraft {
    LineDraft {
        goods: goods(plan),
        server: match &plan.server {
            ServerChoice::Default => ServerWish::Default,
            ServerChoice::Unassigned => ServerWish::Unassigned,
            ServerChoice::Named(name) => ServerWish::Named(name.clone()),
        },
        asset_tag: plan.asset_tag.clone(),
        os_version: plan.os_version.clone(),
    }
}
