//! What is written and what is left out, value by value.

use serde_json::{Value, json};

use crate::application::*;
use crate::applicationset::*;
use crate::meta::*;
use crate::project::*;

#[track_caller]
fn check(value: impl serde::Serialize, wanted: Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), wanted);
}

#[test]
fn plain_structs_are_always_written() {
    check(
        Application::default(),
        json!({
            "metadata": {},
            "spec": {"destination": {}, "project": ""},
            "status": {
                "sync": {"status": "", "comparedTo": {"source": {"repoURL": ""}, "destination": {}}},
                "health": {}, "summary": {}, "sourceHydrator": {},
            },
        }),
    );
    check(AppProject::default(), json!({"metadata": {}, "spec": {}, "status": {}}));
    let template = json!({"metadata": {}, "spec": {"destination": {}, "project": ""}});
    check(
        ApplicationSet::default(),
        json!({"metadata": {}, "spec": {"generators": [], "template": template}, "status": {"health": {}}}),
    );
    check(Operation::default(), json!({"initiatedBy": {}, "retry": {}}));
    check(ListGenerator::default(), json!({"elements": [], "template": template}));
    check(ClusterGenerator::default(), json!({"selector": {}, "template": template}));
    check(PluginGenerator::default(), json!({"configMapRef": {"name": ""}, "input": {}, "template": template}));
    check(ApplicationList::default(), json!({"metadata": {}, "items": []}));
}

#[test]
fn what_is_set_is_written_though_empty() {
    let automated = |enabled| SyncPolicy {
        automated: Some(SyncPolicyAutomated { enabled, ..SyncPolicyAutomated::default() }),
        ..SyncPolicy::default()
    };
    check(SyncPolicy::default(), json!({}));
    check(automated(None), json!({"automated": {}}));
    check(automated(Some(false)), json!({"automated": {"enabled": false}}));
    check(SyncStrategy { hook: Some(SyncStrategyHook::default()), apply: None }, json!({"hook": {}}));
    check(Backoff { factor: Some(0), ..Backoff::default() }, json!({"factor": 0}));
    check(
        ApplicationSpec { revision_history_limit: Some(0), ..ApplicationSpec::default() }.revision_history_limit,
        json!(0),
    );
    check(ApplicationSetSpec { template_patch: Some(String::new()), ..Default::default() }.template_patch, json!(""));
    check(OrphanedResourcesMonitorSettings { warn: Some(false), ignore: vec![] }, json!({"warn": false}));
    let source =
        ApplicationSource { helm: Some(Box::default()), directory: Some(Box::default()), ..Default::default() };
    check(source, json!({"repoURL": "", "helm": {}, "directory": {}}));
}

#[test]
fn what_is_empty_is_left_out() {
    check(ApplicationSourceHelm::default(), json!({}));
    check(ApplicationSourceKustomize::default(), json!({}));
    check(ApplicationSourceDirectory::default(), json!({}));
    check(HelmParameter::default(), json!({}));
    check(ResourceStatus::default(), json!({}));
    check(RetryStrategy { limit: 0, backoff: None, refresh: false }, json!({}));
    check(JWTTokens::default(), json!({}));
    check(SyncWindow::default(), json!({}));
    check(ApplicationMatchExpression::default(), json!({}));
    check(LabelSelector::default(), json!({}));
    check(ListMeta::default(), json!({}));
}

#[test]
fn required_fields_are_written_though_empty() {
    check(ResourceResult::default(), json!({"group": "", "version": "", "kind": "", "namespace": "", "name": ""}));
    check(SyncOperationResult::default(), json!({"revision": "", "source": {"repoURL": ""}}));
    check(ResourceIgnoreDifferences::default(), json!({"kind": ""}));
    check(SyncOperationResource::default(), json!({"kind": "", "name": ""}));
    check(EnvEntry::default(), json!({"name": "", "value": ""}));
    check(JsonnetVar::default(), json!({"name": "", "value": ""}));
    check(KustomizeReplica::default(), json!({"name": "", "count": 0}));
    check(GroupKind::default(), json!({"group": "", "kind": ""}));
    check(JWTToken::default(), json!({"iat": 0}));
    check(SourceIntegrity::default(), json!({"git": null}));
    check(ApplicationSetApplicationStatus::default().target_revisions, json!([]));
    // Go writes a time that is not set, where it is no pointer, as null.
    check(RevisionHistory::default().deployed_at, json!(null));
    check(
        OperationState::default(),
        json!({"operation": {"initiatedBy": {}, "retry": {}}, "phase": "", "startedAt": null}),
    );
}

#[test]
fn plugin_parameters_keep_what_is_empty_apart_from_what_is_absent() {
    check(ApplicationSourcePluginParameter::default(), json!({"name": ""}));
    let parameter = json!({"name": "p", "string": "", "map": {}, "array": []});
    let read: ApplicationSourcePluginParameter = serde_json::from_value(parameter.clone()).unwrap();
    assert_eq!((read.string.as_deref(), read.map.is_some(), read.array.is_some()), (Some(""), true, true));
    check(read, parameter);
}

#[test]
fn inlined_structs_stand_among_the_fields() {
    let target = json!({"group": "apps", "version": "v1", "kind": "Deployment", "name": "n", "labelSelector": "a=b"});
    let read: KustomizeSelector = serde_json::from_value(target.clone()).unwrap();
    assert_eq!(read.id.gvk.kind, "Deployment");
    check(read, target);
    let hook: SyncStrategyHook = serde_json::from_value(json!({"force": true})).unwrap();
    assert!(hook.apply.force);
    check(hook, json!({"force": true}));
}

#[test]
fn unknown_metadata_is_kept() {
    let meta = json!({"name": "n", "creationTimestamp": null, "futureField": {"a": null}});
    let read: ObjectMeta = serde_json::from_value(meta).unwrap();
    check(read, json!({"name": "n", "futureField": {"a": null}}));
}
