//! The protobuf tags and types are those of the contract.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the list of the contract's messages stands in a file outside; where it is absent the test says so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::message_table;

/// `message name:type#tag`, a line for each field that goes over the protobuf wire.
fn lines() -> BTreeSet<String> {
    let table = message_table();
    let fields = table.iter().flat_map(|(message, fields)| fields.iter().map(move |field| (message, field)));
    fields
        .filter(|(_, field)| field.tag != 0)
        .map(|(message, field)| format!("{message} {}:{}#{}", field.proto, field.type_name, field.tag))
        .collect()
}

#[test]
fn tags_and_names_are_used_once() {
    for (message, fields) in message_table() {
        let mut tags: Vec<u32> = fields.iter().map(|field| field.tag).filter(|tag| *tag != 0).collect();
        let mut names: Vec<&str> = fields.iter().map(|field| field.json).filter(|name| !name.is_empty()).collect();
        let (tag_count, name_count) = (tags.len(), names.len());
        tags.sort_unstable();
        tags.dedup();
        names.sort_unstable();
        names.dedup();
        assert_eq!((tags.len(), names.len()), (tag_count, name_count), "{message}");
        assert!(fields.iter().all(|field| !field.doc.is_empty()), "{message}");
    }
}

#[test]
fn a_few_tags_as_known() {
    let lines = lines();
    for line in [
        "ApplicationSource targetRevision:string#4",
        "RevisionHistory deployStartedAt:Time#7",
        "SyncStrategyHook syncStrategyApply:SyncStrategyApply#1",
        "ApplicationSourcePluginParameter map:OptionalMap#3",
        "OptionalArray array:[]string#1",
        "KustomizePatch options:map[string]bool#4",
        "AppProjectStatus jwtTokensByRole:map[string]JWTTokens#1",
        "ApplicationSetApplicationStatus targetrevisions:[]string#6",
        "ApplicationSetNestedGenerator matrix:JSON#7",
        "ObjectMeta managedFields:[]ManagedFieldsEntry#17",
    ] {
        assert!(lines.contains(line), "{line}");
    }
}

/// Compares with the list of every field that the contract's messages have, where that list is at hand.
#[test]
fn every_field_of_the_contract_is_there() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared");
    let shared = std::env::var_os("BOWLINE_SHARED").map_or(beside, Into::into);
    let path = shared.join("reference/argocd-features.md");
    let Ok(text) = std::fs::read_to_string(&path) else {
        return println!("left out: {} is not there (BOWLINE_SHARED names another folder)", path.display());
    };
    let sections = text
        .split("\n### ")
        .filter(|section| section.contains("(CRD `argoproj.io/v1alpha1`)") || section.starts_with("API-only types"));
    let messages: BTreeMap<&str, &str> =
        sections.flat_map(str::lines).filter_map(|line| line.strip_prefix("- **")?.split_once("** — ")).collect();
    assert!(messages.len() > 150, "{} messages", messages.len());
    // No RPC carries these: the generators inside generators are free-form JSON.
    let unserved =
        ["ApplicationSetTerminalGenerator", "NestedMatrixGenerator", "NestedMergeGenerator", "ComponentParameter"];
    let messages = messages.into_iter().filter(|(message, _)| !unserved.contains(message));
    let wanted: BTreeSet<String> = messages
        .flat_map(|(message, fields)| fields.split(", ").map(move |field| format!("{message} {field}")))
        .collect();
    let lines = lines();
    assert_eq!(wanted.difference(&lines).collect::<Vec<_>>(), Vec::<&String>::new(), "missing here");
    let of_kubernetes = [
        "ObjectMeta ",
        "ListMeta ",
        "OwnerReference ",
        "ManagedFieldsEntry ",
        "LabelSelector",
        "GroupKind ",
        "LoadBalancerIngress ",
        "PortStatus ",
        "NodeS",
    ];
    // Lists are not in the list: metadata 1 and items 2, each of them.
    let known = |line: &str| of_kubernetes.iter().any(|name| line.starts_with(name));
    let of_lists = |line: &str| {
        line.contains("List metadata:ListMeta#1") || line.contains("List items:[]") && line.ends_with("#2")
    };
    let extra = lines.difference(&wanted).filter(|line| !known(line) && !of_lists(line));
    assert_eq!(extra.collect::<Vec<_>>(), Vec::<&String>::new(), "not in the contract");
}
