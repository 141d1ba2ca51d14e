//! Options of requests and how they stand in a query.

use bowline_base_value::Value;

/// Options of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Label selector, empty for all.
    pub labels: String,
    /// Field selector, empty for all.
    pub fields: String,
    /// Objects a page at most, 0 for all at once.
    pub limit: u32,
    /// Where to go on: [`Page::next`] of the page before.
    pub from: String,
    /// `resourceVersion`: empty for the newest state, `0` for whatever the server has in memory.
    pub resource_version: String,
}

/// A part of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Objects, with `apiVersion` and `kind`.
    pub items: Vec<Value>,
    /// The version of the list: where a watch goes on from.
    pub resource_version: String,
    /// Where the next page starts; empty at the end.
    pub next: String,
}

/// Options of a write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Only say what would come of it.
    pub dry_run: bool,
    /// The field manager to write as, empty for the user agent.
    pub field_manager: String,
    /// Take over fields that other managers own; for [`Patch::Apply`] alone.
    pub force: bool,
    /// How unknown and duplicate fields are treated.
    pub validation: Option<Validation>,
}

/// `fieldValidation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Refuse them.
    Strict,
    /// Drop them with a warning.
    Warn,
    /// Drop them silently.
    Ignore,
}

/// A patch and its type.
#[derive(Clone, Copy, Debug)]
pub enum Patch<'a> {
    /// RFC 6902.
    Json(&'a Value),
    /// RFC 7386.
    Merge(&'a Value),
    /// Strategic merge, for built-in kinds.
    Strategic(&'a Value),
    /// Server-side apply of an object.
    Apply(&'a Value),
}

/// What becomes of an object's dependents when it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// Dependents first.
    Foreground,
    /// The object first.
    Background,
    /// Dependents stay.
    Orphan,
}

/// Options of a deletion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// What becomes of dependents; the kind's own default where `None`.
    pub propagation: Option<Propagation>,
    /// Only say what would come of it.
    pub dry_run: bool,
    /// Delete only the object of this uid.
    pub uid: Option<String>,
    /// Delete only the object at this version.
    pub resource_version: Option<String>,
    /// Seconds that it is given to end; the kind's own default where `None`.
    pub grace_period_seconds: Option<u32>,
}

/// A path and what follows the question mark.
pub(crate) struct Query {
    text: String,
    any: bool,
}

// === impl Query ===

impl Query {
    /// A path, whole and encoded.
    pub(crate) fn new(path: &str) -> Query {
        Query { text: path.to_string(), any: path.contains('?') }
    }

    /// Adds a parameter, unless its value is empty.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Query {
        if !value.is_empty() {
            self.text.push(if self.any { '&' } else { '?' });
            self.any = true;
            self.text.push_str(key);
            self.text.push('=');
            encode(&mut self.text, value);
        }
        self
    }

    /// Adds a parameter where `on` holds.
    pub(crate) fn with_if(self, on: bool, key: &str, value: &str) -> Query {
        if on { self.with(key, value) } else { self }
    }

    /// The options of a list.
    pub(crate) fn list(self, options: &ListOptions) -> Query {
        let paged = options.limit > 0;
        let query = self
            .with("labelSelector", &options.labels)
            .with("fieldSelector", &options.fields)
            .with_if(paged, "limit", &options.limit.to_string())
            .with("continue", &options.from);
        // The API forbids a version beside a continuation, which carries its own.
        let version = if options.from.is_empty() { options.resource_version.as_str() } else { "" };
        query.with("resourceVersion", version)
    }

    /// The options of a write.
    pub(crate) fn write(self, options: &WriteOptions) -> Query {
        let validation = match options.validation {
            None => "",
            Some(Validation::Strict) => "Strict",
            Some(Validation::Warn) => "Warn",
            Some(Validation::Ignore) => "Ignore",
        };
        self.with("fieldManager", &options.field_manager)
            .with_if(options.force, "force", "true")
            .with_if(options.dry_run, "dryRun", "All")
            .with("fieldValidation", validation)
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

// === impl Patch ===

impl Patch<'_> {
    /// Content type and body.
    pub(crate) fn parts(&self) -> (&'static str, &Value) {
        match self {
            Patch::Json(value) => ("application/json-patch+json", value),
            Patch::Merge(value) => ("application/merge-patch+json", value),
            Patch::Strategic(value) => ("application/strategic-merge-patch+json", value),
            // JSON is YAML.
            Patch::Apply(value) => ("application/apply-patch+yaml", value),
        }
    }
}

// === impl DeleteOptions ===

impl DeleteOptions {
    pub(crate) fn body(&self) -> Value {
        let mut body: Value =
            [("apiVersion", Value::from("v1")), ("kind", "DeleteOptions".into())].into_iter().collect();
        let fields = body.as_object_mut().expect("because it was made an object above");
        if let Some(propagation) = self.propagation {
            let word = match propagation {
                Propagation::Foreground => "Foreground",
                Propagation::Background => "Background",
                Propagation::Orphan => "Orphan",
            };
            fields.insert("propagationPolicy", word);
        }
        if self.dry_run {
            fields.insert("dryRun", vec![Value::from("All")]);
        }
        if let Some(seconds) = self.grace_period_seconds {
            fields.insert("gracePeriodSeconds", seconds);
        }
        let preconditions = [("uid", &self.uid), ("resourceVersion", &self.resource_version)];
        let preconditions: Value =
            preconditions.into_iter().filter_map(|(k, v)| Some((k, Value::from(v.as_deref()?)))).collect();
        if preconditions.as_object().is_some_and(|p| !p.is_empty()) {
            fields.insert("preconditions", preconditions);
        }
        body
    }
}

fn encode(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)].into());
            out.push(HEX[usize::from(byte & 15)].into());
        }
    }
}

/// One segment of a path.
pub(crate) fn encode_path(out: &mut String, segment: &str) {
    encode(out, segment);
}

#[cfg(test)]
mod tests {
    use bowline_base_value::to_json;

    use super::*;

    #[test]
    fn queries_are_encoded_and_leave_out_what_is_empty() {
        let options = ListOptions {
            labels: "a=b,c in (d)".into(),
            limit: 5,
            resource_version: "0".into(),
            ..ListOptions::default()
        };
        assert_eq!(
            Query::new("/api/v1/pods").list(&options).finish(),
            "/api/v1/pods?labelSelector=a%3Db%2Cc%20in%20%28d%29&limit=5&resourceVersion=0"
        );
        let next = ListOptions { from: "x/y".into(), ..options };
        assert!(Query::new("/p").list(&next).finish().ends_with("&limit=5&continue=x%2Fy"));
        let write = WriteOptions {
            dry_run: true,
            field_manager: "m".into(),
            force: true,
            validation: Some(Validation::Strict),
        };
        assert_eq!(
            Query::new("/p").write(&write).finish(),
            "/p?fieldManager=m&force=true&dryRun=All&fieldValidation=Strict"
        );
        assert_eq!(Query::new("/p").write(&WriteOptions::default()).finish(), "/p");
    }

    #[test]
    fn deletions_say_which_object_is_meant() {
        let options = DeleteOptions {
            propagation: Some(Propagation::Foreground),
            dry_run: true,
            uid: Some("u".into()),
            grace_period_seconds: Some(0),
            ..DeleteOptions::default()
        };
        assert_eq!(
            to_json(&options.body(), false),
            r#"{"apiVersion":"v1","dryRun":["All"],"gracePeriodSeconds":0,"kind":"DeleteOptions","preconditions":{"uid":"u"},"propagationPolicy":"Foreground"}"#
        );
        assert_eq!(to_json(&DeleteOptions::default().body(), false), r#"{"apiVersion":"v1","kind":"DeleteOptions"}"#);
    }
}
