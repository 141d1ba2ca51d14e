//! Jsonnet.

use bowline_base_tree::Tree;
use bowline_base_value::Value;
use bowline_core_crd::ApplicationSourceJsonnet;
use bowline_desired_jsonnet::{Evaluator, Options};
use bowline_desired_render::{Environment, Jsonnet};

/// Jsonnet files of directories.
#[derive(Debug, Default)]
pub struct JsonnetEngine {
    evaluator: Evaluator,
}

impl Jsonnet for JsonnetEngine {
    fn evaluate(
        &self,
        tree: &Tree,
        path: &str,
        options: &ApplicationSourceJsonnet,
        environment: &Environment,
    ) -> Result<Value, String> {
        let options = Options::new(options, &|text| environment.substitute(text));
        self.evaluator.evaluate(tree, path, &options).map_err(|e| e.to_string())
    }
}
