//! [`Clusters`]: the destinations that are in use, each with its cache.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_glob::Glob;
use bowline_base_kube::{Auth, Client, Config, Exec, Runtime, Secret, Tls};
use bowline_base_task::Owned;
use bowline_core_settings::{ClusterSecret, ResourceFilter, Settings};
use bowline_core_types::{AppName, SecretKey};
use bowline_live_cache::{Cache, CacheConfig, Changes, KindFilter};
use bowline_sync_apply::KubeCluster;

use crate::Shared;
use bowline_core_control::ClusterRef;

/// One destination cluster.
pub struct Destination {
    /// Its names.
    pub reference: ClusterRef,
    /// What it holds.
    pub cache: Cache,
    /// The way to write to it.
    pub cluster: Arc<KubeCluster>,
    /// Tells the queue what happened there; ends with this.
    _feed: Owned,
}

/// The destinations that are in use. A cluster that nobody deploys to is not watched.
pub struct Clusters {
    destinations: Mutex<HashMap<String, Arc<Destination>>>,
    /// Stands for what Secrets hold; another one at every start.
    secrets: SecretKey,
    seed: u64,
}

// === impl Clusters ===

impl Clusters {
    /// No destinations yet.
    pub fn new(secrets: SecretKey, seed: u64) -> Clusters {
        Clusters { destinations: Mutex::default(), secrets, seed }
    }

    /// The destination, watched from now on. One whose Secret changed is reached anew.
    pub(crate) fn get(&self, shared: &Arc<Shared>, reference: &ClusterRef) -> Result<Arc<Destination>, String> {
        let mut destinations = self.destinations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = destinations.get(&reference.server)
            && known.reference.secret == reference.secret
            && known.reference.name == reference.name
        {
            return Ok(known.clone());
        }
        let settings = shared.world.settings();
        let client = match &reference.secret {
            None => shared.client.clone(),
            Some(secret) => Client::new(&config(secret)?, &shared.runtime).map_err(|e| e.to_string())?,
        };
        let mut options = CacheConfig::new(self.secrets.clone(), self.seed);
        options.instances = settings.instance_id();
        options.filter = filter(&settings, &reference.server);
        if let Some(secret) = &reference.secret {
            options.namespaces = secret.namespaces.clone();
            options.cluster_resources = secret.cluster_resources;
        }
        let runtime = Runtime { tasks: shared.tasks.clone(), ..shared.runtime.clone() };
        let (cache, changes) = Cache::start(client.clone(), options, &runtime);
        let cluster = Arc::new(KubeCluster::new(client, self.secrets.clone(), cache.discovery()));
        let told = feed(shared.clone(), reference.server.clone(), cache.clone(), cluster.clone(), changes);
        let cancel = shared.tasks.cancel_token().clone();
        let feed = shared.tasks.spawn_owned(format!("changes of {}", reference.name), async move {
            cancel.run(told).await;
        });
        let destination = Arc::new(Destination { reference: reference.clone(), cache, cluster, _feed: feed });
        destinations.insert(reference.server.clone(), destination.clone());
        Ok(destination)
    }

    /// What stands for what Secrets hold is made with it.
    pub fn secret_key(&self) -> &SecretKey {
        &self.secrets
    }

    /// Those that are in use.
    pub fn all(&self) -> Vec<Arc<Destination>> {
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Forgets the cluster `server`, whose Secret is gone or changed.
    pub fn forget(&self, keep: impl Fn(&ClusterRef) -> bool) {
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, d| keep(&d.reference));
    }

    /// Everything is watched anew: settings that caches depend on have changed.
    pub fn forget_all(&self) {
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Queues the applications that something happened to.
async fn feed(shared: Arc<Shared>, server: String, cache: Cache, cluster: Arc<KubeCluster>, mut changes: Changes) {
    loop {
        let batch = changes.next().await;
        for change in batch.apps {
            let app = AppName::from_instance(&change.instance, &shared.config.namespace);
            shared.shown.touch(&app);
            shared.queue.add(app);
        }
        if batch.cluster {
            cluster.set_discovery(cache.discovery());
            for (name, app) in shared.world.apps() {
                let destination = &app.spec.destination;
                let here = shared.world.destination(&destination.server, &destination.name);
                if here.is_ok_and(|cluster| cluster.server == server) {
                    shared.queue.add(name);
                }
            }
        }
    }
}

fn filter(settings: &Settings, server: &str) -> KindFilter {
    let hit = |filters: &[ResourceFilter]| -> Vec<(Vec<Glob>, Vec<Glob>)> {
        let globs = |patterns: &[String]| patterns.iter().filter_map(|p| Glob::new(p, &[]).ok()).collect::<Vec<Glob>>();
        filters
            .iter()
            .filter(|f| f.clusters.is_empty() || globs(&f.clusters).iter().any(|glob| glob.matches(server)))
            .map(|f| (globs(&f.api_groups), globs(&f.kinds)))
            .collect()
    };
    let (excluded, included) = (hit(&settings.resource_exclusions), hit(&settings.resource_inclusions));
    let any = |list: &[(Vec<Glob>, Vec<Glob>)], group: &str, kind: &str| {
        list.iter().any(|(groups, kinds)| {
            (groups.is_empty() || groups.iter().any(|glob| glob.matches(group)))
                && (kinds.is_empty() || kinds.iter().any(|glob| glob.matches(kind)))
        })
    };
    KindFilter::new(move |group, kind| {
        (included.is_empty() || any(&included, group, kind)) && !any(&excluded, group, kind)
    })
}

/// How a cluster is reached, as its Secret says; a sentence where it says what cannot be done.
pub fn config(secret: &ClusterSecret) -> Result<Config, String> {
    let auth = &secret.auth;
    let pem = |text: &str| (!text.is_empty()).then(|| text.as_bytes().to_vec());
    let text = |text: &str| (!text.is_empty()).then(|| text.to_string());
    let who = if let Some(exec) = &auth.exec {
        Auth::Exec(Exec {
            command: exec.command.clone(),
            args: exec.args.clone(),
            env: exec.env.clone(),
            api_version: exec.api_version.clone(),
            install_hint: exec.install_hint.clone(),
            provide_cluster_info: false,
        })
    } else if auth.aws.is_some() {
        return Err(format!("cluster {}: awsAuthConfig is not supported yet; use execProviderConfig", secret.name));
    } else if !auth.bearer_token.expose().is_empty() {
        Auth::Token(Secret::new(auth.bearer_token.expose().clone()))
    } else if !auth.username.is_empty() {
        let password = Secret::new(auth.password.expose().clone());
        Auth::Basic { username: auth.username.clone(), password }
    } else {
        Auth::None
    };
    Ok(Config {
        server: secret.server.clone(),
        tls: Tls {
            ca: pem(&auth.ca),
            cert: pem(&auth.cert),
            key: pem(auth.key.expose()).map(Secret::new),
            insecure: auth.insecure,
            server_name: text(&auth.server_name),
        },
        auth: who,
        proxy: text(&auth.proxy_url),
        ..Config::default()
    })
}
