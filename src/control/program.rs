//! What is asked of the program itself: `/_sim/ready`, `/_sim/ca.pem`, `/_sim/metrics`, `/_sim/fidelity`, `/_sim/openapi.json`.

use serde_json::json;

use super::{Call, Control, Problem, Reply, openapi};
use crate::fidelity::Ledger;
use crate::telemetry::metrics::{CONTENT_TYPE, Standing};
use crate::telemetry::traces::Traces;

/// `GET /_sim/ready`: whoever gets an answer can begin.
pub fn ready(call: &Call<'_>) -> Result<Reply, Problem> {
    let organizations = call.control.directory.len();
    Ok(Reply::json(&json!({"ready": true, "version": env!("CARGO_PKG_VERSION"), "organizations": organizations})))
}

/// `GET /_sim/ca.pem`: the certificate to trust.
pub fn ca(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::other("application/x-pem-file", call.control.ca_pem.clone()))
}

/// `GET /_sim/metrics`: numbers for Prometheus.
pub fn metrics(call: &Call<'_>) -> Result<Reply, Problem> {
    let Control { directory, telemetry, .. } = call.control;
    let organizations = directory.organizations();
    let sent = call.control.notifier.counts();
    let mut standing = Standing {
        organizations: organizations.len(),
        sessions_opened: directory.sessions_opened(),
        lines_dropped: telemetry.log.as_ref().map_or(0, |log| log.sink.dropped()),
        notifications: (sent.taken, sent.not_taken),
        spans: telemetry.traces.as_ref().map(Traces::delivered),
        ..Standing::default()
    };
    for journal in organizations.iter().map(|organization| &organization.journal).chain([&directory.journal]) {
        let (entries, bytes) = journal.held();
        standing.journal_entries += entries;
        standing.journal_bytes += bytes;
    }
    standing.devices = organizations.iter().map(|one| one.read(|books, _| books.devices.len())).sum();
    Ok(Reply::other(CONTENT_TYPE, telemetry.metrics.page(&standing)))
}

/// `GET /_sim/fidelity`: the ledger of behaviours.
pub fn fidelity(_: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&json!({"items": Ledger::get().entries})))
}

/// `GET /_sim/openapi.json`: this API.
pub fn openapi(_: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&openapi::document()))
}
