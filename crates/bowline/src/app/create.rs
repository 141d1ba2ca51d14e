//! `bowline app create`.

use std::io::Write;

use bowline_base_value::{Value, yaml};
use bowline_core_crd::Application;
use bowline_core_types::annotation;
use clap::Args;

use super::reference::resolve;
use super::source_flags::SpecFlags;
use super::spec;
use super::store::{Apps, Wanted, typed};
use crate::error::CliError;
use crate::files;
use crate::global::Global;

/// `bowline app create`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app create shop --repo https://git.example.com/shop.git --path deploy \\\n      --dest-namespace shop --dest-server https://kubernetes.default.svc --sync-policy automated\n  bowline app create -f shop.yaml --upsert"
)]
pub struct CreateArgs {
    /// Name of the application
    #[arg(value_name = "APPNAME")]
    name: Option<String>,
    /// The same as a flag
    #[arg(long = "name", value_name = "APPNAME", hide = true, conflicts_with = "name")]
    flag_name: Option<String>,
    /// File with Application manifests; - is standard input
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<String>,
    /// Change an application of that name that is there already
    #[arg(long)]
    upsert: bool,
    /// Labels (e.g. -l team=web)
    #[arg(short = 'l', long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// Annotations
    #[arg(long = "annotations", value_name = "KEY=VALUE")]
    annotations: Vec<String>,
    /// Deleting the application deletes what it deployed
    #[arg(long)]
    set_finalizer: bool,
    /// Check repository and destination first
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    validate: bool,
    /// Namespace of the application, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    app_namespace: Option<String>,
    #[command(flatten)]
    flags: SpecFlags,
}

/// Creates applications, or changes them with `--upsert`.
pub async fn run(global: &Global, args: CreateArgs) -> Result<(), CliError> {
    let wanted = match &args.file {
        Some(file) => from_file(&files::read(file)?, file)?,
        None => vec![(Value::object(), Application::default())],
    };
    let apps = Apps::connect(global).await?;
    for (raw, mut app) in wanted {
        complete(&mut app, &args, global)?;
        let wanted = Wanted { raw: &raw, app: &app, upsert: args.upsert, validate: args.validate };
        let made = apps.create(&wanted).await?;
        writeln!(std::io::stdout(), "application '{}' {}", app.metadata.name, made.word())?;
    }
    Ok(())
}

fn complete(app: &mut Application, args: &CreateArgs, global: &Global) -> Result<(), CliError> {
    if let Some(name) = args.name.as_ref().or(args.flag_name.as_ref()) {
        let (namespace, name) = resolve(name, args.app_namespace.as_deref(), global);
        if !app.metadata.name.is_empty() && app.metadata.name != name {
            return Err(CliError::usage(format!(
                "the file names the application {:?}, the command {name:?}",
                app.metadata.name
            )));
        }
        app.metadata.namespace = namespace;
        app.metadata.name = name;
    }
    if app.metadata.name.is_empty() {
        return Err(CliError::usage("an application needs a name: bowline app create NAME …"));
    }
    if app.metadata.namespace.is_empty() {
        app.metadata.namespace = args.app_namespace.clone().unwrap_or_else(|| global.namespace.clone());
    }
    spec::set(&mut app.spec, &args.flags, None)?;
    if app.spec.source.as_ref().is_some_and(|source| *source == Default::default()) && app.spec.has_multiple_sources() {
        app.spec.source = None;
    }
    if app.spec.project.is_empty() {
        app.spec.project = "default".to_string();
    }
    for (pairs, into) in [(&args.labels, &mut app.metadata.labels), (&args.annotations, &mut app.metadata.annotations)]
    {
        for pair in pairs {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| CliError::usage(format!("{pair}: write KEY=VALUE")))?;
            into.insert(key.to_string(), value.to_string());
        }
    }
    if args.set_finalizer && !app.metadata.finalizers.iter().any(|f| f == annotation::RESOURCES_FINALIZER) {
        app.metadata.finalizers.push(annotation::RESOURCES_FINALIZER.to_string());
    }
    Ok(())
}

fn from_file(text: &str, file: &str) -> Result<Vec<(Value, Application)>, CliError> {
    let documents = yaml::documents(text).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
    let mut found = Vec::new();
    for document in documents.into_iter().filter(|d| !d.is_null()) {
        if document.str_at(&["kind"]) != Some("Application") {
            let kind = document.str_at(&["kind"]).unwrap_or("(none)");
            return Err(CliError::failed(format!("{file}: kind is {kind}, expected Application")));
        }
        let app = typed(&document).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
        found.push((document, app));
    }
    if found.is_empty() {
        return Err(CliError::failed(format!("{file}: no Application in it")));
    }
    Ok(found)
}
