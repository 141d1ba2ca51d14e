use clap::Parser;
use serde_json::{Value, json};

use super::*;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    flags: SpecFlags,
}

fn spec(json: Value) -> ApplicationSpec {
    serde_json::from_value(json).unwrap()
}

/// The spec after `flags`, or the error.
fn put(before: Value, flags: &str, position: Option<usize>) -> Result<Value, String> {
    let words = std::iter::once("app").chain(flags.split_whitespace());
    let flags = Flags::try_parse_from(words).map_err(|e| e.to_string())?.flags;
    let mut after = spec(before);
    set(&mut after, &flags, position).map_err(|e| e.to_string())?;
    serde_json::to_value(&after).map_err(|e| e.to_string())
}

/// Checks the part of the spec that a JSON pointer names.
fn check(before: Value, flags: &str, pointer: &str, want: Value) {
    let after = put(before, flags, None).unwrap();
    assert_eq!(after.pointer(pointer).cloned().unwrap_or(Value::Null), want, "{flags}: {after:#}");
}

#[test]
fn sources_and_destinations() {
    let flags = "--repo https://git.example.com/shop.git --path deploy --revision main --project team \
                 --dest-server https://kubernetes.default.svc --dest-namespace shop";
    let want = json!({
        "project": "team",
        "source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy", "targetRevision": "main"},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
    });
    assert_eq!(put(json!({}), flags, None).unwrap(), want);
    check(want.clone(), "--dest-name prod", "/destination", json!({"name": "prod", "namespace": "shop"}));
    check(want.clone(), "--revision v2", "/source/path", json!("deploy"));
    assert!(put(want, "--dest-name prod --dest-server https://x", None).unwrap_err().contains("not both"));
}

#[test]
fn renderers() {
    let helm = "--values a.yaml --values b.yaml --helm-set x=1 --helm-set-string x=2 --helm-set-file f=p -p y=3=4 --release-name r";
    check(
        json!({}),
        helm,
        "/source/helm",
        json!({
            "valueFiles": ["a.yaml", "b.yaml"],
            "parameters": [{"name": "y", "value": "3=4"}, {"name": "x", "value": "2", "forceString": true}],
            "fileParameters": [{"name": "f", "path": "p"}],
            "releaseName": "r",
        }),
    );
    let kustomize =
        "--kustomize-image web=web:2 --kustomize-replica web=3 --nameprefix p- --kustomize-common-label a=b";
    let before =
        json!({"source": {"repoURL": "", "kustomize": {"images": ["web:1", "db:1"], "commonLabels": {"old": "x"}}}});
    check(
        before,
        kustomize,
        "/source/kustomize",
        json!({
            "images": ["db:1", "web=web:2"],
            "replicas": [{"name": "web", "count": 3}],
            "namePrefix": "p-",
            "commonLabels": {"a": "b"},
        }),
    );
    check(json!({}), "--directory-recurse", "/source/directory", json!({"recurse": true}));
    check(
        json!({}),
        "--jsonnet-tla-str a=b --jsonnet-ext-var-code c=1",
        "/source/directory/jsonnet",
        json!({"tlas": [{"name": "a", "value": "b"}], "extVars": [{"name": "c", "value": "1", "code": true}]}),
    );
    let helm = json!({"source": {"repoURL": "", "helm": {"skipCrds": true}}});
    check(helm, "--helm-skip-crds=false", "/source/helm", Value::Null);
}

#[test]
fn policies() {
    check(json!({}), "--sync-policy automated", "/syncPolicy", json!({"automated": {}}));
    check(
        json!({}),
        "--sync-policy auto --auto-prune --self-heal",
        "/syncPolicy",
        json!({"automated": {"prune": true, "selfHeal": true}}),
    );
    check(json!({}), "--auto-prune", "/syncPolicy", json!({"automated": {"prune": true, "enabled": false}}));
    let automated = json!({"syncPolicy": {"automated": {"prune": true}}});
    check(automated.clone(), "--sync-policy none", "/syncPolicy", Value::Null);
    check(automated, "--auto-prune=false", "/syncPolicy", json!({"automated": {"prune": false}}));
    let options = json!({"syncPolicy": {"syncOptions": ["CreateNamespace=true", "Prune=false"]}});
    check(options.clone(), "--sync-option !Prune=false", "/syncPolicy/syncOptions", json!(["CreateNamespace=true"]));
    check(
        options,
        "--sync-option Prune=true",
        "/syncPolicy/syncOptions",
        json!(["CreateNamespace=true", "Prune=true"]),
    );
    check(
        json!({}),
        "--sync-retry-limit 5 --sync-retry-backoff-duration 90s",
        "/syncPolicy/retry",
        json!({"limit": 5, "backoff": {"duration": "1m30s", "factor": 2, "maxDuration": "3m0s"}}),
    );
    let error = put(json!({}), "--sync-policy sometimes", None).unwrap_err();
    assert!(error.contains("--sync-policy sometimes: use manual"), "{error}");
    assert!(put(json!({}), "--sync-retry-backoff-factor 2", None).unwrap_err().contains("--sync-retry-limit"));
}

#[test]
fn one_of_several_sources() {
    let before = json!({"sources": [{"repoURL": "a", "name": "one"}, {"repoURL": "b", "name": "two"}]});
    let several = spec(before.clone());
    for (number, name, want) in [
        (Some(2), None, Ok(Some(1))),
        (None, Some("one"), Ok(Some(0))),
        (None, None, Err("the application has several sources: say which")),
        (Some(0), None, Err("--source-position 0: positions are from 1 to 2")),
        (Some(3), None, Err("--source-position 3: positions are from 1 to 2")),
        (None, Some("x"), Err("there is no source named \"x\"; the named ones are: one, two")),
    ] {
        match (position(&several, number, name), want) {
            (Ok(place), want) => assert_eq!(Ok(place), want),
            (Err(error), want) => assert!(error.to_string().starts_with(want.unwrap_err()), "{error}"),
        }
    }
    let after = put(before, "--revision v2", Some(1)).unwrap();
    assert_eq!(after.pointer("/sources/1/targetRevision"), Some(&json!("v2")));
    assert_eq!(after.pointer("/source"), None, "{after:#}");
}
