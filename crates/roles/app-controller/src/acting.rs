//! Whom the cluster is written to, and asked, as: the controller, or (impersonation) a service account that the project names.

use std::sync::Arc;

use bowline_base_kube::Impersonate;
use bowline_core_crd::{AppProject, Application};
use bowline_core_project::{SyncTarget, service_account};
use bowline_sync_apply::KubeCluster;

use crate::Shared;
use crate::clusters::Destination;

/// The cluster as the one whom the project names for the application; a sentence where nobody is named who must be.
pub fn acting(
    shared: &Shared,
    app: &Application,
    project: Option<&AppProject>,
    destination: &Destination,
) -> Result<Arc<KubeCluster>, String> {
    let settings = shared.world.settings();
    let cluster = &destination.cluster;
    if !settings.impersonation {
        return Ok(cluster.clone());
    }
    let Some(project) = project else {
        let name = app.spec.project();
        return Err(format!("nobody is named to act as: Application referencing project {name} which does not exist"));
    };
    let target = SyncTarget {
        server: &destination.reference.server,
        namespace: &app.spec.destination.namespace,
        app_namespace: &app.metadata.namespace,
    };
    let user = service_account(&project.spec, target, settings.impersonation_enforced).map_err(|e| e.to_string())?;
    let Some(user) = user else { return Ok(cluster.clone()) };
    let client = destination.cache.client().impersonate(&Impersonate { user, ..Impersonate::default() });
    Ok(Arc::new(cluster.acting_as(client.map_err(|e| e.to_string())?)))
}
