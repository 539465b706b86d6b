import { wholeVault } from '../../ports/bundle-store.ts'
import type { RunPart } from '../../ports/catalogue.ts'
import { sourceOf } from '../bundles/prepared.ts'
import { allSources } from '../failed-part.ts'
import { instanceSource } from '../stage-instance.ts'

type NumberedPart = RunPart & { readonly run: number }

/**
 * Of the newest parts of each source, those that still say something: what they copied is still there to be copied, and a job that came to
 * nothing as a whole was not done since.
 */
export function standingParts(
  parts: readonly NumberedPart[],
  there: { readonly sources: readonly string[]; readonly scopes: readonly string[] },
): readonly NumberedPart[] {
  const known = new Set([...there.sources, instanceSource])
  const vaults = new Set([wholeVault, ...there.scopes].map(sourceOf))
  return parts.filter((part) => {
    if (part.source === allSources) return !parts.some((other) => isLater(other, part))
    return (part.job === 'secrets' ? vaults : known).has(part.source)
  })
}

function isLater(one: NumberedPart, other: NumberedPart): boolean {
  return one.job === other.job && one.destination === other.destination && one.run > other.run
}
