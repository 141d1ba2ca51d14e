//! The files of the web UI as `make ui` leaves them in `ui/dist`, each with its compressed forms, made when this crate is built.
//!
//! Where `ui/dist` has no index, the UI is [`INDEX`] alone: a page that says so, and how to build it. Nothing here needs Node.

/// One file of the UI. Its bytes are part of the program.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Path below the index, without a slash before it.
    pub path: &'static str,
    /// Content type.
    pub content_type: &'static str,
    /// What it holds.
    pub plain: &'static [u8],
    /// The same by gzip, where that is smaller.
    pub gzip: Option<&'static [u8]>,
    /// The same by brotli, where that is smaller.
    pub brotli: Option<&'static [u8]>,
    /// The beginning of its SHA-256, in hex.
    pub digest: &'static str,
    /// Whether its name holds a digest of its content, so that it never changes.
    pub immutable: bool,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_can_be_moved_and_names_only_what_is_there() {
        assert!(INDEX.contains("<base href=\"/\""), "the server writes it anew for where the UI stands");
        assert_eq!(IS_BUILT, !FILES.is_empty());
        if !IS_BUILT {
            assert!(INDEX.contains("make ui"), "who reads it must learn what to do");
            return;
        }
        for attribute in INDEX.split(['"', '\'']).filter(|text| text.contains("assets/")) {
            let path = attribute.trim_start_matches("./").trim_start_matches('/');
            assert!(FILES.iter().any(|file| file.path == path), "{path} is not among the files");
        }
    }

    #[test]
    fn nothing_inline_that_the_policy_would_refuse() {
        for (open, close) in [("<script", "</script>"), ("<style", "</style>")] {
            for (at, _) in INDEX.match_indices(open) {
                let rest = &INDEX[at..];
                let content = &rest[rest.find('>').map_or(0, |end| end + 1)..rest.find(close).unwrap_or(0)];
                assert!(content.trim().is_empty(), "{open}> with content: {content}");
            }
        }
    }

    #[test]
    fn compressed_forms_are_smaller() {
        for file in FILES {
            for packed in [file.gzip, file.brotli].into_iter().flatten() {
                assert!(packed.len() < file.plain.len(), "{}", file.path);
            }
            assert_eq!(file.digest.len(), 16, "{}", file.path);
        }
    }
}
