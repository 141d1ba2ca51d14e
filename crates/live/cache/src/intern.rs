//! [`Interner`]: equal strings are kept once.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_base_value::{Map, Value};

/// Unused strings are looked for when there are this many more than after the last time.
const SWEEP: usize = 4096;

/// Keeps equal strings once: namespaces, kinds, images, and the keys of bodies.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    strings: HashSet<Arc<str>>,
    sweep_at: usize,
    empty: Arc<Map>,
}

// === impl Interner ===

impl Interner {
    /// The one copy of `text`.
    pub(crate) fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.strings.get(text) {
            return known.clone();
        }
        self.sweep();
        let string: Arc<str> = text.into();
        self.strings.insert(string.clone());
        string
    }

    fn sweep(&mut self) {
        if self.strings.len() >= self.sweep_at.max(SWEEP) {
            self.strings.retain(|string| Arc::strong_count(string) > 1);
            self.sweep_at = self.strings.len() + SWEEP;
        }
    }

    /// The same value with shared keys. Managed fields are most of a body's keys, and their leaves are empty objects: all
    /// of them become one.
    pub(crate) fn body(&mut self, value: Value) -> Value {
        match value {
            Value::Object(map) if map.is_empty() => Value::Object(self.empty.clone()),
            Value::Object(map) => {
                Arc::unwrap_or_clone(map).into_iter().map(|(k, v)| (self.get(&k), self.body(v))).collect()
            }
            Value::Array(items) => {
                let mut items = Arc::unwrap_or_clone(items);
                for item in &mut items {
                    *item = self.body(std::mem::take(item));
                }
                items.shrink_to_fit();
                Value::from(items)
            }
            scalar => scalar,
        }
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    #[test]
    fn a_body_stays_what_it_is_and_shares_its_keys() {
        let text = r#"{"a":[{"k":1},{"k":{}}],"b":{},"k":"v"}"#;
        let mut interner = Interner::default();
        let bodies = [(); 2].map(|()| interner.body(from_json(text.as_bytes()).unwrap()));
        assert_eq!(to_json(&bodies[0], false), text);
        let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        for (a, b) in keys(&bodies[0]).iter().zip(&keys(&bodies[1])) {
            assert!(Arc::ptr_eq(a, b));
        }
    }

    #[test]
    fn what_nobody_uses_is_forgotten() {
        let mut interner = Interner::default();
        let kept = interner.get("kept");
        for i in 0..3 * SWEEP {
            interner.get(&format!("s{i}"));
        }
        assert!(interner.strings.len() <= SWEEP + 1);
        assert!(Arc::ptr_eq(&kept, &interner.get("kept")));
    }
}
