//! How an object says to which application it belongs.

use std::fmt;
use std::str::FromStr;

use crate::{AppName, Object, ResourceKey, annotation};

/// `application.resourceTrackingMethod`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrackingMethod {
    /// The annotation [`annotation::TRACKING_ID`] (the default since Argo CD 3.0).
    #[default]
    Annotation,
    /// The instance label.
    Label,
    /// The annotation decides; the label is set too, cut to its limit, for other tools to read.
    AnnotationAndLabel,
}

/// What the tracking annotation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingId {
    /// The application's instance name (see [`AppName::instance`]).
    pub instance: String,
    /// The object that the annotation was written for; a copy of that object under another name is not the application's.
    pub key: ResourceKey,
}

/// A text that is no tracking id or method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackingError {
    /// Not of the form `<app>:<group>/<Kind>:<namespace>/<name>`.
    #[error("{0:?} is not a tracking id (<app>:<group>/<Kind>:<namespace>/<name>)")]
    Id(String),
    /// Not a tracking method.
    #[error("{0:?} is not a tracking method: use annotation, label or annotation+label")]
    Method(String),
}

/// How this installation marks objects: method, label key and installation id together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceId {
    /// Which mark decides.
    pub method: TrackingMethod,
    /// The label's key; [`annotation::INSTANCE_LABEL`] by default.
    pub label_key: String,
    /// `installationID`, empty where only one installation uses the clusters.
    pub installation: String,
}

// === impl TrackingMethod ===

impl FromStr for TrackingMethod {
    type Err = TrackingError;

    fn from_str(text: &str) -> Result<TrackingMethod, TrackingError> {
        match text {
            "" | "annotation" => Ok(TrackingMethod::Annotation),
            "label" => Ok(TrackingMethod::Label),
            "annotation+label" => Ok(TrackingMethod::AnnotationAndLabel),
            other => Err(TrackingError::Method(other.to_string())),
        }
    }
}

// === impl TrackingId ===

impl fmt::Display for TrackingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ResourceKey { group, kind, namespace, name } = &self.key;
        write!(f, "{}:{group}/{kind}:{namespace}/{name}", self.instance)
    }
}

impl FromStr for TrackingId {
    type Err = TrackingError;

    fn from_str(text: &str) -> Result<TrackingId, TrackingError> {
        let parse = || {
            // A name may hold colons (RBAC's do); the application's and the kind may not.
            let (instance, rest) = text.split_once(':')?;
            let (kind, object) = rest.split_once(':')?;
            let (group, kind) = kind.split_once('/')?;
            let (namespace, name) = object.split_once('/')?;
            Some(TrackingId { instance: instance.to_string(), key: ResourceKey::new(group, kind, namespace, name) })
        };
        parse().ok_or_else(|| TrackingError::Id(text.to_string()))
    }
}

// === impl InstanceId ===

impl Default for InstanceId {
    fn default() -> InstanceId {
        InstanceId {
            method: TrackingMethod::default(),
            label_key: annotation::INSTANCE_LABEL.to_string(),
            installation: String::new(),
        }
    }
}

impl InstanceId {
    /// Marks a desired object as `instance`'s. Its namespace must be final: the mark names it, and `namespace` (that of the
    /// application's destination) where the object has none, as the contract writes it.
    pub fn mark(&self, object: &mut Object, instance: &str, namespace: &str) {
        if self.method != TrackingMethod::Label {
            let mut id = TrackingId { instance: instance.to_string(), key: object.key() };
            if id.key.namespace.is_empty() {
                id.key.namespace = namespace.into();
            }
            object.set_annotation(annotation::TRACKING_ID, &id.to_string());
        }
        match self.method {
            TrackingMethod::Annotation => {}
            TrackingMethod::Label => object.set_label(&self.label_key, instance),
            TrackingMethod::AnnotationAndLabel => object.set_label(&self.label_key, label_value(instance)),
        }
        if !self.installation.is_empty() {
            object.set_annotation(annotation::INSTALLATION_ID, &self.installation);
        }
    }

    /// The instance that a live object says it belongs to, where it says so to this installation. An annotation that was
    /// written for another object (the object is a copy) still names its application: see [`InstanceId::is_self_reference`].
    pub fn instance(&self, live: &Object) -> Option<String> {
        if live.annotation(annotation::INSTALLATION_ID).unwrap_or_default() != self.installation {
            return None;
        }
        match self.method {
            TrackingMethod::Label => live.label(&self.label_key).filter(|v| !v.is_empty()).map(String::from),
            _ => Some(live.annotation(annotation::TRACKING_ID)?.parse::<TrackingId>().ok()?.instance),
        }
    }

    /// Whether the mark on `live` was written for `live` itself. Only such objects are compared and pruned. `desired` keys may
    /// name another group of the same object (Ingress moved from `extensions`), so only kind, namespace and name decide
    /// besides the group of either.
    pub fn is_self_reference(&self, live: &Object) -> bool {
        if self.method == TrackingMethod::Label {
            return true;
        }
        let Some(id) = live.annotation(annotation::TRACKING_ID).and_then(|id| id.parse::<TrackingId>().ok()) else {
            return true;
        };
        // A cluster-scoped object may have been written down with the application's namespace.
        let namespace = live.namespace().is_empty() || id.key.namespace.as_ref() == live.namespace();
        namespace
            && id.key.name.as_ref() == live.name()
            && id.key.kind.as_ref() == live.kind()
            && id.key.group.as_ref() == live.group()
    }

    /// The application that a live object says it belongs to.
    pub fn application(&self, live: &Object, control_namespace: &str) -> Option<AppName> {
        self.instance(live).map(|instance| AppName::from_instance(&instance, control_namespace))
    }
}

/// An instance name as a label value: cut to 63 characters, without trailing `-`, `_` or `.`.
pub fn label_value(instance: &str) -> &str {
    let end = instance.char_indices().nth(63).map_or(instance.len(), |(i, _)| i);
    instance[..end].trim_end_matches(['-', '_', '.'])
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    fn object(json: &str) -> Object {
        Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn ids_round_trip_with_colons_in_names() {
        for text in [
            "app:apps/Deployment:ns/web",
            "ns_app:/ConfigMap:ns/c",
            "app:rbac.authorization.k8s.io/ClusterRole:/system:x/y",
        ] {
            assert_eq!(text.parse::<TrackingId>().unwrap().to_string(), text);
        }
        assert!("app:Deployment".parse::<TrackingId>().is_err());
    }

    #[test]
    fn a_mark_is_read_back_and_a_copy_is_told_apart() {
        let config = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"n"}}"#;
        for method in [TrackingMethod::Annotation, TrackingMethod::Label, TrackingMethod::AnnotationAndLabel] {
            let id = InstanceId { method, ..InstanceId::default() };
            let mut marked = object(config);
            id.mark(&mut marked, "other_app", "dest");
            assert_eq!(id.application(&marked, "argocd"), Some(AppName::new("other", "app")));
            assert!(id.is_self_reference(&marked));
            let mut copy = marked.clone();
            copy.set_namespace("elsewhere");
            assert_eq!(id.is_self_reference(&copy), method == TrackingMethod::Label);
        }
        let here = InstanceId { installation: "a".into(), ..InstanceId::default() };
        let mut foreign = object(config);
        InstanceId { installation: "b".into(), ..InstanceId::default() }.mark(&mut foreign, "app", "dest");
        assert_eq!(here.instance(&foreign), None);
    }

    #[test]
    fn labels_are_cut_to_their_limit() {
        let long = format!("{}-tail", "a".repeat(62));
        assert_eq!(label_value(&long), "a".repeat(62));
    }
}
