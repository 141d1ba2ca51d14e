//! Azure identities: a token for Azure DevOps.

use std::path::PathBuf;

use bowline_base_egress::Method;
use bowline_base_value::Sensitive;
use serde::Deserialize;

use crate::issuer::AZURE;
use crate::issuers::{Call, Issued, Login, NotIssued};

/// What the token is for: Azure DevOps, by the id that it has in every tenant.
const SCOPE: &str = "499b84ac-1321-427f-aa17-267ca6975798/.default";
/// Bytes of a federated token.
const TOKEN_BYTES: u64 = 64 << 10;

/// The identity that the cluster lends to this process, as the webhook of Azure's workload identity tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// `AZURE_TENANT_ID`.
    pub tenant: String,
    /// `AZURE_CLIENT_ID`.
    pub client: String,
    /// `AZURE_FEDERATED_TOKEN_FILE`: it changes while we run.
    pub token_file: PathBuf,
    /// `AZURE_AUTHORITY_HOST`; empty is that of the public cloud.
    pub authority: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    expires_in: i64,
}

// === impl Workload ===

impl Workload {
    /// From the environment of this process; `None` where it has no such identity.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Workload> {
        let text = |name: &str| variable(name).filter(|text| !text.is_empty());
        Some(Workload {
            tenant: text("AZURE_TENANT_ID")?,
            client: text("AZURE_CLIENT_ID")?,
            token_file: text("AZURE_FEDERATED_TOKEN_FILE")?.into(),
            authority: text("AZURE_AUTHORITY_HOST").unwrap_or_default(),
        })
    }
}

/// Refuses this process's identity to any repository but Azure DevOps's: the token is this server's own, and who may write a repository
/// Secret must not have it sent wherever they like.
pub(crate) fn check(url: &str) -> Result<(), NotIssued> {
    if is_azure_devops(url) {
        return Ok(());
    }
    Err(refused("useAzureWorkloadIdentity is for repositories of dev.azure.com and visualstudio.com"))
}

fn refused(reason: &str) -> NotIssued {
    NotIssued::refused(format!("failed to acquire a token: {reason}"))
}

/// A token of this process's identity.
pub(crate) async fn workload(call: &Call<'_>, workload: Option<&Workload>) -> Result<Issued, NotIssued> {
    let Some(workload) = workload else {
        return Err(refused(
            "this server has no workload identity (AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE)",
        ));
    };
    let assertion =
        federated(workload).await.map_err(|e| refused(&format!("{}: {e}", workload.token_file.display())))?;
    let authority = if workload.authority.is_empty() { AZURE } else { workload.authority.trim_end_matches('/') };
    let proof = [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.expose().as_str()),
    ];
    token(call, authority, &workload.tenant, &workload.client, &proof).await
}

/// A token of a service principal.
pub(crate) async fn principal(
    call: &Call<'_>,
    authority: &str,
    tenant: &str,
    client: &str,
    secret: &Sensitive<String>,
) -> Result<Issued, NotIssued> {
    token(call, authority, tenant, client, &[("client_secret", secret.expose())]).await
}

async fn token(
    call: &Call<'_>,
    authority: &str,
    tenant: &str,
    client: &str,
    proof: &[(&str, &str)],
) -> Result<Issued, NotIssued> {
    let mut form = vec![("grant_type", "client_credentials"), ("client_id", client), ("scope", SCOPE)];
    form.extend_from_slice(proof);
    let url = format!("{authority}/{tenant}/oauth2/v2.0/token");
    let token: Token = call.ask(Method::POST, &url, None, Some(&form)).await?;
    let until = call.in_seconds(if token.expires_in > 0 { token.expires_in } else { 3600 });
    Ok(Issued { login: Login::Bearer(Sensitive::new(token.access_token)), until })
}

async fn federated(workload: &Workload) -> std::io::Result<Sensitive<String>> {
    use tokio::io::AsyncReadExt as _;
    let mut text = String::new();
    tokio::fs::File::open(&workload.token_file).await?.take(TOKEN_BYTES).read_to_string(&mut text).await?;
    Ok(Sensitive::new(text.trim().to_string()))
}

fn is_azure_devops(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase();
    host == "dev.azure.com" || host.ends_with(".visualstudio.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_token_is_for_azure_devops_alone() {
        for (url, want) in [
            ("https://dev.azure.com/org/project/_git/repo", true),
            ("https://org@dev.azure.com/org/project/_git/repo", true),
            ("https://org.visualstudio.com/project/_git/repo", true),
            ("https://DEV.azure.com:443/x", true),
            ("http://dev.azure.com/x", false),
            ("https://dev.azure.com@evil.example/x", false),
            ("https://dev.azure.com.evil.example/x", false),
            ("https://evilvisualstudio.com/x", false),
        ] {
            assert_eq!(is_azure_devops(url), want, "{url}");
        }
    }
}
