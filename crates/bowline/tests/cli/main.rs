//! Every command against a real server over a real kube-apiserver, logged in as a user is: what it prints, and what becomes of it.
//!
//! One installation serves one long test, for the commands build on each other as a user's day does. Which commands there are is read
//! out of the program's own help, so one that nobody calls here fails the test.
#![expect(clippy::disallowed_methods, reason = "tests run the binary and write what it reads")]
#![expect(clippy::unwrap_used, reason = "the chapters of a test are tests")]

#[expect(dead_code, reason = "the end-to-end tests use the rest of it")]
#[path = "../e2e/lab.rs"]
mod lab;

mod accounts;
mod admin;
mod applications;
mod appsets;
mod clusters;
mod logins;
mod program;
mod projects;
mod repositories;
mod terminal;
mod tls;

use lab::Lab;
use program::Program;

#[test]
fn every_command_at_a_server() {
    let lab = Lab::new("cli");
    let program = Program::new(&lab);
    logins::in_and_out(&program);
    accounts::passwords_and_tokens(&program);
    projects::made_and_changed(&program);
    repositories::added_and_removed(&program);
    repositories::certificates_and_keys(&program);
    clusters::added_and_removed(&program);
    applications::a_day_of_one(&program);
    applications::several_sources(&program);
    appsets::made_and_deleted(&program);
    admin::what_it_says(&program);
    logins::forgotten(&program);
    let missed = program.never_run();
    assert!(missed.is_empty(), "no test runs these: {missed:#?}");
}
