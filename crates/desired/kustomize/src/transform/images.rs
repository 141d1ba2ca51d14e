//! `images`.

use regex::Regex;

use crate::error::{Error, Result};
use crate::fieldspec::FieldSpec;
use crate::kustomization::Image;
use crate::node::{Kind, Node, set_scalar};
use crate::resmap::ResMap;

/// An entry of `images` ready to be asked.
struct Update<'i> {
    image: &'i Image,
    /// The name, which is a regular expression, with any tag and digest.
    pattern: Option<Regex>,
}

/// Sets names, tags and digests of images: of all containers anywhere, and wherever the field specs say. CRDs are left.
pub(crate) fn run(image: &Image, specs: &[FieldSpec], resources: &mut ResMap) -> Result<()> {
    let update = Update::new(image)?;
    for resource in resources.list.iter_mut().filter(|resource| resource.kind() != "CustomResourceDefinition") {
        if has_containers(&resource.node, &update) {
            update.containers(&mut resource.node)?;
        }
    }
    at_fields(image, specs, resources)
}

/// The second half of [`run`]: what the field specs name.
pub(crate) fn at_fields(image: &Image, specs: &[FieldSpec], resources: &mut ResMap) -> Result<()> {
    let update = Update::new(image)?;
    for resource in resources.list.iter_mut().filter(|resource| resource.kind() != "CustomResourceDefinition") {
        for spec in specs {
            spec.apply(&mut resource.node, None, &mut |node| update.set(node))?;
        }
    }
    Ok(())
}

/// Whether the walk over containers would change anything: if not, nothing that is shared needs to be copied.
fn has_containers(node: &Node, update: &Update<'_>) -> bool {
    node.entries().iter().any(|(key, value)| {
        let containers = matches!(key.text(), "containers" | "initContainers") && value.kind() == Kind::Sequence;
        let hit = |item: &Node| match item.get("image") {
            // What is no text, and elements that are no mappings, are errors that the walk reports.
            Some(image) => image.kind() != Kind::Scalar || update.matches(image.text()),
            None => item.kind() != Kind::Mapping && !item.is_null(),
        };
        (containers && value.items().iter().any(hit)) || has_containers(value, update)
    }) || node.items().iter().any(|item| has_containers(item, update))
}

// === impl Update ===

impl<'i> Update<'i> {
    fn new(image: &'i Image) -> Result<Update<'i>> {
        // A plain name needs no regular expression engine; its dots match any character.
        let plain =
            image.name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b':' | b'.'));
        let pattern = if plain {
            None
        } else {
            let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", image.name);
            let regex = Regex::new(&pattern)
                .map_err(|error| Error::Field { field: "name".to_string(), reason: error.to_string() })?;
            Some(regex)
        };
        Ok(Update { image, pattern })
    }

    fn matches(&self, text: &str) -> bool {
        if let Some(pattern) = &self.pattern {
            return pattern.is_match(text);
        }
        let Some(rest) = strip_pattern(text, &self.image.name) else { return false };
        let is_tag = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.{}-".contains(&b));
        let (tag, digest) = match rest.split_once('@') {
            Some((tag, digest)) => (tag, Some(digest)),
            None => (rest, None),
        };
        let tag = tag.is_empty() || tag.strip_prefix(':').is_some_and(is_tag);
        tag && digest.is_none_or(|digest| digest.strip_prefix("sha256:").is_some_and(is_tag))
    }

    fn containers(&self, node: &mut Node) -> Result<()> {
        match node.kind() {
            Kind::Scalar => Ok(()),
            Kind::Sequence => node.items_mut().into_iter().flatten().try_for_each(|item| self.containers(item)),
            Kind::Mapping => {
                for (key, value) in node.entries_mut().into_iter().flatten() {
                    self.containers(value)?;
                    if matches!(key.text(), "containers" | "initContainers") && value.kind() == Kind::Sequence {
                        for item in value.items_mut().into_iter().flatten() {
                            if item.kind() != Kind::Mapping && !item.is_null() {
                                let reason =
                                    format!("expected a mapping in {}, found {}", key.text(), item.kind_name());
                                return Err(Error::Object(reason));
                            }
                            if let Some(image) = item.get_mut("image") {
                                self.set(image)?;
                            }
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn set(&self, node: &mut Node) -> Result<()> {
        if node.kind() != Kind::Scalar {
            return Err(Error::Object(format!("expected an image, found {}", node.kind_name())));
        }
        if !self.matches(node.text()) {
            return Ok(());
        }
        let image = self.image;
        let (name, tag, digest) = split(node.text());
        let name = if image.new_name.is_empty() { name } else { &image.new_name };
        let (tag, digest) = match (image.new_tag.is_empty(), image.digest.is_empty()) {
            (false, _) => (image.new_tag.clone(), image.digest.as_str()),
            (true, false) => (String::new(), image.digest.as_str()),
            (true, true) if !image.tag_suffix.is_empty() => (format!("{tag}{}", image.tag_suffix), ""),
            (true, true) => (tag.to_string(), digest),
        };
        let mut text = name.to_string();
        for (mark, part) in [(':', tag.as_str()), ('@', digest)] {
            if !part.is_empty() {
                text.push(mark);
                text.push_str(part);
            }
        }
        Ok(set_scalar(node, Node::scalar(text))?)
    }
}

/// What follows a name in which dots stand for any character.
fn strip_pattern<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in name.chars() {
        let found = rest.next()?;
        if found != wanted && (wanted != '.' || found == '\n') {
            return None;
        }
    }
    Some(rest.as_str())
}

/// The name, the tag and the digest of an image; a colon before the first slash belongs to a port.
pub(crate) fn split(image: &str) -> (&str, &str, &str) {
    let from = image.find('/').unwrap_or(0);
    let at = image[from..].find('@').map(|i| i + from);
    let colon = image[from..].find(':').map(|i| i + from);
    match (colon, at) {
        (None, None) => (image, "", ""),
        (Some(colon), Some(at)) if colon < at => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (_, Some(at)) => (&image[..at], "", &image[at + 1..]),
        (Some(colon), None) => (&image[..colon], &image[colon + 1..], ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_images() {
        for (image, want) in [
            ("nginx", ("nginx", "", "")),
            ("nginx:1.2", ("nginx", "1.2", "")),
            ("r:5000/a/b:1@sha256:00", ("r:5000/a/b", "1", "sha256:00")),
            ("a@sha256:00", ("a", "", "sha256:00")),
        ] {
            assert_eq!(split(image), want, "{image}");
        }
    }
}
