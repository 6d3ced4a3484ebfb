//! Apps and books.

use serde::Serialize;

use super::errors::Refused;
use super::wire::product_type;
use super::{Answer, Call};
use crate::organization::content::Asset;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    adam_id_str: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_count: Option<u32>,
    device_assignable: bool,
    is_irrevocable: bool,
    pricing_param: &'static str,
    product_type_id: u8,
    product_type_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u32>,
}

impl Row {
    fn of(asset: &Asset, with_counts: bool) -> Self {
        let (product_type_id, product_type_name) = product_type(asset);
        let counts = with_counts.then(|| asset.shown());
        Self {
            adam_id_str: asset.key.adam_id.to_string(),
            assigned_count: counts.map(|counts| counts.assigned),
            available_count: counts.map(|counts| counts.available),
            device_assignable: asset.device_assignable,
            is_irrevocable: !asset.revocable,
            pricing_param: asset.key.pricing.name(),
            product_type_id,
            product_type_name,
            retired_count: counts.map(|counts| counts.retired),
            total_count: counts.map(|counts| counts.total),
        }
    }
}

/// `getVPPAssetsSrv`.
pub fn list(call: &Call<'_>) -> Result<Answer, Refused> {
    let with_counts = call.arguments.flag("includeLicenseCounts")?;
    let pricing = call.arguments.pricing()?;
    call.read(|_, location, answer| {
        let fits = |asset: &&Asset| pricing.is_none_or(|pricing| asset.key.pricing == pricing);
        let rows: Vec<_> = location.assets().iter().filter(fits).map(|asset| Row::of(asset, with_counts)).collect();
        let total = Some(rows.len()).filter(|count| *count > 0);
        Ok(answer.with_rows("assets", &rows).with_some("totalCount", total))
    })
}
