//! Names and addresses that several forms share.

use serde_json::{Value, json};

use crate::catalog::store::{Details, Device, Devices, Kind, LARGEST, Storefront, Title};

/// The catalogue's name for titles of a kind.
pub fn group(kind: Kind) -> &'static str {
    match kind {
        Kind::App => "apps",
        Kind::Book => "books",
    }
}

/// The template of an icon's address; its only placeholders are `{w}`, `{h}` and `{f}`, since clients fill in no others.
pub fn artwork(adam_id: u64, origin: &str) -> String {
    format!("{origin}/image/thumb/v4/{adam_id}/{{w}}x{{h}}bb.{{f}}")
}

/// An icon, as both the catalogue and the lookup of before tell of it.
pub fn icon(title: &Title, origin: &str) -> Value {
    let details = Details::of(title);
    json!({
        "url": artwork(title.adam_id, origin),
        "width": LARGEST,
        "height": LARGEST,
        "bgColor": details.color(0),
        "textColor1": details.color(1),
        "textColor2": details.color(2),
        "textColor3": details.color(3),
        "textColor4": details.color(4),
        "supportsLayeredImage": false,
    })
}

/// The width and height that an icon's file name asks for: `512x512bb.png`.
pub fn picture(file: &str) -> Option<(u32, u32)> {
    let (size, format) = file.split_once("bb.")?;
    let (width, height) = size.split_once('x')?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|pixels| (1..=100_000).contains(pixels));
    let known = ["png", "jpg", "jpeg", "webp"].contains(&format);
    number(width).zip(number(height)).filter(|_| known)
}

/// The page of a title.
pub fn page(title: &Title, storefront: &Storefront) -> String {
    let (host, noun) = match title.kind {
        Kind::App => ("apps.apple.com", "app"),
        Kind::Book => ("books.apple.com", "book"),
    };
    let words = title.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    let slug = percent_encoding::utf8_percent_encode(&slug, percent_encoding::CONTROLS);
    format!("https://{host}/{}/{noun}/{slug}/id{}", storefront.code, title.adam_id)
}

/// `deviceFamilies`: an iPod goes with every iPhone.
pub fn device_families(devices: Devices) -> Vec<&'static str> {
    let mut families = Vec::new();
    for device in devices.iter() {
        families.extend(match device {
            Device::IPhone => ["iphone", "ipod"].as_slice(),
            Device::IPad => &["ipad"],
            Device::Mac => &["mac"],
            Device::Tv => &["tvos"],
            Device::Watch => &["watch"],
            Device::Vision => &["realityDevice"],
        });
    }
    families
}

/// What is sent to the store when a title is bought.
pub fn buy_params(title: &Title, version: u64) -> String {
    let price = u64::from(title.cents) * 10;
    let id = title.adam_id;
    match title.kind {
        Kind::App => {
            format!(
                "productType=C&price={price}&salableAdamId={id}&pricingParameters=STDQ&pg=default&appExtVrsId={version}"
            )
        }
        Kind::Book => format!("productType=B&price={price}&salableAdamId={id}&pricingParameters=STDQ&pg=default"),
    }
}

/// Hundredths as a number.
pub fn amount(cents: u32) -> f64 {
    f64::from(cents) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_asked_for_by_size_and_format() {
        assert_eq!(picture("512x256bb.png"), Some((512, 256)));
        assert_eq!(picture("60x60bb.jpg"), Some((60, 60)));
        for file in ["", "0x1bb.png", "512x512.png", "512bb.png", "512x512bb.gif", "x512bb.png", "1x4294967296bb.png"] {
            assert_eq!(picture(file), None, "{file}");
        }
    }
}
