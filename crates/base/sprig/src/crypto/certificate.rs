//! Certificates: what sprig's template and Go's `x509.CreateCertificate` make.

use std::net::IpAddr;

use bowline_base_gotmpl::{CallError, Runtime};
use sha2::{Digest, Sha256};

use super::der;
use super::key::PrivateKey;
use crate::dates::Time;

/// What a certificate is to say.
pub(super) struct Request {
    pub(super) common_name: String,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) names: Vec<String>,
    pub(super) days: i64,
    pub(super) is_ca: bool,
}

/// Who signs.
pub(super) enum Issuer<'a> {
    /// The key itself.
    Itself,
    /// An authority with its key.
    Authority(&'a Parent, &'a PrivateKey),
}

/// What is needed of an authority's certificate.
pub(super) struct Parent {
    subject: Vec<u8>,
    public: Vec<u8>,
    key_id: Option<Vec<u8>>,
}

const KEY_USAGE: &[u32] = &[2, 5, 29, 15];
const EXTENDED_KEY_USAGE: &[u32] = &[2, 5, 29, 37];
const BASIC_CONSTRAINTS: &[u32] = &[2, 5, 29, 19];
const SUBJECT_KEY_ID: &[u32] = &[2, 5, 29, 14];
const AUTHORITY_KEY_ID: &[u32] = &[2, 5, 29, 35];
const ALTERNATIVE_NAMES: &[u32] = &[2, 5, 29, 17];
const SERVER_AUTH: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTH: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 3, 2];
const COMMON_NAME: &[u32] = &[2, 5, 4, 3];

// === impl Parent ===

impl Parent {
    /// Reads a certificate.
    pub(super) fn parse(certificate: &[u8]) -> Option<Parent> {
        let (0x30, content, _, _) = der::read(certificate)? else { return None };
        let (0x30, mut rest, _, _) = der::read(content)? else { return None };
        if let (0xa0, _, _, after) = der::read(rest)? {
            rest = after;
        }
        // Serial number, algorithm, issuer and validity come before the subject.
        for _ in 0..4 {
            rest = der::read(rest)?.3;
        }
        let (0x30, _, subject, rest) = der::read(rest)? else { return None };
        let (0x30, _, public, mut rest) = der::read(rest)? else { return None };
        let mut key_id = None;
        while let Some((tag, content, _, after)) = der::read(rest) {
            if tag == 0xa3 {
                key_id = extension(content, SUBJECT_KEY_ID);
            }
            rest = after;
        }
        Some(Parent { subject: subject.to_vec(), public: public.to_vec(), key_id })
    }
}

/// The octets inside of the extension of that id.
fn extension(content: &[u8], id: &[u32]) -> Option<Vec<u8>> {
    let (_, mut rest, _, _) = der::read(content)?;
    let id = der::oid(id);
    while let Some((_, extension, _, after)) = der::read(rest) {
        let (_, _, found, mut value) = der::read(extension)?;
        if found == id {
            if let (0x01, _, _, after) = der::read(value)? {
                value = after;
            }
            let (_, octets, _, _) = der::read(value)?;
            return der::read(octets).map(|(_, inner, _, _)| inner.to_vec());
        }
        rest = after;
    }
    None
}

fn time(seconds: i64) -> Vec<u8> {
    let civil = Time::at(seconds).fields();
    let [year, month, day, hour, minute, second] = civil;
    let tail = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        return der::element(0x17, format!("{:02}{tail}", year % 100).as_bytes());
    }
    der::element(0x18, format!("{year:04}{tail}").as_bytes())
}

fn extension_of(id: &[u32], critical: bool, value: Vec<u8>) -> Vec<u8> {
    let mut parts = vec![der::oid(id)];
    if critical {
        parts.push(der::yes());
    }
    parts.push(der::octets(&value));
    der::sequence(&parts)
}

/// Makes a certificate for `key`; the bytes are its DER.
pub(super) fn make(
    rt: &mut Runtime<'_>,
    request: &Request,
    key: &PrivateKey,
    issuer: Issuer<'_>,
) -> Result<Vec<u8>, CallError> {
    let mut serial = [0; 16];
    rt.host().random(&mut serial);
    let (now, _) = rt.host().now();
    let until = now.saturating_add(request.days.saturating_mul(86_400));
    let name = der::set(der::sequence(&[der::oid(COMMON_NAME), der::string(&request.common_name)]));
    let subject = if request.common_name.is_empty() { der::sequence(&[]) } else { der::sequence(&[name]) };
    let (public, key_bits) = key.public();
    let (signer, issuer_name, authority_id) = match issuer {
        Issuer::Itself => (key, subject.clone(), None),
        Issuer::Authority(parent, signer) => {
            if signer.public().0 != parent.public {
                let text = "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey";
                return Err(text.into());
            }
            let id = if parent.subject == subject { None } else { parent.key_id.clone() };
            (signer, parent.subject.clone(), id)
        }
    };
    // Digital signature and key encipherment; authorities also sign certificates.
    let usage = if request.is_ca { [0x03, 0x02, 0x02, 0xa4] } else { [0x03, 0x02, 0x05, 0xa0] };
    let constraints = if request.is_ca { der::sequence(&[der::yes()]) } else { der::sequence(&[]) };
    let mut extensions = vec![
        extension_of(KEY_USAGE, true, usage.to_vec()),
        extension_of(EXTENDED_KEY_USAGE, false, der::sequence(&[der::oid(SERVER_AUTH), der::oid(CLIENT_AUTH)])),
        extension_of(BASIC_CONSTRAINTS, true, constraints),
    ];
    if request.is_ca {
        let id = &Sha256::digest(&key_bits)[..20];
        extensions.push(extension_of(SUBJECT_KEY_ID, false, der::octets(id)));
    }
    if let Some(id) = authority_id {
        extensions.push(extension_of(AUTHORITY_KEY_ID, false, der::sequence(&[der::element(0x80, &id)])));
    }
    if !request.names.is_empty() || !request.addresses.is_empty() {
        let names = request.names.iter().map(|name| der::element(0x82, name.as_bytes()));
        let addresses = request.addresses.iter().map(|address| match address {
            IpAddr::V4(address) => der::element(0x87, &address.octets()),
            IpAddr::V6(address) => der::element(0x87, &address.octets()),
        });
        let all: Vec<Vec<u8>> = names.chain(addresses).collect();
        extensions.push(extension_of(ALTERNATIVE_NAMES, request.common_name.is_empty(), der::sequence(&all)));
    }
    let algorithm = signer.signature_algorithm();
    let body = der::sequence(&[
        der::element(0xa0, &der::integer(&[2])),
        der::integer(&serial),
        algorithm.clone(),
        issuer_name,
        der::sequence(&[time(now), time(until)]),
        subject,
        public,
        der::element(0xa3, &der::sequence(&extensions)),
    ]);
    let signature = signer.sign(&body)?;
    Ok(der::sequence(&[body, algorithm, der::bits(&signature)]))
}
