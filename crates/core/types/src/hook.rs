//! Hooks: objects that run at a point of a sync or of a deletion instead of being kept.

use crate::{Object, annotation};

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookType {
    /// Before anything is applied.
    PreSync,
    /// Together with what is applied, wave by wave.
    Sync,
    /// After everything is applied and healthy.
    PostSync,
    /// After a sync failed.
    SyncFail,
    /// Never: the object is neither applied nor compared.
    Skip,
    /// Before the objects of a deleted application go.
    PreDelete,
    /// After they have gone.
    PostDelete,
}

/// When a hook object is deleted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookDeletePolicy {
    /// After a sync that succeeded.
    HookSucceeded,
    /// After a sync that failed.
    HookFailed,
    /// Before the next run creates it anew (the default).
    BeforeHookCreation,
}

/// The finalizer that keeps a hook object until its result is recorded.
pub const HOOK_FINALIZER: &str = "argocd.argoproj.io/hook-finalizer";

// === impl HookType ===

impl HookType {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            HookType::PreSync => "PreSync",
            HookType::Sync => "Sync",
            HookType::PostSync => "PostSync",
            HookType::SyncFail => "SyncFail",
            HookType::Skip => "Skip",
            HookType::PreDelete => "PreDelete",
            HookType::PostDelete => "PostDelete",
        }
    }

    fn from_word(word: &str) -> Option<HookType> {
        use HookType::*;
        [PreSync, Sync, PostSync, SyncFail, Skip, PreDelete, PostDelete].into_iter().find(|t| t.as_str() == word)
    }

    /// The hook type that one of Helm's is taken for. Its test and rollback hooks have no counterpart.
    fn from_helm(word: &str) -> Option<HookType> {
        Some(match word {
            "pre-install" | "pre-upgrade" => HookType::PreSync,
            "post-install" | "post-upgrade" => HookType::PostSync,
            "pre-delete" => HookType::PreDelete,
            "post-delete" => HookType::PostDelete,
            _ => return None,
        })
    }

    /// The types that an object names, each once, in their order; Helm's count where it names none of ours.
    pub fn of(object: &Object) -> Vec<HookType> {
        let mut types: Vec<_> = object.annotation_list(annotation::HOOK).filter_map(HookType::from_word).collect();
        if types.is_empty() {
            types = object.annotation_list(annotation::HELM_HOOK).filter_map(HookType::from_helm).collect();
        }
        types.sort();
        types.dedup();
        types
    }
}

// === impl HookDeletePolicy ===

impl HookDeletePolicy {
    /// The policies that an object names, ours and Helm's together; the default where it names none.
    pub fn of(object: &Object) -> Vec<HookDeletePolicy> {
        let ours = object.annotation_list(annotation::HOOK_DELETE_POLICY).filter_map(|word| match word {
            "HookSucceeded" => Some(HookDeletePolicy::HookSucceeded),
            "HookFailed" => Some(HookDeletePolicy::HookFailed),
            "BeforeHookCreation" => Some(HookDeletePolicy::BeforeHookCreation),
            _ => None,
        });
        let helm = object.annotation_list(annotation::HELM_HOOK_DELETE_POLICY).filter_map(|word| match word {
            "hook-succeeded" => Some(HookDeletePolicy::HookSucceeded),
            "hook-failed" => Some(HookDeletePolicy::HookFailed),
            "before-hook-creation" => Some(HookDeletePolicy::BeforeHookCreation),
            _ => None,
        });
        let mut policies: Vec<_> = ours.chain(helm).collect();
        policies.sort();
        policies.dedup();
        if policies.is_empty() { vec![HookDeletePolicy::BeforeHookCreation] } else { policies }
    }
}

/// Whether the object is a hook of any kind, also one whose types we do not know or that names none. What only says
/// `Skip` is no hook (see [`is_skipped`]), and Helm's `crd-install` never was one.
pub fn is_hook(object: &Object) -> bool {
    if object.annotation(annotation::HOOK).is_some() {
        return !is_skipped(object);
    }
    object.annotation(annotation::HELM_HOOK).is_some_and(|value| value != "crd-install")
}

/// Whether the object asks to be left out altogether: `Skip` is its only hook type.
pub fn is_skipped(object: &Object) -> bool {
    HookType::of(object) == [HookType::Skip]
}

/// Whether the object is a hook that keeps the finalizer of a running sync.
pub fn has_hook_finalizer(object: &Object) -> bool {
    let finalizers = object.value().get_path(&["metadata", "finalizers"]).and_then(|f| f.as_array());
    finalizers.is_some_and(|f| f.iter().any(|f| f.as_str() == Some(HOOK_FINALIZER)))
}

/// The wave of an object within its phase: its annotation, else Helm's hook weight, else 0. Texts that are no integers
/// count as absent.
pub fn sync_wave(object: &Object) -> i64 {
    let number = |key| object.annotation(key).and_then(|text: &str| text.parse::<i64>().ok());
    number(annotation::SYNC_WAVE).or_else(|| number(annotation::HELM_HOOK_WEIGHT)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn object(annotations: &[(&str, &str)]) -> Object {
        let mut object = Object::new(from_json(br#"{"apiVersion":"v1","kind":"Pod"}"#).unwrap()).unwrap();
        for (key, value) in annotations {
            object.set_annotation(key, value);
        }
        object
    }

    #[test]
    fn types_are_ours_or_else_helms() {
        use HookType::*;
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [HookType], bool);
        let cases: [Case; 9] = [
            (&[], &[], false),
            (&[(annotation::HOOK, "PostSync, PreSync,PreSync")], &[PreSync, PostSync], true),
            (&[(annotation::HOOK, "Skip")], &[Skip], false),
            (&[(annotation::HOOK, "Skip,Sync")], &[Sync, Skip], true),
            (&[(annotation::HOOK, "Nonsense")], &[], true),
            (&[(annotation::HELM_HOOK, "pre-install,pre-upgrade")], &[PreSync], true),
            (&[(annotation::HELM_HOOK, "post-upgrade"), (annotation::HOOK, "Sync")], &[Sync], true),
            (&[(annotation::HELM_HOOK, "test")], &[], true),
            (&[(annotation::HELM_HOOK, "crd-install")], &[], false),
        ];
        for (annotations, types, hook) in cases {
            let object = object(annotations);
            assert_eq!(HookType::of(&object), types, "{annotations:?}");
            assert_eq!(is_hook(&object), hook, "{annotations:?}");
        }
    }

    #[test]
    fn policies_of_both_count_and_have_a_default() {
        use HookDeletePolicy::*;
        assert_eq!(HookDeletePolicy::of(&object(&[])), [BeforeHookCreation]);
        assert_eq!(
            HookDeletePolicy::of(&object(&[
                (annotation::HOOK_DELETE_POLICY, "HookFailed,x"),
                (annotation::HELM_HOOK_DELETE_POLICY, "hook-succeeded"),
            ])),
            [HookSucceeded, HookFailed]
        );
    }

    #[test]
    fn waves_fall_back_to_helms_weight() {
        assert_eq!(sync_wave(&object(&[(annotation::SYNC_WAVE, "-3"), (annotation::HELM_HOOK_WEIGHT, "5")])), -3);
        assert_eq!(sync_wave(&object(&[(annotation::SYNC_WAVE, "x"), (annotation::HELM_HOOK_WEIGHT, "5")])), 5);
        assert_eq!(sync_wave(&object(&[])), 0);
    }
}
