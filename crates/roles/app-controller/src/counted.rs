//! [`Counted`]: a cluster whose calls are counted for an application.

use bowline_core_crd::Application;
use bowline_core_ports::{
    Applied, ApplyOptions, BoxFuture, Cluster, ClusterError, ClusterErrorKind, DeleteOptions, KindInfo, Write,
};
use bowline_core_types::{Gvk, Object, ResourceKey};

use crate::metrics::{Metrics, Request};

/// A cluster whose calls are counted for an application.
pub struct Counted<'a> {
    /// The cluster.
    pub cluster: &'a dyn Cluster,
    /// Where they are counted.
    pub metrics: &'a Metrics,
    /// For whom.
    pub app: &'a Application,
    /// The URL of the cluster.
    pub server: &'a str,
}

// === impl Counted ===

impl Counted<'_> {
    fn count<T>(
        &self,
        result: &Result<T, ClusterError>,
        good: u16,
        (verb, kind, namespace): (&str, &str, &str),
        dry_run: bool,
    ) {
        let code = result.as_ref().map_or_else(|error| code(error.kind), |_| good);
        self.metrics.requested(self.app, self.server, &Request { code, verb, kind, namespace, dry_run });
    }
}

/// The status code that a kind of error stands for.
fn code(kind: ClusterErrorKind) -> u16 {
    match kind {
        ClusterErrorKind::NotFound | ClusterErrorKind::NoSuchKind => 404,
        ClusterErrorKind::AlreadyExists | ClusterErrorKind::Conflict => 409,
        ClusterErrorKind::Invalid => 422,
        ClusterErrorKind::Forbidden => 403,
        ClusterErrorKind::Unauthorized => 401,
        ClusterErrorKind::TooManyRequests => 429,
        ClusterErrorKind::Unreachable | ClusterErrorKind::Other => 0,
    }
}

impl Cluster for Counted<'_> {
    fn kind(&self, gvk: &Gvk) -> Option<KindInfo> {
        self.cluster.kind(gvk)
    }

    fn refresh_kinds(&self) -> BoxFuture<'_, Result<(), ClusterError>> {
        self.cluster.refresh_kinds()
    }

    fn get<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Object>, ClusterError>> {
        Box::pin(async move {
            let result = self.cluster.get(gvk, namespace, name).await;
            let good = if matches!(result, Ok(None)) { 404 } else { 200 };
            self.count(&result, good, ("Get", &gvk.kind, namespace), false);
            result
        })
    }

    fn apply<'a>(
        &'a self,
        object: &'a Object,
        options: &'a ApplyOptions,
    ) -> BoxFuture<'a, Result<Applied, ClusterError>> {
        Box::pin(async move {
            let result = self.cluster.apply(object, options).await;
            let good = if result.as_ref().is_ok_and(|applied| applied.created) { 201 } else { 200 };
            let verb = match options.write {
                Write::ServerSideApply => "Patch",
                Write::Create => "Create",
                Write::Replace => "Update",
            };
            self.count(&result, good, (verb, object.kind(), object.namespace()), options.dry_run);
            result
        })
    }

    fn delete<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        options: &'a DeleteOptions,
    ) -> BoxFuture<'a, Result<bool, ClusterError>> {
        Box::pin(async move {
            let result = self.cluster.delete(gvk, key, options).await;
            let good = if matches!(result, Ok(false)) { 404 } else { 200 };
            self.count(&result, good, ("Delete", &gvk.kind, &key.namespace), options.dry_run);
            result
        })
    }

    fn patch<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a bowline_base_value::Value,
        dry_run: bool,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(async move {
            let result = self.cluster.patch(gvk, key, patch, dry_run).await;
            self.count(&result, 200, ("Patch", &gvk.kind, &key.namespace), dry_run);
            result
        })
    }

    fn patch_status<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a bowline_base_value::Value,
    ) -> BoxFuture<'a, Result<Object, ClusterError>> {
        Box::pin(async move {
            let result = self.cluster.patch_status(gvk, key, patch).await;
            self.count(&result, 200, ("Patch", &gvk.kind, &key.namespace), false);
            result
        })
    }
}
