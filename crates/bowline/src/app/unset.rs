//! `bowline app unset`.

use std::io::Write;

use bowline_core_crd::ApplicationSource;
use clap::Args;

use super::reference::AppRef;
use super::spec;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;

/// `bowline app unset`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app unset shop -p image.tag -p replicas\n  bowline app unset shop --values values-prod.yaml\n  bowline app unset shop --namesuffix --nameprefix\n  bowline app unset shop --kustomize-image=nginx"
)]
pub struct UnsetArgs {
    #[command(flatten)]
    app: AppRef,
    /// Which of several sources, from 1
    #[arg(long, value_name = "N", conflicts_with = "source_name")]
    source_position: Option<usize>,
    /// The same by the source's name
    #[arg(long, value_name = "NAME")]
    source_name: Option<String>,
    /// The name under which other sources refer to this one
    #[arg(long = "ref")]
    reference: bool,
    /// Helm: parameters
    #[arg(short = 'p', long = "parameter", value_name = "NAME")]
    parameters: Vec<String>,
    /// Helm: values files
    #[arg(long, value_name = "FILE")]
    values: Vec<String>,
    /// Helm: the values that the spec holds as text
    #[arg(long)]
    values_literal: bool,
    /// Helm: leaving out values files that are missing
    #[arg(long)]
    ignore_missing_value_files: bool,
    /// Helm: passing credentials to every domain
    #[arg(long)]
    pass_credentials: bool,
    /// Kustomize: name prefix
    #[arg(long)]
    nameprefix: bool,
    /// Kustomize: name suffix
    #[arg(long)]
    namesuffix: bool,
    /// Kustomize: version of the tool
    #[arg(long)]
    kustomize_version: bool,
    /// Kustomize: namespace
    #[arg(long)]
    kustomize_namespace: bool,
    /// Kustomize: images, by name
    #[arg(long = "kustomize-image", value_name = "IMAGE")]
    kustomize_images: Vec<String>,
    /// Kustomize: replicas, by name
    #[arg(long = "kustomize-replica", value_name = "NAME")]
    kustomize_replicas: Vec<String>,
    /// Kustomize: leaving out components that are missing
    #[arg(long)]
    ignore_missing_components: bool,
    /// Plugin: environment variables, by name
    #[arg(long = "plugin-env", value_name = "NAME")]
    plugin_env: Vec<String>,
}

/// Takes back what `app set` has set: only what the flags name.
pub async fn run(global: &Global, args: UnsetArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let stored = apps.get(&namespace, &name).await?;
    let mut changed = stored.app.clone();
    let position = spec::position(&changed.spec, args.source_position, args.source_name.as_deref())?;
    let source = match position {
        Some(position) => changed.spec.sources.get_mut(position),
        None => changed.spec.source.as_mut(),
    };
    let source = source.ok_or_else(|| CliError::failed(format!("application '{name}' has no source")))?;
    unset(source, &args);
    if !apps.update(&stored, &changed, true).await? {
        writeln!(std::io::stderr(), "nothing to change")?;
    }
    Ok(())
}

fn unset(source: &mut ApplicationSource, args: &UnsetArgs) {
    if args.reference {
        source.ref_.clear();
    }
    if let Some(helm) = &mut source.helm {
        helm.parameters.retain(|p| !args.parameters.contains(&p.name));
        helm.value_files.retain(|file| !args.values.contains(file));
        if args.values_literal {
            helm.values.clear();
            helm.values_object = None;
        }
        helm.ignore_missing_value_files &= !args.ignore_missing_value_files;
        helm.pass_credentials &= !args.pass_credentials;
        if **helm == Default::default() {
            source.helm = None;
        }
    }
    if let Some(kustomize) = &mut source.kustomize {
        for (named, field) in [
            (args.nameprefix, &mut kustomize.name_prefix),
            (args.namesuffix, &mut kustomize.name_suffix),
            (args.kustomize_version, &mut kustomize.version),
            (args.kustomize_namespace, &mut kustomize.namespace),
        ] {
            if named {
                field.clear();
            }
        }
        kustomize.images.retain(|image| !args.kustomize_images.iter().any(|named| is_image(image, named)));
        kustomize.replicas.retain(|replica| !args.kustomize_replicas.contains(&replica.name));
        kustomize.ignore_missing_components &= !args.ignore_missing_components;
        if **kustomize == Default::default() {
            source.kustomize = None;
        }
    }
    if let Some(plugin) = &mut source.plugin {
        plugin.env.retain(|e| !args.plugin_env.contains(&e.name));
    }
}

/// Whether `named` names an override: the whole of it, or its image without tag, digest and new name.
fn is_image(image: &str, named: &str) -> bool {
    let old = image.split_once('=').map_or(image, |(old, _)| old);
    let old = old.split_once('@').map_or(old, |(name, _)| name);
    let place = old.rfind('/').map_or(0, |at| at + 1);
    let name = old[place..].find(':').map_or(old, |at| &old[..place + at]);
    image == named || name == named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_named_by_its_image() {
        for (image, named, want) in [
            ("nginx", "nginx", true),
            ("nginx:1", "nginx", true),
            ("nginx=mirror/nginx:1", "nginx", true),
            ("host:5000/nginx:1", "host:5000/nginx", true),
            ("nginx@sha256:ab", "nginx", true),
            ("nginx:1", "nginx:1", true),
            ("nginx:1", "nginx:2", false),
            ("mynginx:1", "nginx", false),
        ] {
            assert_eq!(is_image(image, named), want, "{image} {named}");
        }
    }
}
