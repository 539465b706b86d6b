import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCredential, aGlassWorld, type GlassWorld, sourceOf } from '../../test/support/glass.ts'
import { verifyLedger } from '../bundle/ledger/verify-ledger.ts'
import { Secret } from '../core/secret.ts'
import { readIdentities } from '../crypto/age/identity-file.ts'
import { loadPrimitives } from '../crypto/native.ts'
import { publicKeyLine } from '../crypto/ssh-signature.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../ports/destination.ts'
import { makeOpenGlass, type OpenGlass } from './open-glass.ts'
import { ledgerName } from './record-in-ledger.ts'

const signal = new AbortController().signal

function aShelf() {
  const objects = new Map<ObjectName, Uint8Array>()
  const bundles = () => [...objects.keys()].filter((name) => /-\d+\.age$/.test(name))
  return { objects, destination: memoryDestination(objects), bundles }
}

async function openNewest(
  world: GlassWorld,
  { objects, bundles }: ReturnType<typeof aShelf>,
  password = world.masterPassword,
): Promise<OpenGlass> {
  const name = bundles().toSorted().at(-1) ?? ''
  const bundlePath = join(world.home, 'bundle.age')
  await writeFile(bundlePath, objects.get(parseObjectName(name)) ?? '')
  const identityFile = await readFile(join(world.ceremonyFolder, 'identity.password.age'))
  const openGlass = makeOpenGlass({ primitives: loadPrimitives(), clock: world.clock })
  return openGlass(
    { bundlePath, identities: () => readIdentities(identityFile, async () => password) },
    signal,
  )
}

describe('a backup of secrets', () => {
  test('publishes a bundle from which every credential comes back', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()

    const parts = await world.backUp(shelf.destination)

    expect(parts).toMatchObject([{ outcome: { kind: 'done' }, figures: { items: 2, itemsNew: 2 } }])
    await using glass = await openNewest(world, shelf)
    expect(glass.damaged).toEqual([])
    const [first, second] = glass.search('')
    expect(first).toMatchObject({ id: '1', title: 'Router 1', user: 'admin', port: 22 })
    expect(first?.secret?.reveal()).toBe(aCredential('1').secret?.reveal())
    expect(first?.history.map(({ secret }) => secret.reveal())).toEqual(['former'])
    const contents = await Promise.all(
      (second?.attachments ?? []).map(async (file) => Buffer.concat(await Array.fromAsync(file.open()))),
    )
    expect(contents.map((content) => content.length)).toEqual([8, 70_000])
  })

  test('lists everything it put in the signed ledger, and tells the catalogue', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()

    const [part] = await world.backUp(shelf.destination)

    const publicKey = publicKeyLine(await world.catalogue.signingKey(), '')
    const { entries, findings } = verifyLedger(shelf.objects.get(ledgerName) ?? new Uint8Array(), {
      instance: world.catalogue.instance.id,
      publicKey,
    })
    expect(findings).toEqual([])
    expect(entries.map(({ object, kind }) => `${kind} ${object}`)).toEqual([
      `bundle ${part?.product ?? ''}`,
      'identity secrets/identity.password.age',
      'document secrets/README.txt',
    ])
    expect(await world.catalogue.bundles.latest()).toMatchObject({ name: part?.product, credentials: 2 })
  })

  test('made again chains to the one before, and places nothing twice', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    const before = await world.catalogue.bundles.latest()

    const parts = await world.backUp(shelf.destination)

    expect(parts).toMatchObject([{ outcome: { kind: 'done' }, figures: { itemsNew: 0 } }])
    await using glass = await openNewest(world, shelf)
    expect(glass.manifest.previous).toEqual({ sequence: 1, sha256: before?.sha256 })
    expect(await world.catalogue.ledgers.lines(world.record.id)).toHaveLength(6)
  })

  test('after a second ceremony keeps the first identity beside the second', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    await world.holdCeremony(join(world.home, 'second'))

    await world.backUp(shelf.destination)

    const read = (name: string) => shelf.objects.get(parseObjectName(`secrets/${name}`))
    const [second, first] = await world.catalogue.generations.list()
    expect(read('identity.password.age')).toEqual(second?.passwordFile)
    expect(read('identity.generation-1.password.age')).toEqual(first?.passwordFile)
  })

  test('takes several sources, whose ids may be the same', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    const sources = async () => [sourceOf([aCredential('1')]), sourceOf([aCredential('1')], 'vault')]

    await world.backUp(shelf.destination, { sources })

    await using glass = await openNewest(world, shelf)
    expect(glass.search('').map(({ id }) => id)).toEqual(['1', 'vault/1'])
    expect(glass.manifest.counts.sources).toEqual({ registry: 1, vault: 1 })
  })

  test.each([
    ['SOURCE_EMPTY', []],
    ['SOURCE_SHRUNKEN', [aCredential('1')]],
    ['SOURCE_UNREADABLE', undefined],
  ])('publishes nothing and says %s when the vault looks lost', async (code, records) => {
    await using world = await aGlassWorld([aCredential('1'), aCredential('2'), aCredential('3')])
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    const broken = {
      name: 'registry',
      async *records() {
        yield aCredential('1')
        throw new Error('cut off')
      },
    }

    const parts = await world.backUp(shelf.destination, {
      sources: async () => [records === undefined ? broken : sourceOf(records)],
    })

    expect(parts).toMatchObject([{ outcome: { kind: 'failed', failure: { code } } }])
    expect(shelf.bundles()).toHaveLength(1)
  })

  test('refuses an attachment that is not what its source says it is', async () => {
    await using world = await aGlassWorld()
    const [attachment] = aCredential('1').attachments
    if (attachment === undefined) throw new Error('there is one')
    const wrong = aCredential('1', { attachments: [{ ...attachment, sha256: '0'.repeat(64) }] })
    const shelf = aShelf()

    const parts = await world.backUp(shelf.destination, { sources: async () => [sourceOf([wrong])] })

    expect(parts).toMatchObject([{ outcome: { failure: { code: 'SOURCE_UNREADABLE' } } }])
    expect(shelf.objects.size).toBe(0)
  })

  test('leaves no spool behind, nor one of a killed run', async () => {
    await using world = await aGlassWorld()
    const { destination } = aShelf()
    await world.backUp(destination)
    const runFolder = join(world.home, 'run')
    await writeFile(join(runFolder, 'bundle-999999999-7.spool'), 'x')
    await writeFile(join(runFolder, `bundle-${process.ppid}-7.spool`), 'of another that lives')

    await world.backUp(destination)

    expect(await readdir(runFolder)).toEqual([`bundle-${process.ppid}-7.spool`])
  })
})

describe('an open glass', () => {
  test('finds, and gives the code of the moment', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await world.backUp(shelf.destination)

    await using glass = await openNewest(world, shelf)

    expect(glass.search('router CORE 10.0.0.2').map(({ id }) => id)).toEqual(['2'])
    expect(glass.search('former')).toEqual([])
    expect(glass.totp(glass.find('Router 2')).code).toMatch(/^\d{6}$/)
    expect(() => glass.find('nothing')).toThrow('no credential')
  })

  test('extracts everything into a new folder, for its owner alone', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    await using glass = await openNewest(world, shelf)
    const folder = join(world.home, 'out')

    const paths = await glass.extractTo(folder, signal)

    expect(paths.map((path) => path.slice(folder.length + 1))).toEqual([
      'README.txt',
      'secrets.json',
      'secrets.csv',
      'bitwarden.json',
      'system/restore-instructions.txt',
      'system/repositories.json',
      'system/instance.key',
      'system/allowed_signers',
      'attachments/0001-Router_1/cle_.._privee.pem',
      'attachments/0001-Router_1/CON.txt',
      'attachments/0002-Router_2/cle_.._privee.pem',
      'attachments/0002-Router_2/CON.txt',
    ])
    for (const path of paths) expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'system/restore-instructions.txt'), 'utf8')).toContain(
      `RESTIC_PASSWORD='pass'\\''word'`,
    )
    await expect(glass.extractTo(folder, signal)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  test('refuses a wrong password, and a bundle with any byte altered', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    const name = parseObjectName(shelf.bundles()[0] ?? '')
    const whole = shelf.objects.get(name) ?? new Uint8Array()

    const opening = openNewest(world, shelf, new Secret('wrong'))
    await expect(opening).rejects.toMatchObject({ code: 'KEY_WRONG' })
    for (let at = 3; at < whole.length; at += 1 + (whole.length >> 4)) {
      const altered = whole.slice()
      altered[at] = (altered[at] ?? 0) ^ 4
      shelf.objects.set(name, altered)
      const result = await openNewest(world, shelf).then(
        async (glass) => {
          await glass[Symbol.asyncDispose]()
          return glass.damaged.length
        },
        () => 1,
      )
      expect(result).toBeGreaterThan(0)
    }
  })
})
