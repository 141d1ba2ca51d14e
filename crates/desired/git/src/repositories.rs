//! [`GitRepositories`]: the adapter behind the `Sources` port.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_egress::Proxies;
use bowline_base_tree::{ObjectId, Tree};
use bowline_core_ports::{BoxFuture, Freshness, Resolved, RevisionMetadata, SourceError, SourceErrorKind, Sources};
use bowline_desired_issuer::{Issuers, NotIssued};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::objects::ObjectCache;
use crate::program::{Context, run};
use crate::repository::Repository;
use crate::{Access, Credentials, Remote, Settings, Transport};

/// Gives the credentials for a URL in a project, from the repository Secrets. Called for every request, so that a changed Secret
/// counts at once; an error is that of the request.
pub type AccessFor = dyn Fn(&str, &str) -> Result<Access, SourceError> + Send + Sync;

/// All Git repositories that are in use.
pub struct GitRepositories {
    shared: Shared,
    access: Box<AccessFor>,
    /// By (URL, scope).
    repositories: Mutex<HashMap<(String, String), Arc<Repository>>>,
    numbers: AtomicU64,
    /// Held for as long as this lives: mirrors have one owner.
    _owner: File,
}

/// What all repositories share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) slots: Semaphore,
    pub(crate) cache: Arc<ObjectCache>,
    /// Who issues logins that no Secret holds.
    issuers: Option<Issuers>,
    /// The cache directory without links, for telling what lies in it.
    root: PathBuf,
}

// === impl Shared ===

impl Shared {
    /// Credentials to talk to `remote` with now: what somebody issues is asked for, or known from a time before.
    pub(crate) async fn logged_in<'c>(
        &self,
        remote: &Remote,
        credentials: &'c Credentials,
    ) -> Result<Cow<'c, Credentials>, SourceError> {
        let Some(issuer) = &credentials.issuer else { return Ok(Cow::Borrowed(credentials)) };
        let refused = |reason: String| SourceError::new(SourceErrorKind::Refused, format!("{remote}: {reason}"));
        let (Transport::Https | Transport::Http) = remote.transport() else {
            return Err(refused("the login that its repository Secret asks for is for https URLs".to_string()));
        };
        let Some(issuers) = &self.issuers else {
            return Err(refused(
                "logins of GitHub Apps, Google and Azure are asked for by the server only".to_string(),
            ));
        };
        let proxies = match &credentials.proxy {
            None => None,
            Some(proxy) => {
                Some(Proxies::one(proxy, credentials.no_proxy.as_deref().unwrap_or_default()).map_err(refused)?)
            }
        };
        let login =
            issuers.login(issuer, remote.url(), proxies.as_ref()).await.map_err(|NotIssued { reason, passing }| {
                let kind = if passing { SourceErrorKind::Unreachable } else { SourceErrorKind::Authentication };
                SourceError::new(kind, format!("{remote}: {reason}"))
            })?;
        Ok(Cow::Owned(credentials.logged_in(login)))
    }
}

// === impl GitRepositories ===

impl GitRepositories {
    /// Repositories with their mirrors in `settings.cache`, which is made where it is missing. Fails where that cannot be
    /// written or another process holds it.
    pub fn new(
        settings: Settings,
        access: impl Fn(&str, &str) -> Result<Access, SourceError> + Send + Sync + 'static,
    ) -> io::Result<GitRepositories> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&settings.cache)?;
        let root = settings.cache.canonicalize()?;
        #[expect(clippy::disallowed_methods, reason = "the cache is this crate's own directory")]
        let owner = File::create(root.join("owner.lock"))?;
        owner.try_lock().map_err(|error| {
            io::Error::other(format!("the Git cache {} is in use by another process: {error}", root.display()))
        })?;
        let shared = Shared {
            slots: Semaphore::new(settings.parallel.max(1)),
            cache: Arc::new(ObjectCache::new(settings.object_cache)),
            settings: Settings { cache: root.clone(), ..settings },
            issuers: None,
            root,
        };
        Ok(GitRepositories {
            shared,
            access: Box::new(access),
            repositories: Mutex::default(),
            numbers: AtomicU64::new(0),
            _owner: owner,
        })
    }

    /// With those who issue logins for GitHub Apps and the like; without them, such a repository is refused.
    pub fn with_issuers(mut self, issuers: Issuers) -> GitRepositories {
        self.shared.issuers = Some(issuers);
        self
    }

    /// [`Sources::resolve`] with the source's `tagPrefix`: what stands before the version in the tags that a constraint chooses from.
    pub async fn resolve_with_prefix(
        &self,
        url: &str,
        project: &str,
        revision: &str,
        tag_prefix: &str,
        freshness: Freshness,
    ) -> Result<Resolved, SourceError> {
        let (repository, access) = self.repository(url, project)?;
        repository.resolve(&self.shared, &access.credentials, revision, tag_prefix, freshness).await
    }

    /// These repositories as the source `parent` of an application sees them: one that has no credentials of its own and lies on the
    /// same host as `parent` is read with `parent`'s. They are sent to no other host.
    pub fn inheriting<'a>(&'a self, parent: &'a str) -> Inheriting<'a> {
        Inheriting { repositories: self, parent }
    }

    /// Removes the mirrors of repositories that no application uses any more; `used` has every (URL, project) that one does. What is in
    /// use at this moment stays until the next time. Gives how many were removed.
    pub fn remove_unused<'a>(&self, used: impl IntoIterator<Item = (&'a str, &'a str)>) -> io::Result<usize> {
        let mut wanted = HashSet::new();
        for (url, project) in used {
            let Ok(remote) = Remote::parse(url) else { continue };
            match (self.access)(url, project) {
                Ok(access) => wanted.insert((remote.url().to_string(), access.scope)),
                // Whose it is cannot be told now, so nothing is taken away.
                Err(_) => return Ok(0),
            };
        }
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        repositories.retain(|key, repository| wanted.contains(key) || Arc::strong_count(repository) > 1);
        let kept: HashSet<String> =
            repositories.keys().chain(&wanted).map(|(url, scope)| mirror_name(url, scope)).collect();
        let mut removed = 0;
        // Still under the lock: nobody can begin to fill a mirror that is being removed.
        #[expect(clippy::disallowed_methods, reason = "the cache is this crate's own directory")]
        for entry in std::fs::read_dir(&self.shared.root)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_mirror = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
            if is_mirror && entry.file_type()?.is_dir() && !kept.contains(&name) {
                std::fs::remove_dir_all(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The branches and tags of a repository, by their short names, as the remote has them now.
    pub async fn refs(&self, url: &str, project: &str) -> Result<(Vec<String>, Vec<String>), SourceError> {
        let (repository, access) = self.repository(url, project)?;
        repository.refs(&self.shared, &access.credentials).await
    }

    /// Whether a remote answers with these credentials. Nothing is kept of it.
    pub async fn check(&self, url: &str, access: &Access) -> Result<(), SourceError> {
        let refused = |reason: String| SourceError::new(SourceErrorKind::Refused, reason);
        let remote = Remote::parse(url).map_err(|error| refused(error.to_string()))?;
        if let Some(path) = remote.directory() {
            self.check_local(&remote).map_err(refused)?;
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            return match crate::objects::Objects::open(&path, self.shared.cache.clone(), number) {
                Ok(_) => Ok(()),
                Err(reason) => {
                    let message = format!("failed to list refs: repository not found: {remote}: {reason}");
                    Err(SourceError::new(SourceErrorKind::Authentication, message))
                }
            };
        }
        access.credentials.check_for(remote.transport()).map_err(|error| refused(format!("{remote}: {error}")))?;
        let credentials = self.shared.logged_in(&remote, &access.credentials).await?;
        let context = Context::remote(&self.shared.settings, &remote, &credentials)
            .map_err(|error| SourceError::new(SourceErrorKind::Damaged, format!("cannot ask {remote}: {error}")))?;
        let _slot = self.shared.slots.acquire().await.expect("because the semaphore is never closed");
        let arguments = ["ls-remote", "--quiet", "--", remote.url(), "HEAD"].map(std::ffi::OsStr::new);
        let asked = run(&self.shared.settings, &context, &self.shared.root, &arguments).await;
        asked.map_err(|failure| failure.into_error(&remote))
    }

    fn repository(&self, url: &str, project: &str) -> Result<(Arc<Repository>, Access), SourceError> {
        let refused = |reason: String| SourceError::new(SourceErrorKind::Refused, reason);
        let remote = Remote::parse(url).map_err(|error| refused(error.to_string()))?;
        let access = (self.access)(url, project)?;
        self.opened(remote, access)
    }

    /// The same, with the credentials of another repository on the same host where it has none.
    fn inherited(&self, url: &str, project: &str, named: &str) -> Result<(Arc<Repository>, Access), SourceError> {
        let refused = |reason: String| SourceError::new(SourceErrorKind::Refused, reason);
        let remote = Remote::parse(url).map_err(|error| refused(error.to_string()))?;
        let mut access = (self.access)(url, project)?;
        let known = Remote::parse(named).ok().filter(|parent| parent.is_on_host_of(&remote));
        if let Some(parent) = known.filter(|_| !access.credentials.say_who()) {
            let from = (self.access)(named, project)?;
            if from.credentials.say_who() {
                // What these credentials fetch is not for those who have others.
                let scope = format!("{}\0{}", from.scope, parent.url());
                access = Access { scope, credentials: from.credentials };
            }
        }
        self.opened(remote, access)
    }

    fn opened(&self, remote: Remote, access: Access) -> Result<(Arc<Repository>, Access), SourceError> {
        let refused = |reason: String| SourceError::new(SourceErrorKind::Refused, reason);
        let key = (remote.url().to_string(), access.scope.clone());
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(repository) = repositories.get(&key) {
            return Ok((repository.clone(), access));
        }
        if remote.transport() == Transport::File {
            self.check_local(&remote).map_err(refused)?;
        }
        let mirror = self.shared.root.join(mirror_name(&key.0, &key.1));
        let repository = Arc::new(Repository::new(remote, mirror, self.numbers.fetch_add(1, Ordering::Relaxed)));
        repositories.insert(key, repository.clone());
        Ok((repository, access))
    }

    /// A path is refused where local repositories are off, and where it leads into our mirrors: those were fetched with others'
    /// credentials.
    fn check_local(&self, remote: &Remote) -> Result<(), String> {
        if !self.shared.settings.local {
            return Err(format!("{remote}: repositories on the server's own disk are not allowed"));
        }
        let path = remote.directory().unwrap_or_default();
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.shared.root) || self.shared.root.starts_with(&real) => {
                Err(format!("{remote}: the server's own Git cache is no repository"))
            }
            // Where nothing is, opening it says so.
            _ => Ok(()),
        }
    }
}

impl Sources for GitRepositories {
    fn resolve<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        revision: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Resolved, SourceError>> {
        Box::pin(self.resolve_with_prefix(url, project, revision, "", freshness))
    }

    fn tree<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        commit: ObjectId,
    ) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(async move {
            let (repository, access) = self.repository(url, project)?;
            repository.tree(&self.shared, &access.credentials, commit).await
        })
    }

    fn metadata<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        commit: ObjectId,
    ) -> BoxFuture<'a, Result<RevisionMetadata, SourceError>> {
        Box::pin(async move {
            let (repository, access) = self.repository(url, project)?;
            repository.metadata(&self.shared, &access.credentials, commit).await
        })
    }
}

/// Repositories, with the credentials of one that they are named in. See [`GitRepositories::inheriting`].
#[derive(Clone, Copy)]
pub struct Inheriting<'a> {
    repositories: &'a GitRepositories,
    parent: &'a str,
}

impl Sources for Inheriting<'_> {
    fn resolve<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        revision: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Resolved, SourceError>> {
        Box::pin(async move {
            let (repository, access) = self.repositories.inherited(url, project, self.parent)?;
            repository.resolve(&self.repositories.shared, &access.credentials, revision, "", freshness).await
        })
    }

    fn tree<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        commit: ObjectId,
    ) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(async move {
            let (repository, access) = self.repositories.inherited(url, project, self.parent)?;
            repository.tree(&self.repositories.shared, &access.credentials, commit).await
        })
    }

    fn metadata<'a>(
        &'a self,
        url: &'a str,
        project: &'a str,
        commit: ObjectId,
    ) -> BoxFuture<'a, Result<RevisionMetadata, SourceError>> {
        Box::pin(async move {
            let (repository, access) = self.repositories.inherited(url, project, self.parent)?;
            repository.metadata(&self.repositories.shared, &access.credentials, commit).await
        })
    }
}

/// The mirror's directory: no letter of the URL is in it, and it cannot be guessed into another's.
fn mirror_name(url: &str, scope: &str) -> String {
    let mut sha = Sha256::new();
    sha.update(url);
    sha.update([0]);
    sha.update(scope);
    let digest = sha.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Credentials;

    #[test]
    fn credentials_are_inherited_on_the_same_host_only() {
        let cache = tempfile::tempdir().unwrap();
        let settings = Settings::new(cache.path().join("cache"), std::iter::empty());
        let access = |url: &str, _: &str| {
            let username = |name: &str| Credentials { username: Some(name.to_string()), ..Credentials::default() };
            Ok(match url {
                "https://h/app" => Access { scope: "team".to_string(), credentials: username("app") },
                "https://h/own" => Access { scope: String::new(), credentials: username("own") },
                _ => Access::default(),
            })
        };
        let repositories = GitRepositories::new(settings, access).unwrap();
        for (url, want) in [
            ("https://h/base", (Some("app"), "team\0https://h/app")),
            ("https://h/own", (Some("own"), "")),
            ("https://h:444/base", (None, "")),
            ("https://elsewhere/base", (None, "")),
            ("http://h/base", (None, "")),
            ("git@h:base", (None, "")),
        ] {
            let (_, access) = repositories.inherited(url, "team", "https://h/app").unwrap();
            assert_eq!((access.credentials.username.as_deref(), access.scope.as_str()), want, "{url}");
        }
    }
}
