//! The fixture itself is held to its promises on the real tools.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests that start, kill and await processes")]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bowline_tests_kube::KubeServer;
use serde_json::{Value, json};

/// Waits until `condition` holds; a test never waits for a time.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(30), "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn config_map(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})
}

#[test]
fn a_shared_server_is_a_real_cluster() {
    let kube = KubeServer::shared();
    let namespace = kube.namespace("a-real-cluster");

    let version = kube.expect("GET", "/version", None).unwrap();
    assert_eq!(version["minor"], "36", "{version}");
    let maps = format!("/api/v1/namespaces/{namespace}/configmaps");
    kube.expect("POST", &maps, Some(&config_map("one"))).unwrap();
    let (status, _) = kube.request("POST", &maps, Some(&config_map("one"))).unwrap();
    assert_eq!(status, 409, "a second object of the name");

    // A patch with a field manager is a server-side apply, one without is a merge.
    let two = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "two"}, "data": {"a": "1"}});
    let applied = kube.expect("PATCH", &format!("{maps}/two?fieldManager=test"), Some(&two)).unwrap();
    assert_eq!(applied["metadata"]["managedFields"][0]["operation"], "Apply");
    let merged = kube.expect("PATCH", &format!("{maps}/two"), Some(&json!({"data": {"b": "2"}}))).unwrap();
    assert_eq!(merged["data"], json!({"a": "1", "b": "2"}));
    assert!(kube.expect("GET", &format!("{maps}/none"), None).unwrap_err().to_string().contains("404"));
}

#[test]
fn rbac_decides() {
    let kube = KubeServer::shared();
    let namespace = kube.namespace("rbac-decides");
    let ask = |user: &str| kube.kubectl(&["auth", "can-i", "get", "secrets", "-n", &namespace, "--as", user]).unwrap();
    assert!(ask("system:serviceaccount:rbac-decides:default").is_err());
    kube.kubectl(&[
        "create",
        "rolebinding",
        "r",
        "--clusterrole=admin",
        "--serviceaccount=rbac-decides:default",
        "-n",
        &namespace,
    ])
    .unwrap()
    .unwrap();
    eventually("the authoriser sees the binding", || ask("system:serviceaccount:rbac-decides:default").is_ok());
}

#[test]
fn the_controller_manager_works() {
    let kube = KubeServer::shared();
    let namespace = kube.namespace("controllers-work");
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"},
        "spec": {
            "replicas": 0, "selector": {"matchLabels": {"app": "d"}},
            "template": {"metadata": {"labels": {"app": "d"}}, "spec": {"containers": [{"name": "c", "image": "none"}]}},
        },
    });
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
    kube.expect("POST", &path, Some(&deployment)).unwrap();
    eventually("the deployment's status is written", || {
        kube.expect("GET", &format!("{path}/d"), None).unwrap()["status"]["observedGeneration"] == 1
    });
    kube.expect("DELETE", &format!("/api/v1/namespaces/{namespace}"), None).unwrap();
    eventually("the namespace is gone", || {
        kube.request("GET", &format!("/api/v1/namespaces/{namespace}"), None).unwrap().0 == 404
    });
}

#[test]
fn a_stopped_server_is_unreachable_and_comes_back_with_its_data() {
    let kube = KubeServer::builder().audit(true).start().unwrap();
    kube.namespace("kept");
    let asked =
        kube.requests().unwrap().iter().filter(|e| e["verb"] == "create" && e["objectRef"]["name"] == "kept").count();
    assert_eq!(asked, 1, "the audit log holds the request");

    kube.stop_api();
    let error = kube.request("GET", "/version", None).unwrap_err();
    assert_eq!(error.to_string(), "GET /version");
    kube.start_api().unwrap();
    kube.start_api().unwrap();
    kube.expect("GET", "/api/v1/namespaces/kept", None).unwrap();
}

#[test]
fn a_missing_tool_is_named_with_its_remedy() {
    let empty = tempfile::tempdir().unwrap();
    let error = KubeServer::builder().peers(empty.path()).start().unwrap_err().to_string();
    assert!(error.contains("etcd is not built: run 'make peers'"), "{error}");
}

/// `kube-up` over a folder: a process that we can kill in every way.
struct Up {
    child: Child,
    port: u16,
    kubeconfig: PathBuf,
}

impl Up {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kube-up"))
            .arg(directory)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let kubeconfig = PathBuf::from(line.trim());
        let text = std::fs::read_to_string(&kubeconfig).unwrap();
        let port = text.split("https://127.0.0.1:").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        Self { child, port, kubeconfig }
    }

    fn kubectl(&self, arguments: &[&str]) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../peers/build");
        let binary = Command::new(script).args(["--where", "kubectl"]).output().unwrap();
        let binary = String::from_utf8(binary.stdout).unwrap();
        let status =
            Command::new(binary.trim()).arg("--kubeconfig").arg(&self.kubeconfig).args(arguments).status().unwrap();
        assert!(status.success(), "kubectl {arguments:?}");
    }

    /// Everything that mentions the folder on its command line: the tools, and nobody else.
    fn gone(mut self, directory: &Path) {
        self.child.wait().unwrap();
        eventually("no tool is left", || running(directory).is_empty());
        // A process that is being torn down has lost its command line before its sockets.
        eventually("nobody listens", || TcpStream::connect(("127.0.0.1", self.port)).is_err());
    }
}

fn running(directory: &Path) -> Vec<String> {
    let directory = directory.to_str().unwrap();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.unwrap().path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(directory))
        .collect()
}

#[test]
fn nothing_outlives_the_process_and_the_data_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();

    let mut up = Up::start(path);
    assert!(running(path).len() >= 4, "this process and its three tools: {:?}", running(path));
    up.kubectl(&["create", "configmap", "kept"]);
    let second = Command::new(env!("CARGO_BIN_EXE_kube-up")).arg(path).output().unwrap();
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another server"), "{second:?}");
    up.child.kill().unwrap(); // SIGKILL: no destructor runs
    up.gone(path);

    let up = Up::start(path);
    up.kubectl(&["get", "configmap", "kept"]);
    let pid = up.child.id().to_string();
    assert!(Command::new("sh").args(["-c", "kill -TERM $0", &pid]).status().unwrap().success());
    up.gone(path);

    let mut up = Up::start(path);
    drop(up.child.stdin.take());
    up.gone(path);
}

#[test]
fn a_scratch_folder_goes_with_its_server() {
    let kube = KubeServer::start().unwrap();
    let directory = kube.kubeconfig().parent().unwrap().to_owned();
    assert!(directory.exists());
    drop(kube);
    assert!(!directory.exists());
    assert!(running(&directory).is_empty());
}
