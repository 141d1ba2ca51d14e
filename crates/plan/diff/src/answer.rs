//! What a dry run's answer depends on, and the answer kept with it.

use bowline_base_value::{Map, Value};
use bowline_core_types::{Object, annotation};
use sha2::{Digest as _, Sha256};

use crate::Prediction;

/// A digest of content: equal content, equal digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub u128);

/// A dry run's answer, with what it depended on. It holds until that changes.
#[derive(Clone, Debug)]
pub struct Answer {
    depends_on: Digest,
    /// What would come of applying, or why that cannot be told.
    pub predicted: Result<Object, String>,
}

// === impl Answer ===

impl Answer {
    /// The answer to the question what applying `desired` over `live` gives.
    pub fn new(desired: &Object, live: &Object, predicted: Result<Object, String>) -> Answer {
        Answer { depends_on: depends_on(desired, live), predicted }
    }

    /// What a real apply of `desired` returned is the answer to asking again.
    pub fn from_applied(desired: &Object, applied: &Object) -> Answer {
        Answer::new(desired, applied, Ok(applied.clone()))
    }

    /// Whether it still answers the question.
    pub fn holds(&self, desired: &Object, live: &Object) -> bool {
        self.depends_on == depends_on(desired, live)
    }

    /// The answer for [`crate::compare`].
    pub fn prediction(&self) -> Prediction<'_> {
        match &self.predicted {
            Ok(object) => Prediction::Object(object),
            Err(error) => Prediction::Failed(error),
        }
    }
}

/// What the answer depends on: all of the desired object, and of the live one everything but its status and what the API
/// server counts at each write (versions, times, who wrote the status). Who owns what counts, since when does not.
pub fn depends_on(desired: &Object, live: &Object) -> Digest {
    let mut hash = Sha256::new();
    put(&mut hash, desired.value());
    let fields = live.value().as_object().expect("because an Object holds an object value");
    for (name, value) in fields.iter().filter(|(name, _)| &***name != "status") {
        put_text(&mut hash, name);
        match (&**name, value) {
            ("metadata", Value::Object(metadata)) => put_metadata(&mut hash, metadata),
            _ => put(&mut hash, value),
        }
    }
    finish(hash)
}

/// The digest of an object: of desired objects, to tell whether Git changed.
pub fn digest(object: &Object) -> Digest {
    let mut hash = Sha256::new();
    put(&mut hash, object.value());
    finish(hash)
}

fn put_metadata(hash: &mut Sha256, metadata: &Map) {
    for (name, value) in metadata.iter() {
        match (&**name, value) {
            ("resourceVersion" | "generation" | "creationTimestamp" | "selfLink", _) => continue,
            ("annotations", Value::Object(annotations)) => {
                for (key, value) in annotations.iter().filter(|(key, _)| &***key != annotation::LAST_APPLIED) {
                    put_text(hash, key);
                    put(hash, value);
                }
            }
            ("managedFields", Value::Array(entries)) => {
                for entry in entries.iter().filter(|e| e.str_at(&["subresource"]) != Some("status")) {
                    for (_, value) in entry.as_object().into_iter().flat_map(Map::iter).filter(|(k, _)| &***k != "time")
                    {
                        put(hash, value);
                    }
                }
            }
            _ => put(hash, value),
        }
        put_text(hash, name);
    }
}

/// Hashes a value with its shape, so that no two values run together.
fn put(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null => hash.update([0]),
        Value::Bool(b) => hash.update([1, u8::from(*b)]),
        Value::Int(i) => {
            hash.update([2]);
            hash.update(i.to_le_bytes());
        }
        Value::UInt(u) => {
            hash.update([3]);
            hash.update(u.to_le_bytes());
        }
        Value::Float(f) => {
            hash.update([4]);
            hash.update(f.to_le_bytes());
        }
        Value::String(s) => {
            hash.update([5]);
            put_text(hash, s);
        }
        Value::Array(items) => {
            hash.update([6]);
            hash.update((items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| put(hash, item));
        }
        Value::Object(fields) => {
            hash.update([7]);
            hash.update((fields.len() as u64).to_le_bytes());
            for (name, value) in fields.iter() {
                put_text(hash, name);
                put(hash, value);
            }
        }
    }
}

fn put_text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}

fn finish(hash: Sha256) -> Digest {
    let bytes: [u8; 32] = hash.finalize().into();
    let (half, _) = bytes.split_at(16);
    Digest(u128::from_le_bytes(half.try_into().expect("because half of 32 bytes are 16")))
}
