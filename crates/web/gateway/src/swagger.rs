//! The API described as Swagger 2.0, from the definitions: for documents, and for programs that make types of it.

use std::collections::BTreeSet;

use bowline_core_crd::wire::FieldInfo;
use bowline_core_crd::{MessageTable, protobuf};
use bowline_web_wire::json::Shape;
use bowline_web_wire::{Api, Binding, Body, Kind, Rpc, SERVICES};
use serde_json::{Map, Value, json};

/// How deep fields of fields are shown as parameters of a query.
const DEPTH: usize = 4;

/// Describes the RPCs that REST reaches: paths, parameters, and the messages as JSON shows them. Names are those that
/// grpc-gateway gives: `ApplicationService_List`, `v1alpha1Application`.
pub fn swagger(api: &Api) -> Value {
    let mut table = MessageTable::new();
    for method in api.methods().filter(|method| !method.rpc().bindings.is_empty()) {
        method.collect(&mut table);
        method.collect_answer(&mut table);
    }
    let mut paths = Map::new();
    let mut seen = BTreeSet::new();
    for service in SERVICES {
        for rpc in service.rpcs.iter().filter(|rpc| api.method(rpc.path).is_some()) {
            for (index, binding) in rpc.bindings.iter().enumerate() {
                let path = binding.path.replace("=**}", "}");
                // Of two RPCs on one path the first counts, as in the gateway.
                if seen.insert((path.clone(), binding.verb)) {
                    let operations = paths.entry(path).or_insert_with(|| json!({}));
                    operations[binding.verb.to_lowercase()] = operation(rpc, binding, index, &table);
                }
            }
        }
    }
    let mut definitions: Map<String, Value> =
        table.keys().map(|name| (definition_name(name), definition(name, &table))).collect();
    definitions.insert("runtimeError".to_owned(), error());
    definitions.insert("runtimeStreamError".to_owned(), stream_error());
    json!({
        "swagger": "2.0",
        "info": {
            "title": "Bowline",
            "description": "Applications, projects, clusters and repositories of a continuous delivery server.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": paths,
        "definitions": definitions,
    })
}

/// `v1alpha1Application`, `clusterClusterQuery`, `v1ObjectMeta`: the last word of the package and the name.
fn definition_name(message: &str) -> String {
    let full = if message.contains('.') { message.to_owned() } else { protobuf::full_name(message) };
    let mut words = full.rsplit('.');
    let (name, package) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    format!("{package}{name}")
}

fn reference(message: &str) -> Value {
    json!({"$ref": format!("#/definitions/{}", definition_name(message))})
}

/// The name in the table of a message of an RPC.
fn table_name(full: &'static str) -> &'static str {
    let foreign = ["github.com.", "k8s.io."].iter().any(|package| full.starts_with(package));
    if foreign { full.rsplit('.').next().unwrap_or(full) } else { full }
}

/// The fields of a message as JSON shows them: inlined ones in their place.
fn shown<'a>(message: &str, table: &'a MessageTable) -> Vec<&'a FieldInfo> {
    let fields = table.get(message).map(Vec::as_slice).unwrap_or_default();
    let fields =
        fields.iter().flat_map(|field| if field.inline { shown(&field.type_name, table) } else { vec![field] });
    fields.collect()
}

/// A wrapper around a list or map shows as what it wraps.
fn wrapped<'a>(message: &str, table: &'a MessageTable) -> Option<&'a FieldInfo> {
    match table.get(message).map(Vec::as_slice) {
        Some([field]) if field.inline && !table.contains_key(field.type_name.as_str()) => Some(field),
        _ => None,
    }
}

fn definition(name: &str, table: &MessageTable) -> Value {
    if let Some(field) = wrapped(name, table) {
        return schema(&shape(&field.type_name));
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in shown(name, table) {
        let mut property = schema(&shape(&field.type_name));
        if name == "ResourceOverride" && field.type_name == "OverrideIgnoreDiff" {
            property = json!({"type": "string"}); // YAML in a text
        }
        // A reference stands alone: what is beside it is not read.
        if property.get("$ref").is_none() {
            property["description"] = field.doc.clone().into();
        }
        if field.required {
            required.push(field.json);
        }
        properties.insert(field.json.to_owned(), property);
    }
    let mut definition = json!({"type": "object"});
    if !properties.is_empty() {
        definition["properties"] = properties.into();
    }
    if !required.is_empty() {
        definition["required"] = required.into();
    }
    definition
}

fn shape(type_name: &str) -> Shape {
    Shape::of(type_name)
}

fn schema(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": "string"}),
        Shape::Bool => json!({"type": "boolean"}),
        Shape::Number(true) => json!({"type": "integer", "format": "int32"}),
        Shape::Number(false) => json!({"type": "integer", "format": "int64"}),
        Shape::Bytes => json!({"type": "string", "format": "byte"}),
        Shape::Time => json!({"type": "string", "format": "date-time"}),
        Shape::NumberOrText => json!({"x-kubernetes-int-or-string": true}),
        Shape::Any => json!({}),
        Shape::List(item) => json!({"type": "array", "items": schema(item)}),
        Shape::Map(value) => json!({"type": "object", "additionalProperties": schema(value)}),
        Shape::Message(name) => reference(name),
    }
}

fn operation(rpc: &Rpc, binding: &Binding, index: usize, table: &MessageTable) -> Value {
    let service = rpc.service.rsplit('.').next().unwrap_or(rpc.service);
    let number = if index == 0 { String::new() } else { (index + 1).to_string() };
    let answer = reference(table_name(rpc.output));
    let ok = if rpc.kind == Kind::ServerStream {
        json!({"description": "A successful response.(streaming responses)", "schema": {
            "type": "object",
            "title": format!("Stream result of {}", definition_name(table_name(rpc.output))),
            "properties": {"result": answer, "error": {"$ref": "#/definitions/runtimeStreamError"}},
        }})
    } else {
        json!({"description": "A successful response.", "schema": answer})
    };
    let mut operation = json!({
        "tags": [service],
        "summary": rpc.doc,
        "operationId": format!("{service}_{}{number}", rpc.name),
        "responses": {
            "200": ok,
            "default": {"description": "An unexpected error response.", "schema": {"$ref": "#/definitions/runtimeError"}},
        },
    });
    let parameters = parameters(rpc, binding, table);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    operation
}

/// The fields that stand in a path: `{project.metadata.name}`, `{subresource=**}`.
fn path_fields(path: &str) -> Vec<&str> {
    let fields = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    fields.map(|field| field.trim_end_matches("=**")).collect()
}

fn parameters(rpc: &Rpc, binding: &Binding, table: &MessageTable) -> Vec<Value> {
    let input = table_name(rpc.input);
    let in_path = path_fields(binding.path);
    let mut parameters: Vec<Value> = in_path
        .iter()
        .map(|field| {
            let found = find(input, field, table);
            let mut parameter =
                found.map_or_else(|| json!({"type": "string"}), |field| schema(&shape(&field.type_name)));
            parameter["name"] = (*field).into();
            parameter["in"] = "path".into();
            parameter["required"] = true.into();
            if let Some(found) = found {
                parameter["description"] = found.doc.clone().into();
            }
            parameter
        })
        .collect();
    let body = match binding.body {
        Body::Nothing => None,
        Body::Whole => Some((reference(input), None)),
        Body::Field(field) => {
            let found = find(input, field, table);
            let schema = found.map_or_else(|| json!({}), |field| schema(&shape(&field.type_name)));
            Some((schema, Some(field)))
        }
    };
    if let Some((schema, _)) = &body {
        parameters.push(json!({"name": "body", "in": "body", "required": true, "schema": schema}));
    }
    if binding.body != Body::Whole {
        let in_body = body.and_then(|(_, field)| field);
        let taken: Vec<&str> = in_path.into_iter().chain(in_body).collect();
        query(input, "", DEPTH, &taken, table, &mut parameters);
    }
    parameters
}

fn find<'a>(message: &str, path: &str, table: &'a MessageTable) -> Option<&'a FieldInfo> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = shown(message, table).into_iter().find(|field| field.json == name || field.proto == name)?;
    rest.map_or(Some(field), |rest| find(&field.type_name, rest, table))
}

/// The fields that a query can set, those of messages in messages too.
fn query(message: &str, before: &str, depth: usize, taken: &[&str], table: &MessageTable, found: &mut Vec<Value>) {
    for field in shown(message, table) {
        let name = format!("{before}{}", field.json);
        if taken.contains(&name.as_str()) {
            continue;
        }
        let mut parameter = match shape(&field.type_name) {
            Shape::Message(inner) => {
                if depth > 0 && wrapped(&inner, table).is_none() {
                    query(&inner, &format!("{name}."), depth - 1, taken, table, found);
                }
                continue;
            }
            Shape::List(item) if !matches!(*item, Shape::Message(_) | Shape::Any) => {
                json!({"type": "array", "items": schema(&item), "collectionFormat": "multi"})
            }
            Shape::List(_) | Shape::Map(_) | Shape::Any => continue,
            Shape::NumberOrText => json!({"type": "string"}),
            shape => schema(&shape),
        };
        parameter["name"] = name.into();
        parameter["in"] = "query".into();
        parameter["required"] = false.into();
        parameter["description"] = field.doc.clone().into();
        found.push(parameter);
    }
}

fn error() -> Value {
    json!({"type": "object", "properties": {
        "error": {"type": "string", "description": "What is wrong."},
        "code": {"type": "integer", "format": "int32", "description": "The code of gRPC."},
        "message": {"type": "string", "description": "What is wrong, again."},
    }})
}

fn stream_error() -> Value {
    json!({"type": "object", "properties": {
        "grpc_code": {"type": "integer", "format": "int32", "description": "The code of gRPC."},
        "http_code": {"type": "integer", "format": "int32", "description": "The status of HTTP."},
        "message": {"type": "string", "description": "What is wrong."},
        "http_status": {"type": "string", "description": "The words of the status of HTTP."},
    }})
}
