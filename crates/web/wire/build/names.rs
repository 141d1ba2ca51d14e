//! Names of protobuf as Rust spells them.

use prost_reflect::FileDescriptor;

/// The module of a package: its last word, or `health_v1` where that is a version.
pub fn module(package: &str) -> String {
    let words: Vec<&str> = package.split('.').collect();
    match words[..] {
        [.., name, version @ ("v1" | "v1alpha")] => format!("{name}_{version}"),
        [.., name] => name.to_owned(),
        [] => String::new(),
    }
}

/// `appsetNamespace`, `repoURL`, `ListOCITags` → `appset_namespace`, `repo_url`, `list_oci_tags`.
pub fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() && before != '_' || after.is_some_and(|after| after.is_lowercase())
            });
        if starts {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    match snake.as_str() {
        "type" | "ref" | "continue" | "match" | "use" | "move" => snake + "_",
        _ => snake,
    }
}

/// `ApplicationService` → `APPLICATION_SERVICE`.
pub fn constant(name: &str) -> String {
    snake(name).to_uppercase()
}

/// The comment before or after what stands at `path` of a file, as a sentence.
pub fn comment(file: &FileDescriptor, path: &[i32]) -> Result<String, String> {
    let info = file.file_descriptor_proto().source_code_info.iter().flat_map(|info| &info.location);
    let location = info
        .filter(|location| location.path == path)
        .find_map(|location| location.leading_comments.as_deref().or(location.trailing_comments.as_deref()));
    let text = location.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    let first = letters.next().ok_or_else(|| format!("{} {path:?}: a comment is missing", file.name()))?;
    let end = if text.ends_with('.') { "" } else { "." };
    Ok(first.to_uppercase().chain(letters).collect::<String>() + end)
}
