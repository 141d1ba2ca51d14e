//! [`Family`]: the charts of one render, as Helm changes them on the way.

use bowline_base_value::Value as BaseValue;

use crate::chart::{Chart, File, is_manifest};
use crate::metadata::{Dependency, Metadata};
use crate::values::{Table, measure};

/// Charts that a render may be of, each alias counted: real ones have a few dozen.
const MAX_CHARTS: usize = 2_000;
/// Values, at all levels of nesting, that the defaults of charts may have together once aliases and imports are done.
const MAX_VALUES: usize = 4_000_000;

/// The charts of a render, with what values make of them: aliases, charts that are switched off, imported defaults.
///
/// A chart that several aliases pick is copied for each, but what Helm leaves shared is shared here too: the
/// requirements of the copies' children, and all that is below those. It shows in the output (a requirement that one
/// alias switched off is none for the next, and deeper templates keep the path of the chart without an alias).
pub(crate) struct Family<'c> {
    members: Vec<Member<'c>>,
    heads: Vec<Head<'c>>,
    /// How many values copies of charts and imports may still bring.
    left: usize,
}

/// One chart of a [`Family`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(usize);

/// The chart that is rendered.
pub(crate) const ROOT: Id = Id(0);

#[derive(Clone)]
struct Member<'c> {
    chart: &'c Chart,
    head: usize,
    defaults: Defaults<'c>,
    children: Vec<Id>,
    parent: Option<Id>,
}

/// A chart's defaults.
#[derive(Clone)]
pub(crate) enum Defaults<'c> {
    /// Its `values.yaml`.
    File(&'c BaseValue),
    /// The same with those of its dependencies, and what it imports from them.
    Imported(Table),
}

/// What can change of a chart's metadata; copies of a chart may share it.
#[derive(Clone)]
pub(crate) struct Head<'c> {
    pub(crate) name: String,
    pub(crate) metadata: &'c Metadata,
    /// `None` where there are none, which is another thing than an empty list.
    pub(crate) requirements: Option<Vec<Requirement<'c>>>,
}

/// A dependency, as values make it.
#[derive(Clone)]
pub(crate) struct Requirement<'c> {
    pub(crate) declared: &'c Dependency,
    /// The declared name, or the alias once it was given.
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) imports: Imports<'c>,
}

/// `import-values`.
#[derive(Clone)]
pub(crate) enum Imports<'c> {
    /// As the chart declares them.
    Declared(&'c [BaseValue]),
    /// As Helm rewrites them once they are done: `(child, parent)`. They are not imported again.
    Done(Vec<(String, String)>),
}

// === impl Family ===

impl<'c> Family<'c> {
    /// A chart with all under its `charts/`.
    pub(crate) fn new(chart: &'c Chart) -> Family<'c> {
        let mut family = Family { members: Vec::new(), heads: Vec::new(), left: MAX_VALUES };
        family.adopt(chart, None);
        family
    }

    fn adopt(&mut self, chart: &'c Chart, parent: Option<Id>) -> Id {
        let id = Id(self.members.len());
        let requirements = chart.metadata.dependencies.as_ref().map(|all| all.iter().map(Requirement::new).collect());
        self.members.push(Member {
            chart,
            head: self.heads.len(),
            defaults: Defaults::File(&chart.values),
            children: Vec::new(),
            parent,
        });
        self.heads.push(Head { name: chart.metadata.name.clone(), metadata: &chart.metadata, requirements });
        let children = chart.dependencies.iter().map(|child| self.adopt(child, Some(id))).collect();
        self.members[id.0].children = children;
        id
    }

    /// A copy of a chart under another name, if one is given.
    pub(crate) fn pick(&mut self, id: Id, alias: &str) -> Result<Id, String> {
        let copied: Vec<Id> = [id].into_iter().chain(self.children(id).iter().copied()).collect();
        if self.members.len() + copied.len() > MAX_CHARTS {
            return Err(format!("it is made of more than {MAX_CHARTS} charts, each alias counted"));
        }
        for copy in copied {
            match self.members[copy.0].defaults.clone() {
                Defaults::File(values) => measure::file(values, &mut self.left)?,
                Defaults::Imported(values) => measure::table(&values, &mut self.left)?,
            }
        }
        let mut head = self.heads[self.members[id.0].head].clone();
        if !alias.is_empty() {
            head.name = alias.to_string();
        }
        let picked = Id(self.members.len());
        let mut member = self.members[id.0].clone();
        member.head = self.heads.len();
        self.heads.push(head);
        let children = std::mem::take(&mut member.children);
        self.members.push(member);
        // Children are copied one level deep, with their requirements still those of the originals.
        for child in children {
            let copy = Id(self.members.len());
            let mut member = self.members[child.0].clone();
            member.parent = Some(picked);
            self.members.push(member);
            self.members[picked.0].children.push(copy);
        }
        Ok(picked)
    }

    pub(crate) fn chart(&self, id: Id) -> &'c Chart {
        self.members[id.0].chart
    }

    pub(crate) fn head(&self, id: Id) -> &Head<'c> {
        &self.heads[self.members[id.0].head]
    }

    pub(crate) fn head_mut(&mut self, id: Id) -> &mut Head<'c> {
        &mut self.heads[self.members[id.0].head]
    }

    /// The name in the metadata, or the alias.
    pub(crate) fn name(&self, id: Id) -> &str {
        &self.head(id).name
    }

    pub(crate) fn children(&self, id: Id) -> &[Id] {
        &self.members[id.0].children
    }

    pub(crate) fn set_children(&mut self, id: Id, children: Vec<Id>) {
        for child in &children {
            self.members[child.0].parent = Some(id);
        }
        self.members[id.0].children = children;
    }

    pub(crate) fn defaults(&self, id: Id) -> &Defaults<'c> {
        &self.members[id.0].defaults
    }

    pub(crate) fn set_defaults(&mut self, id: Id, defaults: Table) {
        self.members[id.0].defaults = Defaults::Imported(defaults);
    }

    /// Counts values that are about to be copied into a chart's defaults.
    pub(crate) fn spend(&mut self, values: &Table) -> Result<(), String> {
        measure::table(values, &mut self.left)
    }

    /// Where Helm shows the chart: `root/charts/child/charts/grandchild`.
    pub(crate) fn path(&self, id: Id) -> String {
        match self.members[id.0].parent {
            Some(parent) => format!("{}/charts/{}", self.path(parent), self.name(id)),
            None => self.name(id).to_string(),
        }
    }

    /// Whether the chart is the one that is rendered.
    pub(crate) fn is_root(&self, id: Id) -> bool {
        self.members[id.0].parent.is_none()
    }

    /// The files under `crds/`, a chart's own first, then those of its dependencies, with the path that Helm shows.
    pub(crate) fn crds(&self, id: Id) -> Vec<(String, File)> {
        let mut crds = Vec::new();
        self.collect_crds(id, &mut crds);
        crds
    }

    fn collect_crds(&self, id: Id, crds: &mut Vec<(String, File)>) {
        let path = self.path(id);
        for file in self.chart(id).files.iter().filter(|f| f.name.starts_with("crds/") && is_manifest(&f.name)) {
            crds.push((format!("{path}/{}", file.name), file.clone()));
        }
        for child in self.children(id) {
            self.collect_crds(*child, crds);
        }
    }
}

// === impl Requirement ===

impl<'c> Requirement<'c> {
    fn new(declared: &'c Dependency) -> Requirement<'c> {
        Requirement {
            declared,
            name: declared.name.clone(),
            enabled: declared.enabled,
            imports: Imports::Declared(&declared.import_values),
        }
    }
}
