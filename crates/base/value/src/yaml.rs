//! YAML as Go reads and writes it.
//!
//! Kubernetes' tools read YAML through two libraries, [`Flavour::V2`] and [`Flavour::V3`] of go-yaml, which differ in what a
//! plain word means and in how they write. Both read by one scanner and grammar, so [`scan`], [`parse`] and [`compose`]
//! serve both; [`resolve`], [`decode`] and [`emit`] know the flavour.

mod compose;
mod decode;
mod emit;
mod error;
pub mod node;
mod parse;
mod resolve;
mod scan;
mod sort;
mod stream;

use compose::Composer;
use decode::Decoder;
pub use emit::{EmitOptions, marshal, to_yaml, to_yaml_with};
pub use error::{Flavour, YamlError};
pub use scan::ScalarStyle;
pub use stream::{Part, objects, split};

use crate::Value;

/// How numbers come out of a YAML text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// As Kubernetes' decoder of unstructured objects tells them apart: integers within `i64`, all else floats; `1.0` is 1.
    #[default]
    Unstructured,
    /// As `sigs.k8s.io/yaml.YAMLToJSON` writes them: as above, and integers above `i64::MAX` are kept.
    Json,
    /// All floats, as `encoding/json` decodes into an interface: what Helm's values are.
    Float64,
}

/// How a YAML text is read.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which go-yaml reads it.
    pub flavour: Flavour,
    /// What numbers become.
    pub numbers: Numbers,
    /// Whether a key that is set twice in a mapping is an error; else the last one wins.
    pub strict: bool,
}

// === impl Options ===

impl Default for Options {
    fn default() -> Options {
        Options { flavour: Flavour::V2, numbers: Numbers::Unstructured, strict: false }
    }
}

/// Reads the first document of `text` as `sigs.k8s.io/yaml.Unmarshal` does for Kubernetes objects; an empty text is null.
pub fn from_yaml(text: impl AsRef<[u8]>) -> Result<Value, YamlError> {
    from_yaml_with(text, Options::default())
}

/// Reads the first document of `text`; an empty text is null.
///
/// Bounded: nesting at 500 levels, and aliases at the share of the whole that go-yaml allows them.
pub fn from_yaml_with(text: impl AsRef<[u8]>, options: Options) -> Result<Value, YamlError> {
    let text = text.as_ref();
    let utf8 = utf16(text);
    match Composer::new(utf8.as_deref().unwrap_or(text), options.flavour).next()? {
        Some(document) => Decoder::new(&document, options).decode(),
        None => Ok(Value::Null),
    }
}

/// Reads every document of `text`, as a loop over go-yaml's `Decoder.Decode` does.
pub fn documents(text: impl AsRef<[u8]>) -> Result<Vec<Value>, YamlError> {
    documents_with(text, Options::default())
}

/// Reads every document of `text`.
pub fn documents_with(text: impl AsRef<[u8]>, options: Options) -> Result<Vec<Value>, YamlError> {
    let text = text.as_ref();
    let utf8 = utf16(text);
    let mut composer = Composer::new(utf8.as_deref().unwrap_or(text), options.flavour);
    let mut values = Vec::new();
    while let Some(document) = composer.next()? {
        values.push(Decoder::new(&document, options).decode()?);
    }
    Ok(values)
}

/// A text in UTF-16, told by its byte order mark, in UTF-8.
fn utf16(text: &[u8]) -> Option<Vec<u8>> {
    let read = match text {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = text[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    Some(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect::<String>().into_bytes())
}

#[cfg(test)]
mod tests;
