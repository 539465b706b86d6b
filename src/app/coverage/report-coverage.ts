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
import { partOfVault } from './part-of-vault.ts'
import { readShelves, withoutDoubtful } from './shelves.ts'
import { type UnreadableSource, type Visitor, type WalkVaultDeps, walkVault } from './walk-vault.ts'

export interface CoverageSummary {
  readonly at: Date
  readonly instance: string
  /** Of which scope's bundles and credentials alone it is, `''` for the whole vault's; absent: of all. */
  readonly scope?: string | undefined
  /** How many credentials there are of each state and condition. */
  readonly states: Readonly<Record<CoverageState, number>>
  readonly conditions: Readonly<Record<Condition, number>>
  /** Sources that could not be read to their end, and why: what they have is not known. */
  readonly unreadable: readonly UnreadableSource[]
  /** Bundles that lie at a destination. */
  readonly bundles: number
  /** How many of them were published in doubt. */
  readonly doubtful: number
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
 * @param scope only what it takes in, and only its bundles; `wholeVault` for those of the whole vault
 * @throws RedomaError `FILE_FAILED`
 */
export type ReportCoverage = (
  scope: string | undefined,
  progress: Progress,
  signal: AbortSignal,
) => Promise<CoverageReport>

export interface ReportCoverageDeps extends WalkVaultDeps {
  readonly catalogue: Pick<
    Catalogue,
    'instance' | 'bundles' | 'destinations' | 'ledgers' | 'scopes' | 'tagValues'
  >
  readonly clock: Clock
  /** The instance's `run` folder. */
  readonly runFolder: string
}

export function makeReportCoverage(deps: ReportCoverageDeps): ReportCoverage {
  return async (scope, progress, signal) => {
    await using abandoned = new AsyncDisposableStack()
    const spool = abandoned.use(await openLineSpool(deps.runFolder, coverageLine))
    const part = partOfVault(scope, await deps.catalogue.scopes.list(), await readShelves(deps.catalogue))
    const shelves = { all: part.shelves, good: withoutDoubtful(part.shelves) }
    const states = { never: 0, changed: 0, doubtful: 0, unknown: 0, removed: 0, covered: 0 }
    const conditions = { damaged: 0, empty: 0, healthy: 0, unknown: 0 }
    const take = async (line: CoverageLine): Promise<void> => {
      states[line.state] += 1
      conditions[line.condition] += 1
      await spool.add(line)
    }
    const visitor: Visitor = {
      async present(credential, spans) {
        if (part.belongs(credential, spans)) await take(judgePresent(credential, spans, shelves))
        else await visitor.absent(spans, true)
      },
      async absent(spans, isSourceRead) {
        const line = judgeAbsent(spans, isSourceRead, shelves)
        if (line !== undefined) await take(line)
      },
    }
    const unreadable = await walkVault(deps, visitor, true, progress, signal)
    const owned = abandoned.move()
    const bundles = [...shelves.all.values()].flat()
    const counted = {
      bundles: bundles.length,
      doubtful: bundles.filter(({ doubts }) => doubts > 0).length,
    }
    const instance = deps.catalogue.instance.name
    return {
      summary: { at: deps.clock.now(), instance, scope, states, conditions, unreadable, ...counted },
      lines: () => spool.lines(),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  }
}
