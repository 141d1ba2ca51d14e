//! Where the built tools are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// The script that builds the tools is also the one that knows where they are: the key of its cache is computed once.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../peers/build");

/// Asks for the paths of several tools, in the order of their names. `cache` stands in for the usual cache.
pub(crate) fn find<const N: usize>(names: [&str; N], cache: Option<&Path>) -> Result<[PathBuf; N], Error> {
    let mut command = Command::new(SCRIPT);
    command.arg("--where").args(names);
    if let Some(cache) = cache {
        command.env("BOWLINE_PEERS", cache);
    }
    let output = command.output().map_err(Error::io(format!("running {SCRIPT}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let paths: Vec<PathBuf> = said.lines().map(PathBuf::from).collect();
    match (output.status.success(), paths.try_into()) {
        (true, Ok(paths)) => Ok(paths),
        _ => Err(Error::Peers { said: String::from_utf8_lossy(&output.stderr).trim().to_owned() }),
    }
}

/// The path of one tool of `tests/peers`, for tests of other servers.
pub fn peer(name: &str) -> Result<PathBuf, Error> {
    find([name], None).map(|[path]| path)
}
