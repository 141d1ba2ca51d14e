//! Flags of every command: the cluster that holds the Applications, and the server that is spoken to instead of it.

use std::path::PathBuf;

use clap::Args;

/// Flags of every command. Their ids are their own, for a command may have an argument of such a name.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Kubeconfig of the cluster that holds the Applications [default: $KUBECONFIG, ~/.kube/config, or in-cluster]
    #[arg(
        id = "global-kubeconfig",
        long = "kubeconfig",
        global = true,
        env = "KUBECONFIG",
        value_name = "FILE",
        hide_env_values = true
    )]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(id = "global-kube-context", long = "kube-context", global = true, value_name = "NAME")]
    pub kube_context: Option<String>,
    /// Namespace of Applications and settings
    #[arg(
        id = "global-namespace",
        long = "namespace",
        short = 'n',
        global = true,
        env = "ARGOCD_NAMESPACE",
        default_value = "argocd",
        hide_env = true
    )]
    pub namespace: String,
    /// Log lines: text or json
    #[arg(id = "global-logformat", long = "logformat", global = true, default_value = "text", value_name = "FORMAT")]
    pub logformat: String,
    /// Log level: debug, info, warn or error
    #[arg(id = "global-loglevel", long = "loglevel", global = true, default_value = "info", value_name = "LEVEL")]
    pub loglevel: String,
    #[command(flatten)]
    pub link: LinkFlags,
}

/// Which server, and how it is spoken to. What is not given stands in the file of logins, which `argocd` shares.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Server")]
pub struct LinkFlags {
    /// Work on Kubernetes itself, with the rights of the kubeconfig, instead of a server
    #[arg(id = "global-core", long = "core", global = true)]
    pub core: bool,
    /// Address of the server [default: that of the current context; with none, as --core]
    #[arg(
        id = "global-server",
        long = "server",
        global = true,
        env = "ARGOCD_SERVER",
        value_name = "HOST:PORT",
        hide_env = true
    )]
    pub server: Option<String>,
    /// Token, instead of a login's
    #[arg(
        id = "global-auth-token",
        long = "auth-token",
        global = true,
        env = "ARGOCD_AUTH_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        hide_env = true
    )]
    pub auth_token: Option<String>,
    /// File of logins [default: ~/.config/argocd/config]
    #[arg(id = "global-config", long = "config", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The login (context) to use, by its name
    #[arg(id = "global-argocd-context", long = "argocd-context", global = true, value_name = "NAME")]
    pub argocd_context: Option<String>,
    /// Speak without TLS
    #[arg(id = "global-plaintext", long = "plaintext", global = true)]
    pub plaintext: bool,
    /// Take any certificate of the server (`bowline server --insecure`: serve in clear)
    #[arg(id = "global-insecure", long = "insecure", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    pub insecure: Option<bool>,
    /// Certificate that the server's is checked against, instead of the machine's authorities
    #[arg(id = "global-server-crt", long = "server-crt", global = true, value_name = "FILE")]
    pub server_crt: Option<String>,
    /// Certificate of this client
    #[arg(
        id = "global-client-crt",
        long = "client-crt",
        global = true,
        value_name = "FILE",
        requires = "global-client-crt-key"
    )]
    pub client_crt: Option<String>,
    /// Key of the client's certificate
    #[arg(
        id = "global-client-crt-key",
        long = "client-crt-key",
        global = true,
        value_name = "FILE",
        requires = "global-client-crt"
    )]
    pub client_crt_key: Option<String>,
    /// Speak gRPC-web, where a proxy in between knows no HTTP/2
    #[arg(id = "global-grpc-web", long = "grpc-web", global = true)]
    pub grpc_web: bool,
    /// The path that the server stands under, as a proxy has it; speaks gRPC-web
    #[arg(id = "global-grpc-web-root-path", long = "grpc-web-root-path", global = true, value_name = "PATH")]
    pub grpc_web_root_path: Option<String>,
    /// Further headers of every request
    #[arg(id = "global-header", long = "header", short = 'H', global = true, value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// How often a request that found the server too busy or away is tried again
    #[arg(
        id = "global-http-retry-max",
        long = "http-retry-max",
        global = true,
        value_name = "N",
        default_value_t = 0,
        hide = true
    )]
    pub http_retry_max: u32,
    /// Ask for what is missing, where somebody is there to ask
    #[arg(id = "global-prompts-enabled", long = "prompts-enabled", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide = true)]
    pub prompts_enabled: Option<bool>,
    /// Not offered here: kubectl port-forward opens a port that --server can name
    #[arg(id = "global-port-forward", long = "port-forward", global = true, hide = true)]
    pub port_forward: bool,
    #[command(flatten)]
    pub contract: Accepted,
}

/// Flags of the contract for parts that there are not here: they are taken, and mean nothing.
#[derive(Args, Clone, Debug, Default)]
pub struct Accepted {
    #[arg(id = "global-redis-compress", long = "redis-compress", global = true, hide = true)]
    redis_compress: Option<String>,
    #[arg(id = "global-redis-name", long = "redis-name", global = true, hide = true)]
    redis_name: Option<String>,
    #[arg(id = "global-redis-haproxy-name", long = "redis-haproxy-name", global = true, hide = true)]
    redis_haproxy_name: Option<String>,
    #[arg(id = "global-controller-name", long = "controller-name", global = true, hide = true)]
    controller_name: Option<String>,
    #[arg(id = "global-repo-server-name", long = "repo-server-name", global = true, hide = true)]
    repo_server_name: Option<String>,
    #[arg(id = "global-server-name", long = "server-name", global = true, hide = true)]
    server_name: Option<String>,
}
