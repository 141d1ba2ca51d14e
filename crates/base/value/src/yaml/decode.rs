//! From a document to a [`Value`], as go-yaml decodes into an interface and `sigs.k8s.io/yaml` turns that into JSON.

mod v3;

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::compose::{Document, MAX_DEPTH, NodeId, NodeKind};
use super::error::{Flavour, YamlError};
use super::resolve::{Scalar, resolve, resolve_plain, timestamp};
use super::scan::ScalarStyle;
use super::{Numbers, Options};
use crate::number::{format_g32, go_json_number};
use crate::{Map, Str, Value};

/// Decode steps up to which 99 % may come from aliases, and from which on only 10 % may.
const FEW: f64 = 400_000.0;
const MANY: f64 = 4_000_000.0;

/// Keys seen before, so that the same key of many objects is one string.
const KEYS: usize = 256;

pub(super) struct Decoder<'d, 'a> {
    document: &'d Document<'a>,
    options: Options,
    keys: Vec<Option<Str>>,
    /// Faults that do not end decoding, each with its line.
    faults: Vec<String>,
    /// Keys that have no form in JSON, each with what to say if it is still there at the end: a later field of the same
    /// key may replace what holds it.
    bad_keys: Vec<(Str, String)>,
    /// Whether there was an infinite float or no number, which may be replaced as well.
    not_finite: bool,
    steps: usize,
    alias_steps: usize,
    /// Aliases being followed.
    following: Vec<NodeId>,
    depth: usize,
}

type Fields = Vec<(Str, Value)>;

// === impl Decoder ===

impl<'d, 'a> Decoder<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>, options: Options) -> Decoder<'d, 'a> {
        Decoder {
            document,
            options,
            keys: vec![None; KEYS],
            faults: Vec::new(),
            bad_keys: Vec::new(),
            not_finite: false,
            steps: 0,
            alias_steps: 0,
            following: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn decode(mut self) -> Result<Value, YamlError> {
        let value = self.value(0)?;
        if !self.faults.is_empty() {
            return Err(YamlError::plain(format!("unmarshal errors:\n  {}", self.faults.join("\n  "))));
        }
        if !self.bad_keys.is_empty()
            && let Some(problem) = bad_key(&value, &self.bad_keys)
        {
            return Err(YamlError::json(problem));
        }
        match self.not_finite.then(|| not_finite(&value)).flatten() {
            Some(name) => Err(YamlError::json(format!("json: unsupported value: {name}"))),
            None => Ok(value),
        }
    }

    fn step(&mut self) -> Result<(), YamlError> {
        self.steps += 1;
        if !self.following.is_empty() {
            self.alias_steps += 1;
        }
        if self.alias_steps > 100 && self.steps > 1000 {
            let steps = self.steps as f64;
            let allowed = 0.99 - 0.89 * ((steps - FEW) / (MANY - FEW)).clamp(0.0, 1.0);
            if self.alias_steps as f64 / steps > allowed {
                return Err(YamlError::plain("document contains excessive aliasing"));
            }
        }
        Ok(())
    }

    fn value(&mut self, id: NodeId) -> Result<Value, YamlError> {
        self.step()?;
        let document = self.document;
        match document.node(id).kind {
            NodeKind::Scalar => self.scalar(id),
            NodeKind::Sequence => {
                self.deeper(id)?;
                let mut items = Vec::new();
                for child in document.children(id) {
                    items.push(self.value(child)?);
                }
                self.depth -= 1;
                Ok(Value::from(items))
            }
            NodeKind::Mapping => {
                let mut fields = Fields::new();
                match self.options.flavour {
                    Flavour::V2 => self.mapping(id, &mut fields, &mut None)?,
                    Flavour::V3 => self.mapping_v3(id, &mut fields, None)?,
                }
                Ok(Value::from(fields.into_iter().collect::<Map>()))
            }
            NodeKind::Alias => self.follow(id, |decoder, target| decoder.value(target)),
        }
    }

    fn deeper(&mut self, id: NodeId) -> Result<(), YamlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let line = self.document.node(id).start.line as usize + 1;
            return Err(YamlError::at(line, format!("exceeded max depth of {MAX_DEPTH}")));
        }
        Ok(())
    }

    /// Goes on at what an alias names.
    fn follow<T>(
        &mut self,
        id: NodeId,
        then: impl FnOnce(&mut Self, NodeId) -> Result<T, YamlError>,
    ) -> Result<T, YamlError> {
        let alias = self.document.node(id);
        if self.following.contains(&id) {
            return Err(YamlError::plain(format!("anchor '{}' value contains itself", alias.value)));
        }
        self.following.push(id);
        let found = then(self, alias.target)?;
        self.following.pop();
        Ok(found)
    }

    // --- scalars ---

    fn resolve(&self, id: NodeId) -> Result<Scalar, YamlError> {
        let node = self.document.node(id);
        match node.tag.as_deref() {
            None if node.implicit => Ok(resolve_plain(&node.value, self.options.flavour)),
            None => Ok(Scalar::Str),
            Some("!") if self.options.flavour == Flavour::V3 && node.style == ScalarStyle::Plain => {
                Ok(resolve_plain(&node.value, Flavour::V3))
            }
            tag => resolve(tag, &node.value, self.options.flavour),
        }
    }

    fn scalar(&mut self, id: NodeId) -> Result<Value, YamlError> {
        let text = &self.document.node(id).value;
        Ok(match self.resolve(id)? {
            Scalar::Null => Value::Null,
            Scalar::Bool(b) => Value::Bool(b),
            Scalar::Int(i) => match self.options.numbers {
                Numbers::Float64 => Value::Float(i as f64),
                _ => Value::Int(i),
            },
            Scalar::UInt(u) => match self.options.numbers {
                Numbers::Json => Value::UInt(u),
                _ => Value::Float(u as f64),
            },
            Scalar::Float(f) if f.is_finite() => match self.options.numbers {
                Numbers::Float64 => Value::Float(f),
                Numbers::Json if f == 0.0 && f.is_sign_negative() => Value::Float(f),
                numbers => go_json_number(f, numbers == Numbers::Json),
            },
            Scalar::Float(f) => {
                self.not_finite = true;
                Value::Float(f)
            }
            // Version 3 makes a time of what looks like one, and JSON a string of that.
            Scalar::Timestamp if self.options.flavour == Flavour::V3 => {
                Value::from(timestamp(text).map_or_else(|| text.to_string(), |time| time.rfc3339()))
            }
            Scalar::Timestamp | Scalar::Merge | Scalar::Str => Value::String(Str::from(text.as_ref())),
            Scalar::Binary => Value::from(binary(text)?),
        })
    }

    // --- mappings ---

    fn mapping(&mut self, id: NodeId, fields: &mut Fields, seen: &mut Option<HashSet<Str>>) -> Result<(), YamlError> {
        self.deeper(id)?;
        let document = self.document;
        let strict = self.options.strict;
        if strict && seen.is_none() {
            *seen = Some(HashSet::new());
        }
        let mut children = document.children(id);
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            if self.is_merge(key) {
                self.merge(value, fields, seen)?;
                continue;
            }
            let (name, typed) = self.key(key, value)?;
            let field = self.value(value)?;
            if let Some(seen) = seen {
                // An integer's key and a string's of the same text are two keys to go-yaml.
                let identity = typed.as_ref().map_or_else(|| name.clone(), |typed| Str::from(typed.as_str()));
                if !seen.insert(identity) {
                    let shown = typed.map_or_else(|| go_quote(&name), |typed| typed[1..].to_string());
                    let line = document.node(value).start.line + 1;
                    self.faults.push(format!("line {line}: key {shown} already set in map"));
                    continue;
                }
            }
            fields.push((name, field));
        }
        self.depth -= 1;
        Ok(())
    }

    fn is_merge(&self, id: NodeId) -> bool {
        let node = self.document.node(id);
        let tagged = node.tag.as_deref() == Some("tag:yaml.org,2002:merge");
        node.kind == NodeKind::Scalar && node.value == "<<" && (node.implicit || tagged)
    }

    /// `<<`: the fields of a mapping, or of several, the first of which wins. As in go-yaml 2 they are set where the key
    /// stands, so they replace fields before it and are replaced by fields behind it.
    fn merge(&mut self, id: NodeId, fields: &mut Fields, seen: &mut Option<HashSet<Str>>) -> Result<(), YamlError> {
        let document = self.document;
        let node = document.node(id);
        match node.kind {
            NodeKind::Sequence => {
                let sources: Vec<NodeId> = document.children(id).collect();
                for &source in sources.iter().rev() {
                    self.merge_one(source, fields, seen)?;
                }
                Ok(())
            }
            _ => self.merge_one(id, fields, seen),
        }
    }

    fn merge_one(&mut self, id: NodeId, fields: &mut Fields, seen: &mut Option<HashSet<Str>>) -> Result<(), YamlError> {
        let node = self.document.node(id);
        match node.kind {
            NodeKind::Mapping => {
                self.step()?;
                self.mapping(id, fields, seen)
            }
            NodeKind::Alias if self.document.node(node.target).kind == NodeKind::Mapping => {
                self.step()?;
                self.follow(id, |decoder, target| {
                    decoder.step()?;
                    decoder.mapping(target, fields, seen)
                })
            }
            _ => Err(YamlError::plain("map merge requires map or sequence of maps as the value")),
        }
    }

    /// A key as JSON spells it, and for one that is no string how Go prints it, behind a letter for its type.
    fn key(&mut self, id: NodeId, value: NodeId) -> Result<(Str, Option<String>), YamlError> {
        self.step()?;
        let node = self.document.node(id);
        match node.kind {
            NodeKind::Scalar => {}
            NodeKind::Alias => return self.follow(id, |decoder, target| decoder.key(target, value)),
            NodeKind::Sequence | NodeKind::Mapping => {
                // go-yaml decodes the key before it refuses it, and what is wrong inside comes first.
                self.value(id)?;
                return Err(YamlError::plain(format!("invalid map key: {}", self.go_syntax(id)?)));
            }
        }
        let (text, typed) = match self.resolve(id)? {
            Scalar::Str | Scalar::Timestamp | Scalar::Merge => return Ok((self.intern(&node.value), None)),
            Scalar::Binary => return Ok((self.intern(&binary(&node.value)?), None)),
            Scalar::Bool(b) => (b.to_string(), format!("b{b}")),
            Scalar::Int(i) => (i.to_string(), format!("i{i}")),
            Scalar::Float(f) => (format_g32(f), format!("f{}", self.go_syntax(id)?)),
            found @ (Scalar::Null | Scalar::UInt(_)) => {
                let kind = if found == Scalar::Null { "%!s(<nil>)" } else { "uint64" };
                let (key, value) = (self.go_syntax(id)?, self.go_syntax(value)?);
                let problem = format!("unsupported map key of type: {kind}, key: {key}, value: {value}");
                let stand_in = Str::from(format!("\0{key}"));
                self.bad_keys.push((stand_in.clone(), problem));
                return Ok((stand_in, Some(format!("n{key}"))));
            }
        };
        Ok((self.intern(&text), Some(typed)))
    }

    fn intern(&mut self, text: &str) -> Str {
        let bytes = text.as_bytes();
        let ends = bytes.first().zip(bytes.last()).map_or(0, |(a, b)| usize::from(*a) * 31 + usize::from(*b) * 7);
        let slot = &mut self.keys[(ends + bytes.len() * 131) % KEYS];
        match slot {
            Some(known) if known.as_ref() == text => known.clone(),
            _ => {
                let key = Str::from(text);
                *slot = Some(key.clone());
                key
            }
        }
    }

    /// A node as Go's `%#v` prints what it decodes to.
    fn go_syntax(&self, id: NodeId) -> Result<String, YamlError> {
        self.go_syntax_at(id, 0)
    }

    fn go_syntax_at(&self, id: NodeId, depth: usize) -> Result<String, YamlError> {
        let node = self.document.node(id);
        if depth > MAX_DEPTH.min(20) {
            return Ok("...".to_string());
        }
        let below = |id: NodeId| match self.go_syntax_at(id, depth + 1)?.as_str() {
            "<nil>" => Ok::<_, YamlError>("interface {}(nil)".to_string()),
            text => Ok(text.to_string()),
        };
        Ok(match node.kind {
            NodeKind::Alias => self.go_syntax_at(node.target, depth + 1)?,
            NodeKind::Sequence => {
                let items = self.document.children(id).map(below).collect::<Result<Vec<_>, _>>()?;
                format!("[]interface {{}}{{{}}}", items.join(", "))
            }
            NodeKind::Mapping => {
                let texts = self.document.children(id).map(below).collect::<Result<Vec<_>, _>>()?;
                let fields: Vec<String> = texts.chunks(2).map(|field| field.join(":")).collect();
                // A key that stands twice is printed once, with its last value; the order is Go's where keys are of one type.
                let mut last: std::collections::BTreeMap<&str, &String> = std::collections::BTreeMap::new();
                for (field, key) in fields.iter().zip(texts.iter().step_by(2)) {
                    last.insert(key, field);
                }
                let fields: Vec<String> = last.into_values().cloned().collect();
                let string_keys = texts.iter().step_by(2).all(|key| key.starts_with('"'));
                let key = if self.options.flavour == Flavour::V3 && string_keys { "string" } else { "interface {}" };
                format!("map[{key}]interface {{}}{{{}}}", fields.join(", "))
            }
            NodeKind::Scalar => match self.resolve(id)? {
                Scalar::Null => "<nil>".to_string(),
                Scalar::Bool(b) => b.to_string(),
                Scalar::Int(i) => i.to_string(),
                Scalar::UInt(u) => format!("{u:#x}"),
                Scalar::Float(f) => crate::number::format_g64(f),
                Scalar::Binary => go_quote(&binary(&node.value)?),
                Scalar::Str | Scalar::Timestamp | Scalar::Merge => go_quote(&node.value),
            },
        })
    }
}

/// What to say about the first key in `value` that is one of `bad`, told by the string itself and not its text.
fn bad_key(value: &Value, bad: &[(Str, String)]) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| bad_key(item, bad)),
        Value::Object(map) => map.iter().find_map(|(key, field)| {
            let known = bad.iter().find(|(stand_in, _)| Str::ptr_eq(stand_in, key));
            known.map(|(_, problem)| problem.clone()).or_else(|| bad_key(field, bad))
        }),
        _ => None,
    }
}

/// The first float in `value` that JSON has no number for, as Go names it.
fn not_finite(value: &Value) -> Option<&'static str> {
    match value {
        Value::Float(f) if f.is_nan() => Some("NaN"),
        Value::Float(f) if f.is_infinite() => Some(if *f > 0.0 { "+Inf" } else { "-Inf" }),
        Value::Array(items) => items.iter().find_map(not_finite),
        Value::Object(map) => map.values().find_map(not_finite),
        _ => None,
    }
}

/// The text of a `!!binary` scalar; bytes that are not UTF-8 become U+FFFD one by one, as Go's JSON encoder writes them.
fn binary(text: &str) -> Result<String, YamlError> {
    let packed: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let Ok(bytes) = STANDARD.decode(packed) else {
        return Err(YamlError::plain("!!binary value contains invalid base64 data"));
    };
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(std::iter::repeat_n('\u{FFFD}', chunk.invalid().len()));
    }
    Ok(out)
}

/// A string as Go's `%q` prints it (without its rules for rare unprintable characters).
pub(crate) fn go_quote(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0B' => out.push_str("\\v"),
            '\x0C' => out.push_str("\\f"),
            c if c < ' ' || c == '\x7F' => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if c.is_control()
                || (c.is_whitespace() && c != ' ')
                || c == '\u{FEFF}'
                || c == '\u{2028}'
                || c == '\u{2029}' =>
            {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
