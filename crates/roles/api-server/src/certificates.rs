//! Which certificate is in force, and the [`Mode`] that follows from it: kept current, so that nothing has to be started anew.

use std::sync::Arc;

use bowline_base_clock::Clock;
use bowline_base_kube::{ApiResource, Class, Client, Event, Patch, Watch, WatchOptions, WriteOptions};
use bowline_base_value::Value;
use bowline_core_control::World;
use bowline_core_settings::secret_text;
use bowline_core_types::{Object, Sensitive};
use tokio::sync::watch;

use crate::listen::Mode;
use crate::options::{Flags, Options};
use crate::tls::{self, Certificate};

/// The Secret of a certificate that somebody else looks after.
const OWN: &str = "argocd-server-tls";
/// The Secret that holds the self-made one.
const SERVER: &str = "argocd-secret";

/// What the Secret `argocd-server-tls` holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Given {
    /// It has not been looked for yet.
    #[default]
    Unknown,
    /// There is none.
    Nothing,
    /// This one.
    Certificate(Certificate),
}

/// Keeps `given` current until it is dropped.
pub async fn watch_given(client: Client, namespace: String, given: watch::Sender<Given>) {
    let options =
        WatchOptions { fields: format!("metadata.name={OWN}"), skip_managed_fields: true, ..WatchOptions::default() };
    let mut watch = Watch::new(&client, &secrets(), &namespace, options);
    let mut listed = Given::Nothing;
    let put = |value: Given| {
        given.send_if_modified(|known| {
            let news = *known != value;
            *known = value;
            news
        });
    };
    loop {
        match watch.next().await {
            Event::Listing => listed = Given::Nothing,
            Event::Listed(items) => listed = items.into_iter().next_back().map_or(Given::Nothing, read),
            Event::Complete => put(listed.clone()),
            Event::Applied(item) => put(read(item)),
            Event::Deleted(_) => put(Given::Nothing),
            Event::Resumed => {}
            Event::Failed { error, wait } => {
                tracing::warn!(%error, retry_in = ?wait, "cannot watch the Secret {OWN}");
            }
        }
    }
}

fn read(secret: Value) -> Given {
    let object = Object::new(secret).map_err(|e| e.to_string());
    let data = object.and_then(|object| secret_text(&object).map_err(|e| e.to_string()));
    match data {
        Ok(mut data) => match (data.remove("tls.crt"), data.remove("tls.key")) {
            (Some(chain), Some(key)) => Given::Certificate(Certificate { chain: chain.expose().clone(), key }),
            _ => {
                tracing::error!("the Secret {OWN} needs the keys tls.crt and tls.key; it is passed over");
                Given::Nothing
            }
        },
        Err(error) => {
            tracing::error!(error, "the Secret {OWN} cannot be read; it is passed over");
            Given::Nothing
        }
    }
}

/// What the mode is found out from.
pub struct Source {
    /// Settings and `argocd-secret`.
    pub world: Arc<World>,
    /// The way to the cluster, for storing what was made.
    pub client: Client,
    /// Flags.
    pub flags: Flags,
    /// Time, for what is made.
    pub clock: Arc<dyn Clock>,
    /// What `argocd-server-tls` holds.
    pub given: watch::Receiver<Given>,
}

/// Keeps the options and the mode current until it is dropped. Settings are taken to be there from the start.
pub async fn follow(mut source: Source, options: watch::Sender<Arc<Options>>, mode: watch::Sender<Mode>) {
    let mut configured = source.world.configured();
    let mut last: Option<(Certificate, Arc<Options>)> = None;
    loop {
        configured.mark_unchanged();
        source.given.mark_unchanged();
        let now = Arc::new(Options::of(&source.flags, &source.world.settings()));
        options.send_if_modified(|known| {
            let news = *known != now;
            *known = now.clone();
            news
        });
        let retry = if now.insecure {
            last = None;
            mode.send_if_modified(|known| !matches!(std::mem::replace(known, Mode::Plain), Mode::Plain));
            None
        } else {
            match choose(&source).await {
                Some(certificate) if last.as_ref().is_some_and(|last| *last == (certificate.clone(), now.clone())) => {
                    None
                }
                Some(certificate) => {
                    match tls::config(&certificate, &now) {
                        Ok(config) => {
                            mode.send_replace(Mode::Tls(config));
                            last = Some((certificate, now));
                        }
                        // What was good stays in force.
                        Err(error) => tracing::error!(error, "this certificate or these TLS settings cannot be used"),
                    }
                    None
                }
                // It is not known yet, or could not be stored.
                None => Some(std::time::Duration::from_secs(5)),
            }
        };
        tokio::select! {
            changed = configured.changed() => if changed.is_err() { return },
            changed = source.given.changed() => if changed.is_err() { return },
            () = later(retry) => {}
        }
    }
}

async fn later(after: Option<std::time::Duration>) {
    match after {
        Some(after) => tokio::time::sleep(after).await,
        None => std::future::pending().await,
    }
}

/// The certificate in force; one is made and stored where there is none. `None` where that is not decided.
async fn choose(source: &Source) -> Option<Certificate> {
    match &*source.given.borrow() {
        Given::Unknown => return None,
        Given::Certificate(certificate) => return Some(certificate.clone()),
        Given::Nothing => {}
    }
    let secret = source.world.server_secret();
    let key = |name: &str| secret.resolve(name).ok().filter(|value| !value.expose().trim().is_empty());
    if let (Some(chain), Some(key)) = (key("$tls.crt"), key("$tls.key")) {
        return Some(Certificate { chain: chain.expose().clone(), key });
    }
    let made = match Certificate::self_made(source.world.namespace(), source.clock.now()) {
        Ok(made) => made,
        Err(error) => {
            tracing::error!(error, "there is no certificate");
            return None;
        }
    };
    match store(&source.client, source.world.namespace(), &made).await {
        Ok(stored) => Some(stored),
        Err(error) => {
            tracing::error!(%error, "the self-made certificate cannot be stored in {SERVER}");
            None
        }
    }
}

/// Stores a certificate in `argocd-secret` unless there is one by now: several servers that start at once agree on one.
async fn store(client: &Client, namespace: &str, made: &Certificate) -> Result<Certificate, bowline_base_kube::Error> {
    let data: Value = [("tls.crt", Value::from(made.chain.as_str())), ("tls.key", made.key.expose().as_str().into())]
        .into_iter()
        .collect();
    let options = WriteOptions::default();
    let mut tries = 0;
    loop {
        tries += 1;
        let written = match client.find::<Value>(&secrets(), namespace, SERVER).await? {
            None => {
                let labels: Value = [("app.kubernetes.io/name", SERVER), ("app.kubernetes.io/part-of", "argocd")]
                    .into_iter()
                    .map(|(key, value)| (key, Value::from(value)))
                    .collect();
                let metadata: Value =
                    [("name", Value::from(SERVER)), ("namespace", namespace.into()), ("labels", labels)]
                        .into_iter()
                        .collect();
                let secret: Value = [
                    ("apiVersion", Value::from("v1")),
                    ("kind", "Secret".into()),
                    ("metadata", metadata),
                    ("type", "Opaque".into()),
                    ("stringData", data.clone()),
                ]
                .into_iter()
                .collect();
                client.create(&secrets(), namespace, &secret, &options).await
            }
            Some(secret) => {
                if let Given::Certificate(certificate) = quiet(&secret) {
                    return Ok(certificate);
                }
                let version = secret.str_at(&["metadata", "resourceVersion"]).unwrap_or_default();
                let metadata: Value = [("resourceVersion", Value::from(version))].into_iter().collect();
                let patch: Value = [("metadata", metadata), ("stringData", data.clone())].into_iter().collect();
                client.patch(&secrets(), namespace, SERVER, "", Patch::Merge(&patch), &options).await
            }
        };
        match written {
            Ok(_) => return Ok(made.clone()),
            Err(error) if tries < 5 && (error.is(Class::Conflict) || error.is(Class::AlreadyExists)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The certificate that a Secret holds, if any.
fn quiet(secret: &Value) -> Given {
    let data = Object::new(secret.clone()).ok().and_then(|object| secret_text(&object).ok()).unwrap_or_default();
    let key = |name: &str| data.get(name).filter(|value| !value.expose().trim().is_empty());
    match (key("tls.crt"), key("tls.key")) {
        (Some(chain), Some(key)) => {
            Given::Certificate(Certificate { chain: chain.expose().clone(), key: Sensitive::new(key.expose().clone()) })
        }
        _ => Given::Nothing,
    }
}

fn secrets() -> ApiResource {
    ApiResource::new("", "v1", "Secret", "secrets", true)
}
