//! `applicationset.ApplicationSetService`.

mod create;
mod delete;
mod find;
mod generate;
mod list;
mod tree;

use bowline_core_crd::{ApplicationSet, ApplicationSetList, ApplicationSetTree, ApplicationSetWatchEvent};
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::Messages;
use bowline_web_wire::applicationset::*;
use bowline_web_wire::events::EventList;
use bowline_web_wire::tonic::{Request, Response, Status};

use crate::store::Kept;

/// The service over the ApplicationSets of the control plane.
#[derive(Clone)]
pub struct ApplicationSets(Context);

// === impl ApplicationSets ===

impl ApplicationSets {
    /// The service on this context.
    pub fn new(context: Context) -> ApplicationSets {
        ApplicationSets(context)
    }
}

/// Who calls, and what they say.
fn open<T>(request: Request<T>) -> Result<(Caller, T), Status> {
    Ok((Caller::of(&request)?, request.into_inner()))
}

#[bowline_web_wire::tonic::async_trait]
impl ApplicationSetService for ApplicationSets {
    async fn get(&self, request: Request<ApplicationSetGetQuery>) -> Result<Response<ApplicationSet>, Status> {
        let (caller, query) = open(request)?;
        let found = find::find(&self.0, &caller, &query.name, &query.appset_namespace)?;
        Ok(Response::new(found.set.bare()))
    }

    async fn generate(
        &self,
        request: Request<ApplicationSetGenerateRequest>,
    ) -> Result<Response<ApplicationSetGenerateResponse>, Status> {
        let (caller, request) = open(request)?;
        create::preview(&self.0, &caller, request).await.map(Response::new)
    }

    async fn list(&self, request: Request<ApplicationSetListQuery>) -> Result<Response<ApplicationSetList>, Status> {
        let (caller, query) = open(request)?;
        list::list(&self.0, &caller, &query).map(Response::new)
    }

    async fn create(&self, request: Request<ApplicationSetCreateRequest>) -> Result<Response<ApplicationSet>, Status> {
        let (caller, request) = open(request)?;
        create::create(&self.0, &caller, request).await.map(Response::new)
    }

    async fn delete(
        &self,
        request: Request<ApplicationSetDeleteRequest>,
    ) -> Result<Response<ApplicationSetResponse>, Status> {
        let (caller, request) = open(request)?;
        delete::delete(&self.0, &caller, &request).await?;
        Ok(Response::new(ApplicationSetResponse::default()))
    }

    async fn resource_tree(
        &self,
        request: Request<ApplicationSetTreeQuery>,
    ) -> Result<Response<ApplicationSetTree>, Status> {
        let (caller, query) = open(request)?;
        let found = find::find(&self.0, &caller, &query.name, &query.appset_namespace)?;
        Ok(Response::new(tree::tree(&self.0.world, &found.set)))
    }

    async fn list_resource_events(
        &self,
        request: Request<ApplicationSetGetQuery>,
    ) -> Result<Response<EventList>, Status> {
        let (caller, query) = open(request)?;
        let found = find::find(&self.0, &caller, &query.name, &query.appset_namespace)?;
        self.0.events_of(&found.set.metadata).await.map(Response::new)
    }

    async fn watch(
        &self,
        request: Request<ApplicationSetWatchQuery>,
    ) -> Result<Response<Messages<ApplicationSetWatchEvent>>, Status> {
        let (caller, query) = open(request)?;
        list::watch(&self.0, caller, &query).map(Response::new)
    }
}
