//! `spec.destinations`.

use bowline_core_crd::AppProjectSpec;

use crate::matches;

/// Where an application goes: a cluster by both of its names, and a namespace.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// URL of the cluster.
    pub server: &'a str,
    /// Name of the cluster.
    pub name: &'a str,
    /// Namespace; empty for cluster-scoped objects.
    pub namespace: &'a str,
    /// Whether the cluster is owned by this very project.
    pub scoped_to_project: bool,
}

/// Whether applications of the project may go there.
pub fn is_destination_permitted(project: &AppProjectSpec, destination: Destination<'_>) -> bool {
    if project.permit_only_project_scoped_clusters && !destination.scoped_to_project {
        return false;
    }
    let denies = |pattern: &str| pattern.starts_with('!');
    let mut permitted = false;
    for item in &project.destinations {
        let name = !destination.name.is_empty() && matches(&item.name, destination.name, &[]);
        let server = !destination.server.is_empty() && matches(&item.server, destination.server, &[]);
        let namespace = matches(&item.namespace, destination.namespace, &[]);
        if (server || name) && namespace {
            permitted = true;
        } else if (!name && denies(&item.name))
            || (!server && denies(&item.server) && namespace)
            || (!namespace && denies(&item.namespace) && server)
        {
            return false;
        }
    }
    permitted
}
