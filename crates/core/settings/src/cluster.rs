//! Cluster Secrets (`argocd.argoproj.io/secret-type: cluster`).

use std::collections::BTreeMap;

use bowline_base_value::{Value, from_json};
use bowline_core_types::{Object, Sensitive};

use crate::{SecretError, secret_text};

/// The destination that means the cluster which the server itself runs against.
pub const IN_CLUSTER_SERVER: &str = "https://kubernetes.default.svc";
/// Its name.
pub const IN_CLUSTER_NAME: &str = "in-cluster";

/// A cluster that applications can be deployed to.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterSecret {
    /// Name of the Secret.
    pub secret: String,
    /// Name for people; the server where none is given.
    pub name: String,
    /// URL of the API server: the cluster's identity.
    pub server: String,
    /// Only these namespaces, where not empty.
    pub namespaces: Vec<String>,
    /// Whether cluster-scoped kinds are managed too, where `namespaces` is not empty.
    pub cluster_resources: bool,
    /// The project that owns it, empty for all.
    pub project: String,
    /// Whether the applications of this cluster are left alone (`skip-reconcile`).
    pub skip_reconcile: bool,
    /// The shard that it belongs to, where that is fixed.
    pub shard: Option<i64>,
    /// Labels of the Secret.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Secret.
    pub annotations: BTreeMap<String, String>,
    /// How to log in.
    pub auth: ClusterAuth,
}

/// The `config` of a cluster Secret.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterAuth {
    /// Basic authentication, user.
    pub username: String,
    /// Basic authentication, password.
    pub password: Sensitive<String>,
    /// Bearer token.
    pub bearer_token: Sensitive<String>,
    /// Do not check the server's certificate.
    pub insecure: bool,
    /// The name that the server's certificate must carry, where it is not the URL's host.
    pub server_name: String,
    /// Certificate authorities, PEM.
    pub ca: String,
    /// Client certificate, PEM.
    pub cert: String,
    /// Client key, PEM.
    pub key: Sensitive<String>,
    /// A program that gives credentials.
    pub exec: Option<ExecCredential>,
    /// EKS: the cluster's name there; role and profile follow.
    pub aws: Option<(String, String, String)>,
    /// Proxy for requests to this cluster.
    pub proxy_url: String,
    /// Answers are not to come compressed.
    pub disable_compression: bool,
}

/// `execProviderConfig`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExecCredential {
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment, added to the server's own.
    pub env: Vec<(String, String)>,
    /// API version of the credential that it prints.
    pub api_version: String,
    /// What to tell where the program is missing.
    pub install_hint: String,
    /// Tell it about the cluster.
    pub provide_cluster_info: bool,
    /// What else it is told of the cluster, in its own form.
    pub config: Option<Value>,
}

// === impl ClusterSecret ===

impl ClusterSecret {
    /// Reads a cluster Secret.
    pub fn from_secret(object: &Object) -> Result<ClusterSecret, SecretError> {
        let data = secret_text(object)?;
        let secret = object.name().to_string();
        let text = |key: &str| data.get(key).map(|v| v.expose().trim().to_string()).unwrap_or_default();
        let invalid =
            |key: &str, reason: String| SecretError::Invalid { secret: secret.clone(), key: key.into(), reason };
        let server = text("server").trim_end_matches('/').to_string();
        if server.is_empty() {
            return Err(SecretError::Missing { secret, key: "server" });
        }
        let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| server.clone());
        let config = match data.get("config").map(|v| v.expose().as_str()).filter(|v| !v.trim().is_empty()) {
            Some(json) => from_json(json.as_bytes()).map_err(|e| invalid("config", e.to_string()))?,
            None => Value::object(),
        };
        let auth = ClusterAuth::from_config(&config).map_err(|reason| invalid("config", reason))?;
        let namespaces =
            text("namespaces").split(',').map(|n| n.trim().to_string()).filter(|n| !n.is_empty()).collect();
        Ok(ClusterSecret {
            name,
            server,
            namespaces,
            cluster_resources: text("clusterResources") == "true",
            project: text("project"),
            shard: text("shard").parse().ok(),
            skip_reconcile: object.annotation(bowline_core_types::annotation::SKIP_RECONCILE) == Some("true"),
            labels: texts(object, "labels"),
            annotations: texts(object, "annotations"),
            auth,
            secret,
        })
    }
}

/// The labels or annotations.
fn texts(object: &Object, field: &str) -> BTreeMap<String, String> {
    let map = object.value().get_path(&["metadata", field]).and_then(Value::as_object);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    map.into_iter().flat_map(|map| map.iter()).map(|(key, value)| (key.to_string(), text(value))).collect()
}

// === impl ClusterAuth ===

impl ClusterAuth {
    fn from_config(config: &Value) -> Result<ClusterAuth, String> {
        if config.as_object().is_none() {
            return Err(format!("must be a JSON object, is {}", config.type_name()));
        }
        let text = |path: &[&str]| config.str_at(path).unwrap_or_default().to_string();
        let pem = |field: &str| -> Result<String, String> {
            use base64::Engine;
            let encoded = text(&["tlsClientConfig", field]);
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(encoded.trim())
                .map_err(|_| format!("tlsClientConfig.{field} is not base64"))?;
            String::from_utf8(bytes).map_err(|_| format!("tlsClientConfig.{field} is not PEM"))
        };
        let exec = config.get("execProviderConfig").filter(|e| !e.is_null()).map(|exec| ExecCredential {
            command: exec.str_at(&["command"]).unwrap_or_default().to_string(),
            args: strings(exec.get("args")),
            env: exec
                .get("env")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|env| env.iter())
                .map(|(k, v)| (k.to_string(), v.as_str().unwrap_or_default().to_string()))
                .collect(),
            api_version: exec.str_at(&["apiVersion"]).unwrap_or_default().to_string(),
            install_hint: exec.str_at(&["installHint"]).unwrap_or_default().to_string(),
            provide_cluster_info: exec.get("provideClusterInfo").and_then(Value::as_bool).unwrap_or_default(),
            config: exec.get("config").filter(|config| !config.is_null()).cloned(),
        });
        let aws = config.get("awsAuthConfig").filter(|a| !a.is_null()).map(|aws| {
            let text = |field: &str| aws.str_at(&[field]).unwrap_or_default().to_string();
            (text("clusterName"), text("roleARN"), text("profile"))
        });
        Ok(ClusterAuth {
            username: text(&["username"]),
            password: text(&["password"]).into(),
            bearer_token: text(&["bearerToken"]).into(),
            insecure: config.get_path(&["tlsClientConfig", "insecure"]).and_then(Value::as_bool).unwrap_or_default(),
            server_name: text(&["tlsClientConfig", "serverName"]),
            ca: pem("caData")?,
            cert: pem("certData")?,
            key: pem("keyData")?.into(),
            exec,
            aws,
            proxy_url: text(&["proxyUrl"]),
            disable_compression: config.get("disableCompression").and_then(Value::as_bool).unwrap_or_default(),
        })
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .unwrap_or_default()
        .iter()
        .map(|v| v.as_str().unwrap_or_default().to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(fields: &[(&str, &str)]) -> Object {
        let data: Value = fields.iter().map(|(k, v)| (*k, Value::from(*v))).collect();
        let value: Value = [
            ("apiVersion", Value::from("v1")),
            ("kind", "Secret".into()),
            ("metadata", [("name", Value::from("c"))].into_iter().collect()),
            ("stringData", data),
        ]
        .into_iter()
        .collect();
        Object::new(value).unwrap()
    }

    #[test]
    fn reads_every_way_to_log_in_and_shows_none() {
        let config = r#"{"username":"u","password":"hidden1","bearerToken":"hidden2","proxyUrl":"http://p",
            "tlsClientConfig":{"insecure":false,"serverName":"s","caData":"Q0E=","certData":"Q0VSVA==","keyData":"aGlkZGVuMw=="},
            "execProviderConfig":{"command":"c","args":["a"],"env":{"K":"V"},"apiVersion":"v1","provideClusterInfo":true},
            "disableCompression":true}"#;
        let cluster = ClusterSecret::from_secret(&secret(&[
            ("name", "prod"),
            ("server", "https://prod:6443/"),
            ("namespaces", "a, b"),
            ("shard", "3"),
            ("config", config),
        ]))
        .unwrap();
        assert_eq!((cluster.name.as_str(), cluster.server.as_str()), ("prod", "https://prod:6443"));
        assert_eq!(cluster.namespaces, ["a", "b"]);
        assert_eq!((cluster.auth.ca.as_str(), cluster.auth.cert.as_str()), ("CA", "CERT"));
        assert_eq!(cluster.auth.key.expose(), "hidden3");
        assert_eq!((cluster.shard, cluster.auth.disable_compression), (Some(3), true));
        assert!(cluster.auth.exec.as_ref().unwrap().provide_cluster_info);
        assert_eq!(cluster.auth.exec.as_ref().unwrap().env, [("K".to_string(), "V".to_string())]);
        assert!(!format!("{cluster:?}").contains("hidden"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (fields, want) in [
            (vec![("name", "n")], r#"secret c: key "server" is missing"#),
            (vec![("server", "s"), ("config", "[]")], r#"secret c: key "config": must be a JSON object, is array"#),
            (
                vec![("server", "s"), ("config", r#"{"tlsClientConfig":{"caData":"?"}}"#)],
                r#"secret c: key "config": tlsClientConfig.caData is not base64"#,
            ),
        ] {
            assert_eq!(ClusterSecret::from_secret(&secret(&fields)).unwrap_err().to_string(), want);
        }
    }
}
