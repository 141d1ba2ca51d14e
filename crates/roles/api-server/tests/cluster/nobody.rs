//! [`Nobody`], shared by the tests of this crate that ask no engine.

use std::pin::Pin;

use bowline_base_tree::{ObjectId, Tree};
use bowline_core_crd::{Application, ApplicationTree, ResourceDiff};
use bowline_core_ports::{
    BoxFuture, ClusterFacts, Engine, EngineError, Fields, Freshness, Manifests, Origin, Reached, Refs, Remotes,
    Resolved, RevisionMetadata, SourceError, Sources,
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
