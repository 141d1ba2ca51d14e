//! An application's objects: the managed ones, desired beside live, and the tree of all that they own.

use bowline_core_crd::{ApplicationTree, ResourceDiff};
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::Messages;
use bowline_web_wire::application::{ManagedResourcesResponse, ResourcesQuery};
use bowline_web_wire::tonic::Status;
use futures::StreamExt;

use super::find::{Named, find, text};
use crate::error;

fn named(query: &ResourcesQuery) -> Named<'_> {
    Named { name: text(&query.application_name), namespace: text(&query.app_namespace), project: text(&query.project) }
}

/// The managed objects that the query means.
pub(crate) async fn managed(
    context: &Context,
    caller: &Caller,
    query: &ResourcesQuery,
) -> Result<ManagedResourcesResponse, Status> {
    let found = find(context, caller, named(query))?;
    let all = context.engine.managed(&found.name).await.map_err(error::engine)?;
    let is = |asked: &Option<String>, value: &str| text(asked).is_empty() || text(asked) == value;
    let meant = |item: &ResourceDiff| {
        is(&query.namespace, &item.namespace)
            && is(&query.name, &item.name)
            && is(&query.group, &item.group)
            && is(&query.kind, &item.kind)
    };
    Ok(ManagedResourcesResponse { items: all.into_iter().filter(meant).collect() })
}

/// The tree.
pub(crate) async fn tree(
    context: &Context,
    caller: &Caller,
    query: &ResourcesQuery,
) -> Result<ApplicationTree, Status> {
    let found = find(context, caller, named(query))?;
    context.engine.tree(&found.name).await.map_err(error::engine)
}

/// The tree, at once and then whenever it is another one.
pub(crate) fn watch(
    context: &Context,
    caller: &Caller,
    query: &ResourcesQuery,
) -> Result<Messages<ApplicationTree>, Status> {
    let found = find(context, caller, named(query))?;
    let engine = context.engine.clone();
    let changes = engine.changes(&found.name);
    let trees = futures::stream::unfold((changes, None::<ApplicationTree>), move |(mut changes, mut last)| {
        let (engine, name) = (engine.clone(), found.name.clone());
        async move {
            loop {
                changes.next().await?;
                match engine.tree(&name).await {
                    Ok(tree) if last.as_ref() == Some(&tree) => {}
                    Ok(tree) => {
                        last = Some(tree.clone());
                        return Some((Ok(tree), (changes, last)));
                    }
                    // It is not compared yet: the next change will tell.
                    Err(told) if told.kind == bowline_core_ports::EngineErrorKind::NotYet => {}
                    Err(told) => return Some((Err(error::engine(told)), (changes, last))),
                }
            }
        }
    });
    Ok(Box::pin(trees))
}
