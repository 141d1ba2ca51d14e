use bowline_base_gotmpl::{Map, MapKind, Value};
use bowline_base_tree::MemoryTree;

use super::process;
use crate::load;

/// What comes of a chart whose subcharts lie one in the other, `levels` deep, each declared by `dependency` of its number.
fn nested(levels: usize, values: &str, dependency: impl Fn(usize) -> String) -> Result<(), String> {
    let mut files = Vec::new();
    let mut directory = String::new();
    for level in 0..levels {
        let dependencies = if level + 1 < levels { dependency(level + 1) } else { String::new() };
        files.push((
            format!("{directory}Chart.yaml"),
            format!("apiVersion: v2\nname: c{level}\nversion: 1.0.0\ndependencies:\n{dependencies}"),
        ));
        files.push((format!("{directory}values.yaml"), values.to_string()));
        directory = format!("{directory}charts/c{}/", level + 1);
    }
    let tree = MemoryTree::from_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let chart = load(&tree, "").map_err(|e| e.to_string())?;
    let none = Map::new(MapKind::Any, std::iter::empty::<(&str, Value)>());
    process(&chart, &none).map(drop)
}

#[test]
fn aliases_multiply_charts_within_bounds() {
    let aliases = |count: usize| {
        move |level: usize| -> String {
            (0..count).map(|i| format!("- {{name: c{level}, version: 1.0.0, alias: a{level}x{i}}}\n")).collect()
        }
    };
    nested(3, "a: {b: 1}", aliases(8)).expect("because 73 charts are not many");
    let error = nested(8, "a: {b: 1}", aliases(20)).unwrap_err();
    assert_eq!(error, "it is made of more than 2000 charts, each alias counted");
}

#[test]
fn aliases_and_imports_multiply_values_within_bounds() {
    let wide: String = (0..3000).map(|i| format!("k{i}: [1, 2, 3, 4]\n")).collect();
    let many = |level: usize| -> String {
        (0..300).map(|i| format!("- {{name: c{level}, version: 1.0.0, alias: a{i}}}\n")).collect()
    };
    let too_many = "aliases and imports of its charts make too many values";
    assert_eq!(nested(2, &wide, many).unwrap_err(), too_many);
    // Each level takes the exports of the one below ten times.
    let imports = |level: usize| -> String {
        let imports: Vec<String> = (0..10).map(|i| format!("{{child: data, parent: data.p{i}}}")).collect();
        format!("- name: c{level}\n  version: 1.0.0\n  import-values: [{}]\n", imports.join(", "))
    };
    nested(3, "data: {x: 1}", imports).expect("because a hundred tables are not many");
    assert_eq!(nested(12, "data: {x: 1}", imports).unwrap_err(), too_many);
}
