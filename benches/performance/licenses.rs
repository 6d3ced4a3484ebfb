//! Apps and Books: that a page costs the same however much there is, and what an event costs.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conditions::{undisturbed, used};
use crate::contest::Contest;
use crate::load::{Load, one_thread};
use crate::manager::Manager;
use crate::product::Product;
use crate::report::{Goal, Report, quantity};
use crate::sample::Sample;
use crate::scenario::{self, adam_id};
use crate::{Effort, Failure, throughput};

/// How much a location has.
struct Size {
    assets: usize,
    users: usize,
    /// Requests that assign, and assets in each: all of them for 500 users and 500 devices.
    requests: usize,
    assigned: usize,
}

const SMALL: Size = Size { assets: 1_000, users: 1_000, requests: 1, assigned: 1 };
const LARGE: Size = Size { assets: 5_000, users: 200_000, requests: 40, assigned: 25 };
/// Rows of a page.
const ROWS: usize = 1_000;
const LISTS: [&str; 3] = ["assets", "assignments", "users"];
/// What the largest page may cost beside the smallest.
const SAME: f64 = 1.2;
/// What part of the floor's rate a page should reach.
const OF_FLOOR: f64 = 0.60;
const CONNECTIONS: usize = 16;
/// What the largest request that there is may take of a processor, with all that it assigns. Nobody is notified.
const MILLISECONDS: f64 = 1_000.0;

impl Size {
    /// How many rows a list has.
    fn rows(&self, list: usize) -> usize {
        [self.assets, self.requests * self.assigned * ROWS, self.users][list]
    }
}

/// A product whose location has so much, and the requests for a page from the middle of each list.
struct Contender {
    dir: TempDir,
    product: Product,
    requests: [Arc<[u8]>; 3],
}

impl Contender {
    fn prepare(size: &Size) -> Result<Self, Failure> {
        let dir = tempfile::tempdir()?;
        let scenario = dir.path().join("scenario.yaml");
        fs::write(&scenario, scenario::library(size.assets))?;
        let product = Product::start(&scenario, &dir.path().join("certificates"))?;
        let requests = one_thread()?.block_on(async {
            let mut manager = Manager::enter(product.address).await?;
            for first in (0..size.users).step_by(100) {
                let users: Vec<Value> =
                    (first..first + 100).map(|number| json!({"clientUserId": user(number)})).collect();
                manager.call(&manager.request("/users/create", Some(&json!({ "users": users })))).await?;
            }
            manager.portal("POST", "clock", &json!({"advance": "60s"})).await?;
            for request in 0..size.requests {
                let half = request * ROWS / 2..(request + 1) * ROWS / 2;
                let users: Vec<String> = half.clone().map(user).collect();
                let body = json!({
                    "assets": assets(size.assigned), "clientUserIds": users,
                    "serialNumbers": half.map(serial).collect::<Vec<_>>(),
                });
                manager.event("/assets/associate", &body).await?;
            }
            let mut requests = Vec::new();
            for (list, name) in LISTS.into_iter().enumerate() {
                requests.push(middle(&mut manager, name, size.rows(list)).await?);
            }
            <[Arc<[u8]>; 3]>::try_from(requests).map_err(|_| Failure::from("there are three lists"))
        })?;
        Ok(Self { dir, product, requests })
    }

    fn load(&self, list: usize) -> Load {
        Load {
            server: self.product.id(),
            address: self.product.address,
            tls: None,
            connections: 1,
            request: Arc::clone(&self.requests[list]),
        }
    }
}

fn user(number: usize) -> String {
    format!("user-{number:07}")
}

fn serial(number: usize) -> String {
    format!("C02X{number:08}")
}

fn assets(count: usize) -> Vec<Value> {
    (0..count).map(|asset| json!({"adamId": adam_id(asset).to_string()})).collect()
}

/// The request for the page in the middle of a list of so many rows.
async fn middle(manager: &mut Manager, list: &str, rows: usize) -> Result<Arc<[u8]>, Failure> {
    let request = manager.request(&format!("/{list}?pageIndex={}", rows / ROWS / 2), None);
    let page: Value = serde_json::from_slice(&manager.call(&request).await?.body)?;
    let (here, pages) = (page["size"].as_u64(), page["totalPages"].as_u64());
    if (here, pages) != (Some(ROWS as u64), Some((rows / ROWS) as u64)) {
        return Err(format!("a page of {list} has {here:?} rows, and there are {pages:?} pages").into());
    }
    Ok(request.into())
}

pub fn measure(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let (small, large) = (Contender::prepare(&SMALL)?, Contender::prepare(&LARGE)?);
    pages(effort, report, &small, &large)?;
    events(effort, report, &large)?;
    drop(large);
    beside_the_floor(effort, report, small)
}

/// The same page of a large location and of a small one.
fn pages(effort: &Effort, report: &mut Report, small: &Contender, large: &Contender) -> Result<(), Failure> {
    let processes = [small.product.id(), large.product.id()];
    for (list, name) in LISTS.into_iter().enumerate() {
        let median = |one: &Contender| Ok::<_, Failure>(one.load(list).run(effort.load / 2)?.latency.median());
        let round = || Ok([median(small)?, median(large)?]);
        let rounds: Vec<[f64; 2]> =
            (0..effort.rounds).map(|_| Ok(undisturbed(&processes, round)?.0)).collect::<Result<_, Failure>>()?;
        let ratio = Sample::new(rounds.iter().map(|[small, large]| large / small)).median();
        let time = |which: usize| Sample::new(rounds.iter().map(|times| times[which] * 1e3)).median();
        let detail = format!("{} to {}", quantity(time(1), "µs"), quantity(time(0), "µs"));
        let name = format!("a page of {} {name} to one of 1,000", quantity(LARGE.rows(list) as f64, ""));
        report.note(&name, ratio, "×", Some(Goal::AtMost(SAME)), &detail);
    }
    Ok(())
}

/// The largest request that there is, at a location that has much already.
fn events(effort: &Effort, report: &mut Report, large: &Contender) -> Result<(), Failure> {
    let server = large.product.id();
    let serials: Vec<String> = (0..1_000).map(|number| format!("C02EVENT{number:04}")).collect();
    let body = json!({"assets": assets(25), "serialNumbers": serials});
    let mut times = [Vec::new(), Vec::new()];
    one_thread()?.block_on(async {
        let mut manager = Manager::enter(large.product.address).await?;
        for _ in 0..effort.rounds {
            for (path, times) in ["/assets/associate", "/assets/disassociate"].into_iter().zip(&mut times) {
                let before = used(server);
                let done = manager.event(path, &body).await?;
                times.push((done as f64, (used(server) - before) * 1e3));
            }
        }
        Ok::<_, Failure>(())
    })?;
    for (name, times) in ["associated", "disassociated"].into_iter().zip(times) {
        let time = Sample::new(times.iter().map(|(_, time)| *time)).median();
        let rate = Sample::new(times.iter().map(|(done, time)| done / time * 1e3)).median();
        let name = format!("25 assets for 1,000 devices, {name}");
        report.note(&name, time, "ms", Some(Goal::AtMost(MILLISECONDS)), &quantity(rate, "assignments/s"));
    }
    Ok(())
}

/// Pages, and requests that begin an event, beside the floor.
fn beside_the_floor(effort: &Effort, report: &mut Report, small: Contender) -> Result<(), Failure> {
    let Contender { dir, product, requests } = small;
    let mut names: Vec<String> = LISTS.iter().map(|list| format!("GET /{list}, 1,000 rows, plain")).collect();
    names.push("POST /assets/associate, one licence, plain".to_owned());
    let mut calls = Vec::new();
    one_thread()?.block_on(async {
        let mut manager = Manager::enter(product.address).await?;
        manager.portal("PATCH", "quirks", &json!({"event_latency": "0s"})).await?;
        let one =
            manager.request("/assets/associate", Some(&json!({"assets": assets(1), "serialNumbers": [serial(0)]})));
        for request in requests.iter().map(|request| request.to_vec()).chain([one]) {
            let answer = manager.call(&request).await?;
            calls.push((request, answer));
        }
        Ok::<_, Failure>(())
    })?;
    let contest = Contest::between(dir, product, calls)?;
    for (number, name) in names.iter().enumerate() {
        let rounds = contest.hold(number, false, CONNECTIONS, effort.load, effort.rounds)?;
        throughput::note(report, name, &rounds, OF_FLOOR);
    }
    Ok(())
}
