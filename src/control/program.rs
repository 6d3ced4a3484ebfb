//! What is asked of the program itself: `/_sim/ready`, `/_sim/ca.pem`, `/_sim/fidelity`, `/_sim/openapi.json`.

use serde_json::json;

use super::{Call, Problem, Reply, openapi};
use crate::fidelity::Ledger;

/// `GET /_sim/ready`: whoever gets an answer can begin.
pub fn ready(call: &Call<'_>) -> Result<Reply, Problem> {
    let organizations = call.control.directory.len();
    Ok(Reply::json(&json!({"ready": true, "version": env!("CARGO_PKG_VERSION"), "organizations": organizations})))
}

/// `GET /_sim/ca.pem`: the certificate to trust.
pub fn ca(call: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::other("application/x-pem-file", call.control.ca_pem.clone()))
}

/// `GET /_sim/fidelity`: the ledger of behaviours.
pub fn fidelity(_: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&json!({"items": Ledger::get().entries})))
}

/// `GET /_sim/openapi.json`: this API.
pub fn openapi(_: &Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply::json(&openapi::document()))
}
