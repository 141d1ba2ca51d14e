//! Dex beside the server: what it is configured with, and where it is.

mod proxy;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bowline_core_types::Sensitive;
use serde_json::{Map, Value, json};

pub use proxy::LONGEST_BODY;

/// The client that the server is.
pub const CLIENT_ID: &str = "argo-cd";
/// The client that the command line is.
pub const CLI_CLIENT_ID: &str = "argo-cd-cli";
/// Where the server passes requests on to Dex.
pub const DEX_PATH: &str = "/api/dex";
/// The scope that gives the ID which a user has at the provider behind Dex.
const FEDERATED_SCOPE: &str = "federated:id";

/// `dex.config` of `argocd-cm`.
#[derive(Clone, Debug, PartialEq)]
pub struct DexConfig {
    /// The setting as it is written. References to Secrets are not yet followed.
    config: Map<String, Value>,
    /// `dex.auth.connectorId`: the connector that a login goes to at once; empty for Dex's own choice.
    pub connector_id: String,
}

/// A connector as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// Its ID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its type, such as `github`.
    pub kind: String,
}

/// How the Dex beside the server is reached, from the settings of `argocd-cmd-params-cm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DexServer {
    /// `server.dex.server`, or the default: host and port, or a URL.
    pub address: String,
    /// `server.dex.server.plaintext`: whether it is spoken to without TLS.
    pub plaintext: bool,
    /// `server.dex.server.strict.tls`: whether its certificate must be the one of the Secret `argocd-dex-server-tls`.
    pub strict_tls: bool,
}

// === impl DexServer ===

impl Default for DexServer {
    fn default() -> DexServer {
        DexServer { address: "argocd-dex-server:5556".to_string(), plaintext: false, strict_tls: false }
    }
}

impl DexServer {
    /// Its URL.
    pub fn url(&self) -> String {
        if self.address.contains("://") {
            self.address.trim_end_matches('/').to_string()
        } else {
            format!("{}://{}", if self.plaintext { "http" } else { "https" }, self.address)
        }
    }
}

// === impl DexConfig ===

impl DexConfig {
    /// Reads the setting, which is YAML, after it became a value.
    pub fn read(value: Value, connector_id: String) -> Result<DexConfig, String> {
        let Value::Object(config) = value else { return Err("must be an object with connectors".to_string()) };
        let connectors = config.get("connectors").and_then(Value::as_array);
        let connectors = connectors.ok_or("connectors: must be a list of what people log in with")?;
        for (at, connector) in connectors.iter().enumerate() {
            let text = |field: &str| connector.get(field).and_then(Value::as_str).unwrap_or_default();
            if text("type").is_empty() || text("id").is_empty() {
                return Err(format!("connectors[{at}]: needs type, id and name"));
            }
            if needs_redirect(text("type")) && !connector.get("config").is_some_and(Value::is_object) {
                return Err(format!("connectors[{at}]: config: must be an object"));
            }
        }
        Ok(DexConfig { config, connector_id })
    }

    /// The connectors.
    pub fn connectors(&self) -> Vec<Connector> {
        let text = |connector: &Value, field: &str| {
            connector.get(field).and_then(Value::as_str).unwrap_or_default().to_string()
        };
        let connectors = self.config.get("connectors").and_then(Value::as_array).into_iter().flatten();
        connectors
            .map(|connector| Connector {
                id: text(connector, "id"),
                name: text(connector, "name"),
                kind: text(connector, "type"),
            })
            .collect()
    }

    /// The scopes that a login asks for.
    pub fn scopes() -> [&'static str; 5] {
        ["openid", "profile", "email", "groups", FEDERATED_SCOPE]
    }

    /// The configuration that Dex runs with: the setting with the clients of the server and its command line, the issuer and the
    /// listeners. `urls` are the server's own, the first of them its main one; `resolve` follows references to Secrets.
    pub fn for_dex(
        &self,
        urls: &[&str],
        signing_key: &Sensitive<String>,
        plaintext: bool,
        resolve: &dyn Fn(&str) -> Option<String>,
    ) -> Value {
        let mut config = self.config.clone();
        let url = urls.first().copied().unwrap_or_default();
        config.insert("issuer".into(), format!("{url}{DEX_PATH}").into());
        config.insert("storage".into(), json!({"type": "memory"}));
        let minimum =
            config.get("web").and_then(|web| web.get("tlsMinVersion")).filter(|version| *version != "").cloned();
        let mut web = if plaintext {
            json!({"http": "0.0.0.0:5556"})
        } else {
            json!({"https": "0.0.0.0:5556", "tlsCert": "/tmp/tls.crt", "tlsKey": "/tmp/tls.key"})
        };
        if let (Some(minimum), false) = (minimum, plaintext) {
            web["tlsMinVersion"] = minimum;
        }
        config.insert("web".into(), web);
        config.insert("grpc".into(), json!({"addr": "0.0.0.0:5557"}));
        config.insert("telemetry".into(), json!({"http": "0.0.0.0:5558"}));
        let oauth2 = config.entry("oauth2").or_insert_with(|| json!({}));
        match oauth2.as_object_mut() {
            Some(oauth2) if oauth2.get("skipApprovalScreen").is_some_and(Value::is_boolean) => {}
            Some(oauth2) => drop(oauth2.insert("skipApprovalScreen".into(), true.into())),
            None => *oauth2 = json!({"skipApprovalScreen": true}),
        }
        let mut clients = clients(urls, signing_key);
        clients.extend(config.get("staticClients").and_then(Value::as_array).cloned().unwrap_or_default());
        config.insert("staticClients".into(), clients.into());
        for connector in config.get_mut("connectors").and_then(Value::as_array_mut).into_iter().flatten() {
            if needs_redirect(connector.get("type").and_then(Value::as_str).unwrap_or_default()) {
                connector["config"]["redirectURI"] = format!("{url}{DEX_PATH}/callback").into();
            }
        }
        let mut config = Value::Object(config);
        follow(&mut config, resolve);
        config
    }
}

/// The server's password at Dex: both make it from the signing key.
pub(crate) fn client_secret(signing_key: &Sensitive<String>) -> Sensitive<String> {
    let hash = digest::digest(&digest::SHA256, signing_key.expose().as_bytes());
    let mut text = URL_SAFE.encode(hash);
    text.truncate(40);
    text.into()
}

fn clients(urls: &[&str], signing_key: &Sensitive<String>) -> Vec<Value> {
    let callbacks: Vec<String> = urls.iter().map(|url| format!("{url}/auth/callback")).collect();
    vec![
        json!({"id": CLIENT_ID, "name": "Argo CD", "secret": client_secret(signing_key).expose(), "redirectURIs": callbacks}),
        json!({
            "id": CLI_CLIENT_ID, "name": "Argo CD CLI", "public": true,
            "redirectURIs": ["http://localhost", "http://localhost:8085/auth/callback"],
        }),
        json!({
            "id": "argo-cd-pkce", "name": "Argo CD PKCE", "public": true,
            "redirectURIs": ["http://localhost:4000/auth/callback"],
        }),
    ]
}

/// Connectors to which people come back through Dex.
fn needs_redirect(kind: &str) -> bool {
    [
        "oidc",
        "saml",
        "microsoft",
        "linkedin",
        "gitlab",
        "github",
        "bitbucket-cloud",
        "openshift",
        "gitea",
        "google",
        "oauth",
    ]
    .contains(&kind)
}

/// Replaces texts that begin with `$` by what they refer to; what refers to nothing stays.
pub(crate) fn follow(value: &mut Value, resolve: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(found) = text.strip_prefix('$').and_then(resolve) {
                *text = found.trim().to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| follow(item, resolve)),
        Value::Object(entries) => entries.values_mut().for_each(|entry| follow(entry, resolve)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dex_gets_the_clients_and_the_secrets() {
        let setting = json!({
            "connectors": [
                {"type": "github", "id": "gh", "name": "GitHub", "config": {"clientSecret": "$gh.secret", "org": "$none"}},
                {"type": "ldap", "id": "l", "name": "LDAP"},
            ],
            "staticClients": [{"id": "mine"}],
            "web": {"tlsMinVersion": "1.3"},
        });
        let config = DexConfig::read(setting, String::new()).unwrap();
        assert_eq!(config.connectors()[0], Connector { id: "gh".into(), name: "GitHub".into(), kind: "github".into() });
        let key: Sensitive<String> = "signing".to_string().into();
        let resolve = |name: &str| (name == "gh.secret").then(|| "hush\n".to_string());
        let dex = config.for_dex(&["https://cd.example", "https://other.example"], &key, false, &resolve);
        assert_eq!(dex["issuer"], "https://cd.example/api/dex");
        assert_eq!(dex["web"]["tlsMinVersion"], "1.3");
        assert_eq!(dex["oauth2"]["skipApprovalScreen"], true);
        let ids: Vec<&Value> = dex["staticClients"].as_array().unwrap().iter().map(|client| &client["id"]).collect();
        assert_eq!(ids, ["argo-cd", "argo-cd-cli", "argo-cd-pkce", "mine"]);
        assert_eq!(
            dex["staticClients"][0]["redirectURIs"],
            json!(["https://cd.example/auth/callback", "https://other.example/auth/callback"])
        );
        let connector = &dex["connectors"][0]["config"];
        assert_eq!(connector["redirectURI"], "https://cd.example/api/dex/callback");
        assert_eq!((&connector["clientSecret"], &connector["org"]), (&json!("hush"), &json!("$none")));
        assert_eq!(client_secret(&key).expose().len(), 40);
    }

    #[test]
    fn what_dex_could_not_use_is_named() {
        for (value, want) in [
            (json!([]), "must be an object"),
            (json!({}), "connectors: must be a list"),
            (json!({"connectors": [{"type": "github", "id": "x"}]}), "connectors[0]: config"),
            (json!({"connectors": [{"name": "x"}]}), "connectors[0]: needs type"),
        ] {
            assert!(DexConfig::read(value, String::new()).unwrap_err().contains(want));
        }
        assert_eq!(DexServer::default().url(), "https://argocd-dex-server:5556");
        assert_eq!(DexServer { address: "http://h:1/".into(), ..DexServer::default() }.url(), "http://h:1");
    }
}
