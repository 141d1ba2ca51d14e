//! Flags that say how a repository is logged in to: shared by `repo add` and `repocreds add`.

use bowline_base_value::Value;
use bowline_core_crd::{Confidential, RepoCreds, Repository};
use clap::Args;

use crate::error::CliError;
use crate::files;

/// How a repository is logged in to.
#[derive(Args, Debug, Default)]
pub struct CredentialFlags {
    /// git, helm or oci
    #[arg(long = "type", default_value = "git", value_name = "TYPE")]
    pub kind: String,
    /// User name
    #[arg(long)]
    username: Option<String>,
    /// Password or token; better from a file, where other users of the machine cannot see it
    #[arg(long)]
    password: Option<String>,
    /// File with the password or token; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    password_file: Option<String>,
    /// Bearer token
    #[arg(long)]
    bearer_token: Option<String>,
    /// File with the private SSH key
    #[arg(long, value_name = "FILE")]
    ssh_private_key_path: Option<String>,
    /// File with the TLS client certificate
    #[arg(long, value_name = "FILE")]
    tls_client_cert_path: Option<String>,
    /// File with the key of the TLS client certificate
    #[arg(long, value_name = "FILE")]
    tls_client_cert_key_path: Option<String>,
    /// GitHub App: its ID
    #[arg(long, value_name = "ID")]
    github_app_id: Option<i64>,
    /// GitHub App: ID of the installation
    #[arg(long, value_name = "ID")]
    github_app_installation_id: Option<i64>,
    /// GitHub App: file with its private key
    #[arg(long, value_name = "FILE")]
    github_app_private_key_path: Option<String>,
    /// GitHub App: URL of the GitHub Enterprise API
    #[arg(long, value_name = "URL")]
    github_app_enterprise_base_url: Option<String>,
    /// Google Cloud: file with the key of a service account
    #[arg(long, value_name = "FILE")]
    gcp_service_account_key_path: Option<String>,
    /// Azure: log in as the workload
    #[arg(long)]
    use_azure_workload_identity: bool,
    /// Azure: ID of a service principal
    #[arg(long, value_name = "ID")]
    azure_service_principal_client_id: Option<String>,
    /// Azure: secret of the service principal
    #[arg(long, value_name = "SECRET")]
    azure_service_principal_client_secret: Option<String>,
    /// Azure: tenant of the service principal
    #[arg(long, value_name = "ID")]
    azure_service_principal_tenant_id: Option<String>,
    /// Azure: URL of the Active Directory
    #[arg(long, value_name = "URL")]
    azure_active_directory_endpoint: Option<String>,
    /// Send the password without being asked for it
    #[arg(long)]
    force_http_basic_auth: bool,
    /// The repository is a registry that holds Helm charts (with --type helm)
    #[arg(long)]
    enable_oci: bool,
    /// Speak to the registry without TLS
    #[arg(long)]
    insecure_oci_force_http: bool,
    /// Proxy
    #[arg(long)]
    proxy: Option<String>,
    /// Hosts that are reached without the proxy
    #[arg(long)]
    no_proxy: Option<String>,
}

// === impl CredentialFlags ===

impl CredentialFlags {
    /// The credentials for URLs that begin with `url`; files are read.
    pub fn credentials(&self, url: &str) -> Result<RepoCreds, CliError> {
        let read = |file: &Option<String>| file.as_deref().map(files::read).transpose();
        let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let hidden = |value: Option<String>| Confidential(value.unwrap_or_default());
        let password = match &self.password_file {
            Some(file) => Some(files::read(file)?.trim_end_matches(['\n', '\r']).to_string()),
            None => self.password.clone(),
        };
        Ok(RepoCreds {
            url: url.to_string(),
            type_: self.kind.clone(),
            username: text(&self.username),
            password: hidden(password),
            bearer_token: hidden(self.bearer_token.clone()),
            ssh_private_key: hidden(read(&self.ssh_private_key_path)?),
            tls_client_cert_data: read(&self.tls_client_cert_path)?.unwrap_or_default(),
            tls_client_cert_key: hidden(read(&self.tls_client_cert_key_path)?),
            github_app_id: self.github_app_id.unwrap_or_default(),
            github_app_installation_id: self.github_app_installation_id.unwrap_or_default(),
            github_app_private_key: hidden(read(&self.github_app_private_key_path)?),
            github_app_enterprise_base_url: text(&self.github_app_enterprise_base_url),
            gcp_service_account_key: hidden(read(&self.gcp_service_account_key_path)?),
            use_azure_workload_identity: self.use_azure_workload_identity,
            azure_service_principal_client_id: text(&self.azure_service_principal_client_id),
            azure_service_principal_client_secret: hidden(self.azure_service_principal_client_secret.clone()),
            azure_service_principal_tenant_id: text(&self.azure_service_principal_tenant_id),
            azure_active_directory_endpoint: text(&self.azure_active_directory_endpoint),
            force_http_basic_auth: self.force_http_basic_auth,
            enable_oci: self.enable_oci,
            insecure_oci_force_http: self.insecure_oci_force_http,
            proxy: text(&self.proxy),
            no_proxy: text(&self.no_proxy),
        })
    }

    /// The repository of this URL with these credentials.
    pub fn repository(&self, url: &str) -> Result<Repository, CliError> {
        let creds = self.credentials(url)?;
        Ok(Repository {
            repo: creds.url,
            type_: creds.type_,
            username: creds.username,
            password: creds.password,
            bearer_token: creds.bearer_token,
            ssh_private_key: creds.ssh_private_key,
            tls_client_cert_data: creds.tls_client_cert_data,
            tls_client_cert_key: creds.tls_client_cert_key,
            github_app_id: creds.github_app_id,
            github_app_installation_id: creds.github_app_installation_id,
            github_app_private_key: creds.github_app_private_key,
            github_app_enterprise_base_url: creds.github_app_enterprise_base_url,
            gcp_service_account_key: creds.gcp_service_account_key,
            use_azure_workload_identity: creds.use_azure_workload_identity,
            azure_service_principal_client_id: creds.azure_service_principal_client_id,
            azure_service_principal_client_secret: creds.azure_service_principal_client_secret,
            azure_service_principal_tenant_id: creds.azure_service_principal_tenant_id,
            azure_active_directory_endpoint: creds.azure_active_directory_endpoint,
            force_http_basic_auth: creds.force_http_basic_auth,
            enable_oci: creds.enable_oci,
            insecure_oci_force_http: creds.insecure_oci_force_http,
            proxy: creds.proxy,
            no_proxy: creds.no_proxy,
            ..Repository::default()
        })
    }
}

/// A repository, or credentials, as the data of the Secret that holds them: everything is text there, and what is empty is left out.
pub fn secret_data<T: serde::Serialize>(item: &T) -> Result<Value, CliError> {
    let json = Value::from(serde_json::to_value(item).map_err(|e| CliError::failed(e.to_string()))?);
    let fields = json.as_object().into_iter().flat_map(|map| map.iter());
    Ok(fields
        .filter_map(|(key, value)| {
            let key: &str = if &**key == "repo" { "url" } else { key };
            let text = match (value.as_str(), value.as_bool(), value.as_i64()) {
                (Some(text), ..) => text.to_string(),
                (_, Some(on), _) => on.to_string(),
                (_, _, Some(number)) => number.to_string(),
                // Whether it answers is no part of it.
                _ => return None,
            };
            Some((key.to_string(), Value::from(text)))
        })
        .collect())
}
