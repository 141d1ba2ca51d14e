use proptest::prelude::*;
use serde_json::{Value, json};

use super::{apply_merge_patch, merge_patch, patch, update};
use crate::Application;

#[test]
fn merge_patches_say_what_changed() {
    let cases = [
        (json!({"a": 1}), json!({"a": 1}), None),
        (json!({"a": 1}), json!({"a": 2}), Some(json!({"a": 2}))),
        (json!({"a": 1, "b": 2}), json!({"b": 2}), Some(json!({"a": null}))),
        (json!({"a": {"x": 1, "y": 2}}), json!({"a": {"x": 1}}), Some(json!({"a": {"y": null}}))),
        (json!({"a": {}}), json!({"a": {"x": {"y": 1}}}), Some(json!({"a": {"x": {"y": 1}}}))),
        (json!({"a": [1, 2]}), json!({"a": [1]}), Some(json!({"a": [1]}))),
        (json!({"a": 1}), json!({"a": {}}), Some(json!({"a": {}}))),
    ];
    for (before, after, wanted) in cases {
        assert_eq!(merge_patch(&before, &after), wanted, "{before} → {after}");
    }
}

#[test]
fn an_object_that_was_absent_is_written_whole() {
    let raw = json!({"spec": {"project": "p", "destination": {}}});
    let before: Application = serde_json::from_value(raw.clone()).unwrap();
    let mut after = before.clone();
    after.status.sync.compared_to.source.repo_url = "r".to_owned();
    let status = json!({
        "sync": {"status": "", "comparedTo": {"source": {"repoURL": "r"}, "destination": {}}},
        "health": {}, "summary": {}, "sourceHydrator": {},
    });
    assert_eq!(patch(&raw, &before, &after), Some(json!({"status": status})));
}

#[test]
fn items_of_lists_keep_what_nobody_knows() {
    let raw = json!({"spec": {"info": [
        {"name": "a", "value": "1", "new": "x"}, {"name": "b", "value": "2", "new": "y"}, {"name": "c", "value": "3", "new": "z"},
    ]}});
    let before: Application = serde_json::from_value(raw.clone()).unwrap();
    let check = |change: &dyn Fn(&mut Application), wanted: Value| {
        let mut after = before.clone();
        change(&mut after);
        assert_eq!(update(&raw, &before, &after)["spec"]["info"], wanted);
    };
    let (a, b, c) = (&raw["spec"]["info"][0], &raw["spec"]["info"][1], &raw["spec"]["info"][2]);
    check(&|app| drop(app.spec.info.remove(0)), json!([b, c]));
    check(&|app| app.spec.info.reverse(), json!([c, b, a]));
    check(&|app| app.spec.info[1].value = "9".to_owned(), json!([a, {"name": "b", "value": "9", "new": "y"}, c]));
    check(&|app| app.spec.info.push(Default::default()), json!([a, b, c, {"name": "", "value": ""}]));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<bool>().prop_map(Value::from), (0..3_i64).prop_map(Value::from)];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn a_patch_makes_before_into_after(before in any_json(), after in any_json()) {
        let mut patched = before.clone();
        if let Some(patch) = merge_patch(&before, &after) {
            // A merge patch that is no object replaces everything; within objects it cannot say null, and there is none.
            apply_merge_patch(&mut patched, &patch);
        }
        prop_assert_eq!(patched, after);
    }

    #[test]
    fn without_unknown_fields_an_update_is_the_new_value(before in any_json(), after in any_json()) {
        prop_assert_eq!(update(&before, &before, &after), after);
    }
}
