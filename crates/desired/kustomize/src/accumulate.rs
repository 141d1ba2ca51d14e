//! [`Level`]: one kustomization, and the recursion over what it is made of.

mod plugins;

use std::sync::Arc;

use bowline_base_value::yaml::from_yaml;

use crate::build::Session;
use crate::config::TransformerConfig;
use crate::error::{Context, Error, Result};
use crate::factory;
use crate::generate;
use crate::gitref::GitReference;
use crate::kustomization::{COMPONENT, Kustomization, Var};
use crate::loader::{Content, Loader, is_http};
use crate::origin::Origin;
use crate::resmap::ResMap;
use crate::transform;

/// The names that a kustomization file can have.
pub(crate) const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Steps that one kustomization takes, whatever is in it.
const LEVEL: u64 = 1_000;

/// One kustomization with its place.
pub(crate) struct Level<'p> {
    pub(crate) kustomization: Kustomization,
    pub(crate) file_name: &'static str,
    pub(crate) loader: Loader<'p>,
    /// Where this level is, while origins are wanted.
    pub(crate) origin: Option<Origin>,
    /// The namespace that charts get from the kustomizations above.
    helm_namespace: String,
}

/// What was gathered so far.
#[derive(Default)]
pub(crate) struct Accumulator {
    pub(crate) resources: ResMap,
    pub(crate) config: Option<Arc<TransformerConfig>>,
    pub(crate) vars: Vec<Var>,
}

// === impl Accumulator ===

impl Accumulator {
    fn merge_config(&mut self, config: &Arc<TransformerConfig>, session: &Session<'_>) -> Result<()> {
        let builtin = Arc::ptr_eq(config, &session.engine.config);
        match &mut self.config {
            // Merging into nothing is more than copying: a spec for all kinds goes where one for some kinds has its path.
            None if !builtin => {
                let mut own = TransformerConfig::default();
                own.merge(config)?;
                self.config = Some(Arc::new(own));
            }
            None => self.config = Some(config.clone()),
            // Most kustomizations have the built-in configuration and nothing else.
            Some(own) if Arc::ptr_eq(own, config) => {}
            Some(own) => Arc::make_mut(own).merge(config)?,
        }
        Ok(())
    }

    fn add_vars(&mut self, vars: &[Var]) -> Result<()> {
        for var in vars {
            if self.vars.iter().any(|known| known.name == var.name) {
                return Err(Error::Field {
                    field: "vars".to_string(),
                    reason: format!("var '{}' already encountered", var.name),
                });
            }
            self.vars.push(var.clone());
        }
        Ok(())
    }

    fn merge(&mut self, other: Accumulator, session: &Session<'_>) -> Result<()> {
        session.work.spend((self.resources.list.len() + other.resources.list.len()) as u64)?;
        self.resources.append_all(other.resources.list, &session.schema)?;
        if let Some(config) = &other.config {
            self.merge_config(config, session)?;
        }
        self.add_vars(&other.vars)
    }
}

// === impl Level ===

impl<'p> Level<'p> {
    /// Reads the kustomization file of a directory. It may only say nothing where it is edited then.
    pub(crate) fn load(session: &mut Session<'_>, loader: Loader<'p>, edited: bool) -> Result<Level<'p>> {
        session.work.spend(LEVEL)?;
        let mut found = FILE_NAMES.iter().filter_map(|name| loader.load(name).ok().map(|content| (*name, content)));
        let root = loader.shown_root();
        let Some((file_name, content)) = found.next() else {
            let names = "'kustomization.yaml', 'kustomization.yml' or 'Kustomization'";
            return Err(Error::Path(format!("unable to find one of {names} in directory '{root}'")));
        };
        if found.next().is_some() {
            return Err(Error::Path(format!("Found multiple kustomization files under: {root}\n")));
        }
        drop(found);
        let parse = |bytes: &[u8]| -> Result<Kustomization> {
            let text = std::str::from_utf8(bytes).map_err(|_| Error::Malformed {
                path: file_name.to_string(),
                reason: "is not UTF-8 text".to_string(),
            })?;
            Kustomization::parse(text)
        };
        let shown = || format!("invalid Kustomization {}/{file_name}", loader.shown_root());
        let kustomization = match &content {
            Content::Blob(blob) => session.engine.kustomizations.get(blob, parse).within(shown)?.as_ref().clone(),
            Content::Fetched(bytes) => parse(bytes).within(shown)?,
        };
        if !edited {
            kustomization.check_content().within(shown)?;
        }
        session.warnings.extend(kustomization.warnings.iter().map(|warning| warning.to_string()));
        Ok(Level { kustomization, file_name, loader, origin: None, helm_namespace: String::new() })
    }

    /// Lets the `openapi` field of this kustomization count, unless one did before.
    pub(crate) fn set_schema(&self, session: &mut Session<'_>) -> Result<()> {
        let openapi = &self.kustomization.openapi;
        let (path, version) = (openapi.get("path"), openapi.get("version"));
        if session.schema.is_chosen() {
            return Ok(());
        }
        if let Some(path) = path {
            let content = self.loader.load(path).within(|| "openapi.path".to_string())?;
            if version.is_some() {
                return Err(crate::schema::SchemaError::Both.into());
            }
            let document = from_yaml(content.text(path)?)
                .map_err(|error| Error::Malformed { path: path.clone(), reason: error.to_string() })?;
            session.schema.set_custom(path, &document)?;
        } else if let Some(version) = version.filter(|version| !version.is_empty()) {
            session.schema.choose_builtin(version)?;
        }
        Ok(())
    }

    /// Gathers everything that this kustomization is made of into `into`, and transforms it.
    pub(crate) fn accumulate(&mut self, session: &mut Session<'_>, into: &mut Accumulator) -> Result<()> {
        let kustomization = std::mem::take(&mut self.kustomization);
        let result = self.accumulate_all(&kustomization, session, into);
        self.kustomization = kustomization;
        result
    }

    fn accumulate_all(&mut self, k: &Kustomization, session: &mut Session<'_>, into: &mut Accumulator) -> Result<()> {
        self.accumulate_resources(k, &k.resources, session, into).within(|| "accumulating resources".to_string())?;
        let config = self.config(k, session)?;
        into.merge_config(&config, session).within(|| "merging configurations".to_string())?;
        for path in &k.crds {
            let content = self.loader.load(path).within(|| "loading CRDs".to_string())?;
            let found = TransformerConfig::from_definitions(path, content.text(path)?)?;
            into.merge_config(&Arc::new(found), session).within(|| format!("merging CRDs {path}"))?;
        }
        generate::run(self, k, session, &mut into.resources)?;
        self.run_generators(k, session, into)?;
        self.accumulate_components(k, session, into).within(|| "accumulating components".to_string())?;
        let config = into.config.clone().unwrap_or_else(|| session.engine.config.clone());
        transform::run(self, k, &config, session, &mut into.resources)?;
        self.run_transformers(&k.transformers, k, session, &mut into.resources)?;
        self.run_validators(k, session, &mut into.resources)?;
        transform::vars::bind(&k.vars, &mut into.resources, &session.schema)?;
        into.add_vars(&k.vars).within(|| "merging vars".to_string())
    }

    fn config(&self, k: &Kustomization, session: &Session<'_>) -> Result<Arc<TransformerConfig>> {
        if k.configurations.is_empty() {
            return Ok(session.engine.config.clone());
        }
        let mut config = TransformerConfig::clone(&session.engine.config);
        let mut own = TransformerConfig::default();
        for path in &k.configurations {
            let content = self.loader.load(path).within(|| "configurations".to_string())?;
            own.merge(&TransformerConfig::parse(path, content.text(path)?)?)?;
        }
        config.merge(&own)?;
        Ok(Arc::new(config))
    }

    /// Adds what each path stands for: the objects of a file, else what the kustomization in a directory makes.
    fn accumulate_resources(
        &mut self,
        k: &Kustomization,
        paths: &[String],
        session: &mut Session<'_>,
        into: &mut Accumulator,
    ) -> Result<()> {
        for (i, path) in paths.iter().enumerate() {
            let Err(as_file) = self.accumulate_file(path, session, into) else { continue };
            if as_file.is_pending() {
                self.announce(&paths[i + 1..]);
                return Err(as_file);
            }
            let loader = match self.loader.enter(path) {
                Ok(loader) => loader,
                Err(error) if error.is_pending() => {
                    self.announce(&paths[i + 1..]);
                    return Err(error);
                }
                // What cannot be had by its address is no directory either.
                Err(_) if as_file.is_malformed() || is_http(path) && GitReference::parse(path).is_none() => {
                    return Err(as_file);
                }
                Err(error) => {
                    let refused = matches!(error, Error::Refused(_));
                    let what = if refused { format!("resource {path}") } else { accumulation(&as_file) };
                    return Err(error).within(|| what);
                }
            };
            self.accumulate_directory(k, path, loader, false, session, into).within(|| accumulation(&as_file))?;
        }
        Ok(())
    }

    /// Asks for what is remote among the paths, so that all of it is fetched at once.
    fn announce(&self, paths: &[String]) {
        for path in paths {
            let waits = is_http(path) && self.loader.load(path).is_err_and(|error| error.is_pending());
            if !waits && GitReference::parse(path).is_some() {
                // Only that it was asked for counts.
                let _ = self.loader.enter(path);
            }
        }
    }

    fn accumulate_file(&self, path: &str, session: &Session<'_>, into: &mut Accumulator) -> Result<()> {
        let what = || format!("accumulating resources from '{path}'");
        let content = self.loader.load(path).within(what)?;
        let mut resources = factory::resources(path, &content, &session.engine.manifests).within(what)?;
        if let Some(origin) = &self.origin {
            for resource in &mut resources {
                resource.origin = Some(origin.append(path));
            }
        }
        session.work.spend((into.resources.list.len() + resources.len()) as u64)?;
        into.resources.append_all(resources, &session.schema).within(|| format!("merging resources from '{path}'"))
    }

    fn accumulate_components(
        &mut self,
        k: &Kustomization,
        session: &mut Session<'_>,
        into: &mut Accumulator,
    ) -> Result<()> {
        for path in &k.components {
            let loader = self.loader.enter(path)?;
            self.accumulate_directory(k, path, loader, true, session, into)?;
        }
        Ok(())
    }

    fn accumulate_directory(
        &mut self,
        k: &Kustomization,
        path: &str,
        loader: Loader<'p>,
        component: bool,
        session: &mut Session<'_>,
        into: &mut Accumulator,
    ) -> Result<()> {
        let root = loader.shown_root();
        let mut level =
            Level::load(session, loader, false).within(|| format!("couldn't make target for path '{root}'"))?;
        level.kustomization.build_metadata.clone_from(&k.build_metadata);
        level.origin = self.origin.as_ref().map(|origin| origin.append(path));
        level.helm_namespace = if k.namespace.is_empty() { self.helm_namespace.clone() } else { k.namespace.clone() };
        level.set_schema(session)?;
        let is_component = level.kustomization.kind == COMPONENT;
        if component != is_component {
            let reason = if component {
                format!("expected kind '{COMPONENT}' for path '{root}' but got '{}'", level.kustomization.kind)
            } else {
                format!("expected kind != '{COMPONENT}' for path '{root}'")
            };
            return Err(Error::Field { field: "kind".to_string(), reason });
        }
        let recursed = || format!("recursed accumulation of path '{root}'");
        if component {
            return level.accumulate(session, into).within(recursed);
        }
        let mut own = Accumulator::default();
        level.accumulate(session, &mut own).within(recursed)?;
        into.merge(own, session).within(|| format!("recursed merging from path '{root}'"))
    }

    /// The namespace of a chart that has none of its own.
    pub(crate) fn chart_namespace<'k>(&'k self, k: &'k Kustomization) -> &'k str {
        if k.namespace.is_empty() { &self.helm_namespace } else { &k.namespace }
    }
}

fn accumulation(as_file: &Error) -> String {
    format!("accumulation err='{}'", as_file.chain())
}
