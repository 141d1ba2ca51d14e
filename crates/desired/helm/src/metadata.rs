//! `Chart.yaml`.

use bowline_base_gotmpl::{is_print, quote};
use bowline_base_value::{Map, Value};

use crate::versions;

/// What a chart says about itself.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of Chart.yaml")]
pub struct Metadata {
    pub name: String,
    pub home: String,
    pub sources: Vec<String>,
    pub version: String,
    pub description: String,
    pub keywords: Vec<String>,
    pub maintainers: Vec<Maintainer>,
    pub icon: String,
    pub api_version: String,
    pub condition: String,
    pub tags: String,
    pub app_version: String,
    pub deprecated: bool,
    /// `None` where the field is missing or null.
    pub annotations: Option<Vec<(String, String)>>,
    pub kube_version: String,
    /// `None` where the field is missing, which is another thing than an empty list.
    pub dependencies: Option<Vec<Dependency>>,
    /// `type`: `application`, `library` or empty.
    pub kind: String,
}

/// Someone who keeps a chart.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of Chart.yaml")]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
    /// Whether the list holds a null here, which is refused.
    pub(crate) is_null: bool,
}

/// A chart that a chart needs.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are those of Chart.yaml")]
pub struct Dependency {
    pub name: String,
    pub version: String,
    pub repository: String,
    pub condition: String,
    pub tags: Vec<String>,
    pub enabled: bool,
    pub import_values: Vec<Value>,
    pub alias: String,
    /// Whether the list holds a null here, which is refused.
    pub(crate) is_null: bool,
}

// === impl Metadata ===

impl Metadata {
    /// Reads the fields of a document over what is there already: `requirements.yaml` adds to `Chart.yaml`.
    pub(crate) fn read(&mut self, document: &Value) -> Result<(), String> {
        let map = match document {
            Value::Null => return Ok(()),
            Value::Object(map) => map,
            other => return Err(cannot(other, "", "v2.Metadata")),
        };
        for (key, value) in map.iter() {
            // Go's JSON decoder finds fields whatever the case of their letters.
            match key.to_ascii_lowercase().as_str() {
                "name" => string(&mut self.name, value, key)?,
                "home" => string(&mut self.home, value, key)?,
                "sources" => strings(&mut self.sources, value, key)?,
                "version" => string(&mut self.version, value, key)?,
                "description" => string(&mut self.description, value, key)?,
                "keywords" => strings(&mut self.keywords, value, key)?,
                "maintainers" => {
                    let all = list(value, key, "[]*v2.Maintainer")?.iter().map(maintainer);
                    self.maintainers = all.collect::<Result<_, _>>()?;
                }
                "icon" => string(&mut self.icon, value, key)?,
                "apiversion" => string(&mut self.api_version, value, key)?,
                "condition" => string(&mut self.condition, value, key)?,
                "tags" => string(&mut self.tags, value, key)?,
                "appversion" => string(&mut self.app_version, value, key)?,
                "deprecated" => self.deprecated = boolean(value, key)?,
                "annotations" => self.annotations = annotations(value, key)?,
                "kubeversion" => string(&mut self.kube_version, value, key)?,
                "dependencies" if value.is_null() => {}
                "dependencies" => {
                    let all = list(value, key, "[]*v2.Dependency")?.iter().map(dependency);
                    self.dependencies = Some(all.collect::<Result<_, _>>()?);
                }
                "type" => string(&mut self.kind, value, key)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks, and cleans, what was read; the error is Helm's `validation: …`.
    pub(crate) fn validate(&mut self) -> Result<(), String> {
        for field in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize(field);
        }
        self.sources.iter_mut().chain(&mut self.keywords).for_each(sanitize);
        let invalid = |what: &str| Err(format!("validation: chart.metadata.{what}"));
        if self.api_version.is_empty() {
            return invalid("apiVersion is required");
        }
        if self.name.is_empty() {
            return invalid("name is required");
        }
        if matches!(self.name.as_str(), "." | "..") {
            return invalid(&format!("name {} is not allowed", quote(self.name.as_bytes())));
        }
        if self.name.contains('/') {
            return invalid(&format!("name {} is invalid", quote(self.name.as_bytes())));
        }
        if self.version.is_empty() {
            return invalid("version is required");
        }
        if !versions::is_version(&self.version) {
            return invalid(&format!("version {} is invalid", quote(self.version.as_bytes())));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return invalid("type must be application or library");
        }
        let null = |what: &str| Err(format!("validation: {what} must not contain empty or null nodes"));
        for maintainer in &mut self.maintainers {
            if maintainer.is_null {
                return null("maintainers");
            }
            [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url].into_iter().for_each(sanitize);
        }
        let mut names: Vec<&str> = Vec::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            if dependency.is_null {
                return null("dependencies");
            }
            dependency.validate()?;
            let dependency = &*dependency;
            let name = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            if names.contains(&name.as_str()) {
                let quoted = quote(name.as_bytes());
                return Err(format!("validation: more than one dependency with name or alias {quoted}"));
            }
            names.push(name);
        }
        Ok(())
    }
}

/// The `apiVersion` of a chart, which decides how it is read.
pub(crate) fn api_version(document: &Value) -> Result<String, String> {
    let map = match document {
        Value::Null => return Ok(String::new()),
        Value::Object(map) => map,
        other => return Err(mismatch(other, "value of type loader.chartBase")),
    };
    let found = map.iter().rfind(|(key, value)| key.eq_ignore_ascii_case("apiVersion") && !value.is_null());
    let Some((_, version)) = found else { return Ok(String::new()) };
    scalar(version).ok_or_else(|| mismatch(version, "struct field chartBase.apiVersion of type string"))
}

/// A lock file: what it locks, and for which dependencies.
#[derive(Debug, Default)]
pub(crate) struct Locked {
    pub(crate) digest: String,
    pub(crate) dependencies: Option<Vec<Dependency>>,
}

/// Reads `Chart.lock` or `requirements.lock`.
pub(crate) fn locked(document: &Value) -> Result<Locked, String> {
    let mut locked = Locked::default();
    let map = match document {
        Value::Null => return Ok(locked),
        Value::Object(map) => map,
        other => return Err(mismatch(other, "value of type v2.Lock")),
    };
    for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        match key.to_ascii_lowercase().as_str() {
            "digest" => string(&mut locked.digest, value, "Lock.digest")?,
            "dependencies" => {
                let all = list(value, "Lock.dependencies", "[]*v2.Dependency")?.iter().map(dependency);
                locked.dependencies = Some(all.collect::<Result<_, _>>()?);
            }
            _ => {}
        }
    }
    Ok(locked)
}

// === impl Dependency ===

impl Dependency {
    fn validate(&mut self) -> Result<(), String> {
        for field in [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition] {
            sanitize(field);
        }
        self.tags.iter_mut().for_each(sanitize);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !self.alias.chars().all(plain) {
            let quoted = quote(self.name.as_bytes());
            return Err(format!("validation: dependency {quoted} has disallowed characters in the alias"));
        }
        Ok(())
    }
}

/// White space becomes a space, and what cannot be printed goes.
fn sanitize(text: &mut String) {
    if text.chars().all(|c| (' '..='~').contains(&c)) {
        return;
    }
    *text =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| *c == ' ' || is_print(*c)).collect();
}

/// Go's complaint about a value of the wrong type.
fn cannot(value: &Value, field: &str, wanted: &str) -> String {
    let place = match field {
        "" => "value".to_string(),
        field if field.contains('.') => format!("struct field {field}"),
        field => format!("struct field Metadata.{field}"),
    };
    mismatch(value, &format!("{place} of type {wanted}"))
}

fn mismatch(value: &Value, wanted: &str) -> String {
    let got = match value {
        Value::Bool(_) => "bool",
        other => other.type_name(),
    };
    format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {got} into Go {wanted}")
}

/// A string, which YAML may have written as a number or boolean.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => text.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Int(i) => i.to_string(),
        Value::UInt(u) => u.to_string(),
        Value::Float(f) => bowline_base_gotmpl::format_float(*f, 'g', None),
        _ => return None,
    })
}

fn string(field: &mut String, value: &Value, key: &str) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    *field = scalar(value).ok_or_else(|| cannot(value, key, "string"))?;
    Ok(())
}

fn boolean(value: &Value, key: &str) -> Result<bool, String> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(b) => Ok(*b),
        other => Err(cannot(other, key, "bool")),
    }
}

fn list<'v>(value: &'v Value, key: &str, wanted: &str) -> Result<&'v [Value], String> {
    match value {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        other => Err(cannot(other, key, wanted)),
    }
}

fn strings(field: &mut Vec<String>, value: &Value, key: &str) -> Result<(), String> {
    *field =
        list(value, key, "[]string")?
            .iter()
            .map(|item| {
                if item.is_null() { Ok(String::new()) } else { scalar(item).ok_or_else(|| cannot(item, key, "string")) }
            })
            .collect::<Result<_, _>>()?;
    Ok(())
}

fn annotations(value: &Value, key: &str) -> Result<Option<Vec<(String, String)>>, String> {
    let map = match value {
        Value::Null => return Ok(None),
        Value::Object(map) => map,
        other => return Err(cannot(other, key, "map[string]string")),
    };
    let read = map.iter().map(|(name, value)| {
        let text = if value.is_null() { Some(String::new()) } else { scalar(value) };
        Ok((name.to_string(), text.ok_or_else(|| cannot(value, key, "string"))?))
    });
    read.collect::<Result<_, _>>().map(Some)
}

/// The fields of a list's item; `None` for a null.
fn fields<'v>(value: &'v Value, what: &str, wanted: &str) -> Result<Option<&'v Map>, String> {
    match value {
        Value::Object(map) => Ok(Some(map)),
        Value::Null => Ok(None),
        other => Err(cannot(other, what, wanted)),
    }
}

fn maintainer(value: &Value) -> Result<Maintainer, String> {
    let mut maintainer = Maintainer::default();
    let Some(fields) = fields(value, "maintainers", "v2.Maintainer")? else {
        return Ok(Maintainer { is_null: true, ..maintainer });
    };
    for (key, value) in fields.iter() {
        let field = &format!("Maintainer.maintainers.{key}");
        match key.to_ascii_lowercase().as_str() {
            "name" => string(&mut maintainer.name, value, field)?,
            "email" => string(&mut maintainer.email, value, field)?,
            "url" => string(&mut maintainer.url, value, field)?,
            _ => {}
        }
    }
    Ok(maintainer)
}

fn dependency(value: &Value) -> Result<Dependency, String> {
    let mut dependency = Dependency::default();
    let Some(fields) = fields(value, "dependencies", "v2.Dependency")? else {
        return Ok(Dependency { is_null: true, ..dependency });
    };
    for (key, value) in fields.iter() {
        let field = &format!("Dependency.dependencies.{key}");
        match key.to_ascii_lowercase().as_str() {
            "name" => string(&mut dependency.name, value, field)?,
            "version" => string(&mut dependency.version, value, field)?,
            "repository" => string(&mut dependency.repository, value, field)?,
            "condition" => string(&mut dependency.condition, value, field)?,
            "tags" => strings(&mut dependency.tags, value, field)?,
            "enabled" => dependency.enabled = boolean(value, field)?,
            "import-values" => dependency.import_values = list(value, field, "[]interface {}")?.to_vec(),
            "alias" => string(&mut dependency.alias, value, field)?,
            _ => {}
        }
    }
    Ok(dependency)
}
