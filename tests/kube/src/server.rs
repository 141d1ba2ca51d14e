//! The server: starting, asking, stopping.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::certificates::Certificates;
use crate::client::Client;
use crate::process::{Process, Scratch};
use crate::{Builder, Error, peers};

/// A tool that is not ready by then never will be; a busy machine of two cores takes a tenth of it.
const DEADLINE: Duration = Duration::from_secs(90);
/// Between two looks at something that is about to be ready.
const PAUSE: Duration = Duration::from_millis(25);
/// Ports are found by asking the kernel for one and giving it back; another process may take it before the tool does.
const ATTEMPTS: usize = 3;

/// A running Kubernetes API server with etcd behind it. Dropping it stops both and removes its data, unless a folder was named.
#[derive(Debug)]
pub struct KubeServer {
    // In the order of stopping.
    controller_manager: Option<Process>,
    api: Mutex<Option<Process>>,
    _etcd: Process,

    start_api: Start,
    kubectl: PathBuf,
    client: Client,
    certificates: Certificates,
    url: String,
    kubeconfig: PathBuf,
    kubeconfig_text: String,
    audit: Option<PathBuf>,

    _lock: File,
    _scratch: Option<Scratch>,
}

/// How the API server is started, again and again.
#[derive(Debug)]
struct Start {
    binary: PathBuf,
    arguments: Vec<String>,
    directory: PathBuf,
}

impl KubeServer {
    /// Starts a server with nothing special about it.
    ///
    /// # Errors
    /// See [`Builder::start`].
    pub fn start() -> Result<Self, Error> {
        Self::builder().start()
    }

    /// Says how to start one.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The server that the tests of one test binary share, started by the first that asks, with the controller manager.
    /// It ends with the process: a static is never dropped, the watchdogs do it.
    ///
    /// # Panics
    /// Where it cannot start: the test fails with the reason.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<KubeServer> = OnceLock::new();
        SHARED.get_or_init(|| match Self::builder().controller_manager(true).start() {
            Ok(server) => server,
            Err(error) => panic!("{}", chain(&error)),
        })
    }

    /// The address of the API server, `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The administrator's kubeconfig, as a file.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The administrator's kubeconfig, which needs no other file.
    #[must_use]
    pub fn kubeconfig_text(&self) -> &str {
        &self.kubeconfig_text
    }

    /// The certificate authority, certificate and key of the administrator as PEM, as a cluster Secret carries them.
    ///
    /// # Errors
    /// Where the files are gone.
    pub fn credentials(&self) -> Result<[String; 3], Error> {
        let read = |path: PathBuf| fs::read_to_string(&path).map_err(Error::io(format!("reading {}", path.display())));
        Ok([
            read(self.certificates.authority())?,
            read(self.certificates.admin())?,
            read(self.certificates.admin_key())?,
        ])
    }

    /// Makes a namespace for one test and returns its name.
    ///
    /// # Panics
    /// Where it cannot be made, or exists: two tests must not share one.
    pub fn namespace(&self, name: &str) -> String {
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        match self.expect("POST", "/api/v1/namespaces", Some(&object)) {
            Ok(_) => name.to_owned(),
            Err(error) => panic!("{}", chain(&error)),
        }
    }

    /// Sends one request as the administrator and returns the status code and the JSON of the answer (a string where it is
    /// not JSON). A `PATCH` is a server-side apply if the path names a `fieldManager`, and a merge patch if not.
    ///
    /// # Errors
    /// Where no answer came: the server is stopped, or the connection broke.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value), Error> {
        let content_type = match method {
            "PATCH" if path.contains("fieldManager=") => "application/apply-patch+yaml",
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let body = body.map(Value::to_string).unwrap_or_default();
        let (status, answer) = self
            .client
            .send(method, path, content_type, body.as_bytes())
            .map_err(Error::io(format!("{method} {path}")))?;
        let answer =
            serde_json::from_slice(&answer).unwrap_or_else(|_| String::from_utf8_lossy(&answer).into_owned().into());
        Ok((status, answer))
    }

    /// Like [`KubeServer::request`], where only a success will do.
    ///
    /// # Errors
    /// No answer, or a status that is not 2xx.
    pub fn expect(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Error> {
        match self.request(method, path, body)? {
            (200..=299, answer) => Ok(answer),
            (status, answer) => {
                Err(Error::Refused { method: method.into(), path: path.into(), status, body: answer.to_string() })
            }
        }
    }

    /// Runs the pinned kubectl as the administrator and returns what it printed, or what it said where it failed.
    ///
    /// # Errors
    /// Where it could not be started.
    pub fn kubectl(&self, arguments: &[&str]) -> Result<Result<String, String>, Error> {
        let output = Command::new(&self.kubectl)
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(arguments)
            .output()
            .map_err(Error::io(format!("running {}", self.kubectl.display())))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
    }

    /// Stops the API server, as an unreachable cluster looks to its clients: connections break, then are refused.
    pub fn stop_api(&self) {
        *self.api.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Starts the API server again, on the same port with the same data, and waits until it is ready. Does nothing if it runs.
    ///
    /// # Errors
    /// See [`Builder::start`].
    pub fn start_api(&self) -> Result<(), Error> {
        let mut api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        if api.is_none() {
            *api = Some(self.start_api.run(&self.client)?);
        }
        Ok(())
    }

    /// What has been asked of the API server so far, by whomever: the audit events (`audit.k8s.io/v1`, metadata only) of the
    /// stage `ResponseComplete`, in order. Empty unless [`Builder::audit`] was asked for.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn requests(&self) -> Result<Vec<Value>, Error> {
        let Some(path) = &self.audit else { return Ok(Vec::new()) };
        let log = fs::read_to_string(path).map_err(Error::io(format!("reading {}", path.display())))?;
        // The last line may still be on its way.
        Ok(log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    pub(crate) fn start_with(builder: &Builder) -> Result<Self, Error> {
        let [etcd, api, kubectl, manager] =
            peers::find(["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"], builder.peers.as_deref())?;
        let scratch = if builder.data.is_none() { Some(Scratch::new()?) } else { None };
        let directory = match (&builder.data, &scratch) {
            (Some(data), _) => data.clone(),
            (None, Some(scratch)) => scratch.path().to_owned(),
            (None, None) => unreachable!("a scratch folder is made where none is named"),
        };
        fs::create_dir_all(&directory).map_err(Error::io(format!("making {}", directory.display())))?;
        let directory = directory.canonicalize().map_err(Error::io(format!("finding {}", directory.display())))?;
        let lock = lock(&directory)?;
        let certificates = Certificates::in_directory(&directory.join("certificates"))?;

        let (etcd, etcd_port) = attempt(|| start_etcd(&etcd, &directory))?;
        let audit = builder.audit.then(|| directory.join("audit.log"));
        let (start_api, process, port) = attempt(|| {
            let port = builder.port.map_or_else(free_port, Ok)?;
            let client = Client::new(port, &certificates)?;
            let arguments = api_arguments(builder, &directory, &certificates, port, etcd_port)?;
            let start = Start { binary: api.clone(), arguments, directory: directory.clone() };
            let process = start.run(&client)?;
            Ok((start, process, port))
        })?;

        let client = Client::new(port, &certificates)?;
        let url = format!("https://127.0.0.1:{port}");
        let kubeconfig = directory.join("kubeconfig");
        let kubeconfig_text = kubeconfig_text(&url, &certificates)?;
        fs::write(&kubeconfig, &kubeconfig_text).map_err(Error::io(format!("writing {}", kubeconfig.display())))?;

        let mut server = Self {
            controller_manager: None,
            api: Mutex::new(Some(process)),
            _etcd: etcd,
            start_api,
            kubectl,
            client,
            certificates,
            url,
            kubeconfig,
            kubeconfig_text,
            audit,
            _lock: lock,
            _scratch: scratch,
        };
        if builder.controller_manager {
            server.start_controller_manager(&manager, &directory)?;
        }
        Ok(server)
    }

    /// Ready means that a controller has done something: the default service account has been made.
    fn start_controller_manager(&mut self, binary: &Path, directory: &Path) -> Result<(), Error> {
        let kubeconfig = self.kubeconfig.display();
        let key = self.certificates.accounts_key();
        let authority = self.certificates.authority();
        let arguments = [
            format!("--kubeconfig={kubeconfig}"),
            format!("--service-account-private-key-file={}", key.display()),
            format!("--root-ca-file={}", authority.display()),
            "--leader-elect=false".into(),
            "--secure-port=0".into(), // nobody asks it anything
        ];
        let process = Process::start("kube-controller-manager", binary, &arguments, directory)?;
        let process = self.controller_manager.insert(process);
        let client = &self.client;
        wait_for(process, || match client.send("GET", "/api/v1/namespaces/default/serviceaccounts/default", "", b"") {
            Ok((200, _)) => Ok(()),
            Ok((status, _)) => Err(format!("no default service account yet: {status}")),
            Err(error) => Err(error.to_string()),
        })
    }
}

impl Start {
    fn run(&self, client: &Client) -> Result<Process, Error> {
        let mut process = Process::start("kube-apiserver", &self.binary, &self.arguments, &self.directory)?;
        wait_for(&mut process, || match client.send("GET", "/readyz", "", b"") {
            // Ready comes a moment before the namespaces that every cluster has.
            Ok((200, _)) => match client.send("GET", "/api/v1/namespaces/default", "", b"") {
                Ok((200, _)) => Ok(()),
                other => Err(format!("no default namespace yet: {:?}", other.map(|(status, _)| status))),
            },
            Ok((status, body)) => Err(format!("/readyz answers {status}: {}", String::from_utf8_lossy(&body))),
            Err(error) => Err(error.to_string()),
        })?;
        Ok(process)
    }
}

fn start_etcd(binary: &Path, directory: &Path) -> Result<(Process, u16), Error> {
    let port = free_port()?;
    let arguments = [
        format!("--data-dir={}", directory.join("etcd").display()),
        format!("--listen-client-urls=http://127.0.0.1:{port}"),
        format!("--advertise-client-urls=http://127.0.0.1:{port}"),
        // One member has no peers; it may have any port, for nobody comes.
        "--listen-peer-urls=http://127.0.0.1:0".into(),
        // Nothing here has to survive the machine, and each fsync costs milliseconds.
        "--unsafe-no-fsync".into(),
        "--log-level=warn".into(),
    ];
    let mut process = Process::start("etcd", binary, &arguments, directory)?;
    wait_for(&mut process, || {
        std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map(drop).map_err(|e| e.to_string())
    })?;
    Ok((process, port))
}

fn api_arguments(
    builder: &Builder,
    directory: &Path,
    certificates: &Certificates,
    port: u16,
    etcd_port: u16,
) -> Result<Vec<String>, Error> {
    let mut arguments = vec![
        format!("--etcd-servers=http://127.0.0.1:{etcd_port}"),
        "--bind-address=127.0.0.1".into(),
        format!("--secure-port={port}"),
        format!("--tls-cert-file={}", certificates.server().display()),
        format!("--tls-private-key-file={}", certificates.server_key().display()),
        format!("--client-ca-file={}", certificates.authority().display()),
        format!("--service-account-key-file={}", certificates.accounts_public_key().display()),
        format!("--service-account-signing-key-file={}", certificates.accounts_key().display()),
        "--service-account-issuer=https://kubernetes.default.svc".into(),
        "--authorization-mode=RBAC".into(),
        "--service-cluster-ip-range=10.0.0.0/24".into(),
        // A loopback address may not be an endpoint of the service `kubernetes`.
        "--endpoint-reconciler-type=none".into(),
        "--allow-privileged=true".into(),
    ];
    if !builder.controller_manager {
        // Nobody makes the default service accounts, without which this plugin refuses every pod.
        arguments.push("--disable-admission-plugins=ServiceAccount".into());
    }
    if builder.audit {
        let policy = directory.join("audit-policy.json");
        let text = json!({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived", "ResponseStarted"],
            "rules": [{"level": "Metadata"}],
        });
        fs::write(&policy, text.to_string()).map_err(Error::io(format!("writing {}", policy.display())))?;
        arguments.push(format!("--audit-policy-file={}", policy.display()));
        arguments.push(format!("--audit-log-path={}", directory.join("audit.log").display()));
    }
    Ok(arguments)
}

fn kubeconfig_text(url: &str, certificates: &Certificates) -> Result<String, Error> {
    let data = |path: PathBuf| {
        let bytes = fs::read(&path).map_err(Error::io(format!("reading {}", path.display())))?;
        Ok(STANDARD.encode(bytes))
    };
    let (authority, admin, key) =
        (data(certificates.authority())?, data(certificates.admin())?, data(certificates.admin_key())?);
    Ok(format!(
        "apiVersion: v1
kind: Config
current-context: bowline
contexts:
- name: bowline
  context: {{cluster: bowline, user: admin}}
clusters:
- name: bowline
  cluster:
    server: {url}
    certificate-authority-data: {authority}
users:
- name: admin
  user:
    client-certificate-data: {admin}
    client-key-data: {key}
"
    ))
}

/// Two servers over the same data would destroy it.
fn lock(directory: &Path) -> Result<File, Error> {
    let path = directory.join("lock");
    let file = File::create(&path).map_err(Error::io(format!("making {}", path.display())))?;
    file.try_lock().map_err(|_| Error::InUse { directory: directory.to_owned() })?;
    Ok(file)
}

/// Tries again, with other ports, where a tool ended by itself.
fn attempt<T>(mut start: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let mut result = start();
    for _ in 1..ATTEMPTS {
        if !matches!(result, Err(Error::Ended { .. })) {
            break;
        }
        result = start();
    }
    result
}

fn wait_for(process: &mut Process, mut ready: impl FnMut() -> Result<(), String>) -> Result<(), Error> {
    let started = Instant::now();
    loop {
        match ready() {
            Ok(()) => return Ok(()),
            Err(last) if started.elapsed() > DEADLINE => return Err(process.not_ready(DEADLINE.as_secs(), last)),
            Err(_) => process.check()?,
        }
        std::thread::sleep(PAUSE);
    }
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::io("finding a free port"))
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
