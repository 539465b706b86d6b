import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Progress } from '../../ports/progress.ts'
import {
  type Condition,
  type CoverageLine,
  type CoverageState,
  coverageLine,
  judgeAbsent,
  judgePresent,
} from './judge-credential.ts'
import { openLineSpool } from './line-spool.ts'
import { readShelves } from './shelves.ts'
import { type UnreadableSource, type Visitor, type WalkVaultDeps, walkVault } from './walk-vault.ts'

export interface CoverageSummary {
  readonly at: Date
  readonly instance: string
  /** How many credentials there are of each state and condition. */
  readonly states: Readonly<Record<CoverageState, number>>
  readonly conditions: Readonly<Record<Condition, number>>
  /** Sources that could not be read to their end, and why: what they have is not known. */
  readonly unreadable: readonly UnreadableSource[]
  /** Bundles that lie at a destination, all scopes together. */
  readonly bundles: number
}

/** For each credential in which bundle it is. Gone with the scope. */
export interface CoverageReport extends AsyncDisposable {
  readonly summary: CoverageSummary
  /** Those in the vault first, source by source, then those that are not; as often as wanted. */
  lines(): AsyncIterable<CoverageLine>
}

/**
 * Reads every source as a backup does, attachments too, and compares with what the catalogue knows of the bundles and the ledgers say of
 * where these lie. Nothing is asked of a destination.
 *
 * @throws RedomaError `FILE_FAILED`
 */
export type ReportCoverage = (progress: Progress, signal: AbortSignal) => Promise<CoverageReport>

export interface ReportCoverageDeps extends WalkVaultDeps {
  readonly catalogue: Pick<Catalogue, 'instance' | 'bundles' | 'destinations' | 'ledgers' | 'tagValues'>
  readonly clock: Clock
  /** The instance's `run` folder. */
  readonly runFolder: string
}

export function makeReportCoverage(deps: ReportCoverageDeps): ReportCoverage {
  return async (progress, signal) => {
    await using abandoned = new AsyncDisposableStack()
    const spool = abandoned.use(await openLineSpool(deps.runFolder, coverageLine))
    const shelves = await readShelves(deps.catalogue)
    const states = { never: 0, changed: 0, unknown: 0, removed: 0, covered: 0 }
    const conditions = { damaged: 0, empty: 0, healthy: 0, unknown: 0 }
    const take = async (line: CoverageLine): Promise<void> => {
      states[line.state] += 1
      conditions[line.condition] += 1
      await spool.add(line)
    }
    const visitor: Visitor = {
      present: (credential, spans) => take(judgePresent(credential, spans, shelves)),
      async absent(spans, isSourceRead) {
        const line = judgeAbsent(spans, isSourceRead, shelves)
        if (line !== undefined) await take(line)
      },
    }
    const unreadable = await walkVault(deps, visitor, true, progress, signal)
    const owned = abandoned.move()
    const bundles = [...shelves.values()].reduce((sum, { length }) => sum + length, 0)
    const instance = deps.catalogue.instance.name
    return {
      summary: { at: deps.clock.now(), instance, states, conditions, unreadable, bundles },
      lines: () => spool.lines(),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  }
}
