//! The protobuf definitions of every message of this crate, as text.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::wire::{FieldInfo, MessageTable, message_table};

/// A package of protobuf with a file of its own.
struct Package {
    /// The file's path, as others import it.
    path: &'static str,
    /// The package.
    name: &'static str,
    /// The messages that it holds; of the first package of [`PACKAGES`], all that no other one holds.
    messages: &'static [&'static str],
}

const PACKAGES: [Package; 6] = [
    Package {
        path: "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1/generated.proto",
        name: "github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1",
        messages: &[],
    },
    Package {
        path: "k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto",
        name: "k8s.io.apimachinery.pkg.apis.meta.v1",
        messages: &[
            "FieldsV1",
            "GroupKind",
            "LabelSelector",
            "LabelSelectorRequirement",
            "ListMeta",
            "ManagedFieldsEntry",
            "MicroTime",
            "ObjectMeta",
            "OwnerReference",
            "Time",
        ],
    },
    Package {
        path: "k8s.io/api/core/v1/generated.proto",
        name: "k8s.io.api.core.v1",
        messages: &["LoadBalancerIngress", "NodeSwapStatus", "NodeSystemInfo", "PortStatus"],
    },
    Package {
        path: "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/generated.proto",
        name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1",
        messages: &["JSON"],
    },
    Package {
        path: "k8s.io/apimachinery/pkg/runtime/generated.proto",
        name: "k8s.io.apimachinery.pkg.runtime",
        messages: &["RawExtension"],
    },
    Package {
        path: "k8s.io/apimachinery/pkg/util/intstr/generated.proto",
        name: "k8s.io.apimachinery.pkg.util.intstr",
        messages: &["IntOrString"],
    },
];

/// Type, name, tag and description of a field.
type HandField = (&'static str, &'static str, u32, &'static str);

/// The messages that no macro defines: name, description, fields.
const BY_HAND: [(&str, &str, &[HandField]); 6] = [
    (
        "Time",
        "A point in time to the second; empty for none.",
        &[("int64", "seconds", 1, "Seconds since 1970."), ("int32", "nanos", 2, "Not read.")],
    ),
    (
        "MicroTime",
        "A point in time to the microsecond; empty for none.",
        &[("int64", "seconds", 1, "Seconds since 1970."), ("int32", "nanos", 2, "Nanoseconds of the second.")],
    ),
    ("FieldsV1", "The fields that a writer owns, as a trie.", &[("bytes", "Raw", 1, "JSON as text.")]),
    ("JSON", "Anything.", &[("bytes", "raw", 1, "JSON as text.")]),
    ("RawExtension", "An object of free form.", &[("bytes", "raw", 1, "JSON as text.")]),
    (
        "IntOrString",
        "A 32-bit number or a text such as 25%.",
        &[
            ("int64", "type", 1, "0 for a number, 1 for a text."),
            ("int32", "intVal", 2, "The number."),
            ("string", "strVal", 3, "The text."),
        ],
    ),
];

const SCALARS: [&str; 5] = ["string", "bool", "int32", "int64", "bytes"];

/// The full protobuf name of a message of this crate.
pub fn full_name(message: &str) -> String {
    format!("{}.{message}", package_of(message).name)
}

/// The definitions: path of the file, its text.
pub fn files() -> Vec<(&'static str, String)> {
    let table = message_table();
    PACKAGES.iter().map(|package| (package.path, file(package, &table))).collect()
}

fn package_of(message: &str) -> &'static Package {
    PACKAGES.iter().find(|package| package.messages.contains(&message)).unwrap_or(&PACKAGES[0])
}

fn file(package: &'static Package, table: &MessageTable) -> String {
    let mut imports = BTreeSet::new();
    let mut messages = String::new();
    let by_hand = BY_HAND.iter().map(|(name, ..)| *name);
    let names: BTreeSet<&str> = table.keys().copied().chain(by_hand).collect();
    for name in names.into_iter().filter(|name| std::ptr::eq(package_of(name), package)) {
        let body = match BY_HAND.iter().find(|(hand, ..)| *hand == name) {
            Some((_, doc, fields)) => {
                let lines =
                    fields.iter().map(|(kind, field, tag, doc)| line(&format!("optional {kind}"), field, *tag, doc));
                format!("// {doc}\nmessage {name} {{\n{}}}\n", lines.collect::<String>())
            }
            None => message(name, &table[name], package, &mut imports),
        };
        let _ = write!(messages, "\n{body}");
    }
    let imports: String = imports.iter().map(|path| format!("import \"{path}\";\n")).collect();
    let gap = if imports.is_empty() { "" } else { "\n" };
    format!(
        "// @generated from the types of core/crd: BOWLINE_BLESS=1 cargo test -p bowline-core-crd\n\
         syntax = \"proto2\";\npackage {};\n{gap}{imports}{messages}",
        package.name
    )
}

fn message(
    name: &str,
    fields: &[FieldInfo],
    package: &'static Package,
    imports: &mut BTreeSet<&'static str>,
) -> String {
    let mut text = format!("message {name} {{\n");
    for field in fields.iter().filter(|field| field.tag != 0) {
        let kind =
            if (name, field.proto) == ("ManagedFieldsEntry", "fieldsV1") { "FieldsV1" } else { &field.type_name };
        let mut named = |kind: &str| {
            if SCALARS.contains(&kind) {
                return kind.to_owned();
            }
            let home = package_of(kind);
            if std::ptr::eq(home, package) {
                return kind.to_owned();
            }
            imports.insert(home.path);
            format!(".{}.{kind}", home.name)
        };
        let kind = if let Some(kind) = kind.strip_prefix("[]") {
            format!("repeated {}", named(kind))
        } else if let Some(kind) = kind.strip_prefix("map[string]") {
            format!("map<string, {}>", named(kind))
        } else {
            format!("optional {}", named(kind))
        };
        text.push_str(&line(&kind, field.proto, field.tag, &field.doc));
    }
    text + "}\n"
}

fn line(kind: &str, name: &str, tag: u32, doc: &str) -> String {
    format!("  {kind} {name} = {tag}; // {doc}\n")
}
