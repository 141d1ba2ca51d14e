//! Repository and credential-template Secrets (`secret-type: repository`, `repo-creds`).

use bowline_core_types::{Object, Sensitive};

use crate::{SecretError, SecretText, secret_text};

/// What a repository holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RepositoryKind {
    /// Git (the default).
    #[default]
    Git,
    /// A Helm repository.
    Helm,
    /// An OCI registry.
    Oci,
}

/// A repository, or a template of credentials for all repositories below a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositorySecret {
    /// Name of the Secret.
    pub secret: String,
    /// Whether it is a template (`repo-creds`).
    pub template: bool,
    /// What the repository holds.
    pub kind: RepositoryKind,
    /// Its URL, or the URL prefix of a template.
    pub url: String,
    /// Name for people.
    pub name: String,
    /// The project that owns it, empty for all.
    pub project: String,
    /// Every key of the Secret: credentials are read from here where they are spent.
    pub data: SecretText,
}

// === impl RepositorySecret ===

impl RepositorySecret {
    /// Reads a repository Secret; `template` says that its label was `repo-creds`.
    pub fn from_secret(object: &Object, template: bool) -> Result<RepositorySecret, SecretError> {
        let data = secret_text(object)?;
        let secret = object.name().to_string();
        let text = |key: &str| data.get(key).map(|v| v.expose().trim().to_string()).unwrap_or_default();
        let url = text("url");
        if url.is_empty() {
            return Err(SecretError::Missing { secret, key: "url" });
        }
        let kind = match text("type").as_str() {
            "" | "git" => RepositoryKind::Git,
            "helm" => RepositoryKind::Helm,
            "oci" => RepositoryKind::Oci,
            other => {
                let reason = format!("{other:?} is none of git, helm, oci");
                return Err(SecretError::Invalid { secret, key: "type".into(), reason });
            }
        };
        Ok(RepositorySecret { url, name: text("name"), project: text("project"), secret, template, kind, data })
    }

    /// One key as text, empty where it is not set. For secrets use [`RepositorySecret::secret`].
    pub fn text(&self, key: &str) -> &str {
        self.data.get(key).map(|v| v.expose().as_str()).unwrap_or_default()
    }

    /// One key, `None` where it is missing or empty.
    pub fn secret(&self, key: &str) -> Option<&Sensitive<String>> {
        self.data.get(key).filter(|v| !v.expose().is_empty())
    }

    /// Whether a key is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.text(key).trim() == "true"
    }

    /// Whether it carries any way to log in.
    pub fn has_credentials(&self) -> bool {
        const CREDENTIALS: [&str; 8] = [
            "username",
            "password",
            "sshPrivateKey",
            "bearerToken",
            "tlsClientCertData",
            "githubAppPrivateKey",
            "gcpServiceAccountKey",
            "azureServicePrincipalClientSecret",
        ];
        CREDENTIALS.iter().any(|key| self.secret(key).is_some()) || self.flag("useAzureWorkloadIdentity")
    }
}

/// What is used for `url` in `project`: the repository of that URL (the project's own before one for all), with the
/// credentials of the longest matching template where it has none itself. The second is that template.
pub fn find_repository<'a>(
    secrets: &'a [RepositorySecret],
    url: &str,
    project: &str,
) -> (Option<&'a RepositorySecret>, Option<&'a RepositorySecret>) {
    let wanted = normalize_url(url);
    let of =
        |owner: &str| secrets.iter().find(|r| !r.template && r.project == owner && normalize_url(&r.url) == wanted);
    let repository = of(project).or_else(|| of(""));
    if repository.is_some_and(RepositorySecret::has_credentials) {
        return (repository, None);
    }
    let template = secrets
        .iter()
        .filter(|r| r.template && wanted.starts_with(&normalize_url(&r.url)))
        .max_by_key(|r| normalize_url(&r.url).len());
    (repository, template)
}

/// A Git URL in the form in which two spellings of one repository are equal: lower case, without `.git`, a trailing slash or
/// user, and with the short SSH form written out.
pub fn normalize_url(url: &str) -> String {
    let mut text = url.trim().to_lowercase();
    for suffix in ["/", ".git"] {
        text = text.strip_suffix(suffix).unwrap_or(&text).to_string();
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let bare = if scheme == "ssh" { host } else { host.rsplit_once('@').map_or(host, |(_, host)| host) };
        let bare = if scheme == "ssh" { bare.strip_suffix(":22").unwrap_or(bare) } else { bare };
        return if path.is_empty() { format!("{scheme}://{bare}") } else { format!("{scheme}://{bare}/{path}") };
    }
    match text.split_once(':') {
        // `git@host:path` is `ssh://git@host/path`; a path of one's own machine has no such colon.
        Some((host, path)) if !host.contains('/') && !path.is_empty() => {
            format!("ssh://{host}/{}", path.trim_start_matches('/'))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(url: &str, project: &str, template: bool, password: &str) -> RepositorySecret {
        RepositorySecret {
            secret: format!("{url}-{project}"),
            template,
            kind: RepositoryKind::Git,
            url: url.into(),
            name: String::new(),
            project: project.into(),
            data: [("password".to_string(), Sensitive::new(password.to_string()))].into(),
        }
    }

    #[test]
    fn spellings_of_one_repository_are_equal() {
        for (a, b) in [
            ("https://Example.com/Org/Repo.git", "https://example.com/org/repo"),
            ("git@example.com:org/repo.git", "ssh://git@example.com/org/repo"),
            ("https://user@example.com/org/repo/", "https://example.com/org/repo"),
        ] {
            assert_eq!(normalize_url(a), normalize_url(b));
        }
        assert_ne!(normalize_url("https://example.com/a"), normalize_url("https://example.com/b"));
        assert_eq!(normalize_url("file:///srv/repo"), "file:///srv/repo");
    }

    #[test]
    fn the_project_s_own_and_the_longest_template_win() {
        let secrets = [
            repository("https://h/o/r", "", false, "all"),
            repository("https://h/o/r", "team", false, "team"),
            repository("https://h/o/bare", "", false, ""),
            repository("https://h", "", true, "short"),
            repository("https://h/o", "", true, "long"),
        ];
        let used = |url: &str, project: &str| {
            let (repository, template) = find_repository(&secrets, url, project);
            let of = |r: Option<&RepositorySecret>| r.map(|r| r.text("password").to_string()).unwrap_or("-".into());
            (of(repository), of(template))
        };
        assert_eq!(used("https://h/o/r.git", "team"), ("team".into(), "-".into()));
        assert_eq!(used("https://h/o/r", "other"), ("all".into(), "-".into()));
        assert_eq!(used("https://h/o/bare", ""), ("".into(), "long".into()));
        assert_eq!(used("https://h/x", ""), ("-".into(), "short".into()));
        assert_eq!(used("https://elsewhere/x", ""), ("-".into(), "-".into()));
    }
}
