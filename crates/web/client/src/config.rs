//! [`LocalConfig`]: the file that remembers logins, in the form that `argocd` keeps it in.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::{Value, yaml};
use serde::{Deserialize, Serialize};

/// What a file may have: each context is a few kilobytes.
const LARGEST: u64 = 16 << 20;

/// The file. What this version does not know in it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LocalConfig {
    /// Names for pairs of a server and a user.
    #[serde(deserialize_with = "or_default")]
    pub contexts: Vec<Context>,
    /// The context that counts where none is named.
    #[serde(deserialize_with = "or_default")]
    pub current_context: String,
    /// Whether missing words of commands are asked for.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "is_false")]
    pub prompts_enabled: bool,
    /// Servers.
    #[serde(deserialize_with = "or_default")]
    pub servers: Vec<ServerEntry>,
    /// Users.
    #[serde(deserialize_with = "or_default")]
    pub users: Vec<UserEntry>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A name for a server and a user of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// Address of the server.
    pub server: String,
    /// Name of the user.
    pub user: String,
}

/// A server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ServerEntry {
    /// Its address.
    pub server: String,
    /// Takes any certificate.
    #[serde(skip_serializing_if = "is_false")]
    pub insecure: bool,
    /// Speaks gRPC-web.
    #[serde(skip_serializing_if = "is_false")]
    pub grpc_web: bool,
    /// Path that its API stands under.
    pub grpc_web_root_path: String,
    /// Certificate authority, PEM in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub certificate_authority_data: String,
    /// Certificate of the client, PEM in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client_certificate_data: String,
    /// Its key, PEM in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client_certificate_key_data: String,
    /// Speaks in clear.
    #[serde(skip_serializing_if = "is_false")]
    pub plain_text: bool,
    /// There is no server: commands work on Kubernetes themselves.
    #[serde(skip_serializing_if = "is_false")]
    pub core: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Somebody who is logged in.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct UserEntry {
    /// The name, which is that of the context.
    pub name: String,
    /// The token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub auth_token: String,
    /// What gets another token from the identity provider.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub refresh_token: String,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Fields that this version does not know, by name.
pub type Rest = BTreeMap<String, serde_json::Value>;

/// What is wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read or written.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is not what it should be.
    #[error("{path}: {reason}", path = path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Others may read it.
    #[error("{path} has the permissions {mode:o}: it holds tokens, and only its owner may read it (chmod 600)", path = path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
        /// The permissions.
        mode: u32,
    },
    /// There is no such context.
    #[error("there is no context {0:?}")]
    NoContext(String),
}

// === impl LocalConfig ===

impl LocalConfig {
    /// Where the file is, by the variables of the environment: `$ARGOCD_CONFIG_DIR`, an old `~/.argocd` that is there,
    /// `$XDG_CONFIG_HOME/argocd`, `~/.config/argocd`.
    pub fn path(variable: impl Fn(&str) -> Option<String>) -> PathBuf {
        let folder = variable("ARGOCD_CONFIG_DIR").map(PathBuf::from).unwrap_or_else(|| {
            let home = PathBuf::from(variable("HOME").unwrap_or_default());
            let old = home.join(".argocd");
            match variable("XDG_CONFIG_HOME") {
                _ if old.is_dir() => old,
                Some(folder) => Path::new(&folder).join("argocd"),
                None => home.join(".config/argocd"),
            }
        });
        folder.join("config")
    }

    /// Reads the file; nothing where there is none.
    pub fn read(path: &Path) -> Result<LocalConfig, ConfigError> {
        let failed = |error| ConfigError::Io { path: path.to_path_buf(), error };
        let invalid = |reason: String| ConfigError::Invalid { path: path.to_path_buf(), reason };
        let found = match std::fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(LocalConfig::default()),
            found => found.map_err(failed)?,
        };
        let mode = found.permissions().mode() & 0o777;
        if found.is_file() && mode & 0o077 != 0 {
            return Err(ConfigError::Permissions { path: path.to_path_buf(), mode });
        }
        if found.len() > LARGEST {
            return Err(invalid(format!("is larger than {LARGEST} bytes")));
        }
        #[expect(clippy::disallowed_methods, reason = "the user's own file of logins")]
        let text = std::fs::read_to_string(path).map_err(failed)?;
        if text.trim().is_empty() {
            return Ok(LocalConfig::default());
        }
        // Whatever a parser quotes may be a token.
        let value: Value = yaml::from_yaml(&text).map_err(|_| invalid("is no YAML".to_string()))?;
        serde_json::from_value(serde_json::Value::from(&value))
            .map_err(|_| invalid("is no list of contexts, servers and users".to_string()))
    }

    /// Writes the file, for its owner alone, all of it or nothing.
    pub fn write(&self, path: &Path) -> Result<(), ConfigError> {
        let failed = |error| ConfigError::Io { path: path.to_path_buf(), error };
        let value = serde_json::to_value(self).expect("because names are texts");
        let text = yaml::to_yaml(&Value::from(value));
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", std::process::id()));
        let beside = PathBuf::from(beside);
        let put = || {
            if !folder.exists() {
                std::fs::create_dir_all(folder)?;
                std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
            }
            let mut file =
                std::fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, path)
        };
        put().map_err(|error| {
            let _ = std::fs::remove_file(&beside);
            failed(error)
        })
    }

    /// The context of this name, or the current one where the name is empty; `None` where there is no current one.
    pub fn context(&self, name: &str) -> Result<Option<&Context>, ConfigError> {
        let name = if name.is_empty() { self.current_context.as_str() } else { name };
        if name.is_empty() {
            return Ok(None);
        }
        let found = self.contexts.iter().find(|context| context.name == name);
        found.map(Some).ok_or_else(|| ConfigError::NoContext(name.to_string()))
    }

    /// The server at an address.
    pub fn server(&self, address: &str) -> Option<&ServerEntry> {
        self.servers.iter().find(|server| server.server == address)
    }

    /// The user of a name.
    pub fn user(&self, name: &str) -> Option<&UserEntry> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Remembers a server in place of what was known of it.
    pub fn put_server(&mut self, server: ServerEntry) {
        put(&mut self.servers, server, |s| &s.server);
    }

    /// Remembers a user in place of what was known of them.
    pub fn put_user(&mut self, user: UserEntry) {
        put(&mut self.users, user, |u| &u.name);
    }

    /// Remembers a context in place of the one of its name.
    pub fn put_context(&mut self, context: Context) {
        put(&mut self.contexts, context, |c| &c.name);
    }

    /// Forgets the tokens of a user; whether there were any.
    pub fn remove_token(&mut self, name: &str) -> bool {
        let Some(user) = self.users.iter_mut().find(|user| user.name == name) else { return false };
        user.refresh_token.clear();
        !std::mem::take(&mut user.auth_token).is_empty()
    }

    /// Forgets a context, and its server and user where no other context has them; whether it was known.
    pub fn remove_context(&mut self, name: &str) -> bool {
        let Some(at) = self.contexts.iter().position(|context| context.name == name) else { return false };
        let gone = self.contexts.remove(at);
        if !self.contexts.iter().any(|context| context.server == gone.server) {
            self.servers.retain(|server| server.server != gone.server);
        }
        if !self.contexts.iter().any(|context| context.user == gone.user) {
            self.users.retain(|user| user.name != gone.user);
        }
        if self.current_context == name {
            self.current_context = self.contexts.first().map(|context| context.name.clone()).unwrap_or_default();
        }
        true
    }
}

// === impl ServerEntry ===

impl ServerEntry {
    /// A text of the file that is PEM in base64: `None` where it is empty.
    pub fn pem(data: &str) -> Result<Option<Vec<u8>>, String> {
        if data.is_empty() {
            return Ok(None);
        }
        STANDARD
            .decode(data.trim())
            .map(Some)
            .map_err(|_| "a certificate in the file of logins is no base64".to_string())
    }

    /// PEM as the file holds it.
    pub fn data(pem: &[u8]) -> String {
        STANDARD.encode(pem)
    }
}

impl std::fmt::Debug for UserEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserEntry").field("name", &self.name).finish_non_exhaustive()
    }
}

fn put<T>(list: &mut Vec<T>, item: T, key: impl Fn(&T) -> &String) {
    match list.iter_mut().find(|known| key(known) == key(&item)) {
        Some(known) => *known = item,
        None => list.push(item),
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Reads `null` as nothing, as Go does.
fn or_default<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As argocd 3 writes it.
    const FILE: &str = "contexts:\n- name: localhost:8080\n  server: localhost:8080\n  user: localhost:8080\n\
        - name: kubernetes\n  server: kubernetes\n  user: kubernetes\ncurrent-context: localhost:8080\n\
        servers:\n- grpc-web-root-path: \"\"\n  plain-text: true\n  server: localhost:8080\n\
        - core: true\n  grpc-web-root-path: \"\"\n  server: kubernetes\n\
        users:\n- auth-token: a.b.c\n  name: localhost:8080\n- name: kubernetes\n";

    #[test]
    fn the_file_is_read_and_written_as_argocd_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("argocd/config");
        assert_eq!(LocalConfig::read(&path).unwrap(), LocalConfig::default());
        let config: LocalConfig =
            serde_json::from_value(serde_json::Value::from(&yaml::from_yaml(FILE).unwrap())).unwrap();
        config.write(&path).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test looks at what was written")]
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written, FILE);
        assert_eq!(LocalConfig::read(&path).unwrap(), config);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(LocalConfig::read(&path), Err(ConfigError::Permissions { mode: 0o644, .. })));
    }

    #[test]
    fn contexts_are_found_and_forgotten() {
        let mut config: LocalConfig =
            serde_json::from_value(serde_json::Value::from(&yaml::from_yaml(FILE).unwrap())).unwrap();
        assert_eq!(config.context("").unwrap().unwrap().server, "localhost:8080");
        assert!(matches!(config.context("none"), Err(ConfigError::NoContext(_))));
        assert!(config.remove_token("localhost:8080"));
        assert!(!config.remove_token("localhost:8080"));
        assert!(config.remove_context("localhost:8080"));
        assert_eq!((config.servers.len(), config.users.len(), config.current_context.as_str()), (1, 1, "kubernetes"));
        assert!(!config.remove_context("localhost:8080"));
    }

    #[test]
    fn what_is_not_known_stays() {
        let text = "contexts: []\ncurrent-context: \"\"\nservers:\n- future: 1\n  grpc-web-root-path: \"\"\n  server: s\nusers: []\n";
        let value = serde_json::Value::from(&yaml::from_yaml(text).unwrap());
        let config: LocalConfig = serde_json::from_value(value).unwrap();
        assert_eq!(yaml::to_yaml(&Value::from(serde_json::to_value(&config).unwrap())), text);
    }

    #[test]
    fn the_environment_says_where_it_is() {
        for (set, want) in [
            (&[("HOME", "/h")][..], "/h/.config/argocd/config"),
            (&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")], "/x/argocd/config"),
            (&[("HOME", "/h"), ("ARGOCD_CONFIG_DIR", "/a")], "/a/config"),
        ] {
            let of = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string());
            assert_eq!(LocalConfig::path(of), Path::new(want));
        }
    }
}
