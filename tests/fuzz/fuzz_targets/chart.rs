//! A packed chart: loading it gives a chart or an error, within the caps.
#![no_main]

use bowline_desired_helm::load_archive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = load_archive(bytes);
});
