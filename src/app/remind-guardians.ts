import { guardianWords } from '../bundle/drill/reminder-words.ts'
import type { ChannelRecord } from '../ports/channel.ts'
import { events } from '../ports/events.ts'
import type { Guardian } from '../ports/guardian.ts'
import { type AuditedDeps, audit } from './audited.ts'
import type { ReportReadiness } from './readiness.ts'

export interface RemindGuardiansDeps extends AuditedDeps {
  readonly reportReadiness: ReportReadiness
}

/**
 * Queues a mail to each guardian whose share nobody has shown for longer than a proof is good, at most once a week: by the first channel that is mail; without one nobody is
 * reminded. No secret is in it.
 *
 * @returns whom
 */
export type RemindGuardians = () => Promise<readonly Guardian[]>

const dayMs = 86_400_000
/** So that it comes on the same day each week, whatever it took last time. */
const weekMs = 7 * dayMs - 3_600_000

export function makeRemindGuardians(deps: RemindGuardiansDeps): RemindGuardians {
  const { catalogue, clock } = deps
  return async () => {
    const channel = (await catalogue.channels.list()).find(({ spec }) => spec.kind === 'smtp')
    if (channel === undefined) return []
    const before = await catalogue.guardians.remindedAt()
    const now = clock.now()
    const overdue = (await overdueOnes(deps, now)).filter(({ guardian }) => {
      const last = before.get(guardian.id)
      // Whichever way the clock was set in between.
      return last === undefined || Math.abs(now.getTime() - last.getTime()) >= weekMs
    })
    for (const one of overdue) await remind(deps, channel, one, now)
    return overdue.map(({ guardian }) => guardian)
  }
}

interface Overdue {
  readonly guardian: Guardian
  readonly mail: string
  readonly shares: readonly number[]
  readonly drillDays: number
}

async function overdueOnes(
  { catalogue, reportReadiness }: RemindGuardiansDeps,
  now: Date,
): Promise<Overdue[]> {
  const scopes = (await catalogue.scopes.list()).filter(({ hasOwnKey }) => hasOwnKey)
  const found = new Map<string, Overdue>()
  for (const scope of [undefined, ...scopes.map(({ name }) => name)]) {
    const report = await reportReadiness(scope)
    const generation = await catalogue.generations.current(scope)
    if (report === undefined || generation === undefined) continue
    const { guardians, drillDays } = report
    for (const { number, provenAt = generation.heldAt } of report.readiness.shares) {
      const guardian = guardians.get(number)
      if (guardian?.mail === undefined || now.getTime() - provenAt.getTime() < drillDays * dayMs) continue
      const shares = [...(found.get(guardian.id)?.shares ?? []), number]
      found.set(guardian.id, { guardian, mail: guardian.mail, shares, drillDays })
    }
  }
  return [...found.values()]
}

/** Remembered first: one mail too few is made up for next week, and one a minute would be read by nobody. */
async function remind(
  deps: RemindGuardiansDeps,
  { id: channel }: ChannelRecord,
  { guardian, mail, shares, drillDays }: Overdue,
  now: Date,
): Promise<void> {
  const { catalogue } = deps
  await catalogue.guardians.reminded(guardian.id, now)
  await audit(deps, 'guardian.remind', guardian.name, mail)
  const words = guardianWords({ name: guardian.name, instance: catalogue.instance.name, shares, drillDays })
  const { severity } = events['guardian-reminded']
  await catalogue.notices.add('guardian-reminded', {
    ...words,
    ...{ subject: guardian.name, severity, at: now, fields: {}, person: { channel, mail } },
  })
}
