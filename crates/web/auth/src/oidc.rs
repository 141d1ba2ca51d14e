//! Single sign-on with OpenID Connect.

mod config;
mod flow;
mod keys;
mod provider;
mod session;
mod verify;

pub use config::{ClaimRequest, OidcConfig, Secret};
pub(crate) use flow::{Login, PURPOSE as LOGIN_PURPOSE, STATE_AGE, STATE_COOKIE};
pub(crate) use provider::{Provider, UserInfoError};
pub use session::REFRESH_COOKIE;
pub(crate) use session::{PURPOSE as SESSION_PURPOSE, SsoSession};
pub(crate) use verify::Refused;
