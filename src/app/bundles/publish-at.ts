import type { SourcedRecord } from '../../bundle/contents/bundle-input.ts'
import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import type { LedgerDraft } from '../../bundle/ledger/draft.ts'
import { messageOf } from '../../core/errors.ts'
import { type BundleContent, wholeVault } from '../../ports/bundle-store.ts'
import type { Catalogue, DestinationRecord, PartOutcome, RunPart } from '../../ports/catalogue.ts'
import type { BuiltBundle } from '../build-bundle.ts'
import { contentOf } from '../coverage/content-of.ts'
import { failedPart } from '../failed-part.ts'
import { placeCompanions } from '../place-companions.ts'
import { publishBundle } from '../publish-bundle.ts'
import { keysInFolder } from '../scopes/keys-in-folder.ts'
import { folderOf } from '../scopes/scope-folder.ts'
import type { Target } from '../target.ts'
import type { BundleDeps } from './bundle-deps.ts'
import { type Prepared, sourceOf } from './prepared.ts'
import { tellDoubt } from './tell-doubt.ts'

export interface Publication {
  readonly deps: BundleDeps
  readonly prepared: Prepared
  readonly bundle: BuiltBundle
  /** Whether the catalogue knows of it: it does from the first destination on that has it. */
  isRemembered: boolean
}

/** Copies a bundle to one destination, with what opens it, and tells the ledger when it is proven there. A failure is a failed part. */
export async function publishAt(
  publication: Publication,
  target: Target,
  signal: AbortSignal,
): Promise<RunPart> {
  const { deps, prepared, bundle } = publication
  const startedAt = deps.clock.now()
  const first = prepared.ledgerWarnings.get(target.record.id) ?? []
  try {
    await publishBundle(bundle, prepared.name, target, deps.primitives, signal)
    await remember(publication)
    const companions = await companionsAt(publication, target, signal)
    const warnings = await deps.recordInLedger(
      target,
      [draftOf(prepared, bundle), ...companions.drafts],
      signal,
    )
    // One that people are to look at first takes no other's place.
    const kept = prepared.remarks.length > 0 ? [] : await deps.keepBundles(target, signal)
    const all = [...prepared.remarks, ...first, ...companions.warnings, ...warnings, ...kept]
    return doneAt(publication, target.record, startedAt, all)
  } catch (error) {
    signal.throwIfAborted()
    // A failed part has no warnings, and the ledger has been put right meanwhile: nobody would hear of it again.
    if (first.length > 0) await tellDoubt(deps, { published: false, remarks: first })
    const part = { job: 'secrets', source: sourceOf(prepared.scope), startedAt } as const
    return failedPart({ ...part, destination: target.record.name }, error, deps.clock.now())
  }
}

/** A bundle that is there and proven is recorded, even where what belongs beside it could not be placed. */
async function companionsAt(
  { deps, prepared }: Publication,
  target: Target,
  signal: AbortSignal,
): Promise<{ readonly drafts: readonly LedgerDraft[]; readonly warnings: readonly string[] }> {
  const { generations, ledgers } = deps.catalogue
  const { scope, generation: current } = prepared
  try {
    const entries = entriesOf(await ledgers.lines(target.record.id))
    const beside = {
      folder: folderOf(scope),
      generations: keysInFolder(scope, current, await generations.list(), entries),
      current,
      openers: await deps.openers(),
    }
    return await placeCompanions(target, beside, ledgers, signal)
  } catch (error) {
    signal.throwIfAborted()
    const warning = `What opens it could not be placed beside the bundle: ${messageOf(error)}`
    return { drafts: [], warnings: [warning] }
  }
}

function draftOf({ input, scope, generation, name, remarks }: Prepared, { spool }: BuiltBundle): LedgerDraft {
  const { number, fingerprint } = generation
  const named = scope === wholeVault ? {} : { scope }
  const doubts = remarks.length === 0 ? {} : { doubts: remarks.length }
  return {
    event: 'put',
    kind: 'bundle',
    object: name,
    bytes: spool.bytes,
    sha256: spool.sha256,
    detail: { ...named, sequence: input.sequence, generation: number, fingerprint, ...doubts },
  }
}

async function remember(publication: Publication): Promise<void> {
  if (publication.isRemembered) return
  const { prepared, bundle, deps } = publication
  const { records } = prepared.input
  const record = {
    scope: prepared.scope,
    sequence: prepared.input.sequence,
    name: prepared.name,
    sha256: bundle.spool.sha256,
    bytes: bundle.spool.bytes,
    credentials: records.length,
    createdAt: prepared.input.time,
  }
  await deps.catalogue.bundles.add(record, contentsOf(records, deps.catalogue))
  publication.isRemembered = true
}

function* contentsOf(
  records: readonly SourcedRecord[],
  catalogue: Pick<Catalogue, 'tagValues'>,
): Generator<BundleContent> {
  for (const { source, record } of records) yield contentOf(source, record, catalogue)
}

function doneAt(
  { deps, prepared, bundle }: Publication,
  record: DestinationRecord,
  startedAt: Date,
  warnings: readonly string[],
): RunPart {
  return {
    job: 'secrets',
    source: sourceOf(prepared.scope),
    destination: record.name,
    outcome: outcomeOf(warnings, prepared.remarks.length > 0),
    figures: {
      items: prepared.input.records.length,
      itemsNew: prepared.changed,
      bytes: bundle.plaintextBytes,
      bytesStored: bundle.spool.bytes,
    },
    product: prepared.name,
    startedAt,
    finishedAt: deps.clock.now(),
  }
}

function outcomeOf(warnings: readonly string[], isDoubtful: boolean): PartOutcome {
  if (warnings.length === 0) return { kind: 'done' }
  return { kind: 'done-with-warnings', warnings, ...(isDoubtful ? { isDoubtful } : {}) }
}
