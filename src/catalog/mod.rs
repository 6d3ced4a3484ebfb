//! The device catalogue.
