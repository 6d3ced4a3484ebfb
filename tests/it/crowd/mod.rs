//! Many clients at once, over real sockets, who all want the same few licences.
//!
//! What they do is drawn from a seed, which a failure names; in which order it arrives is not. `cargo test` lets them at it for a few seconds.
//! Longer, or with another seed:
//!
//! ```sh
//! ABMSIM_CROWD_SECONDS=60 ABMSIM_CROWD_SEED=8 cargo test --test it crowd
//! ```

mod history;
mod linearizability;
mod oversold;

use std::env;
use std::future::Future;
use std::time::Duration;

/// How many clients there are.
const CLIENTS: usize = 200;

/// How long they are at it.
fn duration() -> Duration {
    let asked = env::var("ABMSIM_CROWD_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(asked.unwrap_or(3))
}

/// What they draw from.
fn seed() -> u64 {
    env::var("ABMSIM_CROWD_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7)
}

/// Plays a story on as many threads as a small machine has, and names the seed if it fails.
fn play<F: Future<Output = ()>>(story: impl FnOnce(u64) -> F) {
    let seed = seed();
    let _named = Named(seed);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(story(seed));
}

/// Names the seed on the way out of a test that failed.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("The seed was {0}: ABMSIM_CROWD_SEED={0}", self.0);
        }
    }
}
