//! The unmodified `argocd` client at a Bowline server: a day of its commands, over each of its ways to speak.
//!
//! What only reads is asked by both clients, `argocd` and `bowline`, which share one file of logins: they must print the same.
#![expect(clippy::disallowed_methods, reason = "tests run programs and write what they read")]
#![expect(clippy::print_stdout, reason = "what a day found is shown with its failure")]
#![expect(clippy::unwrap_used, reason = "the chapters of a test are tests")]

#[expect(dead_code, reason = "the end-to-end tests use the rest of it")]
#[path = "../e2e/lab.rs"]
mod lab;

mod applications;
mod client;
mod installation;

use client::Client;
use lab::Lab;

/// A whole day over one way to speak.
fn day(lab: &Lab, flags: &[&str]) {
    let client = Client::new(lab);
    installation::login(&client, flags);
    installation::accounts(&client);
    installation::projects(&client);
    installation::repositories(&client);
    installation::clusters(&client);
    applications::one(&client);
    applications::set(&client);
    client.good(&["logout", &client.server(), "--plaintext"]);
    assert!(client.bad(&["app", "list"]).contains("Unauthenticated"));
    client.told();
}

#[test]
fn a_day_over_grpc() {
    day(&Lab::new("argocd-grpc"), &["--plaintext"]);
}

#[test]
fn a_day_over_grpc_web() {
    day(&Lab::new("argocd-web"), &["--plaintext", "--grpc-web"]);
}
