import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anInstance } from '../../test/support/instance.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import type { NewShare } from '../bundle/ceremony/make-key.ts'
import {
  checkValueOf,
  parseRecoveryKey,
  type RecoveryKey,
  recoveryKeyJson,
} from '../bundle/ceremony/recovery-key.ts'
import { quorumPassphrase } from '../bundle/shares/quorum-passphrase.ts'
import { shareHash, shareKeyOf } from '../bundle/shares/share-key.ts'
import { parseShareList } from '../bundle/shares/share-list.ts'
import { Secret } from '../core/secret.ts'
import { decryptAge } from '../crypto/age/decrypt.ts'
import { readIdentities } from '../crypto/age/identity-file.ts'
import { generateIdentity, recipientOf } from '../crypto/age/recipients.ts'
import { portablePrimitives } from '../crypto/portable.ts'
import { combineShares } from '../crypto/slip39/combine-shares.ts'
import { parseShare, type Share } from '../crypto/slip39/parse-share.ts'
import type { News } from '../ports/notifier.ts'
import { makeAdoptRecoveryKey } from './adopt-recovery-key.ts'
import { agreedBefore } from './approvals/require-second-person.ts'
import { makeHoldCeremony, makeHoldCeremonyElsewhere, type QuorumRequest } from './hold-ceremony.ts'

const signal = new AbortController().signal
const primitives = portablePrimitives()
const threeOfFive = { groupThreshold: 1, groups: [{ name: 'guardians', threshold: 3, count: 5 }] }
const twoGroups = {
  groupThreshold: 2,
  groups: [
    { name: 'board', threshold: 2, count: 3 },
    { name: 'operations', threshold: 1, count: 1 },
  ],
}

async function setUp() {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  const told: News[] = []
  const tell = async (news: News) => {
    told.push(news)
  }
  const deps = {
    catalogue,
    clock,
    actor: 'ada',
    notifier: { tell },
    requireSecondPerson: agreedBefore,
    primitives,
    scryptLogN: 10,
    openers: async () => [],
  }
  return {
    ...instance,
    told,
    hold: makeHoldCeremony(deps),
    holdElsewhere: makeHoldCeremonyElsewhere(deps),
    adopt: makeAdoptRecoveryKey(deps),
  }
}

/** Guardians who write down what they are given, and type it back. */
function guardians(
  change: (share: NewShare) => Share | undefined = ({ words }) => parseShare(words.reveal()),
) {
  const given: NewShare[] = []
  const handOver = async (share: NewShare): Promise<Share | undefined> => {
    given.push(share)
    return change(share)
  }
  return { given, handOver }
}

function quorumOf(handOver: QuorumRequest['handOver'], more: Partial<QuorumRequest> = {}): QuorumRequest {
  return { scheme: threeOfFive, sealedTo: new Map(), handOver, ...more }
}

async function identityOf(file: Uint8Array, words: readonly Secret[]): Promise<Secret | undefined> {
  const secret = combineShares(words.map((one) => parseShare(one.reveal())))
  return (await readIdentities(file, async () => quorumPassphrase(secret)))[0]
}

describe('a ceremony with guardians', () => {
  test('makes a key that enough of them open, and lists what each share is known by', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { given, handOver } = guardians()
    const request = { profile: 'classic', quorum: quorumOf(handOver), outFolder: folder.path } as const

    const { generation, proven } = await world.hold(request, signal)

    expect(proven).toEqual([1, 2, 3, 4, 5])
    expect(generation.passwordFile).toBeUndefined()
    const words = [4, 0, 2].map((at) => given[at]?.words ?? new Secret(''))
    const file = new Uint8Array(await readFile(join(folder.path, 'identity.quorum.age')))
    const identity = await identityOf(file, words)
    expect(await recipientOf(identity ?? new Secret(''))).toBe(generation.recipient)
    const list = parseShareList(await readFile(join(folder.path, 'shares.json')))
    expect(list).toMatchObject({ generation: 1, fingerprint: generation.fingerprint, groupThreshold: 1 })
    for (const { number, words: own } of given) {
      const listed = list.shares.find((share) => share.number === number)
      expect(listed?.sha256).toBe(shareHash({ words: own }))
      expect(listed?.recipient).toBe((await shareKeyOf({ words: own })).recipient)
    }
  })

  test('can have groups, all of which are needed, and a master password beside them', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { given, handOver } = guardians()
    const quorum = quorumOf(handOver, { scheme: twoGroups })
    const masterPassword = { kind: 'generated', show: () => Promise.resolve() } as const

    const { generation } = await world.hold(
      { profile: 'pq', masterPassword, quorum, outFolder: folder.path },
      signal,
    )

    expect(generation.passwordFile).toBeDefined()
    expect(given.map(({ number, group }) => [number, group])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
    ])
    const file = generation.quorum?.identityFile ?? new Uint8Array()
    const of = (...numbers: number[]) => numbers.map((number) => given[number - 1]?.words ?? new Secret(''))
    expect(await recipientOf((await identityOf(file, of(3, 4, 1))) ?? new Secret(''))).toBe(
      generation.recipient,
    )
    await expect(identityOf(file, of(1, 2, 3))).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  test('counts for nothing, and leaves nothing, when one of them types other words or gives up', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const first: NewShare[] = []
    const wrong = guardians((share) => {
      first.push(share)
      return parseShare(first[0]?.words.reveal() ?? '')
    })
    const givesUp = guardians(({ number, words }) => {
      if (number === 4) throw new Error('lost the pen')
      return parseShare(words.reveal())
    })
    const cards = {
      folder: join(folder.path, 'cards'),
      files: async () => new Map([['card-1.txt', Uint8Array.of(1)]]),
    }
    const { recipient } = await generateIdentity('classic')
    const sealedTo = new Map([[5, recipient]])

    for (const { handOver } of [wrong, givesUp]) {
      const quorum = quorumOf(handOver, { cards, sealedTo })
      const ceremony = world.hold({ profile: 'classic', quorum, outFolder: folder.path }, signal)
      await expect(ceremony).rejects.toThrow(/what came back is not share 2|lost the pen/)
    }

    expect(await world.catalogue.generations.list()).toEqual([])
    expect(await readdir(folder.path, { recursive: true })).toEqual(['cards'])
    expect(world.told).toEqual([])
    expect(await world.catalogue.audit.list(10)).toEqual([])
  })

  test('shows no password where a share cannot be sealed to the key that was given', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    let isShown = false
    const show = async () => {
      isShown = true
    }
    const quorum = quorumOf(guardians().handOver, { sealedTo: new Map([[3, 'ssh-ed25519 AAAA']]) })
    const request = { profile: 'classic', quorum, outFolder: folder.path } as const

    const ceremony = world.hold({ ...request, masterPassword: { kind: 'generated', show } }, signal)

    await expect(ceremony).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
    expect(isShown).toBe(false)
  })

  test('seals a share to the key of its guardian, and says that it is not proven', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const guardian = await generateIdentity('classic')
    const { given, handOver } = guardians(({ number, words }) =>
      number === 3 ? undefined : parseShare(words.reveal()),
    )
    const quorum = quorumOf(handOver, { sealedTo: new Map([[3, guardian.recipient]]) })

    const { proven, files } = await world.hold({ profile: 'classic', quorum, outFolder: folder.path }, signal)

    expect(proven).toEqual([1, 2, 4, 5])
    expect(files).toContain(join(folder.path, 'share-3.age'))
    const sealed = new Uint8Array(await readFile(join(folder.path, 'share-3.age')))
    const key = { kind: 'identities', identities: [guardian.identity] } as const
    const opened = await Array.fromAsync(
      decryptAge(
        (async function* () {
          yield sealed
        })(),
        key,
        primitives,
      ),
    )
    expect(Buffer.concat(opened).toString()).toBe(`${given[2]?.words.reveal() ?? ''}\n`)
  })

  test('writes no word of a share anywhere by itself', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { given, handOver } = guardians()

    const { files } = await world.hold(
      { profile: 'classic', quorum: quorumOf(handOver), outFolder: folder.path },
      signal,
    )

    const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')))
    for (const { words } of given)
      for (const text of texts) expect(text).not.toContain(words.reveal().split(' ').slice(4, 7).join(' '))
  })
})

describe('a recovery key from elsewhere', () => {
  async function madeElsewhere(
    world: Awaited<ReturnType<typeof setUp>>,
    folder: string,
  ): Promise<RecoveryKey> {
    const quorum = quorumOf(guardians().handOver)
    const masterPassword = { kind: 'generated', show: () => Promise.resolve() } as const
    const request = {
      profile: 'classic',
      masterPassword,
      quorum,
      outFolder: folder,
      instanceName: 'vault-1',
    } as const
    const { key } = await world.holdElsewhere(request, signal)
    return key
  }

  test('changes nothing until it is adopted; then both fingerprints are told', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const key = await madeElsewhere(world, join(folder.path, 'one'))
    const other = await madeElsewhere(world, join(folder.path, 'two'))
    expect(await world.catalogue.generations.list()).toEqual([])

    await world.adopt(key, checkValueOf(key), signal)
    const spelt = checkValueOf(other)
      .slice(0, 20)
      .toUpperCase()
      .replaceAll(/(....)/g, '$1 ')
    const { generation, before } = await world.adopt(other, spelt, signal)

    expect(before?.fingerprint).toBe(key.fingerprint)
    expect(await world.catalogue.generations.current()).toEqual(generation)
    expect(parseShareList(generation.quorum?.shareList ?? new Uint8Array()).generation).toBe(2)
    const after = { generation: 2, fingerprint: other.fingerprint }
    const change = {
      before: { generation: 1, fingerprint: key.fingerprint },
      after,
      by: 'ada',
      how: 'adopted',
    }
    expect(world.told.at(-1)).toMatchObject({ kind: 'recipient-changed', change })
    const [entry] = await world.catalogue.audit.list(1)
    expect(entry).toMatchObject({ action: 'glass.adopt', subject: 'generation 2' })
    expect(entry?.detail).toContain(key.fingerprint)
    expect(entry?.detail).toContain(other.fingerprint)
  })

  test('is the same after it has travelled as a file', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const key = await madeElsewhere(world, folder.path)

    expect(parseRecoveryKey(await readFile(join(folder.path, 'recovery-key.json')))).toEqual(key)
  })

  test('is refused when the check value of the card is another, too short, or known already', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const key = await madeElsewhere(world, folder.path)

    await expect(world.adopt(key, 'f'.repeat(64), signal)).rejects.toMatchObject({
      code: 'VERIFICATION_FAILED',
    })
    await expect(world.adopt(key, checkValueOf(key).slice(0, 16), signal)).rejects.toMatchObject({
      code: 'USAGE',
    })
    await expect(world.adopt(key, key.fingerprint, signal)).rejects.toMatchObject({ code: 'USAGE' })
    expect(await world.catalogue.generations.list()).toEqual([])
    await world.adopt(key, checkValueOf(key), signal)
    await expect(world.adopt(key, checkValueOf(key), signal)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    })
  })

  test('has a check value, of the very file, that is another one when any part of it was exchanged', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const key = await madeElsewhere(world, join(folder.path, 'one'))
    const other = await madeElsewhere(world, join(folder.path, 'two'))
    const file = await readFile(join(folder.path, 'one', 'recovery-key.json'))
    const card = await readFile(join(folder.path, 'one', 'recovery-card.txt'), 'utf8')

    const checkValue = createHash('sha256').update(file).digest('hex')
    expect(checkValueOf(key)).toBe(checkValue)
    expect(card.replaceAll(/\s/g, '')).toContain(checkValue)
    const theirs = other.quorum && {
      ...other.quorum,
      shares: { ...other.quorum.shares, fingerprint: key.fingerprint },
    }
    for (const change of [
      { passwordFile: other.passwordFile },
      { passwordFile: undefined },
      { quorum: theirs },
      { heldAt: new Date(0) },
    ]) {
      const exchanged = parseRecoveryKey(Buffer.from(recoveryKeyJson({ ...key, ...change })))
      expect(exchanged.fingerprint).toBe(key.fingerprint)
      const refusal: unknown = await world
        .adopt(exchanged, checkValue, signal)
        .catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'VERIFICATION_FAILED' })
      // Who reads it there types it, and has compared nothing.
      expect(JSON.stringify([String(refusal), refusal])).not.toContain(checkValueOf(exchanged).slice(0, 8))
    }
    expect(await world.catalogue.generations.list()).toEqual([])
  })

  test('is refused when anything in its file was exchanged against something of another key', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    await madeElsewhere(world, join(folder.path, 'one'))
    await madeElsewhere(world, join(folder.path, 'two'))
    const read = async (name: string): Promise<Record<string, unknown>> =>
      JSON.parse(await readFile(join(folder.path, name, 'recovery-key.json'), 'utf8')) as Record<
        string,
        unknown
      >
    const [one, two] = [await read('one'), await read('two')]
    const parse = (change: object) => () =>
      parseRecoveryKey(Buffer.from(JSON.stringify({ ...one, ...change })))

    expect(parse({})).not.toThrow()
    expect(parse({ recipient: two['recipient'] })).toThrow('fingerprint')
    expect(parse({ shares: two['shares'] })).toThrow('shares')
    expect(parse({ profile: 'pq' })).toThrow('profile')
    expect(parse({ identityQuorum: undefined })).toThrow('shares')
    expect(parse({ identityPassword: undefined, identityQuorum: undefined, shares: undefined })).toThrow(
      'nothing',
    )
    const { recipient } = await generateIdentity('classic')
    const plain = Buffer.from(`age-encryption.org/v1\n-> X25519 ${recipient}\n`).toString('base64')
    expect(parse({ identityPassword: plain })).toThrow('passphrase')
    expect(parse({ more: 1 })).toThrow('not a recovery key')
  })
})
