//! Charts that a kustomization inflates.

use bowline_base_value::Value;

use crate::decode::{Fields, Mode};
use crate::error::Result;

/// `helmGlobals`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HelmGlobals {
    /// The directory of the charts, seen from the kustomization; empty for `charts`.
    pub chart_home: String,
    /// Helm's configuration directory; it means nothing here.
    pub config_home: String,
}

/// An entry of `helmCharts`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HelmChart {
    /// The chart's name.
    pub name: String,
    /// The chart's version.
    pub version: String,
    /// The repository: `https://…` or `oci://…`.
    pub repo: String,
    /// The release's name.
    pub release_name: String,
    /// The release's namespace.
    pub namespace: String,
    /// Values files that come after the first one.
    pub additional_values_files: Vec<String>,
    /// The values file; empty for the chart's own.
    pub values_file: String,
    /// Values in place.
    pub values_inline: Value,
    /// How inline values and the file's go together: `override` (default), `merge` or `replace`.
    pub values_merge: String,
    /// Whether the chart's CRDs are part of it.
    pub include_crds: bool,
    /// Whether hooks are left out.
    pub skip_hooks: bool,
    /// `.Capabilities.APIVersions`.
    pub api_versions: Vec<String>,
    /// `.Capabilities.KubeVersion`.
    pub kube_version: String,
    /// The template of the release's name.
    pub name_template: String,
    /// Whether test hooks are left out.
    pub skip_tests: bool,
    /// Whether pre-release versions are taken.
    pub devel: bool,
}

// === impl HelmGlobals ===

impl HelmGlobals {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<HelmGlobals> {
        let mut f = Fields::new(value, path, mode)?;
        let globals = HelmGlobals { chart_home: f.text("chartHome")?, config_home: f.text("configHome")? };
        f.finish()?;
        Ok(globals)
    }
}

// === impl HelmChart ===

impl HelmChart {
    pub(crate) fn read(value: &Value, path: &str, mode: Mode) -> Result<HelmChart> {
        let mut f = Fields::new(value, path, mode)?;
        let chart = HelmChart {
            name: f.text("name")?,
            version: f.text("version")?,
            repo: f.text("repo")?,
            release_name: f.text("releaseName")?,
            namespace: f.text("namespace")?,
            additional_values_files: f.texts("additionalValuesFiles")?,
            values_file: f.text("valuesFile")?,
            values_inline: f.value("valuesInline").cloned().unwrap_or_default(),
            values_merge: f.text("valuesMerge")?,
            include_crds: f.bool("includeCRDs")?,
            skip_hooks: f.bool("skipHooks")?,
            api_versions: f.texts("apiVersions")?,
            kube_version: f.text("kubeVersion")?,
            name_template: f.text("nameTemplate")?,
            skip_tests: f.bool("skipTests")?,
            devel: f.bool("devel")?,
        };
        f.bool("debug")?;
        f.finish()?;
        Ok(chart)
    }

    /// An entry of the old `helmChartInflationGenerator`, with what it says about the directories.
    pub(super) fn read_old(value: &Value, path: &str, mode: Mode) -> Result<(HelmChart, HelmGlobals)> {
        let mut f = Fields::new(value, path, mode)?;
        let chart = HelmChart {
            name: f.text("chartName")?,
            version: f.text("chartVersion")?,
            repo: f.text("chartRepoUrl")?,
            values_file: f.text("values")?,
            values_inline: f.value("valuesLocal").cloned().unwrap_or_default(),
            values_merge: f.text("valuesMerge")?,
            release_name: f.text("releaseName")?,
            ..HelmChart::default()
        };
        let globals = HelmGlobals { chart_home: f.text("chartHome")?, config_home: f.text("helmHome")? };
        for passed_over in ["chartRepoName", "helmBin", "releaseNamespace"] {
            f.text(passed_over)?;
        }
        f.texts("extraArgs")?;
        f.finish()?;
        Ok((chart, globals))
    }
}
