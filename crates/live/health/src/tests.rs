//! The rules as tables: what an object says, and the health that gitops-engine's checks give it.

use bowline_base_value::{Value, from_json};
use bowline_core_types::{HOOK_FINALIZER, Object, ResourceKey, annotation};

use super::*;

/// An object of `api_version` and `kind` with the fields of `rest`, named `web`.
fn object(api_version: &str, kind: &str, rest: &str) -> Object {
    let mut value = from_json(rest.as_bytes()).unwrap();
    let fields = value.as_object_mut().unwrap();
    fields.insert("apiVersion", api_version);
    fields.insert("kind", kind);
    let metadata = fields.entry("metadata");
    if metadata.is_null() {
        *metadata = Value::object();
    }
    metadata.as_object_mut().unwrap().insert("name", "web");
    Object::new(value).unwrap()
}

fn check(api_version: &str, kind: &str, cases: &[(&str, &str)]) {
    for (rest, want) in cases {
        let health = assess(&object(api_version, kind, rest)).unwrap();
        assert_eq!(format!("{}|{}", health.status, health.message), *want, "{kind} {rest}");
    }
}

#[test]
fn deployment() {
    check(
        "apps/v1",
        "Deployment",
        &[
            (r#"{"spec":{"paused":true}}"#, "Suspended|Deployment is paused"),
            (
                r#"{"metadata":{"generation":3},"status":{"observedGeneration":2}}"#,
                "Progressing|Waiting for rollout to finish: observed deployment generation less than desired generation",
            ),
            (
                r#"{"status":{"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]}}"#,
                r#"Degraded|Deployment "web" exceeded its progress deadline"#,
            ),
            (
                r#"{"spec":{"replicas":3},"status":{"updatedReplicas":1}}"#,
                "Progressing|Waiting for rollout to finish: 1 out of 3 new replicas have been updated...",
            ),
            (
                r#"{"spec":{"replicas":1},"status":{"updatedReplicas":1,"replicas":3}}"#,
                "Progressing|Waiting for rollout to finish: 2 old replicas are pending termination...",
            ),
            (
                r#"{"spec":{"replicas":2},"status":{"updatedReplicas":2,"replicas":2,"availableReplicas":1}}"#,
                "Progressing|Waiting for rollout to finish: 1 of 2 updated replicas are available...",
            ),
            (
                r#"{"spec":{"replicas":1},"status":{"updatedReplicas":1,"replicas":1,"availableReplicas":1}}"#,
                "Healthy|",
            ),
            (r#"{"spec":{"replicas":"3"}}"#, "Unknown|spec.replicas must be an integer, this is string"),
        ],
    );
    check("apps/v1beta1", "Deployment", &[("{}", "Unknown|unsupported Deployment GVK: apps/v1beta1, Kind=Deployment")]);
}

#[test]
fn replica_set() {
    check(
        "apps/v1",
        "ReplicaSet",
        &[
            (
                r#"{"metadata":{"generation":2},"status":{"observedGeneration":1}}"#,
                "Progressing|Waiting for rollout to finish: observed replica set generation less than desired generation",
            ),
            (
                r#"{"status":{"conditions":[{"type":"ReplicaFailure","status":"True","message":"quota"}]}}"#,
                "Degraded|quota",
            ),
            (r#"{"status":{"conditions":[{"type":"ReplicaFailure","status":"False","message":"quota"}]}}"#, "Healthy|"),
            (
                r#"{"spec":{"replicas":2},"status":{"availableReplicas":1}}"#,
                "Progressing|Waiting for rollout to finish: 1 out of 2 new replicas are available...",
            ),
            (r#"{"spec":{"replicas":0}}"#, "Healthy|"),
        ],
    );
}

#[test]
fn stateful_set() {
    let partition = r#""updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}}"#;
    check(
        "apps/v1",
        "StatefulSet",
        &[
            ("{}", "Progressing|Waiting for statefulset spec update to be observed..."),
            (
                r#"{"metadata":{"generation":2},"status":{"observedGeneration":1}}"#,
                "Progressing|Waiting for statefulset spec update to be observed...",
            ),
            (
                r#"{"spec":{"replicas":3},"status":{"observedGeneration":1,"readyReplicas":1}}"#,
                "Progressing|Waiting for 2 pods to be ready...",
            ),
            (
                &format!(
                    r#"{{"spec":{{"replicas":3,{partition}}},"status":{{"observedGeneration":1,"readyReplicas":3,"updatedReplicas":1}}}}"#
                ),
                "Progressing|Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
            ),
            (
                &format!(
                    r#"{{"spec":{{"replicas":3,{partition}}},"status":{{"observedGeneration":1,"readyReplicas":3,"updatedReplicas":2}}}}"#
                ),
                "Healthy|partitioned roll out complete: 2 new pods have been updated...",
            ),
            (
                r#"{"spec":{"replicas":2,"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":1,"readyReplicas":2}}"#,
                "Healthy|statefulset has 2 ready pods",
            ),
            (
                r#"{"status":{"observedGeneration":1,"updatedReplicas":1,"updateRevision":"b","currentRevision":"a"}}"#,
                "Progressing|waiting for statefulset rolling update to complete 1 pods at revision b...",
            ),
            (
                r#"{"status":{"observedGeneration":1,"currentReplicas":2,"updateRevision":"b","currentRevision":"b"}}"#,
                "Healthy|statefulset rolling update complete 2 pods at revision b...",
            ),
        ],
    );
}

#[test]
fn daemon_set() {
    check(
        "apps/v1",
        "DaemonSet",
        &[
            (
                r#"{"metadata":{"generation":2},"status":{"observedGeneration":1}}"#,
                "Progressing|Waiting for rollout to finish: observed daemon set generation less than desired generation",
            ),
            (
                r#"{"spec":{"updateStrategy":{"type":"OnDelete"}},"status":{"updatedNumberScheduled":1,"desiredNumberScheduled":2}}"#,
                "Healthy|daemon set 1 out of 2 new pods have been updated",
            ),
            (
                r#"{"status":{"updatedNumberScheduled":1,"desiredNumberScheduled":2}}"#,
                r#"Progressing|Waiting for daemon set "web" rollout to finish: 1 out of 2 new pods have been updated..."#,
            ),
            (
                r#"{"status":{"updatedNumberScheduled":2,"desiredNumberScheduled":2,"numberAvailable":1}}"#,
                r#"Progressing|Waiting for daemon set "web" rollout to finish: 1 of 2 updated pods are available..."#,
            ),
            (r#"{"status":{"updatedNumberScheduled":2,"desiredNumberScheduled":2,"numberAvailable":2}}"#, "Healthy|"),
        ],
    );
}

#[test]
fn pod_that_lasts() {
    check(
        "v1",
        "Pod",
        &[
            (
                r#"{"spec":{"restartPolicy":"Always"},"status":{"phase":"Pending","containerStatuses":[
                  {"state":{"waiting":{"reason":"ImagePullBackOff","message":"no image"}}},
                  {"state":{"waiting":{"reason":"ErrImagePull","message":"none at all"}}},
                  {"state":{"waiting":{"reason":"CreateContainerConfigError","message":"no config"}}}]}}"#,
                "Degraded|no image, none at all, no config",
            ),
            (
                r#"{"spec":{"restartPolicy":"Always"},"status":{"phase":"Pending","containerStatuses":[
                  {"state":{"waiting":{"reason":"ContainerCreating"}}}]}}"#,
                "Progressing|",
            ),
            (
                r#"{"spec":{"restartPolicy":"Always"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}"#,
                "Healthy|",
            ),
            (
                r#"{"spec":{"restartPolicy":"Always"},"status":{"phase":"Running","containerStatuses":[{"lastState":{"terminated":{"exitCode":1}}}]}}"#,
                "Degraded|",
            ),
            (r#"{"spec":{"restartPolicy":"Always"},"status":{"phase":"Running"}}"#, "Progressing|"),
            (r#"{"status":{"phase":"Running"}}"#, "Unknown|"),
            (r#"{"status":{"phase":"Strange","message":"m"}}"#, "Unknown|m"),
        ],
    );
}

#[test]
fn pod_that_ends() {
    check(
        "v1",
        "Pod",
        &[
            (
                r#"{"spec":{"restartPolicy":"Never"},"status":{"phase":"Pending","containerStatuses":[
                  {"state":{"waiting":{"reason":"ImagePullBackOff","message":"no image"}}}]}}"#,
                "Progressing|",
            ),
            (r#"{"spec":{"restartPolicy":"OnFailure"},"status":{"phase":"Running"}}"#, "Progressing|"),
            (r#"{"spec":{"restartPolicy":"Never"},"status":{"phase":"Succeeded","message":"done"}}"#, "Healthy|done"),
            (r#"{"status":{"phase":"Failed","message":"evicted"}}"#, "Degraded|evicted"),
            (
                r#"{"status":{"phase":"Failed","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}}],
                  "containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":2}}}]}}"#,
                r#"Degraded|container "c" failed with exit code 2"#,
            ),
            (
                r#"{"status":{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]}}"#,
                "Degraded|OOMKilled",
            ),
            (
                r#"{"status":{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"message":"boom","reason":"OOMKilled"}}}]}}"#,
                "Degraded|boom",
            ),
            (r#"{"status":{"phase":"Failed"}}"#, "Degraded|"),
        ],
    );
}

#[test]
fn pod_asked_to_count_as_lasting() {
    let rest = r#"{"spec":{"restartPolicy":"Never"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}"#;
    let mut pod = object("v1", "Pod", rest);
    pod.set_annotation(annotation::IGNORE_RESTART_POLICY, "true");
    assert_eq!(assess(&pod), Some(Health::healthy()));
    pod.set_annotation(annotation::HOOK, "PreSync");
    assert_eq!(assess(&pod), Some(Health::progressing("")));
}

#[test]
fn job() {
    check(
        "batch/v1",
        "Job",
        &[
            ("{}", "Progressing|"),
            (
                r#"{"status":{"conditions":[{"type":"Failed","status":"True","message":"limit"},{"type":"Complete"}]}}"#,
                "Degraded|limit",
            ),
            (r#"{"status":{"conditions":[{"type":"Complete","status":"True","message":"ok"}]}}"#, "Healthy|ok"),
            (
                r#"{"status":{"conditions":[{"type":"Suspended","status":"True","message":"Job suspended"}]}}"#,
                "Suspended|Job suspended",
            ),
            (
                r#"{"status":{"conditions":[{"type":"Suspended","status":"False","message":"Job resumed"}]}}"#,
                "Healthy|Job resumed",
            ),
            (r#"{"status":{"conditions":[{"type":"FailureTarget","status":"True","message":"x"}]}}"#, "Progressing|"),
        ],
    );
}

#[test]
fn service_and_ingress() {
    let given = r#"{"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]}}}"#;
    let waits = r#"{"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{}}}"#;
    check("v1", "Service", &[(given, "Healthy|"), (waits, "Progressing|"), ("{}", "Healthy|")]);
    for api_version in ["networking.k8s.io/v1", "extensions/v1beta1"] {
        check(api_version, "Ingress", &[(given, "Healthy|"), (waits, "Progressing|"), ("{}", "Progressing|")]);
    }
}

#[test]
fn persistent_volume_claim() {
    check(
        "v1",
        "PersistentVolumeClaim",
        &[
            (r#"{"status":{"phase":"Bound"}}"#, "Healthy|"),
            (r#"{"status":{"phase":"Pending"}}"#, "Progressing|"),
            (r#"{"status":{"phase":"Lost"}}"#, "Degraded|"),
            ("{}", "Unknown|"),
        ],
    );
}

#[test]
fn horizontal_pod_autoscaler() {
    check(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        &[
            ("{}", "Progressing|Waiting to Autoscale"),
            (
                r#"{"status":{"conditions":[{"type":"AbleToScale","status":"True","message":"able"},
                  {"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"no metrics"}]}}"#,
                "Degraded|no metrics",
            ),
            (r#"{"status":{"conditions":[{"type":"ScalingLimited","status":"True","message":"max"}]}}"#, "Healthy|max"),
        ],
    );
    let v1 = |conditions: &str| {
        let mut hpa = object("autoscaling/v1", "HorizontalPodAutoscaler", "{}");
        hpa.set_annotation("autoscaling.alpha.kubernetes.io/conditions", conditions);
        let health = assess(&hpa).unwrap();
        format!("{}|{}", health.status, health.message)
    };
    assert_eq!(v1(r#"[{"type":"AbleToScale","status":"True","message":"able"}]"#), "Healthy|able");
    assert_eq!(v1("[]"), "Progressing|Waiting to Autoscale");
    assert!(v1("{").starts_with("Unknown|failed to convert conditions annotation to typed: "));
    check(
        "autoscaling/v2beta2",
        "HorizontalPodAutoscaler",
        &[("{}", "Unknown|unsupported HorizontalPodAutoscaler GVK: autoscaling/v2beta2, Kind=HorizontalPodAutoscaler")],
    );
}

#[test]
fn api_service_and_workflow() {
    for version in ["v1", "v1beta1"] {
        check(
            &format!("apiregistration.k8s.io/{version}"),
            "APIService",
            &[
                (
                    r#"{"status":{"conditions":[{"type":"Available","status":"True","reason":"Passed","message":"all"}]}}"#,
                    "Healthy|Passed: all",
                ),
                (
                    r#"{"status":{"conditions":[{"type":"Available","status":"False","reason":"Gone","message":"x"}]}}"#,
                    "Progressing|Gone: x",
                ),
                ("{}", "Progressing|Waiting to be processed"),
            ],
        );
    }
    check(
        "argoproj.io/v1alpha1",
        "Workflow",
        &[
            ("{}", "Progressing|"),
            (r#"{"status":{"phase":"Running","message":"step 1"}}"#, "Progressing|step 1"),
            (r#"{"status":{"phase":"Succeeded"}}"#, "Healthy|"),
            (r#"{"status":{"phase":"Error","message":"no"}}"#, "Degraded|no"),
            (r#"{"status":{"phase":"Skipped"}}"#, "Unknown|"),
        ],
    );
}

#[test]
fn what_is_being_deleted_is_progressing_unless_it_is_a_hook_that_ended() {
    let deleted = r#"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Bound"}}"#;
    check("v1", "PersistentVolumeClaim", &[(deleted, "Progressing|Pending deletion")]);
    assert_eq!(assess(&object("v1", "ConfigMap", deleted)).unwrap().message, "Pending deletion");
    let held = deleted.replacen('{', &format!(r#"{{"finalizersOf":"{HOOK_FINALIZER}","#), 1);
    let mut hook = object("v1", "PersistentVolumeClaim", &held);
    let finalizers: Value = [Value::from(HOOK_FINALIZER)].into_iter().collect();
    hook.fields_mut().entry("metadata").as_object_mut().unwrap().insert("finalizers", finalizers);
    assert_eq!(assess(&hook), Some(Health::healthy()));
}

#[test]
fn other_kinds_have_no_health_unless_a_script_gives_one() {
    let map = object("v1", "ConfigMap", "{}");
    assert_eq!(assess(&map), None);
    assert!(!is_built_in("", "ConfigMap"));
    let custom = assess_with(&map, |_| Some(Health::new(HealthStatus::Suspended, "said so")));
    assert_eq!(custom, Some(Health::new(HealthStatus::Suspended, "said so")));
}

#[test]
fn an_application_is_as_healthy_as_the_worst_of_what_counts() {
    use HealthStatus::*;
    type Given<'a> = (&'a str, Option<&'a Object>, Option<&'a Object>, Option<HealthStatus>);
    let plain = object("v1", "ConfigMap", "{}");
    let mut ignored = plain.clone();
    ignored.set_annotation(annotation::IGNORE_HEALTHCHECK, "true");
    let mut hook = plain.clone();
    hook.set_annotation(annotation::HOOK, "PreSync");
    let mut skipped = plain.clone();
    skipped.set_annotation(annotation::HOOK, "Skip");
    let key = |kind: &str, name: &str| {
        ResourceKey::new(if kind == "Application" { "argoproj.io" } else { "" }, kind, "n", name)
    };
    let check =
        |children: &[Given], want: &str| {
            let keys: Vec<_> = children.iter().enumerate().map(|(i, (kind, ..))| key(kind, &format!("o{i}"))).collect();
            let healths: Vec<_> = children.iter().map(|(.., h)| h.map(|h| Health::new(h, ""))).collect();
            let children = children.iter().zip(&keys).zip(&healths).map(|(((_, desired, live, _), key), health)| {
                Child { key, desired: *desired, live: *live, health: health.as_ref(), is_self: false }
            });
            let health = aggregate(children);
            assert_eq!(format!("{}|{}", health.status, health.message()), want);
        };
    let (d, live) = (Some(&plain), Some(&plain));
    check(&[], "Healthy|");
    check(&[("Pod", d, live, Some(Healthy)), ("Pod", d, live, None)], "Healthy|");
    check(&[("Pod", d, live, Some(Progressing)), ("Pod", d, live, Some(Degraded))], "Degraded|Caused by Pod:n/o1");
    check(&[("Pod", d, None, None), ("Pod", d, live, Some(Healthy))], "Healthy|");
    check(&[("Pod", d, None, None), ("Pod", d, None, None)], "Missing|");
    check(&[("Pod", d, Some(&ignored), Some(Degraded))], "Healthy|");
    check(&[("Pod", d, Some(&hook), Some(Degraded)), ("Pod", Some(&skipped), None, None)], "Healthy|");
    check(
        &[("Application", d, live, Some(Unknown)), ("Application", d, live, Some(Suspended))],
        "Suspended|Caused by argoproj.io/Application:n/o1",
    );
    check(&[("Pod", d, live, Some(Unknown)); 5], "Unknown|Caused by Pod:n/o0, Pod:n/o1, Pod:n/o2 and 2 more");
}
