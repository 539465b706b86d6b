import { forecastFull } from '../../app/watch/forecast-full.ts'
import type {
  Condition,
  DestinationChange,
  DestinationState,
  DestinationWatch,
} from '../../ports/destination-state.ts'
import { formatTime } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'

const dayMs = 24 * 60 * 60 * 1000

/** `ok`, `lost since 2026-11-22 21:50 CET`, `full in 9 days`; `undefined` where nothing is known. */
export function stateWords(watch: DestinationWatch | undefined, now: Date, style: Style): string | undefined {
  if (watch === undefined || watch.state.condition === 'unknown') return undefined
  const { condition, since, recent } = watch.state
  const last = recent.at(-1)?.at
  const isOld = last !== undefined && now.getTime() - last.getTime() > dayMs
  const old = isOld ? style.dim(` (probed ${formatTime(last)})`) : ''
  return colour(condition, style)(conditionWords(condition, since, watch)) + old
}

function conditionWords(condition: Condition, since: Date, { room, findings }: DestinationWatch): string {
  if (condition === 'ok') return findings?.failure === undefined ? 'ok' : 'ok, but the last probe failed'
  if (condition === 'nearly-full') return forecastWords(forecastFull(room)) ?? 'nearly full'
  return `${condition} since ${formatTime(since)}`
}

/** `full in 9 days`; `undefined` where nothing can be said. */
export function forecastWords(daysLeft: number | undefined): string | undefined {
  if (daysLeft === undefined) return undefined
  const days = Math.floor(daysLeft)
  return days < 1 ? 'full in a day' : `full in ${days} ${days === 1 ? 'day' : 'days'}`
}

export function plainWord(condition: DestinationState['condition']): string {
  return condition === 'nearly-full' ? 'nearly full' : condition
}

export function colour(condition: Condition, style: Style): (text: string) => string {
  if (condition === 'ok') return style.green
  return condition === 'lost' || condition === 'read-only' ? style.red : style.yellow
}

/** `2026-11-22 21:50 CET  nas is lost (it was ok): write: the folder /mnt/nas is not there`. */
export function changeLine(change: DestinationChange, style: Style): string {
  const { from, to, at, details } = change
  const was = from === 'unknown' ? '' : ` (it was ${plainWord(from)})`
  const is = to === 'ok' && from !== 'unknown' ? 'is back' : `is ${plainWord(to)}`
  const why = details.failure?.message ?? (to === 'nearly-full' ? forecastWords(details.daysLeft) : undefined)
  const because = why === undefined ? '' : `: ${printable(why)}`
  return `${style.dim(formatTime(at))}  ${printable(change.destination)} ${colour(to, style)(is)}${was}${because}`
}
