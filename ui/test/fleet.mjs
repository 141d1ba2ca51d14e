// Applications as a server would tell of them: always the same ones for a number, with the faults of real life.

/** A generator of numbers from 0 to 1, the same for each seed. */
export function dice(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const NOW = Date.now()
const TEAMS = ['payments', 'platform', 'data', 'search', 'media', 'web']
const PARTS = ['api', 'web', 'worker', 'cron', 'gateway', 'cache']
const CLUSTERS = [['in-cluster', 'https://kubernetes.default.svc'], ['prod-eu-1', 'https://10.1.0.1'], ['prod-us-2', 'https://10.2.0.1'], ['staging', 'https://10.9.0.1']]
const GROUPS = {Deployment: 'apps', Ingress: 'networking.k8s.io'}
const hex = (roll, length) => Array.from({length}, () => Math.floor(roll() * 16).toString(16)).join('')
const ago = minutes => new Date(NOW - minutes * 60_000).toISOString().replace(/\.\d+/, '')

// What is wrong differs, as it does in life; by number, so that the rest stays as it is.
const DEGRADED = [
  'Back-off pulling image "registry.example.com/shop/api:1.9.0-rc.2": manifest unknown',
  'CrashLoopBackOff: 2 of 4 pods restart; the last one ended with exit code 1 after 4 s',
  'Readiness probe failed: HTTP probe failed with statuscode: 503',
  '3 of 4 pods crash: exit code 137 (out of memory)',
  'exceeded quota: compute, requested: limits.memory=2Gi, used: limits.memory=63Gi, limited: limits.memory=64Gi',
]
const HOOKS = [
  ['Job', 'migrate', 'PreSync', 'Job has reached the specified backoff limit'],
  ['Job', 'smoke-test', 'PostSync', 'Job was active longer than specified deadline'],
  ['Pod', 'warm-the-caches', 'PreSync', 'container warm: exit code 2: cannot resolve cache.search.svc: no such host'],
]

const NAMED = [
  'ledger-reconciliation-' + 'very-long-name-'.repeat(14) + 'end',
  '配送-サービス',
  'متجر-الويب',
]

/** `count` applications in the contract's form. */
export function applications(count, seed = 7) {
  const roll = dice(seed)
  const pick = list => list[Math.floor(roll() * list.length)]
  return Array.from({length: count}, (_, index) => {
    const team = pick(TEAMS)
    const part = pick(PARTS)
    const name = count > 20 && index < NAMED.length ? NAMED[index] : `${team}-${part}-${index}`
    const [cluster, server] = pick(CLUSTERS)
    const revision = hex(roll, 40)
    const fate = roll()
    const app = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name, namespace: 'argocd', uid: `uid-${index}`, resourceVersion: String(1000 + index), creationTimestamp: ago(60 * 24 * (1 + Math.floor(roll() * 400))),
        labels: {team, env: cluster === 'staging' ? 'staging' : 'prod'},
        ownerReferences: roll() < 0.4 ? [{kind: 'ApplicationSet', name: `${team}-everywhere`, apiVersion: 'argoproj.io/v1alpha1', uid: 'set'}] : undefined,
      },
      spec: {
        project: team,
        source: {repoURL: `https://git.example.com/${team}/deploy.git`, path: `apps/${part}`, targetRevision: pick(['main', 'main', 'v1.8.2'])},
        destination: {name: cluster === 'in-cluster' ? undefined : cluster, server: cluster === 'in-cluster' ? server : undefined, namespace: team},
        syncPolicy: roll() < 0.7 ? {automated: {prune: true, selfHeal: roll() < 0.6}} : {},
      },
      status: {
        health: {status: 'Healthy', lastTransitionTime: ago(Math.floor(roll() * 9000))},
        sync: {status: 'Synced', revision},
        reconciledAt: ago(1),
        history: [{id: 3, revision, deployedAt: ago(Math.floor(roll() * 20000)), deployStartedAt: ago(20001)}],
        operationState: {phase: 'Succeeded', message: 'successfully synced (all tasks run)', startedAt: ago(300), finishedAt: ago(299), operation: {initiatedBy: {automated: true}}, syncResult: {revision}},
        summary: {images: [`registry.example.com/${team}/${part}:1.${index % 40}.0`], externalURLs: [`https://${part}.${team}.example.com`]},
        resources: ['Deployment', 'Service', 'ConfigMap', 'Secret', 'Ingress'].map(kind => ({group: GROUPS[kind], kind, name: part, namespace: team, version: 'v1', status: 'Synced', health: {status: 'Healthy'}})),
      },
    }
    const {status} = app
    const first = status.resources[0]
    if (fate < 0.05) {
      status.health.status = 'Degraded'
      first.health = {status: 'Degraded', message: DEGRADED[index % DEGRADED.length]}
    } else if (fate < 0.07) {
      status.health.status = 'Missing'
      status.sync.status = 'OutOfSync'
      first.status = 'OutOfSync'
      first.health = {status: 'Missing'}
    } else if (fate < 0.12) {
      status.sync.status = 'OutOfSync'
      first.status = 'OutOfSync'
      if (roll() < 0.4) Object.assign(status.resources[2], {status: 'OutOfSync', requiresPruning: true})
    } else if (fate < 0.14) {
      status.sync.status = 'OutOfSync'
      Object.assign(status.operationState, {phase: 'Failed', message: 'one or more objects failed to apply', retryCount: 2})
      const [kind, name, hookType, message] = HOOKS[index % HOOKS.length]
      status.operationState.syncResult.resources = [{kind, name, status: 'SyncFailed', hookPhase: 'Failed', hookType, message}]
    } else if (fate < 0.17) {
      status.health.status = 'Progressing'
      first.health = {status: 'Progressing', message: 'Waiting for rollout to finish: 2 of 4 updated replicas are available'}
    } else if (fate < 0.185) {
      Object.assign(status.operationState, {phase: 'Running', message: 'waiting for completion of hook batch/Job/migrate', startedAt: ago(3), finishedAt: undefined})
    } else if (fate < 0.2) {
      status.sync.status = 'Unknown'
      status.conditions = [{type: 'ComparisonError', message: `failed to fetch https://git.example.com/${team}/deploy.git: authentication required: <b>token</b> has expired`, lastTransitionTime: ago(40)}]
    } else if (fate < 0.21) status.health.status = 'Suspended'
    return app
  })
}
