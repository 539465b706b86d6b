import { type ContentSpan, wholeVault } from '../../ports/bundle-store.ts'
import type { Scope } from '../../ports/scope.ts'
import { takesIn } from '../scopes/take-in.ts'
import type { SeenCredential } from './judge-credential.ts'
import { newestOf, type Shelves } from './shelves.ts'

/** The part of the vault that a report is about. */
export interface PartOfVault {
  /** The bundles that count. */
  readonly shelves: Shelves
  /** Whether a credential has to be in one of them. */
  belongs(credential: SeenCredential, spans: readonly ContentSpan[]): boolean
}

/**
 * @param name of a scope, `wholeVault` for what the bundle of the whole vault should have, or nothing for all bundles together
 * @param scopes all that there are; of one that was removed, its bundles alone tell what belongs to it
 */
export function partOfVault(name: string | undefined, scopes: readonly Scope[], all: Shelves): PartOfVault {
  if (name === undefined) return { shelves: all, belongs: () => true }
  const shelves: Shelves = new Map([[name, all.get(name) ?? []]])
  if (name === wholeVault) {
    return {
      shelves,
      belongs: ({ filed }, spans) => !scopes.some((scope) => isLeftTo(scope, filed, spans, all)),
    }
  }
  const scope = scopes.find((one) => one.name === name)
  return {
    shelves,
    belongs({ filed }, spans) {
      // How it is filed is not known: then its newest bundle tells.
      if (scope === undefined || filed === undefined)
        return spans.some((span) => span.scope === name && (scope === undefined || span.until === undefined))
      return takesIn(scope, filed)
    },
  }
}

/** What an exclusive scope has in a bundle is not in that of the whole vault, and should not be. */
function isLeftTo(
  scope: Scope,
  filed: SeenCredential['filed'],
  spans: readonly ContentSpan[],
  all: Shelves,
): boolean {
  if (!scope.isExclusive || filed === undefined || !takesIn(scope, filed)) return false
  return spans.some((span) => span.scope === scope.name && newestOf(span, all) !== undefined)
}
