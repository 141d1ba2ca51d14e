//! The generators, one file each.

mod config_map;
mod data;
mod helm;
mod iam;

use bowline_base_value::Value;

use crate::accumulate::Level;
use crate::build::Session;
use crate::decode::Mode;
use crate::error::{Context, Error, Result};
use crate::kustomization::{GeneratorArgs, GeneratorOptions, HelmChart, HelmGlobals, Kustomization};
use crate::resmap::ResMap;
use crate::resource::Resource;

/// Runs the generators that the fields of a kustomization stand for.
pub(crate) fn run(level: &Level<'_>, k: &Kustomization, session: &mut Session<'_>, into: &mut ResMap) -> Result<()> {
    let mut absorb = |mut resources: Vec<Resource>, kind: &str, session: &Session<'_>| {
        session.work.spend((into.list.len() * resources.len()) as u64)?;
        for resource in resources.iter_mut().filter(|resource| resource.origin.is_none()) {
            resource.origin = level.origin.as_ref().map(|origin| origin.configured(level.file_name, kind));
        }
        into.absorb(resources, &session.schema).within(|| format!("merging from generator {kind}"))
    };
    for (field, kind, entries) in [
        ("configMapGenerator", "ConfigMap", &k.config_map_generator),
        ("secretGenerator", "Secret", &k.secret_generator),
    ] {
        for (i, args) in entries.iter().enumerate() {
            let options = GeneratorOptions::merged(args.options.as_ref(), k.generator_options.as_ref());
            let made = config_map::make(kind, args, &options, &level.loader).within(|| format!("{field}[{i}]"))?;
            absorb(vec![made], &format!("{kind}Generator"), session)?;
        }
    }
    let globals = k.helm_globals.clone().unwrap_or_default();
    let mut pending = None;
    for (i, chart) in k.helm_charts.iter().enumerate() {
        let mut chart = chart.clone();
        if chart.namespace.is_empty() {
            chart.namespace = level.chart_namespace(k).to_string();
        }
        match helm::inflate(chart, &globals, &level.loader, session).within(|| format!("helmCharts[{i}]")) {
            // The others are asked for too, so that all are fetched at once.
            Err(error) if error.is_pending() => pending = Some(error),
            made => absorb(made?, "HelmChartInflationGenerator", session)?,
        }
    }
    pending.map_or(Ok(()), Err)
}

/// Runs a built-in generator that an object of `generators` configures.
pub(crate) fn from_plugin(
    level: &Level<'_>,
    kind: &str,
    config: &Value,
    session: &mut Session<'_>,
) -> Result<Vec<Resource>> {
    match kind {
        "ConfigMapGenerator" | "SecretGenerator" => {
            let secret = kind == "SecretGenerator";
            let read = if secret { GeneratorArgs::read_secret } else { GeneratorArgs::read_config_map };
            let mut args = read(config, "", Mode::Lenient)?;
            // The object's own name and namespace are those of what it makes.
            let metadata = |field: &str| config.str_at(&["metadata", field]).unwrap_or_default().to_string();
            if args.name.is_empty() {
                args.name = metadata("name");
            }
            if args.namespace.is_empty() {
                args.namespace = metadata("namespace");
            }
            let options = args.options.clone().unwrap_or_default();
            let kind = if secret { "Secret" } else { "ConfigMap" };
            Ok(vec![config_map::make(kind, &args, &options, &level.loader)?])
        }
        "HelmChartInflationGenerator" => {
            let chart = HelmChart::read(config, "", Mode::Lenient)?;
            let globals = HelmGlobals::read(config, "", Mode::Lenient)?;
            helm::inflate(chart, &globals, &level.loader, session)
        }
        "IAMPolicyGenerator" => iam::make(config),
        other => Err(Error::Refused(format!("plugin {other} not a generator"))),
    }
}
