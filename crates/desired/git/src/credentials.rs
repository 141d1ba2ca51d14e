//! [`Credentials`]: how a repository lets us in, as its Secret says.

use bowline_core_settings::RepositorySecret;
use bowline_core_types::Sensitive;
use bowline_desired_issuer::{Issuer, IssuerError, Login};

use crate::Transport;

/// What a repository's Secret (with its template's) says about access, and the trust that the server's settings give for its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// `username`.
    pub username: Option<String>,
    /// `password`: a password or a token.
    pub password: Option<Sensitive<String>>,
    /// `bearerToken`.
    pub bearer_token: Option<Sensitive<String>>,
    /// `sshPrivateKey`, PEM or OpenSSH form, without a passphrase.
    pub ssh_private_key: Option<Sensitive<String>>,
    /// Lines of a `known_hosts` file: `ssh_known_hosts` of `argocd-ssh-known-hosts-cm`.
    pub known_hosts: String,
    /// `tlsClientCertData`, PEM.
    pub tls_client_cert: Option<String>,
    /// `tlsClientCertKey`, PEM.
    pub tls_client_key: Option<Sensitive<String>>,
    /// Certificates that the host may be signed by, PEM: the host's key of `argocd-tls-certs-cm`. Replaces the system's.
    pub ca: Option<String>,
    /// `insecure` or `insecureIgnoreHostKey`: neither certificate nor host key is checked.
    pub insecure: bool,
    /// `forceHttpBasicAuth`: send user and password without being asked for them.
    pub force_basic_auth: bool,
    /// `proxy`, for http and https.
    pub proxy: Option<String>,
    /// `noProxy`: hosts that are reached without it.
    pub no_proxy: Option<String>,
    /// Who issues a login, where the Secret holds none itself: GitHub, Google or Azure.
    pub issuer: Option<Issuer>,
    /// `depth`: commits that are fetched of each ref; 0 is all of them.
    pub depth: u32,
}

/// Credentials and who they belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The project that owns the repository's Secret, empty where it is for all. Local copies are kept apart by it, so that
    /// what one project's credentials fetched is not read by another.
    pub scope: String,
    /// What to log in with.
    pub credentials: Credentials,
}

/// Why a repository's Secret cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// A way of logging in, or a kind of content, that does not exist here.
    #[error("repository Secret: {key} ({what}) is not supported")]
    Unsupported {
        /// The Secret's key.
        key: &'static str,
        /// What it asks for.
        what: &'static str,
    },
    /// A value that cannot be read, or cannot be handed on.
    #[error("repository Secret: {key} {reason}")]
    Invalid {
        /// The Secret's key.
        key: &'static str,
        /// What is wrong; never the value.
        reason: &'static str,
    },
}

const UNSUPPORTED: [(&str, &str); 1] = [("enableLfs", "Git LFS")];

/// What a template of credentials does not give: these say something of one repository.
const NOT_FROM_TEMPLATE: [&str; 4] = ["insecure", "insecureIgnoreHostKey", "enableLfs", "depth"];

// === impl Access ===

impl Access {
    /// From the repository's Secret and, where that has no credentials, the template's: what
    /// [`find_repository`](bowline_core_settings::find_repository) gives. What settings give per host is set after.
    pub fn from_secrets(
        repository: Option<&RepositorySecret>,
        template: Option<&RepositorySecret>,
    ) -> Result<Access, CredentialsError> {
        let credentials = Credentials::from_fields(|key| {
            let own = repository.map(|secret| secret.text(key)).filter(|text| !text.is_empty());
            let template = template.filter(|_| !NOT_FROM_TEMPLATE.contains(&key));
            own.or_else(|| template.map(|secret| secret.text(key)))
        })?;
        let owner = repository.or(template).map(|secret| secret.project.clone());
        Ok(Access { scope: owner.unwrap_or_default(), credentials })
    }
}

// === impl Credentials ===

impl Credentials {
    /// Reads the keys of a repository Secret; `get` gives a key's text. What settings give per host (known hosts, CA) is set after.
    pub fn from_fields<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Credentials, CredentialsError> {
        let text = |key: &str| get(key).filter(|text| !text.is_empty());
        for (key, what) in UNSUPPORTED {
            // The switches may be there and off.
            if text(key).is_some_and(|value| !(value == "false" || value == "0")) {
                return Err(CredentialsError::Unsupported { key, what });
            }
        }
        let flag = |key: &'static str| match text(key).map(str::trim) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(CredentialsError::Invalid { key, reason: "must be true or false" }),
        };
        let secret = |key: &str| text(key).map(|text| Sensitive::new(text.to_string()));
        let issuer = Issuer::from_fields(text)
            .map_err(|IssuerError { key, reason }| CredentialsError::Invalid { key, reason })?;
        let mut credentials = Credentials {
            issuer: None,
            username: text("username").map(String::from),
            password: secret("password"),
            bearer_token: secret("bearerToken"),
            ssh_private_key: secret("sshPrivateKey"),
            known_hosts: String::new(),
            tls_client_cert: text("tlsClientCertData").map(String::from),
            tls_client_key: secret("tlsClientCertKey"),
            ca: None,
            insecure: flag("insecure")? || flag("insecureIgnoreHostKey")?,
            force_basic_auth: flag("forceHttpBasicAuth")?,
            proxy: text("proxy").map(String::from),
            no_proxy: text("noProxy").map(String::from),
            depth: match text("depth") {
                None => 0,
                Some(text) => text
                    .trim()
                    .parse()
                    .map_err(|_| CredentialsError::Invalid { key: "depth", reason: "must be a whole number" })?,
            },
        };
        credentials.check()?;
        // What the Secret holds itself comes first, as in Argo CD.
        let own = [&credentials.password, &credentials.bearer_token, &credentials.ssh_private_key];
        if own.into_iter().all(Option::is_none) {
            credentials.issuer = issuer;
        }
        Ok(credentials)
    }

    /// Whether they say who we are: to log in with, not only how to get there.
    pub(crate) fn say_who(&self) -> bool {
        let secrets = [&self.password, &self.bearer_token, &self.ssh_private_key, &self.tls_client_key];
        self.username.is_some() || self.issuer.is_some() || secrets.into_iter().any(Option::is_some)
    }

    /// The same with a login that was issued.
    pub(crate) fn logged_in(&self, login: Login) -> Credentials {
        let mut credentials = Credentials { issuer: None, ..self.clone() };
        match login {
            Login::Password { user, password } => {
                credentials.username = Some(user);
                credentials.password = Some(password);
            }
            Login::Bearer(token) => credentials.bearer_token = Some(token),
        }
        credentials
    }

    /// Refuses values that would mean something else to the programs that they are handed to.
    pub(crate) fn check(&self) -> Result<(), CredentialsError> {
        let lines = |key: &'static str, text: Option<&str>| match text {
            Some(text) if text.chars().any(char::is_control) => {
                Err(CredentialsError::Invalid { key, reason: "must be one line without control characters" })
            }
            _ => Ok(()),
        };
        lines("username", self.username.as_deref())?;
        lines("password", self.password.as_ref().map(|s| s.expose().as_str()))?;
        lines("bearerToken", self.bearer_token.as_ref().map(|s| s.expose().as_str()))?;
        lines("proxy", self.proxy.as_deref())?;
        lines("noProxy", self.no_proxy.as_deref())?;
        if self.tls_client_cert.is_some() != self.tls_client_key.is_some() {
            return Err(CredentialsError::Invalid {
                key: "tlsClientCertData",
                reason: "and tlsClientCertKey must be given together",
            });
        }
        Ok(())
    }

    /// Refuses what does not exist for a transport.
    pub(crate) fn check_for(&self, transport: Transport) -> Result<(), CredentialsError> {
        if transport == Transport::Ssh && self.proxy.is_some() {
            return Err(CredentialsError::Unsupported { key: "proxy", what: "a proxy for SSH" });
        }
        self.check()
    }

    /// Every text that must not be shown, for taking them out of other programs' messages.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        [&self.password, &self.bearer_token, &self.ssh_private_key, &self.tls_client_key]
            .into_iter()
            .filter_map(|secret| secret.as_ref().map(|s| s.expose().as_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(fields: &[(&str, &str)]) -> Result<Credentials, String> {
        let fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
        Credentials::from_fields(|key| fields.get(key).copied()).map_err(|e| e.to_string())
    }

    #[test]
    fn fields_are_read() {
        let read =
            read(&[("username", "u"), ("password", "p"), ("insecure", "true"), ("depth", "1"), ("enableLfs", "false")]);
        let want = Credentials {
            username: Some("u".into()),
            password: Some(Sensitive::new("p".into())),
            insecure: true,
            depth: 1,
            ..Credentials::default()
        };
        assert_eq!(read.unwrap(), want);
    }

    #[test]
    fn what_a_secret_holds_itself_comes_before_what_is_issued() {
        let app = [("githubAppID", "7"), ("githubAppPrivateKey", "k")];
        let issued = read(&app).unwrap();
        assert!(issued.issuer.is_some() && issued.say_who());
        let own = read(&[app[0], app[1], ("password", "p")]).unwrap();
        assert_eq!(own.issuer, None);
        let token = |text: &str| Sensitive::new(text.to_string());
        let login = issued.logged_in(Login::Password { user: "x-access-token".into(), password: token("t") });
        assert_eq!(
            (login.username.as_deref(), login.password, login.issuer),
            (Some("x-access-token"), Some(token("t")), None)
        );
        assert_eq!(issued.logged_in(Login::Bearer(token("b"))).bearer_token, Some(token("b")));
    }

    #[test]
    fn a_template_gives_credentials_and_says_nothing_of_trust() {
        let secret = |template: bool, project: &str, fields: &[(&str, &str)]| RepositorySecret {
            secret: "s".into(),
            template,
            kind: Default::default(),
            url: "https://h".into(),
            name: String::new(),
            project: project.into(),
            data: fields.iter().map(|(k, v)| (k.to_string(), Sensitive::new(v.to_string()))).collect(),
        };
        let repository = secret(false, "team", &[("proxy", "http://own")]);
        let template =
            secret(true, "", &[("username", "u"), ("password", "p"), ("insecure", "true"), ("proxy", "http://t")]);
        let access = Access::from_secrets(Some(&repository), Some(&template)).unwrap();
        let Credentials { username, insecure, proxy, .. } = &access.credentials;
        assert_eq!(
            (access.scope.as_str(), username.as_deref(), *insecure, proxy.as_deref()),
            ("team", Some("u"), false, Some("http://own"))
        );
        assert_eq!(Access::from_secrets(None, None).unwrap(), Access::default());
    }

    #[test]
    fn what_does_not_exist_is_refused_by_name() {
        for (fields, want) in [
            (
                ("githubAppID", "7"),
                "repository Secret: githubAppPrivateKey is missing: githubAppID alone proves nothing",
            ),
            (("enableLfs", "true"), "repository Secret: enableLfs (Git LFS) is not supported"),
            (("depth", "x"), "repository Secret: depth must be a whole number"),
            (("password", "a\nhost=evil"), "repository Secret: password must be one line without control characters"),
            (
                ("tlsClientCertKey", "k"),
                "repository Secret: tlsClientCertData and tlsClientCertKey must be given together",
            ),
        ] {
            assert_eq!(read(&[fields]).unwrap_err(), want);
        }
        let ssh = read(&[("proxy", "socks5://h")]).unwrap();
        assert!(ssh.check_for(Transport::Ssh).is_err());
        assert!(ssh.check_for(Transport::Https).is_ok());
    }
}
