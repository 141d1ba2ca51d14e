//! The API over REST as scripts use it: log in, then projects, clusters, repositories, certificates, accounts.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::lab::Lab;

/// Somebody who is logged in.
pub struct Session<'a> {
    lab: &'a Lab,
    bearer: String,
}

impl Session<'_> {
    /// What goes into the header `Authorization`.
    pub fn bearer(&self) -> &str {
        &self.bearer
    }

    /// The token.
    pub fn token(&self) -> &str {
        self.bearer.trim_start_matches("Bearer ")
    }

    /// The status and the answer, as JSON where it is that.
    pub fn ask(&self, what: &str, body: &Value) -> (u16, Value) {
        let (method, path) = what.split_once(' ').expect("because a request has a method and a path");
        let headers = [("Authorization", self.bearer.as_str()), ("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, text) = self.lab.request(method, path, &headers, &body);
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// The answer to what must succeed.
    pub fn good(&self, what: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(what, body);
        assert_eq!(status, 200, "{what}: {answer}\n{}", self.lab.log());
        answer
    }

    fn bad(&self, what: &str, body: &Value, status: u16, message: &str) {
        let (got, answer) = self.ask(what, body);
        assert_eq!((got, answer["message"].as_str().unwrap_or_default()), (status, message), "{what}: {answer}");
    }
}

/// Logs in with a password.
pub fn log_in<'a>(lab: &'a Lab, user: &str, password: &str) -> Session<'a> {
    let body = json!({"username": user, "password": password}).to_string();
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let (status, text) = lab.request("POST", "/api/v1/session", &[("Content-Type", "application/json")], &body);
        if status == 200 {
            let answer: Value = serde_json::from_str(&text).expect("because a login is answered in JSON");
            let token = answer["token"].as_str().expect("because a login gives a token");
            return Session { lab, bearer: format!("Bearer {token}") };
        }
        assert!(Instant::now() < until, "{status} {text}\n{}", lab.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The first administrator's password.
pub fn initial_password(lab: &Lab) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let args = [
            "get",
            "secret",
            "argocd-initial-admin-secret",
            "--ignore-not-found",
            "-o",
            "go-template={{.data.password | base64decode}}",
        ];
        let args: Vec<&str> = args.into_iter().chain(["-n", lab.control.as_str()]).collect();
        let password = lab.kubectl(&args);
        if !password.is_empty() {
            return password;
        }
        assert!(Instant::now() < until, "no password was made\n{}", lab.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_installation_is_looked_after_over_rest() {
    let lab = Lab::new("api");
    let admin = log_in(&lab, "admin", &initial_password(&lab));
    let info = admin.good("GET /api/v1/session/userinfo", &Value::Null);
    assert_eq!((&info["loggedIn"], &info["username"], &info["iss"]), (&json!(true), &json!("admin"), &json!("argocd")));
    let stranger = Session { lab: &lab, bearer: "Bearer a.b.c".into() };
    assert_eq!(stranger.ask("GET /api/v1/projects", &Value::Null).0, 401);
    let version = stranger.good("GET /api/version", &Value::Null);
    assert_eq!(version.as_object().unwrap().len(), 1, "{version}");
    assert_eq!(admin.good("GET /api/version", &Value::Null)["Compiler"], "rustc");
    let settings = admin.good("GET /api/v1/settings", &Value::Null);
    assert_eq!((&settings["controllerNamespace"], &settings["installationID"]), (&json!(lab.control), &json!("api")));
    assert!(stranger.good("GET /api/v1/settings", &Value::Null)["controllerNamespace"].is_null());

    // Projects: made, found at once, changed, in use, deleted.
    let project = |description: &str| {
        json!({"project": {"metadata": {"name": "team"}, "spec": {
            "description": description, "sourceRepos": ["*"],
            "destinations": [{"server": "https://kubernetes.default.svc", "namespace": "*"}],
            "roles": [{"name": "ci", "policies": ["p, proj:team:ci, applications, sync, team/*, allow"]}]}}})
    };
    let made = admin.good("POST /api/v1/projects", &project("one"));
    assert_eq!((&made["spec"]["description"], made.get("kind")), (&json!("one"), None));
    admin.good("POST /api/v1/projects", &project("one"));
    admin.bad(
        "POST /api/v1/projects",
        &project("two"),
        400,
        "existing project spec is different; use upsert flag to force update; difference in keys \"Description\"",
    );
    let mut changed = admin.good("GET /api/v1/projects/team", &Value::Null);
    let stale = changed.clone();
    changed["spec"]["description"] = json!("three");
    admin.good("PUT /api/v1/projects/team", &json!({"project": changed}));
    assert_eq!(admin.good("GET /api/v1/projects/team", &Value::Null)["spec"]["description"], "three");
    let mut late = stale;
    late["spec"]["description"] = json!("late");
    assert_eq!(admin.ask("PUT /api/v1/projects/team", &json!({"project": late})).0, 409, "a state from before is told");
    let names = admin.good("GET /api/v1/projects", &Value::Null);
    let names: Vec<&str> =
        names["items"].as_array().unwrap().iter().map(|p| p["metadata"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["default", "team"]);
    admin.bad("GET /api/v1/projects/none", &Value::Null, 404, "appprojects.argoproj.io \"none\" not found");
    let events = admin.good("GET /api/v1/projects/team/events", &Value::Null);
    // The API server lists those of one second in any order.
    let mut messages = events["items"].as_array().unwrap().iter().map(|event| &event["message"]);
    assert!(messages.any(|message| message == "admin created project"), "{events}");

    // A role's token may what the role may, until it is taken back.
    let token = admin.good("POST /api/v1/projects/team/roles/ci/token", &json!({"id": "t1"}));
    let ci = Session { lab: &lab, bearer: format!("Bearer {}", token["token"].as_str().unwrap()) };
    let can = |session: &Session<'_>, what: &str| {
        session.good(&format!("GET /api/v1/account/can-i/{what}"), &Value::Null)["value"].clone()
    };
    assert_eq!(
        (can(&ci, "applications/sync/team/x"), can(&ci, "applications/sync/other/x")),
        (json!("yes"), json!("no"))
    );
    let denied = ci.ask("GET /api/v1/projects/default", &Value::Null);
    assert!(
        denied.0 == 403
            && denied.1["message"]
                .as_str()
                .unwrap()
                .starts_with("permission denied: projects, get, default, sub: proj:team:ci"),
        "{denied:?}"
    );
    assert_eq!(ci.good("GET /api/v1/clusters", &Value::Null)["items"], Value::Null);
    admin.good("DELETE /api/v1/projects/team/roles/ci/token/0?id=t1", &Value::Null);
    assert_eq!(ci.ask("GET /api/v1/account/can-i/applications/sync/team/x", &Value::Null).0, 401);

    // Clusters: the own one, and one that cannot be reached.
    let clusters = admin.good("GET /api/v1/clusters", &Value::Null);
    assert_eq!((&clusters["items"][0]["name"], clusters["items"].as_array().unwrap().len()), (&json!("in-cluster"), 1));
    let one = admin.good("GET /api/v1/clusters/in-cluster?id.type=name", &Value::Null);
    assert_eq!(one["server"], "https://kubernetes.default.svc");
    admin.bad("GET /api/v1/clusters/https%3A%2F%2Fnowhere", &Value::Null, 403, "permission denied");
    let dead = json!({"server": "http://127.0.0.1:1", "name": "dead", "config": {"bearerToken": "hidden-token", "tlsClientConfig": {"insecure": false}}});
    let (status, answer) = admin.ask("POST /api/v1/clusters", &dead);
    assert!(status == 500 && !answer.to_string().contains("hidden"), "{status} {answer}");
    let [ca, cert, key] = lab.kube.credentials().unwrap();
    let real = json!({"server": lab.kube.url(), "name": "real", "labels": {"team": "a"},
        "config": {"tlsClientConfig": {"insecure": false, "caData": encode(&ca), "certData": encode(&cert), "keyData": encode(&key)}}});
    let made = admin.good("POST /api/v1/clusters", &real);
    assert_eq!((&made["name"], &made["connectionState"]["status"]), (&json!("real"), &json!("Successful")));
    assert!(made["config"]["tlsClientConfig"]["keyData"].is_null(), "{made}");
    admin.good("POST /api/v1/clusters", &real);
    let renamed = admin.good("PUT /api/v1/clusters/real?id.type=name&updatedFields=name", &json!({"name": "renamed"}));
    assert_eq!(renamed["name"], "renamed");
    let secret = lab.kubectl(&[
        "get",
        "secrets",
        "-l",
        "argocd.argoproj.io/secret-type=cluster",
        "-o",
        "json",
        "-n",
        lab.control.as_str(),
    ]);
    assert!(secret.contains("\"team\": \"a\""), "labels stay: {secret}");
    admin.good("DELETE /api/v1/clusters/renamed?id.type=name", &Value::Null);
    assert_eq!(admin.good("GET /api/v1/clusters", &Value::Null)["items"].as_array().unwrap().len(), 1);

    // Repositories: checked before they are stored.
    lab.repo.commit(&[("a", Some("1"))]);
    lab.repo.git(&["tag", "v1"]);
    let url = lab.repo.url();
    let path = url.replace(':', "%3A").replace('/', "%2F");
    admin.good("POST /api/v1/repositories", &json!({"repo": url, "username": "u", "password": "hidden-password"}));
    let listed = admin.good("GET /api/v1/repositories", &Value::Null);
    assert_eq!(
        (&listed["items"][0]["repo"], &listed["items"][0]["connectionState"]["status"]),
        (&json!(url), &json!("Successful"))
    );
    assert!(!listed.to_string().contains("hidden"));
    let refs = admin.good(&format!("GET /api/v1/repositories/{path}/refs"), &Value::Null);
    assert_eq!(refs, json!({"branches": ["main"], "tags": ["v1"]}));
    let missing = format!("{url}-none");
    let (status, answer) = admin.ask("POST /api/v1/repositories", &json!({"repo": missing}));
    assert!(status == 404 && answer["message"].as_str().unwrap().contains("repository not found"), "{status} {answer}");
    admin.good(&format!("DELETE /api/v1/repositories/{path}"), &Value::Null);
    admin.bad(&format!("GET /api/v1/repositories/{path}"), &Value::Null, 403, "permission denied");
    let creds =
        admin.good("POST /api/v1/repocreds", &json!({"url": "https://h/org", "username": "u", "password": "hidden"}));
    assert_eq!(creds, json!({"url": "https://h/org"}));
    admin.good("DELETE /api/v1/repocreds/https%3A%2F%2Fh%2Forg", &Value::Null);

    // Host keys.
    let key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    let ssh = json!({"items": [{"serverName": "h", "certType": "ssh", "certSubType": "ssh-ed25519", "certData": encode(key)}]});
    let made = admin.good("POST /api/v1/certificates", &ssh);
    assert_eq!(made["items"][0]["certInfo"], "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    assert_eq!(admin.good("GET /api/v1/certificates?certType=ssh", &Value::Null)["items"].as_array().unwrap().len(), 1);
    admin.good("DELETE /api/v1/certificates?hostNamePattern=h", &Value::Null);
    assert_eq!(admin.good("GET /api/v1/certificates", &Value::Null)["items"], Value::Null);

    // The project goes once nobody needs it.
    admin.bad("DELETE /api/v1/projects/default", &Value::Null, 400, "name 'default' is reserved and cannot be deleted");
    admin.good("DELETE /api/v1/projects/team", &Value::Null);
    assert_eq!(admin.ask("GET /api/v1/projects/team", &Value::Null).0, 404);
    assert!(!lab.log().contains("hidden"), "no secret is in the log");
}

#[test]
fn an_application_lives_over_rest() {
    let lab = Lab::new("api-app");
    let first = lab.repo.commit(&[
        ("app/one.yaml", Some(&crate::lab::config_map("one", "first"))),
        (
            "app/secret.yaml",
            Some("apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\nstringData:\n  key: hidden-value\n"),
        ),
    ]);
    let admin = log_in(&lab, "admin", &initial_password(&lab));
    let app = json!({"metadata": {"name": "web"}, "spec": {"project": "default",
        "source": {"repoURL": lab.repo.url(), "path": "app", "targetRevision": "main"},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": lab.target}}});

    // Made, the same again, another one, and one that cannot be.
    let made = admin.good("POST /api/v1/applications", &app);
    assert_eq!((&made["metadata"]["name"], made.get("kind")), (&json!("web"), None));
    admin.good("POST /api/v1/applications", &app);
    let mut other = app.clone();
    other["spec"]["source"]["targetRevision"] = json!("HEAD");
    admin.bad(
        "POST /api/v1/applications",
        &other,
        400,
        "existing application spec is different, use upsert flag to force update",
    );
    let mut wrong = app.clone();
    wrong["metadata"]["name"] = json!("wrong");
    wrong["spec"]["source"]["path"] = json!("nowhere");
    let (status, answer) = admin.ask("POST /api/v1/applications", &wrong);
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(
        status == 400 && message.starts_with("application spec for wrong is invalid: InvalidSpecError: "),
        "{status} {answer}"
    );

    // Missing and forbidden look the same, unless the project is named.
    admin.bad("GET /api/v1/applications/none", &Value::Null, 403, "permission denied");
    let missing = "applications.argoproj.io \"none\" not found";
    admin.bad("GET /api/v1/applications/none?project=default", &Value::Null, 404, missing);
    let stranger = Session { lab: &lab, bearer: String::new() };
    assert_eq!(stranger.ask("GET /api/v1/applications", &Value::Null).0, 401);

    // Compared, synced, looked at.
    let seen = admin.good("GET /api/v1/applications/web?refresh=normal", &Value::Null);
    assert_eq!(seen["status"]["sync"]["status"], "OutOfSync", "{seen}");
    let started = admin.good("POST /api/v1/applications/web/sync", &json!({"revision": "main", "prune": true}));
    assert_eq!(started["operation"]["sync"]["revision"], first.as_str());
    assert_eq!(started["operation"]["initiatedBy"]["username"], "admin");
    lab.wait_synced("web", Some(&first));
    let managed = admin.good("GET /api/v1/applications/web/managed-resources", &Value::Null);
    let items = managed["items"].as_array().expect("because there are two objects");
    assert_eq!(items.len(), 2, "{managed}");
    assert!(items.iter().all(|item| item["modified"].is_null() && item["liveState"] != "null"), "{managed}");
    assert!(managed.to_string().contains("++++++++") && !managed.to_string().contains("hidden"), "{managed}");
    let tree = admin.good("GET /api/v1/applications/web/resource-tree", &Value::Null);
    let kinds: Vec<_> = tree["nodes"].as_array().unwrap().iter().map(|n| n["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ConfigMap", "Secret"], "{tree}");
    let manifests = admin.good("GET /api/v1/applications/web/manifests?revision=main", &Value::Null);
    assert_eq!((manifests["manifests"].as_array().unwrap().len(), manifests.get("revision")), (2, None));
    let query = format!("namespace={}&resourceName=one&version=v1&kind=ConfigMap", lab.target);
    let live = admin.good(&format!("GET /api/v1/applications/web/resource?{query}"), &Value::Null);
    assert!(live["manifest"].as_str().unwrap().contains("first"), "{live}");
    let commit = admin.good(&format!("GET /api/v1/applications/web/revisions/{first}/metadata"), &Value::Null);
    assert!(commit["author"].is_string() && commit["date"].is_string(), "{commit}");
    let windows = admin.good("GET /api/v1/applications/web/syncwindows", &Value::Null);
    assert_eq!(windows["canSync"], true);

    // Lists and their filters.
    let names = |query: &str| {
        let list = admin.good(&format!("GET /api/v1/applications{query}"), &Value::Null);
        list["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(
        (names(""), names("?projects=default"), names("?projects=none"), names("?selector=a%3Db")),
        (1, 1, 0, 0)
    );
    admin.bad(
        "GET /api/v1/applications?selector=%2C",
        &Value::Null,
        400,
        "error parsing the selector: unable to parse requirement: a part of \",\" is empty",
    );

    // Changed: by patch, as a spec; an object by hand, and what a role may not.
    let patch = json!({"patch": r#"{"metadata":{"labels":{"a":"b"}}}"#, "patchType": "merge"});
    assert_eq!(admin.good("PATCH /api/v1/applications/web", &patch)["metadata"]["labels"]["a"], "b");
    assert_eq!(names("?selector=a%3Db"), 1);
    // Patches that meet: none that was answered with 200 is lost.
    std::thread::scope(|scope| {
        for i in 0..8 {
            let admin = &admin;
            scope.spawn(move || {
                let patch = json!([{"op": "add", "path": format!("/metadata/labels/n{i}"), "value": "x"}]).to_string();
                admin.good("PATCH /api/v1/applications/web", &json!({"patch": patch, "patchType": "json"}));
            });
        }
    });
    let labels = admin.good("GET /api/v1/applications/web", &Value::Null)["metadata"]["labels"].clone();
    assert_eq!(labels.as_object().map(serde_json::Map::len), Some(9), "{labels}");
    let mut spec = app["spec"].clone();
    spec["info"] = json!([{"name": "owner", "value": "team"}]);
    assert_eq!(admin.good("PUT /api/v1/applications/web/spec", &spec)["info"][0]["value"], "team");
    let path = format!("POST /api/v1/applications/web/resource?{query}&patchType=application/merge-patch%2Bjson");
    let patched = admin.good(&path, &json!(r#"{"data":{"key":"by hand"}}"#));
    assert!(patched["manifest"].as_str().unwrap().contains("by hand"), "{patched}");
    lab.wait("web", "OutOfSync", |app| app["status"]["sync"]["status"] == "OutOfSync");
    let events = admin.good("GET /api/v1/applications/web/events", &Value::Null);
    assert!(events["items"].as_array().unwrap().iter().any(|event| event["reason"] == "ResourceUpdated"), "{events}");
    admin.bad(
        "DELETE /api/v1/applications/web/operation",
        &Value::Null,
        400,
        "Unable to terminate operation. No operation is in progress",
    );
    let id = admin.good("GET /api/v1/applications/web", &Value::Null)["status"]["history"][0]["id"].clone();
    admin.good("POST /api/v1/applications/web/rollback", &json!({"id": id}));
    lab.wait_synced("web", Some(&first));
    admin.bad(
        "POST /api/v1/applications/web/rollback",
        &json!({"id": 99}),
        400,
        "application web does not have deployment with id 99",
    );

    // Gone, with what it deployed.
    admin.good("DELETE /api/v1/applications/web?cascade=true", &Value::Null);
    lab.wait_object("configmap", "one", "gone", Value::is_null);
    assert!(!lab.log().contains("hidden"), "no secret is in the log");
}

fn encode(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

const JOB: &str = "apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'example.com/c:1'}]}}}\n";
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: 'example.com/c:1'}]}}\n";

/// A manifest with a name and an annotation of ours.
fn annotated(name: &str, annotation: &str, manifest: &str) -> String {
    format!("{manifest}metadata:\n  name: {name}\n  annotations:\n    argocd.argoproj.io/{annotation}\n")
}

#[test]
fn the_fleet_is_counted_and_a_plan_is_told_over_rest() {
    let lab = Lab::new("api-plan");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\nstringData:\n  key: hidden-value\n";
    lab.repo.commit(&[
        ("app/one.yaml", Some(&crate::lab::config_map("one", "first"))),
        ("app/old.yaml", Some(&crate::lab::config_map("old", "first"))),
        ("app/secret.yaml", Some(secret)),
    ]);
    lab.create("shop", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("shop", None);
    lab.wait("shop", "Healthy", |app| app["status"]["health"]["status"] == "Healthy");
    let admin = log_in(&lab, "admin", &initial_password(&lab));

    let list = admin.good("GET /api/bowline/v1/applications?sync=Synced", &Value::Null);
    assert_eq!((&list["total"], &list["facets"]["health"]), (&json!(1), &json!([{"value": "Healthy", "count": 1}])));
    assert_eq!(list["facets"]["cluster"][0]["value"], "in-cluster", "{list}");
    let row = &list["items"][0];
    assert_eq!((&row["name"], &row["severity"], &row["resources"]["total"]), (&json!("shop"), &json!(0), &json!(3)));
    assert_eq!(row["operation"]["phase"], "Succeeded", "{row}");

    // Nothing would change now; a branch would change one, delete one and make one.
    let plan = admin.good("GET /api/bowline/v1/plan?name=shop&prune=true", &Value::Null);
    assert_eq!((&plan["changes"], &plan["summary"]["unchanged"]), (&json!(false), &json!(3)), "{plan}");
    lab.repo.git(&["checkout", "-q", "-b", "feature"]);
    let commit = lab.repo.commit(&[
        ("app/one.yaml", Some(&crate::lab::config_map("one", "second"))),
        ("app/old.yaml", None),
        ("app/new.yaml", Some(&crate::lab::config_map("new", "first"))),
        ("app/secret.yaml", Some(&secret.replace("hidden-value", "hidden-too"))),
        ("app/before.yaml", Some(&annotated("before", "hook: PreSync", JOB))),
        ("app/after.yaml", Some(&annotated("after", "hook: PostSync", "apiVersion: v1\nkind: ConfigMap\n"))),
        ("app/sorry.yaml", Some(&annotated("sorry", "hook: SyncFail", "apiVersion: v1\nkind: ConfigMap\n"))),
        ("app/web.yaml", Some(&annotated("web", "sync-wave: \"-1\"", DEPLOYMENT))),
    ]);
    lab.repo.git(&["checkout", "-q", "main"]);
    let asked = json!({"name": "shop", "revision": "feature", "prune": true});
    let plan = admin.good("POST /api/bowline/v1/plan", &asked);
    assert_eq!((&plan["revisions"], &plan["refused"]), (&json!([commit]), &Value::Null), "{plan}");
    let step = |name: &str| {
        let mut steps = plan["steps"].as_array().expect("because there are steps").iter();
        steps.find(|step| step["name"] == name).unwrap_or_else(|| panic!("{name}: {plan}"))
    };
    let actions = ["one", "old", "new", "token"].map(|name| step(name)["action"].as_str().unwrap_or_default());
    assert_eq!(actions, ["change", "prune", "create", "change"], "{plan}");
    let field = &step("one")["fields"][0];
    assert_eq!(
        (&field["path"], &field["live"], &field["desired"], &field["why"], &field["owner"]),
        (&json!("data.key"), &json!("first"), &json!("second"), &json!("git"), &Value::Null)
    );
    // Hooks are steps like any other, each with its phase; what the sync would wait for is told in its order.
    let hooks = ["before", "after", "sorry", "web"].map(|name| {
        let step = step(name);
        let text = |field: &str| step[field].as_str().unwrap_or_default().to_string();
        (
            step["hook"] == true,
            text("phase"),
            text("action"),
            step["object"]["kind"].as_str().unwrap_or_default().to_string(),
        )
    });
    let want = [
        (true, "PreSync", "run", "Job"),
        (true, "PostSync", "run", "ConfigMap"),
        (true, "SyncFail", "run on failure", "ConfigMap"),
        (false, "Sync", "create", "Deployment"),
    ];
    assert_eq!(
        hooks,
        want.map(|(hook, phase, action, kind)| (hook, phase.into(), action.into(), kind.into())),
        "{plan}"
    );
    assert_eq!((&plan["summary"]["run"], &plan["summary"]["run on failure"]), (&json!(2), &json!(1)));
    let target = &lab.target;
    assert_eq!(
        plan["waits"],
        json!([
            {"what": "hook", "until": null, "message": format!("after wave 0 of PreSync until these end, 24 hours at most: batch/Job/{target}/before")},
            {"what": "health", "until": null, "message": format!("after wave -1 of Sync until these are healthy, 24 hours at most: apps/Deployment/{target}/web")},
        ])
    );
    assert_eq!(step("old")["live"]["data"]["key"], "first");
    assert!(!plan.to_string().contains("hidden"), "{plan}");
    assert!(lab.object("configmap", "new").is_null(), "nothing is written");

    // An edited application; one that does not fit its project; a revision that is not there.
    let mut edited = lab.app("shop");
    edited["spec"]["source"]["targetRevision"] = json!("feature");
    let same = admin.good("POST /api/bowline/v1/plan", &json!({"application": edited, "prune": true}));
    assert_eq!(same["summary"], plan["summary"]);
    edited["spec"]["destination"]["server"] = json!("https://elsewhere.example");
    let (status, answer) = admin.ask("POST /api/bowline/v1/plan", &json!({"application": edited}));
    assert!(status == 400 && answer["message"].as_str().unwrap_or_default().contains("elsewhere"), "{status} {answer}");
    let (status, answer) = admin.ask("GET /api/bowline/v1/plan?name=shop&revision=nowhere", &Value::Null);
    assert!(status >= 400 && answer["message"].as_str().unwrap_or_default().contains("nowhere"), "{status} {answer}");
    admin.bad("GET /api/bowline/v1/plan?name=none", &Value::Null, 403, "permission denied");
    admin.bad("GET /api/bowline/v1/plan", &Value::Null, 400, "name: the application's name is missing");
    let stranger = Session { lab: &lab, bearer: String::new() };
    assert_eq!(stranger.ask("GET /api/bowline/v1/plan?name=shop", &Value::Null).0, 401);
}
