//! Which exchanges somebody wants to see.

use memchr::memmem;

use super::{Answered, Entry, Exchange};
use crate::clock::Timestamp;
use crate::http::Query;
use crate::pattern::Pattern;

/// Which exchanges are wanted. What is named more than once, or with commas, is wanted either way; different things are wanted together.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    operations: Vec<Pattern>,
    statuses: Vec<Statuses>,
    serials: Vec<String>,
    servers: Vec<String>,
    methods: Vec<String>,
    paths: Vec<Pattern>,
    faults: Vec<Pattern>,
    refused: Option<bool>,
    since: Option<Since>,
}

/// From where on somebody wants to see exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Those after this one.
    Entry(u64),
    /// Those that ended then or later, by the organisation's clock.
    Time(Timestamp),
}

/// A status, or all of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statuses {
    One(u16),
    Class(u16),
}

/// A parameter that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadFilter(&'static str);

impl Filter {
    /// The parameters that a filter knows.
    pub const NAMES: [&str; 9] =
        ["operation", "status", "serial", "server", "method", "path", "fault", "refused", "since"];

    /// Takes a parameter in; answers false where it is none of a filter's. An empty value is as good as none.
    pub fn add(&mut self, name: &str, value: &str) -> Result<bool, BadFilter> {
        let values = || value.split(',').map(str::trim).filter(|value| !value.is_empty());
        match name {
            "operation" => self.operations.extend(values().map(Pattern::new)),
            "status" => {
                for value in values() {
                    self.statuses.push(Statuses::read(value)?);
                }
            }
            "serial" => self.serials.extend(values().map(str::to_owned)),
            // A server's name may have commas in it.
            "server" => self.servers.extend((!value.is_empty()).then(|| value.to_owned())),
            "method" => self.methods.extend(values().map(str::to_ascii_uppercase)),
            "path" => self.paths.extend(values().map(Pattern::new)),
            "fault" => self.faults.extend(values().map(|id| Pattern::new(if id == "any" { "*" } else { id }))),
            "refused" if value.is_empty() => {}
            "refused" => {
                self.refused = Some(value.parse().map_err(|_| BadFilter("true or false is wanted"))?);
            }
            "since" if value.is_empty() => {}
            "since" => self.since = Some(Since::read(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// From where on it wants to see exchanges.
    pub fn since(&self) -> Option<Since> {
        self.since
    }

    /// The servers that it names, to be replaced by what entries call them.
    pub fn servers_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.servers.iter_mut()
    }

    /// Operations that it names outright.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().filter(|one| !one.is_glob()).map(Pattern::as_str)
    }

    /// Whether `entry` is one of those wanted.
    pub fn fits(&self, entry: &Entry) -> bool {
        let Entry { exchange, .. } = entry;
        let among = |wanted: &[Pattern], text: &str| wanted.is_empty() || wanted.iter().any(|one| one.matches(text));
        let since = match self.since {
            None => true,
            Some(Since::Entry(id)) => entry.id > id,
            Some(Since::Time(time)) => entry.at >= time,
        };
        let status = exchange.answer.as_ref().map(|answer| answer.status.as_u16());
        let server = exchange.server.as_deref();
        since
            && among(&self.operations, exchange.operation)
            && (self.statuses.is_empty() || self.statuses.iter().any(|one| one.fits(status)))
            && (self.servers.is_empty() || self.servers.iter().any(|name| server == Some(name)))
            && (self.methods.is_empty()
                || self.methods.iter().any(|name| exchange.request.head.method == name.as_str()))
            && among(&self.paths, exchange.request.path())
            && (self.faults.is_empty() || exchange.fault.as_ref().is_some_and(|(id, _)| among(&self.faults, id)))
            && self.refused.is_none_or(|refused| exchange.is_refused() == refused)
            && (self.serials.is_empty() || self.serials.iter().any(|serial| exchange.concerns(serial)))
    }
}

impl Statuses {
    fn read(text: &str) -> Result<Self, BadFilter> {
        let wrong = || BadFilter("statuses are wanted, such as 200, 4xx, or 400,404; 0 for none at all");
        match text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
            Some(class) => match class.parse() {
                Ok(class @ 1..=5) => Ok(Self::Class(class)),
                _ => Err(wrong()),
            },
            None => match text.parse() {
                Ok(status @ (0 | 100..=999)) => Ok(Self::One(status)),
                _ => Err(wrong()),
            },
        }
    }

    fn fits(self, status: Option<u16>) -> bool {
        let status = status.unwrap_or_default();
        match self {
            Self::One(one) => status == one,
            Self::Class(class) => status / 100 == class,
        }
    }
}

impl Since {
    fn read(text: &str) -> Result<Self, BadFilter> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Entry(id));
        }
        // A plus that nobody encoded arrives as a blank.
        let time = text.replace(' ', "+").parse();
        time.map(Self::Time)
            .map_err(|_| BadFilter("the id of an entry or a time such as 2026-09-01T08:00:00Z is wanted"))
    }
}

impl Exchange {
    /// Whether `serial` is a text in its request or its answer: a value or a name in a body, or a parameter. Part of a text is none.
    pub fn concerns(&self, serial: &str) -> bool {
        let Ok(quoted) = serde_json::to_vec(serial) else { return false };
        let quoted = memmem::Finder::new(&quoted);
        let answer = self.answer.as_ref();
        let said = |body: &[u8]| quoted.find(body).is_some();
        said(&self.request.body)
            || answer.is_some_and(|Answered { body, .. }| said(&body.bytes()))
            || Query::parse(self.request.head.uri.query()).pairs().any(|(_, value)| value == serial)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::http::{Request, Scheme, Via};

    fn entry(status: Option<u16>, target: &str, body: &str, answer: &str) -> Entry {
        let here = "127.0.0.1:8443".parse().unwrap();
        let via = Via { scheme: Scheme::Https, peer: here, local: here, listener: 0, stands_in: false };
        let head = http::Request::post(target).body(()).unwrap().into_parts().0;
        let answer = status.map(|status| Answered {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from(answer.to_owned()).into(),
        });
        let exchange = Exchange {
            operation: "enrollment.device_details",
            server: Some("Primary, MDM".to_owned()),
            request: Request { via, head, body: Bytes::from(body.to_owned()) },
            answer,
            duration: Duration::ZERO,
            began: Timestamp::default(),
            fault: Some(("f1".to_owned(), "closed the connection".to_owned())),
            why: Vec::new(),
            refs: Vec::new(),
        };
        Entry { id: 7, at: Timestamp::from_seconds(1_000), exchange }
    }

    fn fits(query: &str, entry: &Entry) -> bool {
        let mut filter = Filter::default();
        for (name, value) in Query::parse(Some(query)).pairs() {
            assert_eq!(filter.add(name, value), Ok(true), "{name}={value}");
        }
        filter.fits(entry)
    }

    #[test]
    fn everything_that_is_named_has_to_fit() {
        let entry = entry(Some(404), "/devices?x=1", "{}", "");
        for (query, wanted) in [
            ("", true),
            ("operation=&status=&serial=&since=", true),
            ("operation=enrollment.*&status=4xx", true),
            ("operation=enrollment.session,*.device_details", true),
            ("operation=apps.*", false),
            ("operation=enrollment.*&status=5xx,400", false),
            ("status=400,404", true),
            ("status=0", false),
            ("server=Primary%2C+MDM", true),
            ("server=Primary", false),
            ("method=post", true),
            ("method=GET,PUT", false),
            ("path=/dev*", true),
            ("path=/dev", false),
            ("fault=any", true),
            ("fault=f1", true),
            ("fault=f2", false),
            ("refused=true", true),
            ("refused=false", false),
            ("since=6", true),
            ("since=7", false),
            ("since=1970-01-01T00:16:40Z", true),
            ("since=1970-01-01T01:16:40+01:00", true),
            ("since=1970-01-01T00:16:41Z", false),
        ] {
            assert_eq!(fits(query, &entry), wanted, "{query}");
        }
        assert!(fits("status=0", &super::tests::entry(None, "/", "", "")), "no answer at all");
    }

    #[test]
    fn a_serial_number_is_a_whole_text_anywhere_in_the_exchange() {
        for (target, body, answer) in [
            ("/devices", r#"{"devices": ["C02A"]}"#, ""),
            ("/devices", "", r#"{"devices":{"C02A":{"serial_number":"x"}}}"#),
            ("/device/replacementDetails?device=C02A", "", ""),
        ] {
            let entry = entry(Some(200), target, body, answer);
            assert!(fits("serial=C02A", &entry) && fits("serial=C02B,C02A", &entry), "{target} {body} {answer}");
            for other in ["C02", "02A", "c02a", "C02AB"] {
                assert!(!fits(&format!("serial={other}"), &entry), "{other}");
            }
        }
        let told = entry(Some(200), "/", r#"{"say": "the \"C02A\" one"}"#, "C02A");
        assert!(!fits("serial=C02A", &told), "words in a text are no serial number");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (name, value) in [
            ("status", "4x"),
            ("status", "6xx"),
            ("status", "99"),
            ("status", "ok"),
            ("refused", "maybe"),
            ("since", "yesterday"),
            ("since", "-1"),
        ] {
            assert!(Filter::default().add(name, value).is_err(), "{name}={value}");
        }
        assert_eq!(Filter::default().add("operations", "x"), Ok(false));
    }
}
