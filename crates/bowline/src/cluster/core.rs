//! Clusters where there is no server: the Secrets that hold them.

use std::time::Duration;

use bowline_base_value::{Value, to_json};
use bowline_core_crd::{Cluster, ClusterInfo, ConnectionState};
use bowline_core_settings::{ClusterSecret, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};
use bowline_core_types::{Object, annotation};
use bowline_roles_app_controller::cluster_config;

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, Resource, remove_secret, secret, secret_name, to_raw};

/// How long `cluster list` waits for a cluster to say its version.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes or changes the cluster's Secret.
pub(super) async fn store(kube: &Kube, global: &Global, cluster: &Cluster, upsert: bool) -> Result<(), CliError> {
    let server = cluster.server.as_str();
    let known = clusters(kube, global).await?;
    let same = known.iter().find(|known| known.server == server);
    if same.is_some() && !upsert {
        return Err(CliError::failed(format!("cluster '{server}' is there already")).hint("use --upsert to change it"));
    }
    let name = match same {
        Some(cluster) => cluster.secret.clone(),
        None => {
            let host = server.split_once("://").map_or(server, |(_, rest)| rest);
            let host = host.split(['/', ':']).next().unwrap_or_default().to_lowercase();
            secret_name(&format!("cluster-{host}"), server)
        }
    };
    let login = to_json(&to_raw(&cluster.config)?, false);
    let fields = [
        ("name", Some(cluster.name.clone())),
        ("server", Some(server.to_string())),
        ("namespaces", (!cluster.namespaces.is_empty()).then(|| cluster.namespaces.join(","))),
        ("clusterResources", cluster.cluster_resources.then(|| "true".to_string())),
        ("project", Some(cluster.project.clone()).filter(|project| !project.is_empty())),
        ("shard", cluster.shard.map(|shard| shard.to_string())),
        ("config", Some(login)),
    ];
    let data: Value = fields.into_iter().filter_map(|(key, value)| Some((key, Value::from(value?)))).collect();
    let mut object = secret(&name, &global.namespace, "cluster", data);
    for (field, pairs) in [("labels", &cluster.labels), ("annotations", &cluster.annotations)] {
        let map = object.ensure_path(&["metadata", field]).and_then(Value::as_object_mut);
        let map = map.expect("because a new Secret has labels and annotations");
        pairs.iter().for_each(|(key, value)| drop(map.insert(key.as_str(), value.as_str())));
    }
    // Read as the server will, so that what it cannot use is not stored.
    let read = Object::new(object.clone()).map_err(|e| CliError::failed(e.to_string()))?;
    ClusterSecret::from_secret(&read).map_err(|e| CliError::failed(e.to_string()))?;
    match same {
        Some(_) => kube.merge(Resource::Secrets, &global.namespace, &name, &object).await?,
        None => kube.create(Resource::Secrets, &global.namespace, &object).await?,
    };
    Ok(())
}

/// What is to be changed of a cluster: its name, namespaces, labels and annotations, where they are given.
pub(super) async fn set(kube: &Kube, global: &Global, wanted: &str, change: &super::SetArgs) -> Result<(), CliError> {
    let known = clusters(kube, global).await?;
    let cluster = find(&known, wanted)?;
    let mut patch = Value::object();
    let mut put = |path: &[&str], value: Value| {
        if let Some(place) = patch.ensure_path(path) {
            *place = value;
        }
    };
    if let Some(name) = &change.name {
        put(&["stringData", "name"], name.as_str().into());
    }
    if let Some(namespaces) = change.namespaces() {
        put(&["stringData", "namespaces"], namespaces.join(",").into());
    }
    for (key, value) in super::pairs(&change.labels, "--label")? {
        put(&["metadata", "labels", &key], value.into());
    }
    for (key, value) in super::pairs(&change.annotations, "--annotation")? {
        put(&["metadata", "annotations", &key], value.into());
    }
    kube.merge(Resource::Secrets, &global.namespace, &cluster.secret, &patch).await?;
    Ok(())
}

/// The clusters, the one that holds the Applications too; where `asks`, with their versions or why these cannot be had.
pub(super) async fn list(kube: &Kube, global: &Global, asks: bool) -> Result<Vec<Cluster>, CliError> {
    let found = clusters(kube, global).await?;
    let world = crate::control::world(kube, global).await?;
    let mut told: Vec<Cluster> = Vec::new();
    if world.settings().in_cluster_enabled && !found.iter().any(|c| c.server == IN_CLUSTER_SERVER) {
        let own =
            Cluster { name: IN_CLUSTER_NAME.to_string(), server: IN_CLUSTER_SERVER.to_string(), ..Cluster::default() };
        let state = if asks { Some(version(kube.client()).await) } else { None };
        told.push(with_state(own, state));
    }
    let asked = found.iter().map(async |cluster| match asks {
        false => None,
        true => {
            Some(match cluster_config(cluster).and_then(|config| kube.beside(&config).map_err(|e| e.to_string())) {
                Ok(client) => version(&client).await,
                Err(reason) => Err(reason),
            })
        }
    });
    let states = futures::future::join_all(asked).await;
    told.extend(found.iter().zip(states).map(|(cluster, state)| {
        let told = Cluster {
            name: cluster.name.clone(),
            server: cluster.server.clone(),
            namespaces: cluster.namespaces.clone(),
            cluster_resources: cluster.cluster_resources,
            project: cluster.project.clone(),
            ..Cluster::default()
        };
        with_state(told, state)
    }));
    Ok(told)
}

fn with_state(mut cluster: Cluster, state: Option<Result<String, String>>) -> Cluster {
    let (version, status, message) = match state {
        None => return cluster,
        Some(Ok(version)) => (version, "Successful", String::new()),
        Some(Err(reason)) => (String::new(), "Failed", reason),
    };
    cluster.server_version.clone_from(&version);
    cluster.connection_state = ConnectionState { status: status.to_string(), message, attempted_at: None };
    cluster.info = ClusterInfo { server_version: version, ..ClusterInfo::default() };
    cluster.info.connection_state = cluster.connection_state.clone();
    cluster
}

async fn version(client: &bowline_base_kube::Client) -> Result<String, String> {
    match tokio::time::timeout(PATIENCE, crate::kube::version_of(client)).await {
        Ok(version) => Ok(version.map_err(|e| e.to_string())?.trim_start_matches('v').to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

/// A cluster without its secrets, as the lists of this mode tell it.
pub(super) fn shown(cluster: &Cluster) -> Value {
    let mut fields = vec![("name", Value::from(cluster.name.as_str())), ("server", cluster.server.as_str().into())];
    if !cluster.namespaces.is_empty() {
        fields.push(("namespaces", cluster.namespaces.iter().map(|n| Value::from(n.as_str())).collect()));
        fields.push(("clusterResources", cluster.cluster_resources.into()));
    }
    if !cluster.project.is_empty() {
        fields.push(("project", cluster.project.as_str().into()));
    }
    fields.into_iter().collect()
}

/// Forgets a cluster, and gives its name.
pub(super) async fn forget(kube: &Kube, global: &Global, wanted: &str) -> Result<String, CliError> {
    let known = clusters(kube, global).await?;
    let cluster = find(&known, wanted)?;
    remove_secret(kube, global, &cluster.secret).await?;
    Ok(cluster.name.clone())
}

/// Whether there is such a cluster.
pub(super) async fn check(kube: &Kube, global: &Global, wanted: &str) -> Result<(), CliError> {
    find(&clusters(kube, global).await?, wanted).map(drop)
}

fn find<'a>(known: &'a [ClusterSecret], wanted: &str) -> Result<&'a ClusterSecret, CliError> {
    let same = |c: &&ClusterSecret| c.server == wanted.trim_end_matches('/') || c.name == *wanted;
    known.iter().find(same).ok_or_else(|| {
        CliError::failed(format!("there is no cluster '{wanted}'")).hint("bowline cluster list shows them")
    })
}

/// The clusters that Secrets tell of, by name.
async fn clusters(kube: &Kube, global: &Global) -> Result<Vec<ClusterSecret>, CliError> {
    let selector = format!("{}=cluster", annotation::SECRET_TYPE);
    let secrets = kube.list(Resource::Secrets, &global.namespace, &selector).await?;
    let mut found = Vec::new();
    for raw in secrets {
        let read = Object::new(raw)
            .map_err(|e| e.to_string())
            .and_then(|object| ClusterSecret::from_secret(&object).map_err(|e| e.to_string()));
        match read {
            Ok(cluster) => found.push(cluster),
            // One that cannot be read hides no others.
            Err(reason) => files::warn(&reason),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
