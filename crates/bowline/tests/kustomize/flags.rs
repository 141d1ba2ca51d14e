//! The flags, one by one.

use crate::Lab;

const FILES: &str = "\
-- base/a.yaml --
apiVersion: v1
kind: Service
metadata: {name: a}
---
apiVersion: v1
kind: Namespace
metadata: {name: n}
-- base/kustomization.yaml --
resources: [a.yaml]
-- app/kustomization.yaml --
resources: [../base]
namePrefix: p-
-- kustomization.yaml --
resources: [base]
-- loose/kustomization.yaml --
resources: [../base/a.yaml]
-- old/kustomization.yaml --
bases: [../base]
commonLabels: {a: b}
";

#[test]
fn every_flag_does_what_it_does() {
    let Some(lab) = Lab::new(FILES) else { return };
    for args in [
        &["app"][..],
        &[],
        &["app/"],
        &["./app/../app"],
        &["--", "app"],
        &["--as-current-user", "app"],
        &["--enable-alpha-plugins", "app"],
        &["--enable-exec", "app"],
        &["--enable-helm", "app"],
        &["app", "-e", "A=b"],
        &["--env", "A=b", "--env=C=d", "app"],
        &["--helm-api-versions", "a/v1", "--helm-api-versions=b/v1", "app"],
        &["--helm-command", "nowhere", "app"],
        &["--helm-debug", "app"],
        &["--helm-kube-version", "1.30.0", "app"],
        &["--load-restrictor", "LoadRestrictionsNone", "loose"],
        &["--load-restrictor=LoadRestrictionsRootOnly", "app"],
        &["--load-restrictor", "none", "app"],
        &["--mount", "type=bind", "app"],
        &["--network", "app"],
        &["--network=false", "app"],
        &["--network=perhaps", "app"],
        &["--network-name", "host", "app"],
        &["--stack-trace", "app"],
        &["--reorder", "none", "app"],
        &["--reorder=legacy", "app"],
        &["--reorder", "other", "app"],
        &["--enable-managedby-label", "app"],
        &["old"],
        &["--no-such-flag", "app"],
        &["-x", "app"],
        &["--output"],
        &["-o"],
        &["app", "base"],
    ] {
        lab.same(args);
    }
    for path in ["nowhere", "app/nowhere/further", "base/a.yaml"] {
        lab.same(&[lab.path(path).to_str().expect("because it is UTF-8")]);
    }
}

#[test]
fn no_flag_of_the_real_tool_is_unknown() {
    let Some(lab) = Lab::new(FILES) else { return };
    let help = lab.real(&["--help"]).out;
    let flags: Vec<&str> =
        help.split_whitespace().filter(|word| word.starts_with("--")).map(|word| word.trim_matches('\'')).collect();
    assert!(flags.len() > 12, "{help}");
    for flag in flags.iter().filter(|flag| **flag != "--help") {
        assert!(!lab.own(&[flag]).err.contains("unknown flag"), "{flag}");
    }
}

#[test]
fn output_goes_to_a_file_or_a_folder() {
    let Some(lab) = Lab::new(FILES) else { return };
    let read = |path: &str| std::fs::read_to_string(lab.path(path)).expect("because it was written");
    let to = |name: &str| lab.path(name).to_str().expect("because it is UTF-8").to_string();
    assert_eq!(lab.own(&["app", "-o", &to("own.yaml")]), lab.real(&["app", "-o", &to("real.yaml")]));
    assert_eq!(read("own.yaml"), read("real.yaml"));
    for folder in ["own", "real"] {
        std::fs::create_dir(lab.path(folder)).expect("because it can be made");
    }
    assert_eq!(lab.own(&["app", "--output", &to("own")]), lab.real(&["app", "--output", &to("real")]));
    let listed = |folder: &str| {
        let entries = std::fs::read_dir(lab.path(folder)).expect("because it is there").flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(listed("own"), listed("real"));
    assert_eq!(listed("own").len(), 2);
    for name in listed("own") {
        assert_eq!(read(&format!("own/{name}")), read(&format!("real/{name}")));
    }
    lab.same(&["app", "-o", &to("nowhere/further/x.yaml")]);
}

#[test]
fn paths_that_lead_nowhere_are_told_in_the_same_words() {
    let Some(lab) = Lab::new(FILES) else { return };
    lab.write(
        "-- missing/kustomization.yaml --\nresources: [nothing.yaml]\n-- folder/kustomization.yaml --\nresources: [../loose]\n\
         -- cycle/kustomization.yaml --\nresources: [../cycle]\n-- empty/README --\n\n\
         -- absolute/kustomization.yaml --\nresources: [/etc]\n-- two/kustomization.yaml --\nresources: [../base]\n\
         -- two/kustomization.yml --\nresources: [../base]\n",
    );
    for path in ["missing", "folder", "loose", "cycle", "empty", "two"] {
        lab.same(&[path]);
    }
}
