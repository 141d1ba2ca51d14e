//! TLS: a certificate and what is spoken with it.

use std::sync::Arc;

use bowline_core_types::Sensitive;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion, version};

use crate::options::Options;

/// A certificate with its chain, and its key; both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate, and those above it.
    pub chain: String,
    /// Its private key.
    pub key: Sensitive<String>,
}

/// How long a self-made certificate is valid: the contract's year.
const VALID: i64 = 365;

// === impl Certificate ===

impl Certificate {
    /// A certificate of our own, for those who will not look at it closely: one year from the day of `now`, for `localhost` and the names that the
    /// service has in `namespace`.
    pub fn self_made(namespace: &str, now: Timestamp) -> Result<Certificate, String> {
        let names = vec![
            "localhost".to_string(),
            "argocd-server".to_string(),
            format!("argocd-server.{namespace}"),
            format!("argocd-server.{namespace}.svc"),
            format!("argocd-server.{namespace}.svc.cluster.local"),
        ];
        let failed = |error: rcgen::Error| format!("no certificate can be made: {error}");
        let mut params = CertificateParams::new(names).map_err(failed)?;
        let mut subject = DistinguishedName::new();
        subject.push(DnType::OrganizationName, "Bowline");
        params.distinguished_name = subject;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Clocks of clients are not ours.
        for (limit, at) in
            [(&mut params.not_before, now - 24.hours()), (&mut params.not_after, now + (24 * VALID).hours())]
        {
            let day = Offset::UTC.to_datetime(at).date();
            let of = |number: i8| u8::try_from(number).map_err(|_| format!("{day} is no day"));
            *limit = rcgen::date_time_ymd(day.year().into(), of(day.month())?, of(day.day())?);
        }
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.self_signed(&key).map_err(failed)?;
        Ok(Certificate { chain: certificate.pem(), key: Sensitive::new(key.serialize_pem()) })
    }
}

/// What TLS speaks with this certificate; a sentence where it cannot.
pub fn config(certificate: &Certificate, options: &Options) -> Result<Arc<ServerConfig>, String> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate.chain.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| format!("tls.crt holds no certificates in PEM: {error}"))?;
    if chain.is_empty() {
        return Err("tls.crt holds no certificate in PEM".to_string());
    }
    let key = PrivateKeyDer::from_pem_slice(certificate.key.expose().as_bytes())
        .map_err(|_| "tls.key holds no private key in PEM".to_string())?;
    let mut provider = aws_lc_rs::default_provider();
    if !options.tls_ciphers.is_empty() {
        let wanted: Vec<&str> = options.tls_ciphers.split(':').map(str::trim).filter(|name| !name.is_empty()).collect();
        let name = |suite: &rustls::SupportedCipherSuite| format!("{:?}", suite.suite()).replacen("TLS13_", "TLS_", 1);
        let known: Vec<String> = provider.cipher_suites.iter().map(name).collect();
        if let Some(unknown) = wanted.iter().find(|wanted| !known.iter().any(|known| known == *wanted)) {
            return Err(format!("{unknown} is none of the cipher suites {}", known.join(", ")));
        }
        // As in the contract, the list is for TLS 1.2; those of 1.3 are always there.
        provider.cipher_suites.retain(|suite| suite.tls13().is_some() || wanted.contains(&name(suite).as_str()));
    }
    let versions = versions(&options.tls_min, &options.tls_max)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&versions)
        .map_err(|error| format!("TLS cannot be spoken so: {error}"))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| format!("tls.crt and tls.key do not fit: {error}"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn versions(min: &str, max: &str) -> Result<Vec<&'static SupportedProtocolVersion>, String> {
    let rank = |text: &str| match text {
        "1.0" => Ok(0),
        "1.1" => Ok(1),
        "1.2" => Ok(2),
        "1.3" => Ok(3),
        other => Err(format!("{other:?} is no version of TLS: use 1.2 or 1.3")),
    };
    let (min, max) = (rank(min)?, rank(max)?);
    if max < 2 || min > max {
        return Err("no version of TLS is left between the oldest and the newest: 1.2 and 1.3 are spoken".to_string());
    }
    let all = [(2, &version::TLS12), (3, &version::TLS13)];
    Ok(all.into_iter().filter(|(rank, _)| (min..=max).contains(rank)).map(|(_, version)| version).collect())
}

#[cfg(test)]
mod tests {
    use bowline_core_settings::Settings;

    use super::*;
    use crate::options::Flags;

    fn options(min: &str, max: &str, ciphers: &str) -> Options {
        let flags = Flags {
            tls_min: Some(min.into()),
            tls_max: Some(max.into()),
            tls_ciphers: Some(ciphers.into()),
            ..Flags::default()
        };
        Options::of(&flags, &Settings::default())
    }

    #[test]
    fn what_cannot_be_spoken_is_a_sentence() {
        let made = Certificate::self_made("argocd", Timestamp::UNIX_EPOCH).unwrap();
        let other = Certificate::self_made("argocd", Timestamp::UNIX_EPOCH).unwrap();
        let mixed = Certificate { key: other.key.clone(), ..made.clone() };
        let none = Certificate { chain: String::new(), ..made.clone() };
        let keyless = Certificate { key: Sensitive::new("no key".into()), ..made.clone() };
        let suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        for (certificate, options, want) in [
            (&made, options("1.2", "1.3", ""), None),
            (&made, options("1.0", "1.3", suite), None),
            (&made, options("1.3", "1.2", ""), Some("no version of TLS is left")),
            (&made, options("1.2", "2", ""), Some("is no version of TLS")),
            (&made, options("1.2", "1.3", "NULL"), Some("NULL is none of the cipher suites")),
            (&mixed, options("1.2", "1.3", ""), Some("do not fit")),
            (&none, options("1.2", "1.3", ""), Some("holds no certificate")),
            (&keyless, options("1.2", "1.3", ""), Some("holds no private key")),
        ] {
            match (config(certificate, &options), want) {
                (Ok(_), None) => {}
                (Err(error), Some(want)) => assert!(error.contains(want), "{error}"),
                (Ok(_), Some(want)) => panic!("{want}: was taken"),
                (Err(error), None) => panic!("{error}"),
            }
        }
        assert!(!format!("{made:?}").contains("PRIVATE"));
    }
}
