//! [`Nobody`], shared by the tests of this crate that ask no engine.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use bowline_base_tree::{ObjectId, Tree};
use bowline_base_value::Value;
use bowline_core_crd::{Application, ApplicationTree, ResourceDiff};
use bowline_core_ports::{
    BoxFuture, ChartVersions, Charts, ClusterFacts, Engine, EngineError, Fields, Freshness, Manifests, Origin, Place,
    PlanAsked, Reached, Refs, Remotes, Resolved, ResolvedChart, RevisionMetadata, Rotated, SourceError, Sources,
};
use bowline_core_types::AppName;

/// Ports that nobody asks.
pub struct Nobody;

impl Engine for Nobody {
    fn tree<'a>(&'a self, _: &'a AppName) -> BoxFuture<'a, Result<ApplicationTree, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn managed<'a>(&'a self, _: &'a AppName) -> BoxFuture<'a, Result<Vec<ResourceDiff>, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn changes(&self, _: &AppName) -> Pin<Box<dyn futures::Stream<Item = ()> + Send>> {
        Box::pin(futures::stream::pending())
    }

    fn manifests<'a>(&'a self, _: &'a Application, _: Origin) -> BoxFuture<'a, Result<Manifests, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn plan<'a>(&'a self, _: &'a Application, _: PlanAsked) -> BoxFuture<'a, Result<Value, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn reach<'a>(&'a self, _: &'a Application) -> BoxFuture<'a, Result<Reached, EngineError>> {
        Box::pin(std::future::pending())
    }

    fn cluster<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<ClusterFacts>> {
        Box::pin(async { None })
    }

    fn invalidate<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

impl Remotes for Nobody {
    fn cluster_version<'a>(&'a self, _: &'a Fields) -> BoxFuture<'a, Result<String, String>> {
        Box::pin(async { Ok("1.36".to_string()) })
    }

    fn rotate<'a>(&'a self, _: &'a Fields) -> BoxFuture<'a, Result<Rotated, String>> {
        Box::pin(std::future::pending())
    }

    fn retire<'a>(&'a self, _: &'a Fields, _: &'a Rotated) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(std::future::pending())
    }

    fn check<'a>(&'a self, _: &'a Fields) -> BoxFuture<'a, Result<(), SourceError>> {
        Box::pin(async { Ok(()) })
    }

    fn refs<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Refs, SourceError>> {
        Box::pin(async { Ok(Refs::default()) })
    }
}

impl Sources for Nobody {
    fn resolve<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        _: Freshness,
    ) -> BoxFuture<'a, Result<Resolved, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn tree<'a>(&'a self, _: &'a str, _: &'a str, _: ObjectId) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn metadata<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: ObjectId,
    ) -> BoxFuture<'a, Result<RevisionMetadata, SourceError>> {
        Box::pin(std::future::pending())
    }
}

impl Charts for Nobody {
    fn resolve<'a>(
        &'a self,
        _: Place<'a>,
        _: &'a str,
        _: Freshness,
    ) -> BoxFuture<'a, Result<ResolvedChart, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn tree<'a>(&'a self, _: Place<'a>, _: &'a ResolvedChart) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn annotations<'a>(
        &'a self,
        _: Place<'a>,
        _: &'a ResolvedChart,
    ) -> BoxFuture<'a, Result<BTreeMap<String, String>, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn forget(&self, _: Place<'_>, _: &str) {}

    fn dependency<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        _: Freshness,
    ) -> BoxFuture<'a, Result<Tree, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn file<'a>(&'a self, _: &'a str, _: Freshness) -> BoxFuture<'a, Result<Arc<[u8]>, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn list<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Vec<ChartVersions>, SourceError>> {
        Box::pin(std::future::pending())
    }

    fn tags<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Vec<String>, SourceError>> {
        Box::pin(std::future::pending())
    }
}
