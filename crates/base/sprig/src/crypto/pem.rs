//! PEM blocks.

use crate::encoding::base64_decode;

/// A block with lines of 64 characters.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let body = super::base64(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(64) {
        out.extend(line.iter().map(|b| char::from(*b)));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// The first block of a text: its label and bytes.
pub(super) fn decode(text: &str) -> Option<(String, Vec<u8>)> {
    let (_, after) = text.split_once("-----BEGIN ")?;
    let (label, after) = after.split_once("-----")?;
    let (body, _) = after.split_once(&format!("-----END {label}-----"))?;
    // Headers such as Proc-Type stand before an empty line.
    let body =
        body.split_once("\n\n").map_or(body, |(headers, body)| if headers.contains(':') { body } else { headers });
    let bytes = base64_decode(body.split_whitespace().collect::<String>().as_bytes()).ok()?;
    Some((label.to_string(), bytes.as_bytes().to_vec()))
}
