//! `replacements`.

use bowline_base_value::yaml::from_yaml;

use crate::decode::Mode;
use crate::error::{Context, Error, Result};
use crate::fieldspec::split_dotted;
use crate::gvk::ResId;
use crate::kustomization::{FieldOptions, Replacement, ReplacementEntry, Source, Target};
use crate::loader::Loader;
use crate::node::{Kind, Node, for_each_match, lookup, set_scalar_value};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::selector::Compiled;
use crate::work::Work;

use super::structured;

const NAME: &str = "metadata.name";

/// The replacements that the entries stand for, those in files read.
pub(crate) fn load(entries: &[ReplacementEntry], loader: &Loader<'_>) -> Result<Vec<Replacement>> {
    let mut replacements = Vec::new();
    for entry in entries {
        if entry.path.is_empty() {
            replacements.push(entry.inline.clone());
            continue;
        }
        if entry.inline.source.is_some() || entry.inline.targets.as_ref().is_some_and(|targets| !targets.is_empty()) {
            let reason = "cannot specify both path and inline replacement".to_string();
            return Err(Error::Field { field: "path".to_string(), reason });
        }
        let content = loader.load(&entry.path)?;
        let value = from_yaml(content.text(&entry.path)?)
            .map_err(|error| Error::Malformed { path: entry.path.clone(), reason: error.to_string() })?;
        let read = |value, path: &str| Replacement::read(value, path, Mode::Lenient);
        let what = || entry.path.clone();
        match value.as_array() {
            Some(items) => {
                for (i, item) in items.iter().enumerate() {
                    replacements.push(read(item, &format!("[{i}]")).within(what)?);
                }
            }
            None if value.as_object().is_some() => replacements.push(read(&value, "").within(what)?),
            None => {
                let reason =
                    format!("unsupported replacement type encountered within replacement path: {}", value.type_name());
                return Err(Error::Malformed { path: entry.path.clone(), reason });
            }
        }
    }
    Ok(replacements)
}

/// Copies each value to its targets, one replacement after the other.
pub(crate) fn run(replacements: &[Replacement], resources: &mut ResMap, work: &Work) -> Result<()> {
    for (i, replacement) in replacements.iter().enumerate() {
        one(replacement, resources, work).within(|| format!("[{i}]"))?;
    }
    Ok(())
}

fn one(replacement: &Replacement, resources: &mut ResMap, work: &Work) -> Result<()> {
    work.spend(1 + resources.list.len() as u64)?;
    let Some(targets) = &replacement.targets else {
        return Err(Error::Field {
            field: "targets".to_string(),
            reason: "replacements must specify a source and at least one target".to_string(),
        });
    };
    let value = match (&replacement.source, &replacement.source_value) {
        (Some(_), Some(_)) => {
            return Err(Error::Field {
                field: "sourceValue".to_string(),
                reason: "value and resource selectors are mutually exclusive".to_string(),
            });
        }
        (None, Some(text)) => Node::scalar(text.as_str()),
        (Some(source), None) => source_value(source, resources)?,
        (None, None) => {
            return Err(Error::Field {
                field: "source".to_string(),
                reason: "replacements must specify a source and at least one target".to_string(),
            });
        }
    };
    targets
        .iter()
        .enumerate()
        .try_for_each(|(i, target)| to_target(&value, target, resources, work).within(|| format!("targets[{i}]")))
}

/// Every identity of an object, as replacements see them: without regard to scope.
fn ids(resource: &Resource) -> Vec<ResId> {
    let now = ResId {
        gvk: resource.gvk(),
        name: resource.name().into(),
        namespace: resource.namespace().into(),
        cluster_scoped: false,
    };
    std::iter::once(now).chain(resource.previous_ids()).collect()
}

fn source_value(source: &Source, resources: &ResMap) -> Result<Node> {
    let wanted = ResId {
        gvk: source.gvk.clone(),
        name: source.name.as_str().into(),
        namespace: source.namespace.as_str().into(),
        cluster_scoped: false,
    };
    let is_wanted = |id: &ResId| {
        (wanted.name.is_empty() || wanted.name == id.name)
            && (wanted.namespace.is_empty() || wanted.same_namespace(id))
            && id.gvk.is_selected_by(&wanted.gvk)
    };
    let found = resources.positions(|resource| ids(resource).iter().any(is_wanted));
    let path = if source.field_path.is_empty() { NAME } else { &source.field_path };
    let shown = format!("{wanted}:{path}");
    let resource = match found.as_slice() {
        [at] => &resources.list[*at],
        [] => return Err(Error::Target(format!("nothing selected by {shown}"))),
        _ => return Err(Error::Target(format!("multiple matches for selector {shown}"))),
    };
    let node =
        lookup(&resource.node, &split_dotted(path)).within(|| "error looking up replacement source".to_string())?;
    let Some(node) = node.filter(|node| !node.is_null_or_empty()) else {
        return Err(Error::Target(format!("fieldPath `{path}` is missing for replacement source {wanted}")));
    };
    let mut value = Node { shared: 0, ..node.clone() };
    if let Some(options) = source.options.as_ref().filter(|options| !options.delimiter.is_empty()) {
        if value.kind() != Kind::Scalar {
            return Err(Error::Object("delimiter option can only be used with scalar nodes".to_string()));
        }
        let parts: Vec<&str> = value.text().split(options.delimiter.as_str()).collect();
        let part = usize::try_from(options.index).ok().and_then(|index| parts.get(index));
        let Some(part) = part.map(|part| part.to_string()) else {
            let reason = format!("options.index {} is out of bounds for value {}", options.index, value.text());
            return Err(Error::Field { field: "source.options.index".to_string(), reason });
        };
        set_scalar_value(&mut value, part);
    }
    Ok(value)
}

fn to_target(value: &Node, target: &Target, resources: &mut ResMap, work: &Work) -> Result<()> {
    work.spend(1 + resources.list.len() as u64)?;
    let Some(select) = &target.select else {
        return Err(Error::Field {
            field: "select".to_string(),
            reason: "target must specify resources to select".to_string(),
        });
    };
    let selected = Compiled::new(select)?;
    let rejected = target.reject.iter().map(|r| Ok((r, Compiled::new(r)?))).collect::<Result<Vec<_>>>()?;
    let name = [NAME.to_string()];
    let paths = if target.field_paths.is_empty() { &name[..] } else { &target.field_paths };
    for resource in &mut resources.list {
        let ids = ids(resource);
        let is_rejected = rejected.iter().any(|(selector, compiled)| {
            let by_metadata = !selector.annotation_selector.is_empty() || !selector.label_selector.is_empty();
            (by_metadata && compiled.metadata(resource))
                || (!selector.has_no_id() && ids.iter().any(|id| compiled.id(id)))
        });
        if is_rejected || !selected.metadata(resource) || !ids.iter().any(|id| selected.id(id)) {
            continue;
        }
        let shown = crate::fieldspec::describe(&resource.node);
        resource
            .patched(|resource| {
                resource.with_sharing(|resource| {
                    paths
                        .iter()
                        .try_for_each(|path| copy(value, path, target.options.as_ref(), &mut resource.node, work))
                })
            })
            .within(|| format!("object {shown}"))?;
    }
    Ok(())
}

/// Copies the value to the fields at a path.
fn copy(value: &Node, path: &str, options: Option<&FieldOptions>, object: &mut Node, work: &Work) -> Result<()> {
    let create = options.filter(|options| options.create).map(|_| value.kind());
    let parts = split_dotted(path);
    // A path that goes on inside a text is for the document in that text.
    work.spend_node(value)?;
    if structured::set(object, &parts, value, create).is_some() {
        return Ok(());
    }
    let missing = || {
        let verb = if create.is_some() { "find or create" } else { "find" };
        format!("unable to {verb} field \"{path}\" in replacement target")
    };
    let mut failed = None;
    let found = for_each_match(object, &parts, create, &mut |node| {
        if let Err(error) = set(node, value, options, work) {
            failed.get_or_insert(error);
        }
    })
    .within(missing)?;
    if let Some(error) = failed {
        return Err(error);
    }
    if found == 0 {
        return Err(Error::Target(missing()));
    }
    Ok(())
}

/// Scalar onto scalar copies the text alone: type and style of the target stay.
fn set(node: &mut Node, value: &Node, options: Option<&FieldOptions>, work: &Work) -> Result<()> {
    work.spend_node(value)?;
    let mut text = value.text().to_string();
    if let Some(options) = options.filter(|options| !options.delimiter.is_empty()) {
        if node.kind() != Kind::Scalar {
            return Err(Error::Object("delimiter option can only be used with scalar nodes".to_string()));
        }
        let own = value.text_unless_null().to_string();
        let mut parts: Vec<String> = node.text().split(options.delimiter.as_str()).map(String::from).collect();
        match usize::try_from(options.index) {
            Err(_) => parts.insert(0, own),
            Ok(index) if index >= parts.len() => parts.push(own),
            Ok(index) => parts[index] = own,
        }
        text = parts.join(&options.delimiter);
        work.spend_text(&text)?;
        if value.kind() != Kind::Scalar {
            return Err(Error::Object("only a scalar can be put between delimiters".to_string()));
        }
    }
    if node.kind() == Kind::Scalar {
        set_scalar_value(node, text);
    } else {
        *node = value.clone();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_their_type() {
        let mut node = Node::string("8080");
        set(&mut node, &Node::scalar("9090"), None, &Work::default()).unwrap();
        assert_eq!(node, Node::string("9090"));
        let options = FieldOptions { delimiter: ":".to_string(), index: 1, create: false };
        let mut node = Node::string("image:1.0");
        set(&mut node, &Node::scalar("2.0"), Some(&options), &Work::default()).unwrap();
        assert_eq!(node.text(), "image:2.0");
    }
}
