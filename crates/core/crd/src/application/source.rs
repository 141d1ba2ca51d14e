use std::collections::BTreeMap;

use prost::DecodeError;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{DecodeContext, WireType, skip_field};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::IntOrString;
use crate::code::codes;
use crate::wire::{Field, FieldInfo, MessageTable, ProtoField, extend, message_fields, messages};

messages! {
    /// Where manifests come from, and what renders them.
    pub struct ApplicationSource {
        /// URL of the Git repository, the Helm repository or the OCI artifact.
        [1 "repoURL" required] repo_url: String,
        /// Directory inside the repository.
        [2 "path"] path: String,
        /// Branch, tag, commit or version range; the default branch or newest version if empty.
        [4 "targetRevision"] target_revision: String,
        /// How Helm renders.
        [7 "helm"] helm: Option<Box<ApplicationSourceHelm>>,
        /// How Kustomize renders.
        [8 "kustomize"] kustomize: Option<Box<ApplicationSourceKustomize>>,
        /// How plain manifests and Jsonnet are read.
        [10 "directory"] directory: Option<Box<ApplicationSourceDirectory>>,
        /// How a plugin renders.
        [11 "plugin"] plugin: Option<Box<ApplicationSourcePlugin>>,
        /// Chart to take from a Helm repository.
        [12 "chart"] chart: String,
        /// Name by which the value files of other sources refer to this one.
        [13 "ref"] ref_: String,
        /// Name by which commands refer to this source.
        [14 "name"] name: String,
        /// Prefix of the tags that a version range is matched against.
        [15 "tagPrefix"] tag_prefix: String,
    }

    /// How Helm renders.
    pub struct ApplicationSourceHelm {
        /// Value files, later ones win.
        [1 "valueFiles"] value_files: Vec<String>,
        /// Single values, which win over files.
        [2 "parameters"] parameters: Vec<HelmParameter>,
        /// Release name; the application's name if empty.
        [3 "releaseName"] release_name: String,
        /// Values as YAML text.
        [4 "values"] values: String,
        /// Single values that are read from files.
        [5 "fileParameters"] file_parameters: Vec<HelmFileParameter>,
        /// Version of Helm: v3, the only one.
        [6 "version"] version: String,
        /// Sends the repository's credentials to other hosts as well.
        [7 "passCredentials"] pass_credentials: bool,
        /// Skips value files that do not exist.
        [8 "ignoreMissingValueFiles"] ignore_missing_value_files: bool,
        /// Leaves out the chart's custom resource definitions.
        [9 "skipCrds"] skip_crds: bool,
        /// Values as an object; takes precedence over values.
        [10 "valuesObject"] values_object: Option<RawExtension>,
        /// Namespace that templates see; the destination's if empty.
        [11 "namespace"] namespace: String,
        /// Kubernetes version that templates see; the cluster's if empty.
        [12 "kubeVersion"] kube_version: String,
        /// API versions that templates see; the cluster's if empty.
        [13 "apiVersions"] api_versions: Vec<String>,
        /// Leaves out the chart's tests.
        [14 "skipTests"] skip_tests: bool,
        /// Does not hold the values against the chart's schema.
        [15 "skipSchemaValidation"] skip_schema_validation: bool,
    }

    /// A value for Helm.
    pub struct HelmParameter {
        /// Path of the value.
        [1 "name"] name: String,
        /// The value.
        [2 "value"] value: String,
        /// Takes the value as text even where it looks like a number or a boolean.
        [3 "forceString"] force_string: bool,
    }

    /// A value for Helm that is read from a file.
    pub struct HelmFileParameter {
        /// Path of the value.
        [1 "name"] name: String,
        /// Path of the file.
        [2 "path"] path: String,
    }

    /// How Kustomize renders.
    pub struct ApplicationSourceKustomize {
        /// Prefix of all names.
        [1 "namePrefix"] name_prefix: String,
        /// Suffix of all names.
        [2 "nameSuffix"] name_suffix: String,
        /// Image overrides: name=new:tag.
        [3 "images"] images: Vec<String>,
        /// Labels for everything.
        [4 "commonLabels"] common_labels: BTreeMap<String, String>,
        /// Version of Kustomize.
        [5 "version"] version: String,
        /// Annotations for everything.
        [6 "commonAnnotations"] common_annotations: BTreeMap<String, String>,
        /// Replaces labels that are there already.
        [7 "forceCommonLabels"] force_common_labels: bool,
        /// Replaces annotations that are there already.
        [8 "forceCommonAnnotations"] force_common_annotations: bool,
        /// Namespace for everything.
        [9 "namespace"] namespace: String,
        /// Fills in build variables in annotation values.
        [10 "commonAnnotationsEnvsubst"] common_annotations_envsubst: bool,
        /// Replica overrides.
        [11 "replicas"] replicas: Vec<KustomizeReplica>,
        /// Patches.
        [12 "patches"] patches: Vec<KustomizePatch>,
        /// Components to add.
        [13 "components"] components: Vec<String>,
        /// Skips components that do not exist.
        [17 "ignoreMissingComponents"] ignore_missing_components: bool,
        /// Keeps common labels out of selectors.
        [14 "labelWithoutSelector"] label_without_selector: bool,
        /// Kubernetes version that Helm charts see; the cluster's if empty.
        [15 "kubeVersion"] kube_version: String,
        /// API versions that Helm charts see; the cluster's if empty.
        [16 "apiVersions"] api_versions: Vec<String>,
        /// Puts common labels into pod templates as well, where they are kept out of selectors.
        [18 "labelIncludeTemplates"] label_include_templates: bool,
    }

    /// A replica override.
    pub struct KustomizeReplica {
        /// Name of the workload.
        [1 "name" required] name: String,
        /// How many.
        [2 "count" required] count: IntOrString,
    }

    /// A patch for Kustomize.
    pub struct KustomizePatch {
        /// Path of the file that holds the patch.
        [1 "path"] path: String,
        /// The patch itself.
        [2 "patch"] patch: String,
        /// The objects to patch.
        [3 "target"] target: Option<KustomizeSelector>,
        /// Switches such as allowNameChange.
        [4 "options"] options: BTreeMap<String, bool>,
    }

    /// Selects objects for a patch.
    pub struct KustomizeSelector {
        /// The objects' names and kinds, as regular expressions.
        [1 "resId" inline] id: KustomizeResId,
        /// Selects by annotations.
        [2 "annotationSelector"] annotation_selector: String,
        /// Selects by labels.
        [3 "labelSelector"] label_selector: String,
    }

    /// What identifies an object to Kustomize.
    pub struct KustomizeResId {
        /// Group, version and kind.
        [1 "gvk" inline] gvk: KustomizeGvk,
        /// Name.
        [2 "name"] name: String,
        /// Namespace.
        [3 "namespace"] namespace: String,
    }

    /// Group, version and kind of an object.
    pub struct KustomizeGvk {
        /// API group.
        [1 "group"] group: String,
        /// API version.
        [2 "version"] version: String,
        /// Kind.
        [3 "kind"] kind: String,
    }

    /// How plain manifests and Jsonnet are read.
    pub struct ApplicationSourceDirectory {
        /// Reads subdirectories as well.
        [1 "recurse"] recurse: bool,
        /// How Jsonnet is evaluated.
        [2 "jsonnet" omitzero] jsonnet: ApplicationSourceJsonnet,
        /// Glob of paths to leave out.
        [3 "exclude"] exclude: String,
        /// Glob of paths to read; all if empty.
        [4 "include"] include: String,
        /// Reads included files whatever they are called.
        [5 "disableExtensionFilter"] disable_extension_filter: bool,
    }

    /// How Jsonnet is evaluated.
    pub struct ApplicationSourceJsonnet {
        /// External variables.
        [1 "extVars"] ext_vars: Vec<JsonnetVar>,
        /// Top-level arguments.
        [2 "tlas"] tlas: Vec<JsonnetVar>,
        /// Library directories.
        [3 "libs"] libs: Vec<String>,
    }

    /// A variable for Jsonnet.
    pub struct JsonnetVar {
        /// Name.
        [1 "name" required] name: String,
        /// Value.
        [2 "value" required] value: String,
        /// Whether the value is code rather than text.
        [3 "code"] code: bool,
    }

    /// How a plugin renders.
    pub struct ApplicationSourcePlugin {
        /// Name of the plugin; found by discovery if empty.
        [1 "name"] name: String,
        /// Environment variables.
        [2 "env"] env: Vec<EnvEntry>,
        /// Parameters.
        [3 "parameters"] parameters: Vec<ApplicationSourcePluginParameter>,
    }

    /// An environment variable.
    pub struct EnvEntry {
        /// Name, by custom in capitals.
        [1 "name" required] name: String,
        /// Value.
        [2 "value" required] value: String,
    }

    /// A parameter for a plugin: a text, a map or a list.
    pub struct ApplicationSourcePluginParameter {
        /// Name.
        [1 "name" always] name: String,
        /// The value, if it is a text.
        [5 "string"] string: Option<String>,
        /// The value, if it is a map.
        [3 "map"] map: Option<OptionalMap>,
        /// The value, if it is a list.
        [4 "array"] array: Option<OptionalArray>,
    }
}

codes! {
    /// What renders a source.
    pub enum ApplicationSourceType {
        /// Helm.
        Helm = "Helm",
        /// Kustomize.
        Kustomize = "Kustomize",
        /// Plain manifests or Jsonnet.
        Directory = "Directory",
        /// A plugin.
        Plugin = "Plugin",
    }
}

/// An object of free form.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct RawExtension(pub Value);

impl Field for RawExtension {
    fn is_empty(&self) -> bool {
        self.0.is_null()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(RawExtension)
    }

    fn type_name() -> String {
        "RawExtension".to_owned()
    }

    fn schema() -> Map<String, Value> {
        extend(Value::schema(), json!({"type": "object"}))
    }
}

impl ProtoField for RawExtension {
    fn encode_item(&self, tag: u32, buf: &mut impl BufMut) {
        self.0.encode_item(tag, buf);
    }

    fn item_len(&self, tag: u32) -> usize {
        self.0.item_len(tag)
    }

    fn merge_item(&mut self, wire_type: WireType, buf: &mut impl Buf, ctx: DecodeContext) -> Result<(), DecodeError> {
        self.0.merge_item(wire_type, buf, ctx)
    }

    fn is_left_out(&self) -> bool {
        self.0.is_null()
    }
}

/// Defines a collection that tells "not set" (a `None` around it) from "set and empty": a message of its own in protobuf,
/// the bare collection in JSON.
macro_rules! optional_collections {
    ($( $(#[doc = $doc:literal])+ $Name:ident($field:ident: $type:ty); )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $Name(pub $type);

        impl Serialize for $Name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl Field for $Name {
            fn is_empty(&self) -> bool {
                false
            }

            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$type as Field>::read(deserializer).map($Name)
            }

            fn type_name() -> String {
                stringify!($Name).to_owned()
            }

            fn schema() -> Map<String, Value> {
                <$type as Field>::schema()
            }

            fn collect(table: &mut MessageTable) {
                let field = FieldInfo {
                    rust: "0",
                    json: stringify!($field),
                    proto: stringify!($field),
                    tag: 1,
                    type_name: <$type as Field>::type_name(),
                    required: false,
                    inline: true,
                    doc: "The collection.".to_owned(),
                    schema: <$type as Field>::schema,
                };
                table.insert(stringify!($Name), vec![field]);
            }
        }

        impl prost::Message for $Name {
            fn encode_raw(&self, buf: &mut impl BufMut) {
                self.0.encode_item(1, buf);
            }

            fn merge_field(
                &mut self,
                tag: u32,
                wire_type: WireType,
                buf: &mut impl Buf,
                ctx: DecodeContext,
            ) -> Result<(), DecodeError> {
                match tag {
                    1 => self.0.merge_item(wire_type, buf, ctx),
                    _ => skip_field(wire_type, tag, buf, ctx),
                }
            }

            fn encoded_len(&self) -> usize {
                self.0.item_len(1)
            }

            fn clear(&mut self) {
                self.0.clear();
            }
        }

        message_fields!($Name);
    )+};
}

optional_collections! {
    /// A map that may be set and empty.
    OptionalMap(map: BTreeMap<String, String>);
    /// A list that may be set and empty.
    OptionalArray(array: Vec<String>);
}

impl ApplicationSource {
    /// Whether the source is a chart of a Helm repository rather than a directory.
    pub fn is_helm_chart(&self) -> bool {
        !self.chart.is_empty()
    }

    /// Whether the source is an artifact of an OCI registry.
    pub fn is_oci(&self) -> bool {
        self.repo_url.starts_with("oci://")
    }

    /// Whether other sources take files from this one.
    pub fn is_ref(&self) -> bool {
        !self.ref_.is_empty()
    }
}
