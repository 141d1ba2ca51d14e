/** Where an entry is kept: repositories or templates, for reading or for writing (of a hydrator). */
export interface Place {
  path: 'repositories' | 'repocreds' | 'write-repositories' | 'write-repocreds'
  template: boolean
}

export const PLACES: Record<string, Place> = {
  repositories: {path: 'repositories', template: false},
  templates: {path: 'repocreds', template: true},
  write: {path: 'write-repositories', template: false},
  'write-templates': {path: 'write-repocreds', template: true},
}
