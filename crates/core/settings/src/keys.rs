//! The keys of `argocd-cm` and `argocd-cmd-params-cm`: name, meaning, default and parser of each, in one table.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_base_value::{Value, yaml};
use bowline_core_types::{InstanceId, TrackingMethod, annotation};

use crate::parse_duration;

/// A ConfigMap's `data`.
pub type Map = BTreeMap<String, String>;

/// A key whose value cannot be used; the last good value stays in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadKey {
    /// The ConfigMap, such as `argocd-cm`.
    pub config_map: &'static str,
    /// The key.
    pub key: &'static str,
    /// What is wrong and what to write.
    pub reason: String,
}

/// A key as the documentation lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyDoc {
    /// The ConfigMap.
    pub config_map: &'static str,
    /// The key.
    pub key: &'static str,
    /// What it does, and why its default is what it is.
    pub doc: &'static str,
}

/// An entry of `resource.exclusions` or `resource.inclusions`; an empty list matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceFilter {
    /// Globs over API groups.
    pub api_groups: Vec<String>,
    /// Globs over kinds.
    pub kinds: Vec<String>,
    /// Globs over cluster URLs.
    pub clusters: Vec<String>,
}

/// `resource.respectRBAC`: what is done about kinds that we may not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RespectRbac {
    /// They are asked for again and again.
    #[default]
    Off,
    /// They are left alone.
    Normal,
    /// They are left alone once the API server has said that it is our permissions that lack.
    Strict,
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $map:literal $key:literal $field:ident: $type:ty = $default:expr, $parse:expr;)*) => {
        /// Every key that the server reads, typed.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $field: $type,)*
        }

        impl Default for Settings {
            fn default() -> Settings {
                Settings { $($field: $default,)* }
            }
        }

        impl Settings {
            /// The settings that these ConfigMaps give. A missing or empty key has its default; a bad one is reported and keeps
            /// what it had in `last`.
            pub fn load(last: &Settings, argocd_cm: &Map, cmd_params: &Map) -> (Settings, Vec<BadKey>) {
                let mut settings = Settings::default();
                let mut bad = Vec::new();
                $({
                    let map = if $map == "argocd-cm" { argocd_cm } else { cmd_params };
                    if let Some(text) = map.get($key).map(|text| text.trim()).filter(|text| !text.is_empty()) {
                        let parse: fn(&str) -> Result<$type, String> = $parse;
                        match parse(text) {
                            Ok(value) => settings.$field = value,
                            Err(reason) => {
                                bad.push(BadKey { config_map: $map, key: $key, reason });
                                settings.$field = last.$field.clone();
                            }
                        }
                    }
                })*
                (settings, bad)
            }
        }

        /// Every key with its meaning, in the order of the table.
        pub fn documented_keys() -> Vec<KeyDoc> {
            vec![$(KeyDoc { config_map: $map, key: $key, doc: concat!($($doc, "\n"),+) },)*]
        }
    };
}

settings! {
    /// How objects are marked as an application's: `annotation` (the contract's default), `label` or `annotation+label`.
    "argocd-cm" "application.resourceTrackingMethod" tracking_method: TrackingMethod = TrackingMethod::Annotation,
        |text| text.parse().map_err(|e: bowline_core_types::TrackingError| e.to_string());
    /// The label that marks objects, where labels do.
    "argocd-cm" "application.instanceLabelKey" instance_label_key: String = annotation::INSTANCE_LABEL.to_string(), text;
    /// Tells several installations on one cluster apart; empty where there is one.
    "argocd-cm" "installationID" installation_id: String = String::new(), text;
    /// How often every application is looked at without being asked; `0` turns polling off.
    "argocd-cm" "timeout.reconciliation" reconciliation: Duration = Duration::from_secs(120), parse_duration;
    /// At most this much is added at random to each period, so that a fleet is not polled all at once.
    "argocd-cm" "timeout.reconciliation.jitter" reconciliation_jitter: Duration = Duration::from_secs(60), parse_duration;
    /// How often every application is rendered anew, whatever is remembered; `0` (the default) never.
    "argocd-cm" "timeout.hard.reconciliation" hard_reconciliation: Duration = Duration::ZERO, parse_duration;
    /// Kinds that are neither watched nor managed.
    "argocd-cm" "resource.exclusions" resource_exclusions: Vec<ResourceFilter> = Vec::new(), filters;
    /// Only these kinds are watched and managed, where any is given.
    "argocd-cm" "resource.inclusions" resource_inclusions: Vec<ResourceFilter> = Vec::new(), filters;
    /// Compare options of the installation: `ignoreAggregatedRoles`, `ignoreResourceStatusField` (`all`, `crd`, `none`),
    /// `ignoreDifferencesOnResourceUpdates`.
    "argocd-cm" "resource.compareoptions" compare_options: Value = Value::object(), object;
    /// Kinds that we may not list: `normal` leaves them alone, `strict` asks the API server first whether it is our permissions that
    /// lack; empty (the default) asks again and again.
    "argocd-cm" "resource.respectRBAC" respect_rbac: RespectRbac = RespectRbac::Off, respect_rbac;
    /// Whether changes of live objects that are confined to the fields of `ignoreResourceUpdates` wake nobody.
    "argocd-cm" "resource.ignoreResourceUpdatesEnabled" ignore_resource_updates: bool = true, flag;
    /// Annotations of Secrets whose values are as secret as the data.
    "argocd-cm" "resource.sensitive.mask.annotations" masked_annotations: Vec<String> = Vec::new(), comma_list;
    /// Labels of Applications and projects (globs) that are put on the Kubernetes events about them.
    "argocd-cm" "resource.includeEventLabelKeys" event_labels: Vec<String> = Vec::new(), comma_list;
    /// Labels (globs) that are left out of those.
    "argocd-cm" "resource.excludeEventLabelKeys" event_labels_left_out: Vec<String> = Vec::new(), comma_list;
    /// Whether kustomizations are rendered as such; else as plain directories.
    "argocd-cm" "kustomize.enable" kustomize_enabled: bool = true, flag;
    /// Whether Helm charts are rendered as such; else as plain directories.
    "argocd-cm" "helm.enable" helm_enabled: bool = true, flag;
    /// Whether Jsonnet files are evaluated.
    "argocd-cm" "jsonnet.enable" jsonnet_enabled: bool = true, flag;
    /// Build options for every kustomization.
    "argocd-cm" "kustomize.buildOptions" kustomize_build_options: String = String::new(), text;
    /// Schemes of URLs that value files of Helm charts may have; empty lets none.
    "argocd-cm" "helm.valuesFileSchemes" value_file_schemes: Vec<String> = vec!["https".to_string(), "http".to_string()], comma_list;
    /// Whether the cluster that the server runs against is a destination without a Secret.
    "argocd-cm" "cluster.inClusterEnabled" in_cluster_enabled: bool = true, flag;
    /// Label-selected projects from which others inherit.
    "argocd-cm" "globalProjects" global_projects: Value = Value::array(), list;
    /// Whether syncs act as the service account that the project names for the destination.
    "argocd-cm" "application.sync.impersonation.enabled" impersonation: bool = false, flag;
    /// Whether a sync fails where the project names no service account for it; else it acts as the server.
    "argocd-cm" "application.sync.impersonation.enforced" impersonation_enforced: bool = true, flag;
    /// Namespaces besides the server's own whose Applications are reconciled; globs.
    "argocd-cmd-params-cm" "application.namespaces" application_namespaces: Vec<String> = Vec::new(), comma_list;
    /// Applications of one cluster that are compared at once. 20, as the contract has it for all clusters together.
    "argocd-cmd-params-cm" "controller.status.processors" status_processors: usize = 20, count;
    /// Writes to a cluster at once. 20, as the contract has it.
    "argocd-cmd-params-cm" "controller.kubectl.parallelism.limit" apply_parallelism: usize = 20, count;
    /// Delay before the first self-heal of an object that was changed again, where no back-off is set; `0` uses the back-off.
    "argocd-cmd-params-cm" "controller.self.heal.timeout.seconds" self_heal_timeout: Duration = Duration::ZERO, parse_duration;
    /// First delay between self-heals of an object that keeps being changed.
    "argocd-cmd-params-cm" "controller.self.heal.backoff.timeout.seconds" self_heal_backoff: Duration = Duration::from_secs(2), parse_duration;
    /// By what each further delay grows.
    "argocd-cmd-params-cm" "controller.self.heal.backoff.factor" self_heal_backoff_factor: usize = 3, count;
    /// The longest such delay.
    "argocd-cmd-params-cm" "controller.self.heal.backoff.cap.seconds" self_heal_backoff_cap: Duration = Duration::from_secs(300), parse_duration;
    /// How long one sync may take; `0` (the default) for ever.
    "argocd-cmd-params-cm" "controller.sync.timeout.seconds" sync_timeout: Duration = Duration::ZERO, parse_duration;
    /// A pause between waves. `0` here (2 s in Argo CD): a wave starts when the one before is healthy, see DEVIATIONS.md.
    "argocd-cmd-params-cm" "controller.sync.wave.delay.seconds" wave_delay: Duration = Duration::ZERO, parse_duration;
    /// Whether deletions of protected kinds, and of most of an application at once, wait for confirmation; `false` restores the
    /// contract's behaviour, see DEVIATIONS.md.
    "argocd-cmd-params-cm" "controller.deletion.guard" deletion_guard: bool = true, flag;
    /// How many objects a sync may prune without a confirmation, however large their share is.
    "argocd-cmd-params-cm" "controller.deletion.budget" deletion_budget: usize = 10, whole;
    /// Which share of an application's objects, in percent, a sync may prune without a confirmation, however many they are.
    "argocd-cmd-params-cm" "controller.deletion.share" deletion_share: usize = 50, percent;
    /// Whether each object's health is written into the Application's status.
    "argocd-cmd-params-cm" "controller.resource.health.persist" persist_resource_health: bool = false, flag;
    /// Types of conditions that are counted by the `argocd_app_condition` metric.
    "argocd-cmd-params-cm" "controller.metrics.application.conditions" metrics_application_conditions: Vec<String> = Vec::new(), comma_list;
    /// Labels of cluster Secrets that become labels of the `argocd_cluster_labels` metric.
    "argocd-cmd-params-cm" "controller.metrics.cluster.labels" metrics_cluster_labels: Vec<String> = Vec::new(), comma_list;
    /// Labels of Applications that become labels of the `argocd_app_labels` metric.
    "argocd-cmd-params-cm" "controller.metrics.application.labels" metrics_application_labels: Vec<String> = Vec::new(), comma_list;
    /// Bytes that the files of one directory source may have together.
    "argocd-cmd-params-cm" "reposerver.max.combined.directory.manifests.size" max_directory_bytes: u64 = 10_000_000, quantity;
    /// Bytes that a chart from a repository may have unpacked.
    "argocd-cmd-params-cm" "reposerver.helm.manifest.max.extracted.size" max_helm_bytes: u64 = 1 << 30, quantity;
    /// Whether a chart may be of any size.
    "argocd-cmd-params-cm" "reposerver.disable.helm.manifest.max.extracted.size" helm_size_unlimited: bool = false, flag;
    /// Bytes that an OCI artifact may have unpacked.
    "argocd-cmd-params-cm" "reposerver.oci.manifest.max.extracted.size" max_oci_bytes: u64 = 1 << 30, quantity;
    /// Whether an OCI artifact may be of any size.
    "argocd-cmd-params-cm" "reposerver.disable.oci.manifest.max.extracted.size" oci_size_unlimited: bool = false, flag;
    /// Media types of layers of OCI artifacts that are taken as content.
    "argocd-cmd-params-cm" "reposerver.oci.layer.media.types" oci_layer_types: Vec<String> = layer_types(), comma_list;
    /// How long one request to a Git remote may take.
    "argocd-cmd-params-cm" "reposerver.git.request.timeout" git_timeout: Duration = Duration::from_secs(15), parse_duration;
    /// Whether the API server speaks HTTP in clear: where a proxy before it speaks TLS.
    "argocd-cmd-params-cm" "server.insecure" server_insecure: bool = false, flag;
    /// The path that everything of the API server stands under, empty for the root.
    "argocd-cmd-params-cm" "server.rootpath" server_root_path: String = String::new(), text;
    /// The `<base>` of the web UI, where a proxy cuts it off before it asks; it moves nothing else.
    "argocd-cmd-params-cm" "server.basehref" server_base_href: String = "/".to_string(), text;
    /// `X-Frame-Options` of the web UI's files: who may show it in a frame.
    "argocd-cmd-params-cm" "server.x.frame.options" server_frame_options: String = "sameorigin".to_string(), text;
    /// `Content-Security-Policy` of the web UI's files; empty for the strict one that the UI is written for.
    "argocd-cmd-params-cm" "server.content.security.policy" server_csp: String = String::new(), text;
    /// Whether answers are compressed for clients that ask for it.
    "argocd-cmd-params-cm" "server.enable.gzip" server_gzip: bool = true, flag;
    /// Content types that a request which changes something may have, with `;` between them. A page of another site can send few types
    /// without asking, and JSON is none of them.
    "argocd-cmd-params-cm" "server.api.content.types" server_content_types: Vec<String> = vec!["application/json".to_string()], semicolon_list;
    /// The oldest version of TLS that is spoken: `1.2` or `1.3`; the older ones are not spoken at all.
    "argocd-cmd-params-cm" "server.tls.minversion" server_tls_min: String = "1.2".to_string(), text;
    /// The newest version of TLS that is spoken: `1.2` or `1.3`.
    "argocd-cmd-params-cm" "server.tls.maxversion" server_tls_max: String = "1.3".to_string(), text;
    /// Cipher suites by their IANA names with `:` between them; empty for all that are safe.
    "argocd-cmd-params-cm" "server.tls.ciphers" server_tls_ciphers: String = String::new(), text;
    /// Whether the description of the API is not served.
    "argocd-cmd-params-cm" "server.disable.swagger.ui" server_swagger_disabled: bool = false, flag;
    /// Megabytes that the body of a webhook may have; senders' own limits are below it.
    "argocd-cm" "webhook.maxPayloadSizeMB" webhook_megabytes: usize = 50, count;
    /// Whether directories whose name starts with a dot are looked into.
    "argocd-cmd-params-cm" "reposerver.include.hidden.directories" hidden_directories: bool = false, flag;
}

// === impl Settings ===

impl Settings {
    /// How objects are marked.
    pub fn instance_id(&self) -> InstanceId {
        InstanceId {
            method: self.tracking_method,
            label_key: self.instance_label_key.clone(),
            installation: self.installation_id.clone(),
        }
    }

    /// A compare option that is true or false, where it is given.
    pub fn compare_option(&self, name: &str) -> Option<bool> {
        self.compare_options.get(name).and_then(Value::as_bool)
    }
}

/// What Argo CD takes: plain and compressed archives, and charts.
fn layer_types() -> Vec<String> {
    let types = [
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    ];
    types.map(String::from).to_vec()
}

fn text(text: &str) -> Result<String, String> {
    Ok(text.to_string())
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "t" | "T" | "TRUE" | "True" => Ok(true),
        "false" | "0" | "f" | "F" | "FALSE" | "False" => Ok(false),
        other => Err(format!("{other:?} is neither true nor false")),
    }
}

fn respect_rbac(text: &str) -> Result<RespectRbac, String> {
    match text {
        "normal" => Ok(RespectRbac::Normal),
        "strict" => Ok(RespectRbac::Strict),
        other => Err(format!("{other:?} is neither normal nor strict; leave it empty to turn it off")),
    }
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(format!("{text:?} is not a number above zero")),
    }
}

fn whole(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("{text:?} is not a whole number, zero or more"))
}

fn percent(text: &str) -> Result<usize, String> {
    match text.trim_end_matches('%').parse() {
        Ok(n) if n <= 100 => Ok(n),
        _ => Err(format!("{text:?} is not a number from 0 to 100")),
    }
}

fn comma_list(text: &str) -> Result<Vec<String>, String> {
    Ok(text.split(',').map(|item| item.trim().to_string()).filter(|item| !item.is_empty()).collect())
}

fn semicolon_list(text: &str) -> Result<Vec<String>, String> {
    Ok(text.split(';').map(|item| item.trim().to_lowercase()).filter(|item| !item.is_empty()).collect())
}

/// A size as the contract writes it: digits with `K`, `M`, `G` (powers of 1000) or `Ki`, `Mi`, `Gi`.
fn quantity(text: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match &text[end..] {
        "" => 1,
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => 0,
    };
    match text[..end].parse::<u64>().ok().and_then(|n| n.checked_mul(factor)) {
        Some(bytes) if factor > 0 => Ok(bytes),
        _ => Err(format!("{text:?} is not a size (such as 10M or 64Mi)")),
    }
}

fn document(text: &str) -> Result<Value, String> {
    yaml::from_yaml(text).map_err(|e| e.to_string())
}

fn object(text: &str) -> Result<Value, String> {
    let value = document(text)?;
    if value.as_object().is_some() { Ok(value) } else { Err(format!("must be an object, is {}", value.type_name())) }
}

fn list(text: &str) -> Result<Value, String> {
    let value = document(text)?;
    if value.as_array().is_some() { Ok(value) } else { Err(format!("must be a list, is {}", value.type_name())) }
}

fn filters(text: &str) -> Result<Vec<ResourceFilter>, String> {
    let strings = |entry: &Value, field: &str| -> Result<Vec<String>, String> {
        match entry.get(field) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(String::from).ok_or_else(|| format!("{field} must hold strings")))
                .collect(),
            Some(other) => Err(format!("{field} must be a list, is {}", other.type_name())),
        }
    };
    let value = list(text)?;
    let entries = value.as_array().unwrap_or_default();
    entries
        .iter()
        .map(|entry| {
            Ok(ResourceFilter {
                api_groups: strings(entry, "apiGroups")?,
                kinds: strings(entry, "kinds")?,
                clusters: strings(entry, "clusters")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> Map {
        entries.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
    }

    #[test]
    fn every_key_has_a_name_of_its_own_and_a_meaning() {
        let keys = documented_keys();
        let names: std::collections::BTreeSet<_> = keys.iter().map(|k| (k.config_map, k.key)).collect();
        assert_eq!(names.len(), keys.len());
        for key in keys {
            assert!(key.doc.trim().len() > 20, "{} says nothing", key.key);
            assert!(["argocd-cm", "argocd-cmd-params-cm"].contains(&key.config_map), "{}", key.config_map);
        }
    }

    #[test]
    fn all_bad_keys_are_reported_at_once_and_keep_their_last_value() {
        let good = map(&[("timeout.reconciliation", "30s"), ("helm.enable", "false")]);
        let (first, bad) = Settings::load(&Settings::default(), &good, &map(&[]));
        assert_eq!((first.reconciliation, first.helm_enabled, bad), (Duration::from_secs(30), false, vec![]));

        let broken = map(&[
            ("timeout.reconciliation", "soon"),
            ("helm.enable", "maybe"),
            ("resource.exclusions", "- kinds: Pod"),
            ("installationID", "eu"),
        ]);
        let params = map(&[("controller.status.processors", "0")]);
        let (second, bad) = Settings::load(&first, &broken, &params);
        let reasons: Vec<String> = bad.iter().map(|b| format!("{} {}: {}", b.config_map, b.key, b.reason)).collect();
        assert_eq!(
            reasons,
            [
                r#"argocd-cm timeout.reconciliation: "soon" is not a duration (such as 120s, 3m or 1h30m)"#,
                "argocd-cm resource.exclusions: kinds must be a list, is string",
                r#"argocd-cm helm.enable: "maybe" is neither true nor false"#,
                r#"argocd-cmd-params-cm controller.status.processors: "0" is not a number above zero"#,
            ]
        );
        assert_eq!((second.reconciliation, second.helm_enabled), (Duration::from_secs(30), false));
        assert_eq!(second.installation_id, "eu");
    }

    #[test]
    fn filters_and_sizes_are_read() {
        let cm = map(&[("resource.exclusions", "- apiGroups: [\"*.cilium.io\"]\n  kinds:\n  - Cilium*\n")]);
        let params = map(&[("reposerver.max.combined.directory.manifests.size", "64Mi")]);
        let (settings, bad) = Settings::load(&Settings::default(), &cm, &params);
        assert_eq!(bad, []);
        assert_eq!(settings.resource_exclusions[0].kinds, ["Cilium*"]);
        assert_eq!(settings.max_directory_bytes, 64 << 20);
    }
}
