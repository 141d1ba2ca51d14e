//! Extensions of the server: backends that requests under `/extensions/NAME/…` are handed on to, for who may invoke them on an
//! application that he may see.

mod config;

use bowline_core_project::{Destination, is_destination_permitted};
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::Sensitive;
use bowline_web_admin::{Caller, Context};

use crate::application::find::{Named, find};
pub use config::ExtensionProxy;
use config::{Backend, Service, extensions};

/// What names the application: `namespace:name`.
const APPLICATION: &str = "argocd-application-name";
/// What names its project.
const PROJECT: &str = "argocd-project-name";
/// What the server alone says to a backend; what a client says so is taken away.
pub const EXTENSION_HEADERS: [&str; 6] = [
    "argocd-namespace",
    "argocd-target-cluster-name",
    "argocd-target-cluster-url",
    "argocd-username",
    "argocd-user-id",
    "argocd-user-groups",
];

/// A backend that a request may be handed on to.
#[derive(Debug)]
pub struct Invocation {
    /// Its URL.
    pub url: String,
    /// How connections to it are made.
    pub proxy: ExtensionProxy,
    /// Headers that the request gets; credentials may be among them.
    pub headers: Vec<(String, Sensitive<String>)>,
    /// That the caller may invoke it.
    pub may: Allowed<action::Invoke, object::Extension>,
}

/// Why a request goes no further, as HTTP says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInvoked {
    /// The status.
    pub status: u16,
    /// A sentence.
    pub message: String,
}

/// Whether requests are handed on at all.
pub fn has_extensions(context: &Context) -> bool {
    context
        .world
        .config("argocd-cmd-params-cm", "server.enable.proxy.extension")
        .is_some_and(|text| text.trim() == "true")
}

/// The backend of an extension for a request with these headers.
pub async fn invoke(
    context: &Context,
    caller: &Caller,
    extension: &str,
    header: impl Fn(&str) -> Option<String>,
) -> Result<Invocation, NotInvoked> {
    let no = |status: u16, message: String| NotInvoked { status, message };
    // Who may not is not told what there is: neither the application nor the extension.
    let denied = || no(401, "Unauthorized extension request".to_string());
    let told = |name: &'static str, shown: &str| {
        let missing = || no(400, format!("Invalid headers: header {shown:?} must be provided"));
        header(name).filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    let app = told(APPLICATION, "Argocd-Application-Name")?;
    let project = told(PROJECT, "Argocd-Project-Name")?;
    let Some((namespace, name)) = app.split_once(':').filter(|(_, name)| !name.contains(':')) else {
        let form = "expected format: <namespace>:<app-name>";
        return Err(no(400, format!("Invalid headers: invalid value for \"Argocd-Application-Name\" header: {form}")));
    };
    let found = find(context, caller, Named { name, namespace, project: &project }).map_err(|_| denied())?;
    let may = caller.enforcer().permit(action::Invoke, object::Extension { name: extension.to_string() });
    let may = may.map_err(|_| denied())?;
    let to = &found.app.spec.destination;
    let cluster = context.world.destination(&to.server, &to.name).map_err(|_| denied())?;
    let destination = Destination {
        server: &cluster.server,
        name: &cluster.name,
        namespace: &to.namespace,
        scoped_to_project: cluster.project == project,
    };
    if !is_destination_permitted(&found.project.spec, destination) {
        return Err(denied());
    }
    let backend = extensions(context).await.map_err(|reason| {
        tracing::error!(reason, "extension.config of argocd-cm cannot be used");
        no(500, "the extensions' configuration cannot be used; the server's log says why".to_string())
    })?;
    let backend: Backend = backend
        .into_iter()
        .find_map(|(name, backend)| (name == extension).then_some(backend))
        .ok_or_else(|| no(404, "Extension not found".to_string()))?;
    let several = backend.services.len() > 1;
    let is_for = |service: &&Service| match &service.cluster {
        Some(of) if several => of.is(&cluster.name, &cluster.server),
        _ => !several,
    };
    let service = backend.services.iter().find(is_for).ok_or_else(|| no(400, "invalid extension".to_string()))?;
    let principal = &caller.principal;
    let mut headers = vec![
        ("argocd-namespace", context.world.namespace().to_string()),
        ("argocd-target-cluster-name", cluster.name.clone()),
        ("argocd-target-cluster-url", cluster.server.clone()),
        ("argocd-username", principal.username.clone()),
        ("argocd-user-id", principal.id.clone()),
        ("argocd-user-groups", principal.groups.join(",")),
    ];
    headers.retain(|(_, value)| !value.is_empty());
    let mut headers: Vec<(String, Sensitive<String>)> =
        headers.into_iter().map(|(name, value)| (name.to_string(), value.into())).collect();
    headers.extend(service.headers.iter().map(|header| (header.name.clone(), header.value.clone())));
    Ok(Invocation { url: service.url.clone(), proxy: backend.proxy, headers, may })
}
