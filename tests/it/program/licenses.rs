//! `abmsim license`, and `abmsim curl apps`.

use serde_json::Value;

use super::{Served, run};

const DEFAULT: &str = "scenarios/default.yaml";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"))
}

#[test]
fn licences_are_bought_moved_and_refunded_from_a_shell() {
    let served = Served::start(&[DEFAULT]);
    let table = served.ok(&["license", "location", "list"]);
    assert!(table.contains("HQ") && table.contains("Berlin") && table.contains("COUNTRY"), "{table}");
    let asset = |location: &str| {
        let shown = json(&served.ok(&["license", "location", "show", location, "-o", "json"]));
        let assets = shown["assets"].as_array().unwrap();
        assets.iter().find(|asset| asset["name"] == "Pages").unwrap()["total"].clone()
    };
    assert_eq!((asset("HQ"), asset("Berlin")), (100.into(), 10.into()));
    served.ok(&["license", "buy", "361309726", "--quantity", "20", "--location", "HQ"]);
    served.ok(&["license", "transfer", "361309726", "--from", "HQ", "--to", "Berlin", "--quantity", "5"]);
    served.ok(&["license", "refund", "361309726", "--location", "Berlin", "--quantity", "1"]);
    assert_eq!((asset("HQ"), asset("Berlin")), (115.into(), 14.into()));
    let history = served.ok(&["license", "history", "--location", "Berlin"]);
    assert!(history.contains("transfer") && history.contains("refund") && !history.contains("Numbers"), "{history}");
    served.ok(&["license", "credit", "noor@acme.example", "10"]);
    assert!(served.ok(&["license", "credit"]).contains("260.00"));
    let book = ["license", "buy", "1441329034", "--location", "HQ", "--payment", "credit", "--quantity", "99"];
    let (code, _, err) = run(&mut served.verb(&book));
    assert!(code == 1 && err.contains("99 licences cost 494.01"), "{err}");
    served.ok(&["license", "unlimited", "361309726", "--location", "HQ"]);
    assert_eq!(asset("HQ"), i32::MAX);
    let (code, _, err) = run(&mut served.verb(&["license", "buy", "1"]));
    assert!(code == 2 && err.contains("there are 2 locations: HQ, Berlin"), "{err}");
}

#[test]
fn users_accept_and_tokens_are_downloaded_and_die_from_a_shell() {
    let served = Served::start(&[DEFAULT]);
    let users = json(&served.ok(&["license", "users", "HQ", "-o", "json"]));
    let invited = users["items"].as_array().unwrap().iter().find(|user| user["client_user_id"] == "u-3").unwrap();
    let accepted = served.ok(&["license", "accept", invited["invite_code"].as_str().unwrap(), "-o", "json"]);
    assert_eq!(json(&accepted)["status"], "associated");
    assert!(served.ok(&["license", "assignments", "HQ"]).contains("C02ACME00001"));
    let folder = tempfile::tempdir().unwrap();
    served.ok(&["license", "token", "HQ", "--out", folder.path().to_str().unwrap()]);
    let file = std::fs::read_to_string(folder.path().join("sToken_for_HQ.vpptoken")).unwrap();
    let token = || json(&served.ok(&["org", "show", "-o", "json"]))["locations"][0]["content_token"].clone();
    assert_eq!(token(), file.as_str());
    assert_eq!(served.ok(&["license", "token", "Berlin", "--kind", "read_only"]).lines().count(), 1);
    assert!(served.ok(&["license", "password", "noor@acme.example"]).contains("revoked  4"));
    assert_eq!(token(), Value::Null);
    let (code, _, err) = run(&mut served.verb(&["license", "revoke", "HQ"]));
    assert_eq!((code, err.as_str()), (0, "0 content tokens of `HQ` are dead\n"));
    served.ok(&["license", "location", "claim", "HQ", "--id", "1", "--name", "Other MDM"]);
    assert!(served.ok(&["license", "location", "list"]).contains("Other MDM"));
    served.ok(&["license", "location", "add", "--name", "Lab", "--country", "FR"]);
    let seats = ["license", "subscribe", "2", "--app", "1", "--renewing", "3", "--location", "Lab", "--enable"];
    assert!(served.ok(&seats).contains("ACTIVE"));
    assert!(served.ok(&["device", "overview"]).contains("Mac Fleet"));
}

#[test]
fn curl_shows_it_to_services_of_version_1_as_well() {
    let served = Served::start(&[DEFAULT]);
    for path in ["getVPPAssetsSrv", "/mdm/getVPPAssetsSrv?includeLicenseCounts=1"] {
        let line = served.ok(&["curl", "apps", path, "--location", "HQ", "--print"]);
        assert!(line.contains("/mdm/getVPPAssetsSrv?") && line.contains("sToken=ey"), "{line}");
        assert!(!line.contains("Authorization"), "{line}");
    }
}

#[test]
fn curl_shows_the_content_token_of_the_location_that_is_named() {
    let served = Served::start(&[DEFAULT]);
    let bundle = json(&served.ok(&["org", "show", "-o", "json"]));
    for (place, name) in [(0, "HQ"), (1, "Berlin")] {
        let line = served.ok(&["curl", "apps", "/assets", "--location", name, "--print", "-d", "{}"]);
        let token = bundle["locations"][place]["content_token"].as_str().unwrap();
        assert!(line.contains(&format!("'Authorization: Bearer {token}'")), "{line}");
        assert!(line.trim_end().ends_with(&format!("{}/mdm/v2/assets", served.url)), "{line}");
        assert!(line.contains("'Content-Type: application/json'"), "{line}");
    }
    let (code, _, err) = run(&mut served.verb(&["curl", "apps", "/assets", "--location", "Belin"]));
    assert!(code == 2 && err.contains("did you mean `Berlin`?"), "{err}");
    assert!(served.ok(&["env", "--client", "fleet"]).contains("/mdm/v2'"));
}

#[test]
fn people_are_seen_to_and_act_from_a_shell() {
    let served = Served::start(&[DEFAULT]);
    let add = ["org", "people", "add", "ida@acme.example", "--name", "Ida Moe", "--roles", "device_manager"];
    assert!(served.ok(&add).contains("device_manager"));
    let buy = ["license", "buy", "361309726", "--location", "HQ", "--as", "ida@acme.example"];
    let (code, _, err) = run(&mut served.verb(&buy));
    assert!(
        code == 1 && err.contains("ida@acme.example has device_manager, which gives no right to apps and books"),
        "{err}"
    );
    served.ok(&["org", "people", "set", "ida@acme.example", "--roles", "device_manager,content_manager"]);
    served.ok(&buy);
    assert!(served.ok(&["org", "people", "list"]).contains("device_manager, content_manager"));
    served.ok(&["org", "people", "delete", "ida@acme.example"]);
}

#[test]
fn devices_ask_the_store_and_seats_are_counted_from_a_shell() {
    let served = Served::start(&[DEFAULT]);
    let install = |serial: &str, title: &str| run(&mut served.verb(&["device", "install", serial, title]));
    let held = json(&served.ok(&["license", "assignments", "HQ", "--serial-number", "C02ACME00001", "-o", "json"]));
    let title = held["items"][0]["adam_id"].as_str().unwrap();
    let (code, out, err) = install("C02ACME00001", title);
    assert!(code == 0 && out.contains("installed") && out.contains("HQ"), "{out}{err}");
    let (code, out, err) = install("C02ACME00001", "1");
    assert!(
        code == 1 && out.contains("9610") && err.contains("no licence of 1 is assigned to C02ACME00001"),
        "{out}{err}"
    );
    let seats = served.ok(&["license", "seats", "HQ"]);
    assert!(seats.contains("Pages") && seats.contains("ASTRAY"), "{seats}");
    served.ok(&["device", "release", "C02ACME00001"]);
    let lost = json(&served.ok(&["license", "seats", "HQ", "--astray", "-o", "json"]));
    let lost = lost["items"].as_array().unwrap();
    assert!(lost.iter().any(|seat| seat["serial_number"] == "C02ACME00001" && seat["why"] == "released"), "{lost:?}");
}

/// A custom app that is in review, and a device whose system is too old for the licence that it holds.
const REVIEWED: &str = "
version: 1
organizations:
  - id: acme
    name: Acme
    people: [{name: Robin Vos, managed_account: robin@acme.example, roles: [administrator]}]
    orders: [{devices: [{serial: C02PHONE0001, model: iPhone 16, os_version: 8.4}]}]
    locations:
      - name: HQ
        assets:
          - {adam_id: 7000000001, name: Acme Tools, licenses: 2, custom_for: Acme, version: '1.0', review: in_review}
          - {adam_id: 361309726, name: Pages, licenses: 2}
        assignments: [{adam_id: 361309726, serial_number: C02PHONE0001}]
";

/// A server of that; its file has to outlive the start alone.
fn reviewed() -> Served {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reviewed.yaml");
    std::fs::write(&file, REVIEWED).unwrap();
    Served::start(&[file.to_str().unwrap()])
}

#[test]
fn custom_apps_are_reviewed_from_a_shell() {
    let served = reviewed();
    let review = |more: &[&str]| json(&served.ok(&[&["license", "review", "7000000001", "-o", "json"], more].concat()));
    let stands = |title: &Value, place: usize| {
        let version = &title["versions"][place];
        [&version["version"], &version["review"], &title["version"]]
            .map(|text| text.as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(stands(&review(&[]), 0), ["1.0", "in_review", "none"]);
    assert_eq!(stands(&review(&["1.0", "approved"]), 0), ["1.0", "approved", "1.0"]);
    assert_eq!(stands(&review(&["1.1", "in_review"]), 1), ["1.1", "in_review", "1.0"]);
    assert_eq!(stands(&review(&["1.1", "rejected"]), 1), ["1.1", "rejected", "1.0"]);
    assert_eq!(stands(&review(&[]), 1), ["1.1", "rejected", "1.0"], "looking changes nothing");
    let table = served.ok(&["license", "review", "7000000001"]);
    assert!(table.contains("Acme Tools") && table.contains("rejected"), "{table}");

    let (code, _, err) = run(&mut served.verb(&["license", "review", "361309726", "1.0", "approved"]));
    assert!(code == 1 && err.contains("Pages"), "{code} {err}");
    for (wrong, told) in [(&["1.0"][..], "REVIEW"), (&["1.0", "well"][..], "in_review, approved, rejected")] {
        let words = [&["license", "review", "7000000001"], wrong].concat();
        let (code, _, err) = run(&mut served.verb(&words));
        assert!(code == 2 && err.contains(told), "{words:?}: {code} {err}");
    }
}

#[test]
fn what_runs_on_a_device_is_said_from_a_shell() {
    let served = reviewed();
    let install =
        |more: &[&str]| run(&mut served.verb(&[&["device", "install", "C02PHONE0001", "361309726"], more].concat()));
    let (code, out, err) = install(&[]);
    assert!(code == 1 && err.contains("C02PHONE0001 runs 8.4, and its licence counts from iOS 9 on"), "{out}{err}");
    let (code, out, err) = install(&["--os-version", "8.4.1"]);
    assert!(code == 1 && out.contains("system_too_old") && err.contains("runs 8.4.1"), "{out}{err}");
    let (code, out, err) = install(&["--os-version", "17.4"]);
    assert!(code == 0 && out.contains("installed") && out.contains("HQ"), "{out}{err}");
    let (code, _, err) = install(&["--os-version", "new"]);
    assert!(code == 1 && err.contains("os_version"), "{code} {err}");
}
