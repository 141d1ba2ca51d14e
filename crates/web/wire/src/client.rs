//! What the generated clients share.

use http_body::Body;
use prost::Message;
use tonic::client::GrpcService;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Response, Status, Streaming};

use crate::BoxError;
use crate::codec::{ClientCodec, Complete};
use crate::method::complete;
use crate::rpc::Rpc;

/// A channel to a server, for the generated clients: any `tower` service that carries HTTP/2.
#[derive(Debug, Clone)]
pub struct Client<T>(tonic::client::Grpc<T>);

impl<T> Client<T>
where
    T: GrpcService<tonic::body::Body>,
    T::ResponseBody: Body<Data = bytes::Bytes> + Send + 'static,
    <T::ResponseBody as Body>::Error: Into<BoxError> + Send,
{
    /// A client over `channel`. `limit` bounds a message, both ways, in bytes.
    pub fn new(channel: T, limit: usize) -> Client<T> {
        let grpc = tonic::client::Grpc::new(channel);
        Client(grpc.max_decoding_message_size(limit).max_encoding_message_size(limit))
    }

    /// As [`new`](Client::new), where the server's paths stand under another URL.
    pub fn with_origin(channel: T, origin: http::Uri, limit: usize) -> Client<T> {
        let grpc = tonic::client::Grpc::with_origin(channel, origin);
        Client(grpc.max_decoding_message_size(limit).max_encoding_message_size(limit))
    }

    async fn ready(&mut self) -> Result<(), Status> {
        self.0.ready().await.map_err(|error| {
            let error: BoxError = error.into();
            Status::unavailable(format!("the server cannot be reached: {error}"))
        })
    }

    pub(crate) async fn unary<Q, A>(&mut self, request: Request<Q>, rpc: &Rpc) -> Result<Response<A>, Status>
    where
        Q: Message + Complete + 'static,
        A: Message + Complete + Default + 'static,
    {
        complete(request.get_ref())?;
        self.ready().await?;
        self.0.unary(request, path(rpc), ClientCodec::<Q, A>::default()).await
    }

    pub(crate) async fn server_stream<Q, A>(
        &mut self,
        request: Request<Q>,
        rpc: &Rpc,
    ) -> Result<Response<Streaming<A>>, Status>
    where
        Q: Message + Complete + 'static,
        A: Message + Complete + Default + 'static,
    {
        complete(request.get_ref())?;
        self.ready().await?;
        self.0.server_streaming(request, path(rpc), ClientCodec::<Q, A>::default()).await
    }

    pub(crate) async fn client_stream<Q, A, S>(&mut self, request: Request<S>, rpc: &Rpc) -> Result<Response<A>, Status>
    where
        Q: Message + Complete + 'static,
        A: Message + Complete + Default + 'static,
        S: futures::Stream<Item = Q> + Send + 'static,
    {
        self.ready().await?;
        self.0.client_streaming(request, path(rpc), ClientCodec::<Q, A>::default()).await
    }

    pub(crate) async fn both_stream<Q, A, S>(
        &mut self,
        request: Request<S>,
        rpc: &Rpc,
    ) -> Result<Response<Streaming<A>>, Status>
    where
        Q: Message + Complete + 'static,
        A: Message + Complete + Default + 'static,
        S: futures::Stream<Item = Q> + Send + 'static,
    {
        self.ready().await?;
        self.0.streaming(request, path(rpc), ClientCodec::<Q, A>::default()).await
    }
}

fn path(rpc: &Rpc) -> PathAndQuery {
    PathAndQuery::from_static(rpc.path)
}
