//! Replacements inside of texts: a path that goes on below a scalar is for the YAML or JSON document in it.

use bowline_base_value::{to_json, to_json_indented};

use crate::node::{Kind, Node, for_each_match, lookup, lookup_create, read_one, set_scalar_value, to_value, write};

/// Sets the value in the document in a text on the path; `None` where there is no such text, or nothing in it to set.
pub(super) fn set(object: &mut Node, path: &[String], value: &Node, create: Option<Kind>) -> Option<()> {
    let (at, mut document) = (1..path.len()).find_map(|i| {
        let node = lookup(object, &path[..i]).ok()??;
        let is_text = node.kind() == Kind::Scalar && !node.is_null();
        is_text.then(|| read_one(node.text()).ok().flatten().map(|document| (i, document)))?
    })?;
    let found = for_each_match(&mut document, &path[at..], create, &mut |node| {
        if node.kind() == Kind::Scalar {
            set_scalar_value(node, value.text());
        } else {
            *node = value.clone();
        }
    });
    if found.ok()? == 0 {
        return None;
    }
    let parts: Vec<&str> = path[..at].iter().map(String::as_str).collect();
    let scalar = lookup_create(object, &parts, None).ok()??;
    let text = serialize(&document, scalar.text())?;
    set_scalar_value(scalar, text);
    Some(())
}

/// The document in the form that the text had: JSON, compact or indented, or YAML.
fn serialize(document: &Node, original: &str) -> Option<String> {
    if !original.trim_start().starts_with(['{', '[']) {
        return Some(write(document).trim().to_string());
    }
    let value = to_value(document).ok()?;
    let indented = original.contains('\n') && original.contains("  ");
    Some(if indented { to_json_indented(&value, "  ", true) } else { to_json(&value, true) })
}
