//! [`Config`]: where a cluster is and who we are there.

use std::path::PathBuf;

use bowline_base_egress::Tls;
use bowline_base_value::Sensitive;

/// Where a cluster is and who we are there.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// URL of the API server, such as `https://10.0.0.1:6443` or with a path before `/api`.
    pub server: String,
    /// How it proves who it is, and we who we are.
    pub tls: Tls,
    /// Who we are, beside a client certificate.
    pub auth: Auth,
    /// Whom we act as.
    pub impersonate: Impersonate,
    /// `http://`, `https://` or `socks5://` proxy, with `user:password@` where it asks for them.
    pub proxy: Option<String>,
    /// The namespace that the context names, for those who ask for none.
    pub namespace: Option<String>,
    /// Speak HTTP/2 to an `http://` server without asking.
    pub http2_prior_knowledge: bool,
}

/// Who we are, beside a client certificate.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// Nobody, or whom the client certificate names.
    #[default]
    None,
    /// Basic authentication.
    Basic {
        /// User.
        username: String,
        /// Password.
        password: Sensitive<String>,
    },
    /// A bearer token.
    Token(Sensitive<String>),
    /// A bearer token in a file that is renewed, such as a service account's.
    TokenFile(PathBuf),
    /// A program that prints credentials.
    Exec(Exec),
}

/// A program that prints credentials (`client.authentication.k8s.io`).
#[derive(Clone, Debug, Default)]
pub struct Exec {
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment added to our own.
    pub env: Vec<(String, String)>,
    /// API version that it speaks; `client.authentication.k8s.io/v1` where empty.
    pub api_version: String,
    /// What to tell where the program is missing.
    pub install_hint: String,
    /// Tell it about the cluster.
    pub provide_cluster_info: bool,
    /// What else it is told of the cluster, in its own form.
    pub cluster_config: Option<serde_json::Value>,
}

/// Whom we act as; all empty for ourselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonate {
    /// User, such as `system:serviceaccount:ns:name`.
    pub user: String,
    /// Uid of the user.
    pub uid: String,
    /// Groups.
    pub groups: Vec<String>,
    /// Extra fields.
    pub extra: Vec<(String, String)>,
}
