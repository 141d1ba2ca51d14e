//! The real API server takes the definitions, and keeps every field of a full object of each kind.
#![expect(clippy::disallowed_methods, reason = "the test waits for the server to serve a new kind")]
#![expect(clippy::unwrap_used, reason = "an error fails the test")]

#[path = "../src/tests/generate.rs"]
mod generate;

use std::time::{Duration, Instant};

use bowline_core_crd::schema::{application_crd, applicationset_crd, appproject_crd};
use bowline_core_crd::{AppProject, Application, ApplicationSet, Resource, patch};
use bowline_tests_kube::KubeServer;
use generate::Generator;
use serde_json::{Value, json};

const DEFINITIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../deploy/crds");

/// Waits until `condition` holds.
fn eventually(condition: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(30), "not within 30 s: {}", otherwise());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn check<T: Resource + std::fmt::Debug>(kube: &KubeServer, namespace: &str, crd: &Value, density: u64) {
    let mut object = Generator::new(7, density, 1).object(crd);
    object["metadata"] = json!({
        "name": "full", "namespace": namespace, "labels": {"l": "x"}, "annotations": {"a": "é <"}, "finalizers": ["a.example/b"],
    });
    let typed: T = serde_json::from_value(object).unwrap();
    let written = serde_json::to_value(&typed).unwrap();
    let list = format!("/apis/argoproj.io/v1alpha1/namespaces/{namespace}/{}", T::PLURAL);
    let path = format!("{list}/full");

    let stored = kube.expect("POST", &list, Some(&written)).unwrap();
    // Where status is a subresource the server takes it only there.
    let subresource = crd["spec"]["versions"][0]["subresources"]["status"].is_object();
    let stored = if subresource {
        assert_eq!(stored["status"], Value::Null, "{}", T::KIND);
        kube.expect("PATCH", &format!("{path}/status"), Some(&json!({"status": written["status"]}))).unwrap()
    } else {
        stored
    };
    for part in ["spec", "status", "operation"] {
        assert_eq!(stored[part], written[part], "{} {part}", T::KIND);
    }

    let read: T = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        stored,
        "{}: metadata as the server writes it survives too",
        T::KIND
    );
    let mut changed = read.clone();
    changed.metadata_mut().labels.insert("l".to_owned(), "y".to_owned());
    let change = patch::patch(&stored, &read, &changed).unwrap();
    assert_eq!(change, json!({"metadata": {"labels": {"l": "y"}}}));
    let patched = kube.expect("PATCH", &path, Some(&change)).unwrap();
    for part in ["spec", "status", "operation"] {
        assert_eq!(patched[part], written[part], "{} {part} after a patch", T::KIND);
    }
}

#[test]
fn the_definitions_are_taken_and_objects_are_kept_whole() {
    let kube = KubeServer::shared();
    let namespace = kube.namespace("core-crd");
    kube.kubectl(&["apply", "--server-side", "-f", DEFINITIONS]).unwrap().unwrap();
    for crd in [application_crd(), appproject_crd(), applicationset_crd()] {
        let name = crd["metadata"]["name"].as_str().unwrap();
        let definition = || {
            let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
            kube.expect("GET", &path, None).unwrap()["status"]["conditions"].to_string()
        };
        let list = format!("/apis/argoproj.io/v1alpha1/{}", crd["spec"]["names"]["plural"].as_str().unwrap());
        eventually(|| kube.request("GET", &list, None).unwrap().0 == 200, || format!("{name}: {}", definition()));
        assert!(!definition().contains("NonStructuralSchema"), "{name}: {}", definition());
    }
    check::<Application>(kube, &namespace, &application_crd(), 100);
    check::<AppProject>(kube, &namespace, &appproject_crd(), 100);
    check::<ApplicationSet>(kube, &namespace, &applicationset_crd(), 100);
}
