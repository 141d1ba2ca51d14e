//! The objects that templates see: `.Files`, `.Capabilities`, `.Chart`.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_base_glob::Glob;
use bowline_base_gotmpl::{
    Args, CallError, Kind, List, ListKind, Map, MapKind, Numbers, Object, Runtime, Signature, Text, Type, Value,
    from_base,
};
use bowline_base_sprig::path_base;
use bowline_base_value as base;

use crate::capabilities::{Capabilities, KubeVersion};
use crate::chart::File;
use crate::family::{Head, Imports};

/// `.Files`.
pub(crate) struct Files {
    files: Arc<[File]>,
}

const NAME: &[Type] = &[Type::String];

// === impl Files ===

impl Files {
    pub(crate) fn value(files: Arc<[File]>) -> Value {
        Value::Object(Rc::new(Files { files }))
    }

    fn find(&self, name: &str) -> Option<&File> {
        self.files.iter().rfind(|file| &*file.name == name)
    }

    fn glob(&self, pattern: &str) -> Value {
        // What cannot be read matches everything.
        let glob = Glob::new(pattern, &['/']).ok();
        let files = self.files.iter().filter(|file| glob.as_ref().is_none_or(|glob| glob.matches(&file.name)));
        Files::value(files.cloned().collect())
    }

    /// A YAML map of base names to what `show` makes of the content.
    fn yaml(&self, show: impl Fn(&[u8]) -> String) -> Result<Value, CallError> {
        let map: base::Map =
            self.files.iter().map(|file| (path_base(&file.name), base::Value::from(show(&file.data)))).collect();
        Ok(crate::functions::yaml_text(&map.into()).unwrap_or_default().into())
    }

    fn lines(&self, name: &str) -> Result<Value, CallError> {
        let Some(file) = self.find(name) else { return Ok(Value::strings(Vec::<Text>::new())) };
        if file.data.is_empty() {
            return Err("runtime error: index out of range [-1]".into());
        }
        let body = file.data.strip_suffix(b"\n").unwrap_or(&file.data);
        Ok(Value::strings(body.split(|b| *b == b'\n').map(Text::from_bytes)))
    }
}

impl Object for Files {
    fn type_name(&self) -> &str {
        "engine.files"
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let params = match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => NAME,
            "AsConfig" | "AsSecrets" => &[],
            _ => return None,
        };
        Some(Signature { params, variadic: None })
    }

    fn call(&self, name: &str, rt: &mut Runtime<'_>, args: &mut Args) -> Result<Value, CallError> {
        let file = args.str(0);
        match name {
            "Get" => {
                let data = self.find(&file).map_or(&[][..], |file| &file.data);
                rt.produce(data.len())?;
                Ok(Text::from_bytes(data).into())
            }
            "GetBytes" => Ok(Value::Bytes(self.find(&file).map_or_else(|| Rc::from([]), |file| Rc::from(&*file.data)))),
            "Glob" => Ok(self.glob(&file)),
            "Lines" => self.lines(&file),
            "AsConfig" => self.yaml(|data| Text::from_bytes(data).to_str().into_owned()),
            _ => self.yaml(|data| STANDARD.encode(data)),
        }
    }

    fn underlying(&self) -> Value {
        let fields = self.files.iter().map(|file| (Text::from(file.name.clone()), Value::Bytes(Rc::from(&*file.data))));
        Map::new(MapKind::Bytes("engine.files"), fields).into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A struct whose fields are values.
struct Struct {
    name: &'static str,
    kind: Kind,
    fields: Vec<(&'static str, Value)>,
}

impl Object for Struct {
    fn type_name(&self) -> &str {
        self.name
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    fn underlying(&self) -> Value {
        Value::list(self.fields.iter().map(|(_, value)| value.clone()).collect())
    }

    fn json(&self) -> Option<Value> {
        Some(Value::map(self.fields.iter().map(|(field, value)| (*field, value.clone()))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `.Capabilities.KubeVersion`.
struct Kube(KubeVersion);

impl Object for Kube {
    fn type_name(&self) -> &str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(self.0.version.as_str().into()),
            "Major" => Some(self.0.major.as_str().into()),
            "Minor" => Some(self.0.minor.as_str().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str) -> Option<Signature> {
        matches!(name, "String" | "GitVersion").then_some(Signature { params: &[], variadic: None })
    }

    fn call(&self, name: &str, _rt: &mut Runtime<'_>, _args: &mut Args) -> Result<Value, CallError> {
        Ok(if name == "String" { self.0.normalized.as_str() } else { self.0.version.as_str() }.into())
    }

    // Its String method is one of the pointer: functions get a copy, which prints as a struct.
    fn printed(&self) -> Option<Text> {
        Some(self.0.normalized.as_str().into())
    }

    fn underlying(&self) -> Value {
        let KubeVersion { version, normalized, major, minor } = &self.0;
        Value::list([version, normalized, major, minor].into_iter().map(|part| part.as_str().into()).collect())
    }

    fn json(&self) -> Option<Value> {
        let KubeVersion { version, major, minor, .. } = &self.0;
        Some(Value::map(
            [("Version", version), ("Major", major), ("Minor", minor)].map(|(k, v)| (k, v.as_str().into())),
        ))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `.Capabilities.APIVersions`.
struct Versions(Vec<String>);

impl Object for Versions {
    fn type_name(&self) -> &str {
        "common.VersionSet"
    }

    fn kind(&self) -> Kind {
        Kind::Slice
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Has").then_some(Signature { params: NAME, variadic: None })
    }

    fn call(&self, _name: &str, _rt: &mut Runtime<'_>, args: &mut Args) -> Result<Value, CallError> {
        let wanted = args.str(0);
        Ok(Value::Bool(self.0.contains(&wanted)))
    }

    fn underlying(&self) -> Value {
        let items = self.0.iter().map(|version| version.as_str().into()).collect();
        Value::List(Rc::new(List { kind: ListKind::Named("common.VersionSet"), nil: false, items }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `.Capabilities`.
pub(crate) fn capabilities(capabilities: &Capabilities) -> Value {
    let object = |object| Value::Object(object);
    let helm = Struct {
        name: "version.BuildInfo",
        kind: Kind::Struct,
        fields: vec![
            ("Version", capabilities.helm_version.as_str().into()),
            ("GitCommit", "".into()),
            ("GitTreeState", "".into()),
            ("GoVersion", "go1.26.6".into()),
        ],
    };
    object(Rc::new(Struct {
        name: "*common.Capabilities",
        kind: Kind::Ptr,
        fields: vec![
            ("KubeVersion", object(Rc::new(Kube(capabilities.kube_version.clone())))),
            ("APIVersions", object(Rc::new(Versions(capabilities.api_versions.clone())))),
            ("HelmVersion", object(Rc::new(helm))),
        ],
    }))
}

fn texts(items: &[String]) -> Value {
    Value::list(items.iter().map(|item| item.as_str().into()).collect())
}

/// `.Chart`: the fields under their Go names.
pub(crate) fn chart(head: &Head<'_>, is_root: bool) -> Value {
    let metadata = head.metadata;
    let text = |text: &String| Value::from(text.as_str());
    let maintainers = metadata.maintainers.iter().map(|maintainer| {
        Value::map([
            ("Name", text(&maintainer.name)),
            ("Email", text(&maintainer.email)),
            ("URL", text(&maintainer.url)),
        ])
    });
    let dependencies = head.requirements.iter().flatten().map(|requirement| {
        let dependency = requirement.declared;
        let imports = match &requirement.imports {
            Imports::Declared(all) => all.iter().map(|value| from_base(value, Numbers::Floats)).collect(),
            Imports::Done(all) => all.iter().map(|(child, parent)| import(child, parent)).collect(),
        };
        Value::map([
            ("Name", text(&requirement.name)),
            ("Version", text(&dependency.version)),
            ("Repository", text(&dependency.repository)),
            ("Condition", text(&dependency.condition)),
            ("Tags", texts(&dependency.tags)),
            ("Enabled", Value::Bool(requirement.enabled)),
            ("ImportValues", Value::list(imports)),
            ("Alias", text(&dependency.alias)),
        ])
    });
    let annotations = match &metadata.annotations {
        Some(all) => Map::new(MapKind::Strings, all.iter().map(|(k, v)| (k.as_str(), Value::from(v.as_str())))),
        None => Map::nil(MapKind::Strings),
    };
    Value::map([
        ("Name", text(&head.name)),
        ("Home", text(&metadata.home)),
        ("Sources", texts(&metadata.sources)),
        ("Version", text(&metadata.version)),
        ("Description", text(&metadata.description)),
        ("Keywords", texts(&metadata.keywords)),
        ("Maintainers", Value::list(maintainers.collect())),
        ("Icon", text(&metadata.icon)),
        ("APIVersion", text(&metadata.api_version)),
        ("Condition", text(&metadata.condition)),
        ("Tags", text(&metadata.tags)),
        ("AppVersion", text(&metadata.app_version)),
        ("Deprecated", Value::Bool(metadata.deprecated)),
        ("Annotations", annotations.into()),
        ("KubeVersion", text(&metadata.kube_version)),
        ("Dependencies", Value::list(dependencies.collect())),
        ("Type", text(&metadata.kind)),
        ("IsRoot", Value::Bool(is_root)),
    ])
}

/// An import as Helm leaves it once it is done.
fn import(child: &str, parent: &str) -> Value {
    Map::new(MapKind::Strings, [("child", Value::from(child)), ("parent", Value::from(parent))]).into()
}
