//! Deleting an ApplicationSet.

use bowline_core_crd::ApplicationSet;
use bowline_core_rbac::action;
use bowline_web_admin::{Caller, Context, Done, denied};
use bowline_web_wire::applicationset::ApplicationSetDeleteRequest;
use bowline_web_wire::tonic::Status;

use super::create::tell;
use super::find::{find, guarded};
use crate::store;

/// Asks for the deletion; what the set owns goes with it, as its applications say.
pub(crate) async fn delete(
    context: &Context,
    caller: &Caller,
    request: &ApplicationSetDeleteRequest,
) -> Result<(), Status> {
    let found = find(context, caller, &request.name, &request.appset_namespace)?;
    let may = caller.enforcer().permit(action::Delete, guarded(context, &found.set)).map_err(denied)?;
    store::delete::<ApplicationSet>(context, &may, &found.name).await?;
    tell(context, caller, &found.set, Done::Deleted, "deleted ApplicationSets").await;
    Ok(())
}
