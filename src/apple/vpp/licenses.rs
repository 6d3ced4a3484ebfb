//! Licences, batch by batch.

use super::errors::Refused;
use super::users::{onward, step};
use super::wire::LicenseShown;
use super::{Answer, Call};
use crate::clock::Timestamp;
use crate::organization::content::{Holders, LicenseFilter};

/// `getVPPLicensesSrv`.
pub fn list(call: &Call<'_>) -> Result<Answer, Refused> {
    let filter = filter(call)?;
    call.place.organization.read(|books, now| {
        let step = step(call, books.quirks.page_size)?;
        let location = books.content.location(call.place.location);
        let batch = books.content.licenses_batch(call.place.location, filter, &step)?;
        let rows: Vec<_> = batch.items.iter().map(|row| LicenseShown::of(location, row)).collect();
        Ok(onward(call.begin(books, now), &batch.onward)
            .with("batchCount", rows.len())
            .with_some("ifModifiedSinceMillisOrig", batch.modified_since.map(|millis| millis.to_string()))
            .with_rows("licenses", &rows)
            .with_some("totalBatchCount", batch.batches.map(|batches| batches.to_string()))
            .with_some("totalCount", batch.total))
    })
}

fn filter(call: &Call<'_>) -> Result<LicenseFilter, Refused> {
    let arguments = call.arguments;
    let (adam_id, pricing) = (arguments.number("adamId")?, arguments.pricing()?);
    if pricing.is_some() && adam_id.is_none() {
        let missing = Refused::new("9600", "`pricingParam` is there without `adamId`");
        return Err(missing.saying("Missing \"adamId\" input parameter"));
    }
    let flags = ["assignedOnly", "userAssignedOnly", "deviceAssignedOnly"];
    let holders = match flags.map(|name| arguments.flag(name)) {
        [Ok(_), Ok(true), Ok(true)] => {
            return Err(Refused::argument("`userAssignedOnly` and `deviceAssignedOnly` exclude each other"));
        }
        [Ok(_), Ok(true), Ok(_)] => Holders::User,
        [Ok(_), Ok(_), Ok(true)] => Holders::Device,
        [Ok(true), Ok(_), Ok(_)] => Holders::Somebody,
        [Ok(_), Ok(_), Ok(_)] => Holders::Any,
        [Err(refused), ..] | [_, Err(refused), _] | [.., Err(refused)] => return Err(refused),
    };
    let serial_number = arguments.text("serialNumber")?.map(str::to_owned);
    Ok(LicenseFilter { adam_id, pricing, serial_number, holders, modified_since: modified_since(call)? })
}

/// `ifModifiedSince`, in milliseconds: a date, or milliseconds. 0 where it is absent.
fn modified_since(call: &Call<'_>) -> Result<i64, Refused> {
    let Some(text) = call.arguments.text("ifModifiedSince")? else { return Ok(0) };
    let millis = text.parse().ok().or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::millis));
    millis.ok_or_else(|| {
        Refused::new("9614", format!("`ifModifiedSince` is `{text}`, and no date such as 2026-09-01T08:00:00Z"))
    })
}
