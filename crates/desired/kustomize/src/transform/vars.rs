//! `vars`: `$(NAME)` in many fields stands for a field of an object.

use std::collections::{BTreeMap, BTreeSet};

use bowline_base_value::format_float;

use crate::config::TransformerConfig;
use crate::error::{Error, Result};
use crate::fieldspec::split_dotted;
use crate::gvk::ResId;
use crate::kustomization::Var;
use crate::node::{Body, Kind, Node, Style, Tag, lookup};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::work::Work;

/// Remembers for each variable the object that it takes its value from; there may be none yet.
pub(crate) fn bind(vars: &[Var], resources: &mut ResMap, schema: &Schema) -> Result<()> {
    for var in vars {
        // The scope of what a variable names is not known, so a namespace only counts where one is given.
        let wanted = ResId {
            gvk: var.gvk.clone(),
            name: var.object_name.as_str().into(),
            namespace: var.object_namespace.as_str().into(),
            cluster_scoped: false,
        };
        let matches = |id: &ResId| {
            if wanted.namespace.is_empty() { wanted.name == id.name && wanted.gvk == id.gvk } else { wanted.is(id) }
        };
        let found = resources.positions(|resource| !resource.is_empty() && resource.any_id(schema, matches));
        match found.as_slice() {
            [] => {}
            [at] => resources.list[*at].vars.push(var.name.clone()),
            more => {
                return Err(Error::Target(format!(
                    "found {} resId matches for var {} (unable to disambiguate)",
                    more.len(),
                    var.name
                )));
            }
        }
    }
    Ok(())
}

/// Puts the values in the place of the variables.
pub(crate) fn run(
    resources: &mut ResMap,
    config: &TransformerConfig,
    vars: &[Var],
    warnings: &mut Vec<String>,
    work: &Work,
) -> Result<()> {
    let mut values = BTreeMap::new();
    for var in vars {
        values.insert(var.name.clone(), value_of(var, resources)?);
    }
    if values.is_empty() {
        return Ok(());
    }
    let mut used = Used::default();
    work.spend((resources.list.len() * config.var_reference.len()) as u64)?;
    for resource in &mut resources.list {
        for spec in &config.var_reference {
            resource.with_sharing(|resource: &mut Resource| {
                spec.apply(&mut resource.node, None, &mut |node| replace_in(node, &values, &mut used))
            })?;
            used.check()?;
        }
    }
    let unused: Vec<&str> = values.keys().filter(|name| !used.names.contains(*name)).map(String::as_str).collect();
    if !unused.is_empty() {
        warnings.push(format!("well-defined vars that were never replaced: {}", unused.join(",")));
    }
    Ok(())
}

/// The value of a variable; nothing where it is a list or an object, which is never put anywhere.
fn value_of(var: &Var, resources: &ResMap) -> Result<Option<Node>> {
    let Some(resource) = resources.list.iter().find(|resource| resource.vars.contains(&var.name)) else {
        return Err(Error::Target(format!(
            "var '{}' cannot be mapped to a field in the set of known resources",
            var.name
        )));
    };
    let missing = || {
        Error::Target(format!(
            "field specified in var '{}' not found in corresponding resource: {}",
            var.name, var.field_path
        ))
    };
    // `a[0]` is another way to write `a.0` here.
    let path: Vec<String> = split_dotted(&var.field_path).iter().flat_map(|part| split_index(part)).collect();
    let node = lookup(&resource.node, &path).map_err(|_| missing())?.ok_or_else(missing)?;
    if node.kind() != Kind::Scalar {
        return Ok(None);
    }
    let text = node.text();
    let typed = |text: String, tag: Tag| Ok(Some(Node::scalar(text).with_tag(tag)));
    match node.tag {
        Tag::Int => typed(text.parse::<i64>().map_err(|_| missing())?.to_string(), Tag::Int),
        Tag::Float => typed(format_float(text.parse().map_err(|_| missing())?), Tag::Float),
        Tag::Bool => typed(text.to_lowercase(), Tag::Bool),
        _ => Ok(Some(Node::string(text))),
    }
}

fn split_index(part: &str) -> Vec<String> {
    match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
        Some((name, index)) if !name.is_empty() && index.parse::<usize>().is_ok() => {
            vec![name.to_string(), index.to_string()]
        }
        _ => vec![part.to_string()],
    }
}

type Values = BTreeMap<String, Option<Node>>;

/// More bytes than values of variables ever come to in one build.
const MAX_EXPANDED: usize = 64 << 20;

/// What was put in the place of variables.
#[derive(Default)]
struct Used {
    names: BTreeSet<String>,
    bytes: usize,
}

// === impl Used ===

impl Used {
    /// Counts a value; false where all of them have become too long.
    fn take(&mut self, name: &str, value: &Node) -> bool {
        if !self.names.contains(name) {
            self.names.insert(name.to_string());
        }
        self.bytes = self.bytes.saturating_add(value.text().len());
        self.bytes <= MAX_EXPANDED
    }

    fn check(&self) -> Result<()> {
        match self.bytes <= MAX_EXPANDED {
            true => Ok(()),
            false => Err(Error::TooLarge(format!("vars come to more than {MAX_EXPANDED} bytes"))),
        }
    }
}

fn replace_in(node: &mut Node, values: &Values, used: &mut Used) -> Result<()> {
    if node.is_null() {
        return Ok(());
    }
    match node.kind() {
        Kind::Scalar => replace_scalar(node, values, used),
        Kind::Mapping => {
            for (key, value) in node.entries_mut().into_iter().flatten() {
                if !key.is_string() {
                    return Err(Error::Object(format!("invalid map key: value='{}'", key.text())));
                }
                if value.kind() == Kind::Scalar {
                    replace_scalar(value, values, used);
                }
            }
        }
        Kind::Sequence => {
            for item in node.items_mut().into_iter().flatten() {
                if !item.is_string() {
                    return Err(Error::Object("invalid value type expect a string".to_string()));
                }
                replace_scalar(item, values, used);
            }
        }
    }
    Ok(())
}

fn replace_scalar(node: &mut Node, values: &Values, used: &mut Used) {
    if !node.is_string() {
        return;
    }
    let new = expand(node.text(), values, used);
    // Whatever the old style was, the new one is plain; text with line breaks becomes a block.
    node.tag = new.tag;
    node.body = new.body;
    node.style = Style::PLAIN;
}

/// Expands `$(NAME)`; `$$` is a dollar sign. A text that is one variable takes the type of its value.
fn expand(text: &str, values: &Values, used: &mut Used) -> Node {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(inner) = after.strip_prefix('(') {
            let Some(end) = inner.find(')') else {
                out.push_str("$(");
                rest = inner;
                continue;
            };
            let name = &inner[..end];
            match values.get(name) {
                Some(Some(value)) => {
                    if !used.take(name, value) {
                        return Node::string(text);
                    }
                    if text.len() == name.len() + 3 {
                        return value.clone();
                    }
                    out.push_str(value.text());
                }
                _ => out.push_str(&rest[at..at + name.len() + 3]),
            }
            rest = &inner[end + 1..];
        } else if let Some(escaped) = after.strip_prefix('$') {
            out.push('$');
            rest = escaped;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    Node { body: Body::Scalar(out.into()), ..Node::scalar("").with_tag(Tag::Str) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expansion() {
        let values = BTreeMap::from([
            ("A".to_string(), Some(Node::string("a"))),
            ("N".to_string(), Some(Node::scalar("5").with_tag(Tag::Int))),
            ("L".to_string(), None),
        ]);
        for (text, want, tag) in [
            ("$(A)", "a", Tag::Str),
            ("$(N)", "5", Tag::Int),
            ("x$(A)y$(N)", "xay5", Tag::Str),
            ("$$(A)", "$(A)", Tag::Str),
            ("$$$$$$$(A)", "$$$a", Tag::Str),
            ("$(B) $(L) $(A", "$(B) $(L) $(A", Tag::Str),
            ("cost: $5", "cost: $5", Tag::Str),
            ("--$($($(--", "--$($($(--", Tag::Str),
        ] {
            let node = expand(text, &values, &mut Used::default());
            assert_eq!((node.text(), &node.tag), (want, &tag), "{text}");
        }
    }
}
