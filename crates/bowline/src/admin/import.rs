//! `bowline admin import`.

use std::io::Write;

use bowline_base_kube::WriteOptions;
use bowline_base_value::{Value, yaml};
use bowline_core_crd::merge_patch;
use clap::Args;

use super::backup::{Beyond, Item, held, kind, title};
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{FIELD_MANAGER, Kube, Resource, failed};

/// The annotation that says to which application an object belongs.
const TRACKING: &str = "argocd.argoproj.io/tracking-id";

/// `bowline admin import`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline admin import -n argocd backup.yaml --dry-run\n  bowline admin import -n argocd backup.yaml --prune --stop-operation\n  bowline admin export -n argocd | bowline admin import -n argocd-new -"
)]
pub struct ImportArgs {
    /// File that `admin export` wrote; - is standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete what the file does not hold
    #[arg(long)]
    prune: bool,
    /// Take away operations that are under way
    #[arg(long)]
    stop_operation: bool,
    /// Write over what changed meanwhile
    #[arg(long)]
    override_on_conflict: bool,
    /// Leave alone which application an object belongs to
    #[arg(long)]
    ignore_tracking: bool,
    /// Tell of what is unchanged too
    #[arg(long)]
    verbose: bool,
    /// Leave alone objects with this label
    #[arg(long, value_name = "NAME=VALUE")]
    skip_resources_with_label: Option<String>,
    /// Namespaces, besides that of the installation, whose Applications count; globs
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    application_namespaces: Vec<String>,
    /// Namespaces, besides that of the installation, whose ApplicationSets count; globs
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    applicationset_namespaces: Vec<String>,
}

/// Puts back what a file holds.
pub(super) async fn run(global: &Global, args: ImportArgs) -> Result<(), CliError> {
    // All of it is read before anything is written: half a file must not become half an installation.
    let wanted = read(&args, &global.namespace)?;
    if args.prune && wanted.is_empty() {
        return Err(CliError::failed(format!("{}: holds nothing, and --prune would delete everything", args.file)));
    }
    let kube = Kube::connect(global).await?;
    let beyond = Beyond {
        applications: args.application_namespaces.clone(),
        application_sets: args.applicationset_namespaces.clone(),
    };
    let mut live = held(&kube, &global.namespace, &beyond).await?;
    for item in &wanted {
        let known = live.iter().position(|known| is_same(known, item)).map(|at| live.remove(at));
        if args.skips(&item.value) {
            continue;
        }
        match known {
            None => {
                args.tell(item, "created")?;
                if !args.dry_run {
                    kube.create(item.resource, &item.namespace, &item.value).await?;
                }
            }
            Some(known) => {
                let changed = args.changed(&known, item);
                let difference = |a: &Value, b: &Value| {
                    merge_patch(&serde_json::Value::from(a), &serde_json::Value::from(b)).is_some()
                };
                if !difference(&known.value, &changed) {
                    if args.verbose {
                        args.tell(item, "unchanged")?;
                    }
                    continue;
                }
                args.tell(item, "updated")?;
                if !args.dry_run {
                    replace(&kube, item, changed, args.override_on_conflict).await?;
                }
            }
        }
    }
    for item in live.iter().filter(|item| !args.skips(&item.value)) {
        if !args.prune {
            args.tell(item, "needs pruning")?;
            continue;
        }
        args.tell(item, "pruned")?;
        if !args.dry_run {
            prune(&kube, item).await?;
        }
    }
    Ok(())
}

/// Deletes an object that no backup holds. What an Application deployed stays: only its own finalizers would take that along.
async fn prune(kube: &Kube, item: &Item) -> Result<(), CliError> {
    if item.resource == Resource::Applications && item.value.get_path(&["metadata", "finalizers"]).is_some() {
        let mut patch = Value::object();
        if let Some(finalizers) = patch.ensure_path(&["metadata", "finalizers"]) {
            *finalizers = Value::Null;
        }
        kube.merge(item.resource, &item.namespace, &item.name, &patch).await?;
    }
    kube.delete(item.resource, &item.namespace, &item.name).await
}

async fn replace(kube: &Kube, item: &Item, mut value: Value, force: bool) -> Result<(), CliError> {
    if force && let Some(metadata) = value.ensure_path(&["metadata"]).and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
    }
    let options = WriteOptions { field_manager: FIELD_MANAGER.to_string(), ..WriteOptions::default() };
    let replaced = kube.client().replace(&item.resource.api(), &item.namespace, &item.name, &value, &options).await;
    replaced.map(drop).map_err(|error| {
        let conflict = error.is(bowline_base_kube::Class::Conflict);
        let told = failed(error);
        if conflict { told.hint("--override-on-conflict writes over what changed meanwhile") } else { told }
    })
}

fn read(args: &ImportArgs, control: &str) -> Result<Vec<Item>, CliError> {
    let file = &args.file;
    let documents = yaml::documents(&files::read(file)?).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
    let mut items = Vec::new();
    for (place, mut value) in documents.into_iter().enumerate() {
        if value.is_null() {
            continue;
        }
        let at = |path: &[&str]| value.str_at(path).unwrap_or_default().to_string();
        let (api_version, kind_name, name) = (at(&["apiVersion"]), at(&["kind"]), at(&["metadata", "name"]));
        let Some(resource) = kind(&api_version, &kind_name).filter(|_| !name.is_empty()) else {
            return Err(CliError::failed(format!(
                "{file}: document {} is {api_version} {kind_name} {name:?}, which is no part of a backup",
                place + 1
            ))
            .hint("bowline admin export writes what can be put back"));
        };
        let namespace = match at(&["metadata", "namespace"]) {
            namespace if namespace.is_empty() => control.to_string(),
            namespace => namespace,
        };
        if let Some(place) = value.ensure_path(&["metadata", "namespace"]) {
            *place = Value::from(namespace.as_str());
        }
        items.push(Item { resource, namespace, name, value });
    }
    Ok(items)
}

fn is_same(a: &Item, b: &Item) -> bool {
    (a.resource, &a.namespace, &a.name) == (b.resource, &b.namespace, &b.name)
}

// === impl ImportArgs ===

impl ImportArgs {
    fn skips(&self, value: &Value) -> bool {
        let Some((name, wanted)) = self.skip_resources_with_label.as_deref().and_then(|label| label.split_once('='))
        else {
            return false;
        };
        value.str_at(&["metadata", "labels", name]) == Some(wanted)
    }

    fn tell(&self, item: &Item, what: &str) -> Result<(), CliError> {
        let note = if self.dry_run { " (dry run)" } else { "" };
        let title = title(item.resource);
        let (namespace, name) = (&item.namespace, &item.name);
        writeln!(std::io::stdout(), "{title} {name} in namespace {namespace} {what}{note}")?;
        Ok(())
    }

    /// The live object with what the backup says: labels, annotations and finalizers, and what the kind is about.
    fn changed(&self, live: &Item, backup: &Item) -> Value {
        let mut value = live.value.clone();
        let put = |value: &mut Value, path: &[&str]| {
            let (last, above) = path.split_last().expect("because a path has a last word");
            let found = backup.value.get_path(path).cloned();
            let Some(map) = value.ensure_path(above).and_then(Value::as_object_mut) else { return };
            match found {
                Some(found) => drop(map.insert(*last, found)),
                None => drop(map.remove(last)),
            }
        };
        let tracking = live.value.get_path(&["metadata", "annotations", TRACKING]).cloned();
        for field in ["labels", "annotations", "finalizers"] {
            put(&mut value, &["metadata", field]);
        }
        if self.ignore_tracking
            && let Some(tracking) = tracking
            && let Some(place) = value.ensure_path(&["metadata", "annotations", TRACKING])
        {
            *place = tracking;
        }
        let fields: &[&str] = match live.resource {
            Resource::ConfigMaps => &["data"],
            Resource::Secrets => &["data", "type"],
            Resource::Applications | Resource::ApplicationSets | Resource::AppProjects => &["spec"],
        };
        for field in fields {
            put(&mut value, &[field]);
        }
        // A state that a backup has no word for stays as it is.
        if backup.value.get("status").is_some() {
            put(&mut value, &["status"]);
        }
        if self.stop_operation && live.resource == Resource::Applications {
            value.as_object_mut().expect("because it was read as an object").remove("operation");
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Wrap {
        #[command(flatten)]
        args: ImportArgs,
    }

    fn check(flags: &str, live: &str, backup: &str, want: &str) {
        let args = Wrap::parse_from(format!("import - {flags}").split_whitespace()).args;
        let item = |json: &str| Item {
            resource: Resource::Applications,
            namespace: "argocd".into(),
            name: "a".into(),
            value: from_json(json.as_bytes()).unwrap(),
        };
        assert_eq!(to_json(&args.changed(&item(live), &item(backup)), false), want, "{flags}");
    }

    #[test]
    fn what_a_backup_says_takes_the_place_of_what_is_there() {
        let live = r#"{"metadata":{"uid":"1","labels":{"a":"b"}},"spec":{"x":1},"status":{"s":1},"operation":{}}"#;
        let backup = r#"{"metadata":{"name":"a"},"spec":{"x":2}}"#;
        check("", live, backup, r#"{"metadata":{"uid":"1"},"operation":{},"spec":{"x":2},"status":{"s":1}}"#);
        check("--stop-operation", live, backup, r#"{"metadata":{"uid":"1"},"spec":{"x":2},"status":{"s":1}}"#);
        let tracked = r#"{"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"t"}}}"#;
        check("--ignore-tracking", tracked, r#"{"metadata":{}}"#, tracked);
        check("", tracked, r#"{"metadata":{}}"#, r#"{"metadata":{}}"#);
    }
}
