/** What is wrong with a new password for the server's pattern; a pattern that this browser cannot read is left to the server. */
export function patternFault(password: string, pattern: string | undefined): string | undefined {
  if (!pattern) return undefined
  const length = /^\^\.\{(\d+),(\d+)\}\$$/.exec(pattern)
  if (length) {
    const [least, most] = [Number(length[1]), Number(length[2])]
    if (password.length < least) return `At least ${least} characters; these are ${password.length}.`
    return password.length > most ? `At most ${most} characters; these are ${password.length}.` : undefined
  }
  try {
    return new RegExp(pattern).test(password) ? undefined : `It does not match ${pattern}.`
  } catch {
    return undefined
  }
}
