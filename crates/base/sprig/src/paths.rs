//! Paths. On the systems that the tools run on, file paths are slash paths.

use bowline_base_gotmpl::Type::String as Str;
use bowline_base_gotmpl::{Args, CallError, Entry, Runtime, Value};

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("base", &[Str], |_, a| Ok(base(&a.str(0)).into())),
    Entry::new("clean", &[Str], |_, a| Ok(clean(&a.str(0)).into())),
    Entry::new("dir", &[Str], |_, a| Ok(dir(&a.str(0)).into())),
    Entry::new("ext", &[Str], |_, a| Ok(ext(&a.str(0)).into())),
    Entry::new("isAbs", &[Str], is_abs),
    Entry::new("osBase", &[Str], |_, a| Ok(base(&a.str(0)).into())),
    Entry::new("osClean", &[Str], |_, a| Ok(clean(&a.str(0)).into())),
    Entry::new("osDir", &[Str], |_, a| Ok(dir(&a.str(0)).into())),
    Entry::new("osExt", &[Str], |_, a| Ok(ext(&a.str(0)).into())),
    Entry::new("osIsAbs", &[Str], is_abs),
];

fn is_abs(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    Ok(Value::Bool(a.str(0).starts_with('/')))
}

/// Go's `path.Base`.
pub fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_string();
    }
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some("") | None => "/".to_string(),
        Some(name) => name.to_string(),
    }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |i| &path[..=i]))
}

fn ext(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rfind('.').map_or_else(String::new, |i| name[i..].to_string())
}

/// Go's `path.Clean`.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if rooted => {}
                Some(&"..") | None => parts.push(".."),
                Some(_) => {
                    parts.pop();
                }
            },
            name => parts.push(name),
        }
    }
    match (rooted, parts.join("/")) {
        (true, joined) => format!("/{joined}"),
        (false, joined) if joined.is_empty() => ".".to_string(),
        (false, joined) => joined,
    }
}
