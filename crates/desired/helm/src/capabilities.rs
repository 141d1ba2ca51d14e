//! What the cluster can do, as charts ask for it.

use bowline_base_gotmpl::quote;

/// The version of Kubernetes that charts are rendered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// As it was given, with a `v`: `v1.33.4-gke.1245000`.
    pub version: String,
    /// For constraints: `v1.33.4`.
    pub normalized: String,
    /// `1`.
    pub major: String,
    /// `33`.
    pub minor: String,
}

/// What charts see as `.Capabilities`.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// The cluster's version.
    pub kube_version: KubeVersion,
    /// What it serves: `group/version` and `group/version/Kind`.
    pub api_versions: Vec<String>,
    /// What `.Capabilities.HelmVersion.Version` gives.
    pub helm_version: String,
}

// === impl KubeVersion ===

impl KubeVersion {
    /// Reads a version as Kubernetes' generic parser does: at least two numbers, and any suffix.
    pub fn parse(text: &str) -> Result<KubeVersion, String> {
        let quoted = quote(text.as_bytes());
        let trimmed = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        let body = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let parts = components(body);
        // Of what follows the numbers only a line feed matters, which Go's pattern does not go beyond.
        if parts.is_empty() || body.contains('\n') {
            return Err(format!("could not parse {quoted} as version"));
        }
        if parts.len() < 2 {
            return Err(format!("illegal version string {quoted}"));
        }
        if parts[0] != "0" && parts[0].starts_with('0') {
            return Err(format!("illegal zero-prefixed version component {} in {quoted}", quote(parts[0].as_bytes())));
        }
        let mut numbers = Vec::with_capacity(parts.len());
        for part in parts {
            let part = part.parse::<u64>().map_err(|_| {
                let part = quote(part.as_bytes());
                format!(
                    "illegal non-numeric version component {part} in {quoted}: strconv.ParseUint: parsing {part}: \
                     value out of range"
                )
            })?;
            numbers.push(part.to_string());
        }
        Ok(KubeVersion {
            version: if text.starts_with('v') { text.to_string() } else { format!("v{text}") },
            normalized: format!("v{}", numbers.join(".")),
            major: numbers[0].clone(),
            minor: numbers[1].clone(),
        })
    }
}

/// The numbers, parted by dots, that a text begins with.
fn components(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 {
            return parts;
        }
        parts.push(&rest[..end]);
        match rest[end..].strip_prefix('.') {
            Some(after) => rest = after,
            None => return parts,
        }
    }
}

impl Default for Capabilities {
    /// What Helm 4.2.4 assumes where no cluster is asked.
    fn default() -> Capabilities {
        Capabilities {
            kube_version: KubeVersion {
                version: "v1.36.0".into(),
                normalized: "v1.36.0".into(),
                major: "1".into(),
                minor: "36".into(),
            },
            api_versions: API_VERSIONS.iter().map(ToString::to_string).collect(),
            helm_version: "v4.2.4".into(),
        }
    }
}

/// The versions that the Kubernetes client inside of Helm 4.2.4 knows, in its order.
const API_VERSIONS: &[&str] = &[
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1alpha1",
    "certificates.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1alpha1",
    "rbac.authorization.k8s.io/v1beta1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1alpha3",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1beta2",
    "scheduling.k8s.io/v1",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storage.k8s.io/v1beta1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

#[cfg(test)]
mod tests {
    use super::KubeVersion;

    #[test]
    fn versions_with_any_suffix() {
        for (text, version, normalized) in [
            ("1.29", "v1.29", "v1.29"),
            ("1.07.x", "v1.07.x", "v1.7"),
            ("1.2.3.4", "v1.2.3.4", "v1.2.3.4"),
            ("v1.29.3-gke.1", "v1.29.3-gke.1", "v1.29.3"),
            ("v1.30.0+k3s1", "v1.30.0+k3s1", "v1.30.0"),
        ] {
            let parsed = KubeVersion::parse(text).unwrap();
            assert_eq!((parsed.version.as_str(), parsed.normalized.as_str()), (version, normalized));
        }
        for text in ["", "v1", "x.y", "1..2", "01.2", "1.99999999999999999999"] {
            assert!(KubeVersion::parse(text).is_err(), "{text}");
        }
    }
}
