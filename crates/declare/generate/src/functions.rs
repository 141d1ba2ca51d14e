//! The functions of Go templates in ApplicationSets: sprig's without those that ask the machine, and a few more.

use std::sync::Arc;

use bowline_base_gotmpl::Type::{Any, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, Functions, Numbers, Runtime, Value, from_base, to_base};
use bowline_base_value as base;
use bowline_base_value::yaml;

use crate::names::{normalize, slugify};

/// The longest slug, where a template does not say.
const SLUG: usize = 50;

const TABLE: &[Entry] = &[
    Entry::new("normalize", &[Str], |_, a| Ok(normalize(&a.str(0)).into())),
    Entry::variadic("slugify", &[], Any, slug),
    Entry::new("toYaml", &[Any], to_yaml),
    Entry::new("fromYaml", &[Str], |_, a| read(&a.str(0), "map[string]interface {}", base::Value::object())),
    Entry::new("fromYamlArray", &[Str], |_, a| read(&a.str(0), "[]interface {}", base::Value::array())),
];

/// All of them.
pub(crate) fn functions() -> Arc<Functions> {
    Arc::new(bowline_base_sprig::functions().without(&["env", "expandenv", "getHostByName"]).with(TABLE))
}

/// `slugify NAME`, `slugify LONGEST NAME`, `slugify LONGEST WHOLE-WORDS NAME`.
fn slug(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let text = |i: usize| match a.get(i) {
        Value::String(text) => Ok(text.to_str().into_owned()),
        _ => Err(CallError::new("slugify: the name must be a string")),
    };
    let longest = || match a.get(0) {
        Value::Int(i, _) => Ok(usize::try_from(*i).unwrap_or(0)),
        _ => Err(CallError::new("slugify: the longest length must be a number")),
    };
    let slug = match a.len() {
        1 => slugify(&text(0)?, SLUG, false),
        2 => slugify(&text(1)?, longest()?, false),
        3 => match a.get(1) {
            Value::Bool(whole) => slugify(&text(2)?, longest()?, *whole),
            _ => return Err(CallError::new("slugify: whether words stay whole must be true or false")),
        },
        count => return Err(CallError::new(format!("slugify: takes 1 to 3 arguments, not {count}"))),
    };
    Ok(slug.into())
}

fn to_yaml(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let value = to_base(a.get(0)).map_err(|error| CallError::new(error.to_string()))?;
    let text = yaml::marshal(&value).map_err(|error| CallError::new(error.to_string()))?;
    rt.spend(text.len() as u64 / 64)?;
    Ok(text.strip_suffix('\n').unwrap_or(&text).into())
}

fn read(text: &str, wanted: &str, empty: base::Value) -> Result<Value, CallError> {
    let value =
        yaml::from_yaml(text).map_err(|error| CallError::new(format!("error converting YAML to JSON: {error}")))?;
    let value = if value.is_null() { empty.clone() } else { value };
    if std::mem::discriminant(&value) != std::mem::discriminant(&empty) {
        let got = value.type_name();
        return Err(CallError::new(format!("json: cannot unmarshal {got} into Go value of type {wanted}")));
    }
    Ok(from_base(&value, Numbers::Floats))
}
