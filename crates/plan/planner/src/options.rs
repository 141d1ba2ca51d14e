//! Sync options: those of an application, and those that an object's annotation adds or overrides.

use bowline_core_types::{Object, annotation};
use bowline_plan_merge::LEGACY_MANAGERS;

/// `Prune` and `Delete`: whether an object may be deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deletion {
    /// It may.
    #[default]
    Allowed,
    /// It may when someone has confirmed it.
    Confirm,
    /// It may not.
    Never,
}

/// An option that cannot be honoured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// No such option.
    #[error("unknown sync option {0:?}: see the list of sync options for those there are")]
    Unknown(String),
    /// An option without a value.
    #[error("sync option {0:?} must be of the form Name=value")]
    Form(String),
    /// A value that the option does not have.
    #[error("sync option {option}: {value:?} is not one of {allowed}")]
    Value {
        /// The option.
        option: String,
        /// The value that was given.
        value: String,
        /// The values there are.
        allowed: &'static str,
    },
    /// An option of applications on an object.
    #[error("sync option {0} is for applications and has no effect on one object")]
    Scope(String),
    /// An option of objects on an application.
    #[error("sync option {0} is for single objects: set it in their annotation argocd.argoproj.io/sync-options")]
    ObjectOnly(String),
}

/// The sync options of an application, or of one object on top of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncOptions {
    /// `Prune`.
    pub prune: Deletion,
    /// `Delete`.
    pub delete: Deletion,
    /// `PruneLast`.
    pub prune_last: bool,
    /// `PrunePropagationPolicy`.
    pub propagation: Propagation,
    /// `Validate`.
    pub validate: bool,
    /// `SkipDryRunOnMissingResource`.
    pub skip_dry_run_on_missing: bool,
    /// `ApplyOutOfSyncOnly`.
    pub out_of_sync_only: bool,
    /// `Replace`.
    pub replace: bool,
    /// `Force`.
    pub force: bool,
    /// `ServerSideApply`. Server-side apply is the only way of applying here, so that this is accepted and says nothing new.
    pub server_side_apply: Option<bool>,
    /// `ClientSideApplyMigration`.
    pub migrate: bool,
    /// Managers of client-side applies whose fields are taken over; an annotation of the application adds one.
    pub legacy_managers: Vec<String>,
    /// `FailOnSharedResource`.
    pub fail_on_shared: bool,
    /// `RespectIgnoreDifferences`.
    pub respect_ignored: bool,
    /// `CreateNamespace`.
    pub create_namespace: bool,
}

/// What becomes of a pruned object's dependents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They go first (the default).
    #[default]
    Foreground,
    /// They go after it.
    Background,
    /// They stay.
    Orphan,
}

// === impl SyncOptions ===

impl Default for SyncOptions {
    fn default() -> SyncOptions {
        SyncOptions {
            prune: Deletion::Allowed,
            delete: Deletion::Allowed,
            prune_last: false,
            propagation: Propagation::Foreground,
            validate: true,
            skip_dry_run_on_missing: false,
            out_of_sync_only: false,
            replace: false,
            force: false,
            server_side_apply: None,
            migrate: true,
            legacy_managers: LEGACY_MANAGERS.map(String::from).to_vec(),
            fail_on_shared: false,
            respect_ignored: false,
            create_namespace: false,
        }
    }
}

impl SyncOptions {
    /// Reads `syncPolicy.syncOptions` (or those of an operation). All that is wrong is told at once.
    pub fn parse<'a>(options: impl IntoIterator<Item = &'a str>) -> (SyncOptions, Vec<OptionError>) {
        let (mut parsed, mut errors) = (SyncOptions::default(), Vec::new());
        for option in options.into_iter().map(str::trim).filter(|o| !o.is_empty()) {
            if option.starts_with("Force=") {
                errors.push(OptionError::ObjectOnly("Force".to_string()));
            } else if let Err(error) = parsed.set(option) {
                errors.push(error);
            }
        }
        (parsed, errors)
    }

    /// These options with those that an object's annotation says.
    pub fn with_object(&self, object: &Object) -> (SyncOptions, Vec<OptionError>) {
        let (mut options, mut errors) = (self.clone(), Vec::new());
        for option in object.annotation_list(annotation::SYNC_OPTIONS) {
            let name = option.split('=').next().unwrap_or_default();
            if is_for_applications(name) {
                errors.push(OptionError::Scope(name.to_string()));
            } else if let Err(error) = options.set(option) {
                errors.push(error);
            }
        }
        (options, errors)
    }

    fn set(&mut self, option: &str) -> Result<(), OptionError> {
        let (name, value) = option.split_once('=').ok_or_else(|| OptionError::Form(option.to_string()))?;
        let wrong = |allowed| OptionError::Value { option: name.to_string(), value: value.to_string(), allowed };
        let flag = || match value {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(wrong("true, false")),
        };
        let deletion = || match value {
            "true" => Ok(Deletion::Allowed),
            "confirm" => Ok(Deletion::Confirm),
            "false" => Ok(Deletion::Never),
            _ => Err(wrong("true, confirm, false")),
        };
        match name {
            "Prune" => self.prune = deletion()?,
            "Delete" => self.delete = deletion()?,
            "PruneLast" => self.prune_last = flag()?,
            "PrunePropagationPolicy" => {
                self.propagation = match value {
                    "foreground" => Propagation::Foreground,
                    "background" => Propagation::Background,
                    "orphan" => Propagation::Orphan,
                    _ => return Err(wrong("foreground, background, orphan")),
                }
            }
            "Validate" => self.validate = flag()?,
            "SkipDryRunOnMissingResource" => self.skip_dry_run_on_missing = flag()?,
            "ApplyOutOfSyncOnly" => self.out_of_sync_only = flag()?,
            "Replace" => self.replace = flag()?,
            "Force" => self.force = flag()?,
            "ServerSideApply" => self.server_side_apply = Some(flag()?),
            "ClientSideApplyMigration" => self.migrate = flag()?,
            "FailOnSharedResource" => self.fail_on_shared = flag()?,
            "RespectIgnoreDifferences" => self.respect_ignored = flag()?,
            "CreateNamespace" => self.create_namespace = flag()?,
            _ => return Err(OptionError::Unknown(option.to_string())),
        }
        Ok(())
    }
}

fn is_for_applications(name: &str) -> bool {
    matches!(
        name,
        "PrunePropagationPolicy"
            | "ApplyOutOfSyncOnly"
            | "ClientSideApplyMigration"
            | "FailOnSharedResource"
            | "RespectIgnoreDifferences"
            | "CreateNamespace"
    )
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    #[test]
    fn options_are_read_and_what_is_wrong_is_told_at_once() {
        let (options, errors) = SyncOptions::parse([
            "Prune=confirm",
            " Validate=false",
            "PrunePropagationPolicy=orphan",
            "CreateNamespace=yes",
            "Magic=true",
            "Replace",
        ]);
        assert_eq!((options.prune, options.validate), (Deletion::Confirm, false));
        assert_eq!(options.propagation, Propagation::Orphan);
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                r#"sync option CreateNamespace: "yes" is not one of true, false"#,
                r#"unknown sync option "Magic=true": see the list of sync options for those there are"#,
                r#"sync option "Replace" must be of the form Name=value"#,
            ]
        );
    }

    #[test]
    fn an_object_overrides_its_application() {
        let mut object = Object::new(from_json(br#"{"apiVersion":"v1","kind":"A"}"#).unwrap()).unwrap();
        object.set_annotation(annotation::SYNC_OPTIONS, "Prune=true,Force=true, CreateNamespace=true");
        let (app, _) = SyncOptions::parse(["Prune=false"]);
        let (options, errors) = app.with_object(&object);
        assert_eq!((options.prune, options.force, options.create_namespace), (Deletion::Allowed, true, false));
        assert_eq!(errors, [OptionError::Scope("CreateNamespace".into())]);
    }
}
