//! [`ActionScripts`]: users' own actions of one kind.

use std::collections::BTreeMap;

use bowline_base_value::{Value, yaml};
use bowline_core_types::Object;
use bowline_live_actions::{ActionError, Change, Offer, Order};
use jiff::Timestamp;

use crate::machine::{Budget, Machine};

/// What all keys of customizations begin with.
const PREFIX: &str = "resource.customizations";
/// What the script that says which actions there are is called.
const DISCOVERY: &str = "discovery.lua";

/// Users' own actions of one kind: `resource.customizations.actions.<group>_<Kind>` of `argocd-cm`, or `actions` of the kind in the
/// older `resource.customizations`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionScripts {
    /// Which actions an object has now.
    discovery: String,
    /// Their names and scripts.
    definitions: Vec<(String, String)>,
    /// Whether the built-in ones are there too.
    keeps_built_in: bool,
}

// === impl ActionScripts ===

impl ActionScripts {
    /// What `argocd-cm` says of a kind; nothing where that has no actions of users' own. The error names the key.
    pub fn of(argocd_cm: &BTreeMap<String, String>, group: &str, kind: &str) -> Result<Option<ActionScripts>, String> {
        let split = if group.is_empty() { kind.to_string() } else { format!("{group}_{kind}") };
        let key = format!("{PREFIX}.actions.{split}");
        if let Some(text) = argocd_cm.get(&key).filter(|text| !text.trim().is_empty()) {
            return ActionScripts::parse(text).map(Some).map_err(|reason| format!("argocd-cm {key}: {reason}"));
        }
        let Some(older) = argocd_cm.get(PREFIX).and_then(|text| yaml::from_yaml(text).ok()) else { return Ok(None) };
        let named = if group.is_empty() { kind.to_string() } else { format!("{group}/{kind}") };
        let told = |reason| format!("argocd-cm {PREFIX}, {named}: actions: {reason}");
        match older.get(&named).and_then(|said| said.get("actions")) {
            None | Some(Value::Null) => Ok(None),
            // A document in the document, as the contract has it.
            Some(Value::String(text)) => ActionScripts::parse(text).map(Some).map_err(told),
            Some(value) => ActionScripts::read(value).map(Some).map_err(told),
        }
    }

    /// Reads the value of such a key.
    pub fn parse(text: &str) -> Result<ActionScripts, String> {
        ActionScripts::read(&yaml::from_yaml(text).map_err(|error| error.to_string())?)
    }

    fn read(value: &Value) -> Result<ActionScripts, String> {
        let Some(fields) = value.as_object() else { return Err(format!("must be a map, is {}", value.type_name())) };
        let mut scripts = ActionScripts::default();
        for (name, field) in fields.iter().filter(|(_, field)| !field.is_null()) {
            match (&**name, field) {
                (DISCOVERY, Value::String(source)) => scripts.discovery = source.to_string(),
                ("mergeBuiltinActions", Value::Bool(keeps)) => scripts.keeps_built_in = *keeps,
                ("definitions", Value::Array(items)) => {
                    for item in items.iter() {
                        let (Some(name), Some(source)) = (item.str_at(&["name"]), item.str_at(&["action.lua"])) else {
                            return Err("each of definitions needs a name and an action.lua".to_string());
                        };
                        scripts.definitions.push((name.to_string(), source.to_string()));
                    }
                }
                (DISCOVERY | "mergeBuiltinActions" | "definitions", other) => {
                    return Err(format!("{name} must be of another form, is {}", other.type_name()));
                }
                (other, _) => {
                    return Err(format!("{other} is not one of {DISCOVERY}, definitions, mergeBuiltinActions"));
                }
            }
        }
        Ok(scripts)
    }

    /// The actions that an object has now, by name: those of `own`, and the built-in ones where there is nothing else, or where they
    /// are to be kept.
    pub fn offers(own: Option<&ActionScripts>, object: &Object, now: Timestamp) -> Result<Vec<Offer>, ActionError> {
        let mut offers = match own.filter(|own| !own.discovery.is_empty()) {
            Some(own) => own.discover(object, now)?,
            None => Vec::new(),
        };
        if own.is_none_or(|own| own.keeps_built_in) {
            let built_in = bowline_live_actions::offers(object).into_iter();
            let new: Vec<Offer> = built_in.filter(|built_in| offers.iter().all(|o| o.name != built_in.name)).collect();
            offers.extend(new);
        }
        offers.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(offers)
    }

    fn discover(&self, object: &Object, now: Timestamp) -> Result<Vec<Offer>, ActionError> {
        let told = |reason: String| ActionError::Script { action: DISCOVERY.to_string(), reason };
        let returned = run(&self.discovery, object, &[], now).map_err(told)?;
        // An empty table says that there are none.
        if returned.as_array().is_some_and(<[Value]>::is_empty) {
            return Ok(Vec::new());
        }
        let actions = returned.as_object().ok_or_else(|| told("it must return a table from names".to_string()))?;
        let offers = actions.iter().map(|(name, action)| offer(name, action));
        offers.collect::<Result<_, _>>().map_err(told)
    }

    /// What an action comes to: that of `own` of this name, else the built-in one.
    pub fn run(own: Option<&ActionScripts>, object: &Object, order: &Order<'_>) -> Result<Vec<Change>, ActionError> {
        let definitions = own.map(|own| own.definitions.as_slice()).unwrap_or_default();
        let Some((_, source)) = definitions.iter().find(|(name, _)| name == order.action) else {
            return bowline_live_actions::run(object, order);
        };
        let told = |reason: String| ActionError::Script { action: order.action.to_string(), reason };
        let returned = run(source, object, order.parameters, order.now).map_err(told)?;
        changes(object, returned).map_err(told)
    }
}

/// Compiles and runs a script. An action is a rare thing: nothing is kept for the next.
fn run(source: &str, object: &Object, parameters: &[(String, String)], now: Timestamp) -> Result<Value, String> {
    Machine::new(source, false, Budget::default())?.value(object, parameters, now)
}

/// One entry of what `discovery.lua` returns.
fn offer(name: &str, action: &Value) -> Result<Offer, String> {
    let mut offer = Offer::new(name);
    let Some(fields) = action.as_object() else {
        // An empty table says nothing but the name.
        return match action.as_array() {
            Some([]) => Ok(offer),
            _ => Err(format!("action {name:?} must be a table, is {}", action.type_name())),
        };
    };
    for (field, value) in fields.iter() {
        match (&**field, value) {
            ("disabled", Value::Bool(disabled)) => offer.disabled = *disabled,
            ("iconClass", Value::String(class)) => offer.icon = class.to_string(),
            ("displayName", Value::String(shown)) => offer.display_name = shown.to_string(),
            ("params", Value::Array(list)) => {
                for parameter in list.iter() {
                    let name = parameter.str_at(&["name"]);
                    offer.parameters.push(name.ok_or("each of params needs a name")?.to_string());
                }
            }
            ("iconClass" | "displayName" | "params", other) => {
                return Err(format!("action {name:?}: {field} must be of another form, is {}", other.type_name()));
            }
            _ => {}
        }
    }
    Ok(offer)
}

/// What an action's script returned: the object as it should be, or a list of operations.
fn changes(source: &Object, returned: Value) -> Result<Vec<Change>, String> {
    let Some(list) = returned.as_array() else { return Ok(vec![patched(source, returned)?]) };
    let changes = list.iter().map(|item| {
        let resource = item.get("resource").cloned().unwrap_or_default();
        match item.str_at(&["operation"]) {
            Some("patch") => patched(source, resource),
            Some("create") => Object::new(resource).map(Change::Create).map_err(|error| error.to_string()),
            other => Err(format!("operation {:?} is not one of create, patch", other.unwrap_or_default())),
        }
    });
    changes.collect()
}

fn patched(source: &Object, returned: Value) -> Result<Change, String> {
    let object = Object::new(restored(returned, source.value())).map_err(|error| error.to_string())?;
    if (object.gvk(), object.key()) != (source.gvk(), source.key()) {
        return Err(format!("it changes {}, and may change only the object that it runs on", object.key()));
    }
    Ok(Change::Patch(object))
}

/// What a value loses on its way through Lua, taken from the value that went in: whether a table without entries is a list, and numbers
/// of more digits than Lua's have.
fn restored(new: Value, old: &Value) -> Value {
    match (new, old) {
        (Value::Array(items), Value::Object(_)) if items.is_empty() => Value::object(),
        (Value::Object(fields), Value::Object(before)) => {
            let fields = fields.iter().map(|(name, value)| match before.get(name) {
                Some(old) => (name.clone(), restored(value.clone(), old)),
                None => (name.clone(), value.clone()),
            });
            fields.collect()
        }
        (Value::Array(items), Value::Array(before)) => {
            let items = items.iter().enumerate().map(|(i, value)| match before.get(i) {
                Some(old) => restored(value.clone(), old),
                None => value.clone(),
            });
            items.collect()
        }
        (new, old) if new.as_f64().is_some() && new.as_f64() == old.as_f64() => old.clone(),
        (new, _) => new,
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};
    use bowline_live_actions::merge_patch;

    use super::*;

    const WIDGET: &str = r#"{"apiVersion":"x.io/v1","kind":"Widget","metadata":{"name":"w","labels":{"a":"b"}},
        "spec":{"size":3,"big":9007199254740993,"empty":{},"none":[],"off":null,"list":[{"also":{}}]}}"#;

    fn object(json: &str) -> Object {
        Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_767_225_600).unwrap()
    }

    /// What an action with this script comes to.
    fn ran(script: &str, parameters: &[(&str, &str)]) -> String {
        let own = ActionScripts { definitions: vec![("do".into(), script.into())], ..ActionScripts::default() };
        let parameters: Vec<_> = parameters.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        let object = object(WIDGET);
        let order = Order { action: "do", parameters: &parameters, now: now() };
        match ActionScripts::run(Some(&own), &object, &order) {
            Err(error) => error.to_string(),
            Ok(changes) => {
                let told = changes.iter().map(|change| match change {
                    Change::Patch(after) => merge_patch(object.value(), after.value())
                        .map_or("nothing".to_string(), |patch| to_json(&patch, false)),
                    Change::Create(made) => format!("make {}", to_json(made.value(), false)),
                });
                told.collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn a_script_changes_its_object_and_makes_others() {
        assert_eq!(ran("return obj", &[]), "nothing", "what Lua cannot tell apart is as it was");
        assert_eq!(ran("obj.spec.size = obj.spec.size + 1\nreturn obj", &[]), r#"{"spec":{"size":4}}"#);
        assert_eq!(ran("obj.spec.size = nil\nreturn obj", &[]), r#"{"spec":{"size":null}}"#);
        let scale = "obj.spec.size = tonumber(actionParams['n'])\nobj.spec.at = os.date('!%Y-%m-%dT%XZ')\nreturn obj";
        assert_eq!(ran(scale, &[("n", "7")]), r#"{"spec":{"at":"2026-01-01T00:00:00Z","size":7}}"#);
        let both = "local cm = {apiVersion = 'v1', kind = 'ConfigMap', metadata = {name = obj.metadata.name .. '-made'}}\nobj.metadata.labels.a = 'c'\nreturn {{operation = 'create', resource = cm}, {operation = 'patch', resource = obj}}";
        let told = ran(both, &[]);
        assert!(
            told.contains(r#""name":"w-made""#) && told.ends_with(r#"{"metadata":{"labels":{"a":"c"}}}"#),
            "{told}"
        );
        assert_eq!(ran("return {}", &[]), "", "an empty list of operations");
    }

    #[test]
    fn what_is_no_action_is_told() {
        let told = |reason: &str| format!("the script of action \"do\": {reason}");
        for (script, reason) in [
            ("return 1", "expect table output from Lua script, not number"),
            ("return", "expect table output from Lua script, not nil"),
            ("error('too small', 0)", "too small"),
            ("while true do end", "the script used up its budget of instructions"),
            (
                "obj.metadata.name = 'other'\nreturn obj",
                "it changes Widget.x.io other, and may change only the object that it runs on",
            ),
            ("return {{operation = 'delete', resource = obj}}", "operation \"delete\" is not one of create, patch"),
            ("return {{operation = 'create'}}", "a manifest must be an object, this is null"),
            ("local t = {}\nt.t = t\nreturn t", "what the script returned holds itself, or is too large"),
            ("obj.spec.size = 1/0\nreturn obj", "the script returned the number inf, which JSON has not"),
            ("obj.f = print\nreturn obj", "the script returned a function, which no object can hold"),
            ("return {1, a = 2}", "the script returned a table that is a list and a map"),
        ] {
            assert_eq!(ran(script, &[]), told(reason), "{script}");
        }
        let order = Order { action: "gone", parameters: &[], now: now() };
        let error = ActionScripts::run(Some(&ActionScripts::default()), &object(WIDGET), &order).unwrap_err();
        assert_eq!(error.to_string(), "action \"gone\" is not available for x.io/Widget");
    }

    const DEPLOYMENT: &str = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w"},"spec":{}}"#;

    fn offered(yaml: &str, json: &str) -> String {
        let own = ActionScripts::parse(yaml).unwrap();
        match ActionScripts::offers(Some(&own), &object(json), now()) {
            Ok(offers) => {
                let shown = |o: &Offer| format!("{}{}", o.name, if o.disabled { "!" } else { "" });
                offers.iter().map(shown).collect::<Vec<_>>().join(" ")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn discovery_says_what_there_is() {
        let own = |rest: &str| {
            format!(
                "discovery.lua: |\n  actions = {{}}\n  actions['paint'] = {{['disabled'] = obj.spec.paused == true}}\n  actions['restart'] = {{['iconClass'] = 'own', ['displayName'] = 'Own', ['params'] = {{{{['name'] = 'how'}}}}}}\n  return actions\n{rest}"
            )
        };
        assert_eq!(offered(&own(""), DEPLOYMENT), "paint restart", "in the place of the built-in ones");
        assert_eq!(offered(&own("mergeBuiltinActions: true\n"), DEPLOYMENT), "paint pause restart resume! scale");
        let kept = ActionScripts::parse(&own("mergeBuiltinActions: true\n")).unwrap();
        let offers = ActionScripts::offers(Some(&kept), &object(DEPLOYMENT), now()).unwrap();
        let restart = offers.iter().find(|o| o.name == "restart").unwrap();
        assert_eq!((restart.icon.as_str(), restart.display_name.as_str()), ("own", "Own"), "users' own come first");
        assert_eq!(restart.parameters, ["how"]);
        assert_eq!(offered("discovery.lua: return {}", DEPLOYMENT), "");
        assert_eq!(offered("discovery.lua: return {a = {}}", DEPLOYMENT), "a");
        assert_eq!(
            offered("discovery.lua: return {a = 'x'}", DEPLOYMENT),
            "the script of action \"discovery.lua\": action \"a\" must be a table, is string"
        );
        let without = ActionScripts::offers(None, &object(DEPLOYMENT), now()).unwrap();
        assert_eq!(without.len(), 4);
        // The built-in one of a name that is not defined runs all the same, as in the contract.
        let order = Order { action: "pause", parameters: &[], now: now() };
        let own = ActionScripts::parse("discovery.lua: return {}").unwrap();
        assert!(ActionScripts::run(Some(&own), &object(DEPLOYMENT), &order).is_ok());
    }

    #[test]
    fn both_forms_of_the_setting_are_read() {
        let cm = |entries: &[(&str, &str)]| -> BTreeMap<String, String> {
            entries.iter().map(|(key, text)| (format!("{PREFIX}{key}"), text.to_string())).collect()
        };
        let one = "definitions:\n- name: do\n  action.lua: return obj\n";
        let split = cm(&[(".actions.x.io_Widget", one), (".actions.ConfigMap", one)]);
        assert!(ActionScripts::of(&split, "x.io", "Widget").unwrap().is_some());
        assert!(ActionScripts::of(&split, "", "ConfigMap").unwrap().is_some());
        assert_eq!(ActionScripts::of(&split, "x.io", "Other").unwrap(), None);
        let older =
            cm(&[("", "x.io/Widget:\n  actions: |\n    definitions:\n    - name: do\n      action.lua: return obj\n")]);
        assert_eq!(ActionScripts::of(&older, "x.io", "Widget"), ActionScripts::of(&split, "x.io", "Widget"));
        let wrong = cm(&[(".actions.x.io_Widget", "definitions: [{name: a}]")]);
        assert_eq!(
            ActionScripts::of(&wrong, "x.io", "Widget").unwrap_err(),
            "argocd-cm resource.customizations.actions.x.io_Widget: each of definitions needs a name and an action.lua"
        );
        assert_eq!(
            ActionScripts::parse("colour: red").unwrap_err(),
            "colour is not one of discovery.lua, definitions, mergeBuiltinActions"
        );
    }
}
