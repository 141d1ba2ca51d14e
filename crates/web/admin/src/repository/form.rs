//! A repository as the API has it, and as its Secret holds it.

use std::collections::BTreeMap;

use bowline_core_crd::{RepoCreds, Repository};
use bowline_core_ports::Fields;
use bowline_core_settings::{RepositoryKind, RepositorySecret};
use bowline_web_wire::repository::RepoAccessQuery;
use bowline_web_wire::tonic::Status;

/// Keys by which a repository is logged into.
const CREDENTIALS: [&str; 17] = [
    "username",
    "password",
    "sshPrivateKey",
    "bearerToken",
    "tlsClientCertData",
    "tlsClientCertKey",
    "githubAppID",
    "githubAppInstallationID",
    "githubAppPrivateKey",
    "githubAppEnterpriseBaseUrl",
    "gcpServiceAccountKey",
    "forceHttpBasicAuth",
    "useAzureWorkloadIdentity",
    "azureServicePrincipalClientId",
    "azureServicePrincipalClientSecret",
    "azureServicePrincipalTenantId",
    "azureActiveDirectoryEndpoint",
];

/// Whether a key is one of those.
pub(crate) fn is_credential(key: &str) -> bool {
    CREDENTIALS.contains(&key)
}

/// Whether there is any way to log in.
pub(crate) fn has_credentials(fields: &Fields) -> bool {
    fields.iter().any(|(key, value)| is_credential(key) && !value.expose().is_empty())
}

/// What is not empty, for comparing.
pub(crate) fn filled(fields: &Fields) -> BTreeMap<&str, &str> {
    let text = fields.iter().map(|(key, value)| (key.as_str(), value.expose().as_str()));
    // `git` is what is meant where no type is said.
    text.filter(|(key, value)| !(value.is_empty() || *key == "type" && *value == "git")).collect()
}

/// Refuses what cannot be stored.
pub(crate) fn check(repository: &Repository) -> Result<(), Status> {
    let invalid = |text: &str| Err(Status::invalid_argument(text.to_string()));
    if repository.repo.trim().is_empty() {
        return invalid("repository URL must be set");
    }
    match repository.type_.as_str() {
        "" | "git" | "helm" | "oci" => Ok(()),
        other => Err(Status::invalid_argument(format!("repository type {other:?} is none of git, helm, oci"))),
    }
}

macro_rules! credentials {
    ($of:ident) => {{
        let flag = |set: bool| if set { "true".to_string() } else { String::new() };
        let number = |number: i64| if number == 0 { String::new() } else { number.to_string() };
        [
            ("username", $of.username.clone()),
            ("password", $of.password.reveal().to_string()),
            ("sshPrivateKey", $of.ssh_private_key.reveal().to_string()),
            ("bearerToken", $of.bearer_token.reveal().to_string()),
            ("tlsClientCertData", $of.tls_client_cert_data.clone()),
            ("tlsClientCertKey", $of.tls_client_cert_key.reveal().to_string()),
            ("githubAppID", number($of.github_app_id)),
            ("githubAppInstallationID", number($of.github_app_installation_id)),
            ("githubAppPrivateKey", $of.github_app_private_key.reveal().to_string()),
            ("githubAppEnterpriseBaseUrl", $of.github_app_enterprise_base_url.clone()),
            ("gcpServiceAccountKey", $of.gcp_service_account_key.reveal().to_string()),
            ("forceHttpBasicAuth", flag($of.force_http_basic_auth)),
            ("useAzureWorkloadIdentity", flag($of.use_azure_workload_identity)),
            ("azureServicePrincipalClientId", $of.azure_service_principal_client_id.clone()),
            ("azureServicePrincipalClientSecret", $of.azure_service_principal_client_secret.reveal().to_string()),
            ("azureServicePrincipalTenantId", $of.azure_service_principal_tenant_id.clone()),
            ("azureActiveDirectoryEndpoint", $of.azure_active_directory_endpoint.clone()),
            ("type", $of.type_.clone()),
            ("proxy", $of.proxy.clone()),
            ("noProxy", $of.no_proxy.clone()),
            ("enableOCI", flag($of.enable_oci)),
            ("insecureOCIForceHttp", flag($of.insecure_oci_force_http)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_string(), value.into()))
        .collect::<Fields>()
    }};
}

/// What the Secret of a repository holds; empty values are those that it does not.
pub(crate) fn fields(repository: &Repository) -> Fields {
    let mut fields = credentials!(repository);
    let flag = |set: bool| if set { "true".to_string() } else { String::new() };
    let depth = if repository.depth == 0 { String::new() } else { repository.depth.to_string() };
    for (key, value) in [
        ("url", repository.repo.clone()),
        ("name", repository.name.clone()),
        ("project", repository.project.clone()),
        ("insecure", flag(repository.insecure)),
        ("insecureIgnoreHostKey", flag(repository.insecure_ignore_host_key)),
        ("enableLfs", flag(repository.enable_lfs)),
        ("webhookManifestCacheWarmDisabled", flag(repository.webhook_manifest_cache_warm_disabled)),
        ("depth", depth),
    ] {
        fields.insert(key.to_string(), value.into());
    }
    fields
}

/// What the Secret of credentials holds.
pub(crate) fn credential_fields(creds: &RepoCreds) -> Fields {
    let mut fields = credentials!(creds);
    fields.insert("url".to_string(), creds.url.clone().into());
    fields
}

/// A repository without what must not be seen.
pub(crate) fn shown(known: &RepositorySecret) -> Repository {
    let text = |key: &str| known.text(key).trim().to_string();
    let number = |key: &str| text(key).parse().unwrap_or(0);
    Repository {
        repo: known.url.clone(),
        type_: match known.kind {
            RepositoryKind::Git => "git",
            RepositoryKind::Helm => "helm",
            RepositoryKind::Oci => "oci",
        }
        .to_string(),
        name: known.name.clone(),
        project: known.project.clone(),
        username: text("username"),
        insecure: known.flag("insecure") || known.flag("insecureIgnoreHostKey"),
        enable_lfs: known.flag("enableLfs"),
        enable_oci: known.flag("enableOCI"),
        insecure_oci_force_http: known.flag("insecureOCIForceHttp"),
        proxy: text("proxy"),
        no_proxy: text("noProxy"),
        force_http_basic_auth: known.flag("forceHttpBasicAuth"),
        use_azure_workload_identity: known.flag("useAzureWorkloadIdentity"),
        github_app_id: number("githubAppID"),
        github_app_installation_id: number("githubAppInstallationID"),
        github_app_enterprise_base_url: text("githubAppEnterpriseBaseUrl"),
        depth: number("depth"),
        webhook_manifest_cache_warm_disabled: known.flag("webhookManifestCacheWarmDisabled"),
        ..Repository::default()
    }
}

/// The repository that a query asks about.
pub(crate) fn of_query(query: RepoAccessQuery) -> Repository {
    Repository {
        repo: query.repo,
        username: query.username,
        password: query.password,
        ssh_private_key: query.ssh_private_key,
        insecure: query.insecure,
        tls_client_cert_data: query.tls_client_cert_data,
        tls_client_cert_key: query.tls_client_cert_key,
        type_: query.type_,
        name: query.name,
        enable_oci: query.enable_oci,
        github_app_private_key: query.github_app_private_key,
        github_app_id: query.github_app_id,
        github_app_installation_id: query.github_app_installation_id,
        github_app_enterprise_base_url: query.github_app_enterprise_base_url,
        proxy: query.proxy,
        project: query.project,
        gcp_service_account_key: query.gcp_service_account_key,
        force_http_basic_auth: query.force_http_basic_auth,
        use_azure_workload_identity: query.use_azure_workload_identity,
        bearer_token: query.bearer_token,
        insecure_oci_force_http: query.insecure_oci_force_http,
        azure_service_principal_client_id: query.azure_service_principal_client_id,
        azure_service_principal_client_secret: query.azure_service_principal_client_secret,
        azure_service_principal_tenant_id: query.azure_service_principal_tenant_id,
        azure_active_directory_endpoint: query.azure_active_directory_endpoint,
        ..Repository::default()
    }
}

#[cfg(test)]
mod tests {
    use bowline_core_types::Object;

    use super::*;

    #[test]
    fn secrets_are_stored_and_never_shown() {
        let repository = Repository {
            repo: "https://h/r".into(),
            username: "u".into(),
            password: "hidden-1".into(),
            ssh_private_key: "hidden-2".into(),
            bearer_token: "hidden-3".into(),
            github_app_id: 7,
            insecure: true,
            ..Repository::default()
        };
        let fields = fields(&repository);
        assert!(has_credentials(&fields) && filled(&fields).len() == 7, "{:?}", filled(&fields).keys());
        let object = crate::secret::object("r", "repository", &fields, &Default::default(), &Default::default());
        let known = RepositorySecret::from_secret(&Object::new(object).unwrap(), false).unwrap();
        assert_eq!(filled(&known.data), filled(&fields));
        let shown = shown(&known);
        assert_eq!((shown.username.as_str(), shown.github_app_id, shown.insecure), ("u", 7, true));
        assert!(!serde_json::to_string(&shown).unwrap().contains("hidden"));
    }
}
