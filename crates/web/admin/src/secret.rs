//! Secrets of clusters, repositories and credentials: their names and how they are written.

use bowline_base_value::Value;
use bowline_core_control::World;
use bowline_core_ports::Fields;
use bowline_core_types::{Object, annotation};
use bowline_web_wire::tonic::Status;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

use crate::context::{Context, options, secrets};
use crate::failure::failed;

/// The name of a Secret, as Argo CD calls it: the same things have the same name.
pub(crate) fn name(prefix: &str, parts: &[&str]) -> String {
    // FNV-1a: not for security, only to be short and the same each time.
    let bytes = parts.iter().flat_map(|part| part.bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{prefix}-{hash}")
}

/// A Secret that configures something, as the API makes it.
pub(crate) fn object(
    name: &str,
    kind: &str,
    fields: &Fields,
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
) -> Value {
    let mut labels = labels.clone();
    labels.insert(annotation::SECRET_TYPE.to_string(), kind.to_string());
    let mut annotations = annotations.clone();
    annotations.insert(annotation::MANAGED_BY.to_string(), annotation::MANAGED_BY_VALUE.to_string());
    let data: BTreeMap<&str, &str> = fields
        .iter()
        .map(|(key, value)| (key.as_str(), value.expose().as_str()))
        .filter(|(_, v)| !v.is_empty())
        .collect();
    Value::from(json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
        "stringData": data,
    }))
}

/// The merge patch that makes a Secret hold these fields: those that are empty go, and what it holds besides stays.
pub(crate) fn patch(fields: &Fields, metadata: Json) -> Value {
    let mut data = serde_json::Map::new();
    for (key, value) in fields {
        let encoded = match value.expose().as_str() {
            "" => Json::Null,
            text => {
                use base64::Engine;
                Json::from(base64::engine::general_purpose::STANDARD.encode(text))
            }
        };
        data.insert(key.clone(), encoded);
    }
    Value::from(json!({"metadata": metadata, "data": data}))
}

impl Context {
    /// Deletes a Secret that the API made; from one that a person made only the label goes, so that nothing of theirs is lost.
    pub(crate) async fn forget_secret(&self, name: &str) -> Result<(), Status> {
        let namespace = self.world.namespace();
        let Some(secret) = self.client.find::<Value>(&secrets(), namespace, name).await.map_err(failed)? else {
            return Ok(());
        };
        let ours = Object::new(secret)
            .is_ok_and(|secret| secret.annotation(annotation::MANAGED_BY) == Some(annotation::MANAGED_BY_VALUE));
        if ours {
            let deleted = self.client.delete(&secrets(), namespace, name, &Default::default()).await;
            return deleted.map(drop).map_err(failed);
        }
        let patch = Value::from(json!({"metadata": {"labels": {annotation::SECRET_TYPE: null}}}));
        let patch = bowline_base_kube::Patch::Merge(&patch);
        let patched = self.client.patch(&secrets(), namespace, name, "", patch, &options()).await;
        patched.map(drop).map_err(failed)
    }
}

/// Whether a Secret of a cluster is known here.
pub(crate) fn knows_cluster(world: &World, server: &str) -> bool {
    world.clusters().iter().any(|(_, cluster)| cluster.server == server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_contract_s() {
        assert_eq!(name("repo", &["https://github.com/argoproj/argocd-example-apps.git"]), "repo-3973969552");
        assert_eq!(name("cluster-prod", &["https://prod:6443"]), "cluster-prod-3041345340");
    }

    #[test]
    fn what_is_empty_goes_and_nothing_else_is_touched() {
        let fields = Fields::from([
            ("password".to_string(), String::new().into()),
            ("username".to_string(), "u".to_string().into()),
        ]);
        let patch = Json::from(&patch(&fields, json!({})));
        assert_eq!(patch["data"], json!({"password": null, "username": "dQ=="}));
    }
}
