//! What the simulator keeps in memory.

use std::fs;

use crate::conditions::resident;
use crate::product::Product;
use crate::report::{Goal, Report, quantity};
use crate::scenario;
use crate::{Effort, Failure};

const DEVICES: usize = 1_000_000;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

pub fn measure(_: &Effort, report: &mut Report) -> Result<(), Failure> {
    let empty = resident_with(&scenario::empty())?;
    report.note("an empty organisation", empty / MEBIBYTE, "MiB", Some(Goal::AtMost(8.0)), "");
    let full = resident_with(&scenario::generated(DEVICES, true))?;
    let each = (full - empty) / DEVICES as f64;
    let detail = format!("{} in all", quantity(full / MEBIBYTE, "MiB"));
    report.note("each of 1,000,000 devices", each, "bytes", Some(Goal::AtMost(100.0)), &detail);
    Ok(())
}

fn resident_with(text: &str) -> Result<f64, Failure> {
    let dir = tempfile::tempdir()?;
    let scenario = dir.path().join("scenario.yaml");
    fs::write(&scenario, text)?;
    let certificates = dir.path().join("certificates");
    // The first start makes certificates, which no later one does.
    drop(Product::start(&scenario, &certificates)?);
    resident(Product::start(&scenario, &certificates)?.id())
}
