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
  /** Too large to be sent again in every run, where nothing can be read. */
  readonly isLarge?: true
}

export interface PlacedCompanions {
  /** What the ledger does not say yet. */
  readonly drafts: readonly LedgerDraft[]
  /** Of what was altered there since it was put. */
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
  generations: readonly Generation[],
  openers: readonly Opener[],
  ledgers: LedgerStore,
  signal: AbortSignal,
): Promise<PlacedCompanions> {
  const listed = currentObjects(entriesOf(await ledgers.lines(target.record.id)))
  const drafts: LedgerDraft[] = []
  const warnings: string[] = []
  const companions = companionsOf(generations, openers)
  for (const { name, kind, content, detail, isLarge } of companions) {
    const sha256 = createHash('sha256').update(content).digest('hex')
    const isListed = listed.get(name)?.sha256 === sha256
    if (isListed && isLarge === true && isWriteOnly(target.record.spec)) continue
    const found = await placeWhereNeeded(target, name, content, signal)
    if (isListed && found === 'other') warnings.push(alteredWarning(name))
    // Also when it was there: a run may have died between putting it and telling the ledger.
    if (isListed) continue
    drafts.push({ event: 'put', kind, object: name, bytes: content.length, sha256, detail })
  }
  const removed = await removeOutdated(target, companions, listed, signal)
  return { drafts: [...drafts, ...removed], warnings }
}

function alteredWarning(name: ObjectName): string {
  return `${name} was not what had been put there, and was put again: somebody, or a fault, has altered it. Whoever has used it since may have given away what was typed.`
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

/** @returns what was there before */
async function placeWhereNeeded(
  { record, destination }: Target,
  name: ObjectName,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<'same' | 'other' | 'none' | 'unseen'> {
  const isBlind = isWriteOnly(record.spec)
  const found = isBlind ? 'unseen' : await look(destination, name, content, signal)
  if (found === 'same') return found
  await destination.put(name, bodyOf(content), signal)
  await destination.flush(signal)
  if (isBlind || (await look(destination, name, content, signal)) === 'same') return found
  throw new RedomaError('VERIFICATION_FAILED', `${name} does not read back as it was written`)
}

async function look(
  destination: Destination,
  name: ObjectName,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<'same' | 'other' | 'none'> {
  try {
    const found = await collectBytes(destination.get(name, undefined, signal), content.length)
    return Buffer.compare(found, content) === 0 ? 'same' : 'other'
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return 'none'
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) return 'other'
    throw error
  }
}
