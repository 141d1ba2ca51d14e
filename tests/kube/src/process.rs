//! A tool as a child process that cannot outlive us.
//!
//! A destructor does not run when a test process is killed, and the kernel's own answer (a parent-death signal) has to be
//! asked for between fork and exec, which needs unsafe code. So a shell becomes the tool: before it does, it leaves a
//! watchdog behind that reads from a pipe whose only writing end is in this process. However this process ends, the
//! kernel closes that end, the watchdog reads end of file and kills the tool. Nothing is ever written to the pipe.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Error;

/// The watchdog asks /proc whether the tool is still its parent: the number of a tool that has ended may by then belong to
/// another process.
const WATCHED: &str = r#"
exec 3<&0
{
    read -r _ <&3
    read -r _ _ _ parent _ </proc/self/stat
    [ "$parent" = $$ ] && kill -KILL $$
} >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-
"#;

/// Removes the folder "$1" when the pipe closes. What still writes there is being killed at the same moment, hence the second try.
const SWEEPER: &str = r#"read -r _; sleep 0.2; rm -rf "$1" || { sleep 1; rm -rf "$1"; }"#;

/// A running tool; dropping it kills it.
#[derive(Debug)]
pub struct Process {
    tool: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a tool that writes its log to `<directory>/<tool>.log`, which is replaced.
    pub fn start(tool: &'static str, binary: &Path, arguments: &[String], directory: &Path) -> Result<Self, Error> {
        let log = directory.join(format!("{tool}.log"));
        let doing = || format!("starting {tool}, whose log is {}", log.display());
        let out = File::create(&log).map_err(Error::io(doing()))?;
        let err = out.try_clone().map_err(Error::io(doing()))?;
        let child =
            guarded(WATCHED).arg(binary).args(arguments).stdout(out).stderr(err).spawn().map_err(Error::io(doing()))?;
        Ok(Self { tool, child, log })
    }

    /// An error if the tool has ended.
    pub fn check(&mut self) -> Result<(), Error> {
        let status = self.child.try_wait().map_err(Error::io(format!("asking whether {} runs", self.tool)))?;
        match status {
            None => Ok(()),
            Some(status) => Err(Error::Ended { tool: self.tool, status: status.to_string(), said: self.said() }),
        }
    }

    /// The error of a tool that runs and is not ready.
    pub fn not_ready(&self, seconds: u64, last: String) -> Error {
        Error::NotReady { tool: self.tool, seconds, last, said: self.said() }
    }

    /// The last lines of the log.
    fn said(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Process {
    /// Killed, not asked to stop: what etcd was handed is in the kernel's page cache, which survives the process.
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A temporary folder that goes when this value does, or when the process ends without dropping it.
#[derive(Debug)]
pub struct Scratch {
    directory: tempfile::TempDir,
    sweeper: Child,
}

impl Scratch {
    /// Makes the folder.
    pub fn new() -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("bowline-kube-")
            .tempdir()
            .map_err(Error::io("making a temporary folder"))?;
        let sweeper = guarded(SWEEPER)
            .arg(directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::io("starting the shell that removes the temporary folder"))?;
        Ok(Self { directory, sweeper })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Waiting closes the pipe first, which is what the sweeper waits for; it fails only when the sweeper is gone already.
        let _ = self.sweeper.wait();
    }
}

/// A shell that runs `script` with a pipe as its standard input, in a process group of its own so that Ctrl-C in a terminal
/// reaches only us, and the order of stopping stays ours.
fn guarded(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).stdin(Stdio::piped()).process_group(0);
    command
}
