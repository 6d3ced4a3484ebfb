//! A simulator for one test.

use abmsim::scenario::SourceFile;
use abmsim::simulator::{Settings, Simulator};

use super::{ContentManager, MdmServer, Portal, VppClient};

/// A simulator that serves one scenario and ends with the test.
pub struct World {
    simulator: Simulator,
}

/// A frozen clock, two servers and three named devices at the first of them; one more is at none.
const SMALL: &str = "
version: 1
seed: 7
clock: {start: 2026-09-01T08:00:00Z, mode: frozen}
organizations:
  - id: acme
    name: Acme Corporation
    servers:
      - name: Primary MDM
      - name: Second MDM
    people:
      - {name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}
    orders:
      - number: W100000001
        placed: -30d
        devices:
          - {serial: C02PHONE0001, model: iPhone 16, color: BLACK, capacity: 128GB, server: Primary MDM}
          - {serial: C02PAD000002, model: iPad Air, server: Primary MDM}
          - {serial: C02MAC000003, model: MacBook Pro, server: Primary MDM}
          - {serial: C02SPARE0004, model: iPhone 16, server: null}
    quirks: {lag: {profile: 0s}}
";

impl World {
    /// The small scenario: frozen at 2026-09-01T08:00:00Z, four named devices, no lag.
    pub async fn small() -> Self {
        Self::of(SMALL).await
    }

    /// A scenario given as text.
    pub async fn of(scenario: &str) -> Self {
        Self::with(Settings::default(), scenario).await
    }

    /// A scenario given as text, with settings.
    pub async fn with(settings: Settings, scenario: &str) -> Self {
        let file = SourceFile::new("test.yaml", scenario);
        let simulator = Simulator::start(settings, &[file]).await.unwrap_or_else(|failure| panic!("{failure}"));
        Self { simulator }
    }

    /// The simulator itself.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Stops it, as `serve` does on SIGTERM.
    pub async fn stop(self) {
        self.simulator.stop().await.unwrap_or_else(|failure| panic!("{failure}"));
    }

    /// Its address, plain.
    pub fn url(&self) -> String {
        format!("http://{}", self.simulator.address())
    }

    /// An administrator of `acme`.
    pub fn portal(&self) -> Portal {
        self.portal_of("acme")
    }

    /// An administrator of an organisation.
    pub fn portal_of(&self, organization: &str) -> Portal {
        Portal::new(self.url(), organization)
    }

    /// An MDM server with the live token of the server of this name in `acme`, signed in.
    pub async fn mdm(&self, server: &str) -> MdmServer {
        let mut mdm = self.portal().mdm(server).await;
        mdm.sign_in().await.expect_ok();
        mdm
    }

    /// An MDM server with the first content token of a location of `acme`.
    pub fn content_manager(&self, location: &str) -> ContentManager {
        self.content_manager_of("acme", location)
    }

    /// An MDM server of the old days with the first content token of a location of `acme`.
    pub fn vpp_client(&self, location: &str) -> VppClient {
        VppClient::like(&self.content_manager(location))
    }

    /// A content manager of another organisation.
    pub fn content_manager_of(&self, organization: &str, location: &str) -> ContentManager {
        let organization = self.simulator.directory().organization(organization).unwrap();
        let token = organization.read(|books, _| {
            let location = books.content.find_location(location).unwrap();
            books.content.location(location).tokens[0].text.expose().to_owned()
        });
        ContentManager::new(self.url(), token)
    }
}
