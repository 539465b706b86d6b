import type { SourcedRecord } from '../../bundle/contents/bundle-input.ts'
import type { Scope } from '../../ports/scope.ts'
import { type Filed, takesIn } from './take-in.ts'

/** Credentials, and in which bundle each goes. */
export interface SortedVault {
  /** Each credential, once, while it is read. */
  see(sourced: SourcedRecord, filed: Filed): void
  of(scope: Scope): readonly SourcedRecord[]
  /**
   * What goes into the bundle of the whole vault: all but what an exclusive scope takes in whose bundle is published. So each credential is in
   * a bundle, whatever became of the others.
   */
  rest(published: ReadonlySet<string>): {
    readonly records: readonly SourcedRecord[]
    readonly left: readonly SourcedRecord[]
  }
}

export function sortByScope(scopes: readonly Scope[]): SortedVault {
  const all: SourcedRecord[] = []
  const inScope = new Map(scopes.map(({ name }) => [name, [] as SourcedRecord[]]))
  const exclusives = new Map<SourcedRecord, readonly string[]>()
  return {
    see(sourced, filed) {
      all.push(sourced)
      const taking = scopes.filter((scope) => takesIn(scope, filed))
      for (const { name } of taking) inScope.get(name)?.push(sourced)
      const names = taking.filter(({ isExclusive }) => isExclusive).map(({ name }) => name)
      if (names.length > 0) exclusives.set(sourced, names)
    },
    of: ({ name }) => inScope.get(name) ?? [],
    rest(published) {
      const isElsewhere = (one: SourcedRecord): boolean =>
        exclusives.get(one)?.some((name) => published.has(name)) === true
      const { true: left = [], false: records = [] } = Object.groupBy(all, (one) =>
        isElsewhere(one) ? 'true' : 'false',
      )
      return { records, left }
    },
  }
}
