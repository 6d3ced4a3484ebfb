//! The mistakes found so far, while their places are still byte offsets.

use std::sync::Arc;

use super::mistake::{Mistake, Mistakes};
use super::source::Places;

/// A place in one of the files that are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which file, in the order given.
    pub(super) file: u32,
    /// The byte in it.
    pub(super) at: u32,
}

/// A file's name and the part of it that is text.
pub(super) struct Text<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
}

struct Complaint {
    place: Place,
    pointer: String,
    message: String,
    hint: Option<String>,
    first: Option<Place>,
}

/// Collects mistakes. Lines and columns are worked out once, at the end: most scenarios have no mistake and need none.
#[derive(Default)]
pub(super) struct Complaints(Vec<Complaint>);

impl Complaints {
    /// Notes a mistake.
    pub(super) fn add(&mut self, place: Place, pointer: String, message: String, hint: Option<String>) {
        self.0.push(Complaint { place, pointer, message, hint, first: None });
    }

    /// Notes that something is there twice. The hint says where it was `first`.
    pub(super) fn add_second(&mut self, place: Place, pointer: String, message: String, first: Place) {
        self.0.push(Complaint { place, pointer, message, hint: None, first: Some(first) });
    }

    /// Notes all of `others`.
    pub(super) fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// `value` if there was nothing to complain about, otherwise all mistakes in the order of the `texts`.
    pub(super) fn settle<T>(mut self, value: T, texts: &[Text]) -> Result<T, Mistakes> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by_key(|complaint| complaint.place);
        let names: Vec<Arc<str>> = texts.iter().map(|text| text.name.into()).collect();
        let mut places: Vec<Option<Places>> = texts.iter().map(|_| None).collect();
        let mut locate = |place: Place| {
            let file = place.file as usize;
            places[file].get_or_insert_with(|| Places::new(texts[file].text)).locate(place.at as usize)
        };
        let mistakes = self.0.into_iter().map(|complaint| {
            let (line, column) = locate(complaint.place);
            let hint = complaint.first.map(|first| {
                let (line, column) = locate(first);
                format!("it is first given at {}:{line}:{column}", names[first.file as usize])
            });
            Mistake {
                source: names[complaint.place.file as usize].clone(),
                line,
                column,
                pointer: complaint.pointer,
                message: complaint.message,
                hint: hint.or(complaint.hint),
            }
        });
        Err(Mistakes::new(mistakes.collect()))
    }
}
