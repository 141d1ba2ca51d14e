//! `deploy/crds` holds what the types say.
#![expect(clippy::disallowed_methods, reason = "generated files are read, compared and, when asked, written")]

use std::path::Path;

use bowline_base_value::from_json;
use bowline_base_value::yaml::to_yaml;
use serde_json::Value;

use crate::schema::{application_crd, applicationset_crd, appproject_crd};

/// Compares word by word: where lines are folded does not matter.
fn check(name: &str, crd: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../deploy/crds").join(format!("{name}-crd.yaml"));
    let text = to_yaml(&from_json(crd.to_string().as_bytes()).unwrap());
    if std::env::var("BOWLINE_BLESS").is_ok_and(|bless| bless == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text.split_whitespace().eq(stored.split_whitespace()),
        "{} is not what the types say; write it anew: BOWLINE_BLESS=1 cargo test -p bowline-core-crd",
        path.display()
    );
}

#[test]
fn application_is_generated() {
    check("application", &application_crd());
}

#[test]
fn appproject_is_generated() {
    check("appproject", &appproject_crd());
}

#[test]
fn applicationset_is_generated() {
    check("applicationset", &applicationset_crd());
}
