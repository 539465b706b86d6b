import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fingerprintOf, wrapIdentity } from '../../../src/bundle/ceremony/wrap-identity.ts'
import { encodeShareList, makeShareList } from '../../../src/bundle/shares/share-list.ts'
import { toHex } from '../../../src/core/bytes.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { AgeKeyPair } from '../../../src/crypto/age/recipients.ts'
import { type SharingScheme, splitSecret } from '../../../src/crypto/slip39/split-secret.ts'

export interface QuorumFiles {
  readonly identity: string
  readonly shares: string
  /** The words of each card, by number from 1: `cards[0]` is card 1. */
  readonly cards: readonly string[]
}

export interface QuorumOptions {
  readonly generation?: number
  /** In the names of the files: of a generation before. */
  readonly isFormer?: boolean
  readonly scheme?: SharingScheme
  readonly names?: readonly string[]
  readonly scryptLogN?: number
}

/** An identity that cards open, and their list: two of the three of the board by default. */
export async function writeQuorumFiles(
  folder: string,
  pair: AgeKeyPair,
  options: QuorumOptions = {},
): Promise<QuorumFiles> {
  const { generation = 2, names = ['board'], scryptLogN = 10 } = options
  const scheme = options.scheme ?? { groupThreshold: 1, groups: [{ threshold: 2, count: 3 }] }
  const secret = new Uint8Array(randomBytes(16))
  const shares = splitSecret(secret, scheme)
  const list = await makeShareList(shares, names, fingerprintOf(pair.recipient))
  const infix = options.isFormer === true ? `.generation-${generation}` : ''
  const files = {
    identity: join(folder, `identity${infix}.quorum.age`),
    shares: join(folder, `shares${infix}.json`),
    cards: shares.flat().map((words) => words.reveal()),
  }
  await writeFile(files.identity, await wrapIdentity(pair, new Secret(toHex(secret)), scryptLogN))
  await writeFile(files.shares, encodeShareList({ ...list, generation }))
  return files
}
