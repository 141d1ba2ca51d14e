//! [`Registries`]: the adapter behind the `Charts` port.

use std::collections::HashMap;
use std::hash::Hash;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_cache::Cache;
use bowline_base_egress::{Ask, Egress, Login, Proxies, Route, StatusCode, Tls, Url};
use bowline_core_ports::{Freshness, Place, ResolvedChart, SourceError, SourceErrorKind};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::disk::{Disk, Kind, key};
use crate::flight::{Asked, Flights};
use crate::helm;
use crate::oci::{self, Name, Repository, Tokens};
use crate::pack::{Blobs, Pack};
use crate::version::is_exact;
use crate::{Access, Credentials, Limits, Settings, failure};

mod port;
mod trees;

/// Bytes of the tables of packs that are kept open: some hundred charts.
const PACKS: usize = 16 << 20;
/// Bytes of a value file.
const FILE: u64 = 8 << 20;
/// Bytes of value files that are kept.
const FILES: usize = 16 << 20;
/// How old a list for people may be, in milliseconds.
const LISTED: u64 = 30_000;
/// Repositories whose last answer is kept; each holds an index open.
const REPOSITORIES: usize = 256;
/// Tags whose digest is kept.
const TAGS: usize = 10_000;

/// What Secrets and settings say of repositories. Asked for every request, so that a changed Secret counts at once.
pub trait Repositories: Send + Sync {
    /// How a repository lets us in, for a project.
    fn access(&self, url: &str, project: &str) -> Result<Access, SourceError>;

    /// The certificates (PEM) that a host may be signed by, where the settings name some.
    fn trust(&self, host: &str) -> Option<String>;

    /// What a chart's dependency means by its repository: a URL, `@name` or `alias:name`.
    fn dependency(&self, repository: &str, project: &str) -> Result<Dependency, SourceError>;

    /// What is too much.
    fn limits(&self) -> Limits {
        Limits::default()
    }
}

/// The repository of a dependency.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Its URL.
    pub url: String,
    /// How it lets the project in.
    pub access: Access,
    /// Whether the project permits it; credentials are given only where it does.
    pub permitted: bool,
}

/// All Helm repositories and OCI registries that are in use.
pub struct Registries {
    shared: Shared,
    packs: Cache<String, Arc<Pack>>,
    blobs: Arc<Blobs>,
    flights: Flights,
    slots: Semaphore,
    indexes: Answers<(String, String), helm::Known>,
    tags: Answers<(String, String), Arc<Vec<String>>>,
    digests: Answers<(String, String, String), String>,
    files: Cache<String, (Instant, Arc<[u8]>)>,
}

/// What all repositories share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) egress: Egress,
    pub(crate) disk: Disk,
    pub(crate) tokens: Tokens,
    machine: Proxies,
    repositories: Box<dyn Repositories>,
}

/// A repository or registry, and how it lets us in.
pub(crate) struct Door {
    pub(crate) url: Url,
    pub(crate) scope: String,
    pub(crate) access: Credentials,
}

/// The last answers of remotes, by what was asked.
struct Answers<K, T> {
    most: usize,
    asked: Mutex<HashMap<K, Arc<Asked<T>>>>,
}

/// What a place is.
enum Target {
    /// A chart of a Helm repository.
    Http(Door),
    /// A chart in a registry.
    Chart(Door, Name),
    /// An artifact.
    Artifact(Door, Name),
}

// === impl Shared ===

impl Shared {
    pub(crate) fn limits(&self) -> Limits {
        self.repositories.limits()
    }
}

// === impl Answers ===

impl<K: Hash + Eq, T> Answers<K, T> {
    fn new(most: usize) -> Answers<K, T> {
        Answers { most, asked: Mutex::default() }
    }

    fn of(&self, key: K) -> Arc<Asked<T>> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() >= self.most && !asked.contains_key(&key) {
            // They are asked again, which is cheap; who waits for an answer still gets it.
            asked.clear();
        }
        asked.entry(key).or_default().clone()
    }
}

// === impl Door ===

impl Door {
    fn new(url: Url, access: Access) -> Door {
        let Access { scope, credentials: mut access } = access;
        if let Some((user, password)) = url.user().filter(|_| !access.can_log_in()) {
            (access.username, access.password) = (user.clone(), Some(password.clone()));
        }
        Door { url: url.without_user(), scope, access }
    }

    /// The login for a URL: only for the repository's own origin.
    pub(crate) fn login_for(&self, url: &Url) -> Option<Login> {
        if url.origin() == self.url.origin() { self.access.login(url.origin()) } else { None }
    }

    /// How a host is reached on behalf of this repository.
    pub(crate) fn route(&self, shared: &Shared, url: &Url) -> Route {
        self.access.route(self.url.origin(), url, &shared.machine, &|host| shared.repositories.trust(host))
    }
}

// === impl Registries ===

impl Registries {
    /// Registries with their cache in `settings.cache`, which is made where it is missing. Fails where that cannot be written or
    /// another process holds it. `machine` are the proxies of repositories that name none.
    pub fn new(
        settings: Settings,
        egress: Egress,
        machine: Proxies,
        repositories: impl Repositories + 'static,
    ) -> io::Result<Registries> {
        let disk = Disk::open(&settings.cache, settings.disk)?;
        Ok(Registries {
            packs: Cache::new(PACKS),
            blobs: Arc::new(Blobs::new(settings.memory)),
            flights: Flights::default(),
            slots: Semaphore::new(settings.parallel.max(1)),
            indexes: Answers::new(REPOSITORIES),
            tags: Answers::new(REPOSITORIES * 4),
            digests: Answers::new(TAGS),
            files: Cache::new(FILES),
            shared: Shared {
                settings,
                egress,
                disk,
                tokens: Tokens::default(),
                machine,
                repositories: Box::new(repositories),
            },
        })
    }

    /// Whether a repository lets us in so: a Helm repository shows its index, a registry answers. The settings' trust in its host counts
    /// too.
    pub async fn check(&self, url: &str, mut access: Access) -> Result<(), SourceError> {
        let url = url.trim();
        let is_registry = url.starts_with("oci://") || access.credentials.oci || !url.contains("://");
        if is_registry && !url.starts_with("oci://") && url.contains("://") {
            // In Argo CD's words.
            let text = "OCI Helm repository URL should include hostname and port only";
            return Err(failure::refused(format!("{text}: write it without a scheme")));
        }
        let trust = |url: &Url| self.shared.repositories.trust(&url.origin().host);
        if is_registry {
            // Any name will do: what is asked is whether the registry knows us.
            let (mut door, name) = registry(url, "any", access)?;
            door.access.ca = door.access.ca.or_else(|| trust(&door.url));
            let root = door.url.clone().with_path("/v2/");
            return oci::ping(&Repository { shared: &self.shared, door: &door, name: &name }, root).await;
        }
        let parsed = parse(url)?;
        access.credentials.ca = access.credentials.ca.or_else(|| trust(&parsed));
        helm::index(&self.shared, &Door::new(parsed, access), None).await.map(|_| ())
    }

    /// [`Registries::check`] of a repository with what is stored for it.
    pub async fn check_stored(&self, url: &str, project: &str) -> Result<(), SourceError> {
        self.check(url, self.shared.repositories.access(url, project)?).await
    }

    fn target(&self, place: Place<'_>) -> Result<Target, SourceError> {
        let access = self.shared.repositories.access(place.url, place.project)?;
        target(place.url, place.chart, access)
    }

    async fn resolve_at(
        &self,
        target: &Target,
        chart: &str,
        revision: &str,
        freshness: Freshness,
    ) -> Result<ResolvedChart, SourceError> {
        match target {
            Target::Http(door) => self.resolve_http(door, chart, revision, freshness).await,
            Target::Chart(door, name) => self.resolve_chart(door, name, revision, freshness).await,
            Target::Artifact(door, name) => self.resolve_artifact(door, name, revision, freshness).await,
        }
    }

    async fn resolve_http(
        &self,
        door: &Door,
        chart: &str,
        revision: &str,
        freshness: Freshness,
    ) -> Result<ResolvedChart, SourceError> {
        let exact = is_exact(revision);
        let note = meaning(door, &door.url.to_string(), chart, revision);
        if exact && let Some(artifact) = self.shared.disk.text(Kind::Note, &note) {
            return Ok(ResolvedChart { revision: revision.to_string(), artifact });
        }
        let known = self.index(door, freshness).await?;
        let found = |known: &helm::Known| -> Result<ResolvedChart, SourceError> {
            let shown = match exact {
                true => revision.to_string(),
                false => helm::resolve(known, door, chart, revision)?,
            };
            let artifact = helm::fetched(known, door, chart, &shown)?.version;
            Ok(ResolvedChart { revision: shown, artifact })
        };
        let resolved = match found(&known) {
            // A version that somebody names may be newer than what is known.
            Err(error) if error.kind == SourceErrorKind::NoSuchRevision && freshness != Freshness::Now => {
                found(&self.index(door, Freshness::Now).await?)?
            }
            resolved => resolved?,
        };
        if exact {
            self.note(&note, &resolved.artifact);
        }
        Ok(resolved)
    }

    async fn resolve_chart(
        &self,
        door: &Door,
        name: &Name,
        revision: &str,
        freshness: Freshness,
    ) -> Result<ResolvedChart, SourceError> {
        let shown = match is_exact(revision) {
            true => revision.to_string(),
            false => oci::highest(name, &self.tags(door, name, freshness).await?, revision)?,
        };
        let note = meaning(door, &name.to_string(), "", &shown);
        if let Some(artifact) = self.shared.disk.text(Kind::Note, &note) {
            return Ok(ResolvedChart { revision: shown, artifact });
        }
        let artifact = self.digest(door, name, &shown.replace('+', "_"), freshness).await?;
        self.note(&note, &artifact);
        Ok(ResolvedChart { revision: shown, artifact })
    }

    async fn resolve_artifact(
        &self,
        door: &Door,
        name: &Name,
        revision: &str,
        freshness: Freshness,
    ) -> Result<ResolvedChart, SourceError> {
        let told = |mut error: SourceError| {
            error.message = format!("failed to resolve revision {revision:?}: {}", error.message);
            error
        };
        if oci::is_digest(revision) {
            return Ok(ResolvedChart { revision: revision.to_string(), artifact: revision.to_string() });
        }
        let tag = revision.replace('+', "_");
        let named = match oci::is_tag(&tag) {
            true => Some(self.digest(door, name, &tag, freshness).await),
            false => None,
        };
        let digest = match named {
            Some(Ok(digest)) => digest,
            Some(Err(error)) if is_exact(revision) || error.kind != SourceErrorKind::NoSuchRevision => {
                return Err(told(error));
            }
            named => {
                let tags = self.tags(door, name, freshness).await.map_err(told)?;
                match (oci::highest(name, &tags, revision), named) {
                    (Ok(version), _) => {
                        self.digest(door, name, &version.replace('+', "_"), freshness).await.map_err(told)?
                    }
                    // Where it is no range either, that there is no such tag says it best.
                    (Err(_), Some(Err(error))) => return Err(told(error)),
                    (Err(error), _) => return Err(told(error)),
                }
            }
        };
        Ok(ResolvedChart { revision: digest.clone(), artifact: digest })
    }

    async fn index(&self, door: &Door, freshness: Freshness) -> Result<helm::Known, SourceError> {
        let asked =
            self.indexes.of((door.scope.clone(), format!("{}?{}", door.url, door.url.query().unwrap_or_default())));
        asked.get(freshness, |known| helm::index(&self.shared, door, known)).await
    }

    async fn tags(&self, door: &Door, name: &Name, freshness: Freshness) -> Result<Arc<Vec<String>>, SourceError> {
        let asked = self.tags.of((door.scope.clone(), name.to_string()));
        let repository = Repository { shared: &self.shared, door, name };
        asked.get(freshness, |_| async { repository.tags().await.map(Arc::new) }).await
    }

    async fn digest(&self, door: &Door, name: &Name, tag: &str, freshness: Freshness) -> Result<String, SourceError> {
        let asked = self.digests.of((door.scope.clone(), name.to_string(), tag.to_string()));
        let repository = Repository { shared: &self.shared, door, name };
        asked.get(freshness, |_| repository.digest(tag)).await
    }

    async fn fetch_file(&self, text: &str, freshness: Freshness) -> Result<Arc<[u8]>, SourceError> {
        let arrived = Instant::now();
        let flight = self.flights.of(text);
        let _one = flight.lock().await;
        if let Some((at, known)) = self.files.get(&text.to_string()) {
            let fresh = match freshness {
                Freshness::Known => true,
                Freshness::Within(ms) => arrived.saturating_duration_since(at).as_millis() <= u128::from(ms),
                Freshness::Now => at >= arrived,
            };
            if fresh {
                return Ok(known);
            }
        }
        let url = parse(text)?;
        let user = url.user().map(|(user, password)| Login::basic(url.origin().clone(), user, password));
        let route = |url: &Url| Route {
            tls: Tls {
                ca: self.shared.repositories.trust(&url.origin().host).map(String::into_bytes),
                ..Tls::default()
            },
            proxy: self.shared.machine.for_url(url).cloned(),
        };
        let ask = Ask { login: user.as_ref(), gzip: true, ..Ask::get(url.clone().without_user(), &route) };
        let unanswered = |e: &bowline_base_egress::Error| failure::unanswered(&url.to_string(), e);
        let reply = self.shared.egress.send(ask).await.map_err(|e| unanswered(&e))?;
        if reply.status != StatusCode::OK {
            let text = format!("{url} answered {}", reply.status);
            return Err(SourceError::new(SourceErrorKind::NoSuchRevision, text));
        }
        let bytes: Arc<[u8]> = reply.bytes(FILE).await.map_err(|e| unanswered(&e))?.into();
        self.files.insert(text.to_string(), (arrived, bytes.clone()), bytes.len() + text.len());
        Ok(bytes)
    }
}

/// How an archive is unpacked.
struct Unpacked {
    /// The name of the chart in it, empty where that is not known; `None` for other content.
    chart: Option<String>,
    gzip: bool,
    most: u64,
}

/// What a URL and a chart's name mean: by its scheme, and by what the repository's Secret says.
fn target(url: &str, chart: &str, access: Access) -> Result<Target, SourceError> {
    let url = url.trim();
    if url.starts_with("oci://") {
        let (door, name) = registry(url, "", access)?;
        return Ok(Target::Artifact(door, name));
    }
    if access.credentials.oci || !url.contains("://") {
        let (door, name) = registry(url, chart, access)?;
        return Ok(Target::Chart(door, name));
    }
    Ok(Target::Http(Door::new(parse(url)?, access)))
}

fn registry(url: &str, chart: &str, access: Access) -> Result<(Door, Name), SourceError> {
    let name = Name::parse(url, chart).map_err(failure::refused)?;
    let door = name.url(access.credentials.plain_http).map_err(failure::refused)?;
    Ok((Door::new(door, access), name))
}

fn parse(url: &str) -> Result<Url, SourceError> {
    Url::parse(url).map_err(|e| failure::refused(format!("repository URL {e}")))
}

/// Where it is noted what an exact version means.
fn meaning(door: &Door, url: &str, chart: &str, revision: &str) -> String {
    key(&["meaning", &door.scope, url, chart, revision])
}

/// The last word of a chart's name, which its directory is called.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
