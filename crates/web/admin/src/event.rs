//! Kubernetes Events: what was done through the API, and by whom, beside the object that it was done to.

use bowline_base_kube::{ApiResource, ListOptions};
use bowline_base_value::Value;
use bowline_core_crd::{ListMeta, ObjectMeta};
use bowline_web_wire::events::{Event, EventList};
use bowline_web_wire::tonic::Status;
use serde_json::{Value as Json, json};

use crate::caller::Caller;
use crate::context::{Context, options};
use crate::failure::{failed, unreadable};

/// What an event is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Its metadata.
    pub metadata: &'a ObjectMeta,
}

/// What was done.
#[derive(Clone, Copy, Debug)]
pub enum Done {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It is gone, or going.
    Deleted,
    /// An action was run on it.
    ActionRan,
    /// A sync of it was asked for.
    Started,
}

fn events() -> ApiResource {
    ApiResource::new("", "v1", "Event", "events", true)
}

// === impl Done ===

impl Done {
    fn reason(self) -> &'static str {
        match self {
            Done::Created => "ResourceCreated",
            Done::Updated => "ResourceUpdated",
            Done::Deleted => "ResourceDeleted",
            Done::ActionRan => "ResourceActionRan",
            Done::Started => "OperationStarted",
        }
    }
}

// === impl Context ===

impl Context {
    /// Writes an event, and a line of the audit log. That it cannot be written is no reason to fail what was done.
    pub async fn tell(&self, caller: &Caller, about: About<'_>, done: Done, action: &str) {
        let user = caller.principal.username.as_str();
        let message = if user.is_empty() { format!("Unknown user {action}") } else { format!("{user} {action}") };
        let (kind, name) = (about.kind, about.metadata.name.as_str());
        tracing::info!(user, kind, name, reason = done.reason(), "{message}");
        let now = self.clock.now();
        let namespace = match about.metadata.namespace.as_str() {
            "" => self.world.namespace(),
            namespace => namespace,
        };
        let second = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let event = json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": format!("{name}."), "namespace": namespace},
            "involvedObject": {
                "apiVersion": bowline_core_crd::API_VERSION,
                "kind": kind,
                "name": name,
                "namespace": namespace,
                "uid": about.metadata.uid,
                "resourceVersion": about.metadata.resource_version,
            },
            "reason": done.reason(),
            "message": message,
            "source": {"component": "argocd-server"},
            "firstTimestamp": second,
            "lastTimestamp": second,
            "count": 1,
            "type": "Normal",
        });
        if let Err(error) = self.client.create(&events(), namespace, &Value::from(event), &options()).await {
            tracing::warn!(%error, "an event cannot be written");
        }
    }

    /// The events of an object.
    pub async fn events_of(&self, metadata: &ObjectMeta) -> Result<EventList, Status> {
        let fields = format!(
            "involvedObject.name={},involvedObject.uid={},involvedObject.namespace={}",
            metadata.name, metadata.uid, metadata.namespace
        );
        let options = ListOptions { fields, ..ListOptions::default() };
        let page = self.client.list_all(&events(), &metadata.namespace, &options).await.map_err(failed)?;
        Ok(EventList {
            metadata: ListMeta { resource_version: page.resource_version, ..ListMeta::default() },
            ..read_events(page.items.iter())?
        })
    }
}

/// Events as a cluster holds them.
pub fn read_events<'a>(items: impl Iterator<Item = &'a Value>) -> Result<EventList, Status> {
    let read = |item: &Value| serde_json::from_value::<Event>(Json::from(item));
    let items = items.map(read).collect::<Result<Vec<_>, _>>().map_err(|error| unreadable("an event", error))?;
    Ok(EventList { items, ..EventList::default() })
}
