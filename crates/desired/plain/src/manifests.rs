//! What is in the files.

use bowline_base_value::{Value, from_json, yaml};
use bowline_core_types::Object;

use crate::files::contains;
use crate::{File, PlainError};

/// One object and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The object.
    pub object: Object,
    /// The file it came from.
    pub file: String,
}

/// The objects of the files, in order. `jsonnet` evaluates a Jsonnet file to an object or a list of objects.
pub fn manifests(
    files: &[File],
    jsonnet: &mut dyn FnMut(&File) -> Result<Value, String>,
) -> Result<Vec<Manifest>, PlainError> {
    let mut found = Vec::new();
    for file in files {
        let values = if file.path.ends_with(".jsonnet") {
            let fail = |reason| PlainError::Jsonnet { file: file.path.clone(), reason };
            match jsonnet(file).map_err(fail)? {
                Value::Array(items) => items.to_vec(),
                value => vec![value],
            }
        } else if file.path.ends_with(".json") {
            vec![json(file)?]
        } else {
            documents(file)?
        };
        let before = found.len();
        for value in values {
            let fail = |e: bowline_core_types::ObjectError| unmarshal(file, e.to_string());
            // Well-formed, and still not a manifest: settings of another program, or our own overrides.
            let of_no_kind = value.str_at(&["kind"]).is_none_or(str::is_empty);
            if of_no_kind && is_yaml(file) && found.len() == before && !looks_like_manifest(file) {
                break;
            }
            let object = Object::new(value).map_err(fail)?;
            for object in expand_lists(object).map_err(fail)? {
                found.push(Manifest { object, file: file.path.clone() });
            }
        }
    }
    Ok(found)
}

/// The items of a `List` (or any kind whose name ends in `List` and that has `items`), else the object itself. Items inherit nothing.
pub fn expand_lists(object: Object) -> Result<Vec<Object>, bowline_core_types::ObjectError> {
    let items = match object.value().get("items") {
        Some(Value::Array(items)) if object.kind().ends_with("List") => items.clone(),
        _ => return Ok(vec![object]),
    };
    items.iter().map(|item| Object::new(item.clone())).collect()
}

fn json(file: &File) -> Result<Value, PlainError> {
    let bytes = file.blob.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.blob.bytes);
    from_json(bytes).map_err(|e| match e.reason.starts_with("trailing characters") {
        true => PlainError::SeveralInJson { file: file.path.clone() },
        false => unmarshal(file, e.to_string()),
    })
}

/// The documents of a YAML file (which may be a stream of JSON documents too). A file that is broken and does not look like a
/// manifest is somebody else's and is passed over, as in Argo CD.
fn documents(file: &File) -> Result<Vec<Value>, PlainError> {
    let Ok(text) = std::str::from_utf8(&file.blob.bytes) else {
        return Err(unmarshal(file, "is not UTF-8 text".to_string()));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Vec::new();
    for part in split(text) {
        match yaml::from_yaml(part) {
            Ok(Value::Null) => {}
            Ok(value) => found.push(value),
            Err(error) => {
                return match found.is_empty() && !looks_like_manifest(file) {
                    true => Ok(Vec::new()),
                    false => Err(unmarshal(
                        file,
                        format!("failed to unmarshal manifest: error converting YAML to JSON: {error}"),
                    )),
                };
            }
        }
    }
    Ok(found)
}

/// The documents of a text as Kubernetes tools part them: at lines of `---` with nothing but white space or a comment behind.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let rest = line.strip_prefix("---").map(str::trim);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#')) {
            parts.push(&text[start..at]);
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push(&text[start..]);
    parts
}

fn is_yaml(file: &File) -> bool {
    !file.path.ends_with(".json") && !file.path.ends_with(".jsonnet")
}

/// Whether a file has the words of a manifest in it, so that what is wrong with it is told.
fn looks_like_manifest(file: &File) -> bool {
    ["apiVersion:", "kind:", "metadata:"].iter().all(|word| contains(&file.blob.bytes, word.as_bytes()))
}

fn unmarshal(file: &File, reason: String) -> PlainError {
    PlainError::Unmarshal { file: file.path.clone(), reason }
}
