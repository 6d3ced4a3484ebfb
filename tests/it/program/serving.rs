//! `abmsim serve`.

use std::net::TcpListener;

use super::{Served, abmsim, run};

#[test]
fn without_a_scenario_the_default_is_served_and_sigterm_ends_it_well() {
    let served = Served::start(&[]);
    assert!(served.url.starts_with("https://127.0.0.1:"), "{}", served.url);
    assert!(served.ok(&["org", "list"]).contains("Acme Corporation"));
    assert_eq!(served.terminate(), Some(0));
}

#[test]
fn an_address_in_use_is_named_and_exits_4() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(abmsim().args(["serve", "--listen", &address, "--certs"]).arg(folder.path()));
    assert_eq!((code, out.as_str()), (4, ""), "{err}");
    assert!(err.contains(&address), "{err}");
}

#[test]
fn a_broken_scenario_tells_every_mistake_with_its_place_and_exits_3() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.yaml");
    let text = "version: 1\norganizations:\n  - id: acme\n    sevrers: []\n    orders:\n      - {devices: [{model: iPhnoe 16}]}\n";
    std::fs::write(&file, text).unwrap();
    let name = file.display().to_string();
    for verb in ["check", "serve"] {
        let (code, out, err) = run(abmsim().arg(verb).arg(&file).current_dir(folder.path()));
        assert_eq!((code, out.as_str()), (3, ""), "{verb}: {err}");
        assert!(err.contains(&format!("{name}:4:5: ")) && err.contains("servers"), "{verb}: {err}");
        assert!(err.contains(&format!("{name}:6:28: ")) && err.contains("iPhone 16"), "{verb}: {err}");
    }
}

#[test]
fn a_wrong_flag_exits_2_and_a_missing_file_3() {
    let (code, _, err) = run(abmsim().args(["serve", "--lisen", "127.0.0.1:0"]));
    assert!(code == 2 && err.contains("--listen"), "{code} {err}");
    let (code, _, err) = run(abmsim().args(["serve", "no-such-file.yaml"]));
    assert!(code == 3 && err.contains("no-such-file.yaml"), "{code} {err}");
}

/// The name and the rank of each thread of a process; higher ranks give way to lower ones.
#[cfg(target_os = "linux")]
fn ranks(process: u32) -> Vec<(String, i32)> {
    let rank = |stat: String| {
        let (name, values) = stat.rsplit_once(')').unwrap();
        (name.to_owned(), values.split_whitespace().nth(16).unwrap().parse().unwrap())
    };
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    // A thread may have ended since.
    threads.filter_map(|thread| std::fs::read_to_string(thread.unwrap().path().join("stat")).ok()).map(rank).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn clients_that_share_the_processors_go_first() {
    let own = ranks(std::process::id()).iter().map(|(_, rank)| *rank).max().unwrap();
    let served = Served::start(&[]);
    let ranks = ranks(served.id());
    let mut answering = ranks.iter().filter(|(name, _)| name.ends_with("(tokio-rt-worker")).peekable();
    assert!(answering.peek().is_some(), "{ranks:?}");
    assert!(answering.all(|(_, rank)| *rank == (own + 2).min(19)), "{ranks:?}, ours is {own}");
}

#[test]
fn a_scenario_in_the_program_is_served_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&["field/terms-wave"]);
    assert!(served.ok(&["org", "list"]).contains("umbrella"));
    let (code, out, _) = run(abmsim().args(["scenario", "list", "-o", "json"]));
    assert!(code == 0 && out.contains("field/throttle-cooldown") && out.contains("rest for a day"), "{out}");
    let (code, out, _) = run(abmsim().args(["scenario", "show", "field/release-silent"]));
    assert!(code == 0 && out.starts_with("# A device is released"), "{out}");
    let (code, _, err) = run(abmsim().args(["check", "field/term-wave"]).current_dir(folder.path()));
    assert!(code == 3 && err.contains("field/terms-wave"), "{code} {err}");
}

#[test]
fn everything_can_be_set_by_environment_variables() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&["--seed", "7"]);
    let port = served.url.rsplit_once(':').unwrap().1;
    let mut ready = abmsim();
    ready.arg("ready").env("ABMSIM_LISTEN", format!("0.0.0.0:{port}")).current_dir(folder.path());
    let (code, _, err) = run(&mut ready);
    assert_eq!(code, 0, "the container's health check knows ABMSIM_LISTEN alone: {err}");
}

#[cfg(target_os = "linux")]
#[test]
fn it_asks_for_as_many_open_files_as_it_may_have() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_abmsim");
    let script =
        format!("ulimit -Sn 100; exec '{program}' serve --listen 127.0.0.1:0 --certs '{}'", folder.path().display());
    let mut child = std::process::Command::new("sh")
        .args(["-c", &script])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let mut numbers = files.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
    let (soft, hard) = (numbers.next().unwrap(), numbers.next().unwrap());
    assert_eq!(soft, hard.clamp(100, 20_000), "{files}");
}

#[test]
fn a_webhook_ca_that_is_none_is_named_and_exits_3() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let serve = |file: &std::path::Path| {
        run(abmsim().args(["serve", "--listen", "127.0.0.1:0", "--webhook-ca"]).arg(file).current_dir(folder.path()))
    };
    let (code, out, err) = serve(&file);
    assert!(code == 3 && out.is_empty() && err.contains("the webhook CA cannot be read"), "{code} {err}");
    let (code, _, err) = serve(&folder.path().join("missing.pem"));
    assert!(code == 3 && err.contains("missing.pem"), "{code} {err}");
}

#[test]
fn a_log_filter_that_cannot_be_read_is_named_and_exits_3() {
    for filter in ["abmsim=loud", "dbug"] {
        let folder = tempfile::tempdir().unwrap();
        let mut serve = abmsim();
        serve.args(["serve", "--listen", "127.0.0.1:0"]).env("RUST_LOG", filter).current_dir(folder.path());
        let (code, out, err) = run(&mut serve);
        assert!(code == 3 && out.is_empty() && err.contains(&format!("RUST_LOG is `{filter}`")), "{code} {err}");
        assert!(err.contains("hint: write a level"), "{err}");
    }
}
