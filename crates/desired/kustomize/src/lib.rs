//! What `kustomize build` gives, rendered in process from a [`Tree`](bowline_base_tree::Tree).
//!
//! [`Kustomize::build`] reads a kustomization and everything that it names, and gives the objects that `kustomize build`
//! 5.8.1 prints. It reads nothing but the tree, runs nothing, and asks the caller ([`Remote`], [`HelmInflator`]) for what is
//! elsewhere.

mod accumulate;
mod build;
mod command;
mod config;
mod decode;
mod error;
mod factory;
mod fieldspec;
mod generate;
mod gitref;
mod gvk;
mod kustomization;
mod loader;
mod memo;
mod merge;
mod node;
mod origin;
mod overrides;
mod ports;
mod resmap;
mod resource;
mod schema;
mod selector;
mod transform;
mod work;

#[cfg(test)]
#[path = "../tests/corpus/records.rs"]
mod corpus_files;
#[cfg(test)]
mod unit_corpus;

pub use build::{Build, HelmOptions, Kustomize, LoadRestrictor, Options, Reorder};
pub use command::BuildFlags;
pub use error::{Error, Result};
pub use gitref::GitReference;
pub use kustomization::{
    GeneratorArgs, GeneratorOptions, HelmChart, HelmGlobals, Image, Kustomization, Label, Patch, PatchOptions, Replica,
    Selector,
};
pub use overrides::Overrides;
pub use ports::{HelmInflator, HelmRequest, Remote, RemoteError};
