import { randomBytes } from 'node:crypto'
import { wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { textOf } from './corrections.ts'
import { encryptSecret } from './feistel.ts'
import { type ShareHeader, secretBytesByWords, writeShare } from './layout.ts'
import { splitBytes } from './shamir.ts'

export interface SharingScheme {
  /** How many of the groups are needed. */
  readonly groupThreshold: number
  /** At each, how many of how many shares. */
  readonly groups: readonly { readonly threshold: number; readonly count: number }[]
}

const most = 16

/**
 * Shares of a secret of 16 or 32 bytes, by group: each 20 or 33 words, joined by one blank. By SLIP-39 with no passphrase, so that
 * any program that knows it gives the secret back; its identifier is new.
 *
 * @throws RedomaError `USAGE` for a scheme that SLIP-39 does not know
 */
export function splitSecret(
  secret: Uint8Array,
  scheme: SharingScheme,
  passphrase = '',
): readonly (readonly Secret[])[] {
  requireScheme(scheme)
  if (![...secretBytesByWords.values()].includes(secret.length)) {
    throw new RedomaError('INTERNAL', `a secret of ${secret.length} bytes is not shared, only 16 or 32`)
  }
  const [high = 0, low = 0] = randomBytes(2)
  const encryption = { identifier: ((high << 8) | low) & 0x7fff, extendable: false, iterationExponent: 0 }
  const encrypted = encryptSecret(secret, passphrase, encryption)
  const ofGroups = splitBytes(encrypted, scheme.groupThreshold, scheme.groups.length)
  const shares = scheme.groups.map(({ threshold, count }, groupIndex) => {
    const members = splitBytes(ofGroups[groupIndex] ?? encrypted, threshold, count)
    const group = {
      ...encryption,
      groupIndex,
      groupThreshold: scheme.groupThreshold,
      groupCount: scheme.groups.length,
      memberThreshold: threshold,
    }
    const written = members.map((value, memberIndex) => writeWords({ ...group, memberIndex }, value))
    wipe(...members)
    return written
  })
  wipe(encrypted, ...ofGroups)
  return shares
}

/** @throws RedomaError `USAGE`, saying what is wrong with it */
export function requireScheme({ groupThreshold, groups }: SharingScheme): void {
  requireQuorum('groups', groupThreshold, groups.length)
  for (const [at, { threshold, count }] of groups.entries()) {
    requireQuorum(groups.length === 1 ? 'shares' : `shares of group ${at + 1}`, threshold, count)
    if (threshold === 1 && count > 1) {
      throw new RedomaError('USAGE', `1 of ${count} would be ${count} copies of one share`, {
        hint: 'Give copies of a single share (1 of 1), or ask for two shares at least.',
      })
    }
  }
}

function requireQuorum(what: string, threshold: number, count: number): void {
  const areWhole = Number.isInteger(threshold) && Number.isInteger(count)
  if (areWhole && threshold >= 1 && threshold <= count && count <= most) return
  throw new RedomaError('USAGE', `${threshold} of ${count} ${what} cannot be`, {
    hint: `At least 1, at most as many as there are; there are ${most} at most.`,
  })
}

function writeWords(header: ShareHeader, value: Uint8Array): Secret {
  const values = writeShare(header, value)
  const words = textOf(values)
  values.fill(0)
  return words
}
