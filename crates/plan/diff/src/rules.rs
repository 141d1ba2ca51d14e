//! [`Rules`]: what is left out of a comparison, and what is let in.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::KnownTypes;

/// `resource.compareoptions.ignoreResourceStatusField`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IgnoreStatus {
    /// The status of every kind (the default).
    #[default]
    All,
    /// That of CustomResourceDefinitions only.
    Crd,
    /// None.
    None,
}

/// Takes what is to be ignored out of an object: the seam for rules of other kinds than this crate knows (jq paths).
pub trait Ignored: Sync {
    /// Removes the ignored fields from `value`, the whole of an object of the kind and name of `object`.
    fn remove(&self, object: &Object, value: &mut Value);

    /// Field managers whose live values are not compared.
    fn managers(&self, object: &Object) -> Vec<String>;
}

/// How objects are compared.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The field manager that we apply as.
    pub manager: &'a str,
    /// Managers of client-side applies whose fields are ours to take over; none where that is turned off.
    pub legacy_managers: &'a [&'a str],
    /// One more of them, that the application names.
    pub migration_manager: Option<&'a str>,
    /// Whether fields count that nobody but the API server or a webhook sets (`IncludeMutationWebhook`).
    pub include_webhooks: bool,
    /// Whose status is left out.
    pub ignore_status: IgnoreStatus,
    /// Whether the rules of aggregated roles are left out.
    pub ignore_aggregated_roles: bool,
    /// Fields of custom kinds that hold types of Kubernetes.
    pub known: Option<&'a KnownTypes>,
    /// Fields that users want ignored.
    pub ignored: Option<&'a dyn Ignored>,
}

// === impl Rules ===

impl Default for Rules<'_> {
    fn default() -> Self {
        Rules {
            manager: bowline_core_types::annotation::FIELD_MANAGER,
            legacy_managers: &bowline_plan_merge::LEGACY_MANAGERS,
            migration_manager: None,
            include_webhooks: false,
            ignore_status: IgnoreStatus::default(),
            ignore_aggregated_roles: false,
            known: None,
            ignored: None,
        }
    }
}
