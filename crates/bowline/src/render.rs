//! `bowline render`: what a source renders to, with no cluster asked.

use bowline_base_value::Value;
use bowline_core_crd::ApplicationSource;
use bowline_core_types::InstanceId;
use bowline_desired_git::Access;
use bowline_desired_render::{Features, Ownership, finish};
use clap::Args;

use crate::app::source_flags::SourceFlags;
use crate::app::spec;
use crate::desired::{Checkout, For, Origins, check_out, is_namespaced, rendered};
use crate::error::CliError;
use crate::output::{self, Output};
use crate::registry::{AccessFlags, Given, given};
use crate::{control, local};

/// `bowline render`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline render .                                    # this folder, as it is on disk\n  bowline render deploy/overlays/prod\n  bowline render https://git.example.com/shop.git --path deploy --revision v2\n  bowline render https://charts.example.com --helm-chart shop --revision '1.x'\n  bowline render oci://registry.example.com/team/shop --revision v2\n  bowline render . --name shop --dest-namespace shop  # as the application would deploy it\n\nFiles of the Git work tree around a folder can be referred to; nothing above it can.\n\nExit codes: 0 rendered, 20 it cannot be."
)]
pub struct RenderArgs {
    /// A folder, or the URL of a Git repository, of a Helm repository (with --helm-chart) or of an OCI artifact
    #[arg(value_name = "PATH|URL")]
    from: String,
    /// Render as the application of this name: in its namespace, with its tracking marks
    #[arg(long)]
    name: Option<String>,
    /// Namespace for objects that name none
    #[arg(long, value_name = "NAMESPACE", default_value = "default")]
    dest_namespace: String,
    /// Project of the application
    #[arg(long, default_value = "default")]
    project: String,
    #[command(flatten)]
    flags: SourceFlags,
    #[command(flatten)]
    access: AccessFlags,
    /// Output format
    #[arg(short, long, value_enum, default_value = "yaml")]
    output: Output,
}

/// Prints what a source renders to.
pub async fn run(args: RenderArgs) -> Result<(), CliError> {
    let mut source = ApplicationSource::default();
    spec::set_source(&mut source, &args.flags)?;
    let credentials = args.access.credentials()?;
    let charts = given(Given { url: args.from.clone(), credentials })?;
    let mut repositories = None;
    let checkouts = match is_url(&args.from) || source.is_helm_chart() {
        true => {
            source.repo_url.clone_from(&args.from);
            if source.path.is_empty() && !source.is_helm_chart() {
                source.path = ".".to_string();
            }
            // Without Secrets of a cluster there are no credentials but those that the flags, the URL and the machine have.
            let git = control::repositories(|_: &str, _: &str| Ok(Access::default()))?;
            let origins = Origins { git: repositories.insert(git), charts: &charts };
            check_out(origins, &args.project, vec![source], &[]).await?
        }
        false => {
            if !source.target_revision.is_empty() {
                return Err(CliError::usage(
                    "--revision is for a repository's URL: a folder is rendered as it is on disk",
                )
                .hint(format!("bowline render file://$(realpath {}) --revision … renders a commit", args.from)));
            }
            let folder = match source.path.as_str() {
                "" => args.from.clone(),
                below => format!("{}/{below}", args.from),
            };
            let local = local::open(&folder, None)?;
            source.path = if local.path.is_empty() { ".".to_string() } else { local.path };
            vec![Checkout { source, tree: local.tree, revision: String::new() }]
        }
    };
    let whom = For {
        app: args.name.as_deref().unwrap_or("app"),
        namespace: &args.dest_namespace,
        project: &args.project,
        ..For::default()
    };
    let mut objects = rendered(repositories.as_ref(), &charts, &checkouts, whom, &Features::default()).await?;
    if let Some(name) = &args.name {
        let tracking = InstanceId::default();
        let ownership = Ownership { instance: name, namespace: &args.dest_namespace, tracking: &tracking };
        let known = objects.clone();
        objects = finish(objects, ownership, &|gvk| is_namespaced(&known, gvk)).objects;
    }
    let objects: Vec<Value> = objects.into_iter().map(|object| object.into_value()).collect();
    output::manifests(&mut std::io::stdout(), &objects, args.output)?;
    Ok(())
}

/// Whether a place is a repository's URL: by its scheme, or in SSH's short form; a folder of that name goes first.
fn is_url(from: &str) -> bool {
    if std::path::Path::new(from).exists() {
        return false;
    }
    let short = from.split_once(':').is_some_and(|(host, path)| !host.contains('/') && !path.is_empty());
    from.contains("://") || short
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn urls_and_folders_are_told_apart() {
        for (from, want) in [
            ("https://git.example.com/shop.git", true),
            ("file:///srv/shop", true),
            ("git@git.example.com:shop.git", true),
            (".", false),
            ("deploy/overlays/prod", false),
            ("./a:b/c", false),
        ] {
            assert_eq!(is_url(from), want, "{from}");
        }
    }
}
