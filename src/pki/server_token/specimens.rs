//! Certificates for tests, such as MDMs make.

use std::sync::LazyLock;

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize, SerialNumber, date_time_ymd};

use super::MdmCertificate;
use super::ber::definite;

pub(super) struct Specimen {
    pub pem: String,
    pub der: Vec<u8>,
    pub key: KeyPair,
}

impl Specimen {
    pub fn certificate(&self) -> MdmCertificate {
        MdmCertificate::parse(&self.der).unwrap()
    }
}

/// What nanodep makes: RSA of 2048 bits, serial number 1, valid for a day that is long over.
pub(super) fn mdm() -> &'static Specimen {
    static MDM: LazyLock<Specimen> = LazyLock::new(|| {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        self_signed(key, 2020)
    });
    &MDM
}

/// A certificate for `key`, valid for the first day of `year`.
pub(super) fn self_signed(key: KeyPair, year: i32) -> Specimen {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "depserver");
    params.serial_number = Some(SerialNumber::from_slice(&[1]));
    params.not_before = date_time_ymd(year, 1, 1);
    params.not_after = date_time_ymd(year, 1, 2);
    let made = params.self_signed(&key).unwrap();
    Specimen { pem: made.pem(), der: made.der().to_vec(), key }
}

/// The DER of a certificate put together by hand, with the given elements in it and a signature that is nobody's.
pub(super) fn by_hand(serial: &[u8], issuer: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = definite(0x30, &[&[0x06, 0x01, 0x2a]]);
    let dates = definite(0x30, &[]);
    let subject = definite(0x30, &[]);
    let signed = definite(0x30, &[serial, &algorithm, issuer, &dates, &subject, key]);
    definite(0x30, &[&signed, &algorithm, &definite(0x03, &[&[0, 1, 2, 3]])])
}

/// A SubjectPublicKeyInfo with an RSA key whose modulus has these bytes.
pub(super) fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let positive: &[u8] = if modulus[0] < 0x80 { &[] } else { &[0] };
    let numbers = definite(0x30, &[&definite(0x02, &[positive, modulus]), &definite(0x02, &[exponent])]);
    let algorithm = definite(0x30, &[&[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]]);
    definite(0x30, &[&algorithm, &definite(0x03, &[&[0], &numbers])])
}
