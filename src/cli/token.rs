//! `abmsim token`: the server token, as the portal hands it out.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use http::header::CONTENT_DISPOSITION;
use http::{Method, Response};
use serde_json::{Map, Value};

use super::control::{Control, Request};
use super::failure::Failure;
use super::target::Target;
use super::{certificate, output};
use crate::clock::Span;

/// A new server token for an MDM; the old one dies
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim token 'Primary MDM' --certificate mdm.pem    > token.p7m\n\
    With `--out .` the file gets the name that Apple gives it. Without a certificate the token is printed in clear. The present token: `abmsim org show -o json`.")]
pub(super) struct Token {
    /// The MDM server, by name or id
    server: String,
    /// The MDM's certificate (PEM or DER): the token is sealed to it
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Seal it to the certificate that the server has already
    #[arg(long)]
    sealed: bool,
    /// A file to write it to, or a folder; - for standard output, which is the default
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: String,
    /// How long it lives, such as 365d
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    expires_in: Option<Span>,
    /// The account that asks for it; another one than before gets another consumer key
    #[arg(long, value_name = "ACCOUNT")]
    admin: Option<String>,
}

impl Token {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let path = control.path(&["servers", &self.server, "token"])?;
        let mut body = Map::new();
        if let Some(file) = &self.certificate {
            body.insert("certificate".into(), certificate::read(file)?.into());
        }
        body.extend(self.expires_in.map(|span| ("expires_in".to_owned(), span.to_string().into())));
        body.extend(self.admin.clone().map(|admin| ("admin".to_owned(), admin.into())));
        let is_sealed = self.sealed || self.certificate.is_some();
        let accept = if is_sealed { "application/pkcs7-mime" } else { "application/json" };
        let body = Some(("application/json", Bytes::from(Value::Object(body).to_string())));
        let answer = control.ask(Request { method: Method::POST, path: &path, accept, body })?;
        match Path::new(&self.out) {
            out if out == Path::new("-") && is_sealed => output::bytes(answer.body()),
            out if out == Path::new("-") => {
                output::data(&format!("{}\n", String::from_utf8_lossy(answer.body()).trim_end()))
            }
            folder if folder.is_dir() => write(&folder.join(file_name(&answer, &self.server)), answer.body()),
            file => write(file, answer.body()),
        }
    }
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| {
        Failure::failed(format!("the token is made, but cannot be written to {}: {error}", path.display()))
    })?;
    output::note(&format!("wrote {}", path.display()));
    Ok(())
}

/// The name that Apple gives the file, `Primary MDM_Token_2026-09-01T08-00-00Z_smime.p7m`; never one in another directory.
pub(super) fn file_name(answer: &Response<Bytes>, server: &str) -> String {
    let disposition =
        answer.headers().get(CONTENT_DISPOSITION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let named = disposition.and_then(|text| text.split_once("filename=\"")?.1.split_once('"'));
    let name = named.map_or_else(|| format!("{server}_Token_smime.p7m"), |(name, _)| name.to_owned());
    let name = name.replace(|c: char| matches!(c, '/' | '\\') || c.is_control(), "_");
    name.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(disposition: &str) -> String {
        let answer = Response::builder().header(CONTENT_DISPOSITION, disposition).body(Bytes::new()).unwrap();
        file_name(&answer, "Mac/Fleet")
    }

    #[test]
    fn the_file_is_named_as_apple_names_it_and_stays_here() {
        let apples = "Primary MDM_Token_2026-09-01T08-00-00Z_smime.p7m";
        assert_eq!(named(&format!("attachment; filename=\"{apples}\"")), apples);
        assert_eq!(named("attachment; filename=\"../../x.p7m\""), "_.._x.p7m");
        assert_eq!(named("attachment"), "Mac_Fleet_Token_smime.p7m");
    }
}
