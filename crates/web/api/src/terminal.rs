//! Terminals in an application's pods: who may have one, where, and for how long.

use std::sync::Arc;

use bowline_core_ports::{ClusterError, Pods, Program, Screen, Typing};
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::{AppName, Gvk};
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::tonic::Code;

use crate::application::find::{Named, find};
use crate::own::Parameters;
use crate::setting::{list, switch};

/// Shells that are tried, one after the other, unless the setting says otherwise.
const SHELLS: [&str; 4] = ["bash", "sh", "powershell", "cmd"];
/// Who may not is told no more.
const DENIED: &str = "permission denied";

/// A place at a terminal: somebody may run a shell in a container, as far as is known at this moment.
pub struct Seat {
    /// The application.
    pub app: AppName,
    /// Its project.
    pub project: String,
    /// The pod's namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Shells to try, one after the other.
    pub shells: Vec<String>,
    /// That he may, at the time when he sat down.
    _may: Allowed<action::Create, object::Exec>,
    pods: Arc<dyn Pods>,
    context: Context,
    caller: Caller,
}

/// Why there is no place, as HTTP says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSeat {
    /// The status.
    pub status: u16,
    /// A sentence.
    pub message: String,
}

/// Whether terminals are switched on.
pub fn has_terminals(context: &Context) -> bool {
    switch(context, "exec.enabled", false)
}

// === impl Seat ===

impl Seat {
    /// The place that a query asks for: `pod`, `container`, `appName`, `appNamespace`, `projectName`, `namespace`, `shell`.
    pub async fn take(context: &Context, caller: &Caller, query: &str) -> Result<Seat, NoSeat> {
        let no = |status: u16, message: &str| NoSeat { status, message: message.to_string() };
        let parameters = Parameters::parse(query).map_err(|error| no(400, error.message()))?;
        let text = |name: &str| parameters.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value);
        let [pod, container, name, project, namespace] =
            ["pod", "container", "appName", "projectName", "namespace"].map(text);
        if [pod, container, name, project, namespace].contains(&"") {
            return Err(no(400, "Missing required parameters: pod, container, appName, projectName and namespace"));
        }
        // What is no name of Kubernetes would be another path of its API.
        for (value, what) in [(pod, "Pod"), (container, "Container"), (name, "App"), (namespace, "Namespace")] {
            let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
            if value.len() > 253 || !value.chars().all(inside) || value.starts_with('.') {
                return Err(no(400, &format!("{what} name is not valid")));
            }
        }
        let named = Named { name, namespace: text("appNamespace"), project };
        let found = find(context, caller, named).map_err(|status| match status.code() {
            Code::NotFound => no(404, "App not found"),
            // The contract answers a refusal so, also to who is logged in.
            Code::PermissionDenied => no(401, DENIED),
            Code::Unknown => no(403, status.message()),
            _ => no(400, status.message()),
        })?;
        let may = exec(context, project, &found.name);
        let may = caller.enforcer().permit(action::Create, may).map_err(|_| no(401, DENIED))?;
        let tree = context.engine.tree(&found.name).await.map_err(|error| no(500, &error.message))?;
        let is_it = |node: &&bowline_core_crd::ResourceNode| {
            let of = &node.resource_ref;
            of.group.is_empty() && of.kind == "Pod" && !of.uid.is_empty() && of.name == pod && of.namespace == namespace
        };
        if tree.nodes.iter().find(is_it).is_none() {
            return Err(no(400, "Pod doesn't belong to specified app"));
        }
        let reached = context.engine.reach(&found.app).await.map_err(|error| no(400, &error.message))?;
        let object = reached.cluster.get(&Gvk::new("", "v1", "Pod"), namespace, pod).await;
        let object = object.map_err(|error| no(400, &error.message))?.ok_or_else(|| no(400, "Cannot find pod"))?;
        if object.value().str_at(&["status", "phase"]) != Some("Running") {
            return Err(no(400, "Pod not running"));
        }
        let containers = object.value().get_path(&["spec", "containers"]).and_then(|list| list.as_array());
        if !containers.into_iter().flatten().any(|c| c.str_at(&["name"]) == Some(container)) {
            return Err(no(400, "Cannot find container"));
        }
        let allowed = list(context, "exec.shells", &SHELLS);
        let asked = text("shell");
        let shells = if allowed.iter().any(|shell| shell == asked) { vec![asked.to_string()] } else { allowed };
        Ok(Seat {
            app: found.name,
            project: project.to_string(),
            namespace: namespace.to_string(),
            pod: pod.to_string(),
            container: container.to_string(),
            shells,
            _may: may,
            pods: reached.pods,
            context: context.clone(),
            caller: caller.clone(),
        })
    }

    /// Whether who sits here still may: ask whenever policies, projects or settings changed.
    pub fn may_stay(&self) -> bool {
        let named = Named { name: &self.app.name, namespace: &self.app.namespace, project: &self.project };
        let may = exec(&self.context, &self.project, &self.app);
        has_terminals(&self.context)
            && find(&self.context, &self.caller, named).is_ok()
            && self.caller.enforcer().permit(action::Create, may).is_ok()
    }

    /// Runs a shell.
    pub async fn run(&self, shell: &str, typing: Typing) -> Result<Screen, ClusterError> {
        let program = Program { container: self.container.clone(), command: vec![shell.to_string()] };
        self.pods.terminal(&self.namespace, &self.pod, program, typing).await
    }
}

fn exec(context: &Context, project: &str, app: &AppName) -> object::Exec {
    object::Exec::new(project, &app.namespace, &app.name, context.world.namespace())
}
