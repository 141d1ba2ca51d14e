//! Certificates in PEM, for people.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates of a bundle, each by itself.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let Some(end) = rest[begin..].find(END) else { break };
        parts.push(rest[begin..begin + end + END.len()].to_string());
        rest = &rest[begin + end + END.len()..];
    }
    parts
}

/// The algorithm of the key, and the subject as Go writes it; a sentence where it is no certificate.
pub(crate) fn describe(pem: &str) -> Result<(String, String), String> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().concat();
    let der = STANDARD.decode(body.trim()).map_err(|_| "the certificate is not base64".to_string())?;
    let (_, certificate) = X509Certificate::from_der(&der).map_err(|error| format!("no X.509 certificate: {error}"))?;
    let algorithm = match certificate.public_key().algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.1" => "rsa",
        "1.2.840.10045.2.1" => "ecdsa",
        "1.3.101.112" => "ed25519",
        "1.2.840.10040.4.1" => "dsa",
        _ => "unknown",
    };
    Ok((algorithm.to_string(), subject(certificate.subject())))
}

/// The most specific name first, as RFC 2253 has it.
fn subject(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter()
        .map(|set| {
            let pairs = set.iter().map(|attribute| {
                let kind = match attribute.attr_type().to_id_string().as_str() {
                    "2.5.4.3" => "CN",
                    "2.5.4.5" => "SERIALNUMBER",
                    "2.5.4.6" => "C",
                    "2.5.4.7" => "L",
                    "2.5.4.8" => "ST",
                    "2.5.4.9" => "STREET",
                    "2.5.4.10" => "O",
                    "2.5.4.11" => "OU",
                    "2.5.4.17" => "POSTALCODE",
                    other => return format!("{other}={}", attribute.as_str().unwrap_or_default()),
                };
                let mut text = String::new();
                for c in attribute.as_str().unwrap_or_default().chars() {
                    if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
                        text.push('\\');
                    }
                    text.push(c);
                }
                format!("{kind}={text}")
            });
            pairs.collect::<Vec<_>>().join("+")
        })
        .collect();
    parts.reverse();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `openssl req -x509 -newkey ed25519 -subj '/C=DE/O=Example, Inc/CN=git.example'`.
    const CERTIFICATE: &str = include_str!("testdata/git.example.pem");

    #[test]
    fn bundles_are_split_and_described() {
        let bundle = format!("# a comment\n{CERTIFICATE}\n{CERTIFICATE}");
        let parts = split(&bundle);
        assert_eq!(parts.len(), 2);
        let told = describe(&parts[1]).unwrap();
        assert_eq!((told.0.as_str(), told.1.as_str()), ("ed25519", "CN=git.example,O=Example\\, Inc,C=DE"));
        assert!(describe("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----").is_err());
        assert!(split("no certificate").is_empty());
    }
}
