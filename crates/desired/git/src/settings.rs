//! [`Settings`]: what the role decides.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

/// How repositories are cached and reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Directory of the mirrors. One process owns it.
    pub cache: PathBuf,
    /// The git program, found in `PATH` where it has no slash.
    pub program: PathBuf,
    /// The variables of our own environment that git gets; no others reach it. See [`Settings::new`].
    pub environment: Vec<(OsString, OsString)>,
    /// A remote that says nothing for so long is given up. 15 s, as Argo CD's.
    pub request_timeout: Duration,
    /// A git process that runs for so long is ended, with its children. 90 s, as Argo CD's.
    pub exec_timeout: Duration,
    /// Git processes at once, over all repositories. 16: enough to hide the latency of remotes, few enough for a small machine.
    pub parallel: usize,
    /// Whether `file://` URLs and paths are allowed; they are not unless someone says so. Who may write an Application may then read every repository of this
    /// machine that its project's `sourceRepos` cover.
    pub local: bool,
    /// Bytes of directories and files kept in memory, over all repositories. 64 MiB: the manifests of thousands of applications.
    pub object_cache: usize,
}

/// What git needs of our environment: where programs are, and the proxies of the machine.
const INHERITED: [&str; 10] = [
    "PATH",
    "TMPDIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "LD_LIBRARY_PATH",
];

// === impl Settings ===

impl Settings {
    /// Defaults, with mirrors in `cache`. Of `environment` (the process's own) the program path and the proxy variables are taken.
    pub fn new(cache: impl Into<PathBuf>, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Settings {
        let environment =
            environment.into_iter().filter(|(name, _)| INHERITED.iter().any(|n| OsStr::new(n) == name)).collect();
        Settings {
            cache: cache.into(),
            program: "git".into(),
            environment,
            request_timeout: Duration::from_secs(15),
            exec_timeout: Duration::from_secs(90),
            parallel: 16,
            local: false,
            object_cache: 64 << 20,
        }
    }
}
