use bowline_core_crd::wire::Field;
use bowline_core_crd::{Application, ApplicationList, ApplicationTree, MessageTable, RepositoryCertificateList};
use serde_json::{Value, json};

use super::{Shape, Shapes, parse, write};
use crate::application::{ApplicationSyncRequest, ApplicationSyncWindowsResponse};
use crate::cluster::{ClusterUpdateRequest, Settings};
use crate::events::EventList;
use crate::session::GetUserInfoResponse;
use crate::version::VersionMessage;

#[track_caller]
fn written(value: &impl serde::Serialize, wanted: &str) {
    let mut out = Vec::new();
    write(value, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), wanted);
}

#[test]
fn as_go_writes() {
    written(&GetUserInfoResponse::default(), "{}");
    written(&GetUserInfoResponse { logged_in: true, ..Default::default() }, r#"{"loggedIn":true}"#);
    written(&VersionMessage { version: "v3.6.0".into(), ..Default::default() }, r#"{"Version":"v3.6.0"}"#);
    // proto2's required fields are written though they hold nothing.
    let windows = ApplicationSyncWindowsResponse { can_sync: Some(false), ..Default::default() };
    written(&windows, r#"{"canSync":false}"#);
    // Lists that are always written are null where they hold nothing, free-form ones are not.
    written(&ApplicationList::default(), r#"{"metadata":{},"items":null}"#);
    written(&RepositoryCertificateList::default(), r#"{"metadata":{},"items":null}"#);
    written(&EventList::default(), r#"{"metadata":{},"items":null}"#);
    written(&ApplicationTree::default(), "{}");
    written(&json!({"b": [], "a": {}}), r#"{"a":{},"b":[]}"#);
    written(&"<a & b>\u{2028}\u{2029}é\"\n\u{1}", r#""\u003ca \u0026 b\u003e\u2028\u2029é\"\n\u0001""#);
    written(&json!([1.0, 1e21, 0.5, -3]), "[1,1e+21,0.5,-3]");
    let settings = Settings { kustomize_options: Some(Default::default()), ..Default::default() };
    written(&settings, r#"{"kustomizeOptions":{"BuildOptions":"","BinaryPath":"","Versions":null}}"#);
}

fn shapes() -> Shapes {
    let mut table = MessageTable::new();
    Application::collect(&mut table);
    ApplicationSyncRequest::collect(&mut table);
    ClusterUpdateRequest::collect(&mut table);
    Shapes::new(&table)
}

#[track_caller]
fn fitted(message: &str, body: &str) -> Result<Value, String> {
    let value = parse(body.as_bytes()).map_err(|error| error.to_string())?;
    shapes().fit(value, &Shape::Message(message.to_owned())).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(message: &str, body: &str, wanted: &str) {
    assert_eq!(fitted(message, body).unwrap_err(), wanted, "{body}");
}

#[test]
fn keys_fit_without_regard_to_case_and_unknown_ones_are_left_out() {
    let body = r#"{"METADATA":{"Name":"a"},"unheardOf":[1],"spec":{"Source":{"repourl":"u"},"syncPolicy":null}}"#;
    let wanted = json!({"metadata": {"name": "a"}, "spec": {"source": {"repoURL": "u"}, "syncPolicy": null}});
    assert_eq!(fitted("Application", body).unwrap(), wanted);
}

#[test]
fn inlined_fields_and_wrapped_collections_fit_where_json_has_them() {
    let body = r#"{"spec":{"source":{"plugin":{"parameters":[{"map":{"a":"b"},"array":["c"]}]},
        "kustomize":{"patches":[{"target":{"Kind":"Deployment","labelselector":"a=b"}}]}}}}"#;
    let found = fitted("Application", body).unwrap();
    let source = &found["spec"]["source"];
    assert_eq!(source["plugin"]["parameters"][0], json!({"map": {"a": "b"}, "array": ["c"]}));
    assert_eq!(source["kustomize"]["patches"][0]["target"], json!({"kind": "Deployment", "labelSelector": "a=b"}));
}

#[test]
fn the_wrong_type_is_refused_in_go_s_words() {
    let app = "Application";
    refused(app, "[]", "json: cannot unmarshal array into Go value of type v1alpha1.Application");
    refused(
        app,
        r#"{"spec":[]}"#,
        "json: cannot unmarshal array into Go struct field Application.spec of type v1alpha1.ApplicationSpec",
    );
    refused(
        app,
        r#"{"spec":{"source":{"repoURL":1}}}"#,
        "json: cannot unmarshal number into Go struct field ApplicationSource.spec.source.repoURL of type string",
    );
    refused(
        app,
        r#"{"spec":{"sources":[{"repoURL":true}]}}"#,
        "json: cannot unmarshal bool into Go struct field ApplicationSource.spec.sources.repoURL of type string",
    );
    refused(
        app,
        r#"{"metadata":{"labels":{"a":1}}}"#,
        "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
    );
    refused(
        app,
        r#"{"spec":{"source":{"helm":{"valueFiles":"x"}}}}"#,
        "json: cannot unmarshal string into Go struct field ApplicationSourceHelm.spec.source.helm.valueFiles of type []string",
    );
    refused(
        app,
        r#"{"spec":{"source":{"kustomize":{"patches":[{"target":{"kind":1}}]}}}}"#,
        "json: cannot unmarshal number into Go struct field \
         KustomizeSelector.spec.source.kustomize.patches.target.KustomizeResId.KustomizeGvk.kind of type string",
    );
    refused(
        app,
        r#"{"spec":{"revisionHistoryLimit":1.5}}"#,
        "json: cannot unmarshal number 1.5 into Go struct field ApplicationSpec.spec.revisionHistoryLimit of type int64",
    );
    refused(
        "cluster.ClusterUpdateRequest",
        r#"{"id":{"type":1}}"#,
        "json: cannot unmarshal number into Go struct field ClusterID.id.type of type string",
    );
}

#[test]
fn what_is_no_json_is_refused_in_go_s_words() {
    for (body, wanted) in [
        ("", "EOF"),
        (" \n", "EOF"),
        ("{", "unexpected EOF"),
        ("{\"a\":}", "invalid character '}' looking for beginning of value"),
        ("nope", "invalid character 'o' in literal null (expecting 'u')"),
        ("{} x", "invalid character 'x' after top-level value"),
        ("{}{}", "invalid character '{' after top-level value"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
    ] {
        assert_eq!(parse(body.as_bytes()).unwrap_err().to_string(), wanted, "{body}");
    }
    assert_eq!(parse(b"\"\xff\"").unwrap(), "\u{fffd}");
    assert_eq!(parse(b"{\"a\":1,\"a\":2}").unwrap(), json!({"a": 2}));
}

#[track_caller]
fn set(message: &str, fields: &[(&str, &[&str])]) -> Result<Value, String> {
    let mut object = serde_json::Map::new();
    for (path, texts) in fields {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        shapes().set(&mut object, message, path, &texts).map_err(|error| error.to_string())?;
    }
    Ok(object.into())
}

#[test]
fn fields_from_a_url() {
    let cluster = "cluster.ClusterUpdateRequest";
    let fields: &[(&str, &[&str])] = &[
        ("id.type", &["name"]),
        ("id.value", &["in cluster", "ignored"]),
        ("updatedFields", &["name", "labels"]),
        ("cluster.labels[a.b/c]", &["d"]),
        ("cluster.shard", &["3"]),
        ("cluster.clusterResources", &["T"]),
        ("cluster.config.tlsClientConfig.certData", &["/wA="]),
        ("unheard.of", &["x"]),
        ("id.unheardOf", &["x"]),
        ("id", &["{\"type\":\"url\"}"]),
    ];
    let wanted = json!({
        "id": {"type": "name", "value": "in cluster"},
        "updatedFields": ["name", "labels"],
        "cluster": {
            "shard": 3, "clusterResources": true, "config": {"tlsClientConfig": {"certData": "/wA="}},
        },
    });
    let mut found = set(cluster, &fields[..9]).unwrap();
    // A dot in the key of a map divides the path, as it does in Go.
    assert_eq!(found["cluster"].as_object_mut().unwrap().remove("labels"), None);
    assert_eq!(found, wanted);
    assert_eq!(set(cluster, &fields[9..]).unwrap(), json!({"id": {"type": "url"}}));
    assert_eq!(set(cluster, &[("cluster.labels[a]", &["d"])]).unwrap(), json!({"cluster": {"labels": {"a": "d"}}}));
    let error = set(cluster, &[("cluster.shard", &["x"])]).unwrap_err();
    assert_eq!(error, "strconv.ParseInt: parsing \"x\": invalid syntax");
    let error = set("application.ApplicationSyncRequest", &[("dryRun", &["yes"])]).unwrap_err();
    assert_eq!(error, "strconv.ParseBool: parsing \"yes\": invalid syntax");
}
