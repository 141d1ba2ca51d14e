//! HTTPS: the host's own CA, client certificates, and trust switched off.

use std::sync::Arc;

use bowline_core_types::Sensitive;
use bowline_desired_git::Credentials;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::http::{Server, login};
use crate::kit::Repo;

/// A CA, a server certificate for 127.0.0.1 and a client's, all of that CA.
struct Trust {
    ca: String,
    client: (String, String),
    acceptor: TlsAcceptor,
}

fn trust(ask_for_client: bool) -> Trust {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let leaf = |name: &str| {
        let key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(vec![name.to_string()]).unwrap().signed_by(&key, &ca).unwrap();
        (cert, key)
    };
    let (server, server_key) = leaf("127.0.0.1");
    let (client, client_key) = leaf("client.example");
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = match ask_for_client {
        false => builder.with_no_client_auth(),
        true => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap(),
        ),
    };
    let key = PrivateKeyDer::try_from(server_key.serialize_der()).unwrap();
    let config = builder.with_single_cert(vec![server.der().clone()], key).unwrap();
    Trust { ca: ca.pem(), client: (client.pem(), client_key.serialize_pem()), acceptor: Arc::new(config).into() }
}

#[tokio::test]
async fn a_host_is_trusted_by_its_ca_or_not_at_all() {
    let repo = Repo::new();
    let Trust { ca, acceptor, .. } = trust(false);
    let server = Server::with_tls(repo.git_dir(), acceptor).await;
    let told = login(Credentials::default()).told(&server.url(), "").await;
    assert!(told.starts_with("Unreachable: failed to list refs: x509: certificate is not trusted"), "{told}");
    let trusted = Credentials { ca: Some(ca), ..Credentials::default() };
    assert_eq!(login(trusted).resolve(&server.url(), "").await.unwrap().commit.to_string(), repo.head());
    let insecure = Credentials { insecure: true, ..Credentials::default() };
    assert!(login(insecure).resolve(&server.url(), "").await.is_ok());
}

#[tokio::test]
async fn a_client_certificate_is_shown() {
    let repo = Repo::new();
    let Trust { ca, client: (cert, key), acceptor } = trust(true);
    let server = Server::with_tls(repo.git_dir(), acceptor).await;
    let without = Credentials { ca: Some(ca), ..Credentials::default() };
    assert!(login(without.clone()).resolve(&server.url(), "").await.is_err());
    let with = Credentials { tls_client_cert: Some(cert), tls_client_key: Some(Sensitive::new(key)), ..without };
    assert_eq!(login(with).resolve(&server.url(), "").await.unwrap().commit.to_string(), repo.head());
}
