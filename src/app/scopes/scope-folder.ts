import { wholeVault } from '../../ports/bundle-store.ts'

/** Where the bundles of a scope lie at a destination, and all that opens them: whoever is given this folder needs nothing else. */
export function folderOf(scope: string): string {
  return scope === wholeVault ? 'secrets' : `secrets/scopes/${scope}`
}
