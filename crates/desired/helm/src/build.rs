//! What `helm dependency build` does: the charts that a chart declares and `charts/` lacks, from where it says they are.
//!
//! Nothing is written: what Helm would pack into `charts/` is put into the loaded chart. Like Helm, this goes one level
//! deep: a chart that lies elsewhere comes with its own `charts/` as it is.

use bowline_base_semver::{Constraint, Version};
use bowline_base_tree::{Tree, join};
use bowline_base_value::to_json;
use sha2::{Digest, Sha256};

use crate::chart::Chart;
use crate::load::{LoadError, load};
use crate::metadata::{self, Dependency};

/// A chart that has to come from a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// The version that is locked, or a constraint on it.
    pub version: String,
    /// Where it is: a URL, `@NAME` or `alias:NAME`.
    pub repository: String,
}

/// Why dependencies cannot be put together. Each displays as Helm's text.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The lock file was made for other dependencies.
    #[error(
        "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies \
         with 'helm dependency update'"
    )]
    OutOfSync,
    /// The same for a chart of the first version.
    #[error(
        "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the \
         dependencies"
    )]
    OutOfSyncV1,
    /// A local chart is not where the dependency says.
    #[error("directory {0} not found")]
    NoDirectory(String),
    /// A local chart has no version that is wanted.
    #[error(
        "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version exists in the repo, or change \
         the version constraint in Chart.yaml", .0.len(), .0.join(", ")
    )]
    NoVersion(Vec<String>),
    /// A constraint cannot be read, a version does not meet it, or a lock file is none.
    #[error("{0}")]
    Dependency(String),
    /// A local chart cannot be loaded.
    #[error("unable to load chart '{path}': {source}")]
    Local {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        source: LoadError,
    },
    /// A chart cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Puts all dependencies of the chart at `path` of a tree in their place: those that lie beside it (`file://`) are loaded,
/// those of repositories are asked for. Gives nothing where `fetched` has none of those yet; it was asked for all of them
/// then.
///
/// With a lock file the locked versions count, and it has to belong to the dependencies.
pub fn build(
    chart: &Chart,
    tree: &Tree,
    path: &str,
    fetched: &mut dyn FnMut(&Wanted) -> Option<Chart>,
) -> Result<Option<Chart>, BuildError> {
    let declared = chart.metadata.dependencies.as_deref().unwrap_or_default();
    let place = Place { tree, path };
    let locked = match &chart.lock {
        Some(lock) => {
            let locked = metadata::locked(lock).map_err(BuildError::Dependency)?;
            check_lock(chart, &locked.digest, locked.dependencies.as_deref())?;
            locked.dependencies.unwrap_or_default()
        }
        None => place.resolve(declared)?,
    };
    let mut supplied: Vec<Chart> = Vec::new();
    let mut pending = false;
    for dependency in &locked {
        let child = if dependency.repository.is_empty() {
            place.own(dependency)?;
            continue;
        } else if dependency.repository.starts_with("file://") {
            Some(place.beside(dependency)?)
        } else {
            let Dependency { name, version, repository, .. } = dependency.clone();
            fetched(&Wanted { name, version, repository })
        };
        match child {
            None => pending = true,
            Some(child) => {
                let same =
                    |known: &Chart| known.name() == child.name() && known.metadata.version == child.metadata.version;
                if !supplied.iter().any(same) {
                    supplied.push(child);
                }
            }
        }
    }
    if pending {
        return Ok(None);
    }
    // What was in `charts/` under these names has served its time.
    let mut built = chart.clone();
    built.dependencies.retain(|known| !supplied.iter().any(|child| child.name() == known.name()));
    built.dependencies.append(&mut supplied);
    Ok(Some(built))
}

/// A chart's directory.
struct Place<'t> {
    tree: &'t Tree,
    path: &'t str,
}

// === impl Place ===

impl Place<'_> {
    /// What a new lock file would lock.
    fn resolve(&self, declared: &[Dependency]) -> Result<Vec<Dependency>, BuildError> {
        let mut locked = Vec::new();
        let mut missing = Vec::new();
        for dependency in declared {
            let constraint = Constraint::parse(&dependency.version).map_err(|error| {
                BuildError::Dependency(format!(
                    "dependency {:?} has an invalid version/constraint format: {error}",
                    dependency.name
                ))
            })?;
            let mut version = dependency.version.clone();
            if dependency.repository.is_empty() {
                self.directory(&format!("charts/{}", dependency.name))?;
            } else if dependency.repository.starts_with("file://") {
                let directory = self.directory(&dependency.repository)?;
                let found = load(self.tree, &directory)?.metadata.version;
                if !Version::parse(&found).is_ok_and(|found| constraint.matches(&found)) {
                    missing.push(format!(
                        "{:?} (repository {:?}, version {:?})",
                        dependency.name, dependency.repository, dependency.version
                    ));
                    continue;
                }
                version = found;
            }
            locked.push(Dependency {
                name: dependency.name.clone(),
                version,
                repository: dependency.repository.clone(),
                ..Dependency::default()
            });
        }
        if missing.is_empty() { Ok(locked) } else { Err(BuildError::NoVersion(missing)) }
    }

    /// The path in the tree of a directory that a dependency names.
    fn directory(&self, reference: &str) -> Result<String, BuildError> {
        let path = reference.strip_prefix("file://").unwrap_or(reference);
        let none = || BuildError::NoDirectory(path.to_string());
        // What is absolute, or above the root, is no part of the source.
        if path.starts_with('/') {
            return Err(none());
        }
        let directory = join(self.path, path).map_err(|_| none())?;
        match self.tree.find(&directory) {
            Ok(Some(_)) => Ok(directory),
            _ => Err(none()),
        }
    }

    /// A chart that lies beside this one.
    fn beside(&self, dependency: &Dependency) -> Result<Chart, BuildError> {
        let chart = load(self.tree, &self.directory(&dependency.repository)?)?;
        let Dependency { name, version, .. } = dependency;
        let constraint = Constraint::parse(version).map_err(|error| {
            BuildError::Dependency(format!("dependency {name} has an invalid version/constraint format: {error}"))
        })?;
        match Version::parse(&chart.metadata.version) {
            Ok(found) if constraint.matches(&found) => Ok(chart),
            _ => Err(BuildError::Dependency(format!("can't get a valid version for dependency {name}"))),
        }
    }

    /// Checks a chart that has to be in `charts/` already.
    fn own(&self, dependency: &Dependency) -> Result<(), BuildError> {
        let Dependency { name, version, .. } = dependency;
        let path = join(self.path, &format!("charts/{name}")).map_err(|error| LoadError::Tree(error.into()))?;
        let chart = load(self.tree, &path).map_err(|source| BuildError::Local { path, source })?;
        let constraint = Constraint::parse(version).map_err(|error| {
            BuildError::Dependency(format!("dependency {name} has an invalid version/constraint format: {error}"))
        })?;
        let found = &chart.metadata.version;
        match Version::parse(found) {
            Ok(parsed) if constraint.matches(&parsed) => Ok(()),
            _ => Err(BuildError::Dependency(format!(
                "dependency {name} at version {found} does not satisfy the constraint {version}"
            ))),
        }
    }
}

/// Whether a lock file belongs to what the chart declares.
fn check_lock(chart: &Chart, digest: &str, locked: Option<&[Dependency]>) -> Result<(), BuildError> {
    let list = |all: Option<&[Dependency]>| match all {
        Some(all) => format!("[{}]", all.iter().map(Dependency::json).collect::<Vec<_>>().join(",")),
        None => "null".to_string(),
    };
    let declared = list(chart.metadata.dependencies.as_deref());
    if digest == hash(&format!("[{declared},{}]", list(locked))) {
        return Ok(());
    }
    if chart.metadata.api_version != "v1" {
        return Err(BuildError::OutOfSync);
    }
    // The second version of Helm left the locked ones out.
    if digest == hash(&format!("{{\"dependencies\":{declared}}}")) { Ok(()) } else { Err(BuildError::OutOfSyncV1) }
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

// === impl Dependency ===

impl Dependency {
    /// The dependency as Go writes it: fields in the order of its struct, empty ones left out but for two.
    fn json(&self) -> String {
        let text = |text: &str| to_json(&text.into(), true);
        let mut fields = vec![format!("\"name\":{}", text(&self.name))];
        let filled = |fields: &mut Vec<String>, name: &str, value: &str| {
            if !value.is_empty() {
                fields.push(format!("\"{name}\":{}", text(value)));
            }
        };
        filled(&mut fields, "version", &self.version);
        fields.push(format!("\"repository\":{}", text(&self.repository)));
        filled(&mut fields, "condition", &self.condition);
        if !self.tags.is_empty() {
            fields.push(format!("\"tags\":[{}]", self.tags.iter().map(|tag| text(tag)).collect::<Vec<_>>().join(",")));
        }
        if self.enabled {
            fields.push("\"enabled\":true".to_string());
        }
        if !self.import_values.is_empty() {
            let imports: Vec<String> = self.import_values.iter().map(|value| to_json(value, true)).collect();
            fields.push(format!("\"import-values\":[{}]", imports.join(",")));
        }
        filled(&mut fields, "alias", &self.alias);
        format!("{{{}}}", fields.join(","))
    }
}

#[cfg(test)]
mod tests;
