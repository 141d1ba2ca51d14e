//! The query parameter `fields`: which parts of an answer a client wants.

use std::collections::BTreeSet;

use serde_json::Value;

/// Which fields are wanted, by their paths (`items.metadata.name`; lists have no place in a path).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    paths: BTreeSet<String>,
    drop: bool,
}

impl Selection {
    /// Reads the parameter: paths with commas between them, those to keep or, behind a `-`, those to drop. `None` if it
    /// says nothing.
    pub fn parse(text: &str) -> Option<Selection> {
        let (drop, paths) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let paths: BTreeSet<String> = paths.split(',').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        (!paths.is_empty()).then_some(Selection { paths, drop })
    }

    /// The same selection, with `path` kept whatever it says.
    #[must_use]
    pub fn keeping(mut self, path: &str) -> Selection {
        if self.drop {
            self.paths.remove(path);
        } else {
            self.paths.insert(path.to_owned());
        }
        self
    }

    /// Whether something at `path`, or below it, is wanted.
    pub fn wants(&self, path: &str) -> bool {
        if self.drop {
            return !self.paths.contains(path) && !self.covered(path);
        }
        self.paths.contains(path) || self.covered(path) || self.below(path)
    }

    /// Takes out what is not wanted.
    pub fn prune(&self, value: &mut Value) {
        self.prune_at(&mut String::new(), value);
    }

    fn prune_at(&self, path: &mut String, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.retain(|name, value| {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                let named = self.paths.contains(path.as_str());
                let keep = if self.drop { !named } else { named || self.below(path) };
                if keep && !named {
                    self.prune_at(path, value);
                }
                path.truncate(length);
                keep
            }),
            Value::Array(items) => items.iter_mut().for_each(|item| self.prune_at(path, item)),
            _ => {}
        }
    }

    /// Whether a wanted path goes on from `path`.
    fn below(&self, path: &str) -> bool {
        let from = format!("{path}.");
        self.paths.range(from.clone()..).next().is_some_and(|next| next.starts_with(&from))
    }

    /// Whether `path` lies below a path of the selection.
    fn covered(&self, path: &str) -> bool {
        path.match_indices('.').any(|(at, _)| self.paths.contains(&path[..at]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(fields: &str, wanted: Value) {
        let mut value = json!({
            "metadata": {"resourceVersion": "1"},
            "items": [
                {"metadata": {"name": "a", "labels": {"x.y": "z"}}, "spec": {"project": "p", "source": {"path": "."}}},
                {"metadata": {"name": "b"}, "status": [1, 2]},
            ],
            "item": 1,
        });
        Selection::parse(fields).unwrap().prune(&mut value);
        assert_eq!(value, wanted, "{fields}");
    }

    #[test]
    fn what_is_named_stays() {
        check("items.metadata.name", json!({"items": [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]}));
        check(
            "items.spec,metadata.resourceVersion,items.none",
            json!({
                "metadata": {"resourceVersion": "1"},
                "items": [{"spec": {"project": "p", "source": {"path": "."}}}, {}],
            }),
        );
        check("none", json!({}));
    }

    #[test]
    fn what_is_named_goes() {
        check(
            "-items.metadata.labels,items.spec.source,metadata,item",
            json!({"items": [{"metadata": {"name": "a"}, "spec": {"project": "p"}}, {"metadata": {"name": "b"}, "status": [1, 2]}]}),
        );
    }

    #[test]
    fn nothing_said_is_no_selection() {
        assert_eq!(Selection::parse(""), None);
        assert_eq!(Selection::parse("-"), None);
        assert_eq!(Selection::parse(","), None);
    }

    #[test]
    fn wants_tells_before_anything_is_made() {
        let keep = Selection::parse("items.spec").unwrap();
        assert!(keep.wants("items") && keep.wants("items.spec") && keep.wants("items.spec.source"));
        assert!(!keep.wants("items.status") && !keep.wants("metadata") && !keep.wants("items.specs"));
        let drop = Selection::parse("-items.spec").unwrap();
        assert!(drop.wants("items") && !drop.wants("items.spec") && !drop.wants("items.spec.source"));
    }
}
