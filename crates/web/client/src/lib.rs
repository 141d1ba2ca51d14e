//! The client's side of the API: where a server is, how it is reached, and as whom.
//!
//! [`LocalConfig`] is the file in which logins are remembered, in the form that `argocd` keeps it in, so that both tools share it.
//! [`Channel`] carries calls to one [`Server`]: gRPC over HTTP/2 (with TLS or in clear), or gRPC-web over HTTP/1.1 where a proxy in
//! between knows no HTTP/2. The generated clients of web/wire speak through it. [`sso`] logs in at an identity provider;
//! [`token`] reads what a token says of itself.

mod channel;
mod config;
mod dial;
mod grpc_web;
pub mod sso;
pub mod token;

pub use channel::{Channel, MESSAGE_LIMIT};
pub use config::{ConfigError, Context, LocalConfig, Rest, ServerEntry, UserEntry};
pub use dial::{DialError, Server, Tls, TlsTest, test_tls};
