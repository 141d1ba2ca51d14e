import {expect, test} from 'vitest'

import {readKnownHosts, readTls} from './known-hosts'

test('each host of a line is an entry', () => {
  const found = readKnownHosts('# keys\ngit.example.com,10.0.0.1 ssh-ed25519 AAAAC3 comment\n\n[ssh.example.com]:2222 ssh-rsa AAAAB3==\n')
  expect(found).toEqual([
    {serverName: 'git.example.com', certType: 'ssh', certSubType: 'ssh-ed25519', certData: btoa('AAAAC3'), certInfo: ''},
    {serverName: '10.0.0.1', certType: 'ssh', certSubType: 'ssh-ed25519', certData: btoa('AAAAC3'), certInfo: ''},
    {serverName: '[ssh.example.com]:2222', certType: 'ssh', certSubType: 'ssh-rsa', certData: btoa('AAAAB3=='), certInfo: ''},
  ])
})

test.each([
  ['', 'at least one line'],
  ['git.example.com ssh-rsa', 'Line 1: a host'],
  ['# x\n|1|abc|def ssh-rsa AAAA', 'Line 2: the name of the host is hashed'],
  ['@cert-authority *.example.com ssh-rsa AAAA', 'marks such as @cert-authority'],
  ['git.example.com ssh-rsa not-a-key!', 'no base64'],
])('%j is refused', (text, words) => expect(readKnownHosts(text)).toContain(words))

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
test('a certificate', () => expect(readTls(' git.example.com ', PEM)).toMatchObject({serverName: 'git.example.com', certType: 'https', certData: btoa(`${PEM}\n`)}))
test.each([
  ['', PEM, 'name of the server is needed'],
  ['https://git.example.com', PEM, 'without https://'],
  ['git.example.com', 'MIIB', 'no certificate in PEM'],
  ['git.example.com', `${PEM}\n-----BEGIN PRIVATE KEY-----`, 'private key'],
])('%s with %s is refused', (server, pem, words) => expect(readTls(server, pem)).toContain(words))
