import {useLocation} from 'wouter'

import {toast} from '@/parts/Toast'
import {applicationHref} from '@/shell/address'
import {useKeys} from '@/shell/keys'
import {walkFrom} from './walk'

/** `[` and `]` on an application's page: the previous and the next one of the list that was shown last, in the same view. */
export default function Walk() {
  const [path, go] = useLocation()
  const steps = path.split('/').slice(2).map(decodeURIComponent)
  const isApp = path.startsWith('/applications/') && (steps.length === 1 || steps.length === 2)
  useKeys('Along the list', isApp ? {'[': {label: 'Previous application', do: () => void move(-1)}, ']': {label: 'Next application', do: () => void move(1)}} : {})
  const move = async (step: 1 | -1) => {
    const fits = steps.length === 2 ? (key: string) => key === steps.join('/') : (key: string) => key.endsWith(`/${steps[0]}`)
    try {
      const to = await walkFrom(fits, step)
      if (!to) return toast(step === 1 ? 'This is the last one of the list' : 'This is the first one of the list')
      const view = new URLSearchParams(location.search).get('view')
      go(applicationHref(to, view ? {view} : undefined))
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad')
    }
  }
  return null
}
