//! Dependencies: which are on, under what name, and what they lend to their parent.

use bowline_base_gotmpl::{Map, MapKind, Numbers, Value, fmt, from_base};
use bowline_base_value::Value as BaseValue;

use crate::chart::Chart;
use crate::family::{Family, Id, Imports, ROOT, Requirement};
use crate::values::coalesce::{coalesce, copy_table, tables};
use crate::values::{Table, leaf, table};
use crate::versions;

/// The charts as these values make them: aliases given, charts that are switched off gone, values imported.
pub(crate) fn process<'c>(chart: &'c Chart, values: &Table) -> Result<Family<'c>, String> {
    let mut family = Family::new(chart);
    enable(&mut family, ROOT, values, "")?;
    import(&mut family, ROOT)?;
    Ok(family)
}

/// Names of dependencies that have no chart under `charts/`, whatever their version.
pub(crate) fn missing(chart: &Chart) -> Vec<&str> {
    let declared = chart.metadata.dependencies.iter().flatten();
    declared
        .filter(|dependency| !chart.dependencies.iter().any(|child| child.name() == dependency.name))
        .map(|dependency| dependency.name.as_str())
        .collect()
}

fn enable(family: &mut Family<'_>, id: Id, values: &Table, path: &str) -> Result<(), String> {
    if family.head(id).requirements.is_none() {
        return Ok(());
    }
    pick(family, id)?;
    let coalesced = coalesce(family, id, values, false)?;
    let mut requirements = family.head_mut(id).requirements.take().unwrap_or_default();
    tags(&mut requirements, &coalesced);
    conditions(&mut requirements, &coalesced, path);
    let off: Vec<String> = requirements.iter().filter(|r| !r.enabled).map(|r| r.name.clone()).collect();
    requirements.retain(|requirement| !off.contains(&requirement.name));
    let children: Vec<Id> = family.children(id).to_vec();
    let on: Vec<Id> = children.into_iter().filter(|child| !off.iter().any(|n| n == family.name(*child))).collect();
    for child in &on {
        let below = format!("{path}{}.", family.name(*child));
        enable(family, *child, &coalesced, &below)?;
    }
    // An empty list is none from here on, as Helm leaves it.
    family.head_mut(id).requirements = (!requirements.is_empty()).then_some(requirements);
    family.set_children(id, on);
    Ok(())
}

/// Picks the loaded charts that are required, in the order of the requirements; those that nothing requires come first.
fn pick(family: &mut Family<'_>, id: Id) -> Result<(), String> {
    let loaded = family.children(id).to_vec();
    let mut requirements = family.head_mut(id).requirements.take().unwrap_or_default();
    let fits = |family: &Family<'_>, child: Id, requirement: &Requirement<'_>| {
        family.name(child) == requirement.name
            && versions::is_compatible(&requirement.declared.version, &family.head(child).metadata.version)
    };
    let is_required = |child: &Id| requirements.iter().any(|requirement| fits(family, *child, requirement));
    let mut children: Vec<Id> = loaded.iter().copied().filter(|child| !is_required(child)).collect();
    for requirement in &mut requirements {
        let alias = &requirement.declared.alias;
        if let Some(child) = loaded.iter().find(|child| fits(family, **child, requirement)) {
            children.push(family.pick(*child, alias)?);
        }
        if !alias.is_empty() {
            requirement.name = alias.clone();
        }
        requirement.enabled = true;
    }
    family.head_mut(id).requirements = Some(requirements);
    family.set_children(id, children);
    Ok(())
}

fn tags(requirements: &mut [Requirement<'_>], values: &Map) {
    let Some(tags) = table(values, "tags") else { return };
    for requirement in requirements {
        let tagged = |wanted: bool| {
            let is = |tag: &String| matches!(tags.get(tag.as_bytes()), Some(Value::Bool(b)) if b == wanted);
            requirement.declared.tags.iter().any(is)
        };
        requirement.enabled = tagged(true) || !tagged(false);
    }
}

/// The first path of a condition that leads to a boolean decides.
fn conditions(requirements: &mut [Requirement<'_>], values: &Map, path: &str) {
    for requirement in requirements {
        let paths = requirement.declared.condition.trim().split(',').filter(|path| !path.is_empty());
        let found = paths.into_iter().find_map(|c| match leaf(values, &format!("{path}{c}")) {
            Some(Value::Bool(on)) => Some(on),
            _ => None,
        });
        if let Some(on) = found {
            requirement.enabled = on;
        }
    }
}

/// Children first: each chart's defaults take over what its `import-values` name.
fn import(family: &mut Family<'_>, id: Id) -> Result<(), String> {
    for child in family.children(id).to_vec() {
        import(family, child)?;
    }
    if family.head(id).requirements.is_none() {
        return Ok(());
    }
    let none = Map::new(MapKind::Any, std::iter::empty::<(&str, Value)>());
    let values = coalesce(family, id, &none, true)?;
    // Tables are taken over as they are and not as copies: what a second import adds to one is seen where it came from.
    let imported = none;
    for requirement in family.head_mut(id).requirements.iter_mut().flatten() {
        let Imports::Declared(declared) = requirement.imports else {
            requirement.imports = Imports::Done(Vec::new());
            continue;
        };
        let mut done = Vec::new();
        for import in declared {
            let (child, parent) = match import {
                BaseValue::String(name) => (format!("exports.{name}"), ".".to_string()),
                BaseValue::Object(map) => {
                    let part = |key: &str| {
                        let part = map.get(key).map_or(Value::Nil, |part| from_base(part, Numbers::Floats));
                        fmt::sprintf("%v", &[part]).to_str().into_owned()
                    };
                    (part("child"), part("parent"))
                }
                _ => continue,
            };
            if let Some(found) = table(&values, &format!("{}.{child}", requirement.name)) {
                tables(&imported, &under(&parent, found), true)?;
            }
            done.push((child, parent));
        }
        requirement.imports = Imports::Done(done);
    }
    family.spend(&values)?;
    family.spend(&imported)?;
    let values = copy_table(&values)?;
    tables(&values, &imported, true)?;
    family.set_defaults(id, values);
    Ok(())
}

/// The table under a path of names; `.` is the root.
fn under(path: &str, table: Table) -> Table {
    if path == "." {
        return table;
    }
    path.split('.').rev().fold(table, |inner, name| Map::new(MapKind::Any, [(name, Value::Map(inner))]))
}

#[cfg(test)]
mod tests;
