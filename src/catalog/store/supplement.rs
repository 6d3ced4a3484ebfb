//! What a scenario says of a title.

use std::borrow::Cow;

use super::{Device, Devices, Kind, Sold, Store, Title};

/// What somebody says of a title: of one that the stores have, or of one more. What is not said is as it is in the stores, or made up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplement {
    /// Its Adam id.
    pub adam_id: u64,
    /// App or book.
    pub kind: Option<Kind>,
    /// Its name.
    pub name: Option<String>,
    /// Its bundle id.
    pub bundle_id: Option<String>,
    /// Platforms (`iOS`, `macOS`, …) or devices; words that mean neither are passed over.
    pub platforms: Vec<String>,
    /// Its version.
    pub version: Option<String>,
    /// Countries in whose stores alone it is; empty: as in the stores.
    pub storefronts: Vec<String>,
    /// The organisation for which alone it was made.
    pub custom_for: Option<String>,
    /// What a licence costs, in hundredths.
    pub cents: Option<u32>,
    /// Whether licences may go to devices.
    pub device_assignable: Option<bool>,
}

impl Supplement {
    /// The title that is meant.
    pub fn title(self) -> Title {
        let known = Store::get().find(self.adam_id).filter(|title| self.kind.is_none_or(|kind| title.kind == kind));
        let mut title = known.cloned().unwrap_or_else(|| Title::unknown(self.adam_id, self.kind.unwrap_or_default()));
        let app = title.kind == Kind::App;
        if let Some(name) = self.name {
            title.name = name.into();
        }
        if let Some(bundle_id) = self.bundle_id.filter(|_| app) {
            title.bundle_id = Some(bundle_id.into());
        }
        let devices =
            self.platforms.iter().map(|word| Device::meant_by(word)).fold(Devices::default(), Devices::either);
        if !devices.is_empty() {
            title.devices = devices;
        }
        if let Some(version) = self.version.filter(|_| app) {
            title.version = Some(version.into());
        }
        if !self.storefronts.is_empty() {
            title.sold = Sold::In(self.storefronts.into_iter().map(Cow::from).collect());
        }
        title.custom_for = self.custom_for.map(Cow::from);
        title.cents = self.cents.unwrap_or(title.cents);
        title.device_assignable = app && self.device_assignable.unwrap_or(title.device_assignable);
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_in_the_store() {
        let pages = Supplement { adam_id: 361_309_726, version: Some(" 99.0".into()), ..Supplement::default() }.title();
        assert_eq!((&*pages.name, pages.version.as_deref()), ("Pages", Some(" 99.0")));
        assert_eq!(pages.devices.platforms(), ["iOS"]);
    }

    #[test]
    fn a_title_that_no_store_has_is_made_of_what_is_said() {
        let said = Supplement {
            adam_id: 1_234_567_890,
            name: Some("Shop Floor".into()),
            platforms: vec!["macOS".into(), "tvOS".into()],
            storefronts: vec!["NL".into()],
            custom_for: Some("acme".into()),
            cents: Some(250),
            device_assignable: Some(false),
            ..Supplement::default()
        };
        let title = said.title();
        assert_eq!(title.bundle_id.as_deref(), Some("com.example.app1234567890"));
        assert_eq!(title.devices.platforms(), ["macOS", "tvOS"]);
        assert_eq!(title.sold, Sold::In(vec!["NL".into()]));
        assert!(title.is_custom() && !title.device_assignable && title.cents == 250);
    }

    #[test]
    fn a_book_has_no_bundle_id_and_no_licences_for_devices() {
        let said = Supplement {
            adam_id: 1_441_329_034,
            kind: Some(Kind::Book),
            bundle_id: Some("com.example.x".into()),
            device_assignable: Some(true),
            ..Supplement::default()
        };
        let book = said.title();
        assert_eq!((book.bundle_id, book.version, book.device_assignable), (None, None, false));
    }
}
