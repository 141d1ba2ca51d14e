//! YAML as `sigs.k8s.io/yaml` reads and writes it (go-yaml v2: YAML 1.1 scalars, merge keys, last duplicate wins).

mod read;
mod write;

pub use read::{YamlError, documents, from_yaml};
pub use write::to_yaml;
