//! [`ApiGate`]: what every call passes, whichever way it came: the log and the metrics, who asks, whether the client is one that is
//! served.

use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::Clock;
use bowline_web_admin::{Caller, of_auth};
use bowline_web_auth::{Authenticator, Presented, Session};
use bowline_web_wire::tonic::metadata::MetadataValue;
use bowline_web_wire::tonic::{self, Code, Status};
use bowline_web_wire::{Admission, Call, Gate, Kind, Rpc, Subject};
use hyper::header::{HeaderValue, SET_COOKIE, USER_AGENT};
use hyper::http::Extensions;

use crate::call::{CODES, Protocol};
use crate::client_version;
use crate::listen::connection::Peer;
use crate::metrics::Metrics;
use crate::traces::{Begun, Span, Traces};

/// What everybody may ask, with a session or without.
const OPEN: [&str; 7] = [
    "/version.VersionService/Version",
    "/cluster.SettingsService/Get",
    "/session.SessionService/Create",
    "/session.SessionService/Delete",
    "/session.SessionService/GetUserInfo",
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/List",
];

/// The call that makes a session of a name and a password.
const LOGIN: &str = "/session.SessionService/Create";

/// Codes that say that the server is at fault, and not who asked.
const FAULTS: [Code; 6] =
    [Code::Unknown, Code::DeadlineExceeded, Code::Unimplemented, Code::Internal, Code::Unavailable, Code::DataLoss];

/// See the [module](self).
pub(crate) struct ApiGate {
    pub(crate) auth: Arc<Authenticator>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Metrics,
    pub(crate) traces: Traces,
}

/// When a call began.
#[derive(Clone, Copy)]
struct StartedAt(Duration);

// === impl ApiGate ===

impl ApiGate {
    fn let_in(&self, session: Session, call: &mut Call<'_>) -> Result<Admission, Status> {
        let Session { principal, renewed, set_cookies } = session;
        call.extensions.insert(Caller::new(principal.clone(), self.auth.clone()));
        let mut admission = Admission::default();
        if let Some(token) = renewed
            && let Ok(value) = MetadataValue::try_from(token.expose().as_str())
        {
            admission.metadata.insert("renew-token", value);
        }
        for cookie in set_cookies {
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                admission.headers.append(SET_COOKIE, value);
            }
        }
        if matches!(call.rpc.kind, Kind::ServerStream | Kind::BothStream) {
            let auth = self.auth.clone();
            admission.until = Some(Box::pin(async move { of_auth(auth.until_invalid(&principal).await) }));
        }
        Ok(admission)
    }

    /// Nanoseconds since 1970.
    fn now(&self) -> u64 {
        u64::try_from(self.clock.now().as_nanosecond()).unwrap_or_default()
    }

    fn labels(rpc: &Rpc) -> Vec<(&'static str, String)> {
        let kind = match rpc.kind {
            Kind::Unary => "unary",
            Kind::ServerStream => "server_stream",
            Kind::ClientStream => "client_stream",
            Kind::BothStream => "bidi_stream",
        };
        vec![
            ("grpc_type", kind.to_string()),
            ("grpc_service", rpc.service.to_string()),
            ("grpc_method", rpc.name.to_string()),
        ]
    }
}

#[tonic::async_trait]
impl Gate for ApiGate {
    async fn admit(&self, mut call: Call<'_>) -> Result<Admission, Status> {
        call.extensions.insert(StartedAt(self.clock.monotonic()));
        if let Some(begun) = self.traces.begin(call.metadata.as_ref(), self.now()) {
            call.extensions.insert(begun);
        }
        self.metrics.started.get_or_create(&ApiGate::labels(call.rpc)).inc();
        let presented = call.extensions.get::<Presented>().cloned().unwrap_or_default();
        let protocol = call.extensions.get::<Protocol>().copied().unwrap_or(Protocol::Http);
        let open = OPEN.contains(&call.rpc.path);
        let admission = if open && !self.auth.options().disable_auth {
            let identity = self.auth.identify(&presented).await;
            let session = identity.session.clone();
            call.extensions.insert(identity);
            match session {
                Some(session) => self.let_in(session, &mut call)?,
                None => Admission::default(),
            }
        } else {
            let session = self.auth.authenticate(&presented).await.map_err(of_auth)?;
            self.let_in(session, &mut call)?
        };
        if protocol != Protocol::Http {
            let agent =
                call.metadata.as_ref().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
            client_version::check(agent).map_err(|(code, text)| Status::new(Code::from_i32(code), text))?;
        }
        Ok(admission)
    }

    fn answered(&self, rpc: &'static Rpc, extensions: &Extensions, status: Code) {
        let began = extensions.get::<StartedAt>().map_or_else(|| self.clock.monotonic(), |began| began.0);
        let took = self.clock.monotonic().saturating_sub(began);
        let code =
            usize::try_from(i32::from(status)).ok().and_then(|code| CODES.get(code)).copied().unwrap_or("Unknown");
        let mut labels = ApiGate::labels(rpc);
        if let Some(seconds) = &self.metrics.seconds {
            seconds.get_or_create(&labels).observe(took.as_secs_f64());
        }
        labels.push(("grpc_code", code.to_string()));
        self.metrics.handled.get_or_create(&labels).inc();
        let user = extensions.get::<Caller>().map(|caller| caller.principal.username.clone()).unwrap_or_default();
        let peer = extensions.get::<Peer>().map(|peer| peer.address.to_string()).unwrap_or_default();
        let protocol = extensions.get::<Protocol>().copied().unwrap_or(Protocol::Http).name();
        let (service, method, millis) = (rpc.service, rpc.name, took.as_secs_f64() * 1e3);
        if let Some(begun) = extensions.get::<Begun>() {
            let attributes = vec![
                ("rpc.system", "grpc".to_string()),
                ("rpc.service", rpc.service.into()),
                ("rpc.method", rpc.name.into()),
            ];
            let name = format!("{}/{}", rpc.service, rpc.name);
            let (number, failed) = (i32::from(status), FAULTS.contains(&status));
            self.traces.end(Span { begun: begun.clone(), end: self.now(), name, attributes, code: number, failed });
        }
        if rpc.path == LOGIN {
            self.metrics.login(code == "OK");
        }
        // Neither what was asked nor what was answered is told: both hold secrets. Of what changes something, the object is.
        match extensions.get::<Subject>() {
            Some(Subject(object)) => {
                tracing::info!(audit = true, protocol, service, method, object, code, user, peer, millis, "call");
            }
            None => tracing::info!(protocol, service, method, code, user, peer, millis, "call"),
        }
    }

    fn panicked(&self, rpc: &'static Rpc, text: &str) {
        tracing::error!(
            service = rpc.service,
            method = rpc.name,
            text,
            "a call panicked: this is a fault of the server"
        );
    }
}
