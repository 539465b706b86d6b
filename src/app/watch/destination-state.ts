import {
  type Condition,
  conditions,
  type DestinationState,
  type Observation,
  type StateChange,
} from '../../ports/destination-state.ts'

/**
 * So many probes in a row must say that it is as bad as that, or worse: one that failed is a hiccup. That there is no room is no matter of
 * chance, and has a damping of its own (`judgeProbe`).
 */
const neededToWorsen: Readonly<Record<Condition, number>> = {
  ok: 1,
  slow: 3,
  'nearly-full': 1,
  'read-only': 2,
  lost: 2,
}
/** So many must say that it is better. */
const neededToImprove = 2
const mostRecent = 3

export function unknownState(since: Date): DestinationState {
  return { condition: 'unknown', since, recent: [] }
}

/** The state after one more probe; `change` is there only when it is another one than before. */
export function observe(
  state: DestinationState,
  observation: Observation,
): { readonly state: DestinationState; readonly change: StateChange | undefined } {
  const recent = [...state.recent, observation].slice(-mostRecent)
  const to = worsened(state.condition, recent) ?? improved(state.condition, recent)
  if (to === undefined) return { state: { ...state, recent }, change: undefined }
  const since = beginningOf(to, recent)
  return { state: { condition: to, since, recent }, change: { from: state.condition, to, since } }
}

function rank(condition: DestinationState['condition']): number {
  return condition === 'unknown' ? -1 : conditions.indexOf(condition)
}

/** The worst condition that one of the newest probes names and enough of them agree on: one that says `lost` agrees that it is slow. */
function worsened(now: DestinationState['condition'], recent: readonly Observation[]): Condition | undefined {
  return conditions.findLast((condition) => {
    const needed = neededToWorsen[condition]
    const last = recent.slice(-needed)
    return (
      rank(condition) > rank(now) &&
      last.length === needed &&
      last.every((seen) => rank(seen.condition) >= rank(condition)) &&
      last.some((seen) => seen.condition === condition)
    )
  })
}

/** The worst that those probes say which all say that it is better. */
function improved(now: DestinationState['condition'], recent: readonly Observation[]): Condition | undefined {
  if (now === 'unknown') return undefined
  const last = recent.slice(-neededToImprove)
  if (last.length < neededToImprove || last.some((seen) => rank(seen.condition) >= rank(now)))
    return undefined
  return conditions.findLast((condition) => last.some((seen) => seen.condition === condition))
}

/** When the first of the newest probes was made that agree with it. */
function beginningOf(condition: Condition, recent: readonly Observation[]): Date {
  const agrees = (seen: Observation): boolean =>
    condition === 'ok' ? seen.condition === 'ok' : rank(seen.condition) >= rank(condition)
  const before = recent.findLastIndex((seen) => !agrees(seen))
  const first = recent[before + 1] ?? recent.at(-1)
  if (first === undefined) throw new RangeError('no probe was made')
  return first.at
}
