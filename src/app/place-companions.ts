import { createHash } from 'node:crypto'
import { destinationReadme } from '../bundle/contents/destination-readme.ts'
import { currentObjects, entriesOf } from '../bundle/ledger/current-objects.ts'
import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Generation, LedgerStore } from '../ports/catalogue.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
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
  /** Too large to be read back, or sent again, in every run. */
  readonly isLarge?: true
}

/**
 * Puts beside the bundles what people need to open them: each generation's wrapped identity, the openers, and a README. What is
 * there already, as it should be, stays; where that cannot be seen, they are put again, but for what is large and in the ledger.
 *
 * @returns what the ledger does not say yet
 * @throws RedomaError what the destination throws; `VERIFICATION_FAILED`
 */
export async function placeCompanions(
  target: Target,
  generations: readonly Generation[],
  openers: readonly Opener[],
  ledgers: LedgerStore,
  signal: AbortSignal,
): Promise<LedgerDraft[]> {
  const listed = currentObjects(entriesOf(await ledgers.lines(target.record.id)))
  const drafts: LedgerDraft[] = []
  const companions = companionsOf(generations, openers)
  for (const { name, kind, content, detail, isLarge } of companions) {
    const sha256 = createHash('sha256').update(content).digest('hex')
    const isListed = listed.get(name)?.sha256 === sha256
    if (isListed && isLarge === true && (await isAsLong(target, name, content.length, signal))) continue
    await placeWhereNeeded(target, name, content, signal)
    // Also when it was there: a run may have died between putting it and telling the ledger.
    if (isListed) continue
    drafts.push({ event: 'put', kind, object: name, bytes: content.length, sha256, detail })
  }
  return [...drafts, ...(await removeOutdated(target, companions, listed, signal))]
}

/**
 * What lies where the current generation's files go and is a former one's, since the current one has no such file: people would try it on
 * new bundles. It lies under its own generation's name by now.
 */
async function removeOutdated(
  { record, destination }: Target,
  companions: readonly Companion[],
  listed: ReadonlyMap<ObjectName, LedgerEntry>,
  signal: AbortSignal,
): Promise<LedgerDraft[]> {
  const wanted = new Set(companions.map(({ name }) => name))
  const outdated = [...listed.values()].filter(({ object }) => isOfCurrent(object) && !wanted.has(object))
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

function isOfCurrent(name: ObjectName): boolean {
  return currentFiles.some((file) => name === `secrets/${file}`)
}
const currentFiles = ['identity.password.age', 'identity.quorum.age', 'shares.json']

/** Older generations first: at no moment is the only copy of a wrapped identity replaced by the next one. */
function companionsOf(generations: readonly Generation[], openers: readonly Opener[]): Companion[] {
  const oldestFirst = generations.toSorted((a, b) => a.number - b.number)
  const current = oldestFirst.at(-1)
  const identities = oldestFirst.flatMap((generation) =>
    identitiesOf(generation, generation === current ? '' : `.generation-${generation.number}`),
  )
  const readme: Companion = {
    name: parseObjectName('secrets/README.txt'),
    kind: 'document',
    content: new TextEncoder().encode(destinationReadme),
    detail: {},
  }
  return [...identities, ...openers.map(openerBeside), readme]
}

function openerBeside({ name, content }: Opener): Companion {
  return {
    name: parseObjectName(`secrets/${name}`),
    kind: 'document',
    content,
    detail: {},
    isLarge: true,
  }
}

/** The share list comes after the file that the shares open: whoever sees it can use it. */
function identitiesOf(
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
            name: parseObjectName(`secrets/${name}`),
            kind,
            content,
            detail: { generation: number, fingerprint },
          },
        ],
  )
}

async function placeWhereNeeded(
  { record, destination }: Target,
  name: ObjectName,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const isBlind = isWriteOnly(record.spec)
  if (!isBlind && (await isThere(destination, name, content, signal))) return
  await destination.put(name, bodyOf(content), signal)
  await destination.flush(signal)
  if (isBlind || (await isThere(destination, name, content, signal))) return
  throw new RedomaError('VERIFICATION_FAILED', `${name} does not read back as it was written`)
}

/** Whether verifying it may be left to `verify`, which reads it: what the ledger lists was there, and nobody cut it off. */
async function isAsLong(
  { record, destination }: Target,
  name: ObjectName,
  bytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (isWriteOnly(record.spec)) return true
  for await (const found of destination.list(name, signal))
    if (found.name === name) return found.size === bytes
  return false
}

async function isThere(
  destination: Destination,
  name: ObjectName,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const found = await collectBytes(destination.get(name, undefined, signal), content.length)
    return Buffer.compare(found, content) === 0
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND') || isRedomaError(error, 'LIMIT_EXCEEDED')) return false
    throw error
  }
}
