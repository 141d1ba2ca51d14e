//! Every message against an independent encoder that knows nothing but the definitions, and the table of the RPCs.

use std::collections::BTreeSet;
use std::fmt::Debug;

use bowline_core_crd::wire::{Field, ProtoField};
use prost::bytes::Buf;
use prost::encoding::{DecodeContext, decode_key};
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MapKey, MessageDescriptor, ReflectMessage, Value};
use serde::Serialize;

use crate::{Body, PROTO_FILES, SERVICES, generated};

/// Reads bytes into a struct, and writes it again; from there to JSON and back nothing may get lost.
pub(crate) type Trip = fn(&[u8]) -> Vec<u8>;

pub(crate) fn trip<T: ProtoField + Field + Serialize + PartialEq + Debug>(bytes: &[u8]) -> Vec<u8> {
    // As field 1 of an imagined message: that is what all types can do.
    let mut buf = Vec::new();
    prost::encoding::bytes::encode(1, &bytes.to_vec(), &mut buf);
    let mut rest = &*buf;
    let (_, wire_type) = decode_key(&mut rest).unwrap();
    let mut value = T::default();
    value.merge_item(wire_type, &mut rest, DecodeContext::default()).unwrap();
    assert!(!rest.has_remaining());

    let shown = serde_json::to_value(&value).unwrap();
    assert_eq!(T::read(shown.clone()).unwrap(), value, "{shown}");
    let text = shown.to_string();
    assert_eq!(T::read(&mut serde_json::Deserializer::from_str(&text)).unwrap(), value, "{text}");

    let mut written = Vec::new();
    value.encode_item(1, &mut written);
    assert_eq!(written.len(), value.item_len(1));
    let mut rest = &*written;
    let (_, wire_type) = decode_key(&mut rest).unwrap();
    let mut inner = Vec::<u8>::new();
    prost::encoding::bytes::merge(wire_type, &mut inner, &mut rest, DecodeContext::default()).unwrap();
    inner
}

fn pool() -> DescriptorPool {
    let mut pool = DescriptorPool::new();
    for file in PROTO_FILES {
        pool.decode_file_descriptor_proto(file.bytes).unwrap();
    }
    pool
}

/// A message with every field set, to values that are not empty.
fn full(descriptor: &MessageDescriptor, seed: &mut u64) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    let name = descriptor.name();
    for field in descriptor.fields() {
        let one = match (name, field.name()) {
            ("RawExtension" | "JSON" | "FieldsV1", _) => Value::Bytes(br#"{"a":[1,null,"b"]}"#.to_vec().into()),
            // Whole seconds are all that a time keeps.
            ("Time", "nanos") => continue,
            ("IntOrString", "type") => Value::I64(1),
            ("IntOrString", "intVal") => continue,
            ("MicroTime", "nanos") => Value::I32(123_456_000),
            _ => value(&field.kind(), seed),
        };
        let value = if field.is_map() {
            let Kind::Message(entry) = field.kind() else { unreachable!() };
            let value = value(&entry.map_entry_value_field().kind(), seed);
            Value::Map([(MapKey::String("key".to_owned()), value)].into())
        } else if field.is_list() {
            Value::List(vec![one])
        } else {
            one
        };
        message.set_field(&field, value);
    }
    message
}

fn value(kind: &Kind, seed: &mut u64) -> Value {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    let number = (*seed >> 40) as i32 + 1;
    match kind {
        Kind::String => Value::String(format!("<{number}>")),
        Kind::Bool => Value::Bool(true),
        Kind::Int32 => Value::I32(number),
        Kind::Int64 => Value::I64(i64::from(number) * 100),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Bytes => Value::Bytes(number.to_be_bytes().to_vec().into()),
        Kind::Message(message) => Value::Message(full(message, seed)),
        other => panic!("no field has the type {other:?}"),
    }
}

#[test]
fn every_message_is_encoded_as_the_definitions_say() {
    let pool = pool();
    let mut count = 0;
    for (name, trip) in generated::TRIPS {
        let descriptor = pool.get_message_by_name(name).unwrap();
        let message = full(&descriptor, &mut 7);
        let bytes = trip(&prost::Message::encode_to_vec(&message));
        let after = DynamicMessage::decode(message.descriptor(), &*bytes).unwrap();
        assert_eq!(after, message, "{name}");
        let none = trip(b"");
        DynamicMessage::decode(descriptor, &*none).unwrap();
        count += 1;
    }
    assert!(count > 300, "{count} messages");
}

#[test]
fn all_rpcs_of_the_contract_are_there() {
    let counts: Vec<(&str, usize)> = SERVICES.iter().map(|service| (service.name, service.rpcs.len())).collect();
    for wanted in [
        ("application.ApplicationService", 31),
        ("applicationset.ApplicationSetService", 8),
        ("project.ProjectService", 12),
        ("cluster.ClusterService", 7),
        ("repository.RepositoryService", 21),
        ("repocreds.RepoCredsService", 8),
        ("certificate.CertificateService", 3),
        ("gpgkey.GPGKeyService", 4),
        ("account.AccountService", 6),
        ("session.SessionService", 3),
        ("cluster.SettingsService", 2),
        ("version.VersionService", 1),
        ("notification.NotificationService", 3),
    ] {
        assert!(counts.contains(&wanted), "{wanted:?} in {counts:?}");
    }
    let rpcs = || SERVICES.iter().flat_map(|service| service.rpcs).filter(|rpc| !rpc.service.starts_with("grpc."));
    assert_eq!(rpcs().count(), 109);
    assert!(rpcs().all(|rpc| !rpc.bindings.is_empty() && !rpc.doc.is_empty()));
    let bindings: Vec<_> = rpcs().flat_map(|rpc| rpc.bindings).collect();
    assert_eq!(bindings.len(), 110, "the logs have two");
    // Only the four pairs of an old and a new name share a path.
    let places: BTreeSet<_> = bindings.iter().map(|binding| (binding.verb, binding.path)).collect();
    assert_eq!(bindings.len() - places.len(), 4);
    let bare = rpcs()
        .filter(|rpc| rpc.bindings[0].body == Body::Field("patch") || rpc.bindings[0].body == Body::Field("action"));
    assert_eq!(bare.map(|rpc| rpc.name).collect::<Vec<_>>(), ["PatchResource", "RunResourceAction"]);
}

#[test]
fn required_fields_are_missed() {
    use crate::Complete;
    use crate::application::*;
    assert_eq!(ApplicationQuery::default().missing(), None);
    assert_eq!(ApplicationPatchRequest::default().missing(), Some("name"));
    let patch = ApplicationPatchRequest { name: Some(String::new()), patch: Some(String::new()), ..Default::default() };
    assert_eq!(patch.missing(), Some("patchType"));
    let links = LinksResponse { items: vec![LinkInfo { title: Some("t".into()), ..Default::default() }] };
    assert_eq!(links.missing(), Some("url"));
    let query = ApplicationManifestQueryWithFiles { name: Some("a".into()), ..Default::default() };
    let wrapped = ApplicationManifestQueryWithFilesWrapper { query: Some(query), chunk: None };
    assert_eq!(wrapped.missing(), Some("checksum"));
    assert_eq!(bowline_core_crd::ApplicationList::default().missing(), None);
}

#[test]
fn secrets_of_requests_are_not_shown() {
    let request = crate::session::SessionCreateRequest {
        username: "admin".into(),
        password: "hush".into(),
        token: "hush".into(),
    };
    let shown = format!("{request:?}");
    assert!(shown.contains("admin") && !shown.contains("hush"), "{shown}");
}
