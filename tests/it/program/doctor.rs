//! `abmsim doctor`.

use serde_json::Value;

use super::{Served, run};

#[test]
fn what_keeps_a_client_from_coming_here_is_told_with_what_helps() {
    let served = Served::start(&["scenarios/small.yaml"]);
    let doctor = ["doctor", "--client", "zentral", "-o", "json"];
    let found = |code: i32, variables: &[(&str, &str)]| {
        let (exit, out, err) = run(served.verb(&doctor).envs(variables.iter().copied()).env_remove("NO_PROXY"));
        assert_eq!(exit, code, "{out}{err}");
        let list: Value = serde_json::from_str(&out).unwrap();
        list["items"].as_array().unwrap().clone()
    };
    let of = |list: &[Value], check: &str| -> Vec<String> {
        let found = list.iter().filter(|finding| finding["check"] == check);
        found.map(|finding| finding["state"].as_str().unwrap().to_owned()).collect()
    };
    let unset = found(6, &[("HTTPS_PROXY", "")]);
    assert_eq!((of(&unset, "variable"), of(&unset, "ca")), (vec!["wrong".to_owned()], vec!["ok".to_owned()]));
    let proxy = served.url.replace("https:", "http:");
    served.ok(&["terms", "unsign"]);
    served.ok(&["fault", "add", "--on", "enrollment.account", "--status", "503"]);
    let set = found(0, &[("HTTPS_PROXY", &proxy)]);
    assert_eq!(of(&set, "variable"), ["ok"]);
    assert_eq!((of(&set, "terms"), of(&set, "faults")), (vec!["odd".to_owned()], vec!["odd".to_owned()]));
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("ca.pem");
    std::fs::write(&other, "another").unwrap();
    let plain = ["doctor", "--url", &proxy, "--ca", other.to_str().unwrap()];
    let (code, out, err) = run(&mut served.verb(&plain));
    assert!(
        code == 6 && out.contains("is another CA than the simulator's") && err.contains("ca: fetch it"),
        "{out}{err}"
    );
    let (code, _, err) = run(&mut served.verb(&["doctor", "--client", "zentrl"]));
    assert!(code == 2 && err.contains("did you mean zentral?"), "{err}");
}
