//! What `argocd-cm` says of single kinds: `resource.customizations` and its newer, split keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_glob::Glob;
use bowline_base_value::{Value, yaml};
use bowline_core_settings::Map;
use bowline_core_types::ResourceKey;
use bowline_live_lua::{ActionScripts, HealthScript, Scripts};
use bowline_plan_diff::{KnownField, KnownTypes};
use bowline_plan_ignore::{IgnoreRule, IgnoreRules};

/// What all keys of customizations begin with.
pub const PREFIX: &str = "resource.customizations";

/// What `argocd-cm` says of single kinds, compiled.
#[derive(Debug)]
pub struct Customizations {
    made_from: Map,
    /// How healthy objects are.
    pub scripts: Scripts,
    /// Fields that are not compared.
    pub ignored: Arc<IgnoreRules>,
    /// Fields whose changes wake nobody.
    pub unheeded: IgnoreRules,
    /// Fields that hold types of Kubernetes.
    pub known: KnownTypes,
    /// What is not carried out, or cannot be.
    pub remarks: Vec<Remark>,
}

/// Something that the applications with objects of a kind should know.
#[derive(Clone, Debug)]
pub struct Remark {
    /// `group/Kind`, a glob; all kinds where there is none.
    kinds: Option<Glob>,
    /// Whether nothing should be synced until it is mended.
    pub is_error: bool,
    /// For people: the key, what is wrong or left out, what to do.
    pub message: String,
}

/// What is said of one kind, as it is written.
#[derive(Debug, Default)]
struct Said {
    health: Option<String>,
    open_libs: bool,
    ignored: Option<(String, Value)>,
    unheeded: Option<(String, Value)>,
    known: Option<(String, Value)>,
    actions: Option<(String, String)>,
}

// === impl Customizations ===

impl Default for Customizations {
    fn default() -> Customizations {
        Customizations::read(Map::new())
    }
}

impl Customizations {
    /// Reads the keys of `argocd-cm`. What cannot be read is a remark, and the rest works.
    pub fn read(argocd_cm: Map) -> Customizations {
        let mut remarks = Vec::new();
        let mut said: BTreeMap<String, Said> = BTreeMap::new();
        if let Some(text) = argocd_cm.get(PREFIX).filter(|text| !text.trim().is_empty()) {
            read_map(text, &mut said, &mut remarks);
        }
        // A split key outweighs the same of the older map.
        let keys = argocd_cm.range(format!("{PREFIX}.")..).take_while(|(key, _)| key.starts_with(PREFIX));
        for (key, text) in keys {
            read_key(key, text, &mut said, &mut remarks);
        }
        let mut made = Made::default();
        for (kind, said) in said {
            made.add(&kind, said, &mut remarks);
        }
        made.finish(argocd_cm, remarks)
    }

    /// The keys that they were read from.
    pub fn made_from(&self) -> &Map {
        &self.made_from
    }

    /// Whether two of them give each object of a kind the same health.
    pub fn same_health(&self, other: &Customizations, group: &str, kind: &str) -> bool {
        self.scripts.script(group, kind) == other.scripts.script(group, kind)
    }

    /// What an application with these objects should know.
    pub fn remarks_on<'a>(&'a self, keys: impl Fn() -> Vec<&'a ResourceKey>) -> Vec<&'a Remark> {
        if self.remarks.is_empty() {
            return Vec::new();
        }
        let keys = keys();
        self.remarks.iter().filter(|remark| keys.iter().any(|key| remark.concerns(&key.group, &key.kind))).collect()
    }
}

// === impl Remark ===

impl Remark {
    fn on(kind: Option<&str>, is_error: bool, message: String) -> Remark {
        let kinds = kind.filter(|kind| *kind != "*/*").and_then(|kind| Glob::new(kind, &[]).ok());
        Remark { kinds, is_error, message }
    }

    fn concerns(&self, group: &str, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|glob| glob.matches(&named(group, kind)))
    }
}

/// `group/Kind`, or `Kind` for the core group.
fn named(group: &str, kind: &str) -> String {
    if group.is_empty() { kind.to_string() } else { format!("{group}/{kind}") }
}

/// The older form: a map from kinds, which may be patterns, to everything that is said of them.
fn read_map(text: &str, said: &mut BTreeMap<String, Said>, remarks: &mut Vec<Remark>) {
    let mut wrong = |kind: Option<&str>, reason: String| {
        remarks.push(Remark::on(kind, true, format!("argocd-cm {PREFIX}: {reason}")));
    };
    let value = match yaml::from_yaml(text) {
        Ok(value) => value,
        Err(error) => return wrong(None, error.to_string()),
    };
    let Some(kinds) = value.as_object() else {
        return wrong(None, format!("must be a map from kinds, is {}", value.type_name()));
    };
    for (kind, fields) in kinds.iter() {
        let Some(fields) = fields.as_object() else {
            wrong(Some(kind), format!("{kind}: must be a map, is {}", fields.type_name()));
            continue;
        };
        let entry = said.entry(kind.to_string()).or_default();
        for (name, field) in fields.iter().filter(|(_, field)| !field.is_null()) {
            let key = format!("{PREFIX}, {kind}: {name}");
            let text = field.as_str().map(String::from);
            match (&**name, text) {
                ("health.lua", Some(text)) => entry.health = Some(text),
                ("health.lua.useOpenLibs", _) => entry.open_libs = field.as_bool().unwrap_or_default(),
                ("actions", Some(text)) => entry.actions = Some((key, text)),
                ("knownTypeFields", None) => entry.known = Some((key, field.clone())),
                ("ignoreDifferences" | "ignoreResourceUpdates", text) => {
                    // A document in the document, as the contract has it.
                    let value = text.map_or(Ok(field.clone()), |text| yaml::from_yaml(&text));
                    match value {
                        Ok(value) if &**name == "ignoreDifferences" => entry.ignored = Some((key, value)),
                        Ok(value) => entry.unheeded = Some((key, value)),
                        Err(error) => wrong(Some(kind), format!("{kind}: {name}: {error}")),
                    }
                }
                _ => wrong(
                    Some(kind),
                    format!("{kind}: {name} is not a customization that there is, or not of its form"),
                ),
            }
        }
    }
}

/// The newer form: a key for each thing that is said of a kind, `resource.customizations.health.<group>_<Kind>`.
fn read_key(key: &str, text: &str, said: &mut BTreeMap<String, Said>, remarks: &mut Vec<Remark>) {
    let rest = &key[PREFIX.len() + 1..];
    let Some((what, kind)) = rest.split_once('.') else {
        let reason = "the key must be of the form resource.customizations.<what>.<group>_<Kind>";
        remarks.push(Remark::on(None, false, format!("argocd-cm {key} changes nothing: {reason}")));
        return;
    };
    let kind = match kind.rsplit_once('_') {
        _ if kind == "all" => "*/*".to_string(),
        Some((group, kind)) => named(group, kind),
        None => kind.to_string(),
    };
    let document = yaml::from_yaml(text);
    let is_text = matches!(what, "health" | "actions" | "useOpenLibs");
    let value = match (is_text, document) {
        (true, _) => Value::Null,
        (false, Ok(value)) => value,
        (false, Err(error)) => {
            return remarks.push(Remark::on(Some(&kind), true, format!("argocd-cm {key}: {error}")));
        }
    };
    let name = key.to_string();
    let entry = said.entry(kind.clone()).or_default();
    match what {
        "health" => entry.health = Some(text.to_string()),
        "useOpenLibs" => entry.open_libs = text.trim() == "true",
        "actions" => entry.actions = Some((name, text.to_string())),
        "ignoreDifferences" => entry.ignored = Some((name, value)),
        "ignoreResourceUpdates" => entry.unheeded = Some((name, value)),
        "knownTypeFields" => entry.known = Some((name, value)),
        other => {
            let there_are = "health, useOpenLibs, actions, ignoreDifferences, ignoreResourceUpdates, knownTypeFields";
            let message = format!("argocd-cm {key} changes nothing: {other:?} is not one of {there_are}");
            remarks.push(Remark::on(Some(&kind), false, message));
        }
    }
}

/// What is being made of what was said.
#[derive(Default)]
struct Made {
    scripts: Vec<HealthScript>,
    ignored: Vec<(String, String, IgnoreRule)>,
    unheeded: Vec<(String, String, IgnoreRule)>,
    known: Vec<(String, KnownField)>,
}

// === impl Made ===

impl Made {
    fn add(&mut self, kind: &str, said: Said, remarks: &mut Vec<Remark>) {
        if let Some(source) = said.health {
            self.scripts.push(HealthScript { kind: kind.to_string(), source, open_libs: said.open_libs });
        }
        // They are read when someone asks for them; what is wrong with them is told before.
        if let Some((key, text)) = said.actions
            && let Err(reason) = ActionScripts::parse(&text)
        {
            remarks.push(Remark::on(Some(kind), false, format!("argocd-cm {key}: {reason}")));
        }
        for (said, rules) in [(said.ignored, &mut self.ignored), (said.unheeded, &mut self.unheeded)] {
            let Some((key, value)) = said else { continue };
            match rule(kind, &value) {
                Ok(rule) => rules.push((kind.to_string(), key, rule)),
                Err(reason) => remarks.push(Remark::on(Some(kind), true, format!("argocd-cm {key}: {reason}"))),
            }
        }
        if let Some((key, value)) = said.known {
            match fields(kind, &value) {
                Ok(fields) => self.known.extend(fields.into_iter().map(|field| (key.clone(), field))),
                Err(reason) => remarks.push(Remark::on(Some(kind), true, format!("argocd-cm {key}: {reason}"))),
            }
        }
    }

    fn finish(self, made_from: Map, mut remarks: Vec<Remark>) -> Customizations {
        let mut compiled = |rules: Vec<(String, String, IgnoreRule)>| -> IgnoreRules {
            let mut all = IgnoreRules::default();
            for (kind, key, rule) in rules {
                let (rules, errors) = IgnoreRules::new([&rule]);
                all = all.joined(&rules);
                for error in errors {
                    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                    remarks.push(Remark::on(Some(&kind), true, format!("argocd-cm {key}: {error}{cause}")));
                }
            }
            all
        };
        let (ignored, unheeded) = (compiled(self.ignored), compiled(self.unheeded));
        let (keys, fields): (Vec<String>, Vec<KnownField>) = self.known.into_iter().unzip();
        let (known, errors) = KnownTypes::new(&fields);
        for (i, error) in errors {
            let kind = named(&fields[i].group, &fields[i].kind);
            remarks.push(Remark::on(Some(&kind), true, format!("argocd-cm {}: {error}", keys[i])));
        }
        Customizations {
            made_from,
            scripts: Scripts::new(self.scripts),
            ignored: Arc::new(ignored),
            unheeded,
            known,
            remarks,
        }
    }
}

/// `group/Kind` taken apart.
fn parts(kind: &str) -> (String, String) {
    kind.rsplit_once('/')
        .map_or((String::new(), kind.to_string()), |(group, kind)| (group.to_string(), kind.to_string()))
}

fn rule(kind: &str, value: &Value) -> Result<IgnoreRule, String> {
    let Some(fields) = value.as_object() else {
        return Err(format!("must be a map, is {}", value.type_name()));
    };
    for (name, _) in fields.iter() {
        if !["jsonPointers", "jqPathExpressions", "managedFieldsManagers"].contains(&&**name) {
            return Err(format!("{name} is not one of jsonPointers, jqPathExpressions, managedFieldsManagers"));
        }
    }
    let strings = |field: &str| -> Result<Vec<String>, String> {
        let items = match value.get(field) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(list) => list.as_array().ok_or_else(|| format!("{field} must be a list, is {}", list.type_name()))?,
        };
        let texts = items.iter().map(|item| item.as_str().map(String::from));
        texts.collect::<Option<_>>().ok_or_else(|| format!("{field} must hold strings"))
    };
    let (group, kind) = parts(kind);
    Ok(IgnoreRule {
        group,
        kind,
        json_pointers: strings("jsonPointers")?,
        jq_path_expressions: strings("jqPathExpressions")?,
        managers: strings("managedFieldsManagers")?,
        ..IgnoreRule::default()
    })
}

fn fields(kind: &str, value: &Value) -> Result<Vec<KnownField>, String> {
    let Some(items) = value.as_array() else {
        return Err(format!("must be a list, is {}", value.type_name()));
    };
    let (group, kind) = parts(kind);
    let read = |item: &Value| match (item.str_at(&["field"]), item.str_at(&["type"])) {
        (Some(field), Some(holds)) => Ok(KnownField {
            group: group.clone(),
            kind: kind.clone(),
            field: field.to_string(),
            holds: holds.to_string(),
        }),
        _ => Err("each entry needs a field and a type".to_string()),
    };
    items.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};
    use bowline_core_types::Object;
    use bowline_plan_diff::Ignored as _;

    use super::*;

    fn read(entries: &[(&str, &str)]) -> Customizations {
        Customizations::read(entries.iter().map(|(key, text)| (format!("{PREFIX}{key}"), text.to_string())).collect())
    }

    fn remarks(customizations: &Customizations, group: &str, kind: &str) -> Vec<(bool, String)> {
        let key = ResourceKey::new(group, kind, "n", "a");
        let key: &ResourceKey = Box::leak(Box::new(key));
        customizations.remarks_on(|| vec![key]).iter().map(|r| (r.is_error, r.message.clone())).collect()
    }

    #[test]
    fn both_forms_are_read_and_the_newer_outweighs() {
        let old = "x.io/A:\n  health.lua: return old\n  health.lua.useOpenLibs: true\n  ignoreDifferences: |\n    jsonPointers: [/spec/a]\n'*.y.io/*':\n  health.lua: return y\n  knownTypeFields:\n  - {field: spec.cpu, type: core/Quantity}\n";
        let both = read(&[
            ("", old),
            (".health.x.io_A", "return new"),
            (".ignoreResourceUpdates.all", "jsonPointers: [/status]"),
        ]);
        let script = both.scripts.script("x.io", "A").unwrap();
        assert_eq!((script.source.as_str(), script.open_libs), ("return new", true));
        assert_eq!(both.scripts.script("deep.y.io", "B").unwrap().source, "return y");
        assert!(both.scripts.script("", "Pod").is_none());
        let json = r#"{"apiVersion":"x.io/v1","kind":"A","spec":{"a":1,"b":2},"status":{}}"#;
        let object = Object::new(from_json(json.as_bytes()).unwrap()).unwrap();
        let mut value = object.value().clone();
        both.ignored.remove(&object, &mut value);
        assert_eq!(to_json(value.get("spec").unwrap(), false), r#"{"b":2}"#);
        assert!(both.unheeded.without(&object).unwrap().value().get("status").is_none());
        assert_eq!(remarks(&both, "x.io", "A"), []);
        assert!(!both.same_health(&Customizations::default(), "x.io", "A"));
        assert!(both.same_health(&Customizations::default(), "", "Pod"));
    }

    #[test]
    fn what_is_wrong_concerns_the_kind_that_it_is_said_of() {
        let wrong = read(&[
            (".ignoreDifferences.apps_Deployment", "jsonPointers: /spec"),
            (".ignoreDifferences.ConfigMap", "{jsonPointers: [data], jqPathExpressions: ['.a[']}"),
            (".ignoreResourceUpdates.all", "fields: []"),
            (".knownTypeFields.x.io_A", "- {field: spec.cpu, type: Cpu}"),
            (".actions.x.io_A", "colour: red"),
            (".colour.x.io_A", "green"),
            (".odd", ""),
        ]);
        let key = "argocd-cm resource.customizations";
        let everywhere = [
            (
                false,
                format!(
                    "{key}.odd changes nothing: the key must be of the form resource.customizations.<what>.<group>_<Kind>"
                ),
            ),
            (
                true,
                format!(
                    "{key}.ignoreResourceUpdates.all: fields is not one of jsonPointers, jqPathExpressions, managedFieldsManagers"
                ),
            ),
        ];
        assert_eq!(remarks(&wrong, "", "Pod"), everywhere);
        let of = |group: &str, kind: &str| -> Vec<(bool, String)> {
            remarks(&wrong, group, kind).into_iter().filter(|r| !everywhere.contains(r)).collect()
        };
        assert_eq!(
            of("apps", "Deployment"),
            [(true, format!("{key}.ignoreDifferences.apps_Deployment: jsonPointers must be a list, is string"))]
        );
        let config_map = of("", "ConfigMap");
        assert_eq!(config_map.len(), 2, "{config_map:?}");
        assert!(config_map[0].1.contains("a JSON pointer begins with a slash"), "{config_map:?}");
        let own: Vec<String> = of("x.io", "A").into_iter().map(|(_, message)| message).collect();
        assert_eq!(own.len(), 3, "{own:?}");
        assert!(
            own.iter().any(|m| m.contains("colour.x.io_A changes nothing: \"colour\" is not one of health,")),
            "{own:?}"
        );
        assert!(own.iter().any(|m| m.contains("actions.x.io_A: colour is not one of discovery.lua,")), "{own:?}");
        assert!(own.iter().any(|m| m.contains("type \"Cpu\" is not supported")), "{own:?}");
        let broken = read(&[("", "- a")]);
        assert_eq!(remarks(&broken, "", "Pod"), [(true, format!("{key}: must be a map from kinds, is array"))]);
    }
}
