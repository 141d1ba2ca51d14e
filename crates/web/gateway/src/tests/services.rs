//! Every service, carried out by the [`Echo`].

use std::sync::Arc;

use bowline_core_crd as crd;
use bowline_web_wire::tonic::{self, Request, Response, Status};
use bowline_web_wire::{self as wire, Api, Messages};

use super::Echo;

macro_rules! echo {
    ($($inner:ident in $module:ident $Service:ident $function:ident {
        $( $kind:ident $method:ident $name:literal: $Request:ty => $Answer:ty, )+
    })+) => {
        pub(super) fn api(echo: &Arc<Echo>) -> Api {
            Api::default()$(.with(wire::$module::$function(echo.clone())))+
        }
        $(mod $inner {
            #[allow(clippy::wildcard_imports, unused_imports, reason = "not every service needs all of it")]
            use {super::*, wire::$module::*};

            #[tonic::async_trait]
            impl $Service for Echo {
                $( async fn $method(&self, request: Request<$Request>) -> Result<Response<$Answer>, Status> {
                    self.$kind($name, request).await
                } )+
            }
        })+
    };
}

echo! {
    account in account AccountService account_service {
        one can_i "CanI": CanIRequest => CanIResponse,
        one update_password "UpdatePassword": UpdatePasswordRequest => UpdatePasswordResponse,
        one list_accounts "ListAccounts": ListAccountRequest => AccountsList,
        one get_account "GetAccount": GetAccountRequest => Account,
        one create_token "CreateToken": CreateTokenRequest => CreateTokenResponse,
        one delete_token "DeleteToken": DeleteTokenRequest => EmptyResponse,
    }
    application in application ApplicationService application_service {
        one list "List": ApplicationQuery => crd::ApplicationList,
        one list_resource_events "ListResourceEvents": ApplicationResourceEventsQuery => wire::events::EventList,
        several watch "Watch": ApplicationQuery => Messages<crd::ApplicationWatchEvent>,
        one create "Create": ApplicationCreateRequest => crd::Application,
        one get "Get": ApplicationQuery => crd::Application,
        one get_application_sync_windows "GetApplicationSyncWindows": ApplicationSyncWindowsQuery => ApplicationSyncWindowsResponse,
        one revision_metadata "RevisionMetadata": RevisionMetadataQuery => crd::RevisionMetadata,
        one revision_chart_details "RevisionChartDetails": RevisionMetadataQuery => crd::ChartDetails,
        one get_oci_metadata "GetOCIMetadata": RevisionMetadataQuery => crd::OCIMetadata,
        one get_manifests "GetManifests": ApplicationManifestQuery => wire::repository::ManifestResponse,
        collected get_manifests_with_files "GetManifestsWithFiles": Messages<ApplicationManifestQueryWithFilesWrapper> => wire::repository::ManifestResponse,
        one update "Update": ApplicationUpdateRequest => crd::Application,
        one update_spec "UpdateSpec": ApplicationUpdateSpecRequest => crd::ApplicationSpec,
        one patch "Patch": ApplicationPatchRequest => crd::Application,
        one delete "Delete": ApplicationDeleteRequest => ApplicationResponse,
        one sync "Sync": ApplicationSyncRequest => crd::Application,
        one managed_resources "ManagedResources": ResourcesQuery => ManagedResourcesResponse,
        one server_side_diff "ServerSideDiff": ApplicationServerSideDiffQuery => ApplicationServerSideDiffResponse,
        one resource_tree "ResourceTree": ResourcesQuery => crd::ApplicationTree,
        several watch_resource_tree "WatchResourceTree": ResourcesQuery => Messages<crd::ApplicationTree>,
        one rollback "Rollback": ApplicationRollbackRequest => crd::Application,
        one terminate_operation "TerminateOperation": OperationTerminateRequest => OperationTerminateResponse,
        one get_resource "GetResource": ApplicationResourceRequest => ApplicationResourceResponse,
        one patch_resource "PatchResource": ApplicationResourcePatchRequest => ApplicationResourceResponse,
        one list_resource_actions "ListResourceActions": ApplicationResourceRequest => ResourceActionsListResponse,
        one run_resource_action "RunResourceAction": ResourceActionRunRequest => ApplicationResponse,
        one run_resource_action_v2 "RunResourceActionV2": ResourceActionRunRequestV2 => ApplicationResponse,
        one delete_resource "DeleteResource": ApplicationResourceDeleteRequest => ApplicationResponse,
        several pod_logs "PodLogs": ApplicationPodLogsQuery => Messages<LogEntry>,
        one list_links "ListLinks": ListAppLinksRequest => LinksResponse,
        one list_resource_links "ListResourceLinks": ApplicationResourceRequest => LinksResponse,
    }
    applicationset in applicationset ApplicationSetService application_set_service {
        one get "Get": ApplicationSetGetQuery => crd::ApplicationSet,
        one generate "Generate": ApplicationSetGenerateRequest => ApplicationSetGenerateResponse,
        one list "List": ApplicationSetListQuery => crd::ApplicationSetList,
        one create "Create": ApplicationSetCreateRequest => crd::ApplicationSet,
        one delete "Delete": ApplicationSetDeleteRequest => ApplicationSetResponse,
        one resource_tree "ResourceTree": ApplicationSetTreeQuery => crd::ApplicationSetTree,
        one list_resource_events "ListResourceEvents": ApplicationSetGetQuery => wire::events::EventList,
        several watch "Watch": ApplicationSetWatchQuery => Messages<crd::ApplicationSetWatchEvent>,
    }
    certificate in certificate CertificateService certificate_service {
        one list_certificates "ListCertificates": RepositoryCertificateQuery => crd::RepositoryCertificateList,
        one create_certificate "CreateCertificate": RepositoryCertificateCreateRequest => crd::RepositoryCertificateList,
        one delete_certificate "DeleteCertificate": RepositoryCertificateQuery => crd::RepositoryCertificateList,
    }
    cluster in cluster ClusterService cluster_service {
        one list "List": ClusterQuery => crd::ClusterList,
        one create "Create": ClusterCreateRequest => crd::Cluster,
        one get "Get": ClusterQuery => crd::Cluster,
        one update "Update": ClusterUpdateRequest => crd::Cluster,
        one delete "Delete": ClusterQuery => ClusterResponse,
        one rotate_auth "RotateAuth": ClusterQuery => ClusterResponse,
        one invalidate_cache "InvalidateCache": ClusterQuery => crd::Cluster,
    }
    cluster_settings in cluster SettingsService settings_service {
        one get "Get": SettingsQuery => Settings,
        one get_plugins "GetPlugins": SettingsQuery => SettingsPluginsResponse,
    }
    gpgkey in gpgkey GPGKeyService gpg_key_service {
        one list "List": GnuPGPublicKeyQuery => crd::GnuPGPublicKeyList,
        one get "Get": GnuPGPublicKeyQuery => crd::GnuPGPublicKey,
        one create "Create": GnuPGPublicKeyCreateRequest => GnuPGPublicKeyCreateResponse,
        one delete "Delete": GnuPGPublicKeyQuery => GnuPGPublicKeyResponse,
    }
    notification in notification NotificationService notification_service {
        one list_triggers "ListTriggers": TriggersListRequest => TriggerList,
        one list_services "ListServices": ServicesListRequest => ServiceList,
        one list_templates "ListTemplates": TemplatesListRequest => TemplateList,
    }
    project in project ProjectService project_service {
        one create_token "CreateToken": ProjectTokenCreateRequest => ProjectTokenResponse,
        one delete_token "DeleteToken": ProjectTokenDeleteRequest => EmptyResponse,
        one create "Create": ProjectCreateRequest => crd::AppProject,
        one list "List": ProjectQuery => crd::AppProjectList,
        one get_detailed_project "GetDetailedProject": ProjectQuery => DetailedProjectsResponse,
        one get "Get": ProjectQuery => crd::AppProject,
        one get_global_projects "GetGlobalProjects": ProjectQuery => GlobalProjectsResponse,
        one update "Update": ProjectUpdateRequest => crd::AppProject,
        one delete "Delete": ProjectQuery => EmptyResponse,
        one list_events "ListEvents": ProjectQuery => wire::events::EventList,
        one get_sync_windows_state "GetSyncWindowsState": SyncWindowsQuery => SyncWindowsResponse,
        one list_links "ListLinks": ListProjectLinksRequest => wire::application::LinksResponse,
    }
    repocreds in repocreds RepoCredsService repo_creds_service {
        one list_repository_credentials "ListRepositoryCredentials": RepoCredsQuery => crd::RepoCredsList,
        one list_write_repository_credentials "ListWriteRepositoryCredentials": RepoCredsQuery => crd::RepoCredsList,
        one create_repository_credentials "CreateRepositoryCredentials": RepoCredsCreateRequest => crd::RepoCreds,
        one create_write_repository_credentials "CreateWriteRepositoryCredentials": RepoCredsCreateRequest => crd::RepoCreds,
        one update_repository_credentials "UpdateRepositoryCredentials": RepoCredsUpdateRequest => crd::RepoCreds,
        one update_write_repository_credentials "UpdateWriteRepositoryCredentials": RepoCredsUpdateRequest => crd::RepoCreds,
        one delete_repository_credentials "DeleteRepositoryCredentials": RepoCredsDeleteRequest => RepoCredsResponse,
        one delete_write_repository_credentials "DeleteWriteRepositoryCredentials": RepoCredsDeleteRequest => RepoCredsResponse,
    }
    repository in repository RepositoryService repository_service {
        one list "List": RepoQuery => crd::RepositoryList,
        one get "Get": RepoQuery => crd::Repository,
        one get_write "GetWrite": RepoQuery => crd::Repository,
        one list_repositories "ListRepositories": RepoQuery => crd::RepositoryList,
        one list_write_repositories "ListWriteRepositories": RepoQuery => crd::RepositoryList,
        one list_refs "ListRefs": RepoQuery => Refs,
        one list_oci_tags "ListOCITags": RepoQuery => Refs,
        one list_apps "ListApps": RepoAppsQuery => RepoAppsResponse,
        one get_app_details "GetAppDetails": RepoAppDetailsQuery => RepoAppDetailsResponse,
        one get_helm_charts "GetHelmCharts": RepoQuery => HelmChartsResponse,
        one create "Create": RepoCreateRequest => crd::Repository,
        one create_repository "CreateRepository": RepoCreateRequest => crd::Repository,
        one create_write_repository "CreateWriteRepository": RepoCreateRequest => crd::Repository,
        one update "Update": RepoUpdateRequest => crd::Repository,
        one update_repository "UpdateRepository": RepoUpdateRequest => crd::Repository,
        one update_write_repository "UpdateWriteRepository": RepoUpdateRequest => crd::Repository,
        one delete "Delete": RepoQuery => RepoResponse,
        one delete_repository "DeleteRepository": RepoQuery => RepoResponse,
        one delete_write_repository "DeleteWriteRepository": RepoQuery => RepoResponse,
        one validate_access "ValidateAccess": RepoAccessQuery => RepoResponse,
        one validate_write_access "ValidateWriteAccess": RepoAccessQuery => RepoResponse,
    }
    session in session SessionService session_service {
        one get_user_info "GetUserInfo": GetUserInfoRequest => GetUserInfoResponse,
        one create "Create": SessionCreateRequest => SessionResponse,
        one delete "Delete": SessionDeleteRequest => SessionResponse,
    }
    version in version VersionService version_service {
        one version "Version": wire::Empty => VersionMessage,
    }
}
