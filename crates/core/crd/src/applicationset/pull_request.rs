use std::collections::BTreeMap;

use super::ApplicationSetTemplate;
use super::scm::{
    BasicAuthBitbucketServer, BearerTokenBitbucket, BearerTokenBitbucketCloud, ConfigMapKeyRef, SecretRef,
};
use crate::wire::messages;

messages! {
    /// One set of parameters for each open pull request of a repository; one provider is given.
    pub struct PullRequestGenerator {
        /// GitHub.
        [1 "github"] github: Option<PullRequestGeneratorGithub>,
        /// GitLab.
        [2 "gitlab"] gitlab: Option<PullRequestGeneratorGitLab>,
        /// Gitea.
        [3 "gitea"] gitea: Option<PullRequestGeneratorGitea>,
        /// Bitbucket Server.
        [4 "bitbucketServer"] bitbucket_server: Option<PullRequestGeneratorBitbucketServer>,
        /// Keeps pull requests that match one of these.
        [5 "filters"] filters: Vec<PullRequestGeneratorFilter>,
        /// How often to look.
        [6 "requeueAfterSeconds"] requeue_after_seconds: Option<i64>,
        /// Laid over the application set's template.
        [7 "template"] template: ApplicationSetTemplate,
        /// Bitbucket Cloud.
        [8 "bitbucket"] bitbucket: Option<PullRequestGeneratorBitbucket>,
        /// Azure DevOps.
        [9 "azuredevops"] azure_dev_ops: Option<PullRequestGeneratorAzureDevOps>,
        /// Further parameters.
        [10 "values"] values: BTreeMap<String, String>,
        /// Takes a repository that is not found for one without pull requests.
        [11 "continueOnRepoNotFoundError"] continue_on_repo_not_found_error: bool,
    }

    /// The pull requests of a GitHub repository.
    pub struct PullRequestGeneratorGithub {
        /// The organisation or user.
        [1 "owner" required] owner: String,
        /// The repository.
        [2 "repo" required] repo: String,
        /// URL of the API; github.com if empty.
        [3 "api"] api: String,
        /// The access token.
        [4 "tokenRef"] token_ref: Option<SecretRef>,
        /// Repository Secret that holds a GitHub App, instead of a token.
        [5 "appSecretName"] app_secret_name: String,
        /// Labels that a pull request must have.
        [6 "labels"] labels: Vec<String>,
    }

    /// The merge requests of a GitLab project.
    pub struct PullRequestGeneratorGitLab {
        /// The project: its ID or path.
        [1 "project" required] project: String,
        /// URL of the API; gitlab.com if empty.
        [2 "api"] api: String,
        /// The access token.
        [3 "tokenRef"] token_ref: Option<SecretRef>,
        /// Labels that a merge request must have.
        [4 "labels"] labels: Vec<String>,
        /// The state of merge requests to take; all if empty.
        [5 "pullRequestState"] pull_request_state: String,
        /// Does not verify the server's certificate.
        [6 "insecure"] insecure: bool,
        /// Certificates to trust.
        [7 "caRef"] ca_ref: Option<ConfigMapKeyRef>,
    }

    /// The pull requests of a Gitea repository.
    pub struct PullRequestGeneratorGitea {
        /// The organisation or user.
        [1 "owner" required] owner: String,
        /// The repository.
        [2 "repo" required] repo: String,
        /// URL of the server.
        [3 "api" required] api: String,
        /// The access token.
        [4 "tokenRef"] token_ref: Option<SecretRef>,
        /// Does not verify the server's certificate.
        [5 "insecure"] insecure: bool,
        /// Labels that a pull request must have.
        [6 "labels"] labels: Vec<String>,
    }

    /// The pull requests of a Bitbucket Server repository.
    pub struct PullRequestGeneratorBitbucketServer {
        /// The project's key.
        [1 "project" required] project: String,
        /// The repository.
        [2 "repo" required] repo: String,
        /// URL of the API.
        [3 "api" required] api: String,
        /// User and password.
        [4 "basicAuth"] basic_auth: Option<BasicAuthBitbucketServer>,
        /// A token, instead of user and password.
        [5 "bearerToken"] bearer_token: Option<BearerTokenBitbucket>,
        /// Does not verify the server's certificate.
        [6 "insecure"] insecure: bool,
        /// Certificates to trust.
        [7 "caRef"] ca_ref: Option<ConfigMapKeyRef>,
    }

    /// The pull requests of a Bitbucket Cloud repository.
    pub struct PullRequestGeneratorBitbucket {
        /// The workspace.
        [1 "owner" required] owner: String,
        /// The repository.
        [2 "repo" required] repo: String,
        /// URL of the API; api.bitbucket.org if empty.
        [3 "api"] api: String,
        /// User and password.
        [4 "basicAuth"] basic_auth: Option<BasicAuthBitbucketServer>,
        /// A token, instead of user and password.
        [5 "bearerToken"] bearer_token: Option<BearerTokenBitbucketCloud>,
    }

    /// The pull requests of an Azure DevOps repository.
    pub struct PullRequestGeneratorAzureDevOps {
        /// The organisation.
        [1 "organization" required] organization: String,
        /// The team project.
        [2 "project" required] project: String,
        /// The repository.
        [3 "repo" required] repo: String,
        /// URL of the server; dev.azure.com if empty.
        [4 "api"] api: String,
        /// The access token.
        [5 "tokenRef"] token_ref: Option<SecretRef>,
        /// Labels that a pull request must have.
        [6 "labels"] labels: Vec<String>,
    }

    /// Keeps pull requests that match all that is given.
    pub struct PullRequestGeneratorFilter {
        /// Regular expression for the branch.
        [1 "branchMatch"] branch_match: Option<String>,
        /// Regular expression for the branch it goes into.
        [2 "targetBranchMatch"] target_branch_match: Option<String>,
        /// Regular expression for the title.
        [3 "titleMatch"] title_match: Option<String>,
    }
}
