//! Kubernetes Events: those of an object, as the contract sends them, and those that tell what a person did.

use bowline_base_kube::{ApiResource, WriteOptions};
use bowline_base_value::Value;
use bowline_core_crd::{Application, MicroTime, ObjectMeta, Time};
use bowline_core_ports::Pods;
use bowline_core_types::{Gvk, Object, SECRET_DIGEST_PREFIX};
use bowline_web_wire::events::{Event, EventList, EventSeries, EventSource, ObjectReference};
use bowline_web_wire::tonic::Status;
use serde_json::{Value as Json, json};

use crate::{Ground, error};

/// The component that people's deeds are told as.
const COMPONENT: &str = "argocd-server";

/// The events about one object, the newest last.
pub(crate) async fn about(pods: &dyn Pods, namespace: &str, name: &str, uid: &str) -> Result<EventList, Status> {
    let mut selector = format!("involvedObject.name={name},involvedObject.namespace={namespace}");
    if !uid.is_empty() {
        selector.push_str(&format!(",involvedObject.uid={uid}"));
    }
    // Events about cluster-scoped objects stand in the namespace default.
    let home = if namespace.is_empty() { "default" } else { namespace };
    let found = pods.list(&Gvk::new("", "v1", "Event"), home, "", &selector).await.map_err(error::cluster)?;
    Ok(list(found.iter().map(Object::value)))
}

/// The events about an object of the control namespace.
pub(crate) async fn about_ours(ground: &Ground, namespace: &str, name: &str, uid: &str) -> Result<EventList, Status> {
    let options = bowline_base_kube::ListOptions {
        fields: format!("involvedObject.name={name},involvedObject.namespace={namespace},involvedObject.uid={uid}"),
        ..bowline_base_kube::ListOptions::default()
    };
    let page = ground.client.list_all(&resource(), namespace, &options).await.map_err(error::kubernetes)?;
    Ok(list(page.items.iter()))
}

fn resource() -> ApiResource {
    ApiResource::new("", "v1", "Event", "events", true)
}

fn list<'a>(events: impl Iterator<Item = &'a Value>) -> EventList {
    EventList { items: events.map(event).collect(), ..EventList::default() }
}

fn event(value: &Value) -> Event {
    let text = |path: &[&str]| value.str_at(path).unwrap_or_default().to_string();
    let time = |path: &[&str]| value.str_at(path).and_then(|text| text.parse().ok()).map(Time::new).unwrap_or_default();
    let micro =
        |path: &[&str]| value.str_at(path).and_then(|text| text.parse().ok()).map(MicroTime::new).unwrap_or_default();
    let count = |path: &[&str]| {
        value.get_path(path).and_then(Value::as_i64).and_then(|count| i32::try_from(count).ok()).unwrap_or_default()
    };
    let metadata: ObjectMeta = value
        .get("metadata")
        .and_then(|metadata| serde_json::from_value(Json::from(metadata)).ok())
        .unwrap_or_default();
    let reference = |field: &str| {
        value.get(field).map(|of| {
            let text = |name| of.str_at(&[name]).unwrap_or_default().to_string();
            ObjectReference {
                kind: text("kind"),
                namespace: text("namespace"),
                name: text("name"),
                uid: text("uid"),
                api_version: text("apiVersion"),
                resource_version: text("resourceVersion"),
                field_path: text("fieldPath"),
            }
        })
    };
    Event {
        metadata: ObjectMeta { managed_fields: Vec::new(), ..metadata },
        involved_object: reference("involvedObject").unwrap_or_default(),
        reason: text(&["reason"]),
        message: text(&["message"]),
        source: EventSource { component: text(&["source", "component"]), host: text(&["source", "host"]) },
        first_timestamp: time(&["firstTimestamp"]),
        last_timestamp: time(&["lastTimestamp"]),
        count: count(&["count"]),
        type_: text(&["type"]),
        event_time: micro(&["eventTime"]),
        series: value.get("series").map(|_| EventSeries {
            count: count(&["series", "count"]),
            last_observed_time: micro(&["series", "lastObservedTime"]),
        }),
        action: text(&["action"]),
        related: reference("related"),
        reporting_component: text(&["reportingComponent"]),
        reporting_instance: text(&["reportingInstance"]),
    }
}

/// What a person did.
pub(crate) struct Told {
    /// In one word.
    pub reason: &'static str,
    /// In a sentence.
    pub message: String,
}

/// Tells what a person did to an application, as an Event of it and in the log. A cluster that takes no Event is no reason to
/// undo what was done.
pub(crate) async fn of_application(ground: &Ground, app: &Application, told: Told) {
    let metadata = &app.metadata;
    tracing::info!(
        application = %metadata.name,
        namespace = %metadata.namespace,
        project = app.spec.project(),
        reason = told.reason,
        "{}",
        told.message
    );
    let now = ground.clock.now();
    let event = json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": format!("{}.", metadata.name), "namespace": metadata.namespace},
        "involvedObject": {
            "apiVersion": bowline_core_crd::API_VERSION,
            "kind": "Application",
            "name": metadata.name,
            "namespace": metadata.namespace,
            "uid": metadata.uid,
            "resourceVersion": metadata.resource_version,
        },
        "reason": told.reason,
        "message": told.message,
        "type": "Normal",
        "count": 1,
        "source": {"component": COMPONENT},
        "firstTimestamp": Time::new(now),
        "lastTimestamp": Time::new(now),
    });
    let options = WriteOptions::default();
    let made = ground.client.create(&resource(), &metadata.namespace, &Value::from(event), &options).await;
    if let Err(error) = made {
        tracing::warn!(application = %metadata.name, %error, "an Event could not be written");
    }
}

/// The object with signs in place of digests.
pub(crate) fn hide_digests(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with(SECRET_DIGEST_PREFIX) => Value::from("++++++++"),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), hide_digests(value))).collect(),
        Value::Array(items) => Value::from(items.iter().map(hide_digests).collect::<Vec<Value>>()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    #[test]
    fn an_event_keeps_what_it_says() {
        let json = r#"{"metadata":{"name":"e","managedFields":[{"manager":"m"}]},"involvedObject":{"kind":"Pod","name":"p"},
            "reason":"Started","message":"m","source":{"component":"kubelet"},"lastTimestamp":"2026-01-02T03:04:05Z",
            "count":3,"type":"Normal","eventTime":null}"#;
        let event = event(&from_json(json.as_bytes()).unwrap());
        assert_eq!((event.reason.as_str(), event.count, event.type_.as_str()), ("Started", 3, "Normal"));
        assert_eq!(event.involved_object.name, "p");
        assert_eq!(event.last_timestamp.to_string(), "2026-01-02T03:04:05Z");
        assert!(event.event_time.is_zero());
        assert!(event.metadata.managed_fields.is_empty());
    }

    #[test]
    fn digests_are_not_shown() {
        let value = from_json(br#"{"data":{"k":"hmac-sha256:abc","l":["x"]}}"#).unwrap();
        assert_eq!(to_json(&hide_digests(&value), false), r#"{"data":{"k":"++++++++","l":["x"]}}"#);
    }
}
