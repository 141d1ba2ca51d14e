//! Writing values as YAML text.

mod analyze;
mod comment;
mod writer;

use super::error::{Flavour, YamlError};
use super::resolve::{Scalar, resolve_plain};
use super::scan::ScalarStyle;
use super::sort::natural_less;
use super::{Numbers, Options, from_yaml_with};
use crate::number::{format_g64, go_json_number};
use crate::{Map, Value, to_json};
use comment::Pending;
pub(crate) use writer::{Place, Writer};

/// How YAML is written.
#[derive(Clone, Copy, Debug)]
pub struct EmitOptions {
    /// Whose style. [`Flavour::V2`] folds lines at 80 columns.
    pub flavour: Flavour,
    /// Spaces per level, 2 to 9.
    pub indent: usize,
    /// Whether the items of a sequence stand at the indentation of its key. Version 2 always does so.
    pub compact_sequences: bool,
}

// === impl EmitOptions ===

impl EmitOptions {
    /// `sigs.k8s.io/yaml.Marshal`: what `toYaml` of Helm and the output of Kustomize are.
    pub fn sigs() -> EmitOptions {
        EmitOptions { flavour: Flavour::V2, indent: 2, compact_sequences: true }
    }

    /// A go-yaml 3 encoder with `SetIndent(indent)`: `toYamlPretty` of Helm is that with 2. Its default is 4.
    pub fn v3(indent: usize) -> EmitOptions {
        EmitOptions { flavour: Flavour::V3, indent, compact_sequences: false }
    }
}

/// Writes a value exactly as `sigs.k8s.io/yaml.Marshal` does, with what its way through JSON text does to strings: a NEL in
/// one (U+0085) is folded like a line break, and characters that YAML text does not allow (U+007F to U+009F, U+FFFE,
/// U+FFFF) and keys of more than 1024 characters are errors, where [`to_yaml`] writes them escaped.
pub fn marshal(value: &Value) -> Result<String, YamlError> {
    if reads_back(value) {
        return Ok(to_yaml(value));
    }
    let options = Options { numbers: Numbers::Json, ..Options::default() };
    Ok(to_yaml(&from_yaml_with(to_json(value, true), options)?))
}

/// Whether the value's JSON text, read as YAML, is the value again.
fn reads_back(value: &Value) -> bool {
    match value {
        Value::String(s) => string_reads_back(s),
        Value::Array(items) => items.iter().all(reads_back),
        Value::Object(map) => map.iter().all(|(key, field)| {
            // The 1024 characters within which a key must end count its escapes; a long one is left to the reader.
            key.len() <= 160 && string_reads_back(key) && reads_back(field)
        }),
        _ => true,
    }
}

/// Whether a string means itself in JSON text that is read as YAML.
fn string_reads_back(text: &str) -> bool {
    let bytes = text.as_bytes();
    let odd = |i: usize| match bytes[i] {
        0x7F => true,
        0xC2 => bytes[i + 1] < 0xA0,
        0xEF => bytes[i + 1] == 0xBF && bytes[i + 2] >= 0xBE,
        _ => false,
    };
    !(0..bytes.len()).any(odd)
}

/// Writes a value as `sigs.k8s.io/yaml.Marshal` does: through JSON, so floats without a fraction are written as integers.
/// See [`marshal`] for what is left out of that.
pub fn to_yaml(value: &Value) -> String {
    to_yaml_with(value, EmitOptions::sigs())
}

/// Writes a value in another style. Version 3 writes floats as they are (`1e+06`).
pub fn to_yaml_with(value: &Value, options: EmitOptions) -> String {
    let mut writer = Writer::new(options);
    emit(&mut writer, value, Place::Root);
    writer.finish()
}

fn emit(writer: &mut Writer, value: &Value, place: Place) {
    match value {
        Value::Null => writer.token("null"),
        Value::Bool(b) => writer.token(if *b { "true" } else { "false" }),
        Value::Int(i) => writer.token(&i.to_string()),
        Value::UInt(u) => writer.token(&u.to_string()),
        Value::Float(f) => writer.token(&float(*f, writer.flavour())),
        Value::String(s) => string(writer, s, place),
        Value::Array(items) if items.is_empty() => writer.token("[]"),
        Value::Array(items) => {
            writer.open_sequence(place);
            for item in items.iter() {
                writer.sequence_item();
                emit(writer, item, Place::Item);
            }
            writer.close();
        }
        Value::Object(map) if map.is_empty() => writer.token("{}"),
        Value::Object(map) => {
            writer.open_mapping(place);
            for (key, field) in sorted(map, writer.flavour()) {
                writer.key_start();
                let simple = writer.is_simple_key(key, 0);
                if !simple {
                    writer.complex_key();
                }
                string(writer, key, if simple { Place::SimpleKey } else { Place::Value });
                writer.colon(simple);
                emit(writer, field, Place::Value);
            }
            writer.close();
        }
    }
}

/// The fields in the order in which go-yaml writes keys.
fn sorted(map: &Map, flavour: Flavour) -> Vec<(&str, &Value)> {
    let mut fields: Vec<(&str, &Value)> = map.iter().map(|(key, value)| (key.as_ref(), value)).collect();
    super::sort::sort(&mut fields, |a, b| natural_less(a.0, b.0, flavour));
    fields
}

fn float(f: f64, flavour: Flavour) -> String {
    if flavour == Flavour::V2 {
        match go_json_number(f, true) {
            Value::Int(i) => return i.to_string(),
            Value::UInt(u) => return u.to_string(),
            _ => {}
        }
    }
    match format_g64(f).as_str() {
        "+Inf" => ".inf".to_string(),
        "-Inf" => "-.inf".to_string(),
        "NaN" => ".nan".to_string(),
        text => text.to_string(),
    }
}

/// The style that go-yaml's encoder asks for: quotes where the text alone would be read as another type.
pub(crate) fn wanted_style(text: &str, flavour: Flavour) -> ScalarStyle {
    if text.contains('\n') {
        return ScalarStyle::Literal;
    }
    let plain = match resolve_plain(text, flavour) {
        Scalar::Str => !(is_base_60(text) || flavour == Flavour::V3 && is_old_bool(text)),
        _ => false,
    };
    if plain { ScalarStyle::Plain } else { ScalarStyle::DoubleQuoted }
}

fn string(writer: &mut Writer, text: &str, place: Place) {
    writer.scalar(text, wanted_style(text, writer.flavour()), place);
}

/// Sexagesimal numbers, which go-yaml does not read but YAML 1.1 does: `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
fn is_base_60(text: &str) -> bool {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let mut groups = rest.split(':');
    let first = groups.next().unwrap_or_default();
    if !first.bytes().all(|c| c.is_ascii_digit() || c == b'_') {
        return false;
    }
    let groups: Vec<&str> = groups.collect();
    let Some((last, middle)) = groups.split_last() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    let group = |text: &str| match text.as_bytes() {
        [c] => c.is_ascii_digit(),
        [b'0'..=b'5', c] => c.is_ascii_digit(),
        _ => false,
    };
    middle.iter().all(|text| group(text)) && group(last) && fraction.bytes().all(|c| c.is_ascii_digit() || c == b'_')
}

fn is_old_bool(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF"
    )
}
