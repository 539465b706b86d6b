import type { Run } from '../../ports/catalogue.ts'
import { events } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'

/** Clocks are put right by a little all the time. */
const toleratedMs = 5 * 60_000

/** Whether the clock was set back: a run cannot have begun in the future. */
export function troubleOfClock(newest: Run | undefined, now: Date): readonly Trouble[] {
  const aheadMs = newest === undefined ? 0 : newest.startedAt.getTime() - now.getTime()
  if (newest === undefined || aheadMs <= toleratedMs) return []
  return [
    {
      kind: 'clock-wrong',
      key: 'instance',
      subject: 'clock',
      severity: events['clock-wrong'].severity,
      title: 'The clock of the instance was set back',
      text: `Run ${newest.id} began at ${newest.startedAt.toISOString()}, which is in the future: the clock was ahead then, or is behind now.`,
      hint: 'Set the clock, and keep it by NTP: timedatectl',
      fields: { aheadSeconds: Math.round(aheadMs / 1000), run: newest.id },
    },
  ]
}
