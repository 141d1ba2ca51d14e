//! Which of an application's live objects a command is about.

use bowline_core_crd::{Application, ResourceStatus};
use bowline_core_types::{Gvk, ResourceKey};
use clap::Args;

use super::reference::AppRef;
use super::store::{Apps, ServerApps, Stored};
use crate::control::{self, Destination};
use crate::error::CliError;
use crate::global::Global;

/// The flags that choose objects.
#[derive(Args, Clone, Debug)]
pub struct ObjectFlags {
    /// Kind
    #[arg(long)]
    kind: String,
    /// Name
    #[arg(long, value_name = "NAME")]
    resource_name: Option<String>,
    /// API group
    #[arg(long)]
    group: Option<String>,
    // `--namespace` names the control namespace everywhere.
    /// Namespace of the object
    #[arg(long = "resource-namespace", value_name = "NAMESPACE")]
    namespace: Option<String>,
    /// All objects that match, where there are several
    #[arg(long)]
    all: bool,
}

/// The application, the way to its objects, and those that were chosen.
pub struct Chosen {
    /// The application.
    pub app: Application,
    /// The way to its objects.
    pub way: Way,
    /// The objects, one at least.
    pub objects: Vec<(Gvk, ResourceKey)>,
}

/// The way to an application's objects.
pub enum Way {
    /// To its cluster.
    Core(Box<Destination>),
    /// Through a server.
    Server(ServerApps),
}

// === impl ObjectFlags ===

impl ObjectFlags {
    /// The managed objects that the flags choose; several only with `--all`.
    pub async fn choose(&self, global: &Global, app: &AppRef, what: &str) -> Result<Chosen, CliError> {
        let apps = Apps::connect(global).await?;
        let (namespace, name) = app.resolve(global);
        let Stored { app, .. } = apps.get(&namespace, &name).await?;
        let objects: Vec<(Gvk, ResourceKey)> =
            app.status.resources.iter().filter(|r| self.matches(r)).map(named).collect();
        if objects.is_empty() {
            return Err(CliError::failed("No matching resource found")
                .hint(format!("bowline app resources {name} shows the application's objects")));
        }
        if objects.len() > 1 && !self.all {
            return Err(CliError::failed(format!(
                "Multiple resources match inputs. Use the --all flag to {what} multiple resources"
            )));
        }
        let way = match apps {
            Apps::Core(apps) => {
                let world = control::world(apps.kube(), global).await?;
                Way::Core(Box::new(control::destination(apps.kube(), &world, &app.spec.destination).await?))
            }
            Apps::Server(apps) => Way::Server(apps),
        };
        Ok(Chosen { app, way, objects })
    }

    fn matches(&self, resource: &ResourceStatus) -> bool {
        let is = |flag: &Option<String>, text: &str| flag.as_deref().is_none_or(|flag| flag == text);
        self.kind == resource.kind
            && is(&self.resource_name, &resource.name)
            && is(&self.group, &resource.group)
            && is(&self.namespace, &resource.namespace)
    }
}

fn named(resource: &ResourceStatus) -> (Gvk, ResourceKey) {
    let ResourceStatus { group, version, kind, namespace, name, .. } = resource;
    let gvk = Gvk::new(group.as_str(), version.as_str(), kind.as_str());
    (gvk, ResourceKey::new(group.as_str(), kind.as_str(), namespace.as_str(), name.as_str()))
}
