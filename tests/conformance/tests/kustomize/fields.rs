//! One kustomization for each field and corner, each a whole repository in one file of `cases/`; what is built is `app`.

use bowline_desired_kustomize::Kustomize;
use bowline_tests_conformance::{files, peer};

use crate::compare::{difference, own, real};

#[test]
#[expect(clippy::disallowed_methods, reason = "the cases are files beside the test")]
fn every_field_prints_the_same_bytes() {
    let Some(kustomize) = peer("kustomize") else { return };
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kustomize/cases");
    let engine = Kustomize::new();
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(directory).expect("the cases are there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let files = files(&std::fs::read_to_string(entry.path()).expect("a case is text"));
        let (real, own) = (real(&kustomize, &files, "app"), own(&engine, &files, "app"));
        count += 1;
        if name.starts_with("error-") != real.is_err() {
            failures.push(format!("{name}: the name says otherwise: {real:?}"));
        }
        if let Some(difference) = difference(&real, &own) {
            failures.push(format!("{name}: {difference}"));
        }
    }
    assert!(count > 20, "the cases are there");
    assert!(failures.is_empty(), "{} of {count} differ\n{}", failures.len(), failures.join("\n"));
}
