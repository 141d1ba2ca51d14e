//! Public keys of OpenPGP (RFC 4880, RFC 9580) in armour: whose they are and what they are called. Nothing is verified here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_core_crd::GnuPGPublicKey;
use sha1::{Digest, Sha1};
use sha2::Sha256;

const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const END: &str = "-----END PGP PUBLIC KEY BLOCK-----";
/// Packets that a block may have: a key with a thousand signatures.
const PACKETS: usize = 20_000;

/// The last sixteen digits of an ID or fingerprint, in upper case; `None` where it is neither.
pub(crate) fn short(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches("0x").to_uppercase();
    let hex = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex && matches!(id.len(), 16 | 40 | 64)).then(|| id[id.len() - 16..].to_string())
}

/// The keys in a text, each with its block of armour.
pub(crate) fn read(text: &str) -> Result<Vec<GnuPGPublicKey>, String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let end = rest[begin..].find(END).ok_or("a block of armour does not end")? + begin + END.len();
        let block = &rest[begin..end];
        keys.extend(block_keys(block)?);
        rest = &rest[end..];
    }
    if keys.is_empty() {
        return Err("the data holds no public key in armour".to_string());
    }
    Ok(keys)
}

fn block_keys(block: &str) -> Result<Vec<GnuPGPublicKey>, String> {
    let inner = block.trim_start_matches(BEGIN).trim_end_matches(END);
    // Headers end with a blank line; the checksum begins with `=`.
    let mut lines = inner.lines().map(str::trim).skip_while(|line| line.is_empty());
    let mut body = String::new();
    let mut headers = true;
    for line in lines.by_ref() {
        if headers && line.contains(": ") {
            continue;
        }
        headers = false;
        if line.starts_with('=') {
            break;
        }
        body.push_str(line);
    }
    let bytes = STANDARD.decode(body).map_err(|_| "a block of armour is not base64".to_string())?;
    let mut keys: Vec<GnuPGPublicKey> = Vec::new();
    let mut rest = &bytes[..];
    for _ in 0..PACKETS {
        if rest.is_empty() {
            break;
        }
        let (tag, packet, after) = packet(rest).ok_or("a packet breaks off")?;
        rest = after;
        match tag {
            6 => keys.push(public_key(packet, block)?),
            13 => {
                if let Some(key) = keys.last_mut().filter(|key| key.owner.is_empty()) {
                    key.owner = String::from_utf8_lossy(packet).into_owned();
                }
            }
            5 | 7 => {
                return Err("the data holds a private key: keep it to yourself and submit the public one".to_string());
            }
            _ => {}
        }
    }
    Ok(keys)
}

/// The first packet: its tag, its body, and what follows.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if first & 0x80 == 0 {
        return None;
    }
    let (tag, length, rest) = if first & 0x40 != 0 {
        let (one, rest) = rest.split_first()?;
        match *one {
            0..=191 => (first & 0x3f, usize::from(*one), rest),
            192..=223 => {
                let (two, rest) = rest.split_first()?;
                (first & 0x3f, (usize::from(*one) - 192) * 256 + usize::from(*two) + 192, rest)
            }
            255 => {
                let (length, rest) = rest.split_first_chunk::<4>()?;
                (first & 0x3f, u32::from_be_bytes(*length) as usize, rest)
            }
            // Partial lengths are for data, not for keys.
            _ => return None,
        }
    } else {
        let tag = (first >> 2) & 0x0f;
        match first & 3 {
            0 => rest.split_first().map(|(length, rest)| (tag, usize::from(*length), rest))?,
            1 => rest.split_first_chunk::<2>().map(|(l, rest)| (tag, usize::from(u16::from_be_bytes(*l)), rest))?,
            2 => rest.split_first_chunk::<4>().map(|(l, rest)| (tag, u32::from_be_bytes(*l) as usize, rest))?,
            _ => (tag, rest.len(), rest),
        }
    };
    (length <= rest.len()).then(|| (tag, &rest[..length], &rest[length..]))
}

fn public_key(packet: &[u8], block: &str) -> Result<GnuPGPublicKey, String> {
    let version = packet.first().copied().unwrap_or_default();
    let length = u32::try_from(packet.len()).unwrap_or(u32::MAX).to_be_bytes();
    let fingerprint: Vec<u8> = match version {
        4 => Sha1::new().chain_update([0x99]).chain_update(&length[2..]).chain_update(packet).finalize().to_vec(),
        6 => Sha256::new().chain_update([0x9b]).chain_update(length).chain_update(packet).finalize().to_vec(),
        other => return Err(format!("keys of version {other} are not supported")),
    };
    let algorithm = packet.get(5).copied().unwrap_or_default();
    let key = packet.get(if version == 6 { 10 } else { 6 }..).unwrap_or_default();
    let bits = key.first_chunk::<2>().map(|bits| u16::from_be_bytes(*bits)).unwrap_or_default();
    let sub_type = match algorithm {
        1..=3 => format!("rsa{bits}"),
        16 | 20 => format!("elg{bits}"),
        17 => format!("dsa{bits}"),
        18 | 19 => curve(key).to_string(),
        22 | 27 => "ed25519".to_string(),
        28 => "ed448".to_string(),
        other => format!("algorithm{other}"),
    };
    let hex: String = fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
    // A key of version 6 has its ID in front.
    let key_id = if version == 6 { hex[..16].to_string() } else { hex[hex.len() - 16..].to_string() };
    Ok(GnuPGPublicKey {
        key_id,
        fingerprint: hex,
        owner: String::new(),
        trust: "unknown".to_string(),
        sub_type,
        key_data: format!("{block}\n"),
    })
}

/// The curve of a key, by its object identifier.
fn curve(key: &[u8]) -> &'static str {
    let length = key.first().copied().map(usize::from).unwrap_or_default();
    match key.get(1..1 + length).unwrap_or_default() {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => "nistp256",
        [0x2b, 0x81, 4, 0, 0x22] => "nistp384",
        [0x2b, 0x81, 4, 0, 0x23] => "nistp521",
        [0x2b, 6, 1, 4, 1, 0x97, 0x55, 1, 5, 1] => "cv25519",
        _ => "ecdsa",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `gpg --quick-generate-key "Signer <signer@example.com>" ed25519 sign never` and exported in armour.
    const KEY: &str = include_str!("testdata/signer.asc");

    #[test]
    fn a_key_is_described_as_gpg_describes_it() {
        let keys = read(KEY).unwrap();
        let [key] = &keys[..] else { panic!("{} keys", keys.len()) };
        let wanted = include_str!("testdata/signer.fingerprint").trim();
        assert_eq!(key.fingerprint, wanted);
        assert_eq!(
            (key.key_id.as_str(), key.owner.as_str(), key.sub_type.as_str()),
            (&wanted[24..], "Signer <signer@example.com>", "ed25519")
        );
        assert_eq!(short(wanted).as_deref(), Some(&wanted[24..]));
        assert_eq!(read(&key.key_data).unwrap(), keys);
    }

    #[test]
    fn what_is_no_key_is_a_sentence() {
        for text in ["", BEGIN, "no key", &format!("{BEGIN}\n\nAAAA\n{END}"), &format!("{BEGIN}\n\n????\n{END}")] {
            assert!(read(text).is_err(), "{text}");
        }
        for cut in 0..KEY.len() {
            if KEY.is_char_boundary(cut) {
                let _ = read(&format!("{}\n{END}", &KEY[..cut]));
            }
        }
        for id in ["", "xyz", "ABC", "0x12"] {
            assert_eq!(short(id), None, "{id}");
        }
    }
}
