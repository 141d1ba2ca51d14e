//! Names of other objects: what refers to an object by an earlier name gets the current one.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::{BackReferences, TransformerConfig};
use crate::error::{Context, Error, Result};
use crate::fieldspec::FieldSpec;
use crate::gvk::{Gvk, NO_NAMESPACE, ResId};
use crate::node::{Kind, Node, set_scalar, string};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::Schema;

/// What is known of each object before anything is changed: the identities do not change here.
struct Known {
    id: ResId,
    original: ResId,
    previous: Vec<ResId>,
    name: Arc<str>,
    namespace: Arc<str>,
    prefixes: Vec<Arc<str>>,
    suffixes: Vec<Arc<str>>,
}

/// All objects, and which of them had which earlier name.
struct Index {
    known: Vec<Known>,
    by_name: HashMap<Arc<str>, Vec<usize>>,
}

/// One object that refers to others, with those that it could refer to.
struct Referrer<'i> {
    index: &'i Index,
    at: usize,
    /// Namespaces of the service accounts that a role binding binds.
    namespaces: Vec<String>,
    role: Option<Gvk>,
}

/// Updates the references of all objects.
pub(crate) fn run(resources: &mut ResMap, config: &TransformerConfig, schema: &Schema) -> Result<()> {
    let index = Index::new(resources, schema);
    for binding in resources.list.iter().filter(|resource| resource.kind() == "RoleBinding") {
        account_namespaces(binding)?;
    }
    // An object that was never renamed has no earlier name, and nothing that refers to it changes.
    if index.by_name.is_empty() {
        return Ok(());
    }
    for (at, resource) in resources.list.iter_mut().enumerate() {
        let original = &index.known[at].original;
        let mut referrer: Option<Referrer<'_>> = None;
        for references in &config.name_reference {
            for spec in references.referrers.iter().filter(|spec| original.gvk.is_selected_by(&spec.gvk)) {
                let referrer = match &referrer {
                    Some(referrer) => referrer,
                    None => referrer.insert(Referrer::new(&index, at, resource)?),
                };
                update(resource, referrer, references, spec)?;
            }
        }
    }
    Ok(())
}

fn update(
    resource: &mut Resource,
    referrer: &Referrer<'_>,
    references: &BackReferences,
    spec: &FieldSpec,
) -> Result<()> {
    // The kind was matched by the original one; the path counts whatever it is now.
    let change = |resource: &mut Resource| {
        spec.apply_to_any(&mut resource.node, None, &mut |node| referrer.set(node, references, &spec.path))
    };
    // References stand in annotations, but never in labels: those that a transformer shares are hardly ever changed.
    let result = if spec.path.starts_with("metadata/") { resource.with_sharing(change) } else { change(resource) };
    result.within(|| {
        format!("updating name reference in '{}' field of '{}'", spec.path, referrer.index.known[referrer.at].id)
    })
}

// === impl Index ===

impl Index {
    fn new(resources: &ResMap, schema: &Schema) -> Index {
        let mut by_name: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
        let mut known = Vec::with_capacity(resources.list.len());
        for (at, resource) in resources.list.iter().enumerate() {
            let id = resource.id(schema);
            let previous: Vec<ResId> = resource.previous_ids().collect();
            for earlier in &previous {
                let places = by_name.entry(earlier.name.clone()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
            known.push(Known {
                original: previous.first().unwrap_or(&id).clone(),
                name: id.name.clone(),
                namespace: id.namespace.clone(),
                prefixes: resource.build.prefixes.clone(),
                suffixes: resource.build.suffixes.clone(),
                previous,
                id,
            });
        }
        Index { known, by_name }
    }
}

// === impl Referrer ===

impl<'i> Referrer<'i> {
    fn new(index: &'i Index, at: usize, resource: &Resource) -> Result<Referrer<'i>> {
        let role = resource.node.get("roleRef").and_then(|role| {
            let text = |field: &str| role.get(field).map(Node::text);
            Some(Gvk::new(text("apiGroup")?, "", text("kind")?))
        });
        let namespaces = if resource.kind() == "RoleBinding" { account_namespaces(resource)? } else { Vec::new() };
        Ok(Referrer { index, at, namespaces, role })
    }

    fn known(&self) -> &Known {
        &self.index.known[self.at]
    }

    /// Whether the object could be referred to from here: objects of the cluster can refer to all.
    fn can_reach(&self, other: &Known) -> bool {
        let own = &self.known().id;
        own.cluster_scoped
            || other.id.cluster_scoped
            || other.id.same_namespace(own)
            || self.namespaces.iter().any(|namespace| **namespace == *other.namespace)
    }

    fn set(&self, node: &mut Node, references: &BackReferences, path: &str) -> Result<()> {
        if node.is_null() {
            return Ok(());
        }
        match node.kind() {
            Kind::Scalar => self.set_name(node, references, path),
            Kind::Mapping => self.set_name_and_namespace(node, references, path),
            Kind::Sequence => {
                for item in node.items_mut().into_iter().flatten().filter(|item| !item.is_null()) {
                    match item.kind() {
                        Kind::Scalar => self.set_name(item, references, path)?,
                        Kind::Mapping => self.set_name_and_namespace(item, references, path)?,
                        Kind::Sequence => {
                            let reason = "a list is expected to be either a string or a map of string";
                            return Err(Error::Object(reason.to_string()));
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn set_name(&self, node: &mut Node, references: &BackReferences, path: &str) -> Result<()> {
        let found = self.select(node.text(), references, path, |_| true, |a, b| a.name == b.name)?;
        match found {
            Some(referred) if *referred.name != *node.text() => {
                Ok(set_scalar(node, Node::scalar(referred.name.clone()))?)
            }
            _ => Ok(()),
        }
    }

    fn set_name_and_namespace(&self, node: &mut Node, references: &BackReferences, path: &str) -> Result<()> {
        let Some(name) = node.get("name").map(|name| name.text().to_string()) else {
            return Err(Error::Object("path config error; no 'name' field in node".to_string()));
        };
        let namespace = node.get("namespace").map(|namespace| namespace.text().to_string());
        let same = |a: &Known, b: &Known| a.name == b.name && a.namespace == b.namespace;
        let found = match &namespace {
            None => self.select(&name, references, path, |_| true, same)?,
            Some(namespace) => {
                // First those that began in the namespace; only if there were none, those that are in it now.
                let began = |known: &Known| in_namespace(&known.original, namespace);
                let is = |known: &Known| in_namespace(&known.id, namespace);
                let any = self.index.known.iter().any(|known| self.can_reach(known) && began(known));
                if any {
                    self.select(&name, references, path, began, same)?
                } else {
                    self.select(&name, references, path, is, same)?
                }
            }
        };
        let Some(referred) = found else { return Ok(()) };
        if *referred.name == *name && referred.namespace.is_empty() {
            return Ok(());
        }
        string(node, "name", &referred.name)?;
        if !referred.namespace.is_empty() {
            string(node, "namespace", &referred.namespace)?;
        }
        Ok(())
    }

    /// The one object that had this name and fits.
    fn select(
        &self,
        name: &str,
        references: &BackReferences,
        path: &str,
        allowed: impl Fn(&Known) -> bool,
        same: impl Fn(&Known, &Known) -> bool,
    ) -> Result<Option<&'i Known>> {
        let Some(places) = self.index.by_name.get(name) else { return Ok(None) };
        let own = self.known();
        let was = |known: &Known, gvk: &Gvk| known.previous.iter().any(|id| id.gvk.is_selected_by(gvk));
        let role = self.role.as_ref().filter(|_| path.ends_with("roleRef/name"));
        let mut found: Vec<&Known> = places
            .iter()
            .map(|at| &self.index.known[*at])
            .filter(|known| self.can_reach(known) && allowed(known))
            .filter(|known| was(known, &references.gvk) && role.is_none_or(|role| was(known, role)))
            .filter(|known| {
                own.id.cluster_scoped
                    || known.id.cluster_scoped
                    || &*known.id.gvk.kind == "ServiceAccount"
                    || own.id.same_namespace(&known.id)
            })
            .collect();
        if found.len() > 1 {
            found.retain(|known| {
                agree(&own.prefixes, &known.prefixes, true) && agree(&own.suffixes, &known.suffixes, true)
            });
        }
        if found.len() > 1 {
            found.retain(|known| {
                agree(&own.prefixes, &known.prefixes, false) && agree(&own.suffixes, &known.suffixes, false)
            });
        }
        match found.as_slice() {
            [] => Ok(None),
            [first, rest @ ..] if rest.iter().all(|other| same(first, other)) => Ok(Some(first)),
            _ => {
                let ids: Vec<String> = found.iter().map(|known| known.id.to_string()).collect();
                Err(Error::Target(format!("found multiple possible referrals: {}", ids.join(", "))))
            }
        }
    }
}

fn in_namespace(id: &ResId, namespace: &str) -> bool {
    let effective = id.effective_namespace();
    effective == namespace && effective != NO_NAMESPACE
}

/// Whether one list ends with the other; `or_empty` lets an empty one agree with all.
fn agree(a: &[Arc<str>], b: &[Arc<str>], or_empty: bool) -> bool {
    if or_empty && (a.is_empty() || b.is_empty()) {
        return true;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() { long.is_empty() } else { long.ends_with(short) }
}

/// The namespaces of the service accounts among a role binding's subjects.
fn account_namespaces(resource: &Resource) -> Result<Vec<String>> {
    let mut namespaces = Vec::new();
    for subject in resource.node.get("subjects").map(Node::items).unwrap_or_default() {
        let account = subject.get("kind").is_some_and(|kind| kind.text() == "ServiceAccount");
        if let Some(namespace) = subject.get("namespace").filter(|_| account) {
            if namespace.is_null() {
                let id = crate::fieldspec::describe(&resource.node);
                return Err(Error::Object(format!("Invalid Input: namespace is blank for resource \"{id}\"")));
            }
            namespaces.push(namespace.text().to_string());
        }
    }
    Ok(namespaces)
}
