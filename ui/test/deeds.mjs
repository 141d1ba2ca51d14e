// Three applications with a past, for the screens of what one does with an application: `cart` has a history and differs, `cart-running`
// is amid a sync, `cart-failed` is between two tries. And the answers about them.
const NOW = Date.now()
const ago = minutes => new Date(NOW - minutes * 60_000).toISOString().replace(/\.\d+/, '')
const SHAS = ['8f3a1c5b9d2e4f60718293a4b5c6d7e8f9012345', '41d7e02c93b85fa6d0c1e2f3a4b5968778695a4b', 'c0ffee1234567890abcdefabcdefabcdefabcdef', '5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f0']
const COMMITS = {
  [SHAS[0]]: {author: 'Ana Ruiz <ana@example.com>', date: ago(180), message: 'Raise the replicas of cart to four\n\nThe queue of Monday morning was eleven minutes long.\nSee the notes of the incident.', tags: ['v1.8.2'], signatureInfo: 'Good signature from Ana Ruiz'},
  [SHAS[1]]: {author: 'Kofi Mensah <kofi@example.com>', date: ago(60 * 30), message: 'Cart 1.39: <b>idempotent</b> checkout', tags: []},
  [SHAS[2]]: {author: 'Ana Ruiz <ana@example.com>', date: ago(60 * 80), message: 'Cart 1.38 and a longer timeout'},
  [SHAS[3]]: {author: '李小龍 <li@example.com>', date: ago(60 * 24 * 20), message: '初めての配備'},
}
const SOURCE = {repoURL: 'https://git.example.com/web/deploy.git', path: 'apps/cart', targetRevision: 'main', kustomize: {images: ['registry.example.com/web/cart:1.39.0'], namePrefix: 'eu-'}}
const one = (group, kind, name, rest = {}) => ({group, version: 'v1', kind, namespace: 'web', name, status: 'Synced', health: {status: 'Healthy'}, ...rest})

function resources() {
  return [
    one('', 'ConfigMap', 'cart-settings', {status: 'OutOfSync', health: undefined}),
    one('', 'Secret', 'cart-keys', {health: undefined}),
    one('', 'Service', 'cart'),
    one('', 'PersistentVolumeClaim', 'cart-data', {syncWave: 1}),
    one('apps', 'Deployment', 'cart', {status: 'OutOfSync', syncWave: 2, health: {status: 'Progressing', message: 'Waiting for rollout to finish: 2 of 4 updated replicas are available'}}),
    one('', 'ConfigMap', 'cart-old-rules', {status: 'OutOfSync', requiresPruning: true, health: undefined}),
    one('networking.k8s.io', 'Ingress', 'cart', {syncWave: 3}),
    one('apiextensions.k8s.io', 'CustomResourceDefinition', 'discounts.shop.example.com', {namespace: undefined}),
    one('', 'Namespace', 'web', {namespace: undefined}),
  ]
}

function application(name, status, spec = {}) {
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Application',
    metadata: {name, namespace: 'argocd', uid: `uid-${name}`, resourceVersion: '77', creationTimestamp: ago(60 * 24 * 40), labels: {team: 'web', env: 'prod'}, annotations: {'argocd.argoproj.io/tracking-id': `storefront:argoproj.io/Application:argocd/${name}`}, finalizers: ['resources-finalizer.argocd.argoproj.io']},
    spec: {
      project: 'web', source: SOURCE, destination: {server: 'https://kubernetes.default.svc', namespace: 'web'},
      syncPolicy: {automated: {prune: true, selfHeal: false}, syncOptions: ['CreateNamespace=true', 'PrunePropagationPolicy=background'], retry: {limit: 5, backoff: {duration: '10s', factor: 2, maxDuration: '3m0s'}}},
      info: [{name: 'Runbook', value: 'https://runbooks.example.com/cart'}, {name: 'Hostile', value: 'javascript:alert(1)'}], ...spec,
    },
    status: {
      health: {status: 'Progressing', lastTransitionTime: ago(4)}, sync: {status: 'OutOfSync', revision: SHAS[0]}, reconciledAt: ago(1), sourceType: 'Kustomize', resources: resources(),
      summary: {images: ['registry.example.com/web/cart:1.39.0', 'registry.example.com/mesh/proxy:2.4.1'], externalURLs: ['https://cart.example.com']},
      history: [...SHAS].reverse().map((revision, index) => ({id: index + 1, revision, source: index < 2 ? {...SOURCE, kustomize: undefined} : SOURCE, deployStartedAt: ago([60 * 24 * 20, 60 * 80, 60 * 30, 170][index] + 0.4), deployedAt: ago([60 * 24 * 20, 60 * 80, 60 * 30, 170][index]), initiatedBy: index === 1 ? {username: 'kofi'} : {automated: true}})),
      ...status,
    },
  }
}

const result = (group, kind, name, rest) => ({group, version: 'v1', kind, namespace: 'web', name, syncPhase: 'Sync', ...rest})
const done = [
  result('batch', 'Job', 'cart-migrate', {hookType: 'PreSync', hookPhase: 'Succeeded', syncPhase: 'PreSync', message: 'job completed'}),
  result('', 'ConfigMap', 'cart-settings', {status: 'Synced', hookPhase: 'Succeeded', message: 'configmap/cart-settings configured'}),
  result('', 'Secret', 'cart-keys', {status: 'Synced', hookPhase: 'Succeeded', message: 'secret/cart-keys unchanged'}),
  result('', 'Service', 'cart', {status: 'Synced', hookPhase: 'Succeeded', message: 'service/cart unchanged'}),
  result('', 'PersistentVolumeClaim', 'cart-data', {status: 'Synced', hookPhase: 'Succeeded', message: 'persistentvolumeclaim/cart-data unchanged'}),
]

/** The applications. */
export function deeds() {
  return [
    application('cart', {operationState: {phase: 'Succeeded', message: 'successfully synced (all tasks run)', startedAt: ago(171), finishedAt: ago(170), operation: {initiatedBy: {automated: true}, sync: {revision: SHAS[0], prune: true}}, syncResult: {revision: SHAS[0], resources: done}}}),
    application('cart-running', {
      operationState: {
        phase: 'Running', message: 'waiting for healthy state of apps/Deployment/cart', startedAt: ago(3), operation: {initiatedBy: {username: 'ana'}, info: [{name: 'Reason', value: 'The queue of Monday morning'}], sync: {revision: SHAS[0], prune: true, syncOptions: ['CreateNamespace=true']}, retry: {limit: 5, backoff: {duration: '10s', factor: 2}}},
        syncResult: {revision: SHAS[0], resources: [...done, result('apps', 'Deployment', 'cart', {status: 'Synced', hookPhase: 'Running', message: 'deployment.apps/cart configured', images: ['registry.example.com/web/cart:1.39.0']})]},
      },
    }, {syncPolicy: {}}),
    application('cart-failed', {
      operationState: {
        phase: 'Running', retryCount: 2, message: 'one or more objects failed to apply, reason: Service "cart" is invalid: spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset. Retrying attempt #2 at 9:41AM.', startedAt: ago(2), finishedAt: new Date(NOW - 2000).toISOString(),
        operation: {initiatedBy: {automated: true}, sync: {revision: SHAS[0]}, retry: {limit: 5, backoff: {duration: '1h', factor: 2, maxDuration: '3h'}}},
        syncResult: {revision: SHAS[0], resources: [done[0], result('', 'Service', 'cart', {status: 'SyncFailed', hookPhase: 'Failed', message: 'Service "cart" is invalid: spec.clusterIPs[0]: Invalid value: []string(nil): primary clusterIP can not be unset; <script>alert(1)</script>'}), result('', 'ConfigMap', 'cart-old-rules', {status: 'PruneSkipped', message: 'ignored (requires pruning)'})]},
      },
    }),
  ]
}

const deployment = (image, replicas) => ({apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'cart', namespace: 'web'}, spec: {replicas, selector: {matchLabels: {app: 'cart'}}, template: {metadata: {labels: {app: 'cart'}}, spec: {containers: [{name: 'web', image: `registry.example.com/web/cart:${image}`, env: [{name: 'TIMEOUT', value: '30s'}]}]}}}})
const settings = theme => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'cart-settings', namespace: 'web'}, data: {theme, 'rules.yaml': Array.from({length: 30}, (_, index) => `rule-${index}: allow`).join('\n')}})
const rules = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'cart-old-rules', namespace: 'web'}, data: {keep: 'no'}}
const RENDERED = {[SHAS[0]]: [deployment('1.39.0', 4), settings('dark')], [SHAS[1]]: [deployment('1.39.0', 2), settings('dark')], [SHAS[2]]: [deployment('1.38.2', 2), settings('light'), rules], [SHAS[3]]: [deployment('1.0.0', 1)]}

const step = (action, group, kind, name, rest = {}) => ({action, phase: 'Sync', wave: 0, group, version: 'v1', kind, namespace: 'web', name, hook: false, reason: '', error: null, fields: [], live: null, object: null, ...rest})
const owner = {manager: 'kubectl-edit', operation: 'Update', since: ago(9), subresource: ''}

function plan({refused = null} = {}) {
  const steps = [
    step('run', 'batch', 'Job', 'cart-migrate', {phase: 'PreSync', hook: true, reason: 'the hook runs before the sync', object: {apiVersion: 'batch/v1', kind: 'Job', metadata: {name: 'cart-migrate'}, spec: {backoffLimit: 2}}}),
    step('prune', '', 'PersistentVolumeClaim', 'cart-scratch', {reason: 'it is no longer in Git', live: {apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: {name: 'cart-scratch', namespace: 'web'}, spec: {resources: {requests: {storage: '20Gi'}}}}}),
    step('prune', '', 'ConfigMap', 'cart-old-rules', {reason: 'it is no longer in Git', live: rules}),
    step('create', '', 'Secret', 'cart-keys', {reason: 'it is not in the cluster', object: {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'cart-keys'}, data: {key: '++++ 9c1f 32 bytes'}}}),
    step('change', '', 'ConfigMap', 'cart-settings', {reason: 'data.theme differs', fields: [{path: 'data.theme', live: 'light', desired: 'dark', cause: 'git says something else', why: 'git', owner: null}], live: settings('light'), object: settings('dark')}),
    step('change', 'apps', 'Deployment', 'cart', {
      wave: 2, reason: 'spec.replicas and 2 more fields differ',
      fields: [
        {path: 'spec.replicas', live: 5, desired: 4, cause: 'changed in the cluster', why: 'changed', owner},
        {path: 'spec.template.spec.containers[web].image', live: 'registry.example.com/web/cart:1.38.2', desired: 'registry.example.com/web/cart:1.39.0', cause: 'git says something else', why: 'git', owner: null},
        {path: 'spec.template.spec.containers[web].env[TIMEOUT]', live: null, desired: {name: 'TIMEOUT', value: '30s'}, cause: 'git says something else', why: 'git', owner: null},
      ],
      live: deployment('1.38.2', 5), object: deployment('1.39.0', 4),
    }),
    step('change', 'networking.k8s.io', 'Ingress', 'cart', {wave: 3, reason: 'spec.rules differs', error: 'admission webhook "policy.example.com" denied the request: host cart.example.com belongs to team checkout', fields: [{path: 'spec.rules[0].host', live: 'shop.example.com', desired: 'cart.example.com', cause: 'git says something else', why: 'git', owner: null}]}),
    step('unchanged', '', 'Service', 'cart'),
    step('unchanged', '', 'PersistentVolumeClaim', 'cart-data', {wave: 1}),
  ]
  const summary = {create: 0, change: 0, replace: 0, prune: 0, keep: 0, unchanged: 0, run: 0, 'run on failure': 0}
  for (const one of steps) summary[one.action]++
  return {application: 'argocd/cart', revisions: [SHAS[0]], changes: true, refused, summary, steps}
}

/** Live, and as the sync would leave it. */
const compared = (now, then) => ({targetState: JSON.stringify(then), normalizedLiveState: JSON.stringify(now), predictedLiveState: JSON.stringify(then), modified: true})

function managed() {
  const differing = {Deployment: compared(deployment('1.38.2', 5), deployment('1.39.0', 4)), ConfigMap: compared(settings('light'), settings('dark'))}
  const live = (item, annotations) => ({...item, liveState: JSON.stringify({apiVersion: item.group ? `${item.group}/v1` : 'v1', kind: item.kind, metadata: {name: item.name, namespace: item.namespace, annotations}})})
  return resources().map(item => live({group: item.group, kind: item.kind, name: item.name, namespace: item.namespace, ...(item.status === 'OutOfSync' && !item.requiresPruning ? differing[item.kind] : {})}, item.kind === 'PersistentVolumeClaim' ? {'argocd.argoproj.io/sync-options': 'Delete=false'} : item.kind === 'Namespace' ? {'argocd.argoproj.io/sync-options': 'Delete=confirm'} : undefined)).concat({group: 'batch', kind: 'Job', name: 'cart-farewell', namespace: 'web', hook: true, targetState: JSON.stringify({kind: 'Job', metadata: {name: 'cart-farewell', annotations: {'argocd.argoproj.io/hook': 'PostDelete'}}})})
}

function tree() {
  const ref = (group, kind, name) => ({group, version: 'v1', kind, namespace: 'web', name})
  const pods = ['abcde', 'fghij', 'klmno'].map(id => ({...ref('', 'Pod', `cart-7d9f8b6c5-${id}`), uid: id, createdAt: ago(30), health: {status: 'Healthy'}, parentRefs: [ref('apps', 'ReplicaSet', 'cart-7d9f8b6c5')]}))
  return {nodes: [...resources().map(({status, ...rest}) => ({...rest, uid: `${rest.kind}-${rest.name}`, createdAt: ago(60 * 24 * 20)})), {...ref('apps', 'ReplicaSet', 'cart-7d9f8b6c5'), uid: 'rs', createdAt: ago(30), parentRefs: [ref('apps', 'Deployment', 'cart')]}, ...pods]}
}

/** The answer to a request about one of them; nothing where it is not for these. */
export function answer(path, url, contract) {
  if (path === 'api/bowline/v1/plan') return contract ? null : plan()
  const about = /^api\/v1\/applications\/cart[^/]*\/(.*)$/.exec(path)
  if (!about) return undefined
  const rest = about[1]
  const commit = /^revisions\/([0-9a-f]+)\/metadata$/.exec(rest)
  if (commit) return COMMITS[commit[1]] ?? null
  if (rest === 'manifests') return {manifests: (RENDERED[url.searchParams.get('revision')] ?? RENDERED[SHAS[0]]).map(object => JSON.stringify(object))}
  if (rest === 'managed-resources') return {items: managed()}
  if (rest === 'syncwindows') return {canSync: true}
  if (rest === 'resource' && url.searchParams.get('kind') === 'Pod') return {manifest: JSON.stringify({kind: 'Pod', spec: {containers: [{name: 'web'}], initContainers: [{name: 'migrate'}, {name: 'mesh', restartPolicy: 'Always'}]}})}
  if (rest === 'resource') return {manifest: JSON.stringify({apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'cart'}, spec: {progressDeadlineSeconds: 600}, status: {conditions: [{type: 'Progressing', lastUpdateTime: ago(3)}]}})}
  if (rest === 'rollback') return {}
  if (rest === 'resource-tree') return tree()
  return undefined
}

const ESC = String.fromCharCode(27)

/** Lines of a program that likes colours, with some that would like to do harm. */
export function logLines(container) {
  const pods = ['cart-7d9f8b6c5-abcde', 'cart-7d9f8b6c5-fghij', 'cart-7d9f8b6c5-klmno']
  const said = [
    n => `${ESC}[32mINFO${ESC}[0m  GET /cart/${n} 200 in ${n % 90} ms`,
    n => `${ESC}[36mDEBUG${ESC}[0m cache hit for cart:${n}`,
    n => `${ESC}[33mWARN${ESC}[0m  slow query (${n} ms): SELECT * FROM carts WHERE owner = $1 AND updated_at > now() - interval '1 hour' ORDER BY updated_at DESC LIMIT 50`,
    n => `${ESC}[1;31mERROR${ESC}[0m payment of cart ${n} refused: <img src=x onerror=alert(1)> ${ESC}]0;a title of its own\u0007card_declined`,
  ]
  return Array.from({length: 400}, (_, n) => ({content: said[n % 17 === 0 ? 3 : n % 7 === 0 ? 2 : n % 2](n), podName: pods[n % 3], timeStampStr: new Date(NOW - (400 - n) * 1000).toISOString().replace('Z', container === 'mesh' ? '500Z' : '000Z')}))
}
