//! [`ManagedFields`]: who holds which fields of an object.

use bowline_base_value::{Map, Value};
use bowline_core_types::Object;

use crate::{FieldSet, FieldSetError};

/// How a manager wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Server-side apply.
    Apply,
    /// Any other write.
    Update,
}

/// What one manager holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The manager's name.
    pub manager: String,
    /// How it wrote.
    pub operation: Operation,
    /// The `apiVersion` that its fields are written in.
    pub api_version: String,
    /// When it last changed a field, RFC 3339.
    pub time: Option<String>,
    /// The subresource it wrote through, empty for the object itself.
    pub subresource: String,
    /// The fields.
    pub fields: FieldSet,
}

/// `metadata.managedFields` of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManagedFields {
    /// The entries in their order.
    pub entries: Vec<Entry>,
}

// === impl Operation ===

impl Operation {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Operation::Apply => "Apply",
            Operation::Update => "Update",
        }
    }
}

// === impl ManagedFields ===

impl ManagedFields {
    /// Reads those of an object; none where it has none.
    pub fn of(object: &Object) -> Result<ManagedFields, FieldSetError> {
        let Some(list) = object.value().get_path(&["metadata", "managedFields"]).and_then(Value::as_array) else {
            return Ok(ManagedFields::default());
        };
        let entries = list.iter().map(|entry| {
            let text = |name| entry.str_at(&[name]).unwrap_or_default().to_string();
            let fields = entry.get("fieldsV1").map(FieldSet::parse).transpose()?.unwrap_or_default();
            Ok(Entry {
                manager: text("manager"),
                operation: if entry.str_at(&["operation"]) == Some("Apply") {
                    Operation::Apply
                } else {
                    Operation::Update
                },
                api_version: text("apiVersion"),
                time: entry.str_at(&["time"]).map(String::from),
                subresource: text("subresource"),
                fields,
            })
        });
        Ok(ManagedFields { entries: entries.collect::<Result<_, _>>()? })
    }

    /// Writes them as the API has them.
    pub fn to_value(&self) -> Value {
        let entry = |entry: &Entry| {
            let mut fields = Map::new();
            fields.insert("manager", entry.manager.as_str());
            fields.insert("operation", entry.operation.as_str());
            fields.insert("apiVersion", entry.api_version.as_str());
            if let Some(time) = &entry.time {
                fields.insert("time", time.as_str());
            }
            if !entry.subresource.is_empty() {
                fields.insert("subresource", entry.subresource.as_str());
            }
            fields.insert("fieldsType", "FieldsV1");
            fields.insert("fieldsV1", entry.fields.to_value());
            Value::from(fields)
        };
        self.entries.iter().map(entry).collect()
    }

    /// The fields of all entries that `which` chooses, in one set.
    pub fn fields(&self, which: impl Fn(&Entry) -> bool) -> FieldSet {
        let mut all = FieldSet::default();
        for entry in self.entries.iter().filter(|e| which(e)) {
            all.union(&entry.fields);
        }
        all
    }
}
