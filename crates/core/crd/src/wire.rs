//! One definition per type: the macro [`messages!`] and what it stands on.
//!
//! ```text
//! messages! {
//!     /// What the type is: rustdoc and the schema's description.
//!     pub struct SyncSource {
//!         /// What the field is: rustdoc and the schema's description.
//!         [1 "targetBranch" required] target_branch: String,
//!         /// …
//!         [2 "path" required] path: String where {"minLength": 1},
//!         /// …
//!         [3 "repoURL"] repo_url: String,
//!     }
//! }
//! ```
//!
//! In brackets stand the protobuf tag (0: not on that wire), the JSON name (then `/ "name"` where protobuf calls the field
//! differently) and when the field is written in JSON; after `where` what the schema says beyond the type. A struct of
//! another protobuf package than `v1alpha1` names it: `pub struct ClusterQuery in "cluster" {`. A field is written:
//!
//! | word | written | Go's tag |
//! |---|---|---|
//! | none | unless it is empty; a struct that is no `Option` is never empty | `omitempty` |
//! | `required` | always, and the schema requires it | none |
//! | `always` | always, the schema does not require it | none, with `+optional` |
//! | `omitzero` | unless it equals the default | `omitzero` |
//! | `inline` | its fields stand among this struct's | `inline` |
//!
//! On the protobuf wire an inlined struct is a message like any other, and presence follows the type: see [`ProtoField`].

mod field;
mod proto;
mod read;

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, MapAccess};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::{
    AppProjectList, ApplicationList, ApplicationSetList, ApplicationSetTree, ApplicationSetWatchEvent, ApplicationTree,
    ApplicationWatchEvent, ChartDetails, ClusterList, ConfigManagementPlugin, GnuPGPublicKeyList, HelmOptions,
    KustomizeOptions, OCIMetadata, ObjectMeta, RefTarget, RepoCredsList, RepositoryCertificateList, RepositoryList,
    ResourceAction, ResourceActions, ResourceDiff, ResourceOverride, RevisionMetadata,
};
pub use proto::ProtoField;
pub(crate) use proto::{encode_text, message_fields, text_len};
#[doc(hidden)]
pub use read::{read_message, read_value};

/// A type that can be the value of a field.
pub trait Field: Serialize + Default + PartialEq {
    /// Whether Go's `omitempty` drops the value.
    fn is_empty(&self) -> bool;
    /// Reads the value; `null` is the default.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
    /// The type as the protobuf definitions name it: `string`, `[]Info`, `map[string]string`.
    fn type_name() -> String;
    /// The structural schema, without a description.
    fn schema() -> Map<String, Value>;
    /// Adds the messages that the value holds to `table`.
    fn collect(_table: &mut MessageTable) {}
    /// Writes the value as the entry `key` of an object, whether it is empty or not.
    fn put<M: SerializeMap>(&self, key: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(key, self)
    }
}

/// An empty list whose field is always written. A Kubernetes API server wants `[]` there, Go writes a list that was never
/// made as `null`. It is serialised as zero bytes, which serde_json writes as `[]` and which a formatter can tell from a
/// list that somebody wrote down as empty.
pub(crate) struct NoItems;

impl Serialize for NoItems {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&[])
    }
}

/// A struct made by [`messages!`], or one whose fields can be inlined into such a struct.
pub trait Message: Default {
    /// The name in error messages and in the table of messages.
    const NAME: &'static str;
    /// Writes the fields into the object that is being written.
    fn put<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
    /// Takes the next value of `map` if the field `key` is one of this struct's, else answers `false`.
    fn set<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
    /// The fields in the order of their definition.
    fn fields() -> Vec<FieldInfo>;
}

/// One of the three resources: what an API client needs to address it.
pub trait Resource: Serialize + DeserializeOwned + Default + Clone + PartialEq + Field {
    /// `Application`, as in an object's `kind`.
    const KIND: &'static str;
    /// `applications`, as in URLs and in the CRD's name.
    const PLURAL: &'static str;
    /// The object's metadata.
    fn metadata(&self) -> &ObjectMeta;
    /// The object's metadata, to change.
    fn metadata_mut(&mut self) -> &mut ObjectMeta;
}

/// What is known of one field of a message.
#[derive(Debug, Clone)]
pub struct FieldInfo {
    /// The name in Rust.
    pub rust: &'static str,
    /// The name in JSON; for an inlined field the name in protobuf, since JSON has none.
    pub json: &'static str,
    /// The name in protobuf.
    pub proto: &'static str,
    /// The protobuf tag; 0 for a field that only JSON has.
    pub tag: u32,
    /// The type as the protobuf definitions name it: `string`, `[]Info`, `map[string]string`.
    pub type_name: String,
    /// Whether the schema requires the field.
    pub required: bool,
    /// Whether JSON shows the fields of this field's value in its place.
    pub inline: bool,
    /// The description.
    pub doc: String,
    /// Makes the schema of the value; for an inlined field that of the struct.
    pub schema: fn() -> Map<String, Value>,
}

/// Message → its fields. A message of another package than `v1alpha1` stands there as `package.Name`.
pub type MessageTable = BTreeMap<&'static str, Vec<FieldInfo>>;

/// Every message with its fields: the tags are part of the gRPC contract.
pub fn message_table() -> MessageTable {
    let mut table = MessageTable::new();
    let collect: [fn(&mut MessageTable); 23] = [
        ApplicationList::collect,
        AppProjectList::collect,
        ApplicationSetList::collect,
        ApplicationWatchEvent::collect,
        ApplicationSetWatchEvent::collect,
        ApplicationTree::collect,
        ApplicationSetTree::collect,
        ResourceDiff::collect,
        ResourceAction::collect,
        ResourceActions::collect,
        ResourceOverride::collect,
        RevisionMetadata::collect,
        ChartDetails::collect,
        OCIMetadata::collect,
        ClusterList::collect,
        RepositoryList::collect,
        RepoCredsList::collect,
        RefTarget::collect,
        RepositoryCertificateList::collect,
        GnuPGPublicKeyList::collect,
        KustomizeOptions::collect,
        HelmOptions::collect,
        ConfigManagementPlugin::collect,
    ];
    collect.iter().for_each(|collect| collect(&mut table));
    table
}

/// The lines of a doc comment as one text.
#[doc(hidden)]
pub fn text(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Adds what a `where` clause says to a schema.
#[doc(hidden)]
pub fn extend(mut schema: Map<String, Value>, extra: Value) -> Map<String, Value> {
    let Value::Object(extra) = extra else { unreachable!("because a where clause is written as an object") };
    schema.extend(extra);
    schema
}

/// The schema of an object with these fields.
#[doc(hidden)]
pub fn object_schema(fields: Vec<FieldInfo>) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let schema = (field.schema)();
        if field.inline {
            if let Some(Value::Object(inner)) = schema.get("properties") {
                properties.extend(inner.clone());
            }
            continue;
        }
        if field.required {
            required.push(field.json);
        }
        properties.insert(field.json.to_owned(), extend(schema, json!({"description": field.doc})).into());
    }
    required.sort_unstable();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema
}

/// Defines structs of the wire; the documentation of the module `wire` explains the form.
#[macro_export]
macro_rules! messages {
    ($(
        $(#[doc = $doc:literal])+
        pub struct $Name:ident $(in $package:literal)? $(where $extra:tt)? {
            $(
                $(#[doc = $field_doc:literal])+
                [$tag:literal $json:literal $(/ $proto:literal)? $($mode:ident)?]
                $field:ident: $type:ty $(where $field_extra:tt)?,
            )*
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $Name {
            $( $(#[doc = $field_doc])+ pub $field: $type, )*
        }

        impl $crate::wire::Message for $Name {
            const NAME: &'static str = concat!($($package, ".",)? stringify!($Name));

            fn put<M: serde::ser::SerializeMap>(&self, _map: &mut M) -> Result<(), M::Error> {
                $( $crate::messages!(@put self _map $field $json $($mode)?); )*
                Ok(())
            }

            fn set<'de, A: serde::de::MapAccess<'de>>(&mut self, _key: &str, _map: &mut A) -> Result<bool, A::Error> {
                $( $crate::messages!(@set self _key _map $field $json $($mode)?); )*
                Ok(false)
            }

            fn fields() -> Vec<$crate::wire::FieldInfo> {
                vec![$(
                    $crate::wire::FieldInfo {
                        rust: stringify!($field),
                        json: $json,
                        proto: $crate::messages!(@proto $json $($proto)?),
                        tag: $tag,
                        type_name: <$type as $crate::wire::Field>::type_name(),
                        required: matches!(stringify!($($mode)?).as_bytes(), b"required"),
                        inline: matches!(stringify!($($mode)?).as_bytes(), b"inline"),
                        doc: $crate::wire::text(&[$($field_doc),+]),
                        schema: || {
                            let schema = <$type as $crate::wire::Field>::schema();
                            $( let schema = $crate::wire::extend(schema, serde_json::json!($field_extra)); )?
                            schema
                        },
                    },
                )*]
            }
        }

        impl $crate::wire::Field for $Name {
            fn is_empty(&self) -> bool {
                false
            }

            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read_message(deserializer)
            }

            fn type_name() -> String {
                <$Name as $crate::wire::Message>::NAME.to_owned()
            }

            fn schema() -> serde_json::Map<String, serde_json::Value> {
                let schema = $crate::wire::object_schema(<$Name as $crate::wire::Message>::fields());
                $( let schema = $crate::wire::extend(schema, serde_json::json!($extra)); )?
                schema
            }

            fn collect(table: &mut $crate::wire::MessageTable) {
                if table.insert(<$Name as $crate::wire::Message>::NAME, <$Name as $crate::wire::Message>::fields()).is_none() {
                    $( <$type as $crate::wire::Field>::collect(table); )*
                }
            }
        }

        impl prost::Message for $Name {
            fn encode_raw(&self, _buf: &mut impl prost::bytes::BufMut) {
                $( if $tag != 0 && !$crate::wire::ProtoField::is_left_out(&self.$field) {
                    $crate::wire::ProtoField::encode_item(&self.$field, $tag, _buf);
                } )*
            }

            fn merge_field(
                &mut self,
                tag: u32,
                wire_type: prost::encoding::WireType,
                buf: &mut impl prost::bytes::Buf,
                ctx: prost::encoding::DecodeContext,
            ) -> Result<(), prost::DecodeError> {
                $( if tag == $tag {
                    return $crate::wire::ProtoField::merge_item(&mut self.$field, wire_type, buf, ctx)
                        .map_err(|mut error| {
                            error.push(stringify!($Name), $json);
                            error
                        });
                } )*
                prost::encoding::skip_field(wire_type, tag, buf, ctx)
            }

            fn encoded_len(&self) -> usize {
                0 $( + if $tag != 0 && !$crate::wire::ProtoField::is_left_out(&self.$field) {
                    $crate::wire::ProtoField::item_len(&self.$field, $tag)
                } else {
                    0
                } )*
            }

            fn clear(&mut self) {
                *self = $Name::default();
            }
        }

        impl $crate::wire::ProtoField for $Name {
            fn encode_item(&self, tag: u32, buf: &mut impl prost::bytes::BufMut) {
                prost::encoding::message::encode(tag, self, buf);
            }

            fn item_len(&self, tag: u32) -> usize {
                prost::encoding::message::encoded_len(tag, self)
            }

            fn merge_item(
                &mut self,
                wire_type: prost::encoding::WireType,
                buf: &mut impl prost::bytes::Buf,
                ctx: prost::encoding::DecodeContext,
            ) -> Result<(), prost::DecodeError> {
                prost::encoding::message::merge(wire_type, self, buf, ctx)
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $crate::wire::Message::put(self, &mut map)?;
                serde::ser::SerializeMap::end(map)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read_message(deserializer)
            }
        }
    )+};

    (@put $self:ident $map:ident $field:ident $json:literal) => {
        if !$crate::wire::Field::is_empty(&$self.$field) {
            $map.serialize_entry($json, &$self.$field)?;
        }
    };
    (@put $self:ident $map:ident $field:ident $json:literal required) => {
        $crate::wire::Field::put(&$self.$field, $json, $map)?;
    };
    (@put $self:ident $map:ident $field:ident $json:literal always) => {
        $crate::wire::Field::put(&$self.$field, $json, $map)?;
    };
    (@put $self:ident $map:ident $field:ident $json:literal omitzero) => {
        if $self.$field != Default::default() {
            $map.serialize_entry($json, &$self.$field)?;
        }
    };
    (@put $self:ident $map:ident $field:ident $json:literal inline) => {
        $crate::wire::Message::put(&$self.$field, $map)?;
    };

    (@set $self:ident $key:ident $map:ident $field:ident $json:literal inline) => {
        if $crate::wire::Message::set(&mut $self.$field, $key, $map)? {
            return Ok(true);
        }
    };
    (@set $self:ident $key:ident $map:ident $field:ident $json:literal $($mode:ident)?) => {
        if $key == $json {
            $self.$field = $crate::wire::read_value($key, $map)?;
            return Ok(true);
        }
    };

    (@proto $json:literal) => { $json };
    (@proto $json:literal $proto:literal) => { $proto };
}
pub use messages;
