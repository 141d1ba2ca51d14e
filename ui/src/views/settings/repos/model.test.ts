import {expect, test} from 'vitest'

import {bodyOf, credsOf, faultsOf, methodOf, testQuery, type Entry, type Method} from './model'

const PEM = '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n'

test.each<[string, Entry, Method, string[]]>([
  ['a public one', {repo: 'https://git.example.com/a.git'}, 'https', []],
  ['nothing', {repo: ''}, 'https', ['repo']],
  ['a name without a password', {repo: 'https://git.example.com/a.git', username: 'ana'}, 'https', ['password']],
  ['password and token', {repo: 'https://git.example.com/a.git', username: 'ana', password: 'x', bearerToken: 'y'}, 'https', ['bearerToken']],
  ['half a client certificate', {repo: 'https://git.example.com/a.git', tlsClientCertData: PEM}, 'https', ['tlsClientCertKey']],
  ['SSH', {repo: 'git@git.example.com:a/b.git', sshPrivateKey: PEM}, 'ssh', []],
  ['a key for HTTPS', {repo: 'https://git.example.com/a.git', sshPrivateKey: PEM}, 'ssh', ['repo']],
  ['a password for SSH', {repo: 'git@git.example.com:a/b.git', username: 'a', password: 'b'}, 'https', ['repo']],
  ['a key that is none', {repo: 'git@git.example.com:a/b.git', sshPrivateKey: 'AAAA'}, 'ssh', ['sshPrivateKey']],
  ['a GitHub App without its key', {repo: 'https://github.com/a/b', githubAppID: 7}, 'github', ['githubAppPrivateKey']],
  ['a Google key that is no JSON', {repo: 'https://source.example.com/a', gcpServiceAccountKey: 'key'}, 'google', ['gcpServiceAccountKey']],
  ['a service principal', {repo: 'https://dev.example.com/a', azureServicePrincipalClientId: 'a', azureServicePrincipalClientSecret: 'b'}, 'azure', ['azureServicePrincipalTenantId']],
  ['Helm without a name', {repo: 'https://charts.example.com', type: 'helm'}, 'https', ['name']],
  ['OCI', {repo: 'oci://registry.example.com/charts', type: 'oci'}, 'https', []],
  ['OCI with another scheme', {repo: 'https://registry.example.com/charts', type: 'oci'}, 'https', ['repo']],
])('%s', (_, entry, method, fields) => expect(Object.keys(faultsOf(entry, method, false))).toEqual(fields))

test('a template needs the beginning of an address alone', () => {
  expect(faultsOf({repo: 'https://git.example.com', username: 'a', password: 'b'}, 'https', true)).toEqual({})
  expect(Object.keys(faultsOf({repo: 'git@git.example.com:'}, 'ssh', true))).toEqual(['sshPrivateKey'])
})

test('only the chosen way is sent', () => {
  const entry: Entry = {repo: ' https://github.com/a/b ', username: 'a', password: 'b', githubAppID: '12' as unknown as number, githubAppPrivateKey: PEM, depth: 0, insecure: false, name: '', enableOCI: true}
  expect(bodyOf(entry, 'github')).toEqual({repo: 'https://github.com/a/b', type: 'git', githubAppID: 12, githubAppPrivateKey: PEM})
  expect(bodyOf(entry, 'https')).toEqual({repo: 'https://github.com/a/b', type: 'git', username: 'a', password: 'b'})
  expect(bodyOf(entry, 'azureIdentity')).toEqual({repo: 'https://github.com/a/b', type: 'git', useAzureWorkloadIdentity: true})
})

test('a template has no name and no project', () => {
  expect(credsOf({repo: 'https://x', type: 'git', name: 'n', project: 'p', username: 'u'})).toEqual({url: 'https://x', type: 'git', username: 'u'})
})

test('a test knows other names', () => {
  expect(testQuery({repo: 'oci://x', type: 'helm', enableOCI: true, insecureOCIForceHttp: true, depth: 3})).toEqual({type: 'helm', enableOci: true, insecureOciForceHttp: true})
})

test.each<[Partial<Entry>, Method]>([
  [{repo: 'git@x:y'}, 'ssh'],
  [{repo: 'https://x/y', githubAppID: 3}, 'github'],
  [{repo: 'https://x/y', useAzureWorkloadIdentity: true}, 'azureIdentity'],
  [{repo: 'https://x/y', username: 'a'}, 'https'],
])('%o logs in by %s', (entry, method) => expect(methodOf(entry)).toBe(method))
