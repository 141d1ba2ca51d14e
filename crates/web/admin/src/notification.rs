//! `notification.NotificationService`: what `argocd-notifications-cm` offers.

use bowline_core_settings::Map;
use bowline_web_wire::notification::{
    NotificationService, Service, ServiceList, ServicesListRequest, Template, TemplateList, TemplatesListRequest,
    Trigger, TriggerList, TriggersListRequest,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};

use crate::caller::Caller;
use crate::context::Context;

/// The ConfigMap.
const CONFIG: &str = "argocd-notifications-cm";

/// Lists what can be subscribed to.
#[derive(Clone)]
pub struct Notifications(pub Context);

// === impl Notifications ===

impl Notifications {
    /// What follows `prefix` in the keys, each once, in order.
    fn named(&self, prefix: &str) -> Vec<String> {
        let keys: Map = self.0.world.config_under(CONFIG, prefix);
        let name = |key: &String| key[prefix.len()..].to_string();
        keys.keys().map(name).filter(|name| !name.is_empty()).collect()
    }
}

#[tonic::async_trait]
impl NotificationService for Notifications {
    async fn list_triggers(&self, request: Request<TriggersListRequest>) -> Result<Response<TriggerList>, Status> {
        Caller::of(&request)?;
        let items = self.named("trigger.").into_iter().map(|name| Trigger { name: Some(name) }).collect();
        Ok(Response::new(TriggerList { items }))
    }

    async fn list_services(&self, request: Request<ServicesListRequest>) -> Result<Response<ServiceList>, Status> {
        Caller::of(&request)?;
        // `service.<type>` and `service.<type>.<name>`: the name, where there is one.
        let name = |name: String| name.split_once('.').map_or(name.clone(), |(_, own)| own.to_string());
        let items = self.named("service.").into_iter().map(|key| Service { name: Some(name(key)) }).collect();
        Ok(Response::new(ServiceList { items }))
    }

    async fn list_templates(&self, request: Request<TemplatesListRequest>) -> Result<Response<TemplateList>, Status> {
        Caller::of(&request)?;
        let items = self.named("template.").into_iter().map(|name| Template { name: Some(name) }).collect();
        Ok(Response::new(TemplateList { items }))
    }
}
