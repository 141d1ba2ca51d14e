//! Who we are: headers of requests and client certificates, renewed before they end.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_clock::Clock;
use bowline_base_value::{Sensitive, Value, from_json, yaml};
use hyper::header::HeaderValue;
use jiff::Timestamp;
use tokio::io::AsyncReadExt;
use tokio::sync::Mutex;

use crate::{Auth, Config, Exec};

/// Service account tokens in files are renewed by the kubelet; read again after this long.
const FILE_AGE: Duration = Duration::from_secs(60);
/// Credentials are renewed this long before they end.
const AHEAD: Duration = Duration::from_secs(60);
/// Programs that print credentials may have to talk to a cloud.
const EXEC_DEADLINE: Duration = Duration::from_secs(60);
/// What such a program may print.
const EXEC_OUTPUT: u64 = 1 << 20;

/// Finds out who we are and remembers it while it holds.
pub(crate) struct Credentials {
    auth: Auth,
    /// For the program, where it asks.
    cluster: serde_json::Value,
    clock: Arc<dyn Clock>,
    current: Mutex<Option<Credential>>,
}

/// Who we are now.
#[derive(Clone, Default)]
pub(crate) struct Credential {
    /// The `Authorization` header.
    pub(crate) header: Option<HeaderValue>,
    /// Client certificate and key, PEM.
    pub(crate) identity: Option<Arc<Identity>>,
    until: Until,
}

/// A client certificate and its key, PEM.
#[derive(PartialEq)]
pub(crate) struct Identity {
    pub(crate) cert: Vec<u8>,
    pub(crate) key: Sensitive<Vec<u8>>,
}

#[derive(Clone, Copy, Default)]
enum Until {
    #[default]
    Forever,
    Monotonic(Duration),
    Wall(Timestamp),
}

// === impl Credentials ===

impl Credentials {
    pub(crate) fn new(config: &Config, clock: Arc<dyn Clock>) -> Credentials {
        let ca = config.tls.ca.as_ref().map(|ca| STANDARD.encode(ca));
        let cluster = serde_json::json!({
            "server": config.server,
            "tls-server-name": config.tls.server_name,
            "insecure-skip-tls-verify": config.tls.insecure,
            "certificate-authority-data": ca,
            "proxy-url": config.proxy,
        });
        Credentials { auth: config.auth.clone(), cluster, clock, current: Mutex::new(None) }
    }

    /// Who we are now. Callers that meet wait for one answer.
    pub(crate) async fn get(&self) -> Result<Credential, String> {
        let mut current = self.current.lock().await;
        if let Some(credential) = current.as_ref().filter(|c| c.holds(&*self.clock)) {
            return Ok(credential.clone());
        }
        let credential = self.find().await?;
        *current = Some(credential.clone());
        Ok(credential)
    }

    /// The server did not accept us. Whether asking again may help.
    pub(crate) async fn refused(&self) -> bool {
        let renewable = matches!(self.auth, Auth::TokenFile(_) | Auth::Exec(_));
        if renewable {
            *self.current.lock().await = None;
        }
        renewable
    }

    async fn find(&self) -> Result<Credential, String> {
        match &self.auth {
            Auth::None => Ok(Credential::default()),
            Auth::Basic { username, password } => {
                let text = STANDARD.encode(format!("{username}:{}", password.expose()));
                Ok(Credential { header: Some(header("Basic", &text)?), ..Credential::default() })
            }
            Auth::Token(token) => {
                Ok(Credential { header: Some(header("Bearer", token.expose())?), ..Credential::default() })
            }
            Auth::TokenFile(path) => {
                let token = tokio::fs::read_to_string(path).await.map_err(|e| format!("{}: {e}", path.display()))?;
                let until = Until::Monotonic(self.clock.monotonic() + FILE_AGE);
                Ok(Credential { header: Some(header("Bearer", &token)?), until, ..Credential::default() })
            }
            Auth::Exec(exec) => self.run(exec).await.map_err(|e| format!("{}: {e}", exec.command)),
        }
    }

    async fn run(&self, exec: &Exec) -> Result<Credential, String> {
        let version = match exec.api_version.as_str() {
            "" => "client.authentication.k8s.io/v1",
            version => version,
        };
        let mut info =
            serde_json::json!({"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": false}});
        if exec.provide_cluster_info {
            info["spec"]["cluster"] = self.cluster.clone();
            if let Some(config) = &exec.cluster_config {
                info["spec"]["cluster"]["config"] = config.clone();
            }
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the kubeconfig's exec plugin, with fixed arguments and no shell"
        )]
        let mut child = tokio::process::Command::new(&exec.command)
            .args(&exec.args)
            .envs(exec.env.iter().map(|(k, v)| (k, v)))
            .env("KUBERNETES_EXEC_INFO", info.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| match exec.install_hint.trim() {
                "" => e.to_string(),
                hint => format!("{e}: {hint}"),
            })?;
        let stdout = child.stdout.take().expect("because stdout is piped");
        let stderr = child.stderr.take().expect("because stderr is piped");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let (mut stdout, mut stderr) = (stdout.take(EXEC_OUTPUT), stderr.take(EXEC_OUTPUT));
        let done = async { tokio::join!(stdout.read_to_end(&mut out), stderr.read_to_end(&mut err), child.wait()) };
        let done = tokio::time::timeout(EXEC_DEADLINE, done).await;
        let (read, _, status) = done.map_err(|_| format!("gave nothing within {} s", EXEC_DEADLINE.as_secs()))?;
        read.map_err(|e| e.to_string())?;
        let status = status.map_err(|e| e.to_string())?;
        if !status.success() {
            let words: String = String::from_utf8_lossy(&err).trim().chars().take(1000).collect();
            return Err(format!("{status}: {words}"));
        }
        Credential::from_exec(&out)
    }
}

// === impl Credential ===

impl Credential {
    fn holds(&self, clock: &dyn Clock) -> bool {
        match self.until {
            Until::Forever => true,
            Until::Monotonic(until) => clock.monotonic() < until,
            Until::Wall(until) => clock.now() + AHEAD < until,
        }
    }

    fn from_exec(output: &[u8]) -> Result<Credential, String> {
        // What it printed is a credential: no message repeats any of it.
        let printed = from_json(output).ok().or_else(|| yaml::from_yaml(output).ok());
        let status = printed.as_ref().and_then(|p| p.get("status")).filter(|s| s.as_object().is_some());
        let status = status.ok_or("what it printed is no ExecCredential with a status, in JSON or YAML")?;
        let text = |field: &str| status.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        let header = text("token").map(|token| header("Bearer", token)).transpose()?;
        let identity = match (text("clientCertificateData"), text("clientKeyData")) {
            (Some(cert), Some(key)) => Some(Arc::new(Identity { cert: cert.into(), key: Sensitive::new(key.into()) })),
            _ => None,
        };
        if header.is_none() && identity.is_none() {
            return Err("what it printed has neither a token nor a certificate with its key".into());
        }
        let until = match text("expirationTimestamp") {
            None => Until::Forever,
            Some(text) => Until::Wall(text.parse().map_err(|e| format!("expirationTimestamp {text:?}: {e}"))?),
        };
        Ok(Credential { header, identity, until })
    }
}

fn header(scheme: &str, text: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(format!("{scheme} {}", text.trim()))
        .map_err(|_| "the credential has characters that no header can hold")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use bowline_base_clock::ManualClock;

    use super::*;

    fn credentials(script: &str, clock: &ManualClock) -> Credentials {
        let exec = Exec {
            command: "sh".into(),
            args: vec!["-c".into(), script.into()],
            env: vec![("WHO".into(), "me".into())],
            install_hint: "install sh".into(),
            ..Exec::default()
        };
        Credentials::new(&Config { auth: Auth::Exec(exec), ..Config::default() }, Arc::new(clock.clone()))
    }

    fn clock() -> ManualClock {
        ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap())
    }

    async fn token(credentials: &Credentials) -> String {
        let header = credentials.get().await.unwrap().header.unwrap();
        header.to_str().unwrap().to_string()
    }

    #[tokio::test]
    async fn a_program_is_asked_again_before_its_token_ends() {
        let dir = std::env::temp_dir().join(format!("bowline-exec-{}", std::process::id()));
        let script = format!(
            r#"n=$(cat {0} 2>/dev/null || echo 0); echo $((n+1)) > {0}
            echo "{{\"status\":{{\"token\":\"$WHO-$n\",\"expirationTimestamp\":\"2026-01-01T01:00:00Z\"}}}}""#,
            dir.display()
        );
        let clock = clock();
        let credentials = credentials(&script, &clock);
        assert_eq!(
            (token(&credentials).await.as_str(), token(&credentials).await.as_str()),
            ("Bearer me-0", "Bearer me-0")
        );
        clock.advance(Duration::from_secs(3600 - 59));
        assert_eq!(token(&credentials).await, "Bearer me-1");
        assert!(credentials.refused().await);
        assert_eq!(token(&credentials).await, "Bearer me-2");
        std::fs::remove_file(dir).unwrap();
    }

    #[tokio::test]
    async fn a_program_is_told_about_the_cluster_where_it_asks() {
        let script = r#"printf '{"status":{"token":"%s"}}' "$(printf %s "$KUBERNETES_EXEC_INFO" | base64 -w0)""#;
        let asked = async |informed: bool| {
            let exec = Exec {
                command: "sh".into(),
                args: vec!["-c".into(), script.into()],
                provide_cluster_info: informed,
                cluster_config: Some(serde_json::json!({"audience": "x"})),
                ..Exec::default()
            };
            let config = Config { server: "https://c:6443".into(), auth: Auth::Exec(exec), ..Config::default() };
            let told = token(&Credentials::new(&config, Arc::new(clock()))).await;
            let bytes = STANDARD.decode(told.trim_start_matches("Bearer ")).unwrap();
            serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()["spec"]["cluster"].clone()
        };
        assert!(asked(false).await.is_null());
        let cluster = asked(true).await;
        assert_eq!((&cluster["server"], &cluster["config"]["audience"]), (&"https://c:6443".into(), &"x".into()));
    }

    #[tokio::test]
    async fn what_a_program_does_wrong_is_told_without_what_it_printed() {
        for (script, want) in [
            ("echo oops >&2; exit 3", "sh: exit status: 3: oops"),
            ("echo hidden", "sh: what it printed is no ExecCredential with a status, in JSON or YAML"),
            (r#"echo '{"status":{}}'"#, "sh: what it printed has neither a token nor a certificate with its key"),
        ] {
            assert_eq!(credentials(script, &clock()).get().await.err().unwrap(), want);
        }
        let missing = Exec { command: "/no/such".into(), install_hint: "get it".into(), ..Exec::default() };
        let config = Config { auth: Auth::Exec(missing), ..Config::default() };
        let error = Credentials::new(&config, Arc::new(clock())).get().await.err().unwrap();
        assert!(error.ends_with(": get it"), "{error}");
    }
}
