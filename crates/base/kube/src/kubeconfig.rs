//! Kubeconfigs and the service account of a pod, as [`Config`]s.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::yaml::from_yaml;
use bowline_base_value::{Sensitive, Value};

use crate::{Auth, Config, Exec, Impersonate, Tls};

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
    /// The file cannot be read, or is no YAML.
    #[error("kubeconfig {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// We do not run in a pod.
    #[error("not in a cluster: {0}")]
    NotInCluster(String),
}

// === impl Config ===

/// One file of a kubeconfig and the folder that paths in it start from.
struct File {
    value: Value,
    directory: PathBuf,
}

impl Config {
    /// The context `context` (the current one where `None`) of a kubeconfig: one file, or several as `KUBECONFIG` lists
    /// them. Of several, the first that has a part counts, and those that are not there are left out. Certificates and keys
    /// that they name are read.
    #[expect(clippy::disallowed_methods, reason = "a kubeconfig is a file")]
    pub fn load(paths: &[PathBuf], context: Option<&str>) -> Result<Config, KubeconfigError> {
        let mut files = Vec::new();
        for path in paths {
            let fault = |reason: String| KubeconfigError::File { path: path.display().to_string(), reason };
            let text = match std::fs::read(path) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && paths.len() > 1 => continue,
                Err(error) => return Err(fault(error.to_string())),
            };
            let value = from_yaml(&text).map_err(|e| fault(e.to_string()))?;
            files.push(File { value, directory: path.parent().map(Path::to_path_buf).unwrap_or_default() });
        }
        Config::from_files(&files, context)
    }

    /// The context `context` (the current one where `None`) of a kubeconfig's text. Relative files that it names lie in
    /// `directory`.
    pub fn from_kubeconfig(text: &str, context: Option<&str>, directory: &Path) -> Result<Config, KubeconfigError> {
        let value =
            from_yaml(text).map_err(|e| KubeconfigError::File { path: "(text)".into(), reason: e.to_string() })?;
        Config::from_files(&[File { value, directory: directory.into() }], context)
    }

    fn from_files(files: &[File], context: Option<&str>) -> Result<Config, KubeconfigError> {
        let current =
            || files.iter().find_map(|f| f.value.str_at(&["current-context"]).filter(|name| !name.is_empty()));
        let context = context.or_else(current).ok_or(KubeconfigError::NoContext)?;
        let (context, _) = named(files, "context", context)?;
        let text = |value: &Value, field: &str| value.str_at(&[field]).unwrap_or_default().to_string();
        let (cluster, cluster_directory) = named(files, "cluster", &text(context, "cluster"))?;
        let (user, user_directory) = match text(context, "user") {
            // A context may name no user: an open server needs none.
            name if name.is_empty() => (&Value::Null, Path::new("")),
            name => named(files, "user", &name)?,
        };
        let flag = |field: &str| cluster.get(field).and_then(Value::as_bool).unwrap_or_default();
        let tls = Tls {
            ca: pem(cluster, "certificate-authority", cluster_directory)?,
            cert: pem(user, "client-certificate", user_directory)?,
            key: pem(user, "client-key", user_directory)?.map(Sensitive::new),
            insecure: flag("insecure-skip-tls-verify"),
            only: None,
            server_name: Some(text(cluster, "tls-server-name")).filter(|name| !name.is_empty()),
        };
        Ok(Config {
            server: text(cluster, "server").trim_end_matches('/').to_string(),
            tls,
            auth: auth(user, user_directory)?,
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

/// The part `name` of the list `<what>s`, and the folder of its file.
fn named<'a>(files: &'a [File], what: &'static str, name: &str) -> Result<(&'a Value, &'a Path), KubeconfigError> {
    let found = files.iter().find_map(|file| {
        let parts = file.value.get(&format!("{what}s")).and_then(Value::as_array).unwrap_or_default();
        let part = parts.iter().find(|part| part.str_at(&["name"]) == Some(name))?;
        Some((part.get(what)?, file.directory.as_path()))
    });
    found.ok_or_else(|| KubeconfigError::Missing { what, name: name.to_string() })
}

/// A field that holds PEM: in base64 beside it (`<field>-data`), or in a file.
#[expect(clippy::disallowed_methods, reason = "a kubeconfig names files of certificates and keys")]
fn pem(value: &Value, field: &str, directory: &Path) -> Result<Option<Vec<u8>>, KubeconfigError> {
    let fault = |field: &str, reason: String| KubeconfigError::Field { field: field.into(), reason };
    let data = format!("{field}-data");
    if let Some(encoded) = value.str_at(&[&data]).filter(|text| !text.is_empty()) {
        return STANDARD.decode(encoded.trim()).map(Some).map_err(|_| fault(&data, "is not base64".into()));
    }
    let Some(path) = value.str_at(&[field]).filter(|text| !text.is_empty()) else { return Ok(None) };
    let path = directory.join(path);
    std::fs::read(&path).map(Some).map_err(|e| fault(field, format!("{}: {e}", path.display())))
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
        return Ok(Auth::Token(Sensitive::new(token)));
    }
    let username = text(&["username"]);
    if !username.is_empty() {
        return Ok(Auth::Basic { username, password: Sensitive::new(text(&["password"])) });
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
        cluster_config: None,
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
    #![expect(clippy::disallowed_methods, reason = "kubeconfigs are files")]

    use super::*;

    fn check(user: &str, context: Option<&str>) -> Result<Config, String> {
        let text = format!(
            r#"{{"current-context":"c","contexts":[{{"name":"c","context":{{"cluster":"k","user":"u","namespace":"ns"}}}},
              {{"name":"open","context":{{"cluster":"k"}}}},{{"name":"lost","context":{{"cluster":"gone"}}}}],
              "clusters":[{{"name":"k","cluster":{{"server":"https://k:6443/","certificate-authority-data":"Q0E=",
                "tls-server-name":"s","proxy-url":"http://p"}}}}],
              "users":[{{"name":"u","user":{user}}}]}}"#
        );
        Config::from_kubeconfig(&text, context, Path::new("/dir")).map_err(|e| e.to_string())
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

    #[test]
    fn of_several_files_the_first_that_has_a_part_counts() {
        let directory = std::env::temp_dir().join(format!("bowline-kubeconfig-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, text: &str| {
            let path = directory.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let one = write("one", "contexts:\n- name: c\n  context: {cluster: k, user: u}\ncurrent-context: c\n");
        let two = write(
            "two",
            "current-context: x\nclusters:\n- name: k\n  cluster: {server: 'https://k'}\nusers:\n- name: u\n  user: {tokenFile: t}\n",
        );
        let config = Config::load(&[one, directory.join("missing"), two.clone()], None).unwrap();
        assert_eq!(config.server, "https://k");
        assert!(matches!(config.auth, Auth::TokenFile(path) if path == directory.join("t")));
        let error = Config::load(&[directory.join("missing")], None).unwrap_err().to_string();
        assert!(error.starts_with("kubeconfig ") && error.contains("missing"), "{error}");
        let broken = write("broken", "a: [");
        assert!(Config::load(&[broken], None).unwrap_err().to_string().contains("broken: "));
        std::fs::remove_dir_all(directory).unwrap();
    }
}
