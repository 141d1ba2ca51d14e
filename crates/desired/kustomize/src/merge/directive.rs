//! `$patch`.

use crate::error::{Error, Result};
use crate::node::{Kind, Node, clear};

use super::elements::put;

const KEY: &str = "$patch";

/// What a patch says is done with the node that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    Merge,
    Replace,
    Delete,
}

fn parse(text: &str) -> Result<Directive> {
    match text {
        "merge" => Ok(Directive::Merge),
        "replace" => Ok(Directive::Replace),
        "delete" => Ok(Directive::Delete),
        other => Err(Error::Object(format!("unknown patch strategy '{other}'"))),
    }
}

/// Reads the directive of a patch and takes it out.
pub(super) fn take(patch: &mut Node) -> Result<Directive> {
    match patch.kind() {
        Kind::Mapping => {
            let Some(directive) = patch.get(KEY).map(|node| parse(node.text())) else { return Ok(Directive::Merge) };
            let directive = directive?;
            clear(patch, KEY);
            Ok(directive)
        }
        Kind::Sequence => {
            // Only an element that says nothing else speaks for the whole list.
            let first = patch.items().iter().find(|item| item.get(KEY).is_some());
            let Some(text) = first.filter(|item| item.entries().len() == 1).and_then(|item| item.get(KEY)) else {
                return Ok(Directive::Merge);
            };
            let (text, directive) = (text.text().to_string(), parse(text.text())?);
            let items = patch.items_mut().expect("because it is a list");
            put(items, None, &[KEY.to_string()], &[text])?;
            Ok(directive)
        }
        Kind::Scalar => Err(Error::Object("a scalar cannot be merged into an object or a list".to_string())),
    }
}
