//! The list of applications with facets, and the stream of what changes in a window of it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_core_control::Follower;
use bowline_core_crd::Application;
use bowline_core_rbac::Subject;
use bowline_view_fleet::{Answer, Change, Clusters, Fleet, Query, Rows, Seen, query};
use bowline_web_admin::{Caller, Context, of_auth};
use bowline_web_wire::tonic::Status;
use bytes::Bytes;
use futures::stream;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Objects, Parameters};

/// Changes that come within this time are told as one.
const TOGETHER: Duration = Duration::from_millis(250);
/// After this much silence a stream says that it is there.
const SILENCE: Duration = Duration::from_secs(15);
/// Principals whose permissions are kept.
const PRINCIPALS: usize = 64;

/// The fleet, and who sees what of it.
pub(crate) struct Lists {
    context: Context,
    fleet: Mutex<(Fleet, u64)>,
    seen: Mutex<HashMap<Subject, Seen>>,
}

// === impl Lists ===

impl Lists {
    pub(crate) fn new(context: Context) -> Lists {
        // No configuration has this number, so the first look takes everything in.
        Lists { context, fleet: Mutex::new((Fleet::default(), u64::MAX)), seen: Mutex::default() }
    }

    /// One answer.
    pub(crate) fn list(&self, caller: &Caller, parameters: &Parameters) -> Result<Bytes, Status> {
        let asked = parse(parameters)?;
        let mut out = Vec::new();
        query(&asked, &self.seen(caller)).write("", &mut out);
        Ok(out.into())
    }

    /// The rows as the newest change left them.
    fn rows(&self) -> Arc<Rows> {
        let world = &self.context.world;
        let configured = *world.configured().borrow();
        let (list, number) = world.applications().snapshot();
        let mut held = self.fleet.lock().unwrap_or_else(PoisonError::into_inner);
        let (fleet, seen) = &mut *held;
        let rows = fleet.rows();
        // Somebody else's look may be newer than this one's snapshot.
        if *seen == configured && rows.number >= number {
            return rows;
        }
        let clusters = world.clusters().into_iter().map(|(_, cluster)| (cluster.server.clone(), cluster.name.clone()));
        let here = world.destination(IN_CLUSTER, "").map(|here| (here.server, here.name)).ok();
        *seen = configured;
        fleet.update(number, Clusters::new(clusters.chain(here)), list.iter().map(|one| (&one.name, &one.object)))
    }

    /// What the caller sees now.
    fn seen(&self, caller: &Caller) -> Seen {
        let (rows, enforcer) = (self.rows(), caller.enforcer());
        let known = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(enforcer.subject()).cloned();
        let seen = match known.filter(|known| Arc::ptr_eq(known.enforcer(), &enforcer)) {
            Some(known) => known.with(rows),
            None => Seen::new(enforcer.clone(), self.context.world.namespace(), rows),
        };
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= PRINCIPALS && !all.contains_key(enforcer.subject()) {
            all.clear();
        }
        all.insert(enforcer.subject().clone(), seen.clone());
        seen
    }
}

/// The cluster that the server itself runs in, as destinations name it.
const IN_CLUSTER: &str = "https://kubernetes.default.svc";

fn parse(parameters: &Parameters) -> Result<Query, Status> {
    Query::parse(parameters.iter()).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// The window and then its changes, until the caller's session ends.
pub(crate) fn stream(lists: Arc<Lists>, caller: Caller, parameters: &Parameters) -> Result<Objects, Status> {
    let asked = parse(parameters)?;
    let (auth, principal) = (lists.context.auth.clone(), caller.principal.clone());
    let watcher = Watcher {
        follower: lists.context.world.applications().follow(),
        configured: lists.context.world.configured(),
        over: Box::pin(async move { of_auth(auth.until_invalid(&principal).await) }),
        lists,
        caller,
        asked,
        told: None,
        spoke: Instant::now(),
    };
    Ok(Box::pin(stream::unfold(Some(watcher), |watcher| async {
        let mut watcher = watcher?;
        match watcher.next().await {
            Ok(message) => Some((Ok(message), Some(watcher))),
            Err(status) => Some((Err(status), None)),
        }
    })))
}

/// One who watches a window.
struct Watcher {
    lists: Arc<Lists>,
    caller: Caller,
    asked: Query,
    follower: Follower<Application>,
    configured: watch::Receiver<u64>,
    /// Says why the stream ends.
    over: Pin<Box<dyn Future<Output = Status> + Send>>,
    told: Option<Answer>,
    spoke: Instant,
}

// === impl Watcher ===

impl Watcher {
    async fn next(&mut self) -> Result<Bytes, Status> {
        loop {
            let mut out = Vec::new();
            match &self.told {
                None => {
                    let answer = query(&self.asked, &self.lists.seen(&self.caller));
                    answer.write("\"type\":\"WINDOW\",", &mut out);
                    self.told = Some(answer);
                }
                Some(told) => {
                    tokio::select! {
                        status = &mut self.over => return Err(status),
                        _ = self.follower.next() => {}
                        _ = self.configured.changed() => {}
                        () = tokio::time::sleep_until(self.spoke + SILENCE) => {
                            self.spoke = Instant::now();
                            return Ok(Bytes::from_static(b"{\"type\":\"BEAT\"}"));
                        }
                    }
                    tokio::time::sleep(TOGETHER).await;
                    let answer = query(&self.asked, &self.lists.seen(&self.caller));
                    match Change::between(told, &answer) {
                        Some(change) => change.write(&mut out),
                        None => continue,
                    }
                    self.told = Some(answer);
                }
            }
            self.spoke = Instant::now();
            return Ok(out.into());
        }
    }
}
