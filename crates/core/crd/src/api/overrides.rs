use super::InYaml;
use crate::wire::messages;

messages! {
    /// What the settings say about the objects of a kind.
    pub struct ResourceOverride {
        /// A Lua script that says how well an object is.
        [1 "health.lua" / "healthLua"] health_lua: String,
        /// Whether the script may use Lua's standard libraries.
        [5 "health.lua.useOpenLibs" / "useOpenLibs"] use_open_libs: bool,
        /// The actions, as YAML text: a ResourceActions.
        [3 "actions"] actions: String,
        /// Fields that may differ from the source.
        [2 "ignoreDifferences"] ignore_differences: InYaml<OverrideIgnoreDiff>,
        /// Fields whose change is no news.
        [6 "ignoreResourceUpdates"] ignore_resource_updates: InYaml<OverrideIgnoreDiff>,
        /// Fields that hold a type that Kubernetes knows.
        [4 "knownTypeFields"] known_type_fields: Vec<KnownTypeField>,
    }

    /// Fields of the objects of a kind.
    pub struct OverrideIgnoreDiff {
        /// As JSON pointers (RFC 6901).
        [1 "jsonPointers" / "jSONPointers" required] json_pointers: Vec<String>,
        /// As jq path expressions.
        [2 "jqPathExpressions" required] jq_path_expressions: Vec<String>,
        /// Those of these writers, as managedFields names them.
        [3 "managedFieldsManagers" required] managed_fields_managers: Vec<String>,
    }

    /// A field that holds a type that Kubernetes knows.
    pub struct KnownTypeField {
        /// Path of the field.
        [1 "field"] field: String,
        /// Name of the type.
        [2 "type"] type_: String,
    }

    /// The actions of a kind: what the text of `ResourceOverride.actions` holds.
    pub struct ResourceActions {
        /// A Lua script that says which actions an object offers.
        [1 "discovery.lua" / "actionDiscoveryLua"] action_discovery_lua: String,
        /// The actions.
        [2 "definitions"] definitions: Vec<ResourceActionDefinition>,
        /// Whether the built-in actions stay.
        [3 "mergeBuiltinActions"] merge_builtin_actions: bool,
    }

    /// What an action does.
    pub struct ResourceActionDefinition {
        /// Name.
        [1 "name" required] name: String,
        /// A Lua script that changes the object.
        [2 "action.lua" / "actionLua" required] action_lua: String,
    }

    /// An action that an object offers.
    pub struct ResourceAction {
        /// Name.
        [1 "name"] name: String,
        /// What it must be told.
        [2 "params"] params: Vec<ResourceActionParam>,
        /// Whether it cannot be run now.
        [3 "disabled"] disabled: bool,
        /// The class of its icon.
        [4 "iconClass"] icon_class: String,
        /// What people see.
        [5 "displayName"] display_name: String,
    }

    /// Something that an action must be told.
    pub struct ResourceActionParam {
        /// Name.
        [1 "name"] name: String,
    }

    /// How Kustomize is run.
    pub struct KustomizeOptions {
        /// Its command-line flags.
        [1 "BuildOptions" / "buildOptions" required] build_options: String,
        /// Path of its program.
        [2 "BinaryPath" / "binaryPath" required] binary_path: String,
        /// The versions there are.
        [3 "Versions" / "versions" required] versions: Vec<KustomizeVersion>,
    }

    /// A version of Kustomize.
    pub struct KustomizeVersion {
        /// The version.
        [1 "Name" / "name" required] name: String,
        /// Path of its program.
        [2 "Path" / "path" required] path: String,
        /// Its command-line flags.
        [3 "BuildOptions" / "buildOptions" required] build_options: String,
    }

    /// How Helm is run.
    pub struct HelmOptions {
        /// Schemes of URLs that value files may have.
        [1 "ValuesFileSchemes" / "valuesFileSchemes" required] values_file_schemes: Vec<String>,
    }

    /// A plugin as the settings once listed them.
    pub struct ConfigManagementPlugin {
        /// Name.
        [1 "name" required] name: String,
        /// What runs before it.
        [2 "init"] init: Option<Command>,
        /// What renders.
        [3 "generate" required] generate: Command,
        /// Whether it needs the repository for itself.
        [4 "lockRepo"] lock_repo: bool,
    }

    /// A program with its arguments.
    pub struct Command {
        /// The program.
        [1 "command"] command: Vec<String>,
        /// Its arguments.
        [2 "args"] args: Vec<String>,
    }
}
