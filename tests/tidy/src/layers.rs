//! The layer rule: a crate may depend down or left, never up or right.

use serde_json::Value;

/// The stages, in the order in which the data flows.
const STAGES: [&str; 9] = ["base", "core", "declare", "desired", "live", "plan", "sync", "view", "web"];
/// The layer of the roles.
const ROLES: u64 = 4;
/// The layer of the binary.
const BINARY: u64 = 5;
/// The last layer that is pure.
const PURE: u64 = 2;

/// Edges between two crates of one stage and one layer: each is named here, or it is not there. Within `base` all are
/// allowed, for it is one layer of one stage by definition.
const WITHIN_A_BOX: &[(&str, &str)] = &[
    ("bowline-core-crd", "bowline-core-types"),
    ("bowline-core-ports", "bowline-core-types"),
    ("bowline-core-ports", "bowline-core-crd"),
    ("bowline-core-project", "bowline-core-settings"),
    // Only for its tests: whole operations against the real API server need both.
    ("bowline-sync-apply", "bowline-sync-executor"),
    ("bowline-desired-kustomize", "bowline-desired-helm"),
    ("bowline-desired-render", "bowline-desired-plain"),
    ("bowline-desired-render", "bowline-desired-helm"),
    ("bowline-desired-render", "bowline-desired-kustomize"),
    ("bowline-desired-render", "bowline-desired-jsonnet"),
    // Who reaches a repository asks for its login at that moment, and says whose hosts may be asked.
    ("bowline-desired-git", "bowline-desired-issuer"),
    ("bowline-desired-registry", "bowline-desired-issuer"),
    ("bowline-plan-diff", "bowline-plan-merge"),
    ("bowline-plan-planner", "bowline-plan-diff"),
    ("bowline-sync-executor", "bowline-sync-apply"),
    // Settings tell how people log in, and tokens of projects' roles are issued where all tokens are.
    ("bowline-web-admin", "bowline-web-auth"),
    // All services stand on one context and are called by one caller.
    ("bowline-web-api", "bowline-web-admin"),
    // Templates of ApplicationSets ask for randomness, which that crate owns.
    ("bowline-web-api", "bowline-web-auth"),
];

/// Crates with which I/O or a runtime comes in.
const IMPURE: &[&str] = &["tokio", "hyper", "hyper-util", "rustls", "gix", "reqwest", "futures-util", "rand"];

/// A crate of the workspace, as far as the rule sees it.
#[derive(Debug, Clone)]
pub struct Crate {
    /// The package name.
    pub name: String,
    /// Where its manifest stands, relative to the workspace: `crates/core/types`.
    pub folder: String,
    /// `package.metadata.bowline.stage`, empty where it is missing.
    pub stage: String,
    /// `package.metadata.bowline.layer`.
    pub layer: Option<u64>,
    /// What it depends on, as (name, whether for its tests only).
    pub dependencies: Vec<(String, bool)>,
}

/// Reads the crates out of the answer of `cargo metadata --no-deps`.
#[must_use]
pub fn crates(metadata: &Value) -> Vec<Crate> {
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let read = |package: &Value| Crate {
        name: text(&package["name"]),
        folder: text(&package["manifest_path"])
            .trim_start_matches(root)
            .trim_start_matches('/')
            .trim_end_matches("/Cargo.toml")
            .to_owned(),
        stage: text(&package["metadata"]["bowline"]["stage"]),
        layer: package["metadata"]["bowline"]["layer"].as_u64(),
        dependencies: package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|dependency| (text(&dependency["name"]), dependency["kind"] == "dev"))
            .collect(),
    };
    packages.iter().map(read).collect()
}

/// What is wrong with these crates: their names and places, and the edges between them.
#[must_use]
pub fn check(crates: &[Crate]) -> Vec<String> {
    let mut wrong = Vec::new();
    for krate in crates {
        wrong.extend(check_place(krate));
        for (name, dev) in &krate.dependencies {
            match crates.iter().find(|other| other.name == *name) {
                Some(other) => wrong.extend(check_edge(krate, other, *dev)),
                None if !dev && is_pure(krate) && IMPURE.contains(&name.as_str()) => wrong.push(format!(
                    "{}: it stands in layer {PURE} or below, which is pure, and uses {name}: move the part that needs it to layer 3",
                    krate.name
                )),
                None => {}
            }
        }
    }
    wrong
}

fn is_pure(krate: &Crate) -> bool {
    column(krate).is_some_and(|column| column > 0) && krate.layer.is_some_and(|layer| layer <= PURE)
}

fn column(krate: &Crate) -> Option<usize> {
    STAGES.iter().position(|stage| *stage == krate.stage)
}

fn check_place(krate: &Crate) -> Option<String> {
    let Crate { name, folder, stage, layer, .. } = krate;
    let Some(layer) = *layer else {
        return Some(format!("{name}: its manifest needs [package.metadata.bowline] with stage and layer"));
    };
    let leaf = folder.rsplit('/').next().unwrap_or_default();
    let (place, named) = match stage.as_str() {
        "tests" => (format!("tests/{leaf}"), format!("bowline-tests-{leaf}")),
        // The two that stand alone in their stage are named by it.
        "bowline" | "cluster" => {
            (format!("crates/{stage}"), if stage == "bowline" { stage.clone() } else { format!("bowline-{stage}") })
        }
        _ => (format!("crates/{stage}/{leaf}"), format!("bowline-{stage}-{leaf}")),
    };
    let layers = match stage.as_str() {
        "base" => 0..=0,
        "roles" | "cluster" | "tests" => ROLES..=ROLES,
        "bowline" => BINARY..=BINARY,
        _ if column(krate).is_some() => 1..=3,
        _ => return Some(format!("{name}: there is no stage '{stage}'")),
    };
    if *folder != place || *name != named {
        return Some(format!("{name} in {folder}: by its stage it would be {named} in {place}"));
    }
    (!layers.contains(&layer))
        .then(|| format!("{name}: layer {layer} is none of the stage '{stage}', which has {layers:?}"))
}

fn check_edge(from: &Crate, to: &Crate, dev: bool) -> Option<String> {
    let edge = format!("{} → {}", from.name, to.name);
    match (from.stage.as_str(), to.stage.as_str()) {
        (_, "tests") if dev => return None,
        ("tests", _) => return None,
        (_, "tests") => return Some(format!("{edge}: what ships cannot depend on a test's equipment")),
        ("bowline", _) => return None,
        ("roles", "roles") => return Some(format!("{edge}: a role uses no other role; what both need belongs below")),
        _ => {}
    }
    let (from_layer, to_layer) = (from.layer?, to.layer?);
    if to_layer > from_layer {
        return Some(format!(
            "{edge}: up, from layer {from_layer} to {to_layer}; give the lower one a port to be called through"
        ));
    }
    // Roles and the embedded cluster stand across all columns.
    let (from_column, to_column) = (column(from)?, column(to)?);
    if to_column > from_column {
        return Some(format!("{edge}: right, from '{}' to '{}'; only a role may join them", from.stage, to.stage));
    }
    let same_box = (from_column, from_layer) == (to_column, to_layer) && from_column > 0;
    let named = WITHIN_A_BOX.contains(&(from.name.as_str(), to.name.as_str()));
    (same_box && !named).then(|| {
        format!(
            "{edge}: both are {} in layer {from_layer}; name the edge in the list of this rule, with thought",
            from.stage
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn krate(name: &str, stage: &str, layer: u64, dependencies: &[(&str, bool)]) -> Crate {
        let leaf = name.rsplit('-').next().unwrap();
        let folder = match stage {
            "tests" => format!("tests/{leaf}"),
            "bowline" => "crates/bowline".into(),
            _ => format!("crates/{stage}/{leaf}"),
        };
        let dependencies = dependencies.iter().map(|(name, dev)| ((*name).to_owned(), *dev)).collect();
        Crate { name: name.into(), folder, stage: stage.into(), layer: Some(layer), dependencies }
    }

    /// The crates that an edge may lead to.
    fn world(from: Crate) -> Vec<Crate> {
        vec![
            krate("bowline-base-value", "base", 0, &[]),
            krate("bowline-core-types", "core", 1, &[]),
            krate("bowline-desired-helm", "desired", 2, &[]),
            krate("bowline-live-cache", "live", 3, &[]),
            krate("bowline-roles-notifier", "roles", 4, &[]),
            krate("bowline-tests-kube", "tests", 4, &[]),
            from,
        ]
    }

    #[test]
    fn edges() {
        for (name, stage, layer, to, dev, wrong) in [
            ("bowline-desired-x", "desired", 2, "bowline-base-value", false, ""),
            ("bowline-desired-x", "desired", 2, "bowline-core-types", false, ""),
            ("bowline-view-x", "view", 3, "bowline-live-cache", false, ""),
            ("bowline-plan-x", "plan", 2, "bowline-live-cache", false, "up, from layer 2 to 3"),
            ("bowline-core-x", "core", 2, "bowline-desired-helm", false, "right, from 'core' to 'desired'"),
            ("bowline-desired-x", "desired", 2, "bowline-desired-helm", false, "name the edge in the list"),
            ("bowline-desired-kustomize", "desired", 2, "bowline-desired-helm", false, ""),
            ("bowline-base-x", "base", 0, "bowline-base-value", false, ""),
            ("bowline-base-x", "base", 0, "bowline-core-types", false, "up, from layer 0 to 1"),
            ("bowline-roles-x", "roles", 4, "bowline-live-cache", false, ""),
            ("bowline-roles-x", "roles", 4, "bowline-roles-notifier", false, "a role uses no other role"),
            ("bowline", "bowline", 5, "bowline-roles-notifier", false, ""),
            ("bowline-core-x", "core", 1, "bowline-tests-kube", true, ""),
            ("bowline-core-x", "core", 1, "bowline-tests-kube", false, "a test's equipment"),
            ("bowline-core-x", "core", 1, "bowline-live-cache", true, "up, from layer 1 to 3"),
            ("bowline-tests-x", "tests", 4, "bowline-roles-notifier", false, ""),
            ("bowline-plan-x", "plan", 2, "tokio", false, "which is pure, and uses tokio"),
            ("bowline-plan-x", "plan", 2, "tokio", true, ""),
            ("bowline-live-x", "live", 3, "tokio", false, ""),
        ] {
            let found = check(&world(krate(name, stage, layer, &[(to, dev)])));
            match wrong {
                "" => assert!(found.is_empty(), "{name} → {to}: {found:?}"),
                _ => assert!(found.len() == 1 && found[0].contains(wrong), "{name} → {to}: {found:?}"),
            }
        }
    }

    #[test]
    fn places() {
        let good = krate("bowline-core-types", "core", 1, &[]);
        for (wrong, krate) in [
            ("needs [package.metadata.bowline]", Crate { layer: None, ..good.clone() }),
            ("there is no stage 'misc'", Crate { stage: "misc".into(), ..good.clone() }),
            (
                "by its stage it would be bowline-core-types in crates/core/types",
                Crate { folder: "crates/live/types".into(), ..good.clone() },
            ),
            ("by its stage it would be", Crate { name: "types".into(), ..good.clone() }),
            ("layer 4 is none of the stage 'core'", Crate { layer: Some(4), ..good.clone() }),
        ] {
            let found = check(&[krate]);
            assert!(found.len() == 1 && found[0].contains(wrong), "{wrong}: {found:?}");
        }
        assert!(check(&[good]).is_empty());
    }

    #[test]
    fn metadata_is_read() {
        let metadata = serde_json::json!({
            "workspace_root": "/w",
            "packages": [{
                "name": "bowline-core-types", "manifest_path": "/w/crates/core/types/Cargo.toml",
                "metadata": {"bowline": {"stage": "core", "layer": 1}},
                "dependencies": [{"name": "bowline-base-value", "kind": null}, {"name": "proptest", "kind": "dev"}],
            }],
        });
        let found = crates(&metadata);
        assert_eq!(
            (found[0].folder.as_str(), found[0].stage.as_str(), found[0].layer),
            ("crates/core/types", "core", Some(1))
        );
        assert_eq!(found[0].dependencies, [("bowline-base-value".to_owned(), false), ("proptest".to_owned(), true)]);
    }
}
