//! `GET /_sim/metrics`, as Prometheus reads it.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;

use crate::actors::{Answer, MdmServer, World};

/// A page of metrics that follows the rules.
struct Page {
    /// Values by name and labels, as they are written.
    samples: BTreeMap<String, f64>,
}

impl Page {
    /// Reads a page as Prometheus does, and checks what `promtool check metrics` would.
    fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'));
        let (mut samples, mut seen) = (BTreeMap::new(), HashSet::new());
        let (mut family, mut kind, mut helped) = ("", "", "");
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(help.ends_with('.') && seen.insert(name), "{line}: each family has one place");
                helped = name;
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                (family, kind) = rest.split_once(' ').unwrap();
                assert_eq!(family, helped, "help comes first");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", family.ends_with("_total"), "{line}");
                assert!(family.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let name = series.split('{').next().unwrap();
                let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
                assert!(suffixes.iter().any(|suffix| name == format!("{family}{suffix}")), "{line} in {family}");
                let labels = series.strip_prefix(name).unwrap();
                assert!(labels.is_empty() || labels.starts_with('{') && labels.ends_with("\"}"), "{line}");
                assert!(samples.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{line} twice");
            }
        }
        let page = Self { samples };
        page.check_histograms();
        page
    }

    /// Buckets only grow, and the last holds all.
    fn check_histograms(&self) {
        for (series, count) in self.samples.iter().filter(|(series, _)| series.contains("_seconds_count")) {
            let (name, labels) = series.split_once("_count").unwrap();
            let labels = labels.trim_end_matches('}');
            let prefix = format!("{name}_bucket{labels},le=\"");
            let mut buckets: Vec<(f64, f64)> = self
                .samples
                .iter()
                .filter_map(|(series, value)| {
                    let end = series.strip_prefix(&prefix)?.trim_end_matches("\"}");
                    Some((if end == "+Inf" { f64::INFINITY } else { end.parse().unwrap() }, *value))
                })
                .collect();
            buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
            assert!(buckets.is_sorted_by(|left, right| left.1 <= right.1), "{series}: {buckets:?}");
            assert_eq!(buckets.last(), Some(&(f64::INFINITY, *count)), "{series}");
            assert!(self.samples[&format!("{name}_sum{labels}}}")] > 0.0, "{series}");
        }
    }

    fn get(&self, series: &str) -> f64 {
        *self.samples.get(series).unwrap_or_else(|| panic!("no {series} in {:#?}", self.samples.keys()))
    }
}

async fn ask(world: &World) -> Answer {
    MdmServer::receive(world.portal().client.get(format!("{}/_sim/metrics", world.url()))).await
}

#[tokio::test]
async fn a_story_is_counted() {
    let world = World::small().await;
    let before = Page::parse(&ask(&world).await.text);
    assert_eq!(before.get("abmsim_requests_total{operation=\"enrollment.account\",status=\"200\"}"), 0.0);
    let mut mdm = world.mdm("Primary MDM").await;
    for _ in 0..3 {
        mdm.get("/account").await.expect_ok();
    }
    mdm.get("/nowhere").await;
    mdm.call("DELETE", "/account", None).await;
    world.portal().call("PUT", "/terms", json!({"state": "unsigned"})).await;
    mdm.get("/account").await.expect_refusal(403, "T_C_NOT_SIGNED");
    world.portal().refused("GET", "/devices/NOSUCHDEVICE", json!(null), 404, "NOT_FOUND").await;

    let answer = ask(&world).await;
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let page = Page::parse(&answer.text);
    for (series, expected) in [
        ("abmsim_requests_total{operation=\"enrollment.session\",status=\"200\"}", 1.0),
        ("abmsim_requests_total{operation=\"enrollment.account\",status=\"200\"}", 3.0),
        ("abmsim_requests_total{operation=\"enrollment.account\",status=\"403\"}", 1.0),
        ("abmsim_requests_total{operation=\"unknown\",status=\"404\"}", 1.0),
        ("abmsim_requests_total{operation=\"unknown\",status=\"405\"}", 1.0),
        ("abmsim_request_duration_seconds_count{operation=\"enrollment.account\"}", 4.0),
        ("abmsim_request_duration_seconds_bucket{operation=\"enrollment.account\",le=\"30\"}", 4.0),
        ("abmsim_refusals_total{operation=\"enrollment.account\",reason=\"terms_not_signed\"}", 1.0),
        ("abmsim_refusals_total{operation=\"unknown\",reason=\"no_such_path\"}", 1.0),
        ("abmsim_refusals_total{operation=\"unknown\",reason=\"method_not_allowed\"}", 1.0),
        ("abmsim_control_requests_total{operation=\"control.set_terms\",status=\"200\"}", 1.0),
        ("abmsim_control_requests_total{operation=\"control.get_device\",status=\"404\"}", 1.0),
        ("abmsim_control_requests_total{operation=\"control.metrics\",status=\"200\"}", 1.0),
        ("abmsim_sessions_opened_total", 1.0),
        ("abmsim_organizations", 1.0),
        ("abmsim_devices", 4.0),
        ("abmsim_journal_entries", 7.0),
        ("abmsim_log_lines_dropped_total", 0.0),
    ] {
        assert_eq!(page.get(series), expected, "{series}");
    }
    assert!(page.get("abmsim_journal_bytes") > 7.0 * 1_000.0);
    let (open, accepted) = (page.get("abmsim_connections_open"), page.get("abmsim_connections_accepted_total"));
    assert!((1.0..=accepted).contains(&open), "{open} of {accepted}");
    let started = page.get("process_start_time_seconds");
    let now = abmsim::clock::wall_nanoseconds() as f64 / 1e9;
    assert!(started > now - 600.0 && started <= now, "{started} {now}");
    let version = format!("abmsim_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(page.get(&version), 1.0);
}

#[tokio::test]
async fn what_clients_send_makes_no_new_series() {
    let world = World::small().await;
    let mdm = world.mdm("Primary MDM").await;
    mdm.send("GET", "/nowhere/0", None).await;
    let before = Page::parse(&ask(&world).await.text).samples.len();
    for number in 1..50 {
        mdm.send("GET", &format!("/nowhere/{number}"), None).await;
    }
    let after = Page::parse(&ask(&world).await.text).samples.len();
    // The page itself was counted for the first time.
    assert!(after <= before + 30, "{before} {after}");
}
