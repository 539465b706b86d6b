import { events } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'
import type { ReadinessReport } from '../readiness.ts'

/** How ready people are to open the glass, or a scope of it. */
export interface ReadinessOf {
  /** `''` for all that has no key of its own. */
  readonly scope: string
  /** Absent before the first ceremony. */
  readonly report: Pick<ReadinessReport, 'readiness' | 'warnings'> | undefined
}

/** Whether there is a recovery key, and whether it could be used. */
export function troublesOfKey(all: readonly ReadinessOf[]): readonly Trouble[] {
  return all.flatMap(({ scope, report }): Trouble[] => {
    const subject = scope === '' ? 'recovery key' : `recovery key of ${scope}`
    const option = scope === '' ? '' : ` --scope ${scope}`
    if (report === undefined) {
      return [
        {
          kind: 'ceremony-missing',
          key: scope,
          subject,
          severity: events['ceremony-missing'].severity,
          title: `There is no ${subject}`,
          text: 'No ceremony was held, so there is nothing that bundles and recordings could be sealed to, and none are made.',
          hint: `redoma glass ceremony${option}`,
          fields: {},
        },
      ]
    }
    const { warnings, readiness } = report
    if (warnings.length === 0) return []
    return [
      {
        kind: 'readiness-doubtful',
        key: scope,
        subject,
        severity: events['readiness-doubtful'].severity,
        title: `Whether the ${subject} could be used is in doubt`,
        text: warnings.join(' '),
        hint: `redoma glass drill${option}`,
        fields: { generation: readiness.generation },
      },
    ]
  })
}
