//! A text as YAML: it is read by both flavours or refused, and what was read is read again from what is written of it.
#![no_main]

use bowline_base_value::yaml::{self, EmitOptions, Flavour, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for flavour in [Flavour::V2, Flavour::V3] {
        let _ = yaml::documents_with(text, Options { flavour, ..Options::default() });
    }
    let Ok(value) = yaml::from_yaml(text) else { return };
    let written = yaml::to_yaml(&value);
    let again = yaml::from_yaml(&written).expect("what is written is YAML");
    assert_eq!(again, value, "{written}");
    let _ = yaml::to_yaml_with(&value, EmitOptions::v3(2));
});
