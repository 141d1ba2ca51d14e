//! `namespace`.

use crate::error::{Error, Result};
use crate::fieldspec::{Create, FieldSpec, FieldSpecs};
use crate::gvk::Gvk;
use crate::node::{Kind, Node, Style, Tag, lookup_create, set_scalar};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::Schema;

/// Sets the namespace of everything that may have one.
pub(crate) struct Namespace {
    pub(crate) namespace: String,
    pub(crate) specs: FieldSpecs,
    /// Whether a namespace that is there stays.
    pub(crate) unset_only: bool,
    pub(crate) subjects: Subjects,
}

/// Which subjects of role bindings get the namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subjects {
    /// Those with the name `default`.
    #[default]
    Default,
    AllServiceAccounts,
    None,
}

// === impl Subjects ===

impl Subjects {
    pub(crate) fn parse(text: &str) -> Result<Subjects> {
        match text {
            "" | "defaultOnly" => Ok(Subjects::Default),
            "allServiceAccounts" => Ok(Subjects::AllServiceAccounts),
            "none" => Ok(Subjects::None),
            other => Err(Error::Field {
                field: "setRoleBindingSubjects".to_string(),
                reason: format!("{other:?} must be one of \"defaultOnly\", \"none\" or \"allServiceAccounts\""),
            }),
        }
    }
}

// === impl Namespace ===

impl Namespace {
    pub(crate) fn new(namespace: &str, specs: FieldSpecs) -> Namespace {
        Namespace { namespace: namespace.to_string(), specs, unset_only: false, subjects: Subjects::Default }
    }

    pub(crate) fn run(&self, resources: &mut ResMap, schema: &Schema) -> Result<()> {
        if self.namespace.is_empty() {
            return Ok(());
        }
        for resource in resources.list.iter_mut().filter(|resource| !resource.is_empty()) {
            // Helm has put charts into their namespace already.
            if !resource.build.from_helm {
                resource.remember_id(schema);
                resource.with_sharing(|resource| self.set(resource, schema))?;
            }
        }
        resources.check_unique(schema).map_err(|error| match error {
            Error::Conflict(id) => Error::Conflict(format!("{id} (namespace transformation produces ID conflict)")),
            other => other,
        })
    }

    /// Sets the namespace of one object.
    pub(crate) fn set(&self, resource: &mut Resource, schema: &Schema) -> Result<()> {
        if !schema.is_cluster_scoped(&resource.gvk()) {
            let own = FieldSpec::new(Gvk::default(), "metadata/namespace", true);
            let create = Create { kind: Kind::Scalar, tag: Tag::None };
            own.apply(&mut resource.node, Some(&create), &mut |node| self.set_scalar(node))?;
        }
        let binding = matches!(resource.kind(), "RoleBinding" | "ClusterRoleBinding");
        if binding {
            self.set_subjects(resource)?;
        }
        let create = Create { kind: Kind::Scalar, tag: Tag::Str };
        let core = resource.api_version() == "v1";
        for spec in &self.specs {
            let skipped = match &*spec.path {
                "metadata/namespace" => true,
                "metadata/name" => !core,
                "subjects/namespace" => binding && matches!(&*spec.gvk.kind, "RoleBinding" | "ClusterRoleBinding"),
                _ => false,
            };
            if !skipped {
                spec.apply(&mut resource.node, Some(&create), &mut |node| self.set_scalar(node))?;
            }
        }
        Ok(())
    }

    fn set_scalar(&self, node: &mut Node) -> Result<()> {
        if self.unset_only && !node.text_unless_null().is_empty() {
            return Ok(());
        }
        let value = Node { style: Style::PLAIN, ..Node::scalar(self.namespace.as_str()).with_tag(Tag::Str) };
        Ok(set_scalar(node, value)?)
    }

    fn set_subjects(&self, resource: &mut Resource) -> Result<()> {
        let (field, value) = match self.subjects {
            Subjects::None => return Ok(()),
            Subjects::Default => ("name", "default"),
            Subjects::AllServiceAccounts => ("kind", "ServiceAccount"),
        };
        let selected = |item: &Node| item.get(field).is_some_and(|node| !node.is_null() && node.text() == value);
        let subjects = resource.node.get("subjects").filter(|node| !node.is_null());
        let Some(subjects) = subjects else { return Ok(()) };
        if subjects.kind() != Kind::Sequence {
            return Err(Error::Object(format!("subjects: expected a list, found {}", subjects.kind_name())));
        }
        if !subjects.items().iter().any(selected) {
            return Ok(());
        }
        let items = resource.node.get_mut("subjects").and_then(Node::items_mut);
        for item in items.into_iter().flatten().filter(|item| selected(item)) {
            if let Some(node) = lookup_create(item, &["namespace"], Some(Kind::Scalar))? {
                self.set_scalar(node)?;
            }
        }
        Ok(())
    }
}
