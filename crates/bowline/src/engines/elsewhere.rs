//! What kustomizations name that lies elsewhere: remote bases and files as they were fetched, charts through our own Helm.

use bowline_base_tree::Tree;
use bowline_desired_helm::template::{Flags, Reader, template};
use bowline_desired_helm::{Chart, Helm, load, load_unpacked};
use bowline_desired_kustomize::{GitReference, HelmInflator, HelmRequest, Remote, RemoteError};
use bowline_desired_render::{Need, Outside};

use super::Machine;

/// Remote bases and files, out of what was fetched for the render.
pub struct Remotes<'a>(pub &'a Outside);

/// Charts, rendered in process.
pub struct Charts<'a> {
    /// The renderer.
    pub helm: &'a Helm,
    /// Charts of repositories, as they were fetched.
    pub outside: &'a Outside,
}

/// One chart with its values, as the command reads them.
struct Given<'a> {
    chart: Chart,
    values: &'a HelmRequest<'a>,
}

impl Remote for Remotes<'_> {
    fn git(&self, reference: &GitReference) -> Result<Tree, RemoteError> {
        let need = Need::Git { url: reference.clone_url(), revision: reference.reference.clone() };
        self.0.tree(&need).ok_or(RemoteError::Pending)?.map_err(RemoteError::Failed)
    }

    fn http(&self, url: &str) -> Result<Vec<u8>, RemoteError> {
        let found = self.0.file(&Need::File { url: url.to_string() });
        found.ok_or(RemoteError::Pending)?.map(|content| content.to_vec()).map_err(RemoteError::Failed)
    }
}

// === impl Charts ===

impl Charts<'_> {
    /// The chart's files, with the directory that it has in them.
    fn files(&self, request: &HelmRequest<'_>) -> Result<(Tree, String), RemoteError> {
        if let Some(directory) = &request.directory {
            return Ok((request.tree.clone(), directory.clone()));
        }
        let chart = request.chart;
        // As `helm pull --devel` reads it.
        let version = match (chart.version.as_str(), chart.devel) {
            ("", true) => ">0.0.0-0",
            (version, _) => version,
        };
        let need =
            Need::Chart { repository: chart.repo.clone(), name: chart.name.clone(), version: version.to_string() };
        let tree = self.outside.tree(&need).ok_or(RemoteError::Pending)?;
        tree.map(|tree| (tree, String::new())).map_err(RemoteError::Failed)
    }
}

impl HelmInflator for Charts<'_> {
    fn inflate(&self, request: &HelmRequest<'_>) -> Result<String, RemoteError> {
        let (tree, directory) = self.files(request)?;
        // A chart that was fetched is as it was packed.
        let loaded = if request.directory.is_some() { load(&tree, &directory) } else { load_unpacked(&tree) };
        let failed = |e: &dyn std::fmt::Display| RemoteError::Failed(e.to_string());
        let given = Given { chart: loaded.map_err(|e| failed(&e))?, values: request };
        let chart = request.chart;
        let mut words = vec!["chart".to_string()];
        if !chart.release_name.is_empty() {
            words.insert(0, chart.release_name.clone());
        }
        let flags = Flags {
            values: (0..request.values.len()).map(|i| i.to_string()).collect(),
            namespace: if chart.namespace.is_empty() { "default".to_string() } else { chart.namespace.clone() },
            name_template: chart.name_template.clone(),
            generate_name: chart.release_name.is_empty(),
            include_crds: chart.include_crds,
            skip_tests: chart.skip_tests,
            no_hooks: chart.skip_hooks,
            api_versions: chart.api_versions.clone(),
            kube_version: chart.kube_version.clone(),
            ..Flags::default()
        };
        let output = template(self.helm, &words, &flags, &given, &mut Machine::default());
        output.error.map_or(Ok(output.stdout), |reason| Err(RemoteError::Failed(reason)))
    }

    fn file(&self, request: &HelmRequest<'_>, name: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let (tree, directory) = self.files(request)?;
        let path = format!("{directory}/{name}");
        let found = tree.read_if_exists(path.trim_start_matches('/'));
        let found = found.map_err(|e| RemoteError::Failed(e.to_string()))?;
        Ok(found.map(|blob| blob.bytes.to_vec()))
    }
}

impl Reader for Given<'_> {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let values = name.parse::<usize>().ok().and_then(|i| self.values.values.get(i));
        values.cloned().ok_or_else(|| format!("{name}: there are no such values"))
    }

    fn chart(&self, _: &str) -> Result<Chart, String> {
        Ok(self.chart.clone())
    }
}
