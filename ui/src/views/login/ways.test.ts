import {expect, test} from 'vitest'

import {returnTo, ssoWays} from './ways'

test.each<[string | null, string]>([
  [null, 'https://cd.example/ui/'],
  ['https://cd.example/ui/applications?view=list', 'https://cd.example/ui/applications?view=list'],
  ['/ui/settings', 'https://cd.example/ui/settings'],
  ['https://evil.example/ui/', 'https://cd.example/ui/'],
  ['//evil.example', 'https://cd.example/ui/'],
  ['javascript:alert(1)', 'https://cd.example/ui/'],
  ['/elsewhere', 'https://cd.example/ui/'],
  ['https://cd.example/ui/login?return_url=x', 'https://cd.example/ui/'],
  ['https://cd.example/ui@evil.example', 'https://cd.example/ui/'],
])('%s leads to %s', (wanted, to) => expect(returnTo(wanted, 'https://cd.example/ui/')).toBe(to))

const connector = (name: string) => ({id: name.toLowerCase(), name, type: 'oidc'})
test.each([
  [undefined, []],
  [{}, []],
  [{oidcConfig: {name: 'Okta'}}, ['Log in by Okta']],
  [{dexConfig: {connectors: [connector('GitHub')]}}, ['Log in by GitHub']],
  [{dexConfig: {connectors: [connector('GitHub'), connector('LDAP')]}}, ['Log in by single sign-on: GitHub, LDAP']],
  [{dexConfig: {connectors: [connector('GitHub'), connector('LDAP')], dexAuthConnectorID: 'ldap'}}, ['Log in by LDAP']],
  [{uiLoginButtonText: 'Staff', oidcConfig: {name: 'Okta'}}, ['Staff']],
])('%j offers %j', (settings, labels) => expect(ssoWays(settings).map(way => way.label)).toEqual(labels))
