//! Deprecated fields: what replaced them, and the warnings about them.

use crate::decode::Fields;
use crate::error::Result;

use super::{HelmChart, HelmGlobals, Image, KUSTOMIZATION, Kustomization};

/// (field, warning) in the order in which they are printed.
const DEPRECATED: [(&str, &str); 6] = [
    (
        "bases",
        "# Warning: 'bases' is deprecated. Please use 'resources' instead. Run 'kustomize edit fix' to update your Kustomization automatically.",
    ),
    (
        "commonLabels",
        "# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. Run 'kustomize edit fix' to update your Kustomization automatically.",
    ),
    (
        "imageTags",
        "# Warning: 'imageTags' is deprecated. Please use 'images' instead. Run 'kustomize edit fix' to update your Kustomization automatically.",
    ),
    (
        "patchesJson6902",
        "# Warning: 'patchesJson6902' is deprecated. Please use 'patches' instead. Run 'kustomize edit fix' to update your Kustomization automatically.",
    ),
    (
        "patchesStrategicMerge",
        "# Warning: 'patchesStrategicMerge' is deprecated. Please use 'patches' instead. Run 'kustomize edit fix' to update your Kustomization automatically.",
    ),
    (
        "vars",
        "# Warning: 'vars' is deprecated. Please use 'replacements' instead. [EXPERIMENTAL] Run 'kustomize edit fix' to update your Kustomization automatically.",
    ),
];

// === impl Kustomization ===

impl Kustomization {
    /// Reads the deprecated fields into those that replaced them, fills kind and version in, and notes the warnings.
    pub(super) fn fix_deprecated(&mut self, f: &mut Fields<'_>) -> Result<()> {
        self.warnings =
            DEPRECATED.iter().filter(|(field, _)| f.value(field).is_some()).map(|(_, warning)| *warning).collect();
        if self.kind.is_empty() {
            self.kind = KUSTOMIZATION.to_string();
        }
        if self.api_version.is_empty() {
            let version = if self.kind == super::COMPONENT { "v1alpha1" } else { "v1beta1" };
            self.api_version = format!("kustomize.config.k8s.io/{version}");
        }
        self.resources.extend(f.texts("bases")?);
        self.images.extend(f.list("imageTags", Image::read)?);
        let mut globals = HelmGlobals::default();
        for (chart, old) in f.list("helmChartInflationGenerator", HelmChart::read_old)? {
            self.helm_charts.push(chart);
            if !old.chart_home.is_empty() {
                globals.chart_home = old.chart_home;
            }
            if !old.config_home.is_empty() {
                globals.config_home = old.config_home;
            }
        }
        if self.helm_globals.is_none() && globals != HelmGlobals::default() {
            self.helm_globals = Some(globals);
        }
        Ok(())
    }
}
