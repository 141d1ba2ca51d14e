//! Numaflow and Numaplane: pipelines are paused, set going again fast or gradually, and promoted.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::kinds::{Draft, Ran, unknown};
use crate::{Offer, Order};

const FORCE_PROMOTE: &str = "numaplane.numaproj.io/force-promote";
const UPGRADE_STATE: &str = "numaplane.numaproj.io/upgrade-state";
const MARKED_FOR_DELETION: &str = "numaplane.numaproj.io/marked-for-deletion";
const ALLOW_DATA_LOSS: &str = "numaplane.numaproj.io/allow-data-loss";
const RESUME_STRATEGY: &str = "numaflow.numaproj.io/resume-strategy";
const ALLOWED_STRATEGIES: &str = "numaflow.numaproj.io/allowed-resume-strategies";

/// Icons of these are of another style of the same set.
fn offer(name: &str, shown: &str, icon: &str, disabled: bool) -> Offer {
    Offer { icon: format!("fa-solid fa-fw fa-{icon}"), ..Offer::new(name).shown(shown).disabled(disabled) }
}

fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.str_at(&["metadata", "labels", key])
}

/// Pausing and the two ways back. `spec` is where the pipeline's own spec begins; `allowed` whether it may be paused here at all.
fn pausing(object: &Value, metadata: &[&str], spec: &[&str], allowed: bool) -> Vec<Offer> {
    let below = |path: &[&str], more: &[&str]| object.str_at(&[path, more].concat());
    let paused = below(spec, &["lifecycle", "desiredPhase"]) == Some("Paused");
    let strategies = below(metadata, &["annotations", ALLOWED_STRATEGIES]);
    let (fast, gradual) = match strategies {
        Some("fast") => (true, false),
        Some("slow, fast") => (true, true),
        _ => (false, true),
    };
    vec![
        offer("pause", "", "pause", !allowed || paused),
        offer("unpause-fast", "Unpause (fast)", "play", !allowed || !paused || !fast),
        offer("unpause-gradual", "Unpause (gradual)", "play", !allowed || !paused || !gradual),
    ]
}

/// Promotion of what an upgrade has on trial.
fn force_promote(object: &Value, shown: &str) -> Offer {
    let on_trial = matches!(label(object, UPGRADE_STATE), Some("in-progress" | "trial"));
    offer("force-promote", shown, "forward", !on_trial || label(object, FORCE_PROMOTE) == Some("true"))
}

/// Whether an object of this kind owns it: then its owner is paused, not itself.
fn is_owned_by(object: &Value, kind: &str) -> bool {
    let owners = object.get_path(&["metadata", "ownerReferences"]).and_then(Value::as_array).unwrap_or_default();
    owners.iter().any(|owner| owner.str_at(&["kind"]) == Some(kind))
}

pub(crate) fn buffer_service(object: &Value) -> Vec<Offer> {
    vec![force_promote(object, "")]
}

pub(crate) fn mono_vertex(object: &Value) -> Vec<Offer> {
    let allowed = !is_owned_by(object, "MonoVertexRollout");
    let mut offers = pausing(object, &["spec", "metadata"], &["spec"], allowed);
    offers.push(force_promote(object, "Force Promote"));
    offers
}

pub(crate) fn pipeline(object: &Value) -> Vec<Offer> {
    let state = label(object, UPGRADE_STATE);
    let allowed = !is_owned_by(object, "PipelineRollout") || state == Some("recyclable-expired");
    let mut offers = pausing(object, &["spec", "metadata"], &["spec"], allowed);
    offers.push(force_promote(object, "Force Promote"));
    offers.push(offer("delete", "Delete", "trash", !matches!(state, Some("recyclable" | "recyclable-expired"))));
    offers
}

pub(crate) fn mono_vertex_rollout(object: &Value) -> Vec<Offer> {
    pausing(object, &["spec", "monoVertex", "metadata"], &["spec", "monoVertex", "spec"], true)
}

pub(crate) fn pipeline_rollout(object: &Value) -> Vec<Offer> {
    let mut offers = pausing(object, &["spec", "pipeline", "metadata"], &["spec", "pipeline", "spec"], true);
    let draining = object.str_at(&["status", "upgradeInProgress"]) == Some("PipelinePauseAndDrain");
    let allowed = object.str_at(&["metadata", "annotations", ALLOW_DATA_LOSS]) == Some("true");
    offers.push(offer("allow-data-loss", "Allow (Possible) Data Loss", "unlock", !draining));
    offers.push(offer("disallow-data-loss", "Disallow Data Loss", "lock", !allowed));
    offers
}

/// Of Numaflow's own kinds.
pub(crate) fn run(object: &Object, order: &Order<'_>) -> Ran {
    const PHASE: &[&str] = &["spec", "lifecycle", "desiredPhase"];
    let mut draft = Draft::of(object);
    match (object.kind(), order.action) {
        (_, "force-promote") => draft.label(FORCE_PROMOTE, "true"),
        ("Pipeline", "delete") => draft.annotate(MARKED_FOR_DELETION, "true"),
        ("MonoVertex" | "Pipeline", "pause") => draft.set(PHASE, "Paused"),
        ("Pipeline", "unpause-fast" | "unpause-gradual") => {
            draft.set(PHASE, "Running");
            draft.annotate(RESUME_STRATEGY, if order.action == "unpause-fast" { "fast" } else { "slow" });
        }
        ("MonoVertex", "unpause-fast" | "unpause-gradual") => {
            draft.set(PHASE, "Running");
            if order.action == "unpause-gradual" {
                draft.unset(&["spec", "replicas"]);
            }
        }
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}

/// Of Numaplane's, which hold one of Numaflow's.
pub(crate) fn run_rollout(object: &Object, order: &Order<'_>) -> Ran {
    let held = if object.kind() == "PipelineRollout" { "pipeline" } else { "monoVertex" };
    let phase = ["spec", held, "spec", "lifecycle", "desiredPhase"];
    let mut draft = Draft::of(object);
    match (object.kind(), order.action) {
        (_, "pause") => draft.set(&phase, "Paused"),
        (_, "unpause-fast" | "unpause-gradual") => {
            draft.set(&phase, "Running");
            draft.set(&["spec", "strategy", "pauseResume", "fastResume"], order.action == "unpause-fast");
        }
        ("PipelineRollout", "allow-data-loss") => draft.annotate(ALLOW_DATA_LOSS, "true"),
        ("PipelineRollout", "disallow-data-loss") => draft.annotate(ALLOW_DATA_LOSS, "false"),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}
