//! The template: laid together, filled in, an application.

use bowline_base_value::Value;
use bowline_core_crd::{Application, ApplicationSet, ApplicationSetTemplate};
use serde_json::Value as Json;

use crate::fill::Filler;
use crate::values::fill_in;
use crate::{GenerateError, Params, patch};

/// Lets an application take what it deployed along when it goes.
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// The ApplicationSet's template with a generator's own laid over it, as the application that is filled in.
pub(crate) fn merged(own: &ApplicationSetTemplate, base: &ApplicationSetTemplate) -> Result<Value, GenerateError> {
    let value = |template: &ApplicationSetTemplate| {
        serde_json::to_value(template).map(Value::from).map_err(|error| GenerateError::template(error.to_string()))
    };
    let mut wanted = value(own)?;
    fill_in(&mut wanted, &value(base)?);
    Ok(wanted)
}

/// The application of one set of parameters.
pub(crate) fn application(
    template: &Value,
    set: &ApplicationSet,
    params: &Params,
    filler: &mut Filler<'_>,
) -> Result<Application, GenerateError> {
    let filled = if params.is_empty() { Ok(template.clone()) } else { filler.value(template, params) };
    let mut app = read(&filled.map_err(GenerateError::template)?)?;
    let preserved = set.spec.sync_policy.as_ref().is_some_and(|policy| policy.preserve_resources_on_deletion);
    if !params.is_empty() && !preserved && app.metadata.finalizers.is_empty() {
        app.metadata.finalizers = vec![FINALIZER.to_string()];
    }
    if let Some(patch) = &set.spec.template_patch {
        app = patched(app, patch, params, filler).map_err(|reason| GenerateError::Patch { reason })?;
    }
    // An ApplicationSet makes applications beside itself and nowhere else.
    app.metadata.namespace.clone_from(&set.metadata.namespace);
    Ok(app)
}

fn read(value: &Value) -> Result<Application, GenerateError> {
    serde_json::from_value(Json::from(value))
        .map_err(|error| GenerateError::template(format!("the template makes no Application: {error}")))
}

fn patched(app: Application, text: &str, params: &Params, filler: &mut Filler<'_>) -> Result<Application, String> {
    let filled = filler.text(text, params)?;
    let patch = bowline_base_value::yaml::from_yaml(&filled).map_err(|error| format!("{error}, in:\n{filled}"))?;
    let project = app.spec.project.clone();
    let mut object = serde_json::to_value(&app).map(Value::from).map_err(|error| error.to_string())?;
    patch::lay(&mut object, &patch)?;
    let mut app: Application =
        serde_json::from_value(Json::from(&object)).map_err(|error| format!("{error}, in:\n{filled}"))?;
    // Whose rules hold is not a patch's to say.
    app.spec.project = project;
    Ok(app)
}
