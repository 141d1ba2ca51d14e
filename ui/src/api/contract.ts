// @generated from the API's description: BOWLINE_BLESS=1 cargo test -p bowline-web-gateway

export interface AccountAccount {
  /** Login, apiKey. */
  capabilities?: Array<string>
  /** Whether it can be used. */
  enabled?: boolean
  /** Name. */
  name?: string
  /** The tokens that were handed out. */
  tokens?: Array<AccountToken>
}

export interface AccountAccountsList {
  /** The accounts. */
  items?: Array<AccountAccount>
}

export interface AccountCanIRequest {
  /** What would be done with it. */
  action?: string
  /** The kind of thing, such as applications. */
  resource?: string
  /** The thing itself, such as project/name. */
  subresource?: string
}

export interface AccountCanIResponse {
  /** Yes or no. */
  value?: string
}

export interface AccountCreateTokenRequest {
  /** How many seconds it is good for; for ever if 0. */
  expiresIn?: number
  /** The ID it gets; made up if empty. */
  id?: string
  /** The account. */
  name?: string
}

export interface AccountCreateTokenResponse {
  /** The token. */
  token?: string
}

export interface AccountDeleteTokenRequest {
  /** ID. */
  id?: string
  /** The account. */
  name?: string
}

export type AccountEmptyResponse = Record<string, unknown>

export interface AccountGetAccountRequest {
  /** Name. */
  name?: string
}

export type AccountListAccountRequest = Record<string, unknown>

export interface AccountToken {
  /** When it ends, in seconds since 1970; 0 never. */
  expiresAt?: number
  /** ID. */
  id?: string
  /** When, in seconds since 1970. */
  issuedAt?: number
}

export interface AccountUpdatePasswordRequest {
  /** The caller's own password. */
  currentPassword?: string
  /** The account; the caller's own if empty. */
  name?: string
  /** The new password. */
  newPassword?: string
}

export type AccountUpdatePasswordResponse = Record<string, unknown>

export interface ApplicationApplicationCreateRequest {
  application?: Application
  /** Change the one that is there. */
  upsert?: boolean
  /** Look whether the spec can be right (default: true). */
  validate?: boolean
}

export interface ApplicationApplicationDeleteRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Delete what it deployed too (default: true). */
  cascade?: boolean
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
  /** Foreground or background. */
  propagationPolicy?: string
}

export interface ApplicationApplicationManifestQuery {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** Render anew whatever is stored. */
  noCache?: boolean
  /** Project of the application. */
  project?: string
  /** The revision; the spec's if empty. */
  revision?: string
  /** A revision for each of sourcePositions. */
  revisions?: Array<string>
  /** The sources that revisions speaks of, counted from 1. */
  sourcePositions?: Array<number>
}

export interface ApplicationApplicationManifestQueryWithFiles {
  /** Namespace of the application. */
  appNamespace?: string
  /** SHA-256 of the whole file in hexadecimal. */
  checksum?: string
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
}

export interface ApplicationApplicationManifestQueryWithFilesWrapper {
  chunk?: ApplicationFileChunk
  query?: ApplicationApplicationManifestQueryWithFiles
}

export interface ApplicationApplicationPatchRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** The patch, JSON as text. */
  patch?: string
  /** Json or merge; json if empty. */
  patchType?: string
  /** Project of the application. */
  project?: string
}

export interface ApplicationApplicationPodLogsQuery {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the container. */
  container?: string
  /** Lines that hold this text; a ! before it turns it round. */
  filter?: string
  /** Go on with the lines to come. */
  follow?: boolean
  /** API group of that object. */
  group?: string
  /** Kind of the object whose pods are meant. */
  kind?: string
  /** The filter tells capitals from small letters. */
  matchCase?: boolean
  /** Name of the application. */
  name?: string
  /** Namespace of the pods. */
  namespace?: string
  /** Name of the one pod. */
  podName?: string
  /** Lines of the container before this one. */
  previous?: boolean
  /** Project of the application. */
  project?: string
  /** Name of that object. */
  resourceName?: string
  /** Lines of the last so many seconds. */
  sinceSeconds?: number
  /** Lines from this time on. */
  sinceTime?: string
  /** The last so many lines. */
  tailLines?: number
  /** Lines up to this time, as RFC 3339. */
  untilTime?: string
}

export interface ApplicationApplicationQuery {
  /** Those in this namespace; the control plane's if empty. */
  appNamespace?: string
  /** The one of this name; all if empty. */
  name?: string
  /** The same as projects. */
  project?: Array<string>
  /** Those of these projects. */
  projects?: Array<string>
  /** Normal or hard: compare anew before the answer. */
  refresh?: string
  /** Those with a source in this repository. */
  repo?: string
  /** A watch starts behind this version. */
  resourceVersion?: string
  /** Those whose labels match. */
  selector?: string
}

export interface ApplicationApplicationResourceDeleteRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Wait for nothing. */
  force?: boolean
  /** API group of the object. */
  group?: string
  /** Kind of the object. */
  kind?: string
  /** Name of the application. */
  name?: string
  /** Namespace of the object. */
  namespace?: string
  /** Leave what it owns. */
  orphan?: boolean
  /** Project of the application. */
  project?: string
  /** Name of the object. */
  resourceName?: string
  /** API version of the object. */
  version?: string
}

export interface ApplicationApplicationResourceEventsQuery {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
  /** Name of the object. */
  resourceName?: string
  /** Namespace of the object. */
  resourceNamespace?: string
  /** UID of the object; the application itself if empty. */
  resourceUID?: string
}

export interface ApplicationApplicationResourcePatchRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** API group of the object. */
  group?: string
  /** Kind of the object. */
  kind?: string
  /** Name of the application. */
  name?: string
  /** Namespace of the object. */
  namespace?: string
  /** The patch, JSON as text. */
  patch?: string
  /** Its media type, such as application/merge-patch+json. */
  patchType?: string
  /** Project of the application. */
  project?: string
  /** Name of the object. */
  resourceName?: string
  /** API version of the object. */
  version?: string
}

export interface ApplicationApplicationResourceRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** API group of the object. */
  group?: string
  /** Kind of the object. */
  kind?: string
  /** Name of the application. */
  name?: string
  /** Namespace of the object. */
  namespace?: string
  /** Project of the application. */
  project?: string
  /** Name of the object. */
  resourceName?: string
  /** API version of the object. */
  version?: string
}

export interface ApplicationApplicationResourceResponse {
  /** The object, JSON as text. */
  manifest?: string
}

export type ApplicationApplicationResponse = Record<string, unknown>

export interface ApplicationApplicationRollbackRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Change nothing. */
  dryRun?: boolean
  /** The past sync, as the history counts. */
  id?: number
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
  /** Delete what is not in that revision. */
  prune?: boolean
}

export interface ApplicationApplicationServerSideDiffQuery {
  /** Name of the application. */
  appName?: string
  /** Namespace of the application. */
  appNamespace?: string
  /** The objects as they are. */
  liveResources?: Array<ResourceDiff>
  /** Project of the application. */
  project?: string
  /** The manifests, JSON as text, in the order of liveResources. */
  targetManifests?: Array<string>
}

export interface ApplicationApplicationServerSideDiffResponse {
  /** The objects. */
  items?: Array<ResourceDiff>
  /** Whether anything would change. */
  modified?: boolean
}

export interface ApplicationApplicationSyncRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Change nothing. */
  dryRun?: boolean
  /** Facts for people. */
  infos?: Array<Info>
  /** Manifests to take instead of rendered ones. */
  manifests?: Array<string>
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
  /** Delete what is no longer in the source. */
  prune?: boolean
  /** The objects; all if empty. */
  resources?: Array<SyncOperationResource>
  retryStrategy?: RetryStrategy
  /** The revision; the spec's if empty. */
  revision?: string
  /** A revision for each of sourcePositions. */
  revisions?: Array<string>
  /** The sources that revisions speaks of, counted from 1. */
  sourcePositions?: Array<number>
  strategy?: SyncStrategy
  syncOptions?: ApplicationSyncOptions
}

export interface ApplicationApplicationSyncWindow {
  /** How long it stays open. */
  duration?: string
  /** Allow or deny. */
  kind?: string
  /** Whether people may sync against it. */
  manualSync?: boolean
  /** When it opens, as a cron line. */
  schedule?: string
}

export interface ApplicationApplicationSyncWindowsQuery {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
}

export interface ApplicationApplicationSyncWindowsResponse {
  /** The windows that are open. */
  activeWindows?: Array<ApplicationApplicationSyncWindow>
  /** The windows that hold for it. */
  assignedWindows?: Array<ApplicationApplicationSyncWindow>
  /** Whether a person may sync it now. */
  canSync?: boolean
}

export interface ApplicationApplicationUpdateRequest {
  application?: Application
  /** Project of the application as it is. */
  project?: string
  /** Look whether the spec can be right (default: true). */
  validate?: boolean
}

export interface ApplicationApplicationUpdateSpecRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
  spec?: ApplicationSpec
  /** Look whether the spec can be right (default: true). */
  validate?: boolean
}

export interface ApplicationFileChunk {
  /** Its bytes. */
  chunk?: string
}

export interface ApplicationLinkInfo {
  /** What it is for. */
  description?: string
  /** The class of its icon. */
  iconClass?: string
  /** What people see. */
  title?: string
  /** Where it leads. */
  url?: string
}

export interface ApplicationLinksResponse {
  /** The links. */
  items?: Array<ApplicationLinkInfo>
}

export interface ApplicationListAppLinksRequest {
  /** Name of the application. */
  name?: string
  /** Namespace of the application. */
  namespace?: string
  /** Project of the application. */
  project?: string
}

export interface ApplicationLogEntry {
  /** The line. */
  content?: string
  /** Nothing more will come. */
  last?: boolean
  /** The pod. */
  podName?: string
  /** When, to the second. */
  timeStamp?: string
  /** When, as RFC 3339 with fractions. */
  timeStampStr?: string
}

export interface ApplicationManagedResourcesResponse {
  /** The objects. */
  items?: Array<ResourceDiff>
}

export interface ApplicationOperationTerminateRequest {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
}

export type ApplicationOperationTerminateResponse = Record<string, unknown>

export interface ApplicationResourceActionParameters {
  /** What it is. */
  name?: string
  /** The value. */
  value?: string
}

export interface ApplicationResourceActionRunRequest {
  /** Name of the action. */
  action?: string
  /** Namespace of the application. */
  appNamespace?: string
  /** API group of the object. */
  group?: string
  /** Kind of the object. */
  kind?: string
  /** Name of the application. */
  name?: string
  /** Namespace of the object. */
  namespace?: string
  /** Project of the application. */
  project?: string
  /** Name of the object. */
  resourceName?: string
  /** API version of the object. */
  version?: string
}

export interface ApplicationResourceActionRunRequestV2 {
  /** Name of the action. */
  action?: string
  /** Namespace of the application. */
  appNamespace?: string
  /** API group of the object. */
  group?: string
  /** Kind of the object. */
  kind?: string
  /** Name of the application. */
  name?: string
  /** Namespace of the object. */
  namespace?: string
  /** Project of the application. */
  project?: string
  /** What the action is told. */
  resourceActionParameters?: Array<ApplicationResourceActionParameters>
  /** Name of the object. */
  resourceName?: string
  /** API version of the object. */
  version?: string
}

export interface ApplicationResourceActionsListResponse {
  /** The actions. */
  actions?: Array<ResourceAction>
}

export interface ApplicationResourcesQuery {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  applicationName?: string
  /** Those of this API group. */
  group?: string
  /** Those of this kind. */
  kind?: string
  /** Those of this name. */
  name?: string
  /** Those in this namespace. */
  namespace?: string
  /** Project of the application. */
  project?: string
  /** Those of this API version. */
  version?: string
}

export interface ApplicationRevisionMetadataQuery {
  /** Namespace of the application. */
  appNamespace?: string
  /** Name of the application. */
  name?: string
  /** Project of the application. */
  project?: string
  /** The revision. */
  revision?: string
  /** Which source, counted from 0. */
  sourceIndex?: number
  /** The past sync whose sources count; the spec's if absent. */
  versionId?: number
}

export interface ApplicationSyncOptions {
  /** Such as CreateNamespace=true. */
  items?: Array<string>
}

export interface ApplicationsetApplicationSetCreateRequest {
  applicationset?: ApplicationSet
  /** Store nothing, show the applications that would be made. */
  dryRun?: boolean
  /** Change the one that is there. */
  upsert?: boolean
}

export interface ApplicationsetApplicationSetDeleteRequest {
  /** Namespace; the control plane's if empty. */
  appsetNamespace?: string
  /** Name. */
  name?: string
}

export interface ApplicationsetApplicationSetGenerateRequest {
  applicationSet?: ApplicationSet
}

export interface ApplicationsetApplicationSetGenerateResponse {
  /** The applications. */
  applications?: Array<Application>
}

export interface ApplicationsetApplicationSetGetQuery {
  /** Namespace; the control plane's if empty. */
  appsetNamespace?: string
  /** Name. */
  name?: string
}

export interface ApplicationsetApplicationSetListQuery {
  /** Those in this namespace. */
  appsetNamespace?: string
  /** Those of these projects. */
  projects?: Array<string>
  /** Those whose labels match. */
  selector?: string
}

export interface ApplicationsetApplicationSetResponse {
  applicationset?: ApplicationSet
  /** Its project. */
  project?: string
}

export interface ApplicationsetApplicationSetTreeQuery {
  /** Namespace; the control plane's if empty. */
  appsetNamespace?: string
  /** Name. */
  name?: string
}

export interface ApplicationsetApplicationSetWatchQuery {
  /** Those in this namespace. */
  appSetNamespace?: string
  /** The one of this name. */
  name?: string
  /** Those of these projects. */
  projects?: Array<string>
  /** Starts behind this version. */
  resourceVersion?: string
  /** Those whose labels match. */
  selector?: string
}

export interface CertificateRepositoryCertificateCreateRequest {
  certificates?: RepositoryCertificateList
  /** Replace those that are there. */
  upsert?: boolean
}

export interface CertificateRepositoryCertificateQuery {
  /** Those of this kind; all if empty or *. */
  certSubType?: string
  /** Https or ssh; both if empty or *. */
  certType?: string
  /** Those of servers that match; may be a glob. */
  hostNamePattern?: string
}

export interface ClusterClusterCreateRequest {
  cluster?: Cluster
  /** Change the one that is there. */
  upsert?: boolean
}

export interface ClusterClusterID {
  /** Name, name_escaped, or anything else for the server's URL. */
  type?: string
  /** The name or URL. */
  value?: string
}

export interface ClusterClusterQuery {
  id?: ClusterClusterID
  /** The one with this name. */
  name?: string
  /** The one with this URL. */
  server?: string
}

export type ClusterClusterResponse = Record<string, unknown>

export interface ClusterClusterUpdateRequest {
  cluster?: Cluster
  id?: ClusterClusterID
  /** The fields to change; all if empty. */
  updatedFields?: Array<string>
}

export interface ClusterConnector {
  /** ID. */
  id?: string
  /** What people see. */
  name?: string
  /** Kind. */
  type?: string
}

export interface ClusterDexConfig {
  /** The ways to log in. */
  connectors?: Array<ClusterConnector>
  /** The one that is taken unasked. */
  dexAuthConnectorID?: string
}

export interface ClusterGoogleAnalyticsConfig {
  /** Whether users are told by a hash. */
  anonymizeUsers?: boolean
  /** ID. */
  trackingID?: string
}

export interface ClusterHelp {
  /** Where the command line is found, by platform. */
  binaryUrls?: Record<string, string>
  /** What its link says. */
  chatText?: string
  /** URL of a chat. */
  chatUrl?: string
}

export interface ClusterOIDCConfig {
  /** ID of the command line. */
  cliClientID?: string
  /** ID of the user interface. */
  clientID?: string
  /** Whether the user interface logs in by itself, with PKCE. */
  enablePKCEAuthentication?: boolean
  /** Claims to ask for. */
  idTokenClaims?: Record<string, OidcClaim>
  /** URL of the provider. */
  issuer?: string
  /** What people see. */
  name?: string
  /** Scopes to ask for. */
  scopes?: Array<string>
}

export interface ClusterPlugin {
  /** Name. */
  name?: string
}

export interface ClusterSettings {
  /** Further URLs of the user interface. */
  additionalUrls?: Array<string>
  /** Label that says which application an object belongs to. */
  appLabelKey?: string
  /** Whether applications may be in other namespaces. */
  appsInAnyNamespaceEnabled?: boolean
  /** No longer filled. */
  configManagementPlugins?: Array<ConfigManagementPlugin>
  /** The control plane's namespace. */
  controllerNamespace?: string
  dexConfig?: ClusterDexConfig
  /** Whether a terminal in pods is allowed. */
  execEnabled?: boolean
  googleAnalytics?: ClusterGoogleAnalyticsConfig
  help?: ClusterHelp
  /** Whether sources can be rendered to a branch. */
  hydratorEnabled?: boolean
  /** Whether syncs act as service accounts. */
  impersonationEnabled?: boolean
  /** Tells several control planes of one cluster apart. */
  installationID?: string
  kustomizeOptions?: KustomizeOptions
  /** The versions of Kustomize there are. */
  kustomizeVersions?: Array<string>
  oidcConfig?: ClusterOIDCConfig
  /** Regular expression that passwords match. */
  passwordPattern?: string
  /** No longer filled. */
  plugins?: Array<ClusterPlugin>
  /** What is special about kinds, by group/kind. */
  resourceOverrides?: Record<string, ResourceOverride>
  /** Whether the user interface shows all objects. */
  resourceViewEnabled?: boolean
  /** Whether badges are served. */
  statusBadgeEnabled?: boolean
  /** URL that badges are served under. */
  statusBadgeRootUrl?: string
  /** Whether a sync may replace. */
  syncWithReplaceAllowed?: boolean
  /** How objects say which application they belong to. */
  trackingMethod?: string
  /** Text of a banner. */
  uiBannerContent?: string
  /** Whether the banner cannot be closed. */
  uiBannerPermanent?: boolean
  /** Top, bottom or both. */
  uiBannerPosition?: string
  /** Link of the banner. */
  uiBannerURL?: string
  /** Style sheet for the user interface. */
  uiCssURL?: string
  /** What the login button says. */
  uiLoginButtonText?: string
  /** URL of the user interface. */
  url?: string
  /** Whether no local account can log in. */
  userLoginsDisabled?: boolean
}

export interface ClusterSettingsPluginsResponse {
  /** The plugins. */
  plugins?: Array<ClusterPlugin>
}

export type ClusterSettingsQuery = Record<string, unknown>

export interface EventsEvent {
  /** What was done. */
  action?: string
  /** How often. */
  count?: number
  /** When it was first told. */
  eventTime: string
  /** When it happened first. */
  firstTimestamp: string
  involvedObject: EventsObjectReference
  /** When it happened last. */
  lastTimestamp: string
  /** What happened. */
  message?: string
  metadata: V1ObjectMeta
  /** Why, in one word. */
  reason?: string
  related?: EventsObjectReference
  /** The controller that says so. */
  reportingComponent?: string
  /** Which of the controller's replicas. */
  reportingInstance?: string
  series?: EventsEventSeries
  source: EventsEventSource
  /** Normal or Warning. */
  type?: string
}

export interface EventsEventList {
  /** The events. */
  items: Array<EventsEvent>
  metadata: V1ListMeta
}

export interface EventsEventSeries {
  /** How many so far. */
  count?: number
  /** When the last one was. */
  lastObservedTime: string
}

export interface EventsEventSource {
  /** The program. */
  component?: string
  /** The node it runs on. */
  host?: string
}

export interface EventsObjectReference {
  /** Group and version. */
  apiVersion?: string
  /** Path of a field. */
  fieldPath?: string
  /** Kind. */
  kind?: string
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  /** The version of the stored object. */
  resourceVersion?: string
  /** UID. */
  uid?: string
}

export interface GpgkeyGnuPGPublicKeyCreateRequest {
  publickey?: GnuPGPublicKey
  /** Replace those that are there. */
  upsert?: boolean
}

export interface GpgkeyGnuPGPublicKeyCreateResponse {
  created?: GnuPGPublicKeyList
  /** IDs of the keys that were there. */
  skipped?: Array<string>
}

export interface GpgkeyGnuPGPublicKeyQuery {
  /** ID in hexadecimal. */
  keyID?: string
}

export type GpgkeyGnuPGPublicKeyResponse = Record<string, unknown>

export interface NotificationService {
  /** Name. */
  name?: string
}

export interface NotificationServiceList {
  /** The ways. */
  items?: Array<NotificationService>
}

export type NotificationServicesListRequest = Record<string, unknown>

export interface NotificationTemplate {
  /** Name. */
  name?: string
}

export interface NotificationTemplateList {
  /** The texts. */
  items?: Array<NotificationTemplate>
}

export type NotificationTemplatesListRequest = Record<string, unknown>

export interface NotificationTrigger {
  /** Name. */
  name?: string
}

export interface NotificationTriggerList {
  /** The conditions. */
  items?: Array<NotificationTrigger>
}

export type NotificationTriggersListRequest = Record<string, unknown>

export interface OidcClaim {
  /** Whether it must. */
  essential?: boolean
  /** The value it should have. */
  value?: string
  /** The values it may have. */
  values?: Array<string>
}

export interface ProjectDetailedProjectsResponse {
  /** Its clusters. */
  clusters?: Array<Cluster>
  /** The projects that it takes rules from. */
  globalProjects?: Array<AppProject>
  project?: AppProject
  /** Its repositories. */
  repositories?: Array<Repository>
}

export type ProjectEmptyResponse = Record<string, unknown>

export interface ProjectGlobalProjectsResponse {
  /** The projects. */
  items?: Array<AppProject>
}

export interface ProjectListProjectLinksRequest {
  /** Name of the project. */
  name?: string
}

export interface ProjectProjectCreateRequest {
  project?: AppProject
  /** Change the one that is there. */
  upsert?: boolean
}

export interface ProjectProjectQuery {
  /** Name. */
  name?: string
}

export interface ProjectProjectTokenCreateRequest {
  /** What it is for. */
  description?: string
  /** How many seconds it is good for; for ever if 0. */
  expiresIn?: number
  /** The ID it gets; made up if empty. */
  id?: string
  /** Name of the project. */
  project?: string
  /** Name of the role. */
  role?: string
}

export interface ProjectProjectTokenDeleteRequest {
  /** When it was handed out, in seconds since 1970. */
  iat?: number
  /** Its ID; iat counts if empty. */
  id?: string
  /** Name of the project. */
  project?: string
  /** Name of the role. */
  role?: string
}

export interface ProjectProjectTokenResponse {
  /** The token. */
  token?: string
}

export interface ProjectProjectUpdateRequest {
  project?: AppProject
}

export interface ProjectSyncWindowsQuery {
  /** Name of the project. */
  name?: string
}

export interface ProjectSyncWindowsResponse {
  /** The windows. */
  windows?: Array<SyncWindow>
}

export type ProtobufEmpty = Record<string, unknown>

export interface RepocredsRepoCredsCreateRequest {
  creds?: RepoCreds
  /** Change those that are there. */
  upsert?: boolean
}

export interface RepocredsRepoCredsDeleteRequest {
  /** What the URLs begin with. */
  url?: string
}

export interface RepocredsRepoCredsQuery {
  /** Those for URLs that begin so. */
  url?: string
}

export type RepocredsRepoCredsResponse = Record<string, unknown>

export interface RepocredsRepoCredsUpdateRequest {
  creds?: RepoCreds
}

export interface RepositoryAppInfo {
  /** Path. */
  path?: string
  /** Helm, Kustomize or Directory. */
  type?: string
}

export type RepositoryDirectoryAppSpec = Record<string, unknown>

export interface RepositoryHelmAppSpec {
  /** Values that are read from files. */
  fileParameters?: Array<HelmFileParameter>
  /** Name of the chart. */
  name?: string
  /** Its values, flat. */
  parameters?: Array<HelmParameter>
  /** Value files beside it. */
  valueFiles?: Array<string>
  /** Its value file. */
  values?: string
}

export interface RepositoryHelmChart {
  /** Name. */
  name?: string
  /** Versions. */
  versions?: Array<string>
}

export interface RepositoryHelmChartsResponse {
  /** The charts. */
  items?: Array<RepositoryHelmChart>
}

export interface RepositoryKustomizeAppSpec {
  /** Its images. */
  images?: Array<string>
}

export interface RepositoryManifestResponse {
  /** The commands that would render them. */
  commands?: Array<string>
  /** The objects, JSON as text. */
  manifests?: Array<string>
  /** The namespace they were rendered for. */
  namespace?: string
  /** The revision they come from. */
  revision?: string
  /** The cluster they were rendered for. */
  server?: string
  sourceIntegrityResult?: SourceIntegrityCheckResult
  /** What rendered them. */
  sourceType?: string
  /** What is known of the commit's signature. */
  verifyResult?: string
}

export interface RepositoryParameterAnnouncement {
  /** The value it has, if it is a list. */
  array?: Array<string>
  /** String, array or map. */
  collectionType?: string
  /** The type of a value: string, number or boolean. */
  itemType?: string
  /** The value it has, if it is a map. */
  map?: Record<string, string>
  /** Name. */
  name?: string
  /** Whether it must be given. */
  required?: boolean
  /** The value it has, if it is a text. */
  string?: string
  /** What people see. */
  title?: string
  /** What it is for. */
  tooltip?: string
}

export interface RepositoryPluginAppSpec {
  /** Its parameters. */
  parametersAnnouncement?: Array<RepositoryParameterAnnouncement>
}

export interface RepositoryRefs {
  /** Branches. */
  branches?: Array<string>
  /** Tags. */
  tags?: Array<string>
}

export interface RepositoryRepoAccessQuery {
  /** URL of the Active Directory of the Azure service principal. */
  azureActiveDirectoryEndpoint?: string
  /** ID of an Azure service principal. */
  azureServicePrincipalClientId?: string
  /** Secret of the Azure service principal. */
  azureServicePrincipalClientSecret?: string
  /** Tenant of the Azure service principal. */
  azureServicePrincipalTenantId?: string
  /** Bearer token. */
  bearerToken?: string
  /** A Helm repository is an OCI registry. */
  enableOci?: boolean
  /** Send the password before it is asked for. */
  forceHttpBasicAuth?: boolean
  /** Key of a Google Cloud service account (JSON). */
  gcpServiceAccountKey?: string
  /** URL of the GitHub Enterprise API. */
  githubAppEnterpriseBaseUrl?: string
  /** ID of a GitHub App. */
  githubAppID?: number
  /** ID of an installation of the GitHub App. */
  githubAppInstallationID?: number
  /** Key of a GitHub App (PEM). */
  githubAppPrivateKey?: string
  /** Take the server's certificate or host key unseen. */
  insecure?: boolean
  /** Reach an OCI registry without TLS. */
  insecureOciForceHttp?: boolean
  /** Name of a Helm repository. */
  name?: string
  /** Password or personal access token. */
  password?: string
  /** The project that the repository belongs to. */
  project?: string
  /** URL of a proxy. */
  proxy?: string
  /** URL. */
  repo?: string
  /** Private key for SSH (PEM). */
  sshPrivateKey?: string
  /** The client's certificate (PEM). */
  tlsClientCertData?: string
  /** The client's key (PEM). */
  tlsClientCertKey?: string
  /** Git, helm or oci. */
  type?: string
  /** Log in with the workload's Azure identity. */
  useAzureWorkloadIdentity?: boolean
  /** User name. */
  username?: string
}

export interface RepositoryRepoAppDetailsQuery {
  /** The application that asks. */
  appName?: string
  /** The project that asks. */
  appProject?: string
  source?: ApplicationSource
  /** Which source of the application, counted from 0. */
  sourceIndex?: number
  /** The past sync whose source it is. */
  versionId?: number
}

export interface RepositoryRepoAppDetailsResponse {
  directory?: RepositoryDirectoryAppSpec
  helm?: RepositoryHelmAppSpec
  kustomize?: RepositoryKustomizeAppSpec
  plugin?: RepositoryPluginAppSpec
  /** Helm, Kustomize, Directory or Plugin. */
  type?: string
}

export interface RepositoryRepoAppsQuery {
  /** The application that asks. */
  appName?: string
  /** The project that asks. */
  appProject?: string
  /** URL of the repository. */
  repo?: string
  /** The revision. */
  revision?: string
}

export interface RepositoryRepoAppsResponse {
  /** The directories. */
  items?: Array<RepositoryAppInfo>
}

export interface RepositoryRepoCreateRequest {
  /** Store credentials for others, not a repository. */
  credsOnly?: boolean
  repo?: Repository
  /** Change the one that is there. */
  upsert?: boolean
}

export interface RepositoryRepoQuery {
  /** The project that it belongs to, where several have it. */
  appProject?: string
  /** Ask the remote anew whether it answers. */
  forceRefresh?: boolean
  /** URL. */
  repo?: string
}

export type RepositoryRepoResponse = Record<string, unknown>

export interface RepositoryRepoUpdateRequest {
  repo?: Repository
}

export interface RuntimeError {
  /** The code of gRPC. */
  code?: number
  /** What is wrong. */
  error?: string
  /** What is wrong, again. */
  message?: string
}

export interface RuntimeStreamError {
  /** The code of gRPC. */
  grpc_code?: number
  /** The status of HTTP. */
  http_code?: number
  /** The words of the status of HTTP. */
  http_status?: string
  /** What is wrong. */
  message?: string
}

export type SessionGetUserInfoRequest = Record<string, unknown>

export interface SessionGetUserInfoResponse {
  /** Groups. */
  groups?: Array<string>
  /** Who says so. */
  iss?: string
  /** Whether the caller has a good token. */
  loggedIn?: boolean
  /** Name. */
  username?: string
}

export interface SessionSessionCreateRequest {
  /** Its password. */
  password?: string
  /** A token of an identity provider. */
  token?: string
  /** Name of the account. */
  username?: string
}

export type SessionSessionDeleteRequest = Record<string, unknown>

export interface SessionSessionResponse {
  /** The token; empty after logging out. */
  token?: string
}

export interface V1GroupKind {
  /** API group, empty for the core group; may be a glob. */
  group: string
  /** Kind; may be a glob. */
  kind: string
}

export interface V1LabelSelector {
  /** Further conditions. */
  matchExpressions?: Array<V1LabelSelectorRequirement>
  /** Labels that must have these values. */
  matchLabels?: Record<string, string>
}

export interface V1LabelSelectorRequirement {
  /** The label. */
  key: string
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  operator: string
  /** The values for `In` and `NotIn`. */
  values?: Array<string>
}

export interface V1ListMeta {
  /** Asks for the next part of the list. */
  continue?: string
  /** How many objects are left after this part, where known. */
  remainingItemCount?: number
  /** The version of the store that the list shows; a watch starts here. */
  resourceVersion?: string
  /** A path to the list; no longer filled. */
  selfLink?: string
}

export interface V1LoadBalancerIngress {
  /** Name in DNS. */
  hostname?: string
  /** IP address. */
  ip?: string
  /** VIP or Proxy. */
  ipMode?: string
  /** The ports and how they are. */
  ports?: Array<V1PortStatus>
}

export interface V1ManagedFieldsEntry {
  /** The version of the resource that the fields are spelt in. */
  apiVersion?: string
  /** The form of the fields: `FieldsV1`. */
  fieldsType?: string
  /** The fields, as a trie. */
  fieldsV1?: unknown
  /** The writer. */
  manager?: string
  /** `Apply` or `Update`. */
  operation?: string
  /** The subresource that was written; empty for the object itself. */
  subresource?: string
  /** When the entry changed last. */
  time?: string
}

export interface V1NodeSwapStatus {
  /** How much there is, in bytes. */
  capacity?: number
}

export interface V1NodeSystemInfo {
  /** Processor architecture. */
  architecture: string
  /** Identity of this boot. */
  bootID: string
  /** Container runtime with its version. */
  containerRuntimeVersion: string
  /** Version of the kernel. */
  kernelVersion: string
  /** Version of kube-proxy; no longer filled. */
  kubeProxyVersion: string
  /** Version of the kubelet. */
  kubeletVersion: string
  /** Identity of the machine. */
  machineID: string
  /** Operating system: linux or windows. */
  operatingSystem: string
  /** Operating system with its version. */
  osImage: string
  swap?: V1NodeSwapStatus
  /** Identity of the hardware. */
  systemUUID: string
}

export interface V1ObjectMeta {
  /** Words for programs and people. */
  annotations?: Record<string, string>
  /** When the server stored the object first. */
  creationTimestamp?: string
  /** Seconds the object has to go in good order. */
  deletionGracePeriodSeconds?: number
  /** When the object was asked to go; set while finalizers hold it. */
  deletionTimestamp?: string
  /** Who must agree before the object goes. */
  finalizers?: Array<string>
  /** A prefix for a name that the server makes up. */
  generateName?: string
  /** Counts the changes to what is desired. */
  generation?: number
  /** Words to select objects by. */
  labels?: Record<string, string>
  /** Which writer owns which fields. */
  managedFields?: Array<V1ManagedFieldsEntry>
  /** The name, unique among objects of the kind in the namespace. */
  name?: string
  /** The namespace; empty for objects of the whole cluster. */
  namespace?: string
  /** The objects that this one goes with. */
  ownerReferences?: Array<V1OwnerReference>
  /** The version of the stored object, opaque. */
  resourceVersion?: string
  /** A path to the object; no longer filled. */
  selfLink?: string
  /** The identity of this very object, never used again. */
  uid?: string
}

export interface V1OwnerReference {
  /** Group and version of the owner. */
  apiVersion: string
  /** Whether the owner cannot go in the foreground before this object is gone. */
  blockOwnerDeletion?: boolean
  /** Whether this owner is the one that controls the object. */
  controller?: boolean
  /** Kind of the owner. */
  kind: string
  /** Name of the owner. */
  name: string
  /** UID of the owner. */
  uid: string
}

export interface V1PortStatus {
  /** Why it is not there. */
  error?: string
  /** The number. */
  port: number
  /** TCP, UDP or SCTP. */
  protocol: string
}

export interface AWSAuthConfig {
  /** Name of the cluster at AWS. */
  clusterName?: string
  /** The profile in the configuration of AWS. */
  profile?: string
  /** The role to take on. */
  roleARN?: string
}

export interface AppHealthStatus {
  /** When the answer changed last. */
  lastTransitionTime?: string
  /** No longer filled. */
  message?: string
  /** The answer. */
  status?: string
}

export interface AppProject {
  /** Group and version: argoproj.io/v1alpha1. */
  apiVersion?: string
  /** The kind: AppProject. */
  kind?: string
  metadata: V1ObjectMeta
  spec: AppProjectSpec
  status?: AppProjectStatus
}

export interface AppProjectList {
  /** Group and version: argoproj.io/v1alpha1. */
  apiVersion?: string
  /** The projects. */
  items: Array<AppProject>
  /** The kind: AppProjectList. */
  kind?: string
  metadata: V1ListMeta
}

export interface AppProjectSpec {
  /** Cluster-wide kinds that may not be deployed. */
  clusterResourceBlacklist?: Array<ClusterResourceRestrictionItem>
  /** Cluster-wide kinds that may be deployed; none if empty. */
  clusterResourceWhitelist?: Array<ClusterResourceRestrictionItem>
  /** What the project is for. */
  description?: string
  /** Service accounts that syncs act as, by destination. */
  destinationServiceAccounts?: Array<ApplicationDestinationServiceAccount>
  /** Clusters and namespaces that may be deployed into; globs, and !pattern to forbid. */
  destinations?: Array<ApplicationDestination>
  /** Kinds inside namespaces that may not be deployed. */
  namespaceResourceBlacklist?: Array<V1GroupKind>
  /** Kinds inside namespaces that may be deployed; all if empty. */
  namespaceResourceWhitelist?: Array<V1GroupKind>
  orphanedResources?: OrphanedResourcesMonitorSettings
  /** Allows only clusters that belong to the project. */
  permitOnlyProjectScopedClusters?: boolean
  /** Roles of the project, for people and tokens. */
  roles?: Array<ProjectRole>
  /** Keys of which one must have signed a commit; all commits if empty. */
  signatureKeys?: Array<SignatureKey>
  sourceIntegrity?: SourceIntegrity
  /** Namespaces, besides the control plane's, whose applications may belong to the project. */
  sourceNamespaces?: Array<string>
  /** Repositories that sources may name; globs, and !pattern to forbid. */
  sourceRepos?: Array<string>
  /** Times at which syncs are allowed or denied. */
  syncWindows?: Array<SyncWindow>
}

export interface AppProjectStatus {
  /** The tokens that were handed out, by role. */
  jwtTokensByRole?: Record<string, JWTTokens>
}

export interface Application {
  /** Group and version: argoproj.io/v1alpha1. */
  apiVersion?: string
  /** The kind: Application. */
  kind?: string
  metadata: V1ObjectMeta
  operation?: Operation
  spec: ApplicationSpec
  status?: ApplicationStatus
}

export interface ApplicationCondition {
  /** When it was first seen. */
  lastTransitionTime?: string
  /** What happened. */
  message: string
  /** What it is about; an error ends in Error. */
  type: string
}

export interface ApplicationDestination {
  /** Name of the cluster. */
  name?: string
  /** Namespace of objects that name none. */
  namespace?: string
  /** URL of the cluster's API server; either this or the name is given. */
  server?: string
}

export interface ApplicationDestinationServiceAccount {
  /** The service account: name, or namespace:name. */
  defaultServiceAccount: string
  /** Namespace; may be a glob. */
  namespace?: string
  /** URL of the cluster; may be a glob. */
  server: string
}

export interface ApplicationList {
  /** Group and version: argoproj.io/v1alpha1. */
  apiVersion?: string
  /** The applications. */
  items: Array<Application>
  /** The kind: ApplicationList. */
  kind?: string
  metadata: V1ListMeta
}

export interface ApplicationMatchExpression {
  /** The label. */
  key?: string
  /** In or NotIn. */
  operator?: string
  /** The values. */
  values?: Array<string>
}

export interface ApplicationPreservedFields {
  /** Keys of annotations. */
  annotations?: Array<string>
  /** Keys of labels. */
  labels?: Array<string>
}

export interface ApplicationSet {
  /** Group and version: argoproj.io/v1alpha1. */
  apiVersion?: string
  /** The kind: ApplicationSet. */
  kind?: string
  metadata: V1ObjectMeta
  spec: ApplicationSetSpec
  status?: ApplicationSetStatus
}

export interface ApplicationSetApplicationStatus {
  /** Name of the application. */
  application: string
  /** When the status changed last. */
  lastTransitionTime?: string
  /** What there is to say about it. */
  message: string
  /** How far it is. */
  status: string
  /** The step that it belongs to, counted from 1; -1 if to none. */
  step: string
  /** The revisions that it should reach. */
  targetRevisions: Array<string>
}

export interface ApplicationSetCondition {
  /** When the status changed last. */
  lastTransitionTime?: string
  /** What happened. */
  message: string
  /** Why, in one word. */
  reason: string
  /** True, False or Unknown. */
  status: string
  /** What it is about. */
  type: string
}

export interface ApplicationSetGenerator {
  clusterDecisionResource?: DuckTypeGenerator
  clusters?: ClusterGenerator
  git?: GitGenerator
  list?: ListGenerator
  matrix?: MatrixGenerator
  merge?: MergeGenerator
  plugin?: PluginGenerator
  pullRequest?: PullRequestGenerator
  scmProvider?: SCMProviderGenerator
  selector?: V1LabelSelector
}

export interface ApplicationSetList {
  /** Group and version: argoproj.io/v1alpha1. */
  apiVersion?: string
  /** The application sets. */
  items: Array<ApplicationSet>
  /** The kind: ApplicationSetList. */
  kind?: string
  metadata?: V1ListMeta
}

export interface ApplicationSetNestedGenerator {
  clusterDecisionResource?: DuckTypeGenerator
  clusters?: ClusterGenerator
  git?: GitGenerator
  list?: ListGenerator
  /** A matrix generator, in free form: schemas cannot nest without end. */
  matrix?: unknown
  /** A merge generator, in free form: schemas cannot nest without end. */
  merge?: unknown
  plugin?: PluginGenerator
  pullRequest?: PullRequestGenerator
  scmProvider?: SCMProviderGenerator
  selector?: V1LabelSelector
}

export interface ApplicationSetResourceIgnoreDifferences {
  /** Fields as jq path expressions. */
  jqPathExpressions?: Array<string>
  /** Fields as JSON pointers (RFC 6901). */
  jsonPointers?: Array<string>
  /** Name of the application; all if empty. */
  name?: string
}

export interface ApplicationSetRolloutStep {
  /** Selects the applications of the step by their labels. */
  matchExpressions?: Array<ApplicationMatchExpression>
  /** How many may change at a time: a number, or a share such as 25%. */
  maxUpdate?: unknown
}

export interface ApplicationSetRolloutStrategy {
  /** The steps, one after the other. */
  steps?: Array<ApplicationSetRolloutStep>
}

export interface ApplicationSetSpec {
  /** Lets the selectors of nested generators count. */
  applyNestedSelectors?: boolean
  /** Where parameters come from; one application for each set of them. */
  generators: Array<ApplicationSetGenerator>
  /** Fills the template in as a Go template instead of replacing {{words}}. */
  goTemplate?: boolean
  /** Options for Go templates, such as missingkey=error. */
  goTemplateOptions?: Array<string>
  /** Fields of the applications that may differ from the template. */
  ignoreApplicationDifferences?: Array<ApplicationSetResourceIgnoreDifferences>
  preservedFields?: ApplicationPreservedFields
  strategy?: ApplicationSetStrategy
  syncPolicy?: ApplicationSetSyncPolicy
  template: ApplicationSetTemplate
  /** A Go template that makes a patch for the filled in template. */
  templatePatch?: string
}

export interface ApplicationSetStatus {
  /** How far each application is in a RollingSync. */
  applicationStatus?: Array<ApplicationSetApplicationStatus>
  /** What people should know. */
  conditions?: Array<ApplicationSetCondition>
  health?: HealthStatus
  /** The applications. */
  resources?: Array<ResourceStatus>
  /** How many applications there are, where not all are listed. */
  resourcesCount?: number
}

export interface ApplicationSetStrategy {
  /** AllAtOnce or Reverse: the order of deletion. */
  deletionOrder?: string
  rollingSync?: ApplicationSetRolloutStrategy
  /** AllAtOnce or RollingSync. */
  type?: string
}

export interface ApplicationSetSyncPolicy {
  /** Which changes are allowed (default: sync, all of them). */
  applicationsSync?: string
  /** Lets the deployed objects stay when an application is deleted. */
  preserveResourcesOnDeletion?: boolean
}

export interface ApplicationSetTemplate {
  metadata: ApplicationSetTemplateMeta
  spec: ApplicationSpec
}

export interface ApplicationSetTemplateMeta {
  /** Annotations. */
  annotations?: Record<string, string>
  /** Finalizers. */
  finalizers?: Array<string>
  /** Labels. */
  labels?: Record<string, string>
  /** Name. */
  name?: string
  /** Namespace; the application set's if empty. */
  namespace?: string
}

export interface ApplicationSetTree {
  /** The application set's applications. */
  nodes?: Array<ResourceNode>
}

export interface ApplicationSetWatchEvent {
  applicationSet: ApplicationSet
  /** ADDED, MODIFIED or DELETED. */
  type: string
}

export interface ApplicationSource {
  /** Chart to take from a Helm repository. */
  chart?: string
  directory?: ApplicationSourceDirectory
  helm?: ApplicationSourceHelm
  kustomize?: ApplicationSourceKustomize
  /** Name by which commands refer to this source. */
  name?: string
  /** Directory inside the repository. */
  path?: string
  plugin?: ApplicationSourcePlugin
  /** Name by which the value files of other sources refer to this one. */
  ref?: string
  /** URL of the Git repository, the Helm repository or the OCI artifact. */
  repoURL: string
  /** Prefix of the tags that a version range is matched against. */
  tagPrefix?: string
  /** Branch, tag, commit or version range; the default branch or newest version if empty. */
  targetRevision?: string
}

export interface ApplicationSourceDirectory {
  /** Reads included files whatever they are called. */
  disableExtensionFilter?: boolean
  /** Glob of paths to leave out. */
  exclude?: string
  /** Glob of paths to read; all if empty. */
  include?: string
  jsonnet?: ApplicationSourceJsonnet
  /** Reads subdirectories as well. */
  recurse?: boolean
}

export interface ApplicationSourceHelm {
  /** API versions that templates see; the cluster's if empty. */
  apiVersions?: Array<string>
  /** Single values that are read from files. */
  fileParameters?: Array<HelmFileParameter>
  /** Skips value files that do not exist. */
  ignoreMissingValueFiles?: boolean
  /** Kubernetes version that templates see; the cluster's if empty. */
  kubeVersion?: string
  /** Namespace that templates see; the destination's if empty. */
  namespace?: string
  /** Single values, which win over files. */
  parameters?: Array<HelmParameter>
  /** Sends the repository's credentials to other hosts as well. */
  passCredentials?: boolean
  /** Release name; the application's name if empty. */
  releaseName?: string
  /** Leaves out the chart's custom resource definitions. */
  skipCrds?: boolean
  /** Does not hold the values against the chart's schema. */
  skipSchemaValidation?: boolean
  /** Leaves out the chart's tests. */
  skipTests?: boolean
  /** Value files, later ones win. */
  valueFiles?: Array<string>
  /** Values as YAML text. */
  values?: string
  /** Values as an object; takes precedence over values. */
  valuesObject?: unknown
  /** Version of Helm: v3, the only one. */
  version?: string
}

export interface ApplicationSourceJsonnet {
  /** External variables. */
  extVars?: Array<JsonnetVar>
  /** Library directories. */
  libs?: Array<string>
  /** Top-level arguments. */
  tlas?: Array<JsonnetVar>
}

export interface ApplicationSourceKustomize {
  /** API versions that Helm charts see; the cluster's if empty. */
  apiVersions?: Array<string>
  /** Annotations for everything. */
  commonAnnotations?: Record<string, string>
  /** Fills in build variables in annotation values. */
  commonAnnotationsEnvsubst?: boolean
  /** Labels for everything. */
  commonLabels?: Record<string, string>
  /** Components to add. */
  components?: Array<string>
  /** Replaces annotations that are there already. */
  forceCommonAnnotations?: boolean
  /** Replaces labels that are there already. */
  forceCommonLabels?: boolean
  /** Skips components that do not exist. */
  ignoreMissingComponents?: boolean
  /** Image overrides: name=new:tag. */
  images?: Array<string>
  /** Kubernetes version that Helm charts see; the cluster's if empty. */
  kubeVersion?: string
  /** Puts common labels into pod templates as well, where they are kept out of selectors. */
  labelIncludeTemplates?: boolean
  /** Keeps common labels out of selectors. */
  labelWithoutSelector?: boolean
  /** Prefix of all names. */
  namePrefix?: string
  /** Suffix of all names. */
  nameSuffix?: string
  /** Namespace for everything. */
  namespace?: string
  /** Patches. */
  patches?: Array<KustomizePatch>
  /** Replica overrides. */
  replicas?: Array<KustomizeReplica>
  /** Version of Kustomize. */
  version?: string
}

export interface ApplicationSourcePlugin {
  /** Environment variables. */
  env?: Array<EnvEntry>
  /** Name of the plugin; found by discovery if empty. */
  name?: string
  /** Parameters. */
  parameters?: Array<ApplicationSourcePluginParameter>
}

export interface ApplicationSourcePluginParameter {
  array?: OptionalArray
  map?: OptionalMap
  /** Name. */
  name?: string
  /** The value, if it is a text. */
  string?: string
}

export interface ApplicationSpec {
  destination: ApplicationDestination
  /** Fields that may differ from Git. */
  ignoreDifferences?: Array<ResourceIgnoreDifferences>
  /** Facts and links for people. */
  info?: Array<Info>
  /** The project that the application belongs to; empty means the project "default". */
  project: string
  /** How many past syncs the history keeps; 10 if absent, 0 keeps none. */
  revisionHistoryLimit?: number
  source?: ApplicationSource
  sourceHydrator?: SourceHydrator
  /** Where the manifests come from, for an application with several sources; takes precedence over source. */
  sources?: Array<ApplicationSource>
  syncPolicy?: SyncPolicy
}

export interface ApplicationStatus {
  /** What people should know. */
  conditions?: Array<ApplicationCondition>
  /** The namespace of the controller that looks after the application. */
  controllerNamespace?: string
  health?: AppHealthStatus
  /** The past syncs, oldest first. */
  history?: Array<RevisionHistory>
  /** No longer filled. */
  observedAt?: string
  operationState?: OperationState
  /** When it was last compared with the latest revision. */
  reconciledAt?: string
  /** Where the health of single objects is kept: empty for here, appTree for elsewhere. */
  resourceHealthSource?: string
  /** The managed objects. */
  resources?: Array<ResourceStatus>
  sourceHydrator?: SourceHydratorStatus
  /** What renders the source. */
  sourceType?: string
  /** What renders the sources, in their order. */
  sourceTypes?: Array<string>
  summary?: ApplicationSummary
  sync?: SyncStatus
}

export interface ApplicationSummary {
  /** Links that ingresses and services offer. */
  externalURLs?: Array<string>
  /** Container images in use. */
  images?: Array<string>
  /** Whether the application manages applications. */
  isAppOfApps?: boolean
}

export interface ApplicationTree {
  /** The nodes of the cluster that the application's pods run on. */
  hosts?: Array<HostInfo>
  /** The managed objects and what they own. */
  nodes?: Array<ResourceNode>
  /** Objects in the destination namespace that belong to no application. */
  orphanedNodes?: Array<ResourceNode>
  /** In how many pieces the tree is stored where it is stored; 0 or 1 for in one. */
  shardsCount?: number
}

export interface ApplicationWatchEvent {
  application: Application
  /** ADDED, MODIFIED or DELETED. */
  type: string
}

export interface Backoff {
  /** The first wait: seconds, or a duration such as 2m or 1h. */
  duration?: string
  /** What the wait is multiplied with after each failed attempt. */
  factor?: number
  /** The longest wait. */
  maxDuration?: string
}

export interface BasicAuthBitbucketServer {
  passwordRef: SecretRef
  /** The user. */
  username: string
}

export interface BearerTokenBitbucket {
  tokenRef: SecretRef
}

export interface BearerTokenBitbucketCloud {
  tokenRef: SecretRef
}

export interface ChartDetails {
  /** What it is for. */
  description?: string
  /** Its home page. */
  home?: string
  /** Who looks after it. */
  maintainers?: Array<string>
}

export interface Cluster {
  /** Annotations of the Secret that holds it. */
  annotations?: Record<string, string>
  /** Whether cluster-wide objects are looked at although namespaces are listed. */
  clusterResources?: boolean
  config: ClusterConfig
  connectionState?: ConnectionState
  info?: ClusterInfo
  /** Labels of the Secret that holds it. */
  labels?: Record<string, string>
  /** Name; the URL if none was given. */
  name: string
  /** The namespaces that may be looked at; all if empty. */
  namespaces?: Array<string>
  /** The project that the cluster belongs to; none if empty. */
  project?: string
  /** When somebody asked to look at everything anew. */
  refreshRequestedAt?: string
  /** URL of the API server. */
  server: string
  /** Version of Kubernetes; the same as in info. */
  serverVersion?: string
  /** The shard that looks after it; found by a rule if absent. */
  shard?: number
}

export interface ClusterCacheInfo {
  /** How many kinds. */
  apisCount?: number
  /** When everything was listed last. */
  lastCacheSyncTime?: string
  /** How many objects. */
  resourcesCount?: number
}

export interface ClusterConfig {
  awsAuthConfig?: AWSAuthConfig
  /** Bearer token. */
  bearerToken?: string
  /** Whether answers should come uncompressed. */
  disableCompression?: boolean
  execProviderConfig?: ExecProviderConfig
  /** Password for basic authentication. */
  password?: string
  /** URL of a proxy. */
  proxyUrl?: string
  tlsClientConfig: TLSClientConfig
  /** User name for basic authentication. */
  username?: string
}

export interface ClusterGenerator {
  /** Gives one set of parameters that lists all clusters. */
  flatList?: boolean
  selector?: V1LabelSelector
  template?: ApplicationSetTemplate
  /** Further parameters. */
  values?: Record<string, string>
}

export interface ClusterInfo {
  /** The kinds that it serves: group/version/kind. */
  apiVersions?: Array<string>
  /** How many applications are deployed into it. */
  applicationsCount: number
  cacheInfo?: ClusterCacheInfo
  connectionState?: ConnectionState
  /** Version of Kubernetes. */
  serverVersion?: string
}

export interface ClusterList {
  /** The clusters. */
  items: Array<Cluster>
  metadata?: V1ListMeta
}

export interface ClusterResourceRestrictionItem {
  /** API group; may be a glob. */
  group: string
  /** Kind; may be a glob. */
  kind: string
  /** Name of the objects; may be a glob, all if empty. */
  name?: string
}

export interface Command {
  /** Its arguments. */
  args?: Array<string>
  /** The program. */
  command?: Array<string>
}

export interface CommitMetadata {
  /** Who wrote it. */
  author?: string
  /** The rest of what it says. */
  body?: string
  /** When, as RFC 3339. */
  date?: string
  /** The repository that it is in. */
  repoUrl?: string
  /** Its hash. */
  sha?: string
  /** The first line of what it says. */
  subject?: string
}

export interface ComparedTo {
  destination: ApplicationDestination
  /** The fields that may differ. */
  ignoreDifferences?: Array<ResourceIgnoreDifferences>
  source?: ApplicationSource
  /** The sources, if there are several. */
  sources?: Array<ApplicationSource>
}

export interface ConfigManagementPlugin {
  generate: Command
  init?: Command
  /** Whether it needs the repository for itself. */
  lockRepo?: boolean
  /** Name. */
  name: string
}

export interface ConfigMapKeyRef {
  /** Name of the ConfigMap. */
  configMapName: string
  /** The key. */
  key: string
}

export interface ConnectionState {
  /** When it was tried last. */
  attemptedAt: string
  /** Why. */
  message: string
  /** Successful, Failed or Unknown. */
  status: string
}

export interface DrySource {
  directory?: ApplicationSourceDirectory
  helm?: ApplicationSourceHelm
  kustomize?: ApplicationSourceKustomize
  /** Directory inside the repository. */
  path: string
  plugin?: ApplicationSourcePlugin
  /** URL of the Git repository. */
  repoURL: string
  /** Branch, tag or commit. */
  targetRevision: string
}

export interface DuckTypeGenerator {
  /** ConfigMap that says where the resource keeps its choice. */
  configMapRef: string
  labelSelector?: V1LabelSelector
  /** Name of the resource. */
  name?: string
  /** How often to look. */
  requeueAfterSeconds?: number
  template?: ApplicationSetTemplate
  /** Further parameters. */
  values?: Record<string, string>
}

export interface EnvEntry {
  /** Name, by custom in capitals. */
  name: string
  /** Value. */
  value: string
}

export interface ExecProviderConfig {
  /** The version of the protocol that it speaks. */
  apiVersion?: string
  /** Its arguments. */
  args?: Array<string>
  /** The program. */
  command?: string
  /** What else it is told, in its own form. */
  config?: unknown
  /** Its environment. */
  env?: Record<string, string>
  /** What to say where it is missing. */
  installHint?: string
  /** Whether it is told about the cluster. */
  provideClusterInfo?: boolean
}

export interface GitDirectoryGeneratorItem {
  /** Leaves them out. */
  exclude?: boolean
  /** Path; may be a glob. */
  path: string
}

export interface GitFileGeneratorItem {
  /** Leaves them out. */
  exclude?: boolean
  /** Path; may be a glob. */
  path: string
}

export interface GitGenerator {
  /** Directories. */
  directories?: Array<GitDirectoryGeneratorItem>
  /** Files that hold parameters. */
  files?: Array<GitFileGeneratorItem>
  /** Prefix of the parameters that the path gives. */
  pathParamPrefix?: string
  /** URL of the repository. */
  repoURL: string
  /** How often to look. */
  requeueAfterSeconds?: number
  /** Branch, tag or commit. */
  revision: string
  template?: ApplicationSetTemplate
  /** Further parameters. */
  values?: Record<string, string>
}

export interface GnuPGPublicKey {
  /** Fingerprint. */
  fingerprint?: string
  /** The key itself, in armour; answers to a listing leave it out. */
  keyData?: string
  /** ID in hexadecimal. */
  keyID: string
  /** Whom it belongs to. */
  owner?: string
  /** Algorithm and size. */
  subType?: string
  /** How much it is trusted. */
  trust?: string
}

export interface GnuPGPublicKeyList {
  /** The keys. */
  items: Array<GnuPGPublicKey>
  metadata?: V1ListMeta
}

export interface HealthStatus {
  /** When the answer changed last. */
  lastTransitionTime?: string
  /** Why. */
  message?: string
  /** The answer. */
  status?: string
}

export interface HelmFileParameter {
  /** Path of the value. */
  name?: string
  /** Path of the file. */
  path?: string
}

export interface HelmParameter {
  /** Takes the value as text even where it looks like a number or a boolean. */
  forceString?: boolean
  /** Path of the value. */
  name?: string
  /** The value. */
  value?: string
}

export interface HostInfo {
  /** Its labels, those that the settings name. */
  labels?: Record<string, string>
  /** Name. */
  name?: string
  /** What is asked of it and what it has. */
  resourcesInfo?: Array<HostResourceInfo>
  systemInfo?: V1NodeSystemInfo
}

export interface HostResourceInfo {
  /** What there is. */
  capacity?: number
  /** What the application's pods ask for. */
  requestedByApp?: number
  /** What other pods ask for. */
  requestedByNeighbors?: number
  /** cpu, memory or another resource. */
  resourceName?: string
}

export interface HydrateOperation {
  /** The commit that is rendered. */
  drySHA?: string
  /** When it ended. */
  finishedAt?: string
  /** The commit that holds the result. */
  hydratedSHA?: string
  /** What there is to say about it. */
  message: string
  /** How it stands. */
  phase: string
  sourceHydrator?: SourceHydrator
  /** When it began. */
  startedAt?: string
}

export interface HydrateTo {
  /** The branch. */
  targetBranch: string
}

export interface Info {
  /** What it is. */
  name: string
  /** The text or link. */
  value: string
}

export interface InfoItem {
  /** What it is. */
  name?: string
  /** The text. */
  value?: string
}

export interface JWTToken {
  /** When it ends, in seconds since 1970; 0 never. */
  exp?: number
  /** When it was handed out, in seconds since 1970. */
  iat: number
  /** Its ID. */
  id?: string
}

export interface JWTTokens {
  /** The tokens. */
  items?: Array<JWTToken>
}

export interface JsonnetVar {
  /** Whether the value is code rather than text. */
  code?: boolean
  /** Name. */
  name: string
  /** Value. */
  value: string
}

export interface KnownTypeField {
  /** Path of the field. */
  field?: string
  /** Name of the type. */
  type?: string
}

export interface KustomizeGvk {
  /** API group. */
  group?: string
  /** Kind. */
  kind?: string
  /** API version. */
  version?: string
}

export interface KustomizeOptions {
  /** Path of its program. */
  BinaryPath: string
  /** Its command-line flags. */
  BuildOptions: string
  /** The versions there are. */
  Versions: Array<KustomizeVersion>
}

export interface KustomizePatch {
  /** Switches such as allowNameChange. */
  options?: Record<string, boolean>
  /** The patch itself. */
  patch?: string
  /** Path of the file that holds the patch. */
  path?: string
  target?: KustomizeSelector
}

export interface KustomizeReplica {
  /** How many. */
  count: unknown
  /** Name of the workload. */
  name: string
}

export interface KustomizeResId {
  /** API group. */
  group?: string
  /** Kind. */
  kind?: string
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  /** API version. */
  version?: string
}

export interface KustomizeSelector {
  /** Selects by annotations. */
  annotationSelector?: string
  /** API group. */
  group?: string
  /** Kind. */
  kind?: string
  /** Selects by labels. */
  labelSelector?: string
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  /** API version. */
  version?: string
}

export interface KustomizeVersion {
  /** Its command-line flags. */
  BuildOptions: string
  /** The version. */
  Name: string
  /** Path of its program. */
  Path: string
}

export interface ListGenerator {
  /** The sets of parameters, each an object. */
  elements?: Array<unknown>
  /** More sets of parameters, as YAML text. */
  elementsYaml?: string
  template?: ApplicationSetTemplate
}

export interface ManagedNamespaceMetadata {
  /** The annotations. */
  annotations?: Record<string, string>
  /** The labels. */
  labels?: Record<string, string>
}

export interface MatrixGenerator {
  /** The two generators. */
  generators: Array<ApplicationSetNestedGenerator>
  template?: ApplicationSetTemplate
}

export interface MergeGenerator {
  /** The generators. */
  generators: Array<ApplicationSetNestedGenerator>
  /** The parameters by which sets are matched. */
  mergeKeys: Array<string>
  template?: ApplicationSetTemplate
}

export interface OCIMetadata {
  /** Who made it. */
  authors?: string
  /** When it was made. */
  createdAt?: string
  /** What it is for. */
  description?: string
  /** Where its documentation is. */
  docsUrl?: string
  /** Where to find out more. */
  imageUrl?: string
  /** Where its source is. */
  sourceUrl?: string
  /** Its version. */
  version?: string
}

export interface Operation {
  /** Facts and links for people. */
  info?: Array<Info>
  initiatedBy?: OperationInitiator
  retry?: RetryStrategy
  sync?: SyncOperation
}

export interface OperationInitiator {
  /** Whether the automated policy did. */
  automated?: boolean
  /** The user; empty if nobody did. */
  username?: string
}

export interface OperationState {
  /** When it ended. */
  finishedAt?: string
  /** What there is to say about it. */
  message?: string
  operation: Operation
  /** How it stands. */
  phase: string
  /** How often it was tried again. */
  retryCount?: number
  /** When it began. */
  startedAt: string
  syncResult?: SyncOperationResult
}

export type OptionalArray = Array<string>

export type OptionalMap = Record<string, string>

export interface OrphanedResourceKey {
  /** API group; may be a glob. */
  group?: string
  /** Kind; may be a glob. */
  kind?: string
  /** Name; may be a glob. */
  name?: string
}

export interface OrphanedResourcesMonitorSettings {
  /** Objects that do not count. */
  ignore?: Array<OrphanedResourceKey>
  /** Whether they show as a condition (default: true). */
  warn?: boolean
}

export interface OverrideIgnoreDiff {
  /** As jq path expressions. */
  jqPathExpressions: Array<string>
  /** As JSON pointers (RFC 6901). */
  jsonPointers: Array<string>
  /** Those of these writers, as managedFields names them. */
  managedFieldsManagers: Array<string>
}

export interface PluginConfigMapRef {
  /** Name. */
  name: string
}

export interface PluginGenerator {
  configMapRef: PluginConfigMapRef
  input?: PluginInput
  /** How often to ask. */
  requeueAfterSeconds?: number
  template?: ApplicationSetTemplate
  /** Further parameters. */
  values?: Record<string, string>
}

export interface PluginInput {
  /** Anything. */
  parameters?: Record<string, unknown>
}

export interface ProjectRole {
  /** What the role is for. */
  description?: string
  /** Groups of the identity provider that have the role. */
  groups?: Array<string>
  /** The tokens that were handed out. */
  jwtTokens?: Array<JWTToken>
  /** Name. */
  name: string
  /** Policy lines (CSV). */
  policies?: Array<string>
}

export interface PullRequestGenerator {
  azuredevops?: PullRequestGeneratorAzureDevOps
  bitbucket?: PullRequestGeneratorBitbucket
  bitbucketServer?: PullRequestGeneratorBitbucketServer
  /** Takes a repository that is not found for one without pull requests. */
  continueOnRepoNotFoundError?: boolean
  /** Keeps pull requests that match one of these. */
  filters?: Array<PullRequestGeneratorFilter>
  gitea?: PullRequestGeneratorGitea
  github?: PullRequestGeneratorGithub
  gitlab?: PullRequestGeneratorGitLab
  /** How often to look. */
  requeueAfterSeconds?: number
  template?: ApplicationSetTemplate
  /** Further parameters. */
  values?: Record<string, string>
}

export interface PullRequestGeneratorAzureDevOps {
  /** URL of the server; dev.azure.com if empty. */
  api?: string
  /** Labels that a pull request must have. */
  labels?: Array<string>
  /** The organisation. */
  organization: string
  /** The team project. */
  project: string
  /** The repository. */
  repo: string
  tokenRef?: SecretRef
}

export interface PullRequestGeneratorBitbucket {
  /** URL of the API; api.bitbucket.org if empty. */
  api?: string
  basicAuth?: BasicAuthBitbucketServer
  bearerToken?: BearerTokenBitbucketCloud
  /** The workspace. */
  owner: string
  /** The repository. */
  repo: string
}

export interface PullRequestGeneratorBitbucketServer {
  /** URL of the API. */
  api: string
  basicAuth?: BasicAuthBitbucketServer
  bearerToken?: BearerTokenBitbucket
  caRef?: ConfigMapKeyRef
  /** Does not verify the server's certificate. */
  insecure?: boolean
  /** The project's key. */
  project: string
  /** The repository. */
  repo: string
}

export interface PullRequestGeneratorFilter {
  /** Regular expression for the branch. */
  branchMatch?: string
  /** Regular expression for the branch it goes into. */
  targetBranchMatch?: string
  /** Regular expression for the title. */
  titleMatch?: string
}

export interface PullRequestGeneratorGitLab {
  /** URL of the API; gitlab.com if empty. */
  api?: string
  caRef?: ConfigMapKeyRef
  /** Does not verify the server's certificate. */
  insecure?: boolean
  /** Labels that a merge request must have. */
  labels?: Array<string>
  /** The project: its ID or path. */
  project: string
  /** The state of merge requests to take; all if empty. */
  pullRequestState?: string
  tokenRef?: SecretRef
}

export interface PullRequestGeneratorGitea {
  /** URL of the server. */
  api: string
  /** Does not verify the server's certificate. */
  insecure?: boolean
  /** Labels that a pull request must have. */
  labels?: Array<string>
  /** The organisation or user. */
  owner: string
  /** The repository. */
  repo: string
  tokenRef?: SecretRef
}

export interface PullRequestGeneratorGithub {
  /** URL of the API; github.com if empty. */
  api?: string
  /** Repository Secret that holds a GitHub App, instead of a token. */
  appSecretName?: string
  /** Labels that a pull request must have. */
  labels?: Array<string>
  /** The organisation or user. */
  owner: string
  /** The repository. */
  repo: string
  tokenRef?: SecretRef
}

export interface RepoCreds {
  /** URL of the Active Directory that the Azure service principal belongs to. */
  azureActiveDirectoryEndpoint?: string
  /** ID of an Azure service principal. */
  azureServicePrincipalClientId?: string
  /** Secret of the Azure service principal. */
  azureServicePrincipalClientSecret?: string
  /** Tenant of the Azure service principal. */
  azureServicePrincipalTenantId?: string
  /** Bearer token. */
  bearerToken?: string
  /** Whether the repositories are OCI registries. */
  enableOCI?: boolean
  /** Whether the password is sent before it is asked for. */
  forceHttpBasicAuth?: boolean
  /** Key of a Google Cloud service account (JSON). */
  gcpServiceAccountKey?: string
  /** URL of the GitHub Enterprise API. */
  githubAppEnterpriseBaseUrl?: string
  /** ID of a GitHub App. */
  githubAppID?: number
  /** ID of an installation of the GitHub App. */
  githubAppInstallationID?: number
  /** Key of a GitHub App (PEM). */
  githubAppPrivateKey?: string
  /** Whether an OCI registry is reached without TLS. */
  insecureOCIForceHttp?: boolean
  /** Hosts that are reached without the proxy. */
  noProxy?: string
  /** Password or personal access token. */
  password?: string
  /** URL of a proxy. */
  proxy?: string
  /** Private key for SSH (PEM). */
  sshPrivateKey?: string
  /** The client's certificate (PEM). */
  tlsClientCertData?: string
  /** The client's key (PEM). */
  tlsClientCertKey?: string
  /** git, helm or oci; git if empty. */
  type?: string
  /** What the URLs begin with. */
  url: string
  /** Whether to log in with the workload's Azure identity. */
  useAzureWorkloadIdentity?: boolean
  /** User name. */
  username?: string
}

export interface RepoCredsList {
  /** The credentials. */
  items: Array<RepoCreds>
  metadata?: V1ListMeta
}

export interface Repository {
  /** URL of the Active Directory that the Azure service principal belongs to. */
  azureActiveDirectoryEndpoint?: string
  /** ID of an Azure service principal. */
  azureServicePrincipalClientId?: string
  /** Secret of the Azure service principal. */
  azureServicePrincipalClientSecret?: string
  /** Tenant of the Azure service principal. */
  azureServicePrincipalTenantId?: string
  /** Bearer token. */
  bearerToken?: string
  connectionState?: ConnectionState
  /** How many commits to fetch; all if 0. */
  depth?: number
  /** Whether large files are fetched (Git LFS). */
  enableLfs?: boolean
  /** Whether a Helm repository is an OCI registry. */
  enableOCI?: boolean
  /** Whether the password is sent before it is asked for. */
  forceHttpBasicAuth?: boolean
  /** Key of a Google Cloud service account (JSON). */
  gcpServiceAccountKey?: string
  /** URL of the GitHub Enterprise API. */
  githubAppEnterpriseBaseUrl?: string
  /** ID of a GitHub App. */
  githubAppID?: number
  /** ID of an installation of the GitHub App. */
  githubAppInstallationID?: number
  /** Key of a GitHub App (PEM). */
  githubAppPrivateKey?: string
  /** Whether the credentials come from a template. */
  inheritedCreds?: boolean
  /** Whether the server's certificate or host key is taken unseen. */
  insecure?: boolean
  /** The old name of insecure. */
  insecureIgnoreHostKey?: boolean
  /** Whether an OCI registry is reached without TLS. */
  insecureOCIForceHttp?: boolean
  /** Name; only Helm repositories need one. */
  name?: string
  /** Hosts that are reached without the proxy. */
  noProxy?: string
  /** Password or personal access token. */
  password?: string
  /** The project that the repository belongs to; none if empty. */
  project?: string
  /** URL of a proxy. */
  proxy?: string
  /** URL. */
  repo: string
  /** Private key for SSH (PEM). */
  sshPrivateKey?: string
  /** The client's certificate (PEM). */
  tlsClientCertData?: string
  /** The client's key (PEM). */
  tlsClientCertKey?: string
  /** git, helm or oci; git if empty. */
  type?: string
  /** Whether to log in with the workload's Azure identity. */
  useAzureWorkloadIdentity?: boolean
  /** User name. */
  username?: string
  /** Whether a webhook does not render ahead for this repository. */
  webhookManifestCacheWarmDisabled?: boolean
}

export interface RepositoryCertificate {
  /** The certificate (PEM) or the key; answers to a listing leave it out. */
  certData: string
  /** Subject or fingerprint. */
  certInfo: string
  /** For ssh the kind of key. */
  certSubType: string
  /** https or ssh. */
  certType: string
  /** The server. */
  serverName: string
}

export interface RepositoryCertificateList {
  /** The certificates and keys. */
  items: Array<RepositoryCertificate>
  metadata?: V1ListMeta
}

export interface RepositoryList {
  /** The repositories. */
  items: Array<Repository>
  metadata?: V1ListMeta
}

export interface ResourceAction {
  /** Whether it cannot be run now. */
  disabled?: boolean
  /** What people see. */
  displayName?: string
  /** The class of its icon. */
  iconClass?: string
  /** Name. */
  name?: string
  /** What it must be told. */
  params?: Array<ResourceActionParam>
}

export interface ResourceActionParam {
  /** Name. */
  name?: string
}

export interface ResourceDiff {
  /** A patch from one to the other; no longer filled. */
  diff?: string
  /** API group. */
  group?: string
  /** Whether it is a hook. */
  hook?: boolean
  /** Kind. */
  kind?: string
  /** As it is in the cluster. */
  liveState?: string
  /** Whether the two differ. */
  modified?: boolean
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  /** As it is in the cluster, without what is ignored. */
  normalizedLiveState?: string
  /** As it would be after a sync, without what is ignored. */
  predictedLiveState?: string
  /** The version of the stored object, opaque. */
  resourceVersion?: string
  /** As the source wants it. */
  targetState?: string
}

export interface ResourceIgnoreDifferences {
  /** API group of the objects; may be a glob. */
  group?: string
  /** Fields as jq path expressions. */
  jqPathExpressions?: Array<string>
  /** Fields as JSON pointers (RFC 6901). */
  jsonPointers?: Array<string>
  /** Kind of the objects; may be a glob. */
  kind: string
  /** Writers whose fields are ignored, as managedFields names them. */
  managedFieldsManagers?: Array<string>
  /** Name of the object; all if empty. */
  name?: string
  /** Namespace of the object; all if empty. */
  namespace?: string
}

export interface ResourceNetworkingInfo {
  /** Links that it offers. */
  externalURLs?: Array<string>
  /** The addresses of its load balancer. */
  ingress?: Array<V1LoadBalancerIngress>
  /** The object's own labels. */
  labels?: Record<string, string>
  /** The labels that select what it routes to. */
  targetLabels?: Record<string, string>
  /** The objects that it routes to. */
  targetRefs?: Array<ResourceRef>
}

export interface ResourceNode {
  /** When it was created. */
  createdAt?: string
  /** API group. */
  group?: string
  health?: HealthStatus
  /** The container images in it. */
  images?: Array<string>
  /** Facts for people. */
  info?: Array<InfoItem>
  /** Kind. */
  kind?: string
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  networkingInfo?: ResourceNetworkingInfo
  /** Its owners. */
  parentRefs?: Array<ResourceRef>
  /** The version of the stored object, opaque. */
  resourceVersion?: string
  /** UID; empty for an object that is not in the cluster. */
  uid?: string
  /** API version. */
  version?: string
}

export interface ResourceOverride {
  /** The actions, as YAML text: a ResourceActions. */
  actions?: string
  /** A Lua script that says how well an object is. */
  "health.lua"?: string
  /** Whether the script may use Lua's standard libraries. */
  "health.lua.useOpenLibs"?: boolean
  /** Fields that may differ from the source. */
  ignoreDifferences?: string
  /** Fields whose change is no news. */
  ignoreResourceUpdates?: string
  /** Fields that hold a type that Kubernetes knows. */
  knownTypeFields?: Array<KnownTypeField>
}

export interface ResourceRef {
  /** API group. */
  group?: string
  /** Kind. */
  kind?: string
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  /** UID; empty for an object that is not in the cluster. */
  uid?: string
  /** API version. */
  version?: string
}

export interface ResourceResult {
  /** API group. */
  group: string
  /** How the hook stands, or how far an object without one is. */
  hookPhase?: string
  /** The kind of hook; empty for what is no hook. */
  hookType?: string
  /** The container images in it. */
  images?: Array<string>
  /** Kind. */
  kind: string
  /** What there is to say about it. */
  message?: string
  /** Name. */
  name: string
  /** Namespace. */
  namespace: string
  /** What became of it; empty for a hook. */
  status?: string
  /** The phase of the sync in which it was handled. */
  syncPhase?: string
  /** API version. */
  version: string
}

export interface ResourceStatus {
  /** API group. */
  group?: string
  health?: HealthStatus
  /** Whether it is a hook. */
  hook?: boolean
  /** Kind. */
  kind?: string
  /** Name. */
  name?: string
  /** Namespace. */
  namespace?: string
  /** Whether its deletion must be confirmed. */
  requiresDeletionConfirmation?: boolean
  /** Whether it is no longer in the source. */
  requiresPruning?: boolean
  /** How it compares with the source. */
  status?: string
  /** The wave in which it is synced. */
  syncWave?: number
  /** API version. */
  version?: string
}

export interface RetryStrategy {
  backoff?: Backoff
  /** How often to try again; 0 never does, less than 0 has no limit. */
  limit?: number
  /** Whether a retry takes the latest revision instead of the first one (default: false). */
  refresh?: boolean
}

export interface RevisionHistory {
  /** When the sync began. */
  deployStartedAt?: string
  /** When the sync ended. */
  deployedAt: string
  /** Counts the syncs; a rollback names it. */
  id: number
  initiatedBy?: OperationInitiator
  /** The revision that was synced, for an application with one source. */
  revision?: string
  /** The revisions that were synced, in the order of the sources. */
  revisions?: Array<string>
  source?: ApplicationSource
  /** The sources that were synced, if there are several. */
  sources?: Array<ApplicationSource>
}

export interface RevisionMetadata {
  /** Who wrote it. */
  author?: string
  /** When. */
  date: string
  /** What it says. */
  message?: string
  /** The commits that it speaks of, such as those that an image was built from. */
  references?: Array<RevisionReference>
  /** What is known of its signature. */
  signatureInfo?: string
  sourceIntegrityResult?: SourceIntegrityCheckResult
  /** The tags that point at it. */
  tags?: Array<string>
}

export interface RevisionReference {
  commit?: CommitMetadata
}

export interface SCMProviderGenerator {
  awsCodeCommit?: SCMProviderGeneratorAWSCodeCommit
  azureDevOps?: SCMProviderGeneratorAzureDevOps
  bitbucket?: SCMProviderGeneratorBitbucket
  bitbucketServer?: SCMProviderGeneratorBitbucketServer
  /** The protocol of the URLs: ssh, https or another that the provider has. */
  cloneProtocol?: string
  /** Keeps repositories that match one of these. */
  filters?: Array<SCMProviderGeneratorFilter>
  gitea?: SCMProviderGeneratorGitea
  github?: SCMProviderGeneratorGithub
  gitlab?: SCMProviderGeneratorGitlab
  /** How often to look. */
  requeueAfterSeconds?: number
  template?: ApplicationSetTemplate
  /** Further parameters. */
  values?: Record<string, string>
}

export interface SCMProviderGeneratorAWSCodeCommit {
  /** Takes all branches, not only the default one. */
  allBranches?: boolean
  /** The region; the environment's if empty. */
  region?: string
  /** ARN of the role to take on. */
  role?: string
  /** Keeps repositories that have one of these tags. */
  tagFilters?: Array<TagFilter>
}

export interface SCMProviderGeneratorAzureDevOps {
  accessTokenRef: SecretRef
  /** Takes all branches, not only the default one. */
  allBranches?: boolean
  /** URL of the server; dev.azure.com if empty. */
  api?: string
  /** The organisation. */
  organization: string
  /** The team project. */
  teamProject: string
}

export interface SCMProviderGeneratorBitbucket {
  /** Takes all branches, not only the main one. */
  allBranches?: boolean
  appPasswordRef: SecretRef
  /** The workspace. */
  owner: string
  /** The user to log in as. */
  user: string
}

export interface SCMProviderGeneratorBitbucketServer {
  /** Takes all branches, not only the default one. */
  allBranches?: boolean
  /** URL of the API. */
  api: string
  basicAuth?: BasicAuthBitbucketServer
  bearerToken?: BearerTokenBitbucket
  caRef?: ConfigMapKeyRef
  /** Does not verify the server's certificate. */
  insecure?: boolean
  /** The project's key. */
  project: string
}

export interface SCMProviderGeneratorFilter {
  /** Regular expression for the branch. */
  branchMatch?: string
  /** Regular expression that a label must match. */
  labelMatch?: string
  /** Paths of which none may exist. */
  pathsDoNotExist?: Array<string>
  /** Paths that must all exist. */
  pathsExist?: Array<string>
  /** Regular expression for the name. */
  repositoryMatch?: string
}

export interface SCMProviderGeneratorGitea {
  /** Takes all branches, not only the default one. */
  allBranches?: boolean
  /** URL of the server. */
  api: string
  /** Leaves archived repositories out. */
  excludeArchivedRepos?: boolean
  /** Does not verify the server's certificate. */
  insecure?: boolean
  /** The organisation or user. */
  owner: string
  tokenRef?: SecretRef
}

export interface SCMProviderGeneratorGithub {
  /** Takes all branches, not only the default one. */
  allBranches?: boolean
  /** URL of the API; github.com if empty. */
  api?: string
  /** Repository Secret that holds a GitHub App, instead of a token. */
  appSecretName?: string
  /** Leaves archived repositories out. */
  excludeArchivedRepos?: boolean
  /** The organisation. */
  organization: string
  tokenRef?: SecretRef
}

export interface SCMProviderGeneratorGitlab {
  /** Takes all branches, not only the default one. */
  allBranches?: boolean
  /** URL of the API; gitlab.com if empty. */
  api?: string
  caRef?: ConfigMapKeyRef
  /** The group: its ID or path. */
  group: string
  /** Takes archived projects as well. */
  includeArchivedRepos?: boolean
  /** Takes projects that are shared with a subgroup as well (default: true). */
  includeSharedProjects?: boolean
  /** Takes subgroups as well. */
  includeSubgroups?: boolean
  /** Does not verify the server's certificate. */
  insecure?: boolean
  tokenRef?: SecretRef
  /** Takes only projects with this topic. */
  topic?: string
}

export interface SecretRef {
  /** The key. */
  key: string
  /** Name of the Secret. */
  secretName: string
}

export interface SignatureKey {
  /** The key's ID in hexadecimal. */
  keyID: string
}

export interface SourceHydrator {
  drySource: DrySource
  hydrateTo?: HydrateTo
  syncSource: SyncSource
}

export interface SourceHydratorStatus {
  currentOperation?: HydrateOperation
  /** The dry commit that was looked at last. */
  lastComparedDryRevision?: string
  lastSuccessfulOperation?: SuccessfulHydrateOperation
}

export interface SourceIntegrity {
  git: SourceIntegrityGit
}

export interface SourceIntegrityCheckResult {
  /** The checks. */
  Checks: Array<SourceIntegrityCheckResultItem>
}

export interface SourceIntegrityCheckResultItem {
  /** The check. */
  Name: string
  /** What is wrong; nothing if empty. */
  Problems: Array<string>
}

export interface SourceIntegrityGit {
  /** The rules. */
  policies: Array<SourceIntegrityGitPolicy>
}

export interface SourceIntegrityGitPolicy {
  gpg: SourceIntegrityGitPolicyGPG
  /** The repositories. */
  repos: Array<SourceIntegrityGitPolicyRepo>
}

export interface SourceIntegrityGitPolicyGPG {
  /** IDs of the keys that count. */
  keys: Array<string>
  /** none, head (the commit that is deployed) or strict (its ancestors too). */
  mode: string
}

export interface SourceIntegrityGitPolicyRepo {
  /** URL; globs, and !pattern to leave out. */
  url: string
}

export interface SuccessfulHydrateOperation {
  /** The commit that was rendered. */
  drySHA?: string
  /** The commit that holds the result. */
  hydratedSHA?: string
  sourceHydrator?: SourceHydrator
}

export interface SyncOperation {
  /** How often self-heal has tried in a row. */
  autoHealAttemptsCount?: number
  /** Changes nothing. */
  dryRun?: boolean
  /** Manifests to take instead of rendered ones, for development. */
  manifests?: Array<string>
  /** Deletes what is no longer in the source. */
  prune?: boolean
  /** The objects to sync; all if empty. */
  resources?: Array<SyncOperationResource>
  /** The revision, for an application with one source; the latest if empty. */
  revision?: string
  /** The revisions, in the order of the sources. */
  revisions?: Array<string>
  source?: ApplicationSource
  /** The sources to take instead of the application's, as a rollback does. */
  sources?: Array<ApplicationSource>
  /** Options for the whole sync. */
  syncOptions?: Array<string>
  syncStrategy?: SyncStrategy
}

export interface SyncOperationResource {
  /** API group. */
  group?: string
  /** Kind. */
  kind: string
  /** Name. */
  name: string
  /** Namespace. */
  namespace?: string
}

export interface SyncOperationResult {
  managedNamespaceMetadata?: ManagedNamespaceMetadata
  /** The objects, in the order they were handled. */
  resources?: Array<ResourceResult>
  /** The revision that was synced. */
  revision: string
  /** The revisions that were synced, in the order of the sources. */
  revisions?: Array<string>
  source?: ApplicationSource
  /** The sources that were synced, if there are several. */
  sources?: Array<ApplicationSource>
}

export interface SyncPolicy {
  automated?: SyncPolicyAutomated
  managedNamespaceMetadata?: ManagedNamespaceMetadata
  retry?: RetryStrategy
  /** Options for the whole sync, such as CreateNamespace=true. */
  syncOptions?: Array<string>
}

export interface SyncPolicyAutomated {
  /** Lets a prune delete the last resource (default: false). */
  allowEmpty?: boolean
  /** Switches automated sync off where it is false (default: true). */
  enabled?: boolean
  /** Deletes what is no longer in the source (default: false). */
  prune?: boolean
  /** Also syncs when the cluster changed and the source did not (default: false). */
  selfHeal?: boolean
}

export interface SyncSource {
  /** Directory of the rendered manifests; it must not be the root, which would let one application overwrite all. */
  path: string
  /** URL of the Git repository; that of the dry source if empty. */
  repoURL?: string
  /** Branch that holds the rendered manifests. */
  targetBranch: string
}

export interface SyncStatus {
  comparedTo?: ComparedTo
  /** The revision that was compared, for an application with one source. */
  revision?: string
  /** The revisions that were compared, in the order of the sources. */
  revisions?: Array<string>
  /** The answer. */
  status: string
}

export interface SyncStrategy {
  apply?: SyncStrategyApply
  hook?: SyncStrategyHook
}

export interface SyncStrategyApply {
  /** Deletes and creates again where an apply is refused. */
  force?: boolean
}

export interface SyncStrategyHook {
  /** Deletes and creates again where an apply is refused. */
  force?: boolean
}

export interface SyncWindow {
  /** Holds where applications, namespaces and clusters all match, instead of any. */
  andOperator?: boolean
  /** Applications it holds for; globs. */
  applications?: Array<string>
  /** Clusters it holds for, by URL or name; globs. */
  clusters?: Array<string>
  /** What the window is for. */
  description?: string
  /** How long it stays open. */
  duration?: string
  /** allow or deny. */
  kind?: string
  /** Lets people sync while it forbids automated syncs. */
  manualSync?: boolean
  /** Destination namespaces it holds for; globs. */
  namespaces?: Array<string>
  /** When the window opens, as a cron line. */
  schedule?: string
  /** Lets a sync that began before go on. */
  syncOverrun?: boolean
  /** Time zone of the schedule; UTC if empty. */
  timeZone?: string
}

export interface TLSClientConfig {
  /** The authorities that may sign the server's certificate (PEM). */
  caData?: string
  /** The client's certificate (PEM). */
  certData?: string
  /** Whether the server's certificate is taken unseen. */
  insecure: boolean
  /** The client's key (PEM). */
  keyData?: string
  /** The name in the server's certificate, where it is not the host's. */
  serverName?: string
}

export interface TagFilter {
  /** The tag's key. */
  key: string
  /** The tag's value; any if empty. */
  value?: string
}

export interface VersionVersionMessage {
  /** When it was built, as RFC 3339. */
  BuildDate?: string
  /** Compiler. */
  Compiler?: string
  /** What else the build says. */
  ExtraBuildInfo?: string
  /** The commit it was built from. */
  GitCommit?: string
  /** The tag it was built from. */
  GitTag?: string
  /** Clean or dirty. */
  GitTreeState?: string
  /** Version of the language. */
  GoVersion?: string
  /** Version of Helm. */
  HelmVersion?: string
  /** Version of Jsonnet. */
  JsonnetVersion?: string
  /** Version of the Kubernetes client. */
  KubectlVersion?: string
  /** Version of Kustomize. */
  KustomizeVersion?: string
  /** Operating system and architecture. */
  Platform?: string
  /** Version. */
  Version?: string
}
