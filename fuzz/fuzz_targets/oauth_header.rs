//! An Authorization header is read or refused with a reason; what was read can be judged.
#![no_main]

use abmsim::pki::Authorization;
use abmsim::secret::Secret;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    match Authorization::parse(header) {
        Ok(claimed) => {
            assert!(!claimed.consumer_key().is_empty() && !claimed.token().is_empty());
            let url = ["https://mdmenrollment.apple.com/session"];
            _ = claimed.verify("GET", url.into_iter(), &Secret::new("a"), &Secret::new("b"));
        }
        Err(malformed) => assert!(!malformed.to_string().is_empty()),
    }
});
