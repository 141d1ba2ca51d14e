//! The flags of `helm install` that `helm template` takes too: most of them change nothing that is printed, and some ask for
//! what is not done here.

use clap::Args;

/// Flags that are accepted, or refused by name.
#[derive(Args, Debug, Default)]
pub struct InstallFlags {
    /// Only `client`: nothing is asked of a cluster
    #[arg(long, value_name = "STRATEGY", num_args = 0..=1, require_equals = true, default_missing_value = "unset")]
    dry_run: Option<String>,
    #[arg(long, hide = true)]
    validate: bool,
    #[arg(long, hide = true)]
    post_renderer: Option<String>,
    #[arg(long, hide = true, allow_hyphen_values = true)]
    post_renderer_args: Vec<String>,
    #[arg(long, hide = true)]
    verify: bool,
    #[arg(long, hide = true)]
    keyring: Option<String>,
    #[arg(long, hide = true)]
    enable_dns: bool,
    #[arg(long, hide = true)]
    dependency_update: bool,
    #[arg(long, hide = true)]
    repository_config: Option<String>,
    #[arg(long, hide = true)]
    atomic: bool,
    #[arg(long, hide = true)]
    create_namespace: bool,
    #[arg(long, hide = true, allow_hyphen_values = true)]
    description: Option<String>,
    #[arg(long, hide = true)]
    disable_openapi_validation: bool,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(long, hide = true)]
    force_conflicts: bool,
    #[arg(long, hide = true)]
    force_replace: bool,
    #[arg(long, hide = true)]
    hide_notes: bool,
    #[arg(short, long, hide = true)]
    labels: Vec<String>,
    #[arg(long, hide = true)]
    render_subchart_notes: bool,
    #[arg(long, hide = true)]
    replace: bool,
    #[arg(long, hide = true)]
    rollback_on_failure: bool,
    #[arg(long, hide = true)]
    server_side: bool,
    #[arg(long, hide = true)]
    skip_crds: bool,
    #[arg(long, hide = true)]
    take_ownership: bool,
    #[arg(long, hide = true)]
    timeout: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "watcher")]
    wait: Option<String>,
    #[arg(long, hide = true)]
    wait_for_jobs: bool,
    #[command(flatten)]
    client: ClientFlags,
}

/// How a cluster would be reached, and where files are kept: nothing of it is used to render a chart.
#[derive(Args, Debug, Default)]
struct ClientFlags {
    #[arg(long, hide = true)]
    burst_limit: Option<i64>,
    #[arg(long, alias = "colour", hide = true, value_parser = ["never", "auto", "always"])]
    color: Option<String>,
    #[arg(long, hide = true)]
    content_cache: Option<String>,
    #[arg(long, hide = true)]
    kube_apiserver: Option<String>,
    #[arg(long, hide = true)]
    kube_as_group: Vec<String>,
    #[arg(long, hide = true)]
    kube_as_user: Option<String>,
    #[arg(long, hide = true)]
    kube_ca_file: Option<String>,
    #[arg(long, hide = true)]
    kube_context: Option<String>,
    #[arg(long, hide = true)]
    kube_insecure_skip_tls_verify: bool,
    #[arg(long, hide = true)]
    kube_tls_server_name: Option<String>,
    #[arg(long, hide = true)]
    kube_token: Option<String>,
    #[arg(long, hide = true)]
    kubeconfig: Option<String>,
    #[arg(long, hide = true)]
    qps: Option<f32>,
    #[arg(long, hide = true)]
    repository_cache: Option<String>,
}

/// Switches, for which `--name=false` may be written. Those of the other flags are here as well.
const SWITCHES: &[&str] = &[
    "atomic",
    "create-namespace",
    "debug",
    "dependency-update",
    "devel",
    "disable-openapi-validation",
    "enable-dns",
    "force",
    "force-conflicts",
    "force-replace",
    "generate-name",
    "hide-notes",
    "include-crds",
    "insecure-skip-tls-verify",
    "is-upgrade",
    "kube-insecure-skip-tls-verify",
    "no-hooks",
    "pass-credentials",
    "plain-http",
    "release-name",
    "render-subchart-notes",
    "replace",
    "rollback-on-failure",
    "server-side",
    "skip-crds",
    "skip-schema-validation",
    "skip-tests",
    "take-ownership",
    "validate",
    "verify",
    "wait-for-jobs",
];

/// Writes switches with a value, `--skip-tests=false`, as those that are there or not. The last one of a name counts.
pub fn switches(words: Vec<String>) -> Result<Vec<String>, String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    for word in words.by_ref() {
        if word == "--" {
            out.push(word);
            break;
        }
        let switch = word.strip_prefix("--").and_then(|word| word.split_once('='));
        let Some((name, value)) = switch.filter(|(name, _)| SWITCHES.contains(name)) else {
            out.push(word);
            continue;
        };
        let flag = format!("--{name}");
        out.retain(|known| *known != flag);
        match value {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => out.push(flag),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => {}
            _ => {
                return Err(format!(
                    "invalid argument {value:?} for \"{flag}\" flag: strconv.ParseBool: parsing {value:?}: invalid syntax"
                ));
            }
        }
    }
    out.extend(words);
    Ok(out)
}

// === impl InstallFlags ===

impl InstallFlags {
    /// What helm says of flags that are on their way out, for standard error.
    pub fn notices(&self) -> Vec<String> {
        let no_effect = "this flag has no effect for 'helm template' and will be removed in Helm 5";
        let mut notices: Vec<String> = [
            (self.validate, "validate", "use '--dry-run=server' instead"),
            (self.force, "force", "use --force-replace instead"),
            (self.atomic, "atomic", "use --rollback-on-failure instead"),
            (self.hide_notes, "hide-notes", no_effect),
            (self.render_subchart_notes, "render-subchart-notes", no_effect),
        ]
        .iter()
        .filter(|(given, ..)| *given)
        .map(|(_, name, instead)| format!("Flag --{name} has been deprecated, {instead}"))
        .collect();
        if self.dry_run.as_deref() == Some("unset") {
            notices.push("--dry-run is deprecated and should be replaced with '--dry-run=client'".to_string());
        }
        notices
    }

    /// Refuses what is not done here, and what helm refuses.
    pub fn check(&self) -> Result<(), String> {
        let both = |names: &str, set: &str| {
            Err(format!("if any flags in the group [{names}] are set none of the others can be; [{set}] were all set"))
        };
        if self.force_replace && self.force_conflicts {
            return both("force-replace force-conflicts", "force-conflicts force-replace");
        }
        if self.force && self.force_conflicts {
            return both("force force-conflicts", "force force-conflicts");
        }
        if self.validate && self.dry_run.is_some() {
            return both("validate dry-run", "dry-run validate");
        }
        for labels in &self.labels {
            if let Some(label) = labels.split(',').find(|label| !label.is_empty() && !label.contains('=')) {
                return Err(format!(
                    "invalid argument {labels:?} for \"-l, --labels\" flag: {label} must be formatted as key=value"
                ));
            }
        }
        if let Some(wait) = self.wait.as_deref()
            && !matches!(wait, "watcher" | "hookOnly" | "legacy" | "true" | "false")
        {
            return Err(format!(
                "invalid argument {wait:?} for \"--wait\" flag: invalid wait input {wait:?}. Valid inputs are watcher, \
                 hookOnly, and legacy"
            ));
        }
        let cluster = "charts are rendered here without asking a cluster; leave the flag out, and name what the cluster has \
                       with --kube-version and --api-versions";
        match self.dry_run.as_deref() {
            None | Some("unset" | "client" | "1" | "t" | "T" | "true" | "TRUE" | "True") => {}
            Some("server") => return Err(format!("--dry-run=server: {cluster}")),
            Some(other @ ("none" | "0" | "f" | "F" | "false" | "FALSE" | "False")) => {
                return Err(format!("invalid dry-run value ({other:?}). Must be \"server\" or \"client\""));
            }
            Some(other) => {
                return Err(format!("invalid dry-run value ({other:?}). Must be \"none\", \"server\", or \"client\""));
            }
        }
        let refused = [
            (self.validate, "--validate", cluster),
            (
                self.post_renderer.is_some(),
                "--post-renderer",
                "post-renderers are plugins of helm, which are programs; none is run here. Pipe the output through the program",
            ),
            (self.verify, "--verify", "provenance files are not checked here; verify the packed chart before"),
            (
                self.enable_dns,
                "--enable-dns",
                "names are not looked up while rendering: getHostByName gives an empty text",
            ),
            (
                self.dependency_update,
                "--dependency-update",
                "nothing is written here; run 'helm dependency update' before, or commit charts/",
            ),
            (
                self.repository_config.is_some(),
                "--repository-config",
                "name the file in HELM_REPOSITORY_CONFIG instead, or the repository with --repo",
            ),
        ];
        match refused.iter().find(|(given, ..)| *given) {
            Some((_, flag, why)) => Err(format!("{flag}: {why}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    #[test]
    fn switches_may_have_a_value() {
        for (given, want) in [
            ("template --skip-tests=false a", "template a"),
            ("--skip-tests --skip-tests=0 --include-crds=T", "--include-crds"),
            ("--set=a=false -- --skip-tests=false", "--set=a=false -- --skip-tests=false"),
        ] {
            assert_eq!(switches(words(given)).unwrap(), words(want), "{given}");
        }
        assert!(switches(words("--no-hooks=maybe")).is_err());
    }

    #[test]
    fn what_asks_for_more_than_rendering_is_refused_by_name() {
        let refused = |flags: InstallFlags| flags.check().unwrap_err();
        assert!(
            refused(InstallFlags { post_renderer: Some("x".into()), ..Default::default() }).contains("--post-renderer")
        );
        assert!(refused(InstallFlags { validate: true, ..Default::default() }).contains("--validate"));
        assert!(
            refused(InstallFlags { dry_run: Some("server".into()), ..Default::default() }).contains("--dry-run=server")
        );
        assert!(refused(InstallFlags { labels: vec!["a".into()], ..Default::default() }).contains("key=value"));
        assert_eq!(InstallFlags { dry_run: Some("client".into()), atomic: true, ..Default::default() }.check(), Ok(()));
    }
}
