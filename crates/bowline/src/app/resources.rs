//! `bowline app resources`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use bowline_core_crd::{AppProject, Application, ResourceNode, ResourceStatus};
use bowline_core_project::is_orphaned;
use bowline_core_types::ResourceKey;
use bowline_web_wire::application::ResourcesQuery;
use clap::{Args, ValueEnum};

use super::nodes::{Node, nodes, of_application};
use super::print;
use super::reference::AppRef;
use super::store::{Apps, CoreApps, ServerApps};
use crate::control;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Resource, from_raw};
use crate::output::{Style, table};

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

/// One object of the application, or of nobody.
struct Shown {
    key: ResourceKey,
    uid: String,
    owners: Vec<String>,
    orphaned: bool,
}

/// Lists an application's live objects and what these own.
pub async fn run(global: &Global, args: ResourcesArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let app = apps.get(&namespace, &name).await?.app;
    let mut chosen = match &apps {
        Apps::Core(apps) => in_core(global, apps, &app, args.orphaned).await?,
        Apps::Server(apps) => at_server(apps, &app, args.orphaned).await?,
    };
    chosen.sort_by(|a, b| a.key.cmp(&b.key));
    if !args.orphaned {
        let rest = outside(&app, &chosen);
        chosen.extend(rest);
    }
    let mut out = std::io::stdout();
    match args.output {
        Format::Table => {
            table::print(&mut out, &["GROUP", "KIND", "NAMESPACE", "NAME", "ORPHANED"], chosen.iter().map(Shown::row))?;
        }
        Format::Tree => {
            let uids: BTreeSet<&str> = chosen.iter().map(|node| node.uid.as_str()).collect();
            let roots = chosen.iter().filter(|node| !node.owners.iter().any(|uid| uids.contains(uid.as_str())));
            for root in roots {
                write!(out, "{}", branch(root, &chosen, 0))?;
            }
        }
    }
    Ok(())
}

/// The live objects under what owns them, with the state of those that the application manages: for `app get -o tree`.
pub async fn tree(
    out: &mut dyn Write,
    global: &Global,
    apps: &Apps,
    app: &Application,
    style: Style,
) -> Result<(), CliError> {
    let mut nodes = match apps {
        Apps::Core(apps) => in_core(global, apps, app, false).await?,
        Apps::Server(apps) => at_server(apps, app, false).await?,
    };
    nodes.retain(|node| !node.orphaned);
    let rest = outside(app, &nodes);
    nodes.extend(rest);
    nodes.sort_by(|a, b| a.key.cmp(&b.key));
    let uids: BTreeSet<&str> = nodes.iter().map(|node| node.uid.as_str()).filter(|uid| !uid.is_empty()).collect();
    // What the last sync said of an object, as the table of `app get` has it.
    let said: BTreeMap<String, String> = print::resource_rows(app)
        .into_iter()
        .filter(|[.., message]| !message.is_empty())
        .map(|[_, kind, _, name, .., message]| (format!("{kind}/{name}"), message))
        .collect();
    let mut rows = Vec::new();
    for root in nodes.iter().filter(|node| !node.owners.iter().any(|uid| uids.contains(uid.as_str()))) {
        for line in branch(root, &nodes, 0).lines() {
            let named = line.trim_start_matches([' ', '└', '─']);
            let state = app.status.resources.iter().find(|r| named == format!("{}/{}", r.kind, r.name));
            let health = state.and_then(|r| r.health.as_ref());
            rows.push(vec![
                line.to_string(),
                state.map(|r| style.state(r.status.as_str())).unwrap_or_default(),
                health.map(|health| style.state(health.status.as_str())).unwrap_or_default(),
                said.get(named).cloned().or_else(|| health.map(|health| health.message.clone())).unwrap_or_default(),
            ]);
        }
    }
    table::print(out, &["KIND/NAME", "STATUS", "HEALTH", "MESSAGE"], rows)?;
    Ok(())
}

async fn in_core(global: &Global, apps: &CoreApps, app: &Application, orphaned: bool) -> Result<Vec<Shown>, CliError> {
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let all = nodes(&destination, app, None).await;
    let chosen: Vec<&Node> = match orphaned {
        false => of_application(&all, app),
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
    let shown =
        |node: &Node| Shown { key: node.key.clone(), uid: node.uid.clone(), owners: node.owners.clone(), orphaned };
    Ok(chosen.into_iter().map(shown).collect())
}

async fn at_server(apps: &ServerApps, app: &Application, orphaned: bool) -> Result<Vec<Shown>, CliError> {
    let query = ResourcesQuery {
        application_name: Some(app.metadata.name.clone()),
        app_namespace: apps.namespace(&app.metadata.namespace),
        ..ResourcesQuery::default()
    };
    let remote = apps.remote();
    let tree = remote.call(async || remote.applications().resource_tree(query.clone()).await).await?;
    let shown = |node: ResourceNode, orphaned: bool| {
        let at = node.resource_ref;
        Shown {
            key: ResourceKey::new(at.group.as_str(), at.kind.as_str(), at.namespace.as_str(), at.name.as_str()),
            uid: at.uid,
            owners: node.parent_refs.into_iter().map(|parent| parent.uid).collect(),
            orphaned,
        }
    };
    let mut all: Vec<Shown> = tree.orphaned_nodes.into_iter().map(|node| shown(node, true)).collect();
    if !orphaned {
        all.extend(tree.nodes.into_iter().map(|node| shown(node, false)));
    }
    Ok(all)
}

// === impl Shown ===

impl Shown {
    fn row(&self) -> Vec<String> {
        let key = &self.key;
        let orphaned = if self.orphaned { "Yes" } else { "No" };
        [&*key.group, &*key.kind, &*key.namespace, &*key.name, orphaned].map(String::from).to_vec()
    }
}

/// The application's objects that no list has shown: those outside of namespaces. Those that are missing are no live objects.
fn outside(app: &Application, shown: &[Shown]) -> Vec<Shown> {
    let keys: BTreeSet<&ResourceKey> = shown.iter().map(|node| &node.key).collect();
    let missing = |r: &&ResourceStatus| r.health.as_ref().is_some_and(|health| health.status.as_str() == "Missing");
    let all = app
        .status
        .resources
        .iter()
        .filter(|r| !missing(r))
        .map(|r| ResourceKey::new(r.group.as_str(), r.kind.as_str(), r.namespace.as_str(), r.name.as_str()));
    let rest = all.filter(|key| !keys.contains(key));
    rest.map(|key| Shown { key, uid: String::new(), owners: Vec::new(), orphaned: false }).collect()
}

/// A node and what it owns, indented.
fn branch(node: &Shown, all: &[Shown], depth: usize) -> String {
    let lead = if depth == 0 { String::new() } else { format!("{}└─", "  ".repeat(depth - 1)) };
    let mut text = format!("{lead}{}/{}\n", node.key.kind, node.key.name);
    let children = all.iter().filter(|child| !node.uid.is_empty() && child.owners.contains(&node.uid));
    for child in children {
        text.push_str(&branch(child, all, depth + 1));
    }
    text
}
