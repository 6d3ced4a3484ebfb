//! The verbs that talk to a running simulator.

use serde_json::Value;

use super::{Served, abmsim, has_curl, run};

const SMALL: &str = "scenarios/small.yaml";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"))
}

#[test]
fn curl_signs_in_and_runs_the_request_until_the_token_expires() {
    if !has_curl() {
        eprintln!("SKIPPED: there is no curl program");
        return;
    }
    let served = Served::start(&[SMALL]);
    let account = json(&served.ok(&["curl", "enrollment", "/account"]));
    assert_eq!(account["org_type"], "org");
    let devices = json(&served.ok(&["curl", "enrollment", "/server/devices", "-d", "{}"]));
    assert_eq!(devices["devices"].as_array().unwrap().len(), 2);
    served.ok(&["clock", "advance", "366d"]);
    let (code, out, err) = run(&mut served.verb(&["curl", "enrollment", "/account"]));
    assert_eq!((code, out.trim()), (1, "token_expiredForbidden"), "{err}");
}

#[test]
fn devices_are_listed_assigned_activated_and_released_from_a_shell() {
    let served = Served::start(&[SMALL]);
    let listed = json(&served.ok(&["device", "list", "-o", "json"]));
    let serial = listed["items"][0]["serial_number"].as_str().unwrap().to_owned();
    served.ok(&["device", "unassign", &serial]);
    let shown = |key: &str| json(&served.ok(&["device", "show", &serial, "-o", "json"]))[key].clone();
    assert_eq!(shown("status"), "unassigned");
    let server = json(&served.ok(&["server", "list", "-o", "json"]))["items"][0]["name"].as_str().unwrap().to_owned();
    served.ok(&["device", "assign", &serial, "--server", &server]);
    assert_eq!(shown("server"), server.as_str());
    served.ok(&["device", "activate", &serial]);
    assert_eq!(shown("activated"), true);
    served.ok(&["device", "release", &serial]);
    assert_eq!(shown("status"), "released");
    let csv = served.ok(&["device", "export"]);
    assert!(csv.starts_with("serial_number,model,") && csv.contains(&serial), "{csv}");
}

#[test]
fn a_token_is_sealed_to_a_certificate_from_a_shell() {
    let served = Served::start(&[SMALL]);
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("mdm.pem");
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let signed = rcgen::CertificateParams::new(vec!["mdm.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(&certificate, signed.pem()).unwrap();
    let server = json(&served.ok(&["server", "list", "-o", "json"]))["items"][0]["name"].as_str().unwrap().to_owned();
    let path = certificate.display().to_string();
    let sealed = served.ok(&["token", &server, "--certificate", &path]);
    assert!(sealed.starts_with("Content-Type: application/pkcs7-mime; name=\"smime.p7m\""), "{sealed}");
}

#[test]
fn ready_ca_and_env_tell_a_client_how_to_come_here() {
    let served = Served::start(&[SMALL]);
    served.ok(&["ready", "--wait", "5s"]);
    assert!(served.ok(&["ca"]).starts_with("-----BEGIN CERTIFICATE-----"));
    let exports = served.ok(&["env"]);
    assert!(exports.contains(&served.url) && exports.contains("SSL_CERT_FILE"), "{exports}");
    let (code, _, _) = run(abmsim().args(["ready", "--url", "http://127.0.0.1:1"]));
    assert_eq!(code, 1, "nothing is ready where nothing listens");
}

#[test]
fn the_schema_and_the_completions_are_printed_without_a_simulator() {
    let (code, schema, _) = run(abmsim().arg("schema"));
    assert_eq!((code, json(&schema)["$schema"].as_str()), (0, Some("https://json-schema.org/draft/2020-12/schema")));
    let (code, script, _) = run(abmsim().args(["completions", "bash"]));
    assert!(code == 0 && script.contains("abmsim"));
}

#[test]
fn faults_are_added_listed_and_removed_from_a_shell() {
    let served = Served::start(&[SMALL]);
    let words = ["--on", "enrollment.sync_devices", "--error", "EXPIRED_CURSOR", "--times", "1", "-o", "json"];
    let added = json(&served.ok(&[&["fault", "add"], &words[..]].concat()));
    let id = added["id"].as_str().unwrap();
    assert_eq!((&added["do"]["error"], &added["hits"]), (&Value::from("EXPIRED_CURSOR"), &Value::from(0)));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yaml");
    std::fs::write(
        &file,
        "- {on: \"enrollment.*\", when: {nth: 2}, do: {close: mid_body, delay: 2s}}\n- {on: \"*\", do: {pass: true}}\n",
    )
    .unwrap();
    let together = json(&served.ok(&["fault", "add", &file.display().to_string(), "-o", "json"]));
    let table = served.ok(&["fault", "list"]);
    assert!(table.contains("EXPIRED_CURSOR") && table.contains("mid_body"), "{table}");
    served.ok(&["fault", "remove", together["id"].as_str().unwrap()]);
    let left = json(&served.ok(&["fault", "list", "-o", "json"]));
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    assert_eq!(json(&served.ok(&["fault", "show", id, "-o", "json"])), left["items"][0]);
    served.ok(&["fault", "clear"]);
    assert_eq!(json(&served.ok(&["fault", "list", "-o", "json"]))["items"], Value::Array(Vec::new()));
    let (code, _, err) =
        run(&mut served.verb(&["fault", "add", "--on", "enrollment.sync_devices", "--error", "EXPIRED"]));
    assert_eq!(code, 1);
    assert!(err.contains("/do/error") && err.contains("EXPIRED_CURSOR"), "{err}");
    assert_eq!(run(&mut served.verb(&["fault", "remove", "fault-9"])).0, 1);
}

#[test]
fn an_organisation_is_kept_compared_put_back_and_forked_from_a_shell() {
    let served = Served::start(&[SMALL]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept.json");
    let file = file.to_str().unwrap();
    let (code, out, err) = run(&mut served.verb(&["org", "snapshot", "--out", file]));
    let kept = json(&std::fs::read_to_string(file).unwrap());
    let id = kept["id"].as_str().unwrap();
    assert_eq!((code, out.as_str(), err), (0, "", format!("the snapshot {id} is in {file}\n")));
    assert_eq!(json(&served.ok(&["org", "snapshot"]))["version"], 1);
    let listed = json(&served.ok(&["device", "list", "-o", "json"]));
    let serial = listed["items"][0]["serial_number"].as_str().unwrap().to_owned();
    served.ok(&["device", "release", &serial]);
    let diff = json(&served.ok(&["org", "diff", "--since", id, "-o", "json"]));
    let device = diff["changed"].as_array().unwrap().iter().find(|change| change["kind"] == "device").unwrap();
    assert_eq!((&device["id"], &device["after"]["status"]), (&Value::from(serial.as_str()), &Value::from("released")));
    let table = served.ok(&["org", "diff", "--since", id]);
    assert!(table.contains("device") && table.contains(&serial), "{table}");
    let restored = json(&served.ok(&["org", "restore", file, "-o", "json"]));
    assert_eq!(restored["id"], kept["organization"]);
    assert_eq!(json(&served.ok(&["device", "list", "-o", "json"])), listed);
    let org = kept["organization"].as_str().unwrap();
    let fork = ["--org", org, "org", "fork", "--id", "branch", "--name", "Branch", "--ttl", "1h", "-o", "json"];
    let fork = json(&served.ok(&fork));
    assert_eq!((&fork["id"], &fork["name"]), (&Value::from("branch"), &Value::from("Branch")));
    assert_ne!(fork["servers"][0]["token"], restored["servers"][0]["token"]);
    let (code, _, err) = run(&mut served.verb(&["--org", org, "org", "restore", "Cargo.toml"]));
    assert_eq!(code, 1, "{err}");
}
