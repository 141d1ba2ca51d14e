//! `apiregistration.k8s.io/APIService`.

use bowline_core_types::Object;

use crate::field::{FieldError, conditions, known_version};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"])?;
    let available = conditions(object)?.into_iter().find(|c| c.kind == "Available");
    Ok(match available {
        Some(c) => {
            let status = if c.status == "True" { HealthStatus::Healthy } else { HealthStatus::Progressing };
            Health::new(status, format!("{}: {}", c.reason, c.message))
        }
        None => Health::progressing("Waiting to be processed"),
    })
}
