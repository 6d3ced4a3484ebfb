//! What the simulator keeps in memory.

use std::fs;

use crate::conditions::Resident;
use crate::product::Product;
use crate::report::{Goal, Report, quantity};
use crate::scenario;
use crate::{Effort, Failure};

const DEVICES: usize = 1_000_000;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

pub fn measure(_: &Effort, report: &mut Report) -> Result<(), Failure> {
    let empty = resident_with(&scenario::empty())?;
    let detail = format!("{} without the program's own text", quantity(empty.own / MEBIBYTE, "MiB"));
    report.note("an empty organisation", empty.all / MEBIBYTE, "MiB", Some(Goal::AtMost(8.0)), &detail);
    let full = resident_with(&scenario::generated(DEVICES, true))?;
    let each = (full.all - empty.all) / DEVICES as f64;
    let detail = format!("{} in all", quantity(full.all / MEBIBYTE, "MiB"));
    report.note("each of 1,000,000 devices", each, "bytes", Some(Goal::AtMost(100.0)), &detail);
    Ok(())
}

fn resident_with(text: &str) -> Result<Resident, Failure> {
    let dir = tempfile::tempdir()?;
    let scenario = dir.path().join("scenario.yaml");
    fs::write(&scenario, text)?;
    let certificates = dir.path().join("certificates");
    // The first start makes certificates, which no later one does.
    drop(Product::start(&scenario, &certificates)?);
    Resident::of(Product::start(&scenario, &certificates)?.id())
}
