//! The [`Engine`] port as the controller has it: what it compared last, and what its caches hold.

mod managed;
mod tree;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_value::Value;
use bowline_core_crd::{Application, ApplicationTree, ResourceDiff};
use bowline_core_ports::{
    BoxFuture, ClusterFacts, Engine, EngineError, EngineErrorKind, Freshness, Manifests, Origin, PlanAsked, Reached,
};
use bowline_core_types::{AppName, Object, ResourceKey, hide_secret};
use bowline_live_cache::Connection;
use futures::Stream;
use tokio::sync::watch;

use crate::Shared;
use crate::acting::acting;
use crate::clusters::Destination;
use crate::compare::{Compared, Item, Memory};
use crate::desired::{Asked, Desired, Target, desired, of_files};
use crate::foresee::{Ground, Plan, Selection, Wish, foresee};
use crate::orphaned::orphaned;
use crate::rules::Comparing;

/// What the last look at each application found.
#[derive(Default)]
pub struct Shown {
    apps: Mutex<HashMap<AppName, Entry>>,
}

#[derive(Default)]
struct Entry {
    look: Option<Arc<Look>>,
    /// Sent to whenever the tree or the objects may have changed.
    changed: watch::Sender<()>,
}

/// What a look at an application found.
pub struct Look {
    items: Vec<(Item, Option<Object>)>,
    hooks: Arc<Vec<Object>>,
    comparing: Comparing,
    destination: Arc<Destination>,
}

/// The port, for who shows applications.
pub struct Served(pub(crate) Arc<Shared>);

// === impl Shown ===

impl Shown {
    /// Keeps what was found, and tells those who wait for it.
    pub fn put(
        &self,
        app: &AppName,
        compared: &Compared,
        desired: &Desired,
        comparing: &Comparing,
        destination: &Arc<Destination>,
        memory: &Memory,
    ) {
        let items = compared.items.iter().map(|item| (item.clone(), memory.predicted(&item.key).cloned())).collect();
        let (hooks, destination) = (desired.hooks.clone(), destination.clone());
        let look = Arc::new(Look { items, hooks, comparing: comparing.clone(), destination });
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = apps.entry(app.clone()).or_default();
        entry.look = Some(look);
        entry.changed.send_replace(());
    }

    /// The cluster told of a change of the application's objects, or of what they own.
    pub fn touch(&self, app: &AppName) {
        if let Some(entry) = self.apps.lock().unwrap_or_else(PoisonError::into_inner).get(app) {
            entry.changed.send_replace(());
        }
    }

    /// The application is gone. Who waits for changes of it is told that there are none to come.
    pub fn forget(&self, app: &AppName) {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner).remove(app);
    }

    fn look(&self, app: &AppName) -> Option<Arc<Look>> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner).get(app)?.look.clone()
    }

    fn follow(&self, app: &AppName) -> watch::Receiver<()> {
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        apps.entry(app.clone()).or_default().changed.subscribe()
    }
}

// === impl Served ===

impl Served {
    /// The last look. Of an application that was not looked at yet the way to its cluster is still known.
    fn look(&self, name: &AppName) -> Result<Arc<Look>, EngineError> {
        if let Some(look) = self.0.shown.look(name) {
            return Ok(look);
        }
        match self.0.world.app(name) {
            None => Err(EngineError::new(EngineErrorKind::NotFound, format!("application {name} is not known"))),
            Some(app) => {
                let why = app.status.conditions.iter().find(|condition| condition.type_.is_error());
                let why = why.map_or_else(
                    || "it has not been compared since the server started".to_string(),
                    |condition| condition.message.clone(),
                );
                Err(EngineError::new(EngineErrorKind::NotYet, format!("nothing is known of application {name}: {why}")))
            }
        }
    }

    fn destination(&self, app: &Application) -> Result<Arc<Destination>, EngineError> {
        let failed = |reason: String| EngineError::new(EngineErrorKind::Failed, reason);
        let to = &app.spec.destination;
        let reference = self.0.world.destination(&to.server, &to.name).map_err(failed)?;
        self.0.clusters.get(&self.0, &reference).map_err(failed)
    }

    async fn render(&self, app: &Application, origin: Origin) -> Result<Manifests, EngineError> {
        let failed = |reason: String| EngineError::new(EngineErrorKind::Failed, reason);
        let destination = self.destination(app)?;
        let name = AppName::new(app.metadata.namespace.as_str(), app.metadata.name.as_str());
        let instance = name.instance(&self.0.config.namespace);
        let namespace = app.spec.destination.namespace.as_str();
        let freshness = match origin {
            Origin::Sources { anew: true, .. } => Freshness::Now,
            _ => Freshness::Known,
        };
        let hard = freshness == Freshness::Now;
        let asked = Asked { instance: &instance, project: app.spec.project(), namespace, freshness, hard };
        let found = match origin {
            Origin::Sources { revisions, .. } => {
                let target = Target { sources: app.spec.sources(), revisions };
                desired(&self.0, &destination, &target, asked, &mut None).await.map_err(failed)?
            }
            Origin::Files(tree) => {
                let sources = app.spec.sources();
                let [source] = &sources[..] else {
                    let message = "local files can only stand in for the source of an application with one source";
                    return Err(EngineError::new(EngineErrorKind::Invalid, message));
                };
                of_files(&self.0, &destination, source, &tree, asked).await.map_err(failed)?
            }
        };
        let key = &self.0.clusters.secret_key(&self.0.world.settings());
        let objects = found.objects.iter().chain(found.hooks.iter());
        Ok(Manifests {
            objects: objects.map(|object| hide_secret(object.clone(), key)).collect(),
            source_types: found.tools.iter().map(|tool| tool.as_str().to_string()).collect(),
            revisions: found.revisions,
        })
    }
}

impl Served {
    async fn foresee(&self, app: &Application, asked: PlanAsked) -> Result<Value, EngineError> {
        let failed = |reason: String| EngineError::new(EngineErrorKind::Failed, reason);
        let invalid = |reason: String| EngineError::new(EngineErrorKind::Invalid, reason);
        let selection = Selection::parse(&asked.resources).map_err(invalid)?;
        let project = self.0.world.project(app.spec.project());
        let project = project.ok_or_else(|| invalid(format!("the project '{}' does not exist", app.spec.project())))?;
        let destination = self.destination(app)?;
        let cluster = match acting(&self.0, app, Some(&project), &destination) {
            Ok(cluster) => cluster,
            Err(reason) => return Ok(Plan::refused(app, &asked.revisions, Some(reason)).json()),
        };
        let control = self.0.config.namespace.as_str();
        let instance = app.instance_name(control);
        let target = Target { sources: app.spec.sources(), revisions: asked.revisions };
        let request = Asked {
            instance: &instance,
            project: app.spec.project(),
            namespace: &app.spec.destination.namespace,
            freshness: Freshness::Now,
            hard: false,
        };
        let found = desired(&self.0, &destination, &target, request, &mut None).await.map_err(failed)?;
        let objects: Vec<Object> = found.objects.iter().chain(found.hooks.iter()).cloned().collect();
        let secrets = self.0.clusters.secret_key(&self.0.world.settings());
        let (comparing, _) = Comparing::by_settings(app, &self.0.world);
        let ground = Ground {
            world: &self.0.world,
            control,
            cluster: &*cluster,
            reads: &*destination.cluster,
            reference: &destination.reference,
            secrets: &secrets,
            project: &project,
            comparing: &comparing,
        };
        let wish = Wish {
            objects: &objects,
            revisions: &found.revisions,
            prune: asked.prune,
            confirmed: asked.confirmed,
            selection: &selection,
            now: self.0.clock.now(),
        };
        Ok(foresee(&ground, app, wish).await.map_err(failed)?.json())
    }
}

impl Engine for Served {
    fn tree<'a>(&'a self, app: &'a AppName) -> BoxFuture<'a, Result<ApplicationTree, EngineError>> {
        Box::pin(async move {
            let look = self.look(app)?;
            let instance = app.instance(&self.0.config.namespace);
            let cache = &look.destination.cache;
            let mut tree = tree::tree(cache, &instance, look.items.iter().map(|(item, _)| item));
            let stored = self.0.world.app(app);
            let project = stored.as_ref().and_then(|app| self.0.world.project(app.spec.project()));
            if let (Some(app), Some(project)) = (stored, project) {
                tree.orphaned_nodes = tree::with_owned(cache, orphaned(&self.0, &app, &project, &look.destination));
            }
            Ok(tree)
        })
    }

    fn managed<'a>(&'a self, app: &'a AppName) -> BoxFuture<'a, Result<Vec<ResourceDiff>, EngineError>> {
        Box::pin(async move {
            let look = self.look(app)?;
            let live =
                |key: &ResourceKey| look.destination.cache.get(key)?.live.as_ref().map(|live| live.object.clone());
            let secrets = self.0.clusters.secret_key(&self.0.world.settings());
            Ok(managed::managed(&look.items, &look.hooks, &live, &look.comparing, &secrets))
        })
    }

    fn changes(&self, app: &AppName) -> Pin<Box<dyn Stream<Item = ()> + Send>> {
        let mut changed = self.0.shown.follow(app);
        changed.mark_changed();
        Box::pin(futures::stream::unfold(changed, async |mut changed| {
            changed.changed().await.ok()?;
            Some(((), changed))
        }))
    }

    fn manifests<'a>(&'a self, app: &'a Application, origin: Origin) -> BoxFuture<'a, Result<Manifests, EngineError>> {
        Box::pin(self.render(app, origin))
    }

    fn plan<'a>(&'a self, app: &'a Application, asked: PlanAsked) -> BoxFuture<'a, Result<Value, EngineError>> {
        Box::pin(self.foresee(app, asked))
    }

    fn reach<'a>(&'a self, app: &'a Application) -> BoxFuture<'a, Result<Reached, EngineError>> {
        Box::pin(async move {
            let destination = self.destination(app)?;
            let project = self.0.world.project(app.spec.project());
            let cluster = acting(&self.0, app, project.as_deref(), &destination)
                .map_err(|reason| EngineError::new(EngineErrorKind::Invalid, reason))?;
            Ok(Reached {
                cluster: cluster.clone(),
                pods: cluster,
                server: destination.reference.server.clone(),
                name: destination.reference.name.clone(),
            })
        })
    }

    fn cluster<'a>(&'a self, server: &'a str) -> BoxFuture<'a, Option<ClusterFacts>> {
        Box::pin(async move {
            let destination = self.0.clusters.all().into_iter().find(|known| known.reference.server == server)?;
            let state = destination.cache.state();
            let (status, message) = match state.connection {
                Connection::Connected => ("Successful", String::new()),
                Connection::Connecting => ("Unknown", "Cluster has no application and is not being monitored.".into()),
                Connection::Failed { reason, .. } => ("Failed", reason),
            };
            let version = state.server_version.unwrap_or_default();
            let version = version.trim_start_matches('v').split('.').take(2).collect::<Vec<_>>().join(".");
            Some(ClusterFacts {
                status,
                message,
                version,
                objects: destination.cache.kinds().iter().map(|kind| kind.objects).sum(),
                kinds: state.kinds,
                api_versions: destination.cache.discovery().api_versions(),
            })
        })
    }

    fn invalidate<'a>(&'a self, server: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move { self.0.clusters.forget(|known| known.server != server) })
    }
}
