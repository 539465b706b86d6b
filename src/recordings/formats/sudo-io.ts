import { z } from 'zod'
import type { OpenRecording, RecordingFacts } from './format.ts'
import { knownDetails, peekAt } from './format.ts'
import { parseJson } from './lines.ts'
import { plausibleTime } from './plausible.ts'
import { timingDuration } from './timing.ts'

const text = z.string().max(64 * 1024)
// sudo_logsrvd.proto and iolog_json.c of sudo 1.9; older versions write only `log`.
const logJson = z.object({
  timestamp: z.object({ seconds: z.number(), nanoseconds: z.number().default(0) }).optional(),
  submituser: text.optional(),
  submithost: text.optional(),
  submitcwd: text.optional(),
  runuser: text.optional(),
  rungroup: text.optional(),
  command: text.optional(),
  ttyname: text.optional(),
  runargv: z.array(text).max(10_000).optional(),
  lines: z.number().optional(),
  columns: z.number().optional(),
})
type Log = z.infer<typeof logJson>

export async function readSudoIo(
  recording: OpenRecording,
  signal: AbortSignal,
): Promise<RecordingFacts | undefined> {
  const timing = peekAt(recording, (file) => file.name === 'timing')
  const json = peekAt(recording, (file) => file.name === 'log.json')
  const plain = peekAt(recording, (file) => file.name === 'log')
  const head = await (json ?? plain)?.head()
  if (timing === undefined || head === undefined) return undefined
  const log = json === undefined ? oldLog(head.toString('utf8')) : newLog(head.toString('utf8'))
  const { timestamp, ...rest } = log ?? {}
  const { seconds, problems } = await timingDuration(timing, 1, signal)
  return {
    format: 'sudo-io',
    startedAt: plausibleTime(timestamp && timestamp.seconds + timestamp.nanoseconds / 1e9),
    durationSeconds: seconds,
    // sudo takes the write permission away from `timing` when the session is over (sudo_plugin(5), iolog_close).
    endMark: (timing.file.mode & 0o222) === 0 ? 'ended' : 'not-yet',
    details: knownDetails(rest),
    problems: log === undefined ? ['the session log cannot be read', ...problems] : problems,
  }
}

function newLog(text: string): Log | undefined {
  const parsed = logJson.safeParse(parseJson(text))
  return parsed.success ? parsed.data : undefined
}

/** `seconds:user:runas user:runas group:terminal:lines:columns`, then the working folder, then the command. */
function oldLog(text: string): Log | undefined {
  const [first = '', submitcwd, command] = text.split('\n')
  const [seconds, submituser, runuser, rungroup, ttyname, lines, columns] = first.split(':')
  if (seconds === undefined || !/^\d{1,12}$/.test(seconds)) return undefined
  const whole = logJson.safeParse({
    timestamp: { seconds: Number(seconds) },
    submituser,
    runuser,
    rungroup,
    ttyname,
    submitcwd,
    command,
    ...(lines === undefined || columns === undefined
      ? {}
      : { lines: Number(lines), columns: Number(columns) }),
  })
  return whole.success ? whole.data : undefined
}
