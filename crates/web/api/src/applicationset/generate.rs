//! The applications that a set makes: what its generators read is fetched, and they run.

use std::sync::Arc;

use bowline_base_clock::Clock;
use bowline_base_tree::Tree;
use bowline_core_crd::{AppProject, Application, ApplicationSet};
use bowline_core_ports::Freshness;
use bowline_core_project::is_source_permitted;
use bowline_declare_generate::{GenerateError, Host, Outcome, Repository, Supplied, generate};
use bowline_web_admin::Context;
use bowline_web_auth::{Random, SystemRandom};
use bowline_web_wire::tonic::Status;

use crate::store::Kept;

/// Repositories that one set may read.
const REPOSITORIES: usize = 100;

/// Time and randomness for templates.
struct Machine(Arc<dyn Clock>);

impl Host for Machine {
    fn random(&mut self, bytes: &mut [u8]) {
        SystemRandom.fill(bytes);
    }

    fn now(&self) -> (i64, u32) {
        let now = self.0.now();
        (now.as_second(), now.subsec_nanosecond().unsigned_abs())
    }
}

/// All of them, or the first thing that is wrong.
pub(crate) async fn applications(
    context: &Context,
    set: &ApplicationSet,
    project: &AppProject,
) -> Result<Vec<Application>, Status> {
    let unable = |reason: &dyn std::fmt::Display| {
        Status::invalid_argument(format!("unable to generate Applications of ApplicationSet: {reason}"))
    };
    let clusters = context.world.clusters().into_iter().map(|(_, cluster)| cluster);
    let mut supplied = Supplied {
        // A cluster of another project is none of the set's.
        clusters: clusters
            .filter(|cluster| cluster.project.is_empty() || cluster.project == project.metadata.name)
            .collect(),
        in_cluster: context.world.settings().in_cluster_enabled,
        ..Supplied::default()
    };
    let set = Arc::new(set.clone());
    loop {
        let (run, known, clock) = (set.clone(), supplied.clone(), context.clock.clone());
        // Templates may run for a second.
        let made = tokio::task::spawn_blocking(move || generate(&run, &known, &mut Machine(clock))).await;
        let needs = match made.map_err(|_| Status::internal("the generators broke off"))? {
            Outcome::Made { applications, errors } => {
                return match errors.first() {
                    None => Ok(applications.iter().map(Application::bare).collect()),
                    Some(error) => Err(unable(&told(error, errors.len() - 1))),
                };
            }
            Outcome::Needs(needs) => needs,
        };
        if supplied.trees.len() + needs.len() > REPOSITORIES {
            return Err(unable(&format!("its generators read more than {REPOSITORIES} repositories")));
        }
        for repository in needs {
            let tree = fetch(context, project, &repository).await;
            supplied.trees.insert(repository, tree);
        }
    }
}

fn told(error: &GenerateError, more: usize) -> String {
    if more == 0 { error.to_string() } else { format!("{error} (and {more} more)") }
}

/// The files of a repository that the project may read.
async fn fetch(context: &Context, project: &AppProject, repository: &Repository) -> Result<Tree, String> {
    let (url, name) = (&repository.url, &project.metadata.name);
    if !is_source_permitted(&project.spec, url) {
        return Err(format!("the repository is not permitted in project {name:?}: add it to sourceRepos"));
    }
    let resolved = context.sources.resolve(url, name, &repository.revision, Freshness::Now).await;
    let commit = resolved.map_err(|error| error.to_string())?.commit;
    context.sources.tree(url, name, commit).await.map_err(|error| error.to_string())
}
