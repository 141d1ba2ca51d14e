//! `certificate.CertificateService`: TLS certificates in `argocd-tls-certs-cm`, host keys in `argocd-ssh-known-hosts-cm`.

mod known_hosts;
mod pem;

use std::collections::BTreeMap;

use bowline_base_glob::Glob;
use bowline_base_value::Value;
use bowline_core_crd::{Bytes, RepositoryCertificate, RepositoryCertificateList};
use bowline_core_rbac::action::{Create, Delete, Get, Update};
use bowline_core_rbac::{Action, object};
use bowline_web_wire::certificate::{
    CertificateService, RepositoryCertificateCreateRequest, RepositoryCertificateQuery,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::json;

use crate::caller::Caller;
use crate::context::{Context, config_maps};
use crate::failure::{denied, failed};

/// Certificates by host.
const TLS: &str = "argocd-tls-certs-cm";
/// Host keys, in the format of OpenSSH.
const SSH: &str = "argocd-ssh-known-hosts-cm";
/// Their key.
const KNOWN_HOSTS: &str = "ssh_known_hosts";

/// Certificates and host keys.
#[derive(Clone)]
pub struct Certificates(pub Context);

/// What is selected.
struct Wanted {
    host: Option<Glob>,
    kind: String,
    sub_kind: String,
}

// === impl Certificates ===

impl Certificates {
    fn permit<A: Action>(&self, caller: &Caller, action: A, host: &str) -> Result<(), Status> {
        let certificate = object::Certificate { name: host.to_string() };
        caller.enforcer().permit(action, certificate).map(|_proof| ()).map_err(denied)
    }

    /// What is known, each entry as it is told.
    fn known(&self) -> Vec<RepositoryCertificate> {
        let hosts = self.0.world.config(SSH, KNOWN_HOSTS).unwrap_or_default();
        let mut all: Vec<RepositoryCertificate> = known_hosts::read(&hosts).iter().map(ssh).collect();
        for (host, data) in self.0.world.config_map(TLS).unwrap_or_default() {
            all.extend(pem::split(&data).iter().map(|certificate| tls(&host, certificate)));
        }
        all
    }

    /// Changes a ConfigMap, which is made where there is none. `change` gives the keys that change (`None`: that go).
    async fn write(
        &self,
        name: &str,
        change: impl Fn(&BTreeMap<String, String>) -> Result<BTreeMap<String, Option<String>>, Status>,
    ) -> Result<(), Status> {
        let data_of = |map: &Value| -> BTreeMap<String, String> {
            let data = map.get("data").and_then(Value::as_object);
            data.into_iter()
                .flat_map(|data| data.iter())
                .map(|(k, v)| (k.to_string(), v.as_str().unwrap_or_default().to_string()))
                .collect()
        };
        let changed = self
            .0
            .change(&config_maps(), name, |stored| {
                let keys = change(&data_of(stored))?;
                Ok((!keys.is_empty()).then(|| Value::from(json!({ "data": keys }))))
            })
            .await?;
        let stored = match changed {
            Some(stored) => stored,
            None => {
                let keys = change(&BTreeMap::new())?;
                if keys.is_empty() {
                    return Ok(());
                }
                let labels = json!({"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd"});
                let map = json!({
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}, "data": keys,
                });
                self.0.create(&config_maps(), &Value::from(map)).await.map_err(failed)?
            }
        };
        let wanted = data_of(&stored);
        self.0.settle(|world| world.config_map(name).is_some_and(|known| known == wanted)).await;
        Ok(())
    }

    async fn add_ssh(
        &self,
        certificates: &[RepositoryCertificate],
        upsert: bool,
    ) -> Result<Vec<RepositoryCertificate>, Status> {
        let mut entries = Vec::new();
        for certificate in certificates.iter().filter(|certificate| certificate.cert_type == "ssh") {
            let data = String::from_utf8_lossy(&certificate.cert_data.0).trim().to_string();
            let entry = known_hosts::Entry::new(&certificate.server_name, &certificate.cert_sub_type, &data);
            entries.push(entry.map_err(Status::invalid_argument)?);
        }
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let before = known_hosts::read(&self.0.world.config(SSH, KNOWN_HOSTS).unwrap_or_default());
        self.write(SSH, |data| {
            let stored = data.get(KNOWN_HOSTS).map(String::as_str).unwrap_or_default();
            let text = known_hosts::add(stored, &entries, upsert).map_err(Status::unknown)?;
            Ok(if text == stored { BTreeMap::new() } else { [(KNOWN_HOSTS.to_string(), Some(text))].into() })
        })
        .await?;
        Ok(entries.iter().filter(|entry| !before.contains(entry)).map(ssh).collect())
    }

    async fn add_tls(
        &self,
        certificates: &[RepositoryCertificate],
        upsert: bool,
    ) -> Result<Vec<RepositoryCertificate>, Status> {
        let mut wanted: BTreeMap<String, String> = BTreeMap::new();
        for certificate in certificates.iter().filter(|certificate| certificate.cert_type == "https") {
            let data = String::from_utf8_lossy(&certificate.cert_data.0).trim().to_string();
            let parts = pem::split(&data);
            if parts.is_empty() || parts.iter().any(|part| pem::describe(part).is_err()) {
                return Err(Status::invalid_argument(format!(
                    "the data of server {:?} holds no certificates in PEM",
                    certificate.server_name
                )));
            }
            let host = certificate.server_name.trim();
            let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if host.is_empty() || !host.chars().all(valid) {
                return Err(Status::invalid_argument(format!("{host:?} is no name of a server")));
            }
            wanted.insert(host.to_string(), format!("{data}\n"));
        }
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.0.world.config_map(TLS).unwrap_or_default();
        self.write(TLS, |data| {
            let mut keys = BTreeMap::new();
            for (host, text) in &wanted {
                match data.get(host).map(|known| known.trim() == text.trim()) {
                    Some(true) => continue,
                    Some(false) if !upsert => {
                        return Err(Status::unknown(format!(
                            "TLS certificate for server '{host}' already exist, and upsert was not specified"
                        )));
                    }
                    _ => keys.insert(host.clone(), Some(text.clone())),
                };
            }
            Ok(keys)
        })
        .await?;
        let new = wanted.iter().filter(|(host, text)| before.get(*host).map(|known| known.trim()) != Some(text.trim()));
        Ok(new
            .flat_map(|(host, text)| pem::split(text).iter().map(|part| tls(host, part)).collect::<Vec<_>>())
            .collect())
    }
}

#[tonic::async_trait]
impl CertificateService for Certificates {
    async fn list_certificates(
        &self,
        request: Request<RepositoryCertificateQuery>,
    ) -> Result<Response<RepositoryCertificateList>, Status> {
        let caller = Caller::of(&request)?;
        let wanted = Wanted::new(&request.into_inner())?;
        let items = self.known().into_iter().filter(|known| wanted.is(known));
        let items = items.filter(|known| self.permit(&caller, Get, &known.server_name).is_ok()).collect();
        Ok(Response::new(RepositoryCertificateList { items, ..RepositoryCertificateList::default() }))
    }

    async fn create_certificate(
        &self,
        request: Request<RepositoryCertificateCreateRequest>,
    ) -> Result<Response<RepositoryCertificateList>, Status> {
        let caller = Caller::of(&request)?;
        let RepositoryCertificateCreateRequest { certificates, upsert } = request.into_inner();
        let certificates = certificates.unwrap_or_default().items;
        for certificate in &certificates {
            self.permit(&caller, Create, &certificate.server_name)?;
            if upsert {
                self.permit(&caller, Update, &certificate.server_name)?;
            }
            if !matches!(certificate.cert_type.as_str(), "ssh" | "https") {
                return Err(Status::invalid_argument(format!(
                    "certificate type {:?} is neither ssh nor https",
                    certificate.cert_type
                )));
            }
        }
        let mut items = self.add_ssh(&certificates, upsert).await?;
        items.extend(self.add_tls(&certificates, upsert).await?);
        Ok(Response::new(RepositoryCertificateList { items, ..RepositoryCertificateList::default() }))
    }

    async fn delete_certificate(
        &self,
        request: Request<RepositoryCertificateQuery>,
    ) -> Result<Response<RepositoryCertificateList>, Status> {
        let caller = Caller::of(&request)?;
        let query = request.into_inner();
        self.permit(&caller, Delete, &query.host_name_pattern)?;
        let wanted = Wanted::new(&query)?;
        let gone: Vec<RepositoryCertificate> = self.known().into_iter().filter(|known| wanted.is(known)).collect();
        // A pattern may reach further than what was asked about.
        for known in &gone {
            self.permit(&caller, Delete, &known.server_name)?;
        }
        if gone.iter().any(|known| known.cert_type == "ssh") {
            self.write(SSH, |data| {
                let stored = data.get(KNOWN_HOSTS).map(String::as_str).unwrap_or_default();
                let text = known_hosts::remove(stored, |entry| wanted.is(&ssh(entry)));
                Ok(if text == stored { BTreeMap::new() } else { [(KNOWN_HOSTS.to_string(), Some(text))].into() })
            })
            .await?;
        }
        let hosts: Vec<&String> =
            gone.iter().filter(|known| known.cert_type == "https").map(|known| &known.server_name).collect();
        if !hosts.is_empty() {
            self.write(TLS, |data| {
                Ok(hosts.iter().filter(|host| data.contains_key(**host)).map(|host| ((*host).clone(), None)).collect())
            })
            .await?;
        }
        Ok(Response::new(RepositoryCertificateList { items: gone, ..RepositoryCertificateList::default() }))
    }
}

// === impl Wanted ===

impl Wanted {
    fn new(query: &RepositoryCertificateQuery) -> Result<Wanted, Status> {
        let host = match query.host_name_pattern.as_str() {
            "" | "*" => None,
            pattern => Some(Glob::new(pattern, &[]).map_err(|error| Status::invalid_argument(error.to_string()))?),
        };
        let any = |text: &str| if text == "*" { String::new() } else { text.to_string() };
        Ok(Wanted { host, kind: any(&query.cert_type), sub_kind: any(&query.cert_sub_type) })
    }

    fn is(&self, known: &RepositoryCertificate) -> bool {
        self.host.as_ref().is_none_or(|host| host.matches(&known.server_name))
            && (self.kind.is_empty() || self.kind == known.cert_type)
            && (self.sub_kind.is_empty() || self.sub_kind == known.cert_sub_type)
    }
}

fn ssh(entry: &known_hosts::Entry) -> RepositoryCertificate {
    RepositoryCertificate {
        server_name: entry.host.clone(),
        cert_type: "ssh".to_string(),
        cert_sub_type: entry.kind.clone(),
        cert_data: Bytes::default(),
        cert_info: entry.fingerprint(),
    }
}

fn tls(host: &str, certificate: &str) -> RepositoryCertificate {
    let (sub_type, info) = pem::describe(certificate).unwrap_or_else(|reason| ("unknown".to_string(), reason));
    RepositoryCertificate {
        server_name: host.to_string(),
        cert_type: "https".to_string(),
        cert_sub_type: sub_type,
        cert_data: Bytes::default(),
        cert_info: info,
    }
}
