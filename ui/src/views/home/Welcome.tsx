import {Link} from 'wouter'

import {buttonClass} from '@/parts/Button'
import css from './Home.module.css'

const FIRST = JSON.stringify({spec: {syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: ['CreateNamespace=true']}}})

/** What is shown where there is nothing yet: what this is, and three ways in. */
export function Welcome() {
  return (
    <div className={css.home}>
      <div>
        <p className={css.big}>Nothing runs from Git yet.</p>
        <p className={css.dim}>Bowline keeps clusters as repositories say they should be, and tells why wherever they are not. An application ties a folder or a chart of a repository to a namespace of a cluster.</p>
      </div>
      <ul className={css.ways}>
        <li>
          <h2>From a repository</h2>
          <p className={css.dim}>Choose a repository, a path and a cluster; what would happen is shown before it does.</p>
          <Link className={buttonClass('primary')} href={`/applications?new=${encodeURIComponent(FIRST)}`}>New application</Link>
        </li>
        <li>
          <h2>From YAML</h2>
          <p className={css.dim}>Application manifests are taken as they are. In a terminal:</p>
          <code tabIndex={0}>kubectl apply -n argocd -f application.yaml</code>
          <Link className={buttonClass()} href="/applications?new={}">Paste YAML</Link>
        </li>
        <li>
          <h2>From an Argo CD</h2>
          <p className={css.dim}>Its export is read whole: applications, projects, repositories and clusters.</p>
          <code tabIndex={0}>bowline admin import - &lt; backup.yaml</code>
        </li>
      </ul>
      <p className={css.dim}>Where applications exist and none is shown, they are in projects that you may not see. <Link href="/user-info">What may I do?</Link></p>
    </div>
  )
}
