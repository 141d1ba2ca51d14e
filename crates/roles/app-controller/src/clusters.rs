//! [`Clusters`]: the destinations that are in use, each with its cache.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_glob::Glob;
use bowline_base_kube::{Auth, Client, Config, Exec, Runtime, Tls};
use bowline_base_task::Owned;
use bowline_base_value::Sensitive;
use bowline_core_control::ClusterRef;
use bowline_core_crd::{Application, ApplicationSourceType, SyncStatusCode};
use bowline_core_settings::{ClusterSecret, ResourceFilter, RespectRbac, Settings};
use bowline_core_types::{AppName, GroupKind, SecretKey};
use bowline_live_cache::{Batch, Cache, CacheConfig, Changes, KindFilter, Reading};
use bowline_plan_diff::IgnoreStatus;
use bowline_plan_ignore::IgnoreRules;
use bowline_sync_apply::KubeCluster;

use crate::Shared;
use crate::customizations::Customizations;

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
        let secrets = self.secret_key(&settings);
        let mut options = CacheConfig::new(secrets.clone(), self.seed);
        options.instances = settings.instance_id();
        options.filter = filter(&settings, &reference.server);
        options.reading = reading(shared);
        options.respect_rbac = match settings.respect_rbac {
            RespectRbac::Off => bowline_live_cache::RespectRbac::Off,
            RespectRbac::Normal => bowline_live_cache::RespectRbac::Normal,
            RespectRbac::Strict => bowline_live_cache::RespectRbac::Strict,
        };
        if let Some(secret) = &reference.secret {
            options.namespaces = secret.namespaces.clone();
            options.cluster_resources = secret.cluster_resources;
        }
        let runtime = Runtime { tasks: shared.tasks.clone(), ..shared.runtime.clone() };
        let (cache, changes) = Cache::start(client.clone(), options, &runtime);
        let cluster = Arc::new(KubeCluster::new(client, secrets, cache.discovery()));
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
    pub fn secret_key(&self, settings: &Settings) -> SecretKey {
        self.secrets.masking(settings.masked_annotations.iter().cloned())
    }

    /// Those that are in use.
    pub fn all(&self) -> Vec<Arc<Destination>> {
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Forgets the cluster `server`, whose Secret is gone or changed.
    pub fn forget(&self, keep: impl Fn(&ClusterRef) -> bool) {
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, d| keep(&d.reference));
    }

    /// The settings are others than `before`, and what they say of single kinds than `kinds`: the caches follow.
    pub(crate) fn settings_changed(&self, shared: &Shared, before: &Settings, kinds: &Arc<Customizations>) {
        let (now, kinds_now) = (shared.world.settings(), shared.customizations());
        // What is known of each object depends on these: everything is watched anew.
        let whole = |s: &Settings| (s.instance_id(), s.masked_annotations.clone(), s.respect_rbac);
        if whole(before) != whole(&now) {
            self.destinations.lock().unwrap_or_else(PoisonError::into_inner).clear();
            return;
        }
        let filters = |s: &Settings| (s.resource_exclusions.clone(), s.resource_inclusions.clone());
        let refilter = filters(before) != filters(&now);
        let heeds = |s: &Settings| (s.compare_options.clone(), s.ignore_resource_updates);
        let reread = !Arc::ptr_eq(kinds, &kinds_now) || heeds(before) != heeds(&now);
        for destination in self.all() {
            if refilter {
                destination.cache.set_filter(filter(&now, &destination.reference.server));
            }
            if reread {
                let other = |kind: &GroupKind| !kinds.same_health(&kinds_now, &kind.group, &kind.kind);
                destination.cache.set_reading(reading(shared), other);
            }
        }
    }
}

/// How live objects are read, by the settings in force.
fn reading(shared: &Shared) -> Reading {
    let (settings, customizations, clock) = (shared.world.settings(), shared.customizations(), shared.clock.clone());
    let unheeded =
        match (settings.ignore_resource_updates, settings.compare_option("ignoreDifferencesOnResourceUpdates")) {
            (false, _) => IgnoreRules::default(),
            (true, Some(false)) => customizations.unheeded.clone(),
            // What is not compared need not be looked at.
            (true, _) => customizations.unheeded.joined(&customizations.ignored),
        };
    Reading {
        assess: Arc::new(move |object| customizations.scripts.assess(object, clock.now())),
        compare_status: crate::rules::ignore_status(&settings) != IgnoreStatus::All,
        unheeded: Arc::new(move |object| unheeded.without(object)),
    }
}

/// Queues the applications that something happened to.
async fn feed(shared: Arc<Shared>, server: String, cache: Cache, cluster: Arc<KubeCluster>, mut changes: Changes) {
    loop {
        let batch = changes.next().await;
        let began = shared.clock.monotonic();
        let labels = vec![("server".to_string(), server.clone())];
        let number = i64::try_from(batch.apps.len()).unwrap_or(i64::MAX);
        shared.metrics.events_in_batch.get_or_create(&labels).set(number);
        for change in &batch.apps {
            let app = AppName::from_instance(&change.instance, &shared.config.namespace);
            shared.shown.touch(&app);
            shared.queue.add(app);
        }
        if batch.cluster || batch.served {
            cluster.set_discovery(cache.discovery());
        }
        if batch.cluster || !batch.kinds.is_empty() || !batch.namespaces.is_empty() {
            for (name, app) in shared.world.apps() {
                let project = shared.world.project(app.spec.project());
                let watches_orphans = project.is_some_and(|project| project.spec.orphaned_resources.is_some());
                if concerns(&batch, &app, watches_orphans) && is_here(&shared, &app, &server) {
                    shared.queue.add(name);
                }
            }
        }
        let took = (shared.clock.monotonic() - began).as_secs_f64();
        shared.metrics.events_processing.get_or_create(&labels).observe(took);
    }
}

fn is_here(shared: &Shared, app: &Application, server: &str) -> bool {
    let to = &app.spec.destination;
    shared.world.destination(&to.server, &to.name).is_ok_and(|cluster| cluster.server == server)
}

/// Whether what is new of a cluster matters to an application that deploys there.
fn concerns(batch: &Batch, app: &Application, watches_orphans: bool) -> bool {
    if batch.cluster {
        return true;
    }
    let loose = watches_orphans && batch.namespaces.contains(&*app.spec.destination.namespace);
    if loose || batch.kinds.is_empty() {
        return loose;
    }
    // One that could not be compared, or was not yet, may be mended by any kind; a running sync may wait for one.
    let open = app.status.reconciled_at.is_none()
        || app.status.sync.status == SyncStatusCode::Unknown
        || app.operation.is_some()
        || app.metadata.deletion_timestamp.is_some();
    // Charts may ask what the cluster serves.
    let charts = || {
        let tools = std::iter::once(&app.status.source_type).chain(&app.status.source_types);
        tools.into_iter().any(|tool| *tool != ApplicationSourceType::Directory)
    };
    let uses = || {
        let mut kinds = app.status.resources.iter();
        kinds.any(|r| batch.kinds.contains(&GroupKind { group: (*r.group).into(), kind: (*r.kind).into() }))
    };
    open || batch.served && charts() || uses()
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
            provide_cluster_info: exec.provide_cluster_info,
            cluster_config: exec.config.as_ref().map(serde_json::Value::from),
        })
    } else if auth.aws.is_some() {
        return Err(format!("cluster {}: awsAuthConfig is not supported yet; use execProviderConfig", secret.name));
    } else if !auth.bearer_token.expose().is_empty() {
        Auth::Token(auth.bearer_token.clone())
    } else if !auth.username.is_empty() {
        Auth::Basic { username: auth.username.clone(), password: auth.password.clone() }
    } else {
        Auth::None
    };
    Ok(Config {
        server: secret.server.clone(),
        tls: Tls {
            ca: pem(&auth.ca),
            cert: pem(&auth.cert),
            key: pem(auth.key.expose()).map(Sensitive::new),
            insecure: auth.insecure,
            only: None,
            server_name: text(&auth.server_name),
        },
        auth: who,
        proxy: text(&auth.proxy_url),
        ..Config::default()
    })
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::{Operation, ResourceStatus, Time};
    use jiff::Timestamp;

    use super::*;

    /// An application with a ConfigMap that was compared: what of a cluster concerns it.
    fn app(change: impl FnOnce(&mut Application)) -> Application {
        let mut app = Application::new("argocd", "a");
        app.spec.destination.namespace = "shop".into();
        app.status.reconciled_at = Some(Time::new(Timestamp::UNIX_EPOCH));
        app.status.sync.status = SyncStatusCode::Synced;
        app.status.source_type = ApplicationSourceType::Directory;
        let resource = ResourceStatus { kind: "ConfigMap".into(), ..ResourceStatus::default() };
        app.status.resources.push(resource);
        change(&mut app);
        app
    }

    #[test]
    fn only_those_are_woken_whom_it_concerns() {
        let kind = |group: &str, kind: &str| [GroupKind::new(group, kind)].into_iter().collect();
        let served = |kinds| Batch { kinds, served: true, ..Batch::default() };
        let plain = app(|_| {});
        let check =
            |batch: &Batch, app: &Application, want: bool| assert_eq!(concerns(batch, app, true), want, "{batch:?}");

        check(&Batch { cluster: true, ..Batch::default() }, &plain, true);
        check(&served(kind("x.io", "X")), &plain, false);
        check(&served(kind("", "ConfigMap")), &plain, true);
        check(&Batch { kinds: kind("", "ConfigMap"), ..Batch::default() }, &plain, true);
        let namespace = |name: &str| Batch { namespaces: [name.into()].into_iter().collect(), ..Batch::default() };
        check(&namespace("shop"), &plain, true);
        check(&namespace("elsewhere"), &plain, false);
        assert!(!concerns(&namespace("shop"), &plain, false), "the project does not watch for orphans");

        // Charts read what is served; what is open may be mended by any kind.
        check(&served(kind("x.io", "X")), &app(|a| a.status.source_type = ApplicationSourceType::Helm), true);
        let degraded = Batch { kinds: kind("x.io", "X"), ..Batch::default() };
        check(&degraded, &app(|a| a.status.source_type = ApplicationSourceType::Helm), false);
        check(&degraded, &app(|a| a.status.sync.status = SyncStatusCode::Unknown), true);
        check(&degraded, &app(|a| a.status.reconciled_at = None), true);
        check(&degraded, &app(|a| a.operation = Some(Operation::default())), true);
    }
}
