import { noCeremony } from '../../app/scopes/scope-key.ts'
import type { Catalogue, Generation } from '../../ports/catalogue.ts'
import { named } from '../named.ts'

/**
 * The recovery key of the whole vault, or a scope's own.
 *
 * @throws RedomaError `NOT_FOUND`, `CEREMONY_MISSING`
 */
export async function currentKey(
  { generations, scopes }: Catalogue,
  scope: string | undefined,
): Promise<Generation> {
  const generation = await generations.current(scope)
  if (generation !== undefined) return generation
  if (scope !== undefined) await named('scope', scope, scopes)
  throw noCeremony(scope)
}
