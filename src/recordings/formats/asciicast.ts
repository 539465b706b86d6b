import { z } from 'zod'
import {
  type FormatName,
  type Json,
  knownDetails,
  type OpenRecording,
  type RecordingFacts,
} from './format.ts'
import { firstLine, lastLine, parseJson, scanLines } from './lines.ts'
import type { Peek } from './peek.ts'
import { plausibleDuration, plausibleTime } from './plausible.ts'

const text = z.string().max(64 * 1024)
const env = z.record(z.string().max(200), z.unknown())
const common = { timestamp: z.number(), title: text, command: text, env, duration: z.number() }
const size = { width: z.number(), height: z.number() }

// https://docs.asciinema.org/manual/asciicast/: v1 is one JSON object, v2 and v3 a header line and one event a line.
const header = z.discriminatedUnion('version', [
  z.object({ version: z.literal(1), ...size, ...z.object(common).partial().shape }),
  z.object({ version: z.literal(2), ...size, ...z.object(common).partial().shape }),
  z.object({
    version: z.literal(3),
    term: z.object({ cols: z.number(), rows: z.number(), type: text.optional() }),
    ...z.object(common).partial().shape,
  }),
])
type Header = z.infer<typeof header>

const maximumV1Bytes = 256 * 1024

export async function readAsciicast(
  recording: OpenRecording,
  signal: AbortSignal,
): Promise<RecordingFacts | undefined> {
  for (const peek of recording.peeks) {
    const found = headerOf(await peek.head())
    if (found === undefined) continue
    const { seconds, problems } = await durationOf(found, peek, signal)
    return {
      format: formats[found.version],
      startedAt: plausibleTime(found.timestamp),
      durationSeconds: plausibleDuration(seconds),
      endMark: 'none',
      details: detailsOf(found),
      problems,
    }
  }
  return undefined
}

const formats: Readonly<Record<Header['version'], FormatName>> = {
  1: 'asciicast-v1',
  2: 'asciicast-v2',
  3: 'asciicast-v3',
}

function headerOf(head: Buffer): Header | undefined {
  if (head[0] !== 0x7b) return undefined
  const line = firstLine(head)
  const parsed = header.safeParse(line === undefined ? undefined : parseJson(line))
  if (parsed.success) return parsed.data
  return headerOfV1(head)
}

/** One object of any length: what stands before the events is enough. */
function headerOfV1(head: Buffer): Header | undefined {
  const text = head.toString('utf8')
  const whole = head.length < maximumV1Bytes ? parseJson(text) : undefined
  const upToEvents = /^([^[]*),\s*"stdout"\s*:\s*\[/.exec(text)?.[1]
  const parsed = header.safeParse(whole ?? parseJson(`${upToEvents ?? ''}}`))
  return parsed.success ? parsed.data : undefined
}

function detailsOf(found: Header): Record<string, Json> {
  const [width, height] =
    found.version === 3 ? [found.term.cols, found.term.rows] : [found.width, found.height]
  const { title, command } = found
  const variables = Object.entries(found.env ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  const env = variables.length === 0 ? undefined : Object.fromEntries(variables)
  return knownDetails({ width, height, title, command, env })
}

interface Duration {
  readonly seconds: number | undefined
  readonly problems: readonly string[]
}

async function durationOf(found: Header, peek: Peek, signal: AbortSignal): Promise<Duration> {
  if (found.duration !== undefined) return { seconds: found.duration, problems: [] }
  if (found.version === 1) return { seconds: undefined, problems: [] }
  const tail = await peek.tail()
  if (found.version === 3 || tail === undefined) return scanEvents(found.version, peek, signal)
  const seconds = timeOfEvent(lastLine(tail) ?? '')
  // A header alone is a session in which nothing happened; an event cut off in the middle is worth a word.
  const isCut = seconds === undefined && !(lastLine(tail) ?? '').startsWith('{')
  return isCut ? scanEvents(found.version, peek, signal) : { seconds: seconds ?? 0, problems: [] }
}

/** v2 says the time since the beginning, v3 the time since the event before: that takes all of them. */
async function scanEvents(version: 2 | 3, peek: Peek, signal: AbortSignal): Promise<Duration> {
  let seconds = 0
  let strays = 0
  let isHeader = true
  const end = await scanLines(
    peek,
    (line) => {
      const time = timeOfEvent(line)
      if (time !== undefined) seconds = version === 3 ? seconds + time : Math.max(seconds, time)
      else if (!isHeader && line.trim() !== '' && !line.startsWith('#')) strays += 1
      isHeader = false
    },
    signal,
  )
  const problems = strays === 0 ? [] : [`${strays} lines are no events`]
  if (end === 'damaged')
    return { seconds, problems: [...problems, 'the compressed data is damaged or cut off'] }
  return { seconds: end === 'too-long' ? undefined : seconds, problems }
}

function timeOfEvent(line: string): number | undefined {
  const time = /^\s*\[\s*(\d+(?:\.\d+)?(?:e-?\d+)?)\s*,\s*"/i.exec(line)?.[1]
  return time === undefined ? undefined : Number(time)
}
