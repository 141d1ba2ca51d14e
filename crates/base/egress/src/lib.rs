//! What goes out of the process: sockets through proxies, TLS, and one HTTP client with an allow-list.
//!
//! [`Egress`] fetches over HTTP: each hop of a request (redirects too) is asked of the allow-list, a [`Login`] goes to its own origin
//! and nowhere else, every answer is read up to a limit. [`Proxy`], [`dial()`] and [`client_config`] are the parts that other
//! protocols over TLS are made of.

mod address;
mod client;
mod dial;
mod error;
mod form;
mod idle;
mod login;
mod proxy;
mod reply;
mod tls;
mod url;

pub use client::{Ask, Egress, Follow, Reach, Route};
pub use dial::{Io, dial, handshake};
pub use error::{Error, chain};
pub use form::{encode, form};
pub use hyper::{Method, StatusCode, header};
pub use login::Login;
pub use proxy::{Proxies, Proxy};
pub use reply::Reply;
pub use tls::{Tls, client_config};
pub use url::{Origin, Scheme, Url, UrlError};

/// Headers of one connection, which who hands a message on leaves out (RFC 9110, 7.6.1); so are those that its `Connection` names.
pub const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
