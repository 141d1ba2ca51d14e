//! Finding the application that a call names, for who may see it.

use std::sync::Arc;

use bowline_base_glob::Glob;
use bowline_core_crd::{AppProject, Application, Resource};
use bowline_core_project::is_app_namespace_permitted;
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{About, Caller, Context, hidden};
use bowline_web_wire::application::{
    ApplicationDeleteRequest, ApplicationManifestQuery, ApplicationManifestQueryWithFiles, ApplicationPatchRequest,
    ApplicationPodLogsQuery, ApplicationResourceDeleteRequest, ApplicationResourceEventsQuery,
    ApplicationResourcePatchRequest, ApplicationResourceRequest, ApplicationRollbackRequest, ApplicationSyncRequest,
    ApplicationSyncWindowsQuery, ApplicationUpdateSpecRequest, OperationTerminateRequest, ResourceActionRunRequestV2,
    RevisionMetadataQuery,
};
use bowline_web_wire::tonic::Status;

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
pub(crate) fn find<'a>(context: &Context, caller: &Caller, named: impl Into<Named<'a>>) -> Result<Found, Status> {
    let named = named.into();
    let control = context.world.namespace();
    let namespace = if named.namespace.is_empty() { control } else { named.namespace };
    check_namespace(context, namespace)?;
    let enforcer = caller.enforcer();
    let asked = |project: &str| object::Application::new(project, namespace, named.name, control);
    if !named.project.is_empty() && enforcer.permit(action::Get, asked(named.project)).is_err() {
        return Err(hidden());
    }
    let missing = || match named.project {
        "" => hidden(),
        _ => Status::not_found(format!("applications.argoproj.io {:?} not found", named.name)),
    };
    let name = AppName::new(namespace, named.name);
    let app = context.world.app(&name).ok_or_else(missing)?;
    let may_get = enforcer.permit(action::Get, asked(app.spec.project())).map_err(|_| missing())?;
    if !named.project.is_empty() && app.spec.project() != named.project {
        return Err(missing());
    }
    let project = usable_project(context, &app)?;
    Ok(Found { name, app, project, may_get })
}

/// The application's project, where it exists and lets the application use it.
pub(crate) fn usable_project(context: &Context, app: &Application) -> Result<Arc<AppProject>, Status> {
    let name = app.spec.project();
    let control = context.world.namespace();
    let project = context.world.project(name);
    project.filter(|project| is_app_namespace_permitted(&project.spec, &app.metadata.namespace, control)).ok_or_else(
        || Status::invalid_argument(format!("app is not allowed in project {name:?}, or the project does not exist")),
    )
}

/// Whether applications may stand in the namespace at all.
pub(crate) fn check_namespace(context: &Context, namespace: &str) -> Result<(), Status> {
    let settings = context.world.settings();
    let mut patterns = settings.application_namespaces.iter();
    let permitted = namespace == context.world.namespace()
        || patterns.any(|pattern| Glob::new(pattern, &[]).is_ok_and(|glob| glob.matches(namespace)));
    if permitted { Ok(()) } else { Err(Status::unknown(format!("namespace '{namespace}' is not permitted"))) }
}

/// An application as Events are about it.
pub(crate) fn about(app: &Application) -> About<'_> {
    About { kind: Application::KIND, metadata: &app.metadata }
}

impl Found {
    /// The application as Events are about it.
    pub(crate) fn about(&self) -> About<'_> {
        about(&self.app)
    }

    /// The application as policies name it.
    pub(crate) fn object(&self, context: &Context) -> object::Application {
        object::Application::new(
            self.app.spec.project(),
            &self.name.namespace,
            &self.name.name,
            context.world.namespace(),
        )
    }
}

/// Requests that name an application as most do.
macro_rules! named {
    ($($request:ident),* $(,)?) => {$(
        impl<'a> From<&'a $request> for Named<'a> {
            fn from(request: &'a $request) -> Named<'a> {
                Named {
                    name: text(&request.name),
                    namespace: text(&request.app_namespace),
                    project: text(&request.project),
                }
            }
        }
    )*};
}

named! {
    ApplicationDeleteRequest,
    ApplicationManifestQuery,
    ApplicationManifestQueryWithFiles,
    ApplicationPatchRequest,
    ApplicationPodLogsQuery,
    ApplicationResourceDeleteRequest,
    ApplicationResourceEventsQuery,
    ApplicationResourcePatchRequest,
    ApplicationResourceRequest,
    ApplicationRollbackRequest,
    ApplicationSyncRequest,
    ApplicationSyncWindowsQuery,
    ApplicationUpdateSpecRequest,
    OperationTerminateRequest,
    ResourceActionRunRequestV2,
    RevisionMetadataQuery,
}

/// A text that may be absent.
pub(crate) fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}
