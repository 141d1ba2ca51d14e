//! Writing.

use crate::{Value, format_float};

/// Writes a value as `yaml.Marshal` of sigs.k8s.io/yaml does: sorted keys, block style, two spaces.
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => object(&mut out, value, 0),
        Value::Array(items) if !items.is_empty() => array(&mut out, items, 0),
        other => {
            scalar(&mut out, other, 0);
            out.push('\n');
        }
    }
    out
}

fn object(out: &mut String, value: &Value, indent: usize) {
    for (i, (key, item)) in value.as_object().into_iter().flat_map(|map| map.iter()).enumerate() {
        if i > 0 || indent == 0 || out.ends_with('\n') {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        string(out, key, indent);
        out.push(':');
        child(out, item, indent);
    }
}

fn child(out: &mut String, item: &Value, indent: usize) {
    match item {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            object(out, item, indent + 2);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            array(out, items, indent);
        }
        other => {
            out.push(' ');
            scalar(out, other, indent + 2);
            out.push('\n');
        }
    }
}

fn array(out: &mut String, items: &[Value], indent: usize) {
    for item in items {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push('-');
        match item {
            Value::Object(map) if !map.is_empty() => {
                out.push(' ');
                let mut inner = String::new();
                object(&mut inner, item, indent + 2);
                out.push_str(inner.trim_start_matches(' '));
            }
            Value::Array(items) if !items.is_empty() => {
                out.push(' ');
                let mut inner = String::new();
                array(&mut inner, items, indent + 2);
                out.push_str(inner.trim_start_matches(' '));
            }
            other => {
                out.push(' ');
                scalar(out, other, indent + 2);
                out.push('\n');
            }
        }
    }
}

fn scalar(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(i) => out.push_str(&i.to_string()),
        Value::UInt(u) => out.push_str(&u.to_string()),
        Value::Float(f) => out.push_str(&format_float(*f)),
        Value::String(s) => string(out, s, indent),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

fn string(out: &mut String, s: &str, indent: usize) {
    if s.contains('\n') && !s.starts_with([' ', '\n', '\t']) && s.chars().all(|c| c == '\n' || !c.is_control()) {
        let body = s.trim_end_matches('\n');
        let ends = s.len() - body.len();
        out.push_str(match ends {
            0 => "|-",
            1 => "|",
            _ => "|+",
        });
        for line in s.strip_suffix('\n').unwrap_or(s).split('\n') {
            out.push('\n');
            if !line.is_empty() {
                out.extend(std::iter::repeat_n(' ', indent.max(2)));
                out.push_str(line);
            }
        }
        return;
    }
    let indicator =
        s.starts_with(['-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`']);
    let plain = !s.is_empty()
        && !matches!(
            super::read::resolve(s),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Float(_)
        )
        && !(indicator && !(s.starts_with('-') && s.len() > 1 && !s.starts_with("- ")))
        && !s.contains(": ")
        && !s.contains(" #")
        && !s.ends_with(':')
        && s.trim() == s
        && s.chars().all(|c| !c.is_control())
        && !s.starts_with("---");
    if plain {
        out.push_str(s);
    } else if s.chars().any(char::is_control) {
        out.push_str(&crate::to_json(&Value::from(s), false));
    } else if matches!(super::read::resolve(s), Value::String(_)) && !s.is_empty() {
        out.push('\'');
        out.push_str(&s.replace('\'', "''"));
        out.push('\'');
    } else {
        out.push('"');
        out.push_str(s);
        out.push('"');
    }
}
