//! `gpgkey.GPGKeyService`: keys that may have signed commits, in `argocd-gpg-keys-cm`.

mod openpgp;

use bowline_base_value::Value;
use bowline_core_crd::{GnuPGPublicKey, GnuPGPublicKeyList};
use bowline_core_rbac::action::{Create, Delete, Get};
use bowline_core_rbac::{Action, object};
use bowline_web_wire::gpgkey::{
    GPGKeyService, GnuPGPublicKeyCreateRequest, GnuPGPublicKeyCreateResponse, GnuPGPublicKeyQuery,
    GnuPGPublicKeyResponse,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::{Map, Value as Json, json};

use crate::caller::Caller;
use crate::context::{Context, config_maps};
use crate::failure::{denied, failed};

/// Keys in armour by their ID.
const CONFIG: &str = "argocd-gpg-keys-cm";

/// Keys.
#[derive(Clone)]
pub struct GpgKeys(pub Context);

// === impl GpgKeys ===

impl GpgKeys {
    fn permit<A: Action>(&self, caller: &Caller, action: A, id: &str) -> Result<(), Status> {
        let key = object::GpgKey { name: id.to_string() };
        caller.enforcer().permit(action, key).map(|_proof| ()).map_err(denied)
    }

    fn known(&self) -> Vec<GnuPGPublicKey> {
        let map = self.0.world.config_map(CONFIG).unwrap_or_default();
        map.values().filter_map(|armour| openpgp::read(armour).ok()).flatten().collect()
    }

    async fn write(&self, keys: Map<String, Json>) -> Result<(), Status> {
        let patch = Value::from(json!({ "data": keys }));
        let changed = self.0.change(&config_maps(), CONFIG, |_| Ok(Some(patch.clone()))).await?;
        if changed.is_none() {
            let keys: Map<String, Json> = keys.clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
            let labels = json!({"app.kubernetes.io/name": CONFIG, "app.kubernetes.io/part-of": "argocd"});
            let map = json!({
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG, "labels": labels}, "data": keys,
            });
            self.0.create(&config_maps(), &Value::from(map)).await.map_err(failed)?;
        }
        self.0
            .settle(|world| {
                let known = world.config_map(CONFIG).unwrap_or_default();
                keys.iter().all(|(id, value)| known.get(id).map(String::as_str) == value.as_str())
            })
            .await;
        Ok(())
    }
}

#[tonic::async_trait]
impl GPGKeyService for GpgKeys {
    async fn list(&self, request: Request<GnuPGPublicKeyQuery>) -> Result<Response<GnuPGPublicKeyList>, Status> {
        let caller = Caller::of(&request)?;
        self.permit(&caller, Get, "")?;
        let mut items = self.known();
        for key in &mut items {
            key.key_data.clear();
        }
        Ok(Response::new(GnuPGPublicKeyList { items, ..GnuPGPublicKeyList::default() }))
    }

    async fn get(&self, request: Request<GnuPGPublicKeyQuery>) -> Result<Response<GnuPGPublicKey>, Status> {
        let caller = Caller::of(&request)?;
        self.permit(&caller, Get, "")?;
        let id = request.into_inner().key_id;
        let wanted =
            openpgp::short(&id).ok_or_else(|| Status::unknown(format!("KeyID is malformed or empty: {id:?}")))?;
        let found = self.known().into_iter().find(|key| key.key_id == wanted);
        found.map(Response::new).ok_or_else(|| Status::unknown(format!("No such key: {wanted}")))
    }

    async fn create(
        &self,
        request: Request<GnuPGPublicKeyCreateRequest>,
    ) -> Result<Response<GnuPGPublicKeyCreateResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.permit(&caller, Create, "")?;
        let asked = request.into_inner();
        let armour = asked.publickey.unwrap_or_default().key_data;
        if armour.trim().is_empty() {
            return Err(Status::invalid_argument("Submitted key data is empty"));
        }
        let keys = openpgp::read(&armour).map_err(Status::invalid_argument)?;
        let known = self.0.world.config_map(CONFIG).unwrap_or_default();
        let (mut created, mut skipped, mut data) = (Vec::new(), Vec::new(), Map::new());
        for key in keys {
            match known.get(&key.key_id) {
                Some(_) if !asked.upsert => skipped.push(key.key_id),
                _ => {
                    data.insert(key.key_id.clone(), Json::from(key.key_data.as_str()));
                    created.push(key);
                }
            }
        }
        if !data.is_empty() {
            self.write(data).await?;
        }
        let created = Some(GnuPGPublicKeyList { items: created, ..GnuPGPublicKeyList::default() });
        Ok(Response::new(GnuPGPublicKeyCreateResponse { created, skipped }))
    }

    async fn delete(&self, request: Request<GnuPGPublicKeyQuery>) -> Result<Response<GnuPGPublicKeyResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.permit(&caller, Delete, "")?;
        let id = request.into_inner().key_id;
        let wanted =
            openpgp::short(&id).ok_or_else(|| Status::unknown(format!("KeyID is malformed or empty: {id:?}")))?;
        if !self.0.world.config_map(CONFIG).unwrap_or_default().contains_key(&wanted) {
            return Err(Status::unknown(format!("No such key: {wanted}")));
        }
        self.write([(wanted, Json::Null)].into_iter().collect()).await?;
        Ok(Response::new(GnuPGPublicKeyResponse {}))
    }
}
