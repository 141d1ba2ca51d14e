use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::bench;
use crate::swagger;

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn it_describes_every_route_and_every_message() {
    let document = swagger(&bench().api);
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<&Value> = paths.values().flat_map(|path| path.as_object().unwrap().values()).collect();
    assert_eq!(operations.len(), 110 - 4, "every route but the second of those that share a path");
    let ids: BTreeSet<&str> = operations.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), operations.len());
    assert!(ids.contains("ApplicationService_List") && ids.contains("ApplicationService_PodLogs2"));
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let definitions = document["definitions"].as_object().unwrap();
    for reference in found {
        let name = reference.strip_prefix("#/definitions/").unwrap();
        assert!(definitions.contains_key(name), "{reference}");
    }
    for operation in operations {
        let mut names = BTreeSet::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(names.insert((parameter["name"].as_str(), parameter["in"].as_str())), "{parameter}");
        }
    }
}

#[test]
fn it_names_things_as_grpc_gateway_does() {
    let document = swagger(&bench().api);
    let list = &document["paths"]["/api/v1/applications"]["get"];
    assert_eq!(list["responses"]["200"]["schema"], json!({"$ref": "#/definitions/v1alpha1ApplicationList"}));
    let projects =
        list["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "projects").unwrap();
    assert_eq!((&projects["in"], &projects["collectionFormat"]), (&json!("query"), &json!("multi")));
    let update = &document["paths"]["/api/v1/clusters/{id.value}"]["put"]["parameters"];
    let names: Vec<&str> =
        update.as_array().unwrap().iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["id.value", "body", "updatedFields", "id.type"]);
    let definitions = &document["definitions"];
    assert_eq!(
        definitions["v1alpha1Application"]["properties"]["metadata"],
        json!({"$ref": "#/definitions/v1ObjectMeta"})
    );
    let node = &definitions["v1alpha1ResourceNode"]["properties"];
    assert_eq!((&node["kind"]["type"], &node["resourceRef"]), (&json!("string"), &Value::Null));
    assert_eq!(definitions["v1alpha1OptionalMap"]["type"], "object");
    assert_eq!(definitions["v1ObjectMeta"]["properties"]["creationTimestamp"]["format"], "date-time");
    let stream = &document["paths"]["/api/v1/stream/applications"]["get"]["responses"]["200"]["schema"];
    assert_eq!(stream["title"], "Stream result of v1alpha1ApplicationWatchEvent");
}
