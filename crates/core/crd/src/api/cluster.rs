use std::collections::BTreeMap;

use super::{Bytes, Confidential, ConnectionState};
use crate::application::RawExtension;
use crate::meta::ListMeta;
use crate::time::Time;
use crate::wire::messages;

messages! {
    /// A cluster that applications are deployed into.
    pub struct Cluster {
        /// URL of the API server.
        [1 "server" required] server: String,
        /// Name; the URL if none was given.
        [2 "name" required] name: String,
        /// How to reach it, and as whom; answers leave the secrets out.
        [3 "config" required] config: ClusterConfig,
        /// Whether it answers; the same as in info.
        [4 "connectionState"] connection_state: ConnectionState,
        /// Version of Kubernetes; the same as in info.
        [5 "serverVersion"] server_version: String,
        /// The namespaces that may be looked at; all if empty.
        [6 "namespaces"] namespaces: Vec<String>,
        /// When somebody asked to look at everything anew.
        [7 "refreshRequestedAt"] refresh_requested_at: Option<Time>,
        /// What is known of it.
        [8 "info"] info: ClusterInfo,
        /// The shard that looks after it; found by a rule if absent.
        [9 "shard"] shard: Option<i64>,
        /// Whether cluster-wide objects are looked at although namespaces are listed.
        [10 "clusterResources"] cluster_resources: bool,
        /// The project that the cluster belongs to; none if empty.
        [11 "project"] project: String,
        /// Labels of the Secret that holds it.
        [12 "labels"] labels: BTreeMap<String, String>,
        /// Annotations of the Secret that holds it.
        [13 "annotations"] annotations: BTreeMap<String, String>,
    }

    /// Clusters, as the API server lists them.
    pub struct ClusterList {
        /// The version of the list.
        [1 "metadata"] metadata: ListMeta,
        /// The clusters.
        [2 "items" required] items: Vec<Cluster>,
    }

    /// What is known of a cluster.
    pub struct ClusterInfo {
        /// Whether it answers.
        [1 "connectionState"] connection_state: ConnectionState,
        /// Version of Kubernetes.
        [2 "serverVersion"] server_version: String,
        /// How much of it is known.
        [3 "cacheInfo"] cache_info: ClusterCacheInfo,
        /// How many applications are deployed into it.
        [4 "applicationsCount" required] applications_count: i64,
        /// The kinds that it serves: group/version/kind.
        [5 "apiVersions"] api_versions: Vec<String>,
    }

    /// How much of a cluster is known.
    pub struct ClusterCacheInfo {
        /// How many objects.
        [1 "resourcesCount"] resources_count: i64,
        /// How many kinds.
        [2 "apisCount"] apis_count: i64,
        /// When everything was listed last.
        [3 "lastCacheSyncTime"] last_cache_sync_time: Option<Time>,
    }

    /// How to reach a cluster, and as whom.
    pub struct ClusterConfig {
        /// User name for basic authentication.
        [1 "username"] username: String,
        /// Password for basic authentication.
        [2 "password"] password: Confidential,
        /// Bearer token.
        [3 "bearerToken"] bearer_token: Confidential,
        /// TLS.
        [4 "tlsClientConfig" required] tls_client_config: TLSClientConfig,
        /// A role of AWS.
        [5 "awsAuthConfig"] aws_auth_config: Option<AWSAuthConfig>,
        /// A program that makes credentials.
        [6 "execProviderConfig"] exec_provider_config: Option<ExecProviderConfig>,
        /// Whether answers should come uncompressed.
        [7 "disableCompression"] disable_compression: bool,
        /// URL of a proxy.
        [8 "proxyUrl"] proxy_url: String,
    }

    /// TLS towards a cluster.
    pub struct TLSClientConfig {
        /// Whether the server's certificate is taken unseen.
        [1 "insecure" required] insecure: bool,
        /// The name in the server's certificate, where it is not the host's.
        [2 "serverName"] server_name: String,
        /// The client's certificate (PEM).
        [3 "certData"] cert_data: Bytes,
        /// The client's key (PEM).
        [4 "keyData"] key_data: Bytes,
        /// The authorities that may sign the server's certificate (PEM).
        [5 "caData"] ca_data: Bytes,
    }

    /// A role of AWS that may enter an EKS cluster.
    pub struct AWSAuthConfig {
        /// Name of the cluster at AWS.
        [1 "clusterName"] cluster_name: String,
        /// The role to take on.
        [2 "roleARN"] role_arn: String,
        /// The profile in the configuration of AWS.
        [3 "profile"] profile: String,
    }

    /// A program that makes credentials.
    pub struct ExecProviderConfig {
        /// The program.
        [1 "command"] command: String,
        /// Its arguments.
        [2 "args"] args: Vec<String>,
        /// Its environment.
        [3 "env"] env: BTreeMap<String, String>,
        /// The version of the protocol that it speaks.
        [4 "apiVersion"] api_version: String,
        /// What to say where it is missing.
        [5 "installHint"] install_hint: String,
        /// Whether it is told about the cluster.
        [6 "provideClusterInfo"] provide_cluster_info: bool,
        /// What else it is told, in its own form.
        [7 "config"] config: Option<RawExtension>,
    }
}
