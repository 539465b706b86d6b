import { schemeWords } from '../bundle/ceremony/scheme-words.ts'
import { judgeReadiness, type Readiness } from '../bundle/drill/judge-readiness.ts'
import { parseShareList } from '../bundle/shares/share-list.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { DrillRecord, Guardian } from '../ports/guardian.ts'

export interface ReadinessReport {
  readonly readiness: Readiness
  /** `any 3 of 5 shares`; absent without a quorum. */
  readonly needed?: string | undefined
  readonly hasPassword: boolean
  /** By the number of the share. */
  readonly guardians: ReadonlyMap<number, Guardian>
  /** The newest drill, while its answers count. */
  readonly openDrill?: DrillRecord | undefined
  /** How many days a proof is good for. */
  readonly drillDays: number
  /** What should be done something about, a sentence each. */
  readonly warnings: readonly string[]
}

/** How ready people are to open the glass, or a scope of it that has a key of its own; `undefined` before the first ceremony. */
export type ReportReadiness = (scope?: string) => Promise<ReadinessReport | undefined>

export interface ReportReadinessDeps {
  readonly catalogue: Pick<Catalogue, 'generations' | 'guardians' | 'drills'>
  readonly clock: Clock
}

export function makeReportReadiness({ catalogue, clock }: ReportReadinessDeps): ReportReadiness {
  return async (scope) => {
    const generation = await catalogue.generations.current(scope)
    if (generation === undefined) return undefined
    const { number, quorum, passwordFile } = generation
    const [proofs, drillDays, drills] = await Promise.all([
      catalogue.drills.proofs(),
      catalogue.drills.days(),
      catalogue.drills.list(),
    ])
    const shares = quorum && parseShareList(quorum.shareList)
    const now = clock.now()
    const readiness = judgeReadiness({ now, generation: number, shares, proofs, drillDays })
    const open = drills.find((drill) => drill.generation === number && drill.expiresAt > now)
    return {
      readiness,
      needed: shares && schemeWords(shares),
      hasPassword: passwordFile !== undefined,
      guardians: await guardiansOf(catalogue, number),
      openDrill: open,
      drillDays,
      warnings: warningsOf(readiness, drillDays, now),
    }
  }
}

async function guardiansOf(
  { guardians }: ReportReadinessDeps['catalogue'],
  generation: number,
): Promise<ReadonlyMap<number, Guardian>> {
  const all = new Map((await guardians.list()).map((guardian) => [guardian.id, guardian]))
  const keepers = (await guardians.keepers()).filter((keeper) => keeper.generation === generation)
  return new Map(
    keepers.flatMap(({ share, guardian: id }) => {
      const guardian = all.get(id)
      return guardian === undefined ? [] : [[share, guardian] as const]
    }),
  )
}

const dayMs = 86_400_000

function warningsOf(readiness: Readiness, drillDays: number, now: Date): string[] {
  const { drill, provenAt, quorum, generation } = readiness
  const warnings: string[] = []
  if (drill === 'never-proven') {
    warnings.push(
      `Nobody has proven yet that the recovery key of generation ${generation} can be used: hold a drill.`,
    )
  } else if (drill === 'overdue' && provenAt !== undefined) {
    const days = Math.floor((now.getTime() - provenAt.getTime()) / dayMs)
    warnings.push(`The drill is overdue: the last proof is ${days} days old, and ${drillDays} are allowed.`)
  }
  if (quorum === 'not-proven' && drill !== 'never-proven') {
    warnings.push(
      'Too few guardians have proven their shares: without the master password nothing could be opened for certain.',
    )
  }
  if (quorum === 'thin')
    warnings.push('The quorum is thin: none of those who have proven their shares may be missing.')
  return warnings
}
