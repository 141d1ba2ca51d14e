//! [`Lab`]: a control namespace and the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bowline_tests_kube::KubeServer;
use serde_json::Value;

/// One test's world.
pub struct Lab {
    kube: &'static KubeServer,
    /// Namespace of Applications and settings.
    pub control: String,
    folder: tempfile::TempDir,
}

/// What a command did.
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

// === impl Lab ===

impl Lab {
    /// A control namespace for the test `name`.
    pub fn new(name: &str) -> Lab {
        let folder = tempfile::tempdir().expect("because a temporary folder can be made");
        let kube = server();
        Lab { kube, control: kube.namespace(&format!("commands-{name}")), folder }
    }

    /// Runs `bowline ARGS` in the lab, with nobody to ask.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// The same with more in its environment.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_bowline"))
            .arg("--kubeconfig")
            .arg(self.kube.kubeconfig())
            .args(["--namespace", &self.control])
            .args(args)
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            // Whoever runs the tests may be logged in somewhere.
            .env("ARGOCD_CONFIG_DIR", self.folder.path().join("logins"))
            .env_remove("ARGOCD_SERVER")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("because the binary was built with this test");
        Ran::from(output)
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub fn good(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "bowline {args:?}:\n{}\n{}", ran.out, ran.err);
        ran.out
    }

    /// Runs a command that must fail with `code`, and gives what it said.
    pub fn bad(&self, code: i32, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "bowline {args:?}:\n{}\n{}", ran.out, ran.err);
        ran.err
    }

    /// An object of the control namespace; null where there is none.
    pub fn object(&self, kind: &str, name: &str) -> Value {
        let args = ["-n", &self.control, "get", kind, name, "--ignore-not-found", "-o", "json"];
        serde_json::from_str(&self.kubectl(&args)).unwrap_or(Value::Null)
    }

    /// `kubectl ARGS`, which must succeed.
    pub fn kubectl(&self, args: &[&str]) -> String {
        kubectl(self.kube, args)
    }

    /// The API server.
    pub fn kube(&self) -> &'static KubeServer {
        self.kube
    }

    /// A file of the test.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let folder = path.parent().expect("because a file is in a folder");
        std::fs::create_dir_all(folder).expect("because the temporary folder is writable");
        std::fs::write(&path, content).expect("because the temporary folder is writable");
        path
    }

    /// Makes a Git repository of the files below `name`, and gives its commit.
    pub fn commit(&self, name: &str) -> String {
        let git = |args: &[&str]| {
            let output = Command::new("git")
                .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
                .args(args)
                .current_dir(self.folder.path().join(name))
                .output()
                .expect("because git is installed");
            assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).trim().to_string()
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--allow-empty", "--message", "change"]);
        git(&["rev-parse", "HEAD"])
    }

    /// URL of the repository that [`Lab::commit`] made.
    pub fn url(&self, name: &str) -> String {
        format!("file://{}", self.folder.path().join(name).display())
    }

    /// The key `key` of a Secret, decoded by kubectl itself.
    pub fn secret_text(&self, name: &str, key: &str) -> String {
        let template = format!("{{{{index .data {key:?} | base64decode}}}}");
        self.kubectl(&["-n", &self.control, "get", "secret", name, "-o", &format!("go-template={template}")])
    }

    /// The one Secret of the type `kind` in the control namespace.
    pub fn secret(&self, kind: &str) -> Value {
        let selector = format!("argocd.argoproj.io/secret-type={kind}");
        let text = self.kubectl(&["-n", &self.control, "get", "secrets", "-l", &selector, "-o", "json"]);
        let list: Value = serde_json::from_str(&text).expect("because kubectl prints JSON");
        list["items"][0].clone()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

fn server() -> &'static KubeServer {
    static CRDS: OnceLock<()> = OnceLock::new();
    let kube = KubeServer::shared();
    CRDS.get_or_init(|| install_crds(kube));
    kube
}

/// Makes Applications and projects known to an API server.
pub fn install_crds(kube: &KubeServer) {
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/crds");
    let crds = crds.to_str().expect("because the path is UTF-8");
    kubectl(kube, &["apply", "--server-side", "-f", crds]);
    // A definition that is a moment old has no conditions yet, and kubectl does not wait for those.
    let established = || kube.kubectl(&["wait", "--for=condition=Established", "--timeout=30s", "-f", crds]);
    let start = Instant::now();
    while let Err(text) = established().expect("because kubectl is a peer of the server") {
        assert!(start.elapsed() < Duration::from_secs(30), "{text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn kubectl(kube: &KubeServer, args: &[&str]) -> String {
    match kube.kubectl(args).expect("because kubectl is a peer of the server") {
        Ok(text) => text,
        Err(text) => panic!("kubectl {args:?}: {text}"),
    }
}
