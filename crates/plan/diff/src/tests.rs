//! Comparisons as tables: what the cluster holds, what the dry run says, and the differences that a person reads.

use bowline_base_value::{Value, from_json};
use bowline_core_types::{Object, ResourceKey, annotation};

use super::*;

/// A ConfigMap-like object with the fields of `rest` and these managed fields, `manager operation fieldsV1` a line.
fn object(rest: &str, managers: &[(&str, &str, &str)]) -> Object {
    let mut value = from_json(rest.as_bytes()).unwrap();
    let fields = value.as_object_mut().unwrap();
    if !fields.contains_key("kind") {
        fields.insert("apiVersion", "v1");
        fields.insert("kind", "ConfigMap");
    }
    let metadata = fields.entry("metadata");
    if metadata.is_null() {
        *metadata = Value::object();
    }
    let metadata = metadata.as_object_mut().unwrap();
    metadata.insert("name", "c");
    let entries: Value = managers
        .iter()
        .enumerate()
        .map(|(i, (manager, operation, set))| {
            let entry = format!(
                r#"{{"manager":"{manager}","operation":"{operation}","apiVersion":"v1","time":"2026-01-0{}T00:00:00Z","fieldsV1":{set}}}"#,
                i + 1
            );
            from_json(entry.as_bytes()).unwrap()
        })
        .collect();
    metadata.insert("managedFields", entries);
    Object::new(value).unwrap()
}

const US: &str = "argocd-controller";

fn check(live: &Object, predicted: &Object, git_changed: Option<bool>, rules: &Rules<'_>, want: &[&str]) {
    let pair = Pair::Both { live, predicted: Prediction::Object(predicted), git_changed };
    let comparison = compare(pair, rules);
    let got: Vec<String> = match &comparison {
        Comparison::Differs(differences) => differences
            .as_slice()
            .iter()
            .map(|d| {
                let text = |v: &Option<Value>| v.as_ref().map_or("-".into(), |v| bowline_base_value::to_json(v, false));
                format!("{} | {} -> {} | {}", d.path, text(&d.live), text(&d.desired), d.cause)
            })
            .collect(),
        Comparison::InSync => Vec::new(),
        other => vec![other.sentence()],
    };
    assert_eq!(got, want);
}

#[test]
fn what_an_apply_would_not_change_is_in_sync() {
    let set = r#"{"f:data":{"f:a":{}}}"#;
    let live = object(
        r#"{"metadata":{"resourceVersion":"1","generation":1,"uid":"u"},"data":{"a":"1"},"status":{"x":1}}"#,
        &[(US, "Apply", set)],
    );
    let again = object(
        r#"{"metadata":{"resourceVersion":"2","generation":2,"uid":"u"},"data":{"a":"1"},"status":{"x":2}}"#,
        &[(US, "Apply", set)],
    );
    check(&live, &again, None, &Rules::default(), &[]);
    // Someone else wrote it as it should be: only the ownership would change.
    let theirs = object(r#"{"data":{"a":"1"}}"#, &[("kubectl-edit", "Update", set)]);
    check(&theirs, &again, None, &Rules::default(), &[]);
}

#[test]
fn a_difference_says_which_field_and_why() {
    let rules = Rules::default();
    let set = r#"{"f:data":{"f:a":{}}}"#;
    let ours = object(r#"{"data":{"a":"1"}}"#, &[(US, "Apply", set)]);
    let wanted = object(r#"{"data":{"a":"2"}}"#, &[(US, "Apply", set)]);
    check(&ours, &wanted, Some(true), &rules, &[r#"data.a | "1" -> "2" | was changed in Git"#]);
    let edited = object(r#"{"data":{"a":"1"}}"#, &[(US, "Apply", "{}"), ("kubectl-edit", "Update", set)]);
    check(
        &edited,
        &wanted,
        Some(false),
        &rules,
        &[r#"data.a | "1" -> "2" | was changed by kubectl-edit at 2026-01-02T00:00:00Z"#],
    );
    let gone = object(r#"{"data":{}}"#, &[(US, "Apply", "{}"), ("kubectl-edit", "Update", r#"{"f:data":{}}"#)]);
    check(
        &gone,
        &wanted,
        Some(false),
        &rules,
        &[r#"data.a | - -> "2" | was removed, probably by kubectl-edit at 2026-01-02T00:00:00Z"#],
    );
    check(&gone, &wanted, Some(true), &rules, &[r#"data.a | - -> "2" | was changed in Git"#]);
    let removed = object("{}", &[(US, "Apply", r#"{"f:metadata":{"f:labels":{"f:x":{}}}}"#)]);
    check(&ours, &removed, Some(true), &rules, &[r#"data.a | "1" -> - | was changed in Git"#]);
}

#[test]
fn what_git_dropped_differs_also_where_a_default_takes_its_place() {
    let mine = r#"{"f:spec":{"f:type":{}}}"#;
    let live = object(r#"{"spec":{"type":"OnDelete"}}"#, &[(US, "Apply", mine)]);
    let predicted =
        object(r#"{"spec":{"type":"RollingUpdate"}}"#, &[(US, "Apply", r#"{"f:metadata":{"f:labels":{"f:x":{}}}}"#)]);
    let want = [r#"spec.type | "OnDelete" -> "RollingUpdate" | was changed in Git"#];
    check(&live, &predicted, Some(true), &Rules::default(), &want);
}

#[test]
fn who_applies_an_empty_map_owns_nothing_of_what_others_put_into_it() {
    let empty = r#"{"f:data":{}}"#;
    let theirs = r#"{"f:data":{"f:x":{}}}"#;
    let kubectl = ("kubectl-client-side-apply", "Update", theirs);
    let live = object(r#"{"data":{"x":"two"}}"#, &[(US, "Apply", empty), kubectl]);
    let want =
        [r#"data.x | "two" -> - | was written by kubectl-client-side-apply at 2026-01-02T00:00:00Z and is not in Git"#];
    check(&live, &live, Some(false), &Rules::default(), &want);
    // Another manager's stays.
    let live = object(r#"{"data":{"x":"two"}}"#, &[(US, "Apply", empty), ("someone", "Update", theirs)]);
    check(&live, &live, Some(false), &Rules::default(), &[]);
}

#[test]
fn what_is_not_ours_counts_only_when_asked_for() {
    let set = r#"{"f:data":{"f:a":{}}}"#;
    let live = object(r#"{"data":{"a":"1","injected":"old"}}"#, &[(US, "Apply", set)]);
    let predicted = object(r#"{"data":{"a":"1","injected":"new","more":"x"}}"#, &[(US, "Apply", set)]);
    check(&live, &predicted, None, &Rules::default(), &[]);
    let rules = Rules { include_webhooks: true, ..Rules::default() };
    check(
        &live,
        &predicted,
        None,
        &rules,
        &[
            r#"data.injected | "old" -> "new" | is set by the API server or an admission webhook"#,
            r#"data.more | - -> "x" | is set by the API server or an admission webhook"#,
        ],
    );
}

#[test]
fn lists_are_compared_as_the_server_merges_them() {
    let containers = r#"{"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:name":{},"f:image":{}},"k:{\"name\":\"b\"}":{".":{},"f:name":{},"f:image":{}}},"f:args":{}},"f:metadata":{"f:finalizers":{"v:\"x\"":{}}}}"#;
    let live = object(
        r#"{"metadata":{"finalizers":["other"]},"spec":{"args":["1","2"],"containers":[{"name":"injected"},{"name":"b","image":"b1"},{"name":"a","image":"a1"}]}}"#,
        &[(US, "Apply", containers)],
    );
    let predicted = object(
        r#"{"metadata":{"finalizers":["other","x"]},"spec":{"args":["1","3"],"containers":[{"name":"injected"},{"name":"a","image":"a2"},{"name":"b","image":"b1"}]}}"#,
        &[(US, "Apply", containers)],
    );
    check(
        &live,
        &predicted,
        Some(true),
        &Rules::default(),
        &[
            r#"metadata.finalizers[=x] | - -> "x" | was changed in Git"#,
            r#"spec.args[1] | "2" -> "3" | was changed in Git"#,
            r#"spec.containers[name=a].image | "a1" -> "a2" | was changed in Git"#,
            r#"spec.containers | [{"name":"injected"},{"name":"b"},{"name":"a"}] -> [{"name":"injected"},{"name":"a"},{"name":"b"}] | was changed in Git"#,
        ],
    );
    let shorter = object(r#"{"spec":{"args":["1"]}}"#, &[(US, "Apply", r#"{"f:spec":{"f:args":{}}}"#)]);
    let longer = object(r#"{"spec":{"args":["1","2"]}}"#, &[(US, "Apply", r#"{"f:spec":{"f:args":{}}}"#)]);
    check(&shorter, &longer, None, &Rules::default(), &[r#"spec.args | ["1"] -> ["1","2"] | was changed in Git"#]);
}

#[test]
fn what_a_client_side_apply_left_differs_until_it_is_taken_over() {
    let legacy = r#"{"f:metadata":{"f:annotations":{"f:kubectl.kubernetes.io/last-applied-configuration":{}}},"f:data":{"f:a":{},"f:old":{},"f:shared":{}}}"#;
    let rest = r#"{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"data":{"a":"1","old":"x","shared":"y"}}"#;
    let live = object(
        rest,
        &[("kubectl-client-side-apply", "Update", legacy), ("other", "Apply", r#"{"f:data":{"f:shared":{}}}"#)],
    );
    let predicted = object(rest, &[(US, "Apply", r#"{"f:data":{"f:a":{}}}"#)]);
    check(
        &live,
        &predicted,
        None,
        &Rules::default(),
        &[
            r#"data.old | "x" -> - | was written by kubectl-client-side-apply at 2026-01-01T00:00:00Z and is not in Git"#,
        ],
    );
    check(&live, &predicted, None, &Rules { legacy_managers: &[], ..Rules::default() }, &[]);
}

struct IgnoreReplicas;

impl Ignored for IgnoreReplicas {
    fn remove(&self, _: &Object, value: &mut Value) {
        value.ensure_path(&["spec"]).and_then(Value::as_object_mut).map(|spec| spec.remove("replicas"));
    }

    fn managers(&self, _: &Object) -> Vec<String> {
        vec!["trusted".to_string()]
    }
}

#[test]
fn what_is_ignored_does_not_differ() {
    let set = r#"{"f:spec":{"f:replicas":{},"f:a":{},"f:b":{}}}"#;
    let live = object(
        r#"{"spec":{"replicas":5,"a":1,"b":1}}"#,
        &[(US, "Apply", r#"{"f:spec":{"f:b":{}}}"#), ("trusted", "Update", r#"{"f:spec":{"f:a":{}}}"#)],
    );
    let predicted = object(r#"{"spec":{"replicas":1,"a":2,"b":2}}"#, &[(US, "Apply", set)]);
    let rules = Rules { ignored: Some(&IgnoreReplicas), ..Rules::default() };
    check(&live, &predicted, None, &rules, &["spec.b | 1 -> 2 | was changed in Git"]);
}

#[test]
fn roles_with_no_rules_are_alike_and_aggregated_ones_may_be_ignored() {
    let set = r#"{"f:rules":{},"f:aggregationRule":{}}"#;
    let role = |rest: &str| {
        let rest = rest.replacen('{', r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","#, 1);
        object(&rest.replace(",}", "}"), &[(US, "Apply", set)])
    };
    check(&role("{}"), &role(r#"{"rules":[]}"#), None, &Rules::default(), &[]);
    let (live, predicted) =
        (role(r#"{"aggregationRule":{},"rules":[1]}"#), role(r#"{"aggregationRule":{},"rules":[]}"#));
    check(&live, &predicted, None, &Rules { ignore_aggregated_roles: true, ..Rules::default() }, &[]);
    check(&live, &predicted, None, &Rules::default(), &["rules | [1] -> - | was changed in Git"]);
}

#[test]
fn what_cannot_be_told_is_unknown_and_says_why() {
    let live = object("{}", &[]);
    let failed = Pair::Both {
        live: &live,
        predicted: Prediction::Failed("spec.selector: field is immutable"),
        git_changed: None,
    };
    let comparison = compare(failed, &Rules::default());
    assert_eq!(comparison.status(), SyncStatus::Unknown);
    assert_eq!(comparison.sentence(), "could not be compared: spec.selector: field is immutable");
    check(
        &live,
        &object("{}", &[("someone", "Apply", r#"{"f:data":{}}"#)]),
        None,
        &Rules::default(),
        &["could not be compared: the dry run names no field that argocd-controller would own"],
    );
    let replaced = object(r#"{"metadata":{"uid":"new"}}"#, &[(US, "Apply", r#"{"f:data":{}}"#)]);
    check(
        &object(r#"{"metadata":{"uid":"old"}}"#, &[]),
        &replaced,
        None,
        &Rules::default(),
        &["is not in the cluster"],
    );
}

#[test]
fn an_answer_holds_until_something_it_depends_on_changes() {
    let desired = object(r#"{"data":{"a":"1"}}"#, &[]);
    let set = r#"{"f:data":{"f:a":{}}}"#;
    let live =
        object(r#"{"metadata":{"resourceVersion":"1"},"data":{"a":"1"},"status":{"n":1}}"#, &[(US, "Apply", set)]);
    let answer = Answer::from_applied(&desired, &live);
    let counted = object(
        r#"{"metadata":{"resourceVersion":"2","generation":3},"data":{"a":"1"},"status":{"n":2}}"#,
        &[(US, "Apply", set)],
    );
    assert!(answer.holds(&desired, &counted));
    assert_eq!(
        compare(Pair::Both { live: &counted, predicted: answer.prediction(), git_changed: None }, &Rules::default()),
        Comparison::InSync
    );
    for changed in [
        object(r#"{"data":{"a":"2"}}"#, &[(US, "Apply", set)]),
        object(r#"{"metadata":{"labels":{"x":"y"}},"data":{"a":"1"}}"#, &[(US, "Apply", set)]),
        object(r#"{"data":{"a":"1"}}"#, &[("other", "Update", set)]),
    ] {
        assert!(!answer.holds(&desired, &changed));
    }
    assert!(!answer.holds(&object(r#"{"data":{"a":"2"}}"#, &[]), &live));
}

#[test]
fn an_application_is_out_of_sync_by_what_counts() {
    let plain = object("{}", &[]);
    let mut hook = plain.clone();
    hook.set_annotation(annotation::HOOK, "PreSync");
    let mut tolerated = plain.clone();
    tolerated.set_annotation(annotation::COMPARE_OPTIONS, "IgnoreExtraneous");
    let key = ResourceKey::new("", "ConfigMap", "n", "c");
    let item = |desired, live, comparison| Item { key: &key, desired, live, comparison, self_reference: true };
    let unknown = Comparison::Unknown { error: "no".into() };
    let check = |items: &[Item<'_>], status, reasons: usize| {
        let overview = overview(items.iter().copied());
        assert_eq!((overview.status, overview.reasons.len()), (status, reasons));
    };
    let (d, live) = (Some(&plain), Some(&plain));
    check(&[], SyncStatus::Synced, 0);
    check(&[item(d, live, &Comparison::InSync)], SyncStatus::Synced, 0);
    check(&[item(d, None, &Comparison::Missing), item(d, live, &unknown)], SyncStatus::OutOfSync, 2);
    check(&[item(d, live, &unknown)], SyncStatus::Unknown, 1);
    check(&[item(None, Some(&tolerated), &Comparison::Extra)], SyncStatus::Synced, 0);
    check(&[item(Some(&hook), None, &Comparison::Missing)], SyncStatus::Synced, 0);
    check(&[Item { self_reference: false, ..item(None, live, &Comparison::Extra) }], SyncStatus::Synced, 0);
}
