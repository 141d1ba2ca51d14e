//! How an application's objects are compared, by its spec, its annotations and the settings.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_control::World;
use bowline_core_crd::{
    Application, ApplicationConditionType as Kind, ApplicationStatus, ResourceIgnoreDifferences, ResultCode,
};
use bowline_core_settings::Settings;
use bowline_core_types::{Object, ResourceKey, annotation};
use bowline_plan_diff::{IgnoreStatus, Rules};
use bowline_plan_ignore::{IgnoreRule, IgnoreRules, respect};
use bowline_plan_planner::{Guard, SyncOptions};

use crate::conditions::Conditions;
use crate::customizations::{Customizations, PREFIX};

/// Compiled rules, with what they were made from.
pub struct Compiled {
    made_from: (Vec<ResourceIgnoreDifferences>, Arc<Customizations>),
    rules: Arc<IgnoreRules>,
    errors: Vec<String>,
}

/// How one application is compared.
#[derive(Clone)]
pub struct Comparing {
    /// What is ignored.
    pub ignored: Arc<IgnoreRules>,
    /// What the settings say of single kinds.
    pub customizations: Arc<Customizations>,
    /// Whether fields count that only the API server or a webhook sets.
    include_webhooks: bool,
    /// The application's sync options.
    options: SyncOptions,
    /// One more manager whose fields are ours to take over.
    migration_manager: Option<String>,
    ignore_status: IgnoreStatus,
    ignore_aggregated_roles: bool,
}

// === impl Comparing ===

impl Comparing {
    /// What spec, annotations and settings say. `known` is the application's own, kept because jq takes a while to compile.
    pub fn of(
        app: &Application,
        customizations: &Arc<Customizations>,
        settings: &Settings,
        known: &mut Option<Compiled>,
        conditions: &mut Conditions,
    ) -> Comparing {
        let own = &app.spec.ignore_differences;
        let compiled = match known.take() {
            Some(compiled) if compiled.made_from.0 == *own && Arc::ptr_eq(&compiled.made_from.1, customizations) => {
                compiled
            }
            _ => compile((own.clone(), customizations.clone())),
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
            customizations: customizations.clone(),
            include_webhooks: says("IncludeMutationWebhook=true"),
            migration_manager: migration_manager(app),
            options,
            ignore_status: ignore_status(settings),
            ignore_aggregated_roles: settings.compare_option("ignoreAggregatedRoles").unwrap_or(false),
        }
    }

    /// What spec, annotations and `argocd-cm` say, and what is wrong with it; for one look from outside of the controller.
    pub fn by_settings(app: &Application, world: &World) -> (Comparing, Vec<String>) {
        let (mut known, mut conditions) = (None, Conditions::default());
        let customizations = Arc::new(Customizations::read(world.config_under("argocd-cm", PREFIX)));
        let mut errors: Vec<String> = customizations
            .remarks
            .iter()
            .filter(|remark| remark.is_error)
            .map(|remark| remark.message.clone())
            .collect();
        let comparing = Comparing::of(app, &customizations, &world.settings(), &mut known, &mut conditions);
        errors.extend(known.map(|compiled| compiled.errors).unwrap_or_default());
        (comparing, errors)
    }

    /// Whether a desired object may hold fields that its kind does not have (`Validate=false`).
    pub fn is_lenient(&self, desired: &Object) -> bool {
        !self.options.with_object(desired).0.validate
    }

    /// What is written for a desired object: with `RespectIgnoreDifferences` what is ignored is left as it is live.
    pub fn respected(&self, options: &SyncOptions, desired: &Object, live: Option<&Object>) -> Object {
        match live {
            Some(live) if options.respect_ignored && !self.ignored.is_empty() => respect(desired, live, &self.ignored),
            _ => desired.clone(),
        }
    }

    /// As the comparison wants them.
    pub fn rules(&self) -> Rules<'_> {
        Rules {
            include_webhooks: self.include_webhooks,
            ignore_status: self.ignore_status,
            ignore_aggregated_roles: self.ignore_aggregated_roles,
            known: Some(&self.customizations.known),
            ignored: (!self.ignored.is_empty()).then_some(&*self.ignored),
            legacy_managers: if self.options.migrate { Rules::default().legacy_managers } else { &[] },
            migration_manager: self.migration_manager.as_deref().filter(|_| self.options.migrate),
            ..Rules::default()
        }
    }
}

/// What stands between a mistake and an outage, as the settings say; nothing where they restore the contract's behaviour.
pub fn guard(settings: &Settings) -> Option<Guard> {
    settings.deletion_guard.then(|| Guard::new(settings.deletion_budget, settings.deletion_share))
}

/// What the last sync on record put into the cluster.
pub fn deployed(status: &ApplicationStatus) -> HashSet<ResourceKey> {
    let result = status.operation_state.as_ref().and_then(|state| state.sync_result.as_ref());
    let results = result.into_iter().flat_map(|result| &result.resources);
    let there = results.filter(|result| result.status == ResultCode::Synced && result.hook_type.is_empty());
    there.map(|r| ResourceKey::new(&*r.group, &*r.kind, &*r.namespace, &*r.name)).collect()
}

/// The manager that the application's annotation adds to those whose fields are taken over.
pub fn migration_manager(app: &Application) -> Option<String> {
    app.metadata.annotations.get(annotation::MIGRATION_MANAGER).filter(|name| !name.is_empty()).cloned()
}

/// Whose status is not compared.
pub fn ignore_status(settings: &Settings) -> IgnoreStatus {
    match settings.compare_options.str_at(&["ignoreResourceStatusField"]) {
        Some("crd") => IgnoreStatus::Crd,
        Some("none" | "off" | "false") => IgnoreStatus::None,
        _ => IgnoreStatus::All,
    }
}

/// The application's own rules and the system's together.
fn compile(made_from: (Vec<ResourceIgnoreDifferences>, Arc<Customizations>)) -> Compiled {
    let rules: Vec<IgnoreRule> = made_from
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
    let (rules, wrong) = IgnoreRules::new(&rules);
    let errors = wrong.iter().map(|error| {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("{error}{cause}")
    });
    let errors = errors.collect();
    Compiled { rules: Arc::new(rules.joined(&made_from.1.ignored)), errors, made_from }
}
