// Answers for the settings, the user's page and sets of applications: a small organization with the faults of real life.
const ago = minutes => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+/, '')
const seconds = minutes => Math.floor(Date.now() / 1000) - minutes * 60

const REPOS = [
  {repo: 'https://git.example.com/payments/deploy.git', type: 'git', project: 'payments', username: 'robot', connectionState: {status: 'Successful', message: '', attemptedAt: ago(3)}},
  {repo: 'git@git.example.com:platform/deploy.git', type: 'git', connectionState: {status: 'Failed', message: 'ssh: handshake failed: knownhosts: key is unknown', attemptedAt: ago(1)}},
  {repo: 'https://github.com/example/a-repository-with-a-name-that-is-very-long-indeed-and-goes-on-and-on.git', type: 'git', githubAppID: 123456, connectionState: {status: 'Successful', message: '', attemptedAt: ago(3)}},
  {repo: 'https://charts.example.com', type: 'helm', name: 'charts', connectionState: {status: 'Successful', message: '', attemptedAt: ago(3)}},
  {repo: 'oci://registry.example.com/charts', type: 'oci', inheritedCreds: true, connectionState: {status: 'Unknown', message: '', attemptedAt: ''}},
]
const CREDS = [{url: 'https://git.example.com/', type: 'git', username: 'robot'}, {url: 'oci://registry.example.com', type: 'oci', useAzureWorkloadIdentity: true}]
const CERTS = [
  {serverName: 'git.example.com', certType: 'ssh', certSubType: 'ssh-ed25519', certData: '', certInfo: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'},
  {serverName: 'git.example.com', certType: 'https', certSubType: 'rsa', certData: '', certInfo: 'CN=git.example.com,O=Example'},
]
const KEYS = [{keyID: '4AEE18F83AFDEB23', owner: 'Ana Example <ana@example.com>', subType: 'rsa2048', trust: 'ultimate', fingerprint: '5DE3E0509C47EA3CF04A42D34AEE18F83AFDEB23'}]
const CLUSTERS = [
  {name: 'in-cluster', server: 'https://kubernetes.default.svc', config: {tlsClientConfig: {insecure: false}}, info: {applicationsCount: 12, serverVersion: '1.35', connectionState: {status: 'Successful', message: '', attemptedAt: ago(1)}, cacheInfo: {resourcesCount: 4120, apisCount: 71, lastCacheSyncTime: ago(180)}, apiVersions: ['v1/Pod', 'apps/v1/Deployment']}},
  {name: 'prod-eu-1', server: 'https://10.1.0.1', project: 'payments', namespaces: ['payments', 'ledger'], labels: {env: 'prod', region: 'eu'}, annotations: {'example.com/owner': 'platform'}, shard: 1, config: {tlsClientConfig: {insecure: true}}, connectionState: {status: 'Failed', message: 'connection refused', attemptedAt: ago(2)}, info: {applicationsCount: 41, connectionState: {status: 'Failed', message: 'Get "https://10.1.0.1/version": dial tcp 10.1.0.1:443: connect: connection refused', attemptedAt: ago(2)}, cacheInfo: {}}},
  {name: 'staging', server: 'https://10.9.0.1', config: {tlsClientConfig: {insecure: false}}, info: {applicationsCount: 0, cacheInfo: {}}},
]
const PROJECT = name => ({
  metadata: {name, resourceVersion: '7', labels: {team: name}},
  spec: {
    description: name === 'payments' ? 'All that takes money, and all that counts it' : '',
    sourceRepos: name === 'default' ? ['*'] : ['https://git.example.com/payments/**', '!https://git.example.com/payments/secret*'],
    destinations: name === 'default' ? [{server: '*', namespace: '*'}] : [{name: 'prod-eu-1', namespace: 'payments'}, {server: 'https://10.9.0.1', namespace: '*'}],
    clusterResourceWhitelist: name === 'default' ? [{group: '*', kind: '*'}] : [{group: '', kind: 'Namespace', name: 'payments-*'}],
    namespaceResourceBlacklist: name === 'default' ? undefined : [{group: '', kind: 'ResourceQuota'}],
    orphanedResources: name === 'default' ? undefined : {warn: true, ignore: [{kind: 'ConfigMap', name: 'kube-root-ca.crt'}]},
    signatureKeys: name === 'payments' ? [{keyID: '4AEE18F83AFDEB23'}] : undefined,
    roles: name !== 'payments' ? [] : [
      {name: 'deployer', description: 'Those on call', groups: ['payments-oncall'], policies: ['p, proj:payments:deployer, applications, sync, payments/*, allow', 'p, proj:payments:deployer, applications, delete, payments/*, deny'], jwtTokens: [{iat: seconds(9000), exp: seconds(-90_000), id: 'ci'}]},
      {name: 'reader', groups: [], policies: ['p, proj:other:reader, applications, get, payments/*, allow']},
    ],
    syncWindows: name !== 'payments' ? undefined : [
      {kind: 'allow', schedule: '0 9 * * 1-5', duration: '8h', timeZone: 'Europe/Berlin', applications: ['*'], manualSync: true},
      {kind: 'deny', schedule: '0 22 * * *', duration: '1h', clusters: ['prod-*'], description: 'Backups run'},
    ],
  },
  status: {},
})
const GLOBAL = {metadata: {name: 'company'}, spec: {clusterResourceBlacklist: [{group: '', kind: 'Node'}], syncWindows: [{kind: 'deny', schedule: '0 0 24 12 *', duration: '72h', applications: ['*'], description: 'Nothing over the holidays'}]}}
const ACCOUNTS = [
  {name: 'admin', enabled: true, capabilities: ['login']},
  {name: 'ana', enabled: true, capabilities: ['login', 'apiKey'], tokens: [{id: 'laptop', issuedAt: seconds(90_000), expiresAt: 0}, {id: 'b8b3…', issuedAt: seconds(900), expiresAt: seconds(-90_000)}]},
  {name: 'robot', enabled: false, capabilities: ['apiKey']},
]
const EVENTS = {items: [
  {metadata: {uid: 'a'}, type: 'Normal', reason: 'ResourceUpdated', message: 'ana updated project', count: 1, lastTimestamp: ago(12), involvedObject: {kind: 'AppProject', name: 'payments'}},
  {metadata: {uid: 'b'}, type: 'Warning', reason: 'ResourceDeleted', message: 'ana deleted token of role deployer', count: 3, lastTimestamp: ago(2), involvedObject: {kind: 'AppProject', name: 'payments'}},
]}
const setOf = (name, health, conditions, apps) => ({
  apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet',
  metadata: {name, namespace: 'argocd', uid: name, creationTimestamp: ago(60 * 24 * 30), labels: {team: name.split('-')[0]}},
  spec: {goTemplate: true, generators: [{clusters: {selector: {matchLabels: {env: 'prod'}}}}, {git: {repoURL: 'https://git.example.com/payments/deploy.git', directories: [{path: 'apps/*'}]}}], strategy: name === 'payments-everywhere' ? {type: 'RollingSync', rollingSync: {steps: [{matchExpressions: [{key: 'env', operator: 'In', values: ['staging']}]}, {maxUpdate: '25%'}]}} : undefined, syncPolicy: {preserveResourcesOnDeletion: name === 'web-everywhere'}, template: {metadata: {name: '{{.name}}-cart'}, spec: {project: 'payments', source: {repoURL: 'https://git.example.com/payments/deploy.git', path: 'apps/cart', targetRevision: 'main'}, destination: {name: '{{.name}}', namespace: 'payments'}}}},
  status: {health: {status: health}, conditions, resourcesCount: apps.length, resources: apps.map(([app, sync, state]) => ({group: 'argoproj.io', kind: 'Application', version: 'v1alpha1', name: app, namespace: 'argocd', status: sync, health: {status: state}})), applicationStatus: name === 'payments-everywhere' ? [{application: 'payments-api-0', status: 'Healthy', step: '1', message: 'Application resource became Healthy', lastTransitionTime: ago(9), targetRevisions: []}, {application: 'payments-web-1', status: 'Waiting', step: '2', message: 'Waiting for step 1', lastTransitionTime: ago(9), targetRevisions: []}] : undefined},
})
const good = [{type: 'ResourcesUpToDate', status: 'True', reason: 'ApplicationSetUpToDate', message: 'All applications have been generated successfully', lastTransitionTime: ago(30)}, {type: 'ErrorOccurred', status: 'False', reason: 'ApplicationSetUpToDate', message: '', lastTransitionTime: ago(30)}]
const SETS = [
  setOf('payments-everywhere', 'Progressing', [...good, {type: 'RolloutProgressing', status: 'True', reason: 'ApplicationSetModified', message: 'ApplicationSet is performing rollout of step 2', lastTransitionTime: ago(9)}], [['payments-api-0', 'Synced', 'Healthy'], ['payments-web-1', 'OutOfSync', 'Progressing']]),
  setOf('web-everywhere', 'Degraded', [{type: 'ErrorOccurred', status: 'True', reason: 'ApplicationParamsGenerationError', message: 'failed to list https://git.example.com/web/deploy.git: authentication required', lastTransitionTime: ago(4)}], []),
]

/** Answers what is asked of settings; `undefined` where that is somebody else's. `screen.deny` names rights (`repositories/create`) that are refused. */
export function answerSettings(path, method, url, screen) {
  const list = items => ({metadata: {}, items})
  const last = decodeURIComponent(path.split('/').pop())
  if (path === 'api/v1/session/userinfo' && screen.user) return screen.user
  if (path.startsWith('api/v1/account/can-i/')) {
    const [resource, action] = path.slice('api/v1/account/can-i/'.length).split('/')
    return {value: (screen.deny ?? []).some(one => one === `${resource}/${decodeURIComponent(action)}` || one === `${resource}/*`) ? 'no' : 'yes'}
  }
  if (path === 'api/v1/write-repositories') return list([])
  if (path === 'api/v1/write-repocreds') return list([])
  if (path === 'api/v1/repocreds') return list(CREDS)
  if (path === 'api/v1/repositories' && method === 'GET') return list(REPOS)
  if (path === 'api/v1/repositories' && method === 'POST') return {status: 400, error: 'error testing repository connectivity: authentication required', code: 3, message: 'error testing repository connectivity: authentication required'}
  if (path.endsWith('/validate')) return {}
  if (path === 'api/v1/certificates') return list(CERTS)
  if (path === 'api/v1/gpgkeys') return list(KEYS)
  if (path === 'api/v1/clusters') return list(CLUSTERS)
  if (path.startsWith('api/v1/clusters/')) return CLUSTERS.find(one => one.server === last) ?? {status: 403, error: 'permission denied', code: 7, message: 'permission denied'}
  if (path === 'api/v1/account') return list(ACCOUNTS)
  if (/^api\/v1\/account\/[^/]+\/token$/.test(path)) return {token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJtYWRlIjoidXAifQ.bm90LWEtdG9rZW4'}
  if (path === 'api/v1/account/password') return {}
  if (path.startsWith('api/v1/account/')) return ACCOUNTS.find(one => one.name === last) ?? {status: 404, error: 'not found', code: 5, message: `account '${last}' does not exist`}
  if (/^api\/v1\/projects\/[^/]+\/roles\/[^/]+\/token$/.test(path)) return {token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJtYWRlIjoidXAifQ.bm90LWEtdG9rZW4'}
  const project = /^api\/v1\/projects\/([^/]+)(?:\/(detailed|events|links|globalprojects|syncwindows))?$/.exec(path)
  if (project) {
    const name = decodeURIComponent(project[1])
    if (name === 'none') return {status: 404, error: 'not found', code: 5, message: `appprojects.argoproj.io "${name}" not found`}
    if (project[2] === 'detailed') return {project: PROJECT(name), globalProjects: name === 'payments' ? [GLOBAL] : [], repositories: REPOS.filter(one => one.project === name), clusters: CLUSTERS.filter(one => one.project === name)}
    if (project[2] === 'events') return EVENTS
    if (project[2] === 'links') return {items: [{title: 'Runbook', url: 'https://wiki.example.com/payments'}, {title: 'Bad', url: 'javascript:alert(1)'}]}
    return PROJECT(name)
  }
  if (path === 'api/v1/projects' && method === 'GET') return list(['default', 'payments', 'platform', 'data', 'web'].map(PROJECT))
  if (path === 'api/v1/settings/plugins') return {plugins: [{name: 'helmfile'}]}
  if (path === 'api/v1/applicationsets' && method === 'GET') return list(screen.sets === 0 ? [] : SETS)
  if (path === 'api/v1/applicationsets/generate') return {applications: [{metadata: {name: 'payments-api-0', namespace: 'argocd'}, spec: {project: 'payments', source: {repoURL: 'https://git.example.com/payments/deploy.git', path: 'apps/cart', targetRevision: 'main'}, destination: {name: 'prod-eu-1', namespace: 'payments'}}}, {metadata: {name: 'new-cart'}, spec: {project: 'payments', destination: {name: 'staging'}}}]}
  const set = /^api\/v1\/applicationsets\/([^/]+)(?:\/(events|resource-tree))?$/.exec(path)
  if (set) {
    const found = SETS.find(one => one.metadata.name === decodeURIComponent(set[1]))
    if (!found) return {status: 404, error: 'not found', code: 5, message: `applicationsets.argoproj.io "${set[1]}" not found`}
    if (set[2] === 'events') return EVENTS
    if (set[2] === 'resource-tree') return {nodes: found.status.resources}
    return found
  }
  return undefined
}
