import { createHash } from 'node:crypto'
import { destinationReadme } from '../bundle/contents/destination-readme.ts'
import { currentObjects, entriesOf } from '../bundle/ledger/current-objects.ts'
import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Generation, LedgerStore } from '../ports/catalogue.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { Target } from './target.ts'

interface Companion {
  readonly name: ObjectName
  readonly kind: 'identity' | 'document'
  readonly content: Uint8Array
  readonly detail: LedgerDraft['detail']
}

/**
 * Puts beside the bundles what people need to open them: each generation's wrapped identity, and a README. What is there
 * already, as it should be, stays; where that cannot be seen, they are put again.
 *
 * @returns what the ledger does not say yet
 * @throws RedomaError what the destination throws; `VERIFICATION_FAILED`
 */
export async function placeCompanions(
  target: Target,
  generations: readonly Generation[],
  ledgers: LedgerStore,
  signal: AbortSignal,
): Promise<LedgerDraft[]> {
  const listed = currentObjects(entriesOf(await ledgers.lines(target.record.id)))
  const drafts: LedgerDraft[] = []
  for (const { name, kind, content, detail } of companionsOf(generations)) {
    await placeWhereNeeded(target, name, content, signal)
    const sha256 = createHash('sha256').update(content).digest('hex')
    // Also when it was there: a run may have died between putting it and telling the ledger.
    if (listed.get(name)?.sha256 === sha256) continue
    drafts.push({ event: 'put', kind, object: name, bytes: content.length, sha256, detail })
  }
  return drafts
}

/** Older generations first: at no moment is the only copy of a wrapped identity replaced by the next one. */
function companionsOf(generations: readonly Generation[]): Companion[] {
  const oldestFirst = generations.toSorted((a, b) => a.number - b.number)
  const current = oldestFirst.at(-1)
  const identities = oldestFirst.map((generation): Companion => {
    const { number, fingerprint, identityFile } = generation
    const suffix = generation === current ? '' : `.generation-${number}`
    return {
      name: parseObjectName(`secrets/identity${suffix}.password.age`),
      kind: 'identity',
      content: identityFile,
      detail: { generation: number, fingerprint },
    }
  })
  const readme: Companion = {
    name: parseObjectName('secrets/README.txt'),
    kind: 'document',
    content: new TextEncoder().encode(destinationReadme),
    detail: {},
  }
  return [...identities, readme]
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
