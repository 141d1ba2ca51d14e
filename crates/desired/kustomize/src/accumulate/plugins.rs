//! `generators`, `transformers` and `validators`: plugins by configuration. Only built-in ones run.

use bowline_base_value::{Value, yaml};

use super::{Accumulator, Level};
use crate::build::Session;
use crate::error::{Context, Error, Result};
use crate::factory;
use crate::generate;
use crate::kustomization::Kustomization;
use crate::origin::{ConfiguredBy, Origin};
use crate::resmap::ResMap;
use crate::resource::{KeepMetadata, Resource};
use crate::transform::plugin::Plugin;

/// A plugin's configuration with where it came from.
struct Configuration {
    kind: String,
    id: String,
    value: Value,
    origin: Option<Origin>,
}

// === impl Level ===

impl Level<'_> {
    /// The configurations that the entries of a field stand for: objects in place, or in files and directories.
    fn configurations(
        &mut self,
        entries: &[String],
        k: &Kustomization,
        session: &mut Session<'_>,
    ) -> Result<Vec<Configuration>> {
        let mut found = Accumulator::default();
        let mut paths = Vec::new();
        for entry in entries {
            match factory::resources_from_text(entry) {
                Ok(mut resources) => {
                    for resource in &mut resources {
                        resource.origin = self.origin.as_ref().map(|origin| origin.append(self.file_name));
                    }
                    found.resources.append_all(resources, &session.schema)?;
                }
                Err(_) => paths.push(entry.clone()),
            }
        }
        self.accumulate_resources(k, &paths, session, &mut found)?;
        found.resources.list.into_iter().map(|resource| configuration(resource, session)).collect()
    }

    pub(super) fn run_generators(
        &mut self,
        k: &Kustomization,
        session: &mut Session<'_>,
        into: &mut Accumulator,
    ) -> Result<()> {
        for plugin in
            self.configurations(&k.generators, k, session).within(|| "loading generator plugins".to_string())?
        {
            let mut resources = generate::from_plugin(self, &plugin.kind, &plugin.value, session)
                .within(|| format!("generator plugin {}", plugin.id))?;
            for resource in resources.iter_mut().filter(|resource| resource.origin.is_none()) {
                resource.origin.clone_from(&plugin.origin);
            }
            session.work.spend((into.resources.list.len() * resources.len()) as u64)?;
            into.resources
                .absorb(resources, &session.schema)
                .within(|| format!("merging from generator {}", plugin.id))?;
        }
        Ok(())
    }

    pub(super) fn run_transformers(
        &mut self,
        entries: &[String],
        k: &Kustomization,
        session: &mut Session<'_>,
        resources: &mut ResMap,
    ) -> Result<()> {
        for configured in self.configurations(entries, k, session)? {
            let failed = || format!("plugin {} fails configuration", configured.id);
            let plugin = Plugin::new(&configured.kind, &configured.value, &self.loader, session).within(failed)?;
            session.work.spend(1 + resources.list.len() as u64)?;
            plugin.run(resources, session)?;
            if let Some(origin) = &configured.origin {
                crate::transform::annotate(resources, origin);
            }
            resources.drop_empty();
        }
        Ok(())
    }

    /// Validators may change nothing but the label by which they say that they were there.
    pub(super) fn run_validators(
        &mut self,
        k: &Kustomization,
        session: &mut Session<'_>,
        resources: &mut ResMap,
    ) -> Result<()> {
        if k.validators.is_empty() {
            return Ok(());
        }
        let before: Vec<_> = resources.list.iter().map(|resource| resource.node.clone()).collect();
        self.run_transformers(&k.validators, k, session, resources)?;
        let mut after = resources.list.clone();
        for resource in &mut after {
            let mut labels = resource.labels();
            if labels.remove("validated-by").is_some() {
                resource.set_labels(&labels)?;
            }
        }
        if before.len() != after.len() || before.iter().zip(&after).any(|(old, new)| *old != new.node) {
            return Err(Error::Object("validator shouldn't modify the resource map".to_string()));
        }
        Ok(())
    }
}

fn configuration(resource: Resource, session: &Session<'_>) -> Result<Configuration> {
    let id = resource.original_id(&session.schema).to_string();
    let kind = resource.kind().to_string();
    if resource.api_version() != "builtin" {
        return Err(Error::Refused(format!(
            "external plugins disabled; unable to load external plugin '{kind}': programs and containers are not run"
        )));
    }
    let origin = resource.origin.clone().map(|origin| Origin {
        path: String::new(),
        configured_in: origin.path.clone(),
        configured_by: ConfiguredBy {
            api_version: resource.api_version().to_string(),
            kind: kind.clone(),
            name: resource.name().to_string(),
            namespace: resource.namespace().to_string(),
        },
        ..origin
    });
    let value = resource.into_value(KeepMetadata::default())?;
    // A plugin reads its configuration as the YAML that the object is printed as.
    let value = yaml::from_yaml(yaml::to_yaml(&value)).map_err(|error| Error::Object(error.to_string()))?;
    Ok(Configuration { kind, id, value, origin })
}
