//! The plain types as fields.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::read::Read;
use super::{Field, MessageTable, NoItems, extend};

/// `type: name`, with what else is said.
fn typed(name: &str, extra: Value) -> Map<String, Value> {
    extend(extend(Map::new(), json!({"type": name})), extra)
}

impl Field for String {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or_default())
    }

    fn type_name() -> String {
        "string".to_owned()
    }

    fn schema() -> Map<String, Value> {
        typed("string", json!({}))
    }
}

impl Field for bool {
    fn is_empty(&self) -> bool {
        !self
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or_default())
    }

    fn type_name() -> String {
        "bool".to_owned()
    }

    fn schema() -> Map<String, Value> {
        typed("boolean", json!({}))
    }
}

impl Field for i32 {
    fn is_empty(&self) -> bool {
        *self == 0
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or_default())
    }

    fn type_name() -> String {
        "int32".to_owned()
    }

    fn schema() -> Map<String, Value> {
        typed("integer", json!({"format": "int32"}))
    }
}

impl Field for i64 {
    fn is_empty(&self) -> bool {
        *self == 0
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or_default())
    }

    fn type_name() -> String {
        "int64".to_owned()
    }

    fn schema() -> Map<String, Value> {
        typed("integer", json!({"format": "int64"}))
    }
}

/// Free-form JSON; `null` is a value here.
impl Field for Value {
    fn is_empty(&self) -> bool {
        self.is_null()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer)
    }

    fn type_name() -> String {
        "JSON".to_owned()
    }

    fn schema() -> Map<String, Value> {
        extend(Map::new(), json!({"x-kubernetes-preserve-unknown-fields": true}))
    }
}

/// Go's pointer: `Some` is written whatever it holds.
impl<T: Field> Field for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Read<T>>::deserialize(deserializer)?.map(|read| read.0))
    }

    fn type_name() -> String {
        T::type_name()
    }

    fn schema() -> Map<String, Value> {
        T::schema()
    }

    fn collect(table: &mut MessageTable) {
        T::collect(table);
    }
}

/// Keeps structs that are often absent out of the ones that hold them.
impl<T: Field> Field for Box<T> {
    fn is_empty(&self) -> bool {
        T::is_empty(self)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Box::new)
    }

    fn type_name() -> String {
        T::type_name()
    }

    fn schema() -> Map<String, Value> {
        T::schema()
    }

    fn collect(table: &mut MessageTable) {
        T::collect(table);
    }
}

impl<T: Field> Field for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Option::<Vec<Read<T>>>::deserialize(deserializer)?.unwrap_or_default();
        Ok(list.into_iter().map(|read| read.0).collect())
    }

    fn type_name() -> String {
        format!("[]{}", T::type_name())
    }

    fn schema() -> Map<String, Value> {
        typed("array", json!({"items": T::schema()}))
    }

    fn collect(table: &mut MessageTable) {
        T::collect(table);
    }

    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() { map.serialize_entry(key, &NoItems) } else { map.serialize_entry(key, self) }
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Option::<BTreeMap<String, Read<T>>>::deserialize(deserializer)?.unwrap_or_default();
        Ok(map.into_iter().map(|(key, read)| (key, read.0)).collect())
    }

    fn type_name() -> String {
        format!("map[string]{}", T::type_name())
    }

    fn schema() -> Map<String, Value> {
        typed("object", json!({"additionalProperties": T::schema()}))
    }

    fn collect(table: &mut MessageTable) {
        T::collect(table);
    }
}
