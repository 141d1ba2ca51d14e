//! `bowline admin export`.

use std::io::Write;

use bowline_base_value::{Value, yaml};
use clap::Args;

use super::backup::{Beyond, Item, held};
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::Kube;

/// `bowline admin export`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline admin export -n argocd > backup.yaml\n  bowline admin export --out backup.yaml --application-namespaces 'team-*'\n\nIt holds the passwords and keys of the installation: keep it as they are kept."
)]
pub struct ExportArgs {
    /// File to write; - is standard output
    #[arg(short, long, default_value = "-", value_name = "FILE")]
    out: String,
    /// Namespaces, besides that of the installation, whose Applications count; globs
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    application_namespaces: Vec<String>,
    /// Namespaces, besides that of the installation, whose ApplicationSets count; globs
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    applicationset_namespaces: Vec<String>,
}

/// Writes what an installation holds.
pub(super) async fn run(global: &Global, args: ExportArgs) -> Result<(), CliError> {
    let kube = Kube::connect(global).await?;
    let beyond = Beyond { applications: args.application_namespaces, application_sets: args.applicationset_namespaces };
    let mut text = String::new();
    for item in held(&kube, &global.namespace, &beyond).await? {
        text.push_str(&yaml::to_yaml(&bare(&item, &global.namespace)));
        text.push_str("---\n");
    }
    match args.out.as_str() {
        "-" => Ok(write!(std::io::stdout(), "{text}")?),
        file => files::write_private(file, &text),
    }
}

/// An object with what makes it that one alone: what a cluster says about it is left out.
fn bare(item: &Item, control: &str) -> Value {
    let mut value = item.value.clone();
    let mut metadata = Value::object();
    let kept = metadata.as_object_mut().expect("because it was made as an object");
    kept.insert("name", item.name.as_str());
    if item.namespace != control {
        kept.insert("namespace", item.namespace.as_str());
    }
    for field in ["labels", "annotations", "finalizers"] {
        if let Some(found) = item.value.get_path(&["metadata", field]) {
            kept.insert(field, found.clone());
        }
    }
    value.as_object_mut().expect("because it was read as an object").insert("metadata", metadata);
    value
}
