import { encodeBundleName } from '../../bundle/bundle-name.ts'
import { plainName } from '../../bundle/contents/attachment-paths.ts'
import type {
  BundleInput,
  CredentialFiles,
  LeftOut,
  RepositoryAccess,
  SourcedRecord,
} from '../../bundle/contents/bundle-input.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { publicKeyLine } from '../../crypto/ssh-signature.ts'
import { type BundleRecord, wholeVault } from '../../ports/bundle-store.ts'
import type { DestinationRecord, Generation, RunPart } from '../../ports/catalogue.ts'
import { parseObjectName } from '../../ports/destination.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import type { Progress } from '../../ports/progress.ts'
import { buildBundle } from '../build-bundle.ts'
import { failedPart } from '../failed-part.ts'
import { refuseShrunken } from '../gather-secrets.ts'
import { folderOf } from '../scopes/scope-folder.ts'
import { placeOfRepository } from '../system-repository.ts'
import type { Target } from '../target.ts'
import type { BundleDeps } from './bundle-deps.ts'
import { numberBundle, readLedgersFirst } from './number-bundle.ts'
import { type Prepared, sourceOf } from './prepared.ts'
import { publishAt } from './publish-at.ts'
import { remarksOnBundle } from './remarks-on-bundle.ts'
import { tellDoubt } from './tell-doubt.ts'

/** One run, as far as bundles are concerned. */
export interface BundleRun {
  readonly deps: BundleDeps
  readonly targets: readonly Target[]
  readonly startedAt: Date
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** What a bundle is to be made of. */
export interface BundleOrder {
  /** `wholeVault`, or the name of a part of it. */
  readonly scope: string
  readonly records: readonly SourcedRecord[]
  /** The same as they stand in the files, where all that were kept are in it. */
  readonly files?: CredentialFiles | undefined
  /** To whose key. */
  readonly generation: Generation
  readonly before: BundleRecord | undefined
  /** How many of the credentials of the bundle before are looked for in this one. */
  readonly expected: number
  readonly leftOut: readonly LeftOut[]
}

/**
 * Makes one bundle and publishes it at every target; where it cannot be made, every target has a failed part, and people are told.
 *
 * @throws RedomaError `CANCELLED`, and nothing else
 */
export async function makeBundle(run: BundleRun, order: BundleOrder): Promise<readonly RunPart[]> {
  const { deps, targets, progress, signal } = run
  const { scope } = order
  const words = scope === wholeVault ? 'the bundle' : `the bundle of ${scope}`
  try {
    const prepared = await prepare(run, order)
    progress({ kind: 'step', title: `Sealing ${words}`, unit: 'none' })
    const { input, generation, remarks } = prepared
    await using bundle = await buildBundle(
      input,
      generation.recipient,
      deps.runFolder,
      deps.primitives,
      signal,
    )
    const publication = { deps, prepared, bundle, isRemembered: false }
    const parts: RunPart[] = []
    for (const target of targets) {
      progress({ kind: 'step', title: `Copying ${words} to ${target.record.name}`, unit: 'none' })
      parts.push(await publishAt(publication, target, signal))
    }
    if (remarks.length > 0)
      await tellDoubt(deps, { published: publication.isRemembered, scope, sequence: input.sequence, remarks })
    return parts
  } catch (error) {
    signal.throwIfAborted()
    return refuseAll(run, scope, error)
  }
}

/** Nothing was made: every target has a failed part, and people are told why. */
export async function refuseAll(run: BundleRun, scope: string, error: unknown): Promise<readonly RunPart[]> {
  const { deps, targets, startedAt } = run
  await tellDoubt(deps, { published: false, scope, remarks: [messageOf(error)] })
  const part = { job: 'secrets', source: sourceOf(scope), startedAt } as const
  return targets.map(({ record }) =>
    failedPart({ ...part, destination: record.name }, error, deps.clock.now()),
  )
}

async function prepare(run: BundleRun, order: BundleOrder): Promise<Prepared> {
  const { catalogue } = run.deps
  const { instance } = catalogue
  const { scope, records, generation, before } = order
  refuseEmpty(order)
  refuseShrunken(records.length, before && { ...before, credentials: order.expected }, run.deps.leastShare)
  const ledgerWarnings = await readLedgersFirst(run.deps.recordInLedger, run.targets, run.signal)
  const { sequence, listed } = await numberBundle(catalogue, scope)
  const time = run.startedAt
  const remarks = remarksOnBundle({ sequence, time }, before, listed)
  const input: BundleInput = {
    sequence,
    time,
    doubts: remarks,
    instance,
    generation,
    previous: before,
    records,
    files: order.files,
    signingPublicKey: publicKeyLine(await catalogue.signingKey(), ''),
    leftOut: order.leftOut,
    ...(scope === wholeVault ? await wayToTheRest(run.deps) : { scope, repositories: [] }),
  }
  const stem = `${plainName(instance.name, 60)}${scope === wholeVault ? '' : `.${scope}`}`
  const name = parseObjectName(`${folderOf(scope)}/${encodeBundleName({ stem, time, sequence })}`)
  return { input, scope, generation, name, changed: countChanged(records, before), ledgerWarnings, remarks }
}

/** The whole vault's bundle is wanted also where all credentials are left to scopes: it has the way to the system backups. */
function refuseEmpty({ scope, records }: BundleOrder): void {
  if (scope === wholeVault || records.length > 0) return
  throw new RedomaError('SOURCE_EMPTY', `the scope ${scope} takes in not one credential`, {
    hint: `redoma glass scope show ${scope} tells what it names; redoma glass scope remove ${scope} ends it.`,
  })
}

async function wayToTheRest(deps: BundleDeps) {
  const { destinations, sources } = deps.catalogue
  return {
    repositories: (await destinations.list())
      .filter(({ spec }) => !isWriteOnly(spec))
      .map((record) => repositoryAt(record, deps.hostName)),
    systemSources: (await sources.list())
      .filter(({ spec }) => spec.kind !== 'recordings' && spec.kind !== 'command')
      .map(({ name }) => name),
    instanceKeyHex: await deps.instanceKeyHex(),
  }
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
