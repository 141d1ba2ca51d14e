// The objects of a made-up application, as the contract's tree has them: always the same ones for an application and a number.
import {dice} from './fleet.mjs'

const NOW = Date.now()
const ago = minutes => new Date(NOW - minutes * 60_000).toISOString().replace(/\.\d+/, '')
const NODES = ['worker-a1', 'worker-a2', 'worker-b1', 'worker-b2', 'worker-c1']

/** `count` objects, or those of an application of a dozen; `turn` changes the health of some. */
export function treeOf(app, count = 0, turn = 0) {
  const namespace = app.spec.destination.namespace
  const roll = dice(app.metadata.name.length * 31 + 7)
  const nodes = []
  const add = (group, kind, name, more = {}) => {
    const node = {group, version: 'v1', kind, namespace, name, uid: `${kind}-${name}`, createdAt: ago(300 + Math.floor(roll() * 90_000)), ...more}
    nodes.push(node)
    return node
  }
  const ref = node => [{group: node.group, version: 'v1', kind: node.kind, namespace, name: node.name, uid: node.uid}]
  const pod = (owner, name, labels, health) => add('', 'Pod', name, {
    parentRefs: ref(owner),
    health,
    images: [`registry.example.com/${app.spec.project}/${labels.app}:1.8.2`],
    info: [{name: 'Status Reason', value: health.status === 'Degraded' ? 'CrashLoopBackOff' : 'Running'}, {name: 'Node', value: NODES[Math.floor(roll() * NODES.length)]}, {name: 'Containers', value: health.status === 'Healthy' ? '2/2' : '1/2'}, ...(health.status === 'Degraded' ? [{name: 'Restart Count', value: '37'}] : [])],
    networkingInfo: {labels},
  })
  const workload = (name, pods, degraded = 0) => {
    const deploy = add('apps', 'Deployment', name, {health: degraded > 0 ? {status: 'Degraded', message: `${degraded} of ${pods} pods crash: exit code 137 (out of memory)`} : {status: 'Healthy'}, info: [{name: 'Revision', value: 'Rev:4'}]})
    add('apps', 'ReplicaSet', `${name}-5f6b9c77d4`, {parentRefs: ref(deploy), health: {status: 'Healthy'}, info: [{name: 'Revision', value: 'Rev:3'}]})
    const set = add('apps', 'ReplicaSet', `${name}-7d8f64bb9c`, {parentRefs: ref(deploy), health: {status: degraded > 0 ? 'Degraded' : 'Healthy'}, info: [{name: 'Revision', value: 'Rev:4'}]})
    for (let n = 0; n < pods; n++) {
      const bad = n < degraded || (turn > 0 && (n * 7 + turn) % 97 === 0)
      pod(set, `${name}-7d8f64bb9c-${(n * 7919 + 12345).toString(36).padStart(5, 'x')}`, {app: name}, bad ? {status: 'Degraded', message: 'CrashLoopBackOff: back-off 5m0s restarting failed container=web'} : {status: 'Healthy'})
    }
    return deploy
  }
  const service = (name, of, ingress) => {
    const svc = add('', 'Service', name, {health: {status: 'Healthy'}, networkingInfo: {targetLabels: {app: of}, ...(ingress ? {ingress: [{ip: ingress}]} : {})}})
    add('discovery.k8s.io', 'EndpointSlice', `${name}-x7k2p`, {parentRefs: ref(svc)})
    return svc
  }

  if (count === 0) {
    // What the application says of its objects is what it declares.
    const [main] = app.status.resources
    for (const one of app.status.resources) {
      if (one.health?.status === 'Missing') continue
      if (one.kind === 'Deployment') {
        workload(one.name, 4, one.health?.status === 'Degraded' ? 3 : 0)
        Object.assign(nodes.find(node => node.kind === 'Deployment'), {health: one.health})
      } else if (one.kind === 'Service') service(one.name, main.name)
      else if (one.kind === 'Ingress') add('networking.k8s.io', 'Ingress', one.name, {health: {status: 'Healthy'}, networkingInfo: {targetRefs: [{group: '', kind: 'Service', namespace, name: one.name}], ingress: [{hostname: `lb.${app.spec.project}.example.com`}], externalURLs: [`https://${one.name}.${app.spec.project}.example.com`, 'javascript:alert(1)']}})
      else add('', one.kind, one.name)
    }
  } else {
    for (let n = 0; nodes.length < count; n++) {
      const name = `svc-${n}`
      const room = count - nodes.length
      const pods = n === 1 ? Math.min(412, Math.floor(count / 20)) : Math.max(0, Math.min(room - 8, 2 + Math.floor(roll() * Math.min(40, count / 20))))
      const fate = roll()
      workload(name, pods, fate < 0.08 ? Math.min(3, pods) : 0)
      if (nodes.length < count) service(name, name)
      for (const kind of ['ConfigMap', 'Secret', 'ServiceAccount']) if (nodes.length < count) add('', kind, name)
      if (n % 3 === 0 && nodes.length < count) add('batch', 'Job', `${name}-migrate`, {health: fate > 0.95 ? {status: 'Progressing', message: 'waits for completion'} : {status: 'Healthy'}})
      if (fate > 0.9 && nodes.length < count) add('', 'PersistentVolumeClaim', `${name}-data`, {health: {status: 'Missing'}})
    }
  }
  return {
    nodes,
    orphanedNodes: [{version: 'v1', kind: 'ConfigMap', namespace, name: 'left-behind', uid: 'orphan-1'}, {group: 'apps', version: 'v1', kind: 'Deployment', namespace, name: 'made-by-hand', uid: 'orphan-2', health: {status: 'Healthy'}}],
    hosts: NODES.map((name, index) => ({
      name,
      labels: {'topology.kubernetes.io/zone': `eu-1${name[7]}`},
      systemInfo: {operatingSystem: 'linux', architecture: 'amd64', kubeletVersion: 'v1.34.1'},
      resourcesInfo: [
        {resourceName: 'cpu', requestedByApp: 400 + 100 * index, requestedByNeighbors: 1800, capacity: 8000},
        {resourceName: 'memory', requestedByApp: 1_073_741_824_000, requestedByNeighbors: 9_663_676_416_000, capacity: 34_359_738_368_000},
        {resourceName: 'pods', requestedByApp: 4, requestedByNeighbors: 31, capacity: 110},
      ],
    })),
  }
}

/** The answers about one object of an application; nothing where the address asks for something else. */
export function objects(path, url, apps) {
  const [, name, what] = /^api\/v1\/applications\/([^/]+)\/(resource(?:\/actions|\/links)?|managed-resources)$/.exec(path) ?? []
  if (!what) return undefined
  const app = apps.find(one => one.metadata.name === decodeURIComponent(name))
  const [kind, group, version] = ['kind', 'group', 'version'].map(word => url.searchParams.get(word) ?? '')
  const resource = url.searchParams.get('resourceName') ?? url.searchParams.get('name') ?? ''
  const namespace = url.searchParams.get('namespace') ?? ''
  const about = {group, version, kind, namespace, name: resource}
  if (what === 'resource') return {manifest: JSON.stringify(liveOf(app, about))}
  if (what === 'resource/actions') return {actions: kind === 'Deployment' ? [{name: 'restart'}, {name: 'pause'}, {name: 'resume', disabled: true}, {name: 'scale', displayName: 'Scale', params: [{name: 'replicas'}]}] : null}
  if (what === 'resource/links') return {items: [{title: 'Dashboard', url: `https://grafana.example.com/d/${resource}`, description: 'what it uses'}, {title: 'Hostile', url: 'javascript:alert(document.domain)'}]}
  const list = app.status.resources.filter(one => !resource || (one.kind === kind && one.name === resource))
  return {items: list.map(one => {
    const live = one.health?.status === 'Missing' ? null : liveOf(app, {...one, group: one.group ?? ''})
    const target = one.requiresPruning ? null : desiredOf(app, {...one, group: one.group ?? ''}, one.status === 'OutOfSync')
    const text = value => JSON.stringify(value)
    return {group: one.group ?? '', kind: one.kind, namespace: one.namespace, name: one.name, liveState: text(live), targetState: text(target), normalizedLiveState: text(live), predictedLiveState: text(target && live ? {...live, ...target, metadata: {...live.metadata, ...target.metadata}} : target), modified: one.status === 'OutOfSync'}
  })}
}

function desiredOf(app, {group, version = 'v1', kind, namespace, name}, otherwise) {
  const metadata = {name, namespace, labels: {app: name, team: app.spec.project}}
  const apiVersion = group ? `${group}/${version}` : version
  if (kind === 'Deployment') {
    return {apiVersion, kind, metadata, spec: {replicas: otherwise ? 3 : 4, selector: {matchLabels: {app: name}}, template: {metadata: {labels: {app: name}}, spec: {containers: [{name: 'web', image: `registry.example.com/${app.spec.project}/${name}:1.8.${otherwise ? 3 : 2}`, resources: {limits: {memory: '256Mi'}}}, {name: 'proxy', image: 'registry.example.com/mesh/proxy:2.4.1'}]}}}}
  }
  return {apiVersion, kind, metadata, data: {'settings.yaml': otherwise ? 'log: debug\ntimeout: 30s\n' : 'log: info\ntimeout: 30s\n'}}
}

function liveOf(app, about) {
  const {kind, namespace, name} = about
  const meta = {uid: `${kind}-${name}`, resourceVersion: '4711', creationTimestamp: ago(9000), annotations: {'link.argocd.argoproj.io/wiki': 'Wiki|https://wiki.example.com/cart', 'link.argocd.argoproj.io/bad': 'javascript:alert(1)', note: '<script>alert(1)</script>'}}
  if (kind === 'ConfigMap' && app.metadata.name === 'data-web-18') return {apiVersion: 'v1', kind, metadata: {name, namespace, ...meta}, data: {'huge.json': 'x'.repeat(4_000_000)}}
  if (kind === 'Pod') {
    return {
      apiVersion: 'v1', kind, metadata: {name, namespace, labels: {app: 'web'}, ...meta},
      spec: {nodeName: 'worker-a1', containers: [{name: 'web', image: `registry.example.com/${app.spec.project}/web:1.8.2`}, {name: 'proxy', image: 'registry.example.com/mesh/proxy:2.4.1'}], readinessGates: [{conditionType: 'target-health.example.com/ready'}]},
      status: {
        phase: 'Running', conditions: [{type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [web]', lastTransitionTime: ago(40)}, {type: 'target-health.example.com/ready', status: 'False', message: 'target is not registered yet'}],
        containerStatuses: [{name: 'web', ready: false, restartCount: 37, state: {waiting: {reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=web'}}, lastState: {terminated: {exitCode: 137, reason: 'OOMKilled', finishedAt: ago(5)}}}, {name: 'proxy', ready: true, restartCount: 0, state: {running: {startedAt: ago(400)}}}],
      },
    }
  }
  const desired = desiredOf(app, about, false)
  return {...desired, metadata: {...desired.metadata, ...meta, managedFields: [{manager: 'bowline', operation: 'Apply', time: ago(9000), fieldsV1: {'f:spec': {'f:replicas': {}}}}, {manager: 'kubectl-edit', operation: 'Update', time: ago(47), fieldsV1: {'f:spec': {'f:replicas': {}}}}]}, ...(kind === 'Deployment' ? {status: {replicas: 4, readyReplicas: 1, conditions: [{type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.', lastTransitionTime: ago(40)}]}} : {})}
}

/** What the server's plan says of the objects that differ. */
export function planOf(apps, {name, resources = []}) {
  const app = apps.find(one => one.metadata.name === name)
  const step = one => ({action: 'unchanged', phase: 'Sync', wave: 0, group: one.group ?? '', version: 'v1', kind: one.kind, namespace: one.namespace, name: one.name, hook: false, reason: '', error: null, fields: [], live: null, object: null})
  const steps = (app?.status.resources ?? []).filter(one => resources.length === 0 || resources.includes(`${one.group ?? ''}:${one.kind}:${one.namespace}/${one.name}`)).map(one => {
    if (one.requiresPruning) return {...step(one), action: 'prune', reason: 'it is no longer in Git', live: liveOf(app, {...one, group: one.group ?? ''})}
    if (one.health?.status === 'Missing') return {...step(one), action: 'create', reason: 'it is not in the cluster', object: desiredOf(app, {...one, group: one.group ?? ''}, true)}
    if (one.status !== 'OutOfSync') return step(one)
    return {
      ...step(one), action: 'change', reason: 'spec.replicas and 1 more field differ',
      fields: [
        {path: 'spec.replicas', live: 4, desired: 3, cause: 'changed in the cluster', why: 'changed', owner: {manager: 'kubectl-edit', operation: 'Update', since: ago(47), subresource: ''}},
        {path: 'spec.template.spec.containers[name=web].image', live: `registry.example.com/${app.spec.project}/${one.name}:1.8.2`, desired: `registry.example.com/${app.spec.project}/${one.name}:1.8.3`, cause: 'git says something else', why: 'git', owner: null},
      ],
      live: liveOf(app, {...one, group: one.group ?? ''}), object: desiredOf(app, {...one, group: one.group ?? ''}, true),
    }
  })
  return {application: `argocd/${name}`, revisions: [app?.status.sync.revision], changes: steps.some(one => one.action !== 'unchanged'), refused: null, summary: {}, steps}
}
