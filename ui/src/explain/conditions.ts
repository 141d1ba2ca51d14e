/** What a condition's type means for people, and what to do about it; nothing where the message says it all. */
const ADVICE: Record<string, string> = {
  ComparisonError: 'Until this is mended nobody knows whether the application is in sync. Most often Git, the rendering, or the cluster refuses: the message says which.',
  InvalidSpecError: 'The application asks for something that its project or the cluster does not allow. Change the application, or have the project allow it.',
  UnknownError: 'The server’s log says more about this.',
  SyncError: 'Auto-sync does not try the same commit again by itself: sync by hand, or push a new commit.',
  DeletionError: 'The application is deleted, and something of it cannot be. It is tried again.',
  SharedResourceWarning: 'Two applications claim the same object. Take it out of one of them.',
  RepeatedResourceWarning: 'The same object stands more than once in what was rendered; the last one counts.',
  ExcludedResourceWarning: 'The settings exclude such objects: they are neither compared nor synced.',
  OrphanedResourceWarning: 'There are objects in the namespace that belong to no application. The tree can show them.',
}

export function adviceOn(type: string): string | undefined {
  return ADVICE[type]
}
