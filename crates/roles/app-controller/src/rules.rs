//! How an application's objects are compared, by its spec, its annotations and the settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_value::{Value, yaml};
use bowline_core_control::World;
use bowline_core_crd::{Application, ApplicationConditionType as Kind, ResourceIgnoreDifferences};
use bowline_core_types::annotation;
use bowline_plan_diff::{IgnoreStatus, Rules};
use bowline_plan_ignore::{IgnoreRule, IgnoreRules};
use bowline_plan_planner::SyncOptions;

use crate::conditions::Conditions;

/// Settings of ignored differences: `resource.customizations.ignoreDifferences.<group>_<Kind>` (or `all`).
pub const PREFIX: &str = "resource.customizations.ignoreDifferences.";

/// Compiled rules, with what they were made from.
pub struct Compiled {
    made_from: (Vec<ResourceIgnoreDifferences>, BTreeMap<String, String>),
    rules: Arc<IgnoreRules>,
    errors: Vec<String>,
}

/// How one application is compared.
#[derive(Clone)]
pub struct Comparing {
    /// What is ignored.
    pub ignored: Arc<IgnoreRules>,
    /// Whether fields count that only the API server or a webhook sets.
    include_webhooks: bool,
    /// Whether fields of client-side applies are ours to take over.
    migrate: bool,
    ignore_status: IgnoreStatus,
    ignore_aggregated_roles: bool,
}

// === impl Comparing ===

impl Comparing {
    /// What spec, annotations and settings say. `known` is the application's own, kept because jq takes a while to compile.
    pub fn of(
        app: &Application,
        customizations: BTreeMap<String, String>,
        compare_options: &Value,
        known: &mut Option<Compiled>,
        conditions: &mut Conditions,
    ) -> Comparing {
        let made_from = (app.spec.ignore_differences.clone(), customizations);
        let compiled = match known.take() {
            Some(compiled) if compiled.made_from == made_from => compiled,
            _ => compile(made_from),
        };
        for error in &compiled.errors {
            conditions.add(Kind::InvalidSpecError, error.clone());
        }
        let ignored = compiled.rules.clone();
        *known = Some(compiled);
        let says = |option: &str| {
            let options = app.metadata.annotations.get(annotation::COMPARE_OPTIONS).map(String::as_str);
            options.unwrap_or_default().split(',').any(|o| o.trim() == option)
        };
        let sync_options = app.spec.sync_policy.as_ref().map(|p| p.sync_options.as_slice()).unwrap_or_default();
        let (options, _) = SyncOptions::parse(sync_options.iter().map(String::as_str));
        Comparing {
            ignored,
            include_webhooks: says("IncludeMutationWebhook=true"),
            migrate: options.migrate,
            ignore_status: match compare_options.str_at(&["ignoreResourceStatusField"]) {
                Some("crd") => IgnoreStatus::Crd,
                Some("none" | "off" | "false") => IgnoreStatus::None,
                _ => IgnoreStatus::All,
            },
            ignore_aggregated_roles: compare_options
                .get("ignoreAggregatedRoles")
                .and_then(Value::as_bool)
                .unwrap_or_default(),
        }
    }

    /// What spec, annotations and `argocd-cm` say, and what is wrong with it; for one look from outside of the controller.
    pub fn by_settings(app: &Application, world: &World) -> (Comparing, Vec<String>) {
        let (mut known, mut conditions) = (None, Conditions::default());
        let options = world.settings().compare_options.clone();
        let customizations = world.config_under("argocd-cm", PREFIX);
        let comparing = Comparing::of(app, customizations, &options, &mut known, &mut conditions);
        (comparing, known.map(|compiled| compiled.errors).unwrap_or_default())
    }

    /// As the comparison wants them.
    pub fn rules(&self) -> Rules<'_> {
        Rules {
            include_webhooks: self.include_webhooks,
            ignore_status: self.ignore_status,
            ignore_aggregated_roles: self.ignore_aggregated_roles,
            ignored: (!self.ignored.is_empty()).then_some(&*self.ignored),
            legacy_managers: if self.migrate { Rules::default().legacy_managers } else { &[] },
            ..Rules::default()
        }
    }
}

fn compile(made_from: (Vec<ResourceIgnoreDifferences>, BTreeMap<String, String>)) -> Compiled {
    let mut errors = Vec::new();
    let mut rules: Vec<IgnoreRule> = made_from
        .0
        .iter()
        .map(|rule| IgnoreRule {
            group: rule.group.clone(),
            kind: rule.kind.clone(),
            name: rule.name.clone(),
            namespace: rule.namespace.clone(),
            json_pointers: rule.json_pointers.clone(),
            jq_path_expressions: rule.jq_path_expressions.clone(),
            managers: rule.managed_fields_managers.clone(),
        })
        .collect();
    for (key, text) in &made_from.1 {
        let Some(kind) = key.strip_prefix(PREFIX) else { continue };
        // `apps_Deployment`, `ConfigMap` in the core group, or `all`.
        let (group, kind) = match kind.rsplit_once('_') {
            _ if kind == "all" => ("*", "*"),
            Some((group, kind)) => (group, kind),
            None => ("", kind),
        };
        let value = match yaml::from_yaml(text) {
            Ok(value) => value,
            Err(error) => {
                errors.push(format!("argocd-cm {key}: {error}"));
                continue;
            }
        };
        let strings = |field: &str| -> Vec<String> {
            let items = value.get(field).and_then(Value::as_array).unwrap_or_default();
            items.iter().filter_map(Value::as_str).map(String::from).collect()
        };
        rules.push(IgnoreRule {
            group: group.to_string(),
            kind: kind.to_string(),
            name: String::new(),
            namespace: String::new(),
            json_pointers: strings("jsonPointers"),
            jq_path_expressions: strings("jqPathExpressions"),
            managers: strings("managedFieldsManagers"),
        });
    }
    let (rules, wrong) = IgnoreRules::new(&rules);
    errors.extend(wrong.iter().map(|error| {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{error}{cause}")
    }));
    Compiled { made_from, rules: Arc::new(rules), errors }
}
