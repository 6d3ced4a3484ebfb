//! `idHash`: an Apple Account without its name.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

/// What an MDM is told of a user's Apple Account: 20 bytes, in base64. The same account has the same hash everywhere, whatever its capitals;
/// how Apple makes it is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct IdHash([u8; 20]);

impl IdHash {
    /// The hash of an Apple Account.
    pub fn of(account: &str) -> Self {
        let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, account.trim().to_lowercase().as_bytes());
        let mut bytes = [0; 20];
        bytes.copy_from_slice(digest.as_ref());
        Self(bytes)
    }

    pub(super) fn key(&self) -> u64 {
        crate::random::hash(&self.0)
    }
}

impl fmt::Display for IdHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for IdHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<IdHash> for String {
    fn from(hash: IdHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for IdHash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = BASE64_STANDARD.decode(&text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| format!("`{text}` is not the base64 of 20 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_hash_whatever_its_capitals() {
        let hash = IdHash::of("robin@acme.example");
        assert_eq!(hash, IdHash::of(" Robin@Acme.example"));
        assert_ne!(hash, IdHash::of("kim@acme.example"));
        assert!(hash.to_string().len() == 28 && hash.to_string().ends_with('='));
        assert_eq!(IdHash::try_from(hash.to_string()), Ok(hash));
        assert!(IdHash::try_from("AAAA".to_owned()).is_err());
    }
}
