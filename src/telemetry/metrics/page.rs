//! The page that Prometheus reads.

use super::Metrics;
use super::calls::{BUCKETS, Calls};
use super::exposition::Exposition;

/// What is looked up when somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Organisations.
    pub organizations: usize,
    /// Devices of all organisations, released ones included.
    pub devices: usize,
    /// Sessions opened so far.
    pub sessions_opened: u64,
    /// Entries in all journals.
    pub journal_entries: usize,
    /// About how much memory they take.
    pub journal_bytes: usize,
    /// Lines of the log that were dropped since nobody read them.
    pub lines_dropped: u64,
    /// Attempts to notify MDM servers: those that were taken, and those that were not.
    pub notifications: (u64, u64),
    /// Spans that reached the collector, and spans that were dropped.
    pub spans: Option<(u64, u64)>,
}

impl Metrics {
    /// The page.
    pub fn page(&self, standing: &Standing) -> String {
        let mut page = Exposition::default();
        calls(&mut page, &self.apple, "abmsim", "calls to Apple's services");
        let faults = "Calls to Apple's services that a fault struck.";
        page.family("abmsim_faults_struck_total", "counter", faults);
        for operation in self.apple.operations().filter(|operation| operation.faults() > 0) {
            page.sample("abmsim_faults_struck_total", &[("operation", operation.name)], operation.faults());
        }
        calls(&mut page, &self.control, "abmsim_control", "calls to the control API");
        let mut counter = |name, help, value: u64| page.single(name, "counter", help, value);
        counter(
            "abmsim_sessions_opened_total",
            "Sessions of MDM servers opened, or renewed by rotation.",
            standing.sessions_opened,
        );
        counter("abmsim_connections_accepted_total", "Connections accepted.", self.traffic.accepted());
        counter(
            "abmsim_log_lines_dropped_total",
            "Log lines dropped because nobody read them in time.",
            standing.lines_dropped,
        );
        let (taken, not_taken) = standing.notifications;
        counter("abmsim_notifications_taken_total", "Notifications that were answered with a 2xx.", taken);
        counter("abmsim_notifications_not_taken_total", "Attempts to notify that failed.", not_taken);
        if let Some((exported, dropped)) = standing.spans {
            counter("abmsim_spans_exported_total", "Spans that the collector took.", exported);
            counter("abmsim_spans_dropped_total", "Spans that no collector got.", dropped);
        }
        let mut gauge = |name, help, value: u64| page.single(name, "gauge", help, value);
        gauge("abmsim_connections_open", "Connections that are open now.", self.traffic.open());
        gauge("abmsim_organizations", "Organisations.", standing.organizations as u64);
        gauge("abmsim_devices", "Devices of all organisations, released ones included.", standing.devices as u64);
        gauge("abmsim_journal_entries", "Exchanges kept in all journals.", standing.journal_entries as u64);
        gauge("abmsim_journal_bytes", "About how much memory the journals take.", standing.journal_bytes as u64);
        let began = self.began.millis();
        let began = format!("{}.{:03}", began / 1_000, began % 1_000);
        page.single("process_start_time_seconds", "gauge", "When it started, in seconds since 1970.", began);
        page.family("abmsim_build_info", "gauge", "The version, as a label of the constant 1.");
        page.sample("abmsim_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        page.finish()
    }
}

/// Requests, refusals and durations of one side. An operation that nobody has called yet is there with zeros, so that the first call is an increase.
fn calls(page: &mut Exposition, calls: &Calls, prefix: &str, noun: &str) {
    let requests = format!("{prefix}_requests_total");
    page.family(&requests, "counter", &format!("Answered {noun}, by status; `none`: the connection was closed."));
    for operation in calls.operations() {
        let statuses = operation.statuses();
        if statuses.is_empty() {
            page.sample(&requests, &[("operation", operation.name), ("status", "200")], 0);
        }
        for (status, count) in statuses {
            page.sample(&requests, &[("operation", operation.name), ("status", &status)], count);
        }
    }
    let refusals = format!("{prefix}_refusals_total");
    page.family(&refusals, "counter", &format!("Refused {noun}, by reason."));
    for (operation, reason, count) in calls.refusals() {
        page.sample(&refusals, &[("operation", operation), ("reason", reason)], count);
    }
    let durations = format!("{prefix}_request_duration_seconds");
    page.family(&durations, "histogram", &format!("From the last byte of a request to its answer, for {noun}."));
    let (bucket, sum, count) =
        (format!("{durations}_bucket"), format!("{durations}_sum"), format!("{durations}_count"));
    for operation in calls.operations() {
        let (within, nanoseconds) = operation.durations();
        let all = within[BUCKETS.len()];
        if all == 0 {
            continue;
        }
        let own = ("operation", operation.name);
        for ((end, _), count) in BUCKETS.iter().zip(within) {
            page.sample(&bucket, &[own, ("le", end)], count);
        }
        page.sample(&bucket, &[own, ("le", "+Inf")], all);
        let seconds = format!("{}.{:09}", nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        page.sample(&sum, &[own], seconds);
        page.sample(&count, &[own], all);
    }
}
