//! Lists that are merged by the keys of their elements.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::node::{Kind, Node, Style, set_field, set_scalar};
use crate::schema::Place;

use super::{Merge, Patch, directive};

/// Whether walking a node that no patch mentions would change it.
pub(super) fn needs_walk(node: &Node, place: Option<Place<'_>>) -> bool {
    match node.kind() {
        Kind::Scalar => false,
        Kind::Mapping => node
            .entries()
            .iter()
            .any(|(key, value)| needs_walk_as_field(value, place.and_then(|place| place.field(key.text())))),
        Kind::Sequence => {
            let Some(keys) = place.and_then(Place::merge_keys) else { return false };
            let elements = place.and_then(Place::elements);
            let items = node.items();
            items.iter().any(|item| item.is_null_or_empty() || needs_walk(item, elements)) || repeats(items, keys)
        }
    }
}

/// [`needs_walk`] for the value of a field, which goes where it is null without a text.
pub(super) fn needs_walk_as_field(value: &Node, place: Option<Place<'_>>) -> bool {
    if value.is_null() { value.text().is_empty() } else { needs_walk(value, place) }
}

/// Whether elements could not be told apart by their keys.
fn repeats(items: &[Node], keys: &[String]) -> bool {
    let mut known = HashSet::with_capacity(items.len());
    if keys.is_empty() {
        return items.iter().any(|item| !known.insert(vec![item.text()]));
    }
    items.iter().any(|item| {
        let texts: Vec<&str> =
            keys.iter().map(|key| item.get(key).map(Node::text_unless_null).unwrap_or_default()).collect();
        // With several keys, elements that lack one can match others.
        texts.contains(&"") || !known.insert(texts)
    })
}

/// The keys by which lists without a schema are merged; `None` where they are replaced.
pub(super) fn inferred_keys(dest: Option<&Node>, patch: Option<&Node>) -> Result<Option<Vec<String>>> {
    let lists = || [dest, patch].into_iter().flatten().filter(|node| !node.is_null());
    let named = |list: &Node| list.items().iter().all(|item| item.get("name").is_some());
    if !lists().any(named) {
        return Ok(None);
    }
    if lists().filter(|list| !list.items().is_empty()).all(named) && lists().any(|list| !list.items().is_empty()) {
        return Ok(Some(vec!["name".to_string()]));
    }
    Err(Error::Object("no merge key found for a list: not every element has a name".to_string()))
}

// === impl Merge ===

impl<'s> Merge<'s> {
    pub(super) fn merge_elements(
        &self,
        dest: Node,
        patch: Patch,
        keys: &[String],
        place: Option<Place<'s>>,
    ) -> Result<Node> {
        let mut dest = dest;
        let scalars = keys.is_empty();
        let keys: Vec<String> = if scalars { vec![String::new()] } else { keys.to_vec() };
        let length = dest.items().len() + patch.node(None).map_or(0, |list| list.items().len());
        // Each element is looked for among all others, several times.
        self.work.spend((length * length) as u64)?;
        let mut values = self.values(&dest, &patch, &keys, scalars);
        if keys.len() > 1 {
            unify(&mut values);
        }
        let mut added: Vec<Node> = Vec::new();
        let mut used_keys = keys.clone();
        for i in 0..values.len() {
            let (valid, wanted) = usable(&values, &values[i], &keys);
            used_keys.clone_from(&valid);
            let at = find(&dest, &valid, &wanted);
            let old = at.map(|at| dest.items()[at].clone());
            let new = match &patch {
                Patch::Nothing => Patch::Nothing,
                Patch::Itself => Patch::Itself,
                Patch::With(list) => Patch::of(find(list, &valid, &wanted).map(|at| list.items()[at].clone())),
            };
            // An element that the patch replaces as a whole does not take the place of the old one.
            let in_place = match &new {
                Patch::With(node) => old.is_some() && node.get("$patch").is_none_or(|d| d.text() == "merge"),
                _ => true,
            };
            let merged = self.walk(old, new, place)?.filter(|node| !is_nothing(node));
            let Some(mut merged) = merged else {
                // An element that is not found by its keys stays, but its directive was taken from it.
                if let (Patch::Itself, Some(at)) = (&patch, at)
                    && let Some(item) = dest.items_mut().and_then(|items| items.get_mut(at))
                {
                    directive::take(item)?;
                }
                put(dest.items_mut().expect("because it is a list"), None, &valid, &wanted)?;
                continue;
            };
            for (key, value) in valid.iter().zip(&wanted) {
                if !value.is_empty() && merged.get(key).is_none() {
                    if key.is_empty() {
                        set_scalar(&mut merged, Node::scalar(value.as_str()))?;
                    } else {
                        set_field(&mut merged, key, Some(Node::scalar(value.as_str())), Style::PLAIN)?;
                    }
                }
            }
            if let (Some(at), true, Kind::Mapping) = (at, in_place, merged.kind())
                && let Some(item) = dest.items_mut().and_then(|items| items.get_mut(at))
            {
                *item = merged.clone();
            }
            put(&mut added, Some(merged), &valid, &wanted)?;
        }
        if values.is_empty() {
            return Ok(dest);
        }
        let own = std::mem::take(dest.items_mut().expect("because it is a list"));
        let (mut list, more) = if self.prepend { (added, own) } else { (own, added) };
        append(&mut list, more, &used_keys)?;
        *dest.items_mut().expect("because it is a list") = list;
        Ok(dest)
    }

    /// The key values of all elements, each once, in the order of the result.
    fn values(&self, dest: &Node, patch: &Patch, keys: &[String], scalars: bool) -> Vec<Vec<String>> {
        let mut sources = [Some(dest), patch.node(Some(dest))];
        if self.prepend {
            sources.reverse();
        }
        let mut values: Vec<Vec<String>> = Vec::new();
        for item in sources.into_iter().flatten().flat_map(Node::items) {
            let value = if scalars {
                vec![item.text().to_string()]
            } else {
                let text = |key: &String| {
                    let field = item.get(key).filter(|node| !node.is_null_or_empty());
                    field.map(|node| node.text().to_string()).unwrap_or_default()
                };
                keys.iter().map(text).collect()
            };
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }
}

fn is_nothing(node: &Node) -> bool {
    node.is_null() || (node.kind() == Kind::Mapping && node.entries().is_empty())
}

/// Fills keys that one element leaves out from an element that agrees in the others.
fn unify(values: &mut [Vec<String>]) {
    for i in 0..values.len() {
        for j in 0..values.len() {
            if let Some(both) = agree(&values[i], &values[j]) {
                values[i].clone_from(&both);
                values[j] = both;
            }
        }
    }
}

fn agree(a: &[String], b: &[String]) -> Option<Vec<String>> {
    let mut common = false;
    let mut both = Vec::with_capacity(a.len());
    for (x, y) in a.iter().zip(b) {
        if x == y {
            common = true;
        } else if !x.is_empty() && !y.is_empty() {
            return None;
        }
        both.push(if x.is_empty() { y.clone() } else { x.clone() });
    }
    common.then_some(both)
}

/// The keys that any element has, and the values of this one for them.
fn usable(all: &[Vec<String>], values: &[String], keys: &[String]) -> (Vec<String>, Vec<String>) {
    let used: Vec<bool> = (0..keys.len()).map(|i| all.iter().any(|v| !v[i].is_empty())).collect();
    if !used.contains(&true) {
        return (keys.to_vec(), values.to_vec());
    }
    let pick = |of: &[String]| of.iter().zip(&used).filter(|(_, used)| **used).map(|(v, _)| v.clone()).collect();
    (pick(keys), pick(values))
}

/// The first element with these key values; keys for which there is no value do not count.
fn find(list: &Node, keys: &[String], values: &[String]) -> Option<usize> {
    let (keys, values) = usable(&[values.to_vec()], values, keys);
    if keys.first().is_none_or(String::is_empty) {
        return list.items().iter().position(|item| Some(item.text()) == values.first().map(String::as_str));
    }
    list.items().iter().position(|item| {
        item.kind() == Kind::Mapping
            && keys.iter().zip(&values).all(|(key, value)| item.get(key).is_some_and(|node| node.text() == value))
    })
}

/// Puts an element in the place of those with its key values, or last; without an element those are removed. Null and
/// empty elements go too.
pub(super) fn put(list: &mut Vec<Node>, element: Option<Node>, keys: &[String], values: &[String]) -> Result<()> {
    let by_fields = keys.first().is_some_and(|k| !k.is_empty()) && values.first().is_some_and(|v| !v.is_empty());
    let mut found = false;
    let mut kept = Vec::with_capacity(list.len() + 1);
    for item in std::mem::take(list) {
        if is_nothing(&item) {
            continue;
        }
        if by_fields && item.kind() != Kind::Mapping {
            kept.push(item);
            continue;
        }
        if has(&item, keys, values)? {
            found = true;
            kept.extend(element.clone());
        } else if !values.is_empty() {
            kept.push(item);
        }
    }
    if let Some(element) = element.filter(|node| !found && !node.is_null()) {
        kept.push(element);
    }
    *list = kept;
    Ok(())
}

/// Whether an element has the values in the keys; a key without a value only has to be there.
fn has(item: &Node, keys: &[String], values: &[String]) -> Result<bool> {
    let mut last = false;
    for (i, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(i) {
            last = if key.is_empty() {
                if item.kind() != Kind::Scalar {
                    return Err(Error::Object(format!(
                        "expected a scalar in a list of scalars, found {}",
                        item.kind_name()
                    )));
                }
                item.text() == value
            } else {
                if item.kind() != Kind::Mapping {
                    return Err(Error::Object(format!(
                        "expected a mapping with {key:?} in a list, found {}",
                        item.kind_name()
                    )));
                }
                item.get(key).is_some_and(|node| value.is_empty() || node.text() == value)
            };
        }
        if !last {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts the elements of a list into another one, each in the place of the one with its keys.
fn append(into: &mut Vec<Node>, from: Vec<Node>, keys: &[String]) -> Result<()> {
    for item in from {
        if keys.first().is_none_or(String::is_empty) {
            let value = item.text().to_string();
            put(into, Some(item), &[String::new()], &[value])?;
            continue;
        }
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            match item.get(key) {
                Some(node) => values.push(node.text().to_string()),
                // Without the key it cannot be told from others: it is added as it is.
                None => into.push(item.clone()),
            }
        }
        if keys.len() > 1 {
            put(into, None, keys, &values)?;
        }
        put(into, Some(item), keys, &values)?;
    }
    Ok(())
}
