//! `application.ApplicationService`.

mod actions;
mod create;
mod delete;
mod diff;
mod events;
pub(crate) mod find;
mod get;
mod list;
mod logs;
mod made;
mod manifests;
mod resource;
mod revision;
pub(crate) mod sync;
mod tree;
pub(crate) mod update;
pub(crate) mod validate;
mod windows;

use std::sync::Arc;

use bowline_core_crd::{
    Application, ApplicationList, ApplicationSpec, ApplicationTree, ApplicationWatchEvent, ChartDetails, OCIMetadata,
    RevisionMetadata,
};
use bowline_web_admin::{Caller, Context, LinksAbout, links};
use bowline_web_wire::application::*;
use bowline_web_wire::events::EventList;
use bowline_web_wire::repository::ManifestResponse;
use bowline_web_wire::tonic::{Request, Response, Status};
use bowline_web_wire::{Messages, OverRest, Prepared, Selection};

use made::Made;

/// The service over the applications of the control plane.
#[derive(Clone)]
pub struct Applications(Context, Arc<Made>);

// === impl Applications ===

impl Applications {
    /// The service on this context.
    pub fn new(context: Context) -> Applications {
        Applications(context, Arc::default())
    }
}

/// Who calls, and what they say.
fn open<T>(request: Request<T>) -> Result<(Caller, T), Status> {
    Ok((Caller::of(&request)?, request.into_inner()))
}

#[bowline_web_wire::tonic::async_trait]
impl ApplicationService for Applications {
    async fn list(&self, request: Request<ApplicationQuery>) -> Result<Response<ApplicationList>, Status> {
        let over_rest = request.extensions().get::<OverRest>().is_some();
        let selection = request.extensions().get::<Selection>().cloned();
        let (caller, query) = open(request)?;
        if over_rest && let Some(list) = list::prepared(&self.0, &self.1, &caller, &query, selection.as_ref())? {
            let mut response = Response::new(ApplicationList::default());
            response.extensions_mut().insert(Prepared(list));
            return Ok(response);
        }
        list::list(&self.0, &caller, &query).map(Response::new)
    }

    async fn list_resource_events(
        &self,
        request: Request<ApplicationResourceEventsQuery>,
    ) -> Result<Response<EventList>, Status> {
        let (caller, query) = open(request)?;
        events::list(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn watch(
        &self,
        request: Request<ApplicationQuery>,
    ) -> Result<Response<Messages<ApplicationWatchEvent>>, Status> {
        let (caller, query) = open(request)?;
        list::watch(&self.0, caller, &query).map(Response::new)
    }

    async fn create(&self, request: Request<ApplicationCreateRequest>) -> Result<Response<Application>, Status> {
        let (caller, request) = open(request)?;
        create::create(&self.0, &caller, request).await.map(Response::new)
    }

    async fn get(&self, request: Request<ApplicationQuery>) -> Result<Response<Application>, Status> {
        let (caller, query) = open(request)?;
        get::get(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn get_application_sync_windows(
        &self,
        request: Request<ApplicationSyncWindowsQuery>,
    ) -> Result<Response<ApplicationSyncWindowsResponse>, Status> {
        let (caller, query) = open(request)?;
        windows::windows(&self.0, &caller, &query).map(Response::new)
    }

    async fn revision_metadata(
        &self,
        request: Request<RevisionMetadataQuery>,
    ) -> Result<Response<RevisionMetadata>, Status> {
        let (caller, query) = open(request)?;
        revision::metadata(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn revision_chart_details(
        &self,
        request: Request<RevisionMetadataQuery>,
    ) -> Result<Response<ChartDetails>, Status> {
        let (caller, query) = open(request)?;
        revision::chart(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn get_oci_metadata(&self, request: Request<RevisionMetadataQuery>) -> Result<Response<OCIMetadata>, Status> {
        let (caller, query) = open(request)?;
        revision::artifact(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn get_manifests(
        &self,
        request: Request<ApplicationManifestQuery>,
    ) -> Result<Response<ManifestResponse>, Status> {
        let (caller, query) = open(request)?;
        manifests::manifests(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn get_manifests_with_files(
        &self,
        request: Request<Messages<ApplicationManifestQueryWithFilesWrapper>>,
    ) -> Result<Response<ManifestResponse>, Status> {
        let (caller, messages) = open(request)?;
        manifests::manifests_of_files(&self.0, &caller, messages).await.map(Response::new)
    }

    async fn update(&self, request: Request<ApplicationUpdateRequest>) -> Result<Response<Application>, Status> {
        let (caller, request) = open(request)?;
        update::update(&self.0, &caller, request).await.map(Response::new)
    }

    async fn update_spec(
        &self,
        request: Request<ApplicationUpdateSpecRequest>,
    ) -> Result<Response<ApplicationSpec>, Status> {
        let (caller, request) = open(request)?;
        update::update_spec(&self.0, &caller, request).await.map(Response::new)
    }

    async fn patch(&self, request: Request<ApplicationPatchRequest>) -> Result<Response<Application>, Status> {
        let (caller, request) = open(request)?;
        update::patch(&self.0, &caller, request).await.map(Response::new)
    }

    async fn delete(
        &self,
        request: Request<ApplicationDeleteRequest>,
    ) -> Result<Response<ApplicationResponse>, Status> {
        let (caller, request) = open(request)?;
        delete::delete(&self.0, &caller, &request).await?;
        Ok(Response::new(ApplicationResponse::default()))
    }

    async fn sync(&self, request: Request<ApplicationSyncRequest>) -> Result<Response<Application>, Status> {
        let (caller, request) = open(request)?;
        sync::sync(&self.0, &caller, request).await.map(Response::new)
    }

    async fn managed_resources(
        &self,
        request: Request<ResourcesQuery>,
    ) -> Result<Response<ManagedResourcesResponse>, Status> {
        let (caller, query) = open(request)?;
        tree::managed(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn server_side_diff(
        &self,
        request: Request<ApplicationServerSideDiffQuery>,
    ) -> Result<Response<ApplicationServerSideDiffResponse>, Status> {
        let (caller, query) = open(request)?;
        diff::server_side_diff(&self.0, &caller, query).await.map(Response::new)
    }

    async fn resource_tree(&self, request: Request<ResourcesQuery>) -> Result<Response<ApplicationTree>, Status> {
        let (caller, query) = open(request)?;
        tree::tree(&self.0, &caller, &query).await.map(Response::new)
    }

    async fn watch_resource_tree(
        &self,
        request: Request<ResourcesQuery>,
    ) -> Result<Response<Messages<ApplicationTree>>, Status> {
        let (caller, query) = open(request)?;
        tree::watch(&self.0, &caller, &query).map(Response::new)
    }

    async fn rollback(&self, request: Request<ApplicationRollbackRequest>) -> Result<Response<Application>, Status> {
        let (caller, request) = open(request)?;
        sync::rollback(&self.0, &caller, request).await.map(Response::new)
    }

    async fn terminate_operation(
        &self,
        request: Request<OperationTerminateRequest>,
    ) -> Result<Response<OperationTerminateResponse>, Status> {
        let (caller, request) = open(request)?;
        sync::terminate(&self.0, &caller, &request).await?;
        Ok(Response::new(OperationTerminateResponse::default()))
    }

    async fn get_resource(
        &self,
        request: Request<ApplicationResourceRequest>,
    ) -> Result<Response<ApplicationResourceResponse>, Status> {
        let (caller, request) = open(request)?;
        resource::get(&self.0, &caller, &request).await.map(Response::new)
    }

    async fn patch_resource(
        &self,
        request: Request<ApplicationResourcePatchRequest>,
    ) -> Result<Response<ApplicationResourceResponse>, Status> {
        let (caller, request) = open(request)?;
        resource::patch(&self.0, &caller, &request).await.map(Response::new)
    }

    async fn list_resource_actions(
        &self,
        request: Request<ApplicationResourceRequest>,
    ) -> Result<Response<ResourceActionsListResponse>, Status> {
        let (caller, request) = open(request)?;
        actions::list(&self.0, &caller, &request).await.map(Response::new)
    }

    async fn run_resource_action(
        &self,
        request: Request<ResourceActionRunRequest>,
    ) -> Result<Response<ApplicationResponse>, Status> {
        let (caller, old) = open(request)?;
        let request = ResourceActionRunRequestV2 {
            name: old.name,
            namespace: old.namespace,
            resource_name: old.resource_name,
            version: old.version,
            group: old.group,
            kind: old.kind,
            action: old.action,
            app_namespace: old.app_namespace,
            project: old.project,
            resource_action_parameters: Vec::new(),
        };
        actions::run(&self.0, &caller, &request).await?;
        Ok(Response::new(ApplicationResponse::default()))
    }

    async fn run_resource_action_v2(
        &self,
        request: Request<ResourceActionRunRequestV2>,
    ) -> Result<Response<ApplicationResponse>, Status> {
        let (caller, request) = open(request)?;
        actions::run(&self.0, &caller, &request).await?;
        Ok(Response::new(ApplicationResponse::default()))
    }

    async fn delete_resource(
        &self,
        request: Request<ApplicationResourceDeleteRequest>,
    ) -> Result<Response<ApplicationResponse>, Status> {
        let (caller, request) = open(request)?;
        resource::delete(&self.0, &caller, &request).await?;
        Ok(Response::new(ApplicationResponse::default()))
    }

    async fn pod_logs(
        &self,
        request: Request<ApplicationPodLogsQuery>,
    ) -> Result<Response<Messages<LogEntry>>, Status> {
        let (caller, query) = open(request)?;
        logs::logs(&self.0, &caller, query).await.map(Response::new)
    }

    async fn list_links(&self, request: Request<ListAppLinksRequest>) -> Result<Response<LinksResponse>, Status> {
        let (caller, request) = open(request)?;
        let named = find::Named {
            name: find::text(&request.name),
            namespace: find::text(&request.namespace),
            project: find::text(&request.project),
        };
        let found = find::find(&self.0, &caller, named)?;
        let about = LinksAbout::application(&self.0, &found.app);
        links(&self.0, "application.links", &about).map(Response::new)
    }

    async fn list_resource_links(
        &self,
        request: Request<ApplicationResourceRequest>,
    ) -> Result<Response<LinksResponse>, Status> {
        let (caller, request) = open(request)?;
        let (found, object) = resource::read(&self.0, &caller, &request).await?;
        let about = LinksAbout::application(&self.0, &found.app).with_resource(object);
        links(&self.0, "resource.links", &about).map(Response::new)
    }
}
