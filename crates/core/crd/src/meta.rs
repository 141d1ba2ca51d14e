//! The parts of every Kubernetes object, as `k8s.io/apimachinery` defines them.

use std::collections::BTreeMap;

use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, skip_field};
use serde::Deserializer;
use serde::de::MapAccess;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

use crate::Time;
use crate::wire::{Field, FieldInfo, Message, ProtoField, messages, read_value};

messages! {
    /// What every object says about itself.
    pub struct ObjectMeta {
        /// The name, unique among objects of the kind in the namespace.
        [1 "name"] name: String,
        /// A prefix for a name that the server makes up.
        [2 "generateName"] generate_name: String,
        /// The namespace; empty for objects of the whole cluster.
        [3 "namespace"] namespace: String,
        /// A path to the object; no longer filled.
        [4 "selfLink"] self_link: String,
        /// The identity of this very object, never used again.
        [5 "uid"] uid: String,
        /// The version of the stored object, opaque.
        [6 "resourceVersion"] resource_version: String,
        /// Counts the changes to what is desired.
        [7 "generation"] generation: i64,
        /// When the server stored the object first.
        [8 "creationTimestamp"] creation_timestamp: Option<Time>,
        /// When the object was asked to go; set while finalizers hold it.
        [9 "deletionTimestamp"] deletion_timestamp: Option<Time>,
        /// Seconds the object has to go in good order.
        [10 "deletionGracePeriodSeconds"] deletion_grace_period_seconds: Option<i64>,
        /// Words to select objects by.
        [11 "labels"] labels: BTreeMap<String, String>,
        /// Words for programs and people.
        [12 "annotations"] annotations: BTreeMap<String, String>,
        /// The objects that this one goes with.
        [13 "ownerReferences"] owner_references: Vec<OwnerReference>,
        /// Who must agree before the object goes.
        [14 "finalizers"] finalizers: Vec<String>,
        /// Which writer owns which fields.
        [17 "managedFields"] managed_fields: Vec<ManagedFieldsEntry>,
        /// Fields that this version does not know, kept as they came.
        [0 "" inline] unknown: UnknownFields,
    }

    /// An object that another one goes with.
    pub struct OwnerReference {
        /// Group and version of the owner.
        [5 "apiVersion" required] api_version: String,
        /// Kind of the owner.
        [1 "kind" required] kind: String,
        /// Name of the owner.
        [3 "name" required] name: String,
        /// UID of the owner.
        [4 "uid" required] uid: String,
        /// Whether this owner is the one that controls the object.
        [6 "controller"] controller: Option<bool>,
        /// Whether the owner cannot go in the foreground before this object is gone.
        [7 "blockOwnerDeletion"] block_owner_deletion: Option<bool>,
    }

    /// The fields that one writer owns.
    pub struct ManagedFieldsEntry {
        /// The writer.
        [1 "manager"] manager: String,
        /// `Apply` or `Update`.
        [2 "operation"] operation: String,
        /// The version of the resource that the fields are spelt in.
        [3 "apiVersion"] api_version: String,
        /// When the entry changed last.
        [4 "time"] time: Option<Time>,
        /// The form of the fields: `FieldsV1`.
        [6 "fieldsType"] fields_type: String,
        /// The fields, as a trie.
        [7 "fieldsV1"] fields_v1: Option<Value>,
        /// The subresource that was written; empty for the object itself.
        [8 "subresource"] subresource: String,
    }

    /// What a list says about itself.
    pub struct ListMeta {
        /// A path to the list; no longer filled.
        [1 "selfLink"] self_link: String,
        /// The version of the store that the list shows; a watch starts here.
        [2 "resourceVersion"] resource_version: String,
        /// Asks for the next part of the list.
        [3 "continue"] continue_: String,
        /// How many objects are left after this part, where known.
        [4 "remainingItemCount"] remaining_item_count: Option<i64>,
    }

    /// Selects objects by their labels; all conditions must hold, none selects everything.
    pub struct LabelSelector where {"x-kubernetes-map-type": "atomic"} {
        /// Labels that must have these values.
        [1 "matchLabels"] match_labels: BTreeMap<String, String>,
        /// Further conditions.
        [2 "matchExpressions"] match_expressions: Vec<LabelSelectorRequirement>
            where {"x-kubernetes-list-type": "atomic"},
    }

    /// A condition on one label.
    pub struct LabelSelectorRequirement {
        /// The label.
        [1 "key" required] key: String,
        /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
        [2 "operator" required] operator: String,
        /// The values for `In` and `NotIn`.
        [3 "values"] values: Vec<String> where {"x-kubernetes-list-type": "atomic"},
    }

    /// A group and a kind, or patterns for them.
    pub struct GroupKind {
        /// API group, empty for the core group; may be a glob.
        [1 "group" required] group: String,
        /// Kind; may be a glob.
        [2 "kind" required] kind: String,
    }
}

/// Fields that a struct has no place for, with their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnknownFields(pub Map<String, Value>);

impl Message for UnknownFields {
    const NAME: &'static str = "UnknownFields";

    fn put<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.0.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))
    }

    fn set<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        self.0.insert(key.to_owned(), read_value(key, map)?);
        Ok(true)
    }

    fn fields() -> Vec<FieldInfo> {
        Vec::new()
    }
}

impl serde::Serialize for UnknownFields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Field for UnknownFields {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::read_message(deserializer)
    }

    fn type_name() -> String {
        "JSON".to_owned()
    }

    fn schema() -> Map<String, Value> {
        Value::schema()
    }
}

/// Not on the protobuf wire, which has no place for what it does not know.
impl ProtoField for UnknownFields {
    fn encode_item(&self, _tag: u32, _buf: &mut impl BufMut) {}

    fn item_len(&self, _tag: u32) -> usize {
        0
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        skip_field(wire_type, 0, buf, ctx)
    }

    fn is_left_out(&self) -> bool {
        true
    }
}
