//! The simulator as a whole: settings and a scenario in, a running server out.
//!
//! The program's `serve` is a thin layer over this; tests in Rust use it directly:
//!
//! ```no_run
//! # async fn example() -> Result<(), abmsim::simulator::Failure> {
//! use abmsim::scenario::SourceFile;
//! use abmsim::simulator::{Settings, Simulator};
//!
//! let simulator = Simulator::start(Settings::default(), &[SourceFile::default_scenario()]).await?;
//! println!("{}", simulator.url());
//! simulator.stop().await?;
//! # Ok(())
//! # }
//! ```

mod app;
mod depsim;
mod exchange;
mod failure;
mod fault;
mod holdings;
mod register;
mod service;
mod settings;
mod state;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use app::{App, metrics};
pub use failure::Failure;
pub use settings::{Certificates, Compat, Settings};
pub use state::StateError;

use holdings::Ledgers;

use crate::apple::apps::{Apps, Trial, Trier};
use crate::apple::catalog::{Catalog, Holdings};
use crate::apple::enrollment::Enrollment;
use crate::apple::invitation::Invitation;
use crate::apple::vpp::Vpp;
use crate::clock::wall;
use crate::control::{Control, Gate};
use crate::directory::{Directory, Loaded, Origin as Made};
use crate::http::{Server, bind};
use crate::notifications::{Notifier, Trusted};
use crate::organization::Books;
use crate::pki::{APPLE_HOSTS, Authority, DeveloperKeys};
use crate::scenario::plan::{OrganizationPlan, Scenario};
use crate::scenario::{self, SourceFile, Surroundings};
use crate::secret::Secret;
use crate::telemetry::Telemetry;
use crate::telemetry::traces::Traces;

/// A running simulator. It stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    control_address: Option<SocketAddr>,
    ca_pem: String,
    control_token: Option<Secret>,
    token_was_made: bool,
    directory: Arc<Directory>,
    /// The organisations of the scenario, and the file in which all of them are to be kept.
    kept: Option<(Loaded, PathBuf)>,
    notifier: Arc<Notifier>,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Simulator {
    /// Reads the scenario files and starts serving them. Ready when this returns.
    pub async fn start(settings: Settings, files: &[SourceFile]) -> Result<Self, Failure> {
        let scenario = scenario::read(files, &Surroundings::house())?;
        Self::serve(settings, scenario).await
    }

    /// Starts serving a scenario.
    pub async fn serve(settings: Settings, mut scenario: Scenario) -> Result<Self, Failure> {
        if settings.compat == Some(Compat::Depsim) {
            depsim::disguise(&mut scenario);
        }
        let listener = bind(settings.listen)?;
        let address = listener.local_addr().map_err(Failure::Io)?;
        let mut listeners: Vec<TcpListener> = vec![listener];
        let mut control_address = None;
        if let Some(control) = settings.control_listen {
            let listener = bind(control)?;
            control_address = Some(listener.local_addr().map_err(Failure::Io)?);
            listeners.push(listener);
        }
        let notifier = Arc::new(Notifier::new(Trusted::new(settings.webhook_ca.clone())?));
        let authority = authority(&settings)?;
        let ca_pem = authority.ca_pem().to_owned();
        let tls = Arc::new(authority.server_config()?);
        let (directory, loaded) = directory(&settings, scenario)?;
        let kept = settings.state.clone().map(|path| (loaded.clone(), path));
        let loopback = control_address.unwrap_or(address).ip().is_loopback();
        let token_was_made = settings.control_token.is_none() && !loopback;
        let control_token = settings.control_token.or_else(|| token_was_made.then(make_token));
        let public = settings.public_url;
        let names = settings.names.into_iter().chain(public.iter().map(|public| public.host.clone())).collect();
        let gate = Gate { token: control_token.clone(), listener: control_address.map(|_| 1), loopback, names };
        let (traces, exporter) = settings.traces.map(Traces::new).unzip();
        let telemetry = Arc::new(Telemetry { metrics: app::metrics(), log: settings.request_log, traces });
        let traffic = telemetry.metrics.traffic();
        let (stop, stopping) = watch::channel(false);
        let holdings: Arc<dyn Holdings> = Arc::new(Ledgers(directory.clone()));
        let developer_keys = Arc::new(DeveloperKeys::default());
        let control = Control {
            directory: directory.clone(),
            holdings: holdings.clone(),
            developer_keys: developer_keys.clone(),
            loaded,
            ca_pem: ca_pem.clone(),
            public: public.clone(),
            gate,
            notifier: notifier.clone(),
            telemetry,
            stopping: stopping.clone(),
        };
        let enrollment = Enrollment::new(directory.clone(), public.clone());
        let catalog = Catalog::new(directory.clone(), public.clone(), holdings, developer_keys);
        let vpp = Vpp::new(directory.clone(), public.clone());
        let apps = Apps::new(directory.clone(), public, Some(trier(notifier.clone())));
        let invitation = Invitation::new(directory.clone());
        let app = App::new(enrollment, apps, vpp, invitation, catalog, control, settings.compat)?;
        let server = Server::new(Arc::new(app), listeners, tls, APPLE_HOSTS.iter().copied(), settings.limits);
        tokio::spawn(notifier.clone().run(directory.clone(), stopping.clone()));
        let mut stopped = stopping;
        let serving = server.counting(traffic).run(async move { _ = stopped.wait_for(|stop| *stop).await });
        let running = match exporter {
            Some(exporter) => tokio::spawn(exporter.run_beside(serving)),
            None => tokio::spawn(serving),
        };
        Ok(Self {
            address,
            control_address,
            ca_pem,
            control_token,
            token_was_made,
            directory,
            kept,
            notifier,
            stop,
            running,
        })
    }

    /// Makes the organisations of a scenario without serving them: each by id with the books that it would begin with, in which nothing has
    /// happened yet.
    pub fn rehearse(settings: &Settings, mut scenario: Scenario) -> Result<Vec<(String, Books)>, Failure> {
        if settings.compat == Some(Compat::Depsim) {
            depsim::disguise(&mut scenario);
        }
        let directory = Directory::new(settings.seed.or(scenario.seed).unwrap_or_default());
        let loaded = origins(&directory, scenario);
        loaded.into_iter().map(|(id, made)| Ok((id.clone(), directory.draft(&id, &made)?))).collect()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the control API listens, if not with everything else.
    pub fn control_address(&self) -> Option<SocketAddr> {
        self.control_address
    }

    /// Where it is reached on this machine, over TLS.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { [0, 0, 0, 0, 0, 0, 0, 1].into() });
        }
        format!("https://{address}")
    }

    /// The certificate to trust, PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The control token, where one is asked for.
    pub fn control_token(&self) -> Option<&Secret> {
        self.control_token.as_ref()
    }

    /// The control token that was made because none was set, and that nobody knows yet.
    pub fn made_token(&self) -> Option<&Secret> {
        self.control_token.as_ref().filter(|_| self.token_was_made)
    }

    /// The organisations that it serves.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What sends notifications.
    pub fn notifier(&self) -> &Arc<Notifier> {
        &self.notifier
    }

    /// Stops: running exchanges may come to their end, within the drain limit. Then the state is saved, where that was asked for.
    ///
    /// # Errors
    ///
    /// Where the state cannot be saved.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.stop.send_replace(true);
        _ = (&mut self.running).await;
        match &self.kept {
            Some((loaded, path)) => Ok(state::save(&self.directory, loaded, path)?),
            None => Ok(()),
        }
    }
}

/// Tries addresses that clients want to be notified at.
fn trier(notifier: Arc<Notifier>) -> Trier {
    Arc::new(move |trial: Trial| {
        let notifier = notifier.clone();
        Box::pin(async move {
            let Trial { organization, location, url, token } = trial;
            notifier.test(&organization, location, &url, token.expose()).await
        })
    })
}

fn authority(settings: &Settings) -> Result<Authority, Failure> {
    Ok(match &settings.certificates {
        Certificates::Kept(folder) => Authority::open_or_create(folder, &settings.names, wall())?,
        Certificates::InMemory => Authority::in_memory(&settings.names, wall())?,
    })
}

/// The organisations of a scenario, and what they were made from.
fn directory(settings: &Settings, scenario: Scenario) -> Result<(Arc<Directory>, Loaded), Failure> {
    let directory = Directory::new(settings.seed.or(scenario.seed).unwrap_or_default()).with_journals(settings.journal);
    let loaded = origins(&directory, scenario);
    match &settings.state {
        Some(path) => state::restore(&directory, &loaded, path)?,
        None => {
            for (id, made) in &loaded {
                directory.found(id, made.clone())?;
            }
        }
    }
    Ok((Arc::new(directory), loaded))
}

/// What the organisations of a scenario are made from.
fn origins(directory: &Directory, scenario: Scenario) -> Loaded {
    let (began, clock) = (wall(), scenario.clock);
    let made = |plan: OrganizationPlan| {
        let id = plan.id.clone().unwrap_or_else(|| directory.make_id());
        (id.clone(), Made { plan: Arc::new(plan), content: id, clock, began })
    };
    scenario.organizations.into_iter().map(made).collect()
}

/// A control token for people to copy from the banner. It guards a door, so it does not come from the seed.
fn make_token() -> Secret {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system has randomness");
    Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
