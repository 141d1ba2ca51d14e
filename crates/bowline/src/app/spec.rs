//! Flags put into a spec.

use bowline_core_crd::{
    ApplicationSource, ApplicationSourceHelm, ApplicationSourceKustomize, ApplicationSpec, Backoff, EnvEntry,
    HelmFileParameter, HelmParameter, IntOrString, JsonnetVar, KustomizeReplica, RetryStrategy, SyncPolicy,
    SyncPolicyAutomated,
};
use bowline_core_settings::{format_duration, parse_duration};

use super::source_flags::{SourceFlags, SpecFlags};
use crate::error::CliError;

/// Changes what the flags name in `spec`, and leaves the rest. `position` is the source among several, from 0.
pub fn set(spec: &mut ApplicationSpec, flags: &SpecFlags, position: Option<usize>) -> Result<(), CliError> {
    put(&mut spec.project, &flags.project);
    put(&mut spec.destination.namespace, &flags.dest_namespace);
    if let Some(server) = &flags.dest_server {
        spec.destination.server = server.clone();
        spec.destination.name.clear();
    }
    if let Some(name) = &flags.dest_name {
        spec.destination.name = name.clone();
        spec.destination.server.clear();
    }
    if flags.dest_server.is_some() && flags.dest_name.is_some() {
        return Err(CliError::usage(
            "a destination has a server or a name, not both: use --dest-server or --dest-name",
        ));
    }
    if let Some(limit) = flags.revision_history_limit {
        spec.revision_history_limit = Some(limit);
    }
    if set_hydrator(spec, flags) {
        return set_policy(&mut spec.sync_policy, flags);
    }
    let source = match position {
        Some(position) => spec
            .sources
            .get_mut(position)
            .ok_or_else(|| CliError::usage(format!("--source-position {} is not among the sources", position + 1)))?,
        None => spec.source.get_or_insert_with(ApplicationSource::default),
    };
    put(&mut source.repo_url, &flags.repo);
    set_source(source, &flags.source)?;
    set_policy(&mut spec.sync_policy, flags)
}

/// Changes what the flags say of the source hydrator; whether they say anything.
fn set_hydrator(spec: &mut ApplicationSpec, flags: &SpecFlags) -> bool {
    let given = [
        &flags.dry_source_repo,
        &flags.dry_source_path,
        &flags.dry_source_revision,
        &flags.sync_source_branch,
        &flags.sync_source_path,
        &flags.hydrate_to_branch,
    ];
    if given.iter().all(|flag| flag.is_none()) {
        return false;
    }
    let hydrator = spec.source_hydrator.get_or_insert_default();
    put(&mut hydrator.dry_source.repo_url, &flags.dry_source_repo);
    put(&mut hydrator.dry_source.path, &flags.dry_source_path);
    put(&mut hydrator.dry_source.target_revision, &flags.dry_source_revision);
    put(&mut hydrator.sync_source.target_branch, &flags.sync_source_branch);
    put(&mut hydrator.sync_source.path, &flags.sync_source_path);
    if let Some(branch) = &flags.hydrate_to_branch {
        hydrator.hydrate_to.get_or_insert_default().target_branch.clone_from(branch);
    }
    true
}

/// The place of a source among several, from 0; `None` where there is only one. It is said by its position, from 1, or its name.
pub fn position(
    spec: &ApplicationSpec,
    position: Option<usize>,
    name: Option<&str>,
) -> Result<Option<usize>, CliError> {
    let sources = spec.sources();
    if let Some(name) = name {
        let found = sources.iter().position(|source| source.name == name);
        return found.map(Some).ok_or_else(|| {
            let names: Vec<&str> = sources.iter().map(|s| s.name.as_str()).filter(|name| !name.is_empty()).collect();
            CliError::usage(format!("there is no source named {name:?}; the named ones are: {}", names.join(", ")))
        });
    }
    match (spec.has_multiple_sources(), position) {
        (false, _) => Ok(None),
        (true, None) => Err(CliError::usage(
            "the application has several sources: say which with --source-position (from 1) or --source-name",
        )),
        (true, Some(position)) if (1..=sources.len()).contains(&position) => Ok(Some(position - 1)),
        (true, Some(position)) => {
            Err(CliError::usage(format!("--source-position {position}: positions are from 1 to {}", sources.len())))
        }
    }
}

/// Changes what the flags name in `source`.
pub fn set_source(source: &mut ApplicationSource, flags: &SourceFlags) -> Result<(), CliError> {
    put(&mut source.path, &flags.path);
    put(&mut source.target_revision, &flags.revision);
    put(&mut source.tag_prefix, &flags.tag_prefix);
    put(&mut source.chart, &flags.helm_chart);
    put(&mut source.ref_, &flags.reference);
    put(&mut source.name, &flags.source_name);
    set_directory(source, flags)?;
    set_helm(source, flags)?;
    set_kustomize(source, flags)?;
    if flags.config_management_plugin.is_some() || !flags.plugin_env.is_empty() {
        let plugin = source.plugin.get_or_insert_default();
        put(&mut plugin.name, &flags.config_management_plugin);
        for pair in &flags.plugin_env {
            let (name, value) = pair_of(pair, "--plugin-env")?;
            plugin.env.retain(|e| e.name != name);
            plugin.env.push(EnvEntry { name, value });
        }
    }
    Ok(())
}

fn set_directory(source: &mut ApplicationSource, flags: &SourceFlags) -> Result<(), CliError> {
    let jsonnet = [
        &flags.jsonnet_tla_str,
        &flags.jsonnet_tla_code,
        &flags.jsonnet_ext_var_str,
        &flags.jsonnet_ext_var_code,
        &flags.jsonnet_libs,
    ];
    let any_jsonnet = jsonnet.iter().any(|list| !list.is_empty());
    let named = flags.directory_recurse.is_some()
        || flags.directory_exclude.is_some()
        || flags.directory_include.is_some()
        || flags.directory_disable_extension_filter.is_some();
    if !named && !any_jsonnet {
        return Ok(());
    }
    let directory = source.directory.get_or_insert_default();
    put(&mut directory.recurse, &flags.directory_recurse);
    put(&mut directory.exclude, &flags.directory_exclude);
    put(&mut directory.include, &flags.directory_include);
    put(&mut directory.disable_extension_filter, &flags.directory_disable_extension_filter);
    if any_jsonnet {
        let options = &mut directory.jsonnet;
        for (list, flag, code, tla) in [
            (&flags.jsonnet_tla_str, "--jsonnet-tla-str", false, true),
            (&flags.jsonnet_tla_code, "--jsonnet-tla-code", true, true),
            (&flags.jsonnet_ext_var_str, "--jsonnet-ext-var-str", false, false),
            (&flags.jsonnet_ext_var_code, "--jsonnet-ext-var-code", true, false),
        ] {
            for pair in list {
                let (name, value) = pair_of(pair, flag)?;
                let vars = if tla { &mut options.tlas } else { &mut options.ext_vars };
                vars.push(JsonnetVar { name, value, code });
            }
        }
        options.libs.extend(flags.jsonnet_libs.iter().cloned());
    }
    Ok(())
}

fn set_helm(source: &mut ApplicationSource, flags: &SourceFlags) -> Result<(), CliError> {
    let mut helm = source.helm.clone().unwrap_or_default();
    if !flags.values.is_empty() {
        helm.value_files = flags.values.clone();
    }
    if let Some(file) = &flags.values_literal_file {
        helm.values = crate::files::read(file)?;
        helm.values_object = None;
    }
    put(&mut helm.ignore_missing_value_files, &flags.ignore_missing_value_files);
    put(&mut helm.release_name, &flags.release_name);
    put(&mut helm.version, &flags.helm_version);
    put(&mut helm.pass_credentials, &flags.helm_pass_credentials);
    put(&mut helm.skip_crds, &flags.helm_skip_crds);
    put(&mut helm.skip_schema_validation, &flags.helm_skip_schema_validation);
    put(&mut helm.skip_tests, &flags.helm_skip_tests);
    put(&mut helm.namespace, &flags.helm_namespace);
    put(&mut helm.kube_version, &flags.helm_kube_version);
    if !flags.helm_api_versions.is_empty() {
        helm.api_versions = flags.helm_api_versions.clone();
    }
    for (list, flag, force_string) in [
        (&flags.parameters, "--parameter", false),
        (&flags.helm_set, "--helm-set", false),
        (&flags.helm_set_string, "--helm-set-string", true),
    ] {
        for pair in list {
            let (name, value) = pair_of(pair, flag)?;
            helm.parameters.retain(|p| p.name != name);
            helm.parameters.push(HelmParameter { name, value, force_string });
        }
    }
    for pair in &flags.helm_set_file {
        let (name, path) = pair_of(pair, "--helm-set-file")?;
        helm.file_parameters.retain(|p| p.name != name);
        helm.file_parameters.push(HelmFileParameter { name, path });
    }
    // An empty one says nothing, and would name the renderer all the same.
    source.helm = (*helm != ApplicationSourceHelm::default()).then_some(helm);
    Ok(())
}

fn set_kustomize(source: &mut ApplicationSource, flags: &SourceFlags) -> Result<(), CliError> {
    let mut kustomize = source.kustomize.clone().unwrap_or_default();
    put(&mut kustomize.name_prefix, &flags.nameprefix);
    put(&mut kustomize.name_suffix, &flags.namesuffix);
    put(&mut kustomize.version, &flags.kustomize_version);
    put(&mut kustomize.namespace, &flags.kustomize_namespace);
    put(&mut kustomize.kube_version, &flags.kustomize_kube_version);
    put(&mut kustomize.label_without_selector, &flags.kustomize_label_without_selector);
    put(&mut kustomize.label_include_templates, &flags.kustomize_label_include_templates);
    put(&mut kustomize.force_common_labels, &flags.kustomize_force_common_label);
    put(&mut kustomize.force_common_annotations, &flags.kustomize_force_common_annotation);
    put(&mut kustomize.ignore_missing_components, &flags.ignore_missing_components);
    if !flags.kustomize_api_versions.is_empty() {
        kustomize.api_versions = flags.kustomize_api_versions.clone();
    }
    for image in &flags.kustomize_images {
        // An image replaces the override of the same name.
        let name = |image: &str| image.split(['=', '@', ':']).next().unwrap_or_default().to_string();
        kustomize.images.retain(|known| name(known) != name(image));
        kustomize.images.push(image.clone());
    }
    for pair in &flags.kustomize_replicas {
        let (name, count) = pair_of(pair, "--kustomize-replica")?;
        let count: i32 = count
            .parse()
            .map_err(|_| CliError::usage(format!("--kustomize-replica {pair}: {count:?} is no number")))?;
        kustomize.replicas.retain(|r| r.name != name);
        kustomize.replicas.push(KustomizeReplica { name, count: IntOrString::Int(count) });
    }
    for (pairs, flag, map) in [
        (&flags.kustomize_common_labels, "--kustomize-common-label", &mut kustomize.common_labels),
        (&flags.kustomize_common_annotations, "--kustomize-common-annotation", &mut kustomize.common_annotations),
    ] {
        if !pairs.is_empty() {
            *map = pairs.iter().map(|pair| pair_of(pair, flag)).collect::<Result<_, _>>()?;
        }
    }
    source.kustomize = (*kustomize != ApplicationSourceKustomize::default()).then_some(kustomize);
    Ok(())
}

fn set_policy(policy: &mut Option<SyncPolicy>, flags: &SpecFlags) -> Result<(), CliError> {
    let mut changed = policy.clone().unwrap_or_default();
    match flags.sync_policy.as_deref() {
        None => {}
        // A policy that is set anew begins empty: what it may do is said by the flags beside it.
        Some("automated" | "auto" | "automatic") => changed.automated = Some(SyncPolicyAutomated::default()),
        Some("manual" | "none" | "") => changed.automated = None,
        Some(other) => {
            return Err(CliError::usage(format!(
                "--sync-policy {other}: use manual (or none), automated (or auto, automatic)"
            )));
        }
    }
    if flags.auto_prune.is_some() || flags.self_heal.is_some() || flags.allow_empty.is_some() {
        // What automated syncs may do can be said before they are switched on.
        let off = || SyncPolicyAutomated { enabled: Some(false), ..SyncPolicyAutomated::default() };
        let automated = changed.automated.get_or_insert_with(off);
        for (field, flag) in [
            (&mut automated.prune, flags.auto_prune),
            (&mut automated.self_heal, flags.self_heal),
            (&mut automated.allow_empty, flags.allow_empty),
        ] {
            *field = flag.or(*field);
        }
    }
    for option in &flags.sync_options {
        match option.strip_prefix('!') {
            Some(option) => changed.sync_options.retain(|o| o != option),
            None => {
                let name = |o: &str| o.split('=').next().unwrap_or_default().to_string();
                changed.sync_options.retain(|o| name(o) != name(option));
                changed.sync_options.push(option.clone());
            }
        }
    }
    set_retry(&mut changed.retry, flags)?;
    *policy = (changed != SyncPolicy::default()).then_some(changed);
    Ok(())
}

fn set_retry(retry: &mut Option<RetryStrategy>, flags: &SpecFlags) -> Result<(), CliError> {
    match flags.sync_retry_limit {
        Some(0) => *retry = None,
        Some(limit) => {
            let retry = retry.get_or_insert_default();
            retry.limit = limit;
            retry.backoff.get_or_insert_with(default_backoff);
        }
        None => {}
    }
    if let Some(refresh) = flags.sync_retry_refresh {
        retry.get_or_insert_default().refresh = refresh;
    }
    let backoff =
        (&flags.sync_retry_backoff_duration, &flags.sync_retry_backoff_max_duration, flags.sync_retry_backoff_factor);
    if backoff == (&None, &None, None) {
        return Ok(());
    }
    let retry = retry.as_mut().ok_or_else(|| {
        CliError::usage("--sync-retry-backoff-… says how a failed sync is tried again: add --sync-retry-limit N")
    })?;
    let stored = retry.backoff.get_or_insert_with(default_backoff);
    for (field, flag, name) in [
        (&mut stored.duration, backoff.0, "--sync-retry-backoff-duration"),
        (&mut stored.max_duration, backoff.1, "--sync-retry-backoff-max-duration"),
    ] {
        if let Some(text) = flag {
            let duration = parse_duration(text).map_err(|e| CliError::usage(format!("{name}: {e}")))?;
            *field = format_duration(duration);
        }
    }
    stored.factor = backoff.2.or(stored.factor);
    Ok(())
}

/// The contract's defaults.
pub fn default_backoff() -> Backoff {
    Backoff { duration: "5s".to_string(), factor: Some(2), max_duration: "3m0s".to_string() }
}

fn put<T: Clone>(field: &mut T, flag: &Option<T>) {
    if let Some(value) = flag {
        *field = value.clone();
    }
}

fn pair_of(pair: &str, flag: &str) -> Result<(String, String), CliError> {
    match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_string(), value.to_string())),
        _ => Err(CliError::usage(format!("{flag} {pair}: write NAME=VALUE"))),
    }
}

#[cfg(test)]
mod tests;
