//! A document is a snapshot or none; one that has no flaws is written as it was read, and can be forked.
#![no_main]

use abmsim::directory::Snapshot;
use abmsim::organization::Streams;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(snapshot) = serde_json::from_slice::<Snapshot>(bytes) else { return };
    if snapshot.state.flaws().is_empty() {
        assert!(snapshot.state.forked(Streams::of_fork(7, "fork"), snapshot.at).flaws().is_empty());
    }
});
