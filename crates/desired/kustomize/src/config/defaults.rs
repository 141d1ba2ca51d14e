//! The built-in field specs of kustomize 5.8.1, except for those of references.

use super::TransformerConfig;
use crate::fieldspec::{FieldSpec, FieldSpecs};
use crate::gvk::Gvk;

/// Group, version, kind, path, create.
type Row = (&'static str, &'static str, &'static str, &'static str, bool);

/// Where annotations and labels of pods are: (group, version, kind, the metadata of the pod template and what is above it).
const TEMPLATES: [(&str, &str, &str, &[&str]); 7] = [
    ("", "v1", "ReplicationController", &["spec/template"]),
    ("", "", "Deployment", &["spec/template"]),
    ("", "", "ReplicaSet", &["spec/template"]),
    ("", "", "DaemonSet", &["spec/template"]),
    ("apps", "", "StatefulSet", &["spec/template"]),
    ("batch", "", "Job", &["spec/template"]),
    ("batch", "", "CronJob", &["spec/jobTemplate", "spec/jobTemplate/spec/template"]),
];

const SELECTORS: [Row; 11] = [
    ("", "v1", "Service", "spec/selector", true),
    ("", "v1", "ReplicationController", "spec/selector", true),
    ("", "", "Deployment", "spec/selector/matchLabels", true),
    ("", "", "ReplicaSet", "spec/selector/matchLabels", true),
    ("", "", "DaemonSet", "spec/selector/matchLabels", true),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
    ("batch", "", "Job", "spec/selector/matchLabels", false),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    ("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
];

/// Selectors in the pod templates of Deployments and StatefulSets, set where they are.
const POD_SELECTORS: [&str; 5] = [
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
];

const NAMESPACES: [Row; 3] = [
    ("", "", "Namespace", "metadata/name", true),
    ("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
    (
        "apiextensions.k8s.io",
        "",
        "CustomResourceDefinition",
        "spec/conversion/webhook/clientConfig/service/namespace",
        false,
    ),
];

const IMAGES: [&str; 3] = ["containers[]/image", "initContainers[]/image", "volumes[]/image/reference"];
const REPLICAS: [&str; 4] = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"];

/// Kinds with a pod template whose containers can use variables: (kind, the pod's spec).
const VARIABLE_PODS: [(&str, &str); 7] = [
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("Pod", "spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
];
const VARIABLE_FIELDS: [&str; 4] = ["args", "command", "env/value", "volumeMounts/mountPath"];

/// (kind, path) of the other places for variables. The one of CronJob has been wrong for ever, and is what it is.
const VARIABLES: [(&str, &str); 16] = [
    ("CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
    ("DaemonSet", "spec/template/spec/volumes/nfs/server"),
    ("Deployment", "spec/template/spec/volumes/nfs/server"),
    ("Deployment", "spec/template/metadata/annotations"),
    ("Ingress", "spec/rules/host"),
    ("Ingress", "spec/tls/hosts"),
    ("Ingress", "spec/tls/secretName"),
    ("Job", "spec/template/spec/volumes/nfs/server"),
    ("Pod", "spec/volumes/nfs/server"),
    ("ReplicaSet", "spec/template/spec/volumes/nfs/server"),
    ("Service", "spec/ports/port"),
    ("Service", "spec/ports/targetPort"),
    ("StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
    ("PersistentVolume", "spec/nfs/server"),
    ("", "metadata/labels"),
    ("", "metadata/annotations"),
];

fn spec((group, version, kind, path, create): Row) -> FieldSpec {
    FieldSpec::new(Gvk::new(group, version, kind), path, create)
}

fn templates(field: &str) -> FieldSpecs {
    let places = TEMPLATES.iter().flat_map(|(group, version, kind, above)| {
        above.iter().map(move |above| {
            FieldSpec::new(Gvk::new(*group, *version, *kind), &format!("{above}/metadata/{field}"), true)
        })
    });
    let own = FieldSpec::new(Gvk::default(), &format!("metadata/{field}"), true);
    std::iter::once(own).chain(places).collect()
}

fn label_places() -> FieldSpecs {
    let mut specs = templates("labels");
    specs.push(spec(("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true)));
    specs
}

fn annotation_places() -> FieldSpecs {
    // Annotations go to every StatefulSet, whatever its group.
    let mut specs = templates("annotations");
    for spec in specs.iter_mut().filter(|spec| &*spec.gvk.kind == "StatefulSet") {
        spec.gvk.group = "".into();
    }
    specs
}

fn selector_places() -> FieldSpecs {
    let mut specs: FieldSpecs = SELECTORS.into_iter().map(spec).collect();
    specs.push(spec(("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false)));
    for kind in ["Deployment", "StatefulSet"] {
        for path in POD_SELECTORS {
            specs.push(FieldSpec::new(Gvk::new("apps", "", kind), &format!("spec/template/spec/{path}"), false));
        }
    }
    specs.extend(label_places());
    specs
}

fn variable_places() -> FieldSpecs {
    let mut specs = FieldSpecs::new();
    for (kind, pod) in VARIABLE_PODS {
        for containers in ["containers", "initContainers"] {
            for field in VARIABLE_FIELDS {
                specs.push(FieldSpec::new(Gvk::new("", "", kind), &format!("{pod}/{containers}/{field}"), false));
            }
        }
    }
    specs.extend(VARIABLES.into_iter().map(|(kind, path)| spec(("", "", kind, path, false))));
    specs
}

// === impl TransformerConfig ===

impl TransformerConfig {
    /// The configuration that every kustomization begins with.
    pub(crate) fn builtin() -> TransformerConfig {
        let name = || vec![spec(("", "", "", "metadata/name", false))];
        let pods = ["spec", "spec/template/spec"];
        let images = pods.iter().flat_map(|pod| {
            IMAGES.iter().map(move |path| FieldSpec::new(Gvk::default(), &format!("{pod}/{path}"), true))
        });
        let mut config = TransformerConfig {
            name_prefix: name(),
            name_suffix: name(),
            namespace: NAMESPACES.into_iter().map(spec).collect(),
            common_labels: selector_places(),
            labels: FieldSpecs::new(),
            template_labels: label_places(),
            common_annotations: annotation_places(),
            name_reference: super::references::builtin(),
            var_reference: variable_places(),
            images: images.collect(),
            replicas: REPLICAS.into_iter().map(|kind| spec(("", "", kind, "spec/replicas", true))).collect(),
        };
        config.sort();
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_specs_as_kustomize_has() {
        let config = TransformerConfig::builtin();
        let references: usize = config.name_reference.iter().map(|r| r.referrers.len()).sum();
        assert_eq!((config.var_reference.len(), config.name_reference.len(), references), (72, 16, 167));
        assert_eq!((config.common_labels.len(), config.common_annotations.len(), config.images.len()), (32, 9, 6));
    }
}
