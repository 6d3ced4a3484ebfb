//! What clients send to the control API.

use http::header;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use super::{Call, Problem};
use crate::clock::{Mode, Span, Timestamp};
use crate::organization::Family;
use crate::organization::quirks::CertificateFiles;
use crate::pki::{CertificateRefusal, MdmCertificate};

impl Call<'_> {
    /// The body as JSON; an empty body is as good as `{}`.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = self.request.body.trim_ascii();
        let body = if body.is_empty() { b"{}".as_slice() } else { body };
        // Readers of structs would take a list of values too.
        if body.first() == Some(&b'[') {
            return Err(Problem::unfit("", "a JSON object is wanted, and this is a list"));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let read = serde_path_to_error::deserialize(&mut json).map_err(misfit)?;
        json.end().map_err(|wrong| Problem::unfit("", wrong.to_string()))?;
        Ok(read)
    }

    /// Whether the body is a certificate as such, and not JSON that may hold one.
    fn is_raw_certificate(&self) -> bool {
        let kind = self.request.header(header::CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        matches!(kind, "application/x-pem-file" | "application/pkix-cert" | "application/x-x509-ca-cert")
            || self.request.body.trim_ascii_start().starts_with(b"-----BEGIN")
            // DER: a sequence with a length of two bytes. No JSON begins so.
            || self.request.body.starts_with(&[0x30, 0x82])
    }

    /// A body that is JSON with a certificate perhaps, or a certificate as such.
    pub fn body_with_certificate<T: DeserializeOwned + Default>(&self) -> Result<(T, Option<MdmCertificate>), Problem> {
        if self.is_raw_certificate() {
            self.check_file_name()?;
            return Ok((T::default(), Some(MdmCertificate::parse(&self.request.body)?)));
        }
        let mut body: Map<String, Value> = self.body()?;
        let certificate = match body.remove("certificate") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(MdmCertificate::parse(text.as_bytes())?),
            Some(_) => {
                return Err(Problem::unfit("/certificate", "a certificate is a text: PEM, or the base64 of DER"));
            }
        };
        let rest = serde_path_to_error::deserialize(Value::Object(body)).map_err(misfit)?;
        Ok((rest, certificate))
    }
}

impl Call<'_> {
    /// Refuses the file of a certificate for its name, where the portal minds that.
    fn check_file_name(&self) -> Result<(), Problem> {
        let files = self.organization()?.read(|books, _| books.quirks.certificate_files);
        let disposition = self.request.header(header::CONTENT_DISPOSITION).unwrap_or_default();
        let name = disposition.split_once("filename=").map_or("", |(_, name)| name).trim_matches(['"', ' ']);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        if files == CertificateFiles::Any || name.is_empty() || matches!(ending.as_str(), "pem" | "der") {
            return Ok(());
        }
        Err(CertificateRefusal::FileName(name.to_owned()).into())
    }
}

/// What does not fit in a body, and where.
fn misfit(wrong: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let mut pointer = String::new();
    for segment in wrong.path() {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            // A variant with contents is the key before them.
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer = format!("{pointer}/{step}");
    }
    Problem::unfit(&pointer, wrong.inner().to_string())
}

/// `PUT …/terms`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsBody {
    /// `signed` or `unsigned`.
    pub state: TermsState,
    /// How long it takes until the services know of the signature.
    pub lag: Option<Span>,
}

/// Whether the terms are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TermsState {
    /// Agreed to.
    Signed,
    /// Waiting.
    Unsigned,
}

/// `POST …/servers`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerBody {
    /// Its name.
    pub name: Option<String>,
    /// Families whose new devices come to it.
    pub default_for: Option<Vec<Family>>,
    /// Whether it may release devices.
    pub allow_release: Option<bool>,
    /// Whether Apple gives it access.
    pub access: Option<bool>,
    /// Who generates its token.
    pub admin: Option<String>,
    /// How long its token lives.
    pub expires_in: Option<Span>,
}

/// `POST …/servers/{server}/token`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    /// Who generates it; absent: who generated the last one.
    pub admin: Option<String>,
    /// How long it lives.
    pub expires_in: Option<Span>,
}

/// `POST …/devices`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddDevices {
    /// `configurator`.
    pub via: String,
    /// A model of the catalogue, or any text with `family`.
    pub model: Option<String>,
    /// The family, where the model does not say.
    pub family: Option<Family>,
    /// Colour.
    pub color: Option<String>,
    /// Capacity.
    pub capacity: Option<String>,
    /// How many.
    pub count: Option<u32>,
    /// One, by serial number.
    pub serial: Option<String>,
    /// The server that they go to.
    pub server: Option<String>,
    /// Who adds them.
    #[serde(rename = "as")]
    pub by: Option<String>,
}

/// `POST …/assignments`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentBody {
    /// By serial number.
    pub serials: Option<Vec<String>>,
    /// By order.
    pub order: Option<String>,
    /// All that are at no server.
    pub all_available: Option<bool>,
    /// Where to; `null` takes them from their server.
    #[serde(default, deserialize_with = "present")]
    pub server: Option<Option<String>>,
    /// By when devices that are set up must have moved.
    pub deadline: Option<Timestamp>,
    /// Who assigns them.
    #[serde(rename = "as")]
    pub by: Option<String>,
}

/// Tells `null` from absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `POST …/releases`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// By serial number.
    pub serials: Vec<String>,
    /// Who releases them.
    #[serde(rename = "as")]
    pub by: Option<String>,
}

/// `POST …/devices/{serial}/replace`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceBody {
    /// The new device's serial number.
    pub serial: Option<String>,
}

/// `POST …/clock`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockBody {
    /// Whether it runs.
    pub mode: Option<Mode>,
    /// The moment that it shall show.
    pub set: Option<Timestamp>,
    /// How far to move it forward.
    pub advance: Option<Span>,
    /// Simulated seconds per wall second.
    pub rate: Option<f64>,
}

/// `PUT …/suppliers`; `null` instead knows everybody.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppliersBody {
    /// Apple Customer Numbers.
    #[serde(default)]
    pub customer_numbers: Vec<String>,
    /// DEP Reseller IDs.
    #[serde(default)]
    pub reseller_ids: Vec<String>,
}

/// `PUT /_sim/developer-keys/{team}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeveloperKeyBody {
    /// The key's id, ten characters.
    pub key_id: String,
    /// The public key, PEM.
    pub public_key: String,
}
