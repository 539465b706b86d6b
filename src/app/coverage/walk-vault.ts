import { messageOf } from '../../core/errors.ts'
import { inBatches } from '../../core/in-batches.ts'
import type { ContentSpan } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Progress } from '../../ports/progress.ts'
import type { InspectedCredential, SecretsSource } from '../../ports/source.ts'
import type { SeenCredential } from './judge-credential.ts'
import { seeCredential } from './see-credential.ts'

export interface WalkVaultDeps {
  readonly catalogue: Pick<Catalogue, 'bundles' | 'tagValues'>
  sources(): Promise<readonly SecretsSource[]>
}

export interface Visitor {
  /** A credential that is in the vault, and in which bundles it was, the newest first. */
  present(credential: SeenCredential, spans: readonly ContentSpan[]): Promise<void>
  /** One that was in bundles and was not met; where its source could not be read, it may be there. */
  absent(spans: readonly ContentSpan[], isSourceRead: boolean): Promise<void>
}

export interface UnreadableSource {
  readonly source: string
  readonly message: string
}

const batchLength = 200

/** Shows a visitor every credential of the vault, and then what is in bundles alone. Memory does not grow with them, but for their ids. */
export async function walkVault(
  deps: WalkVaultDeps,
  visitor: Visitor,
  withAttachments: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly UnreadableSource[]> {
  const { catalogue } = deps
  const met = new Map<string, Set<string>>()
  const unreadable: UnreadableSource[] = []
  let done = 0
  progress({ kind: 'step', title: 'Reading credentials', unit: 'records' })
  for (const source of await deps.sources()) {
    const { name } = source
    const ids = new Set<string>()
    met.set(name, ids)
    const see = (one: InspectedCredential): Promise<SeenCredential> =>
      seeCredential(catalogue, name, one, withAttachments, signal)
    try {
      for await (const batch of inBatches(inspected(source, signal), batchLength)) {
        const seen = await Array.fromAsync(batch, see)
        for (const { id } of seen) ids.add(id)
        const spans = await catalogue.bundles.spansOf(
          name,
          seen.map(({ id }) => id),
        )
        const byId = Map.groupBy(spans, ({ id }) => id)
        for (const one of seen) await visitor.present(one, byId.get(one.id) ?? [])
        done += seen.length
        progress({ kind: 'advance', done })
      }
    } catch (error) {
      signal.throwIfAborted()
      unreadable.push({ source: name, message: messageOf(error) })
    }
  }
  for await (const spans of byCredential(catalogue.bundles.spans())) {
    const [{ source, id }] = spans
    if (met.get(source)?.has(id) === true) continue
    await visitor.absent(spans.toReversed(), !unreadable.some((one) => one.source === source))
  }
  return unreadable
}

/** What is damaged is told by those that can. */
export async function* inspected(
  source: SecretsSource,
  signal: AbortSignal,
): AsyncGenerator<InspectedCredential> {
  if (source.inspect !== undefined) {
    yield* source.inspect(signal)
    return
  }
  for await (const record of source.records(signal)) yield { kind: 'whole', record }
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
