//! From rendered files to manifests and hooks in order.

use bowline_base_gotmpl::Text;
use bowline_base_value::{Map, Value, yaml};

use crate::metadata::scalar;

mod order;

/// One document of a rendered file.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The template that it came from, with the names of the charts on the way.
    pub path: String,
    /// The document's text, as it was rendered.
    pub content: String,
    /// The document, read.
    pub object: Value,
    /// Its kind; empty where it has none.
    pub kind: String,
}

/// A manifest that Helm runs at a point of a release's life.
#[derive(Clone, Debug)]
pub struct Hook {
    /// The manifest.
    pub manifest: Manifest,
    /// The points: `pre-install`, `test` …
    pub events: Vec<String>,
    /// The order among the hooks of one point; the lowest first.
    pub weight: i64,
}

/// What the rendered files hold.
#[derive(Clone, Debug, Default)]
pub struct Sorted {
    /// The manifests, in the order in which Helm installs them.
    pub manifests: Vec<Manifest>,
    /// The hooks, by kind.
    pub hooks: Vec<Hook>,
}

const HOOK: &str = "helm.sh/hook";
const WEIGHT: &str = "helm.sh/hook-weight";
const EVENTS: &[&str] = &[
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
];

/// Splits rendered files, `(path, text)`, into documents and sorts them.
pub(crate) fn sort(files: &[(String, Text)]) -> Result<Sorted, String> {
    let mut files: Vec<&(String, Text)> = files.iter().collect();
    files.sort_by_key(|(path, _)| path);
    let mut sorted = Sorted::default();
    for (path, text) in files {
        if path.rsplit('/').next().unwrap_or(path).starts_with('_') {
            continue;
        }
        for content in split_bytes(text.as_bytes()) {
            add(&mut sorted, path, content)?;
        }
    }
    sorted.manifests.sort_by(|a, b| order::key(&a.kind).cmp(&order::key(&b.kind)));
    sorted.hooks.sort_by(|a, b| order::key(&a.manifest.kind).cmp(&order::key(&b.manifest.kind)));
    Ok(sorted)
}

fn add(sorted: &mut Sorted, path: &str, content: &[u8]) -> Result<(), String> {
    let fail = |error: String| Err(format!("YAML parse error on {path}: {error}"));
    let object = match yaml::from_yaml(content) {
        Ok(object) => object,
        Err(error) => return fail(format!("error converting YAML to JSON: {error}")),
    };
    let head = match Head::of(&object) {
        Ok(head) => head,
        Err(error) => return fail(format!("error unmarshaling JSON: while decoding JSON: json: {error}")),
    };
    let content = String::from_utf8_lossy(content).into_owned();
    let manifest = Manifest { path: path.to_string(), content, object, kind: head.kind };
    let Some(types) = head.hook else {
        sorted.manifests.push(manifest);
        return Ok(());
    };
    let mut events = Vec::new();
    for event in types.split(',') {
        let event = event.trim().to_lowercase();
        match event.as_str() {
            "test-success" => events.push("test".to_string()),
            known if EVENTS.contains(&known) => events.push(event),
            // A hook of a type that Helm does not know is dropped without a word.
            _ => return Ok(()),
        }
    }
    sorted.hooks.push(Hook { manifest, events, weight: head.weight });
    Ok(())
}

struct Head {
    kind: String,
    hook: Option<String>,
    weight: i64,
}

// === impl Head ===

impl Head {
    /// What sorting looks at; the error is Go's.
    fn of(object: &Value) -> Result<Head, String> {
        let map = match object {
            Value::Null => return Ok(Head { kind: String::new(), hook: None, weight: 0 }),
            Value::Object(map) => map,
            other => return Err(cannot(other, "value of type util.SimpleHead")),
        };
        let text_of = |value: Option<&Value>, field: &str| match value {
            None | Some(Value::Null) => Ok(String::new()),
            Some(value) => scalar(value).ok_or_else(|| cannot(value, &format!("struct field {field} of type string"))),
        };
        text_of(field(map, "apiVersion"), "SimpleHead.apiVersion")?;
        let kind = text_of(field(map, "kind"), "SimpleHead.kind")?;
        let metadata = match field(map, "metadata") {
            None | Some(Value::Null) => return Ok(Head { kind, hook: None, weight: 0 }),
            Some(Value::Object(metadata)) => metadata,
            Some(other) => {
                let wanted = "struct field SimpleHead.metadata of type struct { Name string \"json:\\\"name\\\"\"; \
                              Annotations map[string]string \"json:\\\"annotations\\\"\" }";
                return Err(cannot(other, wanted));
            }
        };
        text_of(field(metadata, "name"), ".metadata.name")?;
        let annotations = match field(metadata, "annotations") {
            None | Some(Value::Null) => return Ok(Head { kind, hook: None, weight: 0 }),
            Some(Value::Object(annotations)) => annotations,
            Some(other) => return Err(cannot(other, "struct field .metadata.annotations of type map[string]string")),
        };
        for value in annotations.values() {
            text_of(Some(value), ".metadata.annotations")?;
        }
        let weight = annotations.get(WEIGHT).and_then(scalar).and_then(|text| text.parse().ok()).unwrap_or(0);
        let hook = annotations.get(HOOK).map(|value| scalar(value).unwrap_or_default());
        Ok(Head { kind, hook, weight })
    }
}

/// A field as Go's JSON decoder finds it, whatever the case of its letters; the last that is not null counts.
fn field<'v>(map: &'v Map, name: &str) -> Option<&'v Value> {
    map.iter().rfind(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null()).map(|(_, value)| value)
}

fn cannot(value: &Value, wanted: &str) -> String {
    let got = if let Value::Bool(_) = value { "bool" } else { value.type_name() };
    format!("cannot unmarshal {got} into Go {wanted}")
}

/// The documents of a text, split where a line begins with `---`, without white space before them; blank ones are left out.
pub fn split(text: &str) -> Vec<&str> {
    let is_text = |document| std::str::from_utf8(document).expect("because a text is cut before and behind ASCII");
    split_bytes(text.as_bytes()).into_iter().map(is_text).collect()
}

fn split_bytes(text: &[u8]) -> Vec<&[u8]> {
    let text = trim_start(text);
    let mut documents = Vec::new();
    let (mut start, mut line) = (0, 0);
    loop {
        if let Some(after) = text[line..].strip_prefix(b"---") {
            documents.push(&text[start..line]);
            let blanks = after.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            // The rest of this line is content: the next separator begins a later line.
            start = line + 3 + blanks;
        }
        match text[line..].iter().position(|b| *b == b'\n') {
            Some(end) => line += end + 1,
            None => break,
        }
    }
    documents.push(&text[start..]);
    documents.into_iter().map(trim_start).filter(|document| !document.is_empty()).collect()
}

/// Without white space at the front, that of Unicode too.
fn trim_start(text: &[u8]) -> &[u8] {
    let mut blank = 0;
    for chunk in text.utf8_chunks() {
        let left = chunk.valid().trim_start();
        blank += chunk.valid().len() - left.len();
        if !left.is_empty() || !chunk.invalid().is_empty() {
            break;
        }
    }
    &text[blank..]
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn splits_where_a_line_begins_with_dashes() {
        for (text, want) in [
            ("a: 1\n---\nb: 2\n", vec!["a: 1\n", "b: 2\n"]),
            ("---\na: 1", vec!["a: 1"]),
            ("\n\n---   \n# only\n---\n\n", vec!["# only\n"]),
            ("---apiVersion: v1\n", vec!["apiVersion: v1\n"]),
            ("a: |\n  ---\n  x\n", vec!["a: |\n  ---\n  x\n"]),
            ("a: 1\n----\nb: 2", vec!["a: 1\n", "-\nb: 2"]),
        ] {
            assert_eq!(split(text), want, "{text:?}");
        }
    }
}
