//! REST: a request becomes a call, and its answer a response.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use bowline_core_crd::MessageTable;
use bowline_web_wire::json::Shapes;
use bowline_web_wire::tonic::{self, Status};
use bowline_web_wire::{Api, Body as Holds, JsonAnswer, Kind, OverRest, Selection};
use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{ACCEPT, ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::route::{Found, Route, Routes};
use crate::shared::Shared;
use crate::stream::Form;
use crate::{answer, metadata, request, stream};

/// The list whose metadata is shown whatever `fields` says.
const APPLICATIONS: &str = "/application.ApplicationService/List";

/// REST over the methods of an [`Api`]. Cloning it costs a counter.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    api: Api,
    routes: Arc<Routes>,
    shapes: Arc<Shapes>,
    content_types: Vec<String>,
    shared: Arc<Shared>,
}

impl Gateway {
    /// A gateway to the methods that `api` has now.
    pub fn new(api: &Api) -> Gateway {
        let mut table = MessageTable::new();
        api.methods().for_each(|method| method.collect(&mut table));
        Gateway(Arc::new(Inner {
            api: api.clone(),
            routes: Arc::new(Routes::of(api)),
            shapes: Arc::new(Shapes::new(&table)),
            content_types: vec!["application/json".to_owned()],
            shared: Arc::default(),
        }))
    }

    /// The content types that a request which changes something may have: others are refused, so that a form on a foreign
    /// page cannot send one. None at all lets every content type through.
    #[must_use]
    pub fn content_types(mut self, content_types: Vec<String>) -> Gateway {
        Arc::make_mut(&mut self.0).content_types = content_types;
        self
    }

    /// As a router that answers every path.
    pub fn router(self) -> Router {
        Router::new().fallback_service(self)
    }

    async fn answer(self, request: Request<Body>) -> Response<Body> {
        let head = request.method() == Method::HEAD;
        let verb = if head { Method::GET } else { request.method().clone() };
        let mut response = match self.0.routes.find(verb.as_str(), request.uri().path()) {
            Found::Route(route, parameters) => {
                if verb != Method::GET && !self.admits(request.headers()) {
                    answer::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Invalid content type\n")
                } else {
                    self.call(route, parameters, request).await
                }
            }
            Found::WrongVerb => answer::text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n"),
            Found::Nothing => answer::text(StatusCode::NOT_FOUND, "Not Found\n"),
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"));
        }
        if head {
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        response
    }

    /// Whether the content type is one of those that are let through; what follows a `;` does not matter.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let known = &self.0.content_types;
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim();
        known.is_empty() || known.iter().any(|known| known.eq_ignore_ascii_case(content_type))
    }

    async fn call(
        &self,
        route: &Route,
        parameters: crate::route::Parameters,
        request: Request<Body>,
    ) -> Response<Body> {
        let rpc = route.method.rpc();
        let streams = matches!(rpc.kind, Kind::ServerStream | Kind::BothStream);
        let refuse = |status: Status| if streams { answer::stream_error(&status) } else { answer::error(&status) };
        let (parts, body) = request.into_parts();
        let query = match request::query(parts.uri.query().unwrap_or_default()) {
            Ok(query) => query,
            Err(status) => return refuse(status),
        };
        let body = match route.body {
            Holds::Nothing => Bytes::new(),
            Holds::Whole | Holds::Field(_) => match self.body(body).await {
                Ok(body) => body,
                Err(status) => return refuse(status),
            },
        };
        let events = parts.headers.get(ACCEPT).is_some_and(|accept| accept == "text/event-stream");
        let compress = !events && answer::takes_gzip(&parts.headers);
        let selection = request::first(&query, "fields").and_then(Selection::parse);
        let selection =
            if rpc.path == APPLICATIONS { selection.map(|fields| fields.keeping("metadata")) } else { selection };
        let form = Form::of(rpc, events, &query);

        let value = if rpc.kind == Kind::ClientStream {
            request::messages(rpc, &self.0.shapes, &body)
        } else {
            request::assemble(rpc, &self.0.shapes, route.body, &body, &parameters, &query)
        };
        let value = match value {
            Ok(value) => value,
            Err(status) => return refuse(status),
        };
        let mut extensions = parts.extensions;
        extensions.insert(OverRest);
        if let Some(selection) = &selection {
            extensions.insert(selection.clone());
        }
        let call = tonic::Request::from_parts(metadata::from_headers(&parts.headers), extensions, value);
        let answered = match route.method.json(self.0.api.gate(), call).await {
            Ok(answered) => answered,
            Err(status) => return refuse(status),
        };
        let (answered_metadata, answered, extensions) = answered.into_parts();
        let mut response = match answered {
            JsonAnswer::One(message) => {
                let bytes = answer::body(&*message, &extensions, selection.as_ref());
                answer::json(StatusCode::OK, bytes, compress)
            }
            JsonAnswer::Several(messages) => {
                stream::response(rpc, messages, selection, form, self.0.shared.clone()).await
            }
        };
        metadata::into_headers(&answered_metadata, &extensions, response.headers_mut());
        response
    }

    /// The whole body, bounded as a message is.
    async fn body(&self, body: Body) -> Result<Bytes, Status> {
        let limit = self.0.api.limit();
        match Limited::new(body, limit).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(Status::resource_exhausted(format!("the body is larger than {limit} bytes")))
            }
            Err(error) => Err(Status::invalid_argument(format!("the body did not arrive: {error}"))),
        }
    }
}

impl tower_service::Service<Request<Body>> for Gateway {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let gateway = self.clone();
        Box::pin(async move { Ok(gateway.answer(request).await) })
    }
}
