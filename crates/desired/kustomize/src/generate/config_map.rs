//! ConfigMaps and Secrets out of files and texts.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::error::{Error, Result};
use crate::kustomization::{GeneratorArgs, GeneratorOptions};
use crate::loader::Loader;
use crate::node::{Node, Style, Tag, ensure_mapping, set_field};
use crate::resource::{Behavior, Resource};

use super::data;

/// The length of the lines of encoded binary data.
const LINE: usize = 70;

/// Makes the object of one generator.
pub(super) fn make(
    kind: &str,
    args: &GeneratorArgs,
    options: &GeneratorOptions,
    loader: &Loader<'_>,
) -> Result<Resource> {
    if args.name.is_empty() {
        let reason = "a configmap must have a name".to_string();
        return Err(Error::Field { field: "name".to_string(), reason });
    }
    let mut node = Node::mapping(vec![
        (Node::scalar("apiVersion"), Node::string("v1")),
        (Node::scalar("kind"), Node::string(kind)),
    ]);
    let metadata = ensure_mapping(&mut node, &["metadata"]);
    set_field(metadata, "name", Some(Node::string(args.name.as_str())), Style::PLAIN)?;
    if !args.namespace.is_empty() {
        set_field(metadata, "namespace", Some(Node::string(args.namespace.as_str())), Style::PLAIN)?;
    }
    let data = data::load(&args.name, args, loader)?;
    if kind == "Secret" {
        let secret_type = if args.secret_type.is_empty() { "Opaque" } else { &args.secret_type };
        set_field(&mut node, "type", Some(Node::string(secret_type)), Style::PLAIN)?;
        // Also a Secret without entries has data.
        let map = ensure_mapping(&mut node, &["data"]);
        for (key, bytes) in &data {
            set_field(map, key, Some(Node::string(encode(bytes))), Style::PLAIN)?;
        }
    } else {
        for (key, bytes) in &data {
            let (field, text) = match std::str::from_utf8(bytes) {
                Ok(text) => ("data", text.to_string()),
                Err(_) => ("binaryData", encode(bytes)),
            };
            set_field(ensure_mapping(&mut node, &[field]), key, Some(Node::string(text)), Style::PLAIN)?;
        }
    }
    set_texts(&mut node, "labels", &options.labels)?;
    set_texts(&mut node, "annotations", &options.annotations)?;
    if options.immutable {
        set_field(&mut node, "immutable", Some(Node::scalar("true").with_tag(Tag::Bool)), Style::PLAIN)?;
    }
    let mut resource = Resource::new(node);
    resource.build.needs_hash = !options.disable_name_suffix_hash;
    resource.build.behavior = Behavior::parse(&args.behavior);
    Ok(resource)
}

fn set_texts(node: &mut Node, field: &str, texts: &BTreeMap<String, String>) -> Result<()> {
    for (key, text) in texts {
        let map = ensure_mapping(node, &["metadata", field]);
        let value = Node { style: Style::SINGLE, ..Node::string(text.as_str()) };
        set_field(map, key, Some(value), Style::PLAIN)?;
    }
    Ok(())
}

/// Base64, in lines where it is longer than one.
fn encode(bytes: &[u8]) -> String {
    let text = BASE64.encode(bytes);
    // The number of lines is reckoned so that a text of exactly one line has two.
    if text.len() / LINE == 0 {
        return text;
    }
    let lines = text.as_bytes().chunks(LINE).map(|line| std::str::from_utf8(line).unwrap_or_default());
    lines.flat_map(|line| [line, "\n"]).collect()
}
