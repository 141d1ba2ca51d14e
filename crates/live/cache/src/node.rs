//! [`Node`]: an object as the cache knows it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bowline_base_value::Value;
use bowline_core_types::{InstanceId, Object, ObjectError, ResourceKey, SecretKey, annotation, digest_secret};
use bowline_live_health::Health;
use jiff::Timestamp;

use crate::cache::Reading;
use crate::info::Info;
use crate::intern::Interner;
use crate::{fingerprint, info, owners};

/// An object as the cache knows it.
#[derive(Clone, Debug)]
pub struct Node {
    /// What names it.
    pub key: ResourceKey,
    /// The API version that it is watched at.
    pub version: Arc<str>,
    /// Its uid.
    pub uid: Uid,
    /// Its resource version, where that is a number (API servers since 1.35 promise it, older ones do it).
    pub resource_version: u64,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Whose it is.
    pub owners: Box<[Owner]>,
    /// How healthy it is; `None` for kinds that have no health.
    pub health: Option<Box<Health>>,
    /// What people want to see of it, for kinds that have such.
    pub info: Option<Box<Info>>,
    /// The application that manages it, by its own mark; `None` where it has none or has an owner.
    pub instance: Option<Arc<str>>,
    /// A hash over all that comparing, health and the tree read: equal means that nothing is to be done.
    pub fingerprint: u64,
    /// The whole object, where an application manages it.
    pub live: Option<Arc<Live>>,
}

/// A managed object, whole.
#[derive(Clone, Debug)]
pub struct Live {
    /// The object, managed fields and all; what a Secret holds is digests.
    pub object: Object,
    /// How healthy it is; `None` for kinds that have no health.
    pub health: Option<Health>,
    /// A hash over all that comparing and health read, but for fields whose changes wake nobody.
    pub fingerprint: u64,
}

/// One of an object's owners.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// Its uid; `None` where the owner is known by convention.
    pub uid: Option<Uid>,
    /// Its API group.
    pub group: Arc<str>,
    /// Its kind.
    pub kind: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it controls the object.
    pub controller: bool,
}

/// A uid: 16 bytes, where it is a UUID as Kubernetes writes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uid(Repr);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Repr {
    Uuid([u8; 16]),
    Text(Arc<str>),
}

/// What is needed to read objects.
pub(crate) struct Reader {
    pub(crate) instances: InstanceId,
    pub(crate) secrets: SecretKey,
    pub(crate) reading: RwLock<Reading>,
    pub(crate) seed: u64,
    pub(crate) interner: Mutex<Interner>,
}

// === impl Reader ===

impl Reader {
    fn reading(&self) -> Reading {
        self.reading.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads otherwise from now on.
    pub(crate) fn set(&self, reading: Reading) {
        *self.reading.write().unwrap_or_else(PoisonError::into_inner) = reading;
    }

    pub(crate) fn assess(&self, object: &Object) -> Option<Health> {
        (self.reading().assess)(object)
    }

    /// Reads an object. From the first line on, what a Secret holds is digests.
    pub(crate) fn read(&self, value: Value) -> Result<Node, ObjectError> {
        let mut object = Object::new(value)?;
        digest_secret(&mut object, &self.secrets);
        let reading = self.reading();
        let health = (reading.assess)(&object);
        let mut interner = self.interner.lock().unwrap_or_else(PoisonError::into_inner);
        let info = info::read(&object, &mut interner);
        let owners: Box<[Owner]> = owners::owners(&object, &mut interner).into();
        // What has an owner is its owner's, even where it carries a copy of the owner's mark.
        let instance = self.instances.instance(&object).filter(|_| owners.is_empty()).map(|name| interner.get(&name));
        let mut hasher = fingerprint::hasher(self.seed);
        // What nobody is to be woken by is left out of managed objects, and of others where they ask for that.
        let marked = object.annotation(annotation::IGNORE_RESOURCE_UPDATES) == Some("true");
        let mut heeded = if instance.is_some() || marked { (reading.unheeded)(&object) } else { None };
        if let Some(fields) = &mut heeded {
            // Who wrote an unheeded field is no more heeded than the field.
            let metadata = fields.fields_mut().get_mut("metadata").and_then(Value::as_object_mut);
            metadata.map(|metadata| metadata.remove("managedFields"));
        }
        if instance.is_some() {
            fingerprint::compared(heeded.as_ref().unwrap_or(&object), reading.compare_status, &mut hasher);
        }
        match &heeded {
            Some(heeded) => info::read(heeded, &mut interner).hash(&mut hasher),
            None => info.hash(&mut hasher),
        }
        (object.uid(), object.api_version(), object.deletion_timestamp(), &owners).hash(&mut hasher);
        health.as_ref().map(|health| (health.status.as_str(), &health.message)).hash(&mut hasher);
        info::hash_definitions(&object, &mut hasher);
        let fingerprint = hasher.finish();
        let gvk = object.gvk();
        let mut node = Node {
            key: ResourceKey {
                group: interner.get(&gvk.group),
                kind: interner.get(&gvk.kind),
                namespace: interner.get(object.namespace()),
                name: object.name().into(),
            },
            version: interner.get(&gvk.version),
            uid: Uid::new(object.uid()),
            resource_version: object.resource_version().parse().unwrap_or_default(),
            created: object.value().str_at(&["metadata", "creationTimestamp"]).and_then(|text| text.parse().ok()),
            deleting: object.deletion_timestamp().is_some(),
            owners,
            health: None,
            info: info.map(Box::new),
            instance,
            fingerprint,
            live: None,
        };
        if node.instance.is_some() {
            node.live = Some(Arc::new(Live { object, health: health.clone(), fingerprint }));
        }
        node.health = health.map(Box::new);
        Ok(node)
    }
}

// === impl Node ===

impl Node {
    /// Whether it lives in a namespace, and nobody owns or manages it.
    pub(crate) fn is_loose(&self) -> bool {
        self.owners.is_empty() && self.instance.is_none() && !self.key.namespace.is_empty()
    }
}

// === impl Uid ===

impl Uid {
    /// A uid as it is written.
    pub fn new(text: &str) -> Uid {
        Uid(parse_uuid(text).map_or_else(|| Repr::Text(text.into()), Repr::Uuid))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Repr::Text(text) if text.is_empty())
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Text(text) => f.write_str(text),
            Repr::Uuid(bytes) => {
                for (i, byte) in bytes.iter().enumerate() {
                    let dash = if matches!(i, 4 | 6 | 8 | 10) { "-" } else { "" };
                    write!(f, "{dash}{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = 0;
    for (i, &c) in text.iter().enumerate() {
        if matches!(i, 8 | 13 | 18 | 23) {
            if c != b'-' {
                return None;
            }
            continue;
        }
        // Capitals would be written back as small letters: such a uid stays text.
        let digit = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            _ => return None,
        };
        bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
        digits += 1;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_written_as_they_were_read() {
        for text in ["457610e9-cacb-4b34-98f7-5b829c63a598", "457610E9-cacb-4b34-98f7-5b829c63a598", "", "u-1"] {
            assert_eq!(Uid::new(text).to_string(), text);
        }
        assert!(Uid::new("").is_empty() && !Uid::new("u").is_empty());
    }
}
