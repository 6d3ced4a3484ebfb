//! The public lookup's results.

use serde_json::{Value, json};

use super::catalogue::description;
use super::places::{amount, artwork, page};
use crate::catalog::store::{Details, Device, Kind, Storefront, Title, minimum_os};

/// Whether a title is an `entity` that is asked for. Without one everything is.
pub fn is(title: &Title, entity: Option<&str>) -> bool {
    let runs_on = |device| title.kind == Kind::App && title.devices.has(device);
    match entity {
        Some("software") => runs_on(Device::IPhone) || runs_on(Device::IPad),
        Some("iPadSoftware") => runs_on(Device::IPad),
        Some("macSoftware" | "desktopSoftware") => runs_on(Device::Mac),
        Some("tvSoftware") => runs_on(Device::Tv),
        Some("ebook") => title.kind == Kind::Book,
        _ => true,
    }
}

/// A title.
pub fn title(title: &Title, storefront: &Storefront, origin: &str) -> Value {
    let details = Details::of(title);
    let device = title.devices.iter().next().unwrap_or(Device::IPhone);
    let mac = device == Device::Mac && title.kind == Kind::App;
    let picture = |side: u32| {
        let side = side.to_string();
        artwork(title.adam_id, origin).replace("{w}", &side).replace("{h}", &side).replace("{f}", "png")
    };
    let mut result = json!({
        "kind": if title.kind == Kind::Book { "ebook" } else if mac { "mac-software" } else { "software" },
        "trackId": title.adam_id,
        "trackName": title.name,
        "artistId": Details::developer_id(title),
        "artistName": title.developer,
        "artworkUrl60": picture(60),
        "artworkUrl100": picture(100),
        "trackViewUrl": page(title, storefront),
        "price": amount(title.cents),
        "formattedPrice": storefront.priced(title.cents),
        "currency": storefront.currency,
        "releaseDate": details.released(),
        "genres": title.genre.line().map(|genre| genre.name).collect::<Vec<_>>(),
        "averageUserRating": details.rating_tenths() as f64 / 10.0,
        "userRatingCount": details.ratings(),
        "description": description(title),
    });
    if title.kind == Kind::App {
        let more = json!({
            "wrapperType": "software",
            "artworkUrl512": picture(512),
            "bundleId": title.bundle_id,
            "version": title.version,
            "sellerName": title.developer,
            "supportedDevices": supported_devices(title),
            "minimumOsVersion": minimum_os(device),
            "fileSizeBytes": details.bytes(title.kind).to_string(),
            "currentVersionReleaseDate": details.updated(),
            "primaryGenreId": title.genre.id,
            "primaryGenreName": title.genre.name,
            "genreIds": [title.genre.id.to_string()],
            "contentAdvisoryRating": format!("{}+", details.age()),
            "trackContentRating": format!("{}+", details.age()),
            "trackCensoredName": title.name,
            "languageCodesISO2A": ["EN"],
            "isGameCenterEnabled": false,
            "isVppDeviceBasedLicensingEnabled": title.device_assignable,
            "features": if title.is_universal() { json!(["iosUniversal"]) } else { json!([]) },
        });
        if let (Value::Object(result), Value::Object(more)) = (&mut result, more) {
            result.extend(more);
        }
    }
    result
}

/// A few models of each kind of device, each named twice as Apple does.
fn supported_devices(title: &Title) -> Vec<&'static str> {
    let models = title.devices.iter().flat_map(|device| match device {
        Device::IPhone => ["iPhone5s-iPhone5s", "iPhoneSE-iPhoneSE", "iPhone16-iPhone16"].as_slice(),
        Device::IPad => &["iPadAir-iPadAir", "iPadPro-iPadPro"],
        Device::Mac => &["MacDesktop-MacDesktop"],
        Device::Tv => &["AppleTV4-AppleTV4"],
        Device::Watch => &["Watch4-Watch4"],
        Device::Vision => &["RealityDevice-RealityDevice"],
    });
    models.copied().collect()
}
