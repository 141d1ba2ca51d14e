//! Application sets.

use crate::program::Program;
use crate::terminal::talk;

pub fn made_and_deleted(program: &Program<'_>) {
    let lab = program.lab;
    let set = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: teams\nspec:\n  goTemplate: true\n  generators:\n  - list:\n      elements:\n      - name: red\n      - name: blue\n  template:\n    metadata:\n      name: '{{{{.name}}}}'\n    spec:\n      project: default\n      source:\n        repoURL: {}\n        path: app\n        targetRevision: main\n      destination:\n        server: https://kubernetes.default.svc\n        namespace: {}\n",
        lab.repo.url(),
        lab.target
    );
    let file = program.file("teams.yaml", &set);
    let file = file.to_str().unwrap();
    let generated = program.good(&["appset", "generate", file, "-o", "name"]);
    assert!(generated.contains("red\n") && generated.contains("blue\n"), "{generated}");
    assert!(program.good(&["appset", "create", file]).starts_with("ApplicationSet 'teams' created\n"));
    assert!(program.good(&["appset", "create", file]).starts_with("ApplicationSet 'teams' unchanged\n"));
    let listed = program.good(&["appset", "list"]);
    assert!(listed.starts_with("NAME") && listed.contains(&format!("{}/teams  default", lab.control)), "{listed}");
    let shown = program.good(&["appset", "get", "teams"]);
    assert!(
        shown.starts_with(&format!("Name:               {}/teams\nProject:            default\n", lab.control)),
        "{shown}"
    );
    let no = talk(program, &["appset", "delete", "teams"], &[], &[("Delete application set", "n")]);
    assert_eq!(no.code, 20, "{}", no.screen);
    assert_eq!(program.good(&["appset", "delete", "teams", "--yes"]), "applicationset 'teams' deleted\n");
}
