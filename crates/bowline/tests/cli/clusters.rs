//! Clusters.

use serde_json::Value;

use crate::program::Program;
use crate::terminal::talk;

pub fn added_and_removed(program: &Program<'_>) {
    let lab = program.lab;
    let listed = program.good(&["cluster", "list"]);
    assert!(
        listed.starts_with("SERVER                          NAME        VERSION  STATUS")
            && listed.contains("https://kubernetes.default.svc  in-cluster"),
        "{listed}"
    );
    // Only a controller manager fills in the token of an account, so the test does.
    let system = ["-n", "kube-system"];
    lab.kubectl(&[&["create", "serviceaccount", "cli-deployer"], &system[..]].concat());
    lab.kubectl(&[
        "create",
        "clusterrolebinding",
        "cli-deployer",
        "--clusterrole=cluster-admin",
        "--serviceaccount=kube-system:cli-deployer",
    ]);
    let token = lab.kubectl(&[&["create", "token", "cli-deployer"], &system[..]].concat());
    let literal = format!("--from-literal=token={}", token.trim());
    lab.kubectl(&[&["create", "secret", "generic", "cli-deployer-long-lived-token", &literal], &system[..]].concat());
    let kubeconfig = lab.kube.kubeconfig();
    let kubeconfig = ["--kubeconfig", kubeconfig.to_str().unwrap()];
    let text = lab.kube.kubeconfig_text();
    let context =
        text.lines().find_map(|line| line.strip_prefix("current-context: ")).unwrap().trim().trim_matches('"');
    let add = ["cluster", "add", context, "--service-account", "cli-deployer", "--name", "beside", "--label", "team=a"];
    let said = program.good(&[&add[..], &kubeconfig].concat());
    assert_eq!(said, format!("Cluster '{}' added\n", lab.kube.url()));
    let shown: Value = serde_json::from_str(&program.good(&["cluster", "get", "beside", "-o", "json"])).unwrap();
    assert_eq!((&shown["server"], &shown["labels"]["team"]), (&lab.kube.url().into(), &"a".into()));
    assert!(!shown.to_string().contains(token.trim()), "{shown}");
    assert!(program.good(&["cluster", "get", "beside", "-o", "wide"]).contains("  Server Name:           beside\n"));
    assert_eq!(program.good(&["cluster", "set", "beside", "--name", "renamed"]), "Cluster 'beside' updated.\n");
    assert!(program.good(&["cluster", "list", "-o", "name"]).contains("renamed\n"));
    assert_eq!(program.good(&["cluster", "rotate-auth", "renamed"]), "Cluster 'renamed' rotated auth\n");
    assert!(program.bad(20, &["cluster", "rm", "renamed"]).contains("was not removed"));
    let no = talk(program, &["cluster", "rm", "renamed"], &[], &[("Remove 'renamed'?", "n")]);
    assert_eq!(no.code, 20, "{}", no.screen);
    let yes = talk(program, &["cluster", "rm", "renamed"], &[], &[("Remove 'renamed'?", "y")]);
    assert!(yes.code == 0 && yes.screen.contains("Cluster 'renamed' removed\n"), "{}", yes.screen);
    assert_eq!(program.good(&["cluster", "list", "-o", "name"]), "in-cluster\n");
}
