//! The server as the machine sees it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the kernel counts processor time in, for programs: `USER_HZ`, which is 100 wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);

/// A server that was started; dropping it kills it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    admin: SocketAddr,
    api: SocketAddr,
    started: Instant,
}

/// Processor time of each thread of a server, by its id.
#[derive(Debug)]
pub struct Threads(HashMap<OsString, Duration>);

// === impl Threads ===

impl Threads {
    /// What the threads have used since `before`. What one used that has ended meanwhile is not known.
    pub fn since(&self, before: &Threads) -> Duration {
        let used =
            |(thread, now): (_, &Duration)| now.saturating_sub(before.0.get(thread).copied().unwrap_or_default());
        self.0.iter().map(used).sum()
    }
}

// === impl Running ===

impl Running {
    pub(crate) fn new(child: Child, admin: SocketAddr, api: SocketAddr) -> Running {
        Running { child, admin, api, started: Instant::now() }
    }

    /// Where it serves its API, in clear.
    pub fn api(&self) -> SocketAddr {
        self.api
    }

    /// Waits until the admin port answers 200 to `path`, and says how long after the start that was.
    pub fn until(&mut self, path: &str) -> Duration {
        loop {
            if self.get(path).is_some_and(|(status, _)| status == 200) {
                return self.started.elapsed();
            }
            assert!(self.started.elapsed() < PATIENCE, "the server does not answer to {path}");
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the server ended: {status}");
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// A counter of the server's metrics; 0 where it has not counted yet.
    pub fn counted(&self, name: &str) -> f64 {
        let (_, text) = self.get("/metrics").expect("because the server runs");
        let value = |line: &str| line.strip_prefix(name)?.trim().parse::<f64>().ok();
        text.lines().find_map(value).unwrap_or_default()
    }

    fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut socket = TcpStream::connect(self.admin).ok()?;
        socket.set_read_timeout(Some(PATIENCE)).ok()?;
        socket
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())
            .ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer))
    }

    /// Processor time so far, user and system, with that of programs it ran and waited for; in steps of 10 ms.
    pub fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect::<Vec<_>>();
        // Fields 14 to 17 of proc(5); the first here is the third.
        let ticks = fields.iter().skip(11).take(4).filter_map(|field| field.parse::<u32>().ok()).sum::<u32>();
        TICK * ticks
    }

    /// Processor time of each thread, to the nanosecond: for spans in which 10 ms are much.
    pub fn threads(&self) -> Threads {
        let tasks = PathBuf::from(format!("/proc/{}/task", self.child.id()));
        let threads = std::fs::read_dir(&tasks).expect("because the server runs").flatten();
        let times = threads.filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            Some((thread.file_name(), Duration::from_nanos(text.split(' ').next()?.parse().ok()?)))
        });
        Threads(times.collect())
    }

    /// Resident memory in MiB, and the part of it that is private to the process and not backed by a file.
    pub fn resident(&self) -> (f64, f64) {
        let status = self.proc("status");
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) / 1024.0
        };
        (mib("VmRSS:"), mib("RssAnon:"))
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("because the server runs")
    }

    /// The process id, for a look from outside.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended by itself there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The release binary: the one that `BOWLINE_BINARY` names, else the workspace's own, built where it is not up to date.
pub fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("BOWLINE_BINARY") {
        return named.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(&root).args(["build", "--quiet", "--locked", "--release", "--package", "bowline"]);
    let status = build.status().expect("because cargo runs this bench");
    assert!(status.success(), "the binary cannot be built");
    // This program stands in TARGET/release/deps.
    let own = std::env::current_exe().expect("because Linux knows where a program stands");
    let release = own.ancestors().nth(2).expect("because cargo puts it three folders deep");
    release.join("bowline")
}

/// How many processes wanted a processor during the last minute, and how many processors there are.
pub fn load() -> (f64, usize) {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = text.split(' ').next().and_then(|one| one.parse().ok()).unwrap_or(f64::NAN);
    (load, std::thread::available_parallelism().map_or(1, usize::from))
}
