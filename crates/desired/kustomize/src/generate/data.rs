//! The entries of a generated object: lines of files, texts, whole files.

use std::collections::BTreeMap;

use crate::error::{Context, Error, Result};
use crate::kustomization::GeneratorArgs;
use crate::loader::Loader;

/// All entries by key; a key may come once.
pub(super) fn load(name: &str, args: &GeneratorArgs, loader: &Loader<'_>) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut pairs: Vec<(String, Vec<u8>)> = Vec::new();
    for path in &args.envs {
        let content = loader.load(path).within(|| format!("env source files: {:?}", args.envs))?;
        pairs.extend(lines(path, content.bytes())?);
    }
    for literal in &args.literals {
        let (key, value) = literal.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(|| Error::Field {
            field: "literals".to_string(),
            reason: format!("invalid literal source {literal}, expected key=value"),
        })?;
        pairs.push((key.to_string(), unquote(value).as_bytes().to_vec()));
    }
    for source in &args.files {
        let (key, path) = file(source)?;
        let content = loader.load(path).within(|| format!("file sources: {:?}", args.files))?;
        pairs.push((key.to_string(), content.bytes().to_vec()));
    }
    let mut data = BTreeMap::new();
    for (key, value) in pairs {
        if data.contains_key(&key) {
            return Err(Error::Object(format!("configmap {name} illegally repeats the key `{key}`")));
        }
        data.insert(key, value);
    }
    Ok(data)
}

/// One pair of equal quotes around a value goes.
fn unquote(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// `key=path`, or a path whose last part is the key.
fn file(source: &str) -> Result<(&str, &str)> {
    let invalid = |reason: String| Error::Field { field: "files".to_string(), reason };
    match source.split_once('=') {
        None => Ok((source.trim_end_matches('/').rsplit('/').next().unwrap_or(source), source)),
        Some((_, path)) if path.contains('=') => {
            Err(invalid(format!("source {source:?} key name or file path contains '='")))
        }
        Some(("", path)) => Err(invalid(format!("missing key name for file path {path:?} in source {source:?}"))),
        Some((key, "")) => Err(invalid(format!("missing file path for key name {key:?} in source {source:?}"))),
        Some((key, path)) => Ok((key, path)),
    }
}

/// `KEY=VALUE` lines; what follows the sign is the value as it is. A key alone has an empty value.
fn lines(path: &str, bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::Malformed { path: path.to_string(), reason: "has invalid utf8 bytes".to_string() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut pairs = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line).trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        // A line without a key is passed over.
        if !key.is_empty() {
            pairs.push((key.to_string(), value.as_bytes().to_vec()));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_env_files() {
        let text = "\u{feff}A=1\r\n # comment\n  B= x #y \nC\n=z\n\nD=\"q\"";
        let pairs = lines("f", text.as_bytes()).unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), std::str::from_utf8(v).unwrap())).collect();
        assert_eq!(pairs, [("A", "1"), ("B", " x #y "), ("C", ""), ("D", "\"q\"")]);
    }

    #[test]
    fn quotes_and_files() {
        assert_eq!((unquote("'a'"), unquote("\"a'"), unquote("\"")), ("a", "\"a'", "\""));
        assert_eq!(file("a/b.txt").unwrap(), ("b.txt", "a/b.txt"));
        assert_eq!(file("k=a/b.txt").unwrap(), ("k", "a/b.txt"));
        assert!(file("=a").is_err() && file("a=").is_err() && file("a=b=c").is_err());
    }
}
