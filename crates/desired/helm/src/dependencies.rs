//! Dependencies: which are on, under what name, and what they lend to their parent.

use bowline_base_value::{Map, Value};

use crate::chart::Chart;
use crate::metadata::Dependency;
use crate::values::coalesce::{coalesce, tables};
use crate::values::{leaf, table};
use crate::versions;

/// The chart as these values make it: aliases given, charts that are switched off gone, values imported.
pub(crate) fn process(chart: &Chart, values: &Map) -> Result<Chart, String> {
    let mut chart = chart.clone();
    enable(&mut chart, values, "")?;
    import(&mut chart)?;
    Ok(chart)
}

/// Names of dependencies that have no chart under `charts/`, whatever their version.
pub(crate) fn missing(chart: &Chart) -> Vec<&str> {
    let declared = chart.metadata.dependencies.iter().flatten();
    declared
        .filter(|dependency| !chart.dependencies.iter().any(|child| child.name() == dependency.name))
        .map(|dependency| dependency.name.as_str())
        .collect()
}

fn enable(chart: &mut Chart, values: &Map, path: &str) -> Result<(), String> {
    let Some(mut declared) = chart.metadata.dependencies.take() else { return Ok(()) };
    let fits = |child: &Chart, dependency: &Dependency| {
        child.name() == dependency.name && versions::is_compatible(&dependency.version, &child.metadata.version)
    };
    // Charts that nothing declares come first.
    let loaded = std::mem::take(&mut chart.dependencies);
    let mut children: Vec<Chart> =
        loaded.iter().filter(|child| !declared.iter().any(|dependency| fits(child, dependency))).cloned().collect();
    for dependency in &mut declared {
        if let Some(child) = loaded.iter().find(|child| fits(child, dependency)) {
            let mut child = child.clone();
            if !dependency.alias.is_empty() {
                child.metadata.name = dependency.alias.clone();
            }
            children.push(child);
        }
        if !dependency.alias.is_empty() {
            dependency.name = dependency.alias.clone();
        }
        dependency.enabled = true;
    }
    chart.dependencies = children;
    let coalesced = coalesce(chart, values, false)?;
    tags(&mut declared, &coalesced);
    conditions(&mut declared, &coalesced, path);
    let off: Vec<String> = declared.iter().filter(|d| !d.enabled).map(|d| d.name.clone()).collect();
    chart.dependencies.retain(|child| !off.iter().any(|name| name == child.name()));
    declared.retain(|dependency| !off.contains(&dependency.name));
    for child in &mut chart.dependencies {
        let below = format!("{path}{}.", child.name());
        enable(child, &coalesced, &below)?;
    }
    // An empty list is none from here on, as Helm leaves it.
    chart.metadata.dependencies = (!declared.is_empty()).then_some(declared);
    Ok(())
}

fn tags(declared: &mut [Dependency], values: &Map) {
    let Some(tags) = table(values, "tags") else { return };
    for dependency in declared {
        let on = |wanted: bool| dependency.tags.iter().any(|tag| tags.get(tag) == Some(&Value::Bool(wanted)));
        dependency.enabled = on(true) || !on(false);
    }
}

/// The first path of a condition that leads to a boolean decides.
fn conditions(declared: &mut [Dependency], values: &Map, path: &str) {
    for dependency in declared {
        let condition = dependency.condition.trim().to_string();
        let found = condition
            .split(',')
            .filter(|c| !c.is_empty())
            .find_map(|c| leaf(values, &format!("{path}{c}")).and_then(Value::as_bool));
        if let Some(on) = found {
            dependency.enabled = on;
        }
    }
}

/// Children first: each chart's defaults take over what its `import-values` name.
fn import(chart: &mut Chart) -> Result<(), String> {
    for child in &mut chart.dependencies {
        import(child)?;
    }
    let Some(declared) = &chart.metadata.dependencies else { return Ok(()) };
    let values = coalesce(chart, &Map::new(), true)?;
    let mut imported = Map::new();
    for dependency in declared {
        for import in &dependency.import_values {
            let (child, parent) = match import {
                Value::String(name) => (format!("exports.{name}"), ".".to_string()),
                Value::Object(map) => {
                    let part = |key: &str| {
                        map.get(key).and_then(crate::metadata::scalar).unwrap_or_else(|| "<nil>".to_string())
                    };
                    (part("child"), part("parent"))
                }
                _ => continue,
            };
            if let Some(found) = table(&values, &format!("{}.{child}", dependency.name)) {
                tables(&mut imported, under(&parent, found), true);
            }
        }
    }
    let mut values = values;
    tables(&mut values, imported, true);
    chart.values = values.into();
    Ok(())
}

/// The table under a path of names; `.` is the root.
fn under(path: &str, table: &Map) -> Map {
    if path == "." {
        return table.clone();
    }
    path.split('.').rev().fold(table.clone(), |inner, name| [(name, Value::from(inner))].into_iter().collect())
}
