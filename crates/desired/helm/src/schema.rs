//! `values.schema.json`.

use bowline_base_value::{Map, Value};

use crate::chart::Chart;

mod message;

/// Checks a chart's values, and those of its dependencies, against their schemas. The error lists what is wrong in each
/// chart, as Helm does.
pub(crate) fn validate(chart: &Chart, values: &Map) -> Result<(), String> {
    let mut faults = String::new();
    if let Some(schema) = &chart.schema
        && let Err(error) = check(schema, values)
    {
        faults.push_str(&format!("{}:\n{error}", chart.name()));
    }
    for child in &chart.dependencies {
        match values.get(child.name()) {
            None | Some(Value::Null) => {}
            Some(Value::Object(values)) => {
                if let Err(error) = validate(child, values) {
                    faults.push_str(&error);
                }
            }
            Some(other) => {
                let got = bowline_desired_gotmpl::from_base(other, bowline_desired_gotmpl::Numbers::Exact);
                let name = child.name();
                let got = got.type_name();
                faults.push_str(&format!("{name}:\ninvalid type for values: expected object (map), got {got}\n"));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn check(schema: &[u8], values: &Map) -> Result<(), String> {
    let schema: serde_json::Value = serde_json::from_slice(schema).map_err(|error| format!("{error}"))?;
    let validator = jsonschema::options()
        .with_retriever(Nothing)
        .build(&schema)
        .map_err(|error| format!("jsonschema: the schema is invalid: {error}"))?;
    let values = serde_json::Value::from(&Value::from(values.clone()));
    let faults: Vec<String> = validator.iter_errors(&values).map(|error| message::text(&error)).collect();
    if faults.is_empty() { Ok(()) } else { Err(format!("{}\n", faults.join("\n"))) }
}

/// References to other documents are not followed while rendering: a `urn:` stands for anything, as in Helm; others are errors.
struct Nothing;

impl jsonschema::Retrieve for Nothing {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<serde_json::Value, Box<dyn std::error::Error + Send + Sync>> {
        if uri.scheme().as_str() == "urn" {
            return Ok(serde_json::Value::Bool(true));
        }
        Err(format!("{uri}: a schema may only refer to itself here; put what it refers to into values.schema.json")
            .into())
    }
}
