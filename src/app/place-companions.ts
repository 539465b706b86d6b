import { createHash } from 'node:crypto'
import { readmeIn } from '../bundle/contents/destination-readme.ts'
import { currentObjects, entriesOf } from '../bundle/ledger/current-objects.ts'
import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Generation, LedgerStore } from '../ports/catalogue.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import { digestObject } from './object-digest.ts'
import type { Target } from './target.ts'

/** A program that opens bundles with nothing of Redoma: `open.html` or `open.mjs`. */
export interface Opener {
  readonly name: 'open.html' | 'open.mjs'
  readonly content: Uint8Array
}

interface Companion {
  readonly name: ObjectName
  readonly kind: 'identity' | 'document'
  readonly content: Uint8Array
  readonly detail: LedgerDraft['detail']
  /** Too large to be sent again in every run, where nothing can be read. */
  readonly isLarge?: true
}

/** What lies in one folder with the bundles. */
export interface Beside {
  /** `secrets`, or the folder of a scope. */
  readonly folder: string
  readonly generations: readonly Generation[]
  /** The one that bundles are sealed to now. */
  readonly current: Generation
  readonly openers: readonly Opener[]
}

export interface PlacedCompanions {
  /** What the ledger does not say yet. */
  readonly drafts: readonly LedgerDraft[]
  /** Of what was altered or removed there since it was put. */
  readonly warnings: readonly string[]
}

/**
 * Puts beside the bundles what people need to open them: each generation's wrapped identity, the openers, and a README. What is
 * there already, as it should be to the last byte, stays; where that cannot be seen, they are put again, but for what is large and in the
 * ledger. Whoever exchanges `open.html` gets the next password that is typed, so a length would not do.
 *
 * @throws RedomaError what the destination throws; `VERIFICATION_FAILED`
 */
export async function placeCompanions(
  target: Target,
  beside: Beside,
  ledgers: LedgerStore,
  signal: AbortSignal,
): Promise<PlacedCompanions> {
  const listed = currentObjects(entriesOf(await ledgers.lines(target.record.id)))
  const drafts: LedgerDraft[] = []
  const warnings: string[] = []
  const companions = companionsOf(beside)
  for (const { name, kind, content, detail, isLarge } of companions) {
    const sha256 = createHash('sha256').update(content).digest('hex')
    const left = listed.get(name)
    const isListed = left?.sha256 === sha256
    if (isListed && isLarge === true && isWriteOnly(target.record.spec)) continue
    const found = await placeWhereNeeded(target, { name, content, sha256, left }, signal)
    if (left !== undefined && found !== 'unseen' && found !== sha256 && found !== left.sha256)
      warnings.push(found === 'none' ? goneWarning(name) : alteredWarning(name))
    // Also when it was there: a run may have died between putting it and telling the ledger.
    if (isListed) continue
    drafts.push({ event: 'put', kind, object: name, bytes: content.length, sha256, detail })
  }
  const removed = await removeOutdated(target, beside.folder, companions, listed, signal)
  return { drafts: [...drafts, ...removed], warnings }
}

function alteredWarning(name: ObjectName): string {
  return `${name} was not what had been put there, and was put again: somebody, or a fault, has altered it. Whoever has used it since may have given away what was typed.`
}

function goneWarning(name: ObjectName): string {
  return `${name} was gone, and was put again: somebody, or a fault, has removed it.`
}

/**
 * What lies where the current generation's files go and is a former one's, since the current one has no such file: people would try it on
 * new bundles. It lies under its own generation's name by now.
 */
async function removeOutdated(
  { record, destination }: Target,
  folder: string,
  companions: readonly Companion[],
  listed: ReadonlyMap<ObjectName, LedgerEntry>,
  signal: AbortSignal,
): Promise<LedgerDraft[]> {
  const wanted = new Set(companions.map(({ name }) => name))
  const outdated = [...listed.values()].filter(
    ({ object }) => isOfCurrent(folder, object) && !wanted.has(object),
  )
  if (outdated.length === 0 || isWriteOnly(record.spec)) return []
  for (const { object } of outdated) await destination.remove(object, signal)
  await destination.flush(signal)
  return outdated.map(({ kind, object, bytes, sha256, detail }) => ({
    event: 'removed',
    kind,
    object,
    bytes,
    sha256,
    detail,
  }))
}

function isOfCurrent(folder: string, name: ObjectName): boolean {
  return currentFiles.some((file) => name === `${folder}/${file}`)
}
const currentFiles = ['identity.password.age', 'identity.quorum.age', 'shares.json']

/** Former generations first: at no moment is the only copy of a wrapped identity replaced by the next one. */
function companionsOf({ folder, generations, current, openers }: Beside): Companion[] {
  const former = generations
    .filter(({ number }) => number !== current.number)
    .toSorted((a, b) => a.number - b.number)
  const identities = [
    ...former.flatMap((one) => identitiesOf(folder, one, `.generation-${one.number}`)),
    ...identitiesOf(folder, current, ''),
  ]
  const readme: Companion = {
    name: parseObjectName(`${folder}/README.txt`),
    kind: 'document',
    content: new TextEncoder().encode(readmeIn(folder)),
    detail: {},
  }
  return [...identities, ...openers.map((opener) => openerIn(folder, opener)), readme]
}

function openerIn(folder: string, { name, content }: Opener): Companion {
  return {
    name: parseObjectName(`${folder}/${name}`),
    kind: 'document',
    content,
    detail: {},
    isLarge: true,
  }
}

/** The share list comes after the file that the shares open: whoever sees it can use it. */
function identitiesOf(
  folder: string,
  { number, fingerprint, passwordFile, quorum }: Generation,
  suffix: string,
): Companion[] {
  const files = [
    [`identity${suffix}.password.age`, 'identity', passwordFile],
    [`identity${suffix}.quorum.age`, 'identity', quorum?.identityFile],
    [`shares${suffix}.json`, 'document', quorum?.shareList],
  ] as const
  return files.flatMap(([name, kind, content]) =>
    content === undefined
      ? []
      : [
          {
            name: parseObjectName(`${folder}/${name}`),
            kind,
            content,
            detail: { generation: number, fingerprint },
          },
        ],
  )
}

interface Wanted {
  readonly name: ObjectName
  readonly content: Uint8Array
  /** Of the content. */
  readonly sha256: string
  /** What was put there last. */
  readonly left: Pick<LedgerEntry, 'bytes' | 'sha256'> | undefined
}

/** SHA-256 of what was there before; or `longer` than it may be, `none`, `unseen`. */
type Found = string

async function placeWhereNeeded(
  { record, destination }: Target,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Found> {
  const { name, content, sha256 } = wanted
  const isBlind = isWriteOnly(record.spec)
  const found = isBlind ? 'unseen' : await look(destination, wanted, signal)
  if (found === sha256) return found
  await destination.put(name, bodyOf(content), signal)
  await destination.flush(signal)
  if (isBlind || (await look(destination, wanted, signal)) === sha256) return found
  throw new RedomaError('VERIFICATION_FAILED', `${name} does not read back as it was written`)
}

async function look(
  destination: Destination,
  { name, content, left }: Wanted,
  signal: AbortSignal,
): Promise<Found> {
  try {
    const limitBytes = Math.max(content.length, left?.bytes ?? 0)
    return (await digestObject(destination, name, signal, limitBytes)).sha256
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return 'none'
    if (isRedomaError(error, 'DATA_DAMAGED')) return 'longer'
    throw error
  }
}
