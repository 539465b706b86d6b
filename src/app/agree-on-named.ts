import { RedomaError } from '../core/errors.ts'
import type { ObjectId } from '../repository/ids.ts'
import type { ForgetPlan } from './plan-forget.ts'

type NamedPlan = Pick<ForgetPlan, 'meant' | 'notThere'>

/**
 * Before anything is removed that was named: each name is of one snapshot, wherever it is, and some destination has it.
 *
 * @param plans by the names of the destinations
 * @param unread destinations that could not be asked
 * @throws RedomaError `AMBIGUOUS`, `NOT_FOUND`
 */
export function agreeOnNamed(plans: ReadonlyMap<string, NamedPlan>, unread: readonly string[]): void {
  requireOneMeaning(plans)
  const [first, ...others] = [...plans.values()].map(({ notThere }) => notThere)
  const nowhere = first?.find((name) => others.every((notThere) => notThere.includes(name)))
  if (nowhere === undefined) return
  throw new RedomaError('NOT_FOUND', `there is no snapshot ${nowhere}: nothing was removed`, {
    hint:
      unread.length === 0
        ? 'redoma backup snapshots lists what there is.'
        : `It may be at ${unread.join(', ')}, which could not be read.`,
  })
}

/** The beginning of an id may be that of one snapshot here and of another there. */
function requireOneMeaning(plans: ReadonlyMap<string, NamedPlan>): void {
  const first = new Map<string, { readonly id: ObjectId; readonly at: string }>()
  for (const [at, { meant }] of plans) {
    for (const [name, id] of meant) {
      const other = first.get(name)
      if (other === undefined) first.set(name, { id, at })
      else if (other.id !== id) throw severalMeanings(name, [other, { id, at }])
    }
  }
}

function severalMeanings(
  name: string,
  snapshots: readonly { readonly id: ObjectId; readonly at: string }[],
): RedomaError {
  const which = snapshots.map(({ id, at }) => `${id.slice(0, name.length + 8)} at ${at}`).join(', ')
  return new RedomaError('AMBIGUOUS', `${name} means two snapshots: ${which}. Nothing was removed`, {
    hint: 'Give more digits of the id, or say where: --at NAME',
  })
}
