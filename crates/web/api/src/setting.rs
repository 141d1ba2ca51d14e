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

/// Words of `argocd-cm` with commas between them, `default` where there are none.
pub(crate) fn list(context: &Context, key: &str, default: &[&str]) -> Vec<String> {
    let text = context.world.config("argocd-cm", key).unwrap_or_default();
    let words: Vec<String> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(String::from).collect();
    if words.is_empty() { default.iter().map(|word| word.to_string()).collect() } else { words }
}
