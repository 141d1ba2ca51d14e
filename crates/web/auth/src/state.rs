//! [`State`]: what the control namespace says about logins and permissions, read once for each change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bowline_core_control::{Stored, World};
use bowline_core_crd::AppProject;
use bowline_core_rbac::{Engine, Policy, PolicySource, ProjectPolicy};
use bowline_core_settings::{Map, ServerSecret};
use bowline_core_types::Sensitive;
use tokio::sync::watch;

use crate::accounts::{self, Accounts};
use crate::config::{AuthConfig, CONFIG};
use crate::revocation::{REVOKED_SESSIONS, Revocations};

/// The ConfigMap with the policy.
const POLICY: &str = "argocd-rbac-cm";

/// What the control namespace says at one moment.
#[derive(Debug)]
pub(crate) struct State {
    pub config: Arc<AuthConfig>,
    pub accounts: Arc<Accounts>,
    /// `server.secretkey`; `None` before the first start is through.
    pub signing_key: Option<Sensitive<String>>,
    pub secret: Arc<ServerSecret>,
    pub revocations: Arc<Revocations>,
    pub engine: Arc<Engine>,
}

/// Keeps the [`State`] that belongs to what the [`World`] says now.
#[derive(Debug)]
pub(crate) struct States {
    world: Arc<World>,
    configured: watch::Receiver<u64>,
    /// Changes where something changed here that the world does not know yet.
    touched: watch::Sender<u64>,
    now: RwLock<(u64, Arc<State>)>,
    read: Mutex<Read>,
}

/// Tells that accounts, tokens, sessions, the policy, projects or settings may have changed.
#[derive(Clone, Debug)]
pub struct Changes {
    configured: watch::Receiver<u64>,
    touched: watch::Receiver<u64>,
}

/// What the current state was read from, so that only what changed is read again.
#[derive(Debug, Default)]
struct Read {
    config: Option<Map>,
    policy: Option<Map>,
    revoked: Option<Map>,
    secret: Arc<ServerSecret>,
    projects: Option<Arc<[Arc<Stored<AppProject>>]>>,
    project_policies: HashMap<String, (u64, Arc<ProjectPolicy>)>,
}

// === impl States ===

impl States {
    pub(crate) fn new(world: Arc<World>) -> States {
        let state = State {
            config: Arc::default(),
            accounts: Arc::default(),
            signing_key: None,
            secret: Arc::default(),
            revocations: Arc::new(Revocations::read(&Map::new())),
            engine: Arc::new(Engine::new(Arc::new(Policy::builtin()))),
        };
        let configured = world.configured();
        // No number is this one, so the first look reads everything.
        States {
            world,
            configured,
            touched: watch::Sender::new(0),
            now: RwLock::new((u64::MAX, Arc::new(state))),
            read: Mutex::default(),
        }
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// Changes whenever the state may have.
    pub(crate) fn changes(&self) -> Changes {
        Changes { configured: self.configured.clone(), touched: self.touched.subscribe() }
    }

    /// Says that something changed here that the world does not know yet.
    pub(crate) fn touch(&self) {
        self.touched.send_modify(|number| *number += 1);
    }

    /// What the control namespace says now.
    pub(crate) fn now(&self) -> Arc<State> {
        let number = *self.configured.borrow();
        let held = |this: &States| {
            let now = this.now.read().unwrap_or_else(PoisonError::into_inner);
            (now.0 == number).then(|| now.1.clone())
        };
        if let Some(state) = held(self) {
            return state;
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = held(self) {
            return state; // another one was faster
        }
        let before = self.now.read().unwrap_or_else(PoisonError::into_inner).1.clone();
        let state = Arc::new(read.state(&before, &self.world));
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = (number, state.clone());
        state
    }
}

// === impl Changes ===

impl Changes {
    /// Takes everything up to now for seen: call it before looking.
    pub fn see(&mut self) {
        self.configured.mark_unchanged();
        self.touched.mark_unchanged();
    }

    /// Waits for the next change after what was seen. `false` where there will be none, because the server is being stopped.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            changed = self.configured.changed() => changed.is_ok(),
            changed = self.touched.changed() => changed.is_ok(),
        }
    }
}

// === impl Read ===

impl Read {
    fn state(&mut self, before: &State, world: &World) -> State {
        let secret = world.server_secret();
        let new_secret = !Arc::ptr_eq(&secret, &self.secret);
        self.secret = secret.clone();

        let config = world.config_map(CONFIG).unwrap_or_default();
        let new_config = self.config.as_ref() != Some(&config);
        let auth_config = if new_config {
            let (read, wrong) = AuthConfig::read(&before.config, &config);
            tell(CONFIG, &wrong);
            Arc::new(read)
        } else {
            before.config.clone()
        };
        let accounts = if new_config || new_secret {
            let (read, wrong) = accounts::read(&config, &secret);
            tell("accounts", &wrong);
            Arc::new(read)
        } else {
            before.accounts.clone()
        };
        self.config = Some(config);

        let revoked = world.config_map(REVOKED_SESSIONS).unwrap_or_default();
        let revocations = if self.revoked.as_ref() == Some(&revoked) {
            before.revocations.clone()
        } else {
            Arc::new(Revocations::read(&revoked))
        };
        self.revoked = Some(revoked);

        State {
            config: auth_config,
            accounts,
            signing_key: secret.signing_key.clone(),
            secret,
            revocations,
            engine: self.engine(&before.engine, world),
        }
    }

    fn engine(&mut self, before: &Arc<Engine>, world: &World) -> Arc<Engine> {
        let source = world.config_map(POLICY).unwrap_or_default();
        let same_policy = self.policy.as_ref() == Some(&source);
        let policy = if same_policy { before.policy().clone() } else { policy(before, &source) };
        self.policy = Some(source);
        if policy.mode() != before.mode() {
            self.project_policies.clear();
        }
        let projects = world.projects().list();
        let same_projects = self.projects.as_ref().is_some_and(|known| Arc::ptr_eq(known, &projects));
        if Arc::ptr_eq(&policy, before.policy()) && same_projects {
            return before.clone();
        }
        let mut policies = HashMap::new();
        for stored in projects.iter().filter(|stored| stored.object.metadata.namespace == world.namespace()) {
            let name = stored.object.metadata.name.clone();
            let entry = self.project_policies.remove(&name).filter(|(number, _)| *number == stored.number);
            let entry = entry.unwrap_or_else(|| {
                let read = ProjectPolicy::new(&stored.object, policy.mode());
                for fault in read.faults() {
                    tracing::warn!(project = name, "{fault}");
                }
                (stored.number, Arc::new(read))
            });
            policies.insert(name, entry);
        }
        self.project_policies = policies;
        self.projects = Some(projects);
        let read = self.project_policies.iter().map(|(name, (_, policy))| (name.clone(), policy.clone()));
        Arc::new(Engine::with_projects(policy, read))
    }
}

/// A policy that cannot be read leaves the last one that could.
fn policy(before: &Engine, source: &Map) -> Arc<Policy> {
    match Policy::new(&PolicySource::from_config_map(source)) {
        Ok(policy) => {
            for warning in policy.warnings() {
                tracing::warn!(config_map = POLICY, "{warning}");
            }
            Arc::new(policy)
        }
        Err(error) => {
            for fault in error.faults {
                tracing::error!(config_map = POLICY, "{fault}; the last good policy stays");
            }
            before.policy().clone()
        }
    }
}

fn tell(what: &str, wrong: &[String]) {
    for sentence in wrong {
        tracing::error!(what, "{sentence}");
    }
}
