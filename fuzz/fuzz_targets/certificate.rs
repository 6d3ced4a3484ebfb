//! An upload is a certificate that a token can be sealed to, or it is refused with a code.
#![no_main]

use abmsim::pki::MdmCertificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|upload: &[u8]| match MdmCertificate::parse(upload) {
    Ok(certificate) => assert!(certificate.key_bits() >= 2_048),
    Err(refusal) => assert!(refusal.code().starts_with("CERTIFICATE_")),
});
