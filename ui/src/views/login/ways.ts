import type {ClusterSettings} from '@/api/contract'

/** An address of this UI, or its first page: a foreign one would send people away after they logged in. `base` is the page's base. */
export function returnTo(wanted: string | null, base: string): string {
  const home = new URL('.', base).href
  if (!wanted) return home
  try {
    const to = new URL(wanted, home)
    return to.href.startsWith(home) && !to.pathname.endsWith('/login') ? to.href : home
  } catch {
    return home
  }
}

/** The ways to log in by others than this server. A Dex with several connectors lets people choose on a page of its own. */
export function ssoWays(settings: ClusterSettings | undefined): Array<{label: string}> {
  const text = settings?.uiLoginButtonText
  if (settings?.oidcConfig?.name) return [{label: text || `Log in by ${settings.oidcConfig.name}`}]
  const connectors = settings?.dexConfig?.connectors ?? []
  if (connectors.length === 0) return []
  const chosen = connectors.find(one => one.id !== undefined && one.id === settings?.dexConfig?.dexAuthConnectorID) ?? (connectors.length === 1 ? connectors[0] : undefined)
  return [{label: text || (chosen ? `Log in by ${chosen.name}` : `Log in by single sign-on: ${connectors.map(one => one.name).join(', ')}`)}]
}
