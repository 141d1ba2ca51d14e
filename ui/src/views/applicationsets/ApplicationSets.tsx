import {lazy, Suspense} from 'react'
import {useParams} from 'wouter'

import {Waiting} from '@/shell/Waiting'
import {SetList} from './SetList'

const SetPage = lazy(() => import('./SetPage'))

/** The list of ApplicationSets, or one of them: the addresses are those of applications. */
export default function ApplicationSets() {
  const {name, appnamespace} = useParams<{name?: string; appnamespace?: string}>()
  if (!name) return <SetList />
  return (
    <Suspense fallback={<Waiting />}>
      <SetPage key={`${appnamespace} ${name}`} name={decodeURIComponent(name)} namespace={appnamespace ? decodeURIComponent(appnamespace) : ''} />
    </Suspense>
  )
}
