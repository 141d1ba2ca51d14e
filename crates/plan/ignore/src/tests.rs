//! Rules on objects.

use bowline_base_value::{from_json, to_json};
use bowline_core_types::Object;
use bowline_plan_diff::Ignored as _;

use super::*;

fn object(json: &str) -> Object {
    Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
}

fn rule(group: &str, kind: &str) -> IgnoreRule {
    IgnoreRule { group: group.into(), kind: kind.into(), ..IgnoreRule::default() }
}

const DEPLOYMENT: &str = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"n"},"spec":{"replicas":3,"template":{"spec":{"containers":[{"name":"c","image":"x:1"},{"name":"d","image":"y:1"}]}}}}"#;

fn removed(rule: IgnoreRule) -> String {
    let (rules, errors) = IgnoreRules::new([&rule]);
    assert!(errors.is_empty(), "{errors:?}");
    let object = object(DEPLOYMENT);
    let mut value = object.value().clone();
    rules.remove(&object, &mut value);
    to_json(value.get("spec").unwrap(), false)
}

#[test]
fn rules_take_fields_out_of_the_objects_they_are_for() {
    let whole =
        r#"{"replicas":3,"template":{"spec":{"containers":[{"image":"x:1","name":"c"},{"image":"y:1","name":"d"}]}}}"#;
    let without = r#"{"template":{"spec":{"containers":[{"image":"x:1","name":"c"},{"image":"y:1","name":"d"}]}}}"#;
    let replicas = |group, kind| IgnoreRule { json_pointers: vec!["/spec/replicas".into()], ..rule(group, kind) };
    for (rule, want) in [
        (replicas("apps", "Deployment"), without),
        (replicas("*", "*"), without),
        (replicas("a?ps", "{Deployment,StatefulSet}"), without),
        (replicas("", "Deployment"), whole),
        (IgnoreRule { name: "a".into(), namespace: "n".into(), ..replicas("apps", "*") }, without),
        (IgnoreRule { name: "b".into(), ..replicas("apps", "*") }, whole),
        (IgnoreRule { json_pointers: vec!["/spec/missing/0".into()], ..rule("*", "*") }, whole),
        (
            IgnoreRule {
                jq_path_expressions: vec![r#".spec.template.spec.containers[] | select(.name == "d").image"#.into()],
                ..rule("apps", "Deployment")
            },
            r#"{"replicas":3,"template":{"spec":{"containers":[{"image":"x:1","name":"c"},{"name":"d"}]}}}"#,
        ),
        (
            IgnoreRule { json_pointers: vec!["/spec/template/spec/containers/0".into()], ..rule("apps", "Deployment") },
            r#"{"replicas":3,"template":{"spec":{"containers":[{"image":"y:1","name":"d"}]}}}"#,
        ),
    ] {
        assert_eq!(removed(rule.clone()), want, "{rule:?}");
    }
}

#[test]
fn what_cannot_be_used_is_told_and_the_rest_works() {
    let bad = IgnoreRule {
        json_pointers: vec!["spec/replicas".into(), "/spec/replicas".into()],
        jq_path_expressions: vec!["range(9)".into()],
        managers: vec!["kube-controller-manager".into()],
        ..rule("apps", "Deployment")
    };
    let (rules, errors) = IgnoreRules::new([&bad, &rule("[", "x")]);
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert_eq!(
        errors[0].to_string(),
        r#"ignoreDifferences: jsonPointers: "spec/replicas": a JSON pointer begins with a slash"#
    );
    let object = object(DEPLOYMENT);
    let mut value = object.value().clone();
    rules.remove(&object, &mut value);
    assert_eq!(value.get_path(&["spec", "replicas"]), None);
    assert_eq!(rules.managers(&object), ["kube-controller-manager"]);
}

#[test]
fn respected_fields_keep_their_live_values() {
    let rule = IgnoreRule {
        json_pointers: vec!["/spec/replicas".into(), "/status".into()],
        jq_path_expressions: vec![".spec.list[]?.weight".into()],
        ..rule("*", "*")
    };
    let (rules, _) = IgnoreRules::new([&rule]);
    let check = |desired: &str, live: &str, want: &str| {
        let make = |spec: &str| object(&format!(r#"{{"apiVersion":"v1","kind":"A","spec":{spec}}}"#));
        let mut live = make(live);
        live.fields_mut().insert("status", "seen");
        let respected = respect(&make(desired), &live, &rules);
        assert_eq!(respected.value().get("status"), None);
        assert_eq!(to_json(respected.value().get("spec").unwrap(), false), want, "{desired}");
    };
    check(r#"{"replicas":1,"other":2}"#, r#"{"replicas":5,"other":3}"#, r#"{"other":2,"replicas":5}"#);
    check(r#"{"other":2}"#, r#"{"replicas":5,"theirs":1}"#, r#"{"other":2,"replicas":5}"#);
    check(r#"{"replicas":1}"#, r#"{}"#, r#"{"replicas":1}"#);
    check(
        r#"{"list":[{"name":"a","weight":1,"x":1},{"name":"new","weight":9}]}"#,
        r#"{"list":[{"name":"b","weight":7},{"name":"a","weight":3,"x":0}]}"#,
        r#"{"list":[{"name":"a","weight":3,"x":1},{"name":"new","weight":9}]}"#,
    );
}

#[test]
fn respected_fields_of_managers_keep_their_live_values() {
    let (rules, _) = IgnoreRules::new([&IgnoreRule { managers: vec!["tuner".into()], ..rule("*", "*") }]);
    let live = object(
        r#"{"apiVersion":"v1","kind":"A","metadata":{"annotations":{"argocd.argoproj.io/x":"theirs","note":"theirs"},"managedFields":[
            {"manager":"tuner","operation":"Update","fieldsV1":{
                "f:metadata":{"f:annotations":{"f:argocd.argoproj.io/x":{},"f:note":{}}},
                "f:spec":{"f:replicas":{},"f:extra":{},"f:whole":{},"f:list":{"k:{\"name\":\"a\"}":{".":{},"f:name":{},"f:weight":{}}}}}},
            {"manager":"other","operation":"Update","fieldsV1":{"f:spec":{"f:other":{}}}}]},
            "spec":{"replicas":5,"other":3,"extra":1,"whole":{"a":1},"list":[{"name":"a","weight":3,"x":0},{"name":"b","weight":4}]}}"#,
    );
    let desired = object(
        r#"{"apiVersion":"v1","kind":"A","metadata":{"annotations":{"argocd.argoproj.io/x":"ours","note":"ours"}},
            "spec":{"replicas":1,"other":2,"whole":{"b":2},"list":[{"name":"b","weight":1},{"name":"a","weight":1,"x":1}]}}"#,
    );
    let respected = respect(&desired, &live, &rules);
    let part = |name: &str| to_json(respected.value().get(name).unwrap(), false);
    assert_eq!(
        part("spec"),
        r#"{"list":[{"name":"b","weight":1},{"name":"a","weight":3,"x":1}],"other":2,"replicas":5,"whole":{"a":1}}"#,
        "what Git does not have stays theirs alone"
    );
    assert_eq!(part("metadata"), r#"{"annotations":{"argocd.argoproj.io/x":"ours","note":"theirs"}}"#);
}
