//! `kustomize build`: flags in, text out. Whoever runs it turns a local directory (or a URL) into a tree first.

use bowline_base_tree::Tree;

use crate::build::{Build, HelmOptions, Kustomize, LoadRestrictor, Options, Reorder};
use crate::error::{Error, Result};
use crate::ports::{HelmInflator, Remote};

/// The flags of `kustomize build`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BuildFlags {
    /// What is built: a directory or a URL; empty for the current directory.
    pub path: String,
    /// `--output`: a file, or a directory in which each object gets a file.
    pub output: Option<String>,
    /// `--load-restrictor`.
    pub load_restrictor: LoadRestrictor,
    /// `--reorder`.
    pub reorder: Reorder,
    /// `--enable-managedby-label`.
    pub managed_by_label: bool,
    /// `--enable-helm`.
    pub enable_helm: bool,
    /// `--helm-kube-version`.
    pub helm_kube_version: String,
    /// `--helm-api-versions`.
    pub helm_api_versions: Vec<String>,
}

/// Flags that are taken and mean nothing here: they are for programs that are not run. The second part says whether a value
/// follows.
const PASSED_OVER: [(&str, bool); 9] = [
    ("helm-command", true),
    ("helm-debug", false),
    ("network", false),
    ("network-name", true),
    ("mount", true),
    ("env", true),
    ("as-current-user", false),
    ("enable-alpha-plugins", false),
    ("stack-trace", false),
];

// === impl BuildFlags ===

impl BuildFlags {
    /// Reads arguments, or the build options of the settings.
    pub fn parse<S: AsRef<str>>(arguments: &[S]) -> Result<BuildFlags> {
        let mut flags = BuildFlags::default();
        let mut paths: Vec<&str> = Vec::new();
        let mut rest = arguments.iter().map(S::as_ref);
        while let Some(argument) = rest.next() {
            let Some(flag) = argument.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
                paths.push(argument);
                continue;
            };
            let flag = flag.strip_prefix('-').unwrap_or(flag);
            let (name, inline) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
            let invalid = |reason: String| Error::Field { field: format!("--{name}"), reason };
            let mut value = || {
                let value = inline.or_else(|| rest.next());
                value.map(str::to_string).ok_or_else(|| invalid("flag needs an argument".to_string()))
            };
            let switch = || match inline {
                None | Some("true" | "1") => Ok(true),
                Some("false" | "0") => Ok(false),
                Some(other) => Err(invalid(format!("{other:?} is not true or false"))),
            };
            match name {
                "o" | "output" => flags.output = Some(value()?),
                "load-restrictor" => {
                    flags.load_restrictor = match value()?.as_str() {
                        "LoadRestrictionsNone" => LoadRestrictor::None,
                        "LoadRestrictionsRootOnly" => LoadRestrictor::RootOnly,
                        other => {
                            return Err(invalid(format!(
                                "illegal flag value {other}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]"
                            )));
                        }
                    };
                }
                "reorder" => {
                    flags.reorder = match value()?.as_str() {
                        "none" => Reorder::None,
                        "legacy" => Reorder::Legacy,
                        other => {
                            return Err(invalid(format!("illegal flag value {other}; legal values: [legacy none]")));
                        }
                    };
                }
                "enable-managedby-label" => flags.managed_by_label = switch()?,
                "enable-helm" => flags.enable_helm = switch()?,
                "helm-kube-version" => flags.helm_kube_version = value()?,
                "helm-api-versions" => flags.helm_api_versions.push(value()?),
                "enable-exec" => return Err(Error::Refused("--enable-exec: programs are not run".to_string())),
                "e" => {
                    value()?;
                }
                other => match PASSED_OVER.iter().find(|(name, _)| *name == other) {
                    Some((_, true)) => {
                        value()?;
                    }
                    Some((_, false)) => {
                        switch()?;
                    }
                    None => return Err(invalid("unknown flag".to_string())),
                },
            }
        }
        match paths.as_slice() {
            [] => {}
            [path] => flags.path = path.to_string(),
            _ => {
                return Err(Error::Field {
                    field: "path".to_string(),
                    reason: "specify one path to kustomization.yaml".to_string(),
                });
            }
        }
        Ok(flags)
    }

    /// Builds what the flags name, `path` being where it lies in the tree.
    pub fn build(
        &self,
        engine: &Kustomize,
        tree: &Tree,
        path: &str,
        remote: Option<&dyn Remote>,
        helm: Option<&dyn HelmInflator>,
    ) -> Result<Build> {
        let helm = helm.filter(|_| self.enable_helm).map(|inflator| HelmOptions {
            inflator,
            kube_version: &self.helm_kube_version,
            api_versions: &self.helm_api_versions,
        });
        let options = Options {
            load_restrictor: self.load_restrictor,
            reorder: self.reorder,
            managed_by_label: self.managed_by_label,
            remote,
            helm,
            overrides: None,
        };
        engine.build(tree, path, options)
    }
}

// === impl Build ===

impl Build {
    /// The files that `--output` writes into a directory, one for each object (`apps_v1_deployment_web.yaml`).
    pub fn files(&self) -> Vec<(String, String)> {
        let mut namespaces: Vec<&String> = self.namespaces.iter().flatten().collect();
        namespaces.sort();
        namespaces.dedup();
        let mut files: Vec<(String, String)> = Vec::new();
        for (resource, namespace) in self.resources.iter().zip(&self.namespaces) {
            let text = |path: &[&str]| resource.str_at(path).unwrap_or_default();
            // Only where there are several does a namespace tell files apart.
            let namespace = namespace.as_ref().filter(|_| namespaces.len() > 1).cloned().unwrap_or_default();
            let api_version = text(&["apiVersion"]).replace('/', "_");
            let mut parts = vec![namespace, api_version, text(&["kind"]).to_string()];
            parts.push(text(&["metadata", "name"]).to_string());
            parts.retain(|part| !part.is_empty());
            let name = format!("{}.yaml", parts.join("_").to_lowercase());
            files.push((name, bowline_base_value::yaml::to_yaml(resource)));
        }
        files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_kustomize() {
        let flags = BuildFlags::parse(&[
            "--enable-helm",
            "--load-restrictor=LoadRestrictionsNone",
            "-o",
            "out",
            "--helm-api-versions",
            "a/v1",
            "--as-current-user",
            "dir",
        ]);
        let want = BuildFlags {
            path: "dir".into(),
            output: Some("out".into()),
            load_restrictor: LoadRestrictor::None,
            enable_helm: true,
            helm_api_versions: vec!["a/v1".into()],
            ..BuildFlags::default()
        };
        assert_eq!(flags.unwrap(), want);
        for wrong in [&["--no-such-flag"][..], &["--output"], &["a", "b"], &["--reorder=x"], &["--enable-exec"]] {
            assert!(BuildFlags::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
