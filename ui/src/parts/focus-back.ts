import {useState} from 'react'

/**
 * What a layer gives as `finalFocus`: back to what had the focus before it came. The library would go from something without a tab
 * stop, such as the page's main part or a row, to the first control in it, where the next letter would be typed.
 */
export function useFocusBack(): () => boolean {
  const [before] = useState(() => document.activeElement)
  return () => {
    if (!(before instanceof HTMLElement) || !before.isConnected || before === document.body) return true
    // The layer must be gone first: what it covers takes no focus.
    queueMicrotask(() => before.focus({preventScroll: true}))
    return false
  }
}
