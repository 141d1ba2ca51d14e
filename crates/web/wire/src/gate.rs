//! Who may call: one hook before every RPC, whichever way it came.

use futures::future::BoxFuture;
use http::{Extensions, HeaderMap};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::rpc::Rpc;

/// Asked before every call and told after it. gRPC, gRPC-web and REST all pass here, after the request was read and before
/// the implementation sees it.
#[tonic::async_trait]
pub trait Gate: Send + Sync + 'static {
    /// Lets a call in, or refuses it. What the implementation should know of the caller goes into the extensions, from
    /// where it takes it: `request.extensions().get::<Claims>()`.
    async fn admit(&self, call: Call<'_>) -> Result<Admission, Status>;

    /// Told how a call was answered: the code of the answer, or of the stream's end. A stream that the client left counts
    /// as cancelled.
    fn answered(&self, rpc: &'static Rpc, extensions: &Extensions, code: Code) {
        let _ = (rpc, extensions, code);
    }

    /// Told what an implementation said when it panicked. The client is told nothing of it.
    fn panicked(&self, rpc: &'static Rpc, text: &str) {
        let _ = (rpc, text);
    }
}

/// A call before it is let in.
#[derive(Debug)]
pub struct Call<'a> {
    /// The RPC.
    pub rpc: &'static Rpc,
    /// The request's metadata: gRPC's, or what the gateway made of HTTP headers.
    pub metadata: &'a mut MetadataMap,
    /// What came with the request, and what is to go on with it.
    pub extensions: &'a mut Extensions,
}

/// A call that was let in.
#[derive(Default)]
pub struct Admission {
    /// Metadata for the answer.
    pub metadata: MetadataMap,
    /// Headers for the answer where it goes over REST, such as a cookie with a renewed token.
    pub headers: HeaderMap,
    /// Ends the streams of the call with this status, once it is known: the session was revoked, or a policy changed.
    pub until: Option<BoxFuture<'static, Status>>,
}

/// Lets everybody in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

#[tonic::async_trait]
impl Gate for Open {
    async fn admit(&self, _call: Call<'_>) -> Result<Admission, Status> {
        Ok(Admission::default())
    }
}
