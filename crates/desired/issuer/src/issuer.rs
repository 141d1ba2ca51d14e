//! [`Issuer`]: who issues the login of a repository, as its Secret says.

use bowline_base_value::Sensitive;

/// Who issues a login, and what we prove to them who we are with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// A GitHub App, by its own key.
    GitHubApp {
        /// `githubAppID`.
        app: u64,
        /// `githubAppInstallationID`; where it is missing, that of the organisation or user whose the repository is.
        installation: Option<u64>,
        /// `githubAppPrivateKey`, PEM.
        key: Sensitive<String>,
        /// The API: `githubAppEnterpriseBaseUrl`, or GitHub's own.
        api: String,
    },
    /// A Google service account, by its key file.
    Google {
        /// `gcpServiceAccountKey`: the file, JSON.
        key: Sensitive<String>,
    },
    /// The Azure identity of this process: `useAzureWorkloadIdentity`.
    AzureWorkload,
    /// An Azure service principal, by its secret.
    AzurePrincipal {
        /// `azureServicePrincipalTenantId`.
        tenant: String,
        /// `azureServicePrincipalClientId`.
        client: String,
        /// `azureServicePrincipalClientSecret`.
        secret: Sensitive<String>,
        /// `azureActiveDirectoryEndpoint`, or that of the public cloud.
        authority: String,
    },
}

/// A Secret that names an issuer by halves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} {reason}")]
pub struct IssuerError {
    /// The Secret's key.
    pub key: &'static str,
    /// What is wrong; never the value.
    pub reason: &'static str,
}

/// GitHub's own API.
const GITHUB: &str = "https://api.github.com";
/// The login service of Azure's public cloud.
pub(crate) const AZURE: &str = "https://login.microsoftonline.com";

// === impl Issuer ===

impl Issuer {
    /// Reads the keys of a repository Secret; `get` gives a key's text. `None` where they name no issuer. Where several are named, the
    /// first of GitHub, Google, Azure's workload and Azure's principal counts, as in Argo CD.
    pub fn from_fields<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Option<Issuer>, IssuerError> {
        let text = |key: &str| get(key).map(str::trim).filter(|text| !text.is_empty());
        let error = |key, reason| Err(IssuerError { key, reason });
        let number = |key: &'static str| match text(key).map(str::parse::<u64>) {
            None | Some(Ok(0)) => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(IssuerError { key, reason: "must be a whole number" }),
        };
        let url = |key: &'static str, default: &str| match text(key) {
            None => Ok(default.to_string()),
            Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
                Ok(url.trim_end_matches('/').to_string())
            }
            Some(_) => Err(IssuerError { key, reason: "must be a URL that begins with https://" }),
        };
        let secret = |text: &str| Sensitive::new(text.to_string());
        match (number("githubAppID")?, text("githubAppPrivateKey")) {
            (Some(app), Some(key)) => {
                return Ok(Some(Issuer::GitHubApp {
                    app,
                    installation: number("githubAppInstallationID")?,
                    key: secret(key),
                    api: url("githubAppEnterpriseBaseUrl", GITHUB)?,
                }));
            }
            (Some(_), None) => return error("githubAppPrivateKey", "is missing: githubAppID alone proves nothing"),
            (None, Some(_)) => return error("githubAppID", "is missing: it says whose githubAppPrivateKey is"),
            (None, None) => {}
        }
        if let Some(key) = text("gcpServiceAccountKey") {
            return Ok(Some(Issuer::Google { key: secret(key) }));
        }
        match text("useAzureWorkloadIdentity") {
            None | Some("false") => {}
            Some("true") => return Ok(Some(Issuer::AzureWorkload)),
            Some(_) => return error("useAzureWorkloadIdentity", "must be true or false"),
        }
        let names =
            ["azureServicePrincipalTenantId", "azureServicePrincipalClientId", "azureServicePrincipalClientSecret"];
        match names.map(text) {
            [None, None, None] => Ok(None),
            [Some(tenant), Some(client), Some(key)] => {
                // It becomes a part of the path.
                if !tenant.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')) {
                    return error("azureServicePrincipalTenantId", "must be the id or the domain of a tenant");
                }
                Ok(Some(Issuer::AzurePrincipal {
                    tenant: tenant.to_string(),
                    client: client.to_string(),
                    secret: secret(key),
                    authority: url("azureActiveDirectoryEndpoint", AZURE)?,
                }))
            }
            given => {
                let missing = given.iter().position(Option::is_none).unwrap_or_default();
                error(names[missing], "is missing: tenant, client and secret belong together")
            }
        }
    }

    /// The URL that it is asked at, where the Secret names one.
    pub fn url(&self) -> Option<&str> {
        match self {
            Issuer::GitHubApp { api, .. } => Some(api),
            Issuer::AzurePrincipal { authority, .. } => Some(authority),
            Issuer::Google { .. } | Issuer::AzureWorkload => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(fields: &[(&str, &str)]) -> String {
        let fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
        match Issuer::from_fields(|key| fields.get(key).copied()) {
            Ok(None) => "none".into(),
            Ok(Some(Issuer::GitHubApp { app, installation, api, .. })) => format!("app {app} {installation:?} {api}"),
            Ok(Some(Issuer::AzurePrincipal { tenant, client, authority, .. })) => {
                format!("principal {tenant} {client} {authority}")
            }
            Ok(Some(other)) => format!("{other:?}"),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn fields_name_an_issuer_wholly_or_are_refused() {
        let principal = [
            ("azureServicePrincipalTenantId", "t"),
            ("azureServicePrincipalClientId", "c"),
            ("azureServicePrincipalClientSecret", "s"),
        ];
        for (fields, want) in [
            (&[][..], "none"),
            (&[("useAzureWorkloadIdentity", "false"), ("githubAppID", "0")], "none"),
            (&[("githubAppID", "7"), ("githubAppPrivateKey", "k")], "app 7 None https://api.github.com"),
            (
                &[
                    ("githubAppID", "7"),
                    ("githubAppInstallationID", "8"),
                    ("githubAppPrivateKey", "k"),
                    ("githubAppEnterpriseBaseUrl", "https://ghe.example/api/v3/"),
                    ("gcpServiceAccountKey", "{}"),
                ],
                "app 7 Some(8) https://ghe.example/api/v3",
            ),
            (&[("githubAppID", "7")], "error: githubAppPrivateKey is missing: githubAppID alone proves nothing"),
            (&[("githubAppPrivateKey", "k")], "error: githubAppID is missing: it says whose githubAppPrivateKey is"),
            (&[("githubAppID", "x")], "error: githubAppID must be a whole number"),
            (
                &[("githubAppID", "7"), ("githubAppPrivateKey", "k"), ("githubAppEnterpriseBaseUrl", "ghe")],
                "error: githubAppEnterpriseBaseUrl must be a URL that begins with https://",
            ),
            (&[("gcpServiceAccountKey", "{}")], "Google { key: (sensitive) }"),
            (&[("useAzureWorkloadIdentity", "true")], "AzureWorkload"),
            (&[("useAzureWorkloadIdentity", "yes")], "error: useAzureWorkloadIdentity must be true or false"),
            (&principal, "principal t c https://login.microsoftonline.com"),
            (
                &principal[..2],
                "error: azureServicePrincipalClientSecret is missing: tenant, client and secret belong together",
            ),
            (
                &[("azureServicePrincipalTenantId", "a/b"), principal[1], principal[2]],
                "error: azureServicePrincipalTenantId must be the id or the domain of a tenant",
            ),
        ] {
            assert_eq!(read(fields), want, "{fields:?}");
        }
    }
}
