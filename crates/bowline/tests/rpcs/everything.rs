//! Every RPC, over each of the three protocols.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use base64::Engine;
use bowline_tests_registry::{HelmServer, OciRegistry, chart};
use serde_json::{Value, json};

use crate::call::Way;
use crate::tour::{PASSWORD, Tour, World, initial_password, log_in, rpcs};

const OWN: &str = "https://kubernetes.default.svc";
const KEY: &str = include_str!("../../../web/admin/src/gpgkey/testdata/signer.asc");
const HOST_KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// What lies outside of the installation.
struct Outside {
    helm: HelmServer,
    registry: OciRegistry,
    commit: String,
}

#[test]
fn every_rpc_is_called_over_grpc_rest_and_grpc_web() {
    let world = World::new("rpcs");
    let outside = Outside {
        helm: HelmServer::new(),
        registry: OciRegistry::open(),
        commit: world.lab.repo.git(&["rev-parse", "HEAD"]).trim().to_string(),
    };
    outside.helm.publish("hello", "1.0.0", chart("hello", "1.0.0", &[("values.yaml", "a: b\n")]));
    outside.registry.push_chart("charts/hello", "1.0.0", &chart("hello", "1.0.0", &[]));
    let artifact = format!("oci://{}/charts/hello", outside.registry.host());
    for (name, data) in [
        ("charts", json!({"type": "helm", "name": "charts", "url": outside.helm.url()})),
        ("artifact", json!({"type": "oci", "url": artifact, "insecureOCIForceHttp": "true"})),
    ] {
        let labels = json!({"argocd.argoproj.io/secret-type": "repository"});
        let metadata = json!({"name": name, "labels": labels});
        world
            .lab
            .apply_control(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}));
    }
    preserve(&world);
    let all: BTreeSet<&str> = rpcs().iter().map(|(rpc, _)| rpc.path).collect();
    for way in Way::ALL {
        let mut tour = world.tour(way, &world.admin);
        people(&mut tour);
        projects(&mut tour);
        keys(&mut tour);
        clusters(&mut tour);
        repositories(&mut tour, &outside);
        applications(&mut tour, &outside);
        application_sets(&mut tour);
        tour.good("project.ProjectService/Delete", json!({"name": format!("team-{}", way.name())}), json!({}));
        let left: Vec<&&str> = all.difference(&tour.called).collect();
        assert!(left.is_empty(), "not called over {}: {left:?}", way.name());
    }
    assert!(!world.lab.log().contains("hidden-"), "no secret is in the log");
}

/// Lets the three kinds keep a field that this version does not know, as a newer definition would.
fn preserve(world: &World) {
    for kind in ["applications", "appprojects", "applicationsets"] {
        let place = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/newer";
        let patch = json!([{"op": "add", "path": place, "value": {"type": "string"}}]).to_string();
        world.lab.kubectl(&["patch", "crd", &format!("{kind}.argoproj.io"), "--type=json", "-p", &patch]);
    }
}

/// Gives an object the field, waiting until the definition has it.
fn set_newer(tour: &Tour<'_>, kind: &str, name: &str) {
    let until = Instant::now() + Duration::from_secs(30);
    let patch = json!({"spec": {"newer": "kept"}}).to_string();
    loop {
        let control = tour.lab.control.as_str();
        tour.lab.kubectl(&["-n", control, "patch", kind, name, "--type=merge", "-p", &patch]);
        if newer(tour, kind, name) == "kept" {
            return;
        }
        assert!(Instant::now() < until, "{kind} do not take the field");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Waits until an object of the control namespace is gone.
fn wait_gone(tour: &Tour<'_>, kind: &str, name: &str) {
    let until = Instant::now() + Duration::from_secs(30);
    let get = ["-n", tour.lab.control.as_str(), "get", kind, name, "--ignore-not-found"];
    while !tour.lab.kubectl(&get).is_empty() {
        assert!(Instant::now() < until, "{kind} {name} is not gone\n{}", tour.lab.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn newer(tour: &Tour<'_>, kind: &str, name: &str) -> String {
    tour.lab.kubectl(&["-n", tour.lab.control.as_str(), "get", kind, name, "-o", "jsonpath={.spec.newer}"])
}

fn people(t: &mut Tour<'_>) {
    let w = t.way.name();
    let first = t.way == Way::ALL[0];
    if !first {
        t.token = log_in(t.lab, "admin", PASSWORD);
    }
    t.good("version.VersionService/Version", json!({}), json!({"Version": "*", "Compiler": "rustc"}));
    t.good("cluster.SettingsService/Get", json!({}), json!({"installationID": "rpcs", "controllerNamespace": "*"}));
    t.good("cluster.SettingsService/GetPlugins", json!({}), json!({}));
    let who = json!({"loggedIn": true, "username": "admin", "iss": "argocd"});
    t.good("session.SessionService/GetUserInfo", json!({}), who);
    let service = "account.AccountService";
    let mine = if first { initial_password(t.lab) } else { PASSWORD.to_string() };
    let new = format!("hidden-{w}-password");
    let change = json!({"name": "alice", "currentPassword": mine, "newPassword": new});
    t.good(&format!("{service}/UpdatePassword"), change, json!({}));
    if first {
        let own = json!({"name": "admin", "currentPassword": mine, "newPassword": PASSWORD});
        t.good(&format!("{service}/UpdatePassword"), own, json!({}));
        // A new password ends what the old one began.
        t.bad(&format!("{service}/ListAccounts"), json!({}), 16, "");
        t.token = log_in(t.lab, "admin", PASSWORD);
    }
    let session =
        t.good("session.SessionService/Create", json!({"username": "alice", "password": new}), json!({"token": "*"}));
    t.bad(
        "session.SessionService/Create",
        json!({"username": "alice", "password": "wrong"}),
        16,
        "Invalid username or password",
    );
    // Who logs out is out: the token is good no more, wherever it was copied to.
    let token = session["token"].as_str().expect("because it was asked for").to_string();
    let mine = std::mem::replace(&mut t.token, token);
    t.good("session.SessionService/GetUserInfo", json!({}), json!({"loggedIn": true, "username": "alice"}));
    t.good("session.SessionService/Delete", json!({}), json!({}));
    t.bad("account.AccountService/ListAccounts", json!({}), 16, "token is revoked");
    t.token = mine;
    t.good(
        &format!("{service}/ListAccounts"),
        json!({}),
        json!({"items": [{"name": "admin"}, {"name": "alice", "capabilities": ["apiKey", "login"]}]}),
    );
    let made = t.good(
        &format!("{service}/CreateToken"),
        json!({"name": "alice", "id": w, "expiresIn": 3600}),
        json!({"token": "*"}),
    );
    assert_eq!(made["token"].as_str().expect("because it was asked for").split('.').count(), 3);
    t.good(
        &format!("{service}/GetAccount"),
        json!({"name": "alice"}),
        json!({"name": "alice", "enabled": true, "tokens": [{"id": w, "issuedAt": "*", "expiresAt": "*"}]}),
    );
    t.good(&format!("{service}/DeleteToken"), json!({"name": "alice", "id": w}), json!({}));
    let can = |action: &str| json!({"resource": "applications", "action": action, "subresource": "default/x"});
    t.good(&format!("{service}/CanI"), can("sync"), json!({"value": "yes"}));
    t.bad(&format!("{service}/CanI"), can("fly"), 3, "fly");
    for list in ["ListTriggers", "ListServices", "ListTemplates"] {
        t.good(&format!("notification.NotificationService/{list}"), json!({}), json!({}));
    }
}

fn projects(t: &mut Tour<'_>) {
    let name = format!("team-{}", t.way.name());
    let service = "project.ProjectService";
    let spec = json!({
        "description": "one",
        "sourceRepos": ["*"],
        "destinations": [{"server": OWN, "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
        "roles": [{"name": "ci", "policies": [format!("p, proj:{name}:ci, applications, get, {name}/*, allow")]}],
        "syncWindows": [{"kind": "allow", "schedule": "* * * * *", "duration": "1h", "applications": ["*"]}],
    });
    let project = json!({"project": {"metadata": {"name": name}, "spec": spec}});
    let made = t.good(
        &format!("{service}/Create"),
        project,
        json!({"metadata": {"name": name, "uid": "*"}, "spec": {"description": "one"}}),
    );
    assert!(made.get("kind").is_none(), "there is no kind in protobuf");
    set_newer(t, "appproject", &name);
    let mut now = t.good(&format!("{service}/Get"), json!({"name": name}), json!({"metadata": {"name": name}}));
    // The write may not have been told yet.
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        now["spec"]["description"] = json!("two");
        let answer = t.ask(&format!("{service}/Update"), &json!({"project": now}));
        if answer.code == 0 {
            break;
        }
        assert!(answer.code == 10 && Instant::now() < until, "{answer:?}");
        std::thread::sleep(Duration::from_millis(50));
        now = t.good(&format!("{service}/Get"), json!({"name": name}), json!({}));
    }
    assert_eq!(newer(t, "appproject", &name), "kept");
    let list = t.good(&format!("{service}/List"), json!({}), json!({"items": "*"}));
    assert!(
        list["items"].as_array().expect("because it is a list").iter().any(|p| p["metadata"]["name"] == name.as_str())
    );
    t.good(
        &format!("{service}/GetDetailedProject"),
        json!({"name": name}),
        json!({"project": {"spec": {"description": "two"}}}),
    );
    t.good(&format!("{service}/GetGlobalProjects"), json!({"name": name}), json!({}));
    t.good(&format!("{service}/ListEvents"), json!({"name": name}), json!({"items": "*"}));
    t.good(
        &format!("{service}/GetSyncWindowsState"),
        json!({"name": name}),
        json!({"windows": [{"kind": "allow", "duration": "1h"}]}),
    );
    let link =
        json!({"title": "Wiki", "url": format!("https://wiki/{name}"), "description": "All", "iconClass": "fa-book"});
    t.good(&format!("{service}/ListLinks"), json!({"name": name}), json!({"items": [link]}));
    let token = json!({"project": name, "role": "ci", "id": "t1", "expiresIn": 60});
    t.good(&format!("{service}/CreateToken"), token, json!({"token": "*"}));
    t.good(&format!("{service}/DeleteToken"), json!({"project": name, "role": "ci", "id": "t1", "iat": 0}), json!({}));
}

fn keys(t: &mut Tour<'_>) {
    let service = "certificate.CertificateService";
    let host = format!("{}.example", t.way.name());
    let key =
        json!({"serverName": host, "certType": "ssh", "certSubType": "ssh-ed25519", "certData": encode(HOST_KEY)});
    let shown = json!({"items": [{"serverName": host, "certType": "ssh", "certInfo": "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"}]});
    t.good(
        &format!("{service}/CreateCertificate"),
        json!({"certificates": {"items": [key]}, "upsert": false}),
        shown.clone(),
    );
    t.good(&format!("{service}/ListCertificates"), json!({"hostNamePattern": host}), shown.clone());
    t.good(&format!("{service}/DeleteCertificate"), json!({"hostNamePattern": host}), shown);
    let service = "gpgkey.GPGKeyService";
    let id = "65DB02544A5CB4CC";
    t.good(
        &format!("{service}/Create"),
        json!({"publickey": {"keyData": KEY}}),
        json!({"created": {"items": [{"keyID": id}]}}),
    );
    t.good(&format!("{service}/List"), json!({}), json!({"items": [{"keyID": id, "fingerprint": "*"}]}));
    t.good(&format!("{service}/Get"), json!({"keyID": id}), json!({"keyID": id, "keyData": "*"}));
    t.good(&format!("{service}/Delete"), json!({"keyID": id}), json!({}));
    t.bad(&format!("{service}/Get"), json!({"keyID": id}), 2, id);
}

fn clusters(t: &mut Tour<'_>) {
    let service = "cluster.ClusterService";
    let [ca, cert, key] = t.lab.kube.credentials().expect("because it was asked for");
    let tls = json!({"insecure": false, "caData": encode(&ca), "certData": encode(&cert), "keyData": encode(&key)});
    let cluster =
        json!({"server": t.lab.kube.url(), "name": "real", "labels": {"a": "b"}, "config": {"tlsClientConfig": tls}});
    let made = t.good(
        &format!("{service}/Create"),
        json!({"cluster": cluster, "upsert": false}),
        json!({"name": "real", "connectionState": {"status": "Successful"}}),
    );
    assert!(made.pointer("/config/tlsClientConfig/keyData").is_none_or(Value::is_null), "{made}");
    let named = json!({"id": {"type": "name", "value": "real"}});
    t.good(&format!("{service}/Get"), named.clone(), json!({"server": t.lab.kube.url(), "labels": {"a": "b"}}));
    t.good(&format!("{service}/List"), json!({}), json!({"items": ["*", "*"]}));
    let (control, template) = (t.lab.control.clone(), "-o=go-template={{range .items}}{{.metadata.name}} {{end}}");
    let names =
        t.lab.kubectl(&["-n", &control, "get", "secrets", "-l=argocd.argoproj.io/secret-type=cluster,a=b", template]);
    let secret = names.trim().to_string();
    let newer = |t: &Tour<'_>| {
        t.lab.kubectl(&[
            "-n",
            &control,
            "get",
            "secret",
            &secret,
            "-o",
            "go-template={{.data.newer}} {{.data.config | base64decode}}",
        ])
    };
    // A newer version stored more, beside what is known and in it.
    let config = newer(t).split_once("<no value> ").expect("because it holds nothing newer").1.replacen(
        '{',
        "{\"newer\":\"kept\",",
        1,
    );
    let patch = json!({"stringData": {"config": config}, "data": {"newer": "a2VwdA=="}}).to_string();
    t.lab.kubectl(&["-n", &control, "patch", "secret", &secret, "--type=merge", "-p", &patch]);
    let update = json!({"id": {"type": "name", "value": "real"}, "updatedFields": ["labels"], "cluster": {"labels": {"c": "d"}}});
    t.good(&format!("{service}/Update"), update, json!({"name": "real", "labels": {"c": "d"}}));
    let kept = newer(t);
    assert!(
        kept.starts_with("a2VwdA== ") && kept.contains("\"newer\":\"kept\"") && kept.contains("keyData"),
        "unknown fields survive"
    );
    t.good(&format!("{service}/InvalidateCache"), named.clone(), json!({"name": "real"}));
    // It is reached with a certificate: there is no token to rotate.
    t.bad(&format!("{service}/RotateAuth"), named.clone(), 3, "there is nothing to rotate");
    t.good(&format!("{service}/Delete"), named.clone(), json!({}));
    t.bad(&format!("{service}/Get"), named, 7, "permission denied");
}

fn repositories(t: &mut Tour<'_>, outside: &Outside) {
    let service = "repository.RepositoryService";
    let url = t.lab.repo.url();
    let stored = json!({"repo": {"repo": url, "username": "u", "password": "hidden-password"}, "upsert": true});
    let answered = json!({"repo": url, "type": "git"});
    let one = json!({"repo": url});
    for [create, get, list, update, delete] in [
        ["Create", "Get", "List", "Update", "Delete"],
        ["CreateRepository", "Get", "ListRepositories", "UpdateRepository", "DeleteRepository"],
        [
            "CreateWriteRepository",
            "GetWrite",
            "ListWriteRepositories",
            "UpdateWriteRepository",
            "DeleteWriteRepository",
        ],
    ] {
        t.good(&format!("{service}/{create}"), stored.clone(), answered.clone());
        let known = json!({"repo": url, "connectionState": {"status": "Successful"}, "username": "u"});
        let seen = t.good(&format!("{service}/{get}"), one.clone(), known.clone());
        assert!(seen.get("password").is_none(), "{seen}");
        let all = t.good(&format!("{service}/{list}"), json!({}), json!({"items": "*"}));
        assert!(
            all["items"].as_array().expect("because it is a list").iter().any(|known| known["repo"] == url.as_str()),
            "{all}"
        );
        t.good(&format!("{service}/{update}"), stored.clone(), answered.clone());
        t.good(&format!("{service}/{delete}"), one.clone(), json!({}));
        t.bad(&format!("{service}/{get}"), one.clone(), 7, "permission denied");
    }
    for validate in ["ValidateAccess", "ValidateWriteAccess"] {
        t.good(&format!("{service}/{validate}"), one.clone(), json!({}));
        t.bad(&format!("{service}/{validate}"), json!({"repo": format!("{url}-none")}), 5, "repository not found");
    }
    let project = format!("team-{}", t.way.name());
    t.good(&format!("{service}/ListRefs"), one.clone(), json!({"branches": ["main"]}));
    let query = json!({"repo": url, "revision": "main", "appName": "new", "appProject": project});
    let apps = json!({"items": [{"type": "Helm", "path": "chart"}, {"type": "Kustomize", "path": "kust"}]});
    t.good(&format!("{service}/ListApps"), query, apps);
    let details = |path: &str| {
        let source = json!({"repoURL": url, "path": path, "targetRevision": "main"});
        json!({"source": source, "appName": "new", "appProject": project})
    };
    for (path, want) in [
        (
            "chart",
            json!({"type": "Helm", "helm": {"valueFiles": ["values.yaml"], "parameters": [{"name": "image.tag", "value": "v1"}], "values": "image: {tag: v1}\n"}}),
        ),
        ("kust", json!({"type": "Kustomize", "kustomize": {"images": ["registry.example/web:1"]}})),
        ("app", json!({"type": "Directory", "directory": {}})),
    ] {
        t.good(&format!("{service}/GetAppDetails"), details(path), want);
    }
    let helm = outside.helm.url();
    // This machine is reached only where a Secret names it.
    t.bad(
        &format!("{service}/GetHelmCharts"),
        json!({"repo": helm.replace("127.0.0.1", "127.0.0.2")}),
        3,
        "this machine",
    );
    let charts = json!({"items": [{"name": "hello", "versions": ["1.0.0"]}]});
    t.good(&format!("{service}/GetHelmCharts"), json!({"repo": helm}), charts);
    let artifact = format!("oci://{}/charts/hello", outside.registry.host());
    t.good(&format!("{service}/ListOCITags"), json!({"repo": artifact}), json!({"tags": ["1.0.0"]}));

    let service = "repocreds.RepoCredsService";
    let creds = json!({"url": "https://h/org", "username": "u", "password": "hidden-password"});
    for side in ["", "Write"] {
        let bare = json!({"url": "https://h/org"});
        t.good(
            &format!("{service}/Create{side}RepositoryCredentials"),
            json!({"creds": creds, "upsert": false}),
            bare.clone(),
        );
        let list = t.good(
            &format!("{service}/List{side}RepositoryCredentials"),
            json!({}),
            json!({"items": [{"url": "https://h/org", "username": "u"}]}),
        );
        assert!(!list.to_string().contains("hidden"));
        t.good(&format!("{service}/Update{side}RepositoryCredentials"), json!({"creds": creds}), bare.clone());
        t.good(&format!("{service}/Delete{side}RepositoryCredentials"), bare, json!({}));
    }
}

fn applications(t: &mut Tour<'_>, outside: &Outside) {
    let service = "application.ApplicationService";
    let (w, control, target) = (t.way.name(), t.lab.control.clone(), t.lab.target.clone());
    let (name, project) = (format!("web-{w}"), format!("team-{w}"));
    let source = json!({"repoURL": t.lab.repo.url(), "path": "app", "targetRevision": "main"});
    let spec = json!({"project": project, "source": source, "destination": {"server": OWN, "namespace": target}});
    let app = json!({"metadata": {"name": name, "namespace": control}, "spec": spec});
    let create = json!({"application": app, "validate": true});
    t.good(&format!("{service}/Create"), create, json!({"metadata": {"name": name}, "spec": {"project": project}}));
    set_newer(t, "application", &name);
    let refreshed = t.good(
        &format!("{service}/Get"),
        json!({"name": name, "refresh": "normal"}),
        json!({"status": {"sync": {"status": "OutOfSync"}}}),
    );
    assert!(refreshed.get("kind").is_none(), "there is no kind in protobuf");
    t.good(
        &format!("{service}/List"),
        json!({"projects": [project]}),
        json!({"items": [{"metadata": {"name": name}}]}),
    );
    t.good(
        &format!("{service}/Watch"),
        json!({"name": name}),
        json!({"type": "ADDED", "application": {"metadata": {"name": name}}}),
    );
    let mut whole = refreshed;
    whole["metadata"]["labels"] = json!({"a": w});
    t.good(
        &format!("{service}/Update"),
        json!({"application": whole, "validate": true}),
        json!({"metadata": {"labels": {"a": w}}}),
    );
    let mut with_info = spec.clone();
    with_info["info"] = json!([{"name": "owner", "value": "team"}]);
    t.good(
        &format!("{service}/UpdateSpec"),
        json!({"name": name, "spec": with_info}),
        json!({"info": [{"name": "owner", "value": "team"}]}),
    );
    let patch = json!({"metadata": {"annotations": {"x": "y"}}}).to_string();
    t.good(
        &format!("{service}/Patch"),
        json!({"name": name, "patch": patch, "patchType": "merge"}),
        json!({"metadata": {"annotations": {"x": "y"}, "labels": {"a": w}}}),
    );
    assert_eq!(newer(t, "application", &name), "kept", "after three writes");

    t.good(
        &format!("{service}/Sync"),
        json!({"name": name, "revision": "main", "prune": true}),
        json!({"operation": {"sync": {"revision": outside.commit}, "initiatedBy": {"username": "admin"}}}),
    );
    t.lab.wait(&name, "synced", |app| {
        app["status"]["operationState"]["phase"] == "Succeeded" && app["operation"].is_null()
    });
    let managed =
        t.good(&format!("{service}/ManagedResources"), json!({"applicationName": name}), json!({"items": ["*", "*"]}));
    let live = managed["items"]
        .as_array()
        .expect("because it is a list")
        .iter()
        .find(|item| item["kind"] == "ConfigMap")
        .expect("because it was asked for")
        .clone();
    t.good(&format!("{service}/ServerSideDiff"), diff(t, &name, &live), json!({"items": "*", "modified": true}));
    t.good(&format!("{service}/ResourceTree"), json!({"applicationName": name}), json!({"nodes": "*"}));
    t.good(&format!("{service}/WatchResourceTree"), json!({"applicationName": name}), json!({"nodes": "*"}));
    t.good(
        &format!("{service}/GetManifests"),
        json!({"name": name, "revision": "main"}),
        json!({"manifests": ["*", "*"]}),
    );
    with_files(t, &name);
    t.good(
        &format!("{service}/GetApplicationSyncWindows"),
        json!({"name": name}),
        json!({"canSync": true, "assignedWindows": [{"kind": "allow", "manualSync": false}]}),
    );
    let revision = json!({"name": name, "revision": outside.commit});
    t.good(
        &format!("{service}/RevisionMetadata"),
        revision.clone(),
        json!({"author": "Test <test@example.com>", "message": "change", "date": "*"}),
    );
    t.bad(&format!("{service}/GetOCIMetadata"), revision, 3, "no OCI artifact");
    t.good(
        &format!("{service}/ListLinks"),
        json!({"name": name}),
        json!({"items": [{"title": "Logs", "url": format!("https://logs/{name}")}]}),
    );

    let object = |kind: &str, group: &str, name_of: &str| json!({"name": name, "namespace": target, "resourceName": name_of, "version": "v1", "group": group, "kind": kind});
    let with = |mut object: Value, more: Value| {
        object
            .as_object_mut()
            .expect("because it was asked for")
            .extend(more.as_object().expect("because it was asked for").clone());
        object
    };
    t.good(&format!("{service}/GetResource"), object("ConfigMap", "", "one"), json!({"manifest": "*"}));
    let change = json!({"patch": r#"{"data":{"key":"by hand"}}"#, "patchType": "application/merge-patch+json"});
    t.good(&format!("{service}/PatchResource"), with(object("ConfigMap", "", "one"), change), json!({"manifest": "*"}));
    t.good(&format!("{service}/ListResourceEvents"), json!({"name": name}), json!({"items": "*"}));
    let link = json!({"items": [{"title": "Kind", "url": "https://ConfigMap/in-cluster"}]});
    t.good(&format!("{service}/ListResourceLinks"), object("ConfigMap", "", "one"), link);
    let deployment = object("Deployment", "apps", "web");
    let listed = t.good(&format!("{service}/ListResourceActions"), deployment.clone(), json!({"actions": "*"}));
    assert!(
        listed["actions"].as_array().expect("because it is a list").iter().any(|action| action["name"] == "restart"),
        "{listed}"
    );
    t.good(&format!("{service}/RunResourceAction"), with(deployment.clone(), json!({"action": "restart"})), json!({}));
    t.good(
        &format!("{service}/RunResourceActionV2"),
        with(deployment.clone(), json!({"action": "restart"})),
        json!({}),
    );
    let logs = json!({"name": name, "namespace": target, "kind": "Deployment", "group": "apps", "resourceName": "web"});
    t.good(&format!("{service}/PodLogs"), logs, json!({"last": true, "content": ""}));
    t.good(
        &format!("{service}/DeleteResource"),
        with(object("ConfigMap", "", "one"), json!({"force": false})),
        json!({}),
    );
    let seen = t.good(&format!("{service}/Get"), json!({"name": name}), json!({"status": {"history": ["*"]}}));
    t.bad(&format!("{service}/TerminateOperation"), json!({"name": name}), 3, "No operation is in progress");
    t.good(
        &format!("{service}/Rollback"),
        json!({"name": name, "id": seen["status"]["history"][0]["id"]}),
        json!({"operation": {"sync": "*"}}),
    );
    t.lab.wait(&name, "rolled back", |app| {
        app["status"]["history"].as_array().is_some_and(|all| all.len() == 2) && app["operation"].is_null()
    });
    assert_eq!(newer(t, "application", &name), "kept", "after operations");

    // One of an artifact of a registry, which says more of itself than its content.
    let (registry, kind) = (&outside.registry, "application/vnd.oci.image.manifest.v1+json");
    let config = registry.blob("team/app", ("application/vnd.oci.empty.v1+json", b"{}"));
    let said =
        json!({"org.opencontainers.image.description": "Shop", "org.opencontainers.image.url": "javascript:alert(1)"});
    let layer = registry.blob("team/app", ("application/vnd.oci.image.layer.v1.tar", b"x"));
    let manifest =
        json!({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer], "annotations": said});
    registry.push_manifest("team/app", "1.0.0", kind, &manifest);
    let url = format!("oci://{}/team/app", registry.host());
    let stored = json!({"repo": {"repo": url, "type": "oci", "insecureOCIForceHttp": true}, "upsert": true});
    t.good("repository.RepositoryService/CreateRepository", stored, json!({"repo": url}));
    let artifact = format!("artifact-{w}");
    let source = json!({"repoURL": url, "path": ".", "targetRevision": "1.0.0"});
    let spec = json!({"project": project, "source": source, "destination": {"server": OWN, "namespace": target}});
    let app = json!({"metadata": {"name": artifact, "namespace": control}, "spec": spec});
    t.good(&format!("{service}/Create"), json!({"application": app, "validate": false}), json!({}));
    let told = t.good(
        &format!("{service}/GetOCIMetadata"),
        json!({"name": artifact, "revision": "1.0.0"}),
        json!({"description": "Shop"}),
    );
    assert!(!told.to_string().contains("javascript"), "{told}");
    t.good(&format!("{service}/Delete"), json!({"name": artifact, "cascade": false}), json!({}));

    // One of a chart.
    let (helm, chart) = (outside.helm.url(), format!("chart-{w}"));
    let source = json!({"repoURL": helm, "chart": "hello", "targetRevision": "1.0.0"});
    let spec = json!({"project": project, "source": source, "destination": {"server": OWN, "namespace": target}});
    let app = json!({"application": {"metadata": {"name": chart}, "spec": spec}, "validate": false});
    t.good(&format!("{service}/Create"), app, json!({"metadata": {"name": chart}}));
    t.good(&format!("{service}/RevisionChartDetails"), json!({"name": chart, "revision": "1.0.0"}), json!({}));
    for name in [name, chart] {
        t.good(&format!("{service}/Delete"), json!({"name": name, "cascade": true}), json!({}));
        wait_gone(t, "application", &name);
    }
}

/// The live object against one with another value.
fn diff(t: &Tour<'_>, name: &str, live: &Value) -> Value {
    let wanted = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": t.lab.target}, "data": {"key": "third"}});
    if t.way == Way::Rest {
        // In a query there is room for texts alone.
        return json!({"appName": name, "targetManifests": [wanted.to_string()]});
    }
    json!({"appName": name, "liveResources": [live], "targetManifests": [wanted.to_string()]})
}

/// Files that the caller sends are rendered.
fn with_files(t: &mut Tour<'_>, name: &str) {
    use sha2::Digest;
    let packed = bowline_tests_registry::tgz(&bowline_tests_registry::tar(&[(
        "app/a.yaml",
        &crate::lab::config_map("sent", "x"),
    )]));
    let sum: String = sha2::Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect();
    let chunk = base64::engine::general_purpose::STANDARD.encode(&packed);
    let messages = json!([{"query": {"name": name, "checksum": sum}}, {"chunk": {"chunk": chunk}}]);
    t.good("application.ApplicationService/GetManifestsWithFiles", messages, json!({"manifests": ["*"]}));
}

fn application_sets(t: &mut Tour<'_>) {
    let service = "applicationset.ApplicationSetService";
    let (w, url) = (t.way.name(), t.lab.repo.url());
    let (name, project) = (format!("set-{w}"), format!("team-{w}"));
    let template = json!({"metadata": {"name": "{{path.basename}}-{{stage}}"}, "spec": {
        "project": project, "source": {"repoURL": url, "path": "{{path}}", "targetRevision": "main"},
        "destination": {"server": OWN, "namespace": t.lab.target}}});
    let git = json!({"git": {"repoURL": url, "revision": "main", "directories": [{"path": "*"}, {"path": "chart", "exclude": true}]}});
    let stages = json!({"list": {"elements": [{"stage": w}]}});
    let set = json!({"metadata": {"name": name, "labels": {"way": w}}, "spec": {
        "generators": [{"matrix": {"generators": [git, stages]}}], "template": template}});
    let made = json!([{"metadata": {"name": format!("app-{w}")}, "spec": {"source": {"path": "app"}}}, {"metadata": {"name": format!("kust-{w}")}}]);
    t.good(&format!("{service}/Generate"), json!({"applicationSet": set}), json!({"applications": made}));
    let dry = json!({"applicationset": set, "upsert": false, "dryRun": true});
    let told = json!([{"kind": "Application", "name": format!("app-{w}")}, {"name": format!("kust-{w}")}]);
    t.good(&format!("{service}/Create"), dry, json!({"status": {"resources": told}}));
    let one = json!({"name": name});
    t.bad(&format!("{service}/Get"), one.clone(), 5, &format!("applicationsets.argoproj.io \"{name}\" not found"));
    let create = |set: &Value, upsert: bool| json!({"applicationset": set, "upsert": upsert, "dryRun": false});
    t.good(&format!("{service}/Create"), create(&set, false), json!({"metadata": {"name": name, "uid": "*"}}));
    t.good(&format!("{service}/Create"), create(&set, false), json!({"metadata": {"name": name}}));
    set_newer(t, "applicationset", &name);
    let mut other = set.clone();
    other["spec"]["syncPolicy"] = json!({"preserveResourcesOnDeletion": true});
    t.bad(&format!("{service}/Create"), create(&other, false), 3, "use upsert flag to force update");
    t.good(
        &format!("{service}/Create"),
        create(&other, true),
        json!({"spec": {"syncPolicy": {"preserveResourcesOnDeletion": true}}}),
    );
    assert_eq!(newer(t, "applicationset", &name), "kept");
    let mut wrong = set.clone();
    wrong["spec"]["template"]["spec"]["project"] = json!("{{project}}");
    t.bad(&format!("{service}/Create"), create(&wrong, false), 3, "templated `project` fields");
    wrong["spec"]["template"]["spec"]["project"] = json!("nowhere");
    t.bad(&format!("{service}/Create"), create(&wrong, false), 3, "references project nowhere which does not exist");
    let seen = t.good(
        &format!("{service}/Get"),
        one.clone(),
        json!({"metadata": {"name": name}, "spec": {"generators": ["*"]}}),
    );
    assert!(seen.get("kind").is_none(), "there is no kind in protobuf");
    let listed = json!({"items": [{"metadata": {"name": name}}]});
    t.good(&format!("{service}/List"), json!({"selector": format!("way={w}"), "projects": [project]}), listed);
    let none = t.good(
        &format!("{service}/List"),
        json!({"projects": ["none"]}),
        json!({"metadata": {"resourceVersion": "*"}}),
    );
    assert!(none["items"].as_array().is_none_or(Vec::is_empty), "{none}");
    t.good(
        &format!("{service}/Watch"),
        json!({"name": name}),
        json!({"type": "ADDED", "applicationSet": {"metadata": {"name": name}}}),
    );
    t.good(&format!("{service}/ResourceTree"), one.clone(), json!({}));
    let events = t.good(&format!("{service}/ListResourceEvents"), one.clone(), json!({"items": "*"}));
    assert!(events.to_string().contains("admin created ApplicationSet"), "{events}");
    t.good(&format!("{service}/Delete"), one.clone(), json!({}));
    wait_gone(t, "applicationset", &name);
}
