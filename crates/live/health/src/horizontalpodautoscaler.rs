//! `autoscaling/HorizontalPodAutoscaler`.

use bowline_base_value::{Value, from_json};
use bowline_core_types::Object;

use crate::field::{FieldError, conditions, known_version};
use crate::{Health, HealthStatus};

/// Where version 1 keeps its conditions, as a JSON list.
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";

/// Types and reasons of conditions that say the autoscaler cannot do its work.
const FAILURES: [(&str, &str); 8] = [
    ("AbleToScale", "FailedGetScale"),
    ("AbleToScale", "FailedUpdateScale"),
    ("ScalingActive", "FailedGetResourceMetric"),
    ("ScalingActive", "FailedGetObjectMetric"),
    ("ScalingActive", "FailedGetPodsMetric"),
    ("ScalingActive", "FailedGetExternalMetric"),
    ("ScalingActive", "FailedComputeMetricsReplicas"),
    ("ScalingActive", "InvalidSelector"),
];

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["autoscaling/v1", "autoscaling/v2"])?;
    let owned: Vec<[String; 4]> = match object.api_version() {
        "autoscaling/v1" => match object.annotation(CONDITIONS) {
            Some(text) => from_annotation(text)?,
            None => Vec::new(),
        },
        _ => conditions(object)?.iter().map(|c| [c.kind, c.status, c.reason, c.message].map(String::from)).collect(),
    };
    for [kind, _, reason, message] in &owned {
        if FAILURES.contains(&(kind, reason)) {
            return Ok(Health::degraded(message));
        }
    }
    for [kind, status, _, message] in &owned {
        if matches!(kind.as_str(), "AbleToScale" | "ScalingLimited") && status == "True" {
            return Ok(Health::new(HealthStatus::Healthy, message));
        }
    }
    Ok(Health::progressing("Waiting to Autoscale"))
}

fn from_annotation(text: &str) -> Result<Vec<[String; 4]>, FieldError> {
    let document = from_json(text.as_bytes()).map_err(|e| FieldError::Annotation(e.to_string()))?;
    let items = match &document {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        other => return Err(FieldError::Annotation(format!("a list is expected, this is {}", other.type_name()))),
    };
    // Field names match whatever their case, as Go reads JSON into a struct without tags.
    let field = |item: &Value, name: &str| {
        let fields = item.as_object()?;
        let (_, value) = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        value.as_str().map(String::from)
    };
    Ok(items
        .iter()
        .map(|item| ["type", "status", "reason", "message"].map(|name| field(item, name).unwrap_or_default()))
        .collect())
}
