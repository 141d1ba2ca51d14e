use std::collections::BTreeMap;

use serde_json::Value;

use super::ApplicationSetTemplate;
use super::pull_request::PullRequestGenerator;
use super::scm::SCMProviderGenerator;
use crate::meta::LabelSelector;
use crate::wire::messages;

messages! {
    /// Where parameters come from; one of the generators is given.
    pub struct ApplicationSetGenerator {
        /// A fixed list.
        [1 "list"] list: Option<Box<ListGenerator>>,
        /// The clusters.
        [2 "clusters"] clusters: Option<Box<ClusterGenerator>>,
        /// Directories or files in Git.
        [3 "git"] git: Option<Box<GitGenerator>>,
        /// The repositories of an organisation.
        [4 "scmProvider"] scm_provider: Option<Box<SCMProviderGenerator>>,
        /// Clusters that some other resource has chosen.
        [5 "clusterDecisionResource"] cluster_decision_resource: Option<Box<DuckTypeGenerator>>,
        /// The open pull requests of a repository.
        [6 "pullRequest"] pull_request: Option<Box<PullRequestGenerator>>,
        /// Two generators multiplied.
        [7 "matrix"] matrix: Option<Box<MatrixGenerator>>,
        /// Generators laid over each other.
        [8 "merge"] merge: Option<Box<MergeGenerator>>,
        /// Keeps only the parameters that match.
        [9 "selector"] selector: Option<Box<LabelSelector>>,
        /// An HTTP service.
        [10 "plugin"] plugin: Option<Box<PluginGenerator>>,
    }

    /// A generator inside a matrix or merge generator; one of them is given.
    pub struct ApplicationSetNestedGenerator {
        /// A fixed list.
        [1 "list"] list: Option<Box<ListGenerator>>,
        /// The clusters.
        [2 "clusters"] clusters: Option<Box<ClusterGenerator>>,
        /// Directories or files in Git.
        [3 "git"] git: Option<Box<GitGenerator>>,
        /// The repositories of an organisation.
        [4 "scmProvider"] scm_provider: Option<Box<SCMProviderGenerator>>,
        /// Clusters that some other resource has chosen.
        [5 "clusterDecisionResource"] cluster_decision_resource: Option<Box<DuckTypeGenerator>>,
        /// The open pull requests of a repository.
        [6 "pullRequest"] pull_request: Option<Box<PullRequestGenerator>>,
        /// A matrix generator, in free form: schemas cannot nest without end.
        [7 "matrix"] matrix: Option<Value>,
        /// A merge generator, in free form: schemas cannot nest without end.
        [8 "merge"] merge: Option<Value>,
        /// Keeps only the parameters that match.
        [9 "selector"] selector: Option<Box<LabelSelector>>,
        /// An HTTP service.
        [10 "plugin"] plugin: Option<Box<PluginGenerator>>,
    }

    /// A fixed list of parameters.
    pub struct ListGenerator {
        /// The sets of parameters, each an object.
        [1 "elements" always] elements: Vec<Value>,
        /// Laid over the application set's template.
        [2 "template"] template: ApplicationSetTemplate,
        /// More sets of parameters, as YAML text.
        [3 "elementsYaml"] elements_yaml: String,
    }

    /// One set of parameters for each cluster.
    pub struct ClusterGenerator {
        /// Selects clusters by the labels of their Secrets; none selects all, the local one too.
        [1 "selector"] selector: LabelSelector,
        /// Laid over the application set's template.
        [2 "template"] template: ApplicationSetTemplate,
        /// Further parameters.
        [3 "values"] values: BTreeMap<String, String>,
        /// Gives one set of parameters that lists all clusters.
        [4 "flatList"] flat_list: bool,
    }

    /// One set of parameters for each directory or file in Git.
    pub struct GitGenerator {
        /// URL of the repository.
        [1 "repoURL" required] repo_url: String,
        /// Directories.
        [2 "directories"] directories: Vec<GitDirectoryGeneratorItem>,
        /// Files that hold parameters.
        [3 "files"] files: Vec<GitFileGeneratorItem>,
        /// Branch, tag or commit.
        [4 "revision" required] revision: String,
        /// How often to look.
        [5 "requeueAfterSeconds"] requeue_after_seconds: Option<i64>,
        /// Laid over the application set's template.
        [6 "template"] template: ApplicationSetTemplate,
        /// Prefix of the parameters that the path gives.
        [7 "pathParamPrefix"] path_param_prefix: String,
        /// Further parameters.
        [8 "values"] values: BTreeMap<String, String>,
    }

    /// Directories to take or to leave out.
    pub struct GitDirectoryGeneratorItem {
        /// Path; may be a glob.
        [1 "path" required] path: String,
        /// Leaves them out.
        [2 "exclude"] exclude: bool,
    }

    /// Files to take or to leave out.
    pub struct GitFileGeneratorItem {
        /// Path; may be a glob.
        [1 "path" required] path: String,
        /// Leaves them out.
        [2 "exclude"] exclude: bool,
    }

    /// One set of parameters for each cluster that some other resource has chosen.
    pub struct DuckTypeGenerator {
        /// ConfigMap that says where the resource keeps its choice.
        [1 "configMapRef" required] config_map_ref: String,
        /// Name of the resource.
        [2 "name"] name: String,
        /// How often to look.
        [3 "requeueAfterSeconds"] requeue_after_seconds: Option<i64>,
        /// Selects the resource by its labels.
        [4 "labelSelector"] label_selector: LabelSelector,
        /// Laid over the application set's template.
        [5 "template"] template: ApplicationSetTemplate,
        /// Further parameters.
        [6 "values"] values: BTreeMap<String, String>,
    }

    /// Each set of parameters of one generator with each of another.
    pub struct MatrixGenerator {
        /// The two generators.
        [1 "generators" required] generators: Vec<ApplicationSetNestedGenerator>,
        /// Laid over the application set's template.
        [2 "template"] template: ApplicationSetTemplate,
    }

    /// The parameters of the first generator, overridden by those of the others that agree in the keys.
    pub struct MergeGenerator {
        /// The generators.
        [1 "generators" required] generators: Vec<ApplicationSetNestedGenerator>,
        /// The parameters by which sets are matched.
        [2 "mergeKeys" required] merge_keys: Vec<String>,
        /// Laid over the application set's template.
        [3 "template"] template: ApplicationSetTemplate,
    }

    /// The sets of parameters that an HTTP service gives.
    pub struct PluginGenerator {
        /// ConfigMap that says where the service is.
        [1 "configMapRef" required] config_map_ref: PluginConfigMapRef,
        /// What is sent to the service.
        [2 "input"] input: PluginInput,
        /// How often to ask.
        [3 "requeueAfterSeconds"] requeue_after_seconds: Option<i64>,
        /// Laid over the application set's template.
        [4 "template"] template: ApplicationSetTemplate,
        /// Further parameters.
        [5 "values"] values: BTreeMap<String, String>,
    }

    /// ConfigMap that says where a service is.
    pub struct PluginConfigMapRef {
        /// Name.
        [1 "name" required] name: String,
    }

    /// What is sent to a service.
    pub struct PluginInput {
        /// Anything.
        [1 "parameters"] parameters: BTreeMap<String, Value>,
    }
}
