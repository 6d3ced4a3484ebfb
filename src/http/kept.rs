//! Bodies that are kept when they have gone out.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

/// A text in short: what it was made of, from which it can be written again, byte for byte.
pub trait Abridged: fmt::Debug + Send + Sync {
    /// The text.
    fn written(&self) -> Vec<u8>;

    /// How many bytes the text has.
    fn length(&self) -> usize;

    /// How many bytes this takes instead.
    fn memory(&self) -> usize;
}

/// A body as it is kept.
#[derive(Clone, Debug)]
pub enum Kept {
    /// All of it.
    Whole(Bytes),
    /// In short.
    Abridged(Arc<dyn Abridged>),
}

impl Kept {
    /// The body; written again where it was kept in short.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Whole(bytes) => Cow::Borrowed(bytes),
            Self::Abridged(short) => Cow::Owned(short.written()),
        }
    }

    /// The body, shared where it was kept whole.
    pub fn whole(&self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes.clone(),
            Self::Abridged(short) => short.written().into(),
        }
    }

    /// How many bytes it takes to keep it.
    pub fn memory(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Abridged(short) => short.memory(),
        }
    }

    /// How many bytes the body has.
    pub fn length(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Abridged(short) => short.length(),
        }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl<T: Into<Bytes>> From<T> for Kept {
    fn from(bytes: T) -> Self {
        Self::Whole(bytes.into())
    }
}
