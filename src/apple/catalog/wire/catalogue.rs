//! The catalogue's resources (JSON:API).

use serde_json::{Map, Value, json};

use super::Asked;
use super::places::{amount, buy_params, device_families, group, icon, page};
use crate::catalog::store::{Details, Device, Genre, Kind, Storefront, Title, minimum_os};

/// A title; `None` for an app that runs on none of the platforms that are asked for.
pub fn resource(title: &Title, storefront: &Storefront, asked: &Asked, origin: &str) -> Option<Value> {
    let group = group(title.kind);
    let href = format!("/v1/catalog/{}/{group}/{}", storefront.code, title.adam_id);
    let attributes = match title.kind {
        Kind::App => app(title, storefront, asked, origin)?,
        Kind::Book => book(title, storefront, origin),
    };
    let genres: Vec<Value> = title.genre.line().map(|above| genre(above, storefront)).collect();
    Some(json!({
        "id": title.adam_id.to_string(),
        "type": group,
        "href": href,
        "attributes": attributes,
        "relationships": { "genres": { "href": format!("{href}/genres"), "data": genres } },
    }))
}

fn app(title: &Title, storefront: &Storefront, asked: &Asked, origin: &str) -> Option<Value> {
    let devices = title.devices.both(asked.devices);
    let first = devices.iter().next()?;
    let mut platforms = Map::new();
    for device in devices.iter() {
        platforms.entry(key(device)).or_insert_with(|| platform(title, device, asked, origin));
    }
    let details = Details::of(title);
    let mut attributes = json!({
        "artistName": title.developer,
        "artwork": icon(title, origin),
        "bundleId": title.bundle_id,
        "contentRatingsBySystem": { "appsApple": { "name": format!("{}+", details.age()), "rank": 1, "value": details.age() * 25 } },
        "deviceFamilies": device_families(title.devices),
        "externalVersionId": details.external_version_id(first),
        "genreDisplayName": title.genre.name,
        "hasEula": false,
        "isB2BCustomApp": title.is_custom(),
        "isFirstPartyHideableApp": false,
        "isIOSBinaryMacOSCompatible": false,
        "isVppDeviceBasedLicensingEnabled": title.device_assignable,
        "minimumOSVersion": minimum_os(first),
        "name": title.name,
        "offers": [offer(title, storefront, first)],
        "platformAttributes": platforms,
        "supportsDeviceSharing": false,
        "url": page(title, storefront),
        "userRating": rating(details),
        "usesClassKit": false,
    });
    if asked.extends("fileSizeByDevice") {
        attributes["fileSizeByDevice"] = json!({ "universal": details.bytes(Kind::App) });
    }
    Some(attributes)
}

/// The name of a device's platform among `platformAttributes`. That of the watch is not known.
fn key(device: Device) -> &'static str {
    match device {
        Device::IPhone | Device::IPad => "ios",
        Device::Mac => "osx",
        Device::Tv => "appletvos",
        Device::Watch => "watchos",
        Device::Vision => "xros",
    }
}

fn platform(title: &Title, device: Device, asked: &Asked, origin: &str) -> Value {
    let details = Details::of(title);
    let mut attributes = json!({
        "artwork": icon(title, origin),
        "bundleId": title.bundle_id,
        "externalVersionId": details.external_version_id(device),
        "minimumOSVersion": minimum_os(device),
        "requiredCapabilities": "",
        "seller": title.developer,
    });
    let version = json!({
        "versionDisplay": title.version,
        "releaseDate": details.updated().date(),
        "releaseTimestamp": details.updated(),
        "releaseNotes": "Bug fixes and performance improvements.",
    });
    if asked.extends("latestVersionInfo") {
        attributes["latestVersionInfo"] = version.clone();
    }
    if asked.extends("versionHistory") {
        attributes["versionHistory"] = json!([version]);
    }
    if asked.extends("description") {
        attributes["description"] = json!({ "standard": description(title) });
    }
    if asked.extends("languageList") {
        attributes["languageList"] = json!(["English"]);
    }
    for (name, path) in [("websiteUrl", ""), ("privacyPolicyUrl", "privacy"), ("supportURLForLanguage", "support")] {
        if asked.extends(name) {
            attributes[name] = json!(format!("https://example.com/{path}"));
        }
    }
    attributes
}

fn book(title: &Title, storefront: &Storefront, origin: &str) -> Value {
    let details = Details::of(title);
    json!({
        "artistName": title.developer,
        "artwork": icon(title, origin),
        "description": { "standard": description(title) },
        "genreNames": title.genre.line().map(|genre| genre.name).collect::<Vec<_>>(),
        "isExplicit": false,
        "name": title.name,
        "offers": [offer(title, storefront, Device::IPad)],
        "releaseDate": details.released().date(),
        "url": page(title, storefront),
        "userRating": rating(details),
    })
}

fn offer(title: &Title, storefront: &Storefront, device: Device) -> Value {
    let details = Details::of(title);
    json!({
        "assets": [{ "flavor": if title.kind == Kind::App { "iosSoftware" } else { "pub" }, "size": details.bytes(title.kind) }],
        "buyParams": buy_params(title, details.external_version_id(device)),
        "currencyCode": storefront.currency,
        "price": amount(title.cents),
        "priceFormatted": storefront.priced(title.cents),
        "type": if title.cents == 0 { "get" } else { "buy" },
    })
}

fn rating(details: Details) -> Value {
    json!({ "ratingCount": details.ratings(), "value": details.rating_tenths() as f64 / 10.0 })
}

/// What the stores say of a title.
pub fn description(title: &Title) -> String {
    format!("{} by {}. This text comes from a simulator.", title.name, title.developer)
}

/// A genre.
pub fn genre(genre: &Genre, storefront: &Storefront) -> Value {
    let mut attributes = json!({ "name": genre.name });
    if let Some(above) = genre.above() {
        attributes["parentId"] = json!(above.id.to_string());
        attributes["parentName"] = json!(above.name);
    }
    attributes["url"] = json!(format!("https://itunes.apple.com/{}/genre/id{}", storefront.code, genre.id));
    json!({
        "id": genre.id.to_string(),
        "type": "genres",
        "href": format!("/v1/catalog/{}/genres/{}", storefront.code, genre.id),
        "attributes": attributes,
    })
}

/// A storefront.
pub fn storefront(storefront: &Storefront) -> Value {
    json!({
        "id": storefront.code,
        "type": "storefronts",
        "href": format!("/v1/storefronts/{}", storefront.code),
        "attributes": {
            "defaultLanguageTag": storefront.languages.first(),
            "name": storefront.name,
            "supportedLanguageTags": storefront.languages,
        },
    })
}

/// What a search found, a page of each kind: so many titles after so many others.
pub fn groups(
    found: impl Iterator<Item = (Kind, Vec<Value>)>,
    storefront: &Storefront,
    term: &str,
    (limit, offset): (usize, usize),
) -> Value {
    let term = percent_encoding::utf8_percent_encode(term, percent_encoding::NON_ALPHANUMERIC);
    let mut results = Map::new();
    for (kind, resources) in found.filter(|(_, resources)| !resources.is_empty()) {
        let group = group(kind);
        let path = format!("/v1/catalog/{}/search?limit={limit}&term={term}&types={group}", storefront.code);
        let rest = resources.len().saturating_sub(offset) > limit;
        let page: Vec<Value> = resources.into_iter().skip(offset).take(limit).collect();
        let mut answer = json!({ "href": format!("{path}&offset={offset}"), "data": page });
        if rest {
            answer["next"] = json!(format!("{path}&offset={}", offset.saturating_add(limit)));
        }
        results.insert(group.to_owned(), answer);
    }
    json!({ "results": results })
}
