//! The `.p7m` file around a server token: S/MIME headers, base64, and CMS EnvelopedData in the very shape of Apple's.

use aws_lc_rs::cipher::{AES_128, AES_128_KEY_LEN, DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::MdmCertificate;
use super::ber::{Framing, definite};

/// The four headers of Apple's files: no `MIME-Version`, nothing folded. Some clients compare them literally.
const HEADERS: &str = "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data\r\n\
    Content-Transfer-Encoding: base64\r\n\
    Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\
    Content-Description: S/MIME Encrypted Message\r\n\
    \r\n";
const COLUMNS: usize = 76;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 0x04;
/// `[0]` around a whole value.
const EXPLICIT_0: u8 = 0xa0;
/// `[0]` in place of OCTET STRING, not cut in pieces.
const IMPLICIT_0: u8 = 0x80;
const VERSION_0: [u8; 3] = [0x02, 0x01, 0x00];
/// 1.2.840.113549.1.7.3
const ENVELOPED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];
/// 1.2.840.113549.1.7.1
const DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// 1.2.840.113549.1.1.1 with NULL: PKCS #1 v1.5.
const RSA_ENCRYPTION: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// 2.16.840.1.101.3.4.1.2
const AES_128_CBC: [u8; 11] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02];

/// Seals `content` to `certificate` and wraps it as a file.
///
/// Key, IV and padding come from the cryptographic library, not from a seed: RSA padding cannot be seeded there, so the
/// file would differ each time anyway, and what a client finds inside is the same for the same seed all the same.
pub(super) fn seal(content: &[u8], certificate: &MdmCertificate, framing: Framing) -> Result<Vec<u8>, Unspecified> {
    let mut key = [0; AES_128_KEY_LEN];
    rand::fill(&mut key)?;
    let mut encrypted = content.to_vec();
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, &key)?)?;
    let DecryptionContext::Iv128(iv) = cipher.encrypt(&mut encrypted)? else { return Err(Unspecified) };
    let mut wrapped = vec![0; certificate.key().ciphertext_size()];
    let wrapped = certificate.key().encrypt(&key, &mut wrapped)?;
    let cms = enveloped_data(certificate, wrapped, iv.as_ref(), &encrypted, framing);
    Ok(as_file(&cms))
}

fn enveloped_data(
    certificate: &MdmCertificate,
    wrapped_key: &[u8],
    iv: &[u8],
    encrypted: &[u8],
    framing: Framing,
) -> Vec<u8> {
    let recipient = definite(
        SEQUENCE,
        &[
            &VERSION_0,
            &definite(SEQUENCE, &[certificate.issuer(), certificate.serial()]),
            &definite(SEQUENCE, &[&RSA_ENCRYPTION]),
            &definite(OCTETS, &[wrapped_key]),
        ],
    );
    let encrypted_content = match framing {
        Framing::Indefinite => framing.wrap(EXPLICIT_0, &[&definite(OCTETS, &[encrypted])]),
        Framing::Definite => definite(IMPLICIT_0, &[encrypted]),
    };
    let cipher = definite(SEQUENCE, &[&AES_128_CBC, &definite(OCTETS, &[iv])]);
    let content_info = framing.wrap(SEQUENCE, &[&DATA, &cipher, &encrypted_content]);
    let enveloped = framing.wrap(SEQUENCE, &[&VERSION_0, &definite(SET, &[&recipient]), &content_info]);
    framing.wrap(SEQUENCE, &[&ENVELOPED_DATA, &framing.wrap(EXPLICIT_0, &[&enveloped])])
}

fn as_file(cms: &[u8]) -> Vec<u8> {
    let base64 = STANDARD.encode(cms);
    let mut file = Vec::with_capacity(HEADERS.len() + base64.len() + base64.len() / COLUMNS * 2 + 2);
    file.extend_from_slice(HEADERS.as_bytes());
    for line in base64.as_bytes().chunks(COLUMNS) {
        file.extend_from_slice(line);
        file.extend_from_slice(b"\r\n");
    }
    file
}

#[cfg(test)]
mod tests;
