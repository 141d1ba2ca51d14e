//! [`KubeVault`]: the [`Vault`] over the Kubernetes API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_kube::{ApiResource, Class, Client, Error, Patch, WriteOptions};
use bowline_base_value::Value;
use bowline_core_ports::BoxFuture;

use super::{Change, Held, Holder, Vault, VaultError};

/// What objects of the contract's configuration are labelled with.
const PART_OF: (&str, &str) = ("app.kubernetes.io/part-of", "argocd");

/// The objects of one namespace, over the Kubernetes API.
#[derive(Clone, Debug)]
pub struct KubeVault {
    client: Client,
    namespace: String,
}

// === impl KubeVault ===

impl KubeVault {
    /// The objects of `namespace`.
    pub fn new(client: Client, namespace: impl Into<String>) -> KubeVault {
        KubeVault { client, namespace: namespace.into() }
    }
}

impl Holder {
    fn resource(self) -> ApiResource {
        match self {
            Holder::ConfigMap => ApiResource::new("", "v1", "ConfigMap", "configmaps", true),
            Holder::Secret => ApiResource::new("", "v1", "Secret", "secrets", true),
        }
    }
}

impl Vault for KubeVault {
    fn read<'a>(&'a self, holder: Holder, name: &'a str) -> BoxFuture<'a, Result<Option<Held>, VaultError>> {
        Box::pin(async move {
            let found: Option<Value> =
                self.client.find(&holder.resource(), &self.namespace, name).await.map_err(failed)?;
            Ok(found.map(|object| held(holder, &object)))
        })
    }

    fn write<'a>(&'a self, holder: Holder, name: &'a str, change: Change) -> BoxFuture<'a, Result<(), VaultError>> {
        Box::pin(async move {
            let data: Value = change
                .keys
                .iter()
                .filter(|(_, value)| change.version.is_some() || value.is_some())
                .map(|(key, value)| (key.as_str(), value.as_ref().map_or(Value::Null, |v| written(holder, v.expose()))))
                .collect();
            let resource = holder.resource();
            let options = WriteOptions { field_manager: "bowline-api-server".into(), ..WriteOptions::default() };
            match change.version {
                Some(version) => {
                    let metadata: Value = [("resourceVersion", Value::from(version.as_str()))].into_iter().collect();
                    let body: Value = [("metadata", metadata), ("data", data)].into_iter().collect();
                    let patch = Patch::Merge(&body);
                    let done = self.client.patch(&resource, &self.namespace, name, "", patch, &options).await;
                    done.map_err(|error| match error.is(Class::NotFound) {
                        true => VaultError::Conflict,
                        false => failed(error),
                    })?;
                }
                None => {
                    let labels: Value = [(PART_OF.0, Value::from(PART_OF.1))].into_iter().collect();
                    let metadata: Value = [
                        ("name", Value::from(name)),
                        ("namespace", self.namespace.as_str().into()),
                        ("labels", labels),
                    ]
                    .into_iter()
                    .collect();
                    let kind = if holder == Holder::Secret { "Secret" } else { "ConfigMap" };
                    let body: Value = [
                        ("apiVersion", Value::from("v1")),
                        ("kind", kind.into()),
                        ("metadata", metadata),
                        ("data", data),
                    ]
                    .into_iter()
                    .collect();
                    self.client.create(&resource, &self.namespace, &body, &options).await.map_err(failed)?;
                }
            }
            Ok(())
        })
    }
}

fn held(holder: Holder, object: &Value) -> Held {
    let text = |value: &Value| match holder {
        Holder::ConfigMap => value.as_str().map(String::from),
        Holder::Secret => STANDARD.decode(value.as_str()?).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
    };
    let data = object.get("data").and_then(Value::as_object);
    Held {
        data: data
            .into_iter()
            .flat_map(|map| map.iter())
            .filter_map(|(key, value)| Some((key.to_string(), text(value)?.into())))
            .collect(),
        version: object.str_at(&["metadata", "resourceVersion"]).unwrap_or_default().to_string(),
        part_of: object.str_at(&["metadata", "labels", PART_OF.0]) == Some(PART_OF.1),
    }
}

fn written(holder: Holder, text: &str) -> Value {
    match holder {
        Holder::ConfigMap => text.into(),
        Holder::Secret => STANDARD.encode(text).as_str().into(),
    }
}

fn failed(error: Error) -> VaultError {
    if error.is(Class::Conflict) || error.is(Class::AlreadyExists) {
        VaultError::Conflict
    } else {
        VaultError::Other(error.to_string())
    }
}
