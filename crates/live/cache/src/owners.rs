//! Whose an object is: its owner references, and the parents that Kubernetes does not write down.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::intern::Interner;
use crate::node::{Owner, Uid};

/// Owners of an object: those it names, else the one that its kind has by convention.
pub(crate) fn owners(object: &Object, interner: &mut Interner) -> Vec<Owner> {
    let references = object.value().get_path(&["metadata", "ownerReferences"]).and_then(Value::as_array);
    let mut owners: Vec<Owner> = references
        .unwrap_or_default()
        .iter()
        .map(|reference| {
            let text = |field| reference.str_at(&[field]).unwrap_or_default();
            let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
            Owner {
                uid: Some(Uid::new(text("uid"))).filter(|uid| !uid.is_empty()),
                group: interner.get(group),
                kind: interner.get(text("kind")),
                name: interner.get(text("name")),
                controller: reference.get("controller").and_then(Value::as_bool).unwrap_or_default(),
            }
        })
        .collect();
    owners.extend(inferred(object, interner));
    owners
}

/// The parent that nobody wrote down. Claims of a StatefulSet are found from its side: see [`claim_base`].
fn inferred(object: &Object, interner: &mut Interner) -> Option<Owner> {
    let none_named =
        object.value().get_path(&["metadata", "ownerReferences"]).and_then(Value::as_array).is_none_or(<[_]>::is_empty);
    let mut owner = |group: &str, kind: &str, name: &str, uid: &str| Owner {
        uid: Some(Uid::new(uid)).filter(|uid| !uid.is_empty()),
        group: interner.get(group),
        kind: interner.get(kind),
        name: interner.get(name),
        controller: false,
    };
    match (object.group(), object.kind()) {
        ("", "Endpoints") if none_named => Some(owner("", "Service", object.name(), "")),
        ("", "Secret") if object.value().str_at(&["type"]) == Some("kubernetes.io/service-account-token") => {
            let name = object.annotation("kubernetes.io/service-account.name")?;
            let uid = object.annotation("kubernetes.io/service-account.uid").unwrap_or_default();
            Some(owner("", "ServiceAccount", name, uid))
        }
        ("operators.coreos.com", "ClusterServiceVersion") => {
            let group = object.annotation("olm.operatorGroup")?;
            let uid = object.annotation("olm.operatorGroup.uid").unwrap_or_default();
            Some(owner("operators.coreos.com", "OperatorGroup", group, uid))
        }
        _ => None,
    }
}

/// What a claim of a StatefulSet is called without its number: `<template>-<set>`, from `<template>-<set>-<number>`.
pub(crate) fn claim_base(name: &str) -> Option<&str> {
    let (base, number) = name.rsplit_once('-')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(base)
}

/// Every way to read a claim's base name as a template and a set.
pub(crate) fn claim_splits(base: &str) -> impl Iterator<Item = (&str, &str)> {
    base.match_indices('-').map(|(i, _)| (&base[..i], &base[i + 1..]))
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn check(json: &str) -> Vec<String> {
        let object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        let owners = owners(&object, &mut Interner::default());
        owners.iter().map(|o| format!("{}/{} {}", o.group, o.kind, o.name)).collect()
    }

    #[test]
    fn named_and_conventional_owners() {
        let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","ownerReferences":[
            {"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"u","controller":true}]}}"#;
        assert_eq!(check(pod), ["apps/ReplicaSet r"]);
        let endpoints = r#"{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"e"}}"#;
        assert_eq!(check(endpoints), ["/Service e"]);
        let token = r#"{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token",
            "metadata":{"name":"t","annotations":{"kubernetes.io/service-account.name":"sa"}}}"#;
        assert_eq!(check(token), ["/ServiceAccount sa"]);
        assert!(check(r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"t"}}"#).is_empty());
    }

    #[test]
    fn claims_are_taken_apart() {
        assert_eq!(claim_base("data-my-set-12"), Some("data-my-set"));
        assert_eq!(claim_base("data-my-set"), None);
        assert_eq!(claim_base("data-"), None);
        assert_eq!(claim_splits("data-my-set").collect::<Vec<_>>(), [("data", "my-set"), ("data-my", "set")]);
    }
}
