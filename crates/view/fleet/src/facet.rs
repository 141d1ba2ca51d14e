//! [`Facet`]: what lists are narrowed by.

/// One way of narrowing a list. The numbers are places in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// The project.
    Project,
    /// The destination cluster: its name where that is known, else its URL.
    Cluster,
    /// The destination namespace.
    Namespace,
    /// How well it is.
    Health,
    /// How it compares with Git.
    Sync,
    /// `enabled` or `disabled`.
    AutoSync,
    /// The phase of the running or last operation, `Pending` before it begins, `None` where there was none.
    Operation,
    /// The repositories of its sources.
    Repo,
    /// The target revisions of its sources; `HEAD` where there is none.
    TargetRevision,
    /// The ApplicationSet that it belongs to, `-` for none.
    Owner,
    /// The namespace of the Application itself.
    AppNamespace,
    /// Its labels, as `key=value`.
    Labels,
}

impl Facet {
    /// All of them, in order.
    pub const ALL: [Facet; 12] = [
        Facet::Project,
        Facet::Cluster,
        Facet::Namespace,
        Facet::Health,
        Facet::Sync,
        Facet::AutoSync,
        Facet::Operation,
        Facet::Repo,
        Facet::TargetRevision,
        Facet::Owner,
        Facet::AppNamespace,
        Facet::Labels,
    ];

    /// The name in queries and answers.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Project => "project",
            Facet::Cluster => "cluster",
            Facet::Namespace => "namespace",
            Facet::Health => "health",
            Facet::Sync => "sync",
            Facet::AutoSync => "autoSync",
            Facet::Operation => "operation",
            Facet::Repo => "repo",
            Facet::TargetRevision => "targetRevision",
            Facet::Owner => "owner",
            Facet::AppNamespace => "appNamespace",
            Facet::Labels => "labels",
        }
    }

    /// The values that there are, where they are known beforehand.
    pub fn words(self) -> Option<&'static [&'static str]> {
        match self {
            Facet::Health => Some(&["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"]),
            Facet::Sync => Some(&["Synced", "OutOfSync", "Unknown"]),
            Facet::AutoSync => Some(&["enabled", "disabled"]),
            Facet::Operation => Some(&["Running", "Terminating", "Succeeded", "Failed", "Error", "Pending", "None"]),
            _ => None,
        }
    }

    /// A value as it is compared: URLs of repositories without what does not matter in them.
    pub fn normal(self, value: &str) -> String {
        match self {
            Facet::Repo => value.trim_end_matches('/').trim_end_matches(".git").to_lowercase(),
            Facet::Cluster => value.trim_end_matches('/').to_string(),
            _ => value.to_string(),
        }
    }

    pub(crate) fn place(self) -> usize {
        self as usize
    }

    pub(crate) fn bit(self) -> u16 {
        1 << self.place()
    }
}
