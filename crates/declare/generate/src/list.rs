//! The list generator.

use bowline_base_value::{Map, Value, yaml};
use bowline_core_crd::ListGenerator;

use crate::Params;
use crate::fill::Filler;
use crate::values::text;

/// Each element is a set of parameters. Those of YAML are filled in before, where a matrix has parameters for them.
pub(crate) fn params(list: &ListGenerator, filler: &Filler<'_>) -> Result<Vec<Params>, String> {
    let mut sets = Vec::new();
    for (i, element) in list.elements.iter().enumerate() {
        let place = || format!("elements[{i}]");
        let element = Value::from(element.clone());
        let map = element.as_object().ok_or_else(|| format!("{} must be an object", place()))?;
        sets.push(if filler.is_go() { map.clone() } else { texts(map).map_err(|e| format!("{}: {e}", place()))? });
    }
    if !list.elements_yaml.is_empty() {
        let read = yaml::from_yaml(&list.elements_yaml).map_err(|error| format!("elementsYaml: {error}"))?;
        let items = match &read {
            Value::Null => &[],
            read => read.as_array().ok_or("elementsYaml must be a list")?,
        };
        for (i, item) in items.iter().enumerate() {
            let map = item.as_object().ok_or_else(|| format!("elementsYaml: item {i} must be an object"))?;
            sets.push(map.clone());
        }
    }
    Ok(sets)
}

/// Without Go templates parameters are texts, and `values` a map of them.
fn texts(element: &Map) -> Result<Params, String> {
    let mut params = Params::new();
    let mut put = |key: String, value: &Value| match value {
        Value::String(_) => {
            params.insert(key, value.clone());
            Ok(())
        }
        other => Err(format!(
            "{key} must be a string, is {} ({}); with goTemplate it may be anything",
            other.type_name(),
            text(other)
        )),
    };
    for (key, value) in element.iter() {
        if &**key != "values" {
            put(key.to_string(), value)?;
            continue;
        }
        let values = value.as_object().ok_or("values must be an object")?;
        for (key, value) in values.iter() {
            put(format!("values.{key}"), value)?;
        }
    }
    Ok(params)
}
