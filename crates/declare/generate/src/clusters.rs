//! The cluster generator.

use std::collections::BTreeMap;

use bowline_base_value::{Map, Value};
use bowline_core_crd::ClusterGenerator;
use bowline_core_settings::{IN_CLUSTER_NAME, IN_CLUSTER_SERVER};

use crate::fill::Filler;
use crate::values::add_values;
use crate::{Params, Supplied, normalize, selector};

/// A set of parameters for each cluster that the selector means; one that lists them all with `flatList`.
pub(crate) fn params(
    clusters: &ClusterGenerator,
    supplied: &Supplied,
    filler: &mut Filler<'_>,
) -> Result<Vec<Params>, String> {
    let mut sets = Vec::new();
    let nothing = BTreeMap::new();
    // The server's own cluster has no Secret and so no labels; a Secret for it takes its place.
    let own_secret = supplied.clusters.iter().any(|cluster| cluster.server == IN_CLUSTER_SERVER);
    if supplied.in_cluster && !own_secret && selector::is_empty(&clusters.selector) {
        sets.push(set(IN_CLUSTER_NAME, IN_CLUSTER_SERVER, "", [&nothing, &nothing], filler.is_go()));
    }
    for cluster in &supplied.clusters {
        if selector::matches(&clusters.selector, &cluster.labels)? {
            let metadata = [&cluster.labels, &cluster.annotations];
            sets.push(set(&cluster.name, &cluster.server, &cluster.project, metadata, filler.is_go()));
        }
    }
    for set in &mut sets {
        add_values(&clusters.values, set, filler)?;
    }
    if clusters.flat_list {
        let all: Value = sets.into_iter().map(Value::from).collect();
        return Ok(vec![[("clusters", all)].into_iter().collect()]);
    }
    Ok(sets)
}

fn set(name: &str, server: &str, project: &str, metadata: [&BTreeMap<String, String>; 2], go: bool) -> Params {
    let mut params: Params = [
        ("name", Value::from(name)),
        ("nameNormalized", normalize(name).into()),
        ("server", server.into()),
        ("project", project.into()),
    ]
    .into_iter()
    .collect();
    let mut deep = Map::new();
    for (word, texts) in ["labels", "annotations"].into_iter().zip(metadata) {
        if go && !texts.is_empty() {
            let texts: Map = texts.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str()))).collect();
            deep.insert(word, Value::from(texts));
        } else if !go {
            for (key, value) in texts {
                params.insert(format!("metadata.{word}.{key}"), value.as_str());
            }
        }
    }
    if !deep.is_empty() {
        params.insert("metadata", Value::from(deep));
    }
    params
}
