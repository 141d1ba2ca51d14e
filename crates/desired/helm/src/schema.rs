//! `values.schema.json`.

use bowline_base_gotmpl::{Value as TemplateValue, quote, to_base};
use bowline_base_sprig::go_regex;
use referencing::{Draft, Error, Registry, Resolved, Resolver, Retrieve, Uri, meta};
use serde_json::Value as Json;

use crate::family::{Family, Id};
use crate::values::Table;

mod check;
mod fault;
mod format;
mod number;

use check::{Check, Place};

/// Where Helm's validator takes a schema to be.
const PLACE: &str = "file:///values.schema.json";

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

fn check(text: &[u8], values: &Table) -> Result<(), String> {
    let schema: Json = serde_json::from_slice(text).map_err(|error| unreadable(text, &error))?;
    let draft = draft_of(&schema);
    let registry = Registry::new()
        .draft(draft)
        .retriever(Nothing)
        .retrieve_known_draft_meta_schemas(false)
        .add(PLACE, draft.create_resource_ref(&schema))
        .and_then(referencing::RegistryBuilder::prepare)
        .map_err(|error| lookup_fault("", &error))?;
    let base = |uri: &str| referencing::uri::from_str(uri).map_err(|error| error.to_string());
    meta_check(draft, &schema, base(meta_schema(draft).0)?)?;
    let resolver = registry.resolver(base(PLACE)?).in_subresource(draft.create_resource_ref(&schema));
    let place = Place { schema: &schema, resolver: resolver.map_err(|error| lookup_fault("", &error))?, draft };
    references(&place, &mut Vec::new())?;
    let values = to_base(&values.clone().into()).map_err(|error| error.to_string())?;
    let faults = Check::default().faults(&place, &Json::from(&values));
    if faults.is_empty() { Ok(()) } else { Err(format!("{}\n", fault::lines(&faults))) }
}

/// The draft that a schema names; the newest where it names none that is known.
fn draft_of(schema: &Json) -> Draft {
    match Draft::default().detect(schema) {
        known @ (Draft::Draft4 | Draft::Draft6 | Draft::Draft7 | Draft::Draft201909) => known,
        _ => Draft::Draft202012,
    }
}

/// The URL of a draft's schema for schemas, and that schema.
fn meta_schema(draft: Draft) -> (&'static str, &'static Json) {
    match draft {
        Draft::Draft4 => ("http://json-schema.org/draft-04/schema", &meta::DRAFT4),
        Draft::Draft6 => ("http://json-schema.org/draft-06/schema", &meta::DRAFT6),
        Draft::Draft7 => ("http://json-schema.org/draft-07/schema", &meta::DRAFT7),
        Draft::Draft201909 => ("https://json-schema.org/draft/2019-09/schema", &meta::DRAFT201909),
        _ => ("https://json-schema.org/draft/2020-12/schema", &meta::DRAFT202012),
    }
}

/// Checks that the schema is one.
fn meta_check(draft: Draft, schema: &Json, base: Uri<String>) -> Result<(), String> {
    let (url, document) = meta_schema(draft);
    let known = referencing::SPECIFICATIONS.resolver(base);
    let faults = Check::of_schemas().faults(&Place { schema: document, resolver: known, draft }, schema);
    if faults.is_empty() {
        return Ok(());
    }
    let lines = fault::lines(&faults);
    Err(format!(
        "{:?} is not valid against metaschema: jsonschema validation failed with '{url}#'\n{lines}",
        format!("{PLACE}#")
    ))
}

/// Whether all references lead somewhere and all patterns are such, as far as they are reached.
fn references<'r>(place: &Place<'r>, seen: &mut Vec<*const Json>) -> Result<(), String> {
    let here = std::ptr::from_ref(place.schema);
    if seen.contains(&here) {
        return Ok(());
    }
    seen.push(here);
    if let Some(schema) = place.schema.as_object() {
        for keyword in ["$ref", "$dynamicRef"] {
            let Some(reference) = schema.get(keyword).and_then(Json::as_str) else { continue };
            let Some(target) = lookup(&place.resolver, reference)? else { continue };
            let (schema, resolver, draft) = target.into_inner();
            references(&Place { schema, resolver, draft }, seen)?;
        }
        let patterns = schema.get("patternProperties").and_then(Json::as_object).into_iter().flatten();
        for pattern in patterns.map(|(pattern, _)| pattern.as_str()).chain(schema.get("pattern").and_then(Json::as_str))
        {
            go_regex(pattern).map_err(|why| format!("invalid regex {}: {why}", quote(pattern.as_bytes())))?;
        }
    }
    for schema in place.draft.subresources_of(place.schema) {
        let resource = place.draft.create_resource_ref(schema);
        let resolver = place.resolver.in_subresource(resource).map_err(|error| lookup_fault("", &error))?;
        references(&Place { schema, resolver, draft: place.draft }, seen)?;
    }
    Ok(())
}

/// What a reference leads to; nothing where that is in a document that is passed over.
pub(super) fn lookup<'r>(resolver: &Resolver<'r>, reference: &str) -> Result<Option<Resolved<'r>>, String> {
    let error = match resolver.lookup(reference) {
        Ok(found) => return Ok(Some(found)),
        Err(error) => error,
    };
    let document = reference.split('#').next().unwrap_or_default();
    let passed_over =
        !document.is_empty() && matches!(resolver.lookup(document), Ok(found) if found.contents() == &Json::Bool(true));
    if passed_over { Ok(None) } else { Err(lookup_fault(reference, &error)) }
}

/// Why a reference leads nowhere.
fn lookup_fault(reference: &str, error: &Error) -> String {
    match error {
        Error::Unretrievable { source, .. } => source.to_string(),
        Error::PointerToNowhere { .. } | Error::InvalidArrayIndex { .. } => {
            let (document, pointer) = reference.split_once('#').unwrap_or((reference, ""));
            let document = if document.is_empty() { PLACE } else { document };
            format!("json-pointer in {:?} not found", format!("{document}#{pointer}"))
        }
        Error::NoSuchAnchor { anchor } => format!("anchor in {:?} not found", format!("{PLACE}#{anchor}")),
        other => other.to_string(),
    }
}

/// Why a schema is no JSON, as far as Go's words are known.
fn unreadable(text: &[u8], error: &serde_json::Error) -> String {
    match bowline_base_value::from_json(text) {
        Err(error) => error.reason,
        Ok(_) => error.to_string(),
    }
}

/// Nothing outside of the chart is read while rendering. What a schema says elsewhere is passed over: a `urn:` stands for
/// anything in Helm too, and what lies behind a URL is not there to be checked.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        match uri.scheme().as_str() {
            "urn" | "http" | "https" => Ok(Json::Bool(true)),
            _ => {
                let path = uri.path().as_str();
                Err(format!("failing loading \"{uri}\": open {path}: no such file or directory").into())
            }
        }
    }
}
