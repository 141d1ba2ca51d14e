//! The built-in `IAMPolicyGenerator`: a service account bound to one of Google's.

use bowline_base_value::Value;

use crate::decode::{Fields, Mode};
use crate::error::{Error, Result};
use crate::node::from_value;
use crate::resource::Resource;

/// Makes the service account.
pub(super) fn make(config: &Value) -> Result<Vec<Resource>> {
    let mut f = Fields::new(config, "", Mode::Lenient)?;
    let cloud = f.text("cloud")?;
    if cloud != "gke" {
        let reason = format!("cloud provider {cloud} not supported yet");
        return Err(Error::Field { field: "cloud".to_string(), reason });
    }
    let name = |value: &Value, path: &str, mode| {
        let mut f = Fields::new(value, path, mode)?;
        Ok((f.text("name")?, f.text("namespace")?, f.text("projectId")?))
    };
    let (service, namespace, _) = f.object("kubernetesService", name)?.unwrap_or_default();
    let (account, _, project) = f.object("serviceAccount", name)?.unwrap_or_default();
    let email = format!("{account}@{project}.iam.gserviceaccount.com");
    let annotations: Value = [("iam.gke.io/gcp-service-account", Value::from(email))].into_iter().collect();
    let mut metadata = vec![("annotations", annotations), ("name", Value::from(service))];
    if !namespace.is_empty() {
        metadata.push(("namespace", Value::from(namespace)));
    }
    let object: Value = [
        ("apiVersion", Value::from("v1")),
        ("kind", Value::from("ServiceAccount")),
        ("metadata", metadata.into_iter().collect()),
    ]
    .into_iter()
    .collect();
    Ok(vec![Resource::new(from_value(&object))])
}
