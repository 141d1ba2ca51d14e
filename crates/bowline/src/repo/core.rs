//! Repositories in a cluster: the Secrets that hold them.

use std::io::Write;
use std::time::Duration;

use bowline_base_value::Value;
use bowline_core_crd::{ConnectionState, Repository};
use bowline_core_ports::{Freshness, Sources};
use bowline_core_settings::{RepositoryKind, RepositorySecret, normalize_url};
use bowline_core_types::{Object, annotation};
use bowline_roles_app_controller::access;

use super::flags::secret_data;
use super::{AddArgs, RmArgs};
use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Kube, Resource, secret_name};
use crate::{control, files};

/// How long `repo list` and `repo add` wait for a repository to answer.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn add(kube: &Kube, global: &Global, args: AddArgs) -> Result<(), CliError> {
    let data = secret_data(&args.repository()?)?;
    let project = args.project.as_deref().unwrap_or_default();
    let name = secret_name("repo", &format!("{}{project}", args.url));
    let secret = crate::kube::secret(&name, &global.namespace, "repository", data.clone());
    // Read as the server will, so that what it cannot use is not stored.
    let object = Object::new(secret.clone()).map_err(|e| CliError::failed(e.to_string()))?;
    let read = RepositorySecret::from_secret(&object, false).map_err(|e| CliError::failed(e.to_string()))?;
    let known = repositories(kube, global, "repository").await?;
    let same = known.iter().find(|r| normalize_url(&r.url) == normalize_url(&args.url) && r.project == project);
    match same {
        Some(_) if !args.upsert => {
            return Err(CliError::failed(format!("repository '{}' is there already", args.url))
                .hint("use --upsert to change it"));
        }
        Some(repository) => {
            test(kube, global, &read, &object).await?;
            let patch: Value = [("stringData", data)].into_iter().collect();
            kube.merge(Resource::Secrets, &global.namespace, &repository.secret, &patch).await?;
        }
        None => {
            test(kube, global, &read, &object).await?;
            kube.create(Resource::Secrets, &global.namespace, &secret).await?;
        }
    }
    writeln!(std::io::stdout(), "Repository '{}' added", args.url)?;
    Ok(())
}

/// Asks a Helm repository or a registry whether it lets us in, as Argo CD does before it takes one.
async fn test(kube: &Kube, global: &Global, repository: &RepositorySecret, secret: &Object) -> Result<(), CliError> {
    if repository.kind == RepositoryKind::Git {
        return Ok(());
    }
    let world = control::world(kube, global).await?;
    world.put_secret(&repository.secret, Some(secret)).map_err(CliError::failed)?;
    let charts = crate::registry::known(world)?;
    let checked = tokio::time::timeout(PATIENCE, charts.check_stored(&repository.url, &repository.project)).await;
    let why = match checked {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    Err(CliError::failed(format!("error testing repository connectivity: {why}")))
}

/// The repositories, without their secrets, and where `asks` whether each answers.
pub(super) async fn list(kube: &Kube, global: &Global, asks: bool) -> Result<Vec<Repository>, CliError> {
    let found = repositories(kube, global, "repository").await?;
    let templates = repositories(kube, global, "repo-creds").await?;
    let states = match asks {
        true => states(kube, global, &found).await?,
        false => vec![("", String::new()); found.len()],
    };
    let told = found.iter().zip(states).map(|(r, (status, message))| {
        let inherits = !r.has_credentials() && lends(r, &templates);
        // A name stands for whatever is secret: it says that there is something.
        let username = match r.has_credentials() && r.text("username").is_empty() {
            true => "-".to_string(),
            false => r.text("username").to_string(),
        };
        Repository {
            repo: r.url.clone(),
            type_: if r.text("type").is_empty() { "git".to_string() } else { r.text("type").to_string() },
            name: r.name.clone(),
            project: r.project.clone(),
            username,
            insecure: r.flag("insecure") || r.flag("insecureIgnoreHostKey"),
            enable_oci: r.flag("enableOCI"),
            enable_lfs: r.flag("enableLfs"),
            inherited_creds: inherits,
            connection_state: ConnectionState { status: status.to_string(), message, attempted_at: None },
            ..Repository::default()
        }
    });
    Ok(told.collect())
}

/// Whether a repository is the one of this URL and project.
pub(super) fn is_same(repository: &Repository, url: &str, project: &str) -> bool {
    normalize_url(&repository.repo) == normalize_url(url) && repository.project == project
}

/// Whether a template of credentials lends some to a repository.
fn lends(repository: &RepositorySecret, templates: &[RepositorySecret]) -> bool {
    templates.iter().any(|t| normalize_url(&repository.url).starts_with(&normalize_url(&t.url)))
}

/// Whether each repository can be reached from here, and why not.
async fn states(
    kube: &Kube,
    global: &Global,
    found: &[RepositorySecret],
) -> Result<Vec<(&'static str, String)>, CliError> {
    let world = control::world(kube, global).await?;
    let charts = crate::registry::known(world.clone())?;
    let charts = &charts;
    let git = control::repositories(move |url: &str, project: &str| access(&world, url, project))?;
    let git = &git;
    let asked = found.iter().map(|r| async {
        let asked = async {
            match r.kind {
                RepositoryKind::Git => git.resolve(&r.url, &r.project, "", Freshness::Now).await.map(|_| ()),
                _ => charts.check_stored(&r.url, &r.project).await,
            }
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(())) => ("Successful", String::new()),
            Ok(Err(error)) => ("Failed", error.to_string()),
            Err(_) => ("Failed", format!("no answer within {} s", PATIENCE.as_secs())),
        }
    });
    Ok(futures::future::join_all(asked).await)
}

pub(super) async fn rm(kube: &Kube, global: &Global, args: RmArgs) -> Result<(), CliError> {
    let known = repositories(kube, global, "repository").await?;
    for url in &args.urls {
        let project = args.project.as_deref().unwrap_or_default();
        let found =
            known.iter().find(|r| normalize_url(&r.url) == normalize_url(url) && r.project == project).ok_or_else(
                || CliError::failed(format!("there is no repository '{url}'")).hint("bowline repo list shows them"),
            )?;
        crate::kube::remove_secret(kube, global, &found.secret).await?;
        writeln!(std::io::stdout(), "Repository '{url}' removed")?;
    }
    Ok(())
}

/// The repositories, or the templates of credentials, that Secrets tell of, by URL.
pub async fn repositories(kube: &Kube, global: &Global, kind: &str) -> Result<Vec<RepositorySecret>, CliError> {
    let selector = format!("{}={kind}", annotation::SECRET_TYPE);
    let secrets = kube.list(Resource::Secrets, &global.namespace, &selector).await?;
    let mut found = Vec::new();
    for raw in secrets {
        let read = Object::new(raw)
            .map_err(|e| e.to_string())
            .and_then(|object| RepositorySecret::from_secret(&object, kind == "repo-creds").map_err(|e| e.to_string()));
        match read {
            Ok(repository) => found.push(repository),
            // One that cannot be read hides no others.
            Err(reason) => files::warn(&reason),
        }
    }
    found.sort_by(|a, b| a.url.cmp(&b.url));
    Ok(found)
}
