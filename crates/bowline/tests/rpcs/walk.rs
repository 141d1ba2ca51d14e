//! Every RPC as nobody, as somebody who may only read, and as a role of another project: what is forbidden stays undone, and what
//! is forbidden and what is missing look the same.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_web_wire::{Kind, Rpc};
use serde_json::{Value, json};

use crate::call::{Answer, Way};
use crate::tour::{World, rpcs};
use crate::types::Codec;

/// What needs no session.
const OPEN: [&str; 5] = [
    "/version.VersionService/Version",
    "/cluster.SettingsService/Get",
    "/session.SessionService/Create",
    "/session.SessionService/Delete",
    "/session.SessionService/GetUserInfo",
];

/// What changes something, or asks much, and is for everybody: one's own account, and reads that are sent as POST.
const FOR_READERS: [&str; 8] = [
    "/session.SessionService/Create",
    "/session.SessionService/Delete",
    "/account.AccountService/UpdatePassword",
    "/account.AccountService/CreateToken",
    "/account.AccountService/DeleteToken",
    "/application.ApplicationService/GetManifestsWithFiles",
    "/repository.RepositoryService/GetAppDetails",
    "/application.ApplicationService/ServerSideDiff",
];

/// How long a stream may keep silent.
const SILENCE: Duration = Duration::from_millis(300);

/// A request that names things as `name` says: an application, a set, a project, a cluster, a repository, each is called so.
fn request(rpc: &Rpc, world: &World, name: &str) -> Value {
    let url = format!("https://git.example/{name}");
    let server = format!("https://{name}.example");
    let destination = json!({"server": "https://kubernetes.default.svc", "namespace": world.lab.target});
    let source = json!({"repoURL": url, "path": "app", "targetRevision": "main"});
    let spec = json!({"project": "theirs", "source": source, "destination": destination});
    let metadata = json!({"name": name});
    match (rpc.service, rpc.name) {
        ("application.ApplicationService", "List" | "Watch") => json!({}),
        ("application.ApplicationService", "Create" | "Update") => {
            json!({"application": {"metadata": metadata, "spec": spec}, "validate": false})
        }
        ("application.ApplicationService", "UpdateSpec") => json!({"name": name, "spec": spec, "validate": false}),
        ("application.ApplicationService", "Patch") => json!({"name": name, "patch": "{}", "patchType": "merge"}),
        ("application.ApplicationService", "GetManifestsWithFiles") => {
            json!([{"query": {"name": name, "checksum": "x"}}])
        }
        ("application.ApplicationService", "Rollback") => json!({"name": name, "id": 1}),
        ("application.ApplicationService", "ManagedResources" | "ResourceTree" | "WatchResourceTree") => {
            json!({"applicationName": name})
        }
        ("application.ApplicationService", "ServerSideDiff") => json!({"appName": name}),
        ("application.ApplicationService", _) => json!({
            "name": name, "resourceName": "one", "namespace": world.lab.target, "kind": "ConfigMap", "version": "v1",
            "group": "", "patch": "{}", "patchType": "application/merge-patch+json", "action": "restart", "revision": "main",
        }),
        ("applicationset.ApplicationSetService", "List" | "Watch") => json!({}),
        ("applicationset.ApplicationSetService", "Create" | "Generate") => {
            let set = json!({"metadata": metadata, "spec": {
                "generators": [{"list": {"elements": [{"a": "b"}]}}], "template": {"metadata": {"name": "x"}, "spec": spec}}});
            json!({"applicationset": set, "applicationSet": set, "upsert": true})
        }
        ("applicationset.ApplicationSetService", _) => json!({"name": name}),
        ("project.ProjectService", "List") => json!({}),
        ("project.ProjectService", "Create" | "Update") => json!({"project": {"metadata": metadata}, "upsert": true}),
        ("project.ProjectService", "CreateToken" | "DeleteToken") => {
            json!({"project": name, "role": "r", "id": "i", "iat": 0})
        }
        ("project.ProjectService", _) => json!({"name": name}),
        ("cluster.ClusterService", "List") => json!({}),
        ("cluster.ClusterService", "Create") => json!({"cluster": {"server": server, "name": name}, "upsert": true}),
        ("cluster.ClusterService", _) => json!({"id": {"type": "name", "value": name}, "cluster": {"name": name}}),
        ("repository.RepositoryService", "List" | "ListRepositories" | "ListWriteRepositories") => json!({}),
        ("repository.RepositoryService", word) if word.starts_with("Create") || word.starts_with("Update") => {
            json!({"repo": {"repo": url, "project": "theirs"}, "upsert": true})
        }
        ("repository.RepositoryService", "GetAppDetails") => {
            json!({"source": source, "appName": name, "appProject": "theirs"})
        }
        ("repository.RepositoryService", _) => {
            json!({"repo": url, "appName": name, "appProject": "theirs", "project": "theirs"})
        }
        ("repocreds.RepoCredsService", _) => json!({"url": url, "creds": {"url": url}, "upsert": true}),
        ("certificate.CertificateService", _) => {
            let certificate =
                json!({"serverName": name, "certType": "ssh", "certSubType": "ssh-ed25519", "certData": "eA=="});
            json!({"hostNamePattern": name, "certificates": {"items": [certificate]}})
        }
        ("gpgkey.GPGKeyService", _) => json!({"keyID": name, "publickey": {"keyData": "x"}}),
        ("account.AccountService", "CanI") => {
            json!({"resource": "applications", "action": "get", "subresource": "theirs/x"})
        }
        ("account.AccountService", _) => {
            json!({"name": "admin", "id": "i", "currentPassword": "x", "newPassword": "not-this-one"})
        }
        ("session.SessionService", "Create") => json!({"username": "admin", "password": "wrong"}),
        _ => json!({}),
    }
}

/// An installation with a project `theirs` that holds one thing of each kind, all called `there`, and the tokens of a reader and of a
/// role of the project `mine` that may do everything in it.
fn world() -> (World, String, String) {
    let world = World::new("walk");
    let (lab, control) = (&world.lab, world.lab.control.as_str());
    let policy = json!({"data": {"policy.csv": "g, alice, role:readonly\n"}}).to_string();
    lab.kubectl(&["-n", control, "create", "configmap", "argocd-rbac-cm"]);
    lab.kubectl(&["-n", control, "patch", "configmap", "argocd-rbac-cm", "--type=merge", "-p", &policy]);
    let mut admin = world.tour(Way::Rest, &world.admin);
    let kinds = ["applications", "applicationsets", "repositories", "clusters", "logs", "exec"];
    let all: Vec<String> = kinds.iter().map(|kind| format!("p, proj:mine:dev, {kind}, *, mine/*, allow")).collect();
    for (name, roles) in
        [("mine", json!([{"name": "dev", "policies": all}])), ("theirs", json!([{"name": "r"}])), ("there", json!([]))]
    {
        let destination = json!({"server": "https://kubernetes.default.svc", "namespace": "*"});
        let spec = json!({"sourceRepos": ["*"], "destinations": [destination], "roles": roles});
        let project = json!({"project": {"metadata": {"name": name}, "spec": spec}});
        admin.good("project.ProjectService/Create", project, json!({}));
    }
    let source = json!({"repoURL": "https://git.example/there", "path": "app", "targetRevision": "main"});
    let destination = json!({"server": "https://kubernetes.default.svc", "namespace": lab.target});
    let spec = json!({"project": "theirs", "source": source, "destination": destination});
    let app = json!({"application": {"metadata": {"name": "there"}, "spec": spec}, "validate": false});
    admin.good("application.ApplicationService/Create", app, json!({}));
    let template = json!({"metadata": {"name": "x"}, "spec": spec});
    let set = json!({"metadata": {"name": "there"}, "spec": {"generators": [{"list": {"elements": []}}], "template": template}});
    let set = json!({"applicationset": set, "upsert": false, "dryRun": false});
    admin.good("applicationset.ApplicationSetService/Create", set, json!({}));
    for (name, kind, data) in [
        (
            "r",
            "repository",
            json!({"url": "https://git.example/there", "project": "theirs", "password": "hidden-password"}),
        ),
        ("w", "repository-write", json!({"url": "https://git.example/there", "project": "theirs"})),
        ("k", "repo-creds", json!({"url": "https://git.example/there", "password": "hidden-password"})),
        (
            "c",
            "cluster",
            json!({"server": "https://there.example", "name": "there", "project": "theirs", "config": "{}"}),
        ),
    ] {
        let metadata = json!({"name": name, "labels": {"argocd.argoproj.io/secret-type": kind}});
        lab.apply_control(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}));
    }
    let reader =
        admin.good("account.AccountService/CreateToken", json!({"name": "alice", "id": "walk"}), json!({"token": "*"}));
    let dev = json!({"project": "mine", "role": "dev", "id": "walk"});
    let dev = admin.good("project.ProjectService/CreateToken", dev, json!({"token": "*"}));
    // The last of what was applied is known.
    let until = std::time::Instant::now() + Duration::from_secs(30);
    while admin.ask("cluster.ClusterService/Get", &json!({"id": {"type": "name", "value": "there"}})).code != 0 {
        assert!(std::time::Instant::now() < until, "the cluster is not known");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(admin);
    let token = |answer: &Value| answer["token"].as_str().expect("because a token was made").to_string();
    let (reader, dev) = (token(&reader), token(&dev));
    (world, reader, dev)
}

/// What stands in the control namespace, by kind and name, with what people want of it.
fn stored(world: &World) -> BTreeMap<String, Value> {
    let kinds = "applications,applicationsets,appprojects,secrets,configmaps";
    let text = world.lab.kubectl(&["-n", &world.lab.control, "get", kinds, "-o", "json"]);
    let list: Value = serde_json::from_str(&text).expect("because kubectl prints JSON");
    let items = list["items"].as_array().expect("because it is a list").iter();
    let wanted =
        |item: &Value| json!([item["spec"], item["data"], item["metadata"]["deletionTimestamp"], item["operation"]]);
    items.map(|item| (format!("{} {}", item["kind"], item["metadata"]["name"]), wanted(item))).collect()
}

/// The same with the project beside the name.
fn in_project(world: &World, way: Way, (rpc, codec): (&Rpc, Codec), token: &str, name: &str) -> Option<Answer> {
    let mut asked = request(rpc, world, name);
    let project = if rpc.name == "Get" { json!(["theirs"]) } else { json!("theirs") };
    let place = asked.get_mut(0).map(|first| &mut first["query"]);
    match place {
        Some(query) => query["project"] = project,
        None => asked["project"] = project,
    }
    let patience = if rpc.kind == Kind::ServerStream { SILENCE } else { Duration::from_secs(30) };
    way.call_within(patience, world.lab.api(), rpc, codec, token, &asked)
}

fn call(world: &World, way: Way, (rpc, codec): (&Rpc, Codec), token: &str, name: &str) -> Option<Answer> {
    let patience = if rpc.kind == Kind::ServerStream { SILENCE } else { Duration::from_secs(30) };
    way.call_within(patience, world.lab.api(), rpc, codec, token, &request(rpc, world, name))
}

/// What is told, without the name.
fn told(answer: &Option<Answer>, name: &str) -> Option<(i64, String)> {
    answer.as_ref().map(|answer| (answer.code, answer.message.replace(name, "*")))
}

#[test]
fn nobody_a_reader_and_a_stranger_call_everything() {
    let (world, reader, stranger) = world();
    let before = stored(&world);
    let all = rpcs();
    let mut wrong = Vec::new();
    for way in [Way::Rest, Way::Grpc] {
        for &(rpc, codec) in &all {
            let mut check = |good: bool, what: String| {
                if !good {
                    wrong.push(format!("{} over {}: {what}", rpc.path, way.name()));
                }
            };
            // Nobody.
            let nobody = call(&world, way, (rpc, codec), "", "there");
            let refused = nobody
                .as_ref()
                .is_some_and(|answer| (answer.code, answer.message.as_str()) == (16, "no session information"));
            check(refused != OPEN.contains(&rpc.path), format!("to nobody it says {nobody:?}"));
            // Somebody who may read.
            let changes = rpc.bindings[0].verb != "GET" && !FOR_READERS.contains(&rpc.path);
            let read = call(&world, way, (rpc, codec), &reader, "there");
            check(
                !changes || read.as_ref().is_some_and(|read| read.code == 7),
                format!("to a reader it says {read:?}"),
            );
            let shown = read.as_ref().map(|read| read.json.to_string()).unwrap_or_default();
            check(!shown.contains("hidden-"), format!("it shows a secret: {shown}"));
            // Somebody of another project.
            let there = call(&world, way, (rpc, codec), &stranger, "there");
            let absent = call(&world, way, (rpc, codec), &stranger, "absent");
            let (a, b) = (told(&there, "there"), told(&absent, "absent"));
            check(a == b, format!("to a stranger it says {a:?} of what there is and {b:?} of what there is not"));
            let shown = there.as_ref().map(|there| there.json.to_string()).unwrap_or_default();
            check(!shown.contains("theirs") && !shown.contains("\"there\""), format!("to a stranger it shows {shown}"));
            if rpc.service == "application.ApplicationService"
                && !matches!(rpc.name, "List" | "Watch" | "Create" | "Update")
            {
                // The same where the project is named.
                let [there, absent] =
                    ["there", "absent"].map(|name| in_project(&world, way, (rpc, codec), &stranger, name));
                let same = told(&there, "there") == told(&absent, "absent");
                check(same, format!("to a stranger who names the project it says {there:?} and {absent:?}"));
            }
            let names_it = request(rpc, &world, "there") != json!({});
            let done = changes && names_it && there.as_ref().is_none_or(|there| there.code != 7);
            check(!done, format!("to a stranger it says {a:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let after = stored(&world);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "nothing was made or deleted");
    for (name, wanted) in &before {
        // Logins of the walk count against names, and revoked sessions are kept.
        if !name.contains("argocd-secret") && !name.contains("argocd-revoked-sessions") {
            assert_eq!(Some(wanted), after.get(name), "{name} was changed");
        }
    }
    assert!(!world.lab.log().contains("hidden-"), "no secret is in the log");
}
