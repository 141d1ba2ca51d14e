//! [`Map`]: an object's fields, sorted by key.

use crate::{Str, Value};

/// The fields of an object, sorted by the bytes of their keys, as Go writes them.
///
/// A sorted vector: objects of manifests have few fields, are read far more often than changed, and are built in one go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    entries: Vec<(Str, Value)>,
}

// === impl Map ===

impl Map {
    /// An empty map.
    pub fn new() -> Map {
        Map::default()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(k, _)| k.as_ref().cmp(key))
    }

    /// The field `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(key).ok().map(|i| &self.entries[i].1)
    }

    /// The field `key` for changing.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.find(key).ok().map(|i| &mut self.entries[i].1)
    }

    /// Whether the field is there (it may be null).
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// Sets a field and returns what it held before.
    pub fn insert(&mut self, key: impl Into<Str>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        match self.find(&key) {
            Ok(i) => Some(std::mem::replace(&mut self.entries[i].1, value)),
            Err(i) => {
                self.entries.insert(i, (key, value));
                None
            }
        }
    }

    /// The field `key` for changing; made as null when it is missing.
    pub fn entry(&mut self, key: &str) -> &mut Value {
        let i = match self.find(key) {
            Ok(i) => i,
            Err(i) => {
                self.entries.insert(i, (key.into(), Value::Null));
                i
            }
        };
        &mut self.entries[i].1
    }

    /// Takes a field out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.find(key).ok().map(|i| self.entries.remove(i).1)
    }

    /// Keeps the fields for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Value) -> bool) {
        self.entries.retain_mut(|(k, v)| keep(k, v));
    }

    /// The fields in key order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Str, &Value)> + ExactSizeIterator {
        self.entries.iter().map(|(k, v)| (k, v))
    }

    /// The fields in key order, values for changing.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Str, &mut Value)> + ExactSizeIterator {
        self.entries.iter_mut().map(|(k, v)| (&*k, v))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> + ExactSizeIterator {
        self.entries.iter().map(|(k, _)| k)
    }

    /// The values in key order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.entries.iter().map(|(_, v)| v)
    }
}

impl IntoIterator for Map {
    type Item = (Str, Value);
    type IntoIter = std::vec::IntoIter<(Str, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// Collects fields in any order; of several with one key the last wins, as in Go.
impl<K: Into<Str>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(fields: I) -> Map {
        let mut entries: Vec<(Str, Value)> = fields.into_iter().map(|(k, v)| (k.into(), v)).collect();
        // A stable sort keeps the order among equal keys, so the last one wins below.
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            same
        });
        Map { entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collects_sorted_and_last_wins() {
        let map: Map = [("b", Value::from(1)), ("a", Value::from(2)), ("b", Value::from(3))].into_iter().collect();
        let fields: Vec<_> = map.iter().map(|(k, v)| (k.to_string(), v.as_i64())).collect();
        assert_eq!(fields, [("a".into(), Some(2)), ("b".into(), Some(3))]);
    }

    #[test]
    fn insert_entry_and_remove_keep_the_order() {
        let mut map = Map::new();
        for key in ["m", "z", "a"] {
            assert!(map.insert(key, key).is_none());
        }
        *map.entry("k") = Value::from(1);
        assert_eq!(map.keys().map(|k| k.to_string()).collect::<Vec<_>>(), ["a", "k", "m", "z"]);
        assert_eq!(map.remove("m"), Some(Value::from("m")));
        assert_eq!(map.get("m"), None);
        assert_eq!(map.insert("z", 1), Some(Value::from("z")));
    }
}
