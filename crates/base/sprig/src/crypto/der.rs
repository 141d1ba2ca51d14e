//! Distinguished encoding: as much of it as certificates need.

/// An element: its tag and its content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let len = content.len();
    if len < 0x80 {
        out.push(len as u8);
    } else {
        let bytes = len.to_be_bytes();
        let bytes = &bytes[bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len() - 1)..];
        out.push(0x80 | bytes.len() as u8);
        out.extend_from_slice(bytes);
    }
    out.extend_from_slice(content);
    out
}

/// `SEQUENCE`.
pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// `SET` of one element.
pub(super) fn set(part: Vec<u8>) -> Vec<u8> {
    element(0x31, &part)
}

/// A positive `INTEGER`.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let mut content = bytes[start..].to_vec();
    if content.first().is_none_or(|b| *b >= 0x80) {
        content.insert(0, 0);
    }
    element(0x02, &content)
}

/// `BIT STRING` with no unused bits.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], bytes].concat())
}

/// `OCTET STRING`.
pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    element(0x04, bytes)
}

/// `OBJECT IDENTIFIER`.
pub(super) fn oid(arcs: &[u32]) -> Vec<u8> {
    let mut content = vec![(arcs[0] * 40 + arcs[1]) as u8];
    for arc in &arcs[2..] {
        let mut groups = vec![(arc & 0x7f) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            groups.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        groups.reverse();
        content.extend(groups);
    }
    element(0x06, &content)
}

/// `NULL`.
pub(super) fn null() -> Vec<u8> {
    vec![0x05, 0x00]
}

/// `BOOLEAN TRUE`.
pub(super) fn yes() -> Vec<u8> {
    vec![0x01, 0x01, 0xff]
}

/// A string: printable if its letters allow, else UTF-8.
pub(super) fn string(text: &str) -> Vec<u8> {
    let printable = |b: u8| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&b);
    element(if text.bytes().all(printable) { 0x13 } else { 0x0c }, text.as_bytes())
}

/// (tag, content, the element whole, what follows).
type Read<'b> = (u8, &'b [u8], &'b [u8], &'b [u8]);

/// The first element of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Option<Read<'_>> {
    let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
    let (len, start) = if first < 0x80 {
        (usize::from(first), 2)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let digits = bytes.get(2..2 + count)?;
        (digits.iter().fold(0usize, |n, b| n << 8 | usize::from(*b)), 2 + count)
    };
    let end = start.checked_add(len)?;
    Some((tag, bytes.get(start..end)?, &bytes[..end], &bytes[end..]))
}
