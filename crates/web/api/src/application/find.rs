//! Finding the application that a call names, for who may see it.

use std::sync::Arc;

use bowline_base_glob::Glob;
use bowline_core_crd::{AppProject, Application};
use bowline_core_project::is_app_namespace_permitted;
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::AppName;
use bowline_web_wire::tonic::Status;

use crate::Ground;
use crate::caller::{Caller, masked};

/// How a call names an application.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Named<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its namespace; the control namespace where empty.
    pub namespace: &'a str,
    /// Its project, where the caller says.
    pub project: &'a str,
}

/// An application that was found, with the proof that it may be seen.
#[derive(Debug)]
pub(crate) struct Found {
    /// What it is called.
    pub name: AppName,
    /// As it is known.
    pub app: Arc<Application>,
    /// Its project.
    pub project: Arc<AppProject>,
    /// That the caller may see it.
    pub may_get: Allowed<action::Get, object::Application>,
}

/// The application, where the caller may see it.
///
/// Who names no project is not told whether the application is missing or forbidden. Who names one, and may see applications
/// of that name in it, is told that there is none; an application in another project is none.
pub(crate) fn find(ground: &Ground, caller: &Caller, named: Named<'_>) -> Result<Found, Status> {
    let control = ground.world.namespace();
    let namespace = if named.namespace.is_empty() { control } else { named.namespace };
    check_namespace(ground, namespace)?;
    let enforcer = caller.enforcer();
    let asked = |project: &str| object::Application::new(project, namespace, named.name, control);
    if !named.project.is_empty() && enforcer.permit(action::Get, asked(named.project)).is_err() {
        return Err(masked());
    }
    let missing = || match named.project {
        "" => masked(),
        _ => Status::not_found(format!("applications.argoproj.io {:?} not found", named.name)),
    };
    let name = AppName::new(namespace, named.name);
    let app = ground.world.app(&name).ok_or_else(missing)?;
    let may_get = enforcer.permit(action::Get, asked(app.spec.project())).map_err(|_| missing())?;
    if !named.project.is_empty() && app.spec.project() != named.project {
        return Err(missing());
    }
    let project = usable_project(ground, &app)?;
    Ok(Found { name, app, project, may_get })
}

/// The application's project, where it exists and lets the application use it.
pub(crate) fn usable_project(ground: &Ground, app: &Application) -> Result<Arc<AppProject>, Status> {
    let name = app.spec.project();
    let control = ground.world.namespace();
    let project = ground.world.project(name);
    project.filter(|project| is_app_namespace_permitted(&project.spec, &app.metadata.namespace, control)).ok_or_else(
        || Status::invalid_argument(format!("app is not allowed in project {name:?}, or the project does not exist")),
    )
}

/// Whether applications may stand in the namespace at all.
pub(crate) fn check_namespace(ground: &Ground, namespace: &str) -> Result<(), Status> {
    let settings = ground.world.settings();
    let mut patterns = settings.application_namespaces.iter();
    let permitted = namespace == ground.world.namespace()
        || patterns.any(|pattern| Glob::new(pattern, &[]).is_ok_and(|glob| glob.matches(namespace)));
    if permitted { Ok(()) } else { Err(Status::unknown(format!("namespace '{namespace}' is not permitted"))) }
}

impl Found {
    /// The application as policies name it.
    pub(crate) fn object(&self, ground: &Ground) -> object::Application {
        object::Application::new(
            self.app.spec.project(),
            &self.name.namespace,
            &self.name.name,
            ground.world.namespace(),
        )
    }
}

/// A text that may be absent.
pub(crate) fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}
