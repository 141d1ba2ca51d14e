//! The strategic merge of a patch into an object.
//!
//! Mappings are merged field by field, null removes; lists are merged by the keys that the schema names, else replaced;
//! `$patch: delete|replace|merge` says otherwise. The whole object is walked, so nulls without text and repeated elements
//! disappear where the patch says nothing about them. What `kustomize` does here is full of corners, and they are kept:
//! manifests depend on them.

mod directive;
mod elements;

use crate::error::{Error, Result};
use crate::node::{Kind, Node, Style, Tag, set_field, set_kept_field};
use crate::schema::{Place, Schema};
use crate::work::Work;

use directive::Directive;

/// How a merge treats lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Merge<'s> {
    pub(crate) schema: &'s Schema,
    /// Whether new elements of merged lists come first, as they do in patches.
    pub(crate) prepend: bool,
    /// Whether lists whose elements all have a `name` are merged by it where no schema speaks.
    pub(crate) infer: bool,
    /// What is left of the build's steps.
    pub(crate) work: &'s Work,
}

/// What is merged into a node.
#[derive(Clone, Debug)]
pub(super) enum Patch {
    /// The patch says nothing here.
    Nothing,
    /// The node is the patch's own: it is only cleaned of directives and nulls.
    Itself,
    With(Node),
}

// === impl Patch ===

impl Patch {
    fn node<'a>(&'a self, dest: Option<&'a Node>) -> Option<&'a Node> {
        match self {
            Patch::Nothing => None,
            Patch::Itself => dest,
            Patch::With(node) => Some(node),
        }
    }

    fn of(node: Option<Node>) -> Patch {
        node.map_or(Patch::Nothing, Patch::With)
    }
}

// === impl Merge ===

impl<'s> Merge<'s> {
    /// The object with the patch; `None` where the patch deletes it.
    pub(crate) fn apply(&self, dest: Node, patch: Node) -> Result<Option<Node>> {
        self.walk(Some(dest), Patch::With(patch), None)
    }

    /// A null result is one that stays although the patch says nothing about it.
    fn walk(&self, dest: Option<Node>, patch: Patch, place: Option<Place<'s>>) -> Result<Option<Node>> {
        let place = place.or_else(|| self.root(dest.as_ref(), &patch));
        if let (Some(node), Patch::Nothing) = (&dest, &patch)
            && !self.infer
            && !elements::needs_walk_as_field(node, place)
        {
            return Ok(dest);
        }
        let kind =
            [dest.as_ref(), patch.node(dest.as_ref())].into_iter().flatten().find(|n| !n.is_null()).map(Node::kind);
        if let Some(kind) = kind {
            for node in [dest.as_ref(), patch.node(None)].into_iter().flatten().filter(|n| !n.is_null()) {
                if node.kind() != kind {
                    let expected = Node::empty(kind).kind_name();
                    return Err(Error::Object(format!(
                        "expected {expected} to merge with, found {}",
                        node.kind_name()
                    )));
                }
            }
        }
        match kind {
            Some(Kind::Scalar) => Ok(match patch {
                Patch::With(node) => Some(node).filter(|n| !n.is_null()),
                Patch::Itself | Patch::Nothing => dest.filter(|n| !n.is_null()),
            }),
            Some(Kind::Sequence) => self.walk_list(dest, patch, place),
            Some(Kind::Mapping) | None => self.walk_mapping(dest, patch, place),
        }
    }

    /// The schema of an object that is found by its kind.
    fn root(&self, dest: Option<&Node>, patch: &Patch) -> Option<Place<'s>> {
        [dest, patch.node(None)].into_iter().flatten().find_map(|node| {
            let text = |field: &str| node.get(field).map(Node::text_unless_null).filter(|text| !text.is_empty());
            self.schema.root(text("apiVersion")?, text("kind")?)
        })
    }

    fn walk_mapping(&self, dest: Option<Node>, patch: Patch, place: Option<Place<'s>>) -> Result<Option<Node>> {
        let Some((mut dest, mut patch)) = self.begin_mapping(dest, patch)? else { return Ok(None) };
        if dest.is_null() {
            return Ok(Some(dest));
        }
        let mut names: Vec<String> = dest.entries().iter().map(|(key, _)| key.text().to_string()).collect();
        if let Patch::With(node) = &patch {
            names.extend(node.entries().iter().map(|(key, _)| key.text().to_string()));
        }
        names.sort_unstable();
        names.dedup();
        if let Patch::With(node) = &patch {
            // Fields are looked for one after the other.
            self.work.spend((node.entries().len() * names.len()) as u64 / 32)?;
        }
        for name in &names {
            let at = place.and_then(|place| place.field(name));
            let (key_style, inner) = match &mut patch {
                Patch::Nothing => (Style::PLAIN, Patch::Nothing),
                Patch::Itself => (Style::PLAIN, Patch::Itself),
                Patch::With(node) => {
                    let style = node.entries().iter().find(|(key, _)| key.text() == name).map(|(key, _)| key.style);
                    (style.unwrap_or_default(), Patch::of(node.get(name).cloned()))
                }
            };
            let untouched = matches!(inner, Patch::Nothing) && !self.infer;
            if untouched && dest.get(name).is_some_and(|field| !elements::needs_walk_as_field(field, at)) {
                continue;
            }
            // The value is taken out while it is walked, so that what is not shared is changed in place.
            // An empty collection takes the patch's style.
            let patch_style = match &inner {
                Patch::With(node) => Some(node.style),
                Patch::Itself | Patch::Nothing => None,
            };
            let old = dest.get_mut(name).map(|field| {
                let empty = field.kind() != Kind::Scalar && field.is_null_or_empty();
                let style = patch_style.filter(|_| empty).unwrap_or(field.style);
                let hole = Node { style, shared: field.shared, ..Node::scalar("").with_tag(Tag::Null) };
                std::mem::replace(field, hole)
            });
            match self.walk(old, inner, at)? {
                Some(null) if null.is_null() => set_kept_field(&mut dest, name, null, key_style),
                value => set_field(&mut dest, name, value, key_style)?,
            }
        }
        Ok(Some(dest))
    }

    /// Which mapping is walked, and with what; `None` where it is removed.
    fn begin_mapping(&self, dest: Option<Node>, patch: Patch) -> Result<Option<(Node, Patch)>> {
        match (dest.filter(|node| !node.is_null() || matches!(patch, Patch::Nothing)), patch) {
            (Some(null), Patch::Nothing) if null.is_null() => {
                // `null` stays where nothing is said about it, an empty value does not.
                Ok((!null.text().is_empty()).then_some((null, Patch::Nothing)))
            }
            (None, Patch::Nothing | Patch::Itself) => Ok(None),
            (None, Patch::With(mut node)) => {
                let directive = directive::take(&mut node);
                if node.is_null() || matches!(directive, Ok(Directive::Delete)) {
                    return Ok(None);
                }
                Ok(Some((node, Patch::Itself)))
            }
            (Some(dest), Patch::Nothing) => Ok(Some((dest, Patch::Nothing))),
            (Some(mut dest), Patch::Itself) => match directive::take(&mut dest)? {
                Directive::Delete => Ok(None),
                Directive::Replace | Directive::Merge => Ok(Some((dest, Patch::Itself))),
            },
            (Some(_), Patch::With(node)) if node.is_null() => Ok(None),
            (Some(dest), Patch::With(mut node)) => match directive::take(&mut node)? {
                Directive::Delete => Ok(None),
                Directive::Replace => Ok(Some((node, Patch::Itself))),
                Directive::Merge => {
                    let style = if dest.entries().is_empty() { node.style } else { dest.style };
                    Ok(Some((Node { style, ..dest }, Patch::With(node))))
                }
            },
        }
    }

    fn walk_list(&self, dest: Option<Node>, patch: Patch, place: Option<Place<'s>>) -> Result<Option<Node>> {
        let keys = match place {
            Some(place) => place.merge_keys().map(<[String]>::to_vec),
            None if self.infer => elements::inferred_keys(dest.as_ref(), patch.node(dest.as_ref()))?,
            None => None,
        };
        let Some(keys) = keys else {
            return Ok(match patch {
                Patch::With(node) => Some(node).filter(|n| !n.is_null()),
                Patch::Itself | Patch::Nothing => dest,
            });
        };
        let (dest, patch) = match (dest.filter(|node| !node.is_null()), patch) {
            (None, Patch::With(node)) => (node, Patch::Itself),
            (None, Patch::Nothing | Patch::Itself) => return Ok(None),
            (Some(_), Patch::With(node)) if node.is_null() => return Ok(None),
            (Some(dest), Patch::Nothing) => (dest, Patch::Nothing),
            (Some(mut dest), Patch::Itself) => match directive::take(&mut dest)? {
                Directive::Delete => return Ok(None),
                Directive::Replace | Directive::Merge => (dest, Patch::Itself),
            },
            (Some(dest), Patch::With(mut node)) => match directive::take(&mut node)? {
                Directive::Delete => return Ok(None),
                Directive::Replace => (node, Patch::Itself),
                Directive::Merge => (dest, Patch::With(node)),
            },
        };
        self.merge_elements(dest, patch, &keys, place.and_then(Place::elements)).map(Some)
    }
}
