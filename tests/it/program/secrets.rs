//! The control token, as the program is given it and tells of it.

use super::{Served, abmsim, run};

const EVERYWHERE: (&str, &str) = ("ABMSIM_LISTEN", "0.0.0.0:0");

/// The exit code of a verb of the control API with this token.
fn asks(served: &Served, token: &str) -> i32 {
    run(served.verb(&["org", "list"]).env("ABMSIM_CONTROL_TOKEN", token)).0
}

#[test]
fn a_token_that_was_made_is_told_once() {
    let served = Served::with(&["--log-level", "debug", "--log-format", "json"], &[EVERYWHERE]);
    let told = || {
        let log = served.log();
        let exports: Vec<&str> =
            log.lines().filter_map(|line| line.strip_prefix("export ABMSIM_CONTROL_TOKEN='")).collect();
        assert_eq!(exports.len(), 1, "{log}");
        exports[0].split('\'').next().unwrap().to_owned()
    };
    let token = told();
    assert_eq!(asks(&served, &token), 0);
    assert_ne!(asks(&served, "wrong"), 0);
    let (code, log) = served.terminate_and_read();
    assert_eq!((code, log.matches(&token).count()), (Some(0), 1), "{log}");
    assert!(log.contains("CONTROL_TOKEN_REQUIRED: this is not the control token"), "{log}");
}

#[test]
fn a_token_may_be_in_a_file_and_is_then_told_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "open-sesame\n").unwrap();
    let path = file.display().to_string();
    let served = Served::with(&["--control-token-file", &path], &[EVERYWHERE]);
    assert_eq!(asks(&served, "open-sesame"), 0);
    assert_ne!(asks(&served, "sesame"), 0);
    let (_, log) = served.terminate_and_read();
    assert!(!log.contains("sesame"), "{log}");
    std::fs::write(&file, "\n").unwrap();
    let (code, _, err) = run(abmsim().args(["serve", "--listen", "127.0.0.1:0", "--control-token-file", &path]));
    assert!(code == 3 && err.contains("is empty"), "{code} {err}");
}
