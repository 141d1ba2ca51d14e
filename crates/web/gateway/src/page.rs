//! `/swagger-ui`: the description of the API as one page, without scripts.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d2733;background:#fff}\
summary{cursor:pointer;padding:.35rem .5rem;border:1px solid #d5dde5;border-radius:.3rem;margin:.25rem 0}\
code,pre{font:13px ui-monospace,monospace}b.v{display:inline-block;min-width:4.5rem}\
table{border-collapse:collapse;margin:.5rem 1rem}td,th{border:1px solid #d5dde5;padding:.2rem .5rem;text-align:left;vertical-align:top}\
@media(prefers-color-scheme:dark){body{background:#14191f;color:#dde5ec}summary,td,th{border-color:#3a4652}a{color:#7cc0ff}}";

/// What the page may do: have its own style, and nothing else.
pub const SWAGGER_PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The page for a description that [`swagger`](crate::swagger) gave. `json` is where the description itself stands.
pub fn swagger_page(description: &Value, json: &str) -> String {
    let title = escaped(description["info"]["title"].as_str().unwrap_or_default());
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title} API</title><style>{STYLE}</style></head><body><h1>{title} API</h1><p>{}</p><p>A request carries <code>Authorization: Bearer TOKEN</code>; <code>POST /api/v1/session</code> gives one for a name and a password. Bodies are <code>application/json</code>. For programs: <a href=\"{}\">swagger.json</a>.</p>",
        escaped(description["info"]["description"].as_str().unwrap_or_default()),
        escaped(json),
    );
    for (tag, operations) in by_tag(description) {
        let _ = write!(page, "<h2>{}</h2>", escaped(tag));
        for (path, verb, operation) in operations {
            self::operation(&mut page, path, verb, operation);
        }
    }
    page.push_str("<h2>Messages</h2>");
    for (name, definition) in description["definitions"].as_object().into_iter().flatten() {
        let name = escaped(name);
        let _ = write!(page, "<details id=\"{name}\"><summary><code>{name}</code></summary><table>");
        for (field, schema) in definition["properties"].as_object().into_iter().flatten() {
            row(&mut page, field, "", schema, schema["description"].as_str().unwrap_or_default());
        }
        page.push_str("</table></details>");
    }
    page.push_str("</body></html>");
    page
}

type Operations<'a> = Vec<(&'a str, &'a str, &'a Value)>;

fn by_tag(description: &Value) -> BTreeMap<&str, Operations<'_>> {
    let mut tags: BTreeMap<&str, Operations<'_>> = BTreeMap::new();
    for (path, operations) in description["paths"].as_object().into_iter().flatten() {
        for (verb, operation) in operations.as_object().into_iter().flatten() {
            let tag = operation["tags"][0].as_str().unwrap_or("Others");
            tags.entry(tag).or_default().push((path, verb, operation));
        }
    }
    tags
}

fn operation(page: &mut String, path: &str, verb: &str, operation: &Value) {
    let _ = write!(
        page,
        "<details><summary><b class=\"v\">{}</b> <code>{}</code> {}</summary><table>",
        escaped(&verb.to_uppercase()),
        escaped(path),
        escaped(operation["summary"].as_str().unwrap_or_default()),
    );
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let schema = parameter.get("schema").unwrap_or(parameter);
        let place = parameter["in"].as_str().unwrap_or_default();
        let text = parameter["description"].as_str().unwrap_or_default();
        row(page, parameter["name"].as_str().unwrap_or_default(), place, schema, text);
    }
    let answer = &operation["responses"]["200"]["schema"];
    row(page, "200", "answer", answer.pointer("/properties/result").unwrap_or(answer), "");
    page.push_str("</table></details>");
}

fn row(page: &mut String, name: &str, place: &str, schema: &Value, text: &str) {
    let _ = write!(
        page,
        "<tr><th><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td></tr>",
        escaped(name),
        escaped(place),
        type_of(schema),
        escaped(text)
    );
}

/// What a schema says a value is, with a link to a message.
fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", type_of(&schema["items"])),
        Some("object") if schema.get("additionalProperties").is_some() => {
            format!("map of {}", type_of(&schema["additionalProperties"]))
        }
        Some(kind) => escaped(kind),
        None => "anything".to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_stand_under_their_tag_with_what_they_take_and_give() {
        let description = json!({
            "info": {"title": "T<"},
            "paths": {"/a/{b}": {"get": {"tags": ["S"], "summary": "Reads.", "parameters": [
                {"name": "b", "in": "path", "type": "string"}
            ], "responses": {"200": {"schema": {"$ref": "#/definitions/M"}}}}}},
            "definitions": {"M": {"properties": {"list": {"type": "array", "items": {"type": "string"}, "description": "All <of> them."}}}},
        });
        let page = swagger_page(&description, "swagger.json");
        for part in [
            "<h2>S</h2>",
            "<code>/a/{b}</code> Reads.",
            "<a href=\"#M\">M</a>",
            "list of string",
            "All &lt;of&gt; them.",
            "T&lt; API",
        ] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        assert!(!page.contains("<script"));
    }
}
