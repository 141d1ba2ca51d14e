//! `cluster.ClusterService`.

mod form;

use std::collections::BTreeMap;

use bowline_base_kube::Class;
use bowline_base_value::Value;
use bowline_core_control::ClusterRef;
use bowline_core_crd::{Cluster, ClusterCacheInfo, ClusterInfo, ClusterList, ConnectionState, Time};
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_rbac::{Action, Allowed, object};
use bowline_core_settings::{ClusterSecret, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};
use bowline_core_types::Object;
use bowline_web_wire::cluster::{
    ClusterCreateRequest, ClusterID, ClusterQuery, ClusterResponse, ClusterService, ClusterUpdateRequest,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::json;

use crate::caller::Caller;
use crate::context::{Context, secrets};
use crate::failure::{denied, failed, hidden, unreadable};
use crate::secret;

/// Clusters.
#[derive(Clone)]
pub struct Clusters(pub Context);

// === impl Clusters ===

impl Clusters {
    fn permit<A: Action>(
        &self,
        caller: &Caller,
        action: A,
        project: &str,
        url: &str,
    ) -> Result<Allowed<A, object::Cluster>, Status> {
        let cluster = object::Cluster { project: project.to_string(), url: url.to_string() };
        caller.enforcer().permit(action, cluster).map_err(denied)
    }

    /// The cluster that a query names. Whoever may not see it is told the same as where there is none.
    fn find<A: Action + Clone>(
        &self,
        caller: &Caller,
        action: A,
        query: &ClusterQuery,
    ) -> Result<(ClusterRef, Allowed<A, object::Cluster>), Status> {
        let (server, name) = names(query)?;
        let found = all(&self.0).into_iter().find(|cluster| {
            (server.is_empty() || cluster.server == server.trim_end_matches('/'))
                && (name.is_empty() || cluster.name == name)
        });
        let found = found.filter(|_| !server.is_empty() || !name.is_empty()).ok_or_else(hidden)?;
        let may = self.permit(caller, action, &found.project, &found.server);
        // Whoever may see it is told what he may not do.
        match may {
            Ok(allowed) => Ok((found, allowed)),
            Err(status) if self.permit(caller, Get, &found.project, &found.server).is_ok() => Err(status),
            Err(_) => Err(hidden()),
        }
    }

    async fn stored(&self, secret: &ClusterSecret) -> Result<Value, Status> {
        let found = self.0.client.find::<Value>(&secrets(), self.0.world.namespace(), &secret.secret).await;
        found.map_err(failed)?.ok_or_else(hidden)
    }

    /// Stores what became of a cluster and gives it as it is then.
    async fn write(&self, reference: &ClusterRef, wanted: &Cluster) -> Result<Cluster, Status> {
        let fields = form::fields(wanted)?;
        let version = self.version(&fields).await?;
        match &reference.secret {
            Some(known) => {
                let stored = Object::new(self.stored(known).await?).map_err(|e| unreadable("the Secret", e))?;
                let fields = form::with_unknown(fields, &stored)?;
                let metadata = json!({
                    "labels": replaced(&form::foreign(&known.labels), &form::foreign(&wanted.labels)),
                    "annotations": replaced(&form::foreign(&known.annotations), &form::foreign(&wanted.annotations)),
                });
                let patch = secret::patch(&fields, metadata);
                let changed = self.0.change(&secrets(), &known.secret, |_| Ok(Some(patch.clone()))).await?;
                changed.ok_or_else(hidden)?;
            }
            None => {
                // The cluster that needed no Secret gets one when something is said about it.
                let name = form::secret_name(&wanted.server);
                let object = secret::object(&name, "cluster", &fields, &wanted.labels, &wanted.annotations);
                self.0.create(&secrets(), &object).await.map_err(failed)?;
            }
        }
        self.settled(wanted).await;
        self.known(&wanted.server, &version).await
    }

    /// Waits until the world says what was written.
    async fn settled(&self, wanted: &Cluster) {
        let server = wanted.server.trim_end_matches('/');
        let is_it = |known: &ClusterSecret| {
            known.server == server
                && (wanted.name.is_empty() || known.name == wanted.name)
                && known.project == wanted.project
                && form::foreign(&known.labels) == form::foreign(&wanted.labels)
                && form::foreign(&known.annotations) == form::foreign(&wanted.annotations)
        };
        self.0.settle(|world| world.clusters().iter().any(|(_, known)| is_it(known))).await;
    }

    /// The version that the cluster tells; a cluster that cannot be reached is not stored.
    async fn version(&self, fields: &bowline_core_ports::Fields) -> Result<String, Status> {
        self.0.remotes.cluster_version(fields).await.map_err(Status::unknown)
    }

    async fn known(&self, server: &str, version: &str) -> Result<Cluster, Status> {
        let server = server.trim_end_matches('/');
        let reference = all(&self.0).into_iter().find(|cluster| cluster.server == server).ok_or_else(hidden)?;
        let mut cluster = shown(&self.0, &reference).await;
        if cluster.server_version.is_empty() && !version.is_empty() {
            let now = Some(Time::new(self.0.clock.now()));
            cluster.server_version = version.to_string();
            cluster.info.server_version = version.to_string();
            cluster.connection_state =
                ConnectionState { status: "Successful".into(), message: String::new(), attempted_at: now };
            cluster.info.connection_state = cluster.connection_state.clone();
        }
        Ok(cluster)
    }
}

#[tonic::async_trait]
impl ClusterService for Clusters {
    async fn list(&self, request: Request<ClusterQuery>) -> Result<Response<ClusterList>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        let (server, name) = names(&query)?;
        let mut items = Vec::new();
        for cluster in all(&self.0) {
            let named = (server.is_empty() || cluster.server == server.trim_end_matches('/'))
                && (name.is_empty() || cluster.name == name);
            if named && self.permit(&caller, Get, &cluster.project, &cluster.server).is_ok() {
                items.push(shown(&self.0, &cluster).await);
            }
        }
        Ok(Response::new(ClusterList { items, ..ClusterList::default() }))
    }

    async fn create(&self, request: Request<ClusterCreateRequest>) -> Result<Response<Cluster>, Status> {
        let caller = Caller::of(&request)?;
        let ClusterCreateRequest { cluster, upsert } = request.into_inner();
        let mut cluster = cluster.ok_or_else(|| Status::invalid_argument("missing payload 'cluster' in request"))?;
        cluster.server = cluster.server.trim_end_matches('/').to_string();
        let _may = self.permit(&caller, Create, &cluster.project, &cluster.server)?;
        form::check(&cluster)?;
        let existing = all(&self.0).into_iter().find(|known| known.server == cluster.server && known.secret.is_some());
        if let Some(existing) = existing {
            let _may_change = self.permit(&caller, Update, &existing.project, &existing.server);
            let same = existing.secret.as_deref().is_some_and(|known| form::is_same(known, &cluster));
            return match (same, upsert) {
                (true, _) => Ok(Response::new(shown(&self.0, &existing).await)),
                (false, true) => {
                    let _may = self.permit(&caller, Update, &existing.project, &existing.server)?;
                    self.write(&existing, &cluster).await.map(Response::new)
                }
                (false, false) => {
                    Err(Status::invalid_argument("existing cluster spec is different; use upsert flag to force update"))
                }
            };
        }
        let fields = form::fields(&cluster)?;
        let version = self.version(&fields).await?;
        let name = form::secret_name(&cluster.server);
        let object = secret::object(
            &name,
            "cluster",
            &fields,
            &form::foreign(&cluster.labels),
            &form::foreign(&cluster.annotations),
        );
        match self.0.create(&secrets(), &object).await {
            Ok(_) => {}
            Err(error) if error.is(Class::AlreadyExists) => {
                return Err(Status::already_exists(format!("cluster {:?} already exists", cluster.server)));
            }
            Err(error) => return Err(failed(error)),
        }
        self.settled(&cluster).await;
        self.known(&cluster.server, &version).await.map(Response::new)
    }

    async fn get(&self, request: Request<ClusterQuery>) -> Result<Response<Cluster>, Status> {
        let caller = Caller::of(&request)?;
        let (cluster, _may) = self.find(&caller, Get, &request.into_inner())?;
        Ok(Response::new(shown(&self.0, &cluster).await))
    }

    async fn update(&self, request: Request<ClusterUpdateRequest>) -> Result<Response<Cluster>, Status> {
        let caller = Caller::of(&request)?;
        let ClusterUpdateRequest { cluster, updated_fields, id } = request.into_inner();
        let asked = cluster.ok_or_else(|| Status::invalid_argument("missing payload 'cluster' in request"))?;
        let query = match &id {
            Some(id) if !id.value.is_empty() => ClusterQuery { id: Some(id.clone()), ..ClusterQuery::default() },
            _ => ClusterQuery { server: asked.server.clone(), name: asked.name.clone(), ..ClusterQuery::default() },
        };
        let query = if query.id.is_none() && !query.server.is_empty() {
            ClusterQuery { name: String::new(), ..query }
        } else {
            query
        };
        let (reference, _may) = self.find(&caller, Update, &query)?;
        let mut wanted = match &reference.secret {
            Some(known) => {
                form::read(known, &Object::new(self.stored(known).await?).map_err(|e| unreadable("the Secret", e))?)
            }
            None => form::in_cluster(),
        };
        if updated_fields.is_empty() {
            wanted = Cluster { server: reference.server.clone(), ..form::keep_secrets(asked, &wanted) };
        } else {
            form::take(&mut wanted, &asked, &updated_fields)?;
        }
        form::check(&wanted)?;
        if wanted.project != reference.project {
            // Whoever moves a cluster between projects must be allowed to in both.
            let _may = self.permit(&caller, Update, &wanted.project, &reference.server)?;
        }
        self.write(&reference, &wanted).await.map(Response::new)
    }

    async fn delete(&self, request: Request<ClusterQuery>) -> Result<Response<ClusterResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (cluster, _may) = self.find(&caller, Delete, &request.into_inner())?;
        if let Some(known) = &cluster.secret {
            self.0.forget_secret(&known.secret).await?;
            self.0.settle(|world| !secret::knows_cluster(world, &known.server)).await;
        }
        Ok(Response::new(ClusterResponse {}))
    }

    async fn rotate_auth(&self, request: Request<ClusterQuery>) -> Result<Response<ClusterResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (reference, _may) = self.find(&caller, Update, &request.into_inner())?;
        let known = reference.secret.as_ref().ok_or_else(|| {
            Status::invalid_argument(format!(
                "{} is reached without a token: there is nothing to rotate",
                reference.name
            ))
        })?;
        let stored = Object::new(self.stored(known).await?).map_err(|e| unreadable("the Secret", e))?;
        let mut cluster = form::read(known, &stored);
        let rotated = self.0.remotes.rotate(&form::fields(&cluster)?).await.map_err(Status::invalid_argument)?;
        cluster.config.bearer_token = rotated.token.expose().as_str().into();
        // It is tried before it is stored, and the old one goes when the new one is in force.
        self.write(&reference, &cluster).await?;
        let retired = self.0.remotes.retire(&form::fields(&cluster)?, &rotated).await;
        retired.map_err(|reason| {
            Status::unknown(format!("the cluster has a new token, but the old one could not be taken back: {reason}"))
        })?;
        Ok(Response::new(ClusterResponse {}))
    }

    async fn invalidate_cache(&self, request: Request<ClusterQuery>) -> Result<Response<Cluster>, Status> {
        let caller = Caller::of(&request)?;
        let (cluster, _may) = self.find(&caller, Update, &request.into_inner())?;
        self.0.engine.invalidate(&cluster.server).await;
        Ok(Response::new(shown(&self.0, &cluster).await))
    }
}

/// The part of a merge patch that makes `before` into `after`.
fn replaced(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> serde_json::Value {
    let gone = before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key.clone(), serde_json::Value::Null));
    gone.chain(after.iter().map(|(key, value)| (key.clone(), json!(value)))).collect()
}

/// The clusters of a project, for those who may see the project.
pub(crate) async fn of_project(context: &Context, project: &str) -> Vec<Cluster> {
    let mut clusters = Vec::new();
    for cluster in all(context) {
        if cluster.project == project {
            clusters.push(shown(context, &cluster).await);
        }
    }
    clusters
}

/// All clusters, the one that the server runs in among them, by URL.
fn all(context: &Context) -> Vec<ClusterRef> {
    let reference = |(_, secret): (String, std::sync::Arc<ClusterSecret>)| ClusterRef {
        server: secret.server.clone(),
        name: secret.name.clone(),
        project: secret.project.clone(),
        secret: Some(secret),
    };
    let mut clusters: Vec<ClusterRef> = context.world.clusters().into_iter().map(reference).collect();
    let enabled = context.world.settings().in_cluster_enabled;
    if enabled && !clusters.iter().any(|cluster| cluster.server == IN_CLUSTER_SERVER) {
        clusters.push(ClusterRef {
            server: IN_CLUSTER_SERVER.to_string(),
            name: IN_CLUSTER_NAME.to_string(),
            project: String::new(),
            secret: None,
        });
    }
    clusters.sort_by(|a, b| a.server.cmp(&b.server));
    clusters
}

/// A cluster as answers have it: without what must not be seen, with what is known of it.
async fn shown(context: &Context, reference: &ClusterRef) -> Cluster {
    let mut cluster = match &reference.secret {
        Some(secret) => form::shown(secret),
        None => form::in_cluster(),
    };
    let apps = context.world.applications().list();
    let here = |app: &bowline_core_crd::Application| {
        let to = &app.spec.destination;
        context.world.destination(&to.server, &to.name).is_ok_and(|cluster| cluster.server == reference.server)
    };
    let count = apps.iter().filter(|app| here(&app.object)).count();
    let mut info =
        ClusterInfo { applications_count: i64::try_from(count).unwrap_or(i64::MAX), ..ClusterInfo::default() };
    match context.engine.cluster(&reference.server).await {
        Some(facts) => {
            info.connection_state =
                ConnectionState { status: facts.status.to_string(), message: facts.message, attempted_at: None };
            info.server_version = facts.version;
            info.cache_info = ClusterCacheInfo {
                resources_count: i64::try_from(facts.objects).unwrap_or(i64::MAX),
                apis_count: i64::try_from(facts.kinds).unwrap_or(i64::MAX),
                // Watches go on from where they were: there is no time at which everything was listed anew.
                last_cache_sync_time: None,
            };
            info.api_versions = facts.api_versions;
        }
        None => {
            let message = "Cluster has no applications and is not being monitored.".to_string();
            info.connection_state = ConnectionState { status: "Unknown".into(), message, attempted_at: None };
        }
    }
    cluster.connection_state = info.connection_state.clone();
    cluster.server_version.clone_from(&info.server_version);
    cluster.info = info;
    cluster
}

/// The server and the name that a query asks for; one of them may be empty.
fn names(query: &ClusterQuery) -> Result<(String, String), Status> {
    let mut names = (query.server.clone(), query.name.clone());
    if let Some(ClusterID { type_, value }) = &query.id
        && !value.is_empty()
    {
        match type_.as_str() {
            "name" => names.1.clone_from(value),
            "name_escaped" => names.1 = form::unescaped(value)?,
            _ => names.0.clone_from(value),
        }
    }
    Ok(names)
}
