//! The binary: `bowline server` and the command line.

mod account;
mod admin;
mod app;
mod appset;
mod cert;
mod cli;
mod cluster;
mod completion;
mod context;
mod control;
mod desired;
mod editor;
mod engines;
mod error;
mod files;
mod global;
mod gpg;
mod helm;
mod kube;
mod kustomize;
mod lasting;
mod link;
mod local;
mod login;
mod output;
mod plan;
mod proj;
mod prompt;
mod random;
mod registry;
mod render;
mod repo;
mod repocreds;
mod server;
mod version;

use std::process::ExitCode;

fn main() -> ExitCode {
    let given = cli::with_options(std::env::args_os().collect(), files::variable("ARGOCD_OPTS").as_deref());
    let ran = given.and_then(|given| cli::run(cli::parse(cli::arguments(given))));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_quiet() {
                files::complain(&error);
            }
            ExitCode::from(error.exit_code())
        }
    }
}
