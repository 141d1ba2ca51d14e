//! The web UI in a real browser, against a real server over a real kube-apiserver: what people do in it, told by the stories of
//! `ui/test/live`.
//!
//! Each test has an installation, a repository and a browser of its own. It needs Node, what `npm ci` installs in `ui/`, a
//! UI that was built before the program, and Chromium; where one is missing it fails in CI, and says elsewhere what it left out.
#![expect(clippy::disallowed_methods, reason = "tests run programs and write what they read")]
#![expect(clippy::print_stdout, reason = "what is left out is told")]

#[expect(dead_code, reason = "the end-to-end tests use the rest of it")]
#[path = "../e2e/lab.rs"]
mod lab;

mod provider;
mod story;

use lab::{Lab, config_map};
use provider::Provider;
use serde_json::json;
use story::Story;

const SERVER: &str = "https://kubernetes.default.svc";

/// A Deployment without pods, since nothing runs any here, with a Service and settings: Healthy as soon as it is applied.
fn shop(theme: &str) -> Vec<(&'static str, String)> {
    let labels = "app.kubernetes.io/name: shop";
    let pod = format!(
        "    metadata:\n      labels:\n        {labels}\n    spec:\n      containers:\n        - name: shop\n          image: nginx:1.29\n"
    );
    let deployment = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 0\n  selector:\n    matchLabels:\n      {labels}\n  template:\n{pod}"
    );
    let service = format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  selector:\n    {labels}\n  ports:\n    - port: 80\n"
    );
    vec![
        ("shop/deployment.yaml", deployment),
        ("shop/service.yaml", service),
        ("shop/settings.yaml", config_map("shop-settings", theme)),
    ]
}

fn commit(lab: &Lab, files: &[(&'static str, String)]) -> String {
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, Some(text.as_str()))).collect();
    lab.repo.commit(&files)
}

/// Accounts, and what they may.
fn accounts(lab: &Lab) {
    lab.apply_control(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"},
        "data": {"installationID": lab.control, "accounts.rita": "login", "accounts.ci": "apiKey", "exec.enabled": "true",
            "resourceviewenabled": "true"}}));
    lab.apply_control(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-rbac-cm"},
        "data": {"policy.csv": "g, rita, role:readonly\ng, authors, role:admin\n", "scopes": "[groups]"}}));
}

#[test]
fn an_application_lives() {
    Story::new("life").tell(|lab| {
        commit(lab, &shop("light"));
        json!({})
    });
}

#[test]
fn each_address_opens_what_it_says() {
    Story::new("links").tell(|lab| {
        accounts(lab);
        commit(lab, &shop("light"));
        lab.create("shop", "shop", &["--label", "team=web"]);
        lab.cli(&["app", "sync", "shop"]);
        lab.wait_synced("shop", None);
        json!({})
    });
}

#[test]
fn a_provider_says_who_somebody_is() {
    let mut provider = None;
    Story::new("sso").tell(|lab| {
        accounts(lab);
        let running = Provider::start(lab);
        let address = running.address.clone();
        provider = Some(running);
        json!({"provider": address})
    });
}

#[test]
fn a_reader_sees_and_cannot_change() {
    Story::new("reader").tell(|lab| {
        accounts(lab);
        commit(lab, &shop("light"));
        lab.create("shop", "shop", &[]);
        lab.cli(&["app", "sync", "shop"]);
        lab.wait_synced("shop", None);
        json!({})
    });
}

#[test]
fn the_keyboard_suffices() {
    Story::new("keyboard").tell(|lab| {
        commit(lab, &shop("light"));
        for name in ["shop", "shop-too"] {
            lab.create(name, "shop", &[]);
        }
        json!({})
    });
}

#[test]
fn settings_are_made_and_unmade() {
    Story::new("settings").tell(|lab| {
        accounts(lab);
        commit(lab, &shop("light"));
        json!({"server": SERVER})
    });
}

#[test]
fn bad_days_pass() {
    Story::new("days").tell(|lab| {
        accounts(lab);
        commit(lab, &shop("light"));
        lab.create("shop", "shop", &[]);
        json!({})
    });
}
