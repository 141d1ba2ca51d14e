//! The standard question whether a server is well.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bowline_web_wire::health_v1::{
    Health as HealthService, HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse, health,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use bowline_web_wire::{Api, Messages};
use futures::stream;
use tokio::sync::watch;

const SERVING: i32 = 1;
const NOT_SERVING: i32 = 2;
const SERVICE_UNKNOWN: i32 = 3;

/// Says of all services what is known of the server as a whole.
#[derive(Debug, Clone)]
pub struct Health {
    serving: watch::Receiver<bool>,
    services: Arc<BTreeSet<&'static str>>,
}

impl Health {
    /// For the services that `api` has; `serving` says whether the server serves.
    pub fn of(api: &Api, serving: watch::Receiver<bool>) -> Health {
        let services = api.methods().map(|method| method.rpc().service).chain([""]).collect();
        Health { serving, services: Arc::new(services) }
    }

    /// The API with this service in it.
    pub fn join(self, api: Api) -> Api {
        api.with(health(Arc::new(self)))
    }

    fn knows(&self, service: &str) -> bool {
        self.services.contains(service)
    }
}

fn status(serving: bool) -> HealthCheckResponse {
    HealthCheckResponse { status: if serving { SERVING } else { NOT_SERVING } }
}

#[tonic::async_trait]
impl HealthService for Health {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        if !self.knows(&request.get_ref().service) {
            return Err(Status::not_found("unknown service"));
        }
        Ok(Response::new(status(*self.serving.borrow())))
    }

    async fn list(&self, _request: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let serving = *self.serving.borrow();
        let statuses: BTreeMap<String, HealthCheckResponse> =
            self.services.iter().map(|service| ((*service).to_owned(), status(serving))).collect();
        Ok(Response::new(HealthListResponse { statuses }))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Messages<HealthCheckResponse>>, Status> {
        if !self.knows(&request.get_ref().service) {
            let unknown = stream::iter([Ok(HealthCheckResponse { status: SERVICE_UNKNOWN })]);
            return Ok(Response::new(Box::pin(futures::StreamExt::chain(unknown, stream::pending()))));
        }
        let mut serving = self.serving.clone();
        serving.mark_changed();
        let answers = stream::unfold(serving, |mut serving| async {
            serving.changed().await.ok()?;
            let answer = status(*serving.borrow_and_update());
            Some((Ok(answer), serving))
        });
        Ok(Response::new(Box::pin(answers)))
    }
}
