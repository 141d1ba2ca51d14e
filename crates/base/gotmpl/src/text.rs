//! [`Text`]: a Go string, which is bytes that are usually UTF-8.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A shared, immutable Go string. Go strings are bytes; nearly all are UTF-8 and then held as text.
#[derive(Clone)]
pub struct Text(Held);

#[derive(Clone)]
enum Held {
    Utf8(Arc<str>),
    /// Bytes that are not UTF-8, and only such.
    Raw(Arc<[u8]>),
}

// === impl Text ===

impl Text {
    /// A string of these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Text {
        match std::str::from_utf8(bytes) {
            Ok(text) => Text(Held::Utf8(text.into())),
            Err(_) => Text(Held::Raw(bytes.into())),
        }
    }

    /// A string that takes these bytes over.
    pub fn from_vec(bytes: Vec<u8>) -> Text {
        match String::from_utf8(bytes) {
            Ok(text) => Text(Held::Utf8(text.into())),
            Err(error) => Text(Held::Raw(error.into_bytes().into())),
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Held::Utf8(text) => text.as_bytes(),
            Held::Raw(bytes) => bytes,
        }
    }

    /// The text; bytes that are no UTF-8 are shown as U+FFFD, one for each, as Go does where it decodes runes.
    pub fn to_str(&self) -> Cow<'_, str> {
        match &self.0 {
            Held::Utf8(text) => Cow::Borrowed(text),
            Held::Raw(bytes) => Cow::Owned(lossy(bytes)),
        }
    }

    /// The text, shared where it is UTF-8.
    pub fn to_shared(&self) -> Arc<str> {
        match &self.0 {
            Held::Utf8(text) => text.clone(),
            Held::Raw(bytes) => lossy(bytes).into(),
        }
    }

    /// Length in bytes, as Go's `len`.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether the bytes are no UTF-8.
    pub(crate) fn is_raw(&self) -> bool {
        matches!(self.0, Held::Raw(_))
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Each byte that belongs to no valid sequence becomes one U+FFFD (Rust's own lossy conversion joins some of them).
fn lossy(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (c, width) = decode_rune(rest);
        out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = &rest[width..];
    }
    out
}

/// The first character of `bytes` and its width; `None` with width 1 where it is no valid UTF-8. `bytes` must not be empty.
pub(crate) fn decode_rune(bytes: &[u8]) -> (Option<char>, usize) {
    let first = bytes[0];
    if first < 0x80 {
        return (Some(first as char), 1);
    }
    let width = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return (None, 1),
    };
    match bytes.get(..width).map(std::str::from_utf8) {
        Some(Ok(text)) => (text.chars().next(), width),
        _ => (None, 1),
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(Held::Utf8(text.into()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(Held::Utf8(text.into()))
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Text {
        Text(Held::Utf8(text))
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Text {
        Text(Held::Utf8(text.into()))
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::from("")
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Text) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_str(), f)
    }
}
