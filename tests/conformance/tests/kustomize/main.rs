//! Kustomize in process, held to the real `kustomize build`: the same bytes, or both fail.

mod compare;
mod fields;
mod overrides;
mod random;
