//! Where names of other objects are: the built-in references of kustomize 5.8.1.

use super::BackReferences;
use crate::fieldspec::{FieldSpec, FieldSpecs};
use crate::gvk::Gvk;

/// Kinds whose pods refer to ConfigMaps and Secrets: (version, kind, the pod's spec).
const PODS: [(&str, &str, &str); 8] = [
    ("v1", "Pod", "spec"),
    ("", "PodTemplate", "template/spec"),
    ("", "Deployment", "spec/template/spec"),
    ("", "ReplicaSet", "spec/template/spec"),
    ("", "DaemonSet", "spec/template/spec"),
    ("", "StatefulSet", "spec/template/spec"),
    ("", "Job", "spec/template/spec"),
    ("", "CronJob", "spec/jobTemplate/spec/template/spec"),
];

/// Kinds whose pods refer to accounts, claims and priorities.
const WORKLOADS: [(&str, &str, &str); 7] = [
    ("", "Pod", "spec"),
    ("", "StatefulSet", "spec/template/spec"),
    ("", "Deployment", "spec/template/spec"),
    ("", "ReplicationController", "spec/template/spec"),
    ("", "CronJob", "spec/jobTemplate/spec/template/spec"),
    ("", "Job", "spec/template/spec"),
    ("", "DaemonSet", "spec/template/spec"),
];

const CONFIG_MAP_IN_POD: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

const SECRET_IN_POD: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

const CONFIG_MAP: [(&str, &str); 4] = [
    ("Node", "spec/configSource/configMap"),
    ("Role", "rules/resourceNames"),
    ("ClusterRole", "rules/resourceNames"),
    ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap"),
];

const SECRET: [(&str, &str); 13] = [
    ("Ingress", "spec/tls/secretName"),
    ("Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret"),
    ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret"),
    ("Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret"),
    ("Ingress", "spec/tls/secretName"),
    ("ServiceAccount", "imagePullSecrets/name"),
    ("StorageClass", "parameters/secretName"),
    ("StorageClass", "parameters/adminSecretName"),
    ("StorageClass", "parameters/userSecretName"),
    ("StorageClass", "parameters/secretRef"),
    ("Role", "rules/resourceNames"),
    ("ClusterRole", "rules/resourceNames"),
    ("PersistentVolume", "spec/azureFile/secretName"),
];

/// (group, kind, path)
const SERVICE: [(&str, &str, &str); 8] = [
    ("apps", "StatefulSet", "spec/serviceName"),
    ("", "Ingress", "spec/rules/http/paths/backend/serviceName"),
    ("", "Ingress", "spec/backend/serviceName"),
    ("", "Ingress", "spec/rules/http/paths/backend/service/name"),
    ("", "Ingress", "spec/defaultBackend/service/name"),
    ("apiregistration.k8s.io", "APIService", "spec/service/name"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
];

const RBAC: &str = "rbac.authorization.k8s.io";

fn in_pods(kinds: &[(&str, &str, &str)], paths: &[&str]) -> FieldSpecs {
    let specs = kinds.iter().flat_map(|(version, kind, pod)| {
        paths.iter().map(move |path| FieldSpec::new(Gvk::new("", *version, *kind), &format!("{pod}/{path}"), false))
    });
    specs.collect()
}

fn by_kind(rows: &[(&str, &str)]) -> FieldSpecs {
    rows.iter().map(|(kind, path)| FieldSpec::new(Gvk::new("", "", *kind), path, false)).collect()
}

fn by_group(rows: &[(&str, &str, &str)]) -> FieldSpecs {
    rows.iter().map(|(group, kind, path)| FieldSpec::new(Gvk::new(*group, "", *kind), path, false)).collect()
}

/// The references of each kind that can be referred to.
pub(super) fn builtin() -> Vec<BackReferences> {
    let to = |group: &str, version: &str, kind: &str, referrers: FieldSpecs| BackReferences {
        gvk: Gvk::new(group, version, kind),
        referrers,
    };
    let mut references: Vec<BackReferences> = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]
        .into_iter()
        .map(|kind| to("", "", kind, by_kind(&[("HorizontalPodAutoscaler", "spec/scaleTargetRef/name")])))
        .collect();
    let config_map = [in_pods(&PODS, &CONFIG_MAP_IN_POD), by_kind(&CONFIG_MAP)].concat();
    let knative = Gvk::new("serving.knative.dev", "v1", "Service");
    let knative = FieldSpec::new(knative, "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false);
    let secret = [in_pods(&PODS, &SECRET_IN_POD), by_kind(&SECRET), vec![knative]].concat();
    let subjects = by_group(&[(RBAC, "RoleBinding", "subjects"), (RBAC, "ClusterRoleBinding", "subjects")]);
    let accounts = [subjects, in_pods(&WORKLOADS, &["serviceAccountName"])].concat();
    references.extend([
        to("", "v1", "ConfigMap", config_map),
        to("", "v1", "Secret", secret),
        to("", "v1", "Service", by_group(&SERVICE)),
        to(RBAC, "", "Role", by_group(&[(RBAC, "RoleBinding", "roleRef/name")])),
        to(
            RBAC,
            "",
            "ClusterRole",
            by_group(&[(RBAC, "RoleBinding", "roleRef/name"), (RBAC, "ClusterRoleBinding", "roleRef/name")]),
        ),
        to("", "v1", "ServiceAccount", accounts),
        to("", "v1", "PersistentVolumeClaim", in_pods(&WORKLOADS, &["volumes/persistentVolumeClaim/claimName"])),
        to(
            "",
            "v1",
            "PersistentVolume",
            by_kind(&[("PersistentVolumeClaim", "spec/volumeName"), ("ClusterRole", "rules/resourceNames")]),
        ),
        to(
            "storage.k8s.io",
            "v1",
            "StorageClass",
            by_kind(&[
                ("PersistentVolume", "spec/storageClassName"),
                ("PersistentVolumeClaim", "spec/storageClassName"),
                ("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
            ]),
        ),
        to("scheduling.k8s.io", "v1", "PriorityClass", in_pods(&WORKLOADS, &["priorityClassName"])),
        // The group is written with a version in kustomize, so this one never matches; it is kept as it is.
        to("networking.k8s.io/v1", "v1", "IngressClass", by_kind(&[("Ingress", "spec/ingressClassName")])),
        to(
            "admissionregistration.k8s.io",
            "",
            "ValidatingAdmissionPolicy",
            by_group(&[("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", "spec/policyName")]),
        ),
    ]);
    references
}
