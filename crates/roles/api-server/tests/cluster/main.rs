//! The certificate against the real API server: made and stored, agreed upon, replaced while connections are open.
#![expect(clippy::unwrap_used, reason = "an error fails the test")]

mod nobody;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bowline_base_clock::{Clock, Jitter, SystemClock};
use bowline_base_kube::{ApiResource, Client, Config as KubeConfig, Patch, Runtime, WriteOptions};
use bowline_base_task::{Readiness, Tasks};
use bowline_base_telemetry::Health;
use bowline_base_telemetry::prometheus::registry::Registry;
use bowline_base_value::Value;
use bowline_core_control::{Control, Watched, World, watch};
use bowline_core_ports::{Hints, HintsFull, Pushed};
use bowline_core_settings::secret_text;
use bowline_core_types::Object;
use bowline_roles_api_server::{ApiServer, Certificate, Config, Metrics, Services, Surroundings};
use bowline_tests_kube::KubeServer;
use nobody::Nobody;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SOON: Duration = Duration::from_secs(20);

fn server() -> &'static KubeServer {
    static SERVER: OnceLock<KubeServer> = OnceLock::new();
    SERVER.get_or_init(|| KubeServer::start().unwrap_or_else(|e| panic!("{e}")))
}

struct Deaf;

impl Hints for Deaf {
    fn pushed(&self, _: Pushed) -> Result<(), HintsFull> {
        Ok(())
    }
}

struct Lab {
    client: Client,
    namespace: String,
    tasks: Tasks,
}

fn secrets() -> ApiResource {
    ApiResource::new("", "v1", "Secret", "secrets", true)
}

fn config_maps() -> ApiResource {
    ApiResource::new("", "v1", "ConfigMap", "configmaps", true)
}

fn object(kind: &str, name: &str, field: &str, data: Value) -> Value {
    let metadata: Value = [("name", Value::from(name))].into_iter().collect();
    [("apiVersion", Value::from("v1")), ("kind", kind.into()), ("metadata", metadata), (field, data)]
        .into_iter()
        .collect()
}

fn texts(certificate: &Certificate) -> Value {
    [("tls.crt", Value::from(certificate.chain.as_str())), ("tls.key", certificate.key.expose().as_str().into())]
        .into_iter()
        .collect()
}

impl Lab {
    fn new(name: &str) -> Lab {
        let kube = tokio::task::block_in_place(server);
        let namespace = tokio::task::block_in_place(|| kube.namespace(name));
        let config = KubeConfig::from_kubeconfig(kube.kubeconfig_text(), None, std::path::Path::new("/")).unwrap();
        let tasks = Tasks::new();
        let runtime = Runtime { tasks: tasks.clone(), clock: Arc::new(SystemClock::new()), jitter: Jitter::new(1) };
        Lab { client: Client::new(&config, &runtime).unwrap(), namespace, tasks }
    }

    /// A server of its own, as another replica would be.
    async fn start(&self) -> SocketAddr {
        let world = Arc::new(World::new(self.namespace.clone()));
        let control = Arc::new(Control { client: self.client.clone(), world: world.clone(), told: Box::new(|_| {}) });
        let read = Readiness::new();
        for what in [Watched::ConfigMaps, Watched::ServerSecret] {
            let watching = watch(control.clone(), what, read.pending(what.name()));
            let cancel = self.tasks.cancel_token().clone();
            self.tasks.spawn("watch", async move {
                cancel.run(watching).await;
            });
        }
        let around = Surroundings {
            services: Services {
                world,
                client: self.client.clone(),
                engine: Arc::new(Nobody),
                remotes: Arc::new(Nobody),
                sources: Arc::new(Nobody),
                charts: Arc::new(Nobody),
            },
            read: Box::pin(async move { read.ready().await }),
            clock: Arc::new(SystemClock::new()),
            tasks: self.tasks.clone(),
            health: Health::default(),
            hints: Arc::new(Deaf),
            metrics: Metrics::register(&mut Registry::default(), false),
        };
        let server = ApiServer::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = server.local_addr().unwrap();
        server.start(Config::default(), around);
        address
    }

    async fn stored(&self) -> Option<Certificate> {
        let secret: Value = self.client.find(&secrets(), &self.namespace, "argocd-secret").await.unwrap()?;
        let mut data = secret_text(&Object::new(secret).unwrap()).unwrap();
        Some(Certificate { chain: data.remove("tls.crt")?.expose().clone(), key: data.remove("tls.key")? })
    }
}

async fn connect(
    address: SocketAddr,
    certificate: &Certificate,
    name: &str,
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.chain.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_string()).unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn ask(mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) -> String {
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    text
}

async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, looking).await.unwrap_or_else(|_| panic!("{what}: not in time"))
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_at_once_agree_on_a_certificate_that_is_kept() {
    let lab = Lab::new("certificate");
    let (one, two) = tokio::join!(lab.start(), lab.start());
    let made = until("a certificate is stored", async || lab.stored().await).await;
    let name = format!("argocd-server.{}.svc.cluster.local", lab.namespace);
    for address in [one, two, lab.start().await] {
        for name in [name.as_str(), "localhost", "argocd-server"] {
            let stream = until("the stored one is shown", async || connect(address, &made, name).await.ok()).await;
            assert!(ask(stream).await.ends_with("ok"));
        }
    }
    assert_eq!(lab.stored().await.unwrap(), made, "it is made once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_settings_say_counts_at_once_and_open_connections_go_on() {
    let lab = Lab::new("reload");
    let options = WriteOptions::default();
    let address = lab.start().await;
    let made = until("a certificate is stored", async || lab.stored().await).await;
    let open = until("it is shown", async || connect(address, &made, "localhost").await.ok()).await;

    // Somebody else's certificate comes, is broken for a while, and goes.
    let own = Certificate::self_made("elsewhere", SystemClock::new().now()).unwrap();
    let secret = object("Secret", "argocd-server-tls", "stringData", texts(&own));
    lab.client.create(&secrets(), &lab.namespace, &secret, &options).await.unwrap();
    until("the other one is shown", async || connect(address, &own, "localhost").await.ok()).await;
    assert!(connect(address, &made, "localhost").await.is_err());
    let broken: Value =
        [("stringData", [("tls.key", Value::from("no key"))].into_iter().collect::<Value>())].into_iter().collect();
    let patch = Patch::Merge(&broken);
    lab.client.patch(&secrets(), &lab.namespace, "argocd-server-tls", "", patch, &options).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(connect(address, &own, "localhost").await.is_ok(), "what was good stays");
    lab.client.delete(&secrets(), &lab.namespace, "argocd-server-tls", &Default::default()).await.unwrap();
    until("the stored one is back", async || connect(address, &made, "localhost").await.ok()).await;

    // In clear, under a path.
    let data: Value =
        [("server.insecure", Value::from("true")), ("server.rootpath", "/argo".into())].into_iter().collect();
    let map = object("ConfigMap", "argocd-cmd-params-cm", "data", data);
    lab.client.create(&config_maps(), &lab.namespace, &map, &options).await.unwrap();
    until("HTTP in clear", async || {
        let stream = TcpStream::connect(address).await.unwrap();
        ask(stream).await.ends_with("ok").then_some(())
    })
    .await;
    assert!(ask(open).await.ends_with("ok"), "a connection from before goes on");
    assert!(lab.tasks.drain(SOON).await.is_empty());
}
