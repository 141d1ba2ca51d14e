//! The command `helm template [NAME] CHART` with its flags, as a function: where files come from, and where the text goes,
//! is the caller's business.

use std::sync::Arc;

use bowline_base_glob::PathPattern;
use bowline_base_gotmpl::{Host, Limits, MissingKey, Runtime, Templates, Text, Value as TemplateValue, quote};
use bowline_base_value::Value;

use crate::capabilities::{Capabilities, KubeVersion};
use crate::chart::Chart;
use crate::manifests::split;
use crate::render::{Helm, Release, RenderError, Rendered};
use crate::values::{self, set};

/// The flags that change what is printed, under their own names.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are helm's flags")]
pub struct Flags {
    /// `-f`, `--values`: each a list of names parted by commas.
    pub values: Vec<String>,
    pub set: Vec<String>,
    pub set_string: Vec<String>,
    pub set_json: Vec<String>,
    pub set_literal: Vec<String>,
    pub set_file: Vec<String>,
    pub namespace: String,
    pub name_template: String,
    pub generate_name: bool,
    pub include_crds: bool,
    pub skip_tests: bool,
    pub no_hooks: bool,
    pub is_upgrade: bool,
    pub skip_schema_validation: bool,
    /// `-s`, `--show-only`.
    pub show_only: Vec<String>,
    /// `-a`, `--api-versions`: each a list parted by commas.
    pub api_versions: Vec<String>,
    pub kube_version: String,
    /// `--output-dir`; empty for standard output.
    pub output_dir: String,
    /// `--release-name`: the release's name is part of the paths under the output directory.
    pub release_name: bool,
    pub debug: bool,
}

/// Where the command reads: the working directory, standard input, registries.
pub trait Reader {
    /// The bytes of a values file; `-` is standard input. The error is shown as it is.
    fn read(&self, name: &str) -> Result<Vec<u8>, String>;

    /// A chart by its path or reference.
    fn chart(&self, reference: &str) -> Result<Chart, String>;
}

/// What the command gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// For standard output.
    pub stdout: String,
    /// Files to be written, `(path, text)`, where an output directory was named; a path may come again and is added to.
    pub files: Vec<(String, String)>,
    /// Printed as `Error: …` to standard error; the exit code is 1 then.
    pub error: Option<String>,
}

/// Runs the command.
pub fn template(helm: &Helm, args: &[String], flags: &Flags, reader: &dyn Reader, host: &mut dyn Host) -> Output {
    let mut output = Output::default();
    if let Err(error) = run(helm, args, flags, reader, host, &mut output) {
        output.error = Some(error);
    }
    output
}

fn run(
    helm: &Helm,
    args: &[String],
    flags: &Flags,
    reader: &dyn Reader,
    host: &mut dyn Host,
    output: &mut Output,
) -> Result<(), String> {
    if args.is_empty() {
        let usage = "\"helm template\" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]";
        return Err(usage.to_string());
    }
    let mut capabilities = Capabilities::default();
    if !flags.kube_version.is_empty() {
        capabilities.kube_version = KubeVersion::parse(&flags.kube_version)
            .map_err(|error| format!("invalid kube version '{}': {error}", flags.kube_version))?;
    }
    for list in &flags.api_versions {
        capabilities.api_versions.extend(comma_list(list)?);
    }
    let (name, reference) = name_and_chart(args, flags, host)?;
    let chart_is_there = reader.chart(reference);
    let values = user_values(flags, reader)?;
    let chart = chart_is_there?;
    let mut release = Release::new(name, if flags.namespace.is_empty() { "default" } else { &flags.namespace });
    release.is_upgrade = flags.is_upgrade;
    release.capabilities = capabilities;
    release.skip_schema_validation = flags.skip_schema_validation;
    if let Err(why) = valid_release_name(&release.name) {
        let quoted = quote(release.name.as_bytes());
        // What the chart is, and whether it is whole, is looked at first.
        helm.check(&chart).map_err(|error| error.to_string())?;
        return Err(format!("release name check failed: release name {quoted}: {why}"));
    }
    let rendered = match helm.render(&chart, &values, &release, host) {
        Ok(rendered) => rendered,
        Err(RenderError::Manifests { reason, files }) if flags.debug => {
            let text: String = files
                .iter()
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(path, text)| format!("---\n# Source: {path}\n{text}\n"))
                .collect();
            output.stdout = format!("{}\n", text.trim());
            return Err(reason);
        }
        Err(RenderError::Manifests { reason, .. }) => {
            return Err(format!("{reason}\n\nUse --debug flag to render out invalid YAML"));
        }
        Err(error @ (RenderError::Template(_) | RenderError::KubeVersion(_))) if !flags.debug => {
            return Err(format!("{error}\n\nUse --debug flag to render out invalid YAML"));
        }
        Err(error) => return Err(error.to_string()),
    };
    if !flags.output_dir.is_empty() {
        write_out(&rendered, flags, &release.name, output);
        return Ok(());
    }
    let text = printed(&rendered, flags);
    if flags.show_only.is_empty() {
        output.stdout = text;
        return Ok(());
    }
    show_only(&text, &flags.show_only, output)
}

/// The hooks that are printed.
fn hooks<'r>(rendered: &'r Rendered, flags: &Flags) -> impl Iterator<Item = &'r crate::manifests::Manifest> {
    let (none, skip_tests) = (flags.no_hooks, flags.skip_tests);
    let is_test = |hook: &crate::manifests::Hook| hook.events.iter().any(|event| event == "test");
    let shown = move |hook: &&crate::manifests::Hook| !(none || (skip_tests && is_test(hook)));
    rendered.sorted.hooks.iter().filter(shown).map(|hook| &hook.manifest)
}

fn printed(rendered: &Rendered, flags: &Flags) -> String {
    let mut out = String::new();
    if flags.include_crds {
        for (path, file) in &rendered.crds {
            out.push_str(&format!("---\n# Source: {path}\n{}\n", String::from_utf8_lossy(&file.data)));
        }
    }
    for manifest in &rendered.sorted.manifests {
        out.push_str(&format!("---\n# Source: {}\n{}\n", manifest.path, manifest.content));
    }
    let mut out = format!("{}\n", out.trim());
    for manifest in hooks(rendered, flags) {
        out.push_str(&format!("---\n# Source: {}\n{}\n", manifest.path, manifest.content));
    }
    out
}

fn write_out(rendered: &Rendered, flags: &Flags, name: &str, output: &mut Output) {
    let dir = &flags.output_dir;
    let below = if flags.release_name { format!("{dir}/{name}") } else { dir.clone() };
    let mut write = |dir: &str, path: &str, text: &str| {
        output.files.push((format!("{dir}/{path}"), format!("---\n# Source: {path}\n{text}\n")));
        output.stdout.push_str(&format!("wrote {dir}/{path}\n"));
    };
    if flags.include_crds {
        for (path, file) in &rendered.crds {
            write(dir, path, &String::from_utf8_lossy(&file.data));
        }
    }
    for manifest in rendered.sorted.manifests.iter().chain(hooks(rendered, flags)) {
        write(&below, &manifest.path, &manifest.content);
    }
    // What is left for standard output is an empty text.
    output.stdout.push('\n');
}

fn show_only(text: &str, patterns: &[String], output: &mut Output) -> Result<(), String> {
    let documents = split(text);
    let mut shown = Vec::new();
    for pattern in patterns {
        let glob = PathPattern::new(pattern).ok();
        let before = shown.len();
        for document in &documents {
            // Below the chart's own name.
            let Some(path) = source_of(document).and_then(|source| source.split_once('/')).map(|(_, path)| path) else {
                continue;
            };
            if glob.as_ref().is_some_and(|glob| glob.matches(path)) {
                shown.push(*document);
            }
        }
        if shown.len() == before {
            return Err(format!("could not find template {pattern} in chart"));
        }
    }
    output.stdout = shown.iter().map(|document| format!("---\n{document}\n")).collect();
    Ok(())
}

/// What stands behind the first `# Source: ` with a path of several names.
fn source_of(document: &str) -> Option<&str> {
    document
        .lines()
        .filter_map(|line| line.split_once("# Source: ").map(|(_, source)| source))
        .find(|source| source.split_once('/').is_some_and(|(chart, rest)| !chart.is_empty() && !rest.is_empty()))
}

fn name_and_chart<'a>(args: &'a [String], flags: &Flags, host: &mut dyn Host) -> Result<(String, &'a str), String> {
    match args {
        [chart] if !flags.name_template.is_empty() => Ok((name_of_template(&flags.name_template, host)?, chart)),
        [chart] => Ok(("release-name".to_string(), chart)),
        [_, _] if flags.generate_name => Err("cannot set --generate-name and also specify a name".to_string()),
        [_, _] if !flags.name_template.is_empty() => {
            Err("cannot set --name-template and also specify a name".to_string())
        }
        [name, chart] => Ok((name.clone(), chart)),
        _ => Err(format!("expected at most two arguments, unexpected arguments: {}", args[2..].join(", "))),
    }
}

/// `--name-template`: a template with sprig's functions and no data.
pub(crate) fn name_of_template(text: &str, host: &mut dyn Host) -> Result<String, String> {
    if !text.contains("{{") {
        return Ok(text.to_string());
    }
    let functions = Arc::new(bowline_base_sprig::functions());
    let mut templates = Templates::new();
    templates.add("name-template", &Text::from(text), &functions).map_err(|error| error.message)?;
    let limits = Limits { steps: 1_000_000, bytes: 1 << 20, ..Limits::default() };
    let mut rt = Runtime::new("name-template", Arc::new(templates), functions, MissingKey::Default, limits, host);
    let out = rt.execute(&Text::from("name-template"), &TemplateValue::Nil).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Whether a release may have that name: DNS labels parted by dots, 53 characters at most.
pub fn valid_release_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("no name provided".to_string());
    }
    let label = |label: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        !label.is_empty()
            && label.bytes().all(|b| plain(b) || b == b'-')
            && label.bytes().next().is_some_and(plain)
            && label.bytes().next_back().is_some_and(plain)
    };
    if name.len() > 53 || !name.split('.').all(label) {
        return Err("invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*\
                    [a-z0-9])?)*$ and the length must not be longer than 53"
            .to_string());
    }
    Ok(())
}

/// What the user's files and flags give, in Helm's order: files, then JSON, typed, text, file and literal assignments.
pub(crate) fn user_values(flags: &Flags, reader: &dyn Reader) -> Result<Value, String> {
    let mut merged = Value::object();
    for list in &flags.values {
        for name in comma_list(list)? {
            let bytes = reader.read(&name)?;
            let read = values::from_yaml(&bytes);
            values::merge(&mut merged, &read.map_err(|error| format!("failed to parse {name}: {error}"))?);
        }
    }
    for text in &flags.set_json {
        let whole = if text.trim().starts_with('{') { "data JSON: " } else { "data " };
        set::set_json(&mut merged, text).map_err(|_| format!("failed parsing --set-json {whole}{text}"))?;
    }
    let map = merged.as_object_mut().ok_or("the values are not an object")?;
    let failed = |flag: &'static str| move |error: String| format!("failed parsing --{flag} data: {error}");
    for text in &flags.set {
        set::set(map, text, set::Style::Typed).map_err(failed("set"))?;
    }
    for text in &flags.set_string {
        set::set(map, text, set::Style::Strings).map_err(failed("set-string"))?;
    }
    let read = |name: &str| reader.read(name).map(|bytes| Value::from(String::from_utf8_lossy(&bytes).into_owned()));
    for text in &flags.set_file {
        set::set_files(map, text, &read).map_err(failed("set-file"))?;
    }
    for text in &flags.set_literal {
        set::set_literal(map, text).map_err(failed("set-literal"))?;
    }
    Ok(merged)
}

/// A flag's list: parted by commas, with the quotes of CSV.
fn comma_list(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut items = Vec::new();
    let mut rest = text;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let (item, after) = rest.split_once(',').map_or((rest, None), |(item, after)| (item, Some(after)));
            if item.contains('"') {
                return Err(format!("invalid argument {}: bare \" in non-quoted field", quote(text.as_bytes())));
            }
            items.push(item.to_string());
            match after {
                Some(after) => rest = after,
                None => return Ok(items),
            }
            continue;
        };
        let mut item = String::new();
        let mut chars = quoted.char_indices();
        let after = loop {
            match chars.next() {
                Some((i, '"')) if quoted[i + 1..].starts_with('"') => {
                    item.push('"');
                    chars.next();
                }
                Some((i, '"')) => break &quoted[i + 1..],
                Some((_, c)) => item.push(c),
                None => {
                    return Err(format!(
                        "invalid argument {}: extraneous or missing \" in quoted-field",
                        quote(text.as_bytes())
                    ));
                }
            }
        };
        items.push(item);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None if after.is_empty() => return Ok(items),
            None => {
                return Err(format!(
                    "invalid argument {}: extraneous or missing \" in quoted-field",
                    quote(text.as_bytes())
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_csv() {
        for (text, want) in [
            ("a,b", vec!["a", "b"]),
            ("", vec![]),
            ("\"a,b\",c", vec!["a,b", "c"]),
            ("\"a\"\"b\"", vec!["a\"b"]),
            ("a,", vec!["a", ""]),
        ] {
            assert_eq!(comma_list(text).unwrap(), want, "{text}");
        }
        assert!(comma_list("a\"b").is_err());
    }

    #[test]
    fn release_names() {
        for name in ["a", "a-b.c", "0", "a.b-c.d0"] {
            assert_eq!(valid_release_name(name), Ok(()), "{name}");
        }
        let long = "a".repeat(54);
        for name in ["", "A", "-a", "a-", "a..b", "a_b", &long] {
            assert!(valid_release_name(name).is_err(), "{name}");
        }
    }
}
