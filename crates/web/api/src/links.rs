//! Deep links: addresses that settings make of what is shown.

use bowline_web_admin::Context;
use bowline_web_wire::application::LinksResponse;
use bowline_web_wire::tonic::Status;

/// The links that the setting `key` of `argocd-cm` makes. Where there is such a setting it is refused by its name: to show none
/// would look as if there were none.
pub(crate) fn links(context: &Context, key: &str) -> Result<LinksResponse, Status> {
    match context.world.config("argocd-cm", key).filter(|text| !text.trim().is_empty()) {
        None => Ok(LinksResponse::default()),
        Some(_) => Err(Status::unimplemented(format!("{key} of argocd-cm is not supported yet"))),
    }
}
