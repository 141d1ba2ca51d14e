//! [`Lab`]: one test's own repository, namespaces and server process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bowline_tests_kube::KubeServer;
use serde_json::Value;

/// How long anything may take. Nothing here takes a tenth of it on an idle machine; CI's is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// One test's world.
pub struct Lab {
    /// The API server, shared by all tests of the binary.
    pub kube: &'static KubeServer,
    /// Namespace of Applications and settings.
    pub control: String,
    /// Namespace that applications deploy to.
    pub target: String,
    /// The repository.
    pub repo: Repo,
    server: Option<Child>,
    folder: tempfile::TempDir,
}

/// A Git repository on disk, with a work tree to write in.
pub struct Repo {
    path: PathBuf,
}

// === impl Lab ===

impl Lab {
    /// A world for the test `name`, its server started.
    pub fn new(name: &str) -> Lab {
        let mut lab = Lab::without_server(name);
        lab.start();
        lab
    }

    /// A world for the test `name` whose server is not started yet.
    pub fn without_server(name: &str) -> Lab {
        let kube = server();
        let folder = tempfile::tempdir().expect("because a temporary folder can be made");
        let repo = Repo::new(&folder.path().join("repo"));
        let (control, target) = (format!("control-{name}"), format!("target-{name}"));
        for namespace in [&control, &target] {
            kubectl(kube, &["create", "namespace", namespace]);
        }
        // Servers that share a cluster tell their applications apart by this.
        let id = format!("--from-literal=installationID={name}");
        kubectl(kube, &["-n", &control, "create", "configmap", "argocd-cm", &id]);
        Lab { kube, control, target, repo, server: None, folder }
    }

    /// Starts the server on a port of its own choice.
    pub fn start(&mut self) {
        self.start_at(0);
    }

    /// Starts the server on this port.
    pub fn start_at(&mut self, port: u16) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .expect("because the temporary folder is writable");
        let child = self
            .bowline()
            .args([
                "server",
                "--allow-local-repositories",
                "--admin-address",
                "127.0.0.1:0",
                "--address",
                "127.0.0.1",
                "--port",
                &port.to_string(),
            ])
            .args(["--metrics-address", "127.0.0.1", "--metrics-port", "0", "--insecure", "--cache-dir"])
            .arg(self.folder.path().join("cache"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("because the binary was built with this test");
        self.server = Some(child);
    }

    /// Where the server that was started last serves its API, in clear.
    pub fn api(&self) -> std::net::SocketAddr {
        let start = Instant::now();
        loop {
            let log = self.log();
            let line = log.lines().rev().find(|line| line.contains("api server"));
            if let Some(address) = line.and_then(|line| line.split("address=").nth(1)) {
                return address
                    .split_whitespace()
                    .next()
                    .and_then(|a| a.parse().ok())
                    .expect("because it is an address");
            }
            assert!(start.elapsed() < PATIENCE, "no API server:\n{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a request to the API; gives the status and the body.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(self.api()).expect("because the server listens");
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("because it reads");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("because it answers in text");
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("because HTTP has a status");
        (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_string()).unwrap_or_default())
    }

    /// Kills the server as a crash would: no signal that it could catch.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().expect("because it is our child");
            server.wait().expect("because it was killed");
        }
    }

    /// Stops the server as `kubectl delete pod` would, and waits until it has ended; it must have ended well.
    pub fn terminate(&mut self) {
        let mut server = self.server.take().expect("because the server was started");
        let id = rustix::process::Pid::from_child(&server);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("because it is our child");
        let status = server.wait().expect("because it is our child");
        assert!(status.success(), "{status}\n{}", self.log());
    }

    fn bowline(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
        command.arg("--kubeconfig").arg(self.kube.kubeconfig()).args(["--namespace", &self.control]);
        // Whoever runs the tests may be logged in somewhere.
        command.env("ARGOCD_CONFIG_DIR", self.folder.path().join("logins")).env_remove("ARGOCD_SERVER");
        command
    }

    /// Runs `bowline ARGS` and takes whatever comes of it.
    pub fn try_cli(&self, args: &[&str]) -> Output {
        self.bowline().args(args).output().expect("because the binary was built with this test")
    }

    /// Runs `bowline ARGS`, which must succeed, and gives what it printed.
    pub fn cli(&self, args: &[&str]) -> String {
        let output = self.try_cli(args);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "bowline {args:?}: {}\n{out}\n{err}\n{}", output.status, self.log());
        out.into_owned()
    }

    /// Starts `bowline ARGS`; what it prints can be read while it runs.
    pub fn spawn_cli(&self, args: &[&str]) -> Child {
        let child = self.bowline().args(args).stdout(Stdio::piped()).spawn();
        child.expect("because the binary was built with this test")
    }

    /// Creates the application `name` over `path` of the repository with further flags.
    pub fn create(&self, name: &str, path: &str, flags: &[&str]) {
        let url = self.repo.url();
        let mut args = vec!["app", "create", name, "--repo", &url, "--path", path];
        args.extend(["--dest-server", "https://kubernetes.default.svc", "--dest-namespace", &self.target]);
        args.extend(flags);
        self.cli(&args);
    }

    /// The Application as it is stored.
    pub fn app(&self, name: &str) -> Value {
        let text = kubectl(self.kube, &["-n", &self.control, "get", "applications", name, "-o", "json"]);
        serde_json::from_str(&text).expect("because kubectl prints JSON")
    }

    /// Waits until the Application is as `good` says, and gives it; fails with its state and the server's log.
    pub fn wait(&self, name: &str, what: &str, good: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let app = self.app(name);
            if good(&app) {
                return app;
            }
            if start.elapsed() > PATIENCE {
                panic!("{name} did not become {what}:\n{:#}\n{}", app["status"], self.log());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the Application is Synced (to `revision`, where one is given) and Healthy, with no operation under way.
    pub fn wait_synced(&self, name: &str, revision: Option<&str>) -> Value {
        self.wait(name, "Synced and Healthy", |app| {
            let status = &app["status"];
            status["sync"]["status"] == "Synced"
                && status["health"]["status"] == "Healthy"
                && app["operation"].is_null()
                && status["operationState"]["phase"] != "Running"
                && revision.is_none_or(|revision| status["sync"]["revision"] == revision)
        })
    }

    /// Waits for a condition of type `kind` whose message holds `text`.
    pub fn wait_condition(&self, name: &str, kind: &str, text: &str) -> Value {
        self.wait(name, &format!("{kind} with {text:?}"), |app| {
            app["status"]["conditions"].as_array().into_iter().flatten().any(|condition| {
                condition["type"] == kind && condition["message"].as_str().unwrap_or_default().contains(text)
            })
        })
    }

    /// Asks for a refresh, as a webhook would.
    pub fn refresh(&self, name: &str) {
        let annotation = "argocd.argoproj.io/refresh=normal";
        kubectl(self.kube, &["-n", &self.control, "annotate", "--overwrite", "applications", name, annotation]);
    }

    /// An object in the target namespace; null where there is none.
    pub fn object(&self, kind: &str, name: &str) -> Value {
        let args = ["-n", &self.target, "get", kind, name, "--ignore-not-found", "-o", "json"];
        serde_json::from_str(&kubectl(self.kube, &args)).unwrap_or(Value::Null)
    }

    /// Waits until the object is as `good` says (null where it is gone).
    pub fn wait_object(&self, kind: &str, name: &str, what: &str, good: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let object = self.object(kind, name);
            if good(&object) {
                return object;
            }
            assert!(start.elapsed() < PATIENCE, "{kind} {name} did not become {what}: {object:#}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Applies an object in the control namespace.
    pub fn apply_control(&self, object: &Value) {
        let file = self.folder.path().join("object.json");
        std::fs::write(&file, object.to_string()).expect("because the temporary folder is writable");
        let file = file.to_str().expect("because the path is UTF-8");
        kubectl(self.kube, &["-n", &self.control, "apply", "-f", file]);
    }

    /// `kubectl ARGS` in the target namespace.
    pub fn kubectl(&self, args: &[&str]) -> String {
        kubectl(self.kube, &[&["-n", self.target.as_str()], args].concat())
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// A folder of this test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.kill();
    }
}

// === impl Repo ===

impl Repo {
    /// An empty repository at `path`.
    pub fn new(path: &Path) -> Repo {
        std::fs::create_dir_all(path).expect("because the temporary folder is writable");
        let repo = Repo { path: path.to_path_buf() };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// Writes files (a content of `None` removes one), commits, and gives the commit.
    pub fn commit(&self, files: &[(&str, Option<&str>)]) -> String {
        for (path, content) in files {
            let full = self.path.join(path);
            match content {
                Some(content) => {
                    std::fs::create_dir_all(full.parent().expect("because a file is in a folder"))
                        .expect("because the repository is writable");
                    std::fs::write(full, content).expect("because the repository is writable");
                }
                None => std::fs::remove_file(full).expect("because the file is there"),
            }
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "change"]);
        self.git(&["rev-parse", "HEAD"]).trim().to_string()
    }

    /// Runs git in the work tree.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(&self.path)
            .output()
            .expect("because git is installed");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// A ConfigMap manifest.
pub fn config_map(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  key: \"{value}\"\n")
}

fn server() -> &'static KubeServer {
    static CRDS: OnceLock<()> = OnceLock::new();
    let kube = KubeServer::shared();
    CRDS.get_or_init(|| {
        let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/crds");
        let crds = crds.to_str().expect("because the path is UTF-8");
        kubectl(kube, &["apply", "--server-side", "-f", crds]);
        // A definition that was stored a moment ago has no conditions to wait for yet.
        let established = ["wait", "--for=condition=Established", "--timeout=30s", "-f", crds];
        while !matches!(kube.kubectl(&established), Ok(Ok(_))) {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    kube
}

fn kubectl(kube: &KubeServer, args: &[&str]) -> String {
    match kube.kubectl(args).expect("because kubectl is a peer of the server") {
        Ok(text) => text,
        Err(text) => panic!("kubectl {args:?}: {text}"),
    }
}
