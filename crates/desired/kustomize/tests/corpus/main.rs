//! The rendering corpus: real kustomizations and the cases of kustomize's own tests, with what the real tool made of them.
//!
//! It is read where it is present (`BOWLINE_CORPUS`, by default beside the workspace); where it is not, the tests say so.

mod files;
mod krusty;
mod kustomize;
mod plugins;
mod records;
