//! OAuth nonces: each may be used once per timestamp.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The nonces that a server's clients have used, the oldest forgotten first.
#[derive(Clone, Debug, Default)]
pub struct Nonces {
    used: HashSet<(u64, String)>,
    order: VecDeque<(u64, String)>,
}

/// How many are remembered: more than a client can use within the timestamp window without being noticed otherwise.
const REMEMBERED: usize = 20_000;

impl Nonces {
    /// Whether `nonce` was used with `timestamp` before.
    pub fn is_used(&self, timestamp: u64, nonce: &str) -> bool {
        self.used.contains(&(timestamp, nonce.to_owned()))
    }

    /// Remembers a nonce.
    pub fn remember(&mut self, timestamp: u64, nonce: &str) {
        let entry = (timestamp, nonce.to_owned());
        if self.used.insert(entry.clone()) {
            self.order.push_back(entry);
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.used.remove(&oldest);
            }
        }
    }
}

impl Serialize for Nonces {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.order.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Nonces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut nonces = Self::default();
        for (timestamp, nonce) in Vec::<(u64, String)>::deserialize(deserializer)? {
            nonces.remember(timestamp, &nonce);
        }
        Ok(nonces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_used_once_per_timestamp() {
        let mut nonces = Nonces::default();
        nonces.remember(1, "a");
        assert!(nonces.is_used(1, "a"));
        assert!(!nonces.is_used(2, "a"));
        for at in 0..REMEMBERED as u64 {
            nonces.remember(at + 2, "b");
        }
        assert!(!nonces.is_used(1, "a"), "the oldest is forgotten");
        assert_eq!(nonces.used.len(), REMEMBERED);
    }
}
