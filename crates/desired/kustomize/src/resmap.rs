//! [`ResMap`]: the objects of a build in order, each with an identity of its own.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::gvk::ResId;
use crate::resource::{Behavior, Resource};
use crate::schema::Schema;

/// More objects than any build has.
const MAX_RESOURCES: usize = 100_000;

/// Objects in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResMap {
    pub(crate) list: Vec<Resource>,
}

// === impl ResMap ===

impl ResMap {
    /// Adds objects; an identity that is there already is an error.
    pub(crate) fn append_all(&mut self, resources: Vec<Resource>, schema: &Schema) -> Result<()> {
        if self.list.len() + resources.len() > MAX_RESOURCES {
            return Err(Error::TooLarge(format!("more than {MAX_RESOURCES} resources")));
        }
        let mut known: HashSet<_> = self.list.iter().map(|resource| key(&resource.id(schema))).collect();
        for resource in resources {
            let id = resource.id(schema);
            if !known.insert(key(&id)) {
                return Err(Error::Conflict(id.to_string()));
            }
            self.list.push(resource);
        }
        Ok(())
    }

    /// Adds generated objects, or merges them into those that are there, as their behavior says.
    pub(crate) fn absorb(&mut self, resources: Vec<Resource>, schema: &Schema) -> Result<()> {
        resources.into_iter().try_for_each(|resource| self.absorb_one(resource, schema))
    }

    fn absorb_one(&mut self, mut resource: Resource, schema: &Schema) -> Result<()> {
        let id = resource.id(schema);
        let found = self.positions(|old| !old.is_empty() && old.any_id(schema, |other| id.is(other)));
        let behavior = resource.build.behavior;
        let at = match (found.as_slice(), behavior) {
            ([], Behavior::Merge | Behavior::Replace) => {
                return Err(Error::Target(format!("id {id} does not exist; cannot merge or replace")));
            }
            ([], _) => return self.append_all(vec![resource], schema),
            ([at], _) => *at,
            _ => return Err(Error::Target(format!("found multiple objects that could accept merge of {id}"))),
        };
        let old = &self.list[at];
        match behavior {
            Behavior::Replace => resource.inherit_metadata(old)?,
            Behavior::Merge => {
                resource.inherit_metadata(old)?;
                resource.inherit_data(old)?;
                if old.origin.is_some() {
                    resource.origin.clone_from(&old.origin);
                }
            }
            _ => {
                return Err(Error::Conflict(format!(
                    "{id} exists; can not use behavior: '{}', behavior must be merge or replace",
                    behavior.word()
                )));
            }
        }
        self.list[at] = resource;
        Ok(())
    }

    /// Where the objects are that match.
    pub(crate) fn positions(&self, matches: impl Fn(&Resource) -> bool) -> Vec<usize> {
        self.list.iter().enumerate().filter(|(_, resource)| matches(resource)).map(|(i, _)| i).collect()
    }

    /// The one object with this current or earlier identity.
    pub(crate) fn target(&self, id: &ResId, schema: &Schema) -> Result<usize> {
        let found = self.positions(|resource| !resource.is_empty() && resource.any_id(schema, |other| id.is(other)));
        let problem = match found.as_slice() {
            [at] => return Ok(*at),
            [] => "no matches",
            _ => "multiple matches",
        };
        Err(Error::Target(format!("{problem} for Id {id}; failed to find unique target for patch {id}")))
    }

    /// Fails when two objects have one identity.
    pub(crate) fn check_unique(&self, schema: &Schema) -> Result<()> {
        let mut known = HashSet::with_capacity(self.list.len());
        for id in self.list.iter().map(|resource| resource.id(schema)) {
            if !known.insert(key(&id)) {
                return Err(Error::Conflict(id.to_string()));
            }
        }
        Ok(())
    }

    /// Drops what a step has deleted.
    pub(crate) fn drop_empty(&mut self) {
        self.list.retain(|resource| !resource.is_empty());
    }
}

fn key(id: &ResId) -> (crate::gvk::Gvk, std::sync::Arc<str>, String) {
    (id.gvk.clone(), id.name.clone(), id.effective_namespace().to_string())
}
