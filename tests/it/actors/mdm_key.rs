//! The key pair that an MDM makes for its server token, and the opening of the file that comes back: with libraries and a reading of BER that are
//! not ours.

use std::process::Command;
use std::sync::LazyLock;

use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cms::content_info::ContentInfo;
use cms::enveloped_data::{EnvelopedData, RecipientIdentifier, RecipientInfo};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

/// A key pair with its self-signed certificate.
pub struct MdmKey {
    pub pem: String,
    pub der: Vec<u8>,
    key: KeyPair,
}

impl MdmKey {
    /// RSA of 2048 bits with a certificate that was valid for the first day of 2020: nanodep's last for a day too.
    pub fn rsa_2048() -> &'static Self {
        static KEY: LazyLock<MdmKey> =
            LazyLock::new(|| MdmKey::new(KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()));
        &KEY
    }

    /// RSA of 3072 bits.
    pub fn rsa_3072() -> &'static Self {
        static KEY: LazyLock<MdmKey> =
            LazyLock::new(|| MdmKey::new(KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_3072).unwrap()));
        &KEY
    }

    /// An elliptic curve, to which nothing can be encrypted.
    pub fn elliptic() -> Self {
        Self::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap())
    }

    fn new(key: KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "depserver");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 2);
        let made = params.self_signed(&key).unwrap();
        Self { pem: made.pem(), der: made.der().to_vec(), key }
    }

    /// The base64 of the DER, as environment variables and JSON hold it.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// What the file holds inside.
    pub fn open(&self, p7m: &str) -> String {
        let (_, base64) = p7m.split_once("\r\n\r\n").unwrap();
        let ber = STANDARD.decode(base64.replace("\r\n", "")).unwrap();
        let (der, rest) = definite(&ber);
        assert!(rest.is_empty());
        let enveloped: EnvelopedData = ContentInfo::from_der(&der).unwrap().content.decode_as().unwrap();
        let [RecipientInfo::Ktri(recipient)] = enveloped.recip_infos.0.as_slice() else { panic!("one recipient") };
        let RecipientIdentifier::IssuerAndSerialNumber(named) = &recipient.rid else { panic!("by issuer and serial") };
        let certificate = Certificate::from_der(&self.der).unwrap().tbs_certificate;
        assert_eq!(named.issuer.to_der().unwrap(), certificate.issuer.to_der().unwrap());
        assert_eq!(named.serial_number, certificate.serial_number);
        let content = enveloped.encrypted_content;
        let iv: [u8; 16] = content.content_enc_alg.parameters.unwrap().value().try_into().unwrap();
        let key = self.unwrap_key(recipient.enc_key.as_bytes());
        let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, &key).unwrap()).unwrap();
        let mut bytes = content.encrypted_content.unwrap().as_bytes().to_vec();
        let opened = cipher.decrypt(&mut bytes, DecryptionContext::Iv128(FixedLength::from(iv))).unwrap();
        String::from_utf8(opened.to_vec()).unwrap()
    }

    fn unwrap_key(&self, wrapped: &[u8]) -> Vec<u8> {
        let private = PrivateDecryptingKey::from_pkcs8(self.key.serialized_der()).unwrap();
        let mut key = vec![0; private.key_size_bytes()];
        Pkcs1PrivateDecryptingKey::new(private).unwrap().decrypt(wrapped, &mut key).unwrap().to_vec()
    }

    /// The same by the `openssl` program, without the certificate, as Zentral does it; nothing where there is no such program.
    pub fn open_with_openssl(&self, p7m: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token.p7m"), p7m).unwrap();
        std::fs::write(folder.path().join("key.pem"), self.key.serialize_pem()).unwrap();
        let arguments = ["smime", "-decrypt", "-in", "token.p7m", "-inkey", "key.pem"];
        let output = Command::new("openssl").args(arguments).current_dir(folder.path()).output().ok()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap())
    }
}

/// The first BER element of `bytes` as DER, and what follows it. A constructed `[0]` that holds octets is an octet string in pieces.
fn definite(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let (tag, constructed) = (bytes[0], bytes[0] & 0x20 != 0);
    let (contents, mut rest) = match bytes[1] {
        0x80 => (None, &bytes[2..]),
        short @ ..=0x7f => (Some(usize::from(short)), &bytes[2..]),
        long => {
            let digits = usize::from(long & 0x7f);
            let length = bytes[2..2 + digits].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            (Some(length), &bytes[2 + digits..])
        }
    };
    if let (Some(length), false) = (contents, constructed) {
        let (contents, rest) = rest.split_at(length);
        return (element(tag, contents), rest);
    }
    let after = contents.map(|length| &rest[length..]);
    if let Some(length) = contents {
        rest = &rest[..length];
    }
    let (mut inside, mut octets, mut only_octets) = (Vec::new(), Vec::new(), true);
    while !(rest.is_empty() || contents.is_none() && rest.starts_with(&[0, 0])) {
        let (child, next) = definite(rest);
        only_octets &= child[0] == 0x04;
        if only_octets {
            octets.extend_from_slice(x509_cert::der::asn1::OctetStringRef::from_der(&child).unwrap().as_bytes());
        }
        inside.extend_from_slice(&child);
        rest = next;
    }
    let after = after.unwrap_or_else(|| &rest[2..]);
    if tag == 0xa0 && only_octets { (element(0x80, &octets), after) } else { (element(tag, &inside), after) }
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = match contents.len() {
        short @ 0..0x80 => vec![short as u8],
        middle @ 0x80..0x100 => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], length.as_slice(), contents].concat()
}
