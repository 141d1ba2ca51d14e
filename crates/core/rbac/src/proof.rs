//! [`Allowed`]: the proof that a policy allows something, which only [`Enforcer`] makes.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;

use crate::engine::Enforcer;
use crate::subject::Subject;
use crate::words::Resource;

/// Something that is done to an object.
pub trait Action {
    /// Its word in a policy, such as `get` or `delete/apps/Deployment/ns/name`.
    fn word(&self) -> Cow<'_, str>;
}

/// Something that a policy guards.
pub trait Object {
    /// What kind of thing it is.
    fn resource(&self) -> Resource;

    /// Its name in a policy.
    fn name(&self) -> Cow<'_, str>;
}

/// The proof that `A` may be done to this `O`. What reads or writes guarded things asks for one by type, so that a handler that
/// forgot to ask the policy does not compile.
///
/// ```compile_fail
/// use bowline_core_rbac::{Allowed, action::Get, object::Project};
/// let forged = Allowed { action: Get, object: Project { name: "web".into() } };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a proof is for what it guards"]
pub struct Allowed<A, O> {
    action: A,
    object: O,
}

/// The refusal of an action. `Display` is the contract's sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Denied {
    /// What kind of thing it is about.
    pub resource: Resource,
    /// What was asked for.
    pub action: String,
    /// The object's name in a policy.
    pub object: String,
    /// Who asked; empty for nobody in particular.
    pub subject: String,
    /// When the token was issued, in seconds since 1970.
    pub issued_at: Option<i64>,
}

/// What is said of a refusal where even that the object exists is not to be told.
pub const PERMISSION_DENIED: &str = "permission denied";

// === impl Allowed ===

impl<A, O> Allowed<A, O> {
    /// What may be done.
    pub fn action(&self) -> &A {
        &self.action
    }

    /// What it may be done to.
    pub fn object(&self) -> &O {
        &self.object
    }

    /// What it may be done to; the proof is spent.
    pub fn into_object(self) -> O {
        self.object
    }
}

// === impl Denied ===

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PERMISSION_DENIED}: {}, {}, {}", self.resource, self.action, self.object)?;
        if !self.subject.is_empty() {
            write!(f, ", sub: {}", self.subject)?;
        }
        match self.issued_at.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
            Some(issued_at) => write!(f, ", iat: {issued_at}"),
            None => Ok(()),
        }
    }
}

// === impl Enforcer ===

impl Enforcer {
    /// The proof that the subject may do this, or the refusal.
    pub fn permit<A: Action, O: Object>(&self, action: A, object: O) -> Result<Allowed<A, O>, Denied> {
        if self.allows(object.resource(), &action.word(), &object.name()) {
            Ok(Allowed { action, object })
        } else {
            Err(self.denied(&action, &object))
        }
    }

    /// Those of the objects to which the subject may do this, each with its proof, in their order.
    pub fn filter<A: Action + Clone, O: Object>(
        &self,
        action: A,
        objects: impl IntoIterator<Item = O>,
    ) -> impl Iterator<Item = Allowed<A, O>> {
        objects.into_iter().filter_map(move |object| {
            self.allows(object.resource(), &action.word(), &object.name())
                .then(|| Allowed { action: action.clone(), object })
        })
    }

    /// The proof that the subject may change a live object of an application: `action` is [`action::Update`] or
    /// [`action::Delete`] of that object. Where permissions are `inherited` those over the whole application are enough, else (the
    /// contract's default) only a line with the object's path counts.
    ///
    /// [`action::Update`]: crate::action::UpdateResource
    /// [`action::Delete`]: crate::action::DeleteResource
    pub fn permit_resource<A: crate::action::OnResource>(
        &self,
        action: A,
        application: crate::object::Application,
        inherited: bool,
    ) -> Result<Allowed<A, crate::object::Application>, Denied> {
        let name = application.name().into_owned();
        if inherited && self.allows(Resource::Applications, A::WHOLE, &name) {
            return Ok(Allowed { action, object: application });
        }
        self.permit(action, application)
    }

    /// As [`Enforcer::permit`], and an account may always see and change itself.
    pub fn permit_account<A: Action>(
        &self,
        action: A,
        account: crate::object::Account,
    ) -> Result<Allowed<A, crate::object::Account>, Denied> {
        if self.subject().is_account(&account.name) {
            return Ok(Allowed { action, object: account });
        }
        self.permit(action, account)
    }

    /// The proof that the subject may make and delete tokens of a project's role: whoever may update the project, and whoever is
    /// in one of the role's groups.
    pub fn permit_role_tokens(
        &self,
        project: crate::object::Project,
        role_groups: &[String],
    ) -> Result<Allowed<crate::action::Update, crate::object::Project>, Denied> {
        self.permit(crate::action::Update, project).or_else(|denied| {
            let object = crate::object::Project { name: denied.object.clone() };
            if self.subject().is_in(role_groups) {
                Ok(Allowed { action: crate::action::Update, object })
            } else {
                Err(denied)
            }
        })
    }

    fn denied(&self, action: &impl Action, object: &impl Object) -> Denied {
        Denied {
            resource: object.resource(),
            action: action.word().into_owned(),
            object: object.name().into_owned(),
            subject: self.subject().id().to_string(),
            issued_at: match self.subject() {
                Subject::Known(known) => known.issued_at,
                Subject::Anonymous | Subject::Unrestricted => None,
            },
        }
    }
}
