//! Whether what a prune is decided from is all there is.

use bowline_core_crd::ApplicationStatus;
use bowline_core_types::{GroupKind, ResourceKey};
use bowline_live_cache::Knowledge;

/// Why deletions would not be decided from complete knowledge. A kind of which the application has objects to prune (`extra`), or had
/// objects when it was synced or looked at last, may hide some where it is not seen whole; and what is hidden is not counted.
pub fn incomplete<'a>(
    status: &ApplicationStatus,
    extra: impl Iterator<Item = &'a ResourceKey>,
    knowledge: impl Fn(&GroupKind) -> Knowledge,
) -> Option<String> {
    let extra: Vec<GroupKind> = extra.map(ResourceKey::group_kind).collect();
    if extra.is_empty() {
        return None;
    }
    let synced = status.operation_state.as_ref().and_then(|state| state.sync_result.as_ref());
    let before = status.resources.iter().map(|r| (&r.group, &r.kind));
    let synced = synced.into_iter().flat_map(|result| &result.resources).map(|r| (&r.group, &r.kind));
    let mut known = before.chain(synced).map(|(group, kind)| GroupKind::new(group.as_str(), kind.as_str()));
    // A kind that is not served any more has gone with its objects, and hides none.
    let hides =
        |kind: &GroupKind| !matches!(knowledge(kind), Knowledge::Current | Knowledge::NotServed | Knowledge::Excluded);
    let unseen = extra.iter().find(|kind| knowledge(kind) != Knowledge::Current).cloned();
    let kind = unseen.or_else(|| known.find(hides))?;
    Some(format!("what the cluster holds of {kind} is not known completely"))
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::{OperationState, ResourceResult, ResourceStatus, SyncOperationResult};

    use super::*;

    /// `extra` are the kinds of objects to prune, `had` those that were there at the last look, `synced` those of the last sync; of
    /// `Secret` is known what is given, and of other kinds everything.
    fn check(extra: &[&str], had: &[&str], synced: &[&str], secrets: Knowledge, want: Option<&str>) {
        let resource = |kind: &&str| ResourceStatus { kind: kind.to_string(), ..ResourceStatus::default() };
        let result = |kind: &&str| ResourceResult { kind: kind.to_string(), ..ResourceResult::default() };
        let sync_result =
            SyncOperationResult { resources: synced.iter().map(result).collect(), ..SyncOperationResult::default() };
        let status = ApplicationStatus {
            resources: had.iter().map(resource).collect(),
            operation_state: Some(OperationState { sync_result: Some(sync_result), ..OperationState::default() }),
            ..ApplicationStatus::default()
        };
        let extra: Vec<ResourceKey> = extra.iter().map(|kind| ResourceKey::new("", *kind, "n", "x")).collect();
        let knowledge = |kind: &GroupKind| if &*kind.kind == "Secret" { secrets.clone() } else { Knowledge::Current };
        let told = incomplete(&status, extra.iter(), knowledge);
        let want = want.map(|kind| format!("what the cluster holds of {kind} is not known completely"));
        assert_eq!(told, want, "{extra:?} {had:?} {synced:?} {secrets:?}");
    }

    #[test]
    fn what_may_hide_objects_keeps_others_from_being_deleted() {
        let failed = || Knowledge::Degraded("forbidden".to_string());
        check(&["ConfigMap"], &["ConfigMap"], &["ConfigMap"], failed(), None);
        for unsure in [failed(), Knowledge::Listing, Knowledge::Unknown] {
            // Of the last look, of the last sync, or itself to be pruned.
            check(&["ConfigMap"], &["ConfigMap", "Secret"], &[], unsure.clone(), Some("Secret"));
            check(&["ConfigMap"], &[], &["Secret"], unsure.clone(), Some("Secret"));
            check(&["ConfigMap", "Secret"], &[], &[], unsure.clone(), Some("Secret"));
            // Where nothing is to be deleted, nothing has to be known.
            check(&[], &["Secret"], &["Secret"], unsure, None);
        }
        for gone in [Knowledge::NotServed, Knowledge::Excluded] {
            check(&["ConfigMap"], &["Secret"], &["Secret"], gone.clone(), None);
            // An object to be pruned of a kind that is not watched was not found by a list.
            check(&["Secret"], &[], &[], gone, Some("Secret"));
        }
        check(&["Secret"], &["Secret"], &["Secret"], Knowledge::Current, None);
    }
}
