//! Finding the ApplicationSet that a call names, for who may see it.

use std::sync::Arc;

use bowline_core_crd::{ApplicationSet, DEFAULT_PROJECT};
use bowline_core_rbac::{action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Caller, Context, hidden};
use bowline_web_wire::tonic::Status;

use crate::application::find::check_namespace;

/// An ApplicationSet that was found; the caller may see it.
pub(crate) struct Found {
    /// What it is called.
    pub name: AppName,
    /// As it is known.
    pub set: Arc<ApplicationSet>,
}

/// The ApplicationSet, where the caller may see it.
///
/// One that is missing and one that is forbidden are answered alike: who may see sets of that name in whatever project is told
/// that there is none, anybody else that it is denied.
pub(crate) fn find(context: &Context, caller: &Caller, name: &str, namespace: &str) -> Result<Found, Status> {
    let control = context.world.namespace();
    let namespace = if namespace.is_empty() { control } else { namespace };
    check_namespace(context, namespace)?;
    let enforcer = caller.enforcer();
    let may_see = |project: &str| {
        enforcer.permit(action::Get, object::ApplicationSet::new(project, namespace, name, control)).is_ok()
    };
    let full = AppName::new(namespace, name);
    let known = context.world.application_sets().get(&full).filter(|known| may_see(project(&known.object)));
    match known {
        Some(known) => Ok(Found { name: full, set: known.object.clone() }),
        // No project is called so: only a rule over all projects allows it.
        None if may_see("*") => Err(Status::not_found(format!("applicationsets.argoproj.io {name:?} not found"))),
        None => Err(hidden()),
    }
}

/// The project that a set's applications belong to, which guards the set.
pub(crate) fn project(set: &ApplicationSet) -> &str {
    match set.spec.template.spec.project.as_str() {
        "" => DEFAULT_PROJECT,
        project => project,
    }
}

/// The set as policies name it.
pub(crate) fn guarded(context: &Context, set: &ApplicationSet) -> object::ApplicationSet {
    object::ApplicationSet::new(project(set), &set.metadata.namespace, &set.metadata.name, context.world.namespace())
}
