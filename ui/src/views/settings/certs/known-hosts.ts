import type {RepositoryCertificate} from '@/api/contract'

/** The entries of a text in the form of OpenSSH's `known_hosts`, or what is wrong with it and in which line. */
export function readKnownHosts(text: string): RepositoryCertificate[] | string {
  const found: RepositoryCertificate[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const where = `Line ${index + 1}: `
    const parts = trimmed.split(/\s+/)
    if (parts[0]?.startsWith('@')) return `${where}marks such as ${parts[0]} are not known to the server.`
    const [hosts = '', type, key] = parts
    if (hosts.startsWith('|')) return `${where}the name of the host is hashed; write it plainly.`
    if (!type || !key) return `${where}a host, the kind of key and the key are needed: git.example.com ssh-ed25519 AAAA…`
    if (!/^[A-Za-z0-9+/]+=*$/.test(key)) return `${where}the key is no base64.`
    for (const host of hosts.split(',').filter(Boolean)) found.push({serverName: host, certType: 'ssh', certSubType: type, certData: btoa(key), certInfo: ''})
  }
  return found.length > 0 ? found : 'Paste at least one line: git.example.com ssh-ed25519 AAAA…'
}

/** A server's TLS certificates (PEM, one or several after another) as the API takes them, or what is wrong. */
export function readTls(server: string, pem: string): RepositoryCertificate | string {
  const name = server.trim()
  if (name === '') return 'The name of the server is needed.'
  if (/[/\s]/.test(name)) return 'The name of the server alone, without https:// and path: git.example.com.'
  const begins = pem.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0
  const ends = pem.match(/-----END CERTIFICATE-----/g)?.length ?? 0
  if (pem.includes('PRIVATE KEY')) return 'This holds a private key: paste the certificate alone.'
  if (begins === 0 || begins !== ends) return 'This is no certificate in PEM: it goes from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.'
  return {serverName: name, certType: 'https', certSubType: '', certData: btoa(`${pem.trim()}\n`), certInfo: ''}
}
