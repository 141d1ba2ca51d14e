import {expect, test} from 'vitest'

import {api, extensions, fits, resourceExtensionsFor} from './extensions'
import {railLinks} from './rail-links'

test.each([
  ['*', '', true], ['**', 'apps', true], ['apps', 'apps', true], ['apps', 'app', false], ['*.example.com', 'x.example.com', true], ['*.example.com', 'xexample.com', false], ['Stateful*', 'StatefulSet', true],
])('%s fits %s: %s', (pattern, text, yes) => expect(fits(pattern, text)).toBe(yes))

test('the five kinds of registration', () => {
  const component = () => null
  api.registerResourceExtension(component, 'apps', 'Deploy*', 'Metrics', {icon: 'fa-x'})
  api.registerSystemLevelExtension(component, 'Costs', 'costs', 'fa-y')
  api.registerAppViewExtension(component, 'Flows', 'fa-z')
  api.registerStatusPanelExtension(component, 'Panel', 'panel', component)
  api.registerTopBarActionMenuExt(component, 'Button', 'button')
  const all = extensions.get()
  expect(resourceExtensionsFor(all, 'apps', 'Deployment').map(one => one.title)).toEqual(['Metrics'])
  expect(resourceExtensionsFor(all, '', 'Pod')).toEqual([])
  expect([all.system[0]?.path, all.appView[0]?.shouldDisplay({} as never), all.statusPanel[0]?.id, all.topBar[0]?.middle]).toEqual(['/costs', true, 'panel', false])
  expect(railLinks.get()).toEqual([{href: '/costs', label: 'Costs'}])
})
