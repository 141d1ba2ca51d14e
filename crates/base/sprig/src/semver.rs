//! Semantic versions.

use std::any::Any;
use std::rc::Rc;

use bowline_base_gotmpl::Type::String as Str;
use bowline_base_gotmpl::{Args, CallError, Entry, Kind, Object, Runtime, Signature, Text, Type, UintKind, Value};
use bowline_base_semver::{Constraint, Version};

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("semver", &[Str], |_, a| {
        let version = Version::parse(&a.str(0)).map_err(|error| CallError::new(error.to_string()))?;
        Ok(SemVer(version).into_value())
    }),
    Entry::new("semverCompare", &[Str, Str], |_, a| {
        let constraint = Constraint::parse(&a.str(0)).map_err(|error| CallError::new(error.to_string()))?;
        let version = Version::parse(&a.str(1)).map_err(|error| CallError::new(error.to_string()))?;
        Ok(Value::Bool(constraint.matches(&version)))
    }),
];

/// What `semver` gives: a version with the methods of Masterminds' type.
struct SemVer(Version);

const TYPE: &str = "*semver.Version";
const OTHER: &[Type] = &[Type::Object(TYPE)];

// === impl SemVer ===

impl SemVer {
    fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }

    /// The version after this one in some part; Go gives it as a value and not a pointer.
    fn next(&self, part: &str) -> Result<Value, CallError> {
        let Version { major, minor, patch, pre, .. } = &self.0;
        let text = match part {
            "IncMajor" => format!("{}.0.0", major + 1),
            "IncMinor" => format!("{major}.{}.0", minor + 1),
            _ if pre.is_empty() => format!("{major}.{minor}.{}", patch + 1),
            _ => format!("{major}.{minor}.{patch}"),
        };
        let prefix = if self.0.original().starts_with('v') { "v" } else { "" };
        let version = Version::parse(&format!("{prefix}{text}")).map_err(|error| CallError::new(error.to_string()))?;
        Ok(SemVer(version).into_value())
    }
}

impl Object for SemVer {
    fn type_name(&self) -> &str {
        TYPE
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn method(&self, name: &str) -> Option<Signature> {
        let params = match name {
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "Original" | "String" | "IncMajor"
            | "IncMinor" | "IncPatch" => &[][..],
            "Compare" | "Equal" | "LessThan" | "GreaterThan" | "LessThanEqual" | "GreaterThanEqual" => OTHER,
            _ => return None,
        };
        Some(Signature { params, variadic: None })
    }

    fn call(&self, name: &str, _rt: &mut Runtime<'_>, args: &mut Args) -> Result<Value, CallError> {
        let number = |n: u64| Value::Uint(n, UintKind::Uint64);
        let other = match args.get(0) {
            Value::Object(object) => object.as_any().downcast_ref::<SemVer>().map(|other| self.0.cmp(&other.0)),
            _ => None,
        };
        let order = other.unwrap_or(std::cmp::Ordering::Equal);
        Ok(match name {
            "Major" => number(self.0.major),
            "Minor" => number(self.0.minor),
            "Patch" => number(self.0.patch),
            "Prerelease" => self.0.pre.as_str().into(),
            "Metadata" => self.0.metadata.as_str().into(),
            "Original" => self.0.original().into(),
            "String" => self.0.to_string().into(),
            "Compare" => Value::int(order as i64),
            "Equal" => Value::Bool(order.is_eq()),
            "LessThan" => Value::Bool(order.is_lt()),
            "GreaterThan" => Value::Bool(order.is_gt()),
            "LessThanEqual" => Value::Bool(order.is_le()),
            "GreaterThanEqual" => Value::Bool(order.is_ge()),
            _ => return self.next(name),
        })
    }

    fn string(&self) -> Option<Text> {
        Some(self.0.to_string().into())
    }

    fn json(&self) -> Option<Value> {
        Some(self.0.to_string().into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
