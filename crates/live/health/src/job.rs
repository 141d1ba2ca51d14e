//! `batch/Job`.

use bowline_core_types::Object;

use crate::field::{FieldError, conditions, known_version};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["batch/v1"])?;
    // A condition counts by being there; only of a suspension the status is read, so a resumed Job counts as complete
    // until its next condition: that is what users of the contract see.
    let (mut ended, mut failure, mut suspended, mut message) = (false, None, false, "");
    for condition in conditions(object)? {
        match condition.kind {
            "Failed" => failure = Some(condition.message),
            "Complete" => message = condition.message,
            "Suspended" => {
                message = condition.message;
                suspended |= condition.status == "True";
            }
            _ => continue,
        }
        ended = true;
    }
    Ok(match failure {
        _ if !ended => Health::progressing(message),
        Some(failure) => Health::degraded(failure),
        None if suspended => Health::new(HealthStatus::Suspended, message),
        None => Health::new(HealthStatus::Healthy, message),
    })
}
