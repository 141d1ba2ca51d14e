//! Runs a Kubernetes API server in the foreground, for `make up`: etcd, kube-apiserver and kube-controller-manager.
//!
//! `kube-up DIRECTORY [--port N] [--until-stdin-closes]`
//!
//! Data, certificates and `kubeconfig` stay in DIRECTORY between runs. Prints the path of the kubeconfig when the server is
//! ready. Any signal ends it and, through the watchdogs, what it started.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one line that the caller waits for, and the errors"
)]

use std::io::Read as _;
use std::process::ExitCode;

use bowline_tests_kube::KubeServer;

const USAGE: &str = "usage: kube-up DIRECTORY [--port N] [--until-stdin-closes]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("kube-up: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let directory = arguments.next().filter(|first| !first.starts_with('-')).ok_or(USAGE)?;
    let mut builder = KubeServer::builder().controller_manager(true).data(directory);
    let mut until_stdin_closes = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--until-stdin-closes" => until_stdin_closes = true,
            "--port" => {
                let port = arguments
                    .next()
                    .and_then(|port| port.parse().ok())
                    .ok_or("--port needs a number from 1 to 65535")?;
                builder = builder.port(port);
            }
            _ => return Err(format!("unknown argument '{argument}'; {USAGE}")),
        }
    }

    let server = builder.start().map_err(|error| chain(&error))?;
    println!("{}", server.kubeconfig().display());
    if until_stdin_closes {
        // A byte is no reason to stop, and a broken pipe is as good as a closed one.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
    } else {
        loop {
            std::thread::park();
        }
    }
    Ok(())
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
