//! `abmsim serve --state`: what one run leaves to the next.

use serde_json::Value;

use super::{Served, abmsim, run};

const SMALL: &str = "scenarios/small.yaml";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"))
}

fn show(served: &Served, org: &str) -> Value {
    json(&served.ok(&["--org", org, "org", "show", "-o", "json"]))
}

#[test]
fn everything_is_as_it_was_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let path = file.to_str().unwrap();
    let served = Served::start(&[SMALL, "--state", path]);
    let org = json(&served.ok(&["org", "list", "-o", "json"]))["items"][0]["id"].as_str().unwrap().to_owned();
    let listed = json(&served.ok(&["device", "list", "-o", "json"]));
    let serial = listed["items"][0]["serial_number"].as_str().unwrap().to_owned();
    served.ok(&["device", "release", &serial]);
    served.ok(&["clock", "advance", "3d"]);
    served.ok(&["fault", "add", "--on", "enrollment.account", "--status", "503"]);
    served.ok(&["--org", &org, "org", "fork", "--id", "branch"]);
    let before = |served: &Served| {
        let tokens = |org: &str| show(served, org)["servers"].clone();
        let device = served.ok(&["--org", &org, "device", "show", &serial, "-o", "json"]);
        let clock = served.ok(&["--org", &org, "clock", "show", "-o", "json"]);
        (tokens(&org), tokens("branch"), device, clock, served.ok(&["--org", &org, "fault", "list", "-o", "json"]))
    };
    let kept = before(&served);
    assert_eq!(served.terminate(), Some(0));
    let served = Served::start(&[SMALL, "--state", path]);
    assert_eq!(before(&served), kept);
    served.ok(&["org", "delete", &org]);
    assert_eq!(served.terminate(), Some(0));
    let served = Served::start(&[SMALL, "--state", path]);
    let left = json(&served.ok(&["org", "list", "-o", "json"]));
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "what was deleted stays away: {left}");
    assert_eq!(left["items"][0]["id"], "branch");
    json(&served.ok(&["org", "reset", "-o", "json"]));
    assert_eq!(show(&served, &org)["id"], org.as_str(), "a reset brings the scenario back");
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_credentials_in_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let served = Served::start(&[SMALL, "--state", file.to_str().unwrap()]);
    assert_eq!(served.terminate(), Some(0));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn state_that_cannot_be_used_is_left_alone_and_exits_5() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |name: &str| {
        let file = folder.path().join(name);
        let mut serve = abmsim();
        serve.args(["serve", SMALL, "--listen", "127.0.0.1:0", "--certs"]).arg(folder.path());
        run(serve.arg("--state").arg(file))
    };
    for (text, told) in [
        ("nonsense", "cannot be used: expected ident"),
        ("{\"version\": 9}", "it has version 9, and this abmsim reads version 1"),
        ("{\"version\":1,\"scenario\":[],\"organizations\":[{\"origin\":null,\"snapshot\":{}}]}", "missing field"),
    ] {
        std::fs::write(folder.path().join("state.json"), text).unwrap();
        let (code, out, err) = serve("state.json");
        assert!(
            code == 5 && out.is_empty() && err.contains(told) && err.contains("move the file away"),
            "{code} {err}"
        );
        assert_eq!(std::fs::read_to_string(folder.path().join("state.json")).unwrap(), text);
    }
    let (code, _, err) = serve("no/such/folder/state.json");
    assert!(code == 5 && err.contains("cannot be saved in"), "{code} {err}");
}
