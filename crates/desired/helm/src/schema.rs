//! `values.schema.json`.

use bowline_desired_gotmpl::{Value as TemplateValue, to_base};

use crate::family::{Family, Id};
use crate::values::Table;

mod message;

/// Checks a chart's values, and those of its dependencies, against their schemas. The error lists what is wrong in each
/// chart, as Helm does.
pub(crate) fn validate(family: &Family<'_>, id: Id, values: &Table) -> Result<(), String> {
    let mut faults = String::new();
    if let Some(schema) = &family.chart(id).schema
        && let Err(error) = check(schema, values)
    {
        faults.push_str(&format!("{}:\n{error}", family.name(id)));
    }
    for child in family.children(id) {
        let name = family.name(*child);
        match values.get(name.as_bytes()) {
            None | Some(TemplateValue::Nil) => {}
            Some(TemplateValue::Map(values)) => {
                if let Err(error) = validate(family, *child, &values) {
                    faults.push_str(&error);
                }
            }
            Some(other) => {
                let got = other.type_name();
                faults.push_str(&format!("{name}:\ninvalid type for values: expected object (map), got {got}\n"));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn check(schema: &[u8], values: &Table) -> Result<(), String> {
    let schema: serde_json::Value = serde_json::from_slice(schema).map_err(|error| format!("{error}"))?;
    let validator = jsonschema::options()
        .with_retriever(Nothing)
        .build(&schema)
        .map_err(|error| format!("jsonschema: the schema is invalid: {error}"))?;
    let values = to_base(&values.clone().into()).map_err(|error| error.to_string())?;
    let values = serde_json::Value::from(&values);
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
