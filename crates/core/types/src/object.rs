//! [`Object`]: a Kubernetes object, desired or live.

use bowline_base_value::{Map, Value};

use crate::{Gvk, ResourceKey};

/// A Kubernetes object: an object value that has `apiVersion` and `kind`. Cloning shares what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(Value);

/// A value that is no Kubernetes object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Not an object at all.
    #[error("a manifest must be an object, this is {0}")]
    NotAnObject(&'static str),
    /// `apiVersion` or `kind` is missing, empty or no string.
    #[error("Object '{0}' is missing in the manifest")]
    Missing(&'static str),
    /// `metadata` is there and is no object.
    #[error("metadata must be an object, this is {0}")]
    Metadata(&'static str),
}

// === impl Object ===

impl Object {
    /// Takes a value as an object.
    pub fn new(value: Value) -> Result<Object, ObjectError> {
        let map = value.as_object().ok_or(ObjectError::NotAnObject(value.type_name()))?;
        for field in ["apiVersion", "kind"] {
            if map.get(field).and_then(Value::as_str).is_none_or(str::is_empty) {
                return Err(ObjectError::Missing(field));
            }
        }
        if let Some(metadata) = map.get("metadata").filter(|m| !m.is_null() && m.as_object().is_none()) {
            return Err(ObjectError::Metadata(metadata.type_name()));
        }
        Ok(Object(value))
    }

    /// The whole value.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The whole value, taken out.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The fields for changing. `apiVersion`, `kind` and `metadata` must stay what they are: an object.
    pub fn fields_mut(&mut self) -> &mut Map {
        self.0.as_object_mut().expect("because an Object holds an object value")
    }

    /// Group, version and kind.
    pub fn gvk(&self) -> Gvk {
        Gvk::from_api_version(self.api_version(), self.kind())
    }

    /// `apiVersion`.
    pub fn api_version(&self) -> &str {
        self.0.str_at(&["apiVersion"]).unwrap_or_default()
    }

    /// API group, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        self.0.str_at(&["kind"]).unwrap_or_default()
    }

    /// `metadata.name`, empty where there is none.
    pub fn name(&self) -> &str {
        self.0.str_at(&["metadata", "name"]).unwrap_or_default()
    }

    /// `metadata.generateName`, empty where there is none.
    pub fn generate_name(&self) -> &str {
        self.0.str_at(&["metadata", "generateName"]).unwrap_or_default()
    }

    /// `metadata.namespace`, empty where there is none.
    pub fn namespace(&self) -> &str {
        self.0.str_at(&["metadata", "namespace"]).unwrap_or_default()
    }

    /// `metadata.uid`, empty for desired objects.
    pub fn uid(&self) -> &str {
        self.0.str_at(&["metadata", "uid"]).unwrap_or_default()
    }

    /// `metadata.resourceVersion`, empty for desired objects.
    pub fn resource_version(&self) -> &str {
        self.0.str_at(&["metadata", "resourceVersion"]).unwrap_or_default()
    }

    /// `metadata.deletionTimestamp`, where the object is being deleted.
    pub fn deletion_timestamp(&self) -> Option<&str> {
        self.0.str_at(&["metadata", "deletionTimestamp"])
    }

    /// What names it in its cluster.
    pub fn key(&self) -> ResourceKey {
        ResourceKey::new(self.group(), self.kind(), self.namespace(), self.name())
    }

    /// One annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.0.str_at(&["metadata", "annotations", key])
    }

    /// One label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.0.str_at(&["metadata", "labels", key])
    }

    /// The entries of a comma-separated annotation, trimmed, empty ones left out.
    pub fn annotation_list<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.annotation(key).unwrap_or_default().split(',').map(str::trim).filter(|s| !s.is_empty())
    }

    /// Sets `metadata.namespace`.
    pub fn set_namespace(&mut self, namespace: &str) {
        self.set_metadata("namespace", namespace.into());
    }

    /// Sets one annotation; annotations that are no object are replaced by one.
    pub fn set_annotation(&mut self, key: &str, value: &str) {
        self.set_in("annotations", key, value);
    }

    /// Sets one label; labels that are no object are replaced by one.
    pub fn set_label(&mut self, key: &str, value: &str) {
        self.set_in("labels", key, value);
    }

    /// Takes one annotation out, and the annotations with it when none is left.
    pub fn remove_annotation(&mut self, key: &str) -> Option<Value> {
        let metadata = self.metadata_mut();
        let annotations = metadata.get_mut("annotations")?.as_object_mut()?;
        let removed = annotations.remove(key);
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
        removed
    }

    fn set_in(&mut self, field: &str, key: &str, value: &str) {
        let entries = self.metadata_mut().entry(field);
        if entries.as_object().is_none() {
            *entries = Value::object();
        }
        entries.as_object_mut().expect("because it was made an object above").insert(key, value);
    }

    fn set_metadata(&mut self, field: &str, value: Value) {
        self.metadata_mut().insert(field, value);
    }

    fn metadata_mut(&mut self) -> &mut Map {
        let metadata = self.fields_mut().entry("metadata");
        if metadata.as_object().is_none() {
            *metadata = Value::object();
        }
        metadata.as_object_mut().expect("because it was made an object above")
    }
}

impl TryFrom<Value> for Object {
    type Error = ObjectError;

    fn try_from(value: Value) -> Result<Object, ObjectError> {
        Object::new(value)
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn check(json: &str) -> Result<Object, String> {
        Object::new(from_json(json.as_bytes()).unwrap()).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_no_object_says_why() {
        for (json, want) in [
            ("[]", "a manifest must be an object, this is array"),
            (r#"{"kind":"A"}"#, "Object 'apiVersion' is missing in the manifest"),
            (r#"{"apiVersion":"v1","kind":""}"#, "Object 'kind' is missing in the manifest"),
            (r#"{"apiVersion":"v1","kind":"A","metadata":[]}"#, "metadata must be an object, this is array"),
        ] {
            assert_eq!(check(json).unwrap_err(), want);
        }
    }

    #[test]
    fn metadata_is_read_and_made() {
        let mut object = check(r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"n"}}"#).unwrap();
        assert_eq!(object.key(), ResourceKey::new("apps", "Deployment", "", "n"));
        object.set_namespace("ns");
        object.set_annotation("a", "1, ,2");
        object.set_label("l", "v");
        assert_eq!(object.key().to_string(), "Deployment.apps ns/n");
        assert_eq!(object.annotation_list("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(object.label("l"), Some("v"));
        object.remove_annotation("a");
        assert_eq!(object.value().get_path(&["metadata", "annotations"]), None);
    }
}
