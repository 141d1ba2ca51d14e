//! Hashes of contents at the end of the names of generated ConfigMaps and Secrets.

use std::fmt::Write;

use bowline_base_value::{Map, Value, to_json};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::node::{Kind, Node, to_value};
use crate::resmap::ResMap;
use crate::schema::Schema;

/// Adds hashes to the names that need one.
pub(crate) fn run(resources: &mut ResMap, schema: &Schema) -> Result<()> {
    for resource in resources.list.iter_mut().filter(|resource| resource.build.needs_hash) {
        let hash = of(&resource.node)?;
        resource.remember_id(schema);
        let name = format!("{}-{hash}", resource.name());
        resource.set_name(&name)?;
    }
    Ok(())
}

/// The hash of an object's content: ten letters and digits that spell no words.
pub(crate) fn of(object: &Node) -> Result<String> {
    let text = |path: &[&str]| match object.at(path) {
        None => Ok(Value::from("")),
        Some(node) if node.kind() == Kind::Scalar => Ok(Value::from(node.text())),
        Some(node) => to_value(node),
    };
    let kind = object.get("kind").map(Node::text).unwrap_or_default();
    let mut content = Map::new();
    content.insert("kind", kind);
    // The name is looked up under a key that no object has, so it never counts.
    content.insert("name", "");
    content.insert("data", text(&["data"])?);
    let extra = match kind {
        "ConfigMap" => "binaryData",
        "Secret" => {
            content.insert("type", text(&["type"])?);
            "stringData"
        }
        _ => "",
    };
    let encoded = if extra.is_empty() {
        to_json(&to_value(object)?, true)
    } else {
        let more = text(&[extra])?;
        if more.as_object().is_some() {
            content.insert(extra, more);
        }
        to_json(&Value::from(content), true)
    };
    Ok(spell(&Sha256::digest(encoded)))
}

/// The first ten hex digits, without vowels and digits that look like them.
fn spell(digest: &[u8]) -> String {
    let mut hex = String::new();
    for byte in &digest[..5] {
        write!(hex, "{byte:02x}").expect("because a String takes everything");
    }
    let letter = |c| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    hex.chars().map(letter).collect()
}
