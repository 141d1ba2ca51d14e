//! Reading: times, numbers or texts, words, errors; and what the types say about themselves.

use serde_json::{Value, json};

use crate::application::*;
use crate::applicationset::ApplicationSetRolloutStep;
use crate::*;

#[test]
fn times_are_whole_seconds_of_utc() {
    let cases = [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.999999999Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T05:34:05+02:30", "2026-01-02T03:04:05Z"),
        ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
    ];
    for (text, wanted) in cases {
        let time: Time = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(time.to_string(), wanted, "{text}");
        assert_eq!(serde_json::to_value(time).unwrap(), json!(wanted));
    }
    for text in ["", "yesterday", "2026-01-02", "2026-13-01T00:00:00Z", "2026-01-02T03:04:05"] {
        assert!(text.parse::<Time>().unwrap_err().to_string().contains("RFC 3339"), "{text}");
    }
}

#[test]
fn numbers_or_texts_stay_what_they_are() {
    for value in [json!(3), json!("25%"), json!("3"), json!(-1)] {
        let step: ApplicationSetRolloutStep = serde_json::from_value(json!({"maxUpdate": value})).unwrap();
        assert_eq!(serde_json::to_value(step).unwrap(), json!({"maxUpdate": value}));
    }
    for value in [json!(1.5), json!(1_u64 << 40), json!(true)] {
        assert!(serde_json::from_value::<ApplicationSetRolloutStep>(json!({"maxUpdate": value})).is_err(), "{value}");
    }
}

#[test]
fn null_is_absent_at_every_depth() {
    let spec: ApplicationSpec = serde_json::from_value(json!({
        "source": {"repoURL": null, "helm": {"valuesObject": null, "parameters": [null], "valueFiles": [null, "a"]}},
        "project": null, "destination": null, "info": null, "syncPolicy": {"automated": null, "retry": {"limit": null}},
    }))
    .unwrap();
    let helm = spec.source.clone().unwrap().helm.unwrap();
    assert_eq!(helm.values_object, None);
    assert_eq!(helm.parameters, [HelmParameter::default()]);
    assert_eq!(helm.value_files, ["", "a"]);
    assert!(!spec.is_automated());
    assert_eq!(spec.sync_policy.unwrap().retry, Some(RetryStrategy::default()));
    assert_eq!(serde_json::from_value::<Application>(Value::Null).unwrap(), Application::default());
    let list: ApplicationList =
        serde_json::from_value(json!({"metadata": {"resourceVersion": "1"}, "items": null})).unwrap();
    assert!(list.items.is_empty());
}

#[test]
fn errors_name_the_field() {
    let check = |json: Value, wanted: &str| {
        let error = serde_json::from_value::<Application>(json).unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}");
    };
    check(json!({"spec": {"source": {"path": 1}}}), ".spec.source.path: invalid type: integer `1`, expected a string");
    check(json!({"spec": "x"}), ".spec: invalid type: string \"x\", expected an object (ApplicationSpec)");
    check(
        json!({"status": {"reconciledAt": "now"}}),
        ".status.reconciledAt: \"now\" is not a time: write it as RFC 3339",
    );
    let text = "{\"metadata\": {\"name\": \"a\"},\n \"spec\": {\"info\": {}}}";
    let error = serde_json::from_str::<Application>(text).unwrap_err().to_string();
    assert!(error.starts_with(".spec.info: invalid type: map, expected a sequence at line 2"), "{error}");
}

#[test]
fn unknown_words_are_kept() {
    let status: SyncStatus = serde_json::from_value(json!({"status": "Drifting"})).unwrap();
    assert_eq!(status.status, SyncStatusCode::Other("Drifting".into()));
    assert_eq!(status.status.as_str(), "Drifting");
    assert_eq!(SyncStatusCode::from("OutOfSync"), SyncStatusCode::OutOfSync);
    assert!(SyncStatusCode::default().is_empty());
}

#[test]
fn health_is_ordered() {
    use HealthStatusCode::*;
    for pair in [Healthy, Suspended, Progressing, Missing, Degraded, Unknown].windows(2) {
        assert!(pair[1].is_worse_than(&pair[0]), "{pair:?}");
    }
    assert!(!Other("new".into()).is_worse_than(&Healthy));
}

#[test]
fn conditions_that_end_in_error_are_errors() {
    assert!(ApplicationConditionType::ComparisonError.is_error());
    assert!(ApplicationConditionType::from("NewError").is_error());
    assert!(!ApplicationConditionType::OrphanedResourceWarning.is_error());
}

#[test]
fn sources_are_the_ones_that_count() {
    let source = |path: &str| ApplicationSource { path: path.to_owned(), ..ApplicationSource::default() };
    let paths = |spec: &ApplicationSpec| spec.sources().into_iter().map(|source| source.path).collect::<Vec<_>>();
    let mut spec = ApplicationSpec::default();
    assert!(paths(&spec).is_empty());
    spec.source = Some(source("one"));
    assert_eq!((paths(&spec), spec.has_multiple_sources()), (vec!["one".to_owned()], false));
    spec.sources = vec![source("a"), source("b")];
    assert_eq!((paths(&spec), spec.has_multiple_sources()), (vec!["a".to_owned(), "b".to_owned()], true));
    let hydrator = json!({"drySource": {"repoURL": "r"}, "syncSource": {"targetBranch": "b", "path": "p"}});
    spec.source_hydrator = Some(serde_json::from_value(hydrator).unwrap());
    assert_eq!((paths(&spec), spec.has_multiple_sources()), (vec!["p".to_owned()], false));
    assert_eq!(spec.sources()[0].repo_url, "r");
    assert_eq!(spec.sources()[0].target_revision, "b");
}

#[test]
fn an_application_answers_for_itself() {
    let mut app = Application::new("argocd", "guestbook");
    assert_eq!(app.instance_name("argocd"), "guestbook");
    assert_eq!(app.instance_name("other"), "argocd_guestbook");

    assert_eq!(app.refresh_requested(), None);
    for (value, wanted) in [("hard", RefreshType::Hard), ("normal", RefreshType::Normal), ("", RefreshType::Normal)] {
        app.metadata.annotations.insert(REFRESH_ANNOTATION.to_owned(), value.to_owned());
        assert_eq!(app.refresh_requested(), Some(wanted), "{value}");
    }

    assert_eq!(app.cascaded_deletion(), None);
    app.metadata.finalizers = vec!["someone/else".to_owned(), "resources-finalizer.argocd.argoproj.io".to_owned()];
    assert_eq!(app.cascaded_deletion(), Some(Propagation::Foreground));
    app.metadata.finalizers = vec!["resources-finalizer.argocd.argoproj.io/background".to_owned()];
    assert_eq!(app.cascaded_deletion(), Some(Propagation::Background));

    assert_eq!(app.spec.project(), "default");
    assert_eq!(app.spec.revision_history_limit(), 10);
    app.spec.revision_history_limit = Some(0);
    assert_eq!(app.spec.revision_history_limit(), 0);

    assert!(!app.spec.is_automated());
    let policy = |policy: Value| serde_json::from_value(policy).unwrap();
    for (text, wanted) in [(json!({}), true), (json!({"enabled": true}), true), (json!({"enabled": false}), false)] {
        app.spec.sync_policy = policy(json!({"automated": text}));
        assert_eq!(app.spec.is_automated(), wanted, "{text}");
    }

    app.spec.destination =
        ApplicationDestination { name: "in-cluster".to_owned(), namespace: "ns".to_owned(), ..Default::default() };
    assert_eq!(app.spec.destination.to_string(), "in-cluster/ns");
}
