//! The flags that describe an application's spec, shared by `app create`, `app set` and `render`.

use clap::Args;

/// Flags for a spec; what is not given stays as it is.
#[derive(Args, Clone, Debug, Default)]
pub struct SpecFlags {
    /// Repository URL
    #[arg(long, value_name = "URL")]
    pub repo: Option<String>,
    #[command(flatten)]
    pub source: SourceFlags,
    /// Project that the application belongs to
    #[arg(long)]
    pub project: Option<String>,
    /// URL of the destination cluster (e.g. https://kubernetes.default.svc)
    #[arg(long, value_name = "URL")]
    pub dest_server: Option<String>,
    /// Name of the destination cluster (e.g. in-cluster)
    #[arg(long, value_name = "NAME")]
    pub dest_name: Option<String>,
    /// Namespace for objects that name none
    #[arg(long, value_name = "NAMESPACE")]
    pub dest_namespace: Option<String>,
    /// Sync policy: manual (or none), automated (or auto, automatic)
    #[arg(long)]
    pub sync_policy: Option<String>,
    /// Add a sync option (e.g. CreateNamespace=true), or take it away with a leading `!`
    #[arg(long = "sync-option", value_name = "OPTION")]
    pub sync_options: Vec<String>,
    /// Automated syncs prune
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub auto_prune: Option<bool>,
    /// Automated syncs undo drift
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub self_heal: Option<bool>,
    /// Automated syncs may prune everything
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub allow_empty: Option<bool>,
    /// How often a failed sync is tried again; negative for ever
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub sync_retry_limit: Option<i64>,
    /// First delay between tries (e.g. 5s)
    #[arg(long, value_name = "DURATION")]
    pub sync_retry_backoff_duration: Option<String>,
    /// Longest delay between tries (e.g. 3m)
    #[arg(long, value_name = "DURATION")]
    pub sync_retry_backoff_max_duration: Option<String>,
    /// By what each further delay grows
    #[arg(long, value_name = "N")]
    pub sync_retry_backoff_factor: Option<i64>,
    /// Tries take the newest revision instead of the first one
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub sync_retry_refresh: Option<bool>,
    /// Source hydrator: repository of what is rendered
    #[arg(long, value_name = "URL")]
    pub dry_source_repo: Option<String>,
    /// Source hydrator: path of what is rendered
    #[arg(long, value_name = "PATH")]
    pub dry_source_path: Option<String>,
    /// Source hydrator: revision of what is rendered
    #[arg(long, value_name = "REVISION")]
    pub dry_source_revision: Option<String>,
    /// Source hydrator: branch that is deployed
    #[arg(long, value_name = "BRANCH")]
    pub sync_source_branch: Option<String>,
    /// Source hydrator: path in that branch
    #[arg(long, value_name = "PATH")]
    pub sync_source_path: Option<String>,
    /// Source hydrator: branch that manifests are pushed to, where that is another one than the deployed
    #[arg(long, value_name = "BRANCH")]
    pub hydrate_to_branch: Option<String>,
    /// How many past syncs are kept for rollback
    #[arg(long, value_name = "N")]
    pub revision_history_limit: Option<i64>,
}

/// Flags for one source: how it is rendered.
#[derive(Args, Clone, Debug, Default)]
pub struct SourceFlags {
    /// Path in the repository to the application's directory
    #[arg(long)]
    pub path: Option<String>,
    /// Branch, tag, commit, full ref or semver range to follow (or a chart's version)
    #[arg(long)]
    pub revision: Option<String>,
    /// Only tags with this prefix count for a semver range
    #[arg(long)]
    pub tag_prefix: Option<String>,
    /// Name of a chart in a Helm repository
    #[arg(long)]
    pub helm_chart: Option<String>,
    /// Name under which other sources may refer to this one
    #[arg(long = "ref")]
    pub reference: Option<String>,
    /// Name of this source among several
    #[arg(long)]
    pub source_name: Option<String>,
    /// Directory: look into subdirectories
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub directory_recurse: Option<bool>,
    /// Directory: leave out files that match this glob
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true)]
    pub directory_exclude: Option<String>,
    /// Directory: take only files that match this glob
    #[arg(long, value_name = "GLOB", allow_hyphen_values = true)]
    pub directory_include: Option<String>,
    /// Directory: take files of every extension
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub directory_disable_extension_filter: Option<bool>,
    /// Helm: values files
    #[arg(long, value_name = "FILE")]
    pub values: Vec<String>,
    /// Helm: a file whose content becomes the values
    #[arg(long, value_name = "FILE")]
    pub values_literal_file: Option<String>,
    /// Helm: leave out values files that are missing
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub ignore_missing_value_files: Option<bool>,
    /// Helm: set a parameter (e.g. -p image.tag=v2)
    #[arg(short = 'p', long = "parameter", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// Helm: set a value (e.g. --helm-set key=value)
    #[arg(long, value_name = "NAME=VALUE")]
    pub helm_set: Vec<String>,
    /// Helm: set a string
    #[arg(long, value_name = "NAME=VALUE")]
    pub helm_set_string: Vec<String>,
    /// Helm: set a value to a file's content
    #[arg(long, value_name = "NAME=PATH")]
    pub helm_set_file: Vec<String>,
    /// Helm: release name
    #[arg(long)]
    pub release_name: Option<String>,
    /// Helm: version of the tool (accepted for the contract's sake: v3)
    #[arg(long)]
    pub helm_version: Option<String>,
    /// Helm: pass credentials to every domain
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub helm_pass_credentials: Option<bool>,
    /// Helm: leave out the chart's CRDs
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub helm_skip_crds: Option<bool>,
    /// Helm: do not check values against the chart's schema
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub helm_skip_schema_validation: Option<bool>,
    /// Helm: leave out the chart's tests
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub helm_skip_tests: Option<bool>,
    /// Helm: namespace to render with
    #[arg(long, value_name = "NAMESPACE")]
    pub helm_namespace: Option<String>,
    /// Helm: Kubernetes version to render for
    #[arg(long, value_name = "VERSION")]
    pub helm_kube_version: Option<String>,
    /// Helm: API versions to render for
    #[arg(long, value_name = "API")]
    pub helm_api_versions: Vec<String>,
    /// Kustomize: name prefix
    #[arg(long, allow_hyphen_values = true)]
    pub nameprefix: Option<String>,
    /// Kustomize: name suffix
    #[arg(long, allow_hyphen_values = true)]
    pub namesuffix: Option<String>,
    /// Kustomize: version of the tool
    #[arg(long)]
    pub kustomize_version: Option<String>,
    /// Kustomize: images (e.g. mysql=mariadb:11)
    #[arg(long = "kustomize-image", value_name = "IMAGE")]
    pub kustomize_images: Vec<String>,
    /// Kustomize: replicas (e.g. web=3)
    #[arg(long = "kustomize-replica", value_name = "NAME=COUNT")]
    pub kustomize_replicas: Vec<String>,
    /// Kustomize: namespace
    #[arg(long, value_name = "NAMESPACE")]
    pub kustomize_namespace: Option<String>,
    /// Kustomize: common labels
    #[arg(long = "kustomize-common-label", value_name = "KEY=VALUE")]
    pub kustomize_common_labels: Vec<String>,
    /// Kustomize: common annotations
    #[arg(long = "kustomize-common-annotation", value_name = "KEY=VALUE")]
    pub kustomize_common_annotations: Vec<String>,
    /// Kustomize: common labels leave selectors alone
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub kustomize_label_without_selector: Option<bool>,
    /// Kustomize: common labels go into templates too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub kustomize_label_include_templates: Option<bool>,
    /// Kustomize: common labels win over those in the source
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub kustomize_force_common_label: Option<bool>,
    /// Kustomize: common annotations win over those in the source
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub kustomize_force_common_annotation: Option<bool>,
    /// Kustomize: leave out components that are missing
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub ignore_missing_components: Option<bool>,
    /// Kustomize: Kubernetes version for its charts
    #[arg(long, value_name = "VERSION")]
    pub kustomize_kube_version: Option<String>,
    /// Kustomize: API versions for its charts
    #[arg(long, value_name = "API")]
    pub kustomize_api_versions: Vec<String>,
    /// Jsonnet: top-level string arguments
    #[arg(long, value_name = "NAME=VALUE")]
    pub jsonnet_tla_str: Vec<String>,
    /// Jsonnet: top-level code arguments
    #[arg(long, value_name = "NAME=CODE")]
    pub jsonnet_tla_code: Vec<String>,
    /// Jsonnet: external string variables
    #[arg(long, value_name = "NAME=VALUE")]
    pub jsonnet_ext_var_str: Vec<String>,
    /// Jsonnet: external code variables
    #[arg(long, value_name = "NAME=CODE")]
    pub jsonnet_ext_var_code: Vec<String>,
    /// Jsonnet: library directories, from the repository's root
    #[arg(long, value_name = "PATH")]
    pub jsonnet_libs: Vec<String>,
    /// Plugin: name
    #[arg(long, value_name = "NAME")]
    pub config_management_plugin: Option<String>,
    /// Plugin: environment
    #[arg(long, value_name = "NAME=VALUE")]
    pub plugin_env: Vec<String>,
}
