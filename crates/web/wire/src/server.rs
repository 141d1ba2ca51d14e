//! gRPC over HTTP: every method that was registered, by its path.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use tonic::Status;
use tonic::body::Body;

use crate::BoxError;
use crate::gate::{Gate, Open};
use crate::method::Method;

/// How large a message may be unless something else is said: 200 MB, as the contract has it.
pub const MESSAGE_LIMIT: usize = 200 << 20;

/// What is served, over gRPC and over REST: methods, and the gate before them. Cloning it costs a counter.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    methods: HashMap<&'static str, Method>,
    gate: Arc<dyn Gate>,
    limit: usize,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("methods", &self.0.methods.len())
            .field("limit", &self.0.limit)
            .finish_non_exhaustive()
    }
}

impl Default for Api {
    fn default() -> Api {
        Api(Arc::new(Inner { methods: HashMap::new(), gate: Arc::new(Open), limit: MESSAGE_LIMIT }))
    }
}

impl Api {
    /// Adds the methods of a service. A method that is there already is replaced.
    #[must_use]
    pub fn with(mut self, methods: impl IntoIterator<Item = Method>) -> Api {
        let inner = Arc::make_mut(&mut self.0);
        inner.methods.extend(methods.into_iter().map(|method| (method.rpc().path, method)));
        self
    }

    /// Puts a gate before all methods.
    #[must_use]
    pub fn behind(mut self, gate: Arc<dyn Gate>) -> Api {
        Arc::make_mut(&mut self.0).gate = gate;
        self
    }

    /// Bounds a message, both ways, in bytes.
    #[must_use]
    pub fn limited(mut self, limit: usize) -> Api {
        Arc::make_mut(&mut self.0).limit = limit;
        self
    }

    /// The methods, in no order.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.0.methods.values()
    }

    /// The method at a path of gRPC.
    pub fn method(&self, path: &str) -> Option<&Method> {
        self.0.methods.get(path)
    }

    /// The gate.
    pub fn gate(&self) -> Arc<dyn Gate> {
        self.0.gate.clone()
    }

    /// How large a message may be, in bytes.
    pub fn limit(&self) -> usize {
        self.0.limit
    }

    /// gRPC, to be mounted for requests whose content type begins with `application/grpc`.
    pub fn grpc(&self) -> GrpcService {
        GrpcService(self.clone())
    }

    /// Answers a request of gRPC.
    async fn answer(self, request: Request<Body>) -> Response<Body> {
        let content_type = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if !content_type.is_some_and(|content_type| content_type.starts_with(b"application/grpc")) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return response;
        }
        match self.method(request.uri().path()) {
            Some(method) => method.grpc(self.gate(), self.limit(), request).await,
            None => self.unknown(request.uri().path()).into_http(),
        }
    }

    /// What gRPC says of a path that no method has.
    fn unknown(&self, path: &str) -> Status {
        let Some((service, method)) = path.strip_prefix('/').and_then(|path| path.rsplit_once('/')) else {
            return Status::unimplemented(format!("malformed method name: {path:?}"));
        };
        if self.methods().any(|known| known.rpc().service == service) {
            Status::unimplemented(format!("unknown method {method} for service {service}"))
        } else {
            Status::unimplemented(format!("unknown service {service}"))
        }
    }
}

/// gRPC as a `tower` service.
#[derive(Debug, Clone)]
pub struct GrpcService(Api);

impl<B> tower_service::Service<Request<B>> for GrpcService
where
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let api = self.0.clone();
        Box::pin(async move { Ok(api.answer(request.map(Body::new)).await) })
    }
}
