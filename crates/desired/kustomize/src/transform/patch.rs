//! `patches`, `patchesStrategicMerge` and `patchesJson6902`.

use bowline_base_value::yaml::from_yaml;
use bowline_base_value::{Value, from_json};

use crate::build::Session;
use crate::error::{Context, Error, Result};
use crate::factory;
use crate::kustomization::{Patch, Selector};
use crate::loader::{Content, Loader};
use crate::merge::Merge;
use crate::node::{Node, from_value, to_value};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::selector::Compiled;
use crate::work::Work;

use super::json_patch::{self, Operation};

/// A patch that was read.
pub(crate) enum Loaded {
    Strategic(Vec<Resource>),
    Json(Vec<Operation>),
}

/// Reads the patches of `patchesStrategicMerge`: each entry is a patch, or a file with patches.
pub(crate) fn load_strategic(entries: &[String], loader: &Loader<'_>, session: &Session<'_>) -> Result<Vec<Resource>> {
    let mut patches = Vec::new();
    for entry in entries {
        match factory::resources_from_text(entry) {
            Ok(found) => patches.extend(found),
            Err(_) => {
                let content = loader.load(entry)?;
                patches.extend(factory::resources(entry, &content, &session.engine.manifests)?);
            }
        }
    }
    if patches.is_empty() && !entries.is_empty() {
        return Err(Error::Object(format!("patch appears to be empty; files={entries:?}")));
    }
    Ok(patches)
}

/// Merges each patch into the object that it names.
pub(crate) fn run_strategic(patches: &[Resource], resources: &mut ResMap, session: &Session<'_>) -> Result<()> {
    for patch in patches {
        let at = resources.target(&patch.original_id(&session.schema), &session.schema)?;
        merge_selected(&[at], patch, resources, session)?;
    }
    Ok(())
}

/// Reads an entry of `patches` and tells which form it has.
pub(crate) fn load(entry: &Patch, loader: &Loader<'_>, session: &Session<'_>) -> Result<Loaded> {
    let inline = entry.patch.trim();
    let invalid = |reason: &str| Error::Field { field: "patch".to_string(), reason: reason.to_string() };
    match (inline.is_empty(), entry.path.is_empty()) {
        (true, true) => Err(invalid("must specify one of patch and path")),
        (false, false) => Err(invalid("patch and path can't be set at the same time")),
        (false, true) => {
            tell(inline, || factory::resources_from_text(inline)).within(|| format!("[patch: {inline:?}]"))
        }
        (true, false) => {
            let path = &entry.path;
            let content = loader.load(path).within(|| format!("failed to get the patch file from path({path})"))?;
            let text = content.text(path)?;
            tell(text, || factory::resources(path, &content, &session.engine.manifests))
                .within(|| format!("[path: {path:?}]"))
        }
    }
    .map(|loaded| with_options(loaded, entry))
}

fn with_options(mut loaded: Loaded, entry: &Patch) -> Loaded {
    if let Loaded::Strategic(patches) = &mut loaded {
        for patch in patches {
            patch.build.allow_name_change |= entry.options.allow_name_change;
            patch.build.allow_kind_change |= entry.options.allow_kind_change;
        }
    }
    loaded
}

/// Reads a patch in the one form that it has.
fn tell(text: &str, strategic: impl FnOnce() -> Result<Vec<Resource>>) -> Result<Loaded> {
    match strategic() {
        Ok(patches) => Ok(Loaded::Strategic(patches)),
        Err(error) => match operations(text) {
            Ok(operations) => Ok(Loaded::Json(operations)),
            // A list was meant for a JSON patch; anything else for an object.
            Err(json) if text.trim_start().starts_with(['-', '[']) => {
                Err(json).within(|| "unable to parse SM or JSON patch".to_string())
            }
            Err(_) => Err(error).within(|| "unable to parse SM or JSON patch".to_string()),
        },
    }
}

fn operations(text: &str) -> Result<Vec<Operation>> {
    let malformed = |reason: String| Error::Malformed { path: "JSON patch".to_string(), reason };
    // What begins as JSON must be JSON, not YAML in flow style.
    let value = if text.starts_with('[') {
        from_json(text.as_bytes()).map_err(|error| malformed(error.to_string()))?
    } else {
        from_yaml(text).map_err(|error| malformed(error.to_string()))?
    };
    json_patch::parse(&value)
}

/// Applies an entry of `patches`.
pub(crate) fn run(entry: &Patch, loaded: Loaded, resources: &mut ResMap, session: &Session<'_>) -> Result<()> {
    let schema = &session.schema;
    match (loaded, &entry.target) {
        (Loaded::Strategic(patches), Some(target)) => {
            let [patch] = patches.as_slice() else {
                if patches.is_empty() {
                    return Ok(());
                }
                return Err(Error::Object(
                    "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field"
                        .to_string(),
                ));
            };
            let selected = select(target, resources, schema)?;
            merge_selected(&selected, patch, resources, session)
        }
        (Loaded::Strategic(patches), None) => {
            for patch in &patches {
                session.work.spend(resources.list.len() as u64)?;
                session.work.spend_node(&patch.node)?;
                let id = patch.original_id(schema);
                let at = resources
                    .target(&id, schema)
                    .within(|| format!("no resource matches strategic merge patch \"{id}\""))?;
                merge_one(&mut resources.list[at], patch, session)?;
            }
            Ok(())
        }
        (Loaded::Json(_), None) => Err(Error::Field {
            field: "target".to_string(),
            reason: "must specify a target for JSON patch".to_string(),
        }),
        (Loaded::Json(operations), Some(target)) => {
            for at in select(target, resources, schema)? {
                let resource = &mut resources.list[at];
                resource.remember_id(schema);
                apply_json(resource, &operations, &session.work)?;
            }
            Ok(())
        }
    }
}

/// Applies an entry of `patchesJson6902`.
pub(crate) fn run_json6902(
    entry: &Patch,
    loader: &Loader<'_>,
    resources: &mut ResMap,
    session: &Session<'_>,
) -> Result<()> {
    let invalid = |field: &str, reason: &str| Error::Field { field: field.to_string(), reason: reason.to_string() };
    let Some(target) = entry.target.as_ref().filter(|target| !target.name.is_empty()) else {
        return Err(invalid("target.name", "must specify the target name"));
    };
    let content = match (entry.path.is_empty(), entry.patch.is_empty()) {
        (true, true) => return Err(invalid("patch", "empty file path and empty jsonOp")),
        (false, false) => return Err(invalid("patch", "must specify a file path or jsonOp, not both")),
        (true, false) => Content::Fetched(entry.patch.clone().into_bytes()),
        (false, true) => loader.load(&entry.path)?,
    };
    let operations = operations(content.text(&entry.path)?)?;
    if operations.is_empty() {
        return Err(invalid("patch", "patch appears to be empty"));
    }
    for at in select(target, resources, &session.schema)? {
        apply_json(&mut resources.list[at], &operations, &session.work)?;
    }
    Ok(())
}

/// Where the objects are that a target selects.
pub(crate) fn select(target: &Selector, resources: &ResMap, schema: &Schema) -> Result<Vec<usize>> {
    let compiled = Compiled::new(target)?;
    Ok(resources.positions(|resource| compiled.selects(resource, schema)))
}

fn apply_json(resource: &mut Resource, operations: &[Operation], work: &Work) -> Result<()> {
    work.spend_node(&resource.node)?;
    let shown = format!("{} {:?}", resource.kind(), resource.name());
    // Only what is internal to a build survives whatever a JSON patch does.
    let build = resource.build.clone();
    resource
        .patched(|resource| {
            let value: Value = to_value(&resource.node)?;
            let value = json_patch::apply(value, operations, work)?;
            if value.as_object().is_none() {
                return Err(Error::Object("the patch leaves no object".to_string()));
            }
            resource.node = from_value(&value);
            Ok(())
        })
        .within(|| shown)?;
    resource.build = build;
    // Annotations become strings here, and an empty map goes.
    let annotations = resource.annotations();
    resource.set_annotations(&annotations)
}

/// Merges a patch that was selected for objects: labels and annotations in it become strings first.
pub(crate) fn merge_selected(
    selected: &[usize],
    patch: &Resource,
    resources: &mut ResMap,
    session: &Session<'_>,
) -> Result<()> {
    let schema = &session.schema;
    session.work.spend(2 * resources.list.len() as u64)?;
    for at in selected {
        session.work.spend_node(&patch.node)?;
        let resource = &mut resources.list[*at];
        let mut own = patch.clone();
        own.set_labels(&patch.labels())?;
        own.set_annotations(&patch.annotations())?;
        own.set_name(patch.name())?;
        own.set_namespace(patch.namespace())?;
        own.set_api_version(&resource.gvk().api_version())?;
        merge_one(resource, &own, session)?;
    }
    resources.drop_empty();
    resources.check_unique(schema)
}

/// Merges a patch into an object; name, kind and namespace stay unless the patch may change them.
fn merge_one(resource: &mut Resource, patch: &Resource, session: &Session<'_>) -> Result<()> {
    let (schema, work) = (&session.schema, &session.work);
    let shown = format!("{} {:?}", resource.kind(), resource.name());
    let (name, namespace, kind) =
        (resource.name().to_string(), resource.namespace().to_string(), resource.kind().to_string());
    if patch.build.allow_name_change || patch.build.allow_kind_change {
        resource.remember_id(schema);
    }
    resource
        .patched(|resource| {
            resource.with_sharing(|resource| {
                let dest = std::mem::replace(&mut resource.node, Node::scalar(""));
                let merge = Merge { schema, prepend: true, infer: false, work };
                match merge.apply(dest, patch.node.clone())? {
                    Some(node) => resource.node = node,
                    None => resource.empty(),
                }
                Ok(())
            })
        })
        .within(|| format!("strategic merge patch for {shown}"))?;
    if resource.is_empty() {
        return Ok(());
    }
    if !patch.build.allow_kind_change {
        resource.set_kind(&kind)?;
    }
    if !patch.build.allow_name_change {
        resource.set_name(&name)?;
    }
    resource.set_namespace(&namespace)
}
