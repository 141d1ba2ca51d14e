//! `bowline app get-resource`.

use std::io::Write;

use bowline_base_value::{Value, to_json, yaml};
use bowline_core_types::{Gvk, Object, ResourceKey};
use bowline_web_wire::application::{ApplicationResourceRequest, ResourcesQuery};
use clap::{Args, ValueEnum};

use super::nodes::{nodes, of_application};
use super::reference::AppRef;
use super::store::{Apps, CoreApps, ServerApps};
use crate::control;
use crate::error::CliError;
use crate::global::Global;
use crate::output::{self, Output, table};

/// `bowline app get-resource`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app get-resource shop --kind Pod\n  bowline app get-resource shop --kind Deployment --resource-name web --filter-fields status.replicas,spec.replicas\n  bowline app get-resource shop --kind Pod --resource-name web-0 -o json\n\nWhat Secrets hold is not shown."
)]
pub struct GetResourceArgs {
    #[command(flatten)]
    app: AppRef,
    /// Kind
    #[arg(long)]
    kind: String,
    /// Name [default: all of the kind]
    #[arg(long, value_name = "NAME")]
    resource_name: Option<String>,
    /// Namespace of the object
    #[arg(long = "resource-namespace", value_name = "NAMESPACE")]
    namespace: Option<String>,
    /// Only these fields, such as metadata.name,spec.replicas
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    filter_fields: Vec<String>,
    /// Show who owns which field
    #[arg(long)]
    show_managed_fields: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value = "wide")]
    output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table.
    Wide,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// Shows live objects of an application, and of what these own.
pub async fn run(global: &Global, args: GetResourceArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let mut found = match &apps {
        Apps::Core(apps) => in_core(global, apps, &namespace, &name, &args).await?,
        Apps::Server(apps) => at_server(apps, &namespace, &name, &args).await?,
    };
    if found.is_empty() {
        return Err(CliError::failed("No matching resource found")
            .hint(format!("bowline app resources {name} shows the application's objects")));
    }
    let names: Vec<String> =
        found.iter().map(|object| object.str_at(&["metadata", "name"]).unwrap_or_default().to_string()).collect();
    for object in &mut found {
        if !args.show_managed_fields
            && let Some(metadata) = object.ensure_path(&["metadata"]).and_then(Value::as_object_mut)
        {
            metadata.remove("managedFields");
        }
        if !args.filter_fields.is_empty() {
            *object = filtered(object, &args.filter_fields);
        }
    }
    let mut out = std::io::stdout();
    match args.output {
        Format::Json => found.iter().try_for_each(|object| output::value(&mut out, object, Output::Json))?,
        Format::Yaml => {
            for (place, object) in found.iter().enumerate() {
                if place > 0 {
                    writeln!(out, "---")?;
                }
                write!(out, "{}", yaml::to_yaml(object))?;
            }
        }
        Format::Wide => {
            let rows = found.iter().zip(&names).flat_map(|(object, name)| {
                let rows = rows(object, args.filter_fields.is_empty()).into_iter();
                rows.map(|[field, value]| vec![field, name.clone(), value])
            });
            table::print(&mut out, &["FIELD", "RESOURCE NAME", "VALUE"], rows)?;
        }
    }
    Ok(())
}

fn matches(args: &GetResourceArgs, key: &ResourceKey) -> bool {
    *args.kind == *key.kind
        && args.resource_name.as_deref().is_none_or(|name| *name == *key.name)
        && args.namespace.as_deref().is_none_or(|namespace| *namespace == *key.namespace)
}

async fn in_core(
    global: &Global,
    apps: &CoreApps,
    namespace: &str,
    name: &str,
    args: &GetResourceArgs,
) -> Result<Vec<Value>, CliError> {
    let app = apps.get(namespace, name).await?.app;
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let all = nodes(&destination, &app, None).await;
    let mut wanted: Vec<(Gvk, ResourceKey)> = Vec::new();
    for node in of_application(&all, &app).into_iter().filter(|node| matches(args, &node.key)) {
        wanted.push((node.object.gvk(), node.key.clone()));
    }
    // What stands outside of namespaces is in no list.
    for r in &app.status.resources {
        let key = ResourceKey::new(r.group.as_str(), r.kind.as_str(), r.namespace.as_str(), r.name.as_str());
        if matches(args, &key) && !wanted.iter().any(|(_, known)| *known == key) {
            wanted.push((Gvk::new(r.group.as_str(), r.version.as_str(), r.kind.as_str()), key));
        }
    }
    let mut found = Vec::new();
    for (gvk, key) in wanted {
        let live = bowline_core_ports::Cluster::get(&destination.cluster, &gvk, &key.namespace, &key.name).await;
        found.extend(live.map_err(|e| CliError::failed(format!("{key}: {e}")))?.map(Object::into_value));
    }
    Ok(found)
}

async fn at_server(
    apps: &ServerApps,
    namespace: &str,
    name: &str,
    args: &GetResourceArgs,
) -> Result<Vec<Value>, CliError> {
    let remote = apps.remote();
    let (application, app_namespace) = (Some(name.to_string()), apps.namespace(namespace));
    let query = ResourcesQuery {
        application_name: application.clone(),
        app_namespace: app_namespace.clone(),
        ..ResourcesQuery::default()
    };
    let tree = remote.call(async || remote.applications().resource_tree(query.clone()).await).await?;
    let mut found = Vec::new();
    for node in tree.nodes {
        let at = node.resource_ref;
        let key = ResourceKey::new(at.group.as_str(), at.kind.as_str(), at.namespace.as_str(), at.name.as_str());
        if !matches(args, &key) || at.uid.is_empty() {
            continue;
        }
        let request = ApplicationResourceRequest {
            name: application.clone(),
            namespace: Some(at.namespace),
            resource_name: Some(at.name),
            version: Some(at.version),
            group: Some(at.group),
            kind: Some(at.kind),
            app_namespace: app_namespace.clone(),
            project: None,
        };
        let answer = remote.call(async || remote.applications().get_resource(request.clone()).await).await?;
        found.push(super::served::object(&answer.manifest.unwrap_or_default())?);
    }
    Ok(found)
}

/// An object with these fields alone.
fn filtered(object: &Value, fields: &[String]) -> Value {
    let mut kept = Value::object();
    for field in fields {
        let path: Vec<&str> = field.split('.').collect();
        if let Some(value) = object.get_path(&path)
            && let Some(place) = kept.ensure_path(&path)
        {
            *place = value.clone();
        }
    }
    kept
}

/// Fields and their values; where all were asked for, what names the object and says how it is.
fn rows(object: &Value, all: bool) -> Vec<[String; 2]> {
    let mut rows = Vec::new();
    flat(object, String::new(), &mut rows);
    if all {
        rows.retain(|row| !row[0].starts_with("metadata.managedFields"));
    }
    rows
}

fn flat(value: &Value, path: String, rows: &mut Vec<[String; 2]>) {
    let below = |key: &str| if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
    if let Some(map) = value.as_object() {
        map.iter().for_each(|(key, value)| flat(value, below(key), rows));
        return;
    }
    let text = value.as_str().map_or_else(|| to_json(value, false), String::from);
    rows.push([path, text]);
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    #[test]
    fn fields_are_chosen_and_told() {
        let object = from_json(br#"{"kind":"Pod","spec":{"a":1,"b":{"c":["x"]}}}"#).unwrap();
        let one = filtered(&object, &["spec.b.c".to_string(), "spec.none".to_string(), "kind".to_string()]);
        assert_eq!(to_json(&one, false), r#"{"kind":"Pod","spec":{"b":{"c":["x"]}}}"#);
        assert_eq!(rows(&one, false), [["kind", "Pod"], ["spec.b.c", r#"["x"]"#]].map(|r| r.map(String::from)));
    }
}
