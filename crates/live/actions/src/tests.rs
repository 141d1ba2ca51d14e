//! What the built-in actions offer and come to, kind by kind.

use bowline_base_value::{from_json, to_json};
use bowline_core_types::Object;
use jiff::Timestamp;

use super::*;

/// An object named `x`, of `kind` (`group/version/Kind`), with more fields.
fn object(kind: &str, fields: &str) -> Object {
    let (version, kind) = kind.rsplit_once('/').unwrap();
    let more = if fields.is_empty() { String::new() } else { format!(",{fields}") };
    let metadata = if fields.starts_with(r#""metadata":"#) {
        String::new()
    } else {
        r#","metadata":{"name":"x","namespace":"n","uid":"u"}"#.to_string()
    };
    let json = format!(r#"{{"apiVersion":"{version}","kind":"{kind}"{metadata}{more}}}"#);
    Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
}

/// The offers, each with a `!` where it makes no sense now.
fn offered(kind: &str, fields: &str) -> String {
    let shown = |offer: &Offer| format!("{}{}", offer.name, if offer.disabled { "!" } else { "" });
    offers(&object(kind, fields)).iter().map(shown).collect::<Vec<_>>().join(" ")
}

fn ordered(object: &Object, action: &str, parameters: &[(&str, &str)]) -> Result<Vec<Change>, ActionError> {
    let parameters: Vec<_> = parameters.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
    let now = Timestamp::from_second(1_767_225_600).unwrap();
    run(object, &Order { action, parameters: &parameters, now })
}

/// The patch that the action comes to, or the object that it makes.
fn ran(kind: &str, fields: &str, action: &str, parameters: &[(&str, &str)]) -> String {
    let object = object(kind, fields);
    match ordered(&object, action, parameters).as_deref() {
        Ok([Change::Patch(after)]) => {
            merge_patch(object.value(), after.value()).map_or("nothing".into(), |patch| to_json(&patch, false))
        }
        Ok([Change::Create(made)]) => format!("make {}", to_json(made.value(), false)),
        Ok(more) => panic!("{more:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn workloads() {
    let kind = "apps/v1/Deployment";
    assert_eq!(offered(kind, ""), "pause restart resume! scale");
    assert_eq!(offered(kind, r#""spec":{"paused":true}"#), "pause! restart resume scale");
    assert_eq!(offered("apps/v1/StatefulSet", ""), "restart scale");
    assert_eq!(offered("apps/v1/DaemonSet", ""), "restart");
    assert_eq!(offered("v1/ConfigMap", ""), "");
    assert_eq!(
        ran(kind, r#""spec":{"template":{"metadata":null}}"#, "restart", &[]),
        r#"{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-01-01T00:00:00Z"}}}}}"#
    );
    assert_eq!(ran(kind, "", "pause", &[]), r#"{"spec":{"paused":true}}"#);
    assert_eq!(ran(kind, r#""spec":{"paused":true}"#, "resume", &[]), r#"{"spec":{"paused":null}}"#);
    assert_eq!(ran(kind, r#""spec":{"replicas":1}"#, "scale", &[("replicas", "3")]), r#"{"spec":{"replicas":3}}"#);
    assert_eq!(ran(kind, r#""spec":{"replicas":3}"#, "scale", &[("replicas", "3")]), "nothing");
    assert_eq!(
        ran(kind, "", "scale", &[("replicas", "-1")]),
        r#"parameter replicas of action "scale": "-1" is no whole number, zero or more"#
    );
    assert_eq!(ran(kind, "", "scale", &[]), r#"action "scale" needs the parameter replicas"#);
    assert_eq!(ran("apps/v1/DaemonSet", "", "scale", &[]), r#"action "scale" is not available for apps/DaemonSet"#);
    assert_eq!(ran("v1/ConfigMap", "", "restart", &[]), r#"action "restart" is not available for ConfigMap"#);
    let scale = offers(&object(kind, "")).remove(3);
    assert_eq!((scale.parameters, scale.icon.as_str()), (vec!["replicas".to_string()], "fa fa-fw fa-plus-circle"));
}

#[test]
fn jobs() {
    let cron = "batch/v1/CronJob";
    assert_eq!(offered(cron, ""), "create-job suspend");
    assert_eq!(offered(cron, r#""spec":{"suspend":true}"#), "create-job resume");
    assert_eq!(ran(cron, "", "suspend", &[]), r#"{"spec":{"suspend":true}}"#);
    assert_eq!(ran(cron, r#""spec":{"suspend":true}"#, "resume", &[]), r#"{"spec":{"suspend":false}}"#);
    let template = r#""spec":{"jobTemplate":{"metadata":{"labels":{"a":"b"}},"spec":{"template":{"spec":{"volumes":[{"emptyDir":{}}]}}}}}"#;
    assert_eq!(
        ran(cron, template, "create-job", &[]),
        concat!(
            r#"make {"apiVersion":"batch/v1","kind":"Job","metadata":{"annotations":{"cronjob.kubernetes.io/instantiate":"manual"},"#,
            r#""labels":{"a":"b"},"name":"x-2601010000","namespace":"n","ownerReferences":[{"apiVersion":"batch/v1","blockOwnerDeletion":true,"#,
            r#""controller":true,"kind":"CronJob","name":"x","uid":"u"}]},"spec":{"template":{"spec":{"volumes":[{"emptyDir":{}}]}}}}"#
        )
    );
    assert_eq!(ran(cron, "", "create-job", &[]), "the CronJob has no spec.jobTemplate.spec");

    let job = "batch/v1/Job";
    let ended = |kind: &str| format!(r#""status":{{"conditions":[{{"type":"{kind}","status":"True"}}]}}"#);
    assert_eq!(offered(job, ""), "suspend");
    assert_eq!(offered(job, r#""spec":{"suspend":true},"status":{}"#), "resume terminate");
    for kind in ["Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"] {
        assert_eq!(offered(job, &ended(kind)), "");
        assert_eq!(ran(job, &ended(kind), "terminate", &[]), "nothing");
    }
    let patch = ran(job, &ended("Suspended"), "terminate", &[]);
    assert!(
        patch.starts_with(r#"{"status":{"conditions":[{"status":"True","type":"Suspended"},{"lastTransitionTime":"#),
        "{patch}"
    );
    assert!(patch.contains(r#""reason":"ManuallyTerminated","status":"True","type":"FailureTarget""#), "{patch}");
}

#[test]
fn rollouts() {
    let kind = "argoproj.io/v1alpha1/Rollout";
    let fields = |spec: &str, status: &str| {
        format!(
            r#""metadata":{{"name":"x","generation":4}},"spec":{{"strategy":{{"canary":{{"steps":[1,2]}}}}{spec}}},"status":{{"currentPodHash":"a","stableRS":"b"{status}}}"#
        )
    };
    let rest = "restart";
    assert_eq!(
        offered(kind, &fields("", r#","observedGeneration":"4""#)),
        format!("abort pause promote-full {rest} resume! retry! skip-current-step")
    );
    assert_eq!(
        offered(
            kind,
            &fields("", r#","observedGeneration":"4","abort":true,"pauseConditions":[{}],"currentStepIndex":2"#)
        ),
        format!("abort! pause! promote-full {rest} resume retry skip-current-step!")
    );
    let done = r#""spec":{"strategy":{"blueGreen":{}}},"status":{"currentPodHash":"a","stableRS":"a"}"#;
    assert_eq!(offered(kind, done), format!("abort! pause! promote-full! {rest} resume! retry! skip-current-step!"));
    let old = r#""spec":{"strategy":{"blueGreen":{}}},"status":{"currentPodHash":"a","stableRS":"b","observedGeneration":"f00"}"#;
    assert!(offered(kind, old).contains("promote-full!"), "an old controller promotes canaries alone");
    let run = |spec: &str, status: &str, action: &str| ran(kind, &fields(spec, status), action, &[]);
    assert_eq!(run("", "", "restart"), r#"{"spec":{"restartAt":"2026-01-01T00:00:00Z"}}"#);
    assert_eq!(run("", "", "abort"), r#"{"status":{"abort":true}}"#);
    assert_eq!(run("", r#","abort":true"#, "retry"), r#"{"status":{"abort":null}}"#);
    assert_eq!(
        run(r#","paused":true"#, r#","pauseConditions":[{}]"#, "resume"),
        r#"{"spec":{"paused":false},"status":{"pauseConditions":null}}"#
    );
    assert_eq!(run("", r#","observedGeneration":"4""#, "promote-full"), r#"{"status":{"promoteFull":true}}"#);
    assert_eq!(
        run("", r#","observedGeneration":"f00","abort":true"#, "promote-full"),
        r#"{"status":{"abort":null,"currentStepIndex":2}}"#
    );
    assert_eq!(
        run("", r#","currentStepIndex":0,"pauseConditions":[{}]"#, "skip-current-step"),
        r#"{"status":{"currentStepIndex":1,"pauseConditions":null}}"#
    );
    assert_eq!(run("", r#","currentStepIndex":2"#, "skip-current-step"), "nothing");
}

#[test]
fn the_rest_of_argo() {
    let run = "argoproj.io/v1alpha1/AnalysisRun";
    assert_eq!(offered(run, r#""status":{"phase":"Running"}"#), "terminate");
    assert_eq!(offered(run, r#""status":{"phase":"Inconclusive"}"#), "terminate!");
    assert_eq!(ran(run, "", "terminate", &[]), r#"{"spec":{"terminate":true}}"#);
    let cron =
        r#""spec":{"workflowMetadata":{"labels":{"a":"b"},"finalizers":["f"]},"workflowSpec":{"entrypoint":"e"}}"#;
    assert_eq!(
        ran("argoproj.io/v1alpha1/CronWorkflow", cron, "create-workflow", &[]),
        concat!(
            r#"make {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"#,
            r#""annotations":{"workflows.argoproj.io/scheduled-time":"2026-01-01T00:00:00Z"},"finalizers":["f"],"#,
            r#""labels":{"a":"b","workflows.argoproj.io/cron-workflow":"x"},"name":"x-202601010000","namespace":"n","#,
            r#""ownerReferences":[{"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow","name":"x","uid":"u"}]},"#,
            r#""spec":{"entrypoint":"e"}}"#
        )
    );
    let made = ran("argoproj.io/v1alpha1/WorkflowTemplate", "", "create-workflow", &[]);
    assert!(made.ends_with(r#""spec":{"workflowTemplateRef":{"name":"x"}}}"#), "{made}");
    let app = "argoproj.io/v1alpha1/Application";
    let shown = |fields: &str| offers(&object(app, fields)).remove(0).display_name;
    assert_eq!(shown(r#""spec":{"syncPolicy":{"automated":{}}}"#), "Disable Auto-Sync");
    assert_eq!(shown(r#""spec":{"syncPolicy":{"automated":{"enabled":false}}}"#), "Enable Auto-Sync");
    assert_eq!(
        ran(app, r#""spec":{"syncPolicy":{"automated":{"prune":true}}}"#, "toggle-auto-sync", &[]),
        r#"{"spec":{"syncPolicy":{"automated":{"enabled":false}}}}"#
    );
    let pull = "promoter.argoproj.io/v1alpha1/PullRequest";
    assert_eq!(offered(pull, r#""spec":{"state":"closed"}"#), "merge!");
    assert_eq!(ran(pull, r#""spec":{"state":"open"}"#, "merge", &[]), r#"{"spec":{"state":"merged"}}"#);
}

#[test]
fn flux_and_numa() {
    for kind in [
        "helm.toolkit.fluxcd.io/v2/HelmRelease",
        "source.toolkit.fluxcd.io/v1/Bucket",
        "notification.toolkit.fluxcd.io/v1/Receiver",
    ] {
        assert_eq!(offered(kind, ""), "reconcile resume! suspend");
        assert_eq!(offered(kind, r#""spec":{"suspend":true}"#), "reconcile! resume suspend!");
        assert!(ran(kind, "", "reconcile", &[]).contains("reconcile.fluxcd.io/requestedAt"));
    }
    let alert = "notification.toolkit.fluxcd.io/v1/Alert";
    assert_eq!(offered(alert, ""), "resume! suspend");
    assert!(ran(alert, "", "reconcile", &[]).contains("is not available"));

    let pipeline = "numaflow.numaproj.io/v1alpha1/Pipeline";
    let paused = |strategies: &str| {
        format!(
            r#""spec":{{"lifecycle":{{"desiredPhase":"Paused"}},"metadata":{{"annotations":{{"numaflow.numaproj.io/allowed-resume-strategies":"{strategies}"}}}}}}"#
        )
    };
    assert_eq!(offered(pipeline, ""), "delete! force-promote! pause unpause-fast! unpause-gradual!");
    assert_eq!(offered(pipeline, &paused("fast")), "delete! force-promote! pause! unpause-fast unpause-gradual!");
    assert_eq!(offered(pipeline, &paused("slow, fast")), "delete! force-promote! pause! unpause-fast unpause-gradual");
    let owned = |state: &str| {
        format!(
            r#""metadata":{{"name":"x","ownerReferences":[{{"kind":"PipelineRollout"}}],"labels":{{"numaplane.numaproj.io/upgrade-state":"{state}"}}}}"#
        )
    };
    assert_eq!(offered(pipeline, &owned("trial")), "delete! force-promote pause! unpause-fast! unpause-gradual!");
    assert_eq!(
        offered(pipeline, &owned("recyclable-expired")),
        "delete force-promote! pause unpause-fast! unpause-gradual!"
    );
    assert_eq!(
        ran(pipeline, &paused(""), "unpause-gradual", &[]),
        r#"{"metadata":{"annotations":{"numaflow.numaproj.io/resume-strategy":"slow"}},"spec":{"lifecycle":{"desiredPhase":"Running"}}}"#
    );
    let vertex = "numaflow.numaproj.io/v1alpha1/MonoVertex";
    assert_eq!(
        ran(vertex, r#""spec":{"replicas":2}"#, "unpause-gradual", &[]),
        r#"{"spec":{"lifecycle":{"desiredPhase":"Running"},"replicas":null}}"#
    );
    let rollout = "numaplane.numaproj.io/v1alpha1/PipelineRollout";
    assert_eq!(
        offered(rollout, r#""status":{"upgradeInProgress":"PipelinePauseAndDrain"}"#),
        "allow-data-loss disallow-data-loss! pause unpause-fast! unpause-gradual!"
    );
    assert_eq!(
        ran(rollout, "", "unpause-fast", &[]),
        r#"{"spec":{"pipeline":{"spec":{"lifecycle":{"desiredPhase":"Running"}}},"strategy":{"pauseResume":{"fastResume":true}}}}"#
    );
    let vertices = "numaplane.numaproj.io/v1alpha1/MonoVertexRollout";
    assert_eq!(offered(vertices, ""), "pause unpause-fast! unpause-gradual!");
    assert!(ran(vertices, "", "pause", &[]).contains(r#"{"monoVertex":{"spec":{"lifecycle":"#));
    assert_eq!(offered("numaflow.numaproj.io/v1alpha1/InterStepBufferService", ""), "force-promote!");
}

#[test]
fn operators() {
    let secret = "external-secrets.io/v1/ExternalSecret";
    assert_eq!(offered(secret, r#""spec":{"refreshInterval":"1h"}"#), "refresh");
    for never in [r#""0""#, r#""0s""#, "0"] {
        assert_eq!(offered(secret, &format!(r#""spec":{{"refreshInterval":{never}}}"#)), "refresh!");
        assert_eq!(
            offered(secret, &format!(r#""spec":{{"refreshPolicy":"OnChange","refreshInterval":{never}}}"#)),
            "refresh"
        );
    }
    assert_eq!(offered("external-secrets.io/v1/PushSecret", r#""spec":{"refreshInterval":"0h"}"#), "push!");
    assert!(ran(secret, "", "refresh", &[]).contains("force-sync"));

    let scaled = "keda.sh/v1alpha1/ScaledObject";
    let with =
        |name: &str, value: &str| format!(r#""metadata":{{"annotations":{{"autoscaling.keda.sh/{name}":"{value}"}}}}"#);
    assert_eq!(offered(scaled, ""), "pause paused-replicas resume!");
    assert_eq!(offered(scaled, &with("paused", "true")), "pause! paused-replicas! resume");
    assert_eq!(offered(scaled, &with("paused-replicas", "2")), "pause! paused-replicas resume");
    assert_eq!(
        ran(scaled, &with("paused-replicas", "2"), "resume", &[]),
        r#"{"metadata":{"annotations":{"autoscaling.keda.sh/paused-replicas":null}}}"#
    );
    assert!(ran(scaled, "", "paused-replicas", &[("replicas", "2")]).contains(r#"paused-replicas":"2""#));
    assert_eq!(offered("keda.sh/v1alpha1/ScaledJob", ""), "pause resume!");

    let postgres = "postgresql.cnpg.io/v1/Cluster";
    let healthy = r#""status":{"currentPrimary":"x-2","instancesStatus":{"healthy":["x-1","x-2","x-3"]}}"#;
    assert_eq!(offered(postgres, ""), "promote! reload restart suspend");
    assert_eq!(offered(postgres, healthy), "promote reload restart suspend");
    for (instance, want) in [("any", "x-3"), ("1", "x-1"), ("x-2", "x-2")] {
        let patch = ran(postgres, healthy, "promote", &[("instance", instance)]);
        assert!(patch.contains(&format!(r#""targetPrimary":"{want}""#)), "{instance}: {patch}");
    }
    assert_eq!(
        ran(postgres, healthy, "promote", &[("instance", "9")]),
        r#"parameter instance of action "promote": "9" is no healthy instance of the cluster"#
    );
    assert_eq!(offered("k8s.mariadb.com/v1alpha1/MariaDB", r#""spec":{"suspend":true}"#), "resume");
    assert_eq!(offered("psmdb.percona.com/v1/PerconaServerMongoDB", ""), "pause unpause!");
    assert_eq!(offered("core.strimzi.io/v1beta2/StrimziPodSet", ""), "rolling-update");
    assert!(ran("core.strimzi.io/v1beta2/StrimziPodSet", "", "rolling-update", &[]).contains("manual-rolling-update"));
}

#[test]
fn every_offer_can_be_run() {
    // Whatever an empty object offers is an action that its kind has.
    for kind in [
        "apps/v1/Deployment",
        "apps/v1/StatefulSet",
        "batch/v1/Job",
        "argoproj.io/v1alpha1/Rollout",
        "numaflow.numaproj.io/v1alpha1/Pipeline",
        "numaflow.numaproj.io/v1alpha1/MonoVertex",
        "numaplane.numaproj.io/v1alpha1/PipelineRollout",
        "keda.sh/v1alpha1/ScaledObject",
        "postgresql.cnpg.io/v1/Cluster",
        "psmdb.percona.com/v1/PerconaServerMongoDB",
    ] {
        let object = object(kind, "");
        for offer in offers(&object) {
            let told: Vec<_> = offer.parameters.iter().map(|name| (name.as_str(), "1")).collect();
            let ran = ordered(&object, &offer.name, &told);
            assert!(!matches!(ran, Err(ActionError::Unknown { .. })), "{kind} {}", offer.name);
        }
    }
}

#[test]
fn a_patch_says_what_changed_and_a_status_goes_its_own_way() {
    let value = |json: &str| from_json(json.as_bytes()).unwrap();
    let patch = |before: &str, after: &str| {
        merge_patch(&value(before), &value(after)).map_or("nothing".into(), |patch| to_json(&patch, false))
    };
    assert_eq!(patch(r#"{"a":1,"b":{"c":[1],"d":2},"e":null}"#, r#"{"a":1.0,"b":{"c":[1],"d":2}}"#), "nothing");
    assert_eq!(patch(r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"c":3,"d":{}}}"#), r#"{"a":{"b":null,"c":3,"d":{}}}"#);
    assert_eq!(patch(r#"{"a":[1,2]}"#, r#"{"a":[2]}"#), r#"{"a":[2]}"#);
    let split = |json: &str| {
        let (status, rest) = split_status(&value(json));
        [status, rest].map(|part| part.map_or("-".into(), |part| to_json(&part, false))).join(" ")
    };
    assert_eq!(split(r#"{"spec":{"a":1},"status":{"b":2}}"#), r#"{"status":{"b":2}} {"spec":{"a":1}}"#);
    assert_eq!(split(r#"{"status":{"b":2}}"#), r#"{"status":{"b":2}} -"#);
    assert_eq!(split(r#"{"spec":{"a":1}}"#), r#"- {"spec":{"a":1}}"#);
}
