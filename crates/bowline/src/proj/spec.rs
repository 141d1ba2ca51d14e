//! Flags for a project's spec, shared by `proj create` and `proj set`.

use bowline_core_crd::{
    AppProjectSpec, ApplicationDestination, ApplicationDestinationServiceAccount, ClusterResourceRestrictionItem,
    GroupKind, OrphanedResourcesMonitorSettings, SignatureKey,
};
use clap::Args;

use crate::error::CliError;

/// Flags for a spec; what is not given stays as it is.
#[derive(Args, Clone, Debug, Default)]
pub struct ProjectFlags {
    /// What the project is for
    #[arg(long)]
    description: Option<String>,
    /// Permitted source repositories; globs, `!` in front refuses
    #[arg(short = 's', long = "src", value_name = "URL")]
    sources: Vec<String>,
    /// Permitted destinations: server (or name:NAME), and namespace
    #[arg(short = 'd', long = "dest", value_name = "SERVER,NAMESPACE")]
    destinations: Vec<String>,
    /// Service accounts that syncs act as: server, namespace, account
    #[arg(long = "dest-service-accounts", value_name = "SERVER,NAMESPACE,ACCOUNT")]
    service_accounts: Vec<String>,
    /// Namespaces whose Applications may use the project
    #[arg(long = "source-namespaces", value_name = "NAMESPACE", value_delimiter = ',')]
    source_namespaces: Vec<String>,
    /// Permitted cluster-scoped kinds
    #[arg(long = "allow-cluster-resource", value_name = "GROUP/KIND")]
    allow_cluster: Vec<String>,
    /// Refused cluster-scoped kinds
    #[arg(long = "deny-cluster-resource", value_name = "GROUP/KIND")]
    deny_cluster: Vec<String>,
    /// Permitted namespaced kinds; where any is given, no others are
    #[arg(long = "allow-namespaced-resource", value_name = "GROUP/KIND")]
    allow_namespaced: Vec<String>,
    /// Refused namespaced kinds
    #[arg(long = "deny-namespaced-resource", value_name = "GROUP/KIND")]
    deny_namespaced: Vec<String>,
    /// Watch for objects that belong to no application
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    orphaned_resources: Option<bool>,
    /// Tell of them as a condition of applications
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    orphaned_resources_warn: Option<bool>,
    /// IDs of GnuPG keys of which one must have signed a commit
    #[arg(long = "signature-keys", value_name = "KEY-ID", value_delimiter = ',')]
    signature_keys: Vec<String>,
}

/// `SERVER,NAMESPACE` (or `name:NAME,NAMESPACE`) as a destination.
pub fn destination(text: &str, flag: &str) -> Result<ApplicationDestination, CliError> {
    let (server, namespace) =
        text.split_once(',').ok_or_else(|| CliError::usage(format!("{flag} {text}: write SERVER,NAMESPACE")))?;
    let named = server.strip_prefix("name:");
    Ok(ApplicationDestination {
        server: if named.is_some() { String::new() } else { server.to_string() },
        name: named.unwrap_or_default().to_string(),
        namespace: namespace.to_string(),
    })
}

/// `GROUP/KIND` as its two parts.
pub fn kind(text: &str, flag: &str) -> Result<(String, String), CliError> {
    match text.split_once('/') {
        Some((group, kind)) => Ok((group.to_string(), kind.to_string())),
        None => Err(CliError::usage(format!("{flag} {text}: write GROUP/KIND (/KIND in the core group)"))),
    }
}

// === impl ProjectFlags ===

impl ProjectFlags {
    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        let lists = [
            &self.sources,
            &self.destinations,
            &self.service_accounts,
            &self.source_namespaces,
            &self.allow_cluster,
            &self.deny_cluster,
            &self.allow_namespaced,
            &self.deny_namespaced,
            &self.signature_keys,
        ];
        self.description.is_none()
            && self.orphaned_resources.is_none()
            && self.orphaned_resources_warn.is_none()
            && lists.iter().all(|list| list.is_empty())
    }

    /// Puts what was given into a spec, in place of what was there.
    pub fn put(&self, spec: &mut AppProjectSpec) -> Result<(), CliError> {
        if let Some(description) = &self.description {
            spec.description.clone_from(description);
        }
        for (given, list) in
            [(&self.sources, &mut spec.source_repos), (&self.source_namespaces, &mut spec.source_namespaces)]
        {
            if !given.is_empty() {
                list.clone_from(given);
            }
        }
        if !self.destinations.is_empty() {
            spec.destinations =
                self.destinations.iter().map(|text| destination(text, "--dest")).collect::<Result<_, _>>()?;
        }
        if !self.service_accounts.is_empty() {
            let read = |text: &String| match text.split(',').collect::<Vec<_>>()[..] {
                [server, namespace, account] => Ok(service_account(server, namespace, account)),
                _ => Err(CliError::usage(format!("--dest-service-accounts {text}: write SERVER,NAMESPACE,ACCOUNT"))),
            };
            spec.destination_service_accounts = self.service_accounts.iter().map(read).collect::<Result<_, _>>()?;
        }
        for (texts, flag, list) in [
            (&self.allow_cluster, "--allow-cluster-resource", &mut spec.cluster_resource_whitelist),
            (&self.deny_cluster, "--deny-cluster-resource", &mut spec.cluster_resource_blacklist),
        ] {
            if !texts.is_empty() {
                let read = |text: &String| {
                    kind(text, flag).map(|(group, kind)| ClusterResourceRestrictionItem {
                        group,
                        kind,
                        name: String::new(),
                    })
                };
                *list = texts.iter().map(read).collect::<Result<_, _>>()?;
            }
        }
        let kinds = |texts: &[String], flag: &str| -> Result<Vec<GroupKind>, CliError> {
            texts.iter().map(|text| kind(text, flag).map(|(group, kind)| GroupKind { group, kind })).collect()
        };
        if !self.allow_namespaced.is_empty() {
            spec.namespace_resource_whitelist = Some(kinds(&self.allow_namespaced, "--allow-namespaced-resource")?);
        }
        if !self.deny_namespaced.is_empty() {
            spec.namespace_resource_blacklist = kinds(&self.deny_namespaced, "--deny-namespaced-resource")?;
        }
        if !self.signature_keys.is_empty() {
            spec.signature_keys = self.signature_keys.iter().map(|id| SignatureKey { key_id: id.clone() }).collect();
        }
        self.put_orphaned(spec);
        Ok(())
    }

    fn put_orphaned(&self, spec: &mut AppProjectSpec) {
        match (self.orphaned_resources, self.orphaned_resources_warn) {
            (None, None) => {}
            (Some(false), _) => spec.orphaned_resources = None,
            (_, warn) => {
                let settings = spec.orphaned_resources.get_or_insert_with(OrphanedResourcesMonitorSettings::default);
                settings.warn = warn.or(settings.warn);
            }
        }
    }
}

/// An account that syncs act as.
pub fn service_account(server: &str, namespace: &str, account: &str) -> ApplicationDestinationServiceAccount {
    ApplicationDestinationServiceAccount {
        server: server.to_string(),
        namespace: namespace.to_string(),
        default_service_account: account.to_string(),
    }
}
