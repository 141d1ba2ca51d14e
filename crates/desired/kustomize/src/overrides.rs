//! [`Overrides`]: what an Application says over a kustomization, applied to the parsed file.

use crate::accumulate::Level;
use crate::error::Result;

/// Placeholder until below.
#[derive(Clone, Debug, Default)]
pub struct Overrides {}

impl Overrides {
    pub(crate) fn apply(&self, _level: &mut Level<'_>) -> Result<()> {
        Ok(())
    }
}
