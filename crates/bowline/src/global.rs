//! Flags of every command: the cluster that holds the Applications, and the server that is spoken to instead of it.

use std::path::PathBuf;

use clap::Args;

/// Flags of every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Kubeconfig of the cluster that holds the Applications [default: $KUBECONFIG, ~/.kube/config, or in-cluster]
    #[arg(long, global = true, env = "KUBECONFIG", value_name = "FILE", hide_env_values = true)]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, global = true, value_name = "NAME")]
    pub kube_context: Option<String>,
    /// Namespace of Applications and settings
    #[arg(long, short = 'n', global = true, env = "ARGOCD_NAMESPACE", default_value = "argocd", hide_env = true)]
    pub namespace: String,
    /// Log lines: text or json
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    pub logformat: String,
    /// Log level: debug, info, warn or error
    #[arg(long, global = true, default_value = "info", value_name = "LEVEL")]
    pub loglevel: String,
    #[command(flatten)]
    pub link: LinkFlags,
}

/// Which server, and how it is spoken to. What is not given stands in the file of logins, which `argocd` shares.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Server")]
pub struct LinkFlags {
    /// Work on Kubernetes itself, with the rights of the kubeconfig, instead of a server
    #[arg(long, global = true)]
    pub core: bool,
    /// Address of the server [default: that of the current context; with none, as --core]
    #[arg(long, global = true, env = "ARGOCD_SERVER", value_name = "HOST:PORT", hide_env = true)]
    pub server: Option<String>,
    /// Token, instead of a login's
    #[arg(
        long,
        global = true,
        env = "ARGOCD_AUTH_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        hide_env = true
    )]
    pub auth_token: Option<String>,
    /// File of logins [default: ~/.config/argocd/config]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The login (context) to use, by its name
    #[arg(long, global = true, value_name = "NAME")]
    pub argocd_context: Option<String>,
    /// Speak without TLS
    #[arg(long, global = true)]
    pub plaintext: bool,
    /// Take any certificate of the server (`bowline server --insecure`: serve in clear)
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    pub insecure: Option<bool>,
    /// Certificate that the server's is checked against, instead of the machine's authorities
    #[arg(long, global = true, value_name = "FILE")]
    pub server_crt: Option<String>,
    /// Certificate of this client
    #[arg(long, global = true, value_name = "FILE", requires = "client_crt_key")]
    pub client_crt: Option<String>,
    /// Key of the client's certificate
    #[arg(long, global = true, value_name = "FILE", requires = "client_crt")]
    pub client_crt_key: Option<String>,
    /// Speak gRPC-web, where a proxy in between knows no HTTP/2
    #[arg(long, global = true)]
    pub grpc_web: bool,
    /// The path that the server stands under, as a proxy has it; speaks gRPC-web
    #[arg(long, global = true, value_name = "PATH")]
    pub grpc_web_root_path: Option<String>,
    /// Further headers of every request
    #[arg(short = 'H', long = "header", global = true, value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// How often a request that found the server too busy or away is tried again
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide = true)]
    pub http_retry_max: u32,
    /// Ask for what is missing, where somebody is there to ask
    #[arg(long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide = true)]
    pub prompts_enabled: Option<bool>,
}
