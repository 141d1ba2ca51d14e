//! [`Tour`]: somebody who goes through the API one way, and writes down what he has called.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bowline_web_wire::{Rpc, SERVICES};
use serde_json::{Value, json};

use crate::call::{Answer, Way};
use crate::lab::Lab;
use crate::types::{self, Codec};

/// The administrator's first password is replaced by this one.
pub const PASSWORD: &str = "not-a-secret-1";

/// The installation that all tests share.
pub struct World {
    /// The server and its cluster.
    pub lab: Lab,
    /// A token of the administrator.
    pub admin: String,
}

/// See the [module](self).
pub struct Tour<'w> {
    /// Where.
    pub lab: &'w Lab,
    /// How.
    pub way: Way,
    /// As whom.
    pub token: String,
    /// The paths of what was called.
    pub called: BTreeSet<&'static str>,
}

/// Every RPC of the contract, with its types.
pub fn rpcs() -> Vec<(&'static Rpc, Codec)> {
    let all = types::all();
    let of_contract = SERVICES.iter().flat_map(|service| service.rpcs).filter(|rpc| !rpc.service.starts_with("grpc."));
    let typed = |rpc: &'static Rpc| {
        let known = all.iter().find(|(path, _)| *path == rpc.path);
        (rpc, known.unwrap_or_else(|| panic!("{} is not in types.rs", rpc.path)).1)
    };
    let rpcs: Vec<_> = of_contract.map(typed).collect();
    assert_eq!(rpcs.len(), all.len(), "types.rs names what is no RPC");
    rpcs
}

// === impl World ===

impl World {
    /// An installation with accounts, the hydrator on, and a repository with something of each kind.
    pub fn new(name: &str) -> World {
        let mut lab = Lab::without_server(name);
        let control = lab.control.clone();
        let settings = json!({"data": {
            "accounts.alice": "apiKey, login",
            "application.links": "- url: https://logs/{{.app.metadata.name}}\n  title: Logs\n- {url: https://no, title: Other, if: app.spec.project == 'other'}\n",
            "project.links": "- {url: 'https://wiki/{{.project.metadata.name}}', title: Wiki, description: All, icon.class: fa-book}\n",
            "resource.links": "- {url: 'https://{{.resource.kind}}/{{.cluster.name}}', title: Kind, if: resource.kind == 'ConfigMap'}\n",
            "timeout.reconciliation": "1h",
        }});
        lab.kubectl(&["-n", &control, "patch", "configmap", "argocd-cm", "--type=merge", "-p", &settings.to_string()]);
        let on = "--from-literal=hydrator.enabled=true";
        lab.kubectl(&["-n", &control, "create", "configmap", "argocd-cmd-params-cm", on]);
        lab.repo.commit(&[
            ("app/one.yaml", Some(&crate::lab::config_map("one", "first"))),
            ("app/deployment.yaml", Some(DEPLOYMENT)),
            ("kust/kustomization.yaml", Some("resources: [deployment.yaml]\n")),
            ("kust/deployment.yaml", Some(DEPLOYMENT)),
            ("chart/Chart.yaml", Some("apiVersion: v2\nname: chart\nversion: 1.0.0\n")),
            ("chart/values.yaml", Some("image: {tag: v1}\n")),
        ]);
        lab.start();
        let admin = log_in(&lab, "admin", &initial_password(&lab));
        World { lab, admin }
    }

    /// Somebody on his way.
    pub fn tour(&self, way: Way, token: &str) -> Tour<'_> {
        Tour { lab: &self.lab, way, token: token.to_string(), called: BTreeSet::new() }
    }
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 0\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: 'registry.example/web:1'}]}\n";

// === impl Tour ===

impl Tour<'_> {
    /// Calls, and takes whatever comes of it. `path` is without the slash before it.
    pub fn ask(&mut self, path: &str, request: &Value) -> Answer {
        let all = rpcs();
        let (rpc, codec) =
            all.iter().find(|(rpc, _)| &rpc.path[1..] == path).unwrap_or_else(|| panic!("no RPC {path}"));
        self.called.insert(rpc.path);
        self.way.call(self.lab.api(), rpc, *codec, &self.token, request)
    }

    /// Calls; the answer must hold what `want` has: maps may hold more, lists are as long, and `"*"` is anything.
    #[track_caller]
    pub fn good(&mut self, path: &str, request: Value, want: Value) -> Value {
        let answer = self.ask(path, &request);
        let log = || self.lab.log().lines().rev().take(4).collect::<Vec<_>>().join("\n");
        assert_eq!(answer.code, 0, "{path} over {}: {} for {request}\n{}", self.way.name(), answer.message, log());
        if let Err(place) = holds(&answer.json, &want) {
            panic!("{path} over {}: {place} is not so: {:#}\nwanted {want:#}", self.way.name(), answer.json);
        }
        answer.json
    }

    /// Calls; it must fail so.
    #[track_caller]
    pub fn bad(&mut self, path: &str, request: Value, code: i64, text: &str) {
        let answer = self.ask(path, &request);
        let found = answer.code == code && answer.message.contains(text);
        assert!(found, "{path} over {}: {} {:?}, wanted {code} {text:?}", self.way.name(), answer.code, answer.message);
    }
}

/// Whether `value` holds what `want` has; the place where it does not.
fn holds(value: &Value, want: &Value) -> Result<(), String> {
    match (value, want) {
        (value, Value::String(any)) if any == "*" && !value.is_null() => Ok(()),
        (Value::Object(_) | Value::Null, Value::Object(want)) => want.iter().try_for_each(|(key, want)| {
            let there = value.get(key).unwrap_or(&Value::Null);
            holds(there, want).map_err(|place| format!(".{key}{place}"))
        }),
        (Value::Array(items), Value::Array(want)) if items.len() == want.len() => {
            let mut pairs = items.iter().zip(want).enumerate();
            pairs.try_for_each(|(i, (item, want))| holds(item, want).map_err(|place| format!("[{i}]{place}")))
        }
        (value, want) if value == want => Ok(()),
        _ => Err(String::new()),
    }
}

/// A token of somebody who logs in with his password.
pub fn log_in(lab: &Lab, user: &str, password: &str) -> String {
    let body = json!({"username": user, "password": password}).to_string();
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let (status, text) = lab.request("POST", "/api/v1/session", &[("Content-Type", "application/json")], &body);
        if status == 200 {
            let answer: Value = serde_json::from_str(&text).expect("because a login is answered in JSON");
            return answer["token"].as_str().expect("because a login gives a token").to_string();
        }
        assert!(Instant::now() < until, "{status} {text}\n{}", lab.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The password that the server made for its administrator.
pub fn initial_password(lab: &Lab) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    let template = "go-template={{.data.password | base64decode}}";
    loop {
        let args = ["get", "secret", "argocd-initial-admin-secret", "--ignore-not-found", "-o", template];
        let args: Vec<&str> = args.into_iter().chain(["-n", lab.control.as_str()]).collect();
        let password = lab.kubectl(&args);
        if !password.is_empty() {
            return password;
        }
        assert!(Instant::now() < until, "no password was made\n{}", lab.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}
