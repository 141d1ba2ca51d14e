//! Manifests: which layer of an artifact is its content.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::name::is_digest;

const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const HELM_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// What charts were packed as before they had a type of their own.
const HELM_LAYER_OLD: &str = "application/tar+gzip";
/// Layers of one artifact, as Argo CD counts them.
const LAYERS: usize = 10;

/// What a manifest leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The content.
    Layer(Layer),
    /// Another manifest, by its digest.
    Manifest(String),
}

/// A blob with content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    /// `sha256:…`.
    pub(crate) digest: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// Whether it is compressed.
    pub(crate) gzip: bool,
    /// Whether it is a packed chart, which lies in a directory.
    pub(crate) chart: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Manifest {
    media_type: String,
    config: Descriptor,
    layers: Vec<Descriptor>,
    manifests: Vec<Descriptor>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    artifact_type: String,
    digest: String,
    size: u64,
}

/// Reads a manifest of type `kind`. `chart` asks for a Helm chart; else it may be any artifact whose one content layer is of the `types`.
pub(crate) fn read(body: &[u8], kind: &str, chart: bool, types: &[String]) -> Result<Content, String> {
    let manifest: Manifest = serde_json::from_slice(body).map_err(|e| format!("its manifest cannot be read: {e}"))?;
    let kind = if manifest.media_type.is_empty() { kind } else { &manifest.media_type };
    if kind.contains("image.index") || kind.contains("manifest.list") || !manifest.manifests.is_empty() {
        return of_index(&manifest.manifests);
    }
    if manifest.layers.len() > LAYERS {
        return Err(format!("expected no more than {LAYERS} oci layers, got {}", manifest.layers.len()));
    }
    let is_chart = manifest.config.media_type == HELM_CONFIG;
    if chart && !is_chart {
        return Err(format!("could not load config with mediatype {HELM_CONFIG}: it is no Helm chart"));
    }
    let is_content = |layer: &&Descriptor| match (chart, is_chart) {
        (true, _) => matches!(layer.media_type.as_str(), HELM_LAYER | HELM_LAYER_OLD),
        (false, true) => layer.media_type == HELM_LAYER,
        // Layers with signatures and the like stand beside the content.
        (false, false) => ["tar", "tar+gzip", "tar.gzip"].iter().any(|end| layer.media_type.ends_with(end)),
    };
    let found: Vec<&Descriptor> = manifest.layers.iter().filter(is_content).collect();
    if let Some(other) = found.iter().find(|layer| !chart && !types.contains(&layer.media_type)) {
        return Err(format!("oci layer media type {} is not in the list of allowed media types", other.media_type));
    }
    match &found[..] {
        [layer] if is_digest(&layer.digest) => Ok(Content::Layer(Layer {
            digest: layer.digest.clone(),
            size: layer.size,
            gzip: layer.media_type.ends_with("gzip"),
            chart: is_chart,
        })),
        [layer] => Err(format!("its layer has the digest {:?}, and only sha256 is checked", layer.digest)),
        [] if chart => Err(format!("manifest does not contain a layer with mediatype {HELM_LAYER}")),
        several => Err(format!("expected only a single oci content layer, got {}", several.len())),
    }
}

/// What a manifest says of its artifact.
pub(crate) fn annotations(body: &[u8]) -> Result<BTreeMap<String, String>, String> {
    #[derive(Deserialize)]
    struct Annotated {
        annotations: Option<BTreeMap<String, String>>,
    }
    let told: Annotated = serde_json::from_slice(body).map_err(|e| format!("its annotations cannot be read: {e}"))?;
    Ok(told.annotations.unwrap_or_default())
}

/// The one manifest of an index that can be meant: a chart's, or the only one that is no attestation.
fn of_index(manifests: &[Descriptor]) -> Result<Content, String> {
    let attested = |m: &&Descriptor| !m.artifact_type.contains("attestation") && !m.artifact_type.contains("signature");
    let charts: Vec<&Descriptor> = manifests.iter().filter(|m| m.artifact_type == HELM_CONFIG).collect();
    let meant = if charts.is_empty() { manifests.iter().filter(attested).collect() } else { charts };
    match &meant[..] {
        [one] if is_digest(&one.digest) => Ok(Content::Manifest(one.digest.clone())),
        [one] => Err(format!("its index has the digest {:?}, and only sha256 is checked", one.digest)),
        several => Err(format!(
            "it is an index of {} manifests, and only one can be rendered: name its digest as the revision",
            several.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, chart: bool) -> String {
        let body = body.replace("DIGEST", &format!("sha256:{}", "a".repeat(64)));
        let types = crate::Limits::default().layer_types;
        match read(body.as_bytes(), "application/vnd.oci.image.manifest.v1+json", chart, &types) {
            Ok(Content::Layer(layer)) => format!("layer {} gzip={} chart={}", layer.size, layer.gzip, layer.chart),
            Ok(Content::Manifest(_)) => "another".to_string(),
            Err(error) => error,
        }
    }

    #[test]
    fn charts_and_artifacts_have_one_layer_of_content() {
        let chart = r#"{"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"},"layers":[
            {"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":"DIGEST","size":5},
            {"mediaType":"application/vnd.cncf.helm.chart.provenance.v1.prov","digest":"DIGEST","size":1}]}"#;
        let plain = r#"{"config":{"mediaType":"application/vnd.oci.empty.v1+json"},"layers":[
            {"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"DIGEST","size":7},
            {"mediaType":"application/vnd.in-toto+json","digest":"DIGEST","size":1}]}"#;
        assert_eq!(check(chart, true), "layer 5 gzip=true chart=true");
        assert_eq!(check(chart, false), "layer 5 gzip=true chart=true");
        assert_eq!(check(plain, false), "layer 7 gzip=false chart=false");
        assert!(check(plain, true).starts_with("could not load config with mediatype"), "{}", check(plain, true));
        let old = chart.replace("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip");
        assert_eq!(check(&old, true), "layer 5 gzip=true chart=true");
        assert_eq!(check(&old, false), "expected only a single oci content layer, got 0");
        let zip = plain.replace("application/vnd.oci.image.layer.v1.tar", "application/x.tar");
        assert_eq!(
            check(&zip, false),
            "oci layer media type application/x.tar is not in the list of allowed media types"
        );
        let two = plain.replace("application/vnd.in-toto+json", "application/vnd.oci.image.layer.v1.tar");
        assert_eq!(check(&two, false), "expected only a single oci content layer, got 2");
        assert_eq!(
            check(&plain.replace("DIGEST", "sha512:x"), false),
            "its layer has the digest \"sha512:x\", and only sha256 is checked"
        );
        let many = format!(r#"{{"layers":[{}]}}"#, ["{}"; 11].join(","));
        assert_eq!(check(&many, false), "expected no more than 10 oci layers, got 11");
        assert!(check("[", false).starts_with("its manifest cannot be read"));
    }

    #[test]
    fn an_index_leads_to_the_one_that_can_be_meant() {
        let index = |types: &[&str]| {
            let list: Vec<String> =
                types.iter().map(|t| format!(r#"{{"digest":"DIGEST","artifactType":"{t}"}}"#)).collect();
            format!(r#"{{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{}]}}"#, list.join(","))
        };
        assert_eq!(check(&index(&[""]), false), "another");
        assert_eq!(check(&index(&["", HELM_CONFIG]), true), "another");
        assert!(check(&index(&["", ""]), false).starts_with("it is an index of 2 manifests"));
        assert!(check(&index(&[]), false).starts_with("it is an index of 0 manifests"));
    }
}
