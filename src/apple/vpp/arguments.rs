//! Arguments of a call: from JSON, from a form, from the query.

use serde_json::{Map, Value};

use super::errors::Refused;
use crate::apple::json;
use crate::http::{Query, Request};
use crate::organization::content::Pricing;

/// What came with a call. Whatever is given as a number or as true and false is a text here; null and empty lists are as good as absent.
#[derive(Debug, Default)]
pub struct Arguments(Vec<(String, Argument)>);

#[derive(Debug)]
enum Argument {
    Text(String),
    List(Vec<String>),
    /// Something that no argument can be.
    Odd,
}

impl Arguments {
    /// The arguments of a request. Which form a body has is seen from its beginning, for clients say the wrong thing in `Content-Type`. What
    /// the body says counts before the query.
    pub fn of(request: &Request) -> (Self, Result<(), Refused>) {
        let mut all = Self::default();
        let body = request.body.trim_ascii();
        let outcome = match body.first() {
            None => Ok(()),
            Some(b'{' | b'[' | b'"') => {
                json::read::<Map<String, Value>>(body).map(|object| all.add_json(object)).map_err(Refused::argument)
            }
            Some(_) => match std::str::from_utf8(body) {
                Ok(form) => {
                    all.add_pairs(&Query::parse(Some(form)));
                    Ok(())
                }
                Err(_) => Err(Refused::argument("the body is neither JSON nor a form: it is no UTF-8")),
            },
        };
        all.add_pairs(&Query::parse(request.head.uri.query()));
        (all, outcome)
    }

    fn add_json(&mut self, object: Map<String, Value>) {
        for (name, value) in object {
            let argument = match value {
                Value::Null => continue,
                Value::Array(items) if items.is_empty() => continue,
                Value::Array(items) => {
                    let texts: Option<Vec<String>> = items.into_iter().map(text).collect();
                    texts.map_or(Argument::Odd, Argument::List)
                }
                other => text(other).map_or(Argument::Odd, Argument::Text),
            };
            self.0.push((name, argument));
        }
    }

    /// Adds the pairs of a form. A name with brackets, as Ruby writes them, or one that is there several times, has a list.
    fn add_pairs(&mut self, form: &Query<'_>) {
        for (name, value) in form.pairs() {
            match name.strip_suffix("[]") {
                Some(list) => match self.0.iter_mut().find(|(known, _)| known == list) {
                    Some((_, Argument::List(values))) => values.push(value.to_owned()),
                    Some(_) => {}
                    None => self.0.push((list.to_owned(), Argument::List(vec![value.to_owned()]))),
                },
                None => self.0.push((name.to_owned(), Argument::Text(value.to_owned()))),
            }
        }
    }

    fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, argument)| argument)
    }

    /// A text as it was given; it may be empty.
    pub fn given(&self, name: &str) -> Result<Option<&str>, Refused> {
        match self.get(name) {
            None => Ok(None),
            Some(Argument::Text(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::argument(format!("`{name}` is no text"))),
        }
    }

    /// A text. An empty one is as good as absent.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refused> {
        Ok(self.given(name)?.filter(|text| !text.is_empty()))
    }

    /// A text that has to be there.
    pub fn needed(&self, name: &str) -> Result<&str, Refused> {
        self.text(name)?.ok_or_else(|| {
            Refused::new("9600", format!("`{name}` is missing")).saying(format!("Missing \"{name}\" input parameter"))
        })
    }

    /// A number.
    pub fn number<N: std::str::FromStr>(&self, name: &str) -> Result<Option<N>, Refused> {
        let read =
            |text: &str| text.parse().map_err(|_| Refused::argument(format!("`{name}` is `{text}` and no number")));
        self.text(name)?.map(read).transpose()
    }

    /// Yes or no; no where it is absent.
    pub fn flag(&self, name: &str) -> Result<bool, Refused> {
        match self.text(name)? {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(Refused::argument(format!("`{name}` is `{text}` and neither 0 nor 1"))),
        }
    }

    /// A list. One text is a list of one.
    pub fn list(&self, name: &str) -> Result<Vec<String>, Refused> {
        let mut all = Vec::new();
        for (_, argument) in self.0.iter().filter(|(known, _)| known == name) {
            match argument {
                Argument::Text(text) if text.is_empty() => {}
                Argument::Text(text) => all.push(text.clone()),
                Argument::List(texts) => all.extend_from_slice(texts),
                Argument::Odd => return Err(Refused::argument(format!("`{name}` is no list of texts"))),
            }
        }
        Ok(all)
    }

    /// `pricingParam`.
    pub fn pricing(&self) -> Result<Option<Pricing>, Refused> {
        let unknown = |name: &str| Refused::argument(format!("pricingParam is `{name}` and not STDQ or PLUS"));
        self.text("pricingParam")?.map(|name| Pricing::from_name(name).ok_or_else(|| unknown(name))).transpose()
    }
}

/// What a single value is as a text.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
