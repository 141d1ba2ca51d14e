//! OCI registries: tags, manifests and blobs (the distribution API).

mod auth;
mod manifest;
mod name;

use std::collections::{BTreeMap, HashSet};

use bowline_base_egress::header::{CONTENT_TYPE, LINK};
use bowline_base_egress::{Ask, Method, Reply, StatusCode, Url};
use bowline_core_ports::SourceError;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::disk::hex;
use crate::helm::Archive;
use crate::registries::{Door, Shared};
use crate::{failure, version};

pub(crate) use auth::Tokens;
pub(crate) use manifest::{Content, Layer};
pub(crate) use name::{Name, Reference, is_digest, is_tag};

/// Bytes of a manifest: four times what registries take.
const MANIFEST: u64 = 16 << 20;
/// Bytes of a page of tags.
const PAGE: u64 = 8 << 20;
/// Tags of one repository.
const TAGS: usize = 200_000;
/// Manifests that may stand between a name and its content: an index, and what it names.
const DEPTH: usize = 3;

const MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.artifact.manifest.v1+json";

/// One repository of a registry, as it is seen with some credentials.
pub(crate) struct Repository<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) door: &'a Door,
    pub(crate) name: &'a Name,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

// === impl Repository ===

impl Repository<'_> {
    /// All tags, as the registry writes them.
    pub(crate) async fn tags(&self) -> Result<Vec<String>, SourceError> {
        const WHAT: &str = "unable to get tags: failed to get tags";
        let mut tags = Vec::new();
        let mut seen = HashSet::new();
        let mut url = self.url("tags/list").with_query(Some("n=1000".to_string()));
        loop {
            let reply = self.send(WHAT, Method::GET, url.clone(), "application/json").await?;
            if reply.status != StatusCode::OK {
                return Err(self.refusal(WHAT, &reply));
            }
            let next = reply.header(LINK.as_str()).and_then(next_page).map(String::from);
            let at = reply.url.clone();
            let body = reply.bytes(PAGE).await.map_err(|e| failure::unanswered(WHAT, &e))?;
            let page: Page = serde_json::from_slice(&body)
                .map_err(|_| failure::damaged(format!("{WHAT}: {at} did not answer as a registry does")))?;
            tags.extend(page.tags.unwrap_or_default());
            if tags.len() > TAGS {
                return Err(failure::refused(format!("{WHAT}: {} has more than {TAGS} tags", self.name)));
            }
            let Some(next) = next else { return Ok(tags) };
            let next = at.join(&next).map_err(|e| failure::damaged(format!("{WHAT}: its next page: {e}")))?;
            if !seen.insert(next.target()) {
                return Err(failure::damaged(format!("{WHAT}: {at} gives the same pages again and again")));
            }
            url = next.without_user();
        }
    }

    /// The digest that a tag (or digest) stands for.
    pub(crate) async fn digest(&self, reference: &str) -> Result<String, SourceError> {
        let what = format!("cannot get digest for revision {reference}");
        let url = self.url(&format!("manifests/{reference}"));
        let reply = self.send(&what, Method::HEAD, url.clone(), MANIFESTS).await?;
        let told = reply.header("docker-content-digest").filter(|digest| is_digest(digest)).map(String::from);
        match (reply.status, told) {
            (StatusCode::OK, Some(digest)) => Ok(digest),
            // A registry that does not tell, or takes no HEAD, shows the manifest itself.
            (StatusCode::OK | StatusCode::METHOD_NOT_ALLOWED, _) => {
                let (body, _) = self.raw_manifest(&what, reference).await?;
                Ok(format!("sha256:{}", hex(&Sha256::digest(&body))))
            }
            _ => Err(self.refusal(&what, &reply)),
        }
    }

    /// What a manifest says that the artifact is made of, the manifests of an index followed.
    pub(crate) async fn content(&self, digest: &str, chart: bool) -> Result<Layer, SourceError> {
        Ok(self.followed(digest, chart).await?.0)
    }

    /// What the manifest that [`Repository::content`] reads says of the artifact.
    pub(crate) async fn annotations(&self, digest: &str, chart: bool) -> Result<BTreeMap<String, String>, SourceError> {
        let (_, body) = self.followed(digest, chart).await?;
        manifest::annotations(&body).map_err(|reason| failure::damaged(format!("{}: {reason}", self.name)))
    }

    /// The content that a manifest leads to, and the manifest that names it.
    async fn followed(&self, digest: &str, chart: bool) -> Result<(Layer, Vec<u8>), SourceError> {
        let what = format!("error fetching oci manifest for digest {digest}");
        let mut digest = digest.to_string();
        for _ in 0..DEPTH {
            let (body, kind) = self.raw_manifest(&what, &digest).await?;
            let got = format!("sha256:{}", hex(&Sha256::digest(&body)));
            if digest.starts_with("sha256:") && got != digest {
                return Err(failure::damaged(format!("{what}: {} gave something else: {got}", self.name)));
            }
            let types = &self.shared.limits().layer_types;
            match manifest::read(&body, &kind, chart, types) {
                Ok(Content::Layer(layer)) => return Ok((layer, body)),
                Ok(Content::Manifest(next)) => digest = next,
                Err(reason) => return Err(failure::damaged(format!("{}: {reason}", self.name))),
            }
        }
        Err(failure::damaged(format!("{what}: {} has indexes in indexes", self.name)))
    }

    /// Downloads a layer, and holds it against its digest.
    pub(crate) async fn download(&self, layer: &Layer, limit: u64) -> Result<Archive, SourceError> {
        let what = format!("could not save oci digest {}", layer.digest);
        if layer.size > limit {
            return Err(failure::refused(format!(
                "{what}: it has {} bytes, and at most {limit} are taken",
                layer.size
            )));
        }
        let reply = self.send(&what, Method::GET, self.url(&format!("blobs/{}", layer.digest)), "*/*").await?;
        if reply.status != StatusCode::OK {
            return Err(self.refusal(&what, &reply));
        }
        let unwritable = |e: std::io::Error| failure::damaged(format!("{what}: it cannot be kept: {e}"));
        let mut file = self.shared.disk.temporary().map_err(unwritable)?;
        let mut sha = Sha256::new();
        let sink = file.as_file_mut();
        let size = reply
            .each(layer.size.min(limit), |piece| {
                sha.update(piece);
                std::io::Write::write_all(sink, piece)
            })
            .await
            .map_err(|e| failure::unanswered(&what, &e))?;
        let digest = hex(&sha.finalize());
        if size != layer.size || layer.digest != format!("sha256:{digest}") {
            return Err(failure::damaged(format!("{what}: {} gave something else: sha256:{digest}", self.name)));
        }
        Ok(Archive { file, digest })
    }

    async fn raw_manifest(&self, what: &str, reference: &str) -> Result<(Vec<u8>, String), SourceError> {
        let url = self.url(&format!("manifests/{reference}"));
        let reply = self.send(what, Method::GET, url, MANIFESTS).await?;
        if reply.status != StatusCode::OK {
            return Err(self.refusal(what, &reply));
        }
        let kind = reply.header(CONTENT_TYPE.as_str()).unwrap_or_default().to_string();
        let body = reply.bytes(MANIFEST).await.map_err(|e| failure::unanswered(what, &e))?;
        Ok((body, kind))
    }

    /// Sends a request; where the registry asks who we are, it is told, and asked again.
    async fn send(&self, what: &str, method: Method, url: Url, accept: &str) -> Result<Reply, SourceError> {
        let route = |url: &Url| self.door.route(self.shared, url);
        let mut known = self.shared.tokens.known(self.door, self.name);
        for again in [true, false] {
            let ask = Ask { method: method.clone(), accept, login: known.as_ref(), ..Ask::get(url.clone(), &route) };
            let reply = self.shared.egress.send(ask).await.map_err(|e| failure::unanswered(what, &e))?;
            if reply.status != StatusCode::UNAUTHORIZED || !again {
                return Ok(reply);
            }
            match auth::login(self, what, &reply, known.is_some()).await? {
                Some(login) => known = Some(login),
                None => return Ok(reply),
            }
        }
        unreachable!("the second answer is given as it is")
    }

    fn url(&self, below: &str) -> Url {
        self.door.url.clone().with_path(&format!("/v2/{}/{below}", self.name.repository))
    }

    fn refusal(&self, what: &str, reply: &Reply) -> SourceError {
        let place = self.name.to_string();
        let mut error = failure::status(what, &place, reply.status, self.door.access.can_log_in());
        if reply.status == StatusCode::NOT_FOUND {
            error.message.push_str(": the registry has no such repository, tag or digest");
        }
        error
    }
}

/// The URL of the next page in a `Link` header.
fn next_page(link: &str) -> Option<&str> {
    let (url, parameters) = link.split_once('>')?;
    let next = parameters.split(';').any(|p| matches!(p.trim(), "rel=\"next\"" | "rel=next"));
    if next { url.trim().strip_prefix('<') } else { None }
}

/// The versions that tags stand for: registries allow no plus sign, so it is written as an underscore.
pub(crate) fn versions(tags: &[String]) -> Vec<String> {
    tags.iter().map(|tag| tag.replace('_', "+")).collect()
}

/// The version that a range means, for the status.
pub(crate) fn highest(name: &Name, tags: &[String], revision: &str) -> Result<String, SourceError> {
    let versions = versions(tags);
    version::highest(revision, versions.iter().map(String::as_str))
        .map_err(|reason| failure::missing(format!("invalid revision: {reason}: {revision:?} of {name}")))
}

/// Asks a registry whether it lets us in at all.
pub(crate) async fn ping(repository: &Repository<'_>, root: Url) -> Result<(), SourceError> {
    let what = format!("error logging into OCI registry {}", repository.name.registry);
    let reply = repository.send(&what, Method::GET, root, "application/json").await?;
    match reply.status {
        StatusCode::OK => Ok(()),
        status => Err(failure::status(&what, &reply.url.to_string(), status, repository.door.access.can_log_in())),
    }
}
