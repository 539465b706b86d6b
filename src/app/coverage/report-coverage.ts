import { messageOf } from '../../core/errors.ts'
import { inBatches } from '../../core/in-batches.ts'
import type { ContentSpan } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Progress } from '../../ports/progress.ts'
import type { InspectedCredential, SecretsSource } from '../../ports/source.ts'
import {
  type Condition,
  type CoverageLine,
  type CoverageState,
  judgeAbsent,
  judgePresent,
  type SeenCredential,
} from './judge-credential.ts'
import { openLineSpool } from './line-spool.ts'
import { seeCredential } from './see-credential.ts'
import { readShelves, type Shelves } from './shelves.ts'

export interface CoverageSummary {
  readonly at: Date
  readonly instance: string
  /** How many credentials there are of each state and condition. */
  readonly states: Readonly<Record<CoverageState, number>>
  readonly conditions: Readonly<Record<Condition, number>>
  /** Sources that could not be read to their end, and why: what they have is not known. */
  readonly unreadable: readonly { readonly source: string; readonly message: string }[]
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
 * where these lie. Nothing is asked of a destination. Memory does not grow with the credentials, but for their ids.
 *
 * @throws RedomaError `FILE_FAILED`
 */
export type ReportCoverage = (progress: Progress, signal: AbortSignal) => Promise<CoverageReport>

export interface ReportCoverageDeps {
  readonly catalogue: Pick<
    Catalogue,
    'instance' | 'bundles' | 'destinations' | 'ledgers' | 'credentials' | 'tagValues'
  >
  sources(): Promise<readonly SecretsSource[]>
  readonly clock: Clock
  /** The instance's `run` folder. */
  readonly runFolder: string
}

const batchLength = 200

export function makeReportCoverage(deps: ReportCoverageDeps): ReportCoverage {
  return async (progress, signal) => {
    await using abandoned = new AsyncDisposableStack()
    const spool = abandoned.use(await openLineSpool(deps.runFolder))
    const shelves = await readShelves(deps.catalogue)
    const tally = newTally()
    const take = async (line: CoverageLine): Promise<void> => {
      tally.states[line.state] += 1
      tally.conditions[line.condition] += 1
      await spool.add(line)
    }
    progress({ kind: 'step', title: 'Reading credentials', unit: 'records' })
    const read = await reportPresent(deps, shelves, take, progress, signal)
    await reportAbsent(deps, read, shelves, take)
    const owned = abandoned.move()
    return {
      summary: {
        at: deps.clock.now(),
        instance: deps.catalogue.instance.name,
        ...tally,
        unreadable: read.unreadable,
        bundles: [...shelves.values()].reduce((sum, { length }) => sum + length, 0),
      },
      lines: () => spool.lines(),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  }
}

function newTally() {
  return {
    states: { never: 0, changed: 0, unknown: 0, removed: 0, covered: 0 },
    conditions: { damaged: 0, empty: 0, healthy: 0, unknown: 0 },
  }
}

type Take = (line: CoverageLine) => Promise<void>

interface ReadSources {
  /** Of each source the ids of what was met in it. */
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>
  readonly unreadable: CoverageSummary['unreadable']
}

async function reportPresent(
  deps: ReportCoverageDeps,
  shelves: Shelves,
  take: Take,
  progress: Progress,
  signal: AbortSignal,
): Promise<ReadSources> {
  const all = new Map<string, ReadonlySet<string>>()
  const unreadable: { source: string; message: string }[] = []
  let done = 0
  for (const source of await deps.sources()) {
    const ids = new Set<string>()
    all.set(source.name, ids)
    try {
      for await (const batch of inBatches(inspected(source, signal), batchLength)) {
        const seen = await Array.fromAsync(batch, (one) =>
          seeCredential(deps.catalogue, source.name, one, signal),
        )
        for (const { id } of seen) ids.add(id)
        const spans = await spansById(deps, source.name, seen)
        for (const one of seen) await take(judgePresent(one, spans.get(one.id) ?? [], shelves))
        done += seen.length
        progress({ kind: 'advance', done })
      }
    } catch (error) {
      signal.throwIfAborted()
      unreadable.push({ source: source.name, message: messageOf(error) })
    }
  }
  return { ids: all, unreadable }
}

async function* inspected(source: SecretsSource, signal: AbortSignal): AsyncGenerator<InspectedCredential> {
  if (source.inspect !== undefined) {
    yield* source.inspect(signal)
    return
  }
  for await (const record of source.records(signal)) yield { kind: 'whole', record }
}

async function spansById(
  { catalogue }: ReportCoverageDeps,
  source: string,
  seen: readonly SeenCredential[],
): Promise<Map<string, ContentSpan[]>> {
  const ids = seen.map(({ id }) => id)
  return Map.groupBy(await catalogue.bundles.spansOf(source, ids), ({ id }) => id)
}

/** What was in bundles and is not in the vault. */
async function reportAbsent(
  { catalogue }: ReportCoverageDeps,
  { ids, unreadable }: ReadSources,
  shelves: Shelves,
  take: Take,
): Promise<void> {
  for await (const spans of byCredential(catalogue.bundles.spans())) {
    const [{ source, id }] = spans
    if (ids.get(source)?.has(id) === true) continue
    const isSourceRead = !unreadable.some((one) => one.source === source)
    const line = judgeAbsent(spans.toReversed(), isSourceRead, shelves)
    if (line !== undefined) await take(line)
  }
}

/** Spans come in the order of source, id, scope and number. */
async function* byCredential(
  spans: AsyncIterable<ContentSpan>,
): AsyncGenerator<[ContentSpan, ...ContentSpan[]]> {
  let same: [ContentSpan, ...ContentSpan[]] | undefined
  for await (const span of spans) {
    if (same?.[0].source === span.source && same[0].id === span.id) same.push(span)
    else {
      if (same !== undefined) yield same
      same = [span]
    }
  }
  if (same !== undefined) yield same
}
