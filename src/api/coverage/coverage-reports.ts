import { randomUUID } from 'node:crypto'
import type { CoverageLine, CoverageState } from '../../app/coverage/judge-credential.ts'
import type { CoverageReport, CoverageSummary } from '../../app/coverage/report-coverage.ts'
import { RedomaError } from '../../core/errors.ts'
import { noProgress } from '../../ports/progress.ts'
import type { ApiDeps } from '../deps.ts'

/** Each is a file on the disk of the instance. */
const mostReports = 4
const keptMs = 3_600_000

export interface KeptReport {
  readonly id: string
  readonly summary: CoverageSummary
  /** Until when it is there, or until newer ones take its place. */
  readonly expiresAt: Date
}

/** Reports of coverage: made once, as every credential has to be read for one, and then read in pages. */
export interface CoverageReports {
  /** @throws RedomaError `RUN_UNDER_WAY` while another is being made */
  make(scope: string | undefined, signal: AbortSignal): Promise<KeptReport>
  /** @throws RedomaError `NOT_FOUND` */
  get(id: string): KeptReport
  /** From the line of a number on, those of a state. @throws RedomaError `NOT_FOUND` */
  lines(
    id: string,
    from: number,
    limit: number,
    state: CoverageState | undefined,
  ): Promise<{ readonly items: readonly CoverageLine[]; readonly next?: number | undefined }>
}

export function keepCoverageReports({ instance, clock, stopping }: ApiDeps): CoverageReports {
  const kept = new Map<string, KeptReport & { readonly report: CoverageReport }>()
  let isMaking = false
  const discard = async (id: string): Promise<void> => {
    const known = kept.get(id)
    kept.delete(id)
    await known?.report[Symbol.asyncDispose]()
  }
  const found = (id: string): KeptReport & { readonly report: CoverageReport } => {
    const known = kept.get(id)
    if (known !== undefined && known.expiresAt > clock.now()) return known
    throw new RedomaError('NOT_FOUND', 'there is no such report of coverage, or no more', {
      hint: 'Have another one made.',
    })
  }
  stopping.addEventListener('abort', () => {
    for (const id of kept.keys()) void discard(id).catch(() => undefined)
  })
  return {
    async make(scope, signal) {
      if (isMaking) throw new RedomaError('RUN_UNDER_WAY', 'a report of coverage is being made')
      isMaking = true
      try {
        const report = await instance.reportCoverage(scope, noProgress, signal)
        const now = clock.now()
        for (const { id, expiresAt } of kept.values()) if (expiresAt <= now) await discard(id)
        const [oldest] = kept.keys()
        if (kept.size >= mostReports && oldest !== undefined) await discard(oldest)
        const made = {
          id: randomUUID(),
          summary: report.summary,
          expiresAt: new Date(now.getTime() + keptMs),
          report,
        }
        kept.set(made.id, made)
        return made
      } finally {
        isMaking = false
      }
    },
    get: found,
    async lines(id, from, limit, state) {
      const items: CoverageLine[] = []
      let number = 0
      for await (const line of found(id).report.lines()) {
        if (number >= from && (state === undefined || line.state === state)) {
          if (items.length === limit) return { items, next: number }
          items.push(line)
        }
        number += 1
      }
      return { items }
    },
  }
}
