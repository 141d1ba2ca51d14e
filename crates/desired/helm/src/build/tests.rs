use bowline_base_tree::MemoryTree;

use super::{Wanted, build};
use crate::load::load;

const KID: (&str, &str) = ("kid/Chart.yaml", "apiVersion: v2\nname: kid\nversion: 1.2.3\n");

/// The names and versions of the dependencies that the chart `c` gets, or the error.
#[track_caller]
fn check(chart: &str, more: &[(&str, &str)], want: Result<&str, &str>) {
    let mut files = vec![("c/Chart.yaml", chart), KID];
    files.extend_from_slice(more);
    let tree = MemoryTree::from_files(files);
    let loaded = load(&tree, "c").unwrap();
    let mut asked: Vec<Wanted> = Vec::new();
    let built = build(&loaded, &tree, "c", &mut |wanted| {
        asked.push(wanted.clone());
        None
    });
    let got = match built {
        Ok(Some(chart)) => {
            let names = chart.dependencies.iter().map(|child| format!("{} {}", child.name(), child.metadata.version));
            Ok(names.collect::<Vec<_>>().join(", "))
        }
        Ok(None) => Ok(format!("wants {} {} of {}", asked[0].name, asked[0].version, asked[0].repository)),
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(got, want.map(String::from).map_err(String::from));
}

fn declaring(dependencies: &str) -> String {
    format!("apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: {dependencies}\n")
}

#[test]
fn charts_beside_are_taken() {
    check(&declaring("[{name: kid, version: 1.x, repository: \"file://../kid\"}]"), &[], Ok("kid 1.2.3"));
    check(
        &declaring(
            "[{name: kid, version: 1.x, repository: \"file://../kid\", alias: a}, {name: kid, version: 1.x, repository: \"file://../kid\"}]",
        ),
        &[],
        Ok("kid 1.2.3"),
    );
    let old = ("c/charts/kid/Chart.yaml", "apiVersion: v2\nname: kid\nversion: 1.0.0\n");
    check(&declaring("[{name: kid, version: 1.x, repository: \"file://../kid\"}]"), &[old], Ok("kid 1.2.3"));
    check(&declaring("[{name: kid, version: 1.x}]"), &[old], Ok("kid 1.0.0"));
    let remote = declaring("[{name: r, version: ^2, repository: \"https://x\"}]");
    check(&remote, &[], Ok("wants r ^2 of https://x"));
}

#[test]
fn what_is_not_there_is_told() {
    check(
        &declaring("[{name: kid, version: 2.x, repository: \"file://../kid\"}]"),
        &[],
        Err(
            "can't get a valid version for 1 subchart(s): \"kid\" (repository \"file://../kid\", version \"2.x\"). Make sure \
             a matching chart version exists in the repo, or change the version constraint in Chart.yaml",
        ),
    );
    for repository in ["file://../none", "file:///kid", "file://../../kid"] {
        let path = repository.trim_start_matches("file://");
        check(
            &declaring(&format!("[{{name: kid, version: 1.x, repository: \"{repository}\"}}]")),
            &[],
            Err(&format!("directory {path} not found")),
        );
    }
    check(&declaring("[{name: kid, version: 1.x}]"), &[], Err("directory charts/kid not found"));
}

/// The digests were written by Helm.
#[test]
fn a_lock_file_has_to_belong_to_the_dependencies() {
    let chart = declaring("[{name: kid, version: 1.x, repository: \"file://../kid\"}]");
    let lock = |digest: &str| {
        format!("dependencies:\n- name: kid\n  repository: file://../kid\n  version: 1.2.3\ndigest: {digest}\n")
    };
    let good = lock("sha256:3052516c882f2409d425aa0e6bdac2d6a80ff9a3733ef42f0f1ae5fdc6499a64");
    let full = declaring(
        "[{name: kid, version: 1.x, repository: \"file://../kid\", tags: [a,b], condition: \"a.b<c\", \
         import-values: [x, {parent: p, child: c}], alias: al, enabled: true}]",
    );
    let full_lock = lock("sha256:611421d0c5b17f604fab24aac1d09ef284f21476337b974193c6178b4b5cad88");
    check(&full, &[("c/Chart.lock", &full_lock)], Ok("kid 1.2.3"));
    check(&chart, &[("c/Chart.lock", &good)], Ok("kid 1.2.3"));
    let out = "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the \
               dependencies with 'helm dependency update'";
    check(&chart, &[("c/Chart.lock", &lock("sha256:0"))], Err(out));
    let changed = declaring("[{name: kid, version: 1.2.x, repository: \"file://../kid\"}]");
    check(&changed, &[("c/Chart.lock", &good)], Err(out));
}
