//! Whether clients believe it.

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, ProtocolVersion, RootCertStore, ServerConnection};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::*;
use crate::clock::wall;
use crate::pki::{APPLE_HOSTS, openssl};

/// A client that trusts the authority and nobody else.
fn client(authority: &Authority, versions: &[&'static rustls::SupportedProtocolVersion]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.ca_pem().as_bytes()).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let mut config =
        builder.with_protocol_versions(versions).unwrap().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2".to_vec()];
    Arc::new(config)
}

/// Shakes hands in memory.
fn connect(
    server: &Arc<ServerConfig>,
    client: &Arc<ClientConfig>,
    name: &str,
) -> Result<ClientConnection, rustls::Error> {
    let mut client = ClientConnection::new(client.clone(), ServerName::try_from(name.to_owned()).unwrap())?;
    let mut server = ServerConnection::new(server.clone())?;
    for _ in 0..6 {
        let mut sent = Vec::new();
        client.write_tls(&mut sent).unwrap();
        server.read_tls(&mut sent.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut answered = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut answered).unwrap();
        }
        let mut answered = answered.as_slice();
        while !answered.is_empty() {
            client.read_tls(&mut answered).unwrap();
            client.process_new_packets()?;
        }
    }
    assert!(!client.is_handshaking() && !server.is_handshaking());
    Ok(client)
}

#[test]
fn a_client_that_trusts_the_ca_reaches_every_name() {
    let authority = Authority::in_memory(&["abm.test".to_owned(), "*.wild.test".to_owned()], wall()).unwrap();
    let server = Arc::new(authority.server_config().unwrap());
    let client = client(&authority, rustls::ALL_VERSIONS);
    let ours = ["localhost", "127.0.0.1", "::1", "abm.test", "x.wild.test"];
    for name in ours.iter().chain(APPLE_HOSTS) {
        connect(&server, &client, name).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    for name in ["example.com", "wild.test", "10.0.0.1"] {
        assert!(connect(&server, &client, name).is_err(), "{name}");
    }
}

#[test]
fn both_versions_of_tls_choose_h2_and_resume() {
    let authority = Authority::in_memory(&[], wall()).unwrap();
    let server = Arc::new(authority.server_config().unwrap());
    for (version, number) in
        [(&rustls::version::TLS12, ProtocolVersion::TLSv1_2), (&rustls::version::TLS13, ProtocolVersion::TLSv1_3)]
    {
        let client = client(&authority, &[version]);
        let first = connect(&server, &client, "localhost").unwrap();
        assert_eq!(first.protocol_version(), Some(number));
        assert_eq!(first.alpn_protocol(), Some(b"h2".as_slice()));
        assert_eq!(first.handshake_kind(), Some(HandshakeKind::Full));
        let second = connect(&server, &client, "localhost").unwrap();
        assert_eq!(second.handshake_kind(), Some(HandshakeKind::Resumed));
    }
}

#[test]
fn a_client_that_trusts_another_ca_does_not_connect() {
    let (ours, other) = (Authority::in_memory(&[], wall()).unwrap(), Authority::in_memory(&[], wall()).unwrap());
    let server = Arc::new(ours.server_config().unwrap());
    assert!(connect(&server, &client(&other, rustls::ALL_VERSIONS), "localhost").is_err());
}

#[test]
fn a_ca_of_somebodys_own_is_used() {
    let Some(openssl) = openssl::judge("a_ca_of_somebodys_own_is_used") else { return };
    // RSA, with an older kind of key file.
    openssl.run("req -x509 -newkey rsa:2048 -nodes -keyout pkcs8.pem -out ca.pem -subj /CN=Acme -days 30 -addext keyUsage=keyCertSign");
    openssl.run("rsa -traditional -in pkcs8.pem -out ca.key.pem");
    let authority = Authority::open_or_create(openssl.path(), &[], wall()).unwrap();
    let server = Arc::new(authority.server_config().unwrap());
    connect(&server, &client(&authority, rustls::ALL_VERSIONS), "vpp.itunes.apple.com").unwrap();
    openssl.run("verify -CAfile ca.pem leaf.pem");
}
