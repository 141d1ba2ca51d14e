//! Whether a spec can be right, before it is stored.

use bowline_core_crd::Application;
use bowline_core_ports::Origin;
use bowline_core_project::{Destination, validate_spec};
use bowline_web_admin::Context;
use bowline_web_wire::tonic::Status;

use super::find::usable_project;

/// The spec in the form that is stored: a project is always named.
pub(crate) fn normalize(app: &mut Application) {
    if app.spec.project.is_empty() {
        app.spec.project = app.spec.project().to_string();
    }
}

/// Checks the spec against its project, and, where `deep`, that its sources can be rendered. What is wrong is told together, as
/// the conditions that the controller would set.
pub(crate) async fn validate(context: &Context, app: &Application, deep: bool) -> Result<(), Status> {
    if !deep {
        return usable_project(context, app).map(drop);
    }
    fits(context, app)?;
    let origin = Origin::Sources { revisions: Vec::new(), anew: true };
    match context.engine.manifests(app, origin).await {
        Ok(_) => Ok(()),
        Err(error) => Err(invalid(app, &[error.to_string()])),
    }
}

/// What is wrong, as the conditions that the controller would set.
fn invalid(app: &Application, reasons: &[String]) -> Status {
    let conditions: Vec<String> = reasons.iter().map(|reason| format!("InvalidSpecError: {reason}")).collect();
    Status::invalid_argument(format!("application spec for {} is invalid: {}", app.metadata.name, conditions.join(";")))
}

/// Checks the spec against its project: where it may come from, and where it may go.
pub(crate) fn fits(context: &Context, app: &Application) -> Result<(), Status> {
    let project = usable_project(context, app)?;
    let invalid = |reasons: &[String]| invalid(app, reasons);
    let to = &app.spec.destination;
    let cluster = context.world.destination(&to.server, &to.name).map_err(|reason| invalid(&[reason]))?;
    let destination = Destination {
        server: &cluster.server,
        name: &cluster.name,
        namespace: &to.namespace,
        scoped_to_project: cluster.project == app.spec.project(),
    };
    let reasons = validate_spec(&project.spec, app.spec.project(), &app.spec, destination);
    if !reasons.is_empty() {
        return Err(invalid(&reasons));
    }
    if app.spec.source_hydrator.is_some() {
        return Err(invalid(
            &["spec.sourceHydrator is not supported yet: use spec.source or spec.sources".to_string()],
        ));
    }
    Ok(())
}
