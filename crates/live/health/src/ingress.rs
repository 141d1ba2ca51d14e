//! `networking.k8s.io/Ingress` and `extensions/Ingress`.

use bowline_core_types::Object;

use crate::Health;
use crate::field::FieldError;

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    // Read loosely, at any version: what is not a list counts as an empty one.
    let addresses = object.value().get_path(&["status", "loadBalancer", "ingress"]).and_then(|v| v.as_array());
    Ok(if addresses.is_some_and(|a| !a.is_empty()) { Health::healthy() } else { Health::progressing("") })
}
