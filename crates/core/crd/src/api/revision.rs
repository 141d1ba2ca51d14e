use crate::time::Time;
use crate::wire::messages;

messages! {
    /// What is known of a commit.
    pub struct RevisionMetadata {
        /// Who wrote it.
        [1 "author"] author: String,
        /// When.
        [2 "date" required] date: Option<Time>,
        /// The tags that point at it.
        [3 "tags"] tags: Vec<String>,
        /// What it says.
        [4 "message"] message: String,
        /// What is known of its signature.
        [5 "signatureInfo"] signature_info: String,
        /// The commits that it speaks of, such as those that an image was built from.
        [6 "references"] references: Vec<RevisionReference>,
        /// What the checks of the project found.
        [7 "sourceIntegrityResult"] source_integrity_result: Option<SourceIntegrityCheckResult>,
    }

    /// Something that a commit speaks of.
    pub struct RevisionReference {
        /// Another commit.
        [1 "commit"] commit: Option<CommitMetadata>,
    }

    /// A commit that another one speaks of.
    pub struct CommitMetadata {
        /// Who wrote it.
        [1 "author"] author: String,
        /// When, as RFC 3339.
        [2 "date"] date: String,
        /// The first line of what it says.
        [3 "subject"] subject: String,
        /// The rest of what it says.
        [4 "body"] body: String,
        /// Its hash.
        [5 "sha"] sha: String,
        /// The repository that it is in.
        [6 "repoUrl"] repo_url: String,
    }

    /// What is known of a chart.
    pub struct ChartDetails {
        /// What it is for.
        [1 "description"] description: String,
        /// Its home page.
        [2 "home"] home: String,
        /// Who looks after it.
        [3 "maintainers"] maintainers: Vec<String>,
    }

    /// What is known of an OCI artifact: its standard annotations.
    pub struct OCIMetadata {
        /// When it was made.
        [1 "createdAt"] created_at: String,
        /// Who made it.
        [2 "authors"] authors: String,
        /// Where to find out more.
        [3 "imageUrl"] image_url: String,
        /// Where its documentation is.
        [4 "docsUrl"] docs_url: String,
        /// Where its source is.
        [5 "sourceUrl"] source_url: String,
        /// Its version.
        [6 "version"] version: String,
        /// What it is for.
        [7 "description"] description: String,
    }

    /// What the checks of a project found in a source.
    pub struct SourceIntegrityCheckResult {
        /// The checks.
        [1 "Checks" / "checks" required] checks: Vec<SourceIntegrityCheckResultItem>,
    }

    /// What one check found.
    pub struct SourceIntegrityCheckResultItem {
        /// The check.
        [1 "Name" / "name" required] name: String,
        /// What is wrong; nothing if empty.
        [2 "Problems" / "problems" required] problems: Vec<String>,
    }
}
