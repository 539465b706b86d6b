import { plainName } from '../bundle/contents/attachment-paths.ts'
import type { BundleInput, RepositoryAccess, SourcedRecord } from '../bundle/contents/bundle-input.ts'
import { type KeptRecords, keepRecords } from '../bundle/contents/kept-records.ts'
import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import { messageOf, RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { publicKeyLine } from '../crypto/ssh-signature.ts'
import { type BundleContent, type BundleRecord, wholeVault } from '../ports/bundle-store.ts'
import type { Catalogue, DestinationRecord, Generation, RunPart } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { type ObjectName, parseObjectName } from '../ports/destination.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { BundleDoubt, Notifier } from '../ports/notifier.ts'
import type { Progress } from '../ports/progress.ts'
import type { SecretsSource } from '../ports/source.ts'
import { type BuiltBundle, buildBundle } from './build-bundle.ts'
import { removeOldSpools } from './bundle-spool.ts'
import type { KeepBundles } from './bundles/keep-bundles.ts'
import { type LedgerWarnings, numberBundle, readLedgersFirst } from './bundles/number-bundle.ts'
import { remarksOnBundle } from './bundles/remarks-on-bundle.ts'
import { compactTime } from './compact-time.ts'
import { contentOf } from './coverage/content-of.ts'
import { failedPart } from './failed-part.ts'
import { gatherSecrets, refuseShrunken } from './gather-secrets.ts'
import { inTurn } from './in-turn.ts'
import { type Opener, placeCompanions } from './place-companions.ts'
import { publishBundle } from './publish-bundle.ts'
import type { RecordInLedger } from './record-in-ledger.ts'
import { placeOfRepository } from './system-repository.ts'
import type { Target } from './target.ts'

/**
 * Makes one bundle of every source's credentials and publishes it at every target. The ledger learns of it only where it
 * was read back and decrypted to its end, or where nothing can be read, flushed. Without a ceremony, or without credentials, every target has a failed part.
 */
export type BackUpSecrets = (
  run: number,
  targets: readonly Target[],
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly RunPart[]>

export interface BackUpSecretsDeps {
  readonly catalogue: Pick<
    Catalogue,
    | 'instance'
    | 'signingKey'
    | 'generations'
    | 'bundles'
    | 'destinations'
    | 'ledgers'
    | 'sources'
    | 'tagValues'
  >
  /** The registry, and every source that is a program. */
  sources(): Promise<readonly SecretsSource[]>
  /** The 32 bytes of `instance.key`, as hexadecimal digits. */
  instanceKeyHex(): Promise<Secret>
  /** What is put beside the bundles to open them; none where they were not built. */
  openers(): Promise<readonly Opener[]>
  readonly recordInLedger: RecordInLedger
  /** Removes old bundles where there is a policy, once the new one is recorded. */
  readonly keepBundles: KeepBundles
  readonly primitives: Primitives
  readonly clock: Clock
  /** The host's name in snapshots. */
  readonly hostName: string
  /** The instance's `run` folder; only ciphertext goes there. */
  readonly runFolder: string
  /** How much of the credentials of the bundle before must be left, from 0 to 1; half where that is not said. */
  readonly leastShare?: number | undefined
  /** Told when a bundle is not made, or is one to look at. */
  readonly notifier: Notifier
}

interface Prepared {
  readonly input: BundleInput
  readonly generation: Generation
  readonly before: BundleRecord | undefined
  readonly name: ObjectName
  /** Credentials that changed since the bundle before. */
  readonly changed: number
  readonly ledgerWarnings: LedgerWarnings
  /** Why this bundle wants to be looked at: a sentence each. */
  readonly remarks: readonly string[]
}

const job = 'secrets'

export function makeBackUpSecrets(deps: BackUpSecretsDeps): BackUpSecrets {
  const turns = inTurn()
  return (_run, targets, progress, signal) =>
    turns(job, async () => {
      const startedAt = deps.clock.now()
      try {
        await removeOldSpools(deps.runFolder)
        return await backUpSecrets(deps, targets, startedAt, progress, signal)
      } catch (error) {
        signal.throwIfAborted()
        await tell(deps, { published: false, remarks: [messageOf(error)] })
        return targets.map(({ record }) => failed(record, startedAt, error, deps.clock))
      }
    })
}

async function backUpSecrets(
  deps: BackUpSecretsDeps,
  targets: readonly Target[],
  startedAt: Date,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunPart[]> {
  using kept = keepRecords()
  const prepared = await prepare(deps, targets, kept, startedAt, progress, signal)
  const { input, generation } = prepared
  progress({ kind: 'step', title: 'Sealing the bundle', unit: 'none' })
  await using bundle = await buildBundle(input, generation.recipient, deps.runFolder, deps.primitives, signal)
  const publication = { deps, prepared, bundle, isRemembered: false }
  const { remarks } = prepared
  if (remarks.length > 0) await tell(deps, { published: true, sequence: input.sequence, remarks })
  const parts: RunPart[] = []
  for (const target of targets) {
    progress({ kind: 'step', title: `Copying the bundle to ${target.record.name}`, unit: 'none' })
    parts.push(await publishAt(publication, target, signal))
  }
  return parts
}

async function prepare(
  deps: BackUpSecretsDeps,
  targets: readonly Target[],
  kept: KeptRecords,
  time: Date,
  progress: Progress,
  signal: AbortSignal,
): Promise<Prepared> {
  const { catalogue } = deps
  const { instance } = catalogue
  const generation = await catalogue.generations.current()
  if (generation === undefined) throw ceremonyMissing()
  const records = await gatherSecrets(await deps.sources(), kept, progress, signal)
  const before = await catalogue.bundles.latest()
  refuseShrunken(records.length, before, deps.leastShare)
  const ledgerWarnings = await readLedgersFirst(deps.recordInLedger, targets, signal)
  const { sequence, listed } = await numberBundle(catalogue)
  const input: BundleInput = {
    sequence,
    time,
    instance,
    generation,
    previous: before,
    records,
    files: kept.files,
    repositories: (await catalogue.destinations.list())
      .filter(({ spec }) => !isWriteOnly(spec))
      .map((record) => repositoryAt(record, deps.hostName)),
    systemSources: (await catalogue.sources.list())
      .filter(({ spec }) => spec.kind !== 'recordings' && spec.kind !== 'command')
      .map(({ name }) => name),
    instanceKeyHex: await deps.instanceKeyHex(),
    signingPublicKey: publicKeyLine(await catalogue.signingKey(), ''),
    leftOut: [],
  }
  const name = parseObjectName(`secrets/${plainName(instance.name, 60)}-${compactTime(time)}-${sequence}.age`)
  const remarks = remarksOnBundle({ sequence, time }, before, listed)
  return { input, generation, before, name, changed: countChanged(records, before), ledgerWarnings, remarks }
}

/** People are told; that they could not be is no reason to have no bundle. */
async function tell({ notifier }: BackUpSecretsDeps, doubt: BundleDoubt): Promise<void> {
  await notifier.tell({ kind: 'bundle-doubtful', doubt }).catch(() => undefined)
}

function ceremonyMissing(): RedomaError {
  return new RedomaError(
    'CEREMONY_MISSING',
    'no ceremony was held, so there is no recovery key to seal secrets to',
    {
      hint: 'redoma glass ceremony --out DIR',
    },
  )
}

function repositoryAt(record: DestinationRecord, hostName: string): RepositoryAccess {
  const { name, spec, repositoryPassword } = record
  const place = placeOfRepository(spec)
  return {
    destination: name,
    spec: place.kind === 'elsewhere' ? place.spec : spec,
    prefix: place.prefix,
    host: hostName,
    password: repositoryPassword,
  }
}

/** One whose source does not say when it changed counts as changed only in the first bundle. */
function countChanged(records: readonly SourcedRecord[], before: BundleRecord | undefined): number {
  if (before === undefined) return records.length
  return records.filter(
    (sourced) => (sourced.changedAt ?? sourced.record.changedAt ?? before.createdAt) > before.createdAt,
  ).length
}

interface Publication {
  readonly deps: BackUpSecretsDeps
  readonly prepared: Prepared
  readonly bundle: BuiltBundle
  /** Whether the catalogue knows of it: it does from the first destination on that has it. */
  isRemembered: boolean
}

async function publishAt(publication: Publication, target: Target, signal: AbortSignal): Promise<RunPart> {
  const { deps, prepared, bundle } = publication
  const startedAt = deps.clock.now()
  const first = prepared.ledgerWarnings.get(target.record.id) ?? []
  try {
    await publishBundle(bundle, prepared.name, target, deps.primitives, signal)
    await remember(publication)
    const companions = await companionsAt(deps, target, signal)
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
    if (first.length > 0) await tell(deps, { published: false, remarks: first })
    return failed(target.record, startedAt, error, deps.clock)
  }
}

/** A bundle that is there and proven is recorded, even where what belongs beside it could not be placed. */
async function companionsAt(
  deps: BackUpSecretsDeps,
  target: Target,
  signal: AbortSignal,
): Promise<{ readonly drafts: readonly LedgerDraft[]; readonly warnings: readonly string[] }> {
  const { generations, ledgers } = deps.catalogue
  try {
    return await placeCompanions(target, await generations.list(), await deps.openers(), ledgers, signal)
  } catch (error) {
    signal.throwIfAborted()
    const warning = `What opens it could not be placed beside the bundle: ${messageOf(error)}`
    return { drafts: [], warnings: [warning] }
  }
}

function draftOf({ input, generation, name }: Prepared, { spool }: BuiltBundle): LedgerDraft {
  const { number, fingerprint } = generation
  return {
    event: 'put',
    kind: 'bundle',
    object: name,
    bytes: spool.bytes,
    sha256: spool.sha256,
    detail: { sequence: input.sequence, generation: number, fingerprint },
  }
}

async function remember(publication: Publication): Promise<void> {
  if (publication.isRemembered) return
  const { prepared, bundle, deps } = publication
  const { records } = prepared.input
  const record = {
    scope: wholeVault,
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
    job,
    source: 'credentials',
    destination: record.name,
    outcome: warnings.length === 0 ? { kind: 'done' } : { kind: 'done-with-warnings', warnings },
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

function failed(record: DestinationRecord, startedAt: Date, error: unknown, clock: Clock): RunPart {
  return failedPart({ job, source: 'credentials', destination: record.name, startedAt }, error, clock.now())
}
