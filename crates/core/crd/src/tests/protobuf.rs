//! The protobuf encoding: round trips of random objects, bytes as Go writes them, and the definitions as text.
#![expect(clippy::disallowed_methods, reason = "generated files are read, compared and, when asked, written")]

use std::fmt::Debug;
use std::path::Path;

use proptest::prelude::*;
use prost::Message;
use serde_json::{Value, json};

use super::generate::Generator;
use crate::schema::{application_crd, applicationset_crd, appproject_crd};
use crate::*;

#[track_caller]
fn check(message: &(impl Message + Default + PartialEq + Debug), bytes: &[u8]) {
    assert_eq!(message.encode_to_vec(), bytes, "{message:?}");
    assert_eq!(message.encoded_len(), bytes.len());
}

/// Reads what Go would write and tells that it means the same.
#[track_caller]
fn reads<T: Message + Default + PartialEq + Debug>(bytes: &[u8], wanted: &T) {
    assert_eq!(&T::decode(bytes).unwrap(), wanted);
    assert_eq!(&T::decode(&*wanted.encode_to_vec()).unwrap(), wanted);
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

#[test]
fn presence_is_kept_behind_pointers_only() {
    check(&HelmParameter::default(), b"");
    check(&HelmParameter { name: "a".into(), value: String::new(), force_string: true }, b"\x0a\x01a\x18\x01");
    check(&SyncPolicyAutomated { prune: Some(false), ..Default::default() }, b"\x08\x00");
    check(&SyncPolicy { automated: Some(SyncPolicyAutomated::default()), ..Default::default() }, b"\x0a\x00");
    check(
        &Cluster { shard: Some(0), ..Default::default() }
            .shard
            .map(|_| ListMeta { remaining_item_count: Some(0), ..Default::default() })
            .unwrap(),
        b"\x20\x00",
    );
    reads(b"\x0a\x01a\x12\x00\x18\x00", &HelmParameter { name: "a".into(), ..Default::default() });
}

#[test]
fn an_inlined_struct_is_a_message() {
    check(&SyncStrategyHook { apply: SyncStrategyApply { force: true } }, b"\x0a\x02\x08\x01");
    let node =
        ResourceNode { resource_ref: ResourceRef { kind: "Pod".into(), ..Default::default() }, ..Default::default() };
    check(&node, b"\x0a\x05\x1a\x03Pod");
}

#[test]
fn a_missing_time_is_not_sent_and_an_empty_one_is_missing() {
    check(&AppHealthStatus::default(), b"");
    let health = AppHealthStatus { last_transition_time: Some(time("1970-01-01T00:00:00Z")), ..Default::default() };
    check(&health, b"\x1a\x02\x08\x00");
    reads(b"\x1a\x04\x08\x00\x10\x00", &health);
    reads(b"\x1a\x00", &AppHealthStatus::default());
    let second = AppHealthStatus { last_transition_time: Some(time("1970-01-01T00:00:01Z")), ..Default::default() };
    reads(b"\x1a\x08\x10\xff\x01\x08\x01\x10\xff\x01", &second);
    check(&Time::default(), b"");
    assert_eq!(serde_json::to_value(Time::default()).unwrap(), Value::Null);
    assert_eq!(Time::default().to_string(), "0001-01-01T00:00:00Z");
    reads(b"\x08\x01\x10\xc0\x84\x3d", &MicroTime::new("1970-01-01T00:00:01.001Z".parse().unwrap()));
    assert_eq!(MicroTime::decode(&b"\x08\x01\x10\xe8\x07"[..]).unwrap().to_string(), "1970-01-01T00:00:01.000001Z");
}

#[test]
fn numbers_or_texts() {
    check(&IntOrString::Int(0), b"\x10\x00");
    check(&IntOrString::Int(3), b"\x10\x03");
    check(&IntOrString::String("25%".into()), b"\x08\x01\x1a\x0325%");
    reads(b"\x08\x00\x10\x03\x1a\x00", &IntOrString::Int(3));
    reads(b"\x08\x01\x10\x00\x1a\x0325%", &IntOrString::String("25%".into()));
    reads(b"\x1a\x0325%\x10\x00\x08\x01", &IntOrString::String("25%".into()));
    reads(b"\x08\x01\x10\x00\x1a\x00", &IntOrString::String(String::new()));
}

#[test]
fn free_form_is_json_in_bytes() {
    let helm =
        ApplicationSourceHelm { values_object: Some(RawExtension(json!({"a": [1, null]}))), ..Default::default() };
    check(&helm, b"\x52\x10\x0a\x0e{\"a\":[1,null]}");
    let list = ListGenerator { elements: vec![json!(null), json!({})], ..Default::default() };
    assert_eq!(ListGenerator::decode(&*list.encode_to_vec()).unwrap(), list);
    let error = ApplicationSourceHelm::decode(&b"\x52\x03\x0a\x01{"[..]).unwrap_err();
    assert!(error.to_string().contains("ApplicationSourceHelm.valuesObject: invalid JSON"), "{error}");
}

#[test]
fn collections_that_may_be_set_and_empty() {
    let parameter = ApplicationSourcePluginParameter {
        map: Some(OptionalMap::default()),
        array: Some(OptionalArray(vec![String::new()])),
        ..Default::default()
    };
    check(&parameter, b"\x1a\x00\x22\x02\x0a\x00");
    reads(b"\x0a\x00\x1a\x00\x22\x02\x0a\x00", &parameter);
    let labels = ManagedNamespaceMetadata { labels: [("a".into(), String::new())].into(), ..Default::default() };
    reads(b"\x0a\x05\x0a\x01a\x12\x00", &labels);
    reads(b"\x0a\x03\x0a\x01a", &labels);
}

#[test]
fn what_is_not_known_is_skipped_and_what_is_wrong_is_named() {
    reads(b"\xfa\x07\x01x\x0a\x01a\x98\x06\x05", &HelmParameter { name: "a".into(), ..Default::default() });
    let error = Application::decode(&b"\x12\x02\x1a\x05"[..]).unwrap_err().to_string();
    assert!(error.contains("Application.spec"), "{error}");
    assert!(HelmParameter::decode(&b"\x0a\x01\xff"[..]).is_err());
}

#[test]
fn overrides_hold_yaml_in_json() {
    let ignore = OverrideIgnoreDiff { json_pointers: vec!["/spec".into()], ..Default::default() };
    let kind =
        ResourceOverride { health_lua: "return {}".into(), ignore_differences: InYaml(ignore), ..Default::default() };
    let shown = json!({
        "health.lua": "return {}",
        "ignoreDifferences": "jqPathExpressions: null\njsonPointers:\n- /spec\nmanagedFieldsManagers: null\n",
        "ignoreResourceUpdates": "jqPathExpressions: null\njsonPointers: null\nmanagedFieldsManagers: null\n",
    });
    assert_eq!(serde_json::to_value(&kind).unwrap(), shown);
    assert_eq!(serde_json::from_value::<ResourceOverride>(shown).unwrap(), kind);
    assert_eq!(ResourceOverride::decode(&*kind.encode_to_vec()).unwrap(), kind);
    check(&kind, b"\x0a\x09return {}\x12\x07\x0a\x05/spec\x32\x00");
}

#[test]
fn bytes_and_secrets() {
    let certificate =
        RepositoryCertificate { server_name: "s".into(), cert_data: Bytes(vec![255, 0]), ..Default::default() };
    let shown = json!({"serverName": "s", "certType": "", "certSubType": "", "certData": "/wA=", "certInfo": ""});
    assert_eq!(serde_json::to_value(&certificate).unwrap(), shown);
    assert_eq!(serde_json::from_value::<RepositoryCertificate>(shown).unwrap(), certificate);
    check(&certificate, b"\x0a\x01s\x22\x02\xff\x00");
    let repository = Repository { repo: "r".into(), password: "hush".into(), ..Default::default() };
    assert!(!format!("{repository:?}").contains("hush"));
    assert_eq!(serde_json::to_value(&repository).unwrap()["password"], "hush");
}

/// What does not travel by protobuf: kind and version, unknown metadata, lists and maps that are there and empty.
fn travelled(mut value: Value) -> Value {
    let object = value.as_object_mut().unwrap();
    object.remove("kind");
    object.remove("apiVersion");
    object["metadata"].as_object_mut().unwrap().remove("somethingNew");
    value
}

fn survives<T: Resource + Message + Debug>(crd: &Value, seed: u64, density: u64) {
    let raw = travelled(Generator::new(seed, density, 2).object(crd));
    let before: T = serde_json::from_value(raw).unwrap();
    let bytes = before.encode_to_vec();
    assert_eq!(bytes.len(), before.encoded_len());
    let after = T::decode(&*bytes).unwrap();
    assert_eq!(after, before);
    assert_eq!(serde_json::to_value(&after).unwrap(), serde_json::to_value(&before).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_objects_survive(seed: u64, density in 0..60_u64) {
        survives::<Application>(&application_crd(), seed, density);
        survives::<AppProject>(&appproject_crd(), seed, density);
        survives::<ApplicationSet>(&applicationset_crd(), seed, density / 2);
    }

    #[test]
    fn random_bytes_do_no_harm(bytes: Vec<u8>) {
        let _ = Application::decode(&*bytes);
        let _ = ApplicationSet::decode(&*bytes);
        let _ = ApplicationTree::decode(&*bytes);
        let _ = Cluster::decode(&*bytes);
    }
}

#[test]
fn definitions_are_generated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/wire/proto");
    for (name, text) in protobuf::files() {
        let path = root.join(name);
        if std::env::var("BOWLINE_BLESS").is_ok_and(|bless| bless == "1") {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            text == stored,
            "{} is not what the types say; write it anew: BOWLINE_BLESS=1 cargo test -p bowline-core-crd",
            path.display()
        );
    }
}
