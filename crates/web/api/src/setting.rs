//! Settings of `argocd-cm` that only the services read.

/// A switch of `argocd-cm`, `default` where it is not set.
pub(crate) fn switch(context: &Context, key: &str, default: bool) -> bool {
    match context.world.config("argocd-cm", key).as_deref().map(str::trim) {
        Some("true") => true,
        Some("false") => false,
        _ => default,
    }
}

/// A number of `argocd-cm`, `default` where it is not set or is none.
pub(crate) fn number(context: &Context, key: &str, default: usize) -> usize {
    context.world.config("argocd-cm", key).and_then(|text| text.trim().parse().ok()).unwrap_or(default)
}
use bowline_web_admin::Context;
