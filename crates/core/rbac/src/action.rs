//! The actions of the contract, as types of [`Allowed`](crate::Allowed).

use std::borrow::Cow;

use crate::proof::Action;

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident $word:literal;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl Action for $name {
            fn word(&self) -> Cow<'_, str> {
                Cow::Borrowed($word)
            }
        }
    )*};
}

words! {
    /// To see it.
    Get "get";
    /// To make it.
    Create "create";
    /// To change it.
    Update "update";
    /// To delete it.
    Delete "delete";
    /// To sync it.
    Sync "sync";
    /// To roll it back; asked for only where the setting says so, else that is [`Sync`].
    Rollback "rollback";
    /// To sync something else than what it declares.
    Override "override";
    /// To call it.
    Invoke "invoke";
}

/// A live object of an application, as the paths of actions name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveObject {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace; empty for cluster-scoped kinds.
    pub namespace: String,
    /// Name.
    pub name: String,
}

/// To change one live object of an application: `update/<group>/<kind>/<namespace>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateResource(pub LiveObject);

/// To delete one live object of an application: `delete/<group>/<kind>/<namespace>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteResource(pub LiveObject);

/// To run an action of a kind on a live object of an application: `action/<group>/<kind>/<action>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunAction {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name of the action, such as `restart`.
    pub action: String,
}

/// An action on a live object that permissions over the whole application may include.
pub trait OnResource: Action {
    /// The word of that permission.
    const WHOLE: &'static str;
}

fn path(word: &str, object: &LiveObject) -> Cow<'static, str> {
    format!("{word}/{}/{}/{}/{}", object.group, object.kind, object.namespace, object.name).into()
}

impl Action for UpdateResource {
    fn word(&self) -> Cow<'_, str> {
        path("update", &self.0)
    }
}

impl OnResource for UpdateResource {
    const WHOLE: &'static str = "update";
}

impl Action for DeleteResource {
    fn word(&self) -> Cow<'_, str> {
        path("delete", &self.0)
    }
}

impl OnResource for DeleteResource {
    const WHOLE: &'static str = "delete";
}

impl Action for RunAction {
    fn word(&self) -> Cow<'_, str> {
        format!("action/{}/{}/{}", self.group, self.kind, self.action).into()
    }
}
