use proptest::prelude::*;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};

use super::*;
use crate::pki::openssl;
use crate::pki::server_token::ber::definite;
use crate::pki::server_token::specimens::{by_hand, mdm, rsa_key, self_signed};

fn refusal(bytes: impl AsRef<[u8]>) -> CertificateRefusal {
    MdmCertificate::parse(bytes.as_ref()).unwrap_err()
}

fn base64(der: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(der)
}

#[test]
fn an_expired_certificate_is_fine() {
    let certificate = MdmCertificate::parse(mdm().pem.as_bytes()).unwrap();
    assert_eq!(certificate.subject(), "CN=depserver");
    assert_eq!(certificate.key_bits(), 2048);
}

#[test]
fn a_certificate_from_the_future_is_fine() {
    let key = KeyPair::from_pem(&mdm().key.serialize_pem()).unwrap();
    assert!(MdmCertificate::parse(&self_signed(key, 2090).der).is_ok());
}

#[test]
fn every_form_of_an_upload_gives_the_same_certificate() {
    let (pem, der) = (&mdm().pem, &mdm().der);
    let bare = base64(der);
    let forms = [
        pem.clone().into_bytes(),
        der.clone(),
        [der.as_slice(), b"\n"].concat(),
        bare.clone().into_bytes(),
        bare.trim_end_matches('=').as_bytes().to_vec(),
        format!("  {}\r\n{}\n", &bare[..100], &bare[100..]).into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.replace('\n', " ").into_bytes(),
        pem.replace('\n', "\n    ").into_bytes(),
        format!("\u{feff}subject=CN = depserver\nissuer=x\n{pem}and more\n").into_bytes(),
        format!("{}{pem}", mdm().key.serialize_pem()).into_bytes(),
        pem.replace("CERTIFICATE", "X509 CERTIFICATE").into_bytes(),
    ];
    for form in forms {
        let shown = String::from_utf8_lossy(&form).into_owned();
        let certificate = MdmCertificate::parse(&form).unwrap_or_else(|why| panic!("{why}: {shown}"));
        assert_eq!(certificate, mdm().certificate());
        assert_eq!(certificate.to_pem(), *pem);
    }
}

#[test]
fn of_several_certificates_the_first_counts() {
    let other = self_signed(KeyPair::generate().unwrap(), 2020);
    let both = format!("{}{}", mdm().pem, other.pem);
    assert_eq!(MdmCertificate::parse(both.as_bytes()).unwrap(), mdm().certificate());
    assert_eq!(refusal(format!("{}{}", other.pem, mdm().pem)).code(), "CERTIFICATE_KEY_NOT_RSA");
}

#[test]
fn keys_that_cannot_encrypt_are_refused_by_name() {
    for (algorithm, name) in [(&PKCS_ECDSA_P256_SHA256, "EC"), (&PKCS_ED25519, "Ed25519")] {
        let specimen = self_signed(KeyPair::generate_for(algorithm).unwrap(), 2020);
        assert_eq!(refusal(&specimen.pem), CertificateRefusal::KeyNotRsa(name.to_owned()));
    }
}

#[test]
fn rsa_keys_are_refused_below_2048_and_above_8192_bits() {
    let with_modulus =
        |modulus: &[u8]| by_hand(&[2, 1, 1], &definite(0x30, &[]), &rsa_key(modulus, &[0x01, 0x00, 0x01]));
    assert_eq!(refusal(with_modulus(&[0xc5; 128])), CertificateRefusal::KeyTooSmall(1024));
    let mut just_short = [0xc5; 256];
    just_short[0] = 0x45;
    assert_eq!(refusal(with_modulus(&just_short)), CertificateRefusal::KeyTooSmall(2047));
    assert_eq!(refusal(with_modulus(&[0xc5; 1025])), CertificateRefusal::KeyTooLarge(8200));
    assert!(refusal(with_modulus(&[0xc5; 128])).to_string().contains("1024 bits"));
    assert_eq!(MdmCertificate::parse(&with_modulus(&[0xc5; 256])).unwrap().key_bits(), 2048);
    assert_eq!(MdmCertificate::parse(&with_modulus(&[0xc5; 1024])).unwrap().key_bits(), 8192);
}

#[test]
fn an_rsa_key_that_can_be_nobodys_is_refused() {
    for (last, exponent) in [(0xc4, [0x01, 0x00, 0x01]), (0xc5, [0x01, 0x00, 0x00])] {
        let mut modulus = [0xc5; 256];
        modulus[255] = last;
        let der = by_hand(&[2, 1, 1], &definite(0x30, &[]), &rsa_key(&modulus, &exponent));
        assert_eq!(refusal(der), CertificateRefusal::KeyInvalid);
    }
}

#[test]
fn odd_serials_and_issuers_are_kept_to_the_byte() {
    // A negative serial number of 24 bytes, and an issuer that is no name at all.
    let serial = definite(0x02, &[&[0x80; 24]]);
    let issuer = definite(0x30, &[&[0x05, 0x00], &[0x0c, 0x02, 0xff, 0xfe]]);
    let certificate = MdmCertificate::parse(&by_hand(&serial, &issuer, &rsa_key(&[0xc5; 256], &[3]))).unwrap();
    assert_eq!(certificate.serial(), serial);
    assert_eq!(certificate.issuer(), issuer);
}

#[test]
fn other_pem_is_refused_by_what_it_is() {
    let key = &mdm().key;
    let request = rcgen::CertificateParams::default().serialize_request(key).unwrap().pem().unwrap();
    for (pem, kind) in [
        (key.serialize_pem(), "a private key"),
        (key.public_key_pem(), "a bare public key"),
        (request, "a certificate signing request"),
        (mdm().pem.replace("CERTIFICATE", "PKCS7"), "a PKCS #7 bundle"),
        (mdm().pem.replace("CERTIFICATE", "WISH\u{7}"), "PEM of the kind \"WISH\\u{7}\""),
    ] {
        let refusal = refusal(pem);
        assert_eq!(refusal, CertificateRefusal::WrongKind(kind.to_owned()));
        assert_eq!(refusal.code(), "CERTIFICATE_WRONG_KIND");
    }
}

#[test]
fn nothing_is_missing_and_garbage_is_malformed() {
    assert_eq!(refusal(b" \r\n").code(), "CERTIFICATE_MISSING");
    let cut_der = &mdm().der[..mdm().der.len() - 1];
    let cut_pem = &mdm().pem[..300];
    let doubled = [mdm().der.as_slice(), &mdm().der].concat();
    for garbage in [b"garbage".as_slice(), b"0", cut_der, cut_pem.as_bytes(), b"-----BEGIN ", &doubled, &[0xff; 64]] {
        assert_eq!(refusal(garbage).code(), "CERTIFICATE_MALFORMED", "{:?}", String::from_utf8_lossy(garbage));
    }
    assert_eq!(refusal(mdm().key.serialized_der()).code(), "CERTIFICATE_MALFORMED");
    let request = rcgen::CertificateParams::default().serialize_request(&mdm().key).unwrap();
    assert_eq!(refusal(request.der()).code(), "CERTIFICATE_MALFORMED");
}

#[test]
fn what_openssl_makes_is_read_as_openssl_reads_it() {
    let Some(openssl) = openssl::judge("what_openssl_makes_is_read_as_openssl_reads_it") else { return };
    openssl.run("req -x509 -newkey rsa:3072 -nodes -keyout key.pem -out cert.pem -subj /O=Acme/CN=mdm -days 1");
    let certificate = MdmCertificate::parse(&openssl.get("cert.pem")).unwrap();
    assert_eq!((certificate.subject().as_str(), certificate.key_bits()), ("CN=mdm,O=Acme", 3072));
    let printed = String::from_utf8(openssl.run("x509 -in cert.pem -noout -fingerprint -sha256")).unwrap();
    let fingerprint = printed.trim().split('=').next_back().unwrap().replace(':', "").to_lowercase();
    assert_eq!(certificate.fingerprint(), fingerprint);
    // With the text before it, and with trust settings after it inside.
    openssl.run("x509 -in cert.pem -text -out text.pem");
    assert_eq!(MdmCertificate::parse(&openssl.get("text.pem")).unwrap(), certificate);

    openssl.run("req -x509 -newkey rsa:1024 -nodes -keyout key.pem -out small.pem -subj /CN=mdm");
    assert_eq!(refusal(openssl.get("small.pem")), CertificateRefusal::KeyTooSmall(1024));
}

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    (any::<bool>(), edits).prop_map(|(as_pem, edits)| {
        let mut bytes = if as_pem { mdm().pem.clone().into_bytes() } else { mdm().der.clone() };
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_upload_panics(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = MdmCertificate::parse(&bytes);
    }

    #[test]
    fn a_damaged_certificate_is_refused_or_still_serves(bytes in damaged()) {
        if let Ok(certificate) = MdmCertificate::parse(&bytes) {
            prop_assert_eq!(MdmCertificate::parse(certificate.to_pem().as_bytes()), Ok(certificate.clone()));
            prop_assert!(!certificate.subject().is_empty());
            let mut sealed = vec![0; certificate.key().ciphertext_size()];
            let _ = certificate.key().encrypt(&[0; 16], &mut sealed);
        }
    }
}
