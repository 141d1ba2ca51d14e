//! `bowline app actions list` and `bowline app actions run`.

mod core;

use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::{Application, GROUP, Resource as _, ResourceDiff, VERSION};
use bowline_web_wire::application::{
    ApplicationResourceRequest, ResourceActionParameters, ResourceActionRunRequest, ResourceActionRunRequestV2,
};
use bowline_web_wire::tonic::Code;
use clap::{Args, Subcommand};

use super::reference::AppRef;
use super::served;
use super::store::{Apps, ServerApps};
use crate::error::CliError;
use crate::global::Global;
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum ActionsCommand {
    /// List the actions that an application's objects offer
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Run an action on live objects
    Run(RunArgs),
}

/// The flags that choose objects.
#[derive(Args, Clone, Debug)]
struct Choice {
    /// Kind
    #[arg(long)]
    kind: Option<String>,
    /// API group
    #[arg(long)]
    group: Option<String>,
    /// Name
    #[arg(long, value_name = "NAME")]
    resource_name: Option<String>,
    /// Namespace of the object
    #[arg(long = "resource-namespace", value_name = "NAMESPACE")]
    namespace: Option<String>,
}

/// `bowline app actions list`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app actions list shop\n  bowline app actions list shop --kind Deployment -o json"
)]
pub struct ListArgs {
    #[command(flatten)]
    app: AppRef,
    #[command(flatten)]
    choice: Choice,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline app actions run`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app actions run shop restart --kind Deployment --resource-name web\n  bowline app actions run shop restart --kind Deployment --all\n  bowline app actions run shop scale --kind Deployment --resource-name web --param replicas=3"
)]
pub struct RunArgs {
    #[command(flatten)]
    app: AppRef,
    /// Name of the action
    #[arg(value_name = "ACTION")]
    action: String,
    #[command(flatten)]
    choice: Choice,
    /// All objects that match, where there are several
    #[arg(long)]
    all: bool,
    /// What the action is told
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
}

/// Runs an `app actions` command.
pub async fn run(global: &Global, command: ActionsCommand) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    match (command, &apps) {
        (ActionsCommand::List(args), Apps::Server(apps)) => list(global, apps, args).await,
        (ActionsCommand::List(args), Apps::Core(apps)) => {
            print(core::list(global, apps, &args.app, &args.choice).await?, args.output)
        }
        (ActionsCommand::Run(args), Apps::Server(apps)) => act(global, apps, args).await,
        (ActionsCommand::Run(args), Apps::Core(apps)) => core::run(global, apps, &args).await,
    }
}

async fn list(global: &Global, apps: &ServerApps, args: ListArgs) -> Result<(), CliError> {
    let (namespace, name) = args.app.resolve(global);
    let app = apps.get(&namespace, &name).await?.app;
    let chosen = chosen(apps, &app, &args.choice).await?;
    let remote = apps.remote();
    let mut found = Vec::new();
    for (item, version) in chosen {
        let request = request(apps, &app, &item, version);
        let actions = remote.call(async || remote.applications().list_resource_actions(request.clone()).await).await?;
        for action in actions.actions {
            found.push((item.clone(), action.name, action.disabled));
        }
    }
    print(found, args.output)
}

/// Actions with the objects that offer them, and whether they make no sense now.
type Found = Vec<(ResourceDiff, String, bool)>;

fn print(found: Found, format: Output) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match format {
        Output::Json | Output::Yaml => {
            let items = found.iter().map(|(item, name, disabled)| {
                let fields = [
                    ("group", Value::from(item.group.as_str())),
                    ("kind", item.kind.as_str().into()),
                    ("name", item.name.as_str().into()),
                    ("namespace", item.namespace.as_str().into()),
                    ("action", name.as_str().into()),
                    ("disabled", (*disabled).into()),
                ];
                fields.into_iter().collect::<Value>()
            });
            output::value(&mut out, &items.collect(), format)?;
        }
        Output::Name => found.iter().try_for_each(|(_, name, _)| writeln!(out, "{name}"))?,
        Output::Wide => {
            let rows = found
                .into_iter()
                .map(|(item, name, disabled)| vec![item.group, item.kind, item.name, name, disabled.to_string()]);
            table::print(&mut out, &["GROUP", "KIND", "NAME", "ACTION", "DISABLED"], rows)?;
        }
    }
    Ok(())
}

async fn act(global: &Global, apps: &ServerApps, args: RunArgs) -> Result<(), CliError> {
    let (namespace, name) = args.app.resolve(global);
    let parameters = args.parameters()?.into_iter();
    let parameters: Vec<ResourceActionParameters> =
        parameters.map(|(name, value)| ResourceActionParameters { name: Some(name), value: Some(value) }).collect();
    let app = apps.get(&namespace, &name).await?.app;
    let chosen = chosen(apps, &app, &args.choice).await?;
    args.check(chosen.len(), &name)?;
    let remote = apps.remote();
    for (item, version) in chosen {
        let at = request(apps, &app, &item, version);
        let run = ResourceActionRunRequestV2 {
            name: at.name.clone(),
            namespace: at.namespace.clone(),
            resource_name: at.resource_name.clone(),
            version: at.version.clone(),
            group: at.group.clone(),
            kind: at.kind.clone(),
            action: Some(args.action.clone()),
            app_namespace: at.app_namespace.clone(),
            project: at.project.clone(),
            resource_action_parameters: parameters.clone(),
        };
        // An action that ran is not run twice: the call is not made again.
        match remote.applications().run_resource_action_v2(run).await {
            Ok(_) => {}
            Err(status) if status.code() == Code::Unimplemented && parameters.is_empty() => {
                let run = ResourceActionRunRequest {
                    name: at.name,
                    namespace: at.namespace,
                    resource_name: at.resource_name,
                    version: at.version,
                    group: at.group,
                    kind: at.kind,
                    action: Some(args.action.clone()),
                    app_namespace: at.app_namespace,
                    project: at.project,
                };
                let ran = remote.applications().run_resource_action(run).await;
                ran.map_err(|status| remote.refused(&status))?;
            }
            Err(status) => {
                return Err(remote
                    .refused(&status)
                    .hint(format!("bowline app actions list {name} shows the actions that there are")));
            }
        }
    }
    Ok(())
}

// === impl RunArgs ===

impl RunArgs {
    fn parameters(&self) -> Result<Vec<(String, String)>, CliError> {
        let pairs = self.parameters.iter().map(|pair| match pair.split_once('=') {
            Some((name, value)) => Ok((name.to_string(), value.to_string())),
            None => Err(CliError::usage(format!("--param {pair}: write NAME=VALUE"))),
        });
        pairs.collect()
    }

    /// Whether so many objects may be meant.
    fn check(&self, chosen: usize, name: &str) -> Result<(), CliError> {
        match chosen {
            0 => Err(CliError::failed("No matching resource found")
                .hint(format!("bowline app resources {name} shows the application's objects"))),
            1 => Ok(()),
            _ if self.all => Ok(()),
            _ => Err(CliError::failed(
                "Multiple resources match inputs. Use the --all flag to run the action on all of them",
            )),
        }
    }
}

// === impl Choice ===

impl Choice {
    fn matches(&self, item: &ResourceDiff) -> bool {
        let is = |flag: &Option<String>, text: &str| flag.as_deref().is_none_or(|flag| flag == text);
        is(&self.kind, &item.kind)
            && is(&self.group, &item.group)
            && is(&self.resource_name, &item.name)
            && is(&self.namespace, &item.namespace)
    }
}

/// The application as one of its objects.
fn itself(app: &Application) -> ResourceDiff {
    ResourceDiff {
        group: GROUP.to_string(),
        kind: Application::KIND.to_string(),
        namespace: app.metadata.namespace.clone(),
        name: app.metadata.name.clone(),
        ..ResourceDiff::default()
    }
}

/// The managed objects that are there and that the flags choose, with the API version of each.
async fn chosen(
    apps: &ServerApps,
    app: &Application,
    choice: &Choice,
) -> Result<Vec<(ResourceDiff, String)>, CliError> {
    let mut chosen = Vec::new();
    for item in served::managed(apps, app).await? {
        let live = served::object(&item.live_state)?;
        if !choice.matches(&item) || live.is_null() {
            continue;
        }
        let version = live.str_at(&["apiVersion"]).unwrap_or_default();
        let version = version.rsplit('/').next().unwrap_or_default().to_string();
        chosen.push((item, version));
    }
    // The application itself is one of its objects here.
    let itself = itself(app);
    if choice.matches(&itself) {
        chosen.push((itself, VERSION.to_string()));
    }
    Ok(chosen)
}

fn request(apps: &ServerApps, app: &Application, item: &ResourceDiff, version: String) -> ApplicationResourceRequest {
    ApplicationResourceRequest {
        name: Some(app.metadata.name.clone()),
        namespace: Some(item.namespace.clone()),
        resource_name: Some(item.name.clone()),
        version: Some(version),
        group: Some(item.group.clone()),
        kind: Some(item.kind.clone()),
        app_namespace: apps.namespace(&app.metadata.namespace),
        project: Some(app.spec.project().to_string()),
    }
}
