//! The types of every RPC, so that any of them can be called by its name with JSON.

use bowline_core_crd as crd;
use bowline_web_wire::{
    Empty, Payload, account, application, applicationset, certificate, cluster, events, gpgkey, notification, project,
    repocreds, repository, session, version,
};
use serde_json::Value;

/// How messages of an RPC become bytes and JSON.
#[derive(Clone, Copy)]
pub struct Codec {
    /// A request, from the JSON that REST would take.
    pub encode: fn(&Value) -> Vec<u8>,
    /// An answer, as the JSON that REST would give.
    pub decode: fn(&[u8]) -> Value,
}

fn typed<Q: Payload, A: Payload>() -> Codec {
    Codec {
        encode: |json| Q::read(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}")).encode_to_vec(),
        decode: |bytes| {
            let answer = A::decode(bytes).expect("because the server sends what it says");
            serde_json::to_value(&answer).expect("because a message is JSON")
        },
    }
}

macro_rules! types {
    ($($path:literal $question:ty => $answer:ty;)*) => {
        /// The path of every RPC of the contract, with its types.
        pub fn all() -> Vec<(&'static str, Codec)> {
            vec![$(($path, typed::<$question, $answer>())),*]
        }
    };
}

types! {
    "/account.AccountService/CanI" account::CanIRequest => account::CanIResponse;
    "/account.AccountService/UpdatePassword" account::UpdatePasswordRequest => account::UpdatePasswordResponse;
    "/account.AccountService/ListAccounts" account::ListAccountRequest => account::AccountsList;
    "/account.AccountService/GetAccount" account::GetAccountRequest => account::Account;
    "/account.AccountService/CreateToken" account::CreateTokenRequest => account::CreateTokenResponse;
    "/account.AccountService/DeleteToken" account::DeleteTokenRequest => account::EmptyResponse;
    "/application.ApplicationService/List" application::ApplicationQuery => crd::ApplicationList;
    "/application.ApplicationService/ListResourceEvents" application::ApplicationResourceEventsQuery => events::EventList;
    "/application.ApplicationService/Watch" application::ApplicationQuery => crd::ApplicationWatchEvent;
    "/application.ApplicationService/Create" application::ApplicationCreateRequest => crd::Application;
    "/application.ApplicationService/Get" application::ApplicationQuery => crd::Application;
    "/application.ApplicationService/GetApplicationSyncWindows" application::ApplicationSyncWindowsQuery => application::ApplicationSyncWindowsResponse;
    "/application.ApplicationService/RevisionMetadata" application::RevisionMetadataQuery => crd::RevisionMetadata;
    "/application.ApplicationService/RevisionChartDetails" application::RevisionMetadataQuery => crd::ChartDetails;
    "/application.ApplicationService/GetOCIMetadata" application::RevisionMetadataQuery => crd::OCIMetadata;
    "/application.ApplicationService/GetManifests" application::ApplicationManifestQuery => repository::ManifestResponse;
    "/application.ApplicationService/GetManifestsWithFiles" application::ApplicationManifestQueryWithFilesWrapper => repository::ManifestResponse;
    "/application.ApplicationService/Update" application::ApplicationUpdateRequest => crd::Application;
    "/application.ApplicationService/UpdateSpec" application::ApplicationUpdateSpecRequest => crd::ApplicationSpec;
    "/application.ApplicationService/Patch" application::ApplicationPatchRequest => crd::Application;
    "/application.ApplicationService/Delete" application::ApplicationDeleteRequest => application::ApplicationResponse;
    "/application.ApplicationService/Sync" application::ApplicationSyncRequest => crd::Application;
    "/application.ApplicationService/ManagedResources" application::ResourcesQuery => application::ManagedResourcesResponse;
    "/application.ApplicationService/ServerSideDiff" application::ApplicationServerSideDiffQuery => application::ApplicationServerSideDiffResponse;
    "/application.ApplicationService/ResourceTree" application::ResourcesQuery => crd::ApplicationTree;
    "/application.ApplicationService/WatchResourceTree" application::ResourcesQuery => crd::ApplicationTree;
    "/application.ApplicationService/Rollback" application::ApplicationRollbackRequest => crd::Application;
    "/application.ApplicationService/TerminateOperation" application::OperationTerminateRequest => application::OperationTerminateResponse;
    "/application.ApplicationService/GetResource" application::ApplicationResourceRequest => application::ApplicationResourceResponse;
    "/application.ApplicationService/PatchResource" application::ApplicationResourcePatchRequest => application::ApplicationResourceResponse;
    "/application.ApplicationService/ListResourceActions" application::ApplicationResourceRequest => application::ResourceActionsListResponse;
    "/application.ApplicationService/RunResourceAction" application::ResourceActionRunRequest => application::ApplicationResponse;
    "/application.ApplicationService/RunResourceActionV2" application::ResourceActionRunRequestV2 => application::ApplicationResponse;
    "/application.ApplicationService/DeleteResource" application::ApplicationResourceDeleteRequest => application::ApplicationResponse;
    "/application.ApplicationService/PodLogs" application::ApplicationPodLogsQuery => application::LogEntry;
    "/application.ApplicationService/ListLinks" application::ListAppLinksRequest => application::LinksResponse;
    "/application.ApplicationService/ListResourceLinks" application::ApplicationResourceRequest => application::LinksResponse;
    "/applicationset.ApplicationSetService/Get" applicationset::ApplicationSetGetQuery => crd::ApplicationSet;
    "/applicationset.ApplicationSetService/Generate" applicationset::ApplicationSetGenerateRequest => applicationset::ApplicationSetGenerateResponse;
    "/applicationset.ApplicationSetService/List" applicationset::ApplicationSetListQuery => crd::ApplicationSetList;
    "/applicationset.ApplicationSetService/Create" applicationset::ApplicationSetCreateRequest => crd::ApplicationSet;
    "/applicationset.ApplicationSetService/Delete" applicationset::ApplicationSetDeleteRequest => applicationset::ApplicationSetResponse;
    "/applicationset.ApplicationSetService/ResourceTree" applicationset::ApplicationSetTreeQuery => crd::ApplicationSetTree;
    "/applicationset.ApplicationSetService/ListResourceEvents" applicationset::ApplicationSetGetQuery => events::EventList;
    "/applicationset.ApplicationSetService/Watch" applicationset::ApplicationSetWatchQuery => crd::ApplicationSetWatchEvent;
    "/certificate.CertificateService/ListCertificates" certificate::RepositoryCertificateQuery => crd::RepositoryCertificateList;
    "/certificate.CertificateService/CreateCertificate" certificate::RepositoryCertificateCreateRequest => crd::RepositoryCertificateList;
    "/certificate.CertificateService/DeleteCertificate" certificate::RepositoryCertificateQuery => crd::RepositoryCertificateList;
    "/cluster.ClusterService/List" cluster::ClusterQuery => crd::ClusterList;
    "/cluster.ClusterService/Create" cluster::ClusterCreateRequest => crd::Cluster;
    "/cluster.ClusterService/Get" cluster::ClusterQuery => crd::Cluster;
    "/cluster.ClusterService/Update" cluster::ClusterUpdateRequest => crd::Cluster;
    "/cluster.ClusterService/Delete" cluster::ClusterQuery => cluster::ClusterResponse;
    "/cluster.ClusterService/RotateAuth" cluster::ClusterQuery => cluster::ClusterResponse;
    "/cluster.ClusterService/InvalidateCache" cluster::ClusterQuery => crd::Cluster;
    "/gpgkey.GPGKeyService/List" gpgkey::GnuPGPublicKeyQuery => crd::GnuPGPublicKeyList;
    "/gpgkey.GPGKeyService/Get" gpgkey::GnuPGPublicKeyQuery => crd::GnuPGPublicKey;
    "/gpgkey.GPGKeyService/Create" gpgkey::GnuPGPublicKeyCreateRequest => gpgkey::GnuPGPublicKeyCreateResponse;
    "/gpgkey.GPGKeyService/Delete" gpgkey::GnuPGPublicKeyQuery => gpgkey::GnuPGPublicKeyResponse;
    "/notification.NotificationService/ListTriggers" notification::TriggersListRequest => notification::TriggerList;
    "/notification.NotificationService/ListServices" notification::ServicesListRequest => notification::ServiceList;
    "/notification.NotificationService/ListTemplates" notification::TemplatesListRequest => notification::TemplateList;
    "/project.ProjectService/CreateToken" project::ProjectTokenCreateRequest => project::ProjectTokenResponse;
    "/project.ProjectService/DeleteToken" project::ProjectTokenDeleteRequest => project::EmptyResponse;
    "/project.ProjectService/Create" project::ProjectCreateRequest => crd::AppProject;
    "/project.ProjectService/List" project::ProjectQuery => crd::AppProjectList;
    "/project.ProjectService/GetDetailedProject" project::ProjectQuery => project::DetailedProjectsResponse;
    "/project.ProjectService/Get" project::ProjectQuery => crd::AppProject;
    "/project.ProjectService/GetGlobalProjects" project::ProjectQuery => project::GlobalProjectsResponse;
    "/project.ProjectService/Update" project::ProjectUpdateRequest => crd::AppProject;
    "/project.ProjectService/Delete" project::ProjectQuery => project::EmptyResponse;
    "/project.ProjectService/ListEvents" project::ProjectQuery => events::EventList;
    "/project.ProjectService/GetSyncWindowsState" project::SyncWindowsQuery => project::SyncWindowsResponse;
    "/project.ProjectService/ListLinks" project::ListProjectLinksRequest => application::LinksResponse;
    "/repocreds.RepoCredsService/ListRepositoryCredentials" repocreds::RepoCredsQuery => crd::RepoCredsList;
    "/repocreds.RepoCredsService/ListWriteRepositoryCredentials" repocreds::RepoCredsQuery => crd::RepoCredsList;
    "/repocreds.RepoCredsService/CreateRepositoryCredentials" repocreds::RepoCredsCreateRequest => crd::RepoCreds;
    "/repocreds.RepoCredsService/CreateWriteRepositoryCredentials" repocreds::RepoCredsCreateRequest => crd::RepoCreds;
    "/repocreds.RepoCredsService/UpdateRepositoryCredentials" repocreds::RepoCredsUpdateRequest => crd::RepoCreds;
    "/repocreds.RepoCredsService/UpdateWriteRepositoryCredentials" repocreds::RepoCredsUpdateRequest => crd::RepoCreds;
    "/repocreds.RepoCredsService/DeleteRepositoryCredentials" repocreds::RepoCredsDeleteRequest => repocreds::RepoCredsResponse;
    "/repocreds.RepoCredsService/DeleteWriteRepositoryCredentials" repocreds::RepoCredsDeleteRequest => repocreds::RepoCredsResponse;
    "/repository.RepositoryService/List" repository::RepoQuery => crd::RepositoryList;
    "/repository.RepositoryService/Get" repository::RepoQuery => crd::Repository;
    "/repository.RepositoryService/GetWrite" repository::RepoQuery => crd::Repository;
    "/repository.RepositoryService/ListRepositories" repository::RepoQuery => crd::RepositoryList;
    "/repository.RepositoryService/ListWriteRepositories" repository::RepoQuery => crd::RepositoryList;
    "/repository.RepositoryService/ListRefs" repository::RepoQuery => repository::Refs;
    "/repository.RepositoryService/ListOCITags" repository::RepoQuery => repository::Refs;
    "/repository.RepositoryService/ListApps" repository::RepoAppsQuery => repository::RepoAppsResponse;
    "/repository.RepositoryService/GetAppDetails" repository::RepoAppDetailsQuery => repository::RepoAppDetailsResponse;
    "/repository.RepositoryService/GetHelmCharts" repository::RepoQuery => repository::HelmChartsResponse;
    "/repository.RepositoryService/Create" repository::RepoCreateRequest => crd::Repository;
    "/repository.RepositoryService/CreateRepository" repository::RepoCreateRequest => crd::Repository;
    "/repository.RepositoryService/CreateWriteRepository" repository::RepoCreateRequest => crd::Repository;
    "/repository.RepositoryService/Update" repository::RepoUpdateRequest => crd::Repository;
    "/repository.RepositoryService/UpdateRepository" repository::RepoUpdateRequest => crd::Repository;
    "/repository.RepositoryService/UpdateWriteRepository" repository::RepoUpdateRequest => crd::Repository;
    "/repository.RepositoryService/Delete" repository::RepoQuery => repository::RepoResponse;
    "/repository.RepositoryService/DeleteRepository" repository::RepoQuery => repository::RepoResponse;
    "/repository.RepositoryService/DeleteWriteRepository" repository::RepoQuery => repository::RepoResponse;
    "/repository.RepositoryService/ValidateAccess" repository::RepoAccessQuery => repository::RepoResponse;
    "/repository.RepositoryService/ValidateWriteAccess" repository::RepoAccessQuery => repository::RepoResponse;
    "/session.SessionService/GetUserInfo" session::GetUserInfoRequest => session::GetUserInfoResponse;
    "/session.SessionService/Create" session::SessionCreateRequest => session::SessionResponse;
    "/session.SessionService/Delete" session::SessionDeleteRequest => session::SessionResponse;
    "/cluster.SettingsService/Get" cluster::SettingsQuery => cluster::Settings;
    "/cluster.SettingsService/GetPlugins" cluster::SettingsQuery => cluster::SettingsPluginsResponse;
    "/version.VersionService/Version" Empty => version::VersionMessage;
}
