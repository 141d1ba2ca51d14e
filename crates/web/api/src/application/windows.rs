//! When an application may be synced.

use bowline_core_crd::SyncWindow;
use bowline_plan_windows::{App, Asked, Decision, Windows};
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::application::{
    ApplicationSyncWindow, ApplicationSyncWindowsQuery, ApplicationSyncWindowsResponse,
};
use bowline_web_wire::tonic::Status;

use super::find::{Found, find};

/// Refuses where a window forbids that a person syncs it now.
pub(crate) fn check(context: &Context, found: &Found) -> Result<(), Status> {
    if can_sync(context, found) {
        return Ok(());
    }
    Err(Status::permission_denied("cannot sync: blocked by sync window"))
}

fn can_sync(context: &Context, found: &Found) -> bool {
    let asked = Asked { now: context.clock.now(), manual: true, started: None };
    let windows = Windows::new(&found.project.spec.sync_windows).matching(of(found));
    matches!(windows.decide(asked), Decision::Allowed)
}

fn of(found: &Found) -> App<'_> {
    let destination = &found.app.spec.destination;
    App {
        name: &found.name.name,
        namespace: &destination.namespace,
        server: &destination.server,
        cluster: &destination.name,
    }
}

/// The windows of the application's project that hold for it.
pub(crate) fn windows(
    context: &Context,
    caller: &Caller,
    request: &ApplicationSyncWindowsQuery,
) -> Result<ApplicationSyncWindowsResponse, Status> {
    let found = find(context, caller, request)?;
    let now = context.clock.now();
    let matching = |window: &&SyncWindow| !Windows::new([*window]).matching(of(&found)).is_empty();
    let assigned: Vec<&SyncWindow> = found.project.spec.sync_windows.iter().filter(matching).collect();
    let is_open = |window: &SyncWindow| Windows::new([window]).usable().any(|window| window.open_since(now).is_some());
    let shown = |window: &SyncWindow| ApplicationSyncWindow {
        kind: Some(window.kind.clone()),
        schedule: Some(window.schedule.clone()),
        duration: Some(window.duration.clone()),
        manual_sync: Some(window.manual_sync),
    };
    Ok(ApplicationSyncWindowsResponse {
        active_windows: assigned.iter().filter(|window| is_open(window)).map(|window| shown(window)).collect(),
        assigned_windows: assigned.iter().map(|window| shown(window)).collect(),
        can_sync: Some(can_sync(context, &found)),
    })
}
