import type { Json, OpenRecording, RecordingFacts } from './format.ts'
import { peekAt } from './format.ts'
import type { Peek } from './peek.ts'
import { plausibleTime } from './plausible.ts'
import { timingDuration } from './timing.ts'

const classicLine = /^\d+[.,]\d+ \d+\n/
const advancedLine = /^H \d+[.,]\d+ [A-Z_]+ /

/** A typescript of script(1) (util-linux, BSD), or of guacd, with its timing file where there is one. */
export async function readScript(
  recording: OpenRecording,
  signal: AbortSignal,
): Promise<RecordingFacts | undefined> {
  const timing = peekAt(recording, (file) => file.name.endsWith('.timing'))
  const timingHead = (await timing?.head())?.toString('latin1') ?? ''
  const isAdvanced = advancedLine.test(timingHead)
  const log = await logHead(recording.peeks.filter((peek) => peek !== timing))
  const isTiming = isAdvanced || classicLine.test(timingHead)
  if (log === undefined && !isTiming) return undefined
  const header = { ...logDetails(log ?? ''), ...(isAdvanced ? timingDetails(timingHead) : {}) }
  const { START_TIME: start, ...details } = header
  const { seconds, problems } =
    timing === undefined
      ? { seconds: undefined, problems: [] }
      : await timingDuration(timing, isAdvanced ? 1 : 0, signal)
  return {
    format: isAdvanced ? 'script-advanced' : 'script-classic',
    startedAt: plausibleTime(typeof start === 'string' ? Date.parse(start) / 1000 : undefined),
    durationSeconds: seconds,
    endMark: 'none',
    details,
    problems,
  }
}

async function logHead(peeks: readonly Peek[]): Promise<string | undefined> {
  for (const peek of peeks) {
    const head = (await peek.head()).toString('utf8')
    if (head.startsWith('Script started on ') || head.startsWith('[BEGIN TYPESCRIPT]')) return head
  }
  return undefined
}

/** `Script started on 2026-11-22 20:16:56+00:00 [COMMAND="…" TERM="…" …]` */
function logDetails(head: string): Record<string, Json> {
  const [, start, fields = ''] = /^Script started on ([^[\n]+?)(?: \[([^\n]*)\])?\r?\n/.exec(head) ?? []
  const values = [...fields.matchAll(/(?<![A-Z_])([A-Z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
  return { ...Object.fromEntries(values), ...(start === undefined ? {} : { START_TIME: start }) } as Record<
    string,
    Json
  >
}

/** `H 0.000000 NAME value`, at the beginning and at the end. */
function timingDetails(head: string): Record<string, Json> {
  const values = [...head.matchAll(/^H \d+[.,]\d+ ([A-Z_]+) (.*)$/gm)].slice(0, 100)
  return Object.fromEntries(values.map(([, name = '', value = '']) => [name, value]))
}
