import { z } from 'zod'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { parseShare } from '../../crypto/slip39/parse-share.ts'
import { shareHash, shareKeyOf } from './share-key.ts'

/*
 * `secrets/shares.json`: what each share of a generation is known by (docs/formats/shares.md). Public: of at least 128 random bits, a
 * hash tells nothing; it confirms guesses at a card that was seen in part.
 */

export const shareListSchema = 'redoma-shares/1'
/** 256 shares, of 16 groups with the longest names, are far less. */
export const maximumShareListBytes = 256 * 1024

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const small = z.int().min(1).max(16)

const group = z.strictObject({ name: z.string().min(1).max(200), threshold: small, count: small })
const entry = z.strictObject({
  number: z.int().min(1).max(256),
  /** From 1, as people count. */
  group: small,
  sha256: hash,
  recipient: z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/),
})

const fields = {
  fingerprint: hash,
  identifier: z.int().min(0).max(0x7fff),
  groupThreshold: small,
  groups: z.array(group).min(1).max(16),
  shares: z.array(entry).min(1).max(256),
}

/** Before a generation has its number: as it leaves a ceremony that was held elsewhere. */
export const newShareListSchema = z
  .strictObject({ schema: z.literal(shareListSchema), ...fields })
  .refine(agreesWithItself, 'it contradicts itself')
const shareList = z
  .strictObject({ schema: z.literal(shareListSchema), generation: z.int().positive(), ...fields })
  .refine(agreesWithItself, 'it contradicts itself')

export type NewShareList = z.infer<typeof newShareListSchema>
export type ShareList = z.infer<typeof shareList>

/** Of the shares that `splitSecret` made, by group, and the names of the groups. `fingerprint` is that of the recovery key. */
export async function makeShareList(
  shares: readonly (readonly Secret[])[],
  names: readonly string[],
  fingerprint: string,
): Promise<NewShareList> {
  const parsed = shares.map((ofGroup) => ofGroup.map((words) => parseShare(words.reveal())))
  const entries = await Promise.all(
    parsed.flatMap((ofGroup, at) =>
      ofGroup.map(async (share) => {
        const { recipient } = await shareKeyOf(share)
        return { group: at + 1, sha256: shareHash(share), recipient }
      }),
    ),
  )
  return newShareListSchema.parse({
    schema: shareListSchema,
    fingerprint,
    identifier: parsed[0]?.[0]?.identifier,
    groupThreshold: parsed[0]?.[0]?.groupThreshold,
    groups: parsed.map((ofGroup, at) => {
      return { name: names[at], threshold: ofGroup[0]?.memberThreshold, count: ofGroup.length }
    }),
    shares: entries.map((made, at) => ({ number: at + 1, ...made })),
  })
}

export function encodeShareList(list: ShareList): Uint8Array {
  return new TextEncoder().encode(canonicalJson(list))
}

/** @throws RedomaError `FORMAT_UNKNOWN` for a version that is not ours, `DATA_DAMAGED`, `LIMIT_EXCEEDED` */
export function parseShareList(bytes: Uint8Array): ShareList {
  if (bytes.length > maximumShareListBytes) {
    throw new RedomaError('LIMIT_EXCEEDED', `a list of shares has ${maximumShareListBytes} bytes at most`)
  }
  const json = jsonOf(bytes)
  const parsed = shareList.safeParse(json)
  if (parsed.success) return parsed.data
  const known = z.object({ schema: z.string().max(100) }).safeParse(json)
  if (known.success && known.data.schema !== shareListSchema) {
    throw new RedomaError(
      'FORMAT_UNKNOWN',
      `the list of shares is of the form ${JSON.stringify(known.data.schema)}`,
      {
        hint: 'A newer version of Redoma made it. The shares themselves open without it.',
      },
    )
  }
  throw damaged(parsed.error)
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw damaged(error)
  }
}

function damaged(cause: unknown): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'the list of shares (shares.json) is damaged', { cause })
}

/** Shares count from 1 without a gap, group by group, as many as each group says; none is there twice. */
function agreesWithItself(list: {
  readonly groupThreshold: number
  readonly groups: readonly z.infer<typeof group>[]
  readonly shares: readonly z.infer<typeof entry>[]
}): boolean {
  const expected = list.groups.flatMap(({ count }, at) => Array.from({ length: count }, () => at + 1))
  return (
    list.groupThreshold <= list.groups.length &&
    list.groups.every(({ threshold, count }) => threshold <= count) &&
    list.shares.length === expected.length &&
    list.shares.every(({ number, group }, at) => number === at + 1 && group === expected[at]) &&
    new Set(list.shares.map(({ sha256 }) => sha256)).size === expected.length
  )
}
