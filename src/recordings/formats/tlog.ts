import { z } from 'zod'
import { knownDetails, type OpenRecording, type RecordingFacts } from './format.ts'
import { firstLine, lastLine, parseJson } from './lines.ts'
import { plausibleDuration, plausibleTime } from './plausible.ts'

const text = z.string().max(4096)
// tlog's doc/log_format.md: `pos` in milliseconds since the beginning, `timing` within the message.
const message = z.object({
  ver: z.union([z.string().max(20), z.number()]),
  rec: text,
  host: text.optional(),
  user: text.optional(),
  term: text.optional(),
  session: z.number().optional(),
  pos: z.number(),
  time: z.number().optional(),
  timing: z.string(),
})
type Message = z.infer<typeof message>

export async function readTlog(recording: OpenRecording): Promise<RecordingFacts | undefined> {
  for (const peek of recording.peeks) {
    const first = messageOf(firstLine(await peek.head()))
    if (first === undefined) continue
    const tail = await peek.tail()
    const last = tail === undefined ? undefined : messageOf(lastLine(tail))
    const { rec, host, user, term, session } = first
    const start = first.time === undefined ? undefined : first.time - first.pos / 1000
    return {
      format: 'tlog',
      startedAt: plausibleTime(start),
      durationSeconds: last && plausibleDuration((last.pos + delaysOf(last.timing)) / 1000),
      endMark: 'none',
      details: knownDetails({ rec, host, user, term, session }),
      problems: tail !== undefined && last === undefined ? ['the last message cannot be read'] : [],
    }
  }
  return undefined
}

function messageOf(line: string | undefined): Message | undefined {
  if (line?.startsWith('{') !== true) return undefined
  const parsed = message.safeParse(parseJson(line))
  return parsed.success ? parsed.data : undefined
}

/** `+N` is a delay of N milliseconds. */
function delaysOf(timing: string): number {
  return [...timing.matchAll(/\+(\d{1,12})/g)].reduce((sum, [, delay]) => sum + Number(delay), 0)
}
