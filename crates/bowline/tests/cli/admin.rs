//! What is done on Kubernetes itself: the first password, permissions, settings, backups.

use crate::program::{Program, Ran};

pub fn what_it_says(program: &Program<'_>) {
    let lab = program.lab;
    let kubeconfig = lab.kube.kubeconfig();
    let here = ["--kubeconfig", kubeconfig.to_str().unwrap(), "--namespace", lab.control.as_str()];
    let run = |args: &[&str]| -> Ran { program.run(&[args, &here[..]].concat()) };
    assert_eq!(run(&["admin", "initial-password"]).out, format!("{}\n", program.first_password()));

    let can = ["admin", "settings", "rbac", "can"];
    let ran = run(&[&can[..], &["role:readonly", "get", "application", "default/shop"]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, "Yes\n"), "{ran:?}");
    assert!(ran.err.contains("role:readonly: allowed by built-in policy:"), "{ran:?}");
    let ran = run(&[&can[..], &["role:readonly", "sync", "app", "default/shop"]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (1, "No\n"), "{ran:?}");
    assert!(ran.err.contains("role:readonly: no line matches"), "{ran:?}");
    let policy = program.file("policy.csv", "p, role:crew, applications, sync, team/*, allow\ng, alice, role:crew\n");
    let file = ["--policy-file", policy.to_str().unwrap()];
    let ran = run(&[&can[..], &["alice", "sync", "applications", "team/x"], &file].concat());
    assert!(ran.code == 0 && ran.err.contains("(through alice → role:crew)"), "{ran:?}");
    let ran = run(&[&can[..], &["alice", "fly", "applications"], &file].concat());
    assert!(ran.code == 20 && ran.err.contains("'fly' is not a valid action"), "{ran:?}");
    let validate = ["admin", "settings", "rbac", "validate"];
    assert_eq!(run(&[&validate[..], &file].concat()).out, "Policy is valid.\n");
    let bad = program.file("bad.csv", "p, role:crew\n");
    let ran = run(&[&validate[..], &["--policy-file", bad.to_str().unwrap()]].concat());
    assert!(ran.code == 1 && ran.err.contains("bad.csv"), "{ran:?}");
    let ran = run(&["admin", "settings", "validate"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "argocd-cm: all settings can be used\n"), "{ran:?}");
    let settings =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\ndata:\n  timeout.reconciliation: soon\n";
    let settings = program.file("settings.yaml", settings);
    let ran = run(&["admin", "settings", "validate", "--argocd-cm-path", settings.to_str().unwrap()]);
    assert!(ran.code == 1 && ran.out.contains("argocd-cm: timeout.reconciliation: "), "{ran:?}");

    // A backup, put back: what changed is as it was, what came meanwhile goes where that is asked for.
    program.good(&["proj", "create", "kept", "--description", "as it was"]);
    let backup = program.home().join("backup.yaml");
    let backup = backup.to_str().unwrap();
    assert_eq!(run(&["admin", "export", "--out", backup]).code, 0);
    let text = std::fs::read_to_string(backup).unwrap();
    assert!(
        text.contains("kind: AppProject") && text.contains("name: argocd-secret") && !text.contains("resourceVersion"),
        "{text}"
    );
    program.good(&["proj", "set", "kept", "--description", "another"]);
    program.good(&["proj", "create", "late"]);
    let import = ["admin", "import", backup];
    let ran = run(&[&import[..], &["--dry-run", "--prune"]].concat());
    assert!(
        ran.out.contains(&format!("argoproj.io/AppProject kept in namespace {} updated (dry run)\n", lab.control)),
        "{ran:?}"
    );
    assert!(ran.out.contains("argoproj.io/AppProject late in namespace"), "{ran:?}");
    assert!(program.good(&["proj", "get", "kept"]).contains("another"));
    let ran = run(&[&import[..], &["--prune"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    program.until(&["proj", "get", "kept"], |out| out.contains("as it was"));
    program.until(&["proj", "list", "-o", "name"], |out| !out.contains("late"));
    let ran = run(&import);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "nothing is left to do: {ran:?}");
    let other = program.file("other.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n");
    let ran = run(&["admin", "import", other.to_str().unwrap()]);
    assert!(ran.code == 20 && ran.err.contains("which is no part of a backup"), "{ran:?}");
    program.good(&["proj", "delete", "kept"]);
}
