//! What is in the files.

use bowline_base_value::{Value, from_json, to_json, yaml};
use bowline_core_types::{Object, ObjectError};

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
        for value in values {
            let fail = |e: ObjectError| unmarshal(file, e.to_string());
            let object = Object::new(value).map_err(fail)?;
            for object in expand_lists(object).map_err(fail)? {
                found.push(Manifest { object, file: file.path.clone() });
            }
        }
    }
    Ok(found)
}

/// The items of an object that has a list of `items`, whatever its kind, as `IsList` of Kubernetes' unstructured objects tells;
/// else the object itself. Items inherit nothing. An object that has null `items`, and neither `spec` nor `status`, is an empty list.
pub fn expand_lists(object: Object) -> Result<Vec<Object>, ObjectError> {
    match object.value().get("items") {
        Some(Value::Array(items)) => items.iter().map(|item| Object::new(item.clone())).collect(),
        Some(Value::Null) if ["spec", "status"].iter().all(|field| object.value().get(field).is_none()) => {
            Ok(Vec::new())
        }
        _ => Ok(vec![object]),
    }
}

fn json(file: &File) -> Result<Value, PlainError> {
    let bytes = file.blob.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.blob.bytes);
    from_json(bytes).map_err(|e| match e.reason.ends_with("after top-level value") {
        true => PlainError::SeveralInJson { file: file.path.clone() },
        false => unmarshal(file, e.to_string()),
    })
}

/// The objects of a YAML file (which may be a stream of JSON ones too). A file that is broken from the start and does not look
/// like a manifest is somebody else's and is passed over, as in Argo CD.
fn documents(file: &File) -> Result<Vec<Value>, PlainError> {
    let text = file.blob.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.blob.bytes);
    let mut found = Vec::new();
    for object in yaml::objects(text) {
        match object.map_err(|e| e.to_string()).and_then(kinded) {
            Ok(value) => found.push(value),
            Err(reason) => {
                let looks_like_one =
                    ["apiVersion:", "kind:", "metadata:"].iter().all(|word| contains(text, word.as_bytes()));
                return match found.is_empty() && !looks_like_one {
                    true => Ok(Vec::new()),
                    false => Err(unmarshal(file, format!("failed to unmarshal manifest: {reason}"))),
                };
            }
        }
    }
    Ok(found)
}

/// An object of some kind, which is all that Kubernetes' decoder of unstructured objects asks for.
fn kinded(value: Value) -> Result<Value, String> {
    let json = "error unmarshaling JSON: while decoding JSON:";
    if value.as_object().is_none() {
        let text = to_json(&value, false);
        return Err(format!("{json} a document is {}, not an object: {text}", value.type_name()));
    }
    match value.get("kind").and_then(Value::as_str) {
        Some(kind) if !kind.is_empty() => Ok(value),
        _ => Err(format!("{json} Object 'Kind' is missing in '{}'", to_json(&value, true))),
    }
}

fn unmarshal(file: &File, reason: String) -> PlainError {
    PlainError::Unmarshal { file: file.path.clone(), reason }
}
