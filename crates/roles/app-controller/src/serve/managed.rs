//! Every object of an application, desired beside live, as texts.

use bowline_base_value::{Value, to_json};
use bowline_core_crd::ResourceDiff;
use bowline_core_types::{Object, ResourceKey, SecretKey, digest_secret, hide_digests, is_secret};
use bowline_plan_diff::{Comparison, normalize};

use crate::compare::Item;
use crate::rules::Comparing;

/// The text that stands for an object that is not there.
const NOTHING: &str = "null";

/// The objects in their order, then the hooks. `live` gives a hook's object in the cluster.
pub fn managed(
    items: &[(Item, Option<Object>)],
    hooks: &[Object],
    live: &dyn Fn(&ResourceKey) -> Option<Object>,
    comparing: &Comparing,
    secrets: &SecretKey,
) -> Vec<ResourceDiff> {
    let shown = |key: &ResourceKey, desired: Option<&Object>, live: Option<&Object>, predicted: Option<&Object>| {
        let rules = comparing.rules();
        let mut desired = desired.cloned();
        if let Some(desired) = &mut desired {
            digest_secret(desired, secrets);
        }
        let predicted = predicted.or(if live.is_none() { desired.as_ref() } else { None }).or(live);
        let states = [
            desired.as_ref().map(|object| object.value().clone()),
            live.map(|object| object.value().clone()),
            live.map(|object| normalize(object, &rules)),
            predicted.filter(|_| desired.is_some()).map(|object| normalize(object, &rules)),
        ];
        let any = desired.as_ref().or(live);
        let states = if any.is_some_and(is_secret) { hide_digests(states) } else { states };
        let [target_state, live_state, normalized_live_state, predicted_live_state] = states.map(text);
        ResourceDiff {
            group: key.group.to_string(),
            kind: key.kind.to_string(),
            namespace: key.namespace.to_string(),
            name: key.name.to_string(),
            target_state,
            live_state,
            normalized_live_state,
            predicted_live_state,
            resource_version: live.map(|object| object.resource_version().to_string()).unwrap_or_default(),
            ..ResourceDiff::default()
        }
    };
    let objects = items.iter().map(|(item, predicted)| {
        let live = item.live.as_ref().map(|live| &live.object);
        ResourceDiff {
            modified: matches!(item.comparison, Comparison::Differs(_) | Comparison::Missing | Comparison::Extra),
            ..shown(&item.key, item.desired.as_ref(), live, predicted.as_ref())
        }
    });
    let hooks = hooks.iter().map(|hook| {
        let key = hook.key();
        let live = live(&key);
        ResourceDiff { hook: true, ..shown(&key, Some(hook), live.as_ref(), None) }
    });
    objects.chain(hooks).collect()
}

fn text(state: Option<Value>) -> String {
    state.map_or_else(|| NOTHING.to_string(), |value| to_json(&value, false))
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;
    use bowline_core_crd::Application;

    use super::*;
    use crate::compare::LiveObject;
    use crate::conditions::Conditions;

    fn object(json: &str) -> Object {
        Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
    }

    fn item(desired: Option<Object>, live: Option<Object>, comparison: Comparison) -> Item {
        let key = desired.as_ref().or(live.as_ref()).unwrap().key();
        let live = live.map(|object| LiveObject { object, health: None });
        Item { key, desired, live, comparison, self_reference: true, checked: true }
    }

    /// Name, modified, then target, live, normalized and predicted state.
    fn check(items: Vec<Item>, hooks: &[Object]) -> Vec<String> {
        let comparing = Comparing::of(
            &Application::new("argocd", "a"),
            &Default::default(),
            &Default::default(),
            &mut None,
            &mut Conditions::default(),
        );
        let items: Vec<_> = items.into_iter().map(|item| (item, None)).collect();
        let shown = managed(&items, hooks, &|_| None, &comparing, &SecretKey::new([1; 32]));
        let line = |d: ResourceDiff| {
            let states = [d.target_state, d.live_state, d.normalized_live_state, d.predicted_live_state].join(" ");
            format!("{} {} {states}", d.name, d.modified || d.hook)
        };
        shown.into_iter().map(line).collect()
    }

    #[test]
    fn what_is_not_there_is_null() {
        let map = object(r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}"#);
        let text = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}"#;
        assert_eq!(
            check(
                vec![
                    item(Some(map.clone()), None, Comparison::Missing),
                    item(None, Some(map.clone()), Comparison::Extra),
                    item(Some(map.clone()), Some(map.clone()), Comparison::InSync),
                ],
                &[map],
            ),
            [
                format!("m true {text} null null {text}"),
                format!("m true null {text} {text} null"),
                format!("m false {text} {text} {text} {text}"),
                format!("m true {text} null null {text}"),
            ]
        );
    }

    #[test]
    fn what_secrets_hold_is_not_shown() {
        let mut live = object(r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"k":"aGlkZGVu"}}"#);
        let desired = live.clone();
        digest_secret(&mut live, &SecretKey::new([1; 32]));
        let shown = check(vec![item(Some(desired), Some(live), Comparison::InSync)], &[]).join("");
        assert!(!shown.contains("aGlkZGVu") && !shown.contains("hmac"), "{shown}");
        assert_eq!(shown.matches(r#""k":"++++++++""#).count(), 4, "{shown}");
    }
}
