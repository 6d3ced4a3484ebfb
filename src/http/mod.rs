//! Bytes, not Apple.
