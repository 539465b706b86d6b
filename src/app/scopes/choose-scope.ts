import { isRedomaError } from '../../core/errors.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'

/** What people write for the bundles of the whole vault; no scope can have this name. */
export const wholeVaultWord = 'whole'

/**
 * The scope whose bundles are meant: one that there is, or one that was removed and has bundles still; `wholeVault` for `whole`.
 *
 * @throws RedomaError `NOT_FOUND`
 */
export async function chooseScope(
  { scopes, bundles }: Pick<Catalogue, 'scopes' | 'bundles'>,
  word: string | undefined,
): Promise<string | undefined> {
  if (word === undefined) return undefined
  if (word === wholeVaultWord) return wholeVault
  try {
    return (await scopes.get(word)).name
  } catch (error) {
    if (!isRedomaError(error, 'NOT_FOUND')) throw error
    if ((await bundles.list()).some(({ scope }) => scope === word)) return word
    throw error
  }
}
