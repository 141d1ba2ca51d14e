//! `extension.config` and `extension.config.NAME` of `argocd-cm`.

use std::collections::BTreeSet;
use std::time::Duration;

use bowline_base_value::yaml::from_yaml;
use bowline_core_settings::parse_duration;
use bowline_core_types::Sensitive;
use bowline_web_admin::Context;
use serde::Deserialize;
use serde_json::Value as Json;

/// The key that holds all of them, and what the keys begin with that hold one.
const KEY: &str = "extension.config";

/// How connections to a backend are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionProxy {
    /// How long one may take to open.
    pub connection_timeout: Duration,
}

/// Where requests go.
#[derive(Debug)]
pub(super) struct Backend {
    pub proxy: ExtensionProxy,
    /// One, or one for each cluster.
    pub services: Vec<Service>,
}

/// One place.
#[derive(Debug, Deserialize)]
pub(super) struct Service {
    #[serde(default)]
    pub url: String,
    /// The destination of the applications that it is for.
    pub cluster: Option<Cluster>,
    #[serde(default)]
    pub headers: Vec<Header>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cluster {
    name: String,
    server: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    #[serde(default)]
    pub name: String,
    #[serde(default = "empty", deserialize_with = "sensitive")]
    pub value: Sensitive<String>,
}

fn empty() -> Sensitive<String> {
    String::new().into()
}

fn sensitive<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Sensitive<String>, D::Error> {
    String::deserialize(deserializer).map(Sensitive::from)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(default)]
    services: Vec<Service>,
    #[serde(default)]
    connection_timeout: String,
    #[serde(default)]
    keep_alive: String,
    #[serde(default)]
    idle_connection_timeout: String,
    #[serde(default)]
    max_idle_connections: Option<u32>,
}

#[derive(Deserialize)]
struct All {
    #[serde(default)]
    extensions: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    name: String,
    backend: Written,
}

// === impl Cluster ===

impl Cluster {
    pub(super) fn is(&self, name: &str, server: &str) -> bool {
        (!self.name.is_empty() && self.name == name)
            || (!self.server.is_empty() && self.server.trim_end_matches('/') == server)
    }
}

/// Every extension by its name, with what its `$key`s stand for. One that is wrong makes all of them wrong, as the contract has it.
pub(super) async fn extensions(context: &Context) -> Result<Vec<(String, Backend)>, String> {
    let mut all = Vec::new();
    for (key, text) in context.world.config_under("argocd-cm", KEY) {
        let name = match key.strip_prefix(KEY) {
            Some("") => None,
            Some(rest) => match rest.strip_prefix('.') {
                Some(name) => Some(name),
                None => continue,
            },
            None => continue,
        };
        let written = from_yaml(&text).map_err(|error| format!("{key}: {error}"))?;
        let mut written = Json::from(&written);
        let secrets = context.auth.references_of(&written).await;
        replace(&mut written, &|name| secrets.get(name).map(|value| value.expose().clone()));
        // What stands in it may be a secret: no message repeats any of it.
        let unreadable = |error: serde_json::Error| {
            let reason = if error.is_data() { "it has not the expected form".to_string() } else { error.to_string() };
            format!("{key}: {reason}")
        };
        match name {
            Some(name) => all.push((name.to_string(), serde_json::from_value(written).map_err(unreadable)?)),
            None => {
                let main: All = serde_json::from_value(written).map_err(unreadable)?;
                all.extend(main.extensions.into_iter().map(|one| (one.name, one.backend)));
            }
        }
    }
    let mut names = BTreeSet::new();
    all.into_iter()
        .map(|(name, written)| {
            if !names.insert(name.clone()) {
                return Err(format!("the extension {name:?} is there twice"));
            }
            let backend = checked(&name, written).map_err(|reason| format!("the extension {name:?}: {reason}"))?;
            Ok((name, backend))
        })
        .collect()
}

fn checked(name: &str, written: Written) -> Result<Backend, String> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(inside) {
        return Err("a name has letters, digits, - and _".to_string());
    }
    let several = written.services.len() > 1;
    if written.services.is_empty() {
        return Err("backend.services names no service".to_string());
    }
    let mut places = BTreeSet::new();
    for service in &written.services {
        if service.url.is_empty() {
            return Err("a service has no url".to_string());
        }
        match &service.cluster {
            None if several => return Err("of several services each needs a cluster".to_string()),
            Some(cluster) if cluster.name.is_empty() && cluster.server.is_empty() => {
                return Err("a cluster needs a name or a server".to_string());
            }
            Some(cluster) if several => {
                for place in [format!("name {}", cluster.name), format!("server {}", cluster.server)] {
                    if !place.ends_with(' ') && !places.insert(place.clone()) {
                        return Err(format!("two services are for the cluster with {place}"));
                    }
                }
            }
            _ => {}
        }
        if service.headers.iter().any(|header| header.name.is_empty() || header.value.expose().is_empty()) {
            return Err("a header needs a name and a value".to_string());
        }
    }
    let time = |text: &str, default: u64| match text {
        "" => Ok(Duration::from_secs(default)),
        text => parse_duration(text),
    };
    // The others tune connections that are kept, which the server keeps in its own way; what is no number is told all the same.
    time(&written.keep_alive, 15)?;
    time(&written.idle_connection_timeout, 60)?;
    let _ = written.max_idle_connections;
    let proxy = ExtensionProxy { connection_timeout: time(&written.connection_timeout, 2)? };
    Ok(Backend { proxy, services: written.services })
}

/// Puts what it refers to in the place of each `$key`.
fn replace(value: &mut Json, of: &dyn Fn(&str) -> Option<String>) {
    match value {
        Json::String(text) => {
            if let Some(found) = text.strip_prefix('$').and_then(|name| of(name.trim())) {
                *text = found;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| replace(item, of)),
        Json::Object(fields) => fields.values_mut().for_each(|field| replace(field, of)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(yaml: &str, want: &str) {
        let written = serde_json::from_value(Json::from(&from_yaml(yaml).unwrap())).unwrap();
        let found = checked("x", written)
            .map(|backend| format!("{} {:?}", backend.services.len(), backend.proxy.connection_timeout));
        assert_eq!(found.unwrap_or_else(|reason| reason), want, "{yaml}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("services: [{url: http://a}]", "1 2s");
        check("connectionTimeout: 500ms\nservices: [{url: http://a}]", "1 500ms");
        check("services: []", "backend.services names no service");
        check("services: [{url: ''}]", "a service has no url");
        check("services: [{url: http://a}, {url: http://b}]", "of several services each needs a cluster");
        check("services: [{url: http://a, cluster: {}}]", "a cluster needs a name or a server");
        let twice = "services: [{url: http://a, cluster: {name: c}}, {url: http://b, cluster: {name: c}}]";
        check(twice, "two services are for the cluster with name c");
        check("services: [{url: http://a, headers: [{name: x-a}]}]", "a header needs a name and a value");
        check("keepAlive: soon\nservices: [{url: http://a}]", "\"soon\" is not a duration (such as 120s, 3m or 1h30m)");
    }
}
