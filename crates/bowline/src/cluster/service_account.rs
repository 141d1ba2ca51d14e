//! The account that the server uses in a destination cluster: made, found and removed, under the contract's names.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_kube::{ApiResource, Class, Client, DeleteOptions, Error, WriteOptions};
use bowline_base_value::{Value, from_json, yaml};

use crate::error::CliError;
use crate::kube::{Resource, failed};

/// The service account.
pub const ACCOUNT: &str = "argocd-manager";
const ROLE: &str = "argocd-manager-role";
const BINDING: &str = "argocd-manager-role-binding";
/// What follows the account's name in that of the Secret with its token.
const TOKEN: &str = "-long-lived-token";
const RBAC: &str = "rbac.authorization.k8s.io";

/// How long the cluster has to fill in a token. Its controller manager does so within a second.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(200);

/// Makes the account with all rights (in `namespaces` only, where any are given) and gives its token.
pub async fn install(target: &Client, system: &str, namespaces: &[String]) -> Result<String, CliError> {
    put(target, &accounts(), system, ACCOUNT, "{}").await?;
    let all = r#"{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}"#;
    if namespaces.is_empty() {
        let rules = format!(r#"{{"rules":[{all},{{"nonResourceURLs":["*"],"verbs":["*"]}}]}}"#);
        put(target, &rbac("ClusterRole", "clusterroles", false), "", ROLE, &rules).await?;
        let binding = rbac("ClusterRoleBinding", "clusterrolebindings", false);
        put(target, &binding, "", BINDING, &bound("ClusterRole", system)).await?;
    }
    for namespace in namespaces {
        let rules = format!(r#"{{"rules":[{all}]}}"#);
        put(target, &rbac("Role", "roles", true), namespace, ROLE, &rules).await?;
        put(target, &rbac("RoleBinding", "rolebindings", true), namespace, BINDING, &bound("Role", system)).await?;
    }
    token(target, system, ACCOUNT).await
}

/// The token of an account: from the Secret that the contract names after it, made where it is missing.
pub async fn token(target: &Client, system: &str, account: &str) -> Result<String, CliError> {
    let name = format!("{account}{TOKEN}");
    let asked = format!(
        r#"{{"type":"kubernetes.io/service-account-token","metadata":{{"annotations":{{"kubernetes.io/service-account.name":"{account}"}}}}}}"#
    );
    let secrets = Resource::Secrets.api();
    match create(target, &secrets, system, &name, &asked).await {
        Ok(()) => {}
        Err(error) if error.is(Class::AlreadyExists) => {}
        Err(error) => return Err(failed(error)),
    }
    let filled = async {
        loop {
            let secret: Value = target.get(&secrets, system, &name).await.map_err(failed)?;
            if let Some(token) = secret.str_at(&["data", "token"]) {
                return STANDARD
                    .decode(token)
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .ok_or_else(|| CliError::failed(format!("secret {system}/{name}: its token cannot be read")));
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, filled).await.unwrap_or_else(|_| {
        Err(CliError::failed(format!("the cluster gave service account {system}/{account} no token"))
            .hint("does the account exist, and does the cluster's controller manager run?"))
    })
}

/// Removes what [`install`] made for a whole cluster; what is not there is fine.
pub async fn uninstall(target: &Client) -> Result<(), CliError> {
    for (resource, namespace, name) in [
        (rbac("ClusterRoleBinding", "clusterrolebindings", false), "", BINDING),
        (rbac("ClusterRole", "clusterroles", false), "", ROLE),
        (accounts(), "kube-system", ACCOUNT),
    ] {
        match target.delete(&resource, namespace, name, &DeleteOptions::default()).await {
            Err(error) if !error.is(Class::NotFound) => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(())
}

/// The endpoint that the cluster publishes for everyone, and the authorities that vouch for it.
pub async fn published(target: &Client) -> Result<Option<(String, Option<Vec<u8>>)>, CliError> {
    let info: Option<Value> =
        target.find(&Resource::ConfigMaps.api(), "kube-public", "cluster-info").await.map_err(failed)?;
    let config = info.as_ref().and_then(|info| info.str_at(&["data", "kubeconfig"]));
    let Some(config) = config.and_then(|text| yaml::from_yaml(text).ok()) else { return Ok(None) };
    let cluster = config.pointer("/clusters/0/cluster");
    let text = |field: &str| cluster.and_then(|c| c.str_at(&[field])).unwrap_or_default();
    let ca = STANDARD.decode(text("certificate-authority-data")).ok().filter(|ca| !ca.is_empty());
    Ok((!text("server").is_empty()).then(|| (text("server").trim_end_matches('/').to_string(), ca)))
}

fn accounts() -> ApiResource {
    ApiResource::new("", "v1", "ServiceAccount", "serviceaccounts", true)
}

fn rbac(kind: &str, plural: &str, namespaced: bool) -> ApiResource {
    ApiResource::new(RBAC, "v1", kind, plural, namespaced)
}

fn bound(kind: &str, system: &str) -> String {
    format!(
        r#"{{"roleRef":{{"apiGroup":"{RBAC}","kind":"{kind}","name":"{ROLE}"}},"subjects":[{{"kind":"ServiceAccount","name":"{ACCOUNT}","namespace":"{system}"}}]}}"#
    )
}

/// Makes an object, or gives one that is there these fields.
async fn put(
    target: &Client,
    resource: &ApiResource,
    namespace: &str,
    name: &str,
    fields: &str,
) -> Result<(), CliError> {
    match create(target, resource, namespace, name, fields).await {
        Ok(()) => Ok(()),
        Err(error) if error.is(Class::AlreadyExists) => {
            let patch = object(resource, name, fields);
            let patch = bowline_base_kube::Patch::Merge(&patch);
            target
                .patch(resource, namespace, name, "", patch, &WriteOptions::default())
                .await
                .map(drop)
                .map_err(|e| told(resource, name, e))
        }
        Err(error) => Err(told(resource, name, error)),
    }
}

fn told(resource: &ApiResource, name: &str, error: Error) -> CliError {
    let hint = "the context's user must be allowed to make accounts and to give them all rights";
    match error.class() {
        Class::Forbidden => CliError::failed(format!("{} {name}: {error}", resource.kind)).hint(hint),
        _ => failed(error),
    }
}

async fn create(
    target: &Client,
    resource: &ApiResource,
    namespace: &str,
    name: &str,
    fields: &str,
) -> Result<(), Error> {
    target.create(resource, namespace, &object(resource, name, fields), &WriteOptions::default()).await.map(drop)
}

fn object(resource: &ApiResource, name: &str, fields: &str) -> Value {
    let mut object = from_json(fields.as_bytes()).expect("because the fields are written out above");
    for (path, value) in [
        (&["apiVersion"][..], resource.api_version()),
        (&["kind"], resource.kind.to_string()),
        (&["metadata", "name"], name.to_string()),
    ] {
        *object.ensure_path(path).expect("because the fields hold objects where objects belong") = value.into();
    }
    object
}
