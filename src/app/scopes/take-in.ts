import { withoutOuter } from '../../core/without-last.ts'
import type { ScopeSelection, ScopeSpec } from '../../ports/scope.ts'

/** What of a credential says to which scopes it belongs. */
export interface Filed {
  readonly folder?: string | undefined
  readonly owner?: string | undefined
  readonly tags: readonly string[]
}

/** One word of a selection: `folder "network/core"`. */
export interface Selector {
  readonly kind: 'folder' | 'tag' | 'owner'
  readonly value: string
}

/** Whether a scope takes in a credential: any of what it names is enough. Capitals count, ways to write an accent do not. */
export function takesIn(selection: ScopeSelection, credential: Filed): boolean {
  return selectorsOf(selection).some((selector) => matches(selector, credential))
}

export function selectorsOf({ folders, tags, owners }: ScopeSelection): Selector[] {
  return [
    ...folders.map((value) => ({ kind: 'folder' as const, value })),
    ...tags.map((value) => ({ kind: 'tag' as const, value })),
    ...owners.map((value) => ({ kind: 'owner' as const, value })),
  ]
}

export function matches({ kind, value }: Selector, { folder, owner, tags }: Filed): boolean {
  switch (kind) {
    case 'folder':
      return folder !== undefined && isBelow(plain(folder), plain(value))
    case 'tag':
      return tags.some((tag) => plain(tag) === plain(value))
    case 'owner':
      return owner !== undefined && plain(owner) === plain(value)
  }
}

/** Whether two scopes name the same, or one a folder in a folder of the other: what is filed there tomorrow would be in both. */
export function overlap(one: ScopeSelection, other: ScopeSelection): Selector | undefined {
  return selectorsOf(one).find((mine) =>
    selectorsOf(other).some((theirs) => {
      if (mine.kind !== theirs.kind) return false
      const [a, b] = [plain(mine.value), plain(theirs.value)]
      return mine.kind === 'folder' ? isBelow(a, b) || isBelow(b, a) : a === b
    }),
  )
}

export function wordsOf({ kind, value }: Selector): string {
  return `${kind} ${JSON.stringify(value)}`
}

/** `folder "network", tag "router", exclusive` */
export function scopeWords({ isExclusive, hasOwnKey, ...selection }: ScopeSpec): string {
  const more = [...(isExclusive ? ['exclusive'] : []), ...(hasOwnKey ? ['own key'] : [])]
  return [...selectorsOf(selection).map(wordsOf), ...more].join(', ')
}

/** `/network/` is typed for `network`. */
export function plainFolder(folder: string): string {
  return withoutOuter(folder, '/')
}

function isBelow(folder: string, above: string): boolean {
  return folder === above || folder.startsWith(`${above}/`)
}

function plain(text: string): string {
  return text.normalize('NFC')
}
