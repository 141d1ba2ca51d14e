//! Logins for repositories that are not kept but issued: a GitHub App's, a Google service account's, an Azure identity's.
//!
//! [`Issuer`] is what a repository's Secret says of it. [`Issuers`] asks for the login where one is needed, and keeps it for as long as
//! it is good.

mod azure;
mod github;
mod google;
mod issuer;
mod issuers;
mod jwt;

pub use azure::Workload;
pub use issuer::{Issuer, IssuerError};
pub use issuers::{Issuers, Login, NotIssued};
