//! The whole contract against a real server over a real kube-apiserver: every RPC over gRPC, REST and gRPC-web, and who may
//! call what.
//!
//! One installation serves all tests. What is called is written down and compared with the RPCs that the definitions name, so
//! an RPC that nobody calls here fails the test.

#![expect(clippy::disallowed_methods, reason = "tests run the programs and write the files that a user would")]

#[expect(dead_code, reason = "the end-to-end tests use the rest of it")]
#[path = "../e2e/lab.rs"]
mod lab;

mod advisories;
mod call;
mod everything;
mod tour;
mod types;
mod walk;
