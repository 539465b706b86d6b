import { uniqueId } from '../../bundle/contents/credential-ids.ts'
import { RedomaError } from '../../core/errors.ts'
import type { BundleRecord, ContentSpan } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { SettledExposure } from '../../ports/opening.ts'
import type { Progress } from '../../ports/progress.ts'
import { factsOf } from '../coverage/content-of.ts'
import { openLineSpool } from '../coverage/line-spool.ts'
import { type UnreadableSource, type Visitor, type WalkVaultDeps, walkVault } from '../coverage/walk-vault.ts'
import {
  type Exposed,
  type ExposureLine,
  type ExposureState,
  exposureLine,
  judgeExposure,
} from './judge-exposure.ts'

/** What was opened: a bundle that the catalogue knows, or one that lies open before us. */
export type OpenedContents =
  | { readonly kind: 'known'; readonly bundle: Pick<BundleRecord, 'scope' | 'sequence'> }
  | { readonly kind: 'read'; readonly records: readonly CredentialRecord[] }

export interface AftercareSummary {
  /** How many credentials of the bundle are in each state. */
  readonly states: Readonly<Record<ExposureState, number>>
  readonly unreadable: readonly UnreadableSource[]
}

/** Gone with the scope. */
export interface AftercareReport extends AsyncDisposable {
  readonly summary: AftercareSummary
  lines(): AsyncIterable<ExposureLine>
}

/**
 * Of each credential that was in a bundle, whether its values are still the same.
 *
 * @throws RedomaError `NOT_FOUND` when the catalogue does not know what was in it, `FILE_FAILED`
 */
export type ReportAftercare = (
  opened: OpenedContents,
  settled: readonly SettledExposure[],
  progress: Progress,
  signal: AbortSignal,
) => Promise<AftercareReport>

export interface ReportAftercareDeps extends WalkVaultDeps {
  readonly catalogue: Pick<Catalogue, 'bundles' | 'tagValues'>
  readonly runFolder: string
}

export function makeReportAftercare(deps: ReportAftercareDeps): ReportAftercare {
  return async (opened, settled, progress, signal) => {
    await using abandoned = new AsyncDisposableStack()
    const spool = abandoned.use(await openLineSpool(deps.runFolder, exposureLine))
    const states = { open: 0, unknown: 0, settled: 0, removed: 0, changed: 0, harmless: 0 }
    const reasons = new Map(settled.map((one) => [keyOf(one), one.why]))
    const take = async (found: ExposureLine): Promise<void> => {
      const canBeSettled = found.state === 'open' || found.state === 'removed'
      const why = canBeSettled ? reasons.get(keyOf(found)) : undefined
      const line: ExposureLine = why === undefined ? found : { ...found, state: 'settled', why }
      states[line.state] += 1
      await spool.add(line)
    }
    const visitor =
      opened.kind === 'known'
        ? visitorOfKnown(opened.bundle, take)
        : visitorOfRead(deps, opened.records, take)
    const unreadable = await walkVault(deps, visitor, false, progress, signal)
    await visitor.end(unreadable)
    if (opened.kind === 'known' && Object.values(states).every((number) => number === 0)) throw notKnown()
    const owned = abandoned.move()
    return {
      summary: { states, unreadable },
      lines: () => spool.lines(),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  }
}

type Take = (line: ExposureLine) => Promise<void>
type AftercareVisitor = Visitor & { end(unreadable: readonly UnreadableSource[]): Promise<void> }

function visitorOfKnown(
  { scope, sequence }: Pick<BundleRecord, 'scope' | 'sequence'>,
  take: Take,
): AftercareVisitor {
  const isIn = (span: ContentSpan): boolean =>
    span.scope === scope && span.first <= sequence && sequence < (span.until ?? Infinity)
  return {
    async present(credential, spans) {
      const span = spans.find(isIn)
      if (span !== undefined) await take(judgeExposure(span, credential, true))
    },
    async absent(spans, isSourceRead) {
      const span = spans.find(isIn)
      if (span !== undefined) await take(judgeExposure(span, undefined, isSourceRead))
    },
    end: () => Promise.resolve(),
  }
}

/** Ids of a bundle tell the source by their beginning alone: so what is in the vault is looked up in the bundle, and not the reverse. */
function visitorOfRead(
  { catalogue }: Pick<ReportAftercareDeps, 'catalogue'>,
  records: readonly CredentialRecord[],
  take: Take,
): AftercareVisitor {
  const left = new Map(records.map((record) => [record.id, record]))
  return {
    async present(credential) {
      const { source, id } = credential
      const unique = uniqueId(source, id)
      const record = left.get(unique)
      left.delete(unique)
      if (record !== undefined) await take(judgeExposure(exposedOf(source, id, record), credential, true))
    },
    absent: () => Promise.resolve(),
    async end(unreadable) {
      for (const record of left.values()) {
        const isSourceRead = !unreadable.some(({ source }) => record.id.startsWith(uniqueId(source, '')))
        await take(judgeExposure(exposedOf('', record.id, record), undefined, isSourceRead))
      }
    },
  }

  function exposedOf(source: string, id: string, record: CredentialRecord): Exposed {
    return { source, id, facts: factsOf(record), tags: catalogue.tagValues(source, { ...record, id }) }
  }
}

function keyOf({ source, id }: { readonly source: string; readonly id: string }): string {
  return JSON.stringify([source, id])
}

function notKnown(): RedomaError {
  return new RedomaError('NOT_FOUND', 'what was in this bundle is not known here', {
    hint: 'Name its file, and open it with the recovery key: --identity FILE',
  })
}
