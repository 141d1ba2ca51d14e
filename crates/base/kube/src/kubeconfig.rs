//! Kubeconfigs and the service account of a pod, as [`Config`]s.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::Value;

use crate::{Auth, Config, Exec, Impersonate, Secret, Tls};

/// Where a pod finds its service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Why a kubeconfig cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KubeconfigError {
    /// A part that another part names is not there.
    #[error("kubeconfig: there is no {what} {name:?}")]
    Missing {
        /// `context`, `cluster` or `user`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// No context was asked for and none is current.
    #[error("kubeconfig: no current-context: name a context")]
    NoContext,
    /// A field cannot be used.
    #[error("kubeconfig: {field}: {reason}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// We do not run in a pod.
    #[error("not in a cluster: {0}")]
    NotInCluster(String),
}

// === impl Config ===

impl Config {
    /// The context `context` (the current one where `None`) of a kubeconfig. Files that it names are read; relative ones
    /// lie in `directory`.
    #[expect(clippy::disallowed_methods, reason = "a kubeconfig names files of certificates and keys")]
    pub fn from_kubeconfig(
        kubeconfig: &Value,
        context: Option<&str>,
        directory: &Path,
    ) -> Result<Config, KubeconfigError> {
        let current = kubeconfig.str_at(&["current-context"]).filter(|name| !name.is_empty());
        let context = named(kubeconfig, "context", context.or(current).ok_or(KubeconfigError::NoContext)?)?;
        let text = |value: &Value, field: &str| value.str_at(&[field]).unwrap_or_default().to_string();
        let cluster = named(kubeconfig, "cluster", &text(context, "cluster"))?;
        let none = Value::Null;
        let user = match text(context, "user") {
            // A context may name no user: an open server needs none.
            name if name.is_empty() => &none,
            name => named(kubeconfig, "user", &name)?,
        };
        let flag = |field: &str| cluster.get(field).and_then(Value::as_bool).unwrap_or_default();
        let read = |value: &Value, field: &str| -> Result<Option<Vec<u8>>, KubeconfigError> {
            let fault = |field: String, reason: String| KubeconfigError::Field { field, reason };
            let data = format!("{field}-data");
            if let Some(encoded) = value.str_at(&[&data]).filter(|text| !text.is_empty()) {
                return STANDARD.decode(encoded.trim()).map(Some).map_err(|_| fault(data, "is not base64".into()));
            }
            let Some(path) = value.str_at(&[field]).filter(|text| !text.is_empty()) else { return Ok(None) };
            let path = directory.join(path);
            std::fs::read(&path).map(Some).map_err(|e| fault(field.into(), format!("{}: {e}", path.display())))
        };
        let tls = Tls {
            ca: read(cluster, "certificate-authority")?,
            cert: read(user, "client-certificate")?,
            key: read(user, "client-key")?.map(Secret::new),
            insecure: flag("insecure-skip-tls-verify"),
            server_name: Some(text(cluster, "tls-server-name")).filter(|name| !name.is_empty()),
        };
        Ok(Config {
            server: text(cluster, "server").trim_end_matches('/').to_string(),
            tls,
            auth: auth(user, directory)?,
            impersonate: impersonate(user),
            proxy: Some(text(cluster, "proxy-url")).filter(|proxy| !proxy.is_empty()),
            namespace: Some(text(context, "namespace")).filter(|namespace| !namespace.is_empty()),
            http2_prior_knowledge: false,
        })
    }

    /// The cluster that this pod runs in. `host` and `port` are what the environment says
    /// (`KUBERNETES_SERVICE_HOST`, `KUBERNETES_SERVICE_PORT`).
    #[expect(clippy::disallowed_methods, reason = "a pod's service account lies in files")]
    pub fn in_cluster(host: &str, port: &str) -> Result<Config, KubeconfigError> {
        if host.is_empty() {
            return Err(KubeconfigError::NotInCluster("KUBERNETES_SERVICE_HOST is not set".into()));
        }
        let directory = Path::new(SERVICE_ACCOUNT);
        let ca = std::fs::read(directory.join("ca.crt"))
            .map_err(|e| KubeconfigError::NotInCluster(format!("{SERVICE_ACCOUNT}/ca.crt: {e}")))?;
        let namespace = std::fs::read_to_string(directory.join("namespace")).ok();
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        let port = if port.is_empty() { "443" } else { port };
        Ok(Config {
            server: format!("https://{host}:{port}"),
            tls: Tls { ca: Some(ca), ..Tls::default() },
            auth: Auth::TokenFile(directory.join("token")),
            namespace: namespace.map(|n| n.trim().to_string()),
            ..Config::default()
        })
    }
}

/// The part `name` of the list `<what>s`.
fn named<'a>(kubeconfig: &'a Value, what: &'static str, name: &str) -> Result<&'a Value, KubeconfigError> {
    let parts = kubeconfig.get(&format!("{what}s")).and_then(Value::as_array).unwrap_or_default();
    parts
        .iter()
        .find(|part| part.str_at(&["name"]) == Some(name))
        .and_then(|part| part.get(what))
        .ok_or_else(|| KubeconfigError::Missing { what, name: name.to_string() })
}

fn auth(user: &Value, directory: &Path) -> Result<Auth, KubeconfigError> {
    let text = |path: &[&str]| user.str_at(path).unwrap_or_default().to_string();
    if let Some(exec) = user.get("exec").filter(|exec| !exec.is_null()) {
        return Ok(Auth::Exec(exec_plugin(exec, directory)?));
    }
    if let Some(provider) = user.get("auth-provider").filter(|p| !p.is_null()) {
        let name = provider.str_at(&["name"]).unwrap_or_default();
        return Err(KubeconfigError::Field {
            field: "auth-provider".into(),
            reason: format!("{name:?}: Kubernetes 1.26 took auth providers away; use an exec plugin"),
        });
    }
    // A file goes before a token that stands beside it, as client-go has it.
    let file = text(&["tokenFile"]);
    if !file.is_empty() {
        return Ok(Auth::TokenFile(directory.join(file)));
    }
    let token = text(&["token"]);
    if !token.is_empty() {
        return Ok(Auth::Token(Secret::new(token)));
    }
    let username = text(&["username"]);
    if !username.is_empty() {
        return Ok(Auth::Basic { username, password: Secret::new(text(&["password"])) });
    }
    Ok(Auth::None)
}

fn exec_plugin(exec: &Value, directory: &Path) -> Result<Exec, KubeconfigError> {
    let text = |field: &str| exec.str_at(&[field]).unwrap_or_default().to_string();
    let list = |field: &str| exec.get(field).and_then(Value::as_array).unwrap_or_default();
    if text("interactiveMode") == "Always" {
        return Err(KubeconfigError::Field {
            field: "exec.interactiveMode".into(),
            reason: "is Always, and a server cannot be asked anything: use a plugin that asks nothing".into(),
        });
    }
    let mut command = text("command");
    if command.is_empty() {
        return Err(KubeconfigError::Field { field: "exec.command".into(), reason: "is missing".into() });
    }
    // A command with a slash is a file, relative to the kubeconfig; others are looked up in PATH.
    if command.contains('/') {
        command = directory.join(PathBuf::from(&command)).display().to_string();
    }
    let pair = |entry: &Value| {
        let text = |field: &str| entry.str_at(&[field]).unwrap_or_default().to_string();
        (text("name"), text("value"))
    };
    Ok(Exec {
        command,
        args: list("args").iter().filter_map(|arg| arg.as_str().map(String::from)).collect(),
        env: list("env").iter().map(pair).collect(),
        api_version: text("apiVersion"),
        install_hint: text("installHint"),
        provide_cluster_info: exec.get("provideClusterInfo").and_then(Value::as_bool).unwrap_or_default(),
    })
}

fn impersonate(user: &Value) -> Impersonate {
    let text = |field: &str| user.str_at(&[field]).unwrap_or_default().to_string();
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().unwrap_or_default().iter().filter_map(|v| v.as_str().map(String::from)).collect()
    };
    let extra = user.get("as-user-extra").and_then(Value::as_object);
    Impersonate {
        user: text("as"),
        uid: text("as-uid"),
        groups: user.get("as-groups").map(strings).unwrap_or_default(),
        extra: extra
            .into_iter()
            .flat_map(|extra| extra.iter())
            .flat_map(|(key, values)| strings(values).into_iter().map(|value| (key.to_string(), value)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn check(user: &str, context: Option<&str>) -> Result<Config, String> {
        let text = format!(
            r#"{{"current-context":"c","contexts":[{{"name":"c","context":{{"cluster":"k","user":"u","namespace":"ns"}}}},
              {{"name":"open","context":{{"cluster":"k"}}}},{{"name":"lost","context":{{"cluster":"gone"}}}}],
              "clusters":[{{"name":"k","cluster":{{"server":"https://k:6443/","certificate-authority-data":"Q0E=",
                "tls-server-name":"s","proxy-url":"http://p"}}}}],
              "users":[{{"name":"u","user":{user}}}]}}"#
        );
        Config::from_kubeconfig(&from_json(text.as_bytes()).unwrap(), context, Path::new("/dir"))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn a_context_is_a_cluster_and_a_user() {
        let config = check(
            r#"{"client-certificate-data":"Q0VSVA==","client-key-data":"aGlkZGVu","as":"x","as-groups":["g"],"as-user-extra":{"k":["v"]}}"#,
            None,
        )
        .unwrap();
        assert_eq!((config.server.as_str(), config.namespace.as_deref()), ("https://k:6443", Some("ns")));
        assert_eq!((config.tls.ca.as_deref(), config.tls.cert.as_deref()), (Some(&b"CA"[..]), Some(&b"CERT"[..])));
        assert_eq!((config.tls.server_name.as_deref(), config.proxy.as_deref()), (Some("s"), Some("http://p")));
        assert_eq!(config.impersonate.groups, ["g"]);
        assert_eq!(config.impersonate.extra, [("k".to_string(), "v".to_string())]);
        assert!(!format!("{config:?}").contains("hidden"));
    }

    #[test]
    fn every_way_to_log_in() {
        for (user, want) in [
            (r#"{"token":"t"}"#, "Token((sensitive))"),
            (r#"{"token":"t","tokenFile":"f"}"#, r#"TokenFile("/dir/f")"#),
            (r#"{"username":"n","password":"p"}"#, r#"Basic { username: "n", password: (sensitive) }"#),
            ("{}", "None"),
        ] {
            assert_eq!(format!("{:?}", check(user, None).unwrap().auth), want);
        }
        let exec =
            r#"{"exec":{"command":"./bin/x","args":["a"],"env":[{"name":"N","value":"V"}],"provideClusterInfo":true}}"#;
        let Auth::Exec(exec) = check(exec, None).unwrap().auth else { panic!("exec") };
        assert_eq!((exec.command.as_str(), exec.provide_cluster_info), ("/dir/./bin/x", true));
        assert_eq!(exec.env, [("N".to_string(), "V".to_string())]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (user, context, want) in [
            ("{}", Some("x"), r#"kubeconfig: there is no context "x""#),
            ("{}", Some("lost"), r#"kubeconfig: there is no cluster "gone""#),
            (r#"{"client-key-data":"?"}"#, None, "kubeconfig: client-key-data: is not base64"),
            (r#"{"exec":{}}"#, None, "kubeconfig: exec.command: is missing"),
        ] {
            assert_eq!(check(user, context).unwrap_err(), want);
        }
        assert!(check("{}", Some("open")).is_ok());
        assert!(check(r#"{"auth-provider":{"name":"gcp"}}"#, None).unwrap_err().contains("exec plugin"));
        assert!(check(r#"{"client-key":"no/such"}"#, None).unwrap_err().contains("/dir/no/such"));
    }
}
