//! What is known of the RPCs, read off the definitions when this crate is built.

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Full name: `application.ApplicationService`.
    pub name: &'static str,
    /// Its RPCs in the order of their definition.
    pub rpcs: &'static [Rpc],
}

/// An RPC.
#[derive(Debug)]
pub struct Rpc {
    /// Full name of the service: `application.ApplicationService`.
    pub service: &'static str,
    /// Name: `List`.
    pub name: &'static str,
    /// The path of gRPC: `/application.ApplicationService/List`.
    pub path: &'static str,
    /// Which side sends several messages.
    pub kind: Kind,
    /// Full protobuf name of the request.
    pub input: &'static str,
    /// Full protobuf name of the answer.
    pub output: &'static str,
    /// The routes of REST, in the order of their definition; none for an RPC that REST does not reach.
    pub bindings: &'static [Binding],
    /// What it does, in a sentence.
    pub doc: &'static str,
}

/// Which side sends several messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Neither.
    Unary,
    /// The server.
    ServerStream,
    /// The client.
    ClientStream,
    /// Both.
    BothStream,
}

/// A route of REST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub verb: &'static str,
    /// The path with fields of the request in it: `/api/v1/projects/{project.metadata.name}`.
    pub path: &'static str,
    /// What the body holds.
    pub body: Body,
}

/// What the body of a REST request holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing: what the path does not say stands in the query.
    Nothing,
    /// The whole request but for what the path says; the query is not read.
    Whole,
    /// One field of the request; the rest stands in the query.
    Field(&'static str),
}
