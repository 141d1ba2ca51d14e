//! Running the `git` program: the one place of the product that starts a process.
//!
//! Every argument is fixed or was checked ([`Remote`], ref names), stands after `--`, and holds no secret. Credentials travel in the
//! environment (of the same user alone) and in sealed memory files; the user's and the system's git configuration are not read.

mod failure;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use crate::sealed::SealedFile;
use crate::{Credentials, Remote, Settings, Transport};

pub(crate) use failure::Failure;

/// What a git process is given beside its arguments.
#[derive(Default)]
pub(crate) struct Context {
    environment: Vec<(OsString, OsString)>,
    config: Vec<(String, String)>,
    files: Vec<SealedFile>,
    secrets: Vec<String>,
}

/// Bytes kept of what a process prints; git's messages are short, a remote's banner need not be.
const OUTPUT_LIMIT: usize = 64 << 10;

/// What an ended process gets to clean up its locks before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Prints the credentials that it finds in its environment, in git's credential protocol. Fixed text: nothing is put into it.
const CREDENTIAL_HELPER: &str = "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$BOWLINE_USERNAME\" \
                                 \"$BOWLINE_PASSWORD\"; }; f";

// === impl Context ===

impl Context {
    /// For commands that touch nothing but the mirror.
    pub(crate) fn local() -> Context {
        let mut context = Context::packing();
        context.config("gc.auto", "0");
        context.config("maintenance.auto", "false");
        context
    }

    /// For packing the mirror.
    pub(crate) fn packing() -> Context {
        let mut context = Context::default();
        context.config("core.hooksPath", "/dev/null");
        // The mirror is a cache: what a power cut damages is fetched again.
        context.config("core.fsync", "none");
        context.config("safe.directory", "*");
        context
    }

    /// For commands that talk to `remote`.
    pub(crate) fn remote(settings: &Settings, remote: &Remote, credentials: &Credentials) -> io::Result<Context> {
        let mut context = Context::local();
        context.config("protocol.version", "2");
        context.env("GIT_ALLOW_PROTOCOL", remote.transport().protocol());
        context.secrets = credentials.secrets().map(String::from).collect();
        if let Some((user, password)) = remote.userinfo() {
            // Alone, the user is the token.
            context.secrets.push(if password.expose().is_empty() { user.clone() } else { password.expose().clone() });
        }
        match remote.transport() {
            Transport::Https | Transport::Http => context.http(settings, remote, credentials)?,
            Transport::Ssh => context.ssh(settings, credentials)?,
            Transport::File => {}
        }
        context.secrets.retain(|secret| !secret.is_empty());
        Ok(context)
    }

    fn http(&mut self, settings: &Settings, remote: &Remote, credentials: &Credentials) -> io::Result<()> {
        let seconds = settings.request_timeout.as_secs().max(1);
        self.config("http.lowSpeedLimit", "1");
        self.config("http.lowSpeedTime", &seconds.to_string());
        // An empty entry ends the list of helpers that came before.
        self.config("credential.helper", "");
        let origin = remote.origin().expect("because http and https remotes have an origin").to_string();
        let (user, password) = match (&credentials.password, remote.userinfo()) {
            (Some(password), _) => (credentials.username.clone(), Some(password.expose().clone())),
            (None, Some((user, password))) => (Some(user.clone()), Some(password.expose().clone())),
            (None, None) => (credentials.username.clone(), None),
        };
        // Hosts that take tokens accept any name; this is the one that GitHub documents.
        let user = user.filter(|user| !user.is_empty()).unwrap_or_else(|| "x-access-token".to_string());
        if let Some(token) = &credentials.bearer_token {
            self.header(&format!("Authorization: Bearer {}", token.expose()));
        } else if let Some(password) = password {
            if credentials.force_basic_auth {
                let encoded = BASE64.encode(format!("{user}:{password}"));
                self.header(&format!("Authorization: Basic {encoded}"));
                self.secrets.push(encoded);
            } else {
                // Bound to the origin: after a redirect to another host git finds no helper, and the password stays here.
                self.config(&format!("credential.{origin}.helper"), CREDENTIAL_HELPER);
                self.env("BOWLINE_USERNAME", &user);
                self.env("BOWLINE_PASSWORD", &password);
            }
        }
        if credentials.insecure {
            self.config("http.sslVerify", "false");
        }
        if let Some(ca) = &credentials.ca {
            let path = self.file("ca", ca.as_bytes())?;
            self.config("http.sslCAInfo", &path);
        }
        if let (Some(cert), Some(key)) = (&credentials.tls_client_cert, &credentials.tls_client_key) {
            let path = self.file("cert", cert.as_bytes())?;
            self.config("http.sslCert", &path);
            let path = self.file("key", key.expose().as_bytes())?;
            self.config("http.sslKey", &path);
        }
        if let Some(proxy) = &credentials.proxy {
            self.config("http.proxy", proxy);
            self.secrets.push(proxy.clone());
        }
        if let Some(no_proxy) = &credentials.no_proxy {
            self.env("no_proxy", no_proxy);
            self.env("NO_PROXY", no_proxy);
        }
        Ok(())
    }

    fn ssh(&mut self, settings: &Settings, credentials: &Credentials) -> io::Result<()> {
        let hosts = match credentials.insecure {
            true => "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null".to_string(),
            false => {
                let path = self.file("known_hosts", credentials.known_hosts.as_bytes())?;
                format!("-o StrictHostKeyChecking=yes -o UserKnownHostsFile={path}")
            }
        };
        let key = match &credentials.ssh_private_key {
            None => String::new(),
            Some(key) => {
                // ssh reads no key whose last line has no end.
                let mut text = key.expose().replace("\r\n", "\n");
                text.push('\n');
                let path = self.file("key", text.as_bytes())?;
                format!(" -o IdentitiesOnly=yes -o IdentityAgent=none -i {path}")
            }
        };
        let seconds = settings.request_timeout.as_secs().max(1);
        // A shell reads this line: it holds fixed words, numbers and paths of our own making.
        let command = format!(
            "ssh -F /dev/null -o BatchMode=yes -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no \
             -o ControlMaster=no -o ControlPath=none -o ClearAllForwardings=yes -o PermitLocalCommand=no \
             -o ConnectTimeout={seconds} -o ServerAliveInterval={seconds} -o ServerAliveCountMax=1 {hosts}{key}"
        );
        self.env("GIT_SSH_COMMAND", &command);
        self.env("GIT_SSH_VARIANT", "ssh");
        Ok(())
    }

    /// A header that carries credentials. Git repeats it to whatever host it is redirected to, so it is not redirected.
    fn header(&mut self, header: &str) {
        self.config("http.extraHeader", header);
        self.config("http.followRedirects", "false");
    }

    fn file(&mut self, name: &str, content: &[u8]) -> io::Result<String> {
        let file = SealedFile::new(name, content)?;
        let path = file.path();
        self.files.push(file);
        Ok(path)
    }

    fn env(&mut self, name: &str, value: &str) {
        self.environment.push((name.into(), value.into()));
    }

    fn config(&mut self, key: &str, value: &str) {
        self.config.push((key.to_string(), value.to_string()));
    }

    /// The whole environment of the process, configuration included.
    fn variables(&self, settings: &Settings) -> Vec<(OsString, OsString)> {
        let mut variables = settings.environment.clone();
        let fixed = [
            ("LC_ALL", "C"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_ASKPASS", ""),
            ("SSH_ASKPASS_REQUIRE", "never"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_TEMPLATE_DIR", ""),
            ("GIT_PROTOCOL_FROM_USER", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
        ];
        variables.extend(fixed.map(|(name, value)| (name.into(), value.into())));
        variables.push(("HOME".into(), settings.cache.clone().into_os_string()));
        variables.extend(self.environment.iter().cloned());
        variables.push(("GIT_CONFIG_COUNT".into(), self.config.len().to_string().into()));
        for (i, (key, value)) in self.config.iter().enumerate() {
            variables.push((format!("GIT_CONFIG_KEY_{i}").into(), key.into()));
            variables.push((format!("GIT_CONFIG_VALUE_{i}").into(), value.into()));
        }
        variables
    }

    /// Text of another program without our secrets in it.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let mut text = text.to_string();
        for secret in &self.secrets {
            for line in secret.lines().map(str::trim).filter(|line| !line.is_empty()) {
                text = text.replace(line, "***");
            }
        }
        text
    }
}

/// Runs git with `arguments` in `directory` (the repository, or where one is to be made) and gives what it printed.
pub(crate) async fn run(
    settings: &Settings,
    context: &Context,
    directory: &Path,
    arguments: &[&OsStr],
) -> Result<(), Failure> {
    #[expect(clippy::disallowed_methods, reason = "the one place that runs git")]
    let mut command = Command::new(&settings.program);
    command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .envs(context.variables(settings))
        .env("GIT_DIR", directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = command.spawn().map_err(|error| Failure::Start(settings.program.clone(), error.to_string()))?;
    let mut group = Group::of(&child);
    let stderr = child.stderr.take().expect("because stderr was piped above");
    let finished = tokio::time::timeout(settings.exec_timeout, async {
        let said = drain(stderr).await;
        (child.wait().await, said)
    })
    .await;
    let Ok((status, said)) = finished else {
        group.signal(Signal::TERM);
        if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
            group.signal(Signal::KILL);
        }
        group.0 = None;
        return Err(Failure::Timeout(settings.exec_timeout));
    };
    group.0 = None;
    let status = status.map_err(|error| Failure::Start(settings.program.clone(), error.to_string()))?;
    if status.success() { Ok(()) } else { Err(Failure::said(&String::from_utf8_lossy(&said), context)) }
}

/// The process with its children (git's transports), ended when this is dropped: a request that nobody waits for stops.
struct Group(Option<Pid>);

// === impl Group ===

impl Group {
    fn of(child: &Child) -> Group {
        Group(child.id().and_then(|id| Pid::from_raw(id as i32)))
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.0 {
            // It may just have ended by itself.
            let _ = kill_process_group(pid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Not killed outright: git removes its lock files when it is asked to end.
        self.signal(Signal::TERM);
    }
}

/// Reads to the end and keeps the first [`OUTPUT_LIMIT`] bytes.
async fn drain(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(n) = from.read(&mut buffer).await {
        if n == 0 {
            break;
        }
        let room = OUTPUT_LIMIT - kept.len();
        kept.extend_from_slice(&buffer[..n.min(room)]);
    }
    kept
}

#[cfg(test)]
mod tests;
