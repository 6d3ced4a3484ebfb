use std::fs;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix;

use super::*;
use crate::clock::{Span, wall};
use crate::pki::Authority;
use crate::pki::openssl;

const FILES: [&str; 4] = [CA, CA_KEY, LEAF, LEAF_KEY];

fn start(dir: &Path, names: &[&str], now: Timestamp) -> Result<Authority, AuthorityError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Authority::open_or_create(dir, &names, now)
}

fn texts(dir: &Path) -> [String; 4] {
    FILES.map(|name| fs::read_to_string(dir.join(name)).unwrap())
}

fn parsed(pem: &str) -> x509_cert::TbsCertificate {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    x509_cert::Certificate::from_der(&der).unwrap().tbs_certificate
}

#[test]
fn the_second_run_finds_what_the_first_made() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("not/yet/there");
    let authority = start(&dir, &["abm.test", "10.0.0.7", "*.wild.test", "abm_sim"], wall()).unwrap();
    let made = texts(&dir);
    assert_eq!(authority.ca_pem(), made[0]);
    start(&dir, &["abm_sim", "ABM.test."], wall() + Span::from_days(300)).unwrap();
    assert_eq!(texts(&dir), made);
    let left: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 5, "{left:?}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_keys() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    start(dir.path(), &[], wall()).unwrap();
    for (name, others) in FILES.into_iter().zip([0o044, 0, 0o044, 0]) {
        let mode = fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o600, 0o600, "{name}");
        assert_eq!(mode & 0o077 & !others, 0, "{name} has mode {mode:o}");
    }
}

#[test]
fn a_leaf_that_no_longer_serves_is_made_anew_and_the_ca_stays() {
    let now = wall();
    for case in [
        "a new name",
        "near its end",
        "over",
        "not yet valid",
        "of another CA",
        "half a pair",
        "no certificate",
        "no key",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path();
        start(path, &[], now).unwrap();
        let before = texts(path);
        let (mut names, mut later) = (&[][..], now);
        match case {
            "a new name" => names = &["abm.test"],
            "near its end" => later = now + Span::from_days(370),
            "over" => later = now + Span::from_days(400),
            "not yet valid" => {
                fs::remove_file(path.join("leaf.pem")).unwrap();
                start(path, &[], now + Span::from_days(90)).unwrap();
            }
            "of another CA" | "half a pair" => {
                let other = tempfile::tempdir().unwrap();
                start(other.path(), &[], now).unwrap();
                fs::copy(other.path().join("leaf.pem"), path.join("leaf.pem")).unwrap();
                if case == "of another CA" {
                    fs::copy(other.path().join("leaf.key.pem"), path.join("leaf.key.pem")).unwrap();
                }
            }
            "no certificate" => fs::remove_file(path.join("leaf.pem")).unwrap(),
            _ => fs::remove_file(path.join("leaf.key.pem")).unwrap(),
        }
        let bad = [FILES[2], FILES[3]].map(|name| fs::read_to_string(path.join(name)).ok());
        start(path, names, later).unwrap_or_else(|why| panic!("{case}: {why}"));
        let after = texts(path);
        assert_eq!(after[..2], before[..2], "{case}");
        assert!(bad[0].as_ref() != Some(&after[2]) && bad[1].as_ref() != Some(&after[3]), "{case}");
        start(path, names, later).unwrap();
        assert_eq!(texts(path), after, "{case}: what was made serves");
    }
}

#[test]
fn a_file_with_something_else_in_it_is_named_and_left_alone() {
    let contents = ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"];
    for name in FILES {
        for content in contents.map(str::as_bytes).into_iter().chain([[0xff, 0xfe].as_slice()]) {
            let dir = tempfile::tempdir().unwrap();
            start(dir.path(), &[], wall()).unwrap();
            fs::write(dir.path().join(name), content).unwrap();
            let refusal = start(dir.path(), &[], wall()).unwrap_err().to_string();
            assert!(refusal.contains(&format!("/{name} is not ")) && refusal.contains("delete "), "{refusal}");
            assert_eq!(fs::read(dir.path().join(name)).unwrap(), content, "{name}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    for name in FILES {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(name)).unwrap();
        // The leaf's files are looked at together, whichever of them is there.
        let refusal = start(dir.path(), &[], wall()).unwrap_err();
        assert!(refusal.to_string().contains(&format!("/{name}")), "{refusal}");
        assert!(matches!(refusal, AuthorityError::Read { .. } | AuthorityError::Write { .. }), "{refusal}");
    }
}

#[test]
fn a_directory_that_is_a_file_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refusal = start(file.path(), &[], wall()).unwrap_err();
    assert!(matches!(refusal, AuthorityError::Directory { .. }), "{refusal}");
}

#[test]
fn a_ca_without_its_key_or_with_anothers_is_refused() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&dir, &other] {
        start(dir.path(), &[], wall()).unwrap();
    }
    fs::copy(other.path().join("ca.key.pem"), dir.path().join("ca.key.pem")).unwrap();
    let refusal = start(dir.path(), &[], wall()).unwrap_err();
    assert!(matches!(refusal, AuthorityError::NotAPair { .. }), "{refusal}");
    fs::remove_file(dir.path().join("ca.key.pem")).unwrap();
    let refusal = start(dir.path(), &[], wall()).unwrap_err();
    assert!(matches!(refusal, AuthorityError::KeyMissing { .. }), "{refusal}");
}

#[test]
fn a_leaf_in_the_place_of_the_ca_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    start(dir.path(), &[], wall()).unwrap();
    for (from, to) in [("leaf.pem", "ca.pem"), ("leaf.key.pem", "ca.key.pem")] {
        fs::copy(dir.path().join(from), dir.path().join(to)).unwrap();
    }
    let refusal = start(dir.path(), &[], wall()).unwrap_err().to_string();
    assert!(refusal.contains("ca.pem is not a CA certificate"), "{refusal}");
}

#[test]
fn a_ca_key_alone_gets_a_certificate() {
    let dir = tempfile::tempdir().unwrap();
    start(dir.path(), &[], wall()).unwrap();
    let before = texts(dir.path());
    fs::remove_file(dir.path().join("ca.pem")).unwrap();
    start(dir.path(), &[], wall()).unwrap();
    assert_eq!(texts(dir.path())[1], before[1]);
}

#[test]
fn an_expired_ca_is_refused_and_a_leaf_never_outlives_its_ca() {
    let dir = tempfile::tempdir().unwrap();
    let now = wall();
    start(dir.path(), &[], now).unwrap();
    for moment in [now + Span::from_days(3_651), now - Span::from_days(2)] {
        let refusal = start(dir.path(), &[], moment).unwrap_err();
        assert!(matches!(refusal, AuthorityError::OutOfDate { .. }), "{refusal}");
    }
    start(dir.path(), &[], now + Span::from_days(3_640)).unwrap();
    let [ca, _, leaf, _] = texts(dir.path());
    assert_eq!(parsed(&leaf).validity.not_after.to_unix_duration(), parsed(&ca).validity.not_after.to_unix_duration());
}

#[test]
fn many_at_once_end_up_with_one_ca_and_a_leaf_that_fits() {
    let dir = tempfile::tempdir().unwrap();
    let now = wall();
    let run = |name| start(dir.path(), &[name], now).unwrap().ca_pem().to_owned();
    let found: Vec<String> = std::thread::scope(|scope| {
        let names = ["a.test", "b.test"].into_iter().cycle().take(8);
        let runs: Vec<_> = names.map(|name| scope.spawn(move || run(name))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(found.iter().all(|pem| *pem == found[0]));
    let left = texts(dir.path());
    let names =
        if parsed(&left[2]).to_der().unwrap().windows(6).any(|text| text == b"a.test") { "a.test" } else { "b.test" };
    start(dir.path(), &[names], now).unwrap();
    assert_eq!(texts(dir.path()), left);
}

#[test]
fn certificates_say_what_they_are_for() {
    let dir = tempfile::tempdir().unwrap();
    start(dir.path(), &[], wall()).unwrap();
    let [ca, _, leaf, _] = texts(dir.path());
    let (ca, leaf) = (parsed(&ca), parsed(&leaf));
    let days = |of: &x509_cert::TbsCertificate| {
        let life = of.validity.not_after.to_unix_duration() - of.validity.not_before.to_unix_duration();
        life.as_secs() / 86_400
    };
    assert_eq!((days(&ca), days(&leaf)), (3_651, 397));

    let (_, constraints) = ca.get::<pkix::BasicConstraints>().unwrap().unwrap();
    assert!(constraints.ca && constraints.path_len_constraint == Some(0));
    assert!(!leaf.get::<pkix::BasicConstraints>().unwrap().unwrap().1.ca);
    let (critical, usage) = ca.get::<pkix::KeyUsage>().unwrap().unwrap();
    assert!(critical && usage.key_cert_sign() && usage.crl_sign() && !usage.digital_signature());
    let (critical, usage) = leaf.get::<pkix::KeyUsage>().unwrap().unwrap();
    assert!(critical && usage.digital_signature() && !usage.key_cert_sign());
    let (_, purposes) = leaf.get::<pkix::ExtendedKeyUsage>().unwrap().unwrap();
    assert_eq!(purposes.0.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.3.6.1.5.5.7.3.1"]);
    let (_, ours) = ca.get::<pkix::SubjectKeyIdentifier>().unwrap().unwrap();
    let (_, issuers) = leaf.get::<pkix::AuthorityKeyIdentifier>().unwrap().unwrap();
    assert_eq!(issuers.key_identifier, Some(ours.0));
    assert!(leaf.get::<pkix::SubjectKeyIdentifier>().unwrap().is_some());
    assert_eq!(leaf.issuer, ca.subject);

    let serials = [&ca, &leaf].map(|of| of.serial_number.as_bytes().to_vec());
    assert_ne!(serials[0], serials[1]);
    assert!(serials.iter().all(|serial| serial.len() == 16 && (0x40..0x80).contains(&serial[0])));
}

#[test]
fn openssl_accepts_the_certificate_when_it_is_strict() {
    let Some(openssl) = openssl::judge("openssl_accepts_the_certificate_when_it_is_strict") else { return };
    start(openssl.path(), &["10.0.0.7"], wall()).unwrap();
    let verify = "verify -x509_strict -purpose sslserver -CAfile ca.pem";
    for name in ["-verify_hostname mdmenrollment.apple.com", "-verify_hostname localhost", "-verify_ip 10.0.0.7"] {
        openssl.run(&format!("{verify} {name} leaf.pem"));
    }
    assert!(!openssl.try_run(&format!("{verify} -verify_hostname example.com leaf.pem")).status.success());
}
