//! The certificate that an MDM uploads to the portal, so that its server token can be sealed to it.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use x509_cert::der::asn1::{AnyRef, UintRef};
use x509_cert::der::pem::{LineEnding, encode_string};
use x509_cert::der::{Decode, Reader, SliceReader, Tag, Tagged};
use x509_cert::name::RdnSequence;
use x509_cert::spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

/// An X.509 certificate with an RSA key of 2048 bits or more. Whether it has expired, who signed it and what it may be
/// used for is of no account: clients upload self-signed ones that are valid for a day. Cloning is cheap.
#[derive(Clone)]
pub struct MdmCertificate(Arc<Parts>);

struct Parts {
    der: Vec<u8>,
    serial: Vec<u8>,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    key: Pkcs1PublicEncryptingKey,
}

/// Why an upload is not an [`MdmCertificate`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// Nothing was uploaded.
    #[error("there is no certificate here: upload an X.509 certificate, PEM or DER")]
    Missing,
    /// Neither PEM nor DER nor the base64 of DER, or broken inside.
    #[error(
        "this is not an X.509 certificate: upload one as PEM (-----BEGIN CERTIFICATE-----), DER, or the base64 of DER"
    )]
    Malformed,
    /// PEM of something else.
    #[error(
        "this is {0}, not a certificate: upload the certificate that belongs to the MDM's key (-----BEGIN CERTIFICATE-----)"
    )]
    WrongKind(String),
    /// A key to which nothing can be encrypted.
    #[error(
        "the certificate holds a key of the kind {0}: server tokens are encrypted to RSA keys, make one with RSA of 2048 bits or more"
    )]
    KeyNotRsa(String),
    /// An RSA key that is no longer safe.
    #[error("the certificate's RSA key has {0} bits: make one with 2048 bits or more")]
    KeyTooSmall(usize),
    /// An RSA key beyond all use.
    #[error("the certificate's RSA key has {0} bits: make one with 8192 bits at most")]
    KeyTooLarge(usize),
    /// A file with the wrong name.
    #[error("the portal takes no file called `{0}`: name it so that it ends in .pem or .der")]
    FileName(String),
    /// Numbers that are no RSA key.
    #[error("the certificate's RSA key cannot be used, since its modulus or exponent can be nobody's: make a new key")]
    KeyInvalid,
}

impl CertificateRefusal {
    /// The refusal's name, as the control API gives it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "CERTIFICATE_MISSING",
            Self::Malformed => "CERTIFICATE_MALFORMED",
            Self::WrongKind(_) => "CERTIFICATE_WRONG_KIND",
            Self::KeyNotRsa(_) => "CERTIFICATE_KEY_NOT_RSA",
            Self::KeyTooSmall(_) => "CERTIFICATE_KEY_TOO_SMALL",
            Self::KeyTooLarge(_) => "CERTIFICATE_KEY_TOO_LARGE",
            Self::FileName(_) => "CERTIFICATE_FILE_NAME",
            Self::KeyInvalid => "CERTIFICATE_KEY_INVALID",
        }
    }
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Base64 as it comes out of environment variables and JSON: with or without its padding.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl MdmCertificate {
    /// Reads an upload: PEM with anything around it (the first certificate counts), DER, or the base64 of DER.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateRefusal> {
        if bytes.trim_ascii().is_empty() {
            return Err(CertificateRefusal::Missing);
        }
        if let Ok(fields) = Fields::read(bytes) {
            return fields.judge();
        }
        let text = String::from_utf8_lossy(bytes);
        let der = match certificate_block(&text)? {
            Some(base64) => decode(base64),
            None => decode(&text),
        };
        let der = der.ok_or(CertificateRefusal::Malformed)?;
        Fields::read(&der).map_err(|_| CertificateRefusal::Malformed)?.judge()
    }

    /// The certificate, PEM.
    pub fn to_pem(&self) -> String {
        // PEM encoding fails for lengths beyond memory only.
        encode_string("CERTIFICATE", LineEnding::LF, &self.0.der).unwrap_or_default()
    }

    /// Whom it names, as in `CN=depserver,O=Acme`; the DER in hexadecimal digits where that is no readable name.
    pub fn subject(&self) -> String {
        RdnSequence::from_der(&self.0.subject).map_or_else(|_| hex(&self.0.subject), |name| name.to_string())
    }

    /// SHA-256 of the DER, as lower-case hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        hex(digest::digest(&digest::SHA256, &self.0.der).as_ref())
    }

    /// How many bits its RSA key has.
    pub fn key_bits(&self) -> usize {
        self.0.key.key_size_bits()
    }

    /// The issuer's name, DER with its tag, to the byte as uploaded: clients find their key by comparing it.
    pub(super) fn issuer(&self) -> &[u8] {
        &self.0.issuer
    }

    /// The serial number, DER with its tag, to the byte as uploaded.
    pub(super) fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    pub(super) fn key(&self) -> &Pkcs1PublicEncryptingKey {
        &self.0.key
    }
}

impl PartialEq for MdmCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for MdmCertificate {}

impl Serialize for MdmCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_pem())
    }
}

impl<'de> Deserialize<'de> for MdmCertificate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for MdmCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MdmCertificate({}, {})", self.subject(), self.fingerprint())
    }
}

/// The parts of a certificate that a server token needs. Read field by field rather than as a whole: what MDMs generate
/// has odd serial numbers, dates and extensions, and none of that matters here.
struct Fields<'a> {
    der: &'a [u8],
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    key: &'a [u8],
}

impl<'a> Fields<'a> {
    fn read(bytes: &'a [u8]) -> x509_cert::der::Result<Self> {
        let mut upload = SliceReader::new(bytes)?;
        let der = element(&mut upload, Tag::Sequence)?;
        let rest = &bytes[der.len()..];
        // A line feed that an editor or a shell has appended.
        if !rest.trim_ascii().is_empty() {
            return Err(Tag::Sequence.value_error());
        }
        let mut certificate = SliceReader::new(AnyRef::from_der(der)?.value())?;
        let signed = AnyRef::decode(&mut certificate)?;
        signed.tag().assert_eq(Tag::Sequence)?;
        element(&mut certificate, Tag::Sequence)?;
        element(&mut certificate, Tag::BitString)?;
        certificate.finish(())?;
        let mut fields = SliceReader::new(signed.value())?;
        if fields.peek_tag()?.is_context_specific() {
            fields.tlv_bytes()?;
        }
        let serial = element(&mut fields, Tag::Integer)?;
        element(&mut fields, Tag::Sequence)?;
        let issuer = element(&mut fields, Tag::Sequence)?;
        element(&mut fields, Tag::Sequence)?;
        let subject = element(&mut fields, Tag::Sequence)?;
        let key = element(&mut fields, Tag::Sequence)?;
        Ok(Self { der, serial, issuer, subject, key })
    }

    fn judge(&self) -> Result<MdmCertificate, CertificateRefusal> {
        let info = SubjectPublicKeyInfoRef::from_der(self.key).map_err(|_| CertificateRefusal::Malformed)?;
        if info.algorithm.oid != RSA {
            return Err(CertificateRefusal::KeyNotRsa(kind_of_key(info.algorithm.oid)));
        }
        match modulus_bits(info.subject_public_key.raw_bytes()).map_err(|_| CertificateRefusal::Malformed)? {
            small @ ..2048 => return Err(CertificateRefusal::KeyTooSmall(small)),
            2048..=8192 => {}
            large => return Err(CertificateRefusal::KeyTooLarge(large)),
        }
        let key = PublicEncryptingKey::from_der(self.key).map_err(|_| CertificateRefusal::KeyInvalid)?;
        Ok(MdmCertificate(Arc::new(Parts {
            der: self.der.to_vec(),
            serial: self.serial.to_vec(),
            issuer: self.issuer.to_vec(),
            subject: self.subject.to_vec(),
            key: Pkcs1PublicEncryptingKey::new(key).map_err(|_| CertificateRefusal::KeyInvalid)?,
        })))
    }
}

/// The next element's bytes, tag and length included.
fn element<'a>(reader: &mut SliceReader<'a>, tag: Tag) -> x509_cert::der::Result<&'a [u8]> {
    reader.peek_tag()?.assert_eq(tag)?;
    reader.tlv_bytes()
}

fn modulus_bits(key: &[u8]) -> x509_cert::der::Result<usize> {
    let modulus = AnyRef::from_der(key)?.sequence(|numbers| {
        let modulus = UintRef::decode(numbers)?;
        UintRef::decode(numbers)?;
        Ok(modulus)
    })?;
    let leading = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
    Ok(modulus.as_bytes().len() * 8 - leading)
}

fn kind_of_key(algorithm: ObjectIdentifier) -> String {
    match algorithm.to_string().as_str() {
        "1.2.840.10045.2.1" => "EC".to_owned(),
        "1.2.840.10040.4.1" => "DSA".to_owned(),
        "1.2.840.113549.1.1.10" => "RSA-PSS, which can only sign".to_owned(),
        "1.3.101.112" => "Ed25519".to_owned(),
        "1.3.101.113" => "Ed448".to_owned(),
        other => other.to_owned(),
    }
}

/// What is between the first BEGIN and END CERTIFICATE; nothing where there is no PEM at all. Line ends do not matter,
/// since environment variables and JSON lose them: that is why no stricter PEM reader does this.
fn certificate_block(text: &str) -> Result<Option<&str>, CertificateRefusal> {
    let mut other = None;
    for block in text.split("-----BEGIN ").skip(1) {
        let (label, rest) = block.split_once("-----").ok_or(CertificateRefusal::Malformed)?;
        if matches!(label, "CERTIFICATE" | "X509 CERTIFICATE") {
            let (base64, _) = rest.split_once("-----END ").ok_or(CertificateRefusal::Malformed)?;
            return Ok(Some(base64));
        }
        other.get_or_insert(label);
    }
    other.map_or(Ok(None), |label| Err(CertificateRefusal::WrongKind(kind_of_block(label))))
}

fn kind_of_block(label: &str) -> String {
    match label {
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => "a certificate signing request".to_owned(),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => "a bare public key".to_owned(),
        "PKCS7" | "CMS" => "a PKCS #7 bundle".to_owned(),
        _ if label.ends_with("PRIVATE KEY") => "a private key".to_owned(),
        _ => format!("PEM of the kind {:?}", label.chars().take(40).collect::<String>()),
    }
}

fn decode(base64: &str) -> Option<Vec<u8>> {
    let bare: String = base64.split_ascii_whitespace().collect();
    FORGIVING.decode(bare).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
