/** Addresses of repositories: what kind they are, how to log in to them, and where people can look at them. */

/** What is behind an address. */
export type Kind = 'git' | 'helm' | 'oci'

/** How an address is reached. */
export type Way = 'https' | 'http' | 'ssh' | 'oci' | 'file' | 'unknown'

/** How an address is reached; `git@host:path` is SSH. */
export function wayOf(url: string): Way {
  const text = url.trim()
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return /^[^/@\s]+@[^/:\s]+:(?!\/\/).+/.test(text) ? 'ssh' : 'unknown'
  switch (scheme) {
    case 'https':
    case 'http':
    case 'oci':
    case 'file':
    case 'ssh':
      return scheme
    case 'git+ssh':
      return 'ssh'
    default:
      return 'unknown'
  }
}

/** What is wrong with an address for a kind of repository; undefined where nothing is. */
export function fault(url: string, kind: Kind): string | undefined {
  const text = url.trim()
  if (text === '') return 'An address is needed.'
  if (/\s/.test(text)) return 'An address has no blanks.'
  const way = wayOf(text)
  if (/^[a-z]+:\/\/[^/@]+:[^/@]+@/i.test(text)) return 'Put the name and password in their own fields: an address is shown to everybody who may see the repository.'
  if (kind === 'git' && way === 'oci') return 'An address with oci:// is an OCI repository: choose that type.'
  if (kind === 'git' && way === 'unknown') return 'Git repositories begin with https://, ssh:// or look like git@host:path.'
  if (kind === 'helm' && way !== 'https' && way !== 'http' && way !== 'oci' && way !== 'unknown') return 'Helm repositories begin with https://; those in an OCI registry have no scheme and OCI switched on.'
  if (kind === 'oci' && way !== 'oci') return 'OCI repositories begin with oci://.'
  return undefined
}

/** The form in which addresses are compared: without scheme's case, trailing slash and `.git`. */
export function normal(url: string): string {
  const text = url.trim().replace(/\/+$/, '').replace(/\.git$/i, '')
  const ssh = /^(?:(?:git\+)?ssh:\/\/)?([^/@\s]+@)?([^/:\s]+):(?!\d+\/)(.+)$/.exec(text)
  if (wayOf(text) === 'ssh' && ssh && !text.includes('://')) return `ssh://${ssh[1] ?? ''}${ssh[2]}/${ssh[3]}`.toLowerCase()
  return text.toLowerCase()
}

/** The shortest name that people know it by: its last two steps. */
export function shortName(url: string): string {
  const text = url.trim().replace(/\/+$/, '').replace(/\.git$/i, '').replace(/^[a-z+]+:\/\//i, '').replace(/^[^@/]+@/, '')
  const steps = text.split(/[/:]/).filter(Boolean)
  return steps.slice(-2).join('/') || text
}

/** Where a browser shows it: for addresses that name a host with a web page at the same path. Undefined where that is not known. */
export function webPage(url: string): string | undefined {
  const way = wayOf(url)
  const text = url.trim().replace(/\/+$/, '').replace(/\.git$/i, '')
  if (way === 'https' || way === 'http') return safe(text)
  if (way !== 'ssh') return undefined
  const short = /^[^/@\s]+@([^/:\s]+):(.+)$/.exec(text)
  const long = /^(?:git\+)?ssh:\/\/(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(text)
  const [, host, path] = short ?? long ?? []
  return host && path ? safe(`https://${host}/${path}`) : undefined
}

/** Where a browser shows a revision; the forges that are known by their host's name, else the repository's page. */
export function revisionPage(url: string, revision: string): string | undefined {
  const page = webPage(url)
  if (!page || !revision) return page
  const isCommit = /^[0-9a-f]{7,64}$/.test(revision)
  const at = encodeURIComponent(revision).replaceAll('%2F', '/')
  const host = new URL(page).host
  if (host.includes('gitlab')) return `${page}/-/${isCommit ? 'commit' : 'tree'}/${at}`
  if (host.includes('bitbucket')) return isCommit ? `${page}/commits/${at}` : `${page}/src/${at}`
  if (host.includes('gitea') || host.includes('codeberg')) return isCommit ? `${page}/commit/${at}` : `${page}/src/branch/${at}`
  if (host.includes('github')) return `${page}/${isCommit ? 'commit' : 'tree'}/${at}`
  return page
}

function safe(text: string): string | undefined {
  try {
    const url = new URL(text)
    url.username = ''
    url.password = ''
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href.replace(/\/$/, '') : undefined
  } catch {
    return undefined
  }
}
