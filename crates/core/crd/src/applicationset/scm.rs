use std::collections::BTreeMap;

use super::ApplicationSetTemplate;
use crate::wire::messages;

messages! {
    /// One set of parameters for each repository of an organisation; one provider is given.
    pub struct SCMProviderGenerator {
        /// GitHub.
        [1 "github"] github: Option<SCMProviderGeneratorGithub>,
        /// GitLab.
        [2 "gitlab"] gitlab: Option<SCMProviderGeneratorGitlab>,
        /// Bitbucket Cloud.
        [3 "bitbucket"] bitbucket: Option<SCMProviderGeneratorBitbucket>,
        /// Bitbucket Server.
        [4 "bitbucketServer"] bitbucket_server: Option<SCMProviderGeneratorBitbucketServer>,
        /// Gitea.
        [5 "gitea"] gitea: Option<SCMProviderGeneratorGitea>,
        /// Azure DevOps.
        [6 "azureDevOps"] azure_dev_ops: Option<SCMProviderGeneratorAzureDevOps>,
        /// Keeps repositories that match one of these.
        [7 "filters"] filters: Vec<SCMProviderGeneratorFilter>,
        /// The protocol of the URLs: ssh, https or another that the provider has.
        [8 "cloneProtocol"] clone_protocol: String,
        /// How often to look.
        [9 "requeueAfterSeconds"] requeue_after_seconds: Option<i64>,
        /// Laid over the application set's template.
        [10 "template"] template: ApplicationSetTemplate,
        /// Further parameters.
        [11 "values"] values: BTreeMap<String, String>,
        /// AWS CodeCommit.
        [12 "awsCodeCommit"] aws_code_commit: Option<SCMProviderGeneratorAWSCodeCommit>,
    }

    /// The repositories of a GitHub organisation.
    pub struct SCMProviderGeneratorGithub {
        /// The organisation.
        [1 "organization" required] organization: String,
        /// URL of the API; github.com if empty.
        [2 "api"] api: String,
        /// The access token.
        [3 "tokenRef"] token_ref: Option<SecretRef>,
        /// Repository Secret that holds a GitHub App, instead of a token.
        [4 "appSecretName"] app_secret_name: String,
        /// Takes all branches, not only the default one.
        [5 "allBranches"] all_branches: bool,
        /// Leaves archived repositories out.
        [6 "excludeArchivedRepos"] exclude_archived_repos: bool,
    }

    /// The repositories of a GitLab group.
    pub struct SCMProviderGeneratorGitlab {
        /// The group: its ID or path.
        [1 "group" required] group: String,
        /// Takes subgroups as well.
        [2 "includeSubgroups"] include_subgroups: bool,
        /// URL of the API; gitlab.com if empty.
        [3 "api"] api: String,
        /// The access token.
        [4 "tokenRef"] token_ref: Option<SecretRef>,
        /// Takes all branches, not only the default one.
        [5 "allBranches"] all_branches: bool,
        /// Does not verify the server's certificate.
        [6 "insecure"] insecure: bool,
        /// Takes projects that are shared with a subgroup as well (default: true).
        [7 "includeSharedProjects"] include_shared_projects: Option<bool>,
        /// Takes only projects with this topic.
        [8 "topic"] topic: String,
        /// Certificates to trust.
        [9 "caRef"] ca_ref: Option<ConfigMapKeyRef>,
        /// Takes archived projects as well.
        [10 "includeArchivedRepos"] include_archived_repos: bool,
    }

    /// The repositories of a Bitbucket Cloud workspace.
    pub struct SCMProviderGeneratorBitbucket {
        /// The workspace.
        [1 "owner" required] owner: String,
        /// The user to log in as.
        [2 "user" required] user: String,
        /// The app password.
        [3 "appPasswordRef" required] app_password_ref: Option<SecretRef>,
        /// Takes all branches, not only the main one.
        [4 "allBranches"] all_branches: bool,
    }

    /// The repositories of a Bitbucket Server project.
    pub struct SCMProviderGeneratorBitbucketServer {
        /// The project's key.
        [1 "project" required] project: String,
        /// URL of the API.
        [2 "api" required] api: String,
        /// User and password.
        [3 "basicAuth"] basic_auth: Option<BasicAuthBitbucketServer>,
        /// Takes all branches, not only the default one.
        [4 "allBranches"] all_branches: bool,
        /// A token, instead of user and password.
        [5 "bearerToken"] bearer_token: Option<BearerTokenBitbucket>,
        /// Does not verify the server's certificate.
        [6 "insecure"] insecure: bool,
        /// Certificates to trust.
        [7 "caRef"] ca_ref: Option<ConfigMapKeyRef>,
    }

    /// The repositories of a Gitea organisation or user.
    pub struct SCMProviderGeneratorGitea {
        /// The organisation or user.
        [1 "owner" required] owner: String,
        /// URL of the server.
        [2 "api" required] api: String,
        /// The access token.
        [3 "tokenRef"] token_ref: Option<SecretRef>,
        /// Takes all branches, not only the default one.
        [4 "allBranches"] all_branches: bool,
        /// Does not verify the server's certificate.
        [5 "insecure"] insecure: bool,
        /// Leaves archived repositories out.
        [6 "excludeArchivedRepos"] exclude_archived_repos: bool,
    }

    /// The repositories of an Azure DevOps project.
    pub struct SCMProviderGeneratorAzureDevOps {
        /// The organisation.
        [5 "organization" required] organization: String,
        /// URL of the server; dev.azure.com if empty.
        [6 "api"] api: String,
        /// The team project.
        [7 "teamProject" required] team_project: String,
        /// The access token.
        [8 "accessTokenRef" required] access_token_ref: Option<SecretRef>,
        /// Takes all branches, not only the default one.
        [9 "allBranches"] all_branches: bool,
    }

    /// The repositories of an AWS account and region.
    pub struct SCMProviderGeneratorAWSCodeCommit {
        /// Keeps repositories that have one of these tags.
        [1 "tagFilters"] tag_filters: Vec<TagFilter>,
        /// ARN of the role to take on.
        [2 "role"] role: String,
        /// The region; the environment's if empty.
        [3 "region"] region: String,
        /// Takes all branches, not only the default one.
        [4 "allBranches"] all_branches: bool,
    }

    /// A tag that a repository must have.
    pub struct TagFilter {
        /// The tag's key.
        [1 "key" required] key: String,
        /// The tag's value; any if empty.
        [2 "value"] value: String,
    }

    /// Keeps repositories that match all that is given.
    pub struct SCMProviderGeneratorFilter {
        /// Regular expression for the name.
        [1 "repositoryMatch"] repository_match: Option<String>,
        /// Paths that must all exist.
        [2 "pathsExist"] paths_exist: Vec<String>,
        /// Paths of which none may exist.
        [3 "pathsDoNotExist"] paths_do_not_exist: Vec<String>,
        /// Regular expression that a label must match.
        [4 "labelMatch"] label_match: Option<String>,
        /// Regular expression for the branch.
        [5 "branchMatch"] branch_match: Option<String>,
    }

    /// A key of a Secret.
    pub struct SecretRef {
        /// Name of the Secret.
        [1 "secretName" required] secret_name: String,
        /// The key.
        [2 "key" required] key: String,
    }

    /// A key of a ConfigMap.
    pub struct ConfigMapKeyRef {
        /// Name of the ConfigMap.
        [1 "configMapName" required] config_map_name: String,
        /// The key.
        [2 "key" required] key: String,
    }

    /// User and password for Bitbucket.
    pub struct BasicAuthBitbucketServer {
        /// The user.
        [1 "username" required] username: String,
        /// The password or token.
        [2 "passwordRef" required] password_ref: Option<SecretRef>,
    }

    /// A token for Bitbucket Server.
    pub struct BearerTokenBitbucket {
        /// The token.
        [1 "tokenRef" required] token_ref: Option<SecretRef>,
    }

    /// A token for Bitbucket Cloud.
    pub struct BearerTokenBitbucketCloud {
        /// The token.
        [1 "tokenRef" required] token_ref: Option<SecretRef>,
    }
}
