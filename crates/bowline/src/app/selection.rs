//! `--resource`: some of an application's objects, by patterns.

use bowline_core_crd::{Application, SyncOperationResource};
use bowline_roles_app_controller::foresee;

use crate::error::CliError;

/// Patterns over objects; none selects all.
#[derive(Clone, Debug, Default)]
pub struct Selection(foresee::Selection);

// === impl Selection ===

impl Selection {
    /// Reads `GROUP:KIND:NAME` and `GROUP:KIND:NAMESPACE/NAME`, with `!` in front for what is left out and `*` for anything.
    pub fn parse(texts: &[String]) -> Result<Selection, CliError> {
        foresee::Selection::parse(texts).map(Selection).map_err(|wrong| {
            CliError::usage(format!("--resource {wrong}")).hint("the core group is empty: --resource :Service:web")
        })
    }

    /// Whether everything is selected.
    pub fn is_everything(&self) -> bool {
        self.0.is_everything()
    }

    /// Whether an object is selected: some pattern names it, or none names any, and none leaves it out.
    pub fn includes(&self, group: &str, kind: &str, namespace: &str, name: &str) -> bool {
        self.0.includes(group, kind, namespace, name)
    }

    /// The patterns, for who asks what a sync would do.
    pub fn patterns(&self) -> &foresee::Selection {
        &self.0
    }

    /// The selected ones among the application's objects, for an operation; none where everything is selected.
    pub fn of(&self, app: &Application) -> Result<Vec<SyncOperationResource>, CliError> {
        if self.is_everything() {
            return Ok(Vec::new());
        }
        let selected: Vec<SyncOperationResource> = app
            .status
            .resources
            .iter()
            .filter(|r| self.includes(&r.group, &r.kind, &r.namespace, &r.name))
            .map(|r| SyncOperationResource {
                group: r.group.clone(),
                kind: r.kind.clone(),
                name: r.name.clone(),
                namespace: r.namespace.clone(),
            })
            .collect();
        if selected.is_empty() {
            let name = &app.metadata.name;
            return Err(CliError::failed(format!("no object of application '{name}' matches --resource"))
                .hint(format!("bowline app get {name} shows its objects"))
                .code(1));
        }
        Ok(selected)
    }
}
