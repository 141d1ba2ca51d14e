//! What kustomizations name that lies elsewhere: remote bases and files as they were fetched, charts through our own Helm.

use bowline_base_tree::Tree;
use bowline_desired_helm::template::{Flags, Reader, template};
use bowline_desired_helm::{Chart, Helm, load};
use bowline_desired_kustomize::{GitReference, HelmInflator, HelmRequest, Remote, RemoteError};
use bowline_desired_render::{Fetched, Outside, Wanted};

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
        let need = Wanted::Git { url: reference.clone_url(), revision: reference.reference.clone() };
        match self.0.get(&need) {
            None => Err(RemoteError::Pending),
            Some(Ok(Fetched::Tree(tree))) => Ok(tree),
            Some(Ok(Fetched::File(_))) => Err(RemoteError::Failed("is not a repository".to_string())),
            Some(Err(reason)) => Err(RemoteError::Failed(reason)),
        }
    }

    fn http(&self, url: &str) -> Result<Vec<u8>, RemoteError> {
        match self.0.get(&Wanted::File { url: url.to_string() }) {
            None => Err(RemoteError::Pending),
            Some(Ok(Fetched::File(content))) => Ok(content.to_vec()),
            Some(Ok(Fetched::Tree(_))) => Err(RemoteError::Failed("is not a file".to_string())),
            Some(Err(reason)) => Err(RemoteError::Failed(reason)),
        }
    }
}

// === impl Charts ===

impl Charts<'_> {
    /// The chart's files, with the directory that it has in them.
    fn files(&self, request: &HelmRequest<'_>) -> Result<(Tree, String), String> {
        if let Some(directory) = &request.directory {
            return Ok((request.tree.clone(), directory.clone()));
        }
        let chart = request.chart;
        let need =
            Wanted::Chart { repository: chart.repo.clone(), name: chart.name.clone(), version: chart.version.clone() };
        match self.outside.get(&need) {
            None => Err(format!("{need} is being fetched")),
            Some(Ok(Fetched::Tree(tree))) => Ok((tree, String::new())),
            Some(Ok(Fetched::File(_))) => Err(format!("{need}: is a file")),
            Some(Err(reason)) => Err(reason),
        }
    }
}

impl HelmInflator for Charts<'_> {
    fn inflate(&self, request: &HelmRequest<'_>) -> Result<String, String> {
        let (tree, directory) = self.files(request)?;
        let given = Given { chart: load(&tree, &directory).map_err(|e| e.to_string())?, values: request };
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
        output.error.map_or(Ok(output.stdout), Err)
    }

    fn default_values(&self, request: &HelmRequest<'_>) -> Result<String, String> {
        let (tree, directory) = self.files(request)?;
        let path = format!("{directory}/values.yaml");
        let values = tree.read_if_exists(path.trim_start_matches('/')).map_err(|e| e.to_string())?;
        Ok(values.map(|values| String::from_utf8_lossy(&values.bytes).into_owned()).unwrap_or_default())
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
