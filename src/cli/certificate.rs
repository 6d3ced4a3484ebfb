//! An MDM's certificate, on its way from a file into a JSON body.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::failure::Failure;

/// The certificate in the file at `path` as the control API takes it: PEM as it is, DER in base64.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::failed(format!("cannot read the certificate {}: {error}", path.display())))?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN") => text,
        Ok(text) => STANDARD.encode(text),
        Err(error) => STANDARD.encode(error.into_bytes()),
    })
}
