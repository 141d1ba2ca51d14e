/**
 * The page's policy lets no script write `<style>` elements, and the terminal writes three. Those that it makes here are no such
 * elements: their text goes into constructed sheets, which the policy allows.
 */
export interface Sheets {
  /** A document that makes such elements in the place of styles. */
  document: Document
  /** Has the page's own document do so too, for as long as `act` runs. */
  during(act: () => void): void
  /** Takes the sheets away. */
  dispose(): void
}

export function sheets(): Sheets {
  const made = new Set<CSSStyleSheet>()
  const own = document.createElement.bind(document)
  const style = () => {
    const sheet = new CSSStyleSheet()
    made.add(sheet)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    const element = own('span')
    element.hidden = true
    Object.defineProperty(element, 'textContent', {
      get: () => '',
      set: (text: string) => sheet.replaceSync(text),
    })
    return element
  }
  const create = (name: string, options?: ElementCreationOptions) => (name.toLowerCase() === 'style' ? style() : own(name, options))
  return {
    document: new Proxy(document, {
      get(target, key) {
        if (key === 'createElement') return create
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    }),
    during(act) {
      document.createElement = create as typeof document.createElement
      try {
        act()
      } finally {
        // The method of the prototype shows again.
        delete (document as Partial<Document>).createElement
      }
    },
    dispose() {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter(sheet => !made.has(sheet))
      made.clear()
    },
  }
}
