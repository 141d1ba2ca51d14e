//! Helm repositories.

use bowline_base_egress::{Proxies, Reach};
use bowline_core_ports::{Charts, Freshness, Place, SourceErrorKind};
use bowline_desired_registry::Credentials;
use bowline_tests_registry::{HelmServer, chart, tar, tgz};

use crate::lab::{Lab, basic, place};

fn publish(server: &HelmServer, versions: &[&str]) {
    for version in versions {
        server.publish("hello", version, chart("hello", version, &[("values.yaml", &format!("v: {version}\n"))]));
    }
}

fn targets(server: &HelmServer) -> Vec<String> {
    server.seen().into_iter().map(|seen| format!("{} {}", seen.status, seen.target)).collect()
}

#[tokio::test]
async fn versions_are_chosen_and_fetched_once() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    publish(&server, &["1.0.0", "1.2.0", "2.0.0-rc.1"]);
    let url = server.url();
    let hello = place(&url, "hello");
    for (revision, want) in [
        ("*", "1.2.0: v: 1.2.0\n"),
        ("", "1.2.0: v: 1.2.0\n"),
        ("~1.0", "1.0.0: v: 1.0.0\n"),
        (">=1-0", "2.0.0-rc.1: v: 2.0.0-rc.1\n"),
        ("1.0.0", "1.0.0: v: 1.0.0\n"),
        // Argo CD shows such a one as it is written, and Helm fetches what fits.
        ("1.2", "1.2: v: 1.2.0\n"),
    ] {
        assert_eq!(lab.read(hello, revision, "values.yaml").await.unwrap(), want, "{revision}");
    }
    let asked = targets(&server);
    assert_eq!(asked.iter().filter(|t| t.starts_with("200") && t.contains("index")).count(), 1, "{asked:?}");
    assert_eq!(asked.iter().filter(|t| t.starts_with("200") && t.contains("tgz")).count(), 3, "{asked:?}");
    assert!(asked.iter().any(|t| t == "304 /index.yaml"), "{asked:?}");

    // Asked again without haste, and for an exact version, nobody is asked.
    lab.resolve(hello, "*", Freshness::Known).await.unwrap();
    lab.resolve(hello, "*", Freshness::Within(60_000)).await.unwrap();
    lab.read(hello, "1.0.0", "values.yaml").await.unwrap();
    assert!(targets(&server).is_empty());

    // A new version is found when it is asked for, by a range and by its name.
    publish(&server, &["1.3.0"]);
    assert_eq!(lab.resolve(hello, "1.x", Freshness::Known).await.unwrap().revision, "1.2.0");
    assert_eq!(lab.read(hello, "1.3.0", "values.yaml").await.unwrap(), "1.3.0: v: 1.3.0\n");
    assert_eq!(lab.resolve(hello, "1.x", Freshness::Now).await.unwrap().revision, "1.3.0");
}

#[tokio::test]
async fn a_restart_and_a_repository_that_is_down_lose_nothing() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    publish(&server, &["1.0.0"]);
    let url = server.url();
    let hello = place(&url, "hello");
    let (_, before) = lab.fetch(hello, "1.0.0").await.unwrap();
    lab.fetch(hello, "*").await.unwrap();
    server.seen();
    let lab = lab.restarted();
    let (_, after) = lab.fetch(hello, "*").await.unwrap();
    assert_eq!(before.root(), after.root());
    assert_eq!(targets(&server), ["304 /index.yaml"], "what is on disk is asked about, not fetched");
    server.set_down(true);
    assert_eq!(lab.fetch(hello, "1.0.0").await.unwrap().1.root(), before.root());
    let error = lab.resolve(hello, "*", Freshness::Now).await.unwrap_err();
    assert!(error.contains("answered 503"), "{error}");
    assert_eq!(lab.resolve(hello, "*", Freshness::Known).await.unwrap().revision, "1.0.0");

    // A hard refresh asks anew; what was published again under the same version counts then.
    server.set_down(false);
    server.publish("hello", "1.0.0", chart("hello", "1.0.0", &[("values.yaml", "v: again\n")]));
    assert_eq!(lab.read(hello, "1.0.0", "values.yaml").await.unwrap(), "1.0.0: v: 1.0.0\n");
    lab.registries.forget(hello, "1.0.0");
    assert_eq!(lab.read(hello, "1.0.0", "values.yaml").await.unwrap(), "1.0.0: v: again\n");
}

#[tokio::test]
async fn requests_that_meet_are_one() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    publish(&server, &["1.0.0"]);
    let url = server.url();
    let hello = place(&url, "hello");
    let fetched = futures::future::join_all((0..20).map(|_| lab.fetch(hello, "*"))).await;
    assert!(fetched.iter().all(|f| f.is_ok()));
    let asked = targets(&server);
    let archives = asked.iter().filter(|target| target.contains("tgz")).count();
    // The first asks; an answer that began before the others came is too old for them, so they ask once more, together.
    assert!(archives == 1 && asked.len() <= 3, "{asked:?}");
}

#[tokio::test]
async fn what_cannot_be_had_is_told_with_what_to_do() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    publish(&server, &["1.0.0", "1.2.0"]);
    let url = server.url();
    let hello = place(&url, "hello");
    for (place, revision, want) in [
        (place(&url, "other"), "*", format!("chart 'other' not found in index of {url}/, which has 1 others")),
        (
            hello,
            "^9",
            "invalid revision: version matching constraint not found in 2 tags (the newest is 1.2.0): \"^9\" of chart"
                .into(),
        ),
        (
            hello,
            "9.9.9",
            format!("chart \"hello\" version \"9.9.9\" not found in {url}/ repository (the newest is 1.2.0)"),
        ),
        (hello, "latest", "failed to determine semver constraint: improper constraint: \"latest\"".into()),
        (place("http://127.0.0.1:1", "x"), "*", "cannot connect to http://127.0.0.1:1".into()),
        (place("ftp://h/x", "x"), "*", "does not begin with https:// or http://".into()),
    ] {
        let error = lab.fetch(place, revision).await.map(|_| ()).unwrap_err();
        assert!(error.contains(&want), "{revision}: {error}");
    }
    server.put("/none/index.yaml", "<html>");
    let error = lab.fetch(place(&format!("{url}/none"), "x"), "*").await.map(|_| ()).unwrap_err();
    assert!(error.contains("no API version specified"), "{error}");
    server.publish("gone", "1.0.0", Vec::new());
    server.publish_at("gone", "1.0.0", "nowhere.tgz", "");
    let error = lab.fetch(place(&url, "gone"), "*").await.map(|_| ()).unwrap_err();
    assert!(error.contains("nowhere.tgz answered 404"), "{error}");
}

#[tokio::test]
async fn an_archive_is_what_its_index_says() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    publish(&server, &["1.0.0"]);
    server.put("/hello-1.0.0.tgz", chart("hello", "1.0.0", &[("values.yaml", "evil: true")]));
    let url = server.url();
    let error = lab.fetch(place(&url, "hello"), "1.0.0").await.map(|_| ()).unwrap_err();
    assert!(error.contains("is not what its index says"), "{error}");
    // Without a digest, or with one that is none, there is nothing to check.
    for digest in ["", "705ebc5d83"] {
        server.publish_at("hello", "1.0.0", "hello-1.0.0.tgz", digest);
        assert_eq!(lab.read(place(&url, "hello"), "*", "values.yaml").await.unwrap(), "1.0.0: evil: true");
    }
}

#[tokio::test]
async fn credentials_go_to_the_repository_and_nowhere_else() {
    let (server, other, lab) = (HelmServer::new(), HelmServer::new(), Lab::new());
    server.require_login("ci", "s3cret");
    let archive = chart("hello", "1.0.0", &[("values.yaml", "v: 1\n")]);
    other.put("/hello.tgz", archive.clone());
    server.publish_at("hello", "1.0.0", &format!("{}/hello.tgz", other.url()), "");
    server.publish_at("hello", "2.0.0", "moved.tgz", "");
    server.redirect("/moved.tgz", &format!("{}/hello.tgz", other.url()));
    let url = server.url();
    let hello = place(&url, "hello");

    let error = lab.fetch(hello, "*").await.map(|_| ()).unwrap_err();
    assert!(
        error.contains("failed to get index: ") && error.contains("answered 401 Unauthorized: it wants credentials"),
        "{error}"
    );
    lab.secrets.put(&url, basic("ci", "wr0ng"));
    let error = lab.fetch(hello, "*").await.map(|_| ()).unwrap_err();
    assert!(error.contains("are not accepted") && !error.contains("wr0ng"), "{error}");
    lab.secrets.put(&url, basic("ci", "s3cret"));
    for revision in ["1.0.0", "2.0.0"] {
        lab.fetch(hello, revision).await.unwrap();
    }
    let seen = other.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|seen| seen.authorization.is_none()), "{seen:?}");

    // The other host may be told, and is not without being told to.
    other.require_login("ci", "s3cret");
    server.publish_at("hello", "3.0.0", &format!("{}/hello.tgz", other.url()), "");
    let error = lab.fetch(hello, "3.0.0").await.map(|_| ()).unwrap_err();
    assert!(error.contains("passCredentials sends them") && !error.contains("s3cret"), "{error}");
    let passing = Place { pass_credentials: true, ..hello };
    lab.fetch(passing, "3.0.0").await.unwrap();
    // A redirect is the server's wish, not the user's.
    let error =
        lab.fetch(Place { pass_credentials: true, project: "p", ..hello }, "2.0.0").await.map(|_| ()).unwrap_err();
    assert!(error.contains("answered 401"), "{error}");
    // User and password in the URL count as any others, and are not told.
    let with_user = url.replace("http://", "http://ci:s3cret@");
    server.publish("own", "1.0.0", chart("own", "1.0.0", &[]));
    Lab::new().fetch(place(&with_user, "own"), "*").await.unwrap();
    let error = Lab::new().fetch(place(&with_user, "nothing"), "*").await.map(|_| ()).unwrap_err();
    assert!(!error.contains("s3cret"), "{error}");
}

#[tokio::test]
async fn an_index_leads_only_where_one_may_go() {
    let (server, other) = (HelmServer::new(), HelmServer::new());
    other.put("/hello.tgz", chart("hello", "1.0.0", &[]));
    server.publish_at("hello", "1.0.0", &format!("{}/hello.tgz", other.url()), "");
    let granted = server.url();
    let lab =
        Lab::allowing(move |url| if url.origin().to_string() == granted { Reach::Anywhere } else { Reach::Outward });
    let error = lab.fetch(place(&server.url(), "hello"), "*").await.map(|_| ()).unwrap_err();
    assert!(
        error.contains("127.0.0.1 is this machine: it is reached only where a repository Secret names this host"),
        "{error}"
    );
    assert!(other.seen().is_empty());
    let error = lab.registries.file(&format!("{}/hello.tgz", other.url()), Freshness::Now).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Refused, "{error}");
    assert!(lab.registries.file("file:///etc/passwd", Freshness::Now).await.is_err());
}

#[tokio::test]
async fn hostile_archives_cost_their_own_application_an_error() {
    let server = HelmServer::new();
    let lab = Lab::with(|settings| settings.entries = 50);
    *lab.secrets.bytes.lock().unwrap() = Some(100_000);
    let big = "0".repeat(200_000);
    let many: Vec<(String, &str)> = (0..60).map(|i| (format!("bad/{i}"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let mut evil = tar(&[("bad/PLACEHOLDER", "x")]);
    evil[..15].copy_from_slice(b"../../../../etc");
    // The checksum of the header is made new for the changed name.
    let sum: u32 =
        evil[..512].iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
    evil[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    for (version, archive, want) in [
        ("1.0.0", tgz(&evil), "illegal filepath in archive"),
        ("2.0.0", tgz(&tar(&[("bad/zeros", &big)])), "unpacked it has more than 100000 bytes"),
        ("3.0.0", tgz(&tar(&many)), "it has more than 50 entries"),
        ("4.0.0", b"no archive".to_vec(), "it is no archive"),
        ("5.0.0", vec![0; 200_000], "larger than 100000 bytes"),
    ] {
        server.publish("bad", version, archive);
        let error = lab.fetch(place(&server.url(), "bad"), version).await.map(|_| ()).unwrap_err();
        assert!(error.contains(want), "{version}: {error}");
    }
    server.publish("good", "1.0.0", chart("good", "1.0.0", &[]));
    lab.fetch(place(&server.url(), "good"), "*").await.unwrap();
}

#[tokio::test]
async fn the_cache_keeps_its_budget() {
    let server = HelmServer::new();
    let lab = Lab::with(|settings| settings.disk = 300_000);
    let noise: String = (0..40_000u64).map(|i| char::from(b'a' + (i * i % 23) as u8)).collect();
    for i in 0..30 {
        let version = format!("1.0.{i}");
        server.publish("big", &version, chart("big", &version, &[("noise", &noise)]));
        lab.fetch(place(&server.url(), "big"), &version).await.unwrap();
    }
    let mut bytes = 0;
    for folder in ["packs", "indexes", "notes"] {
        for entry in lab.folder.path().join("registry").join(folder).read_dir().unwrap() {
            bytes += entry.unwrap().metadata().unwrap().len();
        }
    }
    assert!(bytes <= 300_000, "{bytes}");
    assert!(lab.read(place(&server.url(), "big"), "1.0.0", "noise").await.is_ok(), "what is gone is fetched again");
}

#[tokio::test]
async fn a_proxy_of_the_secret_is_used() {
    let (server, proxy, lab) = (HelmServer::new(), HelmServer::new(), Lab::new());
    proxy.put("http://far.example/charts/index.yaml", "apiVersion: v1\nentries: {}\n");
    let url = "http://far.example/charts";
    let proxies = Proxies::one(&proxy.url(), "").unwrap();
    lab.secrets.put(url, Credentials { proxies: Some(proxies), ..basic("u", "p") });
    let error = lab.fetch(place(url, "x"), "*").await.map(|_| ()).unwrap_err();
    assert!(error.contains("chart 'x' not found in index"), "{error}");
    assert_eq!(proxy.seen()[0].target, "http://far.example/charts/index.yaml");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn value_files_and_dependencies_are_fetched() {
    let (server, lab) = (HelmServer::new(), Lab::new());
    publish(&server, &["1.0.0", "1.1.0"]);
    server.put("/values.yaml", "a: 1\n");
    let url = server.url();
    let file = format!("{url}/values.yaml");
    assert_eq!(&*lab.registries.file(&file, Freshness::Known).await.unwrap(), b"a: 1\n");
    server.put("/values.yaml", "a: 2\n");
    assert_eq!(&*lab.registries.file(&file, Freshness::Known).await.unwrap(), b"a: 1\n");
    assert_eq!(&*lab.registries.file(&file, Freshness::Now).await.unwrap(), b"a: 2\n");
    server.publish("other", "0.1.0", Vec::new());
    let listed = Lab::new().registries.list(&url, "").await.unwrap();
    let listed: Vec<String> = listed.iter().map(|c| format!("{}: {}", c.name, c.versions.join(" "))).collect();
    assert_eq!(listed, ["hello: 1.0.0 1.1.0", "other: 0.1.0"]);
    let error = lab.registries.file(&format!("{url}/none?token=s3cret"), Freshness::Now).await.unwrap_err().to_string();
    assert!(error.contains("/none answered 404") && !error.contains("s3cret"), "{error}");
    for (version, want) in [("1.0.0", "v: 1.0.0\n"), ("~1", "v: 1.1.0\n")] {
        let tree = lab.registries.dependency(&url, "hello", version, "", Freshness::Known).await.unwrap();
        assert_eq!(tree.read_text("values.yaml").unwrap(), want);
    }
}
