//! [`Limits`]: how long is waited for what.

use jiff::SignedDuration;

/// How long each kind of wait may last. When it has passed, what was waited for counts as failed, with a message that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For objects of a wave to become healthy.
    pub health: SignedDuration,
    /// For hooks to end.
    pub hook: SignedDuration,
    /// For deleted objects to be gone.
    pub deletion: SignedDuration,
    /// For a kind to be served after its CRD was applied.
    pub kind: SignedDuration,
    /// For someone to confirm a deletion.
    pub confirmation: SignedDuration,
    /// Between waves (`controller.sync.wave.delay.seconds`); none unless a setting asks for it.
    pub wave_delay: SignedDuration,
}

// === impl Limits ===

impl Default for Limits {
    /// A day for what people and programs do, a week for a confirmation, half a minute for the API server.
    fn default() -> Limits {
        Limits {
            health: SignedDuration::from_hours(24),
            hook: SignedDuration::from_hours(24),
            deletion: SignedDuration::from_hours(24),
            kind: SignedDuration::from_secs(30),
            confirmation: SignedDuration::from_hours(24 * 7),
            wave_delay: SignedDuration::ZERO,
        }
    }
}
