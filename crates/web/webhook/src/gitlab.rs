//! GitLab: pushes of branches and tags, of a project or told by a system hook.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::payload::{Commit, Push, json};
use crate::{Headers, Refused};

#[derive(Deserialize)]
struct Event {
    object_kind: Option<String>,
    event_name: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    project: Option<Project>,
    commits: Option<Vec<Option<Commit>>>,
}

#[derive(Deserialize)]
struct Project {
    web_url: Option<String>,
    git_http_url: Option<String>,
    git_ssh_url: Option<String>,
    default_branch: Option<String>,
}

pub(crate) fn read(headers: Headers<'_>, body: &[u8], verified: bool) -> Result<Vec<Pushed>, Refused> {
    let kind = headers("X-Gitlab-Event").unwrap_or_default();
    if !matches!(kind, "Push Hook" | "Tag Push Hook" | "System Hook") {
        return Err(Refused::Event);
    }
    let Event { object_kind, event_name, reference, project, commits } = json(body)?;
    let said = object_kind.or(event_name).unwrap_or_default();
    if kind == "System Hook" && !matches!(said.as_str(), "push" | "tag_push" | "repository_update") {
        return Ok(Vec::new());
    }
    let Some(Project { web_url, git_http_url, git_ssh_url, default_branch }) = project else { return Ok(Vec::new()) };
    let urls = vec![web_url, git_http_url, git_ssh_url];
    Ok(Push { urls, references: vec![reference], default_branch, commits }.hints(verified))
}
