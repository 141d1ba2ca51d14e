//! The resources of `argoproj.io/v1alpha1`, field for field: [`Application`], [`AppProject`], [`ApplicationSet`]; and what
//! the API tells beside them: trees, clusters, repositories, credentials, certificates, keys.
//!
//! Each type is defined once, with one macro, and that one definition is its JSON, its OpenAPI schema in the
//! CRD and its protobuf encoding. JSON is written as Argo CD's Go types write it (a pointer that is set is written even when
//! it points at nothing, a plain struct is always written, empty strings, lists and maps vanish) and read as Go reads it
//! (`null` is absent, unknown fields are skipped). A write should carry only what changed, so that fields unknown to
//! this version survive: see [`patch`](mod@patch).

pub mod wire;

mod api;
mod application;
mod applicationset;
mod code;
mod int_or_string;
mod meta;
pub mod patch;
mod project;
pub mod protobuf;
pub mod schema;
mod time;

pub use api::*;
pub use application::*;
pub use applicationset::*;
pub use int_or_string::IntOrString;
pub use meta::*;
pub use patch::{apply_merge_patch, merge_patch};
pub use project::*;
pub use time::{MicroTime, Time, TimeError};
pub use wire::{FieldInfo, MessageTable, Resource, message_table};

/// The API group of the three resources.
pub const GROUP: &str = "argoproj.io";
/// Their one version.
pub const VERSION: &str = "v1alpha1";
/// Group and version as an object's `apiVersion`.
pub const API_VERSION: &str = "argoproj.io/v1alpha1";

#[cfg(test)]
mod tests;
