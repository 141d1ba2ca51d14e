//! The binary: `bowline server` and the command line.

mod account;
mod app;
mod appset;
mod cert;
mod cli;
mod cluster;
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

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse_from(cli::arguments(std::env::args_os()));
    match cli::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_quiet() {
                files::complain(&error);
            }
            ExitCode::from(error.exit_code())
        }
    }
}
