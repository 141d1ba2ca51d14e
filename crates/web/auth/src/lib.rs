//! Who asks: accounts, sessions, tokens, single sign-on; and what they may, by [`bowline_core_rbac`].
//!
//! A server makes one [`Authenticator`] over the [`World`](bowline_core_control::World) that it watches, and calls
//! [`Authenticator::first_start`] once. Then, for each request:
//!
//! 1. [`Presented::in_grpc`] or [`Presented::in_rest`] finds the token among headers and cookies. A REST request that came with
//!    cookies and changes something passes [`csrf::is_allowed`] first.
//! 2. [`Authenticator::authenticate`] gives a [`Session`] with its [`Principal`], or the contract's `Unauthenticated` error
//!    ([`AuthError`]: a gRPC code and the sentence). What everybody may ask uses [`Authenticator::identify`] instead.
//! 3. [`Authenticator::enforcer`] gives the principal's [`Enforcer`](bowline_core_rbac::Enforcer), which says yes or no and mints
//!    proofs. It answers from the policy of that moment.
//! 4. The answer carries [`Session::renewed`] as gRPC metadata `renew-token`, and [`Session::set_cookies`] as `Set-Cookie`.
//!
//! What outlives the look at its token (a stream, a terminal) runs beside [`Authenticator::until_invalid`], and takes a new enforcer
//! whenever [`Authenticator::changes`] says that something changed.
//!
//! The pages are [`Authenticator::login_page`], [`Authenticator::callback_page`] and [`Authenticator::logout_page`] at `/auth/login`,
//! `/auth/callback` and `/auth/logout`, and [`Authenticator::dex_proxy`] below `/api/dex`. Accounts are changed by
//! [`Authenticator::login`], [`Authenticator::update_password`], [`Authenticator::create_token`], [`Authenticator::delete_token`],
//! and projects' roles get tokens by [`Authenticator::issue_role_token`].
//!
//! Nothing is kept outside of the Kubernetes API but what a browser keeps: revoked sessions stand in a ConfigMap that every
//! replica watches, and what renews a session at the identity provider in a sealed cookie. Time, random bytes, HTTP and Kubernetes
//! are ports, so that tests decide them.

mod claims;
mod error;
mod principal;

mod accounts;
mod config;
mod limits;
mod revocation;

mod cookie;
pub mod csrf;
pub mod jwt;
mod presented;
pub mod redirect;
mod seal;
mod url;

mod egress;
mod random;
mod vault;

mod state;

mod authenticator;

mod account_changes;
mod first_start;
mod login;
mod password;
mod project_token;

mod dex;
mod oidc;
mod pages;
mod sso;

pub use accounts::{ADMIN, Account, AccountToken, Accounts, Capability};
pub use authenticator::{Authenticator, Identity, Issued, Options, Parts, Session};
pub use claims::Claims;
pub use config::{AuthConfig, Sso};
pub use cookie::{CookieRules, Cookies, TOKEN_COOKIE, TooLong};
pub use dex::{CLI_CLIENT_ID, CLIENT_ID, Connector, DEX_PATH, DexConfig, DexServer, LONGEST_BODY};
pub use egress::{Answer, Ask, Egress, Http, HttpError, Trust};
pub use error::{AuthError, Code};
pub use first_start::{INITIAL_ADMIN_SECRET, Made};
pub use limits::Limits;
pub use login::LoggedIn;
pub use oidc::{ClaimRequest, OidcConfig, REFRESH_COOKIE, Secret};
pub use presented::{Presented, Way};
pub use principal::{Kind, LOCAL_ISSUER, Principal};
pub use project_token::{normalize_role_tokens, without_role_token};
pub use random::{Random, SystemRandom};
pub use revocation::REVOKED_SESSIONS;
pub use state::Changes;
pub use vault::{Change, Held, Holder, KubeVault, Vault, VaultError};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
