import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../test/support/clock.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { createInstance } from './create-instance.ts'
import { openCatalogue } from './open-catalogue.ts'

const clock = handTurnedClock()
const isRoot = process.getuid?.() === 0

describe('an instance key that systemd keeps', () => {
  test.each([0o400, 0o440])(
    'opens the catalogue without a file in the instance’s folder (mode %o)',
    async (mode) => {
      await using world = await sealedAway()
      await chmod(world.credential, mode)

      const catalogue = await openCatalogue(world)

      expect(catalogue.instance.name).toBe('x')
      await catalogue.close()
    },
  )

  test('counts, and not the one in the folder', async () => {
    await using world = await sealedAway()
    await writeFile(join(world.home, 'instance.key'), randomBytes(32), { mode: 0o600 })

    const catalogue = await openCatalogue(world)

    expect(catalogue.instance.name).toBe('x')
    await catalogue.close()
  })

  test('is not asked for where systemd hands over other credentials alone', async () => {
    await using world = await sealedAway()
    await rename(world.credential, join(world.home, 'instance.key'))
    await chmod(join(world.home, 'instance.key'), 0o600)

    const catalogue = await openCatalogue(world)

    expect(catalogue.instance.name).toBe('x')
    await catalogue.close()
  })

  test('seals a new instance, and is written to no disk', async () => {
    await using world = await sealedAway()
    const home = join(world.home, 'another')

    await createInstance(home, 'y', clock, { credentials: world.credentials })

    await expect(readFile(join(home, 'instance.key'))).rejects.toMatchObject({ code: 'ENOENT' })
    const catalogue = await openCatalogue({ ...world, home })
    expect(catalogue.instance.name).toBe('y')
    await catalogue.close()
  })

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['is another', (path) => rewrite(path, randomBytes(32))],
    ['is cut off', (path) => rewrite(path, randomBytes(31))],
    ['can be read by all', (path) => chmod(path, 0o444)],
    ['can be written by a group', (path) => chmod(path, 0o460)],
    ['is no file', (path) => rm(path).then(() => mkdir(path, 0o500))],
  ])('is named when it %s', async (_, spoil) => {
    await using world = await sealedAway()
    await spoil(world.credential)

    await expect(openCatalogue(world)).rejects.toMatchObject({
      code: 'INSTANCE_KEY_WRONG',
      message: expect.stringContaining(world.credential) as string,
    })
  })

  test.runIf(isRoot)('is refused when it is another user’s', async () => {
    await using world = await sealedAway()
    await chown(world.credential, 65534, 65534)

    await expect(openCatalogue(world)).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
  })

  test('is what a command without it is told to ask systemd for', async () => {
    await using world = await sealedAway()

    await expect(openCatalogue({ home: world.home, clock })).rejects.toMatchObject({
      code: 'INSTANCE_KEY_WRONG',
      hint: expect.stringContaining('systemd-run') as string,
    })
  })
})

/** An instance whose key lies where systemd puts credentials, and nowhere else. */
async function sealedAway() {
  const folder = await temporaryFolder()
  const home = join(folder.path, 'home')
  const credentials = join(folder.path, 'credentials')
  const credential = join(credentials, 'redoma-instance-key')
  await createInstance(home, 'x', clock)
  await mkdir(credentials, { mode: 0o700 })
  await rename(join(home, 'instance.key'), credential)
  await chmod(credential, 0o400)
  return { home, credentials, credential, clock, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

async function rewrite(path: string, bytes: Uint8Array): Promise<void> {
  await rm(path)
  await writeFile(path, bytes, { mode: 0o400 })
}
