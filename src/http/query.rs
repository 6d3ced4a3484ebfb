//! Query strings.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The pairs of a query string, in their order, decoded. Never fails: what is not valid UTF-8 becomes U+FFFD, a percent sign that introduces
/// nothing stays one, a name without `=` has an empty value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query<'q>(Vec<(Cow<'q, str>, Cow<'q, str>)>);

impl<'q> Query<'q> {
    /// Reads what follows the question mark.
    pub fn parse(query: Option<&'q str>) -> Self {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of `name`, in their order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_ref())
    }

    /// All pairs, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The same without the pairs of `name`.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Decodes `%41` and `+`, as forms are encoded.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('+') {
        return percent_decode(text.as_bytes()).decode_utf8_lossy();
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        Query::parse(Some(query)).pairs().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn pairs_are_decoded_and_keep_their_order() {
        let query = Query::parse(Some("b=2&a=x+y%2Bz&b=1&caf%C3%A9&=none&&c=d=e"));
        assert_eq!(query.get("b"), Some("2"));
        assert_eq!(query.all("b").collect::<Vec<_>>(), ["2", "1"]);
        assert_eq!(query.get("a"), Some("x y+z"));
        assert_eq!(query.get("café"), Some(""));
        assert_eq!(query.get(""), Some("none"));
        assert_eq!(query.get("c"), Some("d=e"));
        assert_eq!(query.get("d"), None);
    }

    #[test]
    fn nothing_is_no_pair() {
        assert!(Query::parse(None).is_empty());
        assert!(Query::parse(Some("")).is_empty());
        assert!(Query::parse(Some("&&")).is_empty());
    }

    #[test]
    fn a_broken_escape_stays_as_it_is() {
        assert_eq!(
            pairs("a=100%&b=%zz&c=%ff"),
            [("a".into(), "100%".into()), ("b".into(), "%zz".into()), ("c".into(), "\u{fffd}".into())]
        );
    }

    proptest! {
        #[test]
        fn no_query_panics(query in "\\PC*") {
            Query::parse(Some(&query));
        }
    }
}
