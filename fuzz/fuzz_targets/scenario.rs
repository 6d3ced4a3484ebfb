//! A scenario is read, or every mistake in it has a place; the same for fault rules.
#![no_main]

use abmsim::scenario::{Callers, SourceFile, Surroundings, read, read_faults};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    if let Err(mistakes) = read(&[SourceFile::new("fuzz.yaml", text)], &Surroundings::house()) {
        assert!(mistakes.list().iter().all(|mistake| mistake.line >= 1 && mistake.column >= 1));
        assert!(!mistakes.list().is_empty());
    }
    if let Err(mistakes) = read_faults(text, &Callers::default(), &Surroundings::house()) {
        assert!(!mistakes.list().is_empty());
    }
});
