//! A cluster as the API has it, and as its Secret holds it.

use std::collections::BTreeMap;

use base64::Engine as _;
use bowline_core_crd::{AWSAuthConfig, Bytes, Cluster, ClusterConfig, ExecProviderConfig, TLSClientConfig};
use bowline_core_ports::Fields;
use bowline_core_settings::{ClusterSecret, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};
use bowline_core_types::{Object, annotation};
use bowline_web_wire::tonic::Status;
use serde_json::{Map, Value as Json};

use crate::secret;

/// The cluster that the server itself runs against, where nothing is said about it.
pub(crate) fn in_cluster() -> Cluster {
    Cluster { server: IN_CLUSTER_SERVER.to_string(), name: IN_CLUSTER_NAME.to_string(), ..Cluster::default() }
}

/// A cluster with all that its Secret holds, for changing it.
pub(crate) fn read(known: &ClusterSecret, secret: &Object) -> Cluster {
    let auth = &known.auth;
    let pem = |text: &str| Bytes(text.as_bytes().to_vec());
    let map = |path: &str| -> BTreeMap<String, String> {
        let value = secret.value().get_path(&["metadata", path]).and_then(|map| map.as_object());
        let pair = |(key, value): (&str, &bowline_base_value::Value)| {
            (key.to_string(), value.as_str().unwrap_or_default().to_string())
        };
        value.into_iter().flat_map(|map| map.iter()).map(|(key, value)| pair((key, value))).collect()
    };
    Cluster {
        config: ClusterConfig {
            password: auth.password.expose().as_str().into(),
            bearer_token: auth.bearer_token.expose().as_str().into(),
            tls_client_config: TLSClientConfig {
                key_data: pem(auth.key.expose()),
                ..shown(known).config.tls_client_config
            },
            ..shown(known).config
        },
        labels: foreign(&map("labels")),
        annotations: foreign(&map("annotations")),
        ..shown(known)
    }
}

/// Labels or annotations without those that say what the Secret is, and without the one that repeats all of it.
pub(crate) fn foreign(all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    const OWN: [&str; 3] = [annotation::SECRET_TYPE, annotation::MANAGED_BY, annotation::LAST_APPLIED];
    all.iter()
        .filter(|(key, _)| !OWN.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// A cluster without what must not be seen.
pub(crate) fn shown(known: &ClusterSecret) -> Cluster {
    let auth = &known.auth;
    let exec = |exec: &bowline_core_settings::ExecCredential| ExecProviderConfig {
        command: exec.command.clone(),
        args: exec.args.clone(),
        env: exec.env.iter().cloned().collect(),
        api_version: exec.api_version.clone(),
        install_hint: exec.install_hint.clone(),
        provide_cluster_info: exec.provide_cluster_info,
        ..ExecProviderConfig::default()
    };
    let aws = |(cluster_name, role_arn, profile): &(String, String, String)| AWSAuthConfig {
        cluster_name: cluster_name.clone(),
        role_arn: role_arn.clone(),
        profile: profile.clone(),
    };
    Cluster {
        server: known.server.clone(),
        name: known.name.clone(),
        namespaces: known.namespaces.clone(),
        cluster_resources: known.cluster_resources,
        project: known.project.clone(),
        shard: known.shard,
        labels: foreign(&known.labels),
        annotations: foreign(&known.annotations),
        config: ClusterConfig {
            username: auth.username.clone(),
            tls_client_config: TLSClientConfig {
                insecure: auth.insecure,
                server_name: auth.server_name.clone(),
                ca_data: Bytes(auth.ca.as_bytes().to_vec()),
                cert_data: Bytes(auth.cert.as_bytes().to_vec()),
                key_data: Bytes::default(),
            },
            aws_auth_config: auth.aws.as_ref().map(aws),
            exec_provider_config: auth.exec.as_ref().map(exec),
            proxy_url: auth.proxy_url.clone(),
            disable_compression: auth.disable_compression,
            ..ClusterConfig::default()
        },
        ..Cluster::default()
    }
}

/// What the Secret of a cluster holds; empty values are those that it does not.
pub(crate) fn fields(cluster: &Cluster) -> Result<Fields, Status> {
    let config = serde_json::to_string(&cluster.config).map_err(|error| Status::internal(error.to_string()))?;
    let flag = |set: bool| if set { "true".to_string() } else { String::new() };
    Ok([
        ("server", cluster.server.clone()),
        ("name", cluster.name.clone()),
        ("config", config),
        ("namespaces", cluster.namespaces.join(",")),
        ("clusterResources", flag(cluster.cluster_resources)),
        ("project", cluster.project.clone()),
        ("shard", cluster.shard.map(|shard| shard.to_string()).unwrap_or_default()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_string(), value.into()))
    .collect())
}

/// A text of a Secret, as the API server gives it or as it was applied.
fn text(secret: &Object, key: &str) -> Option<String> {
    let plain = secret.value().str_at(&["stringData", key]).map(String::from);
    plain.or_else(|| {
        let encoded = secret.value().str_at(&["data", key])?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
        String::from_utf8(bytes).ok()
    })
}

/// How a Secret says that its cluster is reached; nothing where that is no JSON.
fn config(secret: &Object) -> Map<String, Json> {
    text(secret, "config").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// What is to be stored, with what the Secret's `config` says besides and this version does not know.
pub(crate) fn with_unknown(mut fields: Fields, secret: &Object) -> Result<Fields, Status> {
    let failed = |error: serde_json::Error| Status::internal(error.to_string());
    let Some(wanted) = fields.get_mut("config") else { return Ok(fields) };
    let mut config_wanted: Map<String, Json> = serde_json::from_str(wanted.expose()).map_err(failed)?;
    let before = config(secret);
    carry(&before, &mut config_wanted, &CONFIG);
    for (part, known) in [("tlsClientConfig", &TLS[..]), ("execProviderConfig", &EXEC[..])] {
        let (Some(Json::Object(before)), Some(Json::Object(wanted))) = (before.get(part), config_wanted.get_mut(part))
        else {
            continue;
        };
        carry(before, wanted, known);
    }
    *wanted = serde_json::to_string(&config_wanted).map_err(failed)?.into();
    Ok(fields)
}

/// What `config` has in this version, and its parts.
const CONFIG: [&str; 8] = [
    "awsAuthConfig",
    "bearerToken",
    "disableCompression",
    "execProviderConfig",
    "password",
    "proxyUrl",
    "tlsClientConfig",
    "username",
];
const TLS: [&str; 5] = ["caData", "certData", "insecure", "keyData", "serverName"];
const EXEC: [&str; 6] = ["apiVersion", "args", "command", "env", "installHint", "provideClusterInfo"];

fn carry(before: &Map<String, Json>, wanted: &mut Map<String, Json>, known: &[&str]) {
    for (key, value) in before.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
        wanted.entry(key).or_insert_with(|| value.clone());
    }
}

/// The name of a cluster's Secret: its host and a digest of its URL.
pub(crate) fn secret_name(server: &str) -> String {
    let authority = server.split_once("://").map_or(server, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default().replace(':', "-"),
        None => authority.split(':').next().unwrap_or_default().to_string(),
    };
    secret::name(&format!("cluster-{}", host.to_lowercase()), &[server])
}

/// Refuses what cannot be stored, or is not carried out.
pub(crate) fn check(cluster: &Cluster) -> Result<(), Status> {
    let invalid = |text: &str| Err(Status::invalid_argument(text.to_string()));
    let scheme = cluster.server.split_once("://").map(|(scheme, _)| scheme);
    if !matches!(scheme, Some("https" | "http")) {
        return invalid("cluster server must be a URL that begins with https://");
    }
    if cluster.labels.contains_key(annotation::SECRET_TYPE) {
        return invalid("label argocd.argoproj.io/secret-type is not allowed on a cluster");
    }
    if cluster.annotations.contains_key(annotation::LAST_APPLIED) {
        return invalid("annotation kubectl.kubernetes.io/last-applied-configuration is not allowed on a cluster");
    }
    let tls = &cluster.config.tls_client_config;
    if tls.insecure && !tls.ca_data.0.is_empty() {
        return invalid("specifying a root certificates file with the insecure flag is not allowed");
    }
    if cluster.config.aws_auth_config.is_some() {
        return Err(Status::unimplemented("awsAuthConfig is not supported yet; use execProviderConfig"));
    }
    for (what, pem) in [("caData", &tls.ca_data), ("certData", &tls.cert_data), ("keyData", &tls.key_data)] {
        if std::str::from_utf8(&pem.0).is_err() {
            return invalid(&format!("tlsClientConfig.{what} is not PEM"));
        }
    }
    Ok(())
}

/// Whether a cluster is stored already as it is asked for.
pub(crate) fn is_same(known: &ClusterSecret, asked: &Cluster) -> bool {
    let name = if asked.name.is_empty() { &asked.server } else { &asked.name };
    let pem = |bytes: &Bytes| String::from_utf8_lossy(&bytes.0).into_owned();
    let visible = shown(known);
    let (a, b) = (&visible.config, &asked.config);
    known.name == *name
        && known.namespaces == asked.namespaces
        && known.cluster_resources == asked.cluster_resources
        && known.project == asked.project
        && known.shard == asked.shard
        && known.auth.password.expose() == b.password.reveal()
        && known.auth.bearer_token.expose() == b.bearer_token.reveal()
        && *known.auth.key.expose() == pem(&b.tls_client_config.key_data)
        && a.username == b.username
        && a.proxy_url == b.proxy_url
        && a.disable_compression == b.disable_compression
        && TLSClientConfig { key_data: Bytes::default(), ..b.tls_client_config.clone() } == a.tls_client_config
        && a.exec_provider_config == b.exec_provider_config
        && a.aws_auth_config == b.aws_auth_config
}

/// What was asked for with the secrets of what is stored, where none were given: answers leave them out, so a client that sends back
/// what it got does not mean to take them away.
pub(crate) fn keep_secrets(mut asked: Cluster, stored: &Cluster) -> Cluster {
    let (new, old) = (&mut asked.config, &stored.config);
    let logs_in = !new.bearer_token.is_empty()
        || !new.password.is_empty()
        || !new.tls_client_config.key_data.0.is_empty()
        || new.exec_provider_config.is_some()
        || new.aws_auth_config.is_some();
    if !logs_in && new.username == old.username && new.tls_client_config.cert_data == old.tls_client_config.cert_data {
        new.password = old.password.clone();
        new.bearer_token = old.bearer_token.clone();
        new.tls_client_config.key_data = old.tls_client_config.key_data.clone();
    }
    asked
}

/// Takes these fields over.
pub(crate) fn take(cluster: &mut Cluster, from: &Cluster, fields: &[String]) -> Result<(), Status> {
    for field in fields {
        match field.as_str() {
            "name" => cluster.name.clone_from(&from.name),
            "namespaces" => cluster.namespaces.clone_from(&from.namespaces),
            "config" => cluster.config = keep_secrets(from.clone(), cluster).config,
            "shard" => cluster.shard = from.shard,
            "clusterResources" => cluster.cluster_resources = from.cluster_resources,
            "labels" => cluster.labels.clone_from(&from.labels),
            "annotations" => cluster.annotations.clone_from(&from.annotations),
            "project" => cluster.project.clone_from(&from.project),
            "refreshRequestedAt" => {}
            other => {
                return Err(Status::invalid_argument(format!(
                    "{other:?} is no field of a cluster that can be updated"
                )));
            }
        }
    }
    Ok(())
}

/// A name whose percent escapes are undone.
pub(crate) fn unescaped(text: &str) -> Result<String, Status> {
    let wrong = || Status::invalid_argument(format!("failed to unescape cluster name: invalid URL escape in {text:?}"));
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(*high).ok_or_else(wrong)? << 4 | digit(*low).ok_or_else(wrong)?);
                rest = after;
            }
            (b'%', _) => return Err(wrong()),
            (b'+', after) => {
                bytes.push(b' ');
                rest = after;
            }
            (byte, after) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::Confidential;

    use super::*;

    fn stored() -> (ClusterSecret, Object) {
        let asked = Cluster {
            server: "https://prod:6443".into(),
            name: "prod".into(),
            config: ClusterConfig { bearer_token: Confidential("hidden".into()), ..ClusterConfig::default() },
            labels: [("team".to_string(), "a".to_string())].into(),
            ..Cluster::default()
        };
        let value = secret::object(
            "c",
            "cluster",
            &fields(&asked).unwrap(),
            &foreign(&asked.labels),
            &foreign(&asked.annotations),
        );
        let object = Object::new(value).unwrap();
        (ClusterSecret::from_secret(&object).unwrap(), object)
    }

    #[test]
    fn what_is_stored_is_read_back_and_never_shown() {
        let (known, object) = stored();
        assert_eq!(secret_name(&known.server), "cluster-prod-3041345340");
        let read = read(&known, &object);
        assert_eq!((read.config.bearer_token.reveal(), read.labels["team"].as_str()), ("hidden", "a"));
        assert!(read.annotations.is_empty() && read.labels.len() == 1);
        assert!(is_same(&known, &read));
        let json = serde_json::to_string(&shown(&known)).unwrap();
        assert!(!json.contains("hidden"), "{json}");
    }

    #[test]
    fn a_change_keeps_what_this_version_does_not_know() {
        let before = serde_json::json!({
            "bearerToken": "old", "newer": {"a": 1}, "disableCompression": true,
            "tlsClientConfig": {"insecure": true, "newerTls": "x"},
            "execProviderConfig": {"command": "c", "provideClusterInfo": true, "newerExec": 1},
        });
        let data = serde_json::json!({"name": "prod", "server": "https://prod:6443", "shard": "3", "config": before.to_string()});
        let value =
            serde_json::json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}, "stringData": data});
        let object = Object::new(value.into()).unwrap();
        let known = ClusterSecret::from_secret(&object).unwrap();
        let mut wanted = read(&known, &object);
        assert_eq!((wanted.shard, wanted.config.disable_compression), (Some(3), true));
        wanted.config.bearer_token = Confidential("new".into());
        let kept = with_unknown(fields(&wanted).unwrap(), &object).unwrap();
        let config: Json = serde_json::from_str(kept["config"].expose()).unwrap();
        assert_eq!((config["bearerToken"].as_str(), &config["newer"]), (Some("new"), &before["newer"]));
        assert_eq!(config["tlsClientConfig"]["newerTls"], "x");
        assert_eq!(config["execProviderConfig"]["provideClusterInfo"], true);
        assert_eq!((config["disableCompression"].as_bool(), kept["shard"].expose().as_str()), (Some(true), "3"));
        assert_eq!(config["execProviderConfig"]["newerExec"], 1);
        // A part that goes takes along what nobody knows of it.
        wanted.config.exec_provider_config = None;
        let kept = with_unknown(fields(&wanted).unwrap(), &object).unwrap();
        assert!(!kept["config"].expose().contains("provideClusterInfo"));
    }

    #[test]
    fn who_sends_back_what_he_got_takes_no_secret_away() {
        let (known, object) = stored();
        let stored = read(&known, &object);
        let back = keep_secrets(Cluster { name: "other".into(), ..shown(&known) }, &stored);
        assert_eq!((back.name.as_str(), back.config.bearer_token.reveal()), ("other", "hidden"));
        let mut anew = shown(&known);
        anew.config.bearer_token = Confidential("new".into());
        assert_eq!(keep_secrets(anew, &stored).config.bearer_token.reveal(), "new");
    }

    #[test]
    fn what_cannot_be_stored_is_a_sentence() {
        for (cluster, want) in [
            (Cluster { server: "prod".into(), ..Cluster::default() }, "must be a URL"),
            (Cluster { labels: [(annotation::SECRET_TYPE.into(), "x".into())].into(), ..in_cluster() }, "label "),
        ] {
            assert!(check(&cluster).unwrap_err().message().contains(want), "{want}");
        }
        assert_eq!(unescaped("a%2Fb+c").unwrap(), "a/b c");
        assert!(unescaped("%").is_err() && unescaped("%zz").is_err());
    }
}
