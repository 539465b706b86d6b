import { wholeVault } from '../../ports/bundle-store.ts'

/** Where the bundles of a scope lie at a destination, and all that opens them: whoever is given this folder needs nothing else. */
export function folderOf(scope: string): string {
  return scope === wholeVault ? 'secrets' : `secrets/scopes/${scope}`
}

/** Whether an object lies in the folder of a scope. Those of scopes lie within that of the whole vault, and are none of its own. */
export function isOfScope(object: string, scope: string): boolean {
  if (!object.startsWith(`${folderOf(scope)}/`)) return false
  return scope !== wholeVault || !object.startsWith('secrets/scopes/')
}
