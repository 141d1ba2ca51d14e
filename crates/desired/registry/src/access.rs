//! [`Access`]: how a repository lets us in, as its Secret says.

use bowline_base_egress::{Login, Origin, Proxies, Route, Tls, Url};
use bowline_base_value::Sensitive;
use bowline_core_settings::{RepositoryKind, RepositorySecret};

/// What a repository's Secret (with its template's) says about access, and the trust that the server's settings give for its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// `username`.
    pub username: String,
    /// `password`.
    pub password: Option<Sensitive<String>>,
    /// `bearerToken`: sent where there is neither user nor password.
    pub bearer_token: Option<Sensitive<String>>,
    /// `tlsClientCertData`, PEM.
    pub tls_client_cert: Option<String>,
    /// `tlsClientCertKey`, PEM.
    pub tls_client_key: Option<Sensitive<String>>,
    /// Certificates that the host may be signed by, PEM: the host's key of `argocd-tls-certs-cm`. Replaces the system's.
    pub ca: Option<String>,
    /// `insecure`: the certificate is not checked.
    pub insecure: bool,
    /// `enableOCI`, or a Secret of type `oci`.
    pub oci: bool,
    /// `insecureOCIForceHttp`: the registry is spoken to without TLS.
    pub plain_http: bool,
    /// `proxy` and `noProxy`; the process's own where the Secret has none.
    pub proxies: Option<Proxies>,
}

/// Credentials and who they belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The project that owns the repository's Secret, empty where it is for all. What is cached is kept apart by it.
    pub scope: String,
    /// What to log in with.
    pub credentials: Credentials,
}

/// Why a repository's Secret cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// A way of logging in that does not exist here.
    #[error("repository Secret: {key} ({what}) is not supported")]
    Unsupported {
        /// The Secret's key.
        key: &'static str,
        /// What it asks for.
        what: &'static str,
    },
    /// A value that cannot be used.
    #[error("repository Secret: {key} {reason}")]
    Invalid {
        /// The Secret's key.
        key: &'static str,
        /// What is wrong; never the value.
        reason: String,
    },
}

// === impl Access ===

impl Access {
    /// From the repository's Secret and, where that has no credentials, the template's: what
    /// [`find_repository`](bowline_core_settings::find_repository) gives. The trust in the host is set after.
    pub fn from_secrets(
        repository: Option<&RepositorySecret>,
        template: Option<&RepositorySecret>,
    ) -> Result<Access, AccessError> {
        let text = |key: &str| {
            let own = repository.map(|secret| secret.text(key)).filter(|text| !text.is_empty());
            own.or_else(|| template.map(|secret| secret.text(key)).filter(|text| !text.is_empty()))
        };
        let either = |key: &str| [repository, template].into_iter().flatten().any(|secret| secret.flag(key));
        if text("useAzureWorkloadIdentity").is_some_and(|value| value.trim() == "true") {
            return Err(AccessError::Unsupported { key: "useAzureWorkloadIdentity", what: "Azure workload identity" });
        }
        let secret = |key: &str| text(key).map(|text| Sensitive::new(text.to_string()));
        let proxies = match text("proxy") {
            None => None,
            Some(proxy) => {
                let proxies = Proxies::one(proxy, text("noProxy").unwrap_or_default());
                Some(proxies.map_err(|reason| AccessError::Invalid { key: "proxy", reason })?)
            }
        };
        let is_oci = |secret: &RepositorySecret| secret.kind == RepositoryKind::Oci;
        let credentials = Credentials {
            username: text("username").unwrap_or_default().to_string(),
            password: secret("password"),
            bearer_token: secret("bearerToken"),
            tls_client_cert: text("tlsClientCertData").map(String::from),
            tls_client_key: secret("tlsClientCertKey"),
            ca: None,
            // A template says nothing of trust.
            insecure: repository.is_some_and(|secret| secret.flag("insecure")),
            oci: either("enableOCI") || [repository, template].into_iter().flatten().any(is_oci),
            plain_http: either("insecureOCIForceHttp"),
            proxies,
        };
        credentials.check()?;
        let owner = repository.or(template).map(|secret| secret.project.clone());
        Ok(Access { scope: owner.unwrap_or_default(), credentials })
    }
}

// === impl Credentials ===

impl Credentials {
    fn check(&self) -> Result<(), AccessError> {
        let one_line = |key: &'static str, text: Option<&Sensitive<String>>| match text {
            Some(text) if text.expose().chars().any(char::is_control) => {
                Err(AccessError::Invalid { key, reason: "must be one line without control characters".to_string() })
            }
            _ => Ok(()),
        };
        one_line("username", Some(&Sensitive::new(self.username.clone())))?;
        one_line("password", self.password.as_ref())?;
        one_line("bearerToken", self.bearer_token.as_ref())?;
        if self.username.contains(':') {
            return Err(AccessError::Invalid { key: "username", reason: "must not hold a colon".to_string() });
        }
        if self.tls_client_cert.is_some() != self.tls_client_key.is_some() {
            return Err(AccessError::Invalid {
                key: "tlsClientCertData",
                reason: "and tlsClientCertKey must be given together".to_string(),
            });
        }
        Ok(())
    }

    /// Whether there is a way to log in besides a client certificate.
    pub(crate) fn can_log_in(&self) -> bool {
        !self.username.is_empty() || self.password.is_some() || self.bearer_token.is_some()
    }

    /// User and password for `origin`.
    pub(crate) fn basic(&self, origin: &Origin) -> Option<Login> {
        if self.username.is_empty() && self.password.is_none() {
            return None;
        }
        let none = Sensitive::new(String::new());
        Some(Login::basic(origin.clone(), &self.username, self.password.as_ref().unwrap_or(&none)))
    }

    /// Whatever there is for `origin`.
    pub(crate) fn login(&self, origin: &Origin) -> Option<Login> {
        let bearer = || Some(Login::bearer(origin.clone(), self.bearer_token.as_ref()?));
        self.basic(origin).or_else(bearer)
    }

    /// How the repository's own host is reached.
    pub(crate) fn tls(&self) -> Tls {
        Tls {
            ca: self.ca.as_ref().map(|pem| pem.clone().into_bytes()),
            cert: self.tls_client_cert.as_ref().map(|pem| pem.clone().into_bytes()),
            key: self.tls_client_key.as_ref().map(|pem| Sensitive::new(pem.expose().clone().into_bytes())),
            insecure: self.insecure,
            only: None,
            server_name: None,
        }
    }

    /// How a host is reached on behalf of the repository at `origin`: its certificates are for that origin only.
    pub(crate) fn route(
        &self,
        origin: &Origin,
        url: &Url,
        machine: &Proxies,
        trust: &dyn Fn(&str) -> Option<String>,
    ) -> Route {
        let tls = match url.origin() == origin {
            true => self.tls(),
            false => Tls { ca: trust(&url.origin().host).map(String::into_bytes), ..Tls::default() },
        };
        let proxies = self.proxies.as_ref().unwrap_or(machine);
        Route { tls, proxy: proxies.for_url(url).cloned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(template: bool, kind: RepositoryKind, fields: &[(&str, &str)]) -> RepositorySecret {
        RepositorySecret {
            secret: "s".into(),
            template,
            kind,
            url: "https://h".into(),
            name: String::new(),
            project: if template { String::new() } else { "team".into() },
            data: fields.iter().map(|(k, v)| (k.to_string(), Sensitive::new(v.to_string()))).collect(),
        }
    }

    #[test]
    fn a_template_gives_credentials_and_the_way_and_says_nothing_of_trust() {
        let repository = secret(false, RepositoryKind::Helm, &[("enableOCI", "true")]);
        let template = secret(
            true,
            RepositoryKind::Helm,
            &[("username", "u"), ("password", "p"), ("insecure", "true"), ("insecureOCIForceHttp", "true")],
        );
        let Access { scope, credentials } = Access::from_secrets(Some(&repository), Some(&template)).unwrap();
        assert_eq!((scope.as_str(), credentials.username.as_str()), ("team", "u"));
        assert!(credentials.oci && credentials.plain_http && !credentials.insecure);
        assert_eq!(Access::from_secrets(None, None).unwrap(), Access::default());
        let artifact = secret(false, RepositoryKind::Oci, &[]);
        assert!(Access::from_secrets(Some(&artifact), None).unwrap().credentials.oci);
    }

    #[test]
    fn what_cannot_be_used_is_named_without_its_value() {
        for (field, want) in [
            (("password", "s3cret\nx"), "repository Secret: password must be one line without control characters"),
            (("username", "a:b"), "repository Secret: username must not hold a colon"),
            (
                ("tlsClientCertData", "c"),
                "repository Secret: tlsClientCertData and tlsClientCertKey must be given together",
            ),
            (
                ("useAzureWorkloadIdentity", "true"),
                "repository Secret: useAzureWorkloadIdentity (Azure workload identity) is not supported",
            ),
            (
                ("proxy", "ftp://u:s3cret@h"),
                "repository Secret: proxy the proxy must start with http://, https:// or socks5://",
            ),
        ] {
            let repository = secret(false, RepositoryKind::Helm, &[field]);
            assert_eq!(Access::from_secrets(Some(&repository), None).unwrap_err().to_string(), want);
        }
    }
}
