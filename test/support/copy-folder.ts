import { randomBytes } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Opener } from '../../src/app/place-companions.ts'
import { fingerprintOf, wrapIdentity } from '../../src/bundle/ceremony/wrap-identity.ts'
import { encodeShareList, makeShareList } from '../../src/bundle/shares/share-list.ts'
import { toHex } from '../../src/core/bytes.ts'
import { Secret } from '../../src/core/secret.ts'
import { type AgeProfile, generateIdentity } from '../../src/crypto/age/recipients.ts'
import { splitSecret } from '../../src/crypto/slip39/split-secret.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { CredentialRecord } from '../../src/ports/credential.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { aCredential, aGlassWorld } from './glass.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A copy as somebody finds it, the instance being gone: a folder that everybody may read. */
export interface CopyFolder extends AsyncDisposable {
  readonly path: string
  /** Path of the newest bundle, and of one of the generation before. */
  readonly bundle: string
  readonly olderBundle: string
  /** Of the newer generation. */
  readonly recipient: string
  readonly password: string
  readonly olderPassword: string
  /** Two of the three of the board are needed, and the one of operations. */
  readonly cards: { readonly board: readonly string[]; readonly operations: readonly string[] }
  /** Of the generation before. */
  readonly olderCards: readonly string[]
}

/** Small, as the tests are about other things than how long it takes to guess. */
const scryptLogN = 10

/** Two generations; the newer has a password and a quorum of two groups, the older a password and a quorum of one. */
export async function aCopyFolder(
  profile: AgeProfile,
  openers: readonly Opener[] = [],
  records: CredentialRecord[] = [aCredential('1'), aCredential('2')],
): Promise<CopyFolder> {
  await using world = await aGlassWorld(records)
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  const { generations } = world.catalogue
  const older = await aGeneration(2, 'classic', [{ name: 'board', threshold: 2, count: 3 }])
  await generations.add(older.generation)
  await world.backUp(destination, { openers: async () => openers })
  const newer = await aGeneration(3, profile, [
    { name: 'board', threshold: 2, count: 3 },
    { name: 'operations', threshold: 1, count: 1 },
  ])
  await generations.add(newer.generation)
  await world.backUp(destination, { openers: async () => openers })
  const folder = await temporaryFolder()
  await chmod(folder.path, 0o755)
  for (const [name, content] of objects) {
    const path = join(folder.path, name)
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    await writeFile(path, content, { mode: 0o644 })
  }
  const bundles = [...objects.keys()].filter((name) => name.includes('Z-')).toSorted()
  const [olderBundle = '', bundle = ''] = bundles.map((name) => join(folder.path, name))
  const [board = [], operations = []] = newer.cards
  return {
    path: folder.path,
    bundle,
    olderBundle,
    recipient: newer.generation.recipient,
    password: newer.password,
    olderPassword: older.password,
    cards: { board, operations },
    olderCards: older.cards[0] ?? [],
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

interface Group {
  readonly name: string
  readonly threshold: number
  readonly count: number
}

async function aGeneration(number: number, profile: AgeProfile, groups: readonly Group[]) {
  const pair = await generateIdentity(profile)
  const password = `password of ${number}`
  const secret = randomBytes(16)
  const shares = splitSecret(secret, { groupThreshold: groups.length, groups })
  const cards = shares.map((group) => group.map((share) => share.reveal()))
  const fingerprint = fingerprintOf(pair.recipient)
  const list = await makeShareList(
    shares,
    groups.map(({ name }) => name),
    fingerprint,
  )
  const generation = {
    number,
    profile,
    recipient: pair.recipient,
    fingerprint,
    heldAt: new Date(),
    passwordFile: await wrapIdentity(pair, new Secret(password), scryptLogN),
    quorum: {
      identityFile: await wrapIdentity(pair, new Secret(toHex(secret)), scryptLogN),
      shareList: encodeShareList({ ...list, generation: number }),
    },
  }
  return { generation, password, cards }
}
