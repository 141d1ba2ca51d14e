//! Real repositories made by the real git, read through the adapter.

#![expect(clippy::disallowed_methods, reason = "tests make repositories with the git program and look at files")]
#![expect(clippy::unwrap_used, reason = "all of this is test code")]

mod attack;
mod freshness;
mod http;
mod kit;
mod resolve;
mod ssh;
mod tls;
