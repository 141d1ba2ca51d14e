//! A template in a chart, with its values behind a NUL: rendering it gives text or an error, within the limits.
#![no_main]

use bowline_base_tree::MemoryTree;
use bowline_desired_helm::{Helm, Host, Limits, Release, load, values};
use libfuzzer_sys::fuzz_target;

struct Still;

impl Host for Still {
    fn random(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().zip(1..).for_each(|(byte, n): (&mut u8, usize)| *byte = (n % 251) as u8);
    }

    fn now(&self) -> (i64, u32) {
        (0, 0)
    }
}

fuzz_target!(|text: &str| {
    // Making keys takes long and is not what is looked for.
    if ["gen", "bcrypt", "htpasswd", "derive"].iter().any(|slow| text.contains(slow)) {
        return;
    }
    let (template, user) = text.split_once('\0').unwrap_or((text, ""));
    let files = [("Chart.yaml", "name: c\nversion: 1.0.0\n"), ("templates/a.yaml", template)];
    let Ok(chart) = load(&MemoryTree::from_files(files), "") else { return };
    let Ok(user) = values::from_yaml(user) else { return };
    let limits = Limits { steps: 200_000, bytes: 16 << 20, ..Limits::default() };
    let release = Release { limits, ..Release::new("rel", "ns") };
    let _ = Helm::new().render(&chart, &user, &release, &mut Still);
});
