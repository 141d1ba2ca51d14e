//! `bowline plan`, with the API server as the judge and nothing written.

use serde_json::{Value, json};

use crate::lab::Lab;

fn config(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: \"{value}\"\n")
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n  password: hunter2\n";
const HOOK: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: migrate\n  annotations:\n    argocd.argoproj.io/hook: PreSync\n    argocd.argoproj.io/sync-wave: \"3\"\n";

/// An application of a ConfigMap, a Secret and a hook, deployed into its control namespace.
fn shop(lab: &Lab) -> String {
    lab.file("repo/deploy/config.yaml", &config("settings", "1"));
    lab.file("repo/deploy/secret.yaml", SECRET);
    lab.file("repo/deploy/hook.yaml", HOOK);
    let commit = lab.commit("repo");
    let url = lab.url("repo");
    let args = ["app", "create", "shop", "--repo", &url, "--path", "deploy", "--dest-name", "in-cluster"];
    lab.good(&[&args[..], &["--dest-namespace", &lab.control]].concat());
    commit
}

/// Applies an object as the server would have: our manager, our mark.
fn apply(lab: &Lab, kind: &str, manifest: &str) {
    let name = manifest.split("name: ").nth(1).and_then(|rest| rest.lines().next()).expect("because it has a name");
    let mark = format!("shop:/{kind}:{}/{name}", lab.control);
    let marked = manifest.replace(
        &format!("  name: {name}\n"),
        &format!("  name: {name}\n  annotations:\n    argocd.argoproj.io/tracking-id: \"{mark}\"\n"),
    );
    let file = lab.file(&format!("applied/{name}.yaml"), &marked);
    let file = file.to_str().expect("because the path is UTF-8");
    lab.kubectl(&[
        "-n",
        &lab.control,
        "apply",
        "--server-side",
        "--force-conflicts",
        "--field-manager=argocd-controller",
        "-f",
        file,
    ]);
}

fn planned(lab: &Lab, code: i32, flags: &[&str]) -> Value {
    let ran = lab.run(&[&["plan", "-o", "json"], flags].concat());
    assert_eq!(ran.code, code, "{}\n{}", ran.out, ran.err);
    assert!(!ran.out.contains("hunter2") && !ran.out.contains("aHVudGVyMg"), "{}", ran.out);
    serde_json::from_str(&ran.out).expect("because it is JSON")
}

fn step<'a>(plan: &'a Value, kind: &str, name: &str) -> &'a Value {
    let steps = plan["steps"].as_array().expect("because it is a list");
    steps.iter().find(|s| s["kind"] == kind && s["name"] == name).unwrap_or_else(|| panic!("{kind} {name}: {plan:#}"))
}

#[test]
fn what_would_be_made_changed_kept_and_pruned() {
    let lab = Lab::new("plan");
    let commit = shop(&lab);
    let version = |lab: &Lab| lab.object("applications", "shop")["metadata"]["resourceVersion"].clone();
    let before = version(&lab);

    // Nothing is there yet.
    let plan = planned(&lab, 2, &["shop"]);
    assert_eq!(plan["revisions"], json!([commit]));
    let created = step(&plan, "ConfigMap", "settings");
    assert_eq!((&created["action"], &created["wave"]), (&json!("create"), &json!(0)));
    assert_eq!(created["reason"], "it is in Git and not in the cluster");
    assert_eq!(created["object"]["data"], json!({"a": "1"}));
    assert_eq!(step(&plan, "Secret", "login")["action"], "create");
    let hook = step(&plan, "ConfigMap", "migrate");
    assert_eq!(
        (&hook["action"], &hook["phase"], &hook["wave"], &hook["reason"]),
        (&json!("run"), &json!("PreSync"), &json!(3), &json!("it is a hook for PreSync"))
    );
    assert_eq!(lab.object("configmap", "settings"), Value::Null, "nothing is written");

    // Another value, and something that Git does not have.
    apply(&lab, "ConfigMap", &config("settings", "0"));
    apply(&lab, "ConfigMap", &config("old", "1"));
    apply(&lab, "Secret", SECRET);
    let tracked =
        json!([{"version": "v1", "kind": "ConfigMap", "namespace": lab.control, "name": "old", "status": "OutOfSync"}]);
    let status = json!({"status": {"resources": tracked}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "application", "shop", "--type=merge", "-p", &status]);
    let plan = planned(&lab, 2, &["shop"]);
    let changed = step(&plan, "ConfigMap", "settings");
    assert_eq!((&changed["action"], &changed["reason"]), (&json!("change"), &json!("it differs from Git")));
    let field = json!([{
        "path": "data.a", "live": "0", "desired": "1", "cause": "was changed in Git", "why": "git", "owner": null
    }]);
    assert_eq!(changed["fields"], field);
    assert_eq!(step(&plan, "Secret", "login")["action"], "unchanged");
    let kept = step(&plan, "ConfigMap", "old");
    assert_eq!((&kept["action"], &kept["reason"]), (&json!("keep"), &json!("ignored (requires pruning)")));
    let plan = planned(&lab, 2, &["shop", "--prune"]);
    let pruned = step(&plan, "ConfigMap", "old");
    assert_eq!((&pruned["action"], &pruned["reason"]), (&json!("prune"), &json!("it is not in Git any more")));
    assert_eq!(plan["summary"]["prune"], 1);

    // For people, and for a comment on a change.
    let wide = lab.run(&["plan", "shop", "--prune"]);
    assert_eq!(wide.code, 2);
    for line in [
        "PreSync, wave 3\n",
        "data.a: \"0\" → \"1\" (was changed in Git)\n",
        "1 to change; 1 to prune; 1 hook would run; 1 object is as Git says.\n",
    ] {
        assert!(wide.out.contains(line), "{line}\n{}", wide.out);
    }
    let markdown = lab.run(&["plan", "shop", "--prune", "-o", "markdown"]).out;
    assert!(
        markdown.contains("| prune | `/ConfigMap/") && markdown.contains("-data.a: \"0\"\n+data.a: \"1\"\n"),
        "{markdown}"
    );

    // What is ignored is no change, and then there is none.
    let ignore =
        json!({"spec": {"ignoreDifferences": [{"kind": "ConfigMap", "jsonPointers": ["/data/a"]}]}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "application", "shop", "--type=merge", "-p", &ignore]);
    let plan = planned(&lab, 0, &["shop"]);
    assert_eq!(plan["changes"], false);
    assert!(
        lab.run(&["plan", "shop"])
            .out
            .contains("Nothing would change; 1 not in Git and kept; 2 objects are as Git says.\n")
    );
    assert_eq!(lab.run(&["app", "diff", "shop"]).out.matches("=====").count(), 2, "the one that Git does not have");
    assert_ne!(version(&lab), before, "only the test has written it");
}

#[test]
fn a_branch_a_folder_and_an_edited_application() {
    let lab = Lab::new("plan-of");
    shop(&lab);
    apply(&lab, "ConfigMap", &config("settings", "1"));
    apply(&lab, "Secret", SECRET);
    assert_eq!(planned(&lab, 0, &["shop"])["changes"], false);

    let folder = lab.file("work/config.yaml", &config("settings", "2"));
    let folder = folder.parent().unwrap().to_str().unwrap();
    let plan = planned(&lab, 2, &["shop", "--local", folder]);
    assert_eq!(step(&plan, "ConfigMap", "settings")["fields"][0]["desired"], "2");
    let only = planned(&lab, 2, &["shop", "--local", folder, "--resource", ":ConfigMap:settings"]);
    assert_eq!(only["steps"].as_array().unwrap().len(), 1);

    // Settings of the installation count too.
    let data = json!({"resource.customizations.ignoreDifferences.ConfigMap": "jsonPointers:\n- /data/a\n"});
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": data});
    let file = lab.file("argocd-cm.json", &map.to_string());
    lab.kubectl(&["-n", &lab.control, "create", "-f", file.to_str().unwrap()]);
    assert_eq!(planned(&lab, 0, &["shop", "--local", folder])["changes"], false);
    lab.kubectl(&["-n", &lab.control, "delete", "configmap", "argocd-cm"]);

    let mut edited = lab.object("applications", "shop");
    edited["spec"]["source"]["kustomize"] = json!({"namePrefix": "new-"});
    lab.file("repo/overlay/kustomization.yaml", "resources: [config.yaml]\n");
    lab.file("repo/overlay/config.yaml", &config("settings", "1"));
    lab.commit("repo");
    edited["spec"]["source"]["path"] = "overlay".into();
    let file = lab.file("edited.json", &edited.to_string());
    let plan = planned(&lab, 2, &["--file", file.to_str().unwrap()]);
    assert_eq!(step(&plan, "ConfigMap", "new-settings")["action"], "create");
    let said = lab.run(&["plan", "bank", "--file", file.to_str().unwrap()]);
    assert!(said.code == 1 && said.err.contains("the command about"), "{} {}", said.code, said.err);
}

#[test]
fn what_would_be_refused_is_told_with_exit_code_1() {
    let lab = Lab::new("plan-refused");
    shop(&lab);
    let bad = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 99999\n";
    let folder = lab.file("work/service.yaml", bad);
    let folder = folder.parent().unwrap().to_str().unwrap();
    let plan = planned(&lab, 1, &["shop", "--local", folder]);
    let refused = plan["refused"].as_str().unwrap();
    assert!(
        refused.starts_with("one or more objects failed to apply (dry run), reason: ") && refused.contains("99999")
    );
    assert!(step(&plan, "Service", "web")["error"].as_str().unwrap().contains("99999"));

    let unknown = lab.file("none/thing.yaml", "apiVersion: none.example.com/v1\nkind: Thing\nmetadata:\n  name: x\n");
    let plan = planned(&lab, 1, &["shop", "--local", unknown.parent().unwrap().to_str().unwrap()]);
    assert!(plan["refused"].as_str().unwrap().contains("Make sure the \"Thing\" CRD is installed"), "{plan:#}");

    let broken = lab.file("broken/x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n");
    let ran = lab.run(&["plan", "shop", "--local", broken.parent().unwrap().to_str().unwrap()]);
    assert!(ran.code == 1 && ran.err.contains("x.yaml"), "{} {}", ran.code, ran.err);
    assert_eq!(lab.run(&["plan", "nobody"]).code, 1);
}

#[test]
fn what_a_sync_would_wait_for_and_whom_it_would_act_as() {
    let lab = Lab::new("plan-ahead");
    let deployment = |name: &str, wave: i64| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  annotations:\n    argocd.argoproj.io/sync-wave: \"{wave}\"\nspec:\n  selector: {{matchLabels: {{a: {name}}}}}\n  template: {{metadata: {{labels: {{a: {name}}}}}, spec: {{containers: [{{name: c, image: x}}]}}}}\n"
        )
    };
    lab.file("repo/deploy/first.yaml", &deployment("first", 0));
    lab.file("repo/deploy/last.yaml", &deployment("last", 1));
    lab.commit("repo");
    let args = ["app", "create", "shop", "--path", "deploy", "--dest-name", "in-cluster", "--dest-namespace"];
    lab.good(&["proj", "create", "watched", "--dest", "*,*", "--src", "*"]);
    lab.good(&[&args[..], &[&lab.control, "--repo", &lab.url("repo"), "--project", "watched"]].concat());
    let project = |spec: Value| {
        let patch = json!({"spec": spec}).to_string();
        lab.kubectl(&["-n", &lab.control, "patch", "appproject", "watched", "--type=merge", "-p", &patch]);
    };
    let waits = |plan: &Value| {
        let waits = plan["waits"].as_array().cloned().unwrap_or_default();
        waits.iter().map(|w| w["message"].as_str().unwrap_or_default().to_string()).collect::<Vec<_>>()
    };

    // The last wave is applied and that is that.
    let first = format!(
        "after wave 0 of Sync until these are healthy, 24 hours at most: apps/Deployment/{}/first",
        lab.control
    );
    assert_eq!(waits(&planned(&lab, 2, &["shop"])), [first.as_str()]);
    let window =
        json!({"kind": "deny", "schedule": "* * * * *", "duration": "1h", "applications": ["*"], "manualSync": true});
    project(json!({"syncWindows": [window]}));
    let told = waits(&planned(&lab, 2, &["shop"]));
    assert!(
        told[0].starts_with("an automated sync, though not a person's, is blocked by sync window: deny window \"* * * * *\" (UTC) for 1h is open: "),
        "{told:?}"
    );
    let window = json!({"kind": "allow", "schedule": "0 0 29 2 *", "duration": "1m", "applications": ["*"]});
    project(json!({"syncWindows": [window]}));
    let plan = planned(&lab, 2, &["shop"]);
    assert!(waits(&plan)[0].starts_with("every sync is blocked by sync window: allow window"), "{plan}");
    assert!(plan["waits"][0]["until"].as_str().unwrap().contains("-02-29T00:00:00Z"), "{plan}");
    let wide = lab.run(&["plan", "shop"]).out;
    assert!(
        wide.contains("\nThe sync would wait:\n  every sync is blocked") && wide.contains(&format!("  {first}\n")),
        "{wide}"
    );
    assert!(lab.run(&["plan", "shop", "-o", "markdown"]).out.contains("\n- every sync is blocked"));

    // As whom: nobody is named; one who may not; one who may.
    project(json!({"syncWindows": null}));
    let data = json!({"application.sync.impersonation.enabled": "true"});
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm"}, "data": data});
    let file = lab.file("argocd-cm.json", &map.to_string());
    lab.kubectl(&["-n", &lab.control, "create", "-f", file.to_str().unwrap()]);
    let plan = planned(&lab, 1, &["shop"]);
    assert!(plan["refused"].as_str().unwrap().contains("service account"), "{plan}");
    project(json!({"destinationServiceAccounts": [
        {"server": "*", "namespace": lab.control, "defaultServiceAccount": "deployer"}]}));
    let plan = planned(&lab, 1, &["shop"]);
    let who = format!("User \"system:serviceaccount:{}:deployer\" cannot patch", lab.control);
    assert!(plan["refused"].as_str().unwrap().contains(&who), "{plan}");
    assert!(step(&plan, "Deployment", "first")["error"].as_str().unwrap().contains(&who));
    lab.kubectl(&["-n", &lab.control, "create", "role", "deploys", "--verb=*", "--resource=deployments"]);
    let account = format!("--serviceaccount={}:deployer", lab.control);
    lab.kubectl(&["-n", &lab.control, "create", "rolebinding", "deploys", "--role=deploys", &account]);
    let start = std::time::Instant::now();
    while lab.run(&["plan", "shop"]).code != 2 {
        assert!(start.elapsed().as_secs() < 60, "{}", lab.run(&["plan", "shop"]).out);
    }
    assert_eq!(planned(&lab, 2, &["shop"])["refused"], Value::Null);
}
