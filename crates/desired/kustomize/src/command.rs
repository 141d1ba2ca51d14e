//! `kustomize build`: flags in, text out. Whoever runs it turns a local directory (or a URL) into a tree first.

use crate::build::{Build, HelmOptions, LoadRestrictor, Options, Reorder};
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

/// What a flag is for.
#[derive(Clone, Copy)]
enum Flag {
    Output,
    LoadRestrictor,
    Reorder,
    ManagedBy,
    Helm,
    HelmKubeVersion,
    HelmApiVersions,
    /// For programs that are not run: taken, with a value, and passed over.
    Text,
    /// The same without a value.
    Switch,
}

/// The flags with their short forms.
const FLAGS: [(&str, Option<char>, Flag); 17] = [
    ("output", Some('o'), Flag::Output),
    ("load-restrictor", None, Flag::LoadRestrictor),
    ("reorder", None, Flag::Reorder),
    ("enable-managedby-label", None, Flag::ManagedBy),
    ("enable-helm", None, Flag::Helm),
    ("helm-kube-version", None, Flag::HelmKubeVersion),
    ("helm-api-versions", None, Flag::HelmApiVersions),
    ("helm-command", None, Flag::Text),
    ("network-name", None, Flag::Text),
    ("mount", None, Flag::Text),
    ("env", Some('e'), Flag::Text),
    ("helm-debug", None, Flag::Switch),
    ("network", None, Flag::Switch),
    ("as-current-user", None, Flag::Switch),
    ("enable-alpha-plugins", None, Flag::Switch),
    ("enable-exec", None, Flag::Switch),
    ("stack-trace", None, Flag::Switch),
];

// === impl Flag ===

impl Flag {
    fn deprecated(self, name: &str) -> Option<String> {
        let why = match self {
            Flag::Reorder => "use the new 'sortOptions' field in kustomization.yaml instead.",
            Flag::ManagedBy => {
                "The flag `enable-managedby-label` has been deprecated. Use the `managedByLabel` option in the `buildMetadata` field \
                 instead."
            }
            _ => return None,
        };
        Some(format!("Flag --{name} has been deprecated, {why}"))
    }
}

// === impl BuildFlags ===

impl BuildFlags {
    /// Reads arguments, or the build options of the settings. Errors have kustomize's words; what it says of flags that are deprecated
    /// goes to `warnings`.
    pub fn parse<S: AsRef<str>>(arguments: &[S], warnings: &mut Vec<String>) -> Result<BuildFlags> {
        let mut flags = BuildFlags::default();
        let mut paths: Vec<&str> = Vec::new();
        let mut rest = arguments.iter().map(S::as_ref);
        while let Some(argument) = rest.next() {
            if argument == "--" {
                paths.extend(rest.by_ref());
            } else if let Some(flag) = argument.strip_prefix("--") {
                let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
                let known = FLAGS.iter().find(|(long, ..)| *long == name);
                let (_, _, flag) = known.ok_or_else(|| Error::Flag(format!("unknown flag: --{name}")))?;
                warnings.extend(flag.deprecated(name));
                flags.take(*flag, name, value, argument, &mut rest)?;
            } else if let Some(letters) = argument.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                let letter = letters.chars().next().unwrap_or_default();
                let known = FLAGS.iter().find(|(_, short, _)| *short == Some(letter));
                let unknown = || Error::Flag(format!("unknown shorthand flag: '{letter}' in {argument}"));
                let (name, _, flag) = known.ok_or_else(unknown)?;
                let value = Some(&letters[letter.len_utf8()..]).filter(|value| !value.is_empty());
                let value = value.map(|value| value.strip_prefix('=').unwrap_or(value));
                warnings.extend(flag.deprecated(name));
                flags.take(*flag, name, value, &format!("'{letter}' in {argument}"), &mut rest)?;
            } else {
                paths.push(argument);
            }
        }
        match paths.as_slice() {
            [] => {}
            [path] => flags.path = path.to_string(),
            _ => return Err(Error::Flag("specify one path to kustomization.yaml".to_string())),
        }
        Ok(flags)
    }

    fn take<'a>(
        &mut self,
        flag: Flag,
        name: &str,
        value: Option<&'a str>,
        shown: &str,
        rest: &mut impl Iterator<Item = &'a str>,
    ) -> Result<()> {
        let mut text =
            || value.or_else(|| rest.next()).ok_or_else(|| Error::Flag(format!("flag needs an argument: {shown}")));
        let illegal = |value: &str, legal: &str| {
            Error::Flag(format!("illegal flag value --{name} {value}; legal values: [{legal}]"))
        };
        let switch = || match value {
            None | Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Ok(true),
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(false),
            Some(other) => Err(Error::Flag(format!(
                "invalid argument {other:?} for \"--{name}\" flag: strconv.ParseBool: parsing {other:?}: invalid syntax"
            ))),
        };
        match flag {
            Flag::Output => self.output = Some(text()?.to_string()),
            Flag::LoadRestrictor => {
                self.load_restrictor = match text()? {
                    "LoadRestrictionsNone" => LoadRestrictor::None,
                    "LoadRestrictionsRootOnly" => LoadRestrictor::RootOnly,
                    other => return Err(illegal(other, "LoadRestrictionsRootOnly LoadRestrictionsNone")),
                };
            }
            Flag::Reorder => {
                self.reorder = match text()? {
                    "none" => Reorder::None,
                    "legacy" => Reorder::Legacy,
                    other => return Err(illegal(other, "legacy none")),
                };
            }
            Flag::ManagedBy => self.managed_by_label = switch()?,
            Flag::Helm => self.enable_helm = switch()?,
            Flag::HelmKubeVersion => self.helm_kube_version = text()?.to_string(),
            Flag::HelmApiVersions => self.helm_api_versions.push(text()?.to_string()),
            Flag::Text => drop(text()?),
            Flag::Switch => drop(switch()?),
        }
        Ok(())
    }

    /// How to build with these flags. Charts are inflated by `helm` where the flags enable that.
    pub fn options<'p>(&'p self, remote: Option<&'p dyn Remote>, helm: Option<&'p dyn HelmInflator>) -> Options<'p> {
        let helm = helm.filter(|_| self.enable_helm).map(|inflator| HelmOptions {
            inflator,
            kube_version: &self.helm_kube_version,
            api_versions: &self.helm_api_versions,
        });
        Options {
            load_restrictor: self.load_restrictor,
            reorder: self.reorder,
            managed_by_label: self.managed_by_label,
            remote,
            helm,
            ..Options::default()
        }
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
        let flags = BuildFlags::parse(
            &[
                "--enable-helm",
                "--load-restrictor=LoadRestrictionsNone",
                "-oout",
                "--helm-api-versions",
                "a/v1",
                "--as-current-user",
                "-e",
                "A=b",
                "--mount=x",
                "dir",
            ],
            &mut Vec::new(),
        );
        let want = BuildFlags {
            path: "dir".into(),
            output: Some("out".into()),
            load_restrictor: LoadRestrictor::None,
            enable_helm: true,
            helm_api_versions: vec!["a/v1".into()],
            ..BuildFlags::default()
        };
        assert_eq!(flags.unwrap(), want);
        for (wrong, want) in [
            (&["--no-such-flag"][..], "unknown flag: --no-such-flag"),
            (&["-x"], "unknown shorthand flag: 'x' in -x"),
            (&["--output"], "flag needs an argument: --output"),
            (&["-o"], "flag needs an argument: 'o' in -o"),
            (&["a", "b"], "specify one path to kustomization.yaml"),
            (&["--reorder=x"], "illegal flag value --reorder x; legal values: [legacy none]"),
            (
                &["--network=maybe"],
                "invalid argument \"maybe\" for \"--network\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            ),
        ] {
            assert_eq!(BuildFlags::parse(wrong, &mut Vec::new()).unwrap_err().to_string(), want);
        }
    }
}
