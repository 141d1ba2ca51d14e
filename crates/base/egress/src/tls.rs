//! rustls as we need it: one provider, roots of the machine or a given authority, client certificates.

use std::sync::Arc;

use bowline_base_value::Sensitive;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::error::chain;

/// How the server proves who it is, and we who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificate authorities in PEM; the machine's own where there is none.
    pub ca: Option<Vec<u8>>,
    /// Client certificate chain in PEM.
    pub cert: Option<Vec<u8>>,
    /// Its key in PEM.
    pub key: Option<Sensitive<Vec<u8>>>,
    /// Accept any certificate.
    pub insecure: bool,
    /// Accept this certificate (PEM) and no other, whoever signed it and whatever its name.
    pub only: Option<Vec<u8>>,
    /// The name that the server's certificate must carry, where it is not the URL's host.
    pub server_name: Option<String>,
}

/// Makes the client side of TLS; `identity` (certificates, key; PEM) takes the place of the configured one. Errors say which
/// part cannot be used.
pub fn client_config(tls: &Tls, identity: Option<(&[u8], &[u8])>, alpn: &[&[u8]]) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| chain(&e))?;
    let only = match &tls.only {
        Some(pem) => Some(certificates(pem).map_err(|e| format!("the server's certificate: {e}"))?.swap_remove(0)),
        None => None,
    };
    let builder = if tls.insecure || only.is_some() {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Known { only, provider }))
    } else {
        builder.with_root_certificates(roots(tls.ca.as_deref())?)
    };
    let own = tls.cert.as_deref().zip(tls.key.as_ref().map(|key| key.expose().as_slice()));
    let mut config = match identity.or(own) {
        None => builder.with_no_client_auth(),
        Some((cert, key)) => {
            let chain_der = certificates(cert).map_err(|e| format!("client certificate: {e}"))?;
            // The reader's own errors quote what it read.
            let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| "client key: is no private key in PEM")?;
            builder.with_client_auth_cert(chain_der, key).map_err(|e| format!("client certificate: {}", chain(&e)))?
        }
    };
    config.alpn_protocols = alpn.iter().map(|p| p.to_vec()).collect();
    Ok(config)
}

fn roots(ca: Option<&[u8]>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(pem) => {
            for cert in certificates(pem).map_err(|e| format!("certificate authority: {e}"))? {
                roots.add(cert).map_err(|e| format!("certificate authority: {}", chain(&e)))?;
            }
        }
        None => {
            // Machines carry certificates that rustls cannot read; the others still count.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    // The reader's own errors quote what it read, and a key may have been put here by mistake.
    let certs = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|_| "is no PEM")?;
    if certs.is_empty() { Err("holds no certificate in PEM") } else { Ok(certs) }
}

/// Accepts one certificate, or every one, for servers that are configured so.
#[derive(Debug)]
struct Known {
    only: Option<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.only {
            Some(only) if only != shown => {
                Err(rustls::Error::General("the server shows another certificate than the configured one".into()))
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named_and_not_quoted() {
        let half = |what: &str| format!("-----BEGIN {what}-----\nHIDDEN").into_bytes();
        let both = |cert, key| Tls { cert: Some(cert), key: Some(Sensitive::new(key)), ..Tls::default() };
        for (tls, want) in [
            (Tls { ca: Some(half("CERTIFICATE")), ..Tls::default() }, "certificate authority: is no PEM"),
            (Tls { ca: Some(Vec::new()), ..Tls::default() }, "certificate authority: holds no certificate in PEM"),
            (both(half("EC PRIVATE KEY"), Vec::new()), "client certificate: is no PEM"),
            (both(CERTIFICATE.into(), half("EC PRIVATE KEY")), "client key: is no private key in PEM"),
        ] {
            assert_eq!(client_config(&tls, None, &[]).unwrap_err(), want);
        }
    }

    /// Any certificate: what is in it is not looked at here.
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
}
