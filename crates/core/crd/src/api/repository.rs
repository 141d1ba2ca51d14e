use super::{Bytes, Confidential, ConnectionState};
use crate::meta::ListMeta;
use crate::wire::messages;

messages! {
    /// A repository of Git, Helm or OCI, with the credentials for it; answers leave the secrets out.
    pub struct Repository {
        /// URL.
        [1 "repo" required] repo: String,
        /// User name.
        [2 "username"] username: String,
        /// Password or personal access token.
        [3 "password"] password: Confidential,
        /// Private key for SSH (PEM).
        [4 "sshPrivateKey"] ssh_private_key: Confidential,
        /// Whether it answers.
        [5 "connectionState"] connection_state: ConnectionState,
        /// The old name of insecure.
        [6 "insecureIgnoreHostKey"] insecure_ignore_host_key: bool,
        /// Whether the server's certificate or host key is taken unseen.
        [7 "insecure"] insecure: bool,
        /// Whether large files are fetched (Git LFS).
        [8 "enableLfs"] enable_lfs: bool,
        /// The client's certificate (PEM).
        [9 "tlsClientCertData"] tls_client_cert_data: String,
        /// The client's key (PEM).
        [10 "tlsClientCertKey"] tls_client_cert_key: Confidential,
        /// git, helm or oci; git if empty.
        [11 "type"] type_: String,
        /// Name; only Helm repositories need one.
        [12 "name"] name: String,
        /// Whether the credentials come from a template.
        [13 "inheritedCreds"] inherited_creds: bool,
        /// Whether a Helm repository is an OCI registry.
        [14 "enableOCI"] enable_oci: bool,
        /// Key of a GitHub App (PEM).
        [15 "githubAppPrivateKey"] github_app_private_key: Confidential,
        /// ID of a GitHub App.
        [16 "githubAppID"] github_app_id: i64,
        /// ID of an installation of the GitHub App.
        [17 "githubAppInstallationID"] github_app_installation_id: i64,
        /// URL of the GitHub Enterprise API.
        [18 "githubAppEnterpriseBaseUrl"] github_app_enterprise_base_url: String,
        /// URL of a proxy.
        [19 "proxy"] proxy: String,
        /// The project that the repository belongs to; none if empty.
        [20 "project"] project: String,
        /// Key of a Google Cloud service account (JSON).
        [21 "gcpServiceAccountKey"] gcp_service_account_key: Confidential,
        /// Whether the password is sent before it is asked for.
        [22 "forceHttpBasicAuth"] force_http_basic_auth: bool,
        /// Hosts that are reached without the proxy.
        [23 "noProxy"] no_proxy: String,
        /// Whether to log in with the workload's Azure identity.
        [24 "useAzureWorkloadIdentity"] use_azure_workload_identity: bool,
        /// Bearer token.
        [25 "bearerToken"] bearer_token: Confidential,
        /// Whether an OCI registry is reached without TLS.
        [26 "insecureOCIForceHttp"] insecure_oci_force_http: bool,
        /// How many commits to fetch; all if 0.
        [27 "depth"] depth: i64,
        /// Whether a webhook does not render ahead for this repository.
        [28 "webhookManifestCacheWarmDisabled"] webhook_manifest_cache_warm_disabled: bool,
        /// ID of an Azure service principal.
        [29 "azureServicePrincipalClientId"] azure_service_principal_client_id: String,
        /// Secret of the Azure service principal.
        [30 "azureServicePrincipalClientSecret"] azure_service_principal_client_secret: Confidential,
        /// Tenant of the Azure service principal.
        [31 "azureServicePrincipalTenantId"] azure_service_principal_tenant_id: String,
        /// URL of the Active Directory that the Azure service principal belongs to.
        [32 "azureActiveDirectoryEndpoint"] azure_active_directory_endpoint: String,
    }

    /// Repositories, as the API server lists them.
    pub struct RepositoryList {
        /// The version of the list.
        [1 "metadata"] metadata: ListMeta,
        /// The repositories.
        [2 "items" required] items: Vec<Repository>,
    }

    /// Credentials for all repositories whose URL begins alike; answers leave the secrets out.
    pub struct RepoCreds {
        /// What the URLs begin with.
        [1 "url" required] url: String,
        /// User name.
        [2 "username"] username: String,
        /// Password or personal access token.
        [3 "password"] password: Confidential,
        /// Private key for SSH (PEM).
        [4 "sshPrivateKey"] ssh_private_key: Confidential,
        /// The client's certificate (PEM).
        [5 "tlsClientCertData"] tls_client_cert_data: String,
        /// The client's key (PEM).
        [6 "tlsClientCertKey"] tls_client_cert_key: Confidential,
        /// Key of a GitHub App (PEM).
        [7 "githubAppPrivateKey"] github_app_private_key: Confidential,
        /// ID of a GitHub App.
        [8 "githubAppID"] github_app_id: i64,
        /// ID of an installation of the GitHub App.
        [9 "githubAppInstallationID"] github_app_installation_id: i64,
        /// URL of the GitHub Enterprise API.
        [10 "githubAppEnterpriseBaseUrl"] github_app_enterprise_base_url: String,
        /// Whether the repositories are OCI registries.
        [11 "enableOCI"] enable_oci: bool,
        /// git, helm or oci; git if empty.
        [12 "type"] type_: String,
        /// Key of a Google Cloud service account (JSON).
        [13 "gcpServiceAccountKey"] gcp_service_account_key: Confidential,
        /// URL of a proxy.
        [19 "proxy"] proxy: String,
        /// Whether the password is sent before it is asked for.
        [20 "forceHttpBasicAuth"] force_http_basic_auth: bool,
        /// Hosts that are reached without the proxy.
        [23 "noProxy"] no_proxy: String,
        /// Whether to log in with the workload's Azure identity.
        [24 "useAzureWorkloadIdentity"] use_azure_workload_identity: bool,
        /// Bearer token.
        [25 "bearerToken"] bearer_token: Confidential,
        /// Whether an OCI registry is reached without TLS.
        [26 "insecureOCIForceHttp"] insecure_oci_force_http: bool,
        /// ID of an Azure service principal.
        [29 "azureServicePrincipalClientId"] azure_service_principal_client_id: String,
        /// Secret of the Azure service principal.
        [30 "azureServicePrincipalClientSecret"] azure_service_principal_client_secret: Confidential,
        /// Tenant of the Azure service principal.
        [31 "azureServicePrincipalTenantId"] azure_service_principal_tenant_id: String,
        /// URL of the Active Directory that the Azure service principal belongs to.
        [32 "azureActiveDirectoryEndpoint"] azure_active_directory_endpoint: String,
    }

    /// Credentials, as the API server lists them.
    pub struct RepoCredsList {
        /// The version of the list.
        [1 "metadata"] metadata: ListMeta,
        /// The credentials.
        [2 "items" required] items: Vec<RepoCreds>,
    }

    /// A revision of another repository whose files a source refers to.
    pub struct RefTarget {
        /// The repository.
        [1 "Repo" / "repo" required] repo: Repository,
        /// Branch, tag, commit or version range.
        [2 "TargetRevision" / "targetRevision" required] target_revision: String,
        /// Chart of a Helm repository.
        [3 "Chart" / "chart" required] chart: String,
    }

    /// A certificate of a server, or a host key of SSH.
    pub struct RepositoryCertificate {
        /// The server.
        [1 "serverName" required] server_name: String,
        /// https or ssh.
        [2 "certType" required] cert_type: String,
        /// For ssh the kind of key.
        [3 "certSubType" required] cert_sub_type: String,
        /// The certificate (PEM) or the key; answers to a listing leave it out.
        [4 "certData" required] cert_data: Bytes,
        /// Subject or fingerprint.
        [5 "certInfo" required] cert_info: String,
    }

    /// Certificates and host keys, as the API server lists them.
    pub struct RepositoryCertificateList {
        /// The version of the list.
        [1 "metadata"] metadata: ListMeta,
        /// The certificates and keys.
        [2 "items" required] items: Vec<RepositoryCertificate>,
    }

    /// A key that may have signed commits.
    pub struct GnuPGPublicKey {
        /// ID in hexadecimal.
        [1 "keyID" required] key_id: String,
        /// Fingerprint.
        [2 "fingerprint"] fingerprint: String,
        /// Whom it belongs to.
        [3 "owner"] owner: String,
        /// How much it is trusted.
        [4 "trust"] trust: String,
        /// Algorithm and size.
        [5 "subType"] sub_type: String,
        /// The key itself, in armour; answers to a listing leave it out.
        [6 "keyData"] key_data: String,
    }

    /// Keys, as the API server lists them.
    pub struct GnuPGPublicKeyList {
        /// The version of the list.
        [1 "metadata"] metadata: ListMeta,
        /// The keys.
        [2 "items" required] items: Vec<GnuPGPublicKey>,
    }
}
