//! [`Secrets`]: what the control namespace says of repositories.

use std::sync::Arc;

use bowline_base_egress::{Reach, Url};
use bowline_core_control::World;
use bowline_core_ports::SourceError;
use bowline_core_project::is_source_permitted;
use bowline_core_settings::{RepositoryKind, RepositorySecret, find_repository, normalize_url};
use bowline_desired_issuer::Issuer;

use crate::{Access, Dependency, Limits, Repositories, failure};

/// Repository Secrets, credential templates and trusted certificates of the control namespace.
#[derive(Clone)]
pub struct Secrets {
    world: Arc<World>,
}

// === impl Secrets ===

impl Secrets {
    /// What `world` says, as it was told last.
    pub fn new(world: Arc<World>) -> Secrets {
        Secrets { world }
    }

    /// The allow-list: hosts that a repository Secret or template names, for itself or for who issues its login, may be anywhere; all
    /// others lead outward only.
    pub fn reach(&self, url: &Url) -> Reach {
        let named = self.world.repositories().iter().any(|secret| {
            let plain = secret.flag("insecureOCIForceHttp");
            let issuer = Issuer::from_fields(|key| Some(secret.text(key))).ok().flatten();
            let asked = issuer.as_ref().and_then(Issuer::url).and_then(|url| Url::parse(url).ok());
            let root = root(&secret.url, plain);
            [root, asked].into_iter().flatten().any(|named| named.origin() == url.origin())
        });
        if named { Reach::Anywhere } else { Reach::Outward }
    }

    fn of(
        &self,
        url: &str,
        repository: Option<&RepositorySecret>,
        template: Option<&RepositorySecret>,
    ) -> Result<Access, SourceError> {
        let shown = root(url, false).map_or_else(|| url.to_string(), |url| url.to_string());
        let mut access =
            Access::from_secrets(repository, template).map_err(|e| failure::refused(format!("{shown}: {e}")))?;
        access.credentials.ca = root(url, false).and_then(|url| self.trust(&url.origin().host));
        Ok(access)
    }

    /// The Secret of a dependency's repository, and the template where it has no credentials: as Argo CD finds them by URL in either
    /// form, then by a registry's URL that is the beginning of the other.
    fn find<'s>(
        secrets: &'s [RepositorySecret],
        url: &str,
        project: &str,
    ) -> (Option<&'s RepositorySecret>, Option<&'s RepositorySecret>) {
        let bare = url.strip_prefix("oci://");
        let mut template = None;
        for form in [Some(url), bare].into_iter().flatten() {
            match find_repository(secrets, form, project) {
                (Some(repository), inherited) => return (Some(repository), inherited),
                (None, inherited) => template = template.or(inherited),
            }
        }
        let Some(bare) = bare.filter(|_| template.is_none()) else { return (None, template) };
        let bare = normalize_url(bare);
        let near = secrets.iter().find(|secret| {
            let own = normalize_url(secret.url.trim_start_matches("oci://"));
            !secret.template
                && (secret.project.is_empty() || secret.project == project)
                && (secret.flag("enableOCI") || secret.kind == RepositoryKind::Oci)
                && (bare.starts_with(&own) || own.starts_with(&bare))
        });
        (near, None)
    }
}

impl Repositories for Secrets {
    fn access(&self, url: &str, project: &str) -> Result<Access, SourceError> {
        let secrets = self.world.repositories();
        let (repository, template) = find_repository(&secrets, url, project);
        self.of(url, repository, template)
    }

    fn trust(&self, host: &str) -> Option<String> {
        self.world.config("argocd-tls-certs-cm", host).filter(|pem| !pem.trim().is_empty())
    }

    fn dependency(&self, repository: &str, project: &str) -> Result<Dependency, SourceError> {
        let secrets = self.world.repositories();
        let spec = self.world.project(project).map(|project| project.spec.clone()).unwrap_or_default();
        let name = repository.strip_prefix('@').or_else(|| repository.strip_prefix("alias:"));
        if let Some(name) = name {
            let mine = |secret: &&RepositorySecret| !secret.template && secret.name == name;
            let of = |owner: &str| secrets.iter().filter(mine).find(|secret| secret.project == owner);
            let found = of(project).or_else(|| of("")).filter(|secret| is_source_permitted(&spec, &secret.url));
            let Some(found) = found else {
                return Err(failure::refused(format!(
                    "no repository definition for {repository}: there is no repository Secret named {name:?} that project '{project}' may use"
                )));
            };
            let (_, template) = find_repository(&secrets, &found.url, project);
            let access = self.of(&found.url, Some(found), template)?;
            return Ok(Dependency { url: found.url.clone(), access, permitted: true });
        }
        let permitted = is_source_permitted(&spec, repository)
            || repository.strip_prefix("oci://").is_some_and(|bare| is_source_permitted(&spec, bare));
        // What the project does not permit is fetched as by anybody: its credentials are for those who may.
        let (own, template) = if permitted { Secrets::find(&secrets, repository, project) } else { (None, None) };
        Ok(Dependency { url: repository.to_string(), access: self.of(repository, own, template)?, permitted })
    }

    fn limits(&self) -> Limits {
        let settings = self.world.settings();
        let or_none = |off: bool, bytes: u64| if off { u64::MAX } else { bytes };
        Limits {
            chart_bytes: or_none(settings.helm_size_unlimited, settings.max_helm_bytes),
            artifact_bytes: or_none(settings.oci_size_unlimited, settings.max_oci_bytes),
            layer_types: settings.oci_layer_types.clone(),
        }
    }
}

/// The URL of a repository in any form of the contract, for its host.
fn root(url: &str, plain_http: bool) -> Option<Url> {
    let scheme = if plain_http { "http" } else { "https" };
    match url.split_once("://") {
        Some(("oci", rest)) => Url::parse(&format!("{scheme}://{rest}")).ok(),
        Some(_) => Url::parse(url).ok(),
        None => Url::parse(&format!("{scheme}://{url}")).ok(),
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{Value, from_json};
    use bowline_core_crd::{AppProject, AppProjectSpec};
    use bowline_core_types::Object;

    use super::*;

    /// Name, type and fields.
    type Given<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn world(secrets: &[Given<'_>], permitted: &[&str]) -> Secrets {
        let world = World::new("argocd");
        let mut project = AppProject::default();
        project.metadata.name = "team".into();
        project.metadata.namespace = "argocd".into();
        project.spec = AppProjectSpec {
            source_repos: permitted.iter().map(|url| url.to_string()).collect(),
            ..AppProjectSpec::default()
        };
        world.put_project(project);
        for (name, kind, fields) in secrets {
            let mut secret = from_json(
                format!(r#"{{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"{name}","namespace":"argocd","labels":{{"argocd.argoproj.io/secret-type":"{kind}"}}}}}}"#).as_bytes(),
            )
            .unwrap();
            let data: Value = fields.iter().map(|(key, value)| (*key, Value::from(base64(value)))).collect();
            secret.as_object_mut().unwrap().insert("data", data);
            world.put_secret(name, Some(&Object::new(secret).unwrap())).unwrap();
        }
        Secrets::new(Arc::new(world))
    }

    fn base64(text: &str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        text.as_bytes()
            .chunks(3)
            .map(|c| {
                let n = (u32::from(c[0]) << 16)
                    | (c.get(1).map_or(0, |b| u32::from(*b)) << 8)
                    | c.get(2).map_or(0, |b| u32::from(*b));
                let letter =
                    |shift: u32, there: bool| if there { LETTERS[(n >> shift & 63) as usize] as char } else { '=' };
                [letter(18, true), letter(12, true), letter(6, c.len() > 1), letter(0, c.len() > 2)]
                    .iter()
                    .collect::<String>()
            })
            .collect()
    }

    #[test]
    fn dependencies_find_their_secrets_where_the_project_permits_them() {
        let secrets = world(
            &[
                (
                    "a",
                    "repository",
                    &[
                        ("type", "helm"),
                        ("url", "https://charts.example/stable"),
                        ("name", "stable"),
                        ("username", "one"),
                        ("password", "p"),
                    ],
                ),
                (
                    "b",
                    "repository",
                    &[
                        ("type", "helm"),
                        ("url", "registry.example/team"),
                        ("enableOCI", "true"),
                        ("username", "two"),
                        ("password", "p"),
                    ],
                ),
                (
                    "c",
                    "repo-creds",
                    &[("type", "helm"), ("url", "https://other.example"), ("username", "three"), ("password", "p")],
                ),
                (
                    "d",
                    "repository",
                    &[
                        ("type", "helm"),
                        ("url", "https://secret.example"),
                        ("name", "hidden"),
                        ("username", "four"),
                        ("password", "p"),
                    ],
                ),
            ],
            &["https://charts.example/*", "registry.example/**", "https://other.example/**"],
        );
        for (repository, url, user, permitted) in [
            ("https://charts.example/stable/", "https://charts.example/stable/", "one", true),
            ("@stable", "https://charts.example/stable", "one", true),
            ("alias:stable", "https://charts.example/stable", "one", true),
            ("oci://registry.example/team", "oci://registry.example/team", "two", true),
            ("oci://registry.example/team/charts", "oci://registry.example/team/charts", "two", true),
            ("https://other.example/x", "https://other.example/x", "three", true),
            ("https://secret.example", "https://secret.example", "", false),
            ("https://public.example", "https://public.example", "", false),
        ] {
            let found = secrets.dependency(repository, "team").unwrap();
            assert_eq!(
                (found.url.as_str(), found.access.credentials.username.as_str(), found.permitted),
                (url, user, permitted),
                "{repository}"
            );
        }
        for name in ["@hidden", "@nobody"] {
            let error = secrets.dependency(name, "team").unwrap_err().to_string();
            assert!(error.contains(&format!("no repository definition for {name}")), "{error}");
        }
    }

    #[test]
    fn hosts_that_secrets_name_may_be_anywhere() {
        let secrets = world(
            &[
                ("a", "repository", &[("type", "helm"), ("url", "http://127.0.0.1:8080/charts")]),
                (
                    "b",
                    "repository",
                    &[
                        ("type", "helm"),
                        ("url", "localhost:5000"),
                        ("enableOCI", "true"),
                        ("insecureOCIForceHttp", "true"),
                    ],
                ),
                ("c", "repo-creds", &[("type", "oci"), ("url", "oci://registry.example/x")]),
            ],
            &[],
        );
        for (url, named) in [
            ("http://127.0.0.1:8080/other", true),
            ("http://127.0.0.1:8081/charts", false),
            ("https://127.0.0.1:8080/charts", false),
            ("http://localhost:5000/v2/", true),
            ("https://registry.example/v2/", true),
            ("https://elsewhere.example/", false),
        ] {
            assert_eq!(secrets.reach(&Url::parse(url).unwrap()) == Reach::Anywhere, named, "{url}");
        }
    }
}
