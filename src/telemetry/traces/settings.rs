//! What the `OTEL_*` variables say of traces.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::Sampler;
use crate::http::{Origin, Scheme, public_authorities};

/// Where a collector is when somebody asks for OTLP and says nothing of an endpoint.
const DEFAULT_ENDPOINT: &str = "http://localhost:4318";
/// How spans are to reach a collector.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The URL to which they are posted.
    pub url: String,
    /// Headers that go with them, such as those that a hosted collector knows its customers by.
    pub headers: HeaderMap,
    /// How long a collector may take to answer.
    pub timeout: Duration,
    /// The authorities that an `https` collector's certificate is checked with, PEM.
    pub ca: Option<String>,
    /// What the spans are said to come from: names and values.
    pub resource: Vec<(String, String)>,
    /// Which requests become spans.
    pub sampler: Sampler,
    /// How they are gathered.
    pub batching: Batching,
}

/// `OTEL_BSP_*`: how spans are gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batching {
    /// How long spans wait for others.
    pub delay: Duration,
    /// Spans that may wait; more are dropped.
    pub queue: usize,
    /// Spans that go into one request.
    pub batch: usize,
}

impl Default for Batching {
    fn default() -> Self {
        Self { delay: Duration::from_secs(5), queue: 2_048, batch: 512 }
    }
}

/// The variables, and what is odd about them.
struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    odd: Vec<String>,
}

impl Settings {
    /// Reads the variables: settings where they ask for traces, and what is odd about them, for people.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> (Option<Self>, Vec<String>) {
        let variable =
            |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut reader = Reader { variable: &variable, odd: Vec::new() };
        let settings = reader.settings();
        (settings, reader.odd)
    }
}

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    /// A variable that may be said for all signals, or for traces alone, which then counts.
    fn of_otlp(&self, name: &str) -> Option<String> {
        let own = self.get(&format!("OTEL_EXPORTER_OTLP_TRACES_{name}"));
        own.or_else(|| self.get(&format!("OTEL_EXPORTER_OTLP_{name}")))
    }

    fn settings(&mut self) -> Option<Settings> {
        if self.get("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        // It may be a list.
        let exporter = self.get("OTEL_TRACES_EXPORTER");
        let named: Vec<&str> = exporter.iter().flat_map(|list| list.split(',')).map(str::trim).collect();
        for other in named.iter().filter(|name| !["otlp", "none"].contains(name)) {
            self.odd.push(format!("OTEL_TRACES_EXPORTER names {other:?}; right would be otlp or none"));
        }
        if exporter.is_some() && !named.contains(&"otlp") {
            return None;
        }
        let url = match (self.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), self.get("OTEL_EXPORTER_OTLP_ENDPOINT")) {
            (Some(url), _) => url,
            (None, Some(base)) => format!("{}/v1/traces", base.trim_end_matches('/')),
            // Only somebody who asked for it sends anything anywhere.
            (None, None) if exporter.is_none() => return None,
            (None, None) => format!("{DEFAULT_ENDPOINT}/v1/traces"),
        };
        let scheme =
            match url.split_once("://").map(|(scheme, rest)| (scheme, rest.split('/').next().unwrap_or_default())) {
                Some(("http", host)) if Origin::new(Scheme::Http, host).is_ok() => Scheme::Http,
                Some(("https", host)) if Origin::new(Scheme::Https, host).is_ok() => Scheme::Https,
                _ => {
                    // A password may be in it.
                    let url = if url.contains('@') { "that is set" } else { &url };
                    self.odd.push(format!(
                        "the OTLP endpoint {url} is no http:// or https:// URL of a host: there are no traces"
                    ));
                    return None;
                }
            };
        match self.of_otlp("PROTOCOL").as_deref() {
            None | Some("http/json") => {}
            Some(other) => self.odd.push(format!(
                "OTEL_EXPORTER_OTLP_PROTOCOL is {other:?}, which is not spoken: traces go to {url} as http/json, \
                 which collectors take where they take http/protobuf (port 4318, not 4317)"
            )),
        }
        if let Some(compression) = self.of_otlp("COMPRESSION").filter(|compression| compression != "none") {
            self.odd.push(format!("OTEL_EXPORTER_OTLP_COMPRESSION is {compression:?}; traces go uncompressed"));
        }
        Some(Settings {
            headers: self.headers(),
            timeout: self.timeout(),
            ca: if scheme == Scheme::Https { self.ca() } else { None },
            resource: self.resource(),
            sampler: self.sampler(),
            batching: self.batching(),
            url,
        })
    }

    fn headers(&mut self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs(&self.of_otlp("HEADERS").unwrap_or_default()) {
            match (HeaderName::try_from(&name), HeaderValue::try_from(value)) {
                (Ok(name), Ok(mut value)) => {
                    value.set_sensitive(true);
                    headers.insert(name, value);
                }
                // Its value may be a secret.
                _ => self
                    .odd
                    .push(format!("OTEL_EXPORTER_OTLP_HEADERS has {name:?}, which is no header; it is left out")),
            }
        }
        headers
    }

    /// The collector's authority, or else the public ones.
    fn ca(&mut self) -> Option<String> {
        let named = self.of_otlp("CERTIFICATE");
        let found = match &named {
            Some(file) => std::fs::read_to_string(file).ok(),
            None => public_authorities(self.get("SSL_CERT_FILE").as_deref()),
        };
        if found.is_none() {
            let what = named.map_or_else(
                || "no certificates of public authorities were found".to_owned(),
                |file| format!("{file:?} cannot be read"),
            );
            self.odd.push(format!("{what}; OTEL_EXPORTER_OTLP_CERTIFICATE names the PEM file of the collector's CA"));
        }
        found
    }

    fn resource(&self) -> Vec<(String, String)> {
        let mut resource = pairs(&self.get("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default());
        if let Some(name) = self.get("OTEL_SERVICE_NAME") {
            resource.retain(|(key, _)| key != "service.name");
            resource.push(("service.name".to_owned(), name));
        }
        let own = [
            ("service.name", "abmsim"),
            ("service.version", env!("CARGO_PKG_VERSION")),
            ("telemetry.sdk.name", "abmsim"),
            ("telemetry.sdk.language", "rust"),
            ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
        ];
        for (key, value) in own {
            if !resource.iter().any(|(known, _)| known == key) {
                resource.push((key.to_owned(), value.to_owned()));
            }
        }
        resource
    }

    fn sampler(&mut self) -> Sampler {
        let Some(name) = self.get("OTEL_TRACES_SAMPLER") else { return Sampler::DEFAULT };
        Sampler::parse(&name, self.get("OTEL_TRACES_SAMPLER_ARG").as_deref()).unwrap_or_else(|wrong| {
            self.odd.push(format!("{wrong}; every request is traced"));
            Sampler::DEFAULT
        })
    }

    fn batching(&mut self) -> Batching {
        let default = Batching::default();
        let queue = self.number("OTEL_BSP_MAX_QUEUE_SIZE", default.queue as u64).max(1) as usize;
        let batch = self.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", default.batch as u64).max(1) as usize;
        let delay = self.number("OTEL_BSP_SCHEDULE_DELAY", default.delay.as_millis() as u64);
        Batching { delay: Duration::from_millis(delay), queue, batch: batch.min(queue) }
    }

    fn timeout(&mut self) -> Duration {
        let own = "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT";
        let name = if self.get(own).is_some() { own } else { "OTEL_EXPORTER_OTLP_TIMEOUT" };
        let export = self.number("OTEL_BSP_EXPORT_TIMEOUT", 30_000);
        Duration::from_millis(self.number(name, 10_000).min(export).max(1))
    }

    fn number(&mut self, name: &str, default: u64) -> u64 {
        let Some(text) = self.get(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.odd.push(format!("{name} is {text:?}; right would be a number such as {default}, which is taken"));
            default
        })
    }
}

/// `key1=value1,key2=value2`, percent-encoded.
fn pairs(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| percent_decode_str(text.trim()).decode_utf8_lossy().into_owned();
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (decoded(key), decoded(value))).filter(|(key, _)| !key.is_empty()).collect()
}

#[cfg(test)]
mod tests;
