//! REST, gRPC-web, reflection and health over the methods of an [`Api`]; and what describes them.
//!
//! ```
//! use bowline_web_gateway::{Gateway, Reflection};
//! use bowline_web_wire::Api;
//!
//! let api = Api::default(); // .with(…).behind(…)
//! let api = Reflection::of(&api).join(api);
//! let rest: axum::Router = Gateway::new(&api).router(); // everything under /api/
//! let grpc_web = bowline_web_gateway::GrpcWeb::new(&api); // for the content type application/grpc-web+proto
//! let grpc = api.grpc(); // for the content type application/grpc
//! let described = bowline_web_gateway::swagger(&api); // for /swagger.json
//! ```
//!
//! The gateway calls the implementation in process, with the same gate before it: a route of the definitions, the fields
//! that path, query and body say, and the answer as Go's `encoding/json` writes it. Who mounts it puts paths that are not
//! RPCs (`/api/badge`, `/api/webhook` …) before it, since it answers everything else under `/api/` itself.

mod answer;
mod grpc_web;
mod health;
mod metadata;
mod page;
mod reflection;
mod request;
mod rest;
mod route;
mod shared;
mod stream;
mod swagger;

pub use grpc_web::{GRPC_WEB, GrpcWeb};
pub use health::Health;
pub use page::{SWAGGER_PAGE_POLICY, swagger_page};
pub use reflection::Reflection;
pub use rest::Gateway;
pub use swagger::swagger;

#[cfg(doc)]
use bowline_web_wire::Api;

#[cfg(test)]
mod tests;
