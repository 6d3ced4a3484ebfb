//! JSON bodies.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Reads a request's body: a JSON object. Unknown keys are ignored.
///
/// # Errors
///
/// What is wrong, and where.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    if body.trim_ascii_start().first() != Some(&b'{') {
        let what = match serde_json::from_slice::<&RawValue>(body) {
            _ if body.trim_ascii().is_empty() => "it is empty".to_owned(),
            Ok(json) => format!("it is {}", excerpt(json.get())),
            Err(wrong) => wrong.to_string(),
        };
        return Err(format!("the body is not a JSON object: {what}"));
    }
    serde_json::from_slice(body).map_err(|wrong| {
        // Once more, to say where: what is right shall not pay for what is wrong.
        let mut json = serde_json::Deserializer::from_slice(body);
        let place = serde_path_to_error::deserialize::<_, T>(&mut json).err();
        let place = place.map(|wrong| wrong.path().to_string()).filter(|path| path != "." && wrong.is_data());
        let place = place.map_or_else(String::new, |path| format!(" at `{path}`"));
        format!("the body does not fit{place}: {wrong}")
    })
}

/// An object inside of a body, and nothing else: what serde derives would take a list of the members too.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

/// As much of a client's text as a reason has room for.
fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Writes an answer's body.
pub fn write(body: &impl Serialize) -> Vec<u8> {
    /// Nearly all fit.
    const TYPICAL: usize = 2_048;
    let mut written = Vec::with_capacity(TYPICAL);
    // Only maps with keys that are no texts cannot be written, and there are none.
    _ = serde_json::to_writer(&mut written, body);
    written
}

/// Writes a JSON text behind what is in `out`; plain ones, which nearly all are, without looking twice.
pub fn text(out: &mut Vec<u8>, value: &str) {
    let is_plain = |byte: u8| (byte >= 0x20) & (byte != b'"') & (byte != b'\\') & (byte != 0x7f);
    // Without a way out on the way, many bytes are looked at at once.
    let plain = value.bytes().fold(true, |so_far, byte| so_far & is_plain(byte));
    if plain {
        out.push(b'"');
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(&serde_json::to_vec(value).unwrap_or_default());
    }
}
