//! [`KubeCluster`].

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_kube::{
    ApiResource, Class, Client, DeleteOptions as KubeDelete, Discovery, Error, Patch, Propagation as KubePropagation,
    Validation, WriteOptions,
};
use bowline_base_value::{Map, Value};
use bowline_core_ports::{
    Applied, ApplyOptions, BoxFuture, Cluster, ClusterError, ClusterErrorKind, DeleteOptions, FieldValidation,
    KindInfo, Propagation, Write,
};
use bowline_core_types::{Gvk, Object, ResourceKey, SecretKey, digest_secret, is_secret};

use crate::{error, unknown};

/// One cluster, written to as whom the client acts as.
pub struct KubeCluster {
    pub(crate) client: Client,
    secrets: SecretKey,
    discovery: Arc<RwLock<Arc<Discovery>>>,
}

// === impl KubeCluster ===

impl KubeCluster {
    /// The cluster that `client` reaches, as far as `discovery` knows it. `secrets` is the key of the process's digests, the
    /// same as that of the live cache.
    pub fn new(client: Client, secrets: SecretKey, discovery: Arc<Discovery>) -> KubeCluster {
        KubeCluster { client, secrets, discovery: Arc::new(RwLock::new(discovery)) }
    }

    /// The same cluster, written to as somebody else.
    pub fn acting_as(&self, client: Client) -> KubeCluster {
        KubeCluster { client, secrets: self.secrets.clone(), discovery: self.discovery.clone() }
    }

    /// Takes over what a watch of the kinds has found.
    pub fn set_discovery(&self, discovery: Arc<Discovery>) {
        *self.discovery.write().unwrap_or_else(PoisonError::into_inner) = discovery;
    }

    fn known(&self, gvk: &Gvk) -> Option<ApiResource> {
        let discovery = self.discovery.read().unwrap_or_else(PoisonError::into_inner).clone();
        discovery.resource(&gvk.group, &gvk.version, &gvk.kind).cloned()
    }

    /// The kind as it is served; looked up anew where it is not known, because its CRD may have come a moment ago.
    pub(crate) async fn resource(&self, gvk: &Gvk) -> Result<ApiResource, ClusterError> {
        if let Some(resource) = self.known(gvk) {
            return Ok(resource);
        }
        self.fetch_kinds().await?;
        self.known(gvk).ok_or_else(|| {
            ClusterError::new(ClusterErrorKind::NoSuchKind, format!("the cluster does not serve the kind {gvk}"))
        })
    }

    async fn fetch_kinds(&self) -> Result<(), ClusterError> {
        let discovery = Discovery::fetch(&self.client).await.map_err(|e| error::plain(&e))?;
        self.set_discovery(Arc::new(discovery));
        Ok(())
    }

    /// An answer as an object without secrets.
    pub(crate) fn object(&self, value: Value) -> Result<Object, ClusterError> {
        let mut object = Object::new(value).map_err(|e| {
            ClusterError::new(ClusterErrorKind::Other, format!("the API server answered with something else: {e}"))
        })?;
        digest_secret(&mut object, &self.secrets);
        Ok(object)
    }

    async fn write(&self, object: &Object, options: &ApplyOptions) -> Result<Applied, ClusterError> {
        let gvk = object.gvk();
        let named_by_server = options.write == Write::Create && !object.generate_name().is_empty();
        if object.name().is_empty() && !named_by_server {
            let message = format!("{gvk}: metadata.name is missing: an object is applied by its name");
            return Err(ClusterError::new(ClusterErrorKind::Invalid, message));
        }
        let resource = self.resource(&gvk).await?;
        let told = |e: Error| told(&gvk, &e);
        let namespace = if resource.namespaced { object.namespace() } else { "" };
        let write = WriteOptions {
            dry_run: options.dry_run,
            field_manager: options.field_manager.clone(),
            force: options.force_conflicts && options.write == Write::ServerSideApply,
            validation: Some(match options.validation {
                FieldValidation::Strict => Validation::Strict,
                FieldValidation::Warn => Validation::Warn,
                FieldValidation::Ignore => Validation::Ignore,
            }),
        };
        let mut body = object.clone();
        prepare(&mut body, namespace);
        let answer = match options.write {
            Write::ServerSideApply => loop {
                let patch = Patch::Apply(body.value());
                let answer = self.client.patch(&resource, namespace, object.name(), "", patch, &write).await;
                match answer {
                    // Fields that nobody is to look for are left out, as the API server does for other ways of writing.
                    Err(Error::Status(status)) if options.validation == FieldValidation::Ignore => {
                        let mut value = body.value().clone();
                        let known = unknown::remove(&mut value, &status.message).then(|| Object::new(value));
                        match known {
                            Some(Ok(known)) => body = known,
                            _ => break Err(Error::Status(status)),
                        }
                    }
                    answer => break answer,
                }
            },
            Write::Create => self.client.create(&resource, namespace, body.value(), &write).await,
            Write::Replace => {
                if body.resource_version().is_empty() {
                    // Most kinds are only replaced at a version; it is that of now, because to replace is what was asked for.
                    let live: Value = self.client.get(&resource, namespace, object.name()).await.map_err(told)?;
                    let version = live.str_at(&["metadata", "resourceVersion"]).unwrap_or_default().to_string();
                    metadata(&mut body).insert("resourceVersion", version);
                }
                self.client.replace(&resource, namespace, object.name(), body.value(), &write).await
            }
        };
        let answer = answer.map_err(told)?;
        Ok(Applied { object: self.object(answer.value)?, created: answer.created, warnings: answer.warnings })
    }
}

impl Cluster for KubeCluster {
    fn kind(&self, gvk: &Gvk) -> Option<KindInfo> {
        self.known(gvk).map(|resource| KindInfo {
            plural: resource.plural.to_string(),
            namespaced: resource.namespaced,
            verbs: resource.verbs.iter().map(ToString::to_string).collect(),
        })
    }

    fn refresh_kinds(&self) -> BoxFuture<'_, Result<(), ClusterError>> {
        Box::pin(self.fetch_kinds())
    }

    fn get<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Object>, ClusterError>> {
        Box::pin(async move {
            let resource = self.resource(gvk).await?;
            let found: Option<Value> =
                self.client.find(&resource, namespace, name).await.map_err(|e| error::plain(&e))?;
            found.map(|value| self.object(value)).transpose()
        })
    }

    fn apply<'a>(
        &'a self,
        object: &'a Object,
        options: &'a ApplyOptions,
    ) -> BoxFuture<'a, Result<Applied, ClusterError>> {
        Box::pin(self.write(object, options))
    }

    fn delete<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        options: &'a DeleteOptions,
    ) -> BoxFuture<'a, Result<bool, ClusterError>> {
        Box::pin(async move {
            let resource = self.resource(gvk).await?;
            let options = KubeDelete {
                propagation: Some(match options.propagation {
                    Propagation::Foreground => KubePropagation::Foreground,
                    Propagation::Background => KubePropagation::Background,
                    Propagation::Orphan => KubePropagation::Orphan,
                }),
                dry_run: options.dry_run,
                uid: options.uid.clone(),
                resource_version: None,
                grace_period_seconds: options.force.then_some(0),
            };
            let uid_given = options.uid.is_some();
            match self.client.delete(&resource, &key.namespace, &key.name, &options).await {
                Ok(_) => Ok(true),
                Err(error) if error.is(Class::NotFound) => Ok(false),
                // Another object has the name now: the one that was meant is gone.
                Err(error) if uid_given && error.is(Class::Conflict) => Ok(false),
                Err(error) => Err(told(gvk, &error)),
            }
        })
    }

    fn patch<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a Value,
        dry_run: bool,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        let patch = if patch.as_array().is_some() { Patch::Json(patch) } else { Patch::Merge(patch) };
        Box::pin(self.patched(gvk, key, "", patch, dry_run))
    }

    fn patch_status<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a Value,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(self.patched(gvk, key, "status", Patch::Merge(patch), false))
    }
}

// === impl KubeCluster ===

impl KubeCluster {
    async fn patched(
        &self,
        gvk: &Gvk,
        key: &ResourceKey,
        subresource: &str,
        patch: Patch<'_>,
        dry_run: bool,
    ) -> Result<Object, ClusterError> {
        let resource = self.resource(gvk).await?;
        let options = WriteOptions {
            dry_run,
            field_manager: bowline_core_types::annotation::FIELD_MANAGER.to_string(),
            ..WriteOptions::default()
        };
        let answer = self.client.patch(&resource, &key.namespace, &key.name, subresource, patch, &options).await;
        self.object(answer.map_err(|e| told(gvk, &e))?.value)
    }
}

/// An error about an object of this kind.
fn told(gvk: &Gvk, e: &Error) -> ClusterError {
    if &*gvk.kind == "Secret" && gvk.group.is_empty() { error::secret(e) } else { error::plain(e) }
}

/// What a desired object may hold that no write takes: who manages its fields, and a namespace where its kind has none.
fn prepare(object: &mut Object, namespace: &str) {
    let metadata = metadata(object);
    metadata.remove("managedFields");
    if metadata.get("creationTimestamp").is_some_and(Value::is_null) {
        metadata.remove("creationTimestamp");
    }
    if namespace.is_empty() {
        metadata.remove("namespace");
    }
    if is_secret(object) {
        encode_string_data(object);
    }
}

/// Moves `stringData` into `data`, where the API server keeps it. Server-side apply would record the owner of the field that
/// was written, and nobody would own what is kept: it would never differ and never be removed.
fn encode_string_data(object: &mut Object) {
    let fields = object.fields_mut();
    let Some(Value::Object(strings)) = fields.get("stringData").cloned() else { return };
    fields.remove("stringData");
    let data = fields.entry("data");
    if data.is_null() {
        *data = Value::object();
    }
    // Anything else than a map is left for the API server to refuse.
    let Some(data) = data.as_object_mut() else { return };
    for (key, value) in strings.iter() {
        let value = value.as_str().map_or_else(|| value.clone(), |text| STANDARD.encode(text).into());
        data.insert(key.clone(), value);
    }
}

fn metadata(object: &mut Object) -> &mut Map {
    let metadata = object.fields_mut().entry("metadata");
    if metadata.as_object().is_none() {
        *metadata = Value::object();
    }
    metadata.as_object_mut().expect("because it was made an object above")
}
