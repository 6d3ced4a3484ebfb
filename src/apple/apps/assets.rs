//! Calls on assets.

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::Call;
use super::errors::Refused;
use super::handlers::begin;
use super::query::{Parameters, pricing, title_number};
use super::wire::{self, Common, Digits, MdmInfo, Paging};
use crate::apple::json::{self, Object};
use crate::organization::content::{
    Asset, AssetFilter, AssetKey, AssetVerb, ManageAssets, PageOf, Pricing, RevokeAssets, TitleKind,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    adam_id: Digits,
    assigned_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_count: Option<u32>,
    device_assignable: bool,
    pricing_param: &'static str,
    product_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_count: Option<u32>,
    revocable: bool,
    supported_platforms: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u32>,
}

impl<'a> Row<'a> {
    /// `counted`: with the counts that an asset without end has not.
    fn of(asset: &'a Asset, counted: bool) -> Self {
        let counts = asset.shown();
        let count = |count: u32| counted.then_some(count);
        Self {
            adam_id: Digits(asset.key.adam_id),
            assigned_count: counts.assigned,
            available_count: count(counts.available),
            device_assignable: asset.device_assignable,
            pricing_param: asset.key.pricing.name(),
            product_type: match asset.kind {
                TitleKind::App => "App",
                TitleKind::Book => "Book",
            },
            retired_count: count(counts.retired),
            revocable: asset.revocable,
            supported_platforms: &asset.platforms,
            total_count: count(counts.total),
        }
    }
}

/// Rows that are written one by one.
struct Rows<'a> {
    assets: &'a [&'a Asset],
    /// Those without end, those with one, or all.
    unlimited: Option<bool>,
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wanted = self.assets.iter().filter(|asset| self.unlimited.is_none_or(|is| asset.unlimited == is));
        serializer.collect_seq(wanted.map(|asset| Row::of(asset, self.unlimited != Some(true))))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    assets: Rows<'a>,
    current_page_index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    mdm_info: Option<MdmInfo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_index: Option<u32>,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expiration_date: Option<String>,
    total_pages: u32,
    u_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlimited_assets: Option<Rows<'a>>,
    version_id: &'a str,
}

fn page(page: &PageOf<&Asset>, apart: bool, common: Common<'_>) -> Vec<u8> {
    let Paging { index, next, size, pages } = Paging::of(page);
    let Common { mdm_info, token_expiration_date, uid } = common;
    json::write(&Page {
        assets: Rows { assets: &page.items, unlimited: apart.then_some(false) },
        current_page_index: index,
        mdm_info,
        next_page_index: next,
        size,
        token_expiration_date,
        total_pages: pages,
        u_id: uid,
        unlimited_assets: apart.then_some(Rows { assets: &page.items, unlimited: Some(true) }),
        version_id: &page.version,
    })
}

/// `GET /assets`.
pub fn list(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let parameters = Parameters::of(call);
    let kind = parameters.text("productType").map(|kind| match kind {
        "App" => Ok(TitleKind::App),
        "Book" => Ok(TitleKind::Book),
        other => Err(Refused::argument(format!("productType is `{other}` and not App or Book"))),
    });
    let filter = AssetFilter {
        adam_id: parameters.adam_id()?,
        kind: kind.transpose()?,
        pricing: parameters.pricing()?,
        revocable: parameters.flag("revocable")?,
        device_assignable: parameters.flag("deviceAssignable")?,
        max_available: parameters.count("maxAvailableCount")?,
        min_available: parameters.count("minAvailableCount")?,
        max_assigned: parameters.count("maxAssignedCount")?,
        min_assigned: parameters.count("minAssignedCount")?,
        unlimited: parameters.flag("unlimited")?,
    };
    let index = parameters.page()?;
    call.read(|books, location, common| {
        let assets = location.assets_page(&filter, index, books.quirks.page_size)?;
        Ok(page(&assets, filter.unlimited == Some(true), common))
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    assets: Option<Vec<Object<Named>>>,
    client_user_ids: Option<Vec<String>>,
    serial_numbers: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    adam_id: String,
    pricing_param: Option<String>,
}

impl Named {
    fn key(&self) -> Result<AssetKey, Refused> {
        let number = || Refused::argument(format!("adamId is `{}` and no number", self.adam_id));
        let adam_id = title_number(&self.adam_id).ok_or_else(number)?;
        let pricing = self.pricing_param.as_deref().filter(|name| !name.is_empty()).map(pricing).transpose()?;
        Ok(AssetKey { adam_id, pricing: pricing.unwrap_or(Pricing::Standard) })
    }
}

/// `POST /assets/associate`.
pub fn associate(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    manage(call, AssetVerb::Associate)
}

/// `POST /assets/disassociate`.
pub fn disassociate(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    manage(call, AssetVerb::Disassociate)
}

fn manage(call: &Call<'_>, verb: AssetVerb) -> Result<Vec<u8>, Refused> {
    let body: Body = wire::read(&call.request.body)?;
    let request = ManageAssets {
        assets: body.assets.unwrap_or_default().iter().map(|Object(named)| named.key()).collect::<Result<_, _>>()?,
        client_user_ids: body.client_user_ids.unwrap_or_default(),
        serial_numbers: body.serial_numbers.unwrap_or_default(),
    };
    begin(call, |books, now| books.manage_assets(call.place.location, verb, request, now))
}

/// `POST /assets/revoke`.
pub fn revoke(call: &Call<'_>) -> Result<Vec<u8>, Refused> {
    let body: Body = wire::read(&call.request.body)?;
    let request = RevokeAssets {
        client_user_ids: body.client_user_ids.unwrap_or_default(),
        serial_numbers: body.serial_numbers.unwrap_or_default(),
    };
    begin(call, |books, now| books.revoke_assets(call.place.location, request, now))
}
