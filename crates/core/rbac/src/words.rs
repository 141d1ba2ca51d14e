//! The words of a policy: resources and actions.

use std::fmt;

/// What a policy line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// Clusters: `[project/]url`.
    Clusters,
    /// Projects, by name.
    Projects,
    /// Applications: `project/[namespace/]name`.
    Applications,
    /// ApplicationSets: `project/[namespace/]name`.
    ApplicationSets,
    /// Repositories: `[project/]url`.
    Repositories,
    /// Repositories that are written to: `[project/]url`.
    WriteRepositories,
    /// Certificates of hosts, by host.
    Certificates,
    /// Local accounts, by name.
    Accounts,
    /// Keys that sign commits, by ID.
    GpgKeys,
    /// Logs of an application's pods: `project/[namespace/]name`.
    Logs,
    /// Terminals in an application's pods: `project/[namespace/]name`.
    Exec,
    /// Extensions of the server, by name.
    Extensions,
}

// === impl Resource ===

impl Resource {
    /// Every resource, in the order in which the contract lists them.
    pub const ALL: [Resource; 12] = [
        Resource::Clusters,
        Resource::Projects,
        Resource::Applications,
        Resource::ApplicationSets,
        Resource::Repositories,
        Resource::WriteRepositories,
        Resource::Certificates,
        Resource::Accounts,
        Resource::GpgKeys,
        Resource::Logs,
        Resource::Exec,
        Resource::Extensions,
    ];

    /// Its word in a policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Resource::Clusters => "clusters",
            Resource::Projects => "projects",
            Resource::Applications => "applications",
            Resource::ApplicationSets => "applicationsets",
            Resource::Repositories => "repositories",
            Resource::WriteRepositories => "write-repositories",
            Resource::Certificates => "certificates",
            Resource::Accounts => "accounts",
            Resource::GpgKeys => "gpgkeys",
            Resource::Logs => "logs",
            Resource::Exec => "exec",
            Resource::Extensions => "extensions",
        }
    }

    /// The resource of this word.
    pub fn from_word(word: &str) -> Option<Resource> {
        Resource::ALL.into_iter().find(|resource| resource.as_str() == word)
    }

    /// Whether roles of a project may speak of it.
    pub fn is_project_scoped(self) -> bool {
        matches!(
            self,
            Resource::Applications
                | Resource::ApplicationSets
                | Resource::Logs
                | Resource::Exec
                | Resource::Clusters
                | Resource::Repositories
        )
    }

    /// The project whose roles count when this object is asked about.
    pub(crate) fn project_of(self, object: &str) -> Option<&str> {
        match self {
            Resource::Projects => Some(object),
            resource if resource.is_project_scoped() => object.split_once('/').map(|(project, _)| project),
            _ => None,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every action that is one word, in the order in which the contract lists them. `update`, `delete` and `action` may be followed
/// by a path: `update/<group>/<kind>/<namespace>/<name>`, `delete/…`, `action/<group>/<kind>/<action>`.
pub const ACTIONS: [&str; 9] =
    ["get", "create", "update", "delete", "sync", "rollback", "override", "action", "invoke"];
