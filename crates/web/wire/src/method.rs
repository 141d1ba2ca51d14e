//! An RPC with what carries it out, without its types: gRPC hands bytes in, the REST gateway JSON.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use bowline_core_crd::MessageTable;
use bowline_core_crd::wire::Field;
use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt, stream};
use http::Extensions;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::server::{ClientStreamingService, Grpc, ServerStreamingService, StreamingService, UnaryService};
use tonic::{Code, Request, Response, Status, Streaming};

use crate::HttpHeaders;
use crate::codec::{Codec, Complete, not_set};
use crate::gate::{Admission, Call, Gate};
use crate::json::Json;
use crate::rpc::Rpc;
use crate::subject::{Subject, subject};

mod watched;

use watched::Watched;

/// Messages that come one after the other.
pub type Messages<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The result of a call that gives `A`.
pub type Answer<A> = BoxFuture<'static, Result<Response<A>, Status>>;

/// A message that an RPC takes or gives.
pub trait Payload: Message + Complete + Field + Default + serde::Serialize + 'static {}

impl<T: Message + Complete + Field + Default + serde::Serialize + 'static> Payload for T {}

/// An RPC with what carries it out.
#[derive(Clone)]
pub struct Method {
    rpc: &'static Rpc,
    handler: Arc<dyn Handler>,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method").field("path", &self.rpc.path).finish_non_exhaustive()
    }
}

/// The answer to a call that came as JSON.
pub enum JsonAnswer {
    /// One message.
    One(Box<dyn Json>),
    /// Several, one after the other.
    Several(Messages<Box<dyn Json>>),
}

impl fmt::Debug for JsonAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JsonAnswer::One(_) => "One",
            JsonAnswer::Several(_) => "Several",
        })
    }
}

/// How an RPC is carried out, with its types inside.
trait Handler: Send + Sync {
    fn grpc(
        &self,
        rpc: &'static Rpc,
        gate: Arc<dyn Gate>,
        limit: usize,
        request: http::Request<tonic::body::Body>,
    ) -> BoxFuture<'static, http::Response<tonic::body::Body>>;

    fn json(
        &self,
        rpc: &'static Rpc,
        gate: Arc<dyn Gate>,
        request: Request<serde_json::Value>,
    ) -> BoxFuture<'static, Result<Response<JsonAnswer>, Status>>;

    fn collect(&self, table: &mut MessageTable);
    fn collect_answer(&self, table: &mut MessageTable);
}

impl Method {
    /// The RPC.
    pub fn rpc(&self) -> &'static Rpc {
        self.rpc
    }

    /// Answers a request that came as gRPC. `limit` bounds a message, both ways, in bytes.
    pub fn grpc(
        &self,
        gate: Arc<dyn Gate>,
        limit: usize,
        request: http::Request<tonic::body::Body>,
    ) -> BoxFuture<'static, http::Response<tonic::body::Body>> {
        self.handler.grpc(self.rpc, gate, limit, request)
    }

    /// Answers a request that came as JSON, one object that holds the whole of it. Of an RPC whose client sends several
    /// messages the JSON is a list of them.
    pub fn json(
        &self,
        gate: Arc<dyn Gate>,
        request: Request<serde_json::Value>,
    ) -> BoxFuture<'static, Result<Response<JsonAnswer>, Status>> {
        self.handler.json(self.rpc, gate, request)
    }

    /// Adds the request's messages to `table`.
    pub fn collect(&self, table: &mut MessageTable) {
        self.handler.collect(table);
    }

    /// Adds the answer's messages to `table`.
    pub fn collect_answer(&self, table: &mut MessageTable) {
        self.handler.collect_answer(table);
    }

    /// An RPC that takes and gives one message.
    pub(crate) fn unary<S, Q, A>(
        rpc: &'static Rpc,
        service: Arc<S>,
        call: fn(Arc<S>, Request<Q>) -> Answer<A>,
    ) -> Method
    where
        S: ?Sized + Send + Sync + 'static,
        Q: Payload,
        A: Payload,
    {
        Method { rpc, handler: Arc::new(Typed { service, call: Shape::Unary(call) }) }
    }

    /// An RPC that gives several messages.
    pub(crate) fn server_stream<S, Q, A>(
        rpc: &'static Rpc,
        service: Arc<S>,
        call: fn(Arc<S>, Request<Q>) -> Answer<Messages<A>>,
    ) -> Method
    where
        S: ?Sized + Send + Sync + 'static,
        Q: Payload,
        A: Payload,
    {
        Method { rpc, handler: Arc::new(Typed { service, call: Shape::ServerStream(call) }) }
    }

    /// An RPC that takes several messages.
    pub(crate) fn client_stream<S, Q, A>(
        rpc: &'static Rpc,
        service: Arc<S>,
        call: fn(Arc<S>, Request<Messages<Q>>) -> Answer<A>,
    ) -> Method
    where
        S: ?Sized + Send + Sync + 'static,
        Q: Payload,
        A: Payload,
    {
        Method { rpc, handler: Arc::new(Typed { service, call: Shape::ClientStream(call) }) }
    }

    /// An RPC that takes and gives several messages.
    pub(crate) fn both_stream<S, Q, A>(rpc: &'static Rpc, service: Arc<S>, call: BothCall<S, Q, A>) -> Method
    where
        S: ?Sized + Send + Sync + 'static,
        Q: Payload,
        A: Payload,
    {
        Method { rpc, handler: Arc::new(Typed { service, call: Shape::BothStream(call) }) }
    }
}

/// Takes and gives several messages.
type BothCall<S, Q, A> = fn(Arc<S>, Request<Messages<Q>>) -> Answer<Messages<A>>;

enum Shape<S: ?Sized, Q, A> {
    Unary(fn(Arc<S>, Request<Q>) -> Answer<A>),
    ServerStream(fn(Arc<S>, Request<Q>) -> Answer<Messages<A>>),
    ClientStream(fn(Arc<S>, Request<Messages<Q>>) -> Answer<A>),
    BothStream(BothCall<S, Q, A>),
}

impl<S: ?Sized, Q, A> Clone for Shape<S, Q, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized, Q, A> Copy for Shape<S, Q, A> {}

struct Typed<S: ?Sized, Q, A> {
    service: Arc<S>,
    call: Shape<S, Q, A>,
}

/// A call on its way to the implementation.
struct Passage<S: ?Sized, Q, A> {
    rpc: &'static Rpc,
    gate: Arc<dyn Gate>,
    service: Arc<S>,
    call: Shape<S, Q, A>,
}

impl<S: ?Sized, Q, A> Clone for Passage<S, Q, A> {
    fn clone(&self) -> Self {
        Passage { rpc: self.rpc, gate: self.gate.clone(), service: self.service.clone(), call: self.call }
    }
}

impl<S, Q, A> Passage<S, Q, A>
where
    S: ?Sized + Send + Sync + 'static,
    Q: Payload,
    A: Payload,
{
    async fn one(self, request: Request<Q>) -> Result<Response<A>, Status> {
        match self.call {
            Shape::Unary(call) => self.pass_one(request, subject, call).await,
            _ => Err(Status::internal("the RPC sends several messages")),
        }
    }

    async fn one_of_several(self, request: Request<Messages<Q>>) -> Result<Response<A>, Status> {
        match self.call {
            Shape::ClientStream(call) => self.pass_one(request, unnamed, call).await,
            _ => Err(Status::internal("the RPC does not take several messages")),
        }
    }

    async fn several(self, request: Request<Q>) -> Result<Response<Messages<A>>, Status> {
        match self.call {
            Shape::ServerStream(call) => self.pass_stream(request, call).await,
            _ => Err(Status::internal("the RPC does not send several messages")),
        }
    }

    async fn several_of_several(self, request: Request<Messages<Q>>) -> Result<Response<Messages<A>>, Status> {
        match self.call {
            Shape::BothStream(call) => self.pass_stream(request, call).await,
            _ => Err(Status::internal("the RPC does not send and take several messages")),
        }
    }

    async fn pass_one<M>(
        &self,
        request: Request<M>,
        about: fn(&Rpc, &M) -> Option<Subject>,
        call: impl FnOnce(Arc<S>, Request<M>) -> Answer<A>,
    ) -> Result<Response<A>, Status> {
        let (response, ..) = self.pass(request, about, call).await?;
        complete(response.get_ref())?;
        Ok(response)
    }

    /// Asks the gate, calls, and tells the gate of a failure or of a single answer.
    async fn pass<M, R>(
        &self,
        request: Request<M>,
        about: fn(&Rpc, &M) -> Option<Subject>,
        call: impl FnOnce(Arc<S>, Request<M>) -> Answer<R>,
    ) -> Result<(Response<R>, Admission, Extensions), Status> {
        let (mut metadata, mut extensions, message) = request.into_parts();
        let call_to_admit = Call { rpc: self.rpc, metadata: &mut metadata, extensions: &mut extensions };
        let result = match self.gate.admit(call_to_admit).await {
            Ok(admission) => {
                // Only now: who is not let in does not make the server look through what he sent.
                if let Some(subject) = about(self.rpc, &message) {
                    extensions.insert(subject);
                }
                let request = Request::from_parts(metadata, extensions.clone(), message);
                let called = AssertUnwindSafe(call(self.service.clone(), request)).catch_unwind().await;
                called.unwrap_or_else(|panic| Err(panicked(&*self.gate, self.rpc, &*panic))).map(|mut response| {
                    merge(&admission.metadata, response.metadata_mut());
                    if !admission.headers.is_empty() {
                        let headers = response.extensions_mut().get_or_insert_default::<HttpHeaders>();
                        headers.0.extend(admission.headers.clone());
                    }
                    (response, admission)
                })
            }
            Err(status) => Err(status),
        };
        match result {
            Ok((response, admission)) => {
                if !matches!(self.call, Shape::ServerStream(_) | Shape::BothStream(_)) {
                    self.gate.answered(self.rpc, &extensions, Code::Ok);
                }
                Ok((response, admission, extensions))
            }
            Err(status) => {
                self.gate.answered(self.rpc, &extensions, status.code());
                Err(status)
            }
        }
    }

    async fn pass_stream<M>(
        &self,
        request: Request<M>,
        call: impl FnOnce(Arc<S>, Request<M>) -> Answer<Messages<A>>,
    ) -> Result<Response<Messages<A>>, Status> {
        let (response, admission, extensions) = self.pass(request, unnamed, call).await?;
        let (rpc, gate) = (self.rpc, self.gate.clone());
        Ok(response.map(|messages| -> Messages<A> {
            Box::pin(Watched::new(messages, admission.until, rpc, gate, extensions))
        }))
    }
}

/// What several messages are about is not looked for.
fn unnamed<M>(_: &Rpc, _: &M) -> Option<Subject> {
    None
}

fn merge(from: &MetadataMap, into: &mut MetadataMap) {
    for (name, value) in from.as_ref() {
        into.as_mut().append(name.clone(), value.clone());
    }
}

/// One panicking call must not stop the server. What it said is for those who run the server: it may hold what the caller must
/// not see.
pub(crate) fn panicked(gate: &dyn Gate, rpc: &'static Rpc, panic: &(dyn Any + Send)) -> Status {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    gate.panicked(rpc, text.unwrap_or("without words"));
    Status::internal("internal error; the server's log says more")
}

impl<S, Q, A> Handler for Typed<S, Q, A>
where
    S: ?Sized + Send + Sync + 'static,
    Q: Payload,
    A: Payload,
{
    fn grpc(
        &self,
        rpc: &'static Rpc,
        gate: Arc<dyn Gate>,
        limit: usize,
        request: http::Request<tonic::body::Body>,
    ) -> BoxFuture<'static, http::Response<tonic::body::Body>> {
        let passage = Passage { rpc, gate, service: self.service.clone(), call: self.call };
        Box::pin(async move {
            let mut grpc =
                Grpc::new(Codec::<A, Q>::default()).max_decoding_message_size(limit).max_encoding_message_size(limit);
            match passage.call {
                Shape::Unary(_) => grpc.unary(passage, request).await,
                Shape::ServerStream(_) => grpc.server_streaming(passage, request).await,
                Shape::ClientStream(_) => grpc.client_streaming(passage, request).await,
                Shape::BothStream(_) => grpc.streaming(passage, request).await,
            }
        })
    }

    fn json(
        &self,
        rpc: &'static Rpc,
        gate: Arc<dyn Gate>,
        request: Request<serde_json::Value>,
    ) -> BoxFuture<'static, Result<Response<JsonAnswer>, Status>> {
        let passage = Passage { rpc, gate, service: self.service.clone(), call: self.call };
        Box::pin(async move {
            let (metadata, extensions, value) = request.into_parts();
            match passage.call {
                Shape::Unary(_) => {
                    let request = Request::from_parts(metadata, extensions, read(value)?);
                    Ok(passage.one(request).await?.map(|answer| JsonAnswer::One(Box::new(answer))))
                }
                Shape::ServerStream(_) => {
                    let request = Request::from_parts(metadata, extensions, read(value)?);
                    Ok(passage.several(request).await?.map(several))
                }
                Shape::ClientStream(_) => {
                    let request = Request::from_parts(metadata, extensions, read_several(value)?);
                    Ok(passage.one_of_several(request).await?.map(|answer| JsonAnswer::One(Box::new(answer))))
                }
                Shape::BothStream(_) => {
                    let request = Request::from_parts(metadata, extensions, read_several(value)?);
                    Ok(passage.several_of_several(request).await?.map(several))
                }
            }
        })
    }

    fn collect(&self, table: &mut MessageTable) {
        Q::collect(table);
    }

    fn collect_answer(&self, table: &mut MessageTable) {
        A::collect(table);
    }
}

/// An answer that lacks a field which must be there is a fault of the implementation, and so it is told.
pub(crate) fn complete(message: &impl Complete) -> Result<(), Status> {
    message.missing().map_or(Ok(()), |field| Err(not_set("while marshaling", field)))
}

fn several<A: Payload>(messages: Messages<A>) -> JsonAnswer {
    JsonAnswer::Several(Box::pin(messages.map(|message| message.map(|message| Box::new(message) as Box<dyn Json>))))
}

/// A request from the object that holds all of it.
fn read<Q: Payload>(value: serde_json::Value) -> Result<Q, Status> {
    let message = Q::read(value).map_err(|error| Status::invalid_argument(error.to_string()))?;
    complete(&message)?;
    Ok(message)
}

fn read_several<Q: Payload>(value: serde_json::Value) -> Result<Messages<Q>, Status> {
    let serde_json::Value::Array(values) = value else {
        return Err(Status::invalid_argument("the body is no series of messages"));
    };
    Ok(Box::pin(stream::iter(values.into_iter().map(read::<Q>))))
}

impl<S, Q, A> UnaryService<Q> for Passage<S, Q, A>
where
    S: ?Sized + Send + Sync + 'static,
    Q: Payload,
    A: Payload,
{
    type Response = A;
    type Future = BoxFuture<'static, Result<Response<A>, Status>>;

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        Box::pin(self.clone().one(request))
    }
}

impl<S, Q, A> ServerStreamingService<Q> for Passage<S, Q, A>
where
    S: ?Sized + Send + Sync + 'static,
    Q: Payload,
    A: Payload,
{
    type Response = A;
    type ResponseStream = Messages<A>;
    type Future = BoxFuture<'static, Result<Response<Messages<A>>, Status>>;

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        Box::pin(self.clone().several(request))
    }
}

impl<S, Q, A> ClientStreamingService<Q> for Passage<S, Q, A>
where
    S: ?Sized + Send + Sync + 'static,
    Q: Payload,
    A: Payload,
{
    type Response = A;
    type Future = BoxFuture<'static, Result<Response<A>, Status>>;

    fn call(&mut self, request: Request<Streaming<Q>>) -> Self::Future {
        Box::pin(self.clone().one_of_several(request.map(|messages| -> Messages<Q> { Box::pin(messages) })))
    }
}

impl<S, Q, A> StreamingService<Q> for Passage<S, Q, A>
where
    S: ?Sized + Send + Sync + 'static,
    Q: Payload,
    A: Payload,
{
    type Response = A;
    type ResponseStream = Messages<A>;
    type Future = BoxFuture<'static, Result<Response<Messages<A>>, Status>>;

    fn call(&mut self, request: Request<Streaming<Q>>) -> Self::Future {
        Box::pin(self.clone().several_of_several(request.map(|messages| -> Messages<Q> { Box::pin(messages) })))
    }
}
