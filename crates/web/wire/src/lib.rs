//! The API as it goes over the wire.
//!
//! The definitions in `proto` are compiled when this crate is built. Each package becomes a module: [`application`],
//! [`cluster`] (which holds the settings too), [`session`] … with its messages, its service as a trait, a client, and a
//! table of its RPCs. The messages of the resources and of Kubernetes are those of core/crd, used as they are: one struct is
//! the object in Kubernetes, the JSON over REST and the message in gRPC. Nothing is converted.
//!
//! # Implementing a service
//!
//! ```
//! use std::sync::Arc;
//! use bowline_web_wire::tonic::{self, Request, Response, Status};
//! use bowline_web_wire::version::{VersionMessage, VersionService, version_service};
//! use bowline_web_wire::Empty;
//!
//! struct Versions;
//!
//! #[tonic::async_trait]
//! impl VersionService for Versions {
//!     async fn version(&self, _request: Request<Empty>) -> Result<Response<VersionMessage>, Status> {
//!         Ok(Response::new(VersionMessage { version: "v3.6.0".to_owned(), ..VersionMessage::default() }))
//!     }
//! }
//!
//! let methods = version_service(Arc::new(Versions));
//! ```
//!
//! - A field is an `Option` where presence counts: messages, and all scalars of the `proto2` packages (application,
//!   notification). A `required` one is an `Option` too: requests that lack it never reach the implementation, and an answer
//!   that lacks it becomes an error, so set all of [`application::LogEntry`] and the like.
//! - A stream of answers is a [`Messages`]: box any `Stream` of results. It is dropped when the client leaves. Subscribe
//!   before listing, and refuse a call before the stream begins: then the client sees the status.
//! - Failures are `tonic::Status`; [`status`] has the codes for refusals of Kubernetes.
//! - The caller, as the gate found him, stands in `request.extensions()`, and so does what the HTTP server put there.
//! - Secrets are `Confidential`: they travel, and `Debug` does not show them.
//! - An answer that is already there as JSON can be attached as [`Prepared`]: REST then sends that; [`OverRest`] says that it is
//!   asked for, and then the message may be empty. [`HttpHeaders`] are sent by REST alone. What a REST client asked for with `fields` stands in the request's extensions as a [`Selection`].
//!
//! # Serving
//!
//! ```
//! # use std::sync::Arc;
//! # use bowline_web_wire::{Api, Open};
//! let api = Api::default().behind(Arc::new(Open)); // .with(version_service(…)).with(…)
//! let grpc = api.grpc(); // a tower service for requests with the content type application/grpc
//! ```
//!
//! [`Api`] holds methods without their types. [`Api::grpc`] serves gRPC; the crate `bowline-web-gateway` makes REST and
//! gRPC-web of the same `Api`, so that one implementation serves all. Before every call, whichever way it came, stands one
//! [`Gate`]: it sees the RPC and the metadata, refuses or lets in, and may end a stream later. It is told of every answer.
//!
//! # Calling
//!
//! `version::VersionServiceClient::new(Client::new(channel, limit))`, where a channel is any `tower` service that
//! carries HTTP/2.

mod client;
mod codec;
mod fields;
mod gate;
pub mod json;
mod method;
mod rpc;
mod server;
pub mod status;
mod subject;

pub use client::Client;
pub use codec::Complete;
pub use fields::Selection;
pub use gate::{Admission, Call, Gate, Open};
pub use json::Json;
pub use method::{Answer, JsonAnswer, Messages, Method, Payload};
/// How messages become bytes: `Message::encode_to_vec`, `Message::decode`.
pub use prost;
pub use rpc::{Binding, Body, Kind, Rpc, Service};
pub use server::{Api, GrpcService, MESSAGE_LIMIT};
pub use subject::Subject;
/// gRPC itself: `Request`, `Response`, `Status`, `async_trait`. Who implements a service takes it from here.
pub use tonic;

/// Any error, as the HTTP stack hands it around.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The JSON of an answer, made before: put it into `response.extensions_mut()`, and REST sends it as it stands.
#[derive(Debug, Clone)]
pub struct Prepared(pub bytes::Bytes);

/// Stands in the extensions of a request that came over REST: if its answer is [`Prepared`], in the fields of the request's
/// [`Selection`], nobody looks at the message.
#[derive(Debug, Clone, Copy)]
pub struct OverRest;

/// Headers for an answer over REST, such as a cookie: put it into `response.extensions_mut()`. gRPC does not send them.
#[derive(Debug, Clone, Default)]
pub struct HttpHeaders(pub http::HeaderMap);

bowline_core_crd::messages! {
    /// Nothing.
    pub struct Empty in "google.protobuf" {}
}

/// A file of protobuf definitions, for reflection.
#[derive(Debug)]
pub struct ProtoFile {
    /// The name that others import it by.
    pub name: &'static str,
    /// The files that it imports.
    pub imports: &'static [&'static str],
    /// Full names of the messages, services and methods in it.
    pub symbols: &'static [&'static str],
    /// The file as a `FileDescriptorProto`.
    pub bytes: &'static [u8],
}

/// All files of protobuf definitions; one comes after those that it imports.
pub static PROTO_FILES: &[ProtoFile] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

mod generated {
    #![expect(unused_qualifications, reason = "the generator writes paths that hold in every module")]
    include!(concat!(env!("OUT_DIR"), "/api.rs"));
}
pub use generated::*;

#[cfg(test)]
mod tests;
