//! Assigning licences and taking them back.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::errors::{self, Refused};
use super::wire::{LicenseShown, Sharing, product_type};
use super::{Answer, Call};
use crate::organization::Books;
use crate::organization::content::{AssetKey, Granted, Licensee, Location, ManageLicenses, Outcome};
use crate::organization::quirks::V1Texts;

type MakeLicensee = fn(String) -> Licensee;

/// One entry of an answer.
struct Entry<'a> {
    location: &'a Location,
    texts: V1Texts,
    granted: &'a Granted,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { location, granted, .. } = self;
        let mut map = serializer.serialize_map(None)?;
        if let Licensee::User(id) = &granted.licensee {
            map.serialize_entry("clientUserIdStr", id)?;
        }
        if let Err(refused) = &granted.outcome {
            let (number, message) = errors::told(refused.refusal, self.texts);
            map.serialize_entry("errorCode", &number)?;
            map.serialize_entry("errorMessage", message)?;
            map.serialize_entry("errorNumber", &number)?;
        }
        if let Some(license) = granted.held_already.and_then(|license| location.license_called(license)) {
            map.serialize_entry("licenseAlreadyAssigned", &LicenseShown::of(location, &license))?;
        }
        match (&granted.outcome, &granted.licensee) {
            (Ok(license), _) => map.serialize_entry("licenseIdStr", &license.to_string())?,
            (Err(_), Licensee::License(text)) => map.serialize_entry("licenseIdStr", text)?,
            _ => {}
        }
        if !granted.held_by_others.is_empty() {
            let users = granted.held_by_others.iter().filter_map(|id| Some((*id, location.user(*id)?)));
            let users: Vec<_> = users.map(|(id, user)| Sharing::of(location, id, user)).collect();
            map.serialize_entry("regUsersAlreadyAssigned", &users)?;
        }
        if let Licensee::Serial(serial) = &granted.licensee {
            map.serialize_entry("serialNumber", serial)?;
        }
        map.end()
    }
}

/// `manageVPPLicensesByAdamIdSrv`.
pub fn manage(call: &Call<'_>) -> Result<Answer, Refused> {
    let request = read(call)?;
    call.place.organization.write(|books, now| {
        let outcome = books.manage_licenses(call.place.location, &request, now)?;
        Ok(shown(call.begin(books, now), books, books.content.location(call.place.location), request.asset, &outcome))
    })
}

fn read(call: &Call<'_>) -> Result<ManageLicenses, Refused> {
    let arguments = call.arguments;
    arguments.needed("adamIdStr")?;
    let adam_id = arguments.number("adamIdStr")?.unwrap_or_default();
    let key = AssetKey { adam_id, pricing: arguments.pricing()?.unwrap_or_default() };
    arguments.flag("notifyDisassociation")?;
    let one_of = |names: &[(&str, MakeLicensee)]| {
        let mut found: Option<Vec<Licensee>> = None;
        for (name, licensee) in names {
            let list = arguments.list(name)?;
            if list.is_empty() {
                continue;
            }
            if found.is_some() {
                let names: Vec<_> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
                return Err(Refused::argument(format!("more than one of {} is there", names.join(", "))));
            }
            found = Some(list.into_iter().map(licensee).collect());
        }
        Ok(found.unwrap_or_default())
    };
    let associate =
        one_of(&[("associateClientUserIdStrs", Licensee::User), ("associateSerialNumbers", Licensee::Serial)])?;
    let disassociate = one_of(&[
        ("disassociateClientUserIdStrs", Licensee::User),
        ("disassociateSerialNumbers", Licensee::Serial),
        ("disassociateLicenseIdStrs", Licensee::License),
    ])?;
    if associate.is_empty() && disassociate.is_empty() {
        let missing = Refused::new("9600", "nobody is named who is to get or lose a licence");
        return Err(missing.saying("Missing associate or disassociate input parameter"));
    }
    Ok(ManageLicenses { asset: key, associate, disassociate })
}

fn shown(answer: Answer, books: &Books, location: &Location, key: AssetKey, outcome: &Outcome) -> Answer {
    let entry = |granted| Entry { location, texts: books.quirks.v1_texts, granted };
    let associations: Vec<_> = outcome.associations.iter().map(entry).collect();
    let disassociations: Vec<_> = outcome.disassociations.iter().map(entry).collect();
    let all = || outcome.associations.iter().chain(&outcome.disassociations);
    let status = match all().filter(|granted| granted.outcome.is_err()).count() {
        0 => 0,
        failed if failed == all().count() => -1,
        _ => -3,
    };
    let why = all().filter_map(|granted| Some(granted.outcome.as_ref().err()?.why.clone())).collect();
    let asset = location.asset(key);
    let product = asset.map(product_type);
    answer
        .with("adamIdStr", key.adam_id.to_string())
        .with_rows("associations", &associations)
        .with_rows("disassociations", &disassociations)
        .with_some("isIrrevocable", asset.map(|asset| !asset.revocable))
        .with("pricingParam", key.pricing.name())
        .with_some("productTypeId", product.map(|(id, _)| id))
        .with_some("productTypeName", product.map(|(_, name)| name))
        .with("status", status)
        .because(why)
}
