//! Requests in the log at the level of debugging, calls excepted, which the gate tells of. Paths, queries, bodies and headers are not
//! among it: they hold names that others chose, and secrets.

use axum::body::Body;
use hyper::Response;

use crate::call::Protocol;
use crate::listen::connection::Peer;

/// The name of the route that answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route(pub(crate) &'static str);

/// Tells of a request that was answered.
pub(crate) fn tell(protocol: Protocol, peer: Option<Peer>, response: &Response<Body>) {
    let route = response.extensions().get::<Route>().map_or("", |route| route.0);
    let peer = peer.map(|peer| peer.address.to_string()).unwrap_or_default();
    tracing::debug!(protocol = protocol.name(), route, status = response.status().as_u16(), peer, "request");
}
