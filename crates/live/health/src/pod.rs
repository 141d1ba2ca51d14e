//! `Pod`.

use bowline_base_value::Value;
use bowline_core_types::{Object, annotation, is_hook};

use crate::field::{FieldError, at, conditions, int, known_version, list, text};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["v1"])?;
    let value = object.value();
    let policy = text(value, &["spec", "restartPolicy"])?;
    let containers = list(value, &["status", "containerStatuses"])?;
    let message = text(value, &["status", "message"])?;

    // A pod that ends is judged by its end only: a hook whose image is not there yet must not count as failed and then run
    // after all when the image appears.
    let asked = object.annotation(annotation::IGNORE_RESTART_POLICY) == Some("true") && !is_hook(object);
    let lasting = policy == "Always" || asked;
    if lasting {
        let mut faults = Vec::new();
        for container in containers {
            let reason = text(container, &["state", "waiting", "reason"])?;
            if reason.starts_with("Err") || reason.ends_with("Error") || reason.ends_with("BackOff") {
                faults.push(text(container, &["state", "waiting", "message"])?);
            }
        }
        if !faults.is_empty() {
            return Ok(Health::degraded(faults.join(", ")));
        }
    }

    Ok(match text(value, &["status", "phase"])? {
        "Pending" => Health::progressing(message),
        "Succeeded" => Health::new(HealthStatus::Healthy, message),
        "Failed" if !message.is_empty() => Health::degraded(message),
        "Failed" => {
            let all = list(value, &["status", "initContainerStatuses"])?.iter().chain(containers);
            for container in all {
                if let Some(reason) = why_terminated(container)? {
                    return Ok(Health::degraded(reason));
                }
            }
            Health::degraded("")
        }
        "Running" if lasting => {
            let ready = conditions(object)?.iter().any(|c| c.kind == "Ready" && c.status == "True");
            if ready {
                return Ok(Health::new(HealthStatus::Healthy, message));
            }
            for container in containers {
                if at(container, &["lastState", "terminated"])?.is_some() {
                    return Ok(Health::degraded(message));
                }
            }
            Health::progressing(message)
        }
        "Running" if matches!(policy, "OnFailure" | "Never") => Health::progressing(message),
        _ => Health::new(HealthStatus::Unknown, message),
    })
}

/// What the end of a container says of why its pod failed.
fn why_terminated(container: &Value) -> Result<Option<String>, FieldError> {
    if at(container, &["state", "terminated"])?.is_none() {
        return Ok(None);
    }
    let field = |name| text(container, &["state", "terminated", name]);
    let message = field("message")?;
    if !message.is_empty() {
        return Ok(Some(message.to_string()));
    }
    if field("reason")? == "OOMKilled" {
        return Ok(Some("OOMKilled".to_string()));
    }
    let code = int(container, &["state", "terminated", "exitCode"])?;
    let name = text(container, &["name"])?;
    Ok((code != 0).then(|| format!("container {name:?} failed with exit code {code}")))
}
