import type { Proof } from '../../ports/guardian.ts'
import { opensAlone } from '../ceremony/opens-alone.ts'
import type { ShareList } from '../shares/share-list.ts'

export interface ReadinessFacts {
  readonly now: Date
  readonly generation: number
  /** Of a generation that has a quorum. */
  readonly shares?: ShareList | undefined
  /** Those of other generations do not count. */
  readonly proofs: readonly Proof[]
  /** How long a proof is good. */
  readonly drillDays: number
}

/** What could be opened today, by what was proven. */
export interface Readiness {
  readonly generation: number
  readonly shares: readonly ShareReadiness[]
  /** How many of them were ever proven. */
  readonly proven: number
  /** Of the shares that were proven, the one whose last proof is oldest. */
  readonly oldestProofAt?: Date | undefined
  /** `thin`: without any one of those that were proven, it may not be enough. Absent without a quorum. */
  readonly quorum?: 'enough' | 'thin' | 'not-proven' | undefined
  /** When whoever has the whole key, by password or with others, has last shown it. */
  readonly wholeProvenAt?: Date | undefined
  /** The last time that something could be opened for certain: the whole was, or enough shares were there since. */
  readonly provenAt?: Date | undefined
  readonly drill: 'in-time' | 'overdue' | 'never-proven'
  /** When the next one must have been held. */
  readonly dueAt?: Date | undefined
}

export interface ShareReadiness {
  readonly number: number
  /** Name of the group. */
  readonly group: string
  readonly provenAt?: Date | undefined
  readonly drill?: string | undefined
}

const dayMs = 86_400_000

/** Says how ready people are for the worst day. Pure: a command shows it, and whoever reminds people asks it. */
export function judgeReadiness(facts: ReadinessFacts): Readiness {
  const latest = latestProofs(facts)
  const shares = (facts.shares?.shares ?? []).map((share): ShareReadiness => {
    const proof = latest.get(share.number)
    const group = facts.shares?.groups[share.group - 1]?.name ?? ''
    return { number: share.number, group, provenAt: proof?.at, drill: proof?.drill }
  })
  const proven = shares.filter((share) => share.provenAt !== undefined)
  const wholeProvenAt = latest.get('whole')?.at
  const provenAt = laterOf(wholeProvenAt, quorumProvenAt(proven, facts.shares))
  const dueAt = provenAt && new Date(provenAt.getTime() + facts.drillDays * dayMs)
  return {
    generation: facts.generation,
    shares,
    proven: proven.length,
    oldestProofAt: timesOf(proven).at(-1),
    quorum: facts.shares && judgeQuorum(proven, facts.shares),
    wholeProvenAt,
    provenAt,
    drill: dueAt === undefined ? 'never-proven' : facts.now < dueAt ? 'in-time' : 'overdue',
    dueAt,
  }
}

/** Without those that were taken down while the clock ran ahead: they would be good for years. */
function latestProofs({ now, proofs, generation }: ReadinessFacts): ReadonlyMap<Proof['subject'], Proof> {
  const ofGeneration = proofs.filter((proof) => proof.generation === generation && proof.at <= now)
  return new Map(
    ofGeneration.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map((proof) => [proof.subject, proof]),
  )
}

function judgeQuorum(proven: readonly ShareReadiness[], list: ShareList): 'enough' | 'thin' | 'not-proven' {
  if (!isQuorum(proven, list)) return 'not-proven'
  const isAnyNeeded = proven.some(
    (share) =>
      !isQuorum(
        proven.filter((other) => other !== share),
        list,
      ),
  )
  return isAnyNeeded ? 'thin' : 'enough'
}

function isQuorum(shares: readonly ShareReadiness[], list: ShareList): boolean {
  return opensAlone(list, new Set(shares.map(({ number }) => number)))
}

/** The newest time since which enough of them were proven. */
function quorumProvenAt(proven: readonly ShareReadiness[], list: ShareList | undefined): Date | undefined {
  if (list === undefined) return undefined
  return timesOf(proven).find((time) => {
    return isQuorum(
      proven.filter(({ provenAt }) => provenAt !== undefined && provenAt >= time),
      list,
    )
  })
}

/** Newest first. */
function timesOf(proven: readonly ShareReadiness[]): Date[] {
  return proven
    .flatMap(({ provenAt }) => (provenAt === undefined ? [] : [provenAt]))
    .toSorted((a, b) => b.getTime() - a.getTime())
}

function laterOf(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}
