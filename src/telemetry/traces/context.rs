//! The caller's span, as W3C Trace Context writes it.

use http::HeaderMap;

/// What a request says of the trace that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context<'a> {
    pub(super) trace: u128,
    pub(super) span: u64,
    pub(super) sampled: bool,
    /// `tracestate`, handed on as it is.
    pub(super) state: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// Reads `traceparent` and `tracestate`. What does not follow the rules counts as absent.
    pub(super) fn of(headers: &'a HeaderMap) -> Option<Self> {
        let mut parents = headers.get_all("traceparent").iter();
        let (Some(parent), None) = (parents.next(), parents.next()) else { return None };
        let mut fields = parent.to_str().ok()?.trim().split('-');
        let version = hexadecimal(fields.next()?, 2)?;
        let trace = hexadecimal(fields.next()?, 32)?;
        let span = u64::try_from(hexadecimal(fields.next()?, 16)?).ok()?;
        let flags = hexadecimal(fields.next()?, 2)?;
        // Later versions may have more fields.
        if version == 0xff || version == 0 && fields.next().is_some() || trace == 0 || span == 0 {
            return None;
        }
        let state = headers.get("tracestate").and_then(|state| state.to_str().ok()).filter(|state| !state.is_empty());
        Some(Self { trace, span, sampled: flags & 1 == 1, state })
    }
}

/// A number of so many lower-case hexadecimal digits.
fn hexadecimal(text: &str, digits: usize) -> Option<u128> {
    let valid = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if valid { u128::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(parent: &str) -> Option<(u128, u64, bool)> {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_str(parent).unwrap());
        Context::of(&headers).map(|context| (context.trace, context.span, context.sampled))
    }

    #[test]
    fn the_callers_span_is_read() {
        let trace = 0x0af7651916cd43dd8448eb211c80319c;
        for (text, sampled) in [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more", true),
        ] {
            assert_eq!(read(text), Some((trace, 0xb7ad6b7169203331, sampled)), "{text}");
        }
    }

    #[test]
    fn what_does_not_follow_the_rules_is_absent() {
        for text in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let mut twice = HeaderMap::new();
        let valid = HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        twice.append("traceparent", valid.clone());
        twice.append("traceparent", valid);
        assert_eq!(Context::of(&twice), None);
    }
}
