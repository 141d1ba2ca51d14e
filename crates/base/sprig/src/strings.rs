//! Strings.

use bowline_base_gotmpl::Type::{Any, Int, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, Map, MapKind, Runtime, Text, Value, fmt, quote};

use crate::cast::{is_empty, to_strings, to_text};

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("abbrev", &[Int, Str], abbrev),
    Entry::new("abbrevboth", &[Int, Int, Str], abbrevboth),
    Entry::variadic("cat", &[], Any, cat),
    Entry::new("contains", &[Str, Str], |_, a| {
        Ok(Value::Bool(find(a.text(1).as_bytes(), a.text(0).as_bytes()).is_some()))
    }),
    Entry::new("hasPrefix", &[Str, Str], |_, a| {
        Ok(Value::Bool(a.text(1).as_bytes().starts_with(a.text(0).as_bytes())))
    }),
    Entry::new("hasSuffix", &[Str, Str], |_, a| Ok(Value::Bool(a.text(1).as_bytes().ends_with(a.text(0).as_bytes())))),
    Entry::new("hello", &[], |_, _| Ok("Hello!".into())),
    Entry::new("indent", &[Int, Str], |rt, a| Ok(indent(rt, a)?.into())),
    Entry::new("join", &[Str, Any], join),
    Entry::new("nindent", &[Int, Str], nindent),
    Entry::new("plural", &[Str, Str, Int], |_, a| Ok(if a.int(2) == 1 { a.take(0) } else { a.take(1) })),
    Entry::variadic("quote", &[], Any, quote_all),
    Entry::new("repeat", &[Int, Str], repeat),
    Entry::new("replace", &[Str, Str, Str], replace),
    Entry::new("sortAlpha", &[Any], sort_alpha),
    Entry::new("split", &[Str, Str], |_, a| Ok(numbered(split(&a.text(1), &a.text(0), -1)))),
    Entry::new("splitList", &[Str, Str], |_, a| Ok(Value::strings(split(&a.text(1), &a.text(0), -1)))),
    Entry::new("splitn", &[Str, Int, Str], |_, a| Ok(numbered(split(&a.text(2), &a.text(0), a.int(1))))),
    Entry::variadic("squote", &[], Any, squote_all),
    Entry::new("substr", &[Int, Int, Str], substr),
    Entry::new("toString", &[Any], |_, a| Ok(to_text(a.get(0)).into())),
    Entry::new("toStrings", &[Any], |_, a| match a.get(0) {
        Value::List(list) if list.kind == bowline_base_gotmpl::ListKind::Strings => Ok(a.take(0)),
        other => Ok(Value::strings(to_strings(other))),
    }),
    Entry::new("trim", &[Str], |_, a| Ok(trim_space(&a.text(0)).into())),
    Entry::new("trimAll", &[Str, Str], trim_all),
    Entry::new("trimall", &[Str, Str], trim_all),
    Entry::new("trimPrefix", &[Str, Str], |_, a| {
        let (prefix, text) = (a.text(0), a.text(1));
        Ok(text.as_bytes().strip_prefix(prefix.as_bytes()).map_or_else(|| text.clone(), Text::from_bytes).into())
    }),
    Entry::new("trimSuffix", &[Str, Str], |_, a| {
        let (suffix, text) = (a.text(0), a.text(1));
        Ok(text.as_bytes().strip_suffix(suffix.as_bytes()).map_or_else(|| text.clone(), Text::from_bytes).into())
    }),
    Entry::new("trunc", &[Int, Str], trunc),
];

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    if what.is_empty() {
        return Some(0);
    }
    text.windows(what.len()).position(|window| window == what)
}

fn abbreviate(text: &[u8], mut offset: usize, width: usize) -> Vec<u8> {
    if text.len() <= width {
        return text.to_vec();
    }
    offset = offset.min(text.len());
    if text.len() - offset < width - 3 {
        offset = text.len() - (width - 3);
    }
    if offset <= 4 {
        return [&text[..width - 3], b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < text.len() {
        return [b"...", abbreviate(&text[offset..], 0, width - 3).as_slice()].concat();
    }
    [b"...", &text[text.len() - (width - 3)..]].concat()
}

fn abbrev(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    match usize::try_from(a.int(0)) {
        Ok(width) if width >= 4 => Ok(Text::from_vec(abbreviate(a.text(1).as_bytes(), 0, width)).into()),
        _ => Ok(a.take(1)),
    }
}

fn abbrevboth(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let (left, right) = (a.int(0), a.int(1));
    if right < 4 || (left > 0 && right < 7) {
        return Ok(a.take(2));
    }
    Ok(Text::from_vec(abbreviate(a.text(2).as_bytes(), left.max(0) as usize, right as usize)).into())
}

fn cat(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let shown: Vec<Value> = a.rest(0).into_iter().filter(|v| !matches!(v, Value::Nil)).collect();
    let format = vec!["%v"; shown.len()].join(" ");
    Ok(fmt::sprintf(&format, &shown).into())
}

fn indent(rt: &mut Runtime<'_>, a: &Args) -> Result<Text, CallError> {
    let spaces = usize::try_from(a.int(0)).map_err(|_| CallError::new("strings: negative Repeat count"))?;
    let text = a.text(1);
    let bytes = text.as_bytes();
    let lines = 1 + bytes.iter().filter(|b| **b == b'\n').count();
    let size = spaces.saturating_mul(lines).saturating_add(bytes.len());
    rt.produce(size)?;
    let mut out = Vec::with_capacity(size);
    for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
        if i > 0 {
            out.push(b'\n');
        }
        out.resize(out.len() + spaces, b' ');
        out.extend_from_slice(line);
    }
    Ok(Text::from_vec(out))
}

fn nindent(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let text = indent(rt, a)?;
    let mut out = Vec::with_capacity(text.len() + 1);
    out.push(b'\n');
    out.extend_from_slice(text.as_bytes());
    Ok(Text::from_vec(out).into())
}

fn join(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let parts = to_strings(a.get(1));
    let parts: Vec<&[u8]> = parts.iter().map(Text::as_bytes).collect();
    Ok(Text::from_vec(parts.join(a.text(0).as_bytes())).into())
}

fn quote_all(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let quoted: Vec<String> =
        a.all().iter().filter(|v| !matches!(v, Value::Nil)).map(|v| quote(to_text(v).as_bytes())).collect();
    Ok(quoted.join(" ").into())
}

fn squote_all(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let quoted: Vec<Vec<u8>> = a
        .all()
        .iter()
        .filter(|v| !matches!(v, Value::Nil))
        .map(|v| [b"'", fmt::display(v).as_bytes(), b"'"].concat())
        .collect();
    Ok(Text::from_vec(quoted.join(&b' ')).into())
}

fn repeat(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let count = usize::try_from(a.int(0)).map_err(|_| CallError::new("strings: negative Repeat count"))?;
    let text = a.text(1);
    rt.produce(text.len().saturating_mul(count))?;
    Ok(Text::from_vec(text.as_bytes().repeat(count)).into())
}

fn replace(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let (old, new, text) = (a.text(0), a.text(1), a.text(2));
    let parts = if old.is_empty() {
        // Between all runes, and at both ends.
        let mut parts = vec![Text::default()];
        parts.extend(split(&text, &old, -1));
        parts.push(Text::default());
        if text.is_empty() { vec![Text::default(), Text::default()] } else { parts }
    } else {
        split(&text, &old, -1)
    };
    rt.produce(text.len() + new.len().saturating_mul(parts.len()))?;
    let parts: Vec<&[u8]> = parts.iter().map(Text::as_bytes).collect();
    Ok(Text::from_vec(parts.join(new.as_bytes())).into())
}

fn sort_alpha(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let mut strings = to_strings(a.get(0));
    if let Value::Nil = a.get(0) {
        strings = vec!["<nil>".into()];
    }
    strings.sort();
    Ok(Value::strings(strings))
}

/// Go's `strings.SplitN`; all parts where `n` is negative, none where it is 0.
pub(crate) fn split(text: &Text, separator: &Text, n: i64) -> Vec<Text> {
    let limit = usize::try_from(n).unwrap_or(usize::MAX);
    if limit == 0 {
        return Vec::new();
    }
    let mut rest = text.as_bytes();
    let separator = separator.as_bytes();
    let mut parts = Vec::new();
    if separator.is_empty() {
        while !rest.is_empty() && parts.len() + 1 < limit {
            let width = rune_width(rest);
            parts.push(Text::from_bytes(&rest[..width]));
            rest = &rest[width..];
        }
        if !rest.is_empty() {
            parts.push(Text::from_bytes(rest));
        }
        return parts;
    }
    while parts.len() + 1 < limit {
        let Some(at) = find(rest, separator) else { break };
        parts.push(Text::from_bytes(&rest[..at]));
        rest = &rest[at + separator.len()..];
    }
    parts.push(Text::from_bytes(rest));
    parts
}

/// Bytes of the first rune; 1 for a byte that is none.
fn rune_width(bytes: &[u8]) -> usize {
    (1..=4.min(bytes.len())).find(|n| std::str::from_utf8(&bytes[..*n]).is_ok()).unwrap_or(1)
}

/// `map[_0:… _1:…]`, as `split` gives it.
fn numbered(parts: Vec<Text>) -> Value {
    let fields = parts.into_iter().enumerate().map(|(i, part)| (format!("_{i}"), Value::String(part)));
    Map::new(MapKind::Strings, fields).into()
}

fn substr(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let (start, end) = (a.int(0), a.int(1));
    let text = a.text(2);
    let bytes = text.as_bytes();
    let len = bytes.len() as i64;
    let (from, to) = match (start, end) {
        (start, end) if start < 0 => (0, end),
        (start, end) if end < 0 || end > len => (start, len),
        both => both,
    };
    if to < 0 || to > len {
        let shown = if to < 0 { format!("[:{to}]") } else { format!("[:{to}] with length {len}") };
        return Err(format!("runtime error: slice bounds out of range {shown}").into());
    }
    if from > to {
        return Err(format!("runtime error: slice bounds out of range [{from}:{to}]").into());
    }
    Ok(Text::from_bytes(&bytes[from as usize..to as usize]).into())
}

pub(crate) fn trim_space(text: &Text) -> Text {
    text.to_str().trim().into()
}

fn trim_all(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let (cut, text) = (a.str(0), a.str(1));
    Ok(text.trim_matches(|c| cut.contains(c)).into())
}

fn trunc(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let text = a.text(1);
    let (count, len) = (a.int(0), text.len() as i64);
    if count < 0 && len + count > 0 {
        return Ok(Text::from_bytes(&text.as_bytes()[(len + count) as usize..]).into());
    }
    if count >= 0 && len > count {
        return Ok(Text::from_bytes(&text.as_bytes()[..count as usize]).into());
    }
    Ok(text.into())
}

/// The first of what is not empty.
pub(crate) fn first_not_empty(values: Vec<Value>) -> Value {
    values.into_iter().find(|v| !is_empty(v)).unwrap_or_default()
}
