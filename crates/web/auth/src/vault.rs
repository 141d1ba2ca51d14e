//! [`Vault`]: the ConfigMaps and Secrets of the control namespace as this crate reads and writes them.

mod kube;

use std::collections::BTreeMap;

use bowline_core_ports::BoxFuture;
use bowline_core_types::Sensitive;

pub use kube::KubeVault;

/// A kind of object that holds data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

/// The data of an object at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The data; values that are no text are left out.
    pub data: BTreeMap<String, Sensitive<String>>,
    /// Its resource version.
    pub version: String,
    /// Whether it is labelled as part of the installation: only then do settings refer to it.
    pub part_of: bool,
}

/// A change of some keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Keys that get a value (`None`: that go). Others stay as they are.
    pub keys: BTreeMap<String, Option<Sensitive<String>>>,
    /// The resource version that the object must have; `None` where there must be no such object.
    pub version: Option<String>,
}

/// Why something was not read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The object is another one by now.
    #[error("the object has been modified; please apply your changes to the latest version and try again")]
    Conflict,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Reads and writes objects of the control namespace.
pub trait Vault: Send + Sync {
    /// An object's data; `None` where there is no such object.
    fn read<'a>(&'a self, holder: Holder, name: &'a str) -> BoxFuture<'a, Result<Option<Held>, VaultError>>;

    /// Makes a change, all of it or nothing.
    fn write<'a>(&'a self, holder: Holder, name: &'a str, change: Change) -> BoxFuture<'a, Result<(), VaultError>>;
}

/// How often a change is tried again because somebody else was faster.
const ATTEMPTS: usize = 10;

/// Reads an object and changes it by what `decide` makes of its data, again where somebody else was faster. `None` changes
/// nothing.
pub(crate) async fn update<E: From<VaultError>>(
    vault: &dyn Vault,
    holder: Holder,
    name: &str,
    mut decide: impl FnMut(
        &BTreeMap<String, Sensitive<String>>,
    ) -> Result<Option<BTreeMap<String, Option<Sensitive<String>>>>, E>,
) -> Result<(), E> {
    for _ in 1..ATTEMPTS {
        let held = vault.read(holder, name).await?;
        let none = BTreeMap::new();
        let Some(keys) = decide(held.as_ref().map_or(&none, |held| &held.data))? else { return Ok(()) };
        match vault.write(holder, name, Change { keys, version: held.map(|held| held.version) }).await {
            Err(VaultError::Conflict) => {}
            done => return done.map_err(E::from),
        }
    }
    Err(VaultError::Conflict.into())
}
