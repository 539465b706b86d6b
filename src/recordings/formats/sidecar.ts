import { z } from 'zod'
import type { Json, OpenRecording, RecordingFacts } from './format.ts'
import { peekAt } from './format.ts'
import { parseJson } from './lines.ts'
import { plausibleDuration, plausibleTime } from './plausible.ts'

const maximumBytes = 64 * 1024
const maximumFields = 200
/** The names that session records use for the same few things; times in seconds or milliseconds, or ISO 8601. */
const time = z.union([z.number(), z.string().max(64)])
const sidecar = z.record(z.string().max(200), z.unknown())
const startNames = ['start', 'date_start', 'started_at', 'startTime']
const endNames = ['end', 'date_end', 'finished_at', 'endTime']

/** Adds what the `.json` beside a recording says of the session, most of all whether it is over. */
export async function withSidecar(recording: OpenRecording, facts: RecordingFacts): Promise<RecordingFacts> {
  const peek = peekAt(recording, (file) => file.name.endsWith('.json') && file.size <= maximumBytes)
  if (peek === undefined || facts.format === 'sudo-io') return facts
  const parsed = sidecar.safeParse(parseJson((await peek.head()).toString('utf8')))
  if (!parsed.success) return { ...facts, problems: [...facts.problems, 'the sidecar cannot be read'] }
  const start = timeOf(parsed.data, startNames)
  const end = timeOf(parsed.data, endNames)
  const seconds = start && end && (end.getTime() - start.getTime()) / 1000
  return {
    ...facts,
    startedAt: facts.startedAt ?? start,
    durationSeconds: facts.durationSeconds ?? plausibleDuration(seconds),
    endMark: endMarkOf(start, end),
    details: { ...facts.details, session: plainFields(parsed.data) },
  }
}

/** Values of any depth would be a way to break whoever handles them; the sidecar itself is sealed whole anyway. */
function plainFields(record: Readonly<Record<string, unknown>>): Record<string, Json> {
  const isPlain = (entry: [string, unknown]): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1])
  return Object.fromEntries(Object.entries(record).filter(isPlain).slice(0, maximumFields))
}

/** A record with a beginning but no end is of a session that goes on; one with neither says nothing. */
function endMarkOf(start: Date | undefined, end: Date | undefined): RecordingFacts['endMark'] {
  if (end !== undefined) return 'ended'
  return start === undefined ? 'none' : 'not-yet'
}

function timeOf(record: Readonly<Record<string, unknown>>, names: readonly string[]): Date | undefined {
  for (const name of names) {
    const parsed = time.safeParse(record[name])
    const found = parsed.success ? secondsOf(parsed.data) : undefined
    if (found !== undefined) return plausibleTime(found)
  }
  return undefined
}

function secondsOf(value: number | string): number {
  if (typeof value === 'string') return Date.parse(value) / 1000
  return value > 1e11 ? value / 1000 : value
}
