//! The directory in which CA and leaf are kept between runs.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rcgen::KeyPair;
use rustls::crypto::CryptoProvider;

use super::AuthorityError;
use super::issuing::{Ca, Fault, Leaf, read_key};
use super::names::Name;
use crate::clock::Timestamp;

const CA: &str = "ca.pem";
const CA_KEY: &str = "ca.key.pem";
const LEAF: &str = "leaf.pem";
const LEAF_KEY: &str = "leaf.key.pem";
const LOCK: &str = ".lock";

/// Reads the directory's CA and leaf, making what is missing or no longer serves.
pub(super) fn open(
    dir: &Path,
    names: &[Name],
    now: Timestamp,
    provider: &CryptoProvider,
) -> Result<(Ca, Leaf), AuthorityError> {
    let unusable = |source| AuthorityError::Directory { path: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(unusable)?;
    // Held to the end: a second process waits here and then finds whole pairs.
    let _lock = lock(dir).map_err(unusable)?;
    let ca = open_ca(dir, now)?;
    if let (Some(pem), Some(key_pem)) = (read(dir, LEAF)?, read(dir, LEAF_KEY)?) {
        match Leaf::read(pem, key_pem, provider) {
            Ok(leaf) if leaf.serves(&ca, names, now, provider) => return Ok((ca, leaf)),
            Err(Fault::Certificate(why)) => return Err(corrupt(dir, LEAF, "a certificate", why)),
            Err(Fault::Key(why)) => return Err(corrupt(dir, LEAF_KEY, "a private key", why)),
            // A leaf that no longer serves, or half of a pair from a process that was killed between two files.
            Ok(_) | Err(Fault::NotAPair) => {}
        }
    }
    let leaf = ca.issue(names, now, provider)?;
    write(dir, LEAF_KEY, &leaf.key_pem, Readers::Owner)?;
    write(dir, LEAF, &leaf.pem, Readers::Everyone)?;
    Ok((ca, leaf))
}

fn open_ca(dir: &Path, now: Timestamp) -> Result<Ca, AuthorityError> {
    let key = match (read(dir, CA)?, read(dir, CA_KEY)?) {
        (Some(pem), Some(key_pem)) => {
            let ca = Ca::read(pem, &key_pem).map_err(|fault| match fault {
                Fault::Certificate(why) => corrupt(dir, CA, "a CA certificate", why),
                Fault::Key(why) => corrupt(dir, CA_KEY, "a private key", why),
                Fault::NotAPair => AuthorityError::NotAPair { certificate: dir.join(CA), key: dir.join(CA_KEY) },
            })?;
            if now < ca.valid_from || now > ca.valid_until {
                let (from, until) = (ca.valid_from, ca.valid_until);
                return Err(AuthorityError::OutOfDate { path: dir.join(CA), from, until, now });
            }
            return Ok(ca);
        }
        (Some(_), None) => {
            return Err(AuthorityError::KeyMissing { certificate: dir.join(CA), key: dir.join(CA_KEY) });
        }
        // The key comes first when a CA is made: alone, it is what a killed process left, and nobody has seen a
        // certificate of it.
        (None, Some(key_pem)) => read_key(&key_pem).map_err(|why| corrupt(dir, CA_KEY, "a private key", why))?,
        (None, None) => {
            let key = KeyPair::generate()?;
            write(dir, CA_KEY, &key.serialize_pem(), Readers::Owner)?;
            key
        }
    };
    let ca = Ca::make(key, now)?;
    write(dir, CA, &ca.pem, Readers::Everyone)?;
    Ok(ca)
}

/// Waits until no other process is in the directory. `None` where nothing can be locked: a directory that is mounted
/// read-only holds what it holds, and some network file systems know no locks.
fn lock(dir: &Path) -> io::Result<Option<File>> {
    let file = match File::options().create(true).truncate(false).write(true).open(dir.join(LOCK)) {
        Err(why) if matches!(why.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            return Ok(None);
        }
        opened => opened?,
    };
    loop {
        match file.lock() {
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            locked => return Ok(locked.ok().map(|()| file)),
        }
    }
}

fn read(dir: &Path, name: &str) -> Result<Option<String>, AuthorityError> {
    let path = dir.join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
        Err(why) if why.kind() == ErrorKind::InvalidData => Err(corrupt(dir, name, "PEM text", why.to_string())),
        Err(source) => Err(AuthorityError::Read { path, source }),
    }
}

fn corrupt(dir: &Path, name: &str, expected: &'static str, why: String) -> AuthorityError {
    let together = match name {
        CA | CA_KEY => format!("{CA} and {CA_KEY}"),
        _ => name.to_owned(),
    };
    AuthorityError::Corrupt { path: dir.join(name), expected, why, together }
}

#[derive(Clone, Copy)]
enum Readers {
    Owner,
    Everyone,
}

/// Puts a whole file in place. It is made under another name, with its final mode from the first instant, and then
/// renamed: nobody sees half a file, and nobody but the owner ever sees a key.
fn write(dir: &Path, name: &str, text: &str, readers: Readers) -> Result<(), AuthorityError> {
    let path: PathBuf = dir.join(name);
    let put = || {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = match readers {
                Readers::Owner => 0o600,
                Readers::Everyone => 0o644,
            };
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = readers;
        let mut file = builder.prefix(".new-").tempfile_in(dir)?;
        file.write_all(text.as_bytes())?;
        file.persist(&path)?;
        Ok(())
    };
    put().map_err(|source| AuthorityError::Write { path: path.clone(), source })
}

#[cfg(test)]
mod tests;
