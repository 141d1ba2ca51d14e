//! `toToml` and `fromToml`: text as BurntSushi's library writes and reads it.

use bowline_base_gotmpl::{Kind, Value, format_float};
use bowline_base_value as base;

/// Writes a map: plain values first, then tables, keys sorted.
pub(super) fn write(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    let Some(map) = value.as_map() else {
        return Err(match value {
            Value::Nil => "toml: cannot encode a nil interface".to_string(),
            _ => "toml: top-level values must be Go maps or structs".to_string(),
        });
    };
    table(&mut out, &[], &map.entries().into_iter().map(|(k, v)| (k.to_string(), v)).collect::<Vec<_>>())?;
    Ok(out)
}

fn is_table(value: &Value) -> bool {
    value.kind() == Kind::Map
}

/// A list that is written as `[[name]]`: not empty, and all tables.
fn is_table_list(value: &Value) -> bool {
    value.as_items().is_some_and(|items| !items.is_empty() && items.iter().all(is_table))
}

fn table(out: &mut String, path: &[String], fields: &[(String, Value)]) -> Result<(), String> {
    if path.len() > 100 {
        return Err("toml: the value is nested too deeply".to_string());
    }
    let (tables, plain): (Vec<_>, Vec<_>) = fields.iter().partition(|(_, v)| is_table(v) || is_table_list(v));
    for (key, value) in plain {
        if let Value::Nil = value {
            continue; // Nils are left out.
        }
        out.push_str(&indent(path.len().saturating_sub(1), path.is_empty()));
        out.push_str(&quoted_key(key));
        out.push_str(" = ");
        inline(out, value)?;
        out.push('\n');
    }
    for (key, value) in tables {
        let mut below = path.to_vec();
        below.push(key.clone());
        if is_table(value) {
            let fields = fields_of(value);
            header(out, &below, "[", "]");
            table(out, &below, &fields)?;
        } else {
            for item in value.as_items().unwrap_or_default() {
                header(out, &below, "[[", "]]");
                table(out, &below, &fields_of(&item))?;
            }
        }
    }
    Ok(())
}

fn fields_of(value: &Value) -> Vec<(String, Value)> {
    value.as_map().map(|map| map.entries().into_iter().map(|(k, v)| (k.to_string(), v)).collect()).unwrap_or_default()
}

fn header(out: &mut String, path: &[String], open: &str, close: &str) {
    // A blank line stands before tables of the first level, and before every item of a list of tables.
    if !out.is_empty() && (path.len() == 1 || open == "[[") {
        out.push('\n');
    }
    out.push_str(&"  ".repeat(path.len() - 1));
    let keys: Vec<String> = path.iter().map(|key| quoted_key(key)).collect();
    out.push_str(&format!("{open}{}{close}\n", keys.join(".")));
}

fn indent(depth: usize, root: bool) -> String {
    if root { String::new() } else { "  ".repeat(depth + 1) }
}

fn quoted_key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { key.to_string() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn inline(out: &mut String, value: &Value) -> Result<(), String> {
    match value {
        Value::Bool(b) => out.push_str(&b.to_string()),
        Value::Int(i, _) => out.push_str(&i.to_string()),
        Value::Uint(u, _) => out.push_str(&u.to_string()),
        Value::Float(f) => out.push_str(&float(*f)),
        Value::String(text) => out.push_str(&quoted(&text.to_str())),
        Value::Nil => return Err("toml: cannot encode array with nil element".to_string()),
        value if is_table(value) => {
            out.push('{');
            for (i, (key, value)) in fields_of(value).iter().filter(|(_, v)| !matches!(v, Value::Nil)).enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                out.push_str(&format!("{} = ", quoted_key(key)));
                inline(out, value)?;
            }
            out.push('}');
        }
        value => match value.as_items() {
            Some(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    inline(out, item)?;
                }
                out.push(']');
            }
            None => return Err(format!("unsupported type: {}", value.type_name())),
        },
    }
    Ok(())
}

/// A float always has a point or an exponent.
fn float(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_string();
    }
    if f.is_infinite() {
        return if f > 0.0 { "inf" } else { "-inf" }.to_string();
    }
    let text = format_float(f, 'f', None);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits > 21 {
        return format_float(f, 'e', None);
    }
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// Reads TOML; integers stay integers.
pub(super) fn read(text: &str) -> Result<base::Value, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| format!("toml: {}", error.message()))?;
    Ok(convert(toml::Value::Table(table)))
}

fn convert(value: toml::Value) -> base::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(i) => i.into(),
        toml::Value::Float(f) => f.into(),
        toml::Value::Boolean(b) => b.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(convert).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, convert(value))).collect(),
    }
}
