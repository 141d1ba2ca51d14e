//! The fleet as queries see it, against a naive reading of the same applications.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_core_crd::{
    Application, ApplicationCondition, ApplicationSource, HealthStatusCode, Operation, OperationPhase, OperationState,
    OwnerReference, ResourceStatus, SyncPolicy, SyncPolicyAutomated, SyncStatusCode, Time,
};
use bowline_core_rbac::{Enforcer, Engine, Known, Policy, PolicySource, Subject};
use bowline_core_types::AppName;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// `name project health sync repo label`, with blanks between; a dash for none.
fn app(line: &str) -> Application {
    let words: Vec<&str> = line.split_whitespace().collect();
    let word = |at: usize| words.get(at).copied().filter(|word| *word != "-").unwrap_or_default().to_string();
    let mut app = Application::new("argocd", &word(0));
    app.spec.project = word(1);
    app.status.health.status = HealthStatusCode::from(word(2).as_str());
    app.status.sync.status = SyncStatusCode::from(word(3).as_str());
    let source = ApplicationSource { repo_url: word(4), ..ApplicationSource::default() };
    app.spec.source = Some(source);
    app.spec.destination.server = "https://kubernetes.default.svc".to_string();
    if let Some((key, value)) = word(5).split_once('=') {
        app.metadata.labels.insert(key.to_string(), value.to_string());
    }
    app
}

type Apps = BTreeMap<AppName, Arc<Application>>;

fn apps(lines: &str) -> Apps {
    let apps = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(app);
    apps.map(|app| (AppName::new("argocd", app.metadata.name.as_str()), Arc::new(app))).collect()
}

fn enforcer(csv: &str) -> Arc<Enforcer> {
    let policy = Policy::new(&PolicySource::from_text("policy.csv", csv)).unwrap();
    let ana = Known { id: "ana".to_string(), ..Known::default() };
    Arc::new(Arc::new(Engine::new(Arc::new(policy))).enforcer(Subject::Known(ana)))
}

fn all() -> Arc<Enforcer> {
    enforcer("p, ana, applications, get, */*, allow")
}

fn clusters() -> Clusters {
    Clusters::new([("https://kubernetes.default.svc".to_string(), "in-cluster".to_string())])
}

fn seen(apps: &Apps, enforcer: Arc<Enforcer>) -> Seen {
    Seen::new(enforcer, "argocd", Fleet::default().update(7, clusters(), apps.iter()))
}

fn parsed(text: &str) -> Result<Query, QueryError> {
    Query::parse(text.split('&').filter_map(|pair| pair.split_once('=')))
}

fn names(answer: &Answer) -> String {
    answer.rows.iter().map(|row| &*row.name.name).collect::<Vec<_>>().join(" ")
}

const FLEET: &str = "
    cart   shop  Degraded    Synced    https://git.example/shop      env=prod
    search shop  Healthy     OutOfSync https://git.example/shop.git  env=prod
    admin  ops   Healthy     Synced    https://git.example/ops       env=dev
    logs   ops   Missing     OutOfSync https://git.example/ops       -
    pay    shop  Progressing Synced    https://git.example/pay       env=dev
    hold   -     Suspended   Synced    https://git.example/pay       -
    dark   ops   Healthy     Unknown   https://git.example/ops       env=prod
";

#[test]
fn queries_choose_and_order() {
    let apps = apps(FLEET);
    let seen = seen(&apps, all());
    for (text, want, total) in [
        ("", "cart logs dark search pay hold admin", 7),
        ("sort=name", "admin cart dark hold logs pay search", 7),
        ("sort=name&order=desc", "search pay logs hold dark cart admin", 7),
        ("order=asc", "admin hold pay search dark logs cart", 7),
        ("offset=2&limit=2", "dark search", 7),
        ("offset=9", "", 7),
        ("limit=0", "", 7),
        ("proj=shop", "cart search pay", 3),
        ("project=shop&proj=default", "cart search pay hold", 4),
        ("proj=shop,ops&health=Healthy", "dark search admin", 3),
        ("proj=shop&sync=OutOfSync", "search", 1),
        ("repo=HTTPS://git.example/shop/", "cart search", 2),
        ("labels=env=prod", "cart dark search", 3),
        ("labels=env&labels=env!=prod", "pay admin", 2),
        ("labels=!env", "logs hold", 2),
        ("search=SHOP cart", "cart", 1),
        ("search=in-cluster", "cart logs dark search pay hold admin", 7),
        ("cluster=in-cluster&name=cart,pay", "cart pay", 2),
        ("cluster=https://kubernetes.default.svc/&name=pay", "pay", 1),
        ("autoSync=enabled", "", 0),
        ("operation=None&owner=-&targetRevision=HEAD&appNamespace=argocd&name=hold", "hold", 1),
        ("project=nowhere", "", 0),
        ("view=tiles&page=3&name=hold", "hold", 1),
    ] {
        let answer = query(&parsed(text).unwrap(), &seen);
        assert_eq!((names(&answer).as_str(), answer.total, answer.visible), (want, total, 7), "{text}");
    }
}

#[test]
fn what_means_nothing_is_named() {
    for (text, want) in [
        ("sort=size", "sort: \"size\" is none of severity, name, created, synced"),
        ("order=up", "order: \"up\" is neither asc nor desc"),
        ("limit=1001", "limit: \"1001\" is no number of at most 1000"),
        ("offset=-1", "offset: \"-1\" is no number"),
        ("facets=yes", "facets: \"yes\" is neither true nor false"),
        ("health=Fine", "health: \"Fine\" is none of Healthy, Progressing, Degraded, Suspended, Missing, Unknown"),
        ("labels=a b", "labels: unable to parse requirement: \"a b\""),
    ] {
        assert_eq!(parsed(text).unwrap_err().to_string(), want);
    }
}

fn facets(answer: &Answer) -> Value {
    let mut out = Vec::new();
    answer.write("", &mut out);
    serde_json::from_slice::<Value>(&out).unwrap()["facets"].take()
}

#[test]
fn each_facet_is_counted_with_the_others_in_force() {
    let apps = apps(FLEET);
    let seen = seen(&apps, all());
    let told = facets(&query(&parsed("proj=ops&health=Healthy").unwrap(), &seen));
    let count = |value: &str, count: u64| json!({"value": value, "count": count});
    // Of those that are healthy.
    assert_eq!(told["project"], json!([count("ops", 2), count("shop", 1)]));
    // Of those in ops.
    assert_eq!(told["health"], json!([count("Healthy", 2), count("Missing", 1)]));
    // Of those that are both.
    assert_eq!(told["sync"], json!([count("Synced", 1), count("Unknown", 1)]));
    assert_eq!(told["cluster"], json!([count("in-cluster", 2)]));
    assert_eq!(told["labels"], json!([count("env=dev", 1), count("env=prod", 1)]));
    // What is chosen is told, though nobody has it.
    let told = facets(&query(&parsed("proj=ops&health=Degraded,Missing&labels=env").unwrap(), &seen));
    assert_eq!(told["health"], json!([count("Healthy", 2), count("Degraded", 0), count("Missing", 0)]));
    assert_eq!(query(&parsed("facets=false").unwrap(), &seen).facets, None);
}

#[test]
fn nobody_is_told_of_what_he_may_not_see() {
    let apps = apps(FLEET);
    let seen =
        seen(&apps, enforcer("p, ana, applications, get, ops/*, allow\np, ana, applications, get, ops/dark, deny"));
    let answer = query(&parsed("").unwrap(), &seen);
    assert_eq!((names(&answer).as_str(), answer.total, answer.visible), ("logs admin", 2, 2));
    assert_eq!(facets(&answer)["project"], json!([{"value": "ops", "count": 2}]));
    assert_eq!(facets(&answer)["labels"], json!([{"value": "env=dev", "count": 1}]));
}

#[test]
fn rows_are_made_of_what_is_new_alone() {
    let mut fleet = Fleet::default();
    let mut known = apps(FLEET);
    let before = fleet.update(1, clusters(), known.iter());
    let seen = Seen::new(enforcer("p, ana, applications, get, ops/*, allow"), "argocd", before.clone());
    known.remove(&AppName::new("argocd", "cart"));
    known.extend(apps("pay ops Healthy Synced r -\n zoo ops Healthy Synced r -"));
    let after = fleet.update(2, clusters(), known.iter());
    let kept = after.all.iter().filter(|row| before.all.iter().any(|old| Arc::ptr_eq(old, row))).count();
    assert_eq!((before.all.len(), after.all.len(), kept), (7, 7, 5));
    let seen = seen.with(after.clone());
    assert_eq!(seen.count(), 5, "pay came into the project, zoo is new");
    let named = fleet.update(2, Clusters::default(), known.iter());
    assert!(!Arc::ptr_eq(&named.all[0], &after.all[0]), "clusters are called otherwise");
}

#[test]
fn a_change_says_what_is_new_and_no_more() {
    let mut known = apps(FLEET);
    let mut fleet = Fleet::default();
    let asked = parsed("limit=3&proj=shop").unwrap();
    let mut answer = |known: &Apps, number| {
        query(&asked, &Seen::new(all(), "argocd", fleet.update(number, clusters(), known.iter())))
    };
    let told = |before: &Answer, after: &Answer| {
        Change::between(before, after).map(|change| {
            let mut out = Vec::new();
            change.write(&mut out);
            serde_json::from_slice::<Value>(&out).unwrap()
        })
    };
    let first = answer(&known, 1);
    known.extend(apps("admin shops Healthy Synced r env=dev"));
    let second = answer(&known, 2);
    let change = told(&first, &second).unwrap();
    assert_eq!((change.get("rows"), change.get("order")), (None, None), "the window is as it was: {change}");
    assert_eq!(change["facets"]["project"][3], json!({"value": "shops", "count": 1}), "{change}");
    known.extend(apps("pay shop Degraded Synced https://git.example/pay env=dev"));
    let third = answer(&known, 3);
    let change = told(&second, &third).unwrap();
    assert_eq!(change["order"], json!(["argocd/cart", "argocd/pay", "argocd/search"]));
    assert_eq!(change["rows"].as_array().unwrap().len(), 1);
    assert_eq!(change["rows"][0]["severity"], 6);
    assert_eq!(change["revision"], "3");
    assert_eq!(told(&third, &answer(&known, 4)), None);
}

#[test]
fn a_row_tells_what_a_list_shows() {
    let time = |text: &str| Some(text.parse::<Time>().unwrap());
    let mut app = app("cart shop Degraded OutOfSync https://git.example/shop env=prod");
    app.metadata.uid = "u1".into();
    app.metadata.resource_version = "12".into();
    app.metadata.creation_timestamp = time("2026-01-02T03:04:05Z");
    app.metadata.owner_references =
        vec![OwnerReference { kind: "ApplicationSet".into(), name: "all".into(), ..OwnerReference::default() }];
    app.metadata.annotations.insert("argocd.argoproj.io/refresh".into(), "hard".into());
    app.spec.sync_policy = Some(SyncPolicy {
        automated: Some(SyncPolicyAutomated { prune: Some(true), ..SyncPolicyAutomated::default() }),
        ..SyncPolicy::default()
    });
    app.operation = Some(Operation::default());
    app.status.sync.revision = "3f2a1c".into();
    app.status.summary.images = ["a", "b", "c", "d"].map(String::from).to_vec();
    let condition = ApplicationCondition {
        type_: "SyncError".into(),
        message: "no".into(),
        last_transition_time: time("2026-01-02T03:04:06Z"),
    };
    app.status.conditions = vec![condition];
    app.status.operation_state = Some(OperationState {
        phase: OperationPhase::Succeeded,
        started_at: time("2026-01-02T03:04:07Z"),
        finished_at: time("2026-01-02T03:04:08Z"),
        ..OperationState::default()
    });
    let resource = |name: &str, health: Option<(&str, &str)>, status: SyncStatusCode, prune| {
        let mut resource =
            ResourceStatus { kind: "Deployment".into(), name: name.into(), status, ..ResourceStatus::default() };
        resource.requires_pruning = prune;
        resource.health = health.map(|(status, message)| bowline_core_crd::HealthStatus {
            status: HealthStatusCode::from(status),
            message: message.into(),
            last_transition_time: None,
        });
        resource
    };
    app.status.resources = vec![
        resource("old", None, SyncStatusCode::OutOfSync, true),
        resource("fine", Some(("Healthy", "")), SyncStatusCode::Synced, false),
        resource("cart", Some(("Degraded", "3 of 4 pods crash")), SyncStatusCode::OutOfSync, false),
    ];
    let apps = Apps::from([(AppName::new("argocd", "cart"), Arc::new(app))]);
    let rows = Fleet::default().update(1, clusters(), apps.iter());
    let row: Value = serde_json::from_slice(&rows.all[0].json).unwrap();
    assert_eq!(
        row,
        json!({
            "key": "argocd/cart", "name": "cart", "namespace": "argocd", "uid": "u1", "project": "shop", "version": "12",
            "created": "2026-01-02T03:04:05Z", "labels": {"env": "prod"}, "owner": "all", "severity": 6,
            "health": {"status": "Degraded", "message": "Deployment/cart: 3 of 4 pods crash"},
            "sync": {"status": "OutOfSync", "revisions": ["3f2a1c"]},
            "refreshing": "hard", "pending": true,
            "operation": {"kind": "sync", "phase": "Succeeded", "startedAt": "2026-01-02T03:04:07Z",
                "finishedAt": "2026-01-02T03:04:08Z"},
            "sources": [{"repoURL": "https://git.example/shop"}],
            "destination": {"server": "https://kubernetes.default.svc", "name": "", "namespace": "", "cluster": "in-cluster"},
            "autoSync": {"prune": true, "selfHeal": false},
            "lastSync": "2026-01-02T03:04:08Z",
            "conditions": [{"type": "SyncError", "message": "no", "time": "2026-01-02T03:04:06Z", "level": "error"}],
            "images": {"count": 4, "first": ["a", "b", "c"]},
            "resources": {"total": 3, "prune": 1, "outOfSync": 2, "health": {"Degraded": 1, "Healthy": 1},
                "sync": {"OutOfSync": 2, "Synced": 1},
                "first": [{"object": "Deployment/cart", "why": "Degraded: 3 of 4 pods crash"},
                    {"object": "Deployment/old", "why": "Prune"}]},
        })
    );
}

#[test]
fn a_rollback_is_what_leads_back_not_every_sync_that_names_its_source() {
    let kind = |operation: Value, history: Value| {
        let mut app = app("cart shop Healthy Synced https://git.example/shop env=prod");
        let state = json!({"phase": "Succeeded", "startedAt": "2026-01-02T03:00:00Z", "operation": operation});
        app.status.operation_state = Some(serde_json::from_value(state).unwrap());
        app.status.history = serde_json::from_value(history).unwrap();
        let apps = Apps::from([(AppName::new("argocd", "cart"), Arc::new(app))]);
        let rows = Fleet::default().update(1, clusters(), apps.iter());
        let row: Value = serde_json::from_slice(&rows.all[0].json).unwrap();
        row["operation"]["kind"].as_str().unwrap().to_string()
    };
    let source = json!({"repoURL": "https://git.example/shop", "path": "app"});
    let past = |id: i64, revision: &str, hour: i64| {
        let at = format!("2026-01-02T0{hour}:00:00Z");
        json!({"id": id, "revision": revision, "source": source, "deployedAt": at})
    };
    // The last is what the operation itself deployed.
    let history = json!([past(0, "a", 1), past(1, "b", 2), past(2, "a", 4)]);
    let apply = json!({"apply": {}});
    let asked = |revision: &str, strategy: &Value, automated: bool| {
        let sync = json!({"revision": revision, "source": source, "syncStrategy": strategy});
        json!({"sync": sync, "initiatedBy": {"automated": automated}})
    };
    let none = json!({});
    for (operation, history, wanted) in [
        (asked("a", &apply, false), &history, "rollback"),
        (asked("b", &apply, false), &history, "sync"),
        (asked("c", &apply, false), &history, "sync"),
        (asked("a", &none, false), &history, "sync"),
        (asked("a", &apply, true), &history, "sync"),
        (asked("a", &none, true), &json!([past(0, "a", 4)]), "sync"),
        (asked("a", &apply, false), &json!([past(0, "a", 4)]), "sync"),
    ] {
        assert_eq!(kind(operation.clone(), history.clone()), wanted, "{operation}");
    }
}

proptest! {
    /// One walk over all rows finds and counts what one walk for each facet and value does.
    #[test]
    fn a_walk_counts_as_many_walks_do(
        fleet in prop::collection::vec((0..4_usize, 0..3_usize, 0..3_usize), 1..40),
        project in 0..5_usize, health in 0..4_usize, sync in 0..4_usize,
    ) {
        const PROJECTS: [&str; 4] = ["a", "b", "c", "d"];
        const HEALTHS: [&str; 3] = ["Healthy", "Degraded", "Missing"];
        const SYNCS: [&str; 3] = ["Synced", "OutOfSync", "Unknown"];
        let lines: String = fleet.iter().enumerate()
            .map(|(n, (p, h, s))| format!("app-{n} {} {} {} r -\n", PROJECTS[*p], HEALTHS[*h], SYNCS[*s])).collect();
        let chosen = [PROJECTS.get(project), HEALTHS.get(health), SYNCS.get(sync)];
        let text: Vec<String> = ["project", "health", "sync"].iter().zip(chosen)
            .filter_map(|(name, word)| word.map(|word| format!("{name}={word}"))).collect();
        let apps = apps(&lines);
        let answer = query(&parsed(&text.join("&")).unwrap(), &seen(&apps, all()));
        let words = |(p, h, s): &(usize, usize, usize)| [PROJECTS[*p], HEALTHS[*h], SYNCS[*s]];
        let fits = |words: &[&str; 3], but: usize| (0..3).all(|at| at == but || chosen[at].is_none_or(|word| *word == words[at]));
        prop_assert_eq!(answer.total, fleet.iter().filter(|app| fits(&words(app), 9)).count());
        let told = facets(&answer);
        for (place, name) in ["project", "health", "sync"].iter().enumerate() {
            let mut counts = BTreeMap::new();
            for app in fleet.iter().map(words).filter(|app| fits(app, place)) {
                *counts.entry(app[place].to_string()).or_insert(0_u64) += 1;
            }
            let told: BTreeMap<String, u64> = told[name].as_array().unwrap().iter()
                .map(|counted| (counted["value"].as_str().unwrap().to_string(), counted["count"].as_u64().unwrap()))
                .filter(|(_, count)| *count > 0).collect();
            prop_assert_eq!(told, counts);
        }
    }
}
