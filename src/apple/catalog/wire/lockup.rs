//! The lookup of before (`contentMetadataLookup`): one "lockup" for each title.

use serde_json::{Value, json};

use super::catalogue::description;
use super::places::{amount, buy_params, device_families, icon, page};
use crate::catalog::store::{Details, Device, Kind, Storefront, Title};
use crate::clock::Timestamp;
use crate::http::Query;

/// The whole answer. Even with a good content token it says that nobody is authenticated, as Apple does.
pub fn answer(country: &str, storefront: Option<u32>, query: &Query<'_>, results: Value) -> Value {
    let language = query.get("l").filter(|language| !language.is_empty()).unwrap_or("en").to_lowercase();
    let country = country.to_lowercase();
    let tag = if language.contains('-') { language } else { format!("{language}-{country}") };
    json!({
        "isAuthenticated": false,
        "meta": {
            "language": { "tag": tag },
            "storefront": { "cc": country.to_uppercase(), "id": storefront.map(|id| id.to_string()) },
        },
        "results": results,
        "version": 2,
    })
}

/// A title.
pub fn title(title: &Title, storefront: &Storefront, origin: &str) -> Value {
    let details = Details::of(title);
    let genres: Vec<Value> = title
        .genre
        .line()
        .map(|genre| {
            let url = format!("https://itunes.apple.com/{}/genre/id{}", storefront.code, genre.id);
            json!({ "genreId": genre.id.to_string(), "mediaType": media_type(title.kind), "name": genre.name, "url": url })
        })
        .collect();
    let developer = Details::developer_id(title).to_string();
    let mut lockup = json!({
        "id": title.adam_id.to_string(),
        "name": title.name,
        "nameRaw": title.name,
        "kind": kind(title),
        "artistId": developer,
        "artistName": title.developer,
        "artistUrl": format!("https://apps.apple.com/{}/developer/id{developer}", storefront.code),
        "artwork": icon(title, origin),
        "contentRatingsBySystem": { "appsApple": { "name": format!("{}+", details.age()), "rank": 1, "value": details.age() * 25 } },
        "copyright": format!("© {}", title.developer),
        "description": { "standard": description(title) },
        "genreNames": title.genre.line().map(|genre| genre.name).collect::<Vec<_>>(),
        "genres": genres,
        "releaseDate": details.released().date(),
        "offers": [offer(title, storefront)],
        "shortUrl": format!("https://appsto.re/{}/id{}", storefront.code, title.adam_id),
        "url": page(title, storefront),
        "userRating": {
            "value": details.rating_tenths() as f64 / 10.0,
            "ratingCount": details.ratings(),
        },
    });
    if title.kind == Kind::App {
        lockup["bundleId"] = json!(title.bundle_id);
        lockup["deviceFamilies"] = json!(device_families(title.devices));
        lockup["is32bitOnly"] = json!(false);
        lockup["latestVersionReleaseDate"] = json!(in_words(details.updated()));
        lockup["whatsNew"] = json!("Bug fixes and performance improvements.");
    }
    lockup
}

fn kind(title: &Title) -> &'static str {
    match title.kind {
        Kind::Book => "epubBook",
        // An app for the Mac alone; what else a universal app runs on does not change its kind.
        Kind::App if title.devices.iter().all(|device| device == Device::Mac) => "desktopApp",
        Kind::App => "iosSoftware",
    }
}

fn media_type(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "8",
        Kind::Book => "11",
    }
}

fn offer(title: &Title, storefront: &Storefront) -> Value {
    let details = Details::of(title);
    let device = title.devices.iter().next().unwrap_or(Device::IPhone);
    let version = details.external_version_id(device);
    let mut offer = json!({
        "actionText": { "short": if title.cents == 0 { "Get" } else { "Buy" } },
        "assets": [{ "flavor": if title.kind == Kind::App { "iosSoftware" } else { "pub" }, "size": details.bytes(title.kind) }],
        "buyParams": buy_params(title, version),
        "price": amount(title.cents),
        "priceFormatted": storefront.priced(title.cents),
        "type": if title.cents == 0 { "get" } else { "buy" },
    });
    if let Some(display) = &title.version {
        offer["version"] = json!({ "display": display, "externalId": version });
    }
    offer
}

/// A date as `Jan 23, 2026`.
fn in_words(moment: Timestamp) -> String {
    let written = moment.http_date();
    let mut parts = written.split(' ').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    let (day, month, year) = (next(), next(), next());
    format!("{month} {}, {year}", day.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_words_is_american() {
        let moment: Timestamp = "2026-01-03T10:00:00Z".parse().unwrap();
        assert_eq!(in_words(moment), "Jan 3, 2026");
    }
}
