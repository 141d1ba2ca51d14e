//! [`Lab`]: the API server, the repository, and the way to start the server over both.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::{Jitter, SystemClock};
use bowline_base_kube::{ApiResource, Client, Config, Patch, Runtime, WriteOptions};
use bowline_base_task::Tasks;
use bowline_base_value::Value;
use bowline_tests_kube::{Builder, KubeServer};
use serde_json::json;

use crate::process::{Running, binary};
use crate::{Apps, Repo};

/// Namespace of Applications and settings.
pub const CONTROL: &str = "argocd";
/// Namespace that applications deploy to.
pub const TARGET: &str = "target";

/// A world to measure in.
#[derive(Debug)]
pub struct Lab {
    /// The API server; it writes no audit log and no controllers compete with it.
    pub kube: KubeServer,
    /// The repository.
    pub repo: Repo,
    binary: PathBuf,
    folder: tempfile::TempDir,
}

// === impl Lab ===

impl Lab {
    /// A world whose server is not started yet. It blocks: make it before the runtime.
    pub fn new() -> Lab {
        Lab::over(KubeServer::builder())
    }

    /// The same, over an API server that records each request: it is slower, and can be asked who asked it what.
    pub fn recorded() -> Lab {
        Lab::over(KubeServer::builder().audit(true))
    }

    fn over(builder: Builder) -> Lab {
        let binary = binary();
        let kube = builder.start().unwrap_or_else(|error| panic!("{error}"));
        let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/crds");
        let crds = crds.to_str().expect("because the path is UTF-8");
        let kubectl = |arguments: &[&str]| kube.kubectl(arguments).expect("because kubectl is a peer of the server");
        if let Err(text) = kubectl(&["apply", "--server-side", "-f", crds]) {
            panic!("kubectl apply: {text}");
        }
        // A definition that was stored a moment ago has no conditions to wait for yet.
        while kubectl(&["wait", "--for=condition=Established", "--timeout=30s", "-f", crds]).is_err() {
            std::thread::sleep(Duration::from_millis(100));
        }
        kube.namespace(CONTROL);
        kube.namespace(TARGET);
        let folder = tempfile::tempdir().expect("because a temporary folder can be made");
        let repo = Repo::new(&folder.path().join("repo"));
        Lab { kube, repo, binary, folder }
    }

    /// Starts the server; it is not ready yet.
    pub fn start(&self) -> Running {
        // Both are held until both are known: they must be two.
        let listeners =
            [0, 0].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("because there are free ports"));
        let [admin, api] = listeners.each_ref().map(|listener| {
            SocketAddr::from((Ipv4Addr::LOCALHOST, listener.local_addr().expect("because it listens").port()))
        });
        drop(listeners);
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .expect("because the temporary folder is writable");
        let child = Command::new(&self.binary)
            .args([
                "server",
                "--allow-local-repositories",
                "--namespace",
                CONTROL,
                "--admin-address",
                &admin.to_string(),
            ])
            .args(["--insecure", "--address", "127.0.0.1", "--port", &api.port().to_string()])
            .args(["--metrics-address", "127.0.0.1", "--metrics-port", "0"])
            .arg("--kubeconfig")
            .arg(self.kube.kubeconfig())
            .arg("--cache-dir")
            .arg(self.folder.path().join("cache"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("because the binary was built");
        Running::new(child, admin, api)
    }

    /// How many requests of programs that call themselves so the API server of [`Lab::recorded`] has answered.
    pub fn requests_of(&self, agent: &str) -> usize {
        let requests = self.kube.requests().expect("because the API server records them");
        let says = |request: &&serde_json::Value| request["userAgent"].as_str().is_some_and(|it| it.starts_with(agent));
        requests.iter().filter(says).count()
    }

    /// A client of our own, and what it sees of Applications.
    pub fn client(&self) -> Client {
        let config = Config::load(&[self.kube.kubeconfig().into()], None).expect("because the file was just written");
        let runtime = Runtime { tasks: Tasks::new(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
        Client::new(&config, &runtime).expect("because the configuration is whole")
    }

    /// What a client sees of Applications.
    pub async fn apps(&self, client: &Client) -> Apps {
        Apps::new(client, &self.folder.path().join("server.log")).await
    }

    /// The Application `name` over the folder `path` of the repository, synced by itself.
    pub fn application(&self, name: &str, path: &str) -> Value {
        let automated = json!({"prune": true, "selfHeal": true});
        self.application_of(name, path, "default", &json!({}), &json!({"automated": automated}))
    }

    /// The same in a project, with labels and a policy of its own.
    pub fn application_of(
        &self,
        name: &str,
        path: &str,
        project: &str,
        labels: &serde_json::Value,
        policy: &serde_json::Value,
    ) -> Value {
        Value::from(json!({
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": CONTROL, "labels": labels},
            "spec": {
                "project": project,
                "source": {"repoURL": self.repo.url(), "path": path, "targetRevision": "main"},
                "destination": {"server": "https://kubernetes.default.svc", "namespace": TARGET},
                "syncPolicy": policy,
            },
        }))
    }
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}

/// Applications as the API serves them.
pub(crate) fn applications() -> ApiResource {
    ApiResource::new("argoproj.io", "v1alpha1", "Application", "applications", true)
}

/// Asks for a refresh, as a webhook does (or takes that back), and gives the version of the Application that asks.
pub(crate) async fn annotate(client: &Client, name: &str, refresh: Option<&str>) -> u64 {
    let patch = Value::from(json!({"metadata": {"annotations": {"argocd.argoproj.io/refresh": refresh}}}));
    let options = WriteOptions::default();
    let answer = client.patch(&applications(), CONTROL, name, "", Patch::Merge(&patch), &options).await;
    let answer = answer.unwrap_or_else(|error| panic!("asking for a refresh of {name}: {error}"));
    crate::apps::version(&answer.value)
}
