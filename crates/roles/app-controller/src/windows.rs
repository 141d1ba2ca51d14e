//! Sync windows of an application's project.

use bowline_core_crd::{AppProjectSpec, Application};
use bowline_plan_windows::{App, Asked, Decision, Windows};
use jiff::Timestamp;

/// Whether a sync of the application may run now.
pub fn decide(
    project: &AppProjectSpec,
    app: &Application,
    manual: bool,
    started: Option<Timestamp>,
    now: Timestamp,
) -> Decision {
    if project.sync_windows.is_empty() {
        return Decision::Allowed;
    }
    let destination = &app.spec.destination;
    let windows = Windows::new(&project.sync_windows).matching(App {
        name: &app.metadata.name,
        namespace: &destination.namespace,
        server: &destination.server,
        cluster: &destination.name,
    });
    windows.decide(Asked { now, manual, started })
}
