//! `Service`.

use bowline_core_types::Object;

use crate::Health;
use crate::field::{FieldError, known_version, list, text};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["v1"])?;
    let value = object.value();
    let waits = text(value, &["spec", "type"])? == "LoadBalancer"
        && list(value, &["status", "loadBalancer", "ingress"])?.is_empty();
    Ok(if waits { Health::progressing("") } else { Health::healthy() })
}
