//! [`OciRegistry`]: the real registry.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_tests_kube::{Process, Scratch, peer};
use serde_json::{Value, json};

use crate::helm::sha256;
use crate::http;

/// How long it may take to answer; it takes less than a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(30);

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const HELM_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// A registry on loopback over plain HTTP, empty at first. It ends when it is dropped, or with the test's process.
pub struct OciRegistry {
    address: String,
    login: Option<String>,
    _process: Process,
    _scratch: Scratch,
}

// === impl OciRegistry ===

impl OciRegistry {
    /// A registry that serves everybody.
    ///
    /// # Panics
    ///
    /// Where the peer is not built (`make peers`) or does not start.
    pub fn open() -> OciRegistry {
        OciRegistry::start(None)
    }

    /// A registry that serves whoever knows this user and password.
    ///
    /// # Panics
    ///
    /// As [`OciRegistry::open`].
    pub fn with_login(user: &str, password: &str) -> OciRegistry {
        OciRegistry::start(Some((user, password)))
    }

    fn start(login: Option<(&str, &str)>) -> OciRegistry {
        let binary = peer("registry").unwrap_or_else(|error| panic!("{error}"));
        let scratch = Scratch::new().unwrap_or_else(|error| panic!("{error}"));
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("because loopback has free ports").to_string();
        let at = |name: &str| scratch.path().join(name);
        let mut config = json!({
            "version": 0.1,
            "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": at("storage")}},
            "http": {"addr": address},
        });
        if let Some((user, password)) = login {
            let hash = bcrypt::hash(password, 4).expect("because the cost is one that there is");
            std::fs::write(at("htpasswd"), format!("{user}:{hash}\n")).expect("because the folder is ours");
            config["auth"] = json!({"htpasswd": {"realm": "test", "path": at("htpasswd")}});
        }
        // JSON is YAML.
        std::fs::write(at("config.yml"), config.to_string()).expect("because the folder is ours");
        let arguments = ["serve".to_string(), at("config.yml").display().to_string()];
        let mut process =
            Process::start("registry", &binary, &arguments, scratch.path()).unwrap_or_else(|error| panic!("{error}"));
        let start = Instant::now();
        while http::request(&address, "GET", "/v2/", &[], &[]).is_err() {
            process.check().unwrap_or_else(|error| panic!("{error}"));
            assert!(start.elapsed() < PATIENCE, "{}", process.not_ready(PATIENCE.as_secs(), String::new()));
            std::thread::sleep(Duration::from_millis(10));
        }
        let login = login.map(|(user, password)| format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
        OciRegistry { address, login, _process: process, _scratch: scratch }
    }

    /// `host:port`.
    pub fn host(&self) -> &str {
        &self.address
    }

    /// Pushes a packed chart as `helm push` does; gives the manifest's digest.
    pub fn push_chart(&self, repository: &str, version: &str, archive: &[u8]) -> String {
        let name = repository.rsplit('/').next().unwrap_or(repository);
        let config = json!({"name": name, "version": version, "apiVersion": "v2"}).to_string();
        self.push(repository, &version.replace('+', "_"), (HELM_CONFIG, config.as_bytes()), &[(HELM_LAYER, archive)])
    }

    /// Pushes an artifact of one layer of files; gives the manifest's digest.
    pub fn push_artifact(&self, repository: &str, tag: &str, layer_type: &str, layer: &[u8]) -> String {
        let config = ("application/vnd.oci.empty.v1+json", &b"{}"[..]);
        self.push(repository, tag, config, &[(layer_type, layer)])
    }

    /// Pushes a manifest with its config and layers, each with its type; gives the manifest's digest.
    pub fn push(&self, repository: &str, tag: &str, config: (&str, &[u8]), layers: &[(&str, &[u8])]) -> String {
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.blob(repository, config),
            "layers": layers.iter().map(|layer| self.blob(repository, *layer)).collect::<Vec<_>>(),
        });
        self.push_manifest(repository, tag, MANIFEST, &manifest)
    }

    /// Pushes any manifest; gives its digest.
    pub fn push_manifest(&self, repository: &str, tag: &str, kind: &str, manifest: &Value) -> String {
        let body = manifest.to_string().into_bytes();
        let (status, answer) = self.request("PUT", &format!("/v2/{repository}/manifests/{tag}"), kind, &body);
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer.body));
        format!("sha256:{}", sha256(&body))
    }

    /// Pushes a blob and gives its descriptor.
    pub fn blob(&self, repository: &str, (kind, content): (&str, &[u8])) -> Value {
        let (status, answer) = self.request("POST", &format!("/v2/{repository}/blobs/uploads/"), "", &[]);
        assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer.body));
        let location = answer.header("location").expect("because an upload has a place");
        let target = location.split_once("://").map_or(location, |(_, rest)| &rest[rest.find('/').unwrap_or(0)..]);
        let digest = format!("sha256:{}", sha256(content));
        let mark = if target.contains('?') { '&' } else { '?' };
        let target = format!("{target}{mark}digest={digest}");
        let (status, answer) = self.request("PUT", &target, "application/octet-stream", content);
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer.body));
        json!({"mediaType": kind, "digest": digest, "size": content.len()})
    }

    fn request(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> (u16, http::Message) {
        let mut headers = Vec::new();
        if !kind.is_empty() {
            headers.push(("Content-Type", kind));
        }
        if let Some(login) = &self.login {
            headers.push(("Authorization", login));
        }
        let answer = http::request(&self.address, method, target, &headers, body);
        answer.unwrap_or_else(|error| panic!("{method} {target}: {error}"))
    }
}
