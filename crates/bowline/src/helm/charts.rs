//! Where `helm template` finds a chart: on disk, behind a URL, in a repository or a registry.

use std::cell::OnceCell;
use std::path::Path;

use bowline_base_value::yaml;
use bowline_core_ports::{Charts as _, Freshness, Place, ResolvedChart, SourceError};
use bowline_desired_helm::template::Reader;
use bowline_desired_helm::{Chart, LoadError, load, load_archive, load_archive_file, load_unpacked};
use bowline_desired_registry::{Credentials, Registries};
use clap::Args;
use tokio::runtime::Runtime;

use crate::error::CliError;
use crate::registry::{AccessFlags, Given, given};
use crate::{files, local};

/// helm's flags that say which chart is meant, and how it is reached.
#[derive(Args, Debug, Default)]
pub struct ChartFlags {
    /// URL of the Helm repository that has the chart
    #[arg(long, default_value = "", hide_default_value = true, value_name = "URL")]
    repo: String,
    /// Version or range of versions [default: the newest release]
    #[arg(long, default_value = "", hide_default_value = true)]
    version: String,
    /// Take pre-releases too, where no --version is given
    #[arg(long)]
    devel: bool,
    /// Send user name and password to other hosts too
    #[arg(long)]
    pass_credentials: bool,
    #[command(flatten)]
    access: AccessFlags,
}

/// Charts and values files, from wherever they are.
pub struct Charts {
    flags: ChartFlags,
    /// Files behind URLs are fetched by whoever asks first.
    open: OnceCell<(Runtime, Registries)>,
}

// === impl Charts ===

impl Charts {
    pub fn new(flags: ChartFlags) -> Charts {
        Charts { flags, open: OnceCell::new() }
    }

    fn version(&self) -> &str {
        match (self.flags.version.trim(), self.flags.devel) {
            ("", true) => ">0.0.0-0",
            (version, _) => version,
        }
    }

    /// A chart of a Helm repository.
    fn of_repository(&self, url: &str, name: &str, credentials: Credentials, pass: bool) -> Result<Chart, String> {
        let charts = registries(Given { url: url.to_string(), credentials })?;
        let place = Place { url, chart: name, project: "", pass_credentials: pass };
        self.fetch(&charts, place, self.version(), None)
    }

    /// `oci://host/path/name[:tag][@digest]`.
    fn of_registry(&self, reference: &str) -> Result<Chart, String> {
        let (rest, digest) = reference.split_once('@').map_or((reference, None), |(rest, digest)| (rest, Some(digest)));
        let bare = rest.trim_start_matches("oci://");
        let (path, last) =
            bare.rsplit_once('/').ok_or_else(|| format!("{reference}: invalid reference: missing repository"))?;
        let (name, tag) = last.split_once(':').map_or((last, ""), |(name, tag)| (name, tag));
        let version = self.version();
        if !tag.is_empty() && !version.is_empty() && tag != version {
            return Err(format!("chart reference and version mismatch: {version} is not {tag}"));
        }
        let version = if version.is_empty() { tag } else { version };
        let credentials = Credentials { oci: true, ..self.flags.access.credentials().map_err(|e| e.to_string())? };
        let charts = registries(Given { url: path.to_string(), credentials })?;
        let place = Place { url: path, chart: name, project: "", pass_credentials: false };
        self.fetch(&charts, place, version, digest)
    }

    fn fetch(
        &self,
        (runtime, charts): &(Runtime, Registries),
        place: Place<'_>,
        version: &str,
        digest: Option<&str>,
    ) -> Result<Chart, String> {
        let tree = runtime.block_on(async {
            // What a version was the last time is no answer to whoever asks now.
            charts.forget(place, version);
            let resolved = match digest {
                Some(digest) => ResolvedChart { revision: digest.to_string(), artifact: digest.to_string() },
                None => charts.resolve(place, version, Freshness::Now).await?,
            };
            charts.forget(place, &resolved.artifact);
            let tree = charts.tree(place, &resolved).await?;
            if !place.url.contains("://") {
                let tag = resolved.revision.replace('+', "_");
                files::note(&format!("Pulled: {}/{}:{tag}\nDigest: {}", place.url, place.chart, resolved.artifact));
            }
            Ok::<_, SourceError>(tree)
        });
        load_unpacked(&tree.map_err(|e| e.to_string())?).map_err(|e| e.to_string())
    }

    /// What is behind a URL.
    fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        if self.open.get().is_none() {
            let credentials = self.flags.access.credentials().map_err(|e| e.to_string())?;
            // Whoever comes second finds what the first made.
            let _ = self.open.set(registries(Given { url: String::new(), credentials })?);
        }
        let (runtime, charts) = self.open.get().ok_or("the network cannot be used")?;
        let bytes = runtime.block_on(charts.file(url, Freshness::Now)).map_err(|e| e.to_string())?;
        Ok(bytes.to_vec())
    }

    /// A packed chart behind a URL; user and password are for its host.
    fn of_url(&self, url: &str) -> Result<Chart, String> {
        let AccessFlags { username, password, .. } = &self.flags.access;
        let with_user = match (username.is_empty(), url.split_once("://")) {
            (false, Some((scheme, rest))) if !rest.split('/').next().unwrap_or_default().contains('@') => {
                format!("{scheme}://{}:{}@{rest}", encoded(username), encoded(password))
            }
            _ => url.to_string(),
        };
        load_archive(&self.get(&with_user)?).map_err(|e| e.to_string())
    }

    /// The repository that `helm repo add` gave a name.
    fn named(&self, name: &str) -> Result<(String, Credentials, bool), String> {
        let file = repositories_file();
        let text = files::read(&file).map_err(|_| format!("repo {name} not found"))?;
        let read = yaml::from_yaml(&text).map_err(|e| format!("{file}: {e}"))?;
        let entries = read.get("repositories").and_then(|r| r.as_array()).unwrap_or_default();
        let text = |entry: &bowline_base_value::Value, key: &str| entry.str_at(&[key]).unwrap_or_default().to_string();
        let flag =
            |entry: &bowline_base_value::Value, key: &str| entry.get(key).and_then(|v| v.as_bool()) == Some(true);
        let found = entries.iter().find(|entry| text(entry, "name") == name);
        let entry = found.ok_or_else(|| format!("repo {name} not found"))?;
        let access = AccessFlags {
            username: text(entry, "username"),
            password: text(entry, "password"),
            ca_file: text(entry, "caFile"),
            cert_file: text(entry, "certFile"),
            key_file: text(entry, "keyFile"),
            insecure_skip_tls_verify: flag(entry, "insecure_skip_tls_verify"),
            plain_http: false,
        };
        let credentials = access.credentials().map_err(|e| e.to_string())?;
        Ok((text(entry, "url"), credentials, flag(entry, "pass_credentials_all")))
    }
}

impl Reader for Charts {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        match name.starts_with("https://") || name.starts_with("http://") {
            true => self.get(name),
            false => files::read_bytes(name).map_err(|e| e.to_string()),
        }
    }

    fn chart(&self, reference: &str) -> Result<Chart, String> {
        let reference = reference.trim();
        if !self.flags.repo.is_empty() {
            let credentials = self.flags.access.credentials().map_err(|e| e.to_string())?;
            return self.of_repository(&self.flags.repo, reference, credentials, self.flags.pass_credentials);
        }
        if Path::new(reference).is_dir() {
            // Links of a chart may lead anywhere on this machine, as helm follows them.
            let folder = local::open(reference, Some("/")).map_err(|e| e.to_string())?;
            return load(&folder.tree, &folder.path).map_err(|e| match e {
                LoadError::Absent { .. } => {
                    let path = Path::new(reference).join("Chart.yaml");
                    let path = std::path::absolute(&path).unwrap_or(path);
                    format!("unable to detect chart at {0}: open {0}: no such file or directory", path.display())
                }
                e => e.to_string(),
            });
        }
        if Path::new(reference).is_file() {
            let bytes = files::read_bytes(reference).map_err(|e| e.to_string())?;
            return load_archive_file(reference, &bytes).map_err(|e| e.to_string());
        }
        if Path::new(reference).is_absolute() || reference.starts_with('.') {
            return Err(format!("path {reference:?} not found"));
        }
        if reference.starts_with("oci://") {
            return self.of_registry(reference);
        }
        if reference.starts_with("https://") || reference.starts_with("http://") {
            return self.of_url(reference);
        }
        match reference.split_once('/') {
            Some((repository, chart)) => {
                let (url, credentials, pass) = self.named(repository)?;
                self.of_repository(&url, chart, credentials, pass)
            }
            None => Err(format!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}")),
        }
    }
}

/// Percent-encoded, so that it stays what it is inside a URL.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Where helm keeps the repositories that it was told of.
fn repositories_file() -> String {
    let under = |variable: &str, rest: &str| files::variable(variable).map(|base| format!("{base}{rest}"));
    files::variable("HELM_REPOSITORY_CONFIG")
        .or_else(|| under("HELM_CONFIG_HOME", "/repositories.yaml"))
        .or_else(|| under("XDG_CONFIG_HOME", "/helm/repositories.yaml"))
        .or_else(|| under("HOME", "/.config/helm/repositories.yaml"))
        .unwrap_or_default()
}

fn registries(how: Given) -> Result<(Runtime, Registries), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    let charts = given(how).map_err(|e: CliError| e.to_string())?;
    Ok((runtime, charts))
}
