//! Expectations are what Argo CD's command line prints for the same Application.

use serde_json::{Value, json};

use super::*;

fn app(status: Value) -> Application {
    let app = json!({
        "metadata": {"namespace": "argocd", "name": "shop"},
        "spec": {
            "project": "",
            "source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy", "targetRevision": "main"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            "syncPolicy": {"automated": {"prune": true}},
        },
        "status": status,
    });
    serde_json::from_value(app).unwrap()
}

fn status() -> Value {
    json!({
        "sync": {"status": "OutOfSync", "revision": "0123456789abcdef0123456789abcdef01234567"},
        "health": {"status": "Progressing"},
        "conditions": [
            {"type": "SyncError", "message": "one", "lastTransitionTime": "2026-01-02T03:04:05Z"},
            {"type": "ComparisonError", "message": "two"},
            {"type": "SyncError", "message": "three"},
        ],
        "resources": [
            {"kind": "Service", "version": "v1", "namespace": "shop", "name": "web", "status": "Synced", "health": {"status": "Healthy"}},
            {"group": "apps", "kind": "Deployment", "version": "v1", "namespace": "shop", "name": "web", "status": "OutOfSync"},
            {"kind": "ConfigMap", "version": "v1", "namespace": "shop", "name": "a", "status": "Synced"},
        ],
        "operationState": {
            "operation": {},
            "phase": "Succeeded",
            "message": "successfully synced",
            "startedAt": "2026-01-02T03:04:05Z",
            "finishedAt": "2026-01-02T03:05:07Z",
            "syncResult": {
                "revision": "0123456789abcdef0123456789abcdef01234567",
                "resources": [
                    {"group": "batch", "version": "v1", "kind": "Job", "namespace": "shop", "name": "migrate",
                     "hookType": "PreSync", "hookPhase": "Succeeded", "message": "done"},
                    {"group": "", "version": "v1", "kind": "Service", "namespace": "shop", "name": "web",
                     "status": "Synced", "message": "service/web unchanged"},
                    {"group": "", "version": "v1", "kind": "ConfigMap", "namespace": "shop", "name": "old",
                     "status": "Pruned", "message": "pruned"},
                ],
            },
        },
    })
}

fn printed(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    print(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn lists() {
    let text = printed(|out| list(out, &[app(status()), app(json!({}))], Style::default()));
    let want = "\
NAME         CLUSTER                         NAMESPACE  PROJECT  STATUS     HEALTH       SYNCPOLICY  CONDITIONS                    REPO                              PATH    TARGET
argocd/shop  https://kubernetes.default.svc  shop       default  OutOfSync  Progressing  Auto-Prune  ComparisonError,SyncError(2)  https://git.example.com/shop.git  deploy  main
argocd/shop  https://kubernetes.default.svc  shop       default                          Auto-Prune  <none>                        https://git.example.com/shop.git  deploy  main
";
    assert_eq!(text, want);
}

#[test]
fn summaries() {
    let text = printed(|out| summary(out, &app(status()), None, Style::default()));
    let want = "\
Name:               argocd/shop
Project:            default
Server:             https://kubernetes.default.svc
Namespace:          shop
Source:
- Repo:             https://git.example.com/shop.git
  Target:           main
  Path:             deploy
Sync Policy:        Automated (Prune)
Sync Status:        OutOfSync from main (0123456)
Health Status:      Progressing
";
    assert_eq!(text, want);
}

#[test]
fn a_target_that_is_a_commit_needs_no_other() {
    let mut app = app(status());
    let source = app.spec.source.as_mut().unwrap();
    source.target_revision = "0123456789abcdef0123456789abcdef01234567".into();
    let text = printed(|out| summary(out, &app, None, Style::default()));
    assert!(text.contains("OutOfSync from 0123456789abcdef0123456789abcdef01234567\n"), "{text}");
}

#[test]
fn resources_are_what_the_sync_did_and_then_the_rest() {
    let text = printed(|out| resources(out, &app(status()), Style::default()));
    let want = "\
GROUP  KIND        NAMESPACE  NAME     STATUS     HEALTH   HOOK     MESSAGE
batch  Job         shop       migrate  Succeeded           PreSync  done
       Service     shop       web      Synced     Healthy           service/web unchanged
       ConfigMap   shop       old                 Pruned            pruned
       ConfigMap   shop       a        Synced                       
apps   Deployment  shop       web      OutOfSync                    
";
    assert_eq!(text, want);
}

#[test]
fn operations_and_conditions_have_go_s_times() {
    let app = app(status());
    let state = app.status.operation_state.as_ref().unwrap();
    let text = printed(|out| operation(out, state, Timestamp::UNIX_EPOCH, Style::default()));
    let want = "\
Operation:          Sync
Sync Revision:      0123456789abcdef0123456789abcdef01234567
Phase:              Succeeded
Start:              2026-01-02 03:04:05 +0000 UTC
Finished:           2026-01-02 03:05:07 +0000 UTC
Duration:           1m2s
Message:            successfully synced
";
    assert_eq!(text, want);
    let text = printed(|out| condition_table(out, &app));
    let want = "\
CONDITION        MESSAGE  LAST TRANSITION
SyncError        one      2026-01-02 03:04:05 +0000 UTC
ComparisonError  two      
SyncError        three    
";
    assert_eq!(text, want);
}

#[test]
fn histories_are_told_by_source() {
    let entries = json!([
        {"id": 0, "deployedAt": "2026-01-02T03:04:05Z", "revision": "0123456789abcdef",
         "source": {"repoURL": "https://a", "targetRevision": "main"}},
        {"id": 1, "deployedAt": "2026-01-02T03:04:06Z", "revisions": ["fedcba9876543210", "2"],
         "sources": [{"repoURL": "https://a", "targetRevision": "v1"}, {"repoURL": "https://b", "targetRevision": "2"}]},
    ]);
    let entries: Vec<RevisionHistory> =
        entries.as_array().unwrap().iter().map(|e| serde_json::from_value(e.clone()).unwrap()).collect();
    let text = printed(|out| history(out, &entries));
    let want = "\
SOURCE  https://a
ID      DATE                           REVISION
0       2026-01-02 03:04:05 +0000 UTC  main (0123456)
1       2026-01-02 03:04:06 +0000 UTC  v1 (fedcba9)

SOURCE  https://b
ID      DATE                           REVISION
1       2026-01-02 03:04:06 +0000 UTC  2
";
    assert_eq!(text, want);
}

#[test]
fn parameters_are_cut() {
    let source = json!({"repoURL": "", "helm": {"parameters": [
        {"name": "short", "value": "x"}, {"name": "long", "value": "y".repeat(90)}]}});
    let source: ApplicationSource = serde_json::from_value(source).unwrap();
    let text = printed(|out| parameters(out, &source));
    assert_eq!(text, format!("\nNAME   VALUE\nshort  x\nlong   {}...\n", "y".repeat(77)));
}
