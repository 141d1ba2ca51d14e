//! [`Repository`]: one remote, its local copy, and what is known of its refs.

mod mirror;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bowline_base_tree::{ObjectId, Tree};
use bowline_core_ports::{Freshness, Resolved, RevisionMetadata, SourceError, SourceErrorKind};
use tokio::time::Instant;

use crate::objects::{Named, Objects, Short};
use crate::repositories::Shared;
use crate::revision::{Revision, candidates, is_abbreviated, version_tag};
use crate::{Credentials, Remote};
use mirror::Mirror;

/// A remote repository as it is seen with one project's credentials.
pub(crate) struct Repository {
    remote: Remote,
    place: Place,
    number: u64,
    objects: Mutex<Option<Arc<Objects>>>,
    asked: tokio::sync::Mutex<Asked>,
    known: Mutex<Known>,
}

/// Where the objects are.
enum Place {
    /// In a bare repository of ours, filled by `git fetch`.
    Mirror(Mirror),
    /// On this machine, at the remote itself: its objects never change under their ids and its refs are files, so there is
    /// nothing to copy. What the remote's owner deletes is gone here too, as it is for whoever clones.
    InPlace(PathBuf),
}

/// The last time that the remote was asked; whoever holds the lock is asking.
#[derive(Default)]
struct Asked {
    last: Option<(Instant, Result<(), SourceError>)>,
    /// Refs beside branches and tags that somebody wanted and that exist: fetched each time.
    wanted: BTreeSet<String>,
}

/// What revisions mean, by the refs of one moment.
#[derive(Default)]
struct Known {
    at: Option<Instant>,
    /// By (tag prefix, revision).
    answers: HashMap<(String, String), Result<Resolved, SourceError>>,
}

/// Revisions remembered between two refreshes; more are looked up each time.
const ANSWERS: usize = 10_000;

// === impl Repository ===

impl Repository {
    pub(crate) fn new(remote: Remote, mirror: PathBuf, number: u64) -> Repository {
        let place = match remote.directory() {
            Some(path) => Place::InPlace(path),
            None => Place::Mirror(Mirror::new(mirror)),
        };
        Repository {
            remote,
            place,
            number,
            objects: Mutex::default(),
            asked: tokio::sync::Mutex::default(),
            known: Mutex::default(),
        }
    }

    /// The commit that `revision` names. `tag_prefix` is what stands before the version in the tags that a constraint chooses from.
    pub(crate) async fn resolve(
        &self,
        shared: &Shared,
        credentials: &Credentials,
        revision: &str,
        tag_prefix: &str,
        freshness: Freshness,
    ) -> Result<Resolved, SourceError> {
        let arrived = Instant::now();
        let meaning = Revision::of(revision);
        if let Revision::Invalid(reason) = meaning {
            let shown: String = revision.chars().take(100).collect();
            return Err(SourceError::new(
                SourceErrorKind::NoSuchRevision,
                format!("unable to resolve {shown:?} to a commit SHA: {reason}"),
            ));
        }
        if let Revision::Commit(commit) = meaning
            && self.opened().is_some_and(|objects| objects.has_commit(commit))
        {
            return Ok(Resolved { commit, reference: None });
        }
        if !self.is_fresh(freshness, arrived) {
            self.refresh(shared, credentials, arrived).await?;
        }
        let key = (tag_prefix.to_string(), revision.to_string());
        if let Some(answer) = self.known().answers.get(&key) {
            return answer.clone();
        }
        let answer = self.answer(shared, credentials, &meaning, tag_prefix).await;
        // A remote that failed has said nothing about the revision.
        if answer.as_ref().err().is_none_or(|error| error.kind == SourceErrorKind::NoSuchRevision) {
            let mut known = self.known();
            if known.answers.len() < ANSWERS {
                known.answers.insert(key, answer.clone());
            }
        }
        answer
    }

    /// The branches and tags, as the remote has them now.
    pub(crate) async fn refs(
        &self,
        shared: &Shared,
        credentials: &Credentials,
    ) -> Result<(Vec<String>, Vec<String>), SourceError> {
        self.refresh(shared, credentials, Instant::now()).await?;
        let path = match &self.place {
            Place::InPlace(path) => path.clone(),
            Place::Mirror(mirror) => mirror.path().to_path_buf(),
        };
        let objects = self.open(shared, path)?;
        let damaged = |reason: String| self.damaged(&reason);
        Ok((objects.branches().map_err(damaged)?, objects.tags().map_err(damaged)?))
    }

    /// The files of a commit.
    pub(crate) async fn tree(
        &self,
        shared: &Shared,
        credentials: &Credentials,
        commit: ObjectId,
    ) -> Result<Tree, SourceError> {
        let objects = self.with_commit(shared, credentials, commit).await?;
        let root = objects.root(commit).map_err(|reason| self.damaged(&reason))?;
        Ok(Tree::new(objects, root))
    }

    /// A commit for people.
    pub(crate) async fn metadata(
        &self,
        shared: &Shared,
        credentials: &Credentials,
        commit: ObjectId,
    ) -> Result<RevisionMetadata, SourceError> {
        let objects = self.with_commit(shared, credentials, commit).await?;
        objects.metadata(commit).map_err(|reason| self.damaged(&reason))
    }

    fn is_fresh(&self, freshness: Freshness, arrived: Instant) -> bool {
        let Some(at) = self.known().at else { return false };
        match freshness {
            Freshness::Known => true,
            Freshness::Within(milliseconds) => {
                arrived.saturating_duration_since(at) <= Duration::from_millis(milliseconds)
            }
            Freshness::Now => at >= arrived,
        }
    }

    /// Asks the remote for its refs and what they need, unless somebody began to ask after this request arrived: then theirs is
    /// the answer, good or bad.
    async fn refresh(&self, shared: &Shared, credentials: &Credentials, arrived: Instant) -> Result<(), SourceError> {
        let mut asked = self.asked.lock().await;
        if let Some((began, outcome)) = &asked.last
            && *began >= arrived
        {
            return outcome.clone();
        }
        let began = Instant::now();
        let outcome = match &self.place {
            Place::InPlace(path) => {
                if !path.exists() {
                    *self.objects.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
                self.open(shared, path.clone()).map(|_| ())
            }
            Place::Mirror(mirror) => {
                let outcome = mirror.fetch_refs(shared, &self.remote, credentials, &asked.wanted).await;
                match outcome {
                    Err(error) if error.kind == SourceErrorKind::Damaged => {
                        tracing::warn!(remote = %self.remote, %error, "the mirror is damaged and is made anew");
                        *self.objects.lock().unwrap_or_else(PoisonError::into_inner) = None;
                        mirror.remove()?;
                        mirror.fetch_refs(shared, &self.remote, credentials, &asked.wanted).await
                    }
                    outcome => outcome,
                }
            }
        };
        if outcome.is_ok() {
            let mut known = self.known();
            known.at = Some(began);
            known.answers.clear();
        }
        asked.last = Some((began, outcome.clone()));
        outcome
    }

    /// Looks a revision up in the refs as they are here, and fetches by name what branches and tags do not cover.
    async fn answer(
        &self,
        shared: &Shared,
        credentials: &Credentials,
        revision: &Revision<'_>,
        tag_prefix: &str,
    ) -> Result<Resolved, SourceError> {
        match revision {
            Revision::Commit(commit) => {
                self.with_commit(shared, credentials, *commit).await?;
                Ok(Resolved { commit: *commit, reference: None })
            }
            Revision::Head => {
                let head = match self.place {
                    Place::InPlace(_) => "HEAD",
                    Place::Mirror(_) => mirror::HEAD,
                };
                match self.named(shared, head)? {
                    Some(commit) => Ok(Resolved { commit, reference: Some("HEAD".to_string()) }),
                    None => Err(self.unresolved("HEAD", "the repository is empty, or its HEAD names no branch")),
                }
            }
            Revision::Name(name) => {
                if let Some(resolved) = self.by_name(shared, name, tag_prefix)? {
                    return Ok(resolved);
                }
                if let Place::Mirror(mirror) = &self.place
                    && let Some(reference) = candidates(name).into_iter().next().filter(|_| name.contains('/'))
                {
                    let mut asked = self.asked.lock().await;
                    let refspec = format!("+{reference}:{reference}");
                    match mirror.fetch(shared, &self.remote, credentials, &[refspec]).await {
                        Ok(()) => {
                            asked.wanted.insert(reference);
                            drop(asked);
                            if let Some(resolved) = self.by_name(shared, name, tag_prefix)? {
                                return Ok(resolved);
                            }
                        }
                        Err(error) if error.kind == SourceErrorKind::NoSuchRevision => {}
                        Err(error) => return Err(error),
                    }
                }
                self.by_abbreviation(shared, name)
            }
            Revision::Invalid(reason) => Err(self.unresolved("", reason)),
        }
    }

    fn by_name(&self, shared: &Shared, name: &str, tag_prefix: &str) -> Result<Option<Resolved>, SourceError> {
        let objects = self.objects(shared)?;
        let tags = || objects.tags().map_err(|reason| self.damaged(&reason));
        if let Some(tag) = version_tag(name, tag_prefix, tags)?
            && let Some(commit) = self.named(shared, &format!("refs/tags/{tag}"))?
        {
            return Ok(Some(Resolved { commit, reference: Some(format!("refs/tags/{tag}")) }));
        }
        for reference in candidates(name) {
            if let Some(commit) = self.named(shared, &reference)? {
                return Ok(Some(Resolved { commit, reference: Some(reference) }));
            }
        }
        Ok(None)
    }

    fn by_abbreviation(&self, shared: &Shared, name: &str) -> Result<Resolved, SourceError> {
        if !is_abbreviated(name) {
            return Err(self.unresolved(name, "there is no such branch, tag or commit"));
        }
        match self.objects(shared)?.abbreviated(name) {
            Short::Commit(commit) => Ok(Resolved { commit, reference: None }),
            Short::Ambiguous => Err(self.unresolved(name, "several commits begin so; give more digits")),
            Short::Absent => Err(self.unresolved(name, "there is no such branch, tag or commit")),
        }
    }

    /// The commit that a full ref name stands for.
    fn named(&self, shared: &Shared, reference: &str) -> Result<Option<ObjectId>, SourceError> {
        match self.objects(shared)?.named(reference).map_err(|reason| self.damaged(&reason))? {
            None => Ok(None),
            Some(Named::Commit(commit)) => Ok(Some(commit)),
            Some(Named::Other) => Err(self.unresolved(reference, "it names something that is no commit")),
        }
    }

    /// The object database with this commit in it; it is fetched by its id where no branch or tag led to it.
    async fn with_commit(
        &self,
        shared: &Shared,
        credentials: &Credentials,
        commit: ObjectId,
    ) -> Result<Arc<Objects>, SourceError> {
        if self.opened().is_none() {
            self.refresh(shared, credentials, Instant::now()).await?;
        }
        let objects = self.objects(shared)?;
        if objects.has_commit(commit) {
            return Ok(objects);
        }
        if let Place::Mirror(mirror) = &self.place {
            let asked = self.asked.lock().await;
            if !objects.has_commit(commit) {
                let refspec = format!("+{commit}:{}{commit}", mirror::COMMITS);
                match mirror.fetch(shared, &self.remote, credentials, &[refspec]).await {
                    Err(error) if error.kind != SourceErrorKind::NoSuchRevision => return Err(error),
                    _ => {}
                }
            }
            drop(asked);
            let objects = self.objects(shared)?;
            if objects.has_commit(commit) {
                return Ok(objects);
            }
        }
        Err(self.unresolved(&commit.to_string(), "there is no such commit"))
    }

    fn objects(&self, shared: &Shared) -> Result<Arc<Objects>, SourceError> {
        match &self.place {
            Place::InPlace(path) => self.open(shared, path.clone()),
            Place::Mirror(mirror) => self.open(shared, mirror.path().to_path_buf()),
        }
    }

    fn opened(&self) -> Option<Arc<Objects>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn open(&self, shared: &Shared, path: PathBuf) -> Result<Arc<Objects>, SourceError> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(objects) = objects.as_ref() {
            return Ok(objects.clone());
        }
        let opened = Objects::open(&path, shared.cache.clone(), self.number).map_err(|reason| match self.place {
            Place::Mirror(_) => self.damaged(&reason),
            Place::InPlace(_) => SourceError::new(
                SourceErrorKind::Authentication,
                format!("failed to list refs: repository not found: {}: {reason}", self.remote),
            ),
        })?;
        Ok(objects.insert(Arc::new(opened)).clone())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unresolved(&self, revision: &str, reason: &str) -> SourceError {
        SourceError::new(
            SourceErrorKind::NoSuchRevision,
            format!("unable to resolve '{revision}' to a commit SHA: {}: {reason}", self.remote),
        )
    }

    fn damaged(&self, reason: &str) -> SourceError {
        let place = match self.place {
            Place::Mirror(_) => "the local copy of ",
            Place::InPlace(_) => "",
        };
        SourceError::new(SourceErrorKind::Damaged, format!("{place}{} cannot be read: {reason}", self.remote))
    }
}
