//! Mappings as go-yaml 3 decodes them: a key twice is always an error, and what `<<` brings in never replaces a field.

use std::collections::{HashMap, HashSet};

use super::super::compose::{NodeId, NodeKind};
use super::super::error::YamlError;
use super::super::resolve::{Scalar, short_tag};
use super::{Decoder, Fields, go_quote};
use crate::Str;

impl Decoder<'_, '_> {
    /// `taken`: the keys that are set already, where this mapping is merged into another.
    pub(super) fn mapping_v3(
        &mut self,
        id: NodeId,
        fields: &mut Fields,
        mut taken: Option<&mut HashSet<Str>>,
    ) -> Result<(), YamlError> {
        self.deeper(id)?;
        if self.tell_duplicates(id) {
            self.depth -= 1;
            return Ok(());
        }
        let document = self.document;
        let mut merge = None;
        let mut own = HashSet::new();
        let mut children = document.children(id);
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            if self.is_merge_v3(key) {
                merge = Some(value);
                continue;
            }
            let name = self.key_v3(key, value)?;
            match &mut taken {
                Some(taken) => {
                    if !taken.insert(name.clone()) {
                        continue;
                    }
                }
                None => drop(own.insert(name.clone())),
            }
            let field = self.value(value)?;
            fields.push((name, field));
        }
        if let Some(merge) = merge {
            let taken = taken.unwrap_or(&mut own);
            match document.node(merge).kind {
                NodeKind::Sequence => {
                    for source in document.children(merge) {
                        self.merge_v3(source, fields, taken)?;
                    }
                }
                _ => self.merge_v3(merge, fields, taken)?,
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn is_merge_v3(&self, id: NodeId) -> bool {
        let node = self.document.node(id);
        let tag = match node.tag.as_deref() {
            None | Some("!") => node.implicit,
            Some(tag) => short_tag(tag) == "!!merge",
        };
        node.kind == NodeKind::Scalar && node.value == "<<" && tag
    }

    fn merge_v3(&mut self, id: NodeId, fields: &mut Fields, taken: &mut HashSet<Str>) -> Result<(), YamlError> {
        let node = self.document.node(id);
        match node.kind {
            NodeKind::Mapping => {
                self.step()?;
                self.mapping_v3(id, fields, Some(taken))
            }
            NodeKind::Alias if self.document.node(node.target).kind == NodeKind::Mapping => {
                self.step()?;
                self.follow(id, |decoder, target| {
                    decoder.step()?;
                    decoder.mapping_v3(target, fields, Some(taken))
                })
            }
            _ => Err(YamlError::plain("map merge requires map or sequence of maps as the value")),
        }
    }

    /// A key; one that is no string makes the whole a map that JSON does not have.
    fn key_v3(&mut self, id: NodeId, value: NodeId) -> Result<Str, YamlError> {
        let (name, typed) = self.key(id, value)?;
        let node = self.document.node(id);
        let tagged =
            node.tag.as_deref().is_some_and(|tag| !matches!(short_tag(tag).as_ref(), "!" | "!!str" | "!!merge"));
        let is_string = node.kind == NodeKind::Scalar && !tagged && typed.is_none();
        if is_string && !matches!(self.resolve(id)?, Scalar::Timestamp) {
            return Ok(name);
        }
        let stand_in = Str::from(name.as_ref());
        let problem = "json: unsupported type: map[interface {}]interface {}".to_string();
        self.bad_keys.retain(|(known, _)| !Str::ptr_eq(known, &name));
        self.bad_keys.push((stand_in.clone(), problem));
        Ok(stand_in)
    }

    /// Notes keys that stand twice in a mapping; whether there are any.
    fn tell_duplicates(&mut self, id: NodeId) -> bool {
        let document = self.document;
        let keys: Vec<NodeId> = document.children(id).step_by(2).collect();
        let mut count: HashMap<(NodeKind, &str), usize> = HashMap::new();
        for &key in &keys {
            let node = document.node(key);
            *count.entry((node.kind, node.value.as_ref())).or_default() += 1;
        }
        if count.len() == keys.len() {
            return false;
        }
        for (i, &first) in keys.iter().enumerate() {
            let a = document.node(first);
            for &second in &keys[i + 1..] {
                let b = document.node(second);
                if a.kind == b.kind && a.value == b.value {
                    let (key, line, before) = (go_quote(&b.value), b.start.line + 1, a.start.line + 1);
                    self.faults.push(format!("line {line}: mapping key {key} already defined at line {before}"));
                }
            }
        }
        true
    }
}
