import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anInstance } from '../../test/support/instance.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { generateMasterPassword } from '../bundle/ceremony/generate-password.ts'
import { requireStrongPassword } from '../bundle/ceremony/judge-password.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { readIdentities } from '../crypto/age/identity-file.ts'
import { recipientOf } from '../crypto/age/recipients.ts'
import { portablePrimitives } from '../crypto/portable.ts'
import { publicKeyLine, sshFingerprint } from '../crypto/ssh-signature.ts'
import type { Proposal } from '../ports/approval.ts'
import type { News } from '../ports/notifier.ts'
import { agreedBefore } from './approvals/require-second-person.ts'
import { makeHoldCeremony } from './hold-ceremony.ts'
import type { Opener } from './place-companions.ts'

const signal = new AbortController().signal
const given = { kind: 'given', password: new Secret('wobbly-granite-Orchard-93-lantern') } as const

async function setUp() {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  const told: News[] = []
  const notifier = {
    tell: async (news: News) => {
      told.push(news)
    },
  }
  const deps = {
    catalogue,
    clock,
    actor: 'ada',
    notifier,
    requireSecondPerson: agreedBefore,
    primitives: portablePrimitives(),
    scryptLogN: 10,
    openers: async (): Promise<readonly Opener[]> => [],
  }
  const held = async () => (await catalogue.generations.list()).toSorted((a, b) => a.number - b.number)
  return {
    held,
    told,
    deps,
    holdCeremony: makeHoldCeremony(deps),
    [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
  }
}

describe('a ceremony', () => {
  test('makes a recovery key that the password opens, and files that only their owner reads', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { held, holdCeremony } = world
    const outFolder = join(folder.path, 'out')

    const result = await holdCeremony({ profile: 'classic', masterPassword: given, outFolder }, signal)

    expect(await held()).toEqual([result.generation])
    expect((await readdir(outFolder)).toSorted()).toEqual([
      'identity.password.age',
      'recipient.txt',
      'recovery-card.txt',
    ])
    for (const path of result.files) expect((await stat(path)).mode & 0o777).toBe(0o600)
    const file = await readFile(join(outFolder, 'identity.password.age'))
    const [identity] = await readIdentities(file, async () => given.password)
    expect(identity).toBeDefined()
    expect(await recipientOf(identity ?? new Secret(''))).toBe(result.generation.recipient)
  })

  test('writes neither the identity nor the password anywhere in the clear', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { holdCeremony } = world

    const { files } = await holdCeremony(
      { profile: 'pq', masterPassword: given, outFolder: folder.path },
      signal,
    )

    for (const path of files) {
      const text = await readFile(path, 'latin1')
      expect(text).not.toContain('AGE-SECRET-KEY')
      expect(text).not.toContain(given.password.reveal())
    }
  })

  test('gives along the programs that open everything, and their SHA-256 on the card', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const content = new TextEncoder().encode('<!doctype html>')
    const openers = async () => [{ name: 'open.html', content } as const]
    const request = { profile: 'classic', masterPassword: given, outFolder: folder.path } as const

    await makeHoldCeremony({ ...world.deps, openers })(request, signal)

    expect(await readFile(join(folder.path, 'open.html'), 'utf8')).toBe('<!doctype html>')
    const card = await readFile(join(folder.path, 'recovery-card.txt'), 'utf8')
    expect(card.replaceAll(/\s/g, '')).toContain(createHash('sha256').update(content).digest('hex'))
    expect(card.match(/^\d\. \w+/gm)).toEqual([
      '1. Take',
      '2. From',
      '3. Decrypt',
      '4. Unpack',
      '5. Read',
      '6. Afterwards',
    ])
  })

  test('has the fingerprint on the recovery card that the openers show for the ledger', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const request = { profile: 'classic', masterPassword: given, outFolder: folder.path } as const

    await world.holdCeremony(request, signal)

    const card = await readFile(join(folder.path, 'recovery-card.txt'), 'utf8')
    const key = publicKeyLine(await world.deps.catalogue.signingKey(), '')
    expect(card).toContain(`\n    ${sshFingerprint(key)}\n`)
  })

  test('held again begins the next generation', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { held, holdCeremony } = world
    const request = (name: string) =>
      ({ profile: 'classic', masterPassword: given, outFolder: join(folder.path, name) }) as const

    await holdCeremony(request('a'), signal)
    await holdCeremony(request('b'), signal)

    const [first, second] = await held()
    expect([first?.number, second?.number]).toEqual([1, 2])
    expect(first?.recipient).not.toBe(second?.recipient)
  })

  test('is told by the audit trail, with the key that was made', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const request = { profile: 'classic', masterPassword: given, outFolder: folder.path } as const

    const { generation } = await world.holdCeremony(request, signal)

    expect(await world.deps.catalogue.audit.list(10)).toMatchObject([
      { actor: 'ada', action: 'glass.ceremony', subject: 'generation 1', detail: generation.fingerprint },
    ])
  })

  test('shows a generated password before it counts, and changes nothing when nobody took it', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { held, holdCeremony } = world
    const outFolder = join(folder.path, 'out')
    const show = () => Promise.reject(new Error('nobody is there'))

    const ceremony = holdCeremony(
      { profile: 'classic', masterPassword: { kind: 'generated', show }, outFolder },
      signal,
    )

    await expect(ceremony).rejects.toThrow('nobody is there')
    expect(await held()).toEqual([])
    expect(await readdir(folder.path)).toEqual([])
  })

  test('overwrites nothing, and leaves nothing behind when the catalogue fails', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { deps, holdCeremony } = world
    const request = { profile: 'classic', masterPassword: given, outFolder: folder.path } as const
    await writeFile(join(folder.path, 'recipient.txt'), 'mine')

    await expect(holdCeremony(request, signal)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await readdir(folder.path)).toEqual(['recipient.txt'])

    const full = { ...deps.catalogue.generations, add: () => Promise.reject(new Error('disk full')) }
    const failing = makeHoldCeremony({ ...deps, catalogue: { ...deps.catalogue, generations: full } })
    const outFolder = join(folder.path, 'other')
    await expect(failing({ ...request, outFolder }, signal)).rejects.toThrow('disk full')
    expect(await readdir(outFolder)).toEqual([])
  })

  test('asks a second person with both fingerprints before its key replaces another, and changes nothing where that one does not agree', async () => {
    await using folder = await temporaryFolder()
    await using world = await setUp()
    const { deps, held, holdCeremony } = world
    const asked: Proposal[] = []
    const refusing = makeHoldCeremony({
      ...deps,
      requireSecondPerson(proposal) {
        asked.push(proposal)
        return Promise.reject(new RedomaError('APPROVAL_REFUSED', 'no'))
      },
    })
    const outFolder = join(folder.path, 'first')
    const request = { profile: 'classic', masterPassword: given, outFolder } as const
    const { generation } = await holdCeremony(request, signal)

    const again = refusing({ ...request, outFolder: join(folder.path, 'second') }, signal)

    await expect(again).rejects.toMatchObject({ code: 'APPROVAL_REFUSED' })
    expect(await held()).toEqual([expect.objectContaining({ fingerprint: generation.fingerprint })])
    expect(await readdir(join(folder.path, 'second'))).toEqual([])
    expect(asked).toHaveLength(1)
    const lines = asked[0]?.lines.join(' ').replaceAll(' ', '').toLowerCase()
    expect(lines).toContain(generation.fingerprint)
    expect(lines).toMatch(/fromnowon:[0-9a-f]{64}$/)
  })
})

describe('a master password', () => {
  test('that is made has seven words and is strong', async () => {
    const password = await generateMasterPassword()

    expect(password.reveal()).toMatch(/^[a-z]{3,}(?:-[a-z]{3,}){6}$/)
    await requireStrongPassword(password)
  })

  test.each(['', 'Passw0rd!2024', 'correct horse', 'redomaredomaredoma', '12345678901234567890'])(
    'like %j is refused with what would help',
    async (text) => {
      const error: unknown = await requireStrongPassword(new Secret(text)).catch((thrown: unknown) => thrown)

      expect(isRedomaError(error, 'PASSWORD_WEAK') && error.hint).toContain('random words')
      if (text !== '' && isRedomaError(error))
        expect(`${error.message}${error.hint ?? ''}`).not.toContain(text)
    },
  )
})
