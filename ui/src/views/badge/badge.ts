/** Addresses and texts of status badges. */

export interface BadgeOf {
  /** One application. */
  name?: string
  /** Its namespace, where the server takes applications of several. */
  namespace?: string
  /** All of a project. */
  project?: string
}

export interface BadgeLook {
  revision: boolean
  showAppName: boolean
  keepFullRevision: boolean
}

/** The image's address. `root` is where the server is reached, without a slash at its end. */
export function badgeUrl(root: string, of: BadgeOf, look: BadgeLook): string {
  const words = new URLSearchParams()
  if (of.name) words.set('name', of.name)
  if (of.namespace) words.set('namespace', of.namespace)
  if (of.project) words.set('project', of.project)
  if (look.revision) words.set('revision', 'true')
  if (look.revision && look.keepFullRevision) words.set('keepFullRevision', 'true')
  if (look.showAppName) words.set('showAppName', 'true')
  return `${root.replace(/\/+$/, '')}/api/badge?${words}`
}

/** The page that the image leads to. */
export function badgePage(root: string, of: BadgeOf): string {
  const base = root.replace(/\/+$/, '')
  if (of.name) return `${base}/applications/${of.namespace ? `${encodeURIComponent(of.namespace)}/` : ''}${encodeURIComponent(of.name)}`
  return `${base}/applications?proj=${encodeURIComponent(of.project ?? '')}`
}

export const FORMATS = ['Markdown', 'HTML', 'reStructuredText', 'AsciiDoc', 'Address'] as const
export type Format = (typeof FORMATS)[number]

/** The text to put into a page. */
export function badgeText(format: Format, image: string, page: string, name: string): string {
  const alt = `Status of ${name}`
  switch (format) {
    case 'Markdown':
      return `[![${alt}](${image})](${page})`
    case 'HTML':
      return `<a href="${page.replaceAll('&', '&amp;')}"><img src="${image.replaceAll('&', '&amp;')}" alt="${alt}"></a>`
    case 'reStructuredText':
      return `.. image:: ${image}\n   :alt: ${alt}\n   :target: ${page}`
    case 'AsciiDoc':
      return `image:${image}[${alt},link=${page}]`
    case 'Address':
      return image
  }
}
