import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { Generation } from '../../ports/catalogue.ts'
import { folderOf } from './scope-folder.ts'

/**
 * The recovery keys whose files belong beside the bundles of a scope: those of its present kind, and of the others what a bundle there is
 * sealed to, since a scope may get a key of its own, and give it up.
 */
export function keysInFolder(
  scope: string,
  current: Generation,
  all: readonly Generation[],
  entries: readonly LedgerEntry[],
): Generation[] {
  if (scope === wholeVault) return all.filter((one) => one.scope === undefined)
  const beside = `${folderOf(scope)}/`
  const used = new Set(
    entries.filter(({ object }) => object.startsWith(beside)).map(({ detail }) => detail['generation']),
  )
  return all.filter((one) => one.scope === current.scope || used.has(one.number))
}
