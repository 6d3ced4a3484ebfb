//! That a page costs the same however many devices there are.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conditions::undisturbed;
use crate::load::{Load, one_thread};
use crate::mdm::Mdm;
use crate::product::Product;
use crate::report::{Goal, Report, quantity};
use crate::sample::Sample;
use crate::scenario::{self, ORDER, ORGANIZATION, SERVER};
use crate::{Effort, Failure};

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
const ROWS: usize = 1_000;
const LISTS: [&str; 2] = ["/server/devices", "/devices/sync"];
const GOAL: f64 = 1.2;

/// A product with so many devices, all of them in the list and in the change log, and the requests for a page from the middle of both.
struct Contender {
    _dir: TempDir,
    product: Product,
    requests: [Arc<[u8]>; 2],
}

impl Contender {
    fn prepare(devices: usize) -> Result<Self, Failure> {
        let dir = tempfile::tempdir()?;
        let scenario = dir.path().join("scenario.yaml");
        fs::write(&scenario, scenario::generated(devices, false))?;
        let product = Product::start(&scenario, &dir.path().join("certificates"))?;
        let requests = one_thread()?.block_on(async {
            let mut mdm = Mdm::sign_in(product.address).await?;
            let empty = page(&mut mdm, LISTS[0], None).await?;
            let assignment = json!({"order": ORDER, "server": SERVER}).to_string();
            let assign = mdm.request(&format!("/_sim/orgs/{ORGANIZATION}/assignments"), Some(&assignment));
            mdm.call(&assign).await?;
            let fetch = middle(&mut mdm, LISTS[0], None, devices).await?;
            let sync = middle(&mut mdm, LISTS[1], Some(empty), devices).await?;
            Ok::<_, Failure>([fetch.into(), sync.into()])
        })?;
        Ok(Self { _dir: dir, product, requests })
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

fn body(cursor: Option<&str>) -> String {
    match cursor {
        Some(cursor) => json!({"cursor": cursor, "limit": ROWS}),
        None => json!({"limit": ROWS}),
    }
    .to_string()
}

/// Asks for a page; answers the cursor to the next.
async fn page(mdm: &mut Mdm, list: &str, cursor: Option<&str>) -> Result<String, Failure> {
    let request = mdm.request(list, Some(&body(cursor)));
    let answer: Value = serde_json::from_slice(&mdm.call(&request).await?.body)?;
    Ok(answer["cursor"].as_str().ok_or("a page has no cursor")?.to_owned())
}

/// The request for the page in the middle of a list.
async fn middle(mdm: &mut Mdm, list: &str, first: Option<String>, devices: usize) -> Result<Vec<u8>, Failure> {
    let mut cursor = first;
    for _ in 0..devices / ROWS / 2 {
        cursor = Some(page(mdm, list, cursor.as_deref()).await?);
    }
    let request = mdm.request(list, Some(&body(cursor.as_deref())));
    let answer: Value = serde_json::from_slice(&mdm.call(&request).await?.body)?;
    match answer["devices"].as_array().map_or(0, Vec::len) {
        ROWS => Ok(request),
        rows => Err(format!("the page in the middle of {list} has {rows} rows").into()),
    }
}

pub fn measure(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let contenders: Vec<Contender> = SIZES.into_iter().map(Contender::prepare).collect::<Result<_, _>>()?;
    let processes: Vec<u32> = contenders.iter().map(|contender| contender.product.id()).collect();
    for (list, name) in LISTS.into_iter().enumerate() {
        let round = || contenders.iter().map(|one| Ok(one.load(list).run(effort.load / 2)?.latency.median())).collect();
        let rounds: Vec<Vec<f64>> =
            (0..effort.rounds).map(|_| Ok(undisturbed(&processes, round)?.0)).collect::<Result<_, Failure>>()?;
        for (number, size) in SIZES.into_iter().enumerate().skip(1) {
            let ratio = Sample::new(rounds.iter().map(|times| times[number] / times[0])).median();
            let time = |number: usize| Sample::new(rounds.iter().map(|times| times[number] * 1e3)).median();
            let detail = format!("{} to {}", quantity(time(number), "µs"), quantity(time(0), "µs"));
            let name = format!("{name}, of {} to 1,000", quantity(size as f64, "devices"));
            report.note(&name, ratio, "×", Some(Goal::AtMost(GOAL)), &detail);
        }
    }
    Ok(())
}
