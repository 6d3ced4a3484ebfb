//! What the store says to a device.

use serde_json::json;

use super::*;

const DEVICE: &str = "C02DEVICE001";

fn install(acme: &Organization, asset: AssetKey, account: Option<&str>) -> Result<Target, StoreRefusal> {
    let outcome = acme.write(|books, now| {
        let device = books.devices.find_text(DEVICE).unwrap();
        books.install(device, asset.adam_id, account, None, now)
    });
    outcome.map(|installed| installed.holder).map_err(|refused| refused.refusal)
}

#[test]
fn a_device_installs_with_its_own_licence_and_with_no_others() {
    let acme = acme();
    associate(&acme, &[PAGES], &["C02DEVICE00I"]);
    assert_eq!(install(&acme, PAGES, None), Err(StoreRefusal::NoLicense), "the event was complete all the same");
    associate(&acme, &[PAGES], &[DEVICE]);
    assert_eq!(install(&acme, PAGES, None), Ok(serial(DEVICE)));
    disassociate(&acme, &[PAGES], &[DEVICE]);
    assert_eq!(install(&acme, PAGES, None), Err(StoreRefusal::NoLicense));
}

#[test]
fn the_store_hears_of_a_licence_late() {
    let acme = acme();
    set_quirks(&acme, json!({"store_lag": "5m"}));
    associate(&acme, &[PAGES], &[DEVICE]);
    assert_eq!(install(&acme, PAGES, None), Err(StoreRefusal::NotHeardOf));
    let known = acme.read(|books, _| books.content.location(HQ).arrives_at_store(PAGES, &serial(DEVICE)));
    assert_eq!(known.map(|at| at > start()), Some(true));
    let written = acme.read(|books, _| serde_json::to_string(&books.content).unwrap());
    let read: Content = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
    let ran = acme.advance(Span::from_seconds(300));
    assert!(ran.iter().any(|ran| ran.what == "the store heard of 1 licences of HQ"), "{ran:?}");
    assert_eq!(install(&acme, PAGES, None), Ok(serial(DEVICE)));
}

#[test]
fn a_users_licence_counts_on_five_devices_with_the_users_account() {
    let acme = acme();
    acme.write(|books, _| {
        books.update_user(HQ, &UserFields { managed_account: Some("noor@acme.example".to_owned()), ..fields("u-2") })
    })
    .unwrap();
    associate(&acme, &[USERS_ONLY], &["u-2"]);
    assert_eq!(install(&acme, USERS_ONLY, None), Err(StoreRefusal::NoLicense));
    assert_eq!(install(&acme, USERS_ONLY, Some("kim@acme.example")), Err(StoreRefusal::NoLicense));
    let devices = acme.write(|books, now| {
        let addition = crate::organization::Addition {
            kinds: crate::scenario::kinds(
                &crate::scenario::plan::ModelPlan::AnyOf(crate::organization::Family::IPhone),
                None,
                None,
            ),
            is_named: false,
            count: 6,
            serial: None,
            server: None,
            by: None,
        };
        books.add_devices(&addition, None, 0, now).unwrap()
    });
    let on = |device| acme.write(|books, now| books.install(device, 3, Some("Noor@acme.example"), None, now));
    for device in &devices[..5] {
        assert_eq!(on(*device).unwrap().holder, user("u-2"));
    }
    assert_eq!(on(devices[0]).unwrap().holder, user("u-2"), "a second time is no other device");
    assert_eq!(on(devices[5]).unwrap_err().refusal, StoreRefusal::TooManyDevices);
    acme.write(|books, now| books.erase(devices[1], now));
    assert_eq!(on(devices[5]).unwrap().holder, user("u-2"));
}

#[test]
fn an_old_system_takes_no_licence_of_the_devices_own_and_an_older_one_none_of_its_user() {
    let acme = acme();
    acme.write(|books, _| {
        books.update_user(HQ, &UserFields { managed_account: Some("noor@acme.example".to_owned()), ..fields("u-2") })
    })
    .unwrap();
    associate(&acme, &[PAGES], &[DEVICE, "u-2"]);
    let on = |version: &str| {
        let version: SystemVersion = version.parse().unwrap();
        acme.write(|books, now| {
            let device = books.devices.find_text(DEVICE).unwrap();
            books.install(device, PAGES.adam_id, Some("noor@acme.example"), Some(&version), now)
        })
    };
    assert_eq!(on("9.0").unwrap().holder, serial(DEVICE));
    assert_eq!(on("8.4.1").unwrap().holder, user("u-2"), "iOS 8 knows licences of users alone");
    let refused = on("6.1").unwrap_err();
    assert_eq!(refused.refusal, StoreRefusal::SystemTooOld);
    assert_eq!(refused.why, format!("{DEVICE} runs 6.1, and its licence counts from iOS 9 on"));
    acme.write(|books, _| {
        let device = books.devices.find_text(DEVICE).unwrap();
        books.devices.extra_mut(device).os_version = Some("8.0".parse().unwrap());
    });
    assert_eq!(install(&acme, PAGES, None), Err(StoreRefusal::SystemTooOld), "what is known of the device counts");
}
