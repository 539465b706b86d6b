import { createHash, randomBytes } from 'node:crypto'
import { headOf } from '../bundle/ledger/head.ts'
import { fromHex } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { hasNonce, parseReply } from '../crypto/timestamp/parse-reply.ts'
import { timestampRequest } from '../crypto/timestamp/request.ts'
import { type Stamp, verifyStamp } from '../crypto/timestamp/verify-stamp.ts'
import type { LedgerStore } from '../ports/catalogue.ts'
import { bodyOf, type ObjectName, parseObjectName } from '../ports/destination.ts'
import type { RecordInLedger } from './record-in-ledger.ts'
import type { Target } from './target.ts'

export interface StampedLedger extends Stamp {
  readonly object: ObjectName
  /** Of the line that was stamped, and with it all lines before. */
  readonly sequence: number
  readonly sha256: string
  readonly warnings: readonly string[]
}

/**
 * Has a time-stamping authority (RFC 3161) say that it saw the head of the ledger, and puts what it says beside the ledger, which lists
 * it: whoever has the instance's key from now on cannot write another past.
 *
 * @param trusted PEM of the authority's root; without it the stamp is kept, and who signed it is for people to judge
 * @throws RedomaError `NOT_FOUND` before the first line; `DESTINATION_FAILED`, `DATA_DAMAGED`, `VERIFICATION_FAILED` of the reply; what
 * the destination throws
 */
export type StampLedger = (
  target: Target,
  authority: string,
  trusted: string | undefined,
  signal: AbortSignal,
) => Promise<StampedLedger>

/** Sends a request, and gives the reply. */
export type AskAuthority = (url: string, request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>

export interface StampLedgerDeps {
  readonly ledgers: LedgerStore
  readonly recordInLedger: RecordInLedger
  readonly ask: AskAuthority
}

export function makeStampLedger({ ledgers, recordInLedger, ask }: StampLedgerDeps): StampLedger {
  return async (target, authority, trusted, signal) => {
    const { record, destination } = target
    // First what an earlier run could not deliver: the head is of what lies there.
    const before = await recordInLedger(target, [], signal)
    const head = headOf(await ledgers.lines(record.id))
    if (head === undefined) {
      throw new RedomaError('NOT_FOUND', `nothing was put at ${record.name} yet`, {
        hint: 'redoma backup create',
      })
    }
    const [imprint, nonce] = [fromHex(head.sha256), randomBytes(8)]
    const reply = await ask(authority, timestampRequest(imprint, nonce), signal)
    const stamp = verifyStamp(reply, imprint, trusted)
    if (!hasNonce(parseReply(reply), nonce)) {
      throw new RedomaError('VERIFICATION_FAILED', 'the time stamp answers another request')
    }
    const object = parseObjectName(`ledger.stamp-${head.sequence}.tsr`)
    await destination.put(object, bodyOf(reply), signal)
    await destination.flush(signal)
    const sha256 = createHash('sha256').update(reply).digest('hex')
    const detail = { stamps: head.sequence, head: head.sha256, time: stamp.time.toISOString() }
    const draft = { event: 'put', kind: 'document', object, bytes: reply.length, sha256, detail } as const
    const after = await recordInLedger(target, [draft], signal)
    return { ...stamp, object, sequence: head.sequence, sha256: head.sha256, warnings: [...before, ...after] }
  }
}
