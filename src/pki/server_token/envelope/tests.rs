use aws_lc_rs::cipher::PaddedBlockDecryptingKey;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use cms::content_info::ContentInfo;
use cms::enveloped_data::{EnvelopedData, RecipientIdentifier, RecipientInfo};
use x509_cert::der::{Decode, Encode};

use super::*;
use crate::pki::server_token::specimens::mdm;

const CONTENT: &[u8] = b"what is sealed";

fn sealed(framing: Framing) -> Vec<u8> {
    seal(CONTENT, &mdm().certificate(), framing).unwrap()
}

/// The bytes in a file's base64.
fn cms(file: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(file).unwrap();
    STANDARD.decode(text.strip_prefix(HEADERS).unwrap().replace("\r\n", "")).unwrap()
}

fn open(wrapped_key: &[u8], iv: &[u8], encrypted: &[u8]) -> Vec<u8> {
    let private = PrivateDecryptingKey::from_pkcs8(mdm().key.serialized_der()).unwrap();
    let mut key = vec![0; private.key_size_bytes()];
    let key = Pkcs1PrivateDecryptingKey::new(private).unwrap().decrypt(wrapped_key, &mut key).unwrap();
    let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, key).unwrap()).unwrap();
    let iv = DecryptionContext::Iv128(FixedLength::from(<[u8; 16]>::try_from(iv).unwrap()));
    let mut content = encrypted.to_vec();
    cipher.decrypt(&mut content, iv).unwrap().to_vec()
}

/// Reads BER one element at a time and insists on what comes next.
struct Frame<'a>(&'a [u8]);

impl<'a> Frame<'a> {
    fn expect(&mut self, bytes: &[u8]) {
        assert_eq!(&self.0[..bytes.len()], bytes, "{} bytes before the end", self.0.len());
        self.0 = &self.0[bytes.len()..];
    }

    fn enter_indefinite(&mut self, tag: u8) {
        self.expect(&[tag, 0x80]);
    }

    fn end_of_contents(&mut self) {
        self.expect(&[0, 0]);
    }

    fn definite(&mut self, tag: u8) -> &'a [u8] {
        self.expect(&[tag]);
        let (length, digits) = match self.0[0] {
            short @ ..=0x7f => (usize::from(short), 0),
            0x81 => (usize::from(self.0[1]), 1),
            0x82 => (usize::from(self.0[1]) << 8 | usize::from(self.0[2]), 2),
            other => panic!("a length that begins with {other:02x}"),
        };
        assert!(digits < 2 || length > 0xff, "the length is not in its shortest form");
        assert!(digits < 1 || length > 0x7f, "the length is not in its shortest form");
        let (contents, rest) = self.0[1 + digits..].split_at(length);
        self.0 = rest;
        contents
    }

    fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

#[test]
fn every_tag_and_length_of_the_frame_is_apples() {
    let bytes = cms(&sealed(Framing::Indefinite));
    let mut frame = Frame(&bytes);
    frame.enter_indefinite(0x30);
    frame.expect(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03");
    frame.enter_indefinite(0xa0);
    frame.enter_indefinite(0x30);
    frame.expect(&[0x02, 0x01, 0x00]);
    let mut recipients = Frame(frame.definite(0x31));
    let mut recipient = Frame(recipients.definite(0x30));
    recipient.expect(&[0x02, 0x01, 0x00]);
    let mut identifier = Frame(recipient.definite(0x30));
    identifier.expect(mdm().certificate().issuer());
    identifier.expect(&[0x02, 0x01, 0x01]);
    let mut algorithm = Frame(recipient.definite(0x30));
    algorithm.expect(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
    let wrapped_key = recipient.definite(0x04);
    frame.enter_indefinite(0x30);
    frame.expect(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    let mut cipher = Frame(frame.definite(0x30));
    cipher.expect(b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02");
    let iv = cipher.definite(0x04);
    frame.enter_indefinite(0xa0);
    let encrypted = frame.definite(0x04);
    for _ in ["content", "content info", "enveloped data", "[0]", "file"] {
        frame.end_of_contents();
    }
    for part in [frame, recipients, recipient, identifier, algorithm, cipher] {
        assert!(part.is_over());
    }
    assert_eq!((wrapped_key.len(), iv.len(), encrypted.len()), (256, 16, 16));
    assert_eq!(open(wrapped_key, iv, encrypted), CONTENT);
}

#[test]
fn a_der_file_is_read_by_the_cms_crate() {
    let bytes = cms(&sealed(Framing::Definite));
    let info = ContentInfo::from_der(&bytes).unwrap();
    assert_eq!(info.content_type.to_string(), "1.2.840.113549.1.7.3");
    let enveloped: EnvelopedData = info.content.decode_as().unwrap();
    let [RecipientInfo::Ktri(recipient)] = enveloped.recip_infos.0.as_slice() else { panic!() };
    let RecipientIdentifier::IssuerAndSerialNumber(identifier) = &recipient.rid else { panic!() };
    assert_eq!(identifier.issuer.to_der().unwrap(), mdm().certificate().issuer());
    assert_eq!(recipient.key_enc_alg.oid.to_string(), "1.2.840.113549.1.1.1");
    let content = enveloped.encrypted_content;
    assert_eq!(content.content_enc_alg.oid.to_string(), "2.16.840.1.101.3.4.1.2");
    let iv = content.content_enc_alg.parameters.unwrap();
    let encrypted = content.encrypted_content.unwrap();
    assert_eq!(open(recipient.enc_key.as_bytes(), iv.value(), encrypted.as_bytes()), CONTENT);
}

#[test]
fn the_file_has_apples_four_headers_and_76_columns() {
    let file = String::from_utf8(sealed(Framing::Indefinite)).unwrap();
    let lines: Vec<&str> = file.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    assert_eq!(
        lines[..5],
        [
            "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type=enveloped-data",
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=\"smime.p7m\"",
            "Content-Description: S/MIME Encrypted Message",
            "",
        ]
    );
    let (last, full) = lines[5..].split_last().unwrap();
    assert!(full.iter().all(|line| line.len() == 76) && (1..=76).contains(&last.len()));
    assert!(!file.replace("\r\n", "").contains(['\r', '\n']));
    assert!(lines[5].starts_with("MIAGCSqGSIb3DQEHA6CAMIACAQAx"), "{}", lines[5]);
    assert!(lines.concat().trim_end_matches('=').ends_with("AAAAAAAAAAAAA"));
}

#[test]
fn no_two_files_are_encrypted_alike() {
    assert_ne!(sealed(Framing::Indefinite), sealed(Framing::Indefinite));
}
