//! What `openssl` says to our files. One client pipes them to this very program, and the others were written against
//! its like.

use super::specimens::mdm;
use super::*;
use crate::pki::openssl::{self, Judge};

fn token() -> ServerToken {
    let now = Timestamp::from_millis(1_737_111_741_803);
    ServerToken::generate(&mut Random::new(7, "acme"), now, Span::from_days(365), None)
}

fn prepared(test: &str) -> Option<Judge> {
    let judge = openssl::judge(test)?;
    judge.put("cert.pem", &mdm().pem);
    judge.put("key.pem", mdm().key.serialize_pem());
    judge.put("ber.p7m", token().seal(&mdm().certificate()).unwrap());
    judge.put("der.p7m", token().seal_der(&mdm().certificate()).unwrap());
    Some(judge)
}

#[test]
fn openssl_opens_the_file_with_and_without_the_certificate() {
    let Some(judge) = prepared("openssl_opens_the_file_with_and_without_the_certificate") else { return };
    for file in ["ber.p7m", "der.p7m"] {
        for command in ["smime", "cms"] {
            for recipient in ["", " -recip cert.pem"] {
                let opened = judge.run(&format!("{command} -decrypt -in {file} -inkey key.pem{recipient}"));
                assert_eq!(String::from_utf8(opened).unwrap(), token().inner_text(), "{command} {file}{recipient}");
            }
        }
    }
}

#[test]
fn openssl_sees_the_shape_of_apples_file() {
    let Some(judge) = prepared("openssl_sees_the_shape_of_apples_file") else { return };
    let file = String::from_utf8(judge.get("ber.p7m")).unwrap();
    let (_, base64) = file.split_once("\r\n\r\n").unwrap();
    judge.put("ber.pem", format!("-----BEGIN CMS-----\n{base64}-----END CMS-----\n"));
    let printed = String::from_utf8(judge.run("asn1parse -in ber.pem")).unwrap();
    // Each line is depth, length where it is indefinite, and what it is, as in `13:d=1  hl=2 l=inf  cons: cont [ 0 ]`.
    let summary = |line: &str| {
        let depth: u32 = line.split("d=").nth(1)?.split(' ').next()?.parse().ok()?;
        let inf = if line.contains("l=inf") { " inf" } else { "" };
        let (_, what) = line.split_once("cons: ").or_else(|| line.split_once("prim: "))?;
        let what: Vec<_> = what.split("[HEX DUMP]").next()?.split_whitespace().collect();
        (depth < 6).then(|| format!("{depth}{inf} {}", what.join(" ")))
    };
    let shape: Vec<String> = printed.lines().filter_map(summary).collect();
    let expected = [
        "0 inf SEQUENCE",
        "1 OBJECT :pkcs7-envelopedData",
        "1 inf cont [ 0 ]",
        "2 inf SEQUENCE",
        "3 INTEGER :00",
        "3 SET",
        "4 SEQUENCE",
        "5 INTEGER :00",
        "5 SEQUENCE",
        "5 SEQUENCE",
        "5 OCTET STRING",
        "3 inf SEQUENCE",
        "4 OBJECT :pkcs7-data",
        "4 SEQUENCE",
        "5 OBJECT :aes-128-cbc",
        "5 OCTET STRING",
        "4 inf cont [ 0 ]",
        "5 OCTET STRING",
        "5 EOC",
        "4 EOC",
        "3 EOC",
        "2 EOC",
        "1 EOC",
    ];
    assert_eq!(shape, expected, "{printed}");
}
