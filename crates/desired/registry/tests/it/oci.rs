//! The real OCI registry.

use bowline_core_ports::{Charts, Freshness};
use bowline_desired_registry::Credentials;
use bowline_tests_registry::{HelmServer, OciRegistry, chart, sha256, tar, tgz};
use serde_json::json;

use crate::lab::{Lab, basic, place};

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn plain() -> Credentials {
    Credentials { plain_http: true, oci: true, ..Credentials::default() }
}

#[tokio::test]
async fn charts_are_chosen_by_tags_and_fetched() {
    let (registry, lab) = (OciRegistry::open(), Lab::new());
    for version in ["1.0.0", "1.2.0", "1.3.0+build.1", "2.0.0-rc.1"] {
        let archive = chart("hello", version, &[("values.yaml", &format!("v: {version}\n"))]);
        registry.push_chart("charts/hello", version, &archive);
    }
    let url = format!("{}/charts", registry.host());
    lab.secrets.put(&url, plain());
    let hello = place(&url, "hello");
    for (revision, want) in [
        ("1.0.0", "1.0.0: v: 1.0.0\n"),
        ("~1.2", "1.2.0: v: 1.2.0\n"),
        ("*", "1.3.0+build.1: v: 1.3.0+build.1\n"),
        (">1-0", "2.0.0-rc.1: v: 2.0.0-rc.1\n"),
    ] {
        assert_eq!(lab.read(hello, revision, "values.yaml").await.unwrap(), want, "{revision}");
    }
    for (chart, revision, want) in [
        ("hello", "9.9.9", "answered 404 Not Found: the registry has no such repository, tag or digest"),
        ("hello", "^9", "invalid revision: version matching constraint not found in 4 tags"),
        ("nothing", "*", "unable to get tags: failed to get tags"),
    ] {
        let error = lab.fetch(place(&url, chart), revision).await.map(|_| ()).unwrap_err();
        assert!(error.contains(want), "{chart} {revision}: {error}");
    }
}

#[tokio::test]
async fn tags_come_in_pages() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    let url = server.url();
    let host = url.trim_start_matches("http://");
    lab.secrets.put(host, plain());
    let page = |path: &str, next: &str, tags: &[&str]| {
        server.put(&format!("/v2/{path}"), json!({"name": "many", "tags": tags}).to_string());
        server.add_header(&format!("/v2/{path}"), "Link", &format!("<{next}>; rel=\"next\""));
    };
    page("many/tags/list", "/v2/second?n=1000&last=1.0.0", &["1.0.0", "latest"]);
    server.put("/v2/second", json!({"tags": ["1.1.0"]}).to_string());
    page("endless/tags/list", "/v2/endless/tags/list?n=1000", &["1.0.0"]);
    server.put("/v2/many/manifests/1.1.0", "{}");
    assert_eq!(lab.resolve(place(host, "many"), "*", Freshness::Now).await.unwrap().revision, "1.1.0");
    let error = lab.resolve(place(host, "endless"), "*", Freshness::Now).await.unwrap_err();
    assert!(error.contains("gives the same pages again and again"), "{error}");
}

#[tokio::test]
async fn tokens_are_fetched_with_the_credentials_and_spent_without_them() {
    let (registry, tokens, storage, lab) = (HelmServer::new(), HelmServer::new(), HelmServer::new(), Lab::new());
    let archive = chart("hello", "1.0.0", &[("values.yaml", "v: 1\n")]);
    let digest = |bytes: &[u8]| format!("sha256:{}", sha256(bytes));
    let layer = digest(&archive);
    let manifest = json!({
        "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json"},
        "layers": [{
            "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": layer, "size": archive.len(),
        }],
    })
    .to_string();
    let named = digest(manifest.as_bytes());
    registry.put("/v2/hello/tags/list", json!({"tags": ["1.0.0"]}).to_string());
    for reference in ["1.0.0", &named] {
        registry.put(&format!("/v2/hello/manifests/{reference}"), manifest.clone());
    }
    registry.redirect(&format!("/v2/hello/blobs/{layer}"), &format!("{}/blob", storage.url()));
    storage.put("/blob", archive);
    registry.require(
        "Bearer t0ken",
        &format!("Bearer realm=\"{}/token?a=b\",service=\"test\",scope=\"repository:hello:pull\"", tokens.url()),
    );
    tokens.put("/token", json!({"token": "t0ken", "expires_in": 300}).to_string());
    tokens.require_login("ci", "s3cret");
    let url = registry.url();
    let host = url.trim_start_matches("http://");

    lab.secrets.put(host, Credentials { plain_http: true, oci: true, ..basic("ci", "wr0ng") });
    let error = lab.fetch(place(host, "hello"), "*").await.map(|_| ()).unwrap_err();
    assert!(error.contains("/token answered 401") && error.contains("are not accepted"), "{error}");
    assert!(!error.contains("wr0ng"), "{error}");
    tokens.seen();
    registry.seen();
    lab.secrets.put(host, Credentials { plain_http: true, oci: true, ..basic("ci", "s3cret") });
    assert_eq!(lab.read(place(host, "hello"), "*", "values.yaml").await.unwrap(), "1.0.0: v: 1\n");
    let asked: Vec<String> = tokens.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(asked, ["/token?a=b&service=test&scope=repository:hello:pull"], "one token for all");
    let told = registry.seen();
    assert!(
        told.iter().all(|s| s.authorization.is_none() || s.authorization.as_deref() == Some("Bearer t0ken")),
        "{told:?}"
    );
    assert_eq!(storage.seen()[0].authorization, None, "storage behind the registry is another host");
    // A registry that gives something else than what was asked for by its digest is not believed.
    registry.put(&format!("/v2/hello/manifests/{named}"), manifest.replace("1", "2"));
    let error = lab.fetch(place(&format!("oci://{host}/hello"), ""), &named).await.map(|_| ()).unwrap_err();
    assert!(error.contains("cannot connect"), "that URL has no Secret: TLS is spoken: {error}");
    lab.secrets.put("oci://", Credentials { plain_http: true, ..basic("ci", "s3cret") });
    let error = lab.fetch(place(&format!("oci://{host}/hello"), ""), &named).await.map(|_| ()).unwrap_err();
    assert!(error.contains("gave something else"), "{error}");
    storage.put("/blob", "evil");
    let error = Lab::with_secrets(&lab.secrets).fetch(place(host, "hello"), "1.0.0").await.map(|_| ()).unwrap_err();
    assert!(error.contains("gave something else"), "{error}");
}

#[tokio::test]
async fn a_registry_lets_in_who_it_knows() {
    let (registry, lab) = (OciRegistry::with_login("ci", "s3cret"), Lab::new());
    registry.push_chart("hello", "1.0.0", &chart("hello", "1.0.0", &[("values.yaml", "v: 1\n")]));
    let url = registry.host().to_string();
    let hello = place(&url, "hello");
    for (credentials, want) in
        [(Credentials::default(), "it wants credentials"), (basic("ci", "wr0ng"), "are not accepted")]
    {
        lab.secrets.put(&url, Credentials { plain_http: true, oci: true, ..credentials });
        for revision in ["1.0.0", "*"] {
            let error = lab.fetch(hello, revision).await.map(|_| ()).unwrap_err();
            assert!(error.contains("answered 401 Unauthorized") && error.contains(want), "{error}");
            assert!(!error.contains("wr0ng"), "{error}");
        }
        assert!(lab.registries.check_stored(&url, "").await.is_err());
    }
    lab.secrets.put(&url, Credentials { plain_http: true, oci: true, ..basic("ci", "s3cret") });
    lab.registries.check_stored(&url, "").await.unwrap();
    assert_eq!(lab.read(hello, "*", "values.yaml").await.unwrap(), "1.0.0: v: 1\n");
}

#[tokio::test]
async fn artifacts_are_trees() {
    let (registry, lab) = (OciRegistry::open(), Lab::new());
    let files = [("app/config.yaml", "kind: ConfigMap\n"), ("README.md", "x")];
    let first = registry.push_artifact("team/app", "1.0.0", LAYER, &tgz(&tar(&files)));
    let second = registry.push_artifact("team/app", "1.1.0", LAYER.trim_end_matches("+gzip"), &tar(&files[..1]));
    registry.push_chart("team/chart", "0.1.0", &chart("chart", "0.1.0", &[("values.yaml", "v: 1\n")]));
    let url = format!("oci://{}/team/app", registry.host());
    lab.secrets.put(&format!("oci://{}", registry.host()), plain());
    let app = place(&url, "");
    for (revision, digest) in [("1.0.0", &first), ("^1", &second), ("*", &second), (first.as_str(), &first)] {
        let (shown, tree) = lab.fetch(app, revision).await.unwrap();
        assert_eq!(shown, *digest, "{revision}");
        assert_eq!(tree.read_text("app/config.yaml").unwrap(), "kind: ConfigMap\n");
        assert_eq!(tree.find("README.md").unwrap().is_some(), *digest == first);
    }
    assert_eq!(lab.registries.tags(&url, "").await.unwrap(), ["1.0.0", "1.1.0"]);
    // A tag that moves is followed.
    registry.push_artifact("team/app", "1.0.0", LAYER, &tgz(&tar(&[("x", "y")])));
    assert_eq!(lab.resolve(app, "1.0.0", Freshness::Known).await.unwrap().revision, first);
    assert_ne!(lab.resolve(app, "1.0.0", Freshness::Now).await.unwrap().revision, first);
    // A chart is its own directory.
    let url = format!("oci://{}/team/chart", registry.host());
    assert!(lab.read(place(&url, ""), "0.1.0", "values.yaml").await.unwrap().ends_with("v: 1\n"));
    let other = registry.push_artifact("team/zip", "1.0.0", "application/x.tar+gzip", b"x");
    let url = format!("oci://{}/team/zip", registry.host());
    let error = lab.fetch(place(&url, ""), "1.0.0").await.map(|_| ()).unwrap_err();
    assert!(
        error.contains("oci layer media type application/x.tar+gzip is not in the list of allowed media types"),
        "{error}"
    );
    for (revision, want) in [
        ("nightly", "failed to resolve revision \"nightly\": cannot get digest for revision nightly"),
        ("^9", "failed to resolve revision \"^9\""),
        ("7.0.0", "failed to resolve revision \"7.0.0\": cannot get digest"),
    ] {
        let error = lab.fetch(place(&url, ""), revision).await.map(|_| ()).unwrap_err();
        assert!(error.contains(want), "{error}");
    }
    // What a manifest says of its artifact is told, also behind an index.
    let layer = registry.blob("team/app", (LAYER, &tgz(&tar(&files))));
    let config = registry.blob("team/app", ("application/vnd.oci.empty.v1+json", b"{}"));
    let said = json!({"org.opencontainers.image.description": "Shop"});
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let annotated =
        json!({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer], "annotations": said});
    let annotated = registry.push_manifest("team/app", "annotated", kind, &annotated);
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"mediaType": kind, "digest": annotated, "size": 1}]});
    registry.push_manifest("team/app", "annotated-index", INDEX, &index);
    for (revision, wanted) in [("annotated", Some("Shop")), ("annotated-index", Some("Shop")), ("1.1.0", None)] {
        let resolved = lab.resolve(app, revision, Freshness::Now).await.unwrap();
        let told = lab.registries.annotations(app, &resolved).await.unwrap();
        assert_eq!(told.get("org.opencontainers.image.description").map(String::as_str), wanted, "{revision}");
    }
    // An index of one manifest is that manifest.
    let manifest = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": first, "size": 1},
    ]});
    registry.push_manifest("team/app", "indexed", INDEX, &manifest);
    let url = format!("oci://{}/team/app", registry.host());
    let (_, tree) = lab.fetch(place(&url, ""), "indexed").await.unwrap();
    assert!(tree.find("README.md").unwrap().is_some());
    drop(other);
}

#[tokio::test]
async fn an_index_may_lead_to_a_registry() {
    let (server, registry, lab) = (HelmServer::new(), OciRegistry::open(), Lab::new());
    registry.push_chart("charts/hello", "1.0.0", &chart("hello", "1.0.0", &[("values.yaml", "v: oci\n")]));
    server.publish_at("hello", "1.0.0", &format!("oci://{}/charts/hello:1.0.0", registry.host()), "");
    let url = server.url();
    lab.secrets.put(&url, Credentials { plain_http: true, ..basic("ci", "s3cret") });
    assert_eq!(lab.read(place(&url, "hello"), "1.0.0", "values.yaml").await.unwrap(), "1.0.0: v: oci\n");
}

#[tokio::test]
async fn dependencies_come_from_registries_too() {
    let (registry, lab) = (OciRegistry::open(), Lab::new());
    registry.push_chart("charts/hello", "1.0.0", &chart("hello", "1.0.0", &[("values.yaml", "v: 1\n")]));
    let url = format!("oci://{}/charts", registry.host());
    lab.secrets.put(&url, plain());
    for version in ["1.0.0", ">=0.1"] {
        let tree = lab.registries.dependency(&url, "hello", version, "", Freshness::Known).await.unwrap();
        assert_eq!(tree.read_text("values.yaml").unwrap(), "v: 1\n", "{version}");
    }
}
