//! What senders of webhooks say: who sent it, whether it knows the secret, and which repository moved.
//!
//! Nothing here reads or waits. [`Sender::of`] tells from the headers who sends, [`Sender::admit`] checks what can be checked
//! before the body is read, [`Sender::read`] checks the rest and gives hints ([`Pushed`](bowline_core_ports::Pushed)), and
//! [`concerns`] tells whether a source is one of those that such a hint is about. Whatever a payload holds, the answer is hints or
//! a [`Refused`]: every field of it is optional, what is missing concerns nobody, and only a few texts of bounded length go on.

mod address;
mod azure;
mod bitbucket;
mod bitbucket_server;
mod concerns;
mod github;
mod gitlab;
mod gogs;
mod harbor;
mod payload;
mod proof;
mod sender;
#[cfg(test)]
mod tests;

pub use address::address;
pub use concerns::{Source, concerns};
pub use sender::{Headers, Refused, Secrets, Sender};
