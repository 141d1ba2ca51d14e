//! `argoproj.io/Workflow`.

use bowline_core_types::Object;

use crate::field::FieldError;
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    let field = |name| object.value().str_at(&["status", name]).unwrap_or_default();
    let status = match field("phase") {
        "" | "Pending" | "Running" => HealthStatus::Progressing,
        "Succeeded" => HealthStatus::Healthy,
        "Failed" | "Error" => HealthStatus::Degraded,
        _ => HealthStatus::Unknown,
    };
    Ok(Health::new(status, field("message")))
}
