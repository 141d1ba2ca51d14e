//! Each sender's payload with the right proof, a wrong one and none, and bodies that nobody sends.

use std::collections::HashMap;

use bowline_core_ports::Pushed;
use bowline_core_types::Sensitive;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Refused, Secrets, Sender};

const SECRET: &str = "not-to-be-guessed";

const GITHUB_PUSH: &str = r#"{"ref":"refs/heads/main","before":"a","after":"b","pusher":{"name":"u"},
  "repository":{"full_name":"org/shop","html_url":"https://github.com/org/shop","clone_url":"https://github.com/org/shop.git",
    "ssh_url":"git@github.com:org/shop.git","default_branch":"main"},
  "commits":[{"id":"b","added":["new.yaml"],"modified":["shop/a.yaml","shop/b.yaml"],"removed":[]},null,{"modified":["shop/a.yaml"]}]}"#;
const GITHUB_PACKAGE: &str = r#"{"action":"published","package":{"name":"shop","package_type":"CONTAINER","owner":{"login":"org"},
  "package_version":{"container_metadata":{"tag":{"name":"1.2.3","digest":"sha256:0"}}}}}"#;
const GITLAB_PUSH: &str = r#"{"object_kind":"push","event_name":"push","ref":"refs/heads/dev","project_id":1,
  "project":{"web_url":"https://gitlab.example/group/shop","git_http_url":"https://gitlab.example/group/shop.git",
    "git_ssh_url":"git@ssh.gitlab.example:group/shop.git","default_branch":"main"},
  "commits":[{"added":["a"],"modified":[],"removed":["b"]}],"total_commits_count":1}"#;
const GITLAB_TAG: &str = r#"{"object_kind":"tag_push","ref":"refs/tags/v1.0.0","project":{"web_url":"https://gitlab.example/group/shop",
  "default_branch":"main"},"commits":[]}"#;
const BITBUCKET: &str = r#"{"actor":{},"repository":{"full_name":"team/shop","links":{"html":{"href":"https://bitbucket.org/team/shop"}}},
  "push":{"changes":[{"new":{"type":"branch","name":"main"},"old":{"name":"main"}},{"new":null,"old":{"name":"gone"}}]}}"#;
const BITBUCKET_SERVER: &str = r#"{"eventKey":"repo:refs_changed","repository":{"slug":"shop","links":{"clone":[
    {"href":"https://bb.example/scm/proj/shop.git","name":"http"},{"href":"ssh://git@bb.example:7999/proj/shop.git","name":"ssh"}],
    "self":[{"href":"https://bb.example/projects/PROJ/repos/shop/browse"}]}},
  "changes":[{"ref":{"id":"refs/heads/feature/x","displayId":"feature/x","type":"BRANCH"},"type":"UPDATE"}]}"#;
const GOGS: &str = r#"{"ref":"refs/heads/main","repository":{"html_url":"https://gitea.example/org/shop","default_branch":"main"},
  "commits":[{"added":null,"modified":["x"],"removed":null}]}"#;
const AZURE: &str = r#"{"eventType":"git.push","resource":{"refUpdates":[{"name":"refs/heads/main","oldObjectId":"a","newObjectId":"b"}],
  "repository":{"remoteUrl":"https://dev.azure.com/org/proj/_git/shop","defaultBranch":"refs/heads/main"}}}"#;
const HARBOR: &str = r#"{"type":"PUSH_ARTIFACT","occur_at":1,"operator":"u","event_data":{
  "resources":[{"digest":"sha256:0","tag":"2.0.0","resource_url":"harbor.example/charts/shop:2.0.0"},{"resource_url":"harbor.example/charts/shop@sha256:0"}],
  "repository":{"name":"shop","namespace":"charts","repo_full_name":"charts/shop","repo_type":"private"}}}"#;

/// What a request gives, with `secrets` as (key, value).
fn send(secrets: &[(&str, &str)], headers: &[(&str, &str)], body: &[u8]) -> Result<Vec<Pushed>, Refused> {
    let secrets: HashMap<&str, Sensitive<String>> =
        secrets.iter().map(|(key, value)| (*key, Sensitive::new(value.to_string()))).collect();
    let get = |key: &str| secrets.get(key);
    let find = |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    let secrets = Secrets::new(&get);
    let sender = Sender::of(&find, secrets)?;
    sender.admit(&find, secrets)?;
    sender.read(&find, body, secrets)
}

fn sign(key: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One line for each hint: `url … @revision`, with `head`, the files and `unproven` where they are.
fn told(hints: &[Pushed]) -> Vec<String> {
    let line = |hint: &Pushed| {
        let mut line = hint.urls.join(" ");
        line += &format!(" @{}", hint.revision.as_deref().unwrap_or("any"));
        for (is, word) in [(hint.head, " head"), (hint.artifact, " artifact"), (!hint.verified, " unproven")] {
            line += if is { word } else { "" };
        }
        if !hint.files.is_empty() {
            line += &format!(" [{}]", hint.files.join(" "));
        }
        line
    };
    hints.iter().map(line).collect()
}

/// A sender's request: taken with the right proof and without a secret, refused with a wrong proof and with none.
struct Case {
    secret: &'static str,
    event: (&'static str, &'static str),
    body: &'static str,
    /// The header of the proof, and the proof for a secret.
    proof: (&'static str, fn(&str, &str) -> String),
    wrong: Refused,
    none: Refused,
    hints: &'static [&'static str],
}

#[test]
fn every_sender_is_understood_with_the_right_proof_alone() {
    let hub: fn(&str, &str) -> String = |key, body| format!("sha256={}", sign(key, body));
    let bare: fn(&str, &str) -> String = sign;
    let itself: fn(&str, &str) -> String = |key, _| key.to_string();
    let cases = [
        Case {
            secret: "github.secret",
            event: ("X-GitHub-Event", "push"),
            body: GITHUB_PUSH,
            proof: ("X-Hub-Signature-256", hub),
            wrong: Refused::Signature,
            none: Refused::Missing("X-Hub-Signature-256"),
            hints: &[
                "https://github.com/org/shop https://github.com/org/shop.git git@github.com:org/shop.git @main head [new.yaml shop/a.yaml shop/b.yaml]",
            ],
        },
        Case {
            secret: "github.secret",
            event: ("X-GitHub-Event", "package"),
            body: GITHUB_PACKAGE,
            proof: ("X-Hub-Signature-256", hub),
            wrong: Refused::Signature,
            none: Refused::Missing("X-Hub-Signature-256"),
            hints: &["oci://ghcr.io/org/shop @1.2.3 artifact"],
        },
        Case {
            secret: "gitlab.secret",
            event: ("X-Gitlab-Event", "Push Hook"),
            body: GITLAB_PUSH,
            proof: ("X-Gitlab-Token", itself),
            wrong: Refused::Token,
            none: Refused::Token,
            hints: &[
                "https://gitlab.example/group/shop https://gitlab.example/group/shop.git git@ssh.gitlab.example:group/shop.git @dev [a b]",
            ],
        },
        Case {
            secret: "gitlab.secret",
            event: ("X-Gitlab-Event", "Tag Push Hook"),
            body: GITLAB_TAG,
            proof: ("X-Gitlab-Token", itself),
            wrong: Refused::Token,
            none: Refused::Token,
            hints: &["https://gitlab.example/group/shop @v1.0.0"],
        },
        Case {
            secret: "gitlab.secret",
            event: ("X-Gitlab-Event", "System Hook"),
            body: GITLAB_TAG,
            proof: ("X-Gitlab-Token", itself),
            wrong: Refused::Token,
            none: Refused::Token,
            hints: &["https://gitlab.example/group/shop @v1.0.0"],
        },
        Case {
            secret: "bitbucketserver.secret",
            event: ("X-Event-Key", "repo:refs_changed"),
            body: BITBUCKET_SERVER,
            proof: ("X-Hub-Signature", hub),
            wrong: Refused::Signature,
            none: Refused::Missing("X-Hub-Signature"),
            hints: &["https://bb.example/scm/proj/shop.git ssh://git@bb.example:7999/proj/shop.git @feature/x head"],
        },
        Case {
            secret: "gogs.secret",
            event: ("X-Gogs-Event", "push"),
            body: GOGS,
            proof: ("X-Gogs-Signature", bare),
            wrong: Refused::Signature,
            none: Refused::Missing("X-Gogs-Signature"),
            hints: &["https://gitea.example/org/shop @main head [x]"],
        },
    ];
    for case in cases {
        let (name, proof) = case.proof;
        let with = |proof: &str| send(&[(case.secret, SECRET)], &[case.event, (name, proof)], case.body.as_bytes());
        let right = with(&proof(SECRET, case.body)).unwrap();
        assert_eq!(told(&right), case.hints, "{:?}", case.event);
        for wrong in [proof("another", case.body), proof(SECRET, case.body) + "0", "sha256=".into(), "é".into()] {
            assert_eq!(with(&wrong).unwrap_err(), case.wrong, "{:?} {wrong}", case.event);
        }
        let none = send(&[(case.secret, SECRET)], &[case.event], case.body.as_bytes());
        assert_eq!(none.unwrap_err(), case.none, "{:?}", case.event);
        let open = send(&[], &[case.event], case.body.as_bytes()).unwrap();
        assert!(open.iter().all(|hint| !hint.verified), "{:?}", case.event);
        assert_eq!(open.len(), right.len());
    }
}

#[test]
fn senders_that_prove_themselves_by_headers_alone() {
    let hook = |uuid| [("X-Hook-UUID", uuid), ("X-Event-Key", "repo:push")];
    let bitbucket = ["https://bitbucket.org/team/shop @main head", "https://bitbucket.org/team/shop @gone head"];
    let secrets = [("bitbucket.uuid", "{1}")];
    assert_eq!(told(&send(&secrets, &hook("{1}"), BITBUCKET.as_bytes()).unwrap()), bitbucket);
    assert_eq!(send(&secrets, &hook("{2}"), BITBUCKET.as_bytes()), Err(Refused::Uuid));
    assert!(!send(&[], &hook("{2}"), BITBUCKET.as_bytes()).unwrap()[0].verified);

    let azure = |authorization| [("X-Vss-Activityid", "1"), ("Authorization", authorization)];
    let hints = ["https://dev.azure.com/org/proj/_git/shop @main head"];
    let both = [("azuredevops.username", "u"), ("azuredevops.password", "p")];
    assert_eq!(told(&send(&both, &azure("Basic dTpw"), AZURE.as_bytes()).unwrap()), hints);
    for wrong in ["Basic dTpx", "Basic eDpw", "Basic", "Bearer dTpw", ""] {
        assert_eq!(send(&both, &azure(wrong), AZURE.as_bytes()), Err(Refused::BasicAuth), "{wrong}");
    }
    assert_eq!(send(&both[1..], &azure("Basic dTpw"), AZURE.as_bytes()), Err(Refused::BasicAuth), "half a pair");

    let harbor = |authorization| [("Authorization", authorization)];
    let secrets = [("harbor.secret", SECRET)];
    let hints = ["oci://harbor.example/charts/shop @2.0.0 artifact"];
    assert_eq!(told(&send(&secrets, &harbor(SECRET), HARBOR.as_bytes()).unwrap()), hints);
    assert_eq!(send(&secrets, &harbor("another"), HARBOR.as_bytes()), Err(Refused::Unknown));
    assert_eq!(send(&[], &harbor(""), HARBOR.as_bytes()), Err(Refused::Unknown), "nothing else tells a Harbor");
    assert_eq!(send(&[("harbor.secret", "")], &harbor(""), HARBOR.as_bytes()), Err(Refused::Unknown));
}

#[test]
fn events_that_move_nothing_are_taken_or_named() {
    let of = |headers: &[(&str, &str)], body: &str| send(&[], headers, body.as_bytes()).map(|hints| told(&hints));
    assert_eq!(of(&[("X-GitHub-Event", "ping")], r#"{"zen":"…"}"#), Ok(vec![]));
    assert_eq!(of(&[("X-GitHub-Event", "issues")], "{}"), Err(Refused::Event));
    assert_eq!(of(&[("X-GitHub-Event", "package")], r#"{"action":"updated","package":{}}"#), Ok(vec![]));
    assert_eq!(of(&[("X-Gitlab-Event", "Issue Hook")], "{}"), Err(Refused::Event));
    assert_eq!(of(&[("X-Gitlab-Event", "System Hook")], r#"{"event_name":"user_create"}"#), Ok(vec![]));
    assert_eq!(of(&[("X-Event-Key", "diagnostics:ping")], ""), Ok(vec![]));
    assert_eq!(of(&[("X-Event-Key", "pr:opened")], "{}"), Err(Refused::Event));
    assert_eq!(of(&[("X-Hook-UUID", "1"), ("X-Event-Key", "repo:fork")], "{}"), Err(Refused::Event));
    assert_eq!(of(&[("X-Vss-Activityid", "1")], r#"{"eventType":"workitem.created"}"#), Err(Refused::Event));
    assert_eq!(of(&[], "{}"), Err(Refused::Unknown));
    // A ping of Bitbucket Server is not signed.
    let ping = send(&[("bitbucketserver.secret", SECRET)], &[("X-Event-Key", "diagnostics:ping")], b"{}");
    assert_eq!(ping, Ok(vec![]));
}

#[test]
fn odd_payloads_give_hints_or_an_error() {
    let senders: [&[(&str, &str)]; 8] = [
        &[("X-GitHub-Event", "push")],
        &[("X-GitHub-Event", "package")],
        &[("X-Gitlab-Event", "Push Hook")],
        &[("X-Gitlab-Event", "System Hook")],
        &[("X-Hook-UUID", "1"), ("X-Event-Key", "repo:push")],
        &[("X-Event-Key", "repo:refs_changed")],
        &[("X-Gogs-Event", "push")],
        &[("X-Vss-Activityid", "1")],
    ];
    let payloads = [GITHUB_PUSH, GITHUB_PACKAGE, GITLAB_PUSH, BITBUCKET, BITBUCKET_SERVER, GOGS, AZURE, HARBOR];
    let mut bodies: Vec<Vec<u8>> =
        ["", "null", "[]", "{}", "1", "\"\"", "{\"ref\":1}", "{\"repository\":null}", "\u{feff}{}"]
            .map(|text| text.as_bytes().to_vec())
            .to_vec();
    bodies.push(b"\xff\xfe".to_vec());
    bodies.push("[".repeat(100_000).into_bytes());
    bodies.push(format!("{{\"a\":{}", "[".repeat(1_000)).into_bytes());
    for payload in payloads {
        // Everything that is in a payload, gone or of another type.
        for other in ["null", "[]", "[null]", "{}", "1", "\"x\""] {
            for (at, _) in payload.match_indices(':') {
                let rest = &payload[at + 1..];
                let end = rest.find([',', '}']).unwrap_or(rest.len());
                bodies.push(format!("{}:{other}{}", &payload[..at], &rest[end..]).into_bytes());
            }
        }
        for at in (0..payload.len()).step_by(7).filter(|at| payload.is_char_boundary(*at)) {
            bodies.push(payload.as_bytes()[..at].to_vec());
        }
    }
    let mut taken = 0;
    for headers in senders {
        for body in &bodies {
            taken += usize::from(send(&[], headers, body).is_ok());
        }
    }
    assert!(taken > 100, "nothing of this was understood");
}

#[test]
fn what_goes_on_is_small() {
    let many: Vec<String> = (0..1_000).map(|i| format!(r#"{{"ref":{{"id":"refs/heads/b{i}"}}}}"#)).collect();
    let body = BITBUCKET_SERVER.replace(
        r#"{"ref":{"id":"refs/heads/feature/x","displayId":"feature/x","type":"BRANCH"},"type":"UPDATE"}"#,
        &many.join(","),
    );
    let hints = send(&[], &[("X-Event-Key", "repo:refs_changed")], body.as_bytes()).unwrap();
    assert_eq!((hints.len(), hints[0].revision.as_ref(), hints[0].head), (1, None, true), "anything may have moved");

    let body = GITHUB_PUSH.replace("new.yaml", &"n".repeat(5_000));
    let hints = send(&[], &[("X-GitHub-Event", "push")], body.as_bytes()).unwrap();
    assert!(hints[0].files.is_empty(), "too many to tell");
    let body = GITHUB_PUSH
        .replace("github.com/org/shop", &"u".repeat(5_000))
        .replace("git@github.com:org/shop", &"u".repeat(5_000));
    assert_eq!(send(&[], &[("X-GitHub-Event", "push")], body.as_bytes()), Ok(vec![]), "no repository has such a URL");
}
