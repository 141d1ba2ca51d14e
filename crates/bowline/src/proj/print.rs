//! How projects are shown, in the columns of Argo CD's own command line.

use std::io::{self, Write};

use bowline_core_crd::{AppProject, AppProjectSpec, ApplicationDestination, ApplicationDestinationServiceAccount};

use crate::output::table;

/// What belongs to a project alone.
#[derive(Debug, Default)]
pub struct Scoped {
    /// Addresses of repositories.
    pub repositories: Vec<String>,
    /// Addresses of clusters.
    pub clusters: Vec<String>,
}

/// `proj get`.
pub fn one(out: &mut dyn Write, project: &AppProject, scoped: &Scoped) -> io::Result<()> {
    let spec = &project.spec;
    let lines = |name: &str, values: Vec<String>| {
        let values = if values.is_empty() { vec!["<none>".to_string()] } else { values };
        values
            .into_iter()
            .enumerate()
            .map(|(i, value)| format!("{:<29}{value}\n", if i == 0 { name } else { "" }))
            .collect::<String>()
    };
    let kind = |group: &str, kind: &str| format!("{group}/{kind}");
    write!(out, "{}", lines("Name:", vec![project.metadata.name.clone()]))?;
    write!(out, "{}", lines("Description:", vec![spec.description.clone()]))?;
    write!(out, "{}", lines("Destinations:", spec.destinations.iter().map(destination).collect()))?;
    write!(out, "{}", lines("Repositories:", spec.source_repos.clone()))?;
    write!(out, "{}", lines("Source Namespaces:", spec.source_namespaces.clone()))?;
    write!(out, "{}", lines("Scoped Repositories:", scoped.repositories.clone()))?;
    let allowed = spec.cluster_resource_whitelist.iter().map(|k| kind(&k.group, &k.kind)).collect();
    write!(out, "{}", lines("Allowed Cluster Resources:", allowed))?;
    write!(out, "{}", lines("Scoped Clusters:", scoped.clusters.clone()))?;
    let denied = spec.namespace_resource_blacklist.iter().map(|k| kind(&k.group, &k.kind)).collect();
    write!(out, "{}", lines("Denied Namespaced Resources:", denied))?;
    let keys: Vec<&str> = spec.signature_keys.iter().map(|k| k.key_id.as_str()).collect();
    let keys = if keys.is_empty() { Vec::new() } else { vec![keys.join(", ")] };
    write!(out, "{}", lines("Signature keys:", keys))?;
    write!(out, "{}", lines("Orphaned Resources:", vec![orphaned(spec)]))
}

/// `proj list`.
pub fn list<'a>(out: &mut dyn Write, projects: impl Iterator<Item = &'a AppProject>) -> io::Result<()> {
    let rows = projects.map(|project| {
        let spec = &project.spec;
        let count = |one: Option<String>, n: usize, noun: &str| match (one, n) {
            (_, 0) => "<none>".to_string(),
            (Some(one), 1) => one,
            (_, n) => format!("{n} {noun}"),
        };
        let first = spec.cluster_resource_whitelist.first().map(|k| format!("{}/{}", k.group, k.kind));
        vec![
            project.metadata.name.clone(),
            spec.description.clone(),
            count(spec.destinations.first().map(destination), spec.destinations.len(), "destinations"),
            count(spec.source_repos.first().cloned(), spec.source_repos.len(), "repos"),
            count(first, spec.cluster_resource_whitelist.len(), "resources"),
            count(None, spec.namespace_resource_blacklist.len(), "resources"),
            count(None, spec.signature_keys.len(), "key(s)"),
            orphaned(spec),
            count(
                spec.destination_service_accounts.first().map(service_account),
                spec.destination_service_accounts.len(),
                "destinationServiceAccounts",
            ),
        ]
    });
    let headers = [
        "NAME",
        "DESCRIPTION",
        "DESTINATIONS",
        "SOURCES",
        "CLUSTER-RESOURCE-WHITELIST",
        "NAMESPACE-RESOURCE-BLACKLIST",
        "SOURCE-INTEGRITY",
        "ORPHANED-RESOURCES",
        "DESTINATION-SERVICE-ACCOUNTS",
    ];
    table::print(out, &headers, rows)
}

fn destination(destination: &ApplicationDestination) -> String {
    format!("{},{}", destination.cluster(), destination.namespace)
}

fn service_account(account: &ApplicationDestinationServiceAccount) -> String {
    format!("{},{},{}", account.server, account.namespace, account.default_service_account)
}

fn orphaned(spec: &AppProjectSpec) -> String {
    let Some(settings) = &spec.orphaned_resources else { return "disabled".to_string() };
    let warn = settings.warn == Some(true);
    match settings.ignore.len() {
        0 => format!("enabled (warn={warn})"),
        n => format!("enabled (warn={warn}, ignored {n})"),
    }
}
