//! `bowline proj allow-…-resource` and `deny-…-resource`: kinds that a project permits and refuses.

use std::io::Write;

use bowline_core_crd::{ClusterResourceRestrictionItem, GroupKind};
use clap::{Args, ValueEnum};

use super::store::Projects;
use crate::error::CliError;

/// A project and a kind.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj allow-cluster-resource team '' Namespace\n  bowline proj deny-namespace-resource team '' ResourceQuota\n  bowline proj deny-namespace-resource team apps Deployment --list allow"
)]
pub struct KindArgs {
    /// Name of the project
    #[arg(value_name = "PROJECT")]
    project: String,
    /// API group, empty for the core group; globs
    #[arg(value_name = "GROUP")]
    group: String,
    /// Kind; globs
    #[arg(value_name = "KIND")]
    kind: String,
    /// Names of the objects (cluster-scoped kinds only); globs
    #[arg(value_name = "NAME", default_value = "")]
    name: String,
    /// The list that changes: of what is permitted, or of what is refused [default: allow for cluster-scoped kinds, deny for others]
    #[arg(short, long, value_enum)]
    list: Option<List>,
}

/// A list of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum List {
    /// What is permitted.
    Allow,
    /// What is refused.
    Deny,
}

/// Whether cluster-scoped kinds are meant, or those in namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Cluster-scoped.
    Cluster,
    /// In namespaces.
    Namespace,
}

/// Permits a kind (`allow`), or refuses it: on the list of permitted ones it comes or goes, on that of refused ones the other way round.
pub async fn permit(projects: &Projects, scope: Scope, allow: bool, args: KindArgs) -> Result<(), CliError> {
    let default = if scope == Scope::Cluster { List::Allow } else { List::Deny };
    let list = args.list.unwrap_or(default);
    let adds = allow == (list == List::Allow);
    let before = projects.get(&args.project).await?;
    let mut after = before.project.clone();
    let spec = &mut after.spec;
    let (group, kind, name) = (args.group, args.kind, args.name);
    let changed = match scope {
        Scope::Cluster => {
            let item = ClusterResourceRestrictionItem { group: group.clone(), kind: kind.clone(), name };
            let known = match list {
                List::Allow => &mut spec.cluster_resource_whitelist,
                List::Deny => &mut spec.cluster_resource_blacklist,
            };
            put(known, item, adds)
        }
        Scope::Namespace => {
            let item = GroupKind { group: group.clone(), kind: kind.clone() };
            match list {
                List::Allow => put(spec.namespace_resource_whitelist.get_or_insert_default(), item, adds),
                List::Deny => put(&mut spec.namespace_resource_blacklist, item, adds),
            }
        }
    };
    if !changed {
        let word = if adds { "already present in" } else { "not in" };
        let list = if list == List::Allow { "allowed" } else { "denied" };
        let scope = if scope == Scope::Cluster { "cluster" } else { "namespaced" };
        writeln!(std::io::stdout(), "Group '{group}' and kind '{kind}' is {word} {list} {scope} resources")?;
        return Ok(());
    }
    projects.update(&before, &after).await
}

/// Whether the list changed.
fn put<T: PartialEq>(list: &mut Vec<T>, item: T, adds: bool) -> bool {
    match (adds, list.iter().position(|known| *known == item)) {
        (true, None) => list.push(item),
        (false, Some(at)) => drop(list.remove(at)),
        _ => return false,
    }
    true
}
