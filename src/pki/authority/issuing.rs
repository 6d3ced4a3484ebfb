//! Keys and certificates: making them, and telling whether those at hand still serve.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber,
};
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use time::OffsetDateTime;
use x509_cert::der::Decode;
use x509_cert::ext::pkix;

use super::names::Name;
use crate::clock::{Span, Timestamp};

/// Clients whose clocks are a little behind must not find a certificate from the future.
const BACKDATED: Span = Span::from_days(1);
const CA_LIFE: Span = Span::from_days(3_650);
/// With the day before, 397 days: Apple's platforms refuse server certificates that live longer than 398.
const LEAF_LIFE: Span = Span::from_days(396);
/// A leaf with less than this left is made anew, so that a simulator which runs for weeks does not outlive it.
const LEAF_RESERVE: Span = Span::from_days(30);

/// A CA that can sign.
pub(super) struct Ca {
    pub pem: String,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// The certificate that our port shows, with its key.
pub(super) struct Leaf {
    pub pem: String,
    pub key_pem: String,
    pub certified: Arc<CertifiedKey>,
}

/// Which of two files that belong together is the bad one, and what is wrong with it.
#[derive(Debug)]
pub(super) enum Fault {
    Certificate(String),
    Key(String),
    NotAPair,
}

impl Ca {
    /// A new CA certificate for `key`.
    pub fn make(key: KeyPair, now: Timestamp) -> Result<Self, rcgen::Error> {
        let serial = random_serial()?;
        let mut params = dated(now, now + CA_LIFE);
        // Part of the serial number stands in the name, so that two such CAs in one trust store can be told apart.
        let tail: String = serial[12..].iter().map(|byte| format!("{byte:02x}")).collect();
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.distinguished_name = named(&format!("abmsim CA {tail}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let made = params.self_signed(&key)?;
        Ok(Self {
            pem: made.pem(),
            valid_from: now - BACKDATED,
            valid_until: now + CA_LIFE,
            der: made.der().clone(),
            issuer: Issuer::new(params, key),
        })
    }

    /// The CA in two files' texts.
    pub fn read(pem: String, key_pem: &str) -> Result<Self, Fault> {
        let certificate = |why: &dyn ToString| Fault::Certificate(why.to_string());
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|why| certificate(&why))?;
        let parsed = x509_cert::Certificate::from_der(&der).map_err(|why| certificate(&why))?.tbs_certificate;
        let constraints = parsed.get::<pkix::BasicConstraints>().map_err(|why| certificate(&why))?;
        if !constraints.is_some_and(|(_, constraints)| constraints.ca) {
            return Err(certificate(&"it may not sign others: its basic constraints do not say CA"));
        }
        let key = read_key(key_pem).map_err(Fault::Key)?;
        if parsed.subject_public_key_info.subject_public_key.raw_bytes() != key.public_key_raw() {
            return Err(Fault::NotAPair);
        }
        let moment = |time: x509_cert::time::Time| {
            Timestamp::from_millis(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
        };
        let issuer = Issuer::from_ca_cert_der(&der, key).map_err(|why| certificate(&why))?;
        let (valid_from, valid_until) = (moment(parsed.validity.not_before), moment(parsed.validity.not_after));
        Ok(Self { pem, valid_from, valid_until, der, issuer })
    }

    /// A new leaf for `names`, with a key of its own.
    pub fn issue(
        &self,
        names: &[Name],
        now: Timestamp,
        provider: &CryptoProvider,
    ) -> Result<Leaf, super::AuthorityError> {
        let key = KeyPair::generate()?;
        let mut params = dated(now, (now + LEAF_LIFE).min(self.valid_until));
        params.serial_number = Some(SerialNumber::from_slice(&random_serial()?));
        params.distinguished_name = named("abmsim");
        params.subject_alt_names = names.iter().map(Name::as_alternative_name).collect::<Result<_, _>>()?;
        // "Explicitly no CA" rather than the default: only so does rcgen write basic constraints and a subject key
        // identifier.
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let made = params.signed_by(&key, &self.issuer)?;
        let secret = PrivateKeyDer::try_from(key.serialize_der()).map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        let certified = CertifiedKey::from_der(vec![made.der().clone()], secret, provider)?;
        Ok(Leaf { pem: made.pem(), key_pem: key.serialize_pem(), certified: Arc::new(certified) })
    }
}

impl Leaf {
    /// The leaf in two files' texts.
    pub fn read(pem: String, key_pem: String, provider: &CryptoProvider) -> Result<Self, Fault> {
        let certificate = |why: &dyn ToString| Fault::Certificate(why.to_string());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|why| certificate(&why))?;
        let leaf = chain.first().ok_or_else(|| certificate(&"there is no certificate in it"))?;
        ParsedCertificate::try_from(leaf).map_err(|why| certificate(&why))?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|why| Fault::Key(why.to_string()))?;
        let certified = CertifiedKey::from_der(chain, key, provider).map_err(|why| match why {
            rustls::Error::InconsistentKeys(_) => Fault::NotAPair,
            why => Fault::Key(why.to_string()),
        })?;
        Ok(Self { pem, key_pem, certified: Arc::new(certified) })
    }

    /// Whether a client that trusts `ca` would accept this leaf for every one of `names`, now and for some time to
    /// come: judged by the very checks that rustls makes as a client.
    pub fn serves(&self, ca: &Ca, names: &[Name], now: Timestamp, provider: &CryptoProvider) -> bool {
        let mut roots = RootCertStore::empty();
        let Ok(()) = roots.add(ca.der.clone()) else { return false };
        let [leaf, between @ ..] = self.certified.cert.as_slice() else { return false };
        let Ok(parsed) = ParsedCertificate::try_from(leaf) else { return false };
        let algorithms = provider.signature_verification_algorithms.all;
        [now, now + LEAF_RESERVE].into_iter().all(|moment| {
            let moment = UnixTime::since_unix_epoch(std::time::Duration::from_secs(moment.seconds().into()));
            verify_server_cert_signed_by_trust_anchor(&parsed, &roots, between, moment, algorithms).is_ok()
        }) && names
            .iter()
            .all(|name| name.as_server_name().is_some_and(|name| verify_server_name(&parsed, &name).is_ok()))
    }
}

/// The key in a file's text.
pub(super) fn read_key(pem: &str) -> Result<KeyPair, String> {
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|why| why.to_string())?;
    KeyPair::try_from(&key).map_err(|why| why.to_string())
}

fn dated(now: Timestamp, until: Timestamp) -> CertificateParams {
    let civil = |moment: Timestamp| {
        OffsetDateTime::from_unix_timestamp(moment.seconds().into()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    let mut params = CertificateParams::default();
    params.not_before = civil(now - BACKDATED);
    params.not_after = civil(until);
    params
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "abmsim");
    name.push(DnType::CommonName, common_name);
    name
}

/// 126 random bits below a one: positive, never zero, and of one length. Not seeded, for it guards a key that people
/// may trust.
fn random_serial() -> Result<[u8; 16], rcgen::Error> {
    let mut serial = [0; 16];
    aws_lc_rs::rand::fill(&mut serial).map_err(|_| rcgen::Error::RingUnspecified)?;
    serial[0] = serial[0] & 0x3f | 0x40;
    Ok(serial)
}
