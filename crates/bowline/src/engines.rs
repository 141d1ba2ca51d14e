//! The renderers that this binary is built with, plugged into the seam of `desired/render`.

mod elsewhere;
mod helm;
mod jsonnet;
mod kustomize;

pub use elsewhere::{Charts, Remotes};
pub use helm::HelmEngine;
pub use jsonnet::JsonnetEngine;
pub use kustomize::KustomizeEngine;

use bowline_base_clock::{Clock, SystemClock};
use bowline_desired_helm::Host;
use bowline_roles_app_controller::Renderers;

/// All of them, for the server.
pub fn renderers() -> Renderers {
    Renderers {
        helm: Some(Box::new(HelmEngine::default())),
        kustomize: Some(Box::new(KustomizeEngine::default())),
        jsonnet: Some(Box::new(JsonnetEngine::default())),
    }
}

/// What templates may ask of the world: the machine's randomness and time. There is no cluster to look things up in, as in
/// `helm template`.
#[derive(Debug, Default)]
pub struct Machine {
    clock: SystemClock,
}

impl Host for Machine {
    fn random(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("because a machine that gives no random numbers cannot run the server either");
    }

    fn now(&self) -> (i64, u32) {
        let now = self.clock.now();
        (now.as_second(), now.subsec_nanosecond().unsigned_abs())
    }
}
