//! `bowline app resources`.

use std::collections::BTreeSet;
use std::io::Write;

use bowline_core_crd::{AppProject, Application};
use bowline_core_project::is_orphaned;
use clap::{Args, ValueEnum};

use super::AppRef;
use super::nodes::{Node, nodes, of_application};
use super::store::Apps;
use crate::cli::Global;
use crate::control;
use crate::error::CliError;
use crate::kube::{Resource, from_raw};
use crate::output::table;

/// `bowline app resources`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app resources shop\n  bowline app resources shop --output tree\n  bowline app resources shop --orphaned   # what lies in its namespace and belongs to nobody"
)]
pub struct ResourcesArgs {
    #[command(flatten)]
    app: AppRef,
    /// Objects of the destination namespace that no application manages, where the project watches for them
    #[arg(long)]
    orphaned: bool,
    /// A table, or what owns what
    #[arg(short, long, value_enum, default_value = "table")]
    output: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table.
    #[value(alias = "wide")]
    Table,
    /// A tree.
    #[value(alias = "tree=detailed")]
    Tree,
}

/// Lists an application's live objects and what these own.
pub async fn run(global: &Global, args: ResourcesArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let app = apps.get(&namespace, &name).await?.app;
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let all = nodes(&destination, &app, None).await;
    let mut chosen = match args.orphaned {
        false => of_application(&all, &app),
        true => {
            let project = apps.kube().find(Resource::AppProjects, &global.namespace, app.spec.project()).await?;
            let project: AppProject =
                project.map(|raw| from_raw(&raw).map_err(CliError::failed)).transpose()?.unwrap_or_default();
            let tracking = world.settings().instance_id();
            let here = &app.spec.destination.namespace;
            let free = |node: &&Node| {
                *here == *node.key.namespace
                    && node.owners.is_empty()
                    && tracking.instance(&node.object).is_none()
                    && is_orphaned(&project.spec, &node.key)
            };
            all.iter().filter(free).collect()
        }
    };
    chosen.sort_by(|a, b| a.key.cmp(&b.key));
    let mut out = std::io::stdout();
    match args.output {
        Format::Table => {
            let orphaned = if args.orphaned { "Yes" } else { "No" };
            let mut rows: Vec<Vec<String>> = chosen.iter().map(|node| row(node, orphaned)).collect();
            if !args.orphaned {
                rows.extend(outside(&app, &chosen));
            }
            table::print(&mut out, &["GROUP", "KIND", "NAMESPACE", "NAME", "ORPHANED"], rows)?;
        }
        Format::Tree => {
            let uids: BTreeSet<&str> = chosen.iter().map(|node| node.uid.as_str()).collect();
            let roots = chosen.iter().filter(|node| !node.owners.iter().any(|uid| uids.contains(uid.as_str())));
            for root in roots {
                write!(out, "{}", branch(root, &chosen, 0))?;
            }
            for row in outside(&app, &chosen).iter().filter(|_| !args.orphaned) {
                writeln!(out, "{}/{}", row[1], row[3])?;
            }
        }
    }
    Ok(())
}

fn row(node: &Node, orphaned: &str) -> Vec<String> {
    let key = &node.key;
    [&*key.group, &*key.kind, &*key.namespace, &*key.name, orphaned].map(String::from).to_vec()
}

/// The application's objects that no list has shown: those outside of namespaces, and those that are missing.
fn outside(app: &Application, shown: &[&Node]) -> Vec<Vec<String>> {
    let is_shown = |r: &&bowline_core_crd::ResourceStatus| {
        !shown.iter().any(|node| {
            (&*node.key.group, &*node.key.kind, &*node.key.namespace, &*node.key.name)
                == (r.group.as_str(), r.kind.as_str(), r.namespace.as_str(), r.name.as_str())
        })
    };
    let missing = |r: &&bowline_core_crd::ResourceStatus| {
        r.health.as_ref().is_some_and(|health| health.status.as_str() == "Missing")
    };
    let rest = app.status.resources.iter().filter(is_shown).filter(|r| !missing(r));
    rest.map(|r| vec![r.group.clone(), r.kind.clone(), r.namespace.clone(), r.name.clone(), "No".to_string()]).collect()
}

/// A node and what it owns, indented.
fn branch(node: &Node, all: &[&Node], depth: usize) -> String {
    let lead = if depth == 0 { String::new() } else { format!("{}└─", "  ".repeat(depth - 1)) };
    let mut text = format!("{lead}{}/{}\n", node.key.kind, node.key.name);
    for child in all.iter().filter(|child| child.owners.contains(&node.uid)) {
        text.push_str(&branch(child, all, depth + 1));
    }
    text
}
