//! Product and floor side by side, with the same answers.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio_rustls::TlsConnector;

use crate::Failure;
use crate::conditions::undisturbed;
use crate::connection::{Answer, trusting};
use crate::floor::Floor;
use crate::load::{Load, Outcome, one_thread};
use crate::mdm::Mdm;
use crate::product::Product;
use crate::scenario;

/// A call that is measured.
pub struct Event {
    pub name: &'static str,
    path: &'static str,
    body: Option<&'static str>,
}

/// The shortest answer there is, and pages short and long.
pub const EVENTS: [Event; 3] = [
    Event { name: "GET /account", path: "/account", body: None },
    Event { name: "POST /server/devices, 100 rows", path: "/server/devices", body: Some(r#"{"limit":100}"#) },
    Event { name: "POST /server/devices, 1,000 rows", path: "/server/devices", body: Some(r#"{"limit":1000}"#) },
];

/// A product and a floor that gives the same answers.
pub struct Contest {
    _dir: TempDir,
    product: Product,
    floor: Floor,
    tls: TlsConnector,
    requests: Vec<Arc<[u8]>>,
}

/// How both did in one round.
pub struct Round {
    pub product: Outcome,
    pub floor: Outcome,
    /// The share of the machine that other programs took.
    pub foreign: f64,
}

impl Contest {
    pub fn prepare() -> Result<Self, Failure> {
        let dir = tempfile::tempdir()?;
        let (scenario, certificates) = (dir.path().join("scenario.yaml"), dir.path().join("certificates"));
        fs::write(&scenario, scenario::generated(2_000, true))?;
        let product = Product::start(&scenario, &certificates)?;
        let mut calls = Vec::new();
        one_thread()?.block_on(async {
            let mut mdm = Mdm::sign_in(product.address).await?;
            for event in &EVENTS {
                let request = mdm.request(event.path, event.body);
                let answer = mdm.call(&request).await?;
                calls.push((request, answer));
            }
            Ok::<_, Failure>(())
        })?;
        Self::between(dir, product, calls)
    }

    /// A contest of these calls, with the answers that the product gave. Its certificates are in `dir`, under that name.
    pub fn between(dir: TempDir, product: Product, calls: Vec<(Vec<u8>, Answer)>) -> Result<Self, Failure> {
        let certificates = dir.path().join("certificates");
        let (requests, answers): (Vec<Vec<u8>>, Vec<Answer>) = calls.into_iter().unzip();
        let requests = requests.into_iter().map(Arc::from).collect();
        let floor = Floor::start(&certificates, &dir.path().join("answers"), &answers)?;
        let tls = trusting(&certificates)?;
        Ok(Self { _dir: dir, product, floor, tls, requests })
    }

    /// Puts both under the same load, one after the other, `rounds` times.
    pub fn hold(
        &self,
        event: usize,
        tls: bool,
        connections: usize,
        time: Duration,
        rounds: usize,
    ) -> Result<Vec<Round>, Failure> {
        let load = |server, address| Load {
            server,
            address,
            tls: tls.then(|| self.tls.clone()),
            connections,
            request: Arc::clone(&self.requests[event]),
        };
        let product = load(self.product.id(), self.product.address);
        let floor = load(self.floor.id(), self.floor.addresses[event][usize::from(tls)]);
        let turn = |number: usize| {
            let measured = undisturbed(&[self.product.id(), self.floor.id()], || {
                // Whoever comes first may find the processor cooler: they take turns.
                if number.is_multiple_of(2) {
                    let floor = floor.run(time)?;
                    Ok((product.run(time)?, floor))
                } else {
                    Ok((product.run(time)?, floor.run(time)?))
                }
            });
            measured.map(|((product, floor), foreign)| Round { product, floor, foreign })
        };
        (0..rounds).map(turn).collect()
    }
}
