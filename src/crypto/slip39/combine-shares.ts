import { wipe } from '../../core/bytes.ts'
import { ShareError } from './fault.ts'
import { decryptSecret } from './feistel.ts'
import type { Point } from './gf256.ts'
import { readValue } from './layout.ts'
import { missingShares } from './missing-shares.ts'
import type { Share } from './parse-share.ts'
import { recoverBytes } from './shamir.ts'
import { valueOf } from './wordlist.ts'

/**
 * The secret that these are shares of, 16 or 32 bytes; the caller wipes it. More than are needed do no harm. Without the right
 * passphrase there is another secret, and no error: SLIP-39 has it so.
 *
 * @throws ShareError `KEY_WRONG`: of another set, twice the same, too few, not fitting; its `fault` says which
 */
export function combineShares(shares: readonly Share[], passphrase = ''): Uint8Array {
  requireOneSet(shares)
  requireDifferent(shares)
  const missing = missingShares(shares)
  if (missing !== undefined) throw new ShareError('KEY_WRONG', { kind: 'too-few', missing })
  const [first] = shares
  if (first === undefined) throw new ShareError('KEY_WRONG', noShares)
  const ofGroups = completeGroups(shares).slice(0, first.groupThreshold)
  const points = ofGroups.map(([group, members]): Point => {
    return { x: group, y: recover(members.map(pointOf), group) }
  })
  const encrypted = recover(points)
  const secret = decryptSecret(encrypted, passphrase, first)
  wipe(encrypted)
  return secret
}

const noShares = { kind: 'too-few', missing: { groups: 1, ofGroups: [] } } as const

function requireOneSet(shares: readonly Share[]): void {
  const sets = [...Map.groupBy(shares.keys(), (at) => setOf(shares[at]))].map(([, positions]) => positions)
  const [largest, ...others] = sets.toSorted((a, b) => b.length - a.length)
  if (largest === undefined || others.length === 0) return
  throw new ShareError('KEY_WRONG', { kind: 'another-set', shares: others.flat().toSorted((a, b) => a - b) })
}

/** What is the same in all shares of a set. The thresholds of groups may differ, that of one group may not. */
function setOf(share: Share | undefined): string {
  return JSON.stringify([
    share?.identifier,
    share?.extendable,
    share?.iterationExponent,
    share?.groupThreshold,
    share?.groupCount,
    share?.secretBytes,
  ])
}

function requireDifferent(shares: readonly Share[]): void {
  for (const [at, share] of shares.entries()) {
    for (const [before, earlier] of shares.slice(0, at).entries()) {
      if (earlier.groupIndex !== share.groupIndex) continue
      if (earlier.memberThreshold !== share.memberThreshold) {
        throw new ShareError('KEY_WRONG', { kind: 'another-set', shares: [at] })
      }
      if (earlier.memberIndex !== share.memberIndex) continue
      const isSame = earlier.words.equals(share.words)
      throw new ShareError(
        'KEY_WRONG',
        isSame ? { kind: 'repeated', shares: [before, at] } : { kind: 'another-set', shares: [at] },
      )
    }
  }
}

/** As many shares as are needed, of each group that has them. */
function completeGroups(shares: readonly Share[]): readonly (readonly [number, readonly Share[]])[] {
  return [...Map.groupBy(shares, ({ groupIndex }) => groupIndex)].flatMap(([group, members]) => {
    const threshold = members[0]?.memberThreshold ?? 0
    return members.length < threshold ? [] : [[group, members.slice(0, threshold)] as const]
  })
}

function pointOf(share: Share): Point {
  const values = Uint16Array.from(share.words.reveal().split(' '), (word) => valueOf(word) ?? 0)
  const y = readValue(values) ?? new Uint8Array(share.secretBytes)
  values.fill(0)
  return { x: share.memberIndex, y }
}

function recover(points: readonly Point[], group?: number): Uint8Array {
  const secret = recoverBytes(points)
  for (const { y } of points) y.fill(0)
  if (secret === undefined) throw new ShareError('KEY_WRONG', { kind: 'digest', group })
  return secret
}
