//! [`Provider`]: a real Dex on loopback, that the installation sends people to.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use bowline_tests_kube::{Process, Scratch, peer};
use serde_json::json;

use crate::lab::Lab;

/// A running Dex. It ends when this is dropped.
pub struct Provider {
    /// Its origin.
    pub address: String,
    _process: Process,
    _folder: Scratch,
}

// === impl Provider ===

impl Provider {
    /// Starts one and tells the installation of it. Two kinds of people come from it: one who has a password and no groups,
    /// and an author.
    pub fn start(lab: &Lab) -> Provider {
        let binary = peer("dex").unwrap_or_else(|error| panic!("{error}"));
        let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let listens = listener.expect("because there are free ports").to_string();
        let (issuer, url) = (format!("http://{listens}/dex"), format!("http://{}", lab.api()));
        let config = json!({
            "issuer": issuer,
            "storage": {"type": "memory"},
            "web": {"http": listens},
            "oauth2": {"skipApprovalScreen": true},
            "staticClients": [{"id": "cd", "name": "CD", "secret": "hush", "redirectURIs": [format!("{url}/auth/callback")]}],
            "connectors": [
                {"type": "mockCallback", "id": "callback", "name": "Authors", "config": {}},
                {"type": "mockPassword", "id": "password", "name": "Readers", "config": {"username": "trout", "password": "fish"}},
            ],
        });
        let folder = Scratch::new().unwrap_or_else(|error| panic!("{error}"));
        let file = folder.path().join("dex.json");
        std::fs::write(&file, config.to_string()).expect("because the temporary folder is writable");
        let arguments = ["serve".to_string(), file.display().to_string()];
        let mut process =
            Process::start("dex", &binary, &arguments, folder.path()).unwrap_or_else(|error| panic!("{error}"));
        let start = Instant::now();
        while std::net::TcpStream::connect(&listens).is_err() {
            process.check().unwrap_or_else(|error| panic!("{error}"));
            assert!(start.elapsed() < Duration::from_secs(60), "dex does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        let oidc = json!({"name": "Example", "issuer": issuer, "clientID": "cd", "clientSecret": "hush",
            "requestedScopes": ["openid", "profile", "email", "groups"]});
        let patch = json!({"data": {"url": url, "oidc.config": oidc.to_string()}}).to_string();
        lab.kubectl(&["-n", &lab.control, "patch", "configmap", "argocd-cm", "--type", "merge", "-p", &patch]);
        while !lab.request("GET", "/api/v1/settings", &[], "").1.contains("Example") {
            assert!(start.elapsed() < Duration::from_secs(60), "the settings do not count:\n{}", lab.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        Provider { address: format!("http://{listens}"), _process: process, _folder: folder }
    }
}
