//! An exchange as it lies in the memory of a journal: its texts one behind the other in one block.
//!
//! An exchange has some forty texts, each in an allocation of its own or in a buffer of its connection. Keeping thousands of them as they are
//! would spread a journal over the whole heap, where every new one meets cold memory.

use std::mem::size_of;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::header::{HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderMap, Method, StatusCode, Version};

use super::{Answered, Entry, Exchange};
use crate::clock::Timestamp;
use crate::http::{Kept, Request, Via};

/// Bodies up to this many bytes are copied into the block; larger ones stay where they are, shared with whoever else has them, or in short.
const SMALL: usize = 4_096;

/// An exchange in one piece.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    pub(super) id: u64,
    at: Timestamp,
    operation: &'static str,
    via: Via,
    version: Version,
    status: Option<StatusCode>,
    duration: Duration,
    began: Timestamp,
    refs: Vec<&'static str>,
    /// Lists of texts, in the order in which [`Packed::new`] writes them.
    texts: Bytes,
    /// The bodies of request and answer that are too large to be copied.
    large: [Kept; 2],
}

impl Packed {
    /// Writes the texts of `exchange` into `block`, and takes them from there.
    pub(super) fn new(id: u64, at: Timestamp, exchange: &Exchange, block: &mut BytesMut) -> Self {
        let Exchange { request, answer, .. } = exchange;
        let head = &request.head;
        let mut writer = Writer(block);
        writer.text(head.method.as_str().as_bytes());
        writer.text(head.uri.scheme_str().unwrap_or_default().as_bytes());
        writer.text(head.uri.authority().map_or("", |authority| authority.as_str()).as_bytes());
        writer.text(head.uri.path_and_query().map_or("", PathAndQuery::as_str).as_bytes());
        writer.headers(&head.headers);
        let asked = writer.body(&Kept::Whole(request.body.clone()));
        let mut answered = Kept::default();
        if let Some(answer) = answer {
            writer.headers(&answer.headers);
            answered = writer.body(&answer.body);
        }
        writer.list(exchange.server.iter());
        writer.list(exchange.fault.iter().flat_map(|(rule, effect)| [rule, effect]));
        writer.list(exchange.why.iter());
        Self {
            id,
            at,
            operation: exchange.operation,
            via: request.via,
            version: head.version,
            status: answer.as_ref().map(|answer| answer.status),
            duration: exchange.duration,
            began: exchange.began,
            refs: exchange.refs.clone(),
            texts: block.split().freeze(),
            large: [asked, answered],
        }
    }

    /// How much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.texts.len() + self.large.iter().map(Kept::memory).sum::<usize>()
    }

    /// The exchange as it was.
    pub(super) fn unpack(&self) -> Entry {
        let mut reader = Reader(self.texts.clone());
        let (mut head, ()) = http::Request::new(()).into_parts();
        head.method = Method::from_bytes(&reader.text()).unwrap_or_default();
        let mut target = http::uri::Parts::default();
        target.scheme = reader.some_text().and_then(|text| text.as_ref().try_into().ok());
        target.authority = reader.some_text().and_then(|text| text.as_ref().try_into().ok());
        target.path_and_query = reader.some_text().and_then(|text| PathAndQuery::from_maybe_shared(text).ok());
        head.uri = Uri::from_parts(target).unwrap_or_default();
        head.version = self.version;
        head.headers = reader.headers();
        let [asked, answered] = &self.large;
        let body = reader.body(asked).whole();
        let answer =
            self.status.map(|status| Answered { status, headers: reader.headers(), body: reader.body(answered) });
        let server = reader.list().pop();
        let mut fault = reader.list().into_iter();
        Entry {
            id: self.id,
            at: self.at,
            exchange: Exchange {
                operation: self.operation,
                server,
                request: Request { via: self.via, head, body },
                answer,
                duration: self.duration,
                began: self.began,
                fault: fault.next().zip(fault.next()),
                why: reader.list(),
                refs: self.refs.clone(),
            },
        }
    }
}

/// Texts behind one another, each with its length before it; lists with their number before them.
struct Writer<'a>(&'a mut BytesMut);

impl Writer<'_> {
    fn text(&mut self, text: &[u8]) {
        self.number(text.len());
        self.0.extend_from_slice(text);
    }

    fn list<'t>(&mut self, texts: impl Iterator<Item = &'t String> + Clone) {
        self.number(texts.clone().count());
        texts.for_each(|text| self.text(text.as_bytes()));
    }

    fn headers(&mut self, headers: &HeaderMap) {
        self.number(headers.len());
        for (name, value) in headers {
            self.text(name.as_str().as_bytes());
            self.text(value.as_bytes());
        }
    }

    /// Copies a body that is small; answers one that is not, for somebody to hold on to.
    fn body(&mut self, body: &Kept) -> Kept {
        let small = match body {
            Kept::Whole(bytes) if bytes.len() <= SMALL => bytes,
            _ => &Bytes::new(),
        };
        self.text(small);
        if small.len() == body.length() { Kept::default() } else { body.clone() }
    }

    /// No text of an exchange has 4 GiB: bodies are bounded far below.
    fn number(&mut self, number: usize) {
        self.0.put_u32(u32::try_from(number).unwrap_or_default());
    }
}

/// Reads what a [`Writer`] wrote.
struct Reader(Bytes);

impl Reader {
    fn number(&mut self) -> usize {
        self.0.try_get_u32().map_or(0, |number| number as usize)
    }

    fn text(&mut self) -> Bytes {
        let length = self.number();
        self.0.split_to(length.min(self.0.len()))
    }

    fn some_text(&mut self) -> Option<Bytes> {
        Some(self.text()).filter(|text| !text.is_empty())
    }

    fn list(&mut self) -> Vec<String> {
        (0..self.number()).map(|_| String::from_utf8_lossy(&self.text()).into_owned()).collect()
    }

    fn headers(&mut self) -> HeaderMap {
        let number = self.number();
        let mut headers = HeaderMap::with_capacity(number);
        for _ in 0..number {
            let (name, value) = (self.text(), self.text());
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(&name), HeaderValue::from_maybe_shared(value)) {
                headers.append(name, value);
            }
        }
        headers
    }

    fn body(&mut self, large: &Kept) -> Kept {
        let small = self.text();
        if large.length() == 0 { Kept::Whole(small) } else { large.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Scheme;

    fn exchange(target: &str, version: Version, body: &str, answer: Option<&str>) -> Exchange {
        let here = "127.0.0.1:8443".parse().unwrap();
        let via = Via { scheme: Scheme::Https, peer: here, local: here, listener: 0, stands_in: false };
        let head = http::Request::post(target)
            .version(version)
            .header("x-adm-auth-session", "4f1c")
            .header("accept", "a/a")
            .header("accept", "b/b")
            .header("x-strange", HeaderValue::from_bytes(&[0xe9, b' ', 0xff]).unwrap());
        let head = head.body(()).unwrap().into_parts().0;
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        Exchange {
            operation: "enrollment.account",
            server: Some("Fleet, übermorgen".to_owned()),
            request: Request { via, head, body: Bytes::copy_from_slice(body.as_bytes()) },
            answer: answer.map(|body| Answered {
                status: StatusCode::IM_A_TEAPOT,
                headers,
                body: Bytes::copy_from_slice(body.as_bytes()).into(),
            }),
            duration: Duration::from_micros(12),
            began: Timestamp::default(),
            fault: Some(("late".to_owned(), "delay 5s".to_owned())),
            why: vec!["too early".to_owned(), String::new()],
            refs: vec!["sign-in.nonce"],
        }
    }

    fn packed(exchange: &Exchange) -> Packed {
        Packed::new(7, Timestamp::default(), exchange, &mut BytesMut::new())
    }

    #[test]
    fn an_exchange_comes_out_as_it_went_in() {
        let large = "x".repeat(SMALL + 1);
        for (target, version) in [
            ("/server/devices?a=%20b&c", Version::HTTP_11),
            ("https://mdmenrollment.apple.com:443/account", Version::HTTP_2),
            ("mdmenrollment.apple.com:443", Version::HTTP_10),
            ("*", Version::HTTP_11),
        ] {
            for (body, answer) in [("", None), ("{}", Some("")), (&*large, Some("{}")), ("{}", Some(&*large))] {
                let exchange = exchange(target, version, body, answer);
                let entry = packed(&exchange).unpack();
                assert_eq!((entry.id, format!("{:?}", entry.exchange)), (7, format!("{exchange:?}")));
            }
        }
    }

    #[test]
    fn large_bodies_are_shared_and_not_copied() {
        let large = "x".repeat(SMALL + 1);
        let exchange = exchange("/", Version::HTTP_11, "{}", Some(&large));
        let body = exchange.answer.as_ref().unwrap().body.whole().as_ptr();
        let packed = packed(&exchange);
        assert_eq!(packed.unpack().exchange.answer.unwrap().body.whole().as_ptr(), body);
        assert!(packed.bytes() > SMALL && packed.texts.len() < 1_024);
    }
}
