import { RedomaError } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { parseCount } from '../parse.ts'

/**
 * The number of the run that is meant: what was typed, or that which is under way.
 *
 * @throws RedomaError `USAGE`, `NOT_FOUND`
 */
export async function runMeant({ runs }: Pick<Catalogue, 'runs'>, text: string | undefined): Promise<number> {
  if (text !== undefined) return (await runs.get(parseCount(text, 1))).id
  const request = { sort: 'id', direction: 'desc', limit: 1 } as const
  const [run] = (await runs.page({ state: 'running' }, request)).items
  if (run !== undefined) return run.id
  throw new RedomaError('NOT_FOUND', 'no run is under way', { hint: 'redoma backup list' })
}
